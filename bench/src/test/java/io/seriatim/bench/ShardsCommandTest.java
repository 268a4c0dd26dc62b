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
import static org.junit.jupiter.api.Assertions.assertTrue;

class ShardsCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldCompareShardsOnJournalsOfTheirOwnWithOneShard() throws IOException
    {
        final int exitCode = run("--shards", "1,3", "--journals", "2", "--durability", "os", "--rate", "1000");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains(
            "1 shard(s) on 1 journal(s) beside 1", "3 shard(s) on 2 journal(s) beside 1",
            "total throughput at full load", "p50 at the rate", "transfers of a shard", "every balance as sent",
            "command      scripts/bench shards", "durability os");
        final JsonNode summary = summary();
        assertEquals("shards", summary.get("scenario").asString());
        final JsonNode three = summary.get("shards").get(1);
        assertEquals(2, three.get("journals").asInt());
        assertEquals(2, three.get("throughputRatio").get("all").get("pairs").asInt());
        assertTrue(three.get("p50Ratio").get("all").get("median").asDouble() > 0);
        assertTrue(three.get("many").get("fullLoad").get("journalBytesPerTransfer").asDouble() >= 160);
        assertTrue(three.get("many").get("atRate").get("passesPerTransfer").asDouble() > 0);
        assertEquals(3, three.get("many").get("transfersByShard").size());
        for (final String log : List.of("beside-full", "shards-full", "beside-rate", "shards-rate"))
        {
            assertTrue(Files.size(directory.resolve("out/3-" + log + ".hlog")) > 0, log);
        }
        assertThat(directory.resolve("out/report.html")).content().contains(
            "Latency over time: 3 shards, at the rate", "Many shards divided by one, pair by pair");
        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldGiveEveryShardItsShareOfTheLoad()
    {
        final int exitCode = run("--shards", "4", "--durability", "memory", "--rate", "1000", "--batch", "10");

        assertEquals(0, exitCode, () -> out.toString() + err);
        final JsonNode shares = summary().get("shards").get(0).get("many").get("transfersByShard");
        for (final JsonNode share : shares)
        {
            assertTrue(Math.abs(share.asLong() - shares.get(0).asLong()) <= 40, shares::toString);
        }
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertRefused("--shards are numbers from 1 to 256 joined by commas: found 0", "--shards", "2,0");
        assertRefused("--shards are numbers from 1 to 256 joined by commas: found 257", "--shards", "257");
        assertRefused("'two' is not an int", "--shards", "two");
        assertRefused("--journals is 1 to 1 under --durability memory: found 2",
            "--journals", "2", "--durability", "memory");
        assertRefused("--in-flight is out of range: 0", "--in-flight", "0");
        assertRefused("--rate is out of range: 0.5", "--rate", "0.5");
        assertRefused("--accounts is out of range: 100", "--shards", "51");
        assertRefused("--slices is out of range: 0", "--slices", "0");
    }

    @Test
    void shouldExplainItself()
    {
        assertEquals(0, commandLine.execute("shards", "--help"));
        assertThat(out.toString()).contains("--journals", "--shards", "--durability", "Default: 1,2,4,8,16");
    }

    private void assertRefused(final String message, final String... args)
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run(args), message);
        assertThat(err.toString()).contains(message);
    }

    private int run(final String... args)
    {
        final String[] common = {
            "--accounts", "100", "--warmup-seconds", "0.1", "--data-dir", directory.resolve("data").toString(), "--out",
            directory.resolve("out").toString()};
        final String[] small = {"--seconds", "0.4"};
        final String[] slices = Stream.of(args).anyMatch("--slices"::equals) ?
            new String[0] : new String[] {"--slices", "2"};
        return commandLine.execute(
            Stream.of(new String[] {"shards"}, args, common, small, slices).flatMap(Stream::of)
                .toArray(String[]::new));
    }

    private JsonNode summary()
    {
        return JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
    }
}
