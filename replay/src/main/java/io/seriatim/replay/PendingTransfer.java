package io.seriatim.replay;

import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.TransferFlags;

/**
 * A pending transfer that is open: what its entry says that those which release it must agree with.
 * <p>
 * Order: as they expire, (expiry, timestamp); those that never do are not compared.
 */
final class PendingTransfer implements Comparable<PendingTransfer>
{
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int REOPENED_DEBIT = 1;
    private static final int REOPENED_CREDIT = 1 << 1;

    final long sequence;
    final long timestampNs;
    final long expiryNs;
    final long idHigh;
    final long idLow;
    final long debitAccountIdHigh;
    final long debitAccountIdLow;
    final long creditAccountIdHigh;
    final long creditAccountIdLow;
    final long amountHigh;
    final long amountLow;
    final long userData128High;
    final long userData128Low;
    final long userData64;
    final long userData32;
    final int ledger;
    final int code;
    final int flags;

    PendingTransfer(
        final long sequence,
        final long timestampNs,
        final TransferRecordDecoder transfer,
        final long amountHigh,
        final long amountLow)
    {
        this.sequence = sequence;
        this.timestampNs = timestampNs;
        this.amountHigh = amountHigh;
        this.amountLow = amountLow;
        expiryNs = transfer.timeout() == 0 ? 0 : timestampNs + transfer.timeout() * NS_PER_SECOND;
        idHigh = transfer.idHigh();
        idLow = transfer.idLow();
        debitAccountIdHigh = transfer.debitAccountIdHigh();
        debitAccountIdLow = transfer.debitAccountIdLow();
        creditAccountIdHigh = transfer.creditAccountIdHigh();
        creditAccountIdLow = transfer.creditAccountIdLow();
        userData128High = transfer.userData128High();
        userData128Low = transfer.userData128Low();
        userData64 = transfer.userData64();
        userData32 = transfer.userData32();
        ledger = (int)transfer.ledger();
        code = transfer.code();
        flags = transfer.flags();
    }

    /** Whether its time is over at a slot. */
    boolean isDueAt(final long slotNs)
    {
        return expiryNs != 0 && expiryNs <= slotNs;
    }

    /** Bits of the accounts that it has closed, which are open again once it is voided or expires. */
    int closed()
    {
        return ((flags & TransferFlags.CLOSING_DEBIT) != 0 ? REOPENED_DEBIT : 0) |
            ((flags & TransferFlags.CLOSING_CREDIT) != 0 ? REOPENED_CREDIT : 0);
    }

    @Override
    public int compareTo(final PendingTransfer other)
    {
        return expiryNs != other.expiryNs ? Long.compare(expiryNs, other.expiryNs) :
            Long.compare(timestampNs, other.timestampNs);
    }

    @Override
    public boolean equals(final Object other)
    {
        return this == other;
    }

    @Override
    public int hashCode()
    {
        return Long.hashCode(sequence);
    }
}
