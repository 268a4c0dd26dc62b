package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

/**
 * Something that has changed balances, and both accounts as they were just after it.
 *
 * @param timestampNs   of the event: of the transfer shown, but of the release if it is one that expired.
 * @param type          what happened.
 * @param transfer      the transfer; of an expiry the pending transfer.
 * @param debitAccount  as just after the event.
 * @param creditAccount as just after the event.
 */
public record ChangeEvent(
    long timestampNs, ChangeEventType type, Transfer transfer, Account debitAccount, Account creditAccount)
{
    /**
     * The ledger of both accounts.
     *
     * @return number of the ledger.
     */
    public int ledger()
    {
        return debitAccount.ledger();
    }

    /**
     * What was moved, reserved, posted or released.
     *
     * @return amount in the ledger's smallest unit.
     */
    public Uint128 amount()
    {
        return transfer.amount();
    }

    static ChangeEvent decode(final DirectBuffer buffer, final int offset)
    {
        final int transferOffset = offset + QueryRows.EVENT_TRANSFER_OFFSET;
        return new ChangeEvent(
            buffer.getLong(offset),
            ChangeEventType.of(buffer.getInt(offset + QueryRows.EVENT_TYPE_OFFSET)),
            Transfer.decode(
                new TransferRecordDecoder().wrap(buffer, transferOffset),
                buffer.getLong(transferOffset + TransferRecordDecoder.ENCODED_LENGTH)),
            Account.decode(new AccountRecordDecoder().wrap(buffer, offset + QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET)),
            Account.decode(new AccountRecordDecoder().wrap(buffer, offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET)));
    }

    @Override
    public String toString()
    {
        return "at " + timestampNs + ": " + type.label() + " " + transfer;
    }
}
