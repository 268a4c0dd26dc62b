package io.seriatim.bench;

import org.HdrHistogram.Histogram;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The tables of a run with peers, printed and as JSON.
 */
final class PeersReport
{
    /** Those that keep books, and so are what a ratio counts against. */
    private static final Set<String> SQL = Set.of(PostgresPeer.NAME, PeersRun.SQLITE, PeersRun.H2);

    private static final Map<String, ToDoubleFunction<Slice>> FIGURES = Map.of("rate", Slice::transfersPerSecond);

    private static final String POINTS = "callers, one request in flight each × transfers in a request";

    private PeersReport()
    {
    }

    /** The head of the rounds of a point. */
    static void printHead(final PrintWriter out, final PeerPoint point, final List<String> names)
    {
        out.printf("%n%s; transfers/s, fdatasync p50 in us before the slice, cores that others took meanwhile%n",
            point);
        out.print("round");
        names.forEach(name -> out.printf(" | %-22s", name));
        out.println();
        out.flush();
    }

    /** One round. */
    static void printRound(final PrintWriter out, final int number, final Map<String, PeersRun.Turn> turns)
    {
        out.printf("%5d", number);
        turns.values().forEach(turn -> out.printf(
            Locale.ROOT, " | %,11.0f %6.0f %3.1f", turn.slice().transfersPerSecond(), turn.disk().p50Us(),
            turn.others()));
        out.println();
        out.flush();
    }

    /** Rates, latencies and bytes of all, then the ratios. */
    static void print(final PrintWriter out, final List<PeersRun.Measured> all)
    {
        out.printf(
            "%n%-52s %-11s %11s %23s %9s %9s %9s %14s %11s%n", "", "", "transfers/s", "(least to most)", "p50 us",
            "p99 us", "p99.9 us", "written B each", "disk B each");
        for (final PeersRun.Measured measured : all)
        {
            String what = measured.point().toString();
            for (final String name : measured.names())
            {
                final Ratios rates = rates(measured, name);
                final Histogram times = times(measured, name);
                out.printf(
                    Locale.ROOT, "%-52s %-11s %,11.0f %23s %,9.0f %,9.0f %,9.0f %14s %11s%n", what, name,
                    rates.median(), String.format(Locale.ROOT, "(%,.0f to %,.0f)", rates.at(0), rates.at(1)),
                    us(times, 50), us(times, 99), us(times, 99.9), bytes(writtenBytesPerTransfer(measured, name)),
                    bytes(diskBytesPerTransfer(measured, name)));
                what = "";
            }
        }
        out.println(
            "written B each = bytes that the processes of the peer handed to write calls in the slices, for each " +
            "transfer;\n  chronicle writes through a mapping, and keeps no books: a journal only.\n" +
            "disk B each = bytes that reached the block device until nothing was left to write back, with what the " +
            "file\n  system adds.");
        printIdle(out, all);
        printRatios(out, all);
    }

    private static void printIdle(final PrintWriter out, final List<PeersRun.Measured> all)
    {
        final double[] cores = all.stream()
            .flatMap(measured -> measured.names().stream().filter(name -> !PeersRun.SERIATIM.equals(name))
                .flatMap(name -> measured.turns(name).stream()))
            .mapToDouble(PeersRun.Turn::engineCores).toArray();
        if (cores.length > 0)
        {
            final Ratios sorted = new Ratios(cores);
            out.printf(
                Locale.ROOT, "Idle threads of Seriatim took %.2f cores from the others (median; at most %.2f).%n",
                sorted.median(), sorted.at(1));
        }
    }

    private static void printRatios(final PrintWriter out, final List<PeersRun.Measured> all)
    {
        out.printf("%nSeriatim divided by the peer, transfers/s, round by round:%n");
        for (final PeersRun.Measured measured : all)
        {
            final String best = best(measured);
            out.println(measured.point());
            for (final String name : measured.names())
            {
                if (!PeersRun.SERIATIM.equals(name))
                {
                    final List<PairedRun.Pair> pairs = pairs(measured, name);
                    final Mood mood = new Mood(pairs);
                    final Ratios good = ratios(pairs.stream().filter(mood::isGood).toList());
                    out.printf(
                        "  %-11s median %s; unmarked %s%s%n", name, ratios(pairs), good.count() == 0 ? "none" : good,
                        name.equals(best) ? verdict(measured.point(), ratios(pairs).median()) : "");
                }
            }
        }
        out.println(
            "A round is marked if fdatasync before one of its two slices was far slower than usual in this point, or " +
            "if other processes kept the machine busy.");
    }

    private static String verdict(final PeerPoint point, final double ratio)
    {
        return Double.isNaN(point.target()) ? "  <- best SQL" : String.format(
            Locale.ROOT, "  <- best SQL; target %.1f: %s", point.target(), ratio >= point.target() ? "met" : "NOT MET");
    }

    /** The SQL database with the highest median of rates; null if there is none. */
    static String best(final PeersRun.Measured measured)
    {
        String best = null;
        for (final String name : measured.names())
        {
            if (SQL.contains(name) &&
                (best == null || rates(measured, name).median() > rates(measured, best).median()))
            {
                best = name;
            }
        }
        return best;
    }

    /** The rates and the latencies of all at each point. */
    static List<Chart> charts(final List<PeersRun.Measured> all)
    {
        final Chart rates = new Chart("Throughput", POINTS, "transfers/s, median of the slices");
        final Chart times = new Chart("Latency", POINTS, "p99, us");
        for (final PeersRun.Measured measured : all)
        {
            for (final String name : measured.names())
            {
                final String point = measured.point().callers() + " × " + measured.point().batchCount();
                rates.add(point, name, rates(measured, name).median());
                times.add(point, name, us(times(measured, name), 99));
            }
        }
        return List.of(rates, times);
    }

    /** For JSON. */
    static List<Map<String, Object>> toMaps(final List<PeersRun.Measured> all)
    {
        final List<Map<String, Object>> maps = new ArrayList<>();
        for (final PeersRun.Measured measured : all)
        {
            final Map<String, Object> map = new LinkedHashMap<>();
            map.put("callers", measured.point().callers());
            map.put("batch", measured.point().batchCount());
            map.put("bestSql", best(measured));
            map.put("target", Ratios.finite(measured.point().target()));
            final Map<String, Object> peers = new LinkedHashMap<>();
            measured.names().forEach(name -> peers.put(name, toMap(measured, name)));
            map.put("peers", peers);
            maps.add(map);
        }
        return maps;
    }

    private static Map<String, Object> toMap(final PeersRun.Measured measured, final String name)
    {
        final Histogram times = times(measured, name);
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("transfersPerSecond", rates(measured, name).median());
        map.put("p50Us", us(times, 50));
        map.put("p99Us", us(times, 99));
        map.put("p999Us", us(times, 99.9));
        map.put("maxUs", times.getMaxValue() / 1e3);
        map.put("writtenBytesPerTransfer", Ratios.finite(writtenBytesPerTransfer(measured, name)));
        map.put("diskBytesPerTransfer", Ratios.finite(diskBytesPerTransfer(measured, name)));
        if (!PeersRun.SERIATIM.equals(name))
        {
            final List<PairedRun.Pair> pairs = pairs(measured, name);
            final Mood mood = new Mood(pairs);
            map.put("ratio", ratios(pairs).toMap());
            map.put("ratioUnmarked", ratios(pairs.stream().filter(mood::isGood).toList()).toMap());
            map.put("pairs", pairs.stream()
                .map(pair -> SliceSums.toMap(pair, mood, FIGURES, PeersRun.SERIATIM, name)).toList());
        }
        return map;
    }

    /** Seriatim's slice of each round with that of a peer. */
    private static List<PairedRun.Pair> pairs(final PeersRun.Measured measured, final String name)
    {
        final List<PairedRun.Pair> pairs = new ArrayList<>();
        for (final Map<String, PeersRun.Turn> round : measured.rounds())
        {
            final PeersRun.Turn ours = round.get(PeersRun.SERIATIM);
            final PeersRun.Turn theirs = round.get(name);
            pairs.add(new PairedRun.Pair(
                ours.slice().startMs() <= theirs.slice().startMs(), ours.disk(), ours.others(), ours.slice(),
                theirs.disk(), theirs.others(), theirs.slice()));
        }
        return pairs;
    }

    private static Ratios ratios(final List<PairedRun.Pair> pairs)
    {
        return new Ratios(
            pairs.stream().mapToDouble(pair -> SliceSums.ratio(pair, Slice::transfersPerSecond)).toArray());
    }

    private static Ratios rates(final PeersRun.Measured measured, final String name)
    {
        return new Ratios(
            measured.turns(name).stream().mapToDouble(turn -> turn.slice().transfersPerSecond()).toArray());
    }

    private static Histogram times(final PeersRun.Measured measured, final String name)
    {
        return Scenario.sum(measured.turns(name).stream().map(PeersRun.Turn::slice).toList());
    }

    private static double writtenBytesPerTransfer(final PeersRun.Measured measured, final String name)
    {
        double bytes = 0;
        for (final PeersRun.Turn turn : measured.turns(name))
        {
            if (turn.use().writtenBytes() < 0 || PeersRun.CHRONICLE.equals(name))
            {
                return Double.NaN;
            }
            bytes += turn.use().writtenBytes();
        }
        return bytes / Math.max(1, transferCount(measured.turns(name)));
    }

    private static double diskBytesPerTransfer(final PeersRun.Measured measured, final String name)
    {
        final List<PeersRun.Turn> turns = measured.turns(name);
        final long bytes = turns.stream().mapToLong(PeersRun.Turn::deviceBytes).reduce(0, BlockDevice::sum);
        return bytes < 0 ? Double.NaN : bytes / Math.max(1, transferCount(turns));
    }

    private static double transferCount(final List<PeersRun.Turn> turns)
    {
        return turns.stream().map(PeersRun.Turn::slice)
            .mapToDouble(slice -> slice.answeredCount() * (double)slice.batchCount()).sum();
    }

    private static String bytes(final double perTransfer)
    {
        return Double.isNaN(perTransfer) ? "-" : String.format(Locale.ROOT, "%,.0f", perTransfer);
    }

    private static double us(final Histogram histogram, final double percentile)
    {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
