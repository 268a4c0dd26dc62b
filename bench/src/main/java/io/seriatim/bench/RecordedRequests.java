package io.seriatim.bench;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.journal.Entries;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;

/**
 * Puts the entries of one shard together again as the requests that they came in, and finds the places at which a clock
 * has to be set for the engine to give each entry the time that it was recorded with, and to release what had expired
 * in front of the entry that it was released in front of.
 *
 * <pre>
 *  offset
 *    0   time of the request in nanoseconds: slot of its first event   int64
 *    8   template id of its entries, that of the ordinary transfers    int32
 *   12   events; 0 = the clock alone                                   int32
 *   16   times that the clock is set to before it                      int32
 *   20   nothing                                                       int32
 *   24   these times in nanoseconds                                    int64 each
 *        the entries, as recorded
 * </pre>
 *
 * Threads: confined to one.
 */
final class RecordedRequests
{
    static final int TIME_OFFSET = 0;
    static final int TEMPLATE_OFFSET = 8;
    static final int COUNT_OFFSET = 12;
    static final int CLOCK_COUNT_OFFSET = 16;
    static final int CLOCKS_OFFSET = 24;

    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int ENTRY_TIME_OFFSET = BODY_OFFSET + TransferEntryDecoder.timestampNsEncodingOffset();
    private static final int BATCH_INDEX_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchIndexEncodingOffset();
    private static final int BATCH_COUNT_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchCountEncodingOffset();
    private static final int OUTCOME_OFFSET = BODY_OFFSET + TransferEntryDecoder.outcomeEncodingOffset();

    /** Takes the requests of a shard in their order. */
    @FunctionalInterface
    interface Taker
    {
        /**
         * A request.
         *
         * @param shard  that it is of.
         * @param buffer holding it from 0 on, until the method returns.
         * @param length in bytes.
         */
        void onRequest(int shard, DirectBuffer buffer, int length);
    }

    private final int shard;
    private final boolean isClockSet;
    private final Taker taker;
    private final MutableDirectBuffer entries = new ExpandableArrayBuffer();
    private final MutableDirectBuffer message = new ExpandableArrayBuffer();
    private final LongArrayList clocks = new LongArrayList();
    private int entriesLength;
    private int count;
    private int batchCount;
    private int kind;
    private long timeNs;
    private long previousNs;
    private long clockNs;
    private long requestCount;
    private long clockCount;
    private long cutCount;

    /**
     * Nothing yet.
     *
     * @param shard      whose entries will come.
     * @param isClockSet whether the engine has a clock that is set.
     * @param taker      of the requests.
     */
    RecordedRequests(final int shard, final boolean isClockSet, final Taker taker)
    {
        this.shard = shard;
        this.isClockSet = isClockSet;
        this.taker = taker;
    }

    /** What became of the command of an entry. */
    static int outcome(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset + OUTCOME_OFFSET);
    }

    /** Whether an entry holds a command: others follow from commands and the time. */
    static boolean isCommand(final int templateId)
    {
        return isTransfer(templateId) || templateId == AccountEntryDecoder.TEMPLATE_ID ||
            templateId == LedgerDefinitionEntryDecoder.TEMPLATE_ID;
    }

    static boolean isTransfer(final int templateId)
    {
        return templateId == TransferEntryDecoder.TEMPLATE_ID ||
            templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    /** Take the next entry of the shard. */
    void onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        final int templateId = Entries.templateId(buffer, offset);
        if (isCommand(templateId))
        {
            onCommand(buffer, offset, length, isTransfer(templateId) ? TransferEntryDecoder.TEMPLATE_ID : templateId);
        }
        else if (templateId == ExpiryEntryDecoder.TEMPLATE_ID)
        {
            onExpiry(buffer.getLong(offset + ENTRY_TIME_OFFSET));
        }
    }

    /** There are no more entries. */
    void finish()
    {
        endRequest();
        if (!clocks.isEmpty())
        {
            timeNs = clocks.getLong(clocks.size() - 1);
            emit();
        }
    }

    long requestCount()
    {
        return requestCount;
    }

    /** How often the clock is set. */
    long clockCount()
    {
        return clockCount;
    }

    /** Requests whose last events never reached the journal, as the process ended. */
    long cutCount()
    {
        return cutCount;
    }

    private void onCommand(final DirectBuffer buffer, final int offset, final int length, final int newKind)
    {
        final int index = buffer.getShort(offset + BATCH_INDEX_OFFSET) & 0xFFFF;
        if (count > 0 && (index != count || newKind != kind))
        {
            endRequest();
        }
        final long slotNs = buffer.getLong(offset + ENTRY_TIME_OFFSET);
        if (count == 0)
        {
            timeNs = slotNs;
            kind = newKind;
            batchCount = buffer.getShort(offset + BATCH_COUNT_OFFSET) & 0xFFFF;
            if (index != 0)
            {
                throw new BenchException(
                    "a request begins in its middle: shard=" + shard + ", sequence=" +
                    Entries.sequence(buffer, offset) + ", batchIndex=" + index + "; see seriatim verify");
            }
            setClock(slotNs - 1);
        }
        entries.putBytes(entriesLength, buffer, offset, length);
        entriesLength += length;
        count++;
        previousNs = slotNs;
        if (count == batchCount)
        {
            endRequest();
        }
    }

    /** What is due at one time gets the timestamps behind it, one after the other. */
    private void onExpiry(final long slotNs)
    {
        endRequest();
        if (slotNs != previousNs + 1)
        {
            setClock(slotNs - 1);
        }
        previousNs = slotNs;
    }

    /** An engine goes on behind its last timestamp, or with its clock if that is later. */
    private void setClock(final long fromNs)
    {
        if (isClockSet && fromNs > Math.max(previousNs + 1, clockNs))
        {
            clockNs = fromNs;
            clocks.addLong(fromNs);
        }
    }

    private void endRequest()
    {
        if (count > 0)
        {
            cutCount += count < batchCount ? 1 : 0;
            requestCount++;
            emit();
        }
    }

    private void emit()
    {
        message.putLong(TIME_OFFSET, timeNs);
        message.putInt(TEMPLATE_OFFSET, kind);
        message.putInt(COUNT_OFFSET, count);
        message.putInt(CLOCK_COUNT_OFFSET, clocks.size());
        int length = CLOCKS_OFFSET;
        for (int i = 0; i < clocks.size(); i++)
        {
            message.putLong(length, clocks.getLong(i));
            length += Long.BYTES;
        }
        message.putBytes(length, entries, 0, entriesLength);
        length += entriesLength;
        clockCount += clocks.size();
        clocks.clear();
        entriesLength = 0;
        count = 0;
        taker.onRequest(shard, message, length);
    }
}
