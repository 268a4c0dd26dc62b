package io.seriatim.ledger;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes a run of the index of ids out of entries, away from the shard: what the entries have added to the index and
 * what they have changed in it, and the marks of their timestamps. A run is written once. The runs from the first entry
 * on, one behind the other, are the index; two neighbours may be joined by putting the chunks of the first before those
 * of the second.
 * <p>
 * Shape: chunks, see {@link Chunks}: rows in the order of their entries, then one row of totals.<br>
 * Threads: confined to one.
 */
public final class IndexRunBuilder
{
    private static final int ROWS_PER_CHUNK = 2_048;

    private final ChunkHandler handler;
    private final UnsafeBuffer ids = chunk(Chunks.ID_ROW_LENGTH);
    private final UnsafeBuffer transferMarks = chunk(Chunks.MARK_ROW_LENGTH);
    private final UnsafeBuffer releaseMarks = chunk(Chunks.MARK_ROW_LENGTH);
    private final UnsafeBuffer totalsChunk = new UnsafeBuffer(new byte[Chunks.HEADER_LENGTH + IndexTotals.LENGTH]);
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ExpiryEntryDecoder expiry = new ExpiryEntryDecoder();
    private final StoredTransfer stored = new StoredTransfer();
    private int idCount;
    private int transferMarkCount;
    private int releaseMarkCount;

    private long storedCount;
    private long spentCount;
    private long timestampMaxNs;
    private long releaseCount;
    private long releaseTimestampMaxNs;
    private long firstContentSum;
    private long secondContentSum;
    private long transferMarkSequence;
    private long releaseMarkSequence;

    /**
     * A run that goes on where the one before it ended.
     *
     * @param before  totals of the runs before; {@link IndexTotals#NONE} if this is the first.
     * @param handler of the chunks.
     */
    public IndexRunBuilder(final IndexTotals before, final ChunkHandler handler)
    {
        this.handler = handler;
        storedCount = before.storedCount();
        spentCount = before.spentCount();
        timestampMaxNs = before.timestampMaxNs();
        releaseCount = before.releaseCount();
        releaseTimestampMaxNs = before.releaseTimestampMaxNs();
        firstContentSum = before.firstContentSum();
        secondContentSum = before.secondContentSum();
        transferMarkSequence = before.transferMarkSequence();
        releaseMarkSequence = before.releaseMarkSequence();
    }

    /**
     * Take the next entry.
     *
     * @param buffer holding it, final.
     * @param offset of its SBE header.
     */
    public void onEntry(final DirectBuffer buffer, final int offset)
    {
        header.wrap(buffer, offset);
        if (header.templateId() == ExpiryEntryDecoder.TEMPLATE_ID)
        {
            onExpiry(buffer, offset);
        }
        else if (StoredTransfer.isTransfer(buffer, offset))
        {
            onTransfer(buffer, offset);
        }
    }

    /**
     * The run is complete: hand out what is left of it.
     *
     * @return totals of this run and those before it.
     */
    public IndexTotals end()
    {
        flushIds();
        flushTransferMarks();
        flushReleaseMarks();
        final IndexTotals totals = new IndexTotals(
            storedCount, spentCount, timestampMaxNs, releaseCount, releaseTimestampMaxNs, firstContentSum,
            secondContentSum, transferMarkSequence, releaseMarkSequence);
        totals.encode(totalsChunk, Chunks.HEADER_LENGTH);
        handler.onChunk(totalsChunk, 0, Chunks.header(totalsChunk, 0, Chunks.TOTALS, 1));
        return totals;
    }

    private void onTransfer(final DirectBuffer buffer, final int offset)
    {
        final int outcome = buffer.getInt(offset + EntryWindow.OUTCOME_OFFSET);
        final long sequence = buffer.getLong(offset + EntryWindow.BODY_OFFSET);
        if (outcome == TransferOutcome.CREATED.code())
        {
            onCreated(stored.wrap(buffer, offset), sequence);
        }
        else if (TransferOutcome.of(outcome).isTransient())
        {
            final TransferRecordDecoder command = stored.wrap(buffer, offset).command();
            addId(command.idHigh(), command.idLow(), -sequence);
            spentCount++;
        }
    }

    private void onCreated(final StoredTransfer transfer, final long sequence)
    {
        final TransferRecordDecoder command = transfer.command();
        final int flags = transfer.flags();
        if (TransferFlags.isPostOrVoid(flags))
        {
            resolve(
                command.pendingIdHigh(), command.pendingIdLow(), transfer.pendingSequence(),
                TransferFlags.isVoid(flags) ? PendingState.VOIDED : PendingState.POSTED);
        }
        addId(
            command.idHigh(), command.idLow(), TransferIndex.valueOf(
                sequence, (flags & TransferFlags.PENDING) != 0 ? PendingState.PENDING : PendingState.NONE));
        storedCount++;
        timestampMaxNs = transfer.timestampNs();
        if (transferMarkSequence == 0 || sequence - transferMarkSequence >= TimestampMarks.DISTANCE)
        {
            transferMarkSequence = sequence;
            putMark(transferMarks, transferMarkCount++, timestampMaxNs, sequence);
            if (transferMarkCount == ROWS_PER_CHUNK)
            {
                flushTransferMarks();
            }
        }
    }

    private void onExpiry(final DirectBuffer buffer, final int offset)
    {
        expiry.wrap(
            buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        resolve(expiry.pendingIdHigh(), expiry.pendingIdLow(), expiry.pendingSequence(), PendingState.EXPIRED);
        releaseCount++;
        releaseTimestampMaxNs = expiry.timestampNs();
        final long sequence = expiry.sequence();
        if (releaseMarkSequence == 0 || sequence - releaseMarkSequence >= TimestampMarks.DISTANCE)
        {
            releaseMarkSequence = sequence;
            putMark(releaseMarks, releaseMarkCount++, releaseTimestampMaxNs, sequence);
            if (releaseMarkCount == ROWS_PER_CHUNK)
            {
                flushReleaseMarks();
            }
        }
    }

    /** A pending transfer gets another state: what it was in the index goes out of the sums. */
    private void resolve(final long idHigh, final long idLow, final long pendingSequence, final PendingState state)
    {
        final long before = TransferIndex.valueOf(pendingSequence, PendingState.PENDING);
        firstContentSum -= TransferIndex.contentOf(StateDigest.FIRST_SALT, idHigh, idLow, before);
        secondContentSum -= TransferIndex.contentOf(StateDigest.SECOND_SALT, idHigh, idLow, before);
        addId(idHigh, idLow, TransferIndex.valueOf(pendingSequence, state));
    }

    private void addId(final long idHigh, final long idLow, final long value)
    {
        firstContentSum += TransferIndex.contentOf(StateDigest.FIRST_SALT, idHigh, idLow, value);
        secondContentSum += TransferIndex.contentOf(StateDigest.SECOND_SALT, idHigh, idLow, value);
        final int row = Chunks.HEADER_LENGTH + idCount * Chunks.ID_ROW_LENGTH;
        ids.putLong(row, idHigh);
        ids.putLong(row + Long.BYTES, idLow);
        ids.putLong(row + 2 * Long.BYTES, value);
        idCount++;
        if (idCount == ROWS_PER_CHUNK)
        {
            flushIds();
        }
    }

    private static void putMark(
        final UnsafeBuffer marks, final int index, final long timestampNs, final long sequence)
    {
        final int row = Chunks.HEADER_LENGTH + index * Chunks.MARK_ROW_LENGTH;
        marks.putLong(row, timestampNs);
        marks.putLong(row + Long.BYTES, sequence);
    }

    private void flushIds()
    {
        flush(ids, Chunks.ID, idCount);
        idCount = 0;
    }

    private void flushTransferMarks()
    {
        flush(transferMarks, Chunks.TRANSFER_MARK, transferMarkCount);
        transferMarkCount = 0;
    }

    private void flushReleaseMarks()
    {
        flush(releaseMarks, Chunks.RELEASE_MARK, releaseMarkCount);
        releaseMarkCount = 0;
    }

    private void flush(final UnsafeBuffer rows, final int section, final int rowCount)
    {
        if (rowCount > 0)
        {
            handler.onChunk(rows, 0, Chunks.header(rows, 0, section, rowCount));
        }
    }

    private static UnsafeBuffer chunk(final int rowLength)
    {
        return new UnsafeBuffer(new byte[Chunks.HEADER_LENGTH + ROWS_PER_CHUNK * rowLength]);
    }
}
