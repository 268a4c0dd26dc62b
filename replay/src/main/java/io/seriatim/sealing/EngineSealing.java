package io.seriatim.sealing;

import io.seriatim.engine.LedgerSealing;
import io.seriatim.engine.SealingAgent;
import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.SealingSource;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.TrustPolicy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Provides the engine with what seals its order, which is found by {@link java.util.ServiceLoader}.
 */
public final class EngineSealing implements LedgerSealing
{
    /**
     * For the service loader.
     */
    public EngineSealing()
    {
    }

    @Override
    public SealingAgent open(final SealingSource source)
    {
        final SealerConfig config = new SealerConfig(source.config()).dataDirectory(source.dataDirectory())
            .force(source.force());
        source.shards().forEach((shard, sealed) -> config
            .origin(shard, sealed.genesis().origin()).launchedAt(shard, sealed.nextSequence()));
        return new Sealer(source.journal(), config, collectorOf(source.config(), source.dataDirectory()));
    }

    /**
     * What asks the witnesses of a policy.
     *
     * @param config        that names the policy, or none.
     * @param dataDirectory of the engine.
     * @return the collector.
     * @throws IllegalArgumentException if the policy can not be used.
     */
    public static CosignatureCollector collectorOf(final SealingConfig config, final Path dataDirectory)
    {
        if (config.policyFile() == null)
        {
            return CosignatureCollector.NONE;
        }
        try
        {
            return new WitnessClient(TrustPolicy.parse(Files.readAllBytes(config.policyFile())), dataDirectory);
        }
        catch (final IOException | ProofException ex)
        {
            throw new IllegalArgumentException(
                "the policy can not be used: file=" + config.policyFile() + ": " + ex.getMessage(), ex);
        }
    }
}
