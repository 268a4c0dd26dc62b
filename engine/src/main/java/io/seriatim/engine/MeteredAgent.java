package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.function.LongSupplier;

/**
 * Counts how long an agent is at work, around it. The clock is read once for a pass that does nothing, twice for one
 * that does something.
 * <p>
 * Threads: those of the agent.
 */
final class MeteredAgent implements Agent
{
    private final Agent agent;
    private final StageCounters stage;
    private final LongSupplier sequence;
    private final LongSupplier target;
    private final LagTracker lag = new LagTracker();
    private long sequenceBefore;
    private boolean isBehind;

    /**
     * An agent that is counted.
     *
     * @param agent    to run.
     * @param stage    that is written.
     * @param sequence how far the agent has come; its steps are the stage's items.
     * @param target   how far it can come.
     */
    MeteredAgent(
        final Agent agent, final StageCounters stage, final LongSupplier sequence, final LongSupplier target)
    {
        this.agent = agent;
        this.stage = stage;
        this.sequence = sequence;
        this.target = target;
    }

    @Override
    public String roleName()
    {
        return agent.roleName();
    }

    @Override
    public void onStart()
    {
        agent.onStart();
        sequenceBefore = sequence.getAsLong();
    }

    @Override
    public int doWork() throws Exception
    {
        final long startNs = System.nanoTime();
        final int workCount = agent.doWork();
        if (workCount > 0)
        {
            final long spanNs = System.nanoTime() - startNs;
            final long sequenceNow = sequence.getAsLong();
            final long itemCount = sequenceNow - sequenceBefore;
            stage.addBusyNs(spanNs);
            stage.recordLatency(spanNs, 1);
            stage.addItems(itemCount, 1);
            stage.recordBatch(itemCount);
            stage.sequence(sequenceNow);
            sequenceBefore = sequenceNow;
        }
        if (workCount > 0 || isBehind)
        {
            noteLag(startNs);
        }
        return workCount;
    }

    private void noteLag(final long nowNs)
    {
        final long targetNow = target.getAsLong();
        final long behind = Math.max(0, targetNow - sequenceBefore);
        isBehind = behind > 0;
        lag.note(nowNs, targetNow);
        stage.standing(behind, behind, isBehind ? lag.sinceNs(sequenceBefore) : 0);
    }

    @Override
    public void onClose()
    {
        agent.onClose();
    }
}
