package io.seriatim.faults;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A little of each of the rows that {@code scripts/crash-test} runs at length, so that no change breaks one unseen.
 */
class SmallRowsTest
{
    @TempDir
    private Path directory;

    private RowTester row;

    @BeforeEach
    void setUp()
    {
        row = new RowTester(directory);
    }

    @Test
    void shouldStopForAnErrorOfTheRecordingAndLoseNothing() throws IOException
    {
        final String said = row.run("io-errors", "--only", "fdatasync-EIO", "--nth", "20");

        assertThat(said).contains(
            "1 errors that were met {stopped=1}", "0 of them not forced, 0 lost", "of 1 over 100 ms",
            "1 clean cycles");
        assertThat(row.record()).contains(
            "\"row\":\"io-errors\"", "\"cycles\":1", "\"notMet\":0", "\"recordingFailed\":1");
    }

    @Test
    void shouldRefuseToRecoverForAnErrorAndSayWhich() throws IOException
    {
        final String said = row.run("io-errors", "--only", "pwrite64-EIO-recovering", "--nth", "1");

        assertThat(said).contains("1 errors that were met {not launched=1}", "1 clean cycles");
    }

    @Test
    void shouldGoOnAfterAPause() throws IOException
    {
        final String said = row.run("pause", "--pauses", "1");

        assertThat(said).contains("pauses in seconds {1=went on}", "0 lost", "1 clean cycles");
        assertThat(row.record()).contains("\"row\":\"pause\"", "\"cycles\":1");
    }

    @Test
    void shouldNotBelieveAClockThatJumps() throws IOException
    {
        final String said = row.run("clock", "--too-far", "7200", "--followed", "0");

        assertThat(said).contains("1 jumps of the clock too far", "1 followed", "0 lost", "2 clean cycles");
        assertThat(row.record()).contains("\"row\":\"clock\"", "\"cycles\":2");
    }

    /** How long a refusal takes is for a machine that has nothing else to do. */
    @Test
    void shouldRefuseWhatIsTooMuch() throws IOException
    {
        final String said = row.run("overload", "--for", "1000", "--refusal-max", "5000");

        assertThat(said).contains("1.0 s of overload", "taken and answered");
        assertThat(row.record()).contains("\"row\":\"overload\"", "\"cycles\":1");
    }

    @Test
    void shouldComeOutTheSameOnEachJava() throws IOException
    {
        final String said = row.run("determinism", "--entries", "2000", "--cycles", "2");

        assertThat(said).contains("journal of 2,0").doesNotContain("DIFFERENT").containsPattern("[2-4] clean cycles");
        assertThat(row.record()).contains("\"row\":\"determinism\"", "\"entries\":2000");
    }
}
