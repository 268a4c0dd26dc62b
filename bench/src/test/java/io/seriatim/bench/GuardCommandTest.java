package io.seriatim.bench;

import io.seriatim.bench.GuardCommand.Better;
import io.seriatim.bench.GuardCommand.Figure;
import io.seriatim.bench.GuardCommand.Verdict;
import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

class GuardCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldJudgeByTheBandAndByWhichWayIsBetter()
    {
        assertEquals(Verdict.SAME, GuardCommand.verdict(100, new Figure(103, 0.03, Better.LESS)));
        assertEquals(Verdict.WORSE, GuardCommand.verdict(100, new Figure(103.1, 0.03, Better.LESS)));
        assertEquals(Verdict.BETTER, GuardCommand.verdict(100, new Figure(96.9, 0.03, Better.LESS)));
        assertEquals(Verdict.WORSE, GuardCommand.verdict(0.8, new Figure(0.39, 0.5, Better.MORE)));
        assertEquals(Verdict.SAME, GuardCommand.verdict(0.8, new Figure(0.41, 0.5, Better.MORE)));
        assertEquals(Verdict.BETTER, GuardCommand.verdict(0.8, new Figure(1.21, 0.5, Better.MORE)));
        assertEquals(Verdict.SAME, GuardCommand.verdict(0, new Figure(0.05, 0.03, Better.LESS)));
        assertEquals(Verdict.WORSE, GuardCommand.verdict(0, new Figure(0.06, 0.03, Better.LESS)));
    }

    /** What is stored is compared with; a figure that was better by far when it was stored makes the guard fail. */
    @Test
    void shouldStoreFiguresAndTellWhichHaveMoved() throws IOException
    {
        final Path stored = directory.resolve("stored.json");
        assertEquals(
            0, commandLine.execute("guard", "--seconds", "0.2", "--transfers", "50000", "--store", stored.toString()),
            err::toString);
        assertThat(out.toString()).contains(
            "tables: bytes a transfer", "index: lines read for an id", "os, full load: engine / bare archive",
            "fsync, 10,000/s: p50 / bare archive", "replay: launch / walk", "Stored: " + stored);

        final String figures = Files.readString(stored);
        final Path better = directory.resolve("better.json");
        Files.writeString(better, figures.replaceFirst(
            "(\"tables: bytes a transfer\" : )[0-9.]+", "$110.0"));
        assertEquals(
            ExitCode.DIFFERENCE.code(),
            commandLine.execute(
            "guard", "--seconds", "0.2", "--transfers", "50000", "--stored", better.toString()), err::toString);
        assertThat(out.toString())
            .containsPattern("tables: bytes a transfer +10\\.000 .* WORSE")
            .containsPattern("tables: bytes an account .* as it was")
            .contains("SOMETHING HAS BECOME WORSE");
    }

    @Test
    void shouldSayWhatItCanNotCompareWith() throws IOException
    {
        assertEquals(
            ExitCode.BAD_INPUT.code(), commandLine.execute("guard", "--stored", directory.resolve("none").toString()));
        assertThat(err.toString()).contains("no such file");
        final Path other = Files.writeString(directory.resolve("other.json"), "{}");
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("guard", "--stored", other.toString()));
        assertThat(err.toString()).contains("holds no figures of a guard");
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("guard", "--seconds", "0"));
    }
}
