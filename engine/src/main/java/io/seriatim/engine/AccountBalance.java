package io.seriatim.engine;

import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

/**
 * Balances of an account after one of its transfers.
 *
 * @param debitsPending  reserved by open pending transfers.
 * @param debitsPosted   posted.
 * @param creditsPending reserved by open pending transfers.
 * @param creditsPosted  posted.
 * @param timestampNs    of the transfer.
 */
public record AccountBalance(
    Uint128 debitsPending, Uint128 debitsPosted, Uint128 creditsPending, Uint128 creditsPosted, long timestampNs)
{
    static AccountBalance decode(final DirectBuffer buffer, final int offset)
    {
        return new AccountBalance(
            uint128(buffer, offset), uint128(buffer, offset + 2 * Long.BYTES), uint128(buffer, offset + 4 * Long.BYTES),
            uint128(buffer, offset + 6 * Long.BYTES), buffer.getLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET));
    }

    private static Uint128 uint128(final DirectBuffer buffer, final int offset)
    {
        return new Uint128(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    @Override
    public String toString()
    {
        return "at " + timestampNs + ": debits=" + debitsPosted + " credits=" + creditsPosted +
            (debitsPending.equals(Uint128.ZERO) ? "" : " debits_pending=" + debitsPending) +
            (creditsPending.equals(Uint128.ZERO) ? "" : " credits_pending=" + creditsPending);
    }
}
