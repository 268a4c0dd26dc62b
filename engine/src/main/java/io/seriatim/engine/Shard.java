package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.Frames;
import io.seriatim.journal.Journal;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.EpochNanoClock;

import java.util.HexFormat;

/**
 * One order: a request ring, a state machine, its frames in the journal, and the gate that holds replies back. It
 * takes requests in the order of the ring, gives each its time, applies it, hands the entries to the journal as their
 * groups end, and goes on without waiting for the disk.
 * <p>
 * Threads: {@link #doWork} and all that changes state are confined to the shard's thread; sessions call the methods
 * that say so.
 */
final class Shard
{
    /** So many entries are made, or requests taken, before the gate is looked at again. */
    private static final int ENTRIES_PER_PASS = 2_048;
    private static final int REQUESTS_PER_PASS = 2_048;

    private final int id;
    private final Genesis genesis;
    private final RequestRing ring;
    private final LedgerStateMachine stateMachine;
    private final StoredEntries storedEntries;
    private final EpochNanoClock clock;
    private final boolean isForced;
    private final StoreAdmission accountAdmission;
    private final StoreAdmission transferAdmission;
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();

    private Journal journal;
    private FrameWriter writer;
    private ReplyGate gate;
    private long forcedSequence;
    private long previousTimestampNs;
    private long markPosition;

    private volatile boolean isAccepting;
    private volatile boolean isEnded;
    private volatile Throwable failure;
    private volatile TotalsQuery totalsQuery;

    /**
     * A shard in the state that recovery left, or a new one.
     *
     * @param genesis         of the shard.
     * @param config          of the engine.
     * @param stateMachine    holding the state.
     * @param storedEntries   knowing where entries lie.
     * @param lastTimestampNs of the newest entry; 0 if there is none.
     */
    Shard(
        final Genesis genesis,
        final EngineConfig config,
        final LedgerStateMachine stateMachine,
        final StoredEntries storedEntries,
        final long lastTimestampNs)
    {
        id = genesis.shard();
        this.genesis = genesis;
        this.stateMachine = stateMachine;
        this.storedEntries = storedEntries;
        ring = new RequestRing(config.ringLengthFor(genesis.batchCountMax()));
        clock = config.clock();
        isForced = config.durability() == Durability.FSYNC;
        accountAdmission = new StoreAdmission(config.accountCountMax(), stateMachine.accountCount());
        transferAdmission = new StoreAdmission(config.transferCountMax(), stateMachine.transferIdCount());
        previousTimestampNs = lastTimestampNs;
    }

    int id()
    {
        return id;
    }

    Genesis genesis()
    {
        return genesis;
    }

    RequestRing ring()
    {
        return ring;
    }

    int batchCountMax()
    {
        return genesis.batchCountMax();
    }

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    // The shard's thread: opening and closing.

    /**
     * Append the first frame of this incarnation: the genesis of a new shard, or the mark of an opening.
     *
     * @param newJournal   to write to from now on.
     * @param incarnation  of the journal, from 1.
     * @param isNew        whether the shard has no entry yet.
     * @param previousCrc  of the shard's last frame; 0 if it has none.
     */
    void open(final Journal newJournal, final long incarnation, final boolean isNew, final int previousCrc)
    {
        journal = newJournal;
        storedEntries.source(newJournal);
        final long nextSequence = isNew ? 0 : stateMachine.nextSequence();
        // What was found at the opening has been forced by then, whatever the policy.
        forcedSequence = nextSequence - 1;
        // A frame for each entry of the window, at worst, and the frame in the making.
        gate = new ReplyGate(stateMachine.window().capacity() + 1, ring.length(), forcedSequence);
        writer = new FrameWriter(newJournal, id, incarnation, nextSequence, previousCrc, this::onFrameAppended);
        writer.committedSequence(forcedSequence);
        if (isNew)
        {
            final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
            writer.appendEntry(buffer, 0, genesis.encode(buffer, 0));
            writer.endGroup();
            markPosition = writer.flush();
        }
        else
        {
            markPosition = writer.mark(Frames.OPEN);
        }
    }

    /** Append the mark of a clean close; the ring is empty and the gate too. */
    void mark()
    {
        markPosition = writer.mark(Frames.CLOSE);
    }

    boolean isMarkCommitted()
    {
        return journal.committedPosition() >= markPosition;
    }

    boolean isDrained()
    {
        return ring.isEmpty() && gate.isEmpty();
    }

    ShardMark shardMark()
    {
        return new ShardMark(
            id, stateMachine.nextSequence(), HexFormat.of().formatHex(stateMachine.digest()),
            stateMachine.accountCount(), stateMachine.transferCount());
    }

    /** Let go of the off-heap memory; nobody works the shard any more. */
    void release()
    {
        stateMachine.close();
        storedEntries.close();
    }

    // The shard's thread: running.

    /**
     * One pass: let out what is durable, take what the ring holds, append it.
     *
     * @return how much was done; 0 if nothing.
     */
    int doWork()
    {
        int workCount = gate.release(journal.committedPosition());
        if (isForced && gate.committedSequence() > forcedSequence)
        {
            forcedSequence = gate.committedSequence();
            writer.committedSequence(forcedSequence);
        }
        final long endSequence = stateMachine.nextSequence() + ENTRIES_PER_PASS;
        int requestCount = 0;
        while (requestCount < REQUESTS_PER_PASS && stateMachine.nextSequence() < endSequence &&
            ring.isRequestAvailable() && hasRoom())
        {
            execute();
            requestCount++;
        }
        workCount += requestCount;
        // Whatever the ring holds: the frame in the making may end a group, and the journal's next shard must not
        // write in between.
        writer.flush();
        return totalsQuery == null ? workCount : workCount + answerTotals(totalsQuery);
    }

    boolean isBusy()
    {
        return !gate.isEmpty();
    }

    // Any thread.

    void accept(final boolean isAcceptingNow)
    {
        isAccepting = isAcceptingNow;
    }

    /** Ask for the trial balance; one question at a time. */
    void ask(final TotalsQuery query)
    {
        totalsQuery = query;
    }

    void stop(final Throwable cause)
    {
        failure = cause;
        isAccepting = false;
    }

    boolean isStopped()
    {
        return failure != null;
    }

    /**
     * No pass will come any more.
     *
     * @param cause why requests may be left that were taken; null if none are.
     */
    void end(final Throwable cause)
    {
        if (cause != null && !isStopped())
        {
            stop(cause);
        }
        isEnded = true;
    }

    /** Whether requests that have no answer yet will never have one. */
    boolean isOver()
    {
        return isStopped() || isEnded;
    }

    LedgerException noAnswer()
    {
        return isStopped() ? stopped(true) : new LedgerException(
            LedgerException.Reason.CLOSED, false,
            "the engine was closed before it came to this request; nothing of it was applied", null);
    }

    LedgerException stopped(final boolean isOutcomeUnknown)
    {
        final Throwable cause = failure;
        return new LedgerException(
            LedgerException.Reason.STOPPED, isOutcomeUnknown,
            "shard " + id + " has stopped: " + cause.getMessage() +
            (isOutcomeUnknown ? "; the outcome of requests in flight is unknown: ask by id after the next launch" :
            "; nothing of this request was applied"),
            cause);
    }

    void requireAccepting()
    {
        if (!isAccepting)
        {
            if (isStopped())
            {
                throw stopped(false);
            }
            throw new LedgerException(
                LedgerException.Reason.CLOSED, false, "the engine is closed; nothing of this request was applied",
                null);
        }
    }

    /** What admits requests of a kind that create something; null for other kinds. */
    StoreAdmission admission(final RequestKind kind)
    {
        return kind == RequestKind.CREATE_ACCOUNTS ? accountAdmission :
            kind == RequestKind.CREATE_TRANSFERS ? transferAdmission : null;
    }

    /** Share of the fuller store that is in use, 0 to 1. */
    double storeUse()
    {
        return Math.max(accountAdmission.use(), transferAdmission.use());
    }

    private int answerTotals(final TotalsQuery query)
    {
        if (!query.isAdded())
        {
            query.add(stateMachine);
            return 1;
        }
        if (query.release(id, gate.committedSequence()))
        {
            totalsQuery = null;
            return 1;
        }
        return 0;
    }

    /** Room for the next request is made sure of before it changes anything. */
    private boolean hasRoom()
    {
        final RequestRing.Slot slot = ring.slot(ring.nextSequence());
        if (!gate.hasReplyRoom())
        {
            return false;
        }
        if (!slot.kind.isCreate())
        {
            return true;
        }
        final EntryWindow window = stateMachine.window();
        final long uncommitted = window.nextSequence() - 1 - gate.committedSequence();
        return uncommitted + slot.count <= window.capacity() &&
            slot.count < gate.frameRoom() &&
            writer.roomFor(slot.count, EntryWindow.ENTRY_LENGTH_MAX) <= journal.availableWindow();
    }

    private void execute()
    {
        final long firstSlot = ring.nextSequence();
        final RequestRing.Slot slot = ring.slot(firstSlot);
        switch (slot.kind)
        {
            case CREATE_ACCOUNTS:
                createAccounts(firstSlot, slot.count, nextBatchTimestampNs(slot.count));
                replyWithResults(slot);
                break;
            case CREATE_TRANSFERS:
                createTransfers(firstSlot, slot.count, nextBatchTimestampNs(slot.count));
                replyWithResults(slot);
                break;
            case LOOKUP_ACCOUNTS:
            case LOOKUP_TRANSFERS:
                nextBatchTimestampNs(0);
                replyWithRecords(firstSlot, slot);
                break;
            default:
                break;
        }
        ring.release();
    }

    /** Time enters here, once for each request. */
    private long nextBatchTimestampNs(final int createCount)
    {
        previousTimestampNs = Math.max(previousTimestampNs + 1, clock.nanoTime()) + createCount;
        return previousTimestampNs;
    }

    private void createAccounts(final long firstSlot, final int count, final long batchTimestampNs)
    {
        if (count > 0)
        {
            long appendedSequence = stateMachine.nextSequence();
            stateMachine.startAccounts(batchTimestampNs, count);
            for (int i = 0; i < count; i++)
            {
                stateMachine.createAccount(accountDecoder.wrap(ring.events(), ring.eventOffset(firstSlot + i)));
                appendedSequence = appendIfGroupEnded(appendedSequence);
            }
            accountAdmission.onExecuted(count, stateMachine.accountCount());
        }
    }

    private void createTransfers(final long firstSlot, final int count, final long batchTimestampNs)
    {
        if (count > 0)
        {
            long appendedSequence = stateMachine.nextSequence();
            stateMachine.startTransfers(batchTimestampNs, count);
            for (int i = 0; i < count; i++)
            {
                final int offset = ring.eventOffset(firstSlot + i);
                stateMachine.createTransfer(
                    transferDecoder.wrap(ring.events(), offset),
                    ring.events().getLong(offset + TransferRecordDecoder.ENCODED_LENGTH));
                appendedSequence = appendIfGroupEnded(appendedSequence);
            }
            transferAdmission.onExecuted(count, stateMachine.transferIdCount());
        }
    }

    private long appendIfGroupEnded(final long fromSequence)
    {
        if (stateMachine.isGroupOpen())
        {
            return fromSequence;
        }
        final EntryWindow window = stateMachine.window();
        final long endSequence = stateMachine.nextSequence();
        for (long sequence = fromSequence; sequence < endSequence; sequence++)
        {
            writer.appendEntry(window.buffer(), window.offset(sequence), window.length(sequence));
        }
        writer.endGroup();
        return endSequence;
    }

    private void replyWithResults(final RequestRing.Slot slot)
    {
        final ReplyRing replies = slot.session.replies();
        final int rowsOffset = replies.offset(slot.replyPosition) + ReplyRing.HEAD_LENGTH;
        final DirectBuffer results = stateMachine.results().buffer();
        replies.buffer().putBytes(rowsOffset, results, 0, slot.count * BatchResults.ROW_LENGTH);
        finishReply(slot, slot.count);
    }

    private void replyWithRecords(final long firstSlot, final RequestRing.Slot slot)
    {
        final ReplyRing replies = slot.session.replies();
        int rowOffset = replies.offset(slot.replyPosition) + ReplyRing.HEAD_LENGTH;
        int foundCount = 0;
        for (int i = 0; i < slot.count; i++)
        {
            final int idOffset = ring.eventOffset(firstSlot + i);
            final long idHigh = ring.events().getLong(idOffset);
            final long idLow = ring.events().getLong(idOffset + Long.BYTES);
            final boolean isFound = slot.kind == RequestKind.LOOKUP_ACCOUNTS ?
                stateMachine.readAccount(idHigh, idLow, replies.buffer(), rowOffset) :
                stateMachine.readTransfer(idHigh, idLow, replies.buffer(), rowOffset);
            if (isFound)
            {
                rowOffset += RequestRing.EVENT_LENGTH;
                foundCount++;
            }
        }
        finishReply(slot, foundCount);
    }

    /** The reply waits for all that it could have seen: every frame appended, and the one in the making. */
    private void finishReply(final RequestRing.Slot slot, final int count)
    {
        final ReplyRing replies = slot.session.replies();
        final int length = Reply.lengthMax(slot.kind, slot.count);
        replies.writeHead(
            slot.replyPosition, length, slot.kind, slot.requestId, stateMachine.nextSequence() - 1, count);
        gate.hold(
            slot.session, ReplyRing.end(slot.replyPosition, length), gate.frameNumber() + (writer.isEmpty() ? 0 : 1));
    }

    private void onFrameAppended(final long position, final long firstSequence, final int entryCount)
    {
        if (entryCount > 0)
        {
            storedEntries.onFrame(position, firstSequence);
        }
        gate.onFrame(writer.position(), firstSequence + entryCount);
    }
}
