package io.seriatim.advice;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.EntryExecution;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StoredTransfer;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Executes the commands of a log in any order, by the state machine that executes them in an engine. The first one gets
 * the time that the first one had, and so on; what expires by then is released before.
 * <p>
 * Cost: that of an execution. Memory: the log once more, and the state.<br>
 * Threads: confined to one.
 */
final class ReExecution implements AutoCloseable
{
    private static final long SEED = 0x5EA1;

    private final CommandLog log;
    private final int[] outcomes;
    private final long[] amountsMoved;
    private final EntryLog executed = new EntryLog();
    private final LedgerStateMachine stateMachine;
    private final EntryExecution execution;
    private final StoredTransfer stored = new StoredTransfer();
    private int nextRelease;
    private long lateNs;

    /** Nothing was executed. */
    private ReExecution(final CommandLog log, final int batchCountMax)
    {
        this.log = log;
        outcomes = new int[log.count()];
        amountsMoved = new long[2 * log.count()];
        final int windowCapacity = Math.max(2, Integer.highestOneBit(batchCountMax) * 2);
        stateMachine = new LedgerStateMachine(batchCountMax, windowCapacity, SEED, executed);
        execution = new EntryExecution(stateMachine);
    }

    /**
     * Execute.
     *
     * @param log           of the commands.
     * @param units         of that log.
     * @param order         of the units.
     * @param batchCountMax most commands of a unit.
     * @return what came of it, to be closed.
     */
    static ReExecution run(final CommandLog log, final Units units, final int[] order, final int batchCountMax)
    {
        final ReExecution run = new ReExecution(log, batchCountMax);
        final long[] slots = log.slotsNs();
        int place = 0;
        for (final int unit : order)
        {
            final int first = units.firstCommand(unit);
            final int count = units.commandCount(unit);
            run.execute(first, count, slots[place + count - 1]);
            place += count;
        }
        return run;
    }

    /** What a command was answered, with its code. */
    int outcome(final int command)
    {
        return outcomes[command];
    }

    /** Whether a command has come out as in another execution. */
    boolean isSame(final int command, final ReExecution other)
    {
        return outcomes[command] == other.outcomes[command] &&
            amountsMoved[2 * command] == other.amountsMoved[2 * command] &&
            amountsMoved[2 * command + 1] == other.amountsMoved[2 * command + 1];
    }

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    private void execute(final int first, final int count, final long recordedNs)
    {
        final long firstNs = releaseBefore(recordedNs + lateNs - count + 1);
        final long batchNs = firstNs + count - 1;
        final DirectBuffer entries = log.entries().buffer();
        execution.start(entries, log.entries().offset(first), batchNs, count);
        for (int command = first; command < first + count; command++)
        {
            execution.execute(entries, log.entries().offset(command));
        }
        for (int i = 0; i < count; i++)
        {
            outcomes[first + i] = stateMachine.results().outcome(i);
            final int offset = stateMachine.window().offset(stateMachine.nextSequence() - count + i);
            if (StoredTransfer.isCreated(stateMachine.window().buffer(), offset))
            {
                stored.wrap(stateMachine.window().buffer(), offset);
                amountsMoved[2 * (first + i)] = stored.amountHigh();
                amountsMoved[2 * (first + i) + 1] = stored.amountLow();
            }
        }
        executed.takeFrom(stateMachine);
    }

    /** Release what expires before a moment; if there is no room for it in time, all that follows is later. */
    private long releaseBefore(final long recordedNs)
    {
        long firstNs = recordedNs;
        while (stateMachine.nextExpiryNs() < firstNs)
        {
            final long releaseNs = releaseNs(firstNs);
            stateMachine.expireNext(releaseNs);
            executed.takeFrom(stateMachine);
            if (releaseNs >= firstNs)
            {
                lateNs += releaseNs + 1 - firstNs;
                firstNs = releaseNs + 1;
            }
        }
        return firstNs;
    }

    /** When something was released, if it can be now; else as soon as it can. */
    private long releaseNs(final long beforeNs)
    {
        final long afterNs = Math.max(stateMachine.lastSlotNs(), stateMachine.nextExpiryNs());
        final LongArrayList recordedNs = log.releasesNs();
        while (nextRelease < recordedNs.size() && recordedNs.getLong(nextRelease) + lateNs <= afterNs)
        {
            nextRelease++;
        }
        return nextRelease < recordedNs.size() && recordedNs.getLong(nextRelease) + lateNs < beforeNs ?
            recordedNs.getLong(nextRelease) + lateNs : afterNs + 1;
    }

    /** Whether an account has the same balances, and is open, as in another execution. */
    boolean isSameAccount(final int slot, final ReExecution other, final UnsafeBuffer row, final UnsafeBuffer otherRow)
    {
        stateMachine.readAccount(slot, row, 0);
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(row, 0);
        if (!other.stateMachine.readAccount(account.idHigh(), account.idLow(), otherRow, 0))
        {
            return false;
        }
        // When it was made, which depends on its place, is the last field.
        final int length = AccountRecordDecoder.timestampNsEncodingOffset();
        return sameBytes(row, otherRow, length);
    }

    private static boolean sameBytes(final DirectBuffer one, final DirectBuffer other, final int length)
    {
        for (int i = 0; i < length; i += Long.BYTES)
        {
            if (one.getLong(i) != other.getLong(i))
            {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close()
    {
        stateMachine.close();
    }
}
