package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads an entry back: where it lies in the window, or a copy of it once it has left the window.
 * <p>
 * Cost: nothing while the entry is in the window, or if it is the one that was copied last; else one
 * {@link TransferRecords#read}. Nothing is allocated.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class EntryReader
{
    private final EntryWindow window;
    private final TransferRecords records;
    /** Sequence of the entry that was copied last; no entry has this one. */
    private long copiedSequence = -1;
    private final MutableDirectBuffer copy = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);
    private DirectBuffer buffer;
    private int offset;

    EntryReader(final EntryWindow window, final TransferRecords records)
    {
        this.window = window;
        this.records = records;
    }

    /** Read an entry; it is good until the next call, and while one more entry is written. */
    EntryReader read(final long sequence)
    {
        if (window.contains(sequence))
        {
            buffer = window.buffer();
            offset = window.offset(sequence);
        }
        else
        {
            if (sequence != copiedSequence)
            {
                copiedSequence = -1;
                records.read(sequence, copy, 0);
                copiedSequence = sequence;
            }
            buffer = copy;
            offset = 0;
        }
        return this;
    }

    /** Buffer that holds the entry. */
    DirectBuffer buffer()
    {
        return buffer;
    }

    /** Offset of the entry's SBE header in the {@link #buffer()}. */
    int offset()
    {
        return offset;
    }

    int templateId()
    {
        return buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset()) & 0xFFFF;
    }

    /** Slot of the entry, in nanoseconds; all that the state machine writes have it in one place but state roots. */
    long slotNs()
    {
        return buffer.getLong(offset + EntryWindow.TIMESTAMP_OFFSET);
    }

    /** Code of the outcome that the entry of a command holds. */
    int outcomeCode()
    {
        return buffer.getInt(offset + EntryWindow.OUTCOME_OFFSET);
    }

    /** Whether it is the entry of a command to create an account. */
    boolean isOfAccount()
    {
        return templateId() == AccountEntryDecoder.TEMPLATE_ID;
    }

    /** Whether it is the entry of a command to create a transfer. */
    boolean isOfTransfer()
    {
        return templateId() == TransferEntryDecoder.TEMPLATE_ID ||
            templateId() == ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    /** High half of the id that the entry of an account or transfer names. */
    long idHigh()
    {
        return buffer.getLong(offset + EntryWindow.RECORD_OFFSET + TransferRecordDecoder.idHighEncodingOffset());
    }

    /** Low half of the id that the entry of an account or transfer names. */
    long idLow()
    {
        return buffer.getLong(offset + EntryWindow.RECORD_OFFSET + TransferRecordDecoder.idLowEncodingOffset());
    }
}
