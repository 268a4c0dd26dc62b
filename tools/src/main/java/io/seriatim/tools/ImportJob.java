package io.seriatim.tools;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerTotals;
import io.seriatim.journal.Durability;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * An import into a running engine, and what is told of it: how fast, what became of the rows, how long a commit took,
 * and the balances that came out.
 * <p>
 * Threads: confined to one.
 */
final class ImportJob
{
    private static final int DIFFERENCES_SHOWN_MAX = 10;

    private final Durability durability;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Progress.Mode mode;
    private final Importer importer;
    private final LedgerImporter ledgerImporter;

    /** Imports something. */
    @FunctionalInterface
    private interface Step
    {
        void run(Progress progress);
    }

    /**
     * Nothing is imported yet.
     *
     * @param engine     that is running.
     * @param durability that it runs under.
     * @param out        where what is found is told.
     * @param err        where progress is told.
     * @param mode       of progress.
     */
    ImportJob(
        final LedgerEngine engine,
        final Durability durability,
        final PrintWriter out,
        final PrintWriter err,
        final Progress.Mode mode)
    {
        this.durability = durability;
        this.out = out;
        this.err = err;
        this.mode = mode;
        ledgerImporter = new LedgerImporter(engine);
        importer = new Importer(new EngineImportTarget(engine), System::nanoTime);
    }

    /** Defines ledgers and tells how many were not defined so before. */
    void ledgers(final List<LedgerRows.Definition> rows)
    {
        final long startNs = System.nanoTime();
        ledgerImporter.define(rows);
        summarise("ledgers", ledgerImporter.counts(), System.nanoTime() - startNs);
    }

    /** Imports accounts and tells what became of them, also if one of them is wrong. */
    void accounts(final ImportInput<AccountRow> input)
    {
        run("accounts", input, importer.accountCounts(),
            progress -> importer.accounts(input.rows(), count -> progress.advanceTo(input.done(count))));
    }

    /** Imports transfers and tells what became of them, also if one of them is wrong. */
    void transfers(final ImportInput<TransferRow> input)
    {
        run("transfers", input, importer.transferCounts(),
            progress -> importer.transfers(input.rows(), count -> progress.advanceTo(input.done(count))));
    }

    private void run(final String what, final ImportInput<?> input, final OutcomeCounts counts, final Step step)
    {
        final long startNs = System.nanoTime();
        try (Progress progress = new Progress(what, input.unit(), input.total(), mode, err, System::nanoTime))
        {
            step.run(progress);
        }
        finally
        {
            summarise(what, counts, System.nanoTime() - startNs);
        }
    }

    private void summarise(final String what, final OutcomeCounts counts, final long elapsedNs)
    {
        out.printf(Locale.ROOT, "%s: %,d in %.2f s, %,d %s/s, %s%n",
            what, counts.total(), elapsedNs / 1e9, Progress.perSecond(counts.total(), elapsedNs), what,
            promise(durability));
        for (final Map.Entry<String, OutcomeCounts.Outcome> entry : counts.outcomes().entrySet())
        {
            final OutcomeCounts.Outcome outcome = entry.getValue();
            out.printf(Locale.ROOT, "  %-44s %,14d%s%n", entry.getKey(), outcome.count(),
                OutcomeCounts.isRefusal(entry.getKey()) ? "   first in line " + outcome.firstLine() : "");
        }
        out.flush();
    }

    /** What an answer means under a policy, with its name, for every sentence that has a figure in it. */
    static String promise(final Durability durability)
    {
        switch (durability)
        {
            case FSYNC:
                return "each answered only once it was forced to the disk (FSYNC)";

            case OS:
                return "each answered once it was in the page cache, which no power cut survives (OS)";

            default:
                return "each kept in memory only, nothing survives (MEMORY)";
        }
    }

    /** How long requests took, from the hand-over to the durable reply. */
    void latencies()
    {
        final Histogram latenciesNs = importer.latenciesNs();
        if (latenciesNs.getTotalCount() == 0)
        {
            return;
        }
        out.printf(Locale.ROOT, "commit latency under %s of %,d requests of up to %,d rows: " +
            "p50 %s, p99 %s, p99.9 %s, max %s%n",
            durability, latenciesNs.getTotalCount(), importer.requestCountMax(),
            millis(latenciesNs.getValueAtPercentile(50)), millis(latenciesNs.getValueAtPercentile(99)),
            millis(latenciesNs.getValueAtPercentile(99.9)), millis(latenciesNs.getMaxValue()));
        out.flush();
    }

    private static String grouped(final BigInteger amount)
    {
        return String.format(Locale.ROOT, "%,d", amount);
    }

    private static String millis(final long ns)
    {
        return String.format(Locale.ROOT, "%.2f ms", ns / 1e6);
    }

    /**
     * Prints the trial balance of the whole engine: every account of every ledger, not only those of this import.
     *
     * @return true if debits equal credits in every ledger.
     */
    static boolean trialBalance(final LedgerEngine engine, final PrintWriter out)
    {
        final List<LedgerTotals> lines = engine.trialBalance();
        final boolean isPending = lines.stream()
            .anyMatch(line -> line.debitsPending().signum() != 0 || line.creditsPending().signum() != 0);
        out.println("trial balance, all accounts of each ledger:");
        final List<RecordOutput.Field> fields = new ArrayList<>(List.of(
            RecordOutput.Field.number("ledger"), RecordOutput.Field.number("shard"),
            RecordOutput.Field.number("accounts"), RecordOutput.Field.number("debits posted"),
            RecordOutput.Field.number("credits posted")));
        if (isPending)
        {
            fields.add(RecordOutput.Field.number("debits pending"));
            fields.add(RecordOutput.Field.number("credits pending"));
        }
        fields.add(RecordOutput.Field.text("equal"));
        try (RecordOutput table = new RecordOutput(
            RecordOutput.Format.TABLE, out, fields.toArray(new RecordOutput.Field[0])))
        {
            for (final LedgerTotals line : lines)
            {
                final List<Object> values = new ArrayList<>(List.of(
                    Integer.toUnsignedString(line.ledger()), line.shard(), Progress.grouped(line.accountCount()),
                    grouped(line.debitsPosted()), grouped(line.creditsPosted())));
                if (isPending)
                {
                    values.add(grouped(line.debitsPending()));
                    values.add(grouped(line.creditsPending()));
                }
                values.add(line.isEqual() ? "yes" : "NO");
                table.record(values.toArray());
            }
        }
        return lines.stream().allMatch(LedgerTotals::isEqual);
    }

    /**
     * Compares balances and prints the first differences.
     *
     * @return true if there are none.
     */
    static boolean compare(final LedgerEngine engine, final BalanceSource expected, final PrintWriter out)
    {
        return compare(new EngineBalances(engine), expected, out);
    }

    /**
     * Compares balances and prints the first differences.
     *
     * @return true if there are none.
     */
    static boolean compare(final BalanceLookup actual, final BalanceSource expected, final PrintWriter out)
    {
        final BalanceExpectations expectations = new BalanceExpectations(expected, DIFFERENCES_SHOWN_MAX);
        final long differenceCount = expectations.compare(actual);
        if (differenceCount == 0)
        {
            out.printf(Locale.ROOT, "balances: all %,d accounts are as expected%n", expectations.accountCount());
        }
        else
        {
            out.printf(Locale.ROOT, "balances: %,d of %,d accounts are NOT as expected%s%n",
                differenceCount, expectations.accountCount(),
                differenceCount > DIFFERENCES_SHOWN_MAX ? ", the first of them:" : ":");
            expectations.differences().forEach(difference -> out.println("  " + difference));
        }
        out.flush();
        return differenceCount == 0;
    }

    OutcomeCounts accountCounts()
    {
        return importer.accountCounts();
    }

    OutcomeCounts transferCounts()
    {
        return importer.transferCounts();
    }

    /** Rows that neither made something nor were there before. */
    long refusedCount()
    {
        return accountCounts().refused() + transferCounts().refused();
    }
}
