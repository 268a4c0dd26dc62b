package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LatencyCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureAnEngineInMemoryAndCheckItsBooks() throws IOException
    {
        final int exitCode = run(
            "latency", "--durability", "memory", "--no-ceiling", "--rate", "2000", "--seconds", "1", "--slices", "2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("pair", "p99.9", "   1 ", "   2 ", "command      scripts/bench latency");
        assertThat(out.toString()).contains("Checked: ", "transfers answered CREATED, every balance as sent");
        assertEquals(2_000, valuesIn("engine.hlog", 2));
        assertFalse(Files.exists(directory.resolve("out/raw.hlog")));
        final JsonNode summary = summary();
        assertEquals("latency", summary.get("scenario").asString());
        assertEquals(2, summary.get("pairs").size());
        assertEquals(2_000, summary.get("engine").get("answeredRequests").asLong());
        assertNull(summary.get("ratios"));
    }

    @Test
    void shouldRefuseMoreThanAJournalInMemoryHasRoomFor()
    {
        assertEquals(
            ExitCode.BAD_INPUT.code(), run("throughput", "--durability", "memory", "--seconds", "3600"));
        assertThat(err.toString()).contains("the journal in memory may become too large: needed up to 18");
    }

    @Test
    void shouldMeasureABareRingBesideAnEngineInMemory() throws IOException
    {
        final int exitCode = run(
            "throughput", "--durability", "memory", "--batch", "100", "--seconds", "0.4", "--slices", "2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("bare ring", "/ceiling", "Engine divided by bare ring, pair by pair");
        assertTrue(summary().get("ratios").get("rate").get("all").get("median").asDouble() > 0);
        assertEquals(2, summary().get("pairs").size());
    }

    @Test
    void shouldMeasureABareArchiveBesideAnEngineOnADisk() throws IOException
    {
        final int exitCode = run(
            "latency", "--durability", "os", "--rate", "3000", "--batch", "3", "--shards", "2", "--seconds", "0.4",
            "--slices", "2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("bare archive", "engine/ceiling", "Engine divided by bare archive");
        assertEquals(400, valuesIn("engine.hlog", 2));
        assertEquals(400, valuesIn("raw.hlog", 2));
        final JsonNode summary = summary();
        assertTrue(summary.get("ratios").get("p50").get("all").get("median").asDouble() > 0);
        assertTrue(summary.get("pairs").get(0).get("engine").get("diskP50Us").asDouble() > 0);
        assertTrue(summary.get("pairs").get(0).get("engineFirst").asBoolean());
        assertFalse(summary.get("pairs").get(1).get("engineFirst").asBoolean());
        assertTrue(summary.get("createdTransfers").asLong() >= 1_200);
        assertThat(summary.get("engine").get("coresByThread").propertyNames())
            .contains("sender", "shards", "journal", "client", "raw journal");
    }

    @Test
    void shouldRunTheEngineOnOneThread() throws IOException
    {
        final int exitCode = run(
            "latency", "--durability", "os", "--threading", "single", "--rate", "1000", "--seconds", "0.2", "--slices",
            "2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertEquals(200, valuesIn("engine.hlog", 2));
    }

    @Test
    void shouldLeaveNoDataBehind() throws IOException
    {
        run("latency", "--durability", "os", "--rate", "100", "--seconds", "0.1", "--slices", "1");

        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldFailIfABalanceIsNotWhatWasSent()
    {
        final LatencyCommand command = commandLine.getSubcommands().get("latency").getCommand();
        command.beforeCheck(engine -> engine.books(0).expectMore(7, 1));

        final int exitCode = run("latency", "--durability", "memory", "--seconds", "0.1", "--slices", "1");

        assertEquals(ExitCode.DIFFERENCE.code(), exitCode);
        assertThat(err.toString()).contains("FAILED: a balance is wrong: shard=0, account=8,");
        assertFalse(Files.exists(directory.resolve("out/summary.json")));
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run("latency", "--rate", "0"));
        assertThat(err.toString()).contains("--rate is out of range: 0.0");
        assertEquals(ExitCode.BAD_INPUT.code(), run("latency", "--durability", "paper"));
        assertThat(err.toString()).contains("--durability can not be paper");
        assertEquals(ExitCode.BAD_INPUT.code(), run("latency", "--threading", "invoker"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("latency", "--batch", "8190"));
    }

    @Test
    void shouldListTheScenarios()
    {
        assertEquals(0, commandLine.execute());
        assertThat(out.toString()).contains("latency", "throughput", "state-machine");
    }

    @Test
    void shouldMeasureThroughputBesideABareArchive() throws IOException
    {
        final int exitCode = run(
            "throughput", "--durability", "os", "--batch", "200", "--seconds", "0.2", "--slices", "2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("transfers/s", "/ceiling", "Engine divided by bare archive");
        assertTrue(summary().get("ratios").get("rate").get("all").get("median").asDouble() > 0);
    }

    private int run(final String... args)
    {
        final String[] common = {
            "--accounts", "100", "--warmup-seconds", "0.1", "--data-dir", directory.resolve("data").toString(), "--out",
            directory.resolve("out").toString()};
        return commandLine.execute(Stream.of(args, common).flatMap(Stream::of).toArray(String[]::new));
    }

    private JsonNode summary()
    {
        return JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
    }

    private long valuesIn(final String file, final int sliceCount) throws IOException
    {
        long count = 0;
        int intervals = 0;
        try (HistogramLogReader reader = new HistogramLogReader(directory.resolve("out").resolve(file).toFile()))
        {
            while (reader.hasNext())
            {
                final AbstractHistogram histogram = (AbstractHistogram)reader.nextIntervalHistogram();
                assertTrue(histogram.getEndTimeStamp() > histogram.getStartTimeStamp());
                count += histogram.getTotalCount();
                intervals++;
            }
        }
        final int found = intervals;
        assertTrue(found >= sliceCount, () -> "intervals=" + found);
        return count;
    }
}
