package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.function.Consumer;

/**
 * A command to create a transfer, written down field by field. It begins as an ordinary transfer that lacks nothing
 * but what its factory method does not say.
 */
final class TransferDraft
{
    private final UnsafeBuffer record = new UnsafeBuffer(new byte[TransferRecordDecoder.ENCODED_LENGTH]);
    private final TransferRecordEncoder encoder = new TransferRecordEncoder().wrap(record, 0);
    private final TransferRecordDecoder decoder = new TransferRecordDecoder().wrap(record, 0);
    private long timestampNs;

    private TransferDraft(final long id)
    {
        encoder.idLow(id);
    }

    /** A single-phase transfer in the fixture's ledger. */
    static TransferDraft transfer(final long id, final long debitId, final long creditId, final long amount)
    {
        return new TransferDraft(id)
            .from(debitId).to(creditId).amount(amount).ledger(LedgerFixture.LEDGER).code(LedgerFixture.CODE);
    }

    /** A pending transfer in the fixture's ledger, without a timeout. */
    static TransferDraft pending(final long id, final long debitId, final long creditId, final long amount)
    {
        return transfer(id, debitId, creditId, amount).flag(TransferFlags.PENDING);
    }

    /** A post of all that is pending. */
    static TransferDraft postOf(final long id, final long pendingId)
    {
        return new TransferDraft(id).flag(TransferFlags.POST_PENDING_TRANSFER).pendingId(pendingId).amount(-1, -1);
    }

    /** A void of all that is pending. */
    static TransferDraft voidOf(final long id, final long pendingId)
    {
        return new TransferDraft(id).flag(TransferFlags.VOID_PENDING_TRANSFER).pendingId(pendingId);
    }

    TransferDraft id(final long high, final long low)
    {
        return with(t -> t.idHigh(high).idLow(low));
    }

    TransferDraft from(final long debitId)
    {
        return with(t -> t.debitAccountIdHigh(0).debitAccountIdLow(debitId));
    }

    TransferDraft to(final long creditId)
    {
        return with(t -> t.creditAccountIdHigh(0).creditAccountIdLow(creditId));
    }

    TransferDraft amount(final long amount)
    {
        return amount(0, amount);
    }

    TransferDraft amount(final long high, final long low)
    {
        return with(t -> t.amountHigh(high).amountLow(low));
    }

    TransferDraft pendingId(final long pendingId)
    {
        return with(t -> t.pendingIdHigh(0).pendingIdLow(pendingId));
    }

    TransferDraft timeout(final long seconds)
    {
        return with(t -> t.timeout(seconds));
    }

    TransferDraft ledger(final long ledger)
    {
        return with(t -> t.ledger(ledger));
    }

    TransferDraft code(final int code)
    {
        return with(t -> t.code(code));
    }

    /** Set one more flag. */
    TransferDraft flag(final int flag)
    {
        return with(t -> t.flags(decoder.flags() | flag));
    }

    TransferDraft linked()
    {
        return flag(TransferFlags.LINKED);
    }

    TransferDraft imported(final long newTimestampNs)
    {
        return flag(TransferFlags.IMPORTED).timestampNs(newTimestampNs);
    }

    TransferDraft timestampNs(final long newTimestampNs)
    {
        timestampNs = newTimestampNs;
        return this;
    }

    /** Set any other field. */
    TransferDraft with(final Consumer<TransferRecordEncoder> fields)
    {
        fields.accept(encoder);
        return this;
    }

    TransferRecordDecoder command()
    {
        return decoder;
    }

    long timestampNs()
    {
        return timestampNs;
    }

    @Override
    public String toString()
    {
        return decoder + ", timestampNs=" + timestampNs;
    }
}
