package io.seriatim.bench;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramLogWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files that a run leaves: a log of histograms for each side, in the intervals of its slices, a summary, and a
 * page.
 */
final class Results
{
    /** Values are nanoseconds; the column of maxima shows milliseconds. */
    private static final double MAX_UNIT = 1e6;

    private final Path directory;
    private Printed printed;

    /**
     * Files in a directory that is made.
     *
     * @param out      where to; null for a new directory of its own.
     * @param scenario for its name.
     */
    Results(final Path out, final String scenario)
    {
        directory = out != null ? out : EngineOptions.home().resolve("results").resolve(
            scenario + '-' + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)));
        try
        {
            Files.createDirectories(directory);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not write results to " + directory, ex);
        }
    }

    Path directory()
    {
        return directory;
    }

    /** What prints to a writer, and keeps it for the page. */
    PrintWriter printing(final PrintWriter out)
    {
        printed = new Printed(out);
        return new PrintWriter(printed, true);
    }

    /** Write a log of histograms, in the format of HdrHistogram; its name is the tag of its lines, too. */
    void writeLog(final String name, final List<Slice> slices, final Map<String, String> environment)
    {
        try
        {
            final HistogramLogWriter writer = new HistogramLogWriter(directory.resolve(name + ".hlog").toFile());
            try
            {
                environment.forEach((key, value) -> writer.outputComment(key + ": " + value));
                writer.outputComment(
                    "values in nanoseconds, Interval_Max in milliseconds; the intervals of a slice follow each " +
                    "other, between slices is a gap");
                writer.outputComment("HistogramLogProcessor -i " + name + ".hlog -tag " + name);
                writer.outputLogFormatVersion();
                final long baseMs = slices.get(0).startMs();
                writer.outputStartTime(baseMs);
                writer.outputBaseTime(baseMs);
                writer.setBaseTime(baseMs);
                writer.outputLegend();
                for (final Slice slice : slices)
                {
                    for (final AbstractHistogram interval : slice.recording().intervals())
                    {
                        interval.setTag(name);
                        writer.outputIntervalHistogram(
                            (interval.getStartTimeStamp() - baseMs) / 1e3,
                            (interval.getEndTimeStamp() - baseMs) / 1e3, interval, MAX_UNIT);
                    }
                }
            }
            finally
            {
                writer.close();
            }
        }
        catch (final FileNotFoundException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Write the summary, with what was printed until now. */
    void writeSummary(final Map<String, Object> summary)
    {
        if (printed != null)
        {
            summary.put("printed", printed.toString());
        }
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build()
            .writeValue(directory.resolve(SavedRun.SUMMARY_FILE).toFile(), summary);
    }

    /** Write the page, from the files that are there. */
    void writeReport()
    {
        try
        {
            Files.writeString(
                directory.resolve(ReportCommand.FILE), new Report(List.of(SavedRun.read(directory, null))).html(),
                StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("the page can not be written to " + directory, ex);
        }
    }
}
