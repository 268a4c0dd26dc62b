package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AllCommandTest
{
    /** Not measured: what compares others, draws, costs what others show, or wants a recording. */
    private static final Set<String> NOT_ALONE = Set.of(
        "guard", "all", "report", "order", "counters", "state-roots", "read-model", "expiry", "replay-load");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldKnowEveryScenarioWithOptionsThatItTakes()
    {
        for (final boolean isShort : List.of(true, false))
        {
            final List<AllCommand.Step> steps = AllCommand.steps(isShort);
            final Set<String> known = commandLine.getSubcommands().keySet().stream()
                .filter(name -> !NOT_ALONE.contains(name)).collect(Collectors.toSet());
            assertEquals(known, steps.stream().map(AllCommand.Step::scenario).collect(Collectors.toSet()));
            assertEquals(steps.size(), steps.stream().map(AllCommand.Step::name).distinct().count());
            steps.forEach(step -> commandLine.parseArgs(step.line().toArray(String[]::new)));
        }
    }

    @Test
    void shouldShowWhatWouldBeRun()
    {
        assertEquals(0, commandLine.execute("all", "--list", "--only", "memory,latency"), err::toString);

        assertThat(out.toString()).contains("scripts/bench memory --transfers 10000000", "scripts/bench latency ")
            .doesNotContain("throughput");
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("all", "--only", "nothing"));
        assertThat(err.toString()).contains("--only are of [", "found nothing");
    }

    @Test
    void shouldRunInProcessesOfTheirOwnAndLeadToTheirPages()
    {
        final int exitCode = commandLine.execute(
            "all", "--short", "--only", "memory", "--out", directory.toString());

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("=== 1 of 1", "All have run, and checked their books.");
        assertThat(directory.resolve("index.html")).content().contains(
            "Memory: 1,000,000 transfers", "href=\"memory/report.html\"");
        assertTrue(directory.resolve("memory/report.html").toFile().isFile());
    }
}
