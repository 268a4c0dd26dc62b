package io.seriatim.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

class OrderCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureEachOrderingAndDrawIt()
    {
        final int exitCode = BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(
            "order", "--seconds", "0.1", "--service-time", "1", "--workers", "8", "--out", directory.toString());

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("TOTAL ", "BY_KEY 256", "NONE ", "steady", "Amdahl", "places");
        for (final String file : List.of("order-keys.svg", "order-share.svg", "order-skew.svg", "order.html"))
        {
            assertThat(directory.resolve(file)).isNotEmptyFile();
        }
    }
}
