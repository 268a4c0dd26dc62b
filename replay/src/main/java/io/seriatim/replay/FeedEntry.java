package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A committed entry that a feed hands out, and its place among those in flight.
 * <p>
 * Shape: a copy of the entry, little-endian, with its SBE header; the place is used again once the entry is done.<br>
 * Cost: nothing is allocated for an entry, but a completion if it is deferred.<br>
 * Threads: the feed's thread fills it, one worker at a time handles it. Who keeps it beyond that sees another entry.
 */
public final class FeedEntry
{
    /** No entry. */
    public static final long NO_SEQUENCE = -1;

    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int LEDGER_SEQUENCE_OFFSET = BODY_OFFSET + TransferEntryDecoder.ledgerSequenceEncodingOffset();
    private static final int TIMESTAMP_OFFSET = BODY_OFFSET + TransferEntryDecoder.timestampNsEncodingOffset();
    private static final int OUTCOME_OFFSET = BODY_OFFSET + TransferEntryDecoder.outcomeEncodingOffset();
    private static final int RECORD_OFFSET = BODY_OFFSET + TransferEntryDecoder.transferEncodingOffset();

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);
    private final FeedAgent agent;
    private int length;
    private int shard;
    private long sequence;
    private long groupPosition;
    private long previousDebitSequence;
    private long previousCreditSequence;
    private EntryKind kind;
    private boolean isExtended;
    private int attempt;

    // The feed's thread.
    final long[] keys;
    final FeedEntry[] successors;
    int keyCount;
    int waitingForCount;
    boolean isFinished;
    boolean isLeftOpen;
    long dueNs;

    // Handed from worker to feed.
    Completion deferral;
    Throwable failure;
    boolean isLastOfBatch;

    /** When its handling began, and when it was over; told only if the feed counts. */
    long beganNs;
    long endedNs;
    FeedWorker worker;

    FeedEntry(final FeedAgent agent, final int keyCountMax)
    {
        this.agent = agent;
        keys = new long[keyCountMax];
        successors = new FeedEntry[keyCountMax];
    }

    /** Fill the place with the entry that a follower stands at. */
    void fill(final JournalFollower follower)
    {
        length = follower.length();
        if (length > buffer.capacity())
        {
            buffer.wrap(new byte[length]);
        }
        buffer.putBytes(0, follower.buffer(), follower.offset(), length);
        shard = follower.shard();
        sequence = follower.sequence();
        groupPosition = follower.groupPosition();
        previousDebitSequence = NO_SEQUENCE;
        previousCreditSequence = NO_SEQUENCE;
        final int templateId = Entries.templateId(buffer, 0);
        kind = EntryKind.of(templateId);
        isExtended = templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
        attempt = 0;
        isFinished = false;
        isLeftOpen = false;
        keyCount = 0;
        waitingForCount = 0;
        failure = null;
        deferral = null;
    }

    /** Where the first frame of its group lies. */
    long groupPosition()
    {
        return groupPosition;
    }

    void previous(final long debitSequence, final long creditSequence)
    {
        previousDebitSequence = debitSequence;
        previousCreditSequence = creditSequence;
    }

    /**
     * The entry before this one, among those that this feed hands out, that names the account debited or created: who
     * has not seen it has missed something. Only if the feed keeps it, see {@link FeedConfig#isHistoryKept}.
     *
     * @return sequence of that entry in the same shard; {@link #NO_SEQUENCE} if there is none.
     */
    public long previousDebitSequence()
    {
        return previousDebitSequence;
    }

    /**
     * Likewise for the account credited.
     *
     * @return sequence of that entry; {@link #NO_SEQUENCE} if there is none.
     */
    public long previousCreditSequence()
    {
        return previousCreditSequence;
    }

    /** One of its keys; the same one twice counts once. */
    void addKey(final long high, final long low)
    {
        final long key = KeyOrder.hash(high, low);
        for (int i = 0; i < keyCount; i++)
        {
            if (keys[i] == key)
            {
                return;
            }
        }
        if (keyCount == keys.length)
        {
            throw new FeedException(
                "an entry has more keys than FeedConfig.keyCountMax allows: allowed=" + keys.length + ", " + this,
                null);
        }
        keys[keyCount] = key;
        keyCount++;
    }

    /** It is given to a handler, for the first time or again. */
    void begin()
    {
        attempt++;
        beganNs = agent.isMetered() ? System.nanoTime() : 0;
        failure = null;
        deferral = null;
    }

    /**
     * The entry is not done when the handler's method returns: that is told later.
     *
     * @return what to tell it by; until then the entry may be looked at.
     */
    public FeedCompletion defer()
    {
        if (deferral == null)
        {
            deferral = new Completion(this);
        }
        return deferral;
    }

    /**
     * How often it has been given to a handler by this feed, this time included; a feed that starts again counts anew.
     *
     * @return a count from 1.
     */
    public int attempt()
    {
        return attempt;
    }

    /**
     * The shard that has it.
     *
     * @return number of the shard.
     */
    public int shard()
    {
        return shard;
    }

    /**
     * Number of the entry in its shard.
     *
     * @return its sequence, gapless.
     */
    public long sequence()
    {
        return sequence;
    }

    /**
     * What it tells of.
     *
     * @return the kind.
     */
    public EntryKind kind()
    {
        return kind;
    }

    /**
     * Holds the entry.
     *
     * @return buffer; the SBE header begins at 0.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * Length of the entry.
     *
     * @return bytes, with its SBE header.
     */
    public int length()
    {
        return length;
    }

    /**
     * Number of the entry in its ledger.
     *
     * @return gapless from 1; 0 if it belongs to no ledger that has an account.
     */
    public long ledgerSequence()
    {
        return kind == EntryKind.GENESIS || kind == EntryKind.STATE_ROOT ? 0 : buffer.getLong(LEDGER_SEQUENCE_OFFSET);
    }

    /**
     * When it was decided.
     *
     * @return nanoseconds since 1970; 0 for kinds that have no time.
     */
    public long timestampNs()
    {
        return kind == EntryKind.GENESIS || kind == EntryKind.STATE_ROOT ? 0 : buffer.getLong(TIMESTAMP_OFFSET);
    }

    /**
     * What became of the command.
     *
     * @return code of the outcome; that of created for kinds that have none.
     */
    public int outcome()
    {
        return kind == EntryKind.ACCOUNT || kind == EntryKind.TRANSFER || kind == EntryKind.LEDGER_DEFINITION ?
            buffer.getInt(OUTCOME_OFFSET) : TransferOutcome.CREATED.code();
    }

    /**
     * Whether the command was carried out.
     *
     * @return false if it was refused.
     */
    public boolean isCreated()
    {
        return outcome() == TransferOutcome.CREATED.code();
    }

    /**
     * The ledger that it names.
     *
     * @return number of the ledger; 0 if it names none.
     */
    public int ledger()
    {
        switch (kind)
        {
            case ACCOUNT:
                return buffer.getInt(RECORD_OFFSET + AccountRecordDecoder.ledgerEncodingOffset());
            case TRANSFER:
                final int resolved = isExtended ?
                    buffer.getInt(BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedLedgerEncodingOffset()) : 0;
                return resolved != 0 ? resolved :
                    buffer.getInt(RECORD_OFFSET + TransferRecordDecoder.ledgerEncodingOffset());
            case EXPIRY:
                return buffer.getInt(BODY_OFFSET + ExpiryEntryDecoder.ledgerEncodingOffset());
            case LEDGER_DEFINITION:
                return buffer.getInt(BODY_OFFSET + LedgerDefinitionEntryDecoder.ledgerEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The code that it names.
     *
     * @return the code; 0 if it names none.
     */
    public int code()
    {
        switch (kind)
        {
            case ACCOUNT:
                return uint16(RECORD_OFFSET + AccountRecordDecoder.codeEncodingOffset());
            case TRANSFER:
                final int resolved = isExtended ?
                    uint16(BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedCodeEncodingOffset()) : 0;
                return resolved != 0 ? resolved : uint16(RECORD_OFFSET + TransferRecordDecoder.codeEncodingOffset());
            case EXPIRY:
                return uint16(BODY_OFFSET + ExpiryEntryDecoder.codeEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The flags of the command as given.
     *
     * @return bits; 0 for kinds that have none.
     */
    public int flags()
    {
        switch (kind)
        {
            case ACCOUNT:
                return uint16(RECORD_OFFSET + AccountRecordDecoder.flagsEncodingOffset());
            case TRANSFER:
                return uint16(RECORD_OFFSET + TransferRecordDecoder.flagsEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * Whether it names an account that is debited, or released on its debit side; or the account that is created.
     *
     * @return true if so.
     */
    public boolean hasDebitAccount()
    {
        return (debitAccountIdHigh() | debitAccountIdLow()) != 0;
    }

    /**
     * Whether it names an account that is credited, or released on its credit side.
     *
     * @return true if so.
     */
    public boolean hasCreditAccount()
    {
        return (creditAccountIdHigh() | creditAccountIdLow()) != 0;
    }

    /**
     * The account debited, or created.
     *
     * @return high half of its id; 0 if there is none.
     */
    public long debitAccountIdHigh()
    {
        switch (kind)
        {
            case ACCOUNT:
                return buffer.getLong(RECORD_OFFSET + AccountRecordDecoder.idHighEncodingOffset());
            case TRANSFER:
                return buffer.getLong(isResolved() ?
                    BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedDebitAccountIdHighEncodingOffset() :
                    RECORD_OFFSET + TransferRecordDecoder.debitAccountIdHighEncodingOffset());
            case EXPIRY:
                return buffer.getLong(BODY_OFFSET + ExpiryEntryDecoder.debitAccountIdHighEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The account debited, or created.
     *
     * @return low half of its id; 0 if there is none.
     */
    public long debitAccountIdLow()
    {
        switch (kind)
        {
            case ACCOUNT:
                return buffer.getLong(RECORD_OFFSET + AccountRecordDecoder.idLowEncodingOffset());
            case TRANSFER:
                return buffer.getLong(isResolved() ?
                    BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedDebitAccountIdLowEncodingOffset() :
                    RECORD_OFFSET + TransferRecordDecoder.debitAccountIdLowEncodingOffset());
            case EXPIRY:
                return buffer.getLong(BODY_OFFSET + ExpiryEntryDecoder.debitAccountIdLowEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The account credited.
     *
     * @return high half of its id; 0 if there is none.
     */
    public long creditAccountIdHigh()
    {
        switch (kind)
        {
            case TRANSFER:
                return buffer.getLong(isResolved() ?
                    BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedCreditAccountIdHighEncodingOffset() :
                    RECORD_OFFSET + TransferRecordDecoder.creditAccountIdHighEncodingOffset());
            case EXPIRY:
                return buffer.getLong(BODY_OFFSET + ExpiryEntryDecoder.creditAccountIdHighEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The account credited.
     *
     * @return low half of its id; 0 if there is none.
     */
    public long creditAccountIdLow()
    {
        switch (kind)
        {
            case TRANSFER:
                return buffer.getLong(isResolved() ?
                    BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedCreditAccountIdLowEncodingOffset() :
                    RECORD_OFFSET + TransferRecordDecoder.creditAccountIdLowEncodingOffset());
            case EXPIRY:
                return buffer.getLong(BODY_OFFSET + ExpiryEntryDecoder.creditAccountIdLowEncodingOffset());
            default:
                return 0;
        }
    }

    /**
     * The entry on one line, for a person.
     *
     * @return as {@link EntryText#line}.
     */
    @Override
    public String toString()
    {
        return "shard=" + shard + " " + EntryText.line(buffer, 0);
    }

    /** A transfer whose accounts are resolved: it was created, so they can not be 0. */
    private boolean isResolved()
    {
        return isExtended && isCreated();
    }

    private int uint16(final int offset)
    {
        return buffer.getShort(offset) & 0xFFFF;
    }

    /** What becomes of an entry that is deferred: it counts once the handler's method has returned as well. */
    static final class Completion implements FeedCompletion
    {
        private static final Object DONE = new Object();

        private final AtomicReference<Object> told = new AtomicReference<>();
        private final AtomicInteger parties = new AtomicInteger();
        private final FeedEntry entry;

        Completion(final FeedEntry entry)
        {
            this.entry = entry;
        }

        @Override
        public void done()
        {
            tell(DONE);
        }

        @Override
        public void failed(final Throwable cause)
        {
            tell(Objects.requireNonNull(cause));
        }

        boolean isTold()
        {
            return told.get() != null;
        }

        /** Why it could not be handled, once that was told; null if it was handled. */
        Throwable cause()
        {
            return told.get() == DONE ? null : (Throwable)told.get();
        }

        /** The handler's method has returned; true if the end was told before, so that it counts now. */
        boolean onReturned()
        {
            return parties.incrementAndGet() == 2;
        }

        /** The handler's method has thrown, which decides whatever was told. */
        void onThrown(final Throwable cause)
        {
            told.set(cause);
        }

        private void tell(final Object result)
        {
            if (!told.compareAndSet(null, result))
            {
                throw new IllegalStateException("what became of the entry was told before");
            }
            entry.agent.onTold(entry, parties.incrementAndGet() == 2);
        }
    }
}
