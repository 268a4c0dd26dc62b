package io.seriatim.resharding;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books whose time is moved by hand, made again on other shards, and what they hold as a test sees it. */
final class ReshardedBooks
{
    static final int[] LEDGERS = {840, 978, 826, 392};

    private static final int TERM_LENGTH = 256 * 1024;
    private static final int BATCH_COUNT_MAX = 60;

    private ReshardedBooks()
    {
    }

    /** Each ledger on the next shard. */
    static EngineConfig config(final Path directory, final int shardCount)
    {
        final EngineConfig config = new EngineConfig()
            .dataDirectory(directory)
            .durability(Durability.OS)
            .threading(Threading.INVOKER)
            .readModel(false)
            .clock(new ManualClock())
            .shardCount(shardCount)
            .journalCount(Math.min(2, shardCount))
            .batchCountMax(BATCH_COUNT_MAX)
            .windowCapacity(1024)
            .journal(new JournalConfig().termLength(TERM_LENGTH).segmentLength(2 * TERM_LENGTH).mtu(2048));
        for (int i = 0; i < LEDGERS.length && shardCount > 1; i++)
        {
            config.place(LEDGERS[i], i % shardCount);
        }
        return config;
    }

    /** Make books again on so many shards. */
    static Obstacles reshard(final Path from, final Path to, final int shardCount, final boolean areRequestsSplit)
    {
        return reshard(from, config(to, shardCount), areRequestsSplit);
    }

    static Obstacles reshard(final Path from, final EngineConfig config, final boolean areRequestsSplit)
    {
        LedgerEngine.launch(config).close();
        return new Resharding(new RecordedBooks(from), config.dataDirectory(), areRequestsSplit, null).run(done -> {});
    }

    /** What the comparison finds. */
    static List<String> differences(final Path one, final Path other, final boolean isPlaceIncluded)
    {
        return new BooksComparison(print(one, isPlaceIncluded), print(other, isPlaceIncluded), isPlaceIncluded)
            .differences();
    }

    private static BooksPrint print(final Path directory, final boolean isPlaceIncluded)
    {
        return new BooksPrint(new RecordedBooks(directory), isPlaceIncluded, null, done -> {});
    }

    /** Both hold the same, as this test sees it and as the product does. */
    static void assertSame(final Path one, final Path other, final boolean isPlaceIncluded, final String message)
    {
        assertEquals(histories(one, isPlaceIncluded), histories(other, isPlaceIncluded), message);
        assertEquals(accounts(one), accounts(other), message);
        assertEquals(List.of(), differences(one, other, isPlaceIncluded), message);
    }

    /** All entries in words by ledger, in their order; those of no ledger by time. */
    static Map<String, List<Map<String, Object>>> histories(final Path directory, final boolean isPlaceIncluded)
    {
        final Map<String, List<Map<String, Object>>> histories = new TreeMap<>();
        final JournalEntries entries = new JournalEntries(directory);
        for (int shard = 0; shard < entries.shardCount(); shard++)
        {
            entries.read(shard, 1, (buffer, offset, length) ->
            {
                final Map<String, Object> fields = new TreeMap<>(EntryText.fields(buffer, offset));
                final String resolved = fields.getOrDefault("resolved_ledger", "0").toString();
                final String ledger = resolved.equals("0") ? fields.get("ledger").toString() : resolved;
                fields.remove("sequence");
                fields.computeIfPresent("pending_sequence", (name, value) -> !value.equals("0"));
                if (!isPlaceIncluded)
                {
                    fields.remove("batch_index");
                    fields.remove("batch_count");
                }
                histories.computeIfAbsent(ledger, key -> new ArrayList<>()).add(fields);
                return true;
            });
        }
        histories.getOrDefault("0", new ArrayList<>()).sort(
            Comparator.comparingLong(fields -> Long.parseLong(fields.get("timestamp_ns").toString())));
        return histories;
    }

    /** All accounts with their balances, by id and ledger, of books that are executed as they were recorded. */
    static Map<String, String> accounts(final Path directory)
    {
        final Map<String, String> accounts = new TreeMap<>();
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AuditReport report = new AuditReplay(directory).stateHandler((audit, stateMachine) ->
        {
            for (int slot = 0; slot < stateMachine.accountCount(); slot++)
            {
                stateMachine.readAccount(slot, row, 0);
                final AccountRecordDecoder account = new AccountRecordDecoder().wrap(row, 0);
                accounts.put(account.idLow() + " of " + account.ledger(), account.toString());
            }
        }).run();
        assertTrue(report.isClean(), () -> report.shards().toString());
        return accounts;
    }
}
