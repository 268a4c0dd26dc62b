package io.seriatim.sealing;

import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.SealingSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * How the order of a journal is sealed. It is checked when a {@link Sealer} is made, and not to be changed any more.
 */
public final class SealerConfig
{
    private Path dataDirectory;
    private final SealingConfig sealing;
    private final Map<Integer, String> originByShard = new TreeMap<>();
    private final Map<Integer, Long> launchedAtByShard = new TreeMap<>();
    private boolean isBounded;
    private SealingSource.Force force = SealingSource.Force.NONE;
    private LongSupplier nanoClock = System::nanoTime;

    /**
     * A config.
     *
     * @param sealing with which keys, how often, cosigned by whom.
     */
    public SealerConfig(final SealingConfig sealing)
    {
        this.sealing = sealing;
    }

    /**
     * With which keys, how often, cosigned by whom.
     *
     * @return how.
     */
    public SealingConfig sealing()
    {
        return sealing;
    }

    /**
     * Sets the data directory of the engine; there is no default.
     *
     * @param dataDirectory where trees and checkpoints are kept beside the journal.
     * @return this config.
     */
    public SealerConfig dataDirectory(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
        return this;
    }

    /**
     * Where trees and checkpoints are kept.
     *
     * @return the directory.
     */
    public Path dataDirectory()
    {
        return dataDirectory;
    }

    /**
     * Sets the origin of a shard's checkpoints, as its genesis has it; all shards of the journal need one.
     *
     * @param shard  number of the shard.
     * @param origin of its checkpoints.
     * @return this config.
     */
    public SealerConfig origin(final int shard, final String origin)
    {
        originByShard.put(shard, origin);
        return this;
    }

    /**
     * Origins by shard.
     *
     * @return a copy.
     */
    public Map<Integer, String> origins()
    {
        return new TreeMap<>(originByShard);
    }

    /**
     * Sets where an engine that was just launched goes on, so that it is refused where more was signed; the default is
     * not to know.
     *
     * @param shard        number of the shard.
     * @param nextSequence of its next entry.
     * @return this config.
     */
    public SealerConfig launchedAt(final int shard, final long nextSequence)
    {
        launchedAtByShard.put(shard, nextSequence);
        return this;
    }

    /** Where a shard goes on; the largest number if that is not known. */
    long launchedAt(final int shard)
    {
        return launchedAtByShard.getOrDefault(shard, Long.MAX_VALUE);
    }

    /**
     * Sets whether sealing ends with what is committed when it begins; the default is that it goes on.
     *
     * @param isBounded true to end.
     * @return this config.
     */
    public SealerConfig isBounded(final boolean isBounded)
    {
        this.isBounded = isBounded;
        return this;
    }

    /**
     * Whether sealing ends.
     *
     * @return true if so.
     */
    public boolean isBounded()
    {
        return isBounded;
    }

    /**
     * Sets what makes the journal durable before it is signed; the default is that committed means that.
     *
     * @param force of the journal.
     * @return this config.
     */
    public SealerConfig force(final SealingSource.Force force)
    {
        this.force = force;
        return this;
    }

    SealingSource.Force force()
    {
        return force;
    }

    /**
     * Sets the clock of the interval; the default is {@link System#nanoTime}.
     *
     * @param nanoClock that only goes on.
     * @return this config.
     */
    public SealerConfig nanoClock(final LongSupplier nanoClock)
    {
        this.nanoClock = nanoClock;
        return this;
    }

    LongSupplier nanoClock()
    {
        return nanoClock;
    }

    /** Checks everything, for a journal that carries these shards. */
    void validate(final List<Integer> shards)
    {
        if (dataDirectory == null)
        {
            throw new IllegalArgumentException("SealerConfig.dataDirectory must be set");
        }
        sealing.validate(dataDirectory);
        if (!originByShard.keySet().containsAll(shards))
        {
            throw new IllegalArgumentException(
                "SealerConfig.origin is needed for all shards of the journal: shards=" + shards + ", origins=" +
                originByShard);
        }
    }
}
