package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Journals written by a real engine: of every kind of request, over several segments. */
public final class TestBooks
{
    /** Three ledgers, each on a shard of its own if there are three. */
    public static final int[] LEDGERS = {840, 978, 203};

    /** Accounts of a ledger: ids 1 to this, ledger by ledger. */
    public static final int ACCOUNT_COUNT = 10;

    private static final int SMALL_TERM_LENGTH = 64 * 1024;
    static final int BATCH_COUNT_MAX = 60;

    private TestBooks()
    {
    }

    public static EngineConfig config(final Path directory, final int shardCount)
    {
        final EngineConfig config = new EngineConfig()
            .dataDirectory(directory)
            .durability(Durability.OS)
            .shardCount(shardCount)
            .journalCount(Math.min(2, shardCount))
            .batchCountMax(BATCH_COUNT_MAX)
            .windowCapacity(1024)
            .journal(new JournalConfig().termLength(SMALL_TERM_LENGTH).segmentLength(2 * SMALL_TERM_LENGTH).mtu(2048));
        for (int i = 0; i < LEDGERS.length && shardCount > 1; i++)
        {
            config.place(LEDGERS[i], i % shardCount);
        }
        return config;
    }

    /** Write some of everything and close. */
    public static void write(final Path directory, final int shardCount, final int rounds)
    {
        try (LedgerEngine engine = LedgerEngine.launch(config(directory, shardCount)))
        {
            fill(engine, rounds);
        }
    }

    public static void fill(final LedgerEngine engine, final int rounds)
    {
        for (final int ledger : LEDGERS)
        {
            accounts(engine.ledger(ledger));
            for (int round = 0; round < rounds; round++)
            {
                transfers(engine.ledger(ledger), round);
            }
        }
    }

    private static void accounts(final Ledger ledger)
    {
        final List<Account> accounts = new ArrayList<>();
        for (int id = 1; id <= ACCOUNT_COUNT; id++)
        {
            accounts.add(Account.of(account(ledger, id), 10, id == 1 ? 0 : AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
                .withUserData(Uint128.MAX, -1, -1));
        }
        ledger.createAccounts(accounts);
        ledger.createAccounts(List.of(accounts.get(3), Account.of(0, 10, 0), Account.of(99, 0, 0)));
        final long timestampNs = ledger.createAccounts(List.of(
            Account.of(account(ledger, 77), 10, AccountFlags.LINKED), Account.of(0, 10, 0))).get(1).timestampNs();
        ledger.createAccounts(List.of(
            Account.of(account(ledger, 50), 10, 0).imported(timestampNs + 1),
            Account.of(account(ledger, 51), 10, 0).imported(timestampNs + 2),
            Account.of(account(ledger, 52), 10, 0).imported(1)));
    }

    /** A request of every kind; a round may be repeated. */
    public static void transfers(final Ledger ledger, final int round)
    {
        final long id = 1_000_000L * ledger.number() + 100L * round;
        final List<Transfer> mixed = new ArrayList<>();
        for (int i = 2; i <= ACCOUNT_COUNT; i++)
        {
            mixed.add(Transfer.of(id + i, account(ledger, 1), account(ledger, i), 100L + i, 1));
        }
        ledger.createTransfers(mixed);
        ledger.createTransfers(List.of(
            mixed.get(2),
            Transfer.of(id + 20, account(ledger, 2), account(ledger, 3), 1L << 60, 1),
            Transfer.of(id + 21, account(ledger, 2), account(ledger, 12345), 1, 1),
            Transfer.of(id + 21, account(ledger, 2), account(ledger, 3), 1, 1)));
        final long timestampNs = ledger.createTransfers(List.of(
            Transfer.of(id + 30, account(ledger, 2), account(ledger, 3), 1, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(id + 31, account(ledger, 2), account(ledger, 3), 1, 1),
            Transfer.of(id + 32, account(ledger, 2), account(ledger, 3), 1, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(id + 33, account(ledger, 2), account(ledger, 3), 1L << 60, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(id + 34, account(ledger, 2), account(ledger, 3), 1, 1),
            Transfer.of(id + 35, account(ledger, 2), account(ledger, 3), 1, 1).withFlags(TransferFlags.LINKED)))
            .get(5).timestampNs();
        ledger.createTransfers(List.of(
            Transfer.of(id + 40, account(ledger, 50), account(ledger, 51), 7, 1).imported(timestampNs + 1),
            Transfer.of(id + 41, account(ledger, 50), account(ledger, 51), 7, 1).imported(5)));
        if (round > 0)
        {
            ledger.createTransfer(Transfer.of(
                id - 100 + 5, account(ledger, 1), account(ledger, 5), 105, 1));
        }
    }

    /** Many plain transfers, in full requests. */
    public static void bulk(final Ledger ledger, final int requestCount)
    {
        for (int request = 0; request < requestCount; request++)
        {
            final List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < BATCH_COUNT_MAX; i++)
            {
                final long id = 1_000_000_000L + request * BATCH_COUNT_MAX + i;
                transfers.add(Transfer.of(id, account(ledger, 1), account(ledger, 2), 1, 1));
            }
            ledger.createTransfers(transfers);
        }
    }

    public static long account(final Ledger ledger, final long id)
    {
        return ledger.number() * 100_000L + id;
    }

    /** Copy a directory as it lies on the disk, with the permissions that an engine wants. */
    public static Path copy(final Path from, final Path to)
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : (Iterable<Path>)files::iterator)
            {
                final Path target = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(target))
                {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            return to;
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
