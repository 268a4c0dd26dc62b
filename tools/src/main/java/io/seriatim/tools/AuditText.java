package io.seriatim.tools;

import io.seriatim.replay.AuditReport;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.Difference;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalAudit;
import io.seriatim.replay.LedgerAudit;
import io.seriatim.replay.MarkAudit;
import io.seriatim.replay.ShardAudit;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report of an audit, for people and for programs.
 */
final class AuditText
{
    private static final double NANOS_OF_A_SECOND = 1e9;
    private static final int DIGEST_SHOWN = 16;

    private AuditText()
    {
    }

    static void print(final AuditReport report, final PrintWriter out)
    {
        report.journals().forEach((journal) -> print(journal, out));
        for (final ShardAudit shard : report.shards())
        {
            final boolean isDamaged = report.journals().stream()
                .anyMatch((journal) -> journal.journal() == shard.journal() && journal.isDamaged());
            print(shard, isDamaged, out);
        }
        out.printf(
            Locale.ROOT, "%s: %,d entries in %d shard%s, %.2f s, %,d entries/s%n",
            report.directory(), report.entryCount(), report.shards().size(),
            report.shards().size() == 1 ? "" : "s", report.durationNs() / NANOS_OF_A_SECOND,
            report.entriesPerSecond());
        out.println(verdict(report));
    }

    private static void print(final JournalAudit journal, final PrintWriter out)
    {
        out.println((journal.isDamaged() ? "REFUSED: " : "") + journal.report());
        if (journal.tailLength() > 0)
        {
            out.printf(
                Locale.ROOT, "  unacknowledged tail: %,d bytes from position %d on were not read; the next start " +
                "saves them and cuts there%n", journal.tailLength(), journal.position());
        }
    }

    private static void print(final ShardAudit shard, final boolean isDamaged, final PrintWriter out)
    {
        out.printf(
            Locale.ROOT, "shard %d: %,d entries, %,d accounts, %,d transfers%s%s%n",
            shard.shard(), shard.nextSequence(), shard.accountCount(), shard.transferCount(),
            shard.pendingCount() == 0 ? "" : String.format(Locale.ROOT, ", %,d of them pending", shard.pendingCount()),
            shard.lastTimestampNs() == 0 ? "" : ", newest " + EntryText.time(shard.lastTimestampNs()));
        if (shard.genesis() != null)
        {
            out.println("  log " + shard.genesis().logUuid() + ", origin " + shard.genesis().origin());
        }
        shard.entryKinds().forEach((kind, count) ->
            out.printf(Locale.ROOT, "  entry    %-48s %,16d%n", kind, count));
        shard.accountOutcomes().forEach((label, count) ->
            out.printf(Locale.ROOT, "  account  %-48s %,16d%n", label, count));
        shard.transferOutcomes().forEach((label, count) ->
            out.printf(Locale.ROOT, "  transfer %-48s %,16d%n", label, count));
        if (shard.stateRootCount() > 0)
        {
            out.printf(
                Locale.ROOT, "  state roots: %,d, %s%n", shard.stateRootCount(), shard.areStateRootsMade() ?
                "made again and compared" :
                "compared but for those of the accounts, which are not made again as there is no --state-root-key");
        }
        for (final LedgerAudit ledger : shard.ledgers())
        {
            final boolean isPending = ledger.pendingCount() != 0 || ledger.debitsPending().signum() != 0 ||
                ledger.creditsPending().signum() != 0;
            out.printf(
                Locale.ROOT, "  ledger %d%s: %,d accounts, debits posted %s, credits posted %s%s%n",
                ledger.ledger(), definition(shard, ledger.ledger()), ledger.accountCount(), ledger.debitsPosted(),
                ledger.creditsPosted(),
                !isPending ? "" : ", debits pending " + ledger.debitsPending() + ", credits pending " +
                ledger.creditsPending() + ", transfers pending " + ledger.pendingCount());
        }
        shard.definitions().stream()
            .filter((definition) -> shard.ledgers().stream().noneMatch(
                (ledger) -> ledger.ledger() == definition.ledger()))
            .forEach((definition) -> out.println(
                "  ledger " + definition.ledger() + definition(shard, definition.ledger()) + ": no accounts"));
        out.println("  " + (isDamaged ? "what lies behind sequence " + shard.lastSequence() + " was not judged" :
            markLine(shard)));
        if (shard.snapshotCount() > 0)
        {
            out.printf(
                Locale.ROOT, "  snapshots: the state was compared with %,d of them%n", shard.snapshotCount());
        }
        shard.differences().forEach((difference) -> out.println("  DIFFERENCE " + difference));
        if (shard.differenceCount() > shard.differences().size())
        {
            out.printf(
                Locale.ROOT, "  ... and %,d more differences%n",
                shard.differenceCount() - shard.differences().size());
        }
    }

    private static String definition(final ShardAudit shard, final long ledger)
    {
        return shard.definitions().stream()
            .filter((definition) -> definition.ledger() == ledger)
            .map((definition) -> " (" + definition.assetCode() + ", scale " + definition.scale() + ")")
            .findFirst().orElse("");
    }

    private static String markLine(final ShardAudit shard)
    {
        final MarkAudit mark = shard.mark();
        if (mark == null)
        {
            return "no mark: nothing is recorded to compare the state with " +
                (shard.lastCloseSequence() < 0 ? "from the beginning on" :
                "behind the clean close at sequence " + shard.lastCloseSequence() + ", whose digest is not kept") +
                "; known to be forced up to sequence " +
                (shard.knownSequence() < 0 ? "(none)" : Long.toString(shard.knownSequence()));
        }
        final String digest = mark.recordedDigest().isEmpty() ? "no digest" :
            "digest " + mark.recordedDigest().substring(0, Math.min(DIGEST_SHOWN, mark.recordedDigest().length())) +
            "...";
        final String verdict = mark.isEqual() ? "agrees" : mark.executedDigest().isEmpty() ? "could not be checked" :
            "DIFFERS";
        return "clean close at sequence " + mark.sequence() + ": state " + digest + " " + verdict;
    }

    private static String verdict(final AuditReport report)
    {
        final String live = report.isLive() ?
            " (up to what was committed: an engine is running here)" : "";
        if (report.isDamaged())
        {
            return "REFUSED: a journal is damaged, see above" +
                (report.differenceCount() == 0 ? "; what could be read does not differ" :
                "; what could be read has differences: " + report.differenceCount());
        }
        if (!report.isClean())
        {
            final Difference first = report.shards().stream()
                .flatMap((shard) -> shard.differences().stream()).findFirst().orElseThrow();
            return String.format(
                Locale.ROOT, "DIFFERENT: %,d difference%s, first at shard %d sequence %d", report.differenceCount(),
                report.differenceCount() == 1 ? "" : "s", first.shard(), first.sequence()) + live;
        }
        return "verified: every entry is executed as it was recorded, and debits equal credits" + live;
    }

    static Map<String, Object> json(final AuditReport report)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("directory", report.directory().toString());
        json.put("result", report.isDamaged() ? "refused" : report.isClean() ? "clean" : "different");
        json.put("live", report.isLive());
        json.put("entry_count", Long.toString(report.entryCount()));
        json.put("difference_count", Long.toString(report.differenceCount()));
        json.put("duration_ns", Long.toString(report.durationNs()));
        json.put("entries_per_second", Long.toString(report.entriesPerSecond()));
        final List<Object> journals = new ArrayList<>();
        report.journals().forEach((journal) -> journals.add(json(journal)));
        json.put("journals", journals);
        final List<Object> shards = new ArrayList<>();
        report.shards().forEach((shard) -> shards.add(json(shard)));
        json.put("shards", shards);
        return json;
    }

    private static Map<String, Object> json(final JournalAudit journal)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("journal", journal.journal());
        json.put("verdict", journal.isDamaged() ? "refused" : journal.verdict().name().toLowerCase(Locale.ROOT));
        json.put("position", journal.isDamaged() ? null : Long.toString(journal.position()));
        json.put("tail_length", Long.toString(journal.tailLength()));
        json.put("unanchored", journal.isUnanchored());
        json.put("report", journal.report());
        return json;
    }

    private static Map<String, Object> json(final ShardAudit shard)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("shard", shard.shard());
        json.put("journal", shard.journal());
        json.put("log_uuid", shard.genesis() == null ? null : shard.genesis().logUuid().toString());
        json.put("origin", shard.genesis() == null ? null : shard.genesis().origin());
        json.put("last_sequence", Long.toString(shard.lastSequence()));
        json.put("executed_to_sequence", Long.toString(shard.replayedTo() - 1));
        json.put("last_timestamp_ns", Long.toString(shard.lastTimestampNs()));
        json.put("last_close_sequence", shard.lastCloseSequence() < 0 ? null :
            Long.toString(shard.lastCloseSequence()));
        json.put("known_sequence", shard.knownSequence() < 0 ? null : Long.toString(shard.knownSequence()));
        json.put("account_count", Long.toString(shard.accountCount()));
        json.put("transfer_count", Long.toString(shard.transferCount()));
        json.put("pending_count", Long.toString(shard.pendingCount()));
        json.put("entry_kinds", counts(shard.entryKinds()));
        json.put("state_root_count", Long.toString(shard.stateRootCount()));
        json.put("account_roots_compared", shard.stateRootCount() > 0 && shard.areStateRootsMade());
        json.put("account_outcomes", counts(shard.accountOutcomes()));
        json.put("transfer_outcomes", counts(shard.transferOutcomes()));
        final List<Object> ledgers = new ArrayList<>();
        shard.ledgers().forEach((ledger) -> ledgers.add(json(ledger)));
        json.put("ledgers", ledgers);
        final List<Object> definitions = new ArrayList<>();
        shard.definitions().forEach((definition) -> definitions.add(json(definition)));
        json.put("definitions", definitions);
        json.put("snapshots_compared", Long.toString(shard.snapshotCount()));
        json.put("mark", shard.mark() == null ? null : json(shard.mark()));
        json.put("difference_count", Long.toString(shard.differenceCount()));
        final List<Object> differences = new ArrayList<>();
        shard.differences().forEach((difference) -> differences.add(json(difference)));
        json.put("differences", differences);
        return json;
    }

    private static Map<String, String> counts(final Map<String, Long> counts)
    {
        final Map<String, String> json = new LinkedHashMap<>();
        counts.forEach((label, count) -> json.put(label, Long.toString(count)));
        return json;
    }

    private static Map<String, Object> json(final LedgerAudit ledger)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("ledger", ledger.ledger());
        json.put("account_count", Long.toString(ledger.accountCount()));
        json.put("last_ledger_sequence", Long.toString(ledger.lastLedgerSequence()));
        json.put("pending_count", Long.toString(ledger.pendingCount()));
        json.put("debits_pending", ledger.debitsPending().toString());
        json.put("debits_posted", ledger.debitsPosted().toString());
        json.put("credits_pending", ledger.creditsPending().toString());
        json.put("credits_posted", ledger.creditsPosted().toString());
        return json;
    }

    private static Map<String, Object> json(final DefinitionAudit definition)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("ledger", definition.ledger());
        json.put("asset_code", definition.assetCode());
        json.put("scale", definition.scale());
        return json;
    }

    private static Map<String, Object> json(final MarkAudit mark)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", "clean_close");
        json.put("sequence", Long.toString(mark.sequence()));
        json.put("recorded_digest", mark.recordedDigest());
        json.put("executed_digest", mark.executedDigest());
        json.put("equal", mark.isEqual());
        return json;
    }

    private static Map<String, Object> json(final Difference difference)
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequence", Long.toString(difference.sequence()));
        json.put("what", difference.what());
        json.put("recorded", difference.recorded());
        json.put("executed", difference.executed());
        json.put("accounts", difference.accounts());
        return json;
    }
}
