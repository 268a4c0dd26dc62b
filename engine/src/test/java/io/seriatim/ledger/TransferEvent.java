package io.seriatim.ledger;

import java.math.BigInteger;
import java.util.function.Consumer;

/**
 * A command to create a transfer, or a transfer as looked up. Numbers are unsigned; {@code code} and {@code flags}
 * have 16 bits.
 */
public record TransferEvent(
    BigInteger id,
    BigInteger debitAccountId,
    BigInteger creditAccountId,
    BigInteger amount,
    BigInteger pendingId,
    BigInteger userData128,
    long userData64,
    int userData32,
    int timeout,
    int ledger,
    int code,
    int flags,
    long timestamp) implements Event
{
    static final int LINKED = 1 << 0;
    static final int PENDING = 1 << 1;
    static final int POST_PENDING_TRANSFER = 1 << 2;
    static final int VOID_PENDING_TRANSFER = 1 << 3;
    static final int BALANCING_DEBIT = 1 << 4;
    static final int BALANCING_CREDIT = 1 << 5;
    static final int CLOSING_DEBIT = 1 << 6;
    static final int CLOSING_CREDIT = 1 << 7;
    static final int IMPORTED = 1 << 8;

    @Override
    public boolean isLinked()
    {
        return has(LINKED);
    }

    @Override
    public boolean isImported()
    {
        return has(IMPORTED);
    }

    boolean has(final int flag)
    {
        return (flags & flag) != 0;
    }

    /** The same event with some fields changed. */
    TransferEvent with(final Consumer<Draft> change)
    {
        final Draft draft = new Draft(this);
        change.accept(draft);
        return draft.event();
    }

    /** The fields of an event while they are still being chosen. */
    static final class Draft
    {
        BigInteger id = BigInteger.ZERO;
        BigInteger debitAccountId = BigInteger.ZERO;
        BigInteger creditAccountId = BigInteger.ZERO;
        BigInteger amount = BigInteger.ZERO;
        BigInteger pendingId = BigInteger.ZERO;
        BigInteger userData128 = BigInteger.ZERO;
        long userData64;
        int userData32;
        int timeout;
        int ledger;
        int code;
        int flags;
        long timestamp;

        Draft()
        {
        }

        Draft(final TransferEvent event)
        {
            id = event.id;
            debitAccountId = event.debitAccountId;
            creditAccountId = event.creditAccountId;
            amount = event.amount;
            pendingId = event.pendingId;
            userData128 = event.userData128;
            userData64 = event.userData64;
            userData32 = event.userData32;
            timeout = event.timeout;
            ledger = event.ledger;
            code = event.code;
            flags = event.flags;
            timestamp = event.timestamp;
        }

        TransferEvent event()
        {
            return new TransferEvent(
                id, debitAccountId, creditAccountId, amount, pendingId, userData128, userData64, userData32,
                timeout, ledger, code, flags, timestamp);
        }
    }
}
