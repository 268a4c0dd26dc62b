package io.seriatim.faults;

import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A life that was not led to its end is no life without a difference.
 */
class SimulateMainTest
{
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void shouldCountLivesThatAreAsTheyHaveToBe() throws IOException
    {
        assertThat(run((seed, books) -> Map.of("requests", seed))).isEqualTo(ExitCode.DONE.code());
        assertThat(out.toString()).contains("{requests=15}", "0 differences", "5 clean cycles");
        assertThat(Files.readString(directory.resolve("record.jsonl"))).contains("\"done\":5", "\"failures\":0");
    }

    @Test
    void shouldTellOfADifference()
    {
        assertThat(run((seed, books) ->
        {
            if (seed == 3)
            {
                throw new AssertionError("seed=3: two is not one");
            }
            return Map.of();
        })).isEqualTo(ExitCode.DIFFERENCE.code());
        assertThat(out.toString())
            .contains("DIFFERENCE: seed=3: two is not one", "1 differences", "4 clean cycles");
    }

    @Test
    void shouldTellOfALifeThatAnErrorOfOursHasEnded()
    {
        assertThat(run((seed, books) ->
        {
            if (seed == 3)
            {
                throw new StackOverflowError();
            }
            return Map.of();
        })).isEqualTo(ExitCode.DIFFERENCE.code());
        assertThat(out.toString()).contains(
            "DIFFERENCE: java.lang.StackOverflowError, seed=3; see it again: scripts/simulate --seed 3",
            "1 differences", "4 clean cycles");
    }

    /** Told to lead more lives than it has threads for: none. */
    @Test
    void shouldNotEndWellIfALifeWasNotLed()
    {
        assertThat(run((seed, books) -> Map.of(), "--threads", "0")).isEqualTo(ExitCode.INTERNAL.code());
        assertThat(out.toString()).contains("NOT DONE: 5 of 5 lives", "no cycle ran, so nothing was shown");
    }

    private int run(final SimulateMain.Life life, final String... words)
    {
        final CommandLine command = new CommandLine(new SimulateMain(life)).setOut(new PrintWriter(out, true));
        final String[] arguments = new String[words.length + 4];
        System.arraycopy(words, 0, arguments, 4, words.length);
        arguments[0] = "--seeds";
        arguments[1] = "5";
        arguments[2] = "--record";
        arguments[3] = directory.resolve("record.jsonl").toString();
        return command.execute(arguments);
    }
}
