package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.BatchResults;
import org.agrona.DirectBuffer;

/**
 * The answer to one request, durable as the engine's policy has it. A flyweight over the session's reply ring: it is
 * good until the handler returns.
 */
public final class Reply
{
    private final AccountRecordDecoder account = new AccountRecordDecoder();
    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private DirectBuffer buffer;
    private int offset;
    private int rowsOffset;
    private RequestKind kind;
    private Shard shard;

    Reply wrap(final DirectBuffer newBuffer, final int newOffset, final Shard newShard)
    {
        shard = newShard;
        buffer = newBuffer;
        offset = newOffset;
        rowsOffset = newOffset + ReplyRing.HEAD_LENGTH;
        kind = RequestKind.of(buffer.getInt(offset + ReplyRing.KIND_OFFSET));
        return this;
    }

    /**
     * Which request this answers.
     *
     * @return what the session's claim returned.
     */
    public long requestId()
    {
        return buffer.getLong(offset + ReplyRing.REQUEST_ID_OFFSET);
    }

    /**
     * What the request asked for.
     *
     * @return kind of the request.
     */
    public RequestKind kind()
    {
        return kind;
    }

    /**
     * How many rows there are: one for each event of a create request, one for each object found by a look-up or a
     * query, as {@link QueryRows} lays them out; none if there is a {@link #refusal()}.
     *
     * @return a count, 0 or more.
     */
    public int count()
    {
        return buffer.getInt(offset + ReplyRing.COUNT_OFFSET);
    }

    /**
     * Whether the answer to a query has as many rows as there was room for, so that there may be more.
     *
     * @return true if no further row would have fitted.
     */
    public boolean isFull()
    {
        return count() == (buffer.getInt(offset) - ReplyRing.HEAD_LENGTH) / kind.rowLength();
    }

    /**
     * Why there is no answer: the read model has failed, a manual clock can not be moved like that, or no timestamps
     * are left for the request. Such a reply has no rows, also if the request has events: look here before the rows.
     *
     * @return the reason; null if the rows are the answer.
     */
    public LedgerException refusal()
    {
        final int status = buffer.getInt(offset + ReplyRing.STATUS_OFFSET);
        return status == ReplyRing.ANSWERED ? null :
            shard.refusal(status, status == ReplyRing.CLOCK_REFUSED ? buffer.getLong(rowsOffset) : 0);
    }

    /**
     * The reply is true of the state after this entry, and of no later one.
     *
     * @return sequence in the shard.
     */
    public long validAtSequence()
    {
        return buffer.getLong(offset + ReplyRing.VALID_AT_OFFSET);
    }

    /**
     * The outcome of an event of a create request.
     *
     * @param index of the event.
     * @return code, see {@link io.seriatim.ledger.AccountOutcome} and {@link io.seriatim.ledger.TransferOutcome}.
     */
    public int outcome(final int index)
    {
        return buffer.getInt(resultOffset(index) + BatchResults.OUTCOME_OFFSET);
    }

    /**
     * The timestamp that answers an event of a create request: of the object if it was created or there already, else
     * when the event was judged.
     *
     * @param index of the event.
     * @return timestamp in nanoseconds.
     */
    public long timestampNs(final int index)
    {
        return buffer.getLong(resultOffset(index) + BatchResults.TIMESTAMP_OFFSET);
    }

    /**
     * The sequence of the entry that records an event of a create request.
     *
     * @param index of the event.
     * @return sequence in the shard.
     */
    public long sequence(final int index)
    {
        return buffer.getLong(resultOffset(index) + BatchResults.SEQUENCE_OFFSET);
    }

    /**
     * The sequence of the entry that created the object that was there already, or that spent the id.
     *
     * @param index of the event.
     * @return sequence in the shard; 0 for other outcomes.
     */
    public long firstSequence(final int index)
    {
        return buffer.getLong(resultOffset(index) + BatchResults.FIRST_SEQUENCE_OFFSET);
    }

    /**
     * An account that was found.
     *
     * @param index of the row; those not found have none, so match by id.
     * @return flyweight that is good until the next call.
     */
    public AccountRecordDecoder account(final int index)
    {
        return account.wrap(buffer, rowOffset(index, index == 0, RequestKind.Row.ACCOUNT));
    }

    /**
     * A transfer that was found.
     *
     * @param index of the row; those not found have none, so match by id.
     * @return flyweight that is good until the next call.
     */
    public TransferRecordDecoder transfer(final int index)
    {
        return transfer.wrap(buffer, rowOffset(index, index > 0, RequestKind.Row.TRANSFER));
    }

    /**
     * The timestamp of a transfer that was found.
     *
     * @param index of the row.
     * @return timestamp in nanoseconds.
     */
    public long transferTimestampNs(final int index)
    {
        return buffer.getLong(
            rowOffset(index, index > 0, RequestKind.Row.TRANSFER) + TransferRecordDecoder.ENCODED_LENGTH);
    }

    /**
     * The bytes of the rows, which {@link QueryRows} lays out.
     *
     * @return buffer that {@link #rowOffset} points into.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * Where a row begins.
     *
     * @param index of the row.
     * @return offset in {@link #buffer()}.
     */
    public int rowOffset(final int index)
    {
        return rowsOffset + checked(index) * kind.rowLength();
    }

    static int lengthMax(final RequestKind kind, final int count)
    {
        return ReplyRing.HEAD_LENGTH + count * kind.rowLength();
    }

    private int resultOffset(final int index)
    {
        return rowOffset(index, false, RequestKind.Row.RESULT);
    }

    private int rowOffset(final int index, final boolean isItsPlace, final RequestKind.Row expected)
    {
        final RequestKind.Row row = kind.row();
        if (row != expected && !(row == RequestKind.Row.ACCOUNT_THEN_TRANSFERS && isItsPlace))
        {
            throw new IllegalStateException(
                "row " + index + " of a reply to " + kind + " is not of this sort: expected=" + expected + ", actual=" +
                row);
        }
        return rowOffset(index);
    }

    private int checked(final int index)
    {
        if (index < 0 || index >= count())
        {
            throw new IndexOutOfBoundsException("index=" + index + ", count=" + count());
        }
        return index;
    }
}
