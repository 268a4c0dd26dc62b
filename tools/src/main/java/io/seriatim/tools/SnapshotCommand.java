package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.SnapshotInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Writes a snapshot of every shard, so that the next launch is a short one.
 */
@Command(
    name = "snapshot",
    description = "Write the state of every shard as a snapshot, so that the next launch reads it and what came " +
        "after it, not the whole journal. A running engine writes its own: see EngineConfig.snapshotEntries.",
    footer = "%nExample:%n  seriatim snapshot --data books")
final class SnapshotCommand implements Callable<Integer>
{
    private static final double MILLISECOND_NS = 1e6;
    private static final double MEBIBYTE = 1024 * 1024;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of the books.")
    private Path directory;

    @Option(
        names = "--retain",
        paramLabel = "N",
        description = "How many snapshots of a shard are kept. Default: " + EngineConfig.SNAPSHOTS_RETAINED_DEFAULT)
    private int retainedCount = EngineConfig.SNAPSHOTS_RETAINED_DEFAULT;

    @Mixin
    private StateRootOptions stateRoots;

    @Override
    public Integer call()
    {
        if (EngineOptions.isNew(directory))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there are no books in the directory: directory=" + directory);
        }
        final PrintWriter out = spec.commandLine().getOut();
        final EngineConfig config = new EngineConfig().dataDirectory(directory).readModel(false)
            .snapshotsRetained(retainedCount).stateRoots(stateRoots.config(0));
        try (LedgerEngine engine = EngineOptions.launch(config))
        {
            engine.launchReport().forEach(out::println);
            final List<SnapshotInfo> infos = engine.snapshot();
            for (final SnapshotInfo info : infos)
            {
                out.printf(
                    Locale.ROOT,
                    "shard %d: snapshot at sequence %d, position %d, %.1f MiB in %.0f ms, longest slice %.2f ms%n",
                    info.shard(), info.sequence(), info.position(), info.length() / MEBIBYTE,
                    info.durationNs() / MILLISECOND_NS, info.longestSliceNs() / MILLISECOND_NS);
            }
        }
        out.flush();
        return ExitCode.DONE.code();
    }
}
