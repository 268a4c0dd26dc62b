package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import picocli.CommandLine.Command;

import java.nio.file.Path;

/**
 * What counting costs: an engine that counts beside one that does not.
 */
@Command(
    name = "counters",
    sortOptions = false,
    description = "What the engine's counters cost: an engine that counts and one that does not, of the same " +
        "settings, in alternating slices of a closed loop; the ratio of their throughputs and of their latencies.",
    footer = "%nExample:%n  scripts/bench counters --durability os --batch 1 --in-flight 1")
final class CountersCommand extends CostCommand
{
    @Override
    String what()
    {
        return "counters";
    }

    @Override
    EngineConfig with(final EngineConfig config, final Path directory)
    {
        return config.counters(true);
    }

    @Override
    EngineConfig without(final EngineConfig config)
    {
        return config.counters(false);
    }
}
