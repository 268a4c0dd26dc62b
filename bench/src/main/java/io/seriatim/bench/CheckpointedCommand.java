package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.SealingConfig;
import io.seriatim.journal.Durability;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.LogKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long after its commit a transfer is covered by a signed checkpoint.
 */
@Command(
    name = "checkpointed",
    sortOptions = false,
    description = "How long after its commit a transfer is covered by a signed checkpoint that is on disk, while an " +
        "open loop sends at a rate; one shard. A checkpoint is signed whenever there is something new and the " +
        "interval is over.",
    footer = "%nExample:%n  scripts/bench checkpointed --rate 100000 --seal-every-ms 10")
final class CheckpointedCommand extends RoundsCommand
{
    private static final double AIM_MS = 50;
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "100000",
        description = "Transfers a second. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "10",
        description = "Transfers in a request. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--seal-every-ms",
        paramLabel = "MS",
        defaultValue = "10",
        description = "How often a checkpoint is signed, at most. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Override
    String name()
    {
        return "checkpointed";
    }

    @Override
    int batchCount()
    {
        return batchCount;
    }

    @Override
    void validate()
    {
        if (options().durability() == Durability.MEMORY)
        {
            throw new IllegalArgumentException("--durability memory has no checkpoints; fsync or os is needed");
        }
        EngineOptions.require(rate >= 1 && rate <= 1e9, "--rate", rate);
        EngineOptions.require(intervalMs >= 0 && intervalMs <= 1 << 20, "--seal-every-ms", intervalMs);
        options().requireRoom(seconds() + options().warmupSeconds);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "From commit to checkpoint: %,.0f transfers/s in requests of %d, open loop; a checkpoint " +
            "every %d ms at most; durability %s, threading %s, 1 shard, %,d accounts; %d slices of %.2f s after %.0f " +
            "s of warm-up",
            rate, batchCount, intervalMs, options().durability, options().threading, options().accountCount,
            sliceCount(), seconds() / sliceCount(), options().warmupSeconds);
    }

    @Override
    String ratioOf()
    {
        return "From commit to checkpoint / " + AIM_MS + " ms";
    }

    @Override
    String measure(final Rounds rounds, final PrintWriter out, final Map<String, Object> summary)
    {
        final Path keyFile = rounds.directory().resolve("key");
        LogKeys.write(keyFile, NoteSigner.generate("bench/checkpointed", VerifierKey.LOG));
        final EngineConfig config = options().engineConfig().dataDirectory(rounds.directory().resolve("engine"))
            .origin("bench/checkpointed").sealing(new SealingConfig().keyFiles(List.of(keyFile))
                .intervalNs(TimeUnit.MILLISECONDS.toNanos(intervalMs)));
        try (EngineSubject engine = new EngineSubject(config, 1, options().accountCount, batchCount))
        {
            engine.pause();
            final CheckpointedSubject subject = new CheckpointedSubject(engine);
            final Rounds.Turn turn = durationNs -> List.of(
                OpenLoop.run(subject, rate / batchCount, durationNs, new Recording(durationNs)));
            turn.run(warmUpNs());
            out.printf(
                "%nFrom commit to checkpoint in milliseconds. disk = fdatasync of a small append before the slice, " +
                "p50/p99; others = cores that other processes took.%nround  %11s %6s %8s %8s %8s %8s %8s %12s%n",
                "disk", "others", "p50", "p90", "p99", "p99.9", "max", "transfers/s");
            final List<Rounds.Round> measured = rounds.run(List.of(turn), sliceNs(), sliceCount(), soFar ->
            {
                final Rounds.Round round = soFar.get(soFar.size() - 1);
                out.printf("%4d%s %s%n", soFar.size(), new Mood(soFar).mark(round), row(round.turn(0)));
                out.flush();
            });
            engine.requireAllBooked();
            sumUp(out, measured, summary);
            return String.format(
                Locale.ROOT, "Checked: %,d transfers answered CREATED, every balance as sent, each covered by a " +
                "checkpoint.", engine.createdCount());
        }
    }

    private static String row(final Rounds.Measured measured)
    {
        final StringBuilder row = new StringBuilder(measured.mood());
        for (final double percentile : PERCENTILES)
        {
            row.append(String.format(Locale.ROOT, " %8.2f", measured.slice().us(percentile) / 1_000));
        }
        return row.append(String.format(Locale.ROOT, " %,12.0f", measured.slice().transfersPerSecond())).toString();
    }

    private void sumUp(final PrintWriter out, final List<Rounds.Round> rounds, final Map<String, Object> summary)
    {
        final List<Slice> slices = rounds.stream().map(round -> round.turn(0).slice()).toList();
        out.println(new Mood(rounds).legend());
        out.println("Round by round:");
        print(
            rounds, "p99ByAim", "p99 / " + AIM_MS + " ms", round -> round.turn(0).slice().us(99) / 1_000 / AIM_MS,
            new Scenario.Bound(false, 1));
        final Map<String, Object> medians = new LinkedHashMap<>();
        out.print("All slices together, ms: ");
        for (final double percentile : PERCENTILES)
        {
            final double ms = Scenario.sum(slices).getValueAtPercentile(percentile) / 1e6;
            medians.put("p" + (percentile == 100 ? "Max" : percentile), ms);
            out.printf(Locale.ROOT, " %s %.2f", percentile == 100 ? "max" : "p" + percentile, ms);
        }
        out.println();
        final long unsustained = slices.stream().filter(slice -> slice.plannedCount() != slice.sentCount()).count();
        if (unsustained > 0)
        {
            out.printf("!!! THE RATE WAS NOT KEPT in %d of %d slices%n", unsustained, slices.size());
        }
        summary.put("slicesBelowRate", unsustained);
        summary.put("milliseconds", medians);
        summary.put("sealEveryMs", intervalMs);
        writeLog("checkpointed", "from commit to checkpoint", slices);
    }
}
