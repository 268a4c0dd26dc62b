package io.seriatim.ledger;

import java.util.List;

/**
 * Flag bits of an account, 16 bits. Names, bits and meaning are those of SEMANTICS, section 2.1.
 */
public final class AccountFlags
{
    /** Chains this event to the next one of its request. */
    public static final int LINKED = 1 << 0;

    /** After a debit: debits_pending + debits_posted is at most credits_posted. */
    public static final int DEBITS_MUST_NOT_EXCEED_CREDITS = 1 << 1;

    /** After a credit: credits_pending + credits_posted is at most debits_posted. */
    public static final int CREDITS_MUST_NOT_EXCEED_DEBITS = 1 << 2;

    /** A balance row is kept for each transfer of the account. */
    public static final int HISTORY = 1 << 3;

    /** The timestamp is the caller's. */
    public static final int IMPORTED = 1 << 4;

    /** Nothing moves any more but a void or an expiry. */
    public static final int CLOSED = 1 << 5;

    /** Bits without a meaning; a command that sets one is refused. */
    public static final int RESERVED = 0xFFFF & -(1 << 6);

    private static final List<String> NAMES = List.of(
        "linked",
        "debits_must_not_exceed_credits",
        "credits_must_not_exceed_debits",
        "history",
        "imported",
        "closed");

    private AccountFlags()
    {
    }

    /**
     * The flags by name.
     *
     * @param flags any 16 bits.
     * @return names joined by {@code |}, lowest bit first, bits without a name as {@code bit_N}; empty for none.
     */
    public static String format(final int flags)
    {
        return FlagNames.format(flags, NAMES);
    }

    /**
     * The flags with these names.
     *
     * @param names joined by {@code |}; empty for none.
     * @return the bits.
     * @throws IllegalArgumentException if a name is not a flag; the message lists those that are.
     */
    public static int parse(final String names)
    {
        return FlagNames.parse(names, NAMES);
    }
}
