package io.seriatim.tools;

import io.seriatim.replay.AuditReport;
import io.seriatim.replay.Difference;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.LedgerAudit;
import io.seriatim.replay.ShardAudit;
import io.seriatim.sealing.LogCheck;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The report of a replay as a page that needs nothing but itself.
 */
final class AuditPage
{
    private AuditPage()
    {
    }

    /**
     * The page.
     *
     * @param report of the replay.
     * @param logs   what became of the checkpoints of each shard that has some.
     * @return HTML.
     */
    static String of(final AuditReport report, final Map<Integer, LogCheck.Report> logs)
    {
        final boolean isGood = report.isClean() && logs.values().stream().allMatch(LogCheck.Report::isClean);
        final HtmlPage page = new HtmlPage("Replay of " + report.directory());
        page.verdict(isGood, isGood ? "Every entry is executed as it was recorded" +
            (logs.isEmpty() ? "." : ", and the entries are those that were signed.") :
            report.isDamaged() ? "REFUSED: a journal is damaged." : "DIFFERENT: see below.");
        page.fact("Entries", String.format(Locale.ROOT, "%,d", report.entryCount()));
        page.fact("Shards", Integer.toString(report.shards().size()));
        page.fact("Took", String.format(
            Locale.ROOT, "%.2f s, %,d entries a second", report.durationNs() / (double)TimeUnit.SECONDS.toNanos(1),
            report.entriesPerSecond()));
        page.fact("Engine at work", report.isLive() ? "yes: up to what was committed" : "no");
        report.journals().forEach(journal -> page.fact("Journal " + journal.journal(), journal.report()));
        report.shards().forEach(shard -> shard(page, shard, logs.get(shard.shard())));
        return page.toString();
    }

    private static void shard(final HtmlPage page, final ShardAudit shard, final LogCheck.Report log)
    {
        page.heading("Shard " + shard.shard());
        if (shard.genesis() != null)
        {
            page.fact("Log", shard.genesis().logUuid().toString());
            page.fact("Origin", shard.genesis().origin());
        }
        page.fact("Last sequence", Long.toString(shard.lastSequence()));
        page.fact("Newest entry", shard.lastTimestampNs() == 0 ? "-" : EntryText.time(shard.lastTimestampNs()));
        page.fact("State at the clean close", shard.mark() == null ? "nothing recorded" :
            shard.mark().isEqual() ? "agrees" : "DIFFERS");
        page.fact("Snapshots compared with", Long.toString(shard.snapshotCount()));
        if (shard.stateRootCount() > 0)
        {
            page.fact("State roots compared", shard.stateRootCount() + (shard.areStateRootsMade() ? "" :
                ", but for the roots over accounts: no key was given"));
        }
        checkpoints(page, log);
        page.table(List.of("Ledger", "Asset", "Accounts", "Debits posted", "Credits posted", "Debits pending",
            "Credits pending"));
        shard.ledgers().forEach(ledger -> page.row(
            ledger.ledger(), asset(shard, ledger), ledger.accountCount(), ledger.debitsPosted(),
            ledger.creditsPosted(), ledger.debitsPending(), ledger.creditsPending()));
        page.table(List.of("Count", "Command", "Outcome"));
        shard.accountOutcomes().forEach((label, count) -> page.row(count, "account", label));
        shard.transferOutcomes().forEach((label, count) -> page.row(count, "transfer", label));
        if (shard.differenceCount() > 0)
        {
            page.verdict(false, shard.differenceCount() + " differences, the first at sequence " +
                shard.differences().get(0).sequence());
            page.table(List.of("Sequence", "What", "Recorded", "Executed", "Accounts then"));
            for (final Difference difference : shard.differences())
            {
                page.row(
                    difference.sequence(), difference.what(), difference.recorded(), difference.executed(),
                    difference.accounts());
            }
        }
    }

    private static void checkpoints(final HtmlPage page, final LogCheck.Report log)
    {
        if (log == null)
        {
            page.fact("Checkpoints", "none: it was not sealed");
            return;
        }
        page.fact("Checkpoints that agree", Integer.toString(log.checkpointCount()));
        page.fact("Newest checkpoint", log.head().toString());
        if (log.firstBadCheckpoint() != null)
        {
            page.fact("First bad checkpoint", log.firstBadCheckpoint().toString());
        }
        page.fact("Provable", log.provable());
        log.findings().forEach(finding -> page.fact("DAMAGE", finding));
    }

    private static String asset(final ShardAudit shard, final LedgerAudit ledger)
    {
        return shard.definitions().stream().filter(definition -> definition.ledger() == ledger.ledger())
            .map(definition -> definition.assetCode() + ", scale " + definition.scale()).findFirst().orElse("-");
    }
}
