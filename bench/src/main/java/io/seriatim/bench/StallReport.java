package io.seriatim.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a run of {@link StallCommand} came to, as lines and as JSON.
 */
final class StallReport
{
    private static final double MILLISECOND_NS = 1e6;
    private static final double MEBIBYTE = 1024 * 1024;

    /** Distances between stalls that are so near to each other are no chance. */
    private static final double PERIOD_SPREAD = 0.2;
    private static final int PERIOD_COUNT_MIN = 5;

    private final PrintWriter out;
    private final String title;
    private final Measured measured;
    private final long createdCount;

    /**
     * What was measured.
     *
     * @param fullPerSecond transfers a second at full load.
     * @param load          the run itself.
     * @param watch         that saw its answers.
     * @param causes        noted meanwhile.
     * @param before        the disk in the quiet time before.
     * @param after         the disk in the quiet time after.
     * @param others        cores that other processes took meanwhile.
     * @param residentMiB   memory of the process at the end of the load.
     */
    record Measured(
        double fullPerSecond,
        Slice load,
        AnswerWatch watch,
        StallCauses causes,
        DiskProbe.Result before,
        DiskProbe.Result after,
        double others,
        long residentMiB)
    {
        /** The worst that the disk did in quiet times; NaN if it was not asked. */
        double quietDiskNs()
        {
            return Math.max(before.p99Us(), after.p99Us()) * 1e3;
        }
    }

    StallReport(final PrintWriter out, final String title, final Measured measured, final long createdCount)
    {
        this.out = out;
        this.title = title;
        this.measured = measured;
        this.createdCount = createdCount;
    }

    /**
     * Print it.
     *
     * @param isForced whether the journal's thread forces what it writes.
     * @param data     directory of the engine; null if it has none.
     * @return the same for JSON.
     */
    Map<String, Object> print(final boolean isForced, final Path data) throws IOException
    {
        final Slice load = measured.load();
        final AnswerWatch watch = measured.watch();
        final Histogram histogram = load.histogram();
        final StallCauses causes = measured.causes();
        final double byQuiet = watch.longestNs() / measured.quietDiskNs();
        final double byPass = watch.longestNs() / (double)causes.worstPassNs();
        final long bytes = data == null ? 0 : lengthOf(data);
        out.println();
        out.printf(
            Locale.ROOT, "latency      p50 %.3f ms, p99 %.3f, p99.9 %.3f, longest %.1f, from the planned time; " +
            "%,.0f transfers/s%n", histogram.getValueAtPercentile(50) / MILLISECOND_NS,
            histogram.getValueAtPercentile(99) / MILLISECOND_NS,
            histogram.getValueAtPercentile(99.9) / MILLISECOND_NS, load.maxUs() / 1e3, load.transfersPerSecond());
        out.printf(
            Locale.ROOT, "requests     planned %,d, sent %,d, answered %,d; back-pressured %,d, left over %d us late " +
            "%,d%n", load.plannedCount(), load.sentCount(), load.answeredCount(), load.backPressuredCount(),
            OpenLoop.LATE_NS / 1_000, load.lateCount());
        out.printf(
            Locale.ROOT, "worst stall  %.1f ms without an answer%n", watch.longestNs() / MILLISECOND_NS);
        out.printf(
            Locale.ROOT, "disk         worst fdatasync before %.1f ms, after %.1f ms; longest pass of the journal's " +
            "thread in the run %.1f ms%n", measured.before().p99Us() / 1e3, measured.after().p99Us() / 1e3,
            causes.worstPassNs() / MILLISECOND_NS);
        out.printf(
            Locale.ROOT, "ratio        worst stall %.2f times the worst fdatasync of the quiet times, %.2f times " +
            "that longest pass, which writes%s%n", byQuiet, byPass, isForced ? " and forces" : " and does not force");
        printCounts();
        printPeriod();
        final List<Map<String, Object>> rows = printWorst();
        out.printf(
            Locale.ROOT, "%nmeanwhile    %,d snapshots, %,d new segments, %,d garbage collections of %.0f ms; others " +
            "took %.1f cores%n", causes.snapshotCount(), causes.segmentsAdded(), causes.collectionCount(),
            causes.collectionNs() / MILLISECOND_NS, measured.others());
        out.printf(
            Locale.ROOT, "memory       %,d MiB resident at the end of the load: tables, rings, mapped files, heap; " +
            "%,.0f MiB of it at most in direct buffers%n", measured.residentMiB(), directBytes() / MEBIBYTE);
        out.printf(
            Locale.ROOT, "files        %,.0f MiB, %.0f bytes a transfer: journal, indexes and snapshots%n",
            bytes / MEBIBYTE, bytes / Math.max(1.0, createdCount));
        final String checked = String.format(
            Locale.ROOT, "Checked: %,d transfers answered CREATED, every balance as sent, debits equal credits.",
            createdCount);
        out.println(checked);

        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", "stall");
        summary.put("title", title);
        summary.put("checked", checked);
        summary.put("fullTransfersPerSecond", measured.fullPerSecond());
        summary.put("transfersPerSecond", load.transfersPerSecond());
        summary.put("longestLatencyMs", load.maxUs() / 1e3);
        summary.put("worstStallMs", watch.longestNs() / MILLISECOND_NS);
        summary.put("worstFdatasyncBeforeMs", Ratios.finite(measured.before().p99Us() / 1e3));
        summary.put("worstFdatasyncAfterMs", Ratios.finite(measured.after().p99Us() / 1e3));
        summary.put("longestJournalPassMs", causes.worstPassNs() / MILLISECOND_NS);
        summary.put("worstStallByQuietFdatasync", Ratios.finite(byQuiet));
        summary.put("worstStallByLongestPass", Ratios.finite(byPass));
        for (int i = 0; i < AnswerWatch.STALL_LIMITS_NS.length; i++)
        {
            summary.put("stallsAbove" + limitMs(i) + "Ms", watch.stallCounts()[i]);
        }
        summary.put("worst", rows);
        summary.put("snapshots", causes.snapshotCount());
        summary.put("newSegments", causes.segmentsAdded());
        summary.put("othersCores", measured.others());
        summary.put("directBytes", directBytes());
        summary.put("residentMiB", measured.residentMiB());
        summary.put("fileBytes", bytes);
        summary.put("createdTransfers", createdCount);
        return summary;
    }

    private static double directBytes()
    {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> "direct".equals(pool.getName())).mapToDouble(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private static long limitMs(final int index)
    {
        return TimeUnit.NANOSECONDS.toMillis(AnswerWatch.STALL_LIMITS_NS[index]);
    }

    private void printCounts()
    {
        final long[] counts = measured.watch().stallCounts();
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < AnswerWatch.STALL_LIMITS_NS.length; i++)
        {
            text.append(i == 0 ? "" : ", ").append(String.format(
                Locale.ROOT, "%,d above %d ms", counts[i], limitMs(i)));
        }
        out.println("stalls       " + text);
    }

    private void printPeriod()
    {
        final List<Long> starts = measured.watch().stallStartsNs();
        if (starts.size() <= PERIOD_COUNT_MIN)
        {
            out.printf("period       too few stalls above %d ms to speak of one%n", limitMs(0));
            return;
        }
        final Ratios distances = distances(starts);
        out.printf(
            Locale.ROOT, "period       %s: from one stall above %d ms to the next %.2f s (quartiles %.2f to %.2f)%n",
            isPeriodic(distances) ? "PERIODIC" : "none", limitMs(0), distances.median(), distances.at(0.25),
            distances.at(0.75));
    }

    /** Seconds from each stall to the next. */
    static Ratios distances(final List<Long> startsNs)
    {
        final double[] seconds = new double[startsNs.size() - 1];
        for (int i = 0; i < seconds.length; i++)
        {
            seconds[i] = (startsNs.get(i + 1) - startsNs.get(i)) / 1e9;
        }
        return new Ratios(seconds);
    }

    /** Whether half of the distances are nearly the same. */
    static boolean isPeriodic(final Ratios distances)
    {
        return distances.count() >= PERIOD_COUNT_MIN &&
            distances.at(0.75) - distances.at(0.25) < PERIOD_SPREAD * distances.median();
    }

    private List<Map<String, Object>> printWorst()
    {
        final List<Map<String, Object>> rows = new ArrayList<>();
        final long startNs = measured.watch().startNs();
        out.printf("%nThe worst stalls; away = the thread that measures did not run; causes are those of the time.%n");
        out.printf("%4s %10s %10s %10s  %s%n", "", "at s", "stall ms", "away ms", "what happened");
        for (final AnswerWatch.Stall stall : measured.watch().worst())
        {
            final String causes = measured.causes().during(stall.startNs(), stall.endNs());
            out.printf(
                Locale.ROOT, "%4d %10.3f %10.2f %10.2f  %s%n", rows.size() + 1, (stall.startNs() - startNs) / 1e9,
                stall.lengthNs() / MILLISECOND_NS, stall.awayNs() / MILLISECOND_NS, causes);
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("atS", (stall.startNs() - startNs) / 1e9);
            row.put("stallMs", stall.lengthNs() / MILLISECOND_NS);
            row.put("awayMs", stall.awayNs() / MILLISECOND_NS);
            row.put("causes", causes);
            rows.add(row);
        }
        return rows;
    }

    private static long lengthOf(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.walk(directory))
        {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
