package io.seriatim.faults;

import io.seriatim.engine.FirstOutcome;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A client of a worker's engine. What it is told it writes into a file outside the books before it looks at the next
 * answer; what it does not know of it sends again.
 * <p>
 * Threads: confined to one.
 */
final class WorkerClient
{
    /** Transfers of a request that checks: whole units. */
    static final int CHECK_COUNT = 25 * WorkerTransfer.UNIT;

    private static final int CHECKED_NEWEST = 10_000;
    private static final int CHECKED_OLDER = 1_000;
    private static final int IN_FLIGHT_MAX = 32;
    private static final int REQUEST_UNITS_MAX = 2;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long REST_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Acknowledgements acknowledgements;
    private final ArrayDeque<long[]> requests = new ArrayDeque<>();
    private final Ledger ledger;
    private final long firstId;
    private final Random random;
    private LedgerSession session;
    private long nextId;
    private long lastSequence;

    /** Rows that were there when the file was opened, and ids that are in it by now. */
    private final int rowCount;
    private long lastId;

    /**
     * A client that goes on where its file ends: with the unit that it may have been told a part of.
     *
     * @param session          of its own.
     * @param ledger           that its transfers are of, on the session's shard.
     * @param acknowledgements what it was told before.
     * @param firstId          its first id, if it was told nothing yet.
     */
    WorkerClient(
        final LedgerSession session, final Ledger ledger, final Acknowledgements acknowledgements, final long firstId)
    {
        this.session = session;
        this.ledger = ledger;
        this.acknowledgements = acknowledgements;
        this.firstId = firstId;
        rowCount = acknowledgements.count();
        lastSequence = rowCount == 0 ? 0 : acknowledgements.sequence(rowCount - 1);
        lastId = firstId + rowCount - 1;
        nextId = WorkerTransfer.unitOf(lastId + 1);
        random = new Random(nextId);
    }

    /** The first id of a client; no two clients have the same ones. */
    static long firstId(final int client)
    {
        return 1 + ((long)client << Integer.SIZE);
    }

    /** Check all that it was told before; how many of how many is returned. */
    String checkAll()
    {
        return check(acknowledgements.count());
    }

    /** Check the newest, and some drawn from the older ones. */
    String checkSome()
    {
        return check(CHECKED_NEWEST);
    }

    private String check(final int newestMax)
    {
        final int count = rowCount - rowCount % WorkerTransfer.UNIT;
        final int newest = Math.min(count, newestMax);
        // A unit that was told in part is not sent again here: nobody knows yet whether all of it was applied.
        requireFirstOutcomes(IntStream.range(count, rowCount).boxed().toList());
        int checkedCount = rowCount - count;
        for (int from = count - newest; from < count; from += CHECK_COUNT)
        {
            checkedCount += check(from, Math.min(CHECK_COUNT, count - from));
        }
        for (int i = 0; i < CHECKED_OLDER && count > newest; i += CHECK_COUNT)
        {
            final int from = random.nextInt(count - newest) / WorkerTransfer.UNIT * WorkerTransfer.UNIT;
            checkedCount += check(from, Math.min(CHECK_COUNT, count - from));
        }
        return checkedCount + " of " + rowCount;
    }

    /**
     * What was acknowledged is sent again: it has to be there, at the sequence and with the timestamp told before. The
     * end of a chain is looked up, as it fails with the beginning of it; and one is sent with another amount, which has
     * to be refused.
     */
    private int check(final int from, final int count)
    {
        exchange(count, i -> encode(i, firstId + from + i), reply ->
        {
            for (int i = 0; i < count; i++)
            {
                requireKept(reply, i, from + i);
            }
        });
        requireFirstOutcomes(IntStream.range(from, from + count)
            .filter(row -> WorkerTransfer.isChainEnd(firstId + row)).boxed().toList());
        exchange(
            1, i -> session.transfer(encode(i, firstId + from)).amountLow(Long.MAX_VALUE),
            reply -> requireRefused(reply, from));
        return count;
    }

    private void exchange(final int count, final IntConsumer encoding, final Consumer<Reply> handler)
    {
        while (session.claimTransfers(count) < 0)
        {
            Thread.onSpinWait();
        }
        for (int i = 0; i < count; i++)
        {
            encoding.accept(i);
        }
        session.publish();
        while (session.inFlight() > 0)
        {
            session.poll(handler::accept, 1);
        }
    }

    private void requireKept(final Reply reply, final int index, final int row)
    {
        final long id = acknowledgements.id(row);
        final boolean isEnd = WorkerTransfer.isChainEnd(id);
        if (id != firstId + row || reply.outcome(index) != WorkerTransfer.outcomeAgain(id).code() ||
            !isEnd && reply.firstSequence(index) != acknowledgements.sequence(row) ||
            !isEnd && !WorkerTransfer.isRefused(id) && reply.timestampNs(index) != acknowledgements.timestampNs(row))
        {
            throw notKept(
                row, TransferOutcome.of(reply.outcome(index)) + ", first sequence=" + reply.firstSequence(index) +
                ", timestampNs=" + reply.timestampNs(index));
        }
    }

    /** What ids were answered first is what was told. */
    private void requireFirstOutcomes(final List<Integer> rows)
    {
        final List<FirstOutcome> found = rows.isEmpty() ? List.of() :
            ledger.lookupTransferOutcomes(rows.stream().map(row -> Uint128.of(firstId + row)).toList()).values();
        for (int i = 0; i < rows.size(); i++)
        {
            final int row = rows.get(i);
            final FirstOutcome outcome = i < found.size() ? found.get(i) : null;
            if (outcome == null || !outcome.id().equals(Uint128.of(firstId + row)) ||
                outcome.code() != WorkerTransfer.outcome(firstId + row).code() ||
                outcome.sequence() != acknowledgements.sequence(row) ||
                outcome.timestampNs() != acknowledgements.timestampNs(row))
            {
                throw notKept(row, String.valueOf(outcome));
            }
        }
    }

    private void requireRefused(final Reply reply, final int row)
    {
        if (reply.outcome(0) != TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT.code())
        {
            throw notKept(row, "with another amount " + TransferOutcome.of(reply.outcome(0)));
        }
    }

    private FaultException notKept(final int row, final String found)
    {
        return new FaultException(
            "what was acknowledged is not there as it was: id=" + acknowledgements.id(row) + ", sequence=" +
            acknowledgements.sequence(row) + ", timestampNs=" + acknowledgements.timestampNs(row) + "; found " + found);
    }

    /**
     * Send transfers, a unit or two in each request. Ids after the last acknowledged one may have been applied or not:
     * each comes to be applied once.
     *
     * @param perSecond how many; 0 for as many as there is room for.
     * @param isGoingOn until then; what is in flight then stays unanswered.
     */
    void send(final long perSecond, final BooleanSupplier isGoingOn)
    {
        long dueNs = System.nanoTime();
        while (isGoingOn.getAsBoolean())
        {
            final boolean isDue = perSecond == 0 || System.nanoTime() - dueNs >= 0;
            if (isDue && requests.size() < IN_FLIGHT_MAX)
            {
                final int count = (1 + random.nextInt(REQUEST_UNITS_MAX)) * WorkerTransfer.UNIT;
                if (request(count) && perSecond > 0)
                {
                    dueNs += count * SECOND_NS / perSecond;
                }
            }
            if (session.poll(this::onReply, IN_FLIGHT_MAX) == 0 && perSecond > 0)
            {
                LockSupport.parkNanos(REST_NS);
            }
        }
    }

    /** Leave what is in flight to itself, as a client does that has failed, and go on with another session. */
    void reconnect(final LedgerSession newSession)
    {
        session = newSession;
        nextId = requests.isEmpty() ? nextId : requests.peek()[0];
        requests.clear();
    }

    /** Wait for what is in flight. */
    void drain()
    {
        while (session.inFlight() > 0)
        {
            session.poll(this::onReply, IN_FLIGHT_MAX);
        }
    }

    private boolean request(final int count)
    {
        if (session.claimTransfers(count) < 0)
        {
            return false;
        }
        for (int i = 0; i < count; i++)
        {
            encode(i, nextId + i);
        }
        session.publish();
        requests.add(new long[] {nextId, count});
        nextId += count;
        return true;
    }

    private int encode(final int index, final long id)
    {
        WorkerTransfer.encode(session.transfer(index), ledger.number(), id);
        return index;
    }

    private void onReply(final Reply reply)
    {
        final long[] request = requests.remove();
        boolean isBeforeNew = false;
        long beforeSequence = 0;
        for (int i = 0; i < request[1]; i++)
        {
            final long id = request[0] + i;
            final boolean isNew = reply.outcome(i) == WorkerTransfer.outcome(id).code();
            final boolean isEnd = WorkerTransfer.isChainEnd(id);
            if (!isNew && reply.outcome(i) != WorkerTransfer.outcomeAgain(id).code() || isEnd && isNew != isBeforeNew)
            {
                throw notPossible(id, reply, i, 0);
            }
            // A chain that was there before is there as a whole, its entries side by side.
            final FirstOutcome end = isEnd && !isNew ? chainEnd(id, beforeSequence) : null;
            final long sequence = isNew ? reply.sequence(i) : end != null ? end.sequence() : reply.firstSequence(i);
            final long timestampNs = end != null ? end.timestampNs() : reply.timestampNs(i);
            isBeforeNew = isNew;
            beforeSequence = sequence;
            if (id <= lastId)
            {
                requireToldBefore(reply, i, id, sequence, isNew ? 0 : timestampNs);
            }
            else if (sequence <= lastSequence)
            {
                throw notPossible(id, reply, i, sequence);
            }
            else
            {
                lastSequence = sequence;
                lastId = id;
                acknowledgements.add(id, sequence, timestampNs);
            }
        }
    }

    /** The end of a chain whose beginning was there before. */
    private FirstOutcome chainEnd(final long id, final long beginSequence)
    {
        final List<FirstOutcome> found = ledger.lookupTransferOutcomes(List.of(Uint128.of(id))).values();
        if (found.isEmpty() || found.get(0).code() != TransferOutcome.CREATED.code() ||
            found.get(0).sequence() != beginSequence + 1)
        {
            throw new FaultException(
                "of a linked chain one half is there: id=" + id + ", sequence of the half before it=" + beginSequence +
                ", found " + found);
        }
        return found.get(0);
    }

    /** Of a unit that was told in part; an id that is spent is told when it was asked for again. */
    private void requireToldBefore(
        final Reply reply, final int index, final long id, final long sequence, final long timestampNs)
    {
        final int row = (int)(id - firstId);
        if (row >= rowCount || acknowledgements.sequence(row) != sequence ||
            !WorkerTransfer.isRefused(id) && acknowledgements.timestampNs(row) != timestampNs)
        {
            throw notPossible(id, reply, index, sequence);
        }
    }

    private FaultException notPossible(final long id, final Reply reply, final int index, final long sequence)
    {
        return new FaultException(
            "an answer is out of order or none that can be: id=" + id + ", outcome=" +
            TransferOutcome.of(reply.outcome(index)) + ", sequence=" + sequence + ", last sequence=" + lastSequence +
            ", last id=" + lastId);
    }
}
