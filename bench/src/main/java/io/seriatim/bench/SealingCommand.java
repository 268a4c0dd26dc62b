package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.SealingConfig;
import io.seriatim.merkle.MerkleFrontier;
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

    private static final int LEAVES = 1_000_000;

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
    String remark(final List<PairedRun.Pair> pairs)
    {
        final List<Double> sorted = new ArrayList<>(catchUpMs);
        Collections.sort(sorted);
        return String.format(
            Locale.ROOT, "Everything was signed, %d ms between checkpoints: after a slice in median %.0f ms, at most " +
            "%.0f ms.%nOne thread that only hashes such entries into a tree: %,.0f leaves/s; sealed beside the " +
            "engine's work: %,.0f.",
            intervalMs, sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1), leavesPerSecond(),
            new Ratios(pairs.stream().mapToDouble(pair -> pair.engine().transfersPerSecond()).toArray()).median());
    }

    /** The ceiling: entries of the same length hashed into a tree, and nothing else; the first half is warm-up. */
    private static double leavesPerSecond()
    {
        final MerkleFrontier tree = new MerkleFrontier();
        final byte[] entry = new byte[RawSubject.ENTRY_LENGTH];
        long startNs = 0;
        for (int i = 0; i < 2 * LEAVES; i++)
        {
            startNs = i == LEAVES ? System.nanoTime() : startNs;
            entry[i % entry.length]++;
            tree.append(entry, 0, entry.length);
        }
        return LEAVES * 1e9 / (System.nanoTime() - startNs);
    }
}
