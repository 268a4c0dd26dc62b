package io.seriatim.resharding;

import io.seriatim.engine.Genesis;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.ArchiveJournal;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.Frames;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.EntryExecution;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRoots;
import org.agrona.BitUtil;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.util.HexFormat;

/**
 * A shard of the books that are being made: executes commands at the times that they had, by the state machine that
 * executes them in an engine, and journals what comes out.
 * <p>
 * Shape: the state of the shard, and a window of {@value #WINDOW_CAPACITY_MIN} entries or more.<br>
 * Threads: confined to one.
 */
final class TargetShard implements AutoCloseable
{
    private static final int WINDOW_CAPACITY_MIN = 16 * 1024;
    private static final long SEED = 0x5EA1;

    /** Takes the entries of what is executed, as their groups end. */
    @FunctionalInterface
    interface ExecutedHandler
    {
        /**
         * An entry was written and is final.
         *
         * @param index  of its event in the request.
         * @param buffer holding it.
         * @param offset of its SBE header.
         * @param length in bytes.
         */
        void onExecuted(int index, DirectBuffer buffer, int offset, int length);
    }

    private final Genesis genesis;
    private final TargetJournal target;
    private final ArchiveJournal journal;
    private final StoredEntries storedEntries;
    private final LedgerStateMachine stateMachine;
    private final EntryExecution execution;
    private final StateRoots stateRoots;
    private final FrameWriter writer;
    private boolean isInsideGroup;
    private long committedSequence = LedgerStateMachine.FIRST_SEQUENCE - 1;

    /**
     * A shard that holds its genesis and nothing else.
     *
     * @param genesis      of the shard.
     * @param target       journal that carries it.
     * @param previousCrc  of the shard's last frame.
     * @param stateRootKey of the books; null if there are no state roots.
     */
    TargetShard(
        final Genesis genesis, final TargetJournal target, final int previousCrc, final StateRootKey stateRootKey)
    {
        this.genesis = genesis;
        this.target = target;
        journal = target.journal();
        storedEntries = new StoredEntries(genesis.shard(), journal.frameLengthMax());
        storedEntries.source(journal);
        stateMachine = new LedgerStateMachine(
            genesis.batchCountMax(),
            BitUtil.findNextPositivePowerOfTwo(Math.max(WINDOW_CAPACITY_MIN, 2 * genesis.requestEntryCountMax())),
            SEED, storedEntries);
        execution = new EntryExecution(stateMachine);
        stateRoots = new StateRoots(
            genesis.stateRootEvery(), stateMachine,
            StateRootBuilder.maker(
            stateRootKey == null ? null : stateRootKey.forShard(genesis.logUuid(), genesis.shard())), null);
        writer = new FrameWriter(
            journal, genesis.shard(), journal.incarnation(), stateMachine.nextSequence(), previousCrc,
            this::onFrameAppended);
        writer.committedSequence(committedSequence);
        writer.mark(Frames.OPEN);
    }

    private void onFrameAppended(
        final long position, final long firstSequence, final int entryCount, final boolean isGroupEnd)
    {
        isInsideGroup = !isGroupEnd;
        if (entryCount > 0)
        {
            storedEntries.onFrame(position, firstSequence);
        }
    }

    int batchCountMax()
    {
        return genesis.batchCountMax();
    }

    /** When the next pending transfer expires. */
    long nextExpiryNs()
    {
        return stateMachine.nextExpiryNs();
    }

    /** Release what expires next, at the time that a release had. */
    void release(final RecordedRequest expiry, final ExecutedHandler handler)
    {
        target.awaitRoom(this, 1 + stateRoots.entryCountMax());
        final long sequence = stateMachine.nextSequence();
        stateMachine.expireNext(expiry.slotNs(0));
        append(sequence, 0, handler);
    }

    /** Execute some events of a request that lie side by side; if these are not all, as a request of their own. */
    void execute(final RecordedRequest request, final int from, final int to, final ExecutedHandler handler)
    {
        final boolean isWhole = to - from == request.count();
        target.awaitRoom(this, to - from + stateRoots.entryCountMax());
        execution.start(
            request.buffer(), request.offset(from), isWhole ? request.batchTimestampNs() : request.slotNs(to - 1),
            isWhole ? request.batchCount() : to - from);
        long sequence = stateMachine.nextSequence();
        int groupStart = from;
        for (int index = from; index < to; index++)
        {
            execution.execute(request.buffer(), request.offset(index));
            if (!stateMachine.isGroupOpen())
            {
                append(sequence, groupStart, handler);
                sequence = stateMachine.nextSequence();
                groupStart = index + 1;
            }
        }
    }

    /** A group has ended: journal it, and the state root that may be due behind it. */
    private void append(final long fromSequence, final int fromIndex, final ExecutedHandler handler)
    {
        final EntryWindow window = stateMachine.window();
        for (long sequence = fromSequence; sequence < stateMachine.nextSequence(); sequence++)
        {
            final int offset = window.offset(sequence);
            final int length = window.length(sequence);
            handler.onExecuted(fromIndex + (int)(sequence - fromSequence), window.buffer(), offset, length);
            writer.appendEntry(window.buffer(), offset, length);
        }
        writer.endGroup();
        final long rootSequence = stateMachine.nextSequence();
        if (stateRoots.isDue() && stateRoots.write(null))
        {
            writer.appendEntry(window.buffer(), window.offset(rootSequence), window.length(rootSequence));
            writer.endGroup();
        }
    }

    boolean hasRoom(final int entryCount)
    {
        final EntryWindow window = stateMachine.window();
        return stateMachine.nextSequence() - 1 - committedSequence + entryCount <= window.capacity() &&
            writer.roomFor(entryCount, EntryWindow.ENTRY_LENGTH_MAX) <= journal.availableWindow();
    }

    /** If a group has frames in the journal and its rest has none yet: append that. */
    void endOpenGroup()
    {
        if (isInsideGroup)
        {
            writer.flush();
        }
    }

    void flush()
    {
        writer.flush();
    }

    /** All that was appended is in the files, so that the window may let go of it; it is forced at the close. */
    void onCommitted()
    {
        committedSequence = stateMachine.nextSequence() - 1;
    }

    void markClosed()
    {
        writer.mark(Frames.CLOSE);
    }

    /** What it has come to. */
    ShardMark mark()
    {
        return new ShardMark(
            genesis.shard(), stateMachine.nextSequence(), HexFormat.of().formatHex(stateMachine.digest()),
            stateMachine.accountCount(), stateMachine.transferCount());
    }

    @Override
    public void close()
    {
        CloseHelper.quietCloseAll(stateMachine, storedEntries);
    }
}
