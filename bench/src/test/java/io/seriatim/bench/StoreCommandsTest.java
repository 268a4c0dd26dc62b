package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The scenarios that look at the tables, and at what a journal is worth when it is read again. */
class StoreCommandsTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureTheStateMachineOneByOneInBatchesAndBesideBareWrites() throws Exception
    {
        assertEquals(
            0, execute("state-machine", "--accounts", "100,1000", "--transfers", "1000", "--slices", "2"),
            err::toString);
        assertThat(out.toString()).contains(
            "one by one", "in batches", "bare writes", "bytes a transfer; books checked", "durability   none",
            "command      scripts/bench state-machine --accounts 100,1000");
        assertThat(directory.resolve("out/summary.json")).isRegularFile();
        assertPage("One transfer", "bare writes to as much memory, 1k: ");
        // 10 slices of warm-up and 2 that count, on both sides that have a ledger.
        final String transfers = String.format("%,d", 1_000 + 24 * 131_072);
        assertThat(out.toString()).containsPattern("        100 +" + transfers).containsPattern("1,000 +" + transfers);
    }

    @Test
    void shouldTellTheMemoryOfAnAccountAndATransfer() throws Exception
    {
        assertEquals(
            0, execute("memory", "--accounts", "100", "--transfers", "300000", "--generators", "1,3"),
            err::toString);
        assertThat(out.toString()).contains(
            "100 accounts", "3 generators", "      500,000", "p99 / first", "every transfer was created",
            "durability   none");
        assertPage("One transfer", "3 generator(s) of ids, 300k: ");
    }

    @Test
    void shouldReplayWhatItHasWritten() throws Exception
    {
        final Path books = directory.resolve("books");
        assertEquals(
            0, execute(
            "replay", "--transfers", "5000", "--accounts", "50", "--rounds", "2", "--durability", "os", "--data-dir",
            books.toString()), err::toString);
        assertThat(out.toString()).contains(
            "written under OS", "    1 ", "    2 ", "walk ", "launch ", "audit ", "launches the same balances");
        assertThat(books).isEmptyDirectory();
        assertPage("Rates of reading a journal", "launch, 2: ", "Replay: 5,000 transfers between 50 accounts");
    }

    @Test
    void shouldLaunchFromASnapshotAndFromTheStart() throws Exception
    {
        assertEquals(
            0, execute(
            "recovery", "--transfers", "5000", "--tail", "500", "--accounts", "50", "--durability", "os",
            "--data-dir", directory.resolve("books").toString()), err::toString);
        assertThat(out.toString()).contains(
            "from snapshot ready in ", "from start   ready in ", "snapshot     at sequence ", "the same balances");
        assertPage("From launch to ready", "engine, from snapshot: ", "engine, from start: ");
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertRefused("--accounts is out of range: 1", "state-machine", "--accounts", "1");
        assertRefused("--batch is out of range: 0", "state-machine", "--batch", "0");
        assertRefused("--generators is out of range: 0", "memory", "--generators", "0");
        assertRefused("--transfers is out of range: 0", "memory", "--transfers", "0");
        assertRefused("--rounds is out of range: 0", "replay", "--rounds", "0");
        assertRefused("--durability is FSYNC or OS", "replay", "--durability", "MEMORY");
        assertRefused("--tail is out of range: 11", "recovery", "--transfers", "10", "--tail", "11");
    }

    private void assertPage(final String... contents) throws Exception
    {
        assertThat(Files.readString(directory.resolve("out/report.html"))).contains(contents);
    }

    private int execute(final String... args)
    {
        final String[] line = Arrays.copyOf(args, args.length + 2);
        line[args.length] = "--out";
        line[args.length + 1] = directory.resolve("out").toString();
        return commandLine.execute(line);
    }

    private void assertRefused(final String message, final String... args)
    {
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute(args));
        assertThat(err.toString()).contains(message);
    }
}
