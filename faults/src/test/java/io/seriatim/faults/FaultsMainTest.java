package io.seriatim.faults;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What was not run is told as loudly as what has failed.
 */
class FaultsMainTest
{
    @Test
    void shouldCountAndNameWhatWasSkipped()
    {
        final Map<String, Integer> exitCodes = new LinkedHashMap<>();
        exitCodes.put("kill", 0);
        exitCodes.put("power-cut", 0);
        exitCodes.put("cuts", 1);
        assertThat(FaultsMain.summary(exitCodes, Map.of("power-cut", "root is needed to mount a disk"))).isEqualTo(
            "3 rows, 1 failed: [cuts], 1 SKIPPED\n  SKIPPED: power-cut: root is needed to mount a disk\n" +
            "of what was skipped nothing was shown");
        assertThat(FaultsMain.summary(Map.of("kill", 0), Map.of())).isEqualTo("1 rows, 0 failed, 0 SKIPPED");
    }

    @Test
    void shouldNameTheScriptsOfOtherFiguresInItsHelp()
    {
        final StringWriter out = new StringWriter();
        final int exitCode = FaultsMain.commandLine(new PrintWriter(out), new PrintWriter(out)).execute("--help");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains(
            "scripts/simulate", "scripts/check-concurrency", "scripts/check-mutations", "scripts/fuzz",
            "scripts/check-reproducible");
    }
}
