package io.seriatim.faults;

import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.ledger.TransferOutcome;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A client of a worker's engine. What it is told it writes into a file outside the books before it looks at the next
 * answer; what it does not know of it sends again.
 * <p>
 * Threads: confined to one.
 */
final class WorkerClient
{
    /** Transfers of a request that checks. */
    static final int CHECK_COUNT = 200;

    private static final int CHECKED_NEWEST = 10_000;
    private static final int CHECKED_OLDER = 1_000;
    private static final int IN_FLIGHT_MAX = 32;
    private static final int REQUEST_COUNT_MAX = 16;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long REST_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Acknowledgements acknowledgements;
    private final Random random = new Random();
    private final ArrayDeque<long[]> requests = new ArrayDeque<>();
    private LedgerSession session;
    private long nextId;
    private long lastSequence;

    /**
     * A client that goes on where its file ends.
     *
     * @param session          of its own.
     * @param acknowledgements what it was told before.
     * @param firstId          its first id, if it was told nothing yet.
     */
    WorkerClient(final LedgerSession session, final Acknowledgements acknowledgements, final long firstId)
    {
        this.session = session;
        this.acknowledgements = acknowledgements;
        final int last = acknowledgements.count() - 1;
        lastSequence = last < 0 ? 0 : acknowledgements.sequence(last);
        nextId = last < 0 ? firstId : acknowledgements.id(last) + 1;
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
        final int count = acknowledgements.count();
        final int newest = Math.min(count, newestMax);
        int checkedCount = 0;
        for (int from = count - newest; from < count; from += CHECK_COUNT)
        {
            checkedCount += check(from, Math.min(CHECK_COUNT, count - from));
        }
        for (int i = 0; i < CHECKED_OLDER && count > newest; i += CHECK_COUNT)
        {
            final int from = random.nextInt(count - newest);
            checkedCount += check(from, Math.min(CHECK_COUNT, count - from));
        }
        return checkedCount + " of " + count;
    }

    /** What was acknowledged is sent again: it has to be there, at the sequence and with the timestamp told before. */
    private int check(final int from, final int count)
    {
        while (session.claimTransfers(count) < 0)
        {
            Thread.onSpinWait();
        }
        for (int i = 0; i < count; i++)
        {
            encode(i, acknowledgements.id(from + i));
        }
        session.publish();
        while (session.inFlight() > 0)
        {
            session.poll(reply ->
            {
                for (int i = 0; i < count; i++)
                {
                    requireKept(reply, i, from + i);
                }
            }, 1);
        }
        return count;
    }

    private void requireKept(final Reply reply, final int index, final int row)
    {
        if (reply.outcome(index) != TransferOutcome.EXISTS.code() ||
            reply.firstSequence(index) != acknowledgements.sequence(row) ||
            reply.timestampNs(index) != acknowledgements.timestampNs(row))
        {
            throw new FaultException(
                "what was acknowledged is not there as it was: id=" + acknowledgements.id(row) + ", sequence=" +
                acknowledgements.sequence(row) + ", timestampNs=" + acknowledgements.timestampNs(row) +
                "; found outcome=" + TransferOutcome.of(reply.outcome(index)) + ", first sequence=" +
                reply.firstSequence(index) + ", timestampNs=" + reply.timestampNs(index));
        }
    }

    /**
     * Send transfers, a few in each request. Ids after the last acknowledged one may have been applied or not: each
     * comes to be applied once.
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
                final int count = 1 + random.nextInt(REQUEST_COUNT_MAX);
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

    private void encode(final int index, final long id)
    {
        session.transfer(index).idLow(id).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
            .ledger(KillWorker.LEDGER).code(1).userData64(~id);
    }

    private void onReply(final Reply reply)
    {
        final long[] request = requests.remove();
        for (int i = 0; i < request[1]; i++)
        {
            final boolean isNew = reply.outcome(i) == TransferOutcome.CREATED.code();
            final long sequence = isNew ? reply.sequence(i) : reply.firstSequence(i);
            if (!isNew && reply.outcome(i) != TransferOutcome.EXISTS.code() || sequence <= lastSequence)
            {
                throw new FaultException(
                    "an answer is out of order or none that can be: id=" + (request[0] + i) + ", outcome=" +
                    TransferOutcome.of(reply.outcome(i)) + ", sequence=" + sequence + ", last sequence=" +
                    lastSequence);
            }
            lastSequence = sequence;
            acknowledgements.add(request[0] + i, sequence, reply.timestampNs(i));
        }
    }
}
