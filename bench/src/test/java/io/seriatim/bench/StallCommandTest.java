package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
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
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StallCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldListTheWorstStallsOfAGrownStore() throws IOException
    {
        assertEquals(
            0, run("--grow", "20003", "--minutes", "0.02", "--load", "10", "--durability", "os"),
            () -> out.toString() + err);

        assertThat(out.toString()).contains(
            "grown        20,003 transfers", "full load", "worst stall", "The worst stalls", "above 500 ms",
            "longest pass of the journal's thread", "every balance as sent");
        final JsonNode summary = JsonMapper.builder().build()
            .readTree(directory.resolve("out/summary.json").toFile());
        assertTrue(summary.get("createdTransfers").asLong() > 20_003);
        assertTrue(summary.get("worstStallMs").asDouble() > 0);
        assertTrue(summary.get("worst").size() > 0);
        assertTrue(Files.exists(directory.resolve("out/engine.hlog")));
        assertThat(Files.readString(directory.resolve("out/report.html"))).contains("Latency over time", "worst stall");
        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldRunInMemory()
    {
        assertEquals(
            0, run("--grow", "0", "--minutes", "0.005", "--load", "5", "--durability", "memory"),
            () -> out.toString() + err);
        assertThat(out.toString()).contains("stalls  ");
    }

    @Test
    void shouldTellAPeriodFromChance()
    {
        assertTrue(StallReport.isPeriodic(StallReport.distances(
            List.of(0L, 1_000L, 2_010L, 3_000L, 4_020L, 5_000L, 6_000L))));
        assertFalse(StallReport.isPeriodic(StallReport.distances(
            List.of(0L, 1_000L, 1_100L, 3_000L, 3_001L, 9_000L, 9_500L))));
        assertFalse(StallReport.isPeriodic(StallReport.distances(List.of(0L, 1_000L, 2_000L))));
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run("--load", "101"));
        assertThat(err.toString()).contains("--load is out of range: 101");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--minutes", "0"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--grow", "-1"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--batch", "8190"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--threading", "invoker"));
    }

    @Test
    void shouldRefuseToFillTheDisk() throws IOException
    {
        Files.createDirectories(directory.resolve("data"));

        assertEquals(ExitCode.BAD_INPUT.code(), run("--grow", "10000000000"));
        assertThat(err.toString()).contains("the disk may fill up: needed up to ", "a smaller --grow");
    }

    private int run(final String... args)
    {
        final String[] common = {
            "--accounts", "100", "--full-seconds", "0.3", "--data-dir", directory.resolve("data").toString(), "--out",
            directory.resolve("out").toString()};
        return commandLine.execute(
            Stream.of(new String[]{"stall"}, args, common).flatMap(Stream::of).toArray(String[]::new));
    }
}
