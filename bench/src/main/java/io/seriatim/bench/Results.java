package io.seriatim.bench;

import org.HdrHistogram.HistogramLogWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files that a run leaves: a log of histograms for each side, one interval a slice, and a summary.
 */
final class Results
{
    /** Values are nanoseconds; the column of maxima shows milliseconds. */
    private static final double MAX_UNIT = 1e6;

    private final Path directory;

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

    /** Write a log of histograms, in the format of HdrHistogram. */
    void writeLog(final String name, final List<Slice> slices, final Map<String, String> environment)
    {
        try
        {
            final HistogramLogWriter writer = new HistogramLogWriter(directory.resolve(name + ".hlog").toFile());
            try
            {
                environment.forEach((key, value) -> writer.outputComment(key + ": " + value));
                writer.outputComment("values in nanoseconds, Interval_Max in milliseconds; one interval a slice");
                writer.outputLogFormatVersion();
                final long baseMs = slices.get(0).startMs();
                writer.outputStartTime(baseMs);
                writer.outputBaseTime(baseMs);
                writer.setBaseTime(baseMs);
                writer.outputLegend();
                for (final Slice slice : slices)
                {
                    slice.histogram().setStartTimeStamp(slice.startMs());
                    slice.histogram().setEndTimeStamp(slice.startMs() + Math.max(1, slice.elapsedNs() / 1_000_000));
                    writer.outputIntervalHistogram(
                        (slice.histogram().getStartTimeStamp() - baseMs) / 1e3,
                        (slice.histogram().getEndTimeStamp() - baseMs) / 1e3,
                        slice.histogram(), MAX_UNIT);
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

    void writeSummary(final Map<String, Object> summary)
    {
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build()
            .writeValue(directory.resolve("summary.json").toFile(), summary);
    }
}
