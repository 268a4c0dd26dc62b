package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FairnessCommandTest
{
    private static final long SECOND_NS = 1_000_000_000;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureLoneTransfersBesideBatchesOfAnotherThread()
    {
        final int exitCode = run("--durability", "os");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains(
            "2 thread(s) of callers beside those of the engine", "lone p99 / time of one batch",
            "every balance as sent", "planned at most 1.5", "durability os", "command      scripts/bench fairness");
        final JsonNode summary = summary();
        assertTrue(summary.get("ratios").get("p99ByBatchTime").get("all").get("median").asDouble() > 0);
        assertTrue(summary.get("medians").get("batchServiceUs").asDouble() > 0);
        for (final String log : List.of("lone-transfers-alone", "batches-beside-lone-transfers"))
        {
            assertTrue(Files.exists(directory.resolve("out").resolve(log + ".hlog")), log);
        }
        assertThat(directory.resolve("out/report.html")).content().contains(
            "Latency over time: lone transfers beside batches", "Lone transfers and batches, pair by pair");
    }

    @Test
    void shouldServeBothCallersOnOneThread()
    {
        final int exitCode = run("--durability", "memory", "--client-threads", "1");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertEquals(1, summary().get("clientThreads").asInt());
        assertThat(out.toString()).contains("1 thread(s) of callers");
    }

    @Test
    void shouldRunTheEngineOnOneThreadWhileAnyCallerIsAtWork()
    {
        final int exitCode = run("--durability", "os", "--threading", "single", "--no-snapshots");

        assertEquals(0, exitCode, () -> out.toString() + err);
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertRefused("--client-threads is 1 or 2: found 3", "--client-threads", "3");
        assertRefused("--rate is out of range: 0.0", "--rate", "0");
        assertRefused("--in-flight is out of range: 0", "--in-flight", "0");
        assertRefused("--batch is out of range: 8190", "--batch", "8190");
        assertRefused("Unknown options: '--shards', '2'", "--shards", "2");
    }

    @Test
    void shouldHoldTheTailOfLoneTransfersAgainstOneBatch()
    {
        final Rounds.Round round = new Rounds.Round(List.of(
            turn(slice(1, 1_000, 100)), turn(slice(1, 1_000, 900), slice(8_000, 100, 600)),
            turn(slice(8_000, 125, 500)), turn(slice(8_000, 250, 1_000))));

        assertEquals(1.5, FairnessCommand.p99ByBatchTime(round), 0.01);
        assertEquals(1.5, FairnessCommand.p99ByBatchP99(round), 0.01);
        assertEquals(9, FairnessCommand.loneRatio(round, 99), 0.1);
        assertEquals(0.8, FairnessCommand.batchRatio(round), 0.01);
        // 250 batches in a second are 4 ms each.
        assertEquals(4_000, FairnessCommand.serviceUs(round), 1);
        assertEquals(0.225, FairnessCommand.p99ByServiceTime(round), 0.01);
    }

    private static Rounds.Measured turn(final Slice... slices)
    {
        return new Rounds.Measured(DiskProbe.Result.NONE, 0, List.of(slices));
    }

    private static Slice slice(final int batchCount, final long count, final long latencyUs)
    {
        final Recording recording = new Recording(SECOND_NS);
        recording.begin(0, 0);
        for (long i = 0; i < count; i++)
        {
            recording.record(SECOND_NS / 2, latencyUs * 1_000);
        }
        recording.end(SECOND_NS);
        return new Slice("test", batchCount, count, count, count, 0, 0, 0, SECOND_NS, recording);
    }

    private void assertRefused(final String message, final String... args)
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run(args), message);
        assertThat(err.toString()).contains(message);
    }

    private int run(final String... args)
    {
        final String[] common = {
            "--accounts", "100", "--warmup-seconds", "0.2", "--data-dir", directory.resolve("data").toString(), "--out",
            directory.resolve("out").toString(), "--seconds", "0.4", "--slices", "2"};
        final String[] rate = Stream.of(args).anyMatch("--rate"::equals) ?
            new String[0] : new String[] {"--rate", "2000"};
        return commandLine.execute(
            Stream.of(new String[] {"fairness"}, args, common, rate).flatMap(Stream::of).toArray(String[]::new));
    }

    private JsonNode summary()
    {
        return JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
    }
}
