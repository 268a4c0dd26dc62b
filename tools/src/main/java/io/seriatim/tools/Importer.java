package io.seriatim.tools;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * Brings rows into an engine as fast as it takes them, counts what became of them, and measures how long each request
 * took from the hand-over to its durable reply.
 * <p>
 * Requests overlap, but accounts are all committed before the first transfer is handed over.<br>
 * Bad input: what was handed over before it is committed and counted; the error says so.<br>
 * Threads: confined to one.
 */
final class Importer
{
    private static final int LATENCY_DIGITS = 3;

    private final ImportTarget target;
    private final LongSupplier clockNs;
    private final Histogram latenciesNs = new Histogram(LATENCY_DIGITS);
    private final Map<Long, InFlight> inFlight = new HashMap<>();
    private final OutcomeCounts accountCounts = new OutcomeCounts();
    private final OutcomeCounts transferCounts = new OutcomeCounts();
    private int requestCountMax;

    /** A request whose reply has not come. */
    private record InFlight(long[] lines, long startNs)
    {
    }

    /**
     * An importer.
     *
     * @param target  that takes the rows.
     * @param clockNs monotonic.
     */
    Importer(final ImportTarget target, final LongSupplier clockNs)
    {
        this.target = target;
        this.clockNs = clockNs;
    }

    /**
     * Imports accounts until all are committed.
     *
     * @param source   of the rows.
     * @param progress told after each request how many rows have been read.
     * @throws InputException if a row is wrong.
     */
    void accounts(final RowSource<AccountRow> source, final LongConsumer progress)
    {
        run(source, AccountRow::new, target::offerAccounts, accountCounts, progress);
    }

    /**
     * Imports transfers until all are committed.
     *
     * @param source   of the rows.
     * @param progress told after each request how many rows have been read.
     * @throws InputException if a row is wrong.
     */
    void transfers(final RowSource<TransferRow> source, final LongConsumer progress)
    {
        run(source, TransferRow::new, target::offerTransfers, transferCounts, progress);
    }

    private <R extends Row> void run(
        final RowSource<R> source,
        final Supplier<R> rowSupplier,
        final ToLongFunction<Request<R>> offer,
        final OutcomeCounts counts,
        final LongConsumer progress)
    {
        final RequestCutter<R> cutter = new RequestCutter<>(
            source, rowSupplier, target.batchCountMax(), target.shardCount(), target::shardOf);
        final ImportTarget.ReplyHandler handler = (requestId, outcomes) -> onReply(requestId, outcomes, counts);
        InputException error = null;
        try
        {
            Request<R> request;
            while ((request = cutter.next()) != null)
            {
                handOver(request, offer, handler);
                progress.accept(cutter.rowCount());
            }
        }
        catch (final InputException e)
        {
            error = e;
        }
        while (!inFlight.isEmpty())
        {
            target.idle(target.poll(handler));
        }
        if (error != null)
        {
            throw error.withRest("applied: " + counts.total() + " rows; read but not applied: " +
                cutter.heldCount() + (cutter.heldCount() == 0 ? "" : ", the first in line " + cutter.heldLine()) +
                "; not read: all after it");
        }
    }

    private <R extends Row> void handOver(
        final Request<R> request, final ToLongFunction<Request<R>> offer, final ImportTarget.ReplyHandler handler)
    {
        requestCountMax = Math.max(requestCountMax, request.count());
        final long[] lines = new long[request.count()];
        for (int i = 0; i < lines.length; i++)
        {
            lines[i] = request.row(i).line;
        }
        final long startNs = clockNs.getAsLong();
        long requestId;
        while ((requestId = offer.applyAsLong(request)) == ImportTarget.BACK_PRESSURED)
        {
            target.idle(target.poll(handler));
        }
        inFlight.put(requestId, new InFlight(lines, startNs));
        target.poll(handler);
    }

    private void onReply(final long requestId, final ImportTarget.Outcomes outcomes, final OutcomeCounts counts)
    {
        final InFlight request = inFlight.remove(requestId);
        if (request == null)
        {
            throw new IllegalStateException("a reply to no request: requestId=" + requestId);
        }
        latenciesNs.recordValue(Math.max(0, clockNs.getAsLong() - request.startNs()));
        for (int i = 0; i < request.lines().length; i++)
        {
            counts.count(outcomes.name(i), request.lines()[i]);
        }
    }

    OutcomeCounts accountCounts()
    {
        return accountCounts;
    }

    OutcomeCounts transferCounts()
    {
        return transferCounts;
    }

    /** From the first attempt to hand a request over to its reply, so waiting for room counts too. */
    Histogram latenciesNs()
    {
        return latenciesNs;
    }

    /** Rows of the longest request so far. */
    int requestCountMax()
    {
        return requestCountMax;
    }
}
