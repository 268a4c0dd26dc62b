package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Some kills of real feeds; {@code scripts/crash-test feed --long} has two hundred.
 */
class FeedCommandTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingAndSendNothingOutOfOrder() throws Exception
    {
        final Path record = directory.resolve("record.jsonl");
        final StringWriter out = new StringWriter();
        final int exitCode = FaultsMain.commandLine(new PrintWriter(out), new PrintWriter(out)).execute(
            "feed", "--cycles", "3", "--seed", "5", "--record", record.toString());

        assertThat(exitCode).as(out::toString).isZero();
        assertThat(out.toString()).contains("6 feeds and", "0 missing, 0 out of order");
        assertThat(Files.readString(record)).contains("\"row\":\"feed\"", "\"feedsKilled\":6");
    }
}
