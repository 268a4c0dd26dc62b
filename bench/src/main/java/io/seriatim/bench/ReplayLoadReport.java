package io.seriatim.bench;

import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import org.HdrHistogram.Histogram;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was recorded, what came of it now, and whether that is the same: as lines and as JSON.
 */
final class ReplayLoadReport
{
    private static final double MILLISECOND_NS = 1e6;

    private final PrintWriter out;
    private final RecordedJournal recording;
    private final Path recorded;
    private final Map<String, Object> summary = new LinkedHashMap<>();

    ReplayLoadReport(final PrintWriter out, final RecordedJournal recording, final Path recorded)
    {
        this.out = out;
        this.recording = recording;
        this.recorded = recorded;
    }

    /** What the load is, so that others can tell whether they have the same. */
    void printRecording()
    {
        out.printf(
            Locale.ROOT, "recording    %,d entries in %,d shard(s): %,d commands in %,d requests, %,d created, %,d " +
            "refused; %,d expiries; %.3f s from the first to the last%n", recording.entryCount(),
            recording.shardCount(), recording.commandCount(), recording.requestCount(), recording.createdCount(),
            recording.refusedCount(), recording.expiryCount(), recording.durationNs() / 1e9);
        if (recording.cutCount() > 0)
        {
            out.printf(
                Locale.ROOT, "             %,d requests were cut by a crash, and are sent as far as they were " +
                "recorded%n", recording.cutCount());
        }
        for (int shard = 0; shard < recording.shardCount(); shard++)
        {
            final RecordedJournal.ShardRecording each = recording.shard(shard);
            out.printf("shard %-6d SHA-256 %s%n", shard, each.sha256Hex());
            out.printf("             tree: %s%n", each.treeHead());
            if (each.checkpoint() != null)
            {
                out.printf(
                    "             sealed: %s, size %d, root %s: the same tree%n", each.checkpoint().origin(),
                    each.checkpoint().size(), HexFormat.of().formatHex(each.checkpoint().root()));
            }
        }
        out.println(
            "             over all entries of the shard in their order, each from its SBE message header to its end;");
        out.println("             the tree is that of RFC 6962 over the same entries");
        out.println();
    }

    /**
     * Make sure that every event was answered as it was recorded.
     *
     * @throws BenchException if one was not; the first ones are printed before.
     */
    void requireSameOutcomes(final RecordedSubject engine)
    {
        if (engine.differenceCount() == 0 && engine.equalCount() == recording.commandCount())
        {
            return;
        }
        final Map<Integer, Map<Long, RecordedSubject.OutcomeDifference>> byShard = new TreeMap<>();
        engine.differences().forEach(difference ->
            byShard.computeIfAbsent(difference.shard(), shard -> new TreeMap<>())
                .put(difference.sequence(), difference));
        byShard.forEach(this::printDifferences);
        throw new BenchException(String.format(
            Locale.ROOT, "DIFFERENCE: %,d of %,d outcomes are not the recorded ones; the first %d are shown",
            recording.commandCount() - engine.equalCount(), recording.commandCount(), engine.differences().size()));
    }

    private void printDifferences(final int shard, final Map<Long, RecordedSubject.OutcomeDifference> differences)
    {
        final List<RecordedSubject.OutcomeDifference> left = new ArrayList<>(differences.values());
        new JournalEntries(recorded).read(shard, left.get(0).sequence(), (buffer, offset, length) ->
        {
            final RecordedSubject.OutcomeDifference next = left.get(0);
            if (Entries.sequence(buffer, offset) == next.sequence())
            {
                out.printf(
                    "DIFFERENCE   shard %d sequence %d: recorded %s, now %s%n             %s%n", shard,
                    next.sequence(), outcome(next, next.recorded()), outcome(next, next.actual()),
                    EntryText.line(buffer, offset));
                left.remove(0);
            }
            return !left.isEmpty();
        });
        out.flush();
    }

    private static String outcome(final RecordedSubject.OutcomeDifference difference, final int code)
    {
        return String.valueOf(difference.isTransfer() ? TransferOutcome.of(code) : AccountOutcome.of(code));
    }

    /**
     * Compare the entries of the new journal with the recorded ones.
     *
     * @param made       what the new journal holds.
     * @param isClockSet whether its timestamps have to be the recorded ones.
     * @return how they compare, in words.
     * @throws BenchException if they differ and nothing explains it.
     */
    String requireSameEntries(final RecordedJournal made, final boolean isClockSet)
    {
        if (made.createdCount() != recording.createdCount() || made.refusedCount() != recording.refusedCount() ||
            made.expiryCount() != recording.expiryCount())
        {
            throw new BenchException(
                "the new journal holds something else: created=" + made.createdCount() + ", refused=" +
                made.refusedCount() + ", expiries=" + made.expiryCount() + "; recorded: created=" +
                recording.createdCount() + ", refused=" + recording.refusedCount() + ", expiries=" +
                recording.expiryCount());
        }
        for (int shard = 0; shard < recording.shardCount(); shard++)
        {
            if (!made.shard(shard).sha256Hex().equals(recording.shard(shard).sha256Hex()))
            {
                return differenceExplained(shard, isClockSet);
            }
        }
        return "byte for byte the recorded ones, with the same hashes";
    }

    private String differenceExplained(final int shard, final boolean isClockSet)
    {
        final List<String> reasons = new ArrayList<>();
        if (!isClockSet)
        {
            reasons.add("timestamps are those of this run");
        }
        if (recording.cutCount() > 0)
        {
            reasons.add("requests that were cut are whole ones now");
        }
        if (recording.shard(shard).genesis().stateRootEvery() > 0)
        {
            reasons.add("state roots are not made");
        }
        if (reasons.isEmpty())
        {
            throw new BenchException(
                "the outcomes are the recorded ones, the entries are not: shard=" + shard + "; see seriatim diff");
        }
        return "other bytes than the recorded ones: " + String.join(", ", reasons);
    }

    /**
     * Keep what was measured.
     *
     * @param slice      of the run.
     * @param watch      that saw its answers.
     * @param before     the disk before.
     * @param after      the disk after.
     * @param others     cores that other processes took meanwhile.
     * @param waitedNs   how long the recording was not read as fast as it could have been sent.
     * @param isClockSet whether the engine's clock was set.
     */
    void keep(
        final Slice slice,
        final AnswerWatch watch,
        final DiskProbe.Result before,
        final DiskProbe.Result after,
        final double others,
        final long waitedNs,
        final boolean isClockSet)
    {
        final Histogram histogram = slice.histogram();
        final double seconds = slice.elapsedNs() / 1e9;
        summary.put("requests", slice.answeredCount());
        summary.put("seconds", seconds);
        summary.put("commandsPerSecond", recording.commandCount() / seconds);
        summary.put("requestsPerSecond", slice.answeredCount() / seconds);
        summary.put("p50Ms", ms(histogram, 50));
        summary.put("p99Ms", ms(histogram, 99));
        summary.put("p999Ms", ms(histogram, 99.9));
        summary.put("maxMs", slice.maxUs() / 1e3);
        summary.put("longestWithoutAnswerMs", watch.longestNs() / MILLISECOND_NS);
        summary.put("backPressuredRequests", slice.backPressuredCount());
        summary.put("lateRequests", slice.lateCount());
        summary.put("clockMoves", isClockSet ? recording.clockCount() : 0L);
        summary.put("waitedForRecordingSeconds", waitedNs / 1e9);
        summary.put("othersCores", others);
        summary.put("diskBeforeP50Us", Ratios.finite(before.p50Us()));
        summary.put("diskBeforeWorstUs", Ratios.finite(before.p99Us()));
        summary.put("diskAfterP50Us", Ratios.finite(after.p50Us()));
        summary.put("diskAfterWorstUs", Ratios.finite(after.p99Us()));
    }

    /**
     * Print it.
     *
     * @param entries how those of the new journal compare.
     */
    void print(final String entries)
    {
        out.printf(
            Locale.ROOT, "sent         %,d commands in %,d requests in %.3f s: %,.0f commands/s, %,.0f requests/s%n",
            recording.commandCount(), summary.get("requests"), summary.get("seconds"),
            summary.get("commandsPerSecond"), summary.get("requestsPerSecond"));
        out.printf(
            Locale.ROOT, "             back-pressured %,d, left over %d us late %,d; the clock was set %,d times; " +
            "waited %.3f s for the recording to be read%n", summary.get("backPressuredRequests"),
            OpenLoop.LATE_NS / 1_000, summary.get("lateRequests"), summary.get("clockMoves"),
            summary.get("waitedForRecordingSeconds"));
        out.printf(
            Locale.ROOT, "latency      p50 %.3f ms, p99 %.3f, p99.9 %.3f, longest %.3f; longest time without an " +
            "answer %.3f ms%n", summary.get("p50Ms"), summary.get("p99Ms"), summary.get("p999Ms"),
            summary.get("maxMs"), summary.get("longestWithoutAnswerMs"));
        out.printf(
            Locale.ROOT, "machine      others took %.1f cores; fdatasync p50/worst in us: before %.0f/%.0f, after " +
            "%.0f/%.0f%n", summary.get("othersCores"), summary.get("diskBeforeP50Us"),
            summary.get("diskBeforeWorstUs"), summary.get("diskAfterP50Us"), summary.get("diskAfterWorstUs"));
        out.printf("entries      %s%n", entries);
        final String checked = String.format(
            Locale.ROOT, "Checked: %,d outcomes and every balance as recorded, debits equal credits: no difference.",
            recording.commandCount());
        out.println(checked);
        summary.put("checked", checked);
    }

    private static double ms(final Histogram histogram, final double percentile)
    {
        return histogram.getValueAtPercentile(percentile) / MILLISECOND_NS;
    }

    /** The same for JSON. */
    Map<String, Object> toMap(
        final String title, final Map<String, String> environment, final String entries, final List<String> warnings)
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("scenario", "replay-load");
        map.put("title", title);
        map.put("environment", environment);
        map.put("batchCount", 1);
        map.put("sides", Map.of("engine", "engine"));
        map.put("pairs", List.of());
        map.put("warnings", warnings);
        map.put("recordedEntries", recording.entryCount());
        map.put("commands", recording.commandCount());
        map.put("created", recording.createdCount());
        map.put("refused", recording.refusedCount());
        map.put("expiries", recording.expiryCount());
        map.put("recordedSeconds", recording.durationNs() / 1e9);
        map.put("cutRequests", recording.cutCount());
        final List<Map<String, Object>> shards = new ArrayList<>();
        for (int shard = 0; shard < recording.shardCount(); shard++)
        {
            final RecordedJournal.ShardRecording each = recording.shard(shard);
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("shard", shard);
            row.put("sha256", each.sha256Hex());
            row.put("tree", each.treeHead());
            if (each.checkpoint() != null)
            {
                row.put("checkpointSize", each.checkpoint().size());
                row.put("checkpointRoot", HexFormat.of().formatHex(each.checkpoint().root()));
            }
            shards.add(row);
        }
        map.put("shards", shards);
        map.put("newEntries", entries);
        map.putAll(summary);
        return map;
    }
}
