package io.seriatim.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real process of its own, with this test's class path, that is killed with SIGKILL.
 */
final class ForkedJvm implements AutoCloseable
{
    private final Process process;
    private final BufferedReader output;

    ForkedJvm(final Class<?> main, final List<String> options, final Object... arguments) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea"));
        command.addAll(options);
        command.addAll(List.of(
            "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName()));
        for (final Object argument : arguments)
        {
            command.add(argument.toString());
        }
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = process.inputReader();
    }

    /** Wait for a line that begins so; anything else it says is kept for the failure message. */
    String awaitLine(final String beginning) throws IOException
    {
        return awaitLine(beginning, new ArrayList<>());
    }

    /** Wait for a line that begins so; anything else it says before goes to a list. */
    String awaitLine(final String beginning, final List<String> said) throws IOException
    {
        for (String line = output.readLine(); line != null; line = output.readLine())
        {
            if (line.startsWith(beginning))
            {
                return line;
            }
            said.add(line);
        }
        throw new AssertionError(
            "the process ended without saying '" + beginning + "'; it said:\n" + String.join("\n", said));
    }

    long pid()
    {
        return process.pid();
    }

    void kill() throws InterruptedException
    {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS))
        {
            throw new AssertionError("the process did not die");
        }
    }

    int awaitExit() throws InterruptedException
    {
        if (!process.waitFor(60, TimeUnit.SECONDS))
        {
            process.destroyForcibly();
            throw new AssertionError("the process did not end by itself");
        }
        return process.exitValue();
    }

    boolean isAlive()
    {
        return process.isAlive();
    }

    @Override
    public void close()
    {
        process.destroyForcibly();
    }
}
