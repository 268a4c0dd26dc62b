package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.SealingConfig;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.LogKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What sealing costs: an engine that signs checkpoints beside one that does not.
 */
@Command(
    name = "sealing",
    sortOptions = false,
    description = "What sealing costs: an engine that grows a Merkle tree and signs checkpoints, and one that does " +
        "not, of the same settings, in alternating slices of a closed loop; the ratio of their throughputs and of " +
        "their latencies, and how long after a slice everything was signed.",
    footer = "%nExample:%n  scripts/bench sealing --durability fsync --batch 1000 --in-flight 8")
final class SealingCommand extends CostCommand
{
    @Option(
        names = "--seal-every-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "How often a checkpoint is signed. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    private final List<Double> catchUpMs = new ArrayList<>();

    @Override
    String what()
    {
        return "sealing";
    }

    @Override
    EngineConfig with(final EngineConfig config, final Path directory)
    {
        final Path keyFile = directory.resolve("key");
        LogKeys.write(keyFile, NoteSigner.generate("bench/sealing", VerifierKey.LOG));
        return config.origin("bench/sealing").sealing(new SealingConfig().keyFiles(List.of(keyFile))
            .intervalNs(TimeUnit.MILLISECONDS.toNanos(intervalMs)));
    }

    @Override
    void afterSliceWith(final EngineSubject subject)
    {
        final long startNs = System.nanoTime();
        subject.awaitSealed();
        catchUpMs.add((System.nanoTime() - startNs) / (double)TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Override
    String remark()
    {
        final List<Double> sorted = new ArrayList<>(catchUpMs);
        Collections.sort(sorted);
        return String.format(
            Locale.ROOT, "Everything was signed, %d ms between checkpoints: after a slice in median %.0f ms, at most " +
            "%.0f ms.", intervalMs, sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }
}
