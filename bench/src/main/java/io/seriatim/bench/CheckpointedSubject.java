package io.seriatim.bench;

import io.seriatim.engine.LedgerEngine;
import org.agrona.collections.LongArrayList;

/**
 * An engine of one shard that signs checkpoints, where a request counts as answered when a checkpoint covers its last
 * transfer. Its time runs from the reply, so from when it was known to be committed.
 * <p>
 * Shape: the times of all replies since the last {@link #resume}, on the heap.<br>
 * Threads: as the engine's.
 */
final class CheckpointedSubject implements Subject
{
    private static final int SHARD = 0;

    private final EngineSubject subject;
    private final LedgerEngine engine;
    private final LongArrayList committedAtNs = new LongArrayList();
    private final AnswerHandler onCommit = intendedNs -> committedAtNs.addLong(System.nanoTime());
    private long sizeBefore;
    private int coveredCount;

    CheckpointedSubject(final EngineSubject subject)
    {
        this.subject = subject;
        engine = subject.engine();
    }

    @Override
    public String name()
    {
        return "checkpointed";
    }

    @Override
    public int batchCount()
    {
        return subject.batchCount();
    }

    /** Begins where everything there is is covered, so that what follows can be counted. */
    @Override
    public void resume()
    {
        subject.awaitSealed();
        subject.resume();
        committedAtNs.clear();
        coveredCount = 0;
        sizeBefore = engine.checkpointedSize(SHARD);
    }

    @Override
    public boolean trySend(final long intendedNs)
    {
        return subject.trySend(intendedNs);
    }

    /** Replies come in the order of the shard, and nobody else writes entries. */
    @Override
    public int poll(final AnswerHandler handler)
    {
        int count = subject.poll(onCommit);
        final long size = engine.checkpointedSize(SHARD);
        while (coveredCount < committedAtNs.size() &&
            sizeBefore + (coveredCount + 1L) * subject.batchCount() <= size)
        {
            handler.onAnswer(committedAtNs.getLong(coveredCount));
            coveredCount++;
            count++;
        }
        return count;
    }

    @Override
    public long inFlight()
    {
        return subject.inFlight() + committedAtNs.size() - coveredCount;
    }

    @Override
    public void pause()
    {
        subject.pause();
    }

    @Override
    public void close()
    {
        subject.close();
    }
}
