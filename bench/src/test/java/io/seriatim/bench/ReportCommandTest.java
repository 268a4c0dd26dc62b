package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReportCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldLeaveLogsSummaryAndPageOfARun() throws Exception
    {
        final Path run = measure("throughput", "os");

        final JsonNode summary = JsonMapper.builder().build().readTree(run.resolve("summary.json").toFile());
        final String page = page(run.resolve("report.html"));
        final double median = summary.get("ratios").get("rate").get("all").get("median").asDouble();
        assertThat(page).contains("<td>" + String.format(Locale.ROOT, "%.3f", median) + "</td>");
        assertThat(page).contains(
            "Latency by percentile", "Throughput over time", "Latency over time: engine",
            "Latency over time: bare archive", "Engine divided by bare archive, pair by pair");
        assertThat(page).contains(
            "<dt>commit</dt>", "<dt>java</dt>", "<dt>disk</dt>", "<dt>command</dt>", "durability os",
            "every balance as sent", "pair          disk others  transfers/s");
        assertEquals(
            summary.get("engine").get("answeredRequests").asLong(), valuesIn(run.resolve("engine.hlog"), "engine"));
        assertEquals(summary.get("raw").get("answeredRequests").asLong(), valuesIn(run.resolve("raw.hlog"), "raw"));
    }

    @Test
    void shouldLeaveTheSameFilesWhereACostIsMeasured() throws Exception
    {
        final Path run = measure("counters", "os");

        assertThat(page(run.resolve("report.html"))).contains(
            "With counters divided by without", "Latency over time: with counters",
            "Latency over time: without counters", "Cost of counters: ");
        final JsonNode pair = JsonMapper.builder().build().readTree(run.resolve("summary.json").toFile())
            .get("pairs").get(0);
        assertTrue(pair.get("with").get("diskP50Us").asDouble() > 0);
        assertTrue(pair.get("without").get("elapsedMs").asDouble() > 0);
        assertTrue(valuesIn(run.resolve("with.hlog"), "with") > 0);
    }

    @Test
    void shouldDrawARunThatHasNothingBesideIt() throws Exception
    {
        final String page = page(measure("throughput", "memory", "--no-ceiling").resolve("report.html"));

        assertThat(page).contains("Latency over time: engine").doesNotContain("bare archive", "Ratios");
    }

    @Test
    void shouldMakeThePageAgainFromTheFiles() throws Exception
    {
        final Path run = measure("throughput", "os");
        final String before = Files.readString(run.resolve("report.html"));
        Files.delete(run.resolve("report.html"));

        assertEquals(0, commandLine.execute("report", run.resolve("summary.json").toString()), err::toString);

        assertEquals(before, Files.readString(run.resolve("report.html")));
        assertThat(out.toString()).contains("Report: " + run.resolve("report.html"));
    }

    @Test
    void shouldDrawSeveralRunsOverEachOtherAndEscapeWhatTheyAreCalled() throws Exception
    {
        final Path one = write("one", "latency");
        final Path two = write("two", "latency");
        final Path page = directory.resolve("both.html");

        final int exitCode = commandLine.execute(
            "report", "--name", "<script>", "--name", "a & \"b\"", "--out", page.toString(), one.toString(),
            two.toString());

        assertEquals(0, exitCode, err::toString);
        assertThat(page(page)).contains(
            "&lt;script&gt;, bare archive", "a &amp; &quot;b&quot;, engine", "2 runs over each other", "p50, &lt;");
        assertThat(page(page)).doesNotContain("<script");
    }

    @Test
    void shouldMarkWhatIsPlannedAndPairsOnABadDisk() throws Exception
    {
        final String page = page(makePage(write("run", "latency")));

        assertThat(page).contains(
            "planned for engine, at most", "at most 1.3", "pair 2: 1.500, bad disk", "pair with a bad disk probe",
            "<td>1.250</td>", "THE RATE &lt; WAS NOT KEPT");
    }

    @Test
    void shouldRefuseWhatIsNoResult() throws Exception
    {
        refused("no result there: ", directory.resolve("nowhere").toString());
        Files.writeString(directory.resolve("summary.json"), "{");
        refused("not JSON: ", directory.toString());
        Files.writeString(directory.resolve("summary.json"), "{\"scenario\": \"recovery\"}");
        refused("not the summary of a run, without scenario and printed: ", directory.toString());
        final Path run = write("run", "latency");
        refused("--name is given for each result or for none: names=1, results=2", "--name", "a", run.toString(),
            run.toString());
        Files.writeString(run.resolve("engine.hlog"), "nonsense\n");
        refused("engine.hlog", run.toString());
        Files.delete(run.resolve("engine.hlog"));
        refused("a log of histograms is missing beside its summary: ", run.toString());
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("report"));
        assertFalse(Files.exists(run.resolve("report.html")));
    }

    private void refused(final String message, final String... args)
    {
        final String[] all = new String[args.length + 1];
        all[0] = "report";
        System.arraycopy(args, 0, all, 1, args.length);
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute(all), err::toString);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void shouldTakeNeighboursTogetherWhereThereIsNoRoomForAll()
    {
        final Histogram histogram = PairedRun.newHistogram();
        histogram.recordValueWithCount(1_000, 5);
        final SavedRun.Interval first = new SavedRun.Interval(0, 100, 100, histogram);
        final SavedRun.Interval second = new SavedRun.Interval(300, 400, 100, histogram);

        final List<SavedRun.Interval> coarse = SavedRun.coarse(List.of(first, second, first), 2);

        assertEquals(2, coarse.size());
        assertEquals(10, coarse.get(0).histogram().getTotalCount());
        assertEquals(200, coarse.get(0).measuredMs());
        assertEquals(400, coarse.get(0).toMs());
        assertEquals(5, coarse.get(1).histogram().getTotalCount());
    }

    private Path measure(final String scenario, final String durability, final String... more)
    {
        final Path run = directory.resolve(scenario);
        final String[] args = {
            scenario, "--durability", durability, "--batch", "100", "--seconds", "0.6", "--slices", "2", "--accounts",
            "100", "--warmup-seconds", "0.1", "--data-dir", directory.resolve("data").toString(), "--out",
            run.toString()};
        final int exitCode = commandLine.execute(
            Stream.of(args, more).flatMap(Stream::of).toArray(String[]::new));
        assertEquals(0, exitCode, () -> out.toString() + err);
        return run;
    }

    /** A run of two slices a side, as its files would be. */
    private Path write(final String name, final String scenario)
    {
        final Path run = directory.resolve(name);
        final Results results = new Results(run, scenario);
        for (final String side : List.of("engine", "raw"))
        {
            final Recording recording = new Recording(200_000_000);
            recording.begin(1_000, 0);
            for (int i = 0; i < 1_000; i++)
            {
                recording.record(i * 200_000L, 10_000 + i * 100L);
            }
            recording.end(200_000_000);
            results.writeLog(side, List.of(
                new Slice(side, 1, 1_000, 1_000, 1_000, 0, 0, 1_000, 200_000_000, recording)), Map.of());
        }
        final JsonNode summary = JsonMapper.builder().build().readTree("""
            {"scenario": "latency", "title": "Latency", "environment": {"command": "c"}, "batchCount": 1,
            "sides": {"engine": "engine", "raw": "bare archive"}, "ratioOf": "Engine divided by bare archive",
            "ratios": {"p50": {"all": {"pairs": 2, "median": 1.25, "quartile1": 1.125, "quartile3": 1.375,
            "min": 1, "max": 1.5}, "unmarked": {"pairs": 0}}},
            "planned": {"p50": {"atMost": 1.3}}, "warnings": ["THE RATE < WAS NOT KEPT"], "checked": "Checked.",
            "printed": "As it was.",
            "pairs": [{"p50Ratio": 1}, {"p50Ratio": 1.5, "badDisk": true, "engine": {"startMs": 1000, "elapsedMs": 200},
            "raw": {"startMs": 1000, "elapsedMs": 200}}]}""");
        JsonMapper.builder().build().writeValue(run.resolve("summary.json").toFile(), summary);
        return run;
    }

    private Path makePage(final Path run)
    {
        assertEquals(0, commandLine.execute("report", run.toString()), err::toString);
        return run.resolve("report.html");
    }

    /** A page, which is well-formed and refers to nothing outside. */
    private static String page(final Path file) throws IOException
    {
        final String page = Files.readString(file);
        assertDoesNotThrow(() -> DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new InputSource(new StringReader(page))));
        assertThat(page).doesNotContain("http", "href", "src=", "url(", "@import", "NaN", "Infinity");
        return page;
    }

    private static long valuesIn(final Path log, final String tag) throws IOException
    {
        long count = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile()))
        {
            while (reader.hasNext())
            {
                final AbstractHistogram histogram = (AbstractHistogram)reader.nextIntervalHistogram();
                assertEquals(tag, histogram.getTag());
                count += histogram.getTotalCount();
            }
        }
        return count;
    }
}
