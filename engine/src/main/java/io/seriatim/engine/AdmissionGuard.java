package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Looks after what an engine needs of its machine, beside the shards: room on the disk, and a clock that can be
 * believed. While one of them is missing, shards refuse whatever would create something; all else goes on. Nothing has
 * failed by then, so they take requests again as soon as it is back.
 * <p>
 * Cost: a question to the file system and to the clock, four times a second.<br>
 * Threads: {@link #doWork} on one thread.
 */
final class AdmissionGuard implements Agent
{
    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final List<Shard> shards;
    private final List<Supplier<Refusal>> conditions;
    private Refusal refusal;
    private long checkedNs = System.nanoTime() - INTERVAL_NS;

    /**
     * A guard that has not looked yet.
     *
     * @param shards     that it opens and shuts.
     * @param conditions each tells why nothing is to be created for now; null if it has no objection.
     */
    AdmissionGuard(final List<Shard> shards, final List<Supplier<Refusal>> conditions)
    {
        this.shards = shards;
        this.conditions = conditions;
    }

    @Override
    public String roleName()
    {
        return "seriatim-admission";
    }

    @Override
    public int doWork()
    {
        final long nowNs = System.nanoTime();
        if (nowNs - checkedNs < INTERVAL_NS)
        {
            return 0;
        }
        checkedNs = nowNs;
        check();
        return 1;
    }

    /** Look now. */
    void check()
    {
        final Refusal found = conditions.stream().map(Supplier::get).filter(Objects::nonNull).findFirst().orElse(null);
        if (readinessOf(found) != readinessOf(refusal))
        {
            report(found);
            refusal = found;
            shards.forEach(shard -> shard.refuse(found));
        }
    }

    private void report(final Refusal found)
    {
        if (found == null)
        {
            LOGGER.log(System.Logger.Level.INFO, "requests that create something are taken again");
        }
        else
        {
            LOGGER.log(
                System.Logger.Level.WARNING,
                "requests that create something are refused from now on: " + found.message());
        }
    }

    private static Readiness readinessOf(final Refusal refusal)
    {
        return Stream.ofNullable(refusal).map(Refusal::readiness).findFirst().orElse(Readiness.READY);
    }
}
