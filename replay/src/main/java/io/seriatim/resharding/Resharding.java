package io.seriatim.resharding;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.EntryText;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Executes all commands of some books again in new ones that have other shards, at the times that they had, and
 * compares every entry: its number in its ledger, its outcome and time, what it moved. The shards of the old books are
 * taken together by time; so an entry whose shard stays with others has to be where it was between them.
 * <p>
 * What comes out otherwise is counted and told, and the rest is gone through to find more of it. The new books are then
 * of no use, and are not closed cleanly.
 * <p>
 * Shape: the state of each new shard, and some 50 bytes for each id; no entry is kept.<br>
 * Cost: one read of each old journal for each of its shards; one execution, one comparison and one write of each
 * entry.<br>
 * Threads: confined to one.
 */
public final class Resharding
{
    private static final int PROGRESS_DISTANCE = 4_096;
    private static final int NO_HOME = -1;
    private static final String IMPORTED = "imported_event";

    private final RecordedBooks from;
    private final Path to;
    private final StateRootKey stateRootKey;
    private final boolean areRequestsSplit;
    private final Obstacles obstacles = new Obstacles();
    private final UsedIds accountIds = new UsedIds();
    private final UsedIds transferIds = new UsedIds();
    private TargetBooks books;
    private long[] lastSlotsNs;

    /** Shards that can not be executed any further. */
    private boolean[] isAstray;

    // The request at hand, and the shard of each of its events.
    private RecordedRequest request;
    private int[] homes = new int[0];
    private int home;
    private boolean isWhole;
    private boolean isCompared;

    private final byte[] recordedContent = new byte[EntryWindow.ENTRY_LENGTH_MAX];
    private final byte[] executedContent = new byte[EntryWindow.ENTRY_LENGTH_MAX];
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();

    /**
     * Nothing is done yet.
     *
     * @param from             the old books.
     * @param to               directory of the new ones, which an engine has made and that are empty.
     * @param areRequestsSplit whether a request becomes several where its ledgers live on several shards.
     * @param stateRootKey     that the new books were made with; null if they have no state roots.
     */
    public Resharding(
        final RecordedBooks from, final Path to, final boolean areRequestsSplit, final StateRootKey stateRootKey)
    {
        this.from = from;
        this.to = to;
        this.areRequestsSplit = areRequestsSplit;
        this.stateRootKey = stateRootKey;
    }

    /**
     * Execute everything.
     *
     * @param progress is told from time to time how many entries were.
     * @return what stands in the way; if that is nothing, the new books are complete, durable and closed.
     * @throws io.seriatim.journal.JournalException if the old books are damaged, or the new ones can not be written.
     */
    public Obstacles run(final LongConsumer progress)
    {
        final List<RequestReader> readers = new ArrayList<>();
        try (TargetBooks opened = TargetBooks.open(to, stateRootKey))
        {
            books = opened;
            lastSlotsNs = new long[opened.router().shardCount()];
            isAstray = new boolean[lastSlotsNs.length];
            for (int shard = 0; shard < from.shardCount(); shard++)
            {
                readers.add(new RequestReader(from.open(shard), shard));
            }
            readers.forEach(RequestReader::begin);
            takeAll(readers, progress);
            if (obstacles.isEmpty())
            {
                opened.closeCleanly();
            }
        }
        finally
        {
            CloseHelper.quietCloseAll(readers);
        }
        return obstacles;
    }

    private void takeAll(final List<RequestReader> readers, final LongConsumer progress)
    {
        long count = 0;
        long nextProgress = PROGRESS_DISTANCE;
        RequestReader reader = earliest(readers);
        while (reader != null)
        {
            take(reader.request());
            count += reader.request().count();
            if (count >= nextProgress)
            {
                nextProgress = count + PROGRESS_DISTANCE;
                progress.accept(count);
            }
            reader.next();
            reader = earliest(readers);
        }
        progress.accept(count);
    }

    /** Where the earliest request is; null if there is none. */
    private static RequestReader earliest(final List<RequestReader> readers)
    {
        RequestReader earliest = null;
        for (final RequestReader reader : readers)
        {
            if (reader.hasRequest() &&
                (earliest == null || reader.request().slotNs(0) < earliest.request().slotNs(0)))
            {
                earliest = reader;
            }
        }
        return earliest;
    }

    private void take(final RecordedRequest next)
    {
        request = next;
        findHomes();
        final boolean isChainTorn = isChainTorn();
        isWhole = homeEnd(0) == request.count();
        if (!isWhole && !isChainTorn && !areRequestsSplit)
        {
            obstacles.add(
                Obstacle.REQUEST_TORN, () -> place(0) + ", " + request.count() + " events: " +
                ledgers(0, request.count()));
        }
        isCompared = !isChainTorn;
        int first = 0;
        while (first < request.count())
        {
            final int end = homeEnd(first);
            home = homes[first];
            takePart(first, end);
            first = end;
        }
    }

    /**
     * Each event lives where its ledger does. One that names none belongs to its chain; else to the id that it repeats,
     * posts or voids; else to the event before it; else it does not matter.
     */
    private void findHomes()
    {
        final int count = request.count();
        homes = homes.length < count ? new int[Math.max(count, 2 * homes.length)] : homes;
        int unknownCount = 0;
        for (int i = 0; i < count; i++)
        {
            final int ledger = EntryFields.ledger(request.buffer(), request.offset(i));
            homes[i] = ledger != 0 ? books.router().shardOf(ledger) : NO_HOME;
            unknownCount += ledger != 0 ? 0 : 1;
        }
        if (unknownCount > 0)
        {
            fillChains();
            for (int i = 0; i < count; i++)
            {
                homes[i] = homes[i] != NO_HOME ? homes[i] : homeOfIds(i);
            }
            fillChains();
            fillRest();
        }
    }

    private void fillChains()
    {
        int start = 0;
        while (start < request.count())
        {
            final int end = chainEnd(start);
            int known = NO_HOME;
            for (int i = start; i < end && known == NO_HOME; i++)
            {
                known = homes[i];
            }
            for (int i = start; i < end; i++)
            {
                homes[i] = homes[i] != NO_HOME ? homes[i] : known;
            }
            start = end;
        }
    }

    private void fillRest()
    {
        int last = 0;
        for (int i = request.count() - 1; i >= 0; i--)
        {
            last = homes[i] != NO_HOME ? homes[i] : last;
        }
        for (int i = 0; i < request.count(); i++)
        {
            homes[i] = homes[i] != NO_HOME ? homes[i] : last;
            last = homes[i];
        }
    }

    /** Behind the last event of a chain; an event alone is one, too. */
    private int chainEnd(final int start)
    {
        int end = start + 1;
        while (end < request.count() && EntryFields.isLinked(request.buffer(), request.offset(end - 1)))
        {
            end++;
        }
        return end;
    }

    private int homeOfIds(final int index)
    {
        final int offset = request.offset(index);
        if (EntryFields.isAccount(request.buffer(), offset))
        {
            final AccountRecordDecoder account =
                accountEntry.wrapAndApplyHeader(request.buffer(), offset, header).account();
            return homeOf(accountIds, account.idHigh(), account.idLow());
        }
        if (!EntryFields.isTransfer(request.buffer(), offset))
        {
            return NO_HOME;
        }
        final TransferRecordDecoder transfer = transfer(offset);
        final int ofId = homeOf(transferIds, transfer.idHigh(), transfer.idLow());
        return ofId != NO_HOME ? ofId : homeOf(transferIds, transfer.pendingIdHigh(), transfer.pendingIdLow());
    }

    private int homeOf(final UsedIds ids, final long idHigh, final long idLow)
    {
        final int toShard = ids.toShard(idHigh, idLow, request.shard());
        return toShard == UsedIds.NONE ? NO_HOME : toShard;
    }

    private int homeEnd(final int first)
    {
        int end = first + 1;
        while (end < request.count() && homes[end] == homes[first])
        {
            end++;
        }
        return end;
    }

    private boolean isChainTorn()
    {
        boolean isAnyTorn = false;
        int start = 0;
        while (start < request.count())
        {
            final int first = start;
            final int end = chainEnd(first);
            if (homeEnd(first) < end)
            {
                isAnyTorn = true;
                obstacles.add(
                    Obstacle.CHAIN_TORN, () -> place(first) + ", " + (end - first) + " events: " +
                    ledgers(first, end));
            }
            start = end;
        }
        return isAnyTorn;
    }

    private void takePart(final int first, final int end)
    {
        final long firstNs = request.slotNs(first);
        if (firstNs <= lastSlotsNs[home])
        {
            final long lastNs = lastSlotsNs[home];
            obstacles.add(
                Obstacle.TIMES_CROSS, () -> place(first) + ": " + EntryText.time(firstNs) + " is not behind " +
                EntryText.time(lastNs) + ", which shard " + home + " has seen by then");
            isAstray[home] = true;
        }
        lastSlotsNs[home] = Math.max(lastSlotsNs[home], request.slotNs(end - 1));
        if (isAstray[home])
        {
            return;
        }
        if (request.isExpiry())
        {
            release();
        }
        else
        {
            execute(first, end);
        }
        noteIds(first, end);
    }

    private void release()
    {
        final TargetShard shard = books.shard(home);
        if (shard.nextExpiryNs() >= request.slotNs(0))
        {
            obstacles.add(Obstacle.RELEASED_OTHERWISE, () -> place(0) + ": nothing is due there by then");
            isAstray[home] = true;
            return;
        }
        shard.release(request, this::compare);
    }

    private void execute(final int first, final int end)
    {
        final TargetShard shard = books.shard(home);
        if (shard.nextExpiryNs() < request.slotNs(first))
        {
            final long expiryNs = shard.nextExpiryNs();
            obstacles.add(
                Obstacle.RELEASED_OTHERWISE, () -> place(first) + ": what expires at " + EntryText.time(expiryNs) +
                " would have to be released before it, and was released after it");
            isAstray[home] = true;
            return;
        }
        final int count = isWhole ? request.batchCount() : end - first;
        if (count > shard.batchCountMax())
        {
            obstacles.add(
                Obstacle.REQUEST_TOO_LONG, () -> place(first) + ": " + count + " events, most there=" +
                shard.batchCountMax());
            isAstray[home] = true;
            return;
        }
        shard.execute(request, first, end, this::compare);
    }

    private void compare(final int index, final DirectBuffer executed, final int offset, final int length)
    {
        final boolean isSame = length == request.length(index) && isSameContent(index, executed, offset, length);
        if (!isSame && isCompared)
        {
            obstacles.add(
                reason(index, executed, offset),
                () -> place(index) + ": " + difference(index, executed, offset));
        }
    }

    private boolean isSameContent(final int index, final DirectBuffer executed, final int offset, final int length)
    {
        EntryFields.copyContent(request.buffer(), request.offset(index), length, isWhole, recordedContent);
        EntryFields.copyContent(executed, offset, length, isWhole, executedContent);
        return Arrays.equals(recordedContent, 0, length, executedContent, 0, length);
    }

    private Obstacle reason(final int index, final DirectBuffer executed, final int offset)
    {
        if (request.isExpiry())
        {
            return Obstacle.RELEASED_OTHERWISE;
        }
        final Obstacle ofIds = reasonOfIds(index);
        if (ofIds != null)
        {
            return ofIds;
        }
        return outcome(request.buffer(), request.offset(index)).startsWith(IMPORTED) ||
            outcome(executed, offset).startsWith(IMPORTED) ? Obstacle.IMPORTED : Obstacle.OTHERWISE;
    }

    /** Null if it is not for an id. */
    private Obstacle reasonOfIds(final int index)
    {
        final int offset = request.offset(index);
        if (EntryFields.isAccount(request.buffer(), offset))
        {
            final AccountRecordDecoder account =
                accountEntry.wrapAndApplyHeader(request.buffer(), offset, header).account();
            return reasonOfId(accountIds, account.idHigh(), account.idLow());
        }
        if (!EntryFields.isTransfer(request.buffer(), offset))
        {
            return null;
        }
        final TransferRecordDecoder transfer = transfer(offset);
        Obstacle reason = reasonOfId(transferIds, transfer.idHigh(), transfer.idLow());
        reason = reason != null ? reason :
            reasonOfId(transferIds, transfer.pendingIdHigh(), transfer.pendingIdLow());
        reason = reason != null ? reason :
            reasonOfId(accountIds, transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        return reason != null ? reason :
            reasonOfId(accountIds, transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
    }

    private Obstacle reasonOfId(final UsedIds ids, final long idHigh, final long idLow)
    {
        final int toShard = ids.toShard(idHigh, idLow, request.shard());
        if (toShard != UsedIds.NONE && toShard != home)
        {
            return Obstacle.IDS_PART;
        }
        final int fromShard = ids.fromShard(idHigh, idLow, home);
        return fromShard != UsedIds.NONE && fromShard != request.shard() ? Obstacle.IDS_MEET : null;
    }

    /** The ids that mean something from now on: of what was created, and of transfers that are spent. */
    private void noteIds(final int first, final int end)
    {
        for (int i = first; i < end; i++)
        {
            final int offset = request.offset(i);
            if (EntryFields.isAccount(request.buffer(), offset) &&
                EntryFields.outcome(request.buffer(), offset) == AccountOutcome.CREATED.code())
            {
                final AccountRecordDecoder account =
                    accountEntry.wrapAndApplyHeader(request.buffer(), offset, header).account();
                accountIds.use(account.idHigh(), account.idLow(), request.shard(), home);
            }
            else if (EntryFields.isTransfer(request.buffer(), offset) && isIdTaken(offset))
            {
                final TransferRecordDecoder transfer = transfer(offset);
                transferIds.use(transfer.idHigh(), transfer.idLow(), request.shard(), home);
            }
        }
    }

    private boolean isIdTaken(final int offset)
    {
        final TransferOutcome outcome = TransferOutcome.of(EntryFields.outcome(request.buffer(), offset));
        return outcome == TransferOutcome.CREATED || outcome.isTransient();
    }

    private TransferRecordDecoder transfer(final int offset)
    {
        return transferEntry.wrap(
            request.buffer(), offset + MessageHeaderDecoder.ENCODED_LENGTH, TransferEntryDecoder.BLOCK_LENGTH,
            TransferEntryDecoder.SCHEMA_VERSION).transfer();
    }

    private static String outcome(final DirectBuffer buffer, final int offset)
    {
        final int code = EntryFields.outcome(buffer, offset);
        return EntryFields.isTransfer(buffer, offset) ? TransferOutcome.of(code).label() :
            AccountOutcome.of(code).label();
    }

    /** Where the case is in the old books, and what it is of. */
    private String place(final int index)
    {
        final int offset = request.offset(index);
        final String text = "shard " + request.shard() + " sequence " + request.sequence(index) + " ledger " +
            Integer.toUnsignedString(EntryFields.ledger(request.buffer(), offset));
        if (EntryFields.isAccount(request.buffer(), offset))
        {
            final AccountRecordDecoder account =
                accountEntry.wrapAndApplyHeader(request.buffer(), offset, header).account();
            return text + " account " + new Uint128(account.idHigh(), account.idLow());
        }
        if (EntryFields.isTransfer(request.buffer(), offset))
        {
            final TransferRecordDecoder transfer = transfer(offset);
            return text + " transfer " + new Uint128(transfer.idHigh(), transfer.idLow());
        }
        return text;
    }

    private String ledgers(final int first, final int end)
    {
        final StringBuilder text = new StringBuilder("ledgers");
        final List<Integer> told = new ArrayList<>();
        for (int i = first; i < end; i++)
        {
            final int ledger = EntryFields.ledger(request.buffer(), request.offset(i));
            if (ledger != 0 && !told.contains(ledger) && told.size() < Obstacles.CASE_COUNT_MAX)
            {
                told.add(ledger);
                text.append(told.size() == 1 ? " " : ", ").append(Integer.toUnsignedString(ledger))
                    .append(" on ").append(homes[i]);
            }
        }
        return text.toString();
    }

    private String difference(final int index, final DirectBuffer executed, final int offset)
    {
        final int recordedOffset = request.offset(index);
        if (!request.isExpiry() &&
            EntryFields.outcome(request.buffer(), recordedOffset) != EntryFields.outcome(executed, offset))
        {
            return outcome(request.buffer(), recordedOffset) + ", and " + outcome(executed, offset) + " on shard " +
                home;
        }
        return EntryText.difference(request.buffer(), recordedOffset, "recorded", executed, offset, "on shard " + home);
    }
}
