package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Some kills of real processes; {@code scripts/crash-test kill --long} has five hundred.
 */
class KillCommandTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingThatWasAcknowledged() throws IOException
    {
        final Path record = directory.resolve("record.jsonl");
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int exitCode = FaultsMain.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(
            "kill", "--cycles", "6", "--seed", "3", "--record", record.toString());

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(out.toString()).contains("6 kills", "0 lost, 0 reordered, 0 applied twice", "6 clean cycles")
            .contains("signed checkpoints, all of one history").doesNotContain(" 0 signed");
        assertThat(Files.readString(record)).contains("\"row\":\"kill\"", "\"cycles\":6");
    }
}
