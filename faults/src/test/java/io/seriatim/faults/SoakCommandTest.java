package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Some of what {@code scripts/crash-test soak --long} lets an engine bear for an hour.
 */
class SoakCommandTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldBearWhatHappensToIt() throws IOException
    {
        assumeTrue(NativeHeap.canTrim(), "SKIPPED: this JVM can not give back what its C library keeps");
        final Path record = directory.resolve("record.jsonl");
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int exitCode = FaultsMain.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(
            "soak", "--cycles", "3", "--seed", "3", "--record", record.toString());

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(out.toString())
            .contains("3 of 3: ", "0 lost", "too short to be judged", "all of one history", "copy verifies");
        assertThat(Files.readString(record)).contains("\"row\":\"soak\"", "\"cycles\":3", "\"driftJudged\":false");
    }
}
