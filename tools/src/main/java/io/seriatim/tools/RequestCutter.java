package io.seriatim.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * Cuts a stream of rows into requests. A request ends when it is full, where {@code imported} changes, and at the end
 * of the stream; rows of different shards go into different requests. A chain of linked rows is never cut: what does
 * not fit begins the next request.
 * <p>
 * Order: of the rows of one shard, that of the stream.<br>
 * Cost: rows are exchanged, not copied; at most one request for each shard, and one more, is held.<br>
 * Threads: confined to one.
 *
 * @param <R> kind of row.
 */
final class RequestCutter<R extends Row>
{
    private static final int NONE = -1;

    private final RowSource<R> source;
    private final int countMax;
    private final int shardCount;
    private final IntUnaryOperator shardOfLedger;
    private final List<Request<R>> open = new ArrayList<>();

    private Request<R> handedOut;
    private R row;
    private boolean isRowWaiting;
    private boolean isAtEnd;
    private long rowCount;

    private int chainShard = NONE;
    private int chainIndex;
    private long chainLine;

    /**
     * Cuts rows for an engine.
     *
     * @param source        of the rows.
     * @param rowSupplier   makes an empty row.
     * @param countMax      rows of a request, above zero.
     * @param shardCount    above zero.
     * @param shardOfLedger from 0 to below the count of shards; not asked for ledger 0.
     */
    RequestCutter(
        final RowSource<R> source,
        final Supplier<R> rowSupplier,
        final int countMax,
        final int shardCount,
        final IntUnaryOperator shardOfLedger)
    {
        if (countMax <= 0 || shardCount <= 0)
        {
            throw new IllegalArgumentException(
                "a request must have room and a shard: countMax=" + countMax + ", shardCount=" + shardCount);
        }
        this.source = source;
        this.countMax = countMax;
        this.shardCount = shardCount;
        this.shardOfLedger = shardOfLedger;
        row = rowSupplier.get();
        for (int shard = 0; shard < shardCount; shard++)
        {
            open.add(new Request<>(rowSupplier, shard));
        }
        handedOut = new Request<>(rowSupplier, 0);
    }

    /**
     * The next request.
     *
     * @return valid until this is called again; null at the end of the stream.
     * @throws InputException if a row is wrong. What was handed out before stays good, and what was not
     * is lost: {@link #heldCount()} rows from line {@link #heldLine()} on.
     */
    Request<R> next()
    {
        while (!isAtEnd)
        {
            if (!isRowWaiting && !source.next(row))
            {
                isAtEnd = true;
                break;
            }
            isRowWaiting = true;
            final int shard = shardOf(row);
            final Request<R> request = open.get(shard);
            final int cut = cutBefore(row, request);
            if (cut > 0)
            {
                return handOut(shard, cut);
            }

            if (row.isLinked() && chainShard == NONE)
            {
                chainShard = shard;
                chainIndex = request.count();
                chainLine = row.line;
            }
            else if (!row.isLinked())
            {
                chainShard = NONE;
            }
            row = request.add(row);
            isRowWaiting = false;
            rowCount++;
            if (request.count() == countMax && chainShard == NONE)
            {
                return handOut(shard, countMax);
            }
        }
        return last();
    }

    /** How many rows of the open request have to go before the row can be added; 0 if it can be now. */
    private int cutBefore(final R next, final Request<R> request)
    {
        if (request.count() == 0)
        {
            return 0;
        }
        if (chainShard == NONE)
        {
            return request.count() == countMax || request.isImported() != next.isImported() ? request.count() : 0;
        }
        if (request.count() < countMax)
        {
            return 0;
        }
        if (chainIndex == 0)
        {
            throw InputException.ofLine(
                "the chain of linked rows that begins at line " + chainLine +
                " is longer than a request: found=more than " + countMax + ", allowed=" + countMax,
                source.name(), next.line);
        }
        return chainIndex;
    }

    private int shardOf(final R next)
    {
        if (shardCount == 1)
        {
            return 0;
        }
        if (next.ledger == 0)
        {
            throw InputException.ofField(
                "a row with ledger 0 has no shard", "0", "the number of a ledger, as there are " + shardCount +
                " shards", source.name(), next.line, "ledger");
        }
        final int shard = shardOfLedger.applyAsInt(next.ledger);
        if (chainShard != NONE && chainShard != shard)
        {
            throw InputException.ofField(
                "the chain of linked rows that begins at line " + chainLine + " on shard " + chainShard +
                " goes on on shard " + shard, Integer.toUnsignedString(next.ledger),
                "a ledger of shard " + chainShard, source.name(), next.line, "ledger");
        }
        return shard;
    }

    /** Hands out the first rows of a request and lets the rest begin the next one. */
    private Request<R> handOut(final int shard, final int count)
    {
        final Request<R> full = open.get(shard);
        handedOut.clear(shard);
        full.moveTo(handedOut, count);
        if (chainShard == shard)
        {
            chainIndex -= count;
        }
        open.set(shard, handedOut);
        handedOut = full;
        return full;
    }

    private Request<R> last()
    {
        for (int shard = 0; shard < shardCount; shard++)
        {
            final int count = open.get(shard).count();
            if (count > 0)
            {
                return handOut(shard, count);
            }
        }
        return null;
    }

    /** Rows read so far that were good in themselves. */
    long rowCount()
    {
        return rowCount;
    }

    /** Rows read but not handed out. */
    int heldCount()
    {
        return open.stream().mapToInt(Request::count).sum();
    }

    /** Line of the first row that was read but not handed out; 0 if there is none. */
    long heldLine()
    {
        return open.stream().filter(request -> request.count() > 0).mapToLong(Request::firstLine).min().orElse(0);
    }
}
