package io.seriatim.engine;

import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.EntryWindow;

/**
 * Counts what a shard does: how long its requests wait, are applied, journaled and answered. The clock is read twice
 * for a pass that did something, once for one that did not, and once for each frame; a session reads it for its
 * requests, but for one in sixteen only while it has many of them under way.
 * <p>
 * Cost: a few ordered stores for each pass, frame and request; nothing is allocated.<br>
 * Threads: the shard's, but for {@link #stamp}, {@link #onClaimRefused} and {@link #onPolled}, which are the sessions'.
 */
final class ShardMeter
{
    /** Stages of a shard. */
    static final int STAGE_COUNT = 6;

    /** Of a session with more requests under way than this, one in {@link #STAMPED_ONE_IN} is timed. */
    static final int STAMPED_ALWAYS_MAX = 32;
    static final int STAMPED_ONE_IN = 16;

    /** A poll in so many that found something is timed. */
    private static final int POLLS_TIMED_ONE_IN = 8;
    private static final int ENTRIES_PER_SAMPLE = 64;

    private final StageCounters ring;
    private final StageCounters apply;
    private final StageCounters journal;
    private final StageCounters commit;
    private final StageCounters reply;
    private final StageCounters stateRoot;
    private final AccountSamples samples;
    private final TransferEntryDecoder transfer = new TransferEntryDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    private long passStartNs;
    private boolean isIdle;
    private long randomState = 0x9E3779B97F4A7C15L;

    /**
     * A meter.
     *
     * @param table      that gets the shard's stages.
     * @param samples    of its accounts.
     * @param shard      number of the shard.
     * @param ringLength slots of its ring.
     * @param hasRoots   whether it makes state roots.
     */
    ShardMeter(
        final CounterTable table,
        final AccountSamples samples,
        final int shard,
        final int ringLength,
        final boolean hasRoots)
    {
        this.samples = samples;
        ring = newStage(table, StageKind.RING, shard);
        apply = newStage(table, StageKind.APPLY, shard);
        journal = newStage(table, StageKind.JOURNAL, shard);
        commit = newStage(table, StageKind.COMMIT, shard);
        reply = newStage(table, StageKind.REPLY, shard);
        stateRoot = hasRoots ? newStage(table, StageKind.STATE_ROOT, shard) : null;
        ring.width(ringLength, 1, 1);
        commit.sequence(-1);
    }

    private static StageCounters newStage(final CounterTable table, final StageKind kind, final int shard)
    {
        return table.newStage(kind, shard, "shard " + shard + ": " + kind.label());
    }

    // The shard's thread.

    /** A pass begins. */
    void onPassStart()
    {
        passStartNs = System.nanoTime();
    }

    /** A request was taken from the ring. */
    void onTaken(final RequestRing.Slot slot)
    {
        if (slot.stampWeight != 0)
        {
            ring.recordLatency(passStartNs - slot.publishedNs, slot.stampWeight);
        }
    }

    /** A request had to wait: for a state root that is not made yet, or for room in the journal. */
    void onHeldUp(final boolean isStateRootAwaited)
    {
        (isStateRootAwaited ? stateRoot : journal).addBackPressure();
    }

    /** The entry of a state root was written; how long it took to make it. */
    void onStateRoot(final long durationNs)
    {
        stateRoot.addItems(1, 1);
        stateRoot.recordLatency(durationNs, 1);
    }

    /**
     * A frame was appended.
     *
     * @return when.
     */
    long onFrame(final int entryCount)
    {
        journal.recordBatch(entryCount);
        return System.nanoTime();
    }

    /** A frame is committed. */
    void onFrameCommitted(final long appendedNs, final long entryCount)
    {
        journal.recordLatency(passStartNs - appendedNs, 1);
        journal.addItems(entryCount, 1);
    }

    /** A reply may leave. */
    void onReleased(final LedgerSession session, final long publishedNs, final int stampWeight)
    {
        commit.addItems(1, 0);
        session.replies().releasedNs(passStartNs);
        if (stampWeight != 0)
        {
            commit.recordLatency(passStartNs - publishedNs, stampWeight);
        }
    }

    /**
     * A pass ends.
     *
     * @param workCount    what it did; 0 if nothing.
     * @param requestCount how many requests it took.
     * @param entryCount   how many entries it made.
     * @param requests     that are still in the ring.
     * @param gate         with what is not committed.
     * @param window       with the newest entries.
     */
    void onPassEnd(
        final int workCount,
        final int requestCount,
        final long entryCount,
        final RequestRing requests,
        final ReplyGate gate,
        final EntryWindow window)
    {
        if (workCount == 0 && isIdle)
        {
            return;
        }
        isIdle = workCount == 0;
        final long lastSequence = window.nextSequence() - 1;
        if (entryCount > 0)
        {
            sample(window, lastSequence, entryCount);
        }
        final long endNs = System.nanoTime();
        if (workCount > 0)
        {
            apply.addBusyNs(endNs - passStartNs);
            onApplied(endNs, requestCount, entryCount, lastSequence);
        }
        final long depth = requests.depth();
        ring.standing(depth, depth, depth == 0 ? 0 : requests.oldestNs(endNs));
        commit.sequence(gate.committedSequence());
        journal.sequence(gate.committedSequence());
        journal.standing(gate.frameDepth(), lastSequence - gate.committedSequence(), gate.oldestFrameNs());
        commit.standing(gate.replyDepth(), 0, gate.oldestFrameNs());
    }

    private void onApplied(
        final long endNs, final int requestCount, final long entryCount, final long lastSequence)
    {
        if (requestCount > 0)
        {
            ring.addItems(requestCount, 1);
            ring.recordBatch(requestCount);
        }
        if (entryCount > 0)
        {
            apply.addItems(entryCount, 1);
            apply.recordBatch(entryCount);
            apply.recordLatency((endNs - passStartNs) / entryCount, entryCount);
            apply.sequence(lastSequence);
        }
    }

    /** One entry in so many of a pass, each at a place of its own drawn by lot. */
    private void sample(final EntryWindow window, final long lastSequence, final long entryCount)
    {
        final long firstSequence = lastSequence - entryCount + 1;
        for (long from = 0; from < entryCount; from += ENTRIES_PER_SAMPLE)
        {
            final long count = Math.min(ENTRIES_PER_SAMPLE, entryCount - from);
            randomState ^= randomState << 13;
            randomState ^= randomState >>> 7;
            randomState ^= randomState << 17;
            final int offset = window.offset(firstSequence + from + (randomState >>> 1) % count);
            header.wrap(window.buffer(), offset);
            if (header.templateId() == TransferEntryDecoder.TEMPLATE_ID)
            {
                transfer.wrap(
                    window.buffer(), offset + MessageHeaderDecoder.ENCODED_LENGTH,
                    TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
                final TransferRecordDecoder command = transfer.transfer();
                samples.add(
                    command.debitAccountIdHigh(), command.debitAccountIdLow(),
                    command.creditAccountIdHigh(), command.creditAccountIdLow(), count);
            }
        }
    }

    // Any thread.

    /** How many entries are committed, as of the last pass that did something. */
    long committedCount()
    {
        return commit.sequence() + 1;
    }

    // The sessions' threads.

    /** A request is about to be published; it is timed or not. */
    void stamp(final RequestRing.Slot slot, final long requestId, final long inFlight)
    {
        if (inFlight <= STAMPED_ALWAYS_MAX)
        {
            slot.stampWeight = 1;
            slot.publishedNs = System.nanoTime();
        }
        else if (requestId % STAMPED_ONE_IN == 0)
        {
            slot.stampWeight = STAMPED_ONE_IN;
            slot.publishedNs = System.nanoTime();
        }
        else
        {
            slot.stampWeight = 0;
        }
    }

    /** A request was refused for want of room. */
    void onClaimRefused()
    {
        ring.addBackPressure();
    }

    /** A session has polled replies. */
    void onPolled(final ReplyRing replies, final long pollNumber)
    {
        if (pollNumber % POLLS_TIMED_ONE_IN == 0)
        {
            final long releasedNs = replies.releasedNs();
            if (releasedNs != 0)
            {
                reply.recordShared(System.nanoTime() - releasedNs, POLLS_TIMED_ONE_IN);
            }
        }
    }
}
