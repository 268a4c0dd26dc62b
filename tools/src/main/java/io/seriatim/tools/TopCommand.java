package io.seriatim.tools;

import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import io.seriatim.sinks.InstrumentsJson;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp;
import org.jline.utils.NonBlockingReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Shows how an engine and the feeds beside it are doing, without their noticing.
 */
@Command(
    name = "top",
    sortOptions = false,
    description = "Show how the engine of a directory and the feeds beside it are doing: throughput against what is " +
        "possible, what order costs, the lag of each shard over time, stages, feeds, hot accounts, and where the " +
        "bottleneck is. It reads counters in memory; the engine does not notice. On a terminal q ends it.",
    footer = {
        "%nExamples:",
        "  seriatim top --data books",
        "  seriatim top --data books --json --count 1"})
final class TopCommand implements Callable<Integer>
{
    private static final int PLAIN_WIDTH = 108;
    private static final long KEY_POLL_MS = 50;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--interval-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "How long an interval is. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "0",
        description = "End after so many intervals. Default: go on until ended; 1 where there is no terminal")
    private long intervalCount;

    @Option(names = "--json", description = "A JSON object for each interval, on a line of its own.")
    private boolean isJson;

    @Option(names = "--plain", description = "Print each screen below the last, as where there is no terminal.")
    private boolean isPlain;

    @Option(names = "--width", paramLabel = "N", description = "Columns to draw for. Default: the terminal's, else " +
        PLAIN_WIDTH)
    private int columns;

    private final Thresholds thresholds = new Thresholds();

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        if (intervalMs < 10 || intervalCount < 0 || columns != 0 && columns < TopScreen.WIDTH_MIN)
        {
            throw new ParameterException(
                spec.commandLine(), "--interval-ms is at least 10, --count at least 0 and --width at least " +
                TopScreen.WIDTH_MIN + ": interval-ms=" + intervalMs + ", count=" + intervalCount + ", width=" +
                columns);
        }
        final Instruments instruments = Instruments.open(DataDirectory.require(directory), thresholds);
        if (!isJson && !isPlain && System.console() != null)
        {
            showOnTerminal(instruments);
        }
        else
        {
            print(instruments);
        }
        return ExitCode.DONE.code();
    }

    private void print(final Instruments instruments) throws InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final TopScreen screen = screen(false);
        final long count = intervalCount == 0 && !isJson ? 1 : intervalCount;
        for (long i = 0; (count == 0 || i < count) && !out.checkError(); i++)
        {
            Thread.sleep(intervalMs);
            instruments.sample();
            if (isJson)
            {
                out.println(InstrumentsJson.encode(instruments));
            }
            else
            {
                screen.draw(instruments, columns == 0 ? PLAIN_WIDTH : columns).forEach(out::println);
            }
            out.flush();
        }
    }

    private void showOnTerminal(final Instruments instruments) throws IOException, InterruptedException
    {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build())
        {
            final TopScreen screen = screen(Charset.defaultCharset().name().startsWith("UTF"));
            final Display display = new Display(terminal, true);
            terminal.enterRawMode();
            terminal.puts(InfoCmp.Capability.enter_ca_mode);
            terminal.puts(InfoCmp.Capability.cursor_invisible);
            try
            {
                long shownCount = 0;
                do
                {
                    instruments.sample();
                    final Size size = Size.of(
                        Math.max(TopScreen.WIDTH_MIN, terminal.getSize().getColumns()),
                        Math.max(1, terminal.getSize().getRows()));
                    final List<AttributedString> lines =
                        screen.draw(instruments, columns == 0 ? size.getColumns() : columns);
                    display.resize(size);
                    display.update(lines.subList(0, Math.min(size.getRows(), lines.size())), 0);
                    terminal.flush();
                    shownCount++;
                }
                while ((intervalCount == 0 || shownCount < intervalCount) && !isEndAsked(terminal.reader()));
            }
            finally
            {
                terminal.puts(InfoCmp.Capability.cursor_visible);
                terminal.puts(InfoCmp.Capability.exit_ca_mode);
                terminal.flush();
            }
        }
    }

    private TopScreen screen(final boolean isUnicode)
    {
        return new TopScreen(directory.toString(), thresholds, isUnicode, ZoneId.systemDefault());
    }

    /** Wait for the next interval; true if the user has had enough. */
    private boolean isEndAsked(final NonBlockingReader reader) throws IOException
    {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(intervalMs))
        {
            final int key = reader.read(KEY_POLL_MS);
            if (key == 'q' || key == 'Q' || key == 3 || key == NonBlockingReader.EOF)
            {
                return true;
            }
        }
        return false;
    }
}
