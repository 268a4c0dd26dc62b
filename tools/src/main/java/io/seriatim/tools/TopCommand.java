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
import java.util.function.Supplier;

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
        "  seriatim top --data books --json --count 1",
        "  seriatim top --data books-east --data books-west --totals"})
final class TopCommand implements Callable<Integer>
{
    private static final int PLAIN_WIDTH = 108;
    private static final long KEY_POLL_MS = 50;

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "Data directory of an engine. Given several times: a line for each engine.")
    private List<Path> directories;

    @Option(
        names = "--totals",
        description = "Add up what was moved, by ledger, code and outcome, over all of them. It reads their journals " +
            "from the beginning, in this process.")
    private boolean isTotalsWanted;

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
        description = "End after so many intervals. Default: go on until ended; 1 for text where there is no " +
            "terminal or with --plain")
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
        if (intervalMs < 10 || intervalCount < 0 || columns != 0 && columns < ScreenLines.WIDTH_MIN)
        {
            throw new ParameterException(
                spec.commandLine(), "--interval-ms is at least 10, --count at least 0 and --width at least " +
                ScreenLines.WIDTH_MIN + ": interval-ms=" + intervalMs + ", count=" + intervalCount + ", width=" +
                columns);
        }
        final List<Instruments> all = directories.stream()
            .map(each -> Instruments.open(DataDirectory.require(each), thresholds)).toList();
        try (LiveTotals totals = isTotalsWanted ? new LiveTotals(directories) : null)
        {
            if (isJson)
            {
                printJson(all, totals);
            }
            else if (isPlain || System.console() == null)
            {
                printPlain(all, totals);
            }
            else
            {
                showOnTerminal(all, totals);
            }
        }
        return ExitCode.DONE.code();
    }

    private void printJson(final List<Instruments> all, final LiveTotals totals) throws InterruptedException
    {
        print(intervalCount, all, () -> List.of(directories.size() == 1 && totals == null ?
            InstrumentsJson.encode(all.get(0)) : TopJson.encode(directories, all, totals)));
    }

    private void printPlain(final List<Instruments> all, final LiveTotals totals) throws InterruptedException
    {
        final Screen screen = screen(all, totals, false);
        print(
            intervalCount == 0 ? 1 : intervalCount, all,
            () -> screen.draw(columns == 0 ? PLAIN_WIDTH : columns).stream().map(AttributedString::toString).toList());
    }

    /** What is shown of an interval that was sampled. */
    private void print(final long count, final List<Instruments> all, final Supplier<List<String>> lines)
        throws InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        for (long i = 0; (count == 0 || i < count) && !out.checkError(); i++)
        {
            Thread.sleep(intervalMs);
            all.forEach(Instruments::sample);
            lines.get().forEach(out::println);
            out.flush();
        }
    }

    private void showOnTerminal(final List<Instruments> all, final LiveTotals totals)
        throws IOException, InterruptedException
    {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build())
        {
            final Screen screen = screen(all, totals, Charset.defaultCharset().name().startsWith("UTF"));
            final Display display = new Display(terminal, true);
            terminal.enterRawMode();
            terminal.puts(InfoCmp.Capability.enter_ca_mode);
            terminal.puts(InfoCmp.Capability.cursor_invisible);
            try
            {
                long shownCount = 0;
                do
                {
                    all.forEach(Instruments::sample);
                    final Size size = Size.of(
                        Math.max(ScreenLines.WIDTH_MIN, terminal.getSize().getColumns()),
                        Math.max(1, terminal.getSize().getRows()));
                    final List<AttributedString> lines =
                        screen.draw(columns == 0 ? size.getColumns() : columns);
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

    private Screen screen(final List<Instruments> all, final LiveTotals totals, final boolean isUnicode)
    {
        if (directories.size() == 1 && totals == null)
        {
            final TopScreen screen =
                new TopScreen(directories.get(0).toString(), thresholds, isUnicode, ZoneId.systemDefault());
            return width -> screen.draw(all.get(0), width);
        }
        final TopOverview overview = new TopOverview(
            directories.stream().map(Path::toString).toList(), isUnicode, ZoneId.systemDefault());
        return width -> overview.draw(
            all, totals == null ? null : totals.totals(), totals == null ? 0 : totals.lagBytes(), System.nanoTime(),
            width);
    }

    /** Draws what was sampled. */
    @FunctionalInterface
    private interface Screen
    {
        List<AttributedString> draw(int columns);
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
