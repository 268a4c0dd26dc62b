package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SeriatimMainTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldTellItsVersion()
    {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().matches("seriatim \\d+\\.\\d+\\.\\d+\\S*\\RJava .*\\R"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void shouldDocumentExitCodesAndAnExampleInTheHelpOfEveryCommand()
    {
        for (final String name : new CommandLine(new SeriatimMain(System.in)).getSubcommands().keySet())
        {
            out.getBuffer().setLength(0);
            assertEquals(0, run(name, "--help"));
            final String help = out.toString();
            assertTrue(help.startsWith("Usage: seriatim " + name), help);
            assertTrue(help.contains("Exit codes:"), help);
            for (final ExitCode exitCode : ExitCode.values())
            {
                assertTrue(help.contains("\n  " + exitCode.code() + " "), help);
            }
            assertTrue(help.contains("\nExample"), help);
            assertTrue(help.contains("\n  seriatim " + name + " "), help);
        }
        assertEquals("", err.toString());
    }

    @Test
    void shouldListItsCommandsAndExitCodesInItsOwnHelp()
    {
        assertEquals(0, run("-h"));
        assertTrue(out.toString().contains("\n  generate "), out.toString());
        assertTrue(out.toString().contains("\n  70 "), out.toString());
    }

    @Test
    void shouldRefuseWrongUsageOnTheErrorStreamOnly()
    {
        assertEquals(2, run());
        assertEquals(2, run("generat"));
        assertEquals(2, run("generate"));
        assertEquals(2, run("generate", "--out", "x", "--accounts", "many"));
        assertEquals(2, run("generate", "--out", "x", "--accounts", "3"));
        assertEquals(
            """
            seriatim: no command was given
            Try: seriatim --help
            seriatim: Unmatched argument at index 0: 'generat'
            Did you mean: seriatim generate ...
            Try: seriatim --help
            seriatim generate: Missing required option: '--out=DIR'
            Try: seriatim generate --help
            seriatim generate: Invalid value for option '--accounts': 'many' is not an int
            Try: seriatim generate --help
            seriatim generate: WorkloadConfig.accountCount must be from 4, 4 for each ledger, to 50000000: \
            accountCount=3, ledgerCount=1
            Try: seriatim generate --help
            """, err.toString().replace(System.lineSeparator(), "\n")
                .replaceAll("(?m)^(Did you mean: seriatim generate)\\b.*$", "$1 ..."));
        assertEquals("", out.toString());
    }

    @Test
    void shouldShowWhereAnErrorComesFromOnlyWhenAsked()
    {
        final String notADirectory = "pom.xml";
        assertEquals(2, run("generate", "--out", notADirectory));
        assertEquals("seriatim generate: there is a file where a directory has to be: file=pom.xml\n",
            err.toString().replace(System.lineSeparator(), "\n"));
        assertEquals(2, run("--debug", "generate", "--out", notADirectory));
        assertTrue(err.toString().contains("\tat io.seriatim.tools.GenerateCommand.call"), err.toString());
        err.getBuffer().setLength(0);
        assertEquals(2, run("generate", "--debug", "--out", notADirectory));
        assertTrue(err.toString().contains("\tat io.seriatim.tools.GenerateCommand.call"), err.toString());
        assertFalse(out.toString().contains("at io"));
    }

    private int run(final String... args)
    {
        return SeriatimMain.run(new PrintWriter(out), new PrintWriter(err), args);
    }
}
