package io.seriatim.faults;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Runs rows of {@code scripts/crash-test} in this process, and keeps what they say and the line that they leave.
 */
final class RowTester
{
    private final StringWriter said = new StringWriter();
    private final Path record;

    RowTester(final Path directory)
    {
        record = directory.resolve("record.jsonl");
    }

    /** Run a row that must hold; a machine that can not run it is told of, and the test is not counted. */
    String run(final String... words)
    {
        final List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--record", record.toString()));
        final PrintWriter out = new PrintWriter(said);
        final int exitCode = FaultsMain.commandLine(out, out).execute(arguments.toArray(new String[0]));
        assertThat(exitCode).as(said.toString()).isZero();
        assumeFalse(said.toString().startsWith(Row.SKIPPED), said.toString());
        return said.toString();
    }

    /** The lines of JSON that were left. */
    String record() throws IOException
    {
        return Files.readString(record);
    }
}
