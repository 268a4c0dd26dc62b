package io.seriatim.bench;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.PackedHistogram;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run, read from its summary and the logs of histograms beside it.
 *
 * @param name     in a page with others.
 * @param summary  as it was written.
 * @param sides    that were measured, in order; none if nothing has latencies.
 * @param figures  names of the ratios, in order; none if there was nothing to compare with.
 * @param charts   of figures that are not latencies, in order.
 */
record SavedRun(String name, JsonNode summary, List<Side> sides, List<String> figures, List<Chart> charts)
{
    /** Name of the summary in the directory of a run. */
    static final String SUMMARY_FILE = "summary.json";

    /** No drawing has room for more. */
    private static final int INTERVAL_COUNT_MAX = 400;

    /**
     * One side.
     *
     * @param key       in the summary, and the name of its log.
     * @param label     to be read.
     * @param intervals in order.
     * @param sum       of them.
     */
    record Side(String key, String label, List<Interval> intervals, AbstractHistogram sum)
    {
    }

    /**
     * Some time of one side, or several such times that lie beside each other.
     *
     * @param fromMs     by the wall clock.
     * @param toMs       by the wall clock.
     * @param measuredMs of it, without what lies between.
     * @param histogram  of nanoseconds.
     */
    record Interval(long fromMs, long toMs, long measuredMs, AbstractHistogram histogram)
    {
    }

    /**
     * Read a run.
     *
     * @param path of its summary, or of the directory that holds it.
     * @param name to call it by; null for the name of its directory.
     * @return the run.
     * @throws IllegalArgumentException if that is no run with slices, or if a file is missing or can not be read.
     */
    static SavedRun read(final Path path, final String name)
    {
        final Path file = Files.isDirectory(path) ? path.resolve(SUMMARY_FILE) : path;
        if (!Files.isRegularFile(file))
        {
            throw new IllegalArgumentException(
                "no result there: " + file + "; a result is the " + SUMMARY_FILE + " of a run, or its directory");
        }
        final JsonNode summary;
        try
        {
            summary = JsonMapper.builder().build().readTree(file.toFile());
        }
        catch (final JacksonException ex)
        {
            throw new IllegalArgumentException("not JSON: " + file + ": " + ex.getOriginalMessage(), ex);
        }
        final Path directory = file.toAbsolutePath().normalize().getParent();
        if (!summary.path("scenario").isString() || !summary.path("printed").isString())
        {
            throw new IllegalArgumentException("not the summary of a run, without scenario and printed: " + file);
        }
        final List<Side> sides = new ArrayList<>();
        summary.path("sides").properties().forEach(side ->
            sides.add(readSide(directory.resolve(side.getKey() + ".hlog"), side.getKey(), side.getValue().asString())));
        final List<String> figures = new ArrayList<>(summary.path("ratios").propertyNames());
        final List<Chart> charts = new ArrayList<>();
        summary.path("charts").forEach(chart -> charts.add(Chart.read(chart)));
        return new SavedRun(
            name != null ? name : String.valueOf(directory.getFileName()), summary, sides, figures, charts);
    }

    private static Side readSide(final Path log, final String key, final String label)
    {
        if (!Files.isRegularFile(log))
        {
            throw new IllegalArgumentException("a log of histograms is missing beside its summary: " + log);
        }
        final List<Interval> intervals = new ArrayList<>();
        final AbstractHistogram sum = PairedRun.newHistogram();
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile()))
        {
            while (reader.hasNext())
            {
                if (reader.nextIntervalHistogram() instanceof AbstractHistogram read)
                {
                    sum.add(read);
                    intervals.add(new Interval(
                        read.getStartTimeStamp(), read.getEndTimeStamp(),
                        read.getEndTimeStamp() - read.getStartTimeStamp(), packed(List.of(read))));
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        catch (final RuntimeException ex)
        {
            throw new IllegalArgumentException(
                "not a log of histograms: " + log + ": intervals read=" + intervals.size() + "; " + ex.getMessage(),
                ex);
        }
        if (sum.getTotalCount() == 0)
        {
            throw new IllegalArgumentException("no values in " + log);
        }
        return new Side(key, label, coarse(intervals, INTERVAL_COUNT_MAX), sum);
    }

    /** As many intervals as there may be: neighbours are taken together, so many to each. */
    static List<Interval> coarse(final List<Interval> intervals, final int countMax)
    {
        final int together = (intervals.size() + countMax - 1) / countMax;
        final List<Interval> coarse = new ArrayList<>();
        for (int i = 0; i < intervals.size(); i += together)
        {
            final List<Interval> some = intervals.subList(i, Math.min(intervals.size(), i + together));
            coarse.add(new Interval(
                some.get(0).fromMs(), some.get(some.size() - 1).toMs(),
                some.stream().mapToLong(Interval::measuredMs).sum(),
                packed(some.stream().map(Interval::histogram).toList())));
        }
        return coarse;
    }

    private static AbstractHistogram packed(final List<AbstractHistogram> histograms)
    {
        final AbstractHistogram packed = new PackedHistogram(PairedRun.newHistogram());
        histograms.forEach(packed::add);
        return packed;
    }

    String title()
    {
        return text("title");
    }

    /** A text of the summary; empty if it has none. */
    String text(final String field)
    {
        return summary.path(field).asString("");
    }

    Map<String, String> environment()
    {
        final Map<String, String> environment = new LinkedHashMap<>();
        summary.path("environment").properties().forEach(
            each -> environment.put(each.getKey(), each.getValue().asString("")));
        return environment;
    }

    List<String> warnings()
    {
        final List<String> warnings = new ArrayList<>();
        summary.path("warnings").forEach(warning -> warnings.add(warning.asString("")));
        return warnings;
    }

    /** Curves of figures that are not latencies, in order. */
    List<Curves> curves()
    {
        final List<Curves> curves = new ArrayList<>();
        summary.path("curves").forEach(each -> curves.add(Curves.read(each)));
        return curves;
    }

    /** When its first interval began. */
    long startMs()
    {
        return sides.stream().flatMap(side -> side.intervals().stream()).mapToLong(Interval::fromMs).min().orElse(0);
    }

    /** When its last interval ended. */
    long endMs()
    {
        return sides.stream().flatMap(side -> side.intervals().stream()).mapToLong(Interval::toMs).max().orElse(0);
    }

    /** Transfers in a second of an interval of a side. */
    double rate(final Side side, final Interval interval)
    {
        final double batchCount =
            summary.path("batchCounts").path(side.key()).asDouble(summary.path("batchCount").asDouble(1));
        return interval.histogram().getTotalCount() * batchCount * 1e3 / interval.measuredMs();
    }

    /** The ratios of all pairs in order; NaN where there is none. */
    double[] ratios(final String figure)
    {
        final List<Double> ratios = new ArrayList<>();
        summary.path("pairs").forEach(pair -> ratios.add(pair.path(figure + "Ratio").asDouble(Double.NaN)));
        return ratios.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** What is planned of a ratio, as words; empty if nothing is. */
    String planned(final String figure)
    {
        final JsonNode planned = summary.path("planned").path(figure);
        return planned.has("atMost") ? "at most " + Scale.plain(planned.get("atMost").asDouble()) :
            planned.has("atLeast") ? "at least " + Scale.plain(planned.get("atLeast").asDouble()) : "";
    }

    /** The bound that is planned of a ratio; NaN if none is. */
    double plannedBound(final String figure)
    {
        final JsonNode planned = summary.path("planned").path(figure);
        return planned.path("atMost").asDouble(planned.path("atLeast").asDouble(Double.NaN));
    }
}
