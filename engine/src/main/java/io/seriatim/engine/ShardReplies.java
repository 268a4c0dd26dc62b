package io.seriatim.engine;

import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes what a shard replies into the places that the sessions have reserved, and hands each reply to the gate.
 * <p>
 * Cost: one copy of the rows; nothing is allocated.<br>
 * Threads: confined to the shard's thread.
 */
final class ShardReplies
{
    /** Keeps a reply until it may leave. */
    @FunctionalInterface
    interface Holder
    {
        /**
         * Hold a reply back until all that it could have seen is committed.
         *
         * @param slot     of the request.
         * @param replyEnd position behind it in the session's ring.
         */
        void hold(RequestRing.Slot slot, long replyEnd);
    }

    private final RequestRing ring;
    private final LedgerStateMachine stateMachine;
    private final ShardTime time;
    private final Holder holder;

    ShardReplies(
        final RequestRing ring, final LedgerStateMachine stateMachine, final ShardTime time, final Holder holder)
    {
        this.ring = ring;
        this.stateMachine = stateMachine;
        this.time = time;
        this.holder = holder;
    }

    /** Reply to commands: a row for each event. */
    void writeResults(final RequestRing.Slot slot)
    {
        final ReplyRing replyRing = slot.session.replies();
        final DirectBuffer results = stateMachine.results().buffer();
        replyRing.buffer().putBytes(
            replyRing.rowsOffset(slot.replyPosition), results, 0, slot.count * BatchResults.ROW_LENGTH);
        write(slot, slot.count, ReplyRing.ANSWERED);
    }

    /** Reply to a move of the clock. */
    void writeClock(final RequestRing.Slot slot)
    {
        final ReplyRing replyRing = slot.session.replies();
        final int rowOffset = replyRing.rowsOffset(slot.replyPosition);
        replyRing.buffer().putLong(rowOffset, time.clockNs());
        replyRing.buffer().putLong(rowOffset + Long.BYTES, time.expiredCount());
        write(slot, 1, ReplyRing.ANSWERED);
    }

    /** Refuse a move of the clock; the row says what would have done. */
    void refuseClock(final RequestRing.Slot slot)
    {
        final ReplyRing replyRing = slot.session.replies();
        replyRing.buffer().putLong(replyRing.rowsOffset(slot.replyPosition), time.earliestNs());
        write(slot, 0, ReplyRing.CLOCK_REFUSED);
    }

    /** Reply to a look-up: a row for each object that is found. */
    void writeRows(final long firstSlot, final RequestRing.Slot slot)
    {
        final ReplyRing replyRing = slot.session.replies();
        int rowOffset = replyRing.rowsOffset(slot.replyPosition);
        int foundCount = 0;
        for (int i = 0; i < slot.count; i++)
        {
            final int idOffset = ring.eventOffset(firstSlot + i);
            final long idHigh = ring.events().getLong(idOffset);
            final long idLow = ring.events().getLong(idOffset + Long.BYTES);
            if (readRow(slot.kind, idHigh, idLow, replyRing.buffer(), rowOffset))
            {
                rowOffset += slot.kind.rowLength();
                foundCount++;
            }
        }
        write(slot, foundCount, ReplyRing.ANSWERED);
    }

    private boolean readRow(
        final RequestKind kind,
        final long idHigh,
        final long idLow,
        final MutableDirectBuffer buffer,
        final int offset)
    {
        switch (kind)
        {
            case LOOKUP_ACCOUNTS:
                return stateMachine.readAccount(idHigh, idLow, buffer, offset);
            case LOOKUP_TRANSFERS:
                return stateMachine.readTransfer(idHigh, idLow, buffer, offset);
            case LOOKUP_LEDGERS:
                return stateMachine.readDefinitionOf((int)idLow, buffer, offset);
            default:
                buffer.putLong(offset, idHigh);
                buffer.putLong(offset + Long.BYTES, idLow);
                final int rowOffset = offset + 2 * Long.BYTES;
                return kind == RequestKind.LOOKUP_ACCOUNT_OUTCOMES ?
                    stateMachine.readOutcomeOfAccount(idHigh, idLow, buffer, rowOffset) :
                    stateMachine.readOutcomeOfTransfer(idHigh, idLow, buffer, rowOffset);
        }
    }

    /** Finish a reply whose rows are written. */
    void write(final RequestRing.Slot slot, final int count, final int status)
    {
        final ReplyRing replyRing = slot.session.replies();
        final int length = Reply.lengthMax(slot.kind, slot.count);
        replyRing.writeHead(
            slot.replyPosition, length, slot.kind, slot.requestId, stateMachine.nextSequence() - 1, count, status);
        holder.hold(slot, ReplyRing.end(slot.replyPosition, length));
    }
}
