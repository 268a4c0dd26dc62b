package io.seriatim.replay;

import io.seriatim.ledger.Uint128;

import java.math.BigInteger;

/**
 * What an entry has done to two accounts: the same to the debits of one and to the credits of the other.
 *
 * @param sequence        of the entry.
 * @param timestampNs     of the transfer, which an imported one was given; of a release, when it was released.
 * @param kind            what was done.
 * @param transferId      id of the transfer; of a release, of the pending transfer.
 * @param ledger          of the accounts.
 * @param code            of the transfer.
 * @param debitAccountId  whose debits change.
 * @param creditAccountId whose credits change.
 * @param pending         by how much pending amounts grow; below zero they shrink.
 * @param posted          by how much posted amounts grow.
 * @param closing         bits: 0 the debit account is closed by it, 1 the credit account.
 * @param reopened        bits: 0 the debit account is open again, 1 the credit account.
 */
public record Movement(
    long sequence,
    long timestampNs,
    Kind kind,
    Uint128 transferId,
    int ledger,
    int code,
    Uint128 debitAccountId,
    Uint128 creditAccountId,
    BigInteger pending,
    BigInteger posted,
    int closing,
    int reopened)
{
    /** What was done. */
    public enum Kind
    {
        /** An amount moved at once. */
        TRANSFER,

        /** An amount is reserved. */
        PENDING,

        /** A reserved amount moved, or a part of it; the rest was let go of. */
        POSTED,

        /** A reserved amount was let go of. */
        VOIDED,

        /** A reserved amount was let go of as its time was over. */
        EXPIRED
    }
}
