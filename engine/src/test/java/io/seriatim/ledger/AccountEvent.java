package io.seriatim.ledger;

import java.math.BigInteger;
import java.util.function.Consumer;

/**
 * A command to create an account, or an account as looked up. Numbers are unsigned; {@code code} and {@code flags}
 * have 16 bits.
 */
public record AccountEvent(
    BigInteger id,
    BigInteger debitsPending,
    BigInteger debitsPosted,
    BigInteger creditsPending,
    BigInteger creditsPosted,
    BigInteger userData128,
    long userData64,
    int userData32,
    int reserved,
    int ledger,
    int code,
    int flags,
    long timestamp) implements Event
{
    static final int LINKED = 1 << 0;
    static final int DEBITS_MUST_NOT_EXCEED_CREDITS = 1 << 1;
    static final int CREDITS_MUST_NOT_EXCEED_DEBITS = 1 << 2;
    static final int HISTORY = 1 << 3;
    static final int IMPORTED = 1 << 4;
    static final int CLOSED = 1 << 5;

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
    AccountEvent with(final Consumer<Draft> change)
    {
        final Draft draft = new Draft(this);
        change.accept(draft);
        return draft.event();
    }

    /** The fields of an event while they are still being chosen. */
    static final class Draft
    {
        BigInteger id = BigInteger.ZERO;
        BigInteger debitsPending = BigInteger.ZERO;
        BigInteger debitsPosted = BigInteger.ZERO;
        BigInteger creditsPending = BigInteger.ZERO;
        BigInteger creditsPosted = BigInteger.ZERO;
        BigInteger userData128 = BigInteger.ZERO;
        long userData64;
        int userData32;
        int reserved;
        int ledger;
        int code;
        int flags;
        long timestamp;

        Draft()
        {
        }

        Draft(final AccountEvent event)
        {
            id = event.id;
            debitsPending = event.debitsPending;
            debitsPosted = event.debitsPosted;
            creditsPending = event.creditsPending;
            creditsPosted = event.creditsPosted;
            userData128 = event.userData128;
            userData64 = event.userData64;
            userData32 = event.userData32;
            reserved = event.reserved;
            ledger = event.ledger;
            code = event.code;
            flags = event.flags;
            timestamp = event.timestamp;
        }

        AccountEvent event()
        {
            return new AccountEvent(
                id, debitsPending, debitsPosted, creditsPending, creditsPosted, userData128, userData64,
                userData32, reserved, ledger, code, flags, timestamp);
        }
    }
}
