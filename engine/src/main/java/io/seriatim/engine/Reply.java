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

    Reply wrap(final DirectBuffer newBuffer, final int newOffset)
    {
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
     * How many rows there are: one for each event of a create request, one for each object found by a look-up.
     *
     * @return a count, 0 or more.
     */
    public int count()
    {
        return buffer.getInt(offset + ReplyRing.COUNT_OFFSET);
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
        return account.wrap(buffer, recordOffset(index, RequestKind.LOOKUP_ACCOUNTS));
    }

    /**
     * A transfer that was found.
     *
     * @param index of the row; those not found have none, so match by id.
     * @return flyweight that is good until the next call.
     */
    public TransferRecordDecoder transfer(final int index)
    {
        return transfer.wrap(buffer, recordOffset(index, RequestKind.LOOKUP_TRANSFERS));
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
            recordOffset(index, RequestKind.LOOKUP_TRANSFERS) + TransferRecordDecoder.ENCODED_LENGTH);
    }

    static int lengthMax(final RequestKind kind, final int count)
    {
        return ReplyRing.HEAD_LENGTH + count * (kind.isCreate() ? BatchResults.ROW_LENGTH : RequestRing.EVENT_LENGTH);
    }

    private int resultOffset(final int index)
    {
        if (!kind.isCreate())
        {
            throw new IllegalStateException("a reply to " + kind + " has no outcomes");
        }
        return rowsOffset + checked(index) * BatchResults.ROW_LENGTH;
    }

    private int recordOffset(final int index, final RequestKind expected)
    {
        if (kind != expected)
        {
            throw new IllegalStateException("a reply to " + kind + " is not one to " + expected);
        }
        return rowsOffset + checked(index) * RequestRing.EVENT_LENGTH;
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
