package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.Frames;
import io.seriatim.journal.Journal;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerDefinitions;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRootTask;
import io.seriatim.ledger.StateRoots;
import org.agrona.ExpandableArrayBuffer;

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

    /** In one pass of so many, what the state takes is told. */
    private static final int STATE_BYTES_PASS_MASK = 0x3FF;

    private final int id;
    private final Genesis genesis;
    private final RequestRing ring;
    private final LedgerStateMachine stateMachine;
    private final StoredEntries storedEntries;
    private final StateRootWork stateRootWork;
    private final StateRoots stateRoots;
    private final boolean isForced;
    private final StoreAdmission accountAdmission;
    private final StoreAdmission transferAdmission;
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final QueryQueue queries;
    private final ShardTime time;
    private final ShardReplies replies;

    private ShardMeter meter;
    private Journal journal;
    private FrameWriter writer;
    private ReplyGate gate;
    private long forcedSequence;
    private long endSequence;
    private long markPosition;

    /** Slot behind the last transfer that was read ahead for. */
    private long readAheadEnd;

    private long passCount;
    private volatile long stateBytes;
    private volatile boolean isOpen;
    private volatile boolean isEnded;
    private volatile Throwable failure;
    private volatile Refusal refusal;
    private volatile TotalsQuery totalsQuery;

    /**
     * A shard in the state that recovery left, or a new one.
     *
     * @param genesis         of the shard.
     * @param config          of the engine.
     * @param stateMachine    holding the state.
     * @param storedEntries   knowing where entries lie.
     * @param lastTimestampNs of the newest entry; 0 if there is none.
     * @param stateRootKey    of the state roots; null if there are none.
     * @param waitingRoot     the state root whose entry is still to come, made; null if there is none.
     */
    Shard(
        final Genesis genesis,
        final EngineConfig config,
        final LedgerStateMachine stateMachine,
        final StoredEntries storedEntries,
        final long lastTimestampNs,
        final StateRootKey stateRootKey,
        final StateRootTask waitingRoot)
    {
        id = genesis.shard();
        this.genesis = genesis;
        this.stateMachine = stateMachine;
        this.storedEntries = storedEntries;
        ring = new RequestRing(config.ringLengthFor(genesis.batchCountMax()));
        isForced = config.durability() == Durability.FSYNC;
        accountAdmission = new StoreAdmission(config.accountCountMax(), stateMachine.accountCount());
        transferAdmission = new StoreAdmission(config.transferCountMax(), stateMachine.transferIdCount());
        queries = new QueryQueue(id);
        stateRootWork = stateRootKey == null ? null : new StateRootWork(stateRootKey, stateMachine);
        stateRoots = new StateRoots(genesis.stateRootEvery(), stateMachine, stateRootWork, waitingRoot);
        time = new ShardTime(config.clock(), stateMachine, lastTimestampNs, this::hasRoomForExpiry, this::appendExpiry);
        replies = new ShardReplies(ring, stateMachine, time, this::hold);
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

    /** Count what the shard does from now on; before it is opened. */
    void meter(final ShardMeter newMeter)
    {
        meter = newMeter;
    }

    /** What counts; null if nothing does. */
    ShardMeter meter()
    {
        return meter;
    }

    /** What makes the state roots; null if there are none. */
    StateRootWork stateRootWork()
    {
        return stateRootWork;
    }

    /** The state root whose entry is still to come, which may be in the making; null if there is none. */
    StateRootTask waitingRoot()
    {
        return stateRoots.waiting();
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
        gate = new ReplyGate(stateMachine.window().capacity() + 1, ring.length(), forcedSequence, meter);
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
            if (stateRoots.isDue())
            {
                // The end of the journal was where it is due.
                appendStateRoot();
                writer.flush();
            }
        }
    }

    /** Append the mark of a clean close; the ring is empty and the gate too. */
    void mark()
    {
        markPosition = writer.mark(Frames.CLOSE);
    }

    /** Position after the shard's last frame; nothing is in the making at the end of a pass. */
    long appendedPosition()
    {
        return writer.position();
    }

    /** Checksum of the shard's last frame. */
    int previousCrc()
    {
        return writer.previousCrc();
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
        if (meter != null)
        {
            meter.onPassStart();
        }
        final long firstSequence = stateMachine.nextSequence();
        int workCount = gate.release(journal.committedPosition());
        if (isForced && gate.committedSequence() > forcedSequence)
        {
            forcedSequence = gate.committedSequence();
            writer.committedSequence(forcedSequence);
        }
        endSequence = firstSequence + ENTRIES_PER_PASS;
        int requestCount = 0;
        while (requestCount < REQUESTS_PER_PASS && stateMachine.nextSequence() < endSequence &&
            ring.isRequestAvailable() && tryExecute())
        {
            requestCount++;
        }
        if (requestCount == 0 && !ring.isRequestAvailable())
        {
            time.releaseWhileIdle();
        }
        final long entryCount = stateMachine.nextSequence() - firstSequence;
        workCount += requestCount + (int)entryCount;
        // Whatever the ring holds: the frame in the making may end a group, and the journal's next shard must not
        // write in between.
        writer.flush();
        if (stateRootWork != null)
        {
            workCount += stateRootWork.copySlices();
        }
        if ((passCount++ & STATE_BYTES_PASS_MASK) == 0)
        {
            stateBytes = stateMachine.allocatedBytes() + storedEntries.allocatedBytes();
        }
        if (meter != null)
        {
            meter.onPassEnd(workCount, requestCount, entryCount, ring, gate, stateMachine.window());
        }
        return totalsQuery == null ? workCount : workCount + answerTotals(totalsQuery);
    }

    /** Queries on their way to the read model. */
    QueryQueue queries()
    {
        return queries;
    }

    // Any thread.

    /** Off-heap memory of the state, as it was some passes ago. */
    long stateBytes()
    {
        return stateBytes;
    }

    /** Take requests from now on, or take none; one that has stopped takes none whatever it is told. */
    void accept(final boolean isOpenNow)
    {
        isOpen = isOpenNow;
    }

    boolean isAccepting()
    {
        return isOpen && !isStopped();
    }

    /** Take nothing that would create something, or take it again if there is no reason given. */
    void refuse(final Refusal newRefusal)
    {
        refusal = newRefusal;
    }

    /** Why nothing is created for now; null if nothing is in the way. */
    Refusal refusal()
    {
        return refusal;
    }

    /** Ask for the trial balance; one question at a time. */
    void ask(final TotalsQuery query)
    {
        totalsQuery = query;
    }

    void stop(final Throwable cause)
    {
        failure = cause;
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
        if (isStopped())
        {
            throw stopped(false);
        }
        if (!isOpen)
        {
            throw new LedgerException(
                LedgerException.Reason.CLOSED, false, "the engine is closed; nothing of this request was applied",
                null);
        }
    }

    /** Why a claim was refused that returned this. */
    LedgerException refusal(final long code)
    {
        final Refusal current = refusal;
        if (current != null && current.code() == code)
        {
            return new LedgerException(
                current.reason(), false, current.message() + "; nothing of this request was applied", null);
        }
        if (code == LedgerSession.DISK_RESERVED || code == LedgerSession.CLOCK_JUMPED)
        {
            return new LedgerException(
                code == LedgerSession.DISK_RESERVED ? LedgerException.Reason.DISK_RESERVED :
                LedgerException.Reason.CLOCK_JUMPED, false,
                "what was in the way of shard " + id + " a moment ago is over: send the request again; nothing of it " +
                "was applied", null);
        }
        if (code == LedgerSession.STORE_FULL)
        {
            return new LedgerException(
                LedgerException.Reason.STORE_FULL, false,
                "the store of shard " + id + " is full: raise EngineConfig.accountCountMax or transferCountMax at " +
                "the next launch; nothing of this request was applied", null);
        }
        throw new IllegalArgumentException("not what a claim returns that is refused: " + code);
    }

    /**
     * Why the answer to a request is none.
     *
     * @param status     of the reply.
     * @param earliestNs that the clock could have been set to.
     */
    LedgerException refusal(final int status, final long earliestNs)
    {
        switch (status)
        {
            case ReplyRing.QUERIES_FAILED:
                return queriesFailed();
            case ReplyRing.CLOCK_REFUSED:
                return new LedgerException(
                    LedgerException.Reason.CLOCK_REFUSED, false,
                    "a clock goes neither back nor beyond 2^63-1 ns: it can be set from " + earliestNs +
                    " on, and advanced by at most " + (Long.MAX_VALUE - earliestNs) + "; it was not moved", null);
            default:
                return new LedgerException(
                    LedgerException.Reason.TIME_EXHAUSTED, false,
                    "shard " + id + " has no timestamps left for this request: the clock is at the end of time, " +
                    "2^63-1 ns; nothing of this request was applied", null);
        }
    }

    LedgerException queriesFailed()
    {
        final Throwable cause = queries.failure();
        return new LedgerException(
            LedgerException.Reason.QUERIES_FAILED, false,
            "the read model of shard " + id + " answers no more: " + cause.getMessage() +
            "; the shard goes on, and the next launch builds the read model anew", cause);
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

    /**
     * Take the next request: time enters, what is due by then is released, and the request is executed.
     *
     * @return false if there is no room for all of it now.
     */
    private boolean tryExecute()
    {
        final long firstSlot = ring.nextSequence();
        final RequestRing.Slot slot = ring.slot(firstSlot);
        if (slot.kind == RequestKind.NOTHING)
        {
            ring.release();
            return true;
        }
        if (!gate.hasReplyRoom())
        {
            return false;
        }
        final boolean isNew = !time.isRequestTaken();
        if (isNew && meter != null)
        {
            meter.onTaken(slot);
        }
        if (isNew && !takeRequest(firstSlot, slot))
        {
            replies.refuseClock(slot);
        }
        else if (!time.releaseDue() || slot.kind.isCreate() && !hasRoom(slot.count))
        {
            if (isNew && meter != null)
            {
                meter.onHeldUp(!stateRoots.isReadyFor(slot.count));
            }
            return false;
        }
        else
        {
            execute(firstSlot, slot);
            time.onRequestExecuted();
        }
        ring.release();
        return true;
    }

    /** Time enters here, once for each request; a clock operation moves the clock first, unless it would go back. */
    private boolean takeRequest(final long firstSlot, final RequestRing.Slot slot)
    {
        if (!slot.kind.isClock())
        {
            return time.takeRequest();
        }
        final long valueNs = ring.events().getLong(ring.eventOffset(firstSlot));
        return slot.kind == RequestKind.ADVANCE_CLOCK ? time.tryAdvance(valueNs) : time.trySet(valueNs);
    }

    /** Room for the next request is made sure of before it changes anything; a state root may be due within it. */
    private boolean hasRoom(final int eventCount)
    {
        final EntryWindow window = stateMachine.window();
        final long uncommitted = window.nextSequence() - 1 - gate.committedSequence();
        final int entryCount = eventCount + stateRoots.entryCountMax();
        return stateRoots.isReadyFor(eventCount) &&
            uncommitted + entryCount <= window.capacity() &&
            entryCount < gate.frameRoom() &&
            writer.roomFor(entryCount, EntryWindow.ENTRY_LENGTH_MAX) <= journal.availableWindow();
    }

    private boolean hasRoomForExpiry()
    {
        return stateMachine.nextSequence() < endSequence && hasRoom(1);
    }

    private void appendExpiry()
    {
        appendIfGroupEnded(stateMachine.nextSequence() - 1);
    }

    private void execute(final long firstSlot, final RequestRing.Slot slot)
    {
        final int createCount = slot.kind.isCreate() ? slot.count : 0;
        if (!slot.kind.isClock() && !time.tryTake(createCount))
        {
            giveBack(slot);
            replies.write(slot, 0, ReplyRing.TIME_EXHAUSTED);
            return;
        }
        switch (slot.kind)
        {
            case CREATE_ACCOUNTS:
                createAccounts(firstSlot, slot.count);
                replies.writeResults(slot);
                break;
            case CREATE_TRANSFERS:
                createTransfers(firstSlot, slot.count);
                replies.writeResults(slot);
                break;
            case DEFINE_LEDGERS:
                defineLedgers(firstSlot, slot.count);
                replies.writeResults(slot);
                break;
            case ADVANCE_CLOCK:
            case SET_CLOCK:
                replies.writeClock(slot);
                break;
            default:
                if (slot.kind.isQuery())
                {
                    passOn(firstSlot, slot);
                }
                else
                {
                    replies.writeRows(firstSlot, slot);
                }
                break;
        }
    }

    /** Room that was claimed for what is not created. */
    private void giveBack(final RequestRing.Slot slot)
    {
        final StoreAdmission admission = admission(slot.kind);
        if (admission != null)
        {
            admission.giveBack(slot.count);
        }
    }

    private void createAccounts(final long firstSlot, final int count)
    {
        if (count > 0)
        {
            long appendedSequence = stateMachine.nextSequence();
            stateMachine.startAccounts(time.previousTimestampNs(), count);
            for (int i = 0; i < count; i++)
            {
                stateMachine.createAccount(accountDecoder.wrap(ring.events(), ring.eventOffset(firstSlot + i)));
                appendedSequence = appendIfGroupEnded(appendedSequence);
            }
            accountAdmission.onExecuted(count, stateMachine.accountCount());
        }
    }

    private void createTransfers(final long firstSlot, final int count)
    {
        if (count > 0)
        {
            long appendedSequence = stateMachine.nextSequence();
            stateMachine.startTransfers(time.previousTimestampNs(), count);
            for (int i = 0; i < count; i++)
            {
                if (firstSlot + i >= readAheadEnd)
                {
                    readAhead(firstSlot + i, firstSlot + count);
                }
                final int offset = ring.eventOffset(firstSlot + i);
                stateMachine.createTransfer(
                    transferDecoder.wrap(ring.events(), offset),
                    ring.events().getLong(offset + TransferRecordDecoder.ENCODED_LENGTH));
                appendedSequence = appendIfGroupEnded(appendedSequence);
            }
            transferAdmission.onExecuted(count, stateMachine.transferIdCount());
        }
    }

    /**
     * Read ahead for as many transfers as are there, be they of one request or of several.
     *
     * @param slot       of the first.
     * @param requestEnd slot behind its request.
     */
    private void readAhead(final long slot, final long requestEnd)
    {
        int room = announce(slot, (int)(requestEnd - slot), LedgerStateMachine.READ_AHEAD_MAX);
        long nextSlot = requestEnd;
        while (room > 0 && ring.isRequestAvailable(nextSlot))
        {
            final RequestRing.Slot request = ring.slot(nextSlot);
            if (request.kind == RequestKind.CREATE_TRANSFERS)
            {
                room = announce(nextSlot, request.count, room);
            }
            nextSlot += RequestRing.slotCount(request.count);
        }
        stateMachine.readAhead();
    }

    /** Announce as many of these transfers as there is room for, and return what room is left. */
    private int announce(final long slot, final int count, final int room)
    {
        final int announced = Math.min(count, room);
        for (int i = 0; i < announced; i++)
        {
            stateMachine.announce(transferDecoder.wrap(ring.events(), ring.eventOffset(slot + i)));
        }
        readAheadEnd = slot + announced;
        return room - announced;
    }

    private void defineLedgers(final long firstSlot, final int count)
    {
        if (count > 0)
        {
            long appendedSequence = stateMachine.nextSequence();
            stateMachine.startDefinitions(time.previousTimestampNs(), count);
            for (int i = 0; i < count; i++)
            {
                final int offset = ring.eventOffset(firstSlot + i);
                stateMachine.defineLedger(
                    ring.events().getInt(offset + LedgerDefinitions.LEDGER_OFFSET),
                    ring.events().getShort(offset + LedgerDefinitions.SCALE_OFFSET),
                    ring.events(), offset + LedgerDefinitions.ASSET_CODE_OFFSET);
                appendedSequence = appendIfGroupEnded(appendedSequence);
            }
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
        return stateRoots.isDue() ? appendStateRoot() : endSequence;
    }

    /** A root is begun here, and the one before it is written if there is one; the sequence behind it is returned. */
    private long appendStateRoot()
    {
        final long sequence = stateMachine.nextSequence();
        if (stateRoots.write(null))
        {
            final EntryWindow window = stateMachine.window();
            writer.appendEntry(window.buffer(), window.offset(sequence), window.length(sequence));
            writer.endGroup();
            if (meter != null)
            {
                meter.onStateRoot(stateRootWork.durationNs());
            }
        }
        return stateMachine.nextSequence();
    }

    /** A query goes on to the read model, which answers it from the state that stands now. */
    private void passOn(final long firstSlot, final RequestRing.Slot slot)
    {
        final Filter filter = queries.add(
            slot, ring.events(), ring.eventOffset(firstSlot), stateMachine.nextSequence() - 1);
        if (slot.kind == RequestKind.EXPLAIN)
        {
            filter.firstSequence(firstSequenceOf(filter.sequence()));
        }
        queries.publish();
    }

    /** An entry to explain decides nothing here: if it can not be read, it is the read model that says so. */
    private long firstSequenceOf(final long sequence)
    {
        try
        {
            return stateMachine.firstSequenceOf(sequence);
        }
        catch (final JournalException ex)
        {
            return 0;
        }
    }

    /** The reply waits for all that it could have seen: every frame appended, and the one in the making. */
    private void hold(final RequestRing.Slot slot, final long replyEnd)
    {
        gate.hold(slot, replyEnd, gate.frameNumber() + (writer.isEmpty() ? 0 : 1));
    }

    private void onFrameAppended(
        final long position, final long firstSequence, final int entryCount, final boolean isGroupEnd)
    {
        if (entryCount > 0)
        {
            storedEntries.onFrame(position, firstSequence);
        }
        gate.onFrame(writer.position(), firstSequence + entryCount, entryCount, isGroupEnd);
    }
}
