package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.KeyFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What state roots cost: an engine whose order holds some beside one whose order holds none.
 */
@Command(
    name = "state-roots",
    sortOptions = false,
    description = "What state roots cost: an engine that makes Merkle roots over its accounts and ledgers, and one " +
        "that does not, of the same settings, in alternating slices of a closed loop; the ratio of their " +
        "throughputs and of their latencies, and how often a request had to wait for a root.",
    footer = "%nExample:%n  scripts/bench state-roots --accounts 100000 --batch 1000 --in-flight 8")
final class StateRootsCommand extends CostCommand
{
    @Option(
        names = "--state-root-every",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "Entries from one state root to the next. Default: ${DEFAULT-VALUE}")
    private long every;

    private long rootCount;
    private long waitCount;

    @Override
    String what()
    {
        return "state-roots";
    }

    @Override
    EngineConfig with(final EngineConfig config, final Path directory) throws IOException
    {
        final Path keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        return config.stateRoots(new StateRootConfig().every(every).keyFile(keyFile));
    }

    @Override
    void afterSliceWith(final EngineSubject subject)
    {
        final List<StageCounters> stages = subject.stages(StageKind.STATE_ROOT);
        rootCount = stages.stream().mapToLong(StageCounters::items).sum();
        waitCount = stages.stream().mapToLong(StageCounters::backPressure).sum();
    }

    @Override
    String remark(final List<PairedRun.Pair> pairs)
    {
        return String.format(
            Locale.ROOT, "State roots written, one every %,d entries, the warm-up counted: %,d; requests that had to " +
            "wait for one: %,d.", every, rootCount, waitCount);
    }
}
