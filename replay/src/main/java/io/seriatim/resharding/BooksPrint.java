package io.seriatim.resharding;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.replay.DefinitionAudit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * What some books hold, read from their files: the tree root of each shard, and of each ledger a digest of its entries
 * and one of its accounts, as they stand when all entries were executed again.
 * <p>
 * Shape: some hundred bytes a ledger.<br>
 * Cost: two reads and an execution of every entry.<br>
 * Threads: confined to one.
 */
public final class BooksPrint
{
    /** Stands for what is of no ledger, which has no order between shards. */
    static final long NO_LEDGER = 0;

    private static final int PROGRESS_DISTANCE = 4_096;

    /**
     * What a shard has come to.
     *
     * @param shard      its number.
     * @param entryCount how many entries it has, its genesis included.
     * @param root       of the tree over them, in lower-case hexadecimal.
     */
    public record ShardRoot(int shard, long entryCount, String root)
    {
    }

    /**
     * A ledger as it is.
     *
     * @param entryCount     how many entries it has, those without a number included.
     * @param ledgerSequence number of its newest entry.
     * @param accountCount   how many accounts it has.
     * @param entryDigest    of all that has to be the same on whatever shard the entries are.
     * @param accountDigest  of its accounts with their balances.
     */
    record LedgerState(
        long entryCount, long ledgerSequence, long accountCount, String entryDigest, String accountDigest)
    {
    }

    private final RecordedBooks books;
    private final AuditReport audit;
    private final List<ShardRoot> roots = new ArrayList<>();
    private final Map<Long, LedgerState> ledgers = new TreeMap<>();
    private final Map<Long, DefinitionAudit> definitions = new TreeMap<>();

    /**
     * Read books.
     *
     * @param books           to read.
     * @param isPlaceIncluded whether the place of entries in their requests counts.
     * @param stateRootKey    of the books; null if it is not known or they have no state roots.
     * @param progress        is told from time to time how many entries were read, of twice as many as there are.
     * @throws io.seriatim.journal.JournalException if they are damaged.
     */
    public BooksPrint(
        final RecordedBooks books,
        final boolean isPlaceIncluded,
        final StateRootKey stateRootKey,
        final LongConsumer progress)
    {
        this.books = books;
        final Map<Long, LedgerPrint> prints = new TreeMap<>();
        final long[] count = new long[1];
        for (int shard = 0; shard < books.shardCount(); shard++)
        {
            roots.add(read(shard, isPlaceIncluded, prints, count, progress));
        }
        audit = new AuditReplay(books.directory())
            .stateRootKey(stateRootKey)
            .progress(done -> progress.accept(count[0] + done))
            .stateHandler((shard, stateMachine) -> addAccounts(stateMachine, prints))
            .run();
        audit.shards().forEach(shard -> shard.definitions().forEach(
            definition -> definitions.put(definition.ledger(), definition)));
        prints.forEach((ledger, print) -> ledgers.put(ledger, new LedgerState(
            print.entryCount(), print.ledgerSequence(), print.accountCount(), print.entryDigest(),
            print.accountDigest())));
    }

    private ShardRoot read(
        final int shard,
        final boolean isPlaceIncluded,
        final Map<Long, LedgerPrint> prints,
        final long[] count,
        final LongConsumer progress)
    {
        final MerkleFrontier tree = new MerkleFrontier();
        byte[] leaf = new byte[EntryWindow.ENTRY_LENGTH_MAX];
        final byte[] content = new byte[EntryWindow.ENTRY_LENGTH_MAX];
        try (ShardEntries entries = books.open(shard))
        {
            while (entries.next())
            {
                final DirectBuffer buffer = entries.buffer();
                final int offset = entries.offset();
                final int length = entries.length();
                leaf = leaf.length < length ? new byte[length] : leaf;
                buffer.getBytes(offset, leaf, 0, length);
                tree.append(leaf, 0, length);
                if (EntryFields.isOfLedgers(buffer, offset))
                {
                    final long ledger = Integer.toUnsignedLong(EntryFields.ledger(buffer, offset));
                    EntryFields.copyContent(buffer, offset, length, isPlaceIncluded, content);
                    prints.computeIfAbsent(ledger, key -> new LedgerPrint(key != NO_LEDGER)).addEntry(
                        content, length, EntryFields.ledgerSequence(buffer, offset));
                }
                count[0]++;
                if (count[0] % PROGRESS_DISTANCE == 0)
                {
                    progress.accept(count[0]);
                }
            }
        }
        return new ShardRoot(shard, tree.size(), HexFormat.of().formatHex(tree.root()));
    }

    private static void addAccounts(final LedgerStateMachine stateMachine, final Map<Long, LedgerPrint> prints)
    {
        if (stateMachine == null)
        {
            return;
        }
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(row, 0);
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, row, 0);
            prints.computeIfAbsent(account.ledger(), key -> new LedgerPrint(true)).addAccount(row);
        }
    }

    /**
     * What executing all of it again has shown.
     *
     * @return the report, which has to be clean.
     */
    public AuditReport audit()
    {
        return audit;
    }

    /**
     * What the shards have come to.
     *
     * @return one for each shard, by number.
     */
    public List<ShardRoot> roots()
    {
        return roots;
    }

    /**
     * How many ledgers have entries.
     *
     * @return a count.
     */
    public int ledgerCount()
    {
        return ledgers.size();
    }

    /**
     * How many accounts there are.
     *
     * @return a count.
     */
    public long accountCount()
    {
        return ledgers.values().stream().mapToLong(LedgerState::accountCount).sum();
    }

    /**
     * How many entries there are that are executed.
     *
     * @return a count, without those that a shard makes for itself.
     */
    public long entryCount()
    {
        return ledgers.values().stream().mapToLong(LedgerState::entryCount).sum();
    }

    /**
     * What was read.
     *
     * @return the books.
     */
    public RecordedBooks books()
    {
        return books;
    }

    Map<Long, LedgerState> ledgers()
    {
        return ledgers;
    }

    Map<Long, DefinitionAudit> definitions()
    {
        return definitions;
    }
}
