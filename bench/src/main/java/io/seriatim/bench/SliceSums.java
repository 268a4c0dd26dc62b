package io.seriatim.bench;

import org.HdrHistogram.Histogram;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The slices of one side taken together, as lines and as JSON.
 */
final class SliceSums
{
    private SliceSums()
    {
    }

    /**
     * Sum up one side, and print it.
     *
     * @param slices      of it.
     * @param used        by the process meanwhile.
     * @param deviceBytes written to the disk meanwhile, or {@link BlockDevice#UNKNOWN}.
     * @param out         to print to.
     * @return the same for JSON.
     */
    static Map<String, Object> of(
        final List<Slice> slices, final Resources used, final long deviceBytes, final PrintWriter out)
    {
        final Slice first = slices.get(0);
        final Histogram all = Scenario.sum(slices);
        final long elapsedNs = slices.stream().mapToLong(Slice::elapsedNs).sum();
        final long planned = slices.stream().mapToLong(Slice::plannedCount).sum();
        final long sent = slices.stream().mapToLong(Slice::sentCount).sum();
        final long answered = slices.stream().mapToLong(Slice::answeredCount).sum();
        final long backPressured = slices.stream().mapToLong(Slice::backPressuredCount).sum();
        final long late = slices.stream().mapToLong(Slice::lateCount).sum();
        final double transfers = Math.max(1, (double)answered * first.batchCount());
        final double perSecond = transfers * 1e9 / elapsedNs;

        out.printf(
            Locale.ROOT, "%-7s p50 %.1f us, p99 %.1f, p99.9 %.1f, max %.1f; %,.0f transfers/s%n", first.subject(),
            us(all, 50), us(all, 99), us(all, 99.9), all.getMaxValue() / 1e3, perSecond);
        out.printf(
            Locale.ROOT, "        requests: planned %,d, sent %,d, answered %,d; back-pressured %,d, left over %d us " +
            "late %,d%n",
            planned, sent, answered, backPressured, OpenLoop.LATE_NS / 1_000, late);
        out.printf(
            Locale.ROOT, "        per 1,000 transfers: write calls %.2f, KB written %.1f%s%s%n",
            used.writeCallCount() * 1e3 / transfers, used.writtenBytes() / transfers,
            deviceBytes < 0 ? "" : String.format(Locale.ROOT, ", to the disk %.1f", deviceBytes / transfers),
            perThread(used, transfers));

        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("p50Us", us(all, 50));
        map.put("p90Us", us(all, 90));
        map.put("p99Us", us(all, 99));
        map.put("p999Us", us(all, 99.9));
        map.put("maxUs", all.getMaxValue() / 1e3);
        map.put("transfersPerSecond", perSecond);
        map.put("plannedRequests", planned);
        map.put("sentRequests", sent);
        map.put("answeredRequests", answered);
        map.put("backPressuredRequests", backPressured);
        map.put("lateRequests", late);
        map.put("writeCallsPer1000Transfers", used.writeCallCount() * 1e3 / transfers);
        map.put("bytesWrittenPerTransfer", used.writtenBytes() / transfers);
        if (deviceBytes >= 0)
        {
            map.put("diskBytesWrittenPerTransfer", deviceBytes / transfers);
        }
        map.put("coresByThread", used.cores());
        map.put("allocatedBytesByThread", used.allocatedBytes());
        return map;
    }

    private static String perThread(final Resources used, final double transfers)
    {
        final StringBuilder text = new StringBuilder();
        used.cores().forEach((role, cores) -> text.append(String.format(
            Locale.ROOT, "%n        %-12s %.2f cores, %,.0f ns CPU and %.2f B allocated a transfer",
            role, cores, used.cpuNs().get(role) / transfers,
            used.allocatedBytes().getOrDefault(role, 0L) / transfers)));
        return text.toString();
    }

    /** One pair for JSON, its sides by these names. */
    static Map<String, Object> toMap(
        final PairedRun.Pair pair,
        final Mood mood,
        final Map<String, ToDoubleFunction<Slice>> figures,
        final String engine,
        final String raw)
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put(engine + "First", pair.isEngineFirst());
        map.put("badDisk", mood.isDiskBad(pair));
        map.put("busyMachine", Mood.isBusy(pair));
        map.put(engine, toMap(pair.engine(), pair.engineDisk(), pair.engineOthers()));
        if (pair.raw() != null)
        {
            map.put(raw, toMap(pair.raw(), pair.rawDisk(), pair.rawOthers()));
            figures.forEach((name, figure) -> map.put(name + "Ratio", Ratios.finite(ratio(pair, figure))));
        }
        return map;
    }

    static double ratio(final PairedRun.Pair pair, final ToDoubleFunction<Slice> figure)
    {
        return pair.raw() == null ?
            Double.NaN : figure.applyAsDouble(pair.engine()) / figure.applyAsDouble(pair.raw());
    }

    private static Map<String, Object> toMap(final Slice slice, final DiskProbe.Result disk, final double others)
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("startMs", slice.startMs());
        map.put("elapsedMs", slice.elapsedNs() / 1e6);
        map.put("diskP50Us", Ratios.finite(disk.p50Us()));
        map.put("diskP99Us", Ratios.finite(disk.p99Us()));
        map.put("othersCores", others);
        map.put("p50Us", slice.us(50));
        map.put("p99Us", slice.us(99));
        map.put("p999Us", slice.us(99.9));
        map.put("maxUs", slice.maxUs());
        map.put("transfersPerSecond", slice.transfersPerSecond());
        map.put("sentRequests", slice.sentCount());
        map.put("answeredRequests", slice.answeredCount());
        map.put("backPressuredRequests", slice.backPressuredCount());
        map.put("lateRequests", slice.lateCount());
        return map;
    }

    private static double us(final Histogram histogram, final double percentile)
    {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
