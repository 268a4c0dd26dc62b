package io.seriatim.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of our own that is ended by us: its output is read as it comes, and it never outlives its parent's use of
 * it.
 * <p>
 * Threads: confined to one, besides the reader of its output.
 */
final class ChildJvm implements AutoCloseable
{
    private static final long POLL_MS = 1;
    private static final int LINES_KEPT = 200;

    private final Process process;
    private final boolean hasPrefix;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final List<String> said = new ArrayList<>();
    private final Thread reader;

    /**
     * Start it.
     *
     * @param main      class to run.
     * @param prefix    words before the command, such as a tracer; none usually.
     * @param options   for the JVM.
     * @param arguments for the program.
     */
    ChildJvm(
        final Class<?> main, final List<String> prefix, final List<String> options, final List<String> arguments)
    {
        hasPrefix = !prefix.isEmpty();
        final List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-ea"));
        command.addAll(options);
        command.addAll(List.of("-cp", SourceTree.classPath(), main.getName()));
        command.addAll(arguments);
        try
        {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not start a process: " + command, ex);
        }
        final BufferedReader output = process.inputReader();
        reader = new Thread(() -> output.lines().forEach(lines::add), "output-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Wait for a line.
     *
     * @param beginning of the line.
     * @param timeoutMs to wait.
     * @return the line; null if the process ended without it.
     * @throws FaultException if it takes too long.
     */
    String awaitLine(final String beginning, final long timeoutMs) throws InterruptedException
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (true)
        {
            final boolean isOver = !reader.isAlive();
            for (String line = lines.poll(); line != null; line = lines.poll())
            {
                said.add(line);
                if (line.startsWith(beginning))
                {
                    return line;
                }
            }
            if (isOver)
            {
                return null;
            }
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new FaultException(
                    "a process did not say '" + beginning + "' within " + timeoutMs + " ms; it said:\n" + output());
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Give it a line on its standard input. */
    void say(final String line)
    {
        try
        {
            process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }
        catch (final IOException ex)
        {
            throw new FaultException("a process does not listen any more; it said:\n" + output(), ex);
        }
    }

    /**
     * Wait for its end.
     *
     * @param timeoutMs to wait.
     * @return its exit code.
     * @throws FaultException if it takes too long.
     */
    int awaitExit(final long timeoutMs) throws InterruptedException
    {
        if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS))
        {
            throw new FaultException("a process did not end within " + timeoutMs + " ms; it said:\n" + output());
        }
        reader.join(timeoutMs);
        return process.exitValue();
    }

    /** End it at once, as by kill -9, and wait for that; a tracer does not survive what it traces. */
    void kill() throws InterruptedException
    {
        if (!hasPrefix)
        {
            // To look for others takes a while, in which it would go on.
            process.destroyForcibly();
        }
        final List<ProcessHandle> handles = handles();
        handles.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
        handles.forEach(handle -> handle.onExit().join());
    }

    /** Those that were started by it first. */
    private List<ProcessHandle> handles()
    {
        final List<ProcessHandle> handles = new ArrayList<>(process.descendants().toList());
        handles.add(process.toHandle());
        return handles;
    }

    boolean isAlive()
    {
        return process.isAlive();
    }

    long pid()
    {
        return process.pid();
    }

    /** The lines that begin so, of all that it has said. */
    List<String> linesOf(final String beginning)
    {
        output();
        return said.stream().filter(line -> line.startsWith(beginning)).toList();
    }

    /** Whether a word is in what it said. */
    boolean hasSaid(final String word)
    {
        output();
        return said.stream().anyMatch(line -> line.contains(word));
    }

    /** The last lines that it said. */
    String output()
    {
        for (String line = lines.poll(); line != null; line = lines.poll())
        {
            said.add(line);
        }
        return String.join("\n", said.subList(Math.max(0, said.size() - LINES_KEPT), said.size()));
    }

    @Override
    public void close()
    {
        handles().forEach(ProcessHandle::destroyForcibly);
    }
}
