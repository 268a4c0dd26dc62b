package io.seriatim.ledger;

import java.util.List;

/**
 * Flag bits of a transfer, 16 bits. Names, bits and meaning are those of SEMANTICS, section 2.2.
 */
public final class TransferFlags
{
    /** Chains this event to the next one of its request. */
    public static final int LINKED = 1 << 0;

    /** Reserves the amount until it is posted, voided or expired. */
    public static final int PENDING = 1 << 1;

    /** Posts a pending transfer. */
    public static final int POST_PENDING_TRANSFER = 1 << 2;

    /** Voids a pending transfer. */
    public static final int VOID_PENDING_TRANSFER = 1 << 3;

    /** The amount is a ceiling: at most what the debit account has. */
    public static final int BALANCING_DEBIT = 1 << 4;

    /** The amount is a ceiling: at most what the credit account owes. */
    public static final int BALANCING_CREDIT = 1 << 5;

    /** Closes the debit account. */
    public static final int CLOSING_DEBIT = 1 << 6;

    /** Closes the credit account. */
    public static final int CLOSING_CREDIT = 1 << 7;

    /** The timestamp is the caller's. */
    public static final int IMPORTED = 1 << 8;

    /** Bits without a meaning; a command that sets one is refused. */
    public static final int RESERVED = 0xFFFF & -(1 << 9);

    static final int BALANCING = BALANCING_DEBIT | BALANCING_CREDIT;
    static final int CLOSING = CLOSING_DEBIT | CLOSING_CREDIT;

    private static final int POST_OR_VOID = POST_PENDING_TRANSFER | VOID_PENDING_TRANSFER;

    private static final List<String> NAMES = List.of(
        "linked",
        "pending",
        "post_pending_transfer",
        "void_pending_transfer",
        "balancing_debit",
        "balancing_credit",
        "closing_debit",
        "closing_credit",
        "imported");

    private TransferFlags()
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

    static boolean isPostOrVoid(final int flags)
    {
        return (flags & POST_OR_VOID) != 0;
    }

    /** Whether a transfer that is a post or a void is a void. */
    static boolean isVoid(final int flags)
    {
        return (flags & VOID_PENDING_TRANSFER) != 0;
    }

    static boolean isBalancing(final int flags)
    {
        return (flags & BALANCING) != 0;
    }

    /** Whether a post or void has a flag that goes with neither. */
    static boolean excludeEachOther(final int postOrVoidFlags)
    {
        return (postOrVoidFlags & POST_OR_VOID) == POST_OR_VOID ||
            (postOrVoidFlags & (PENDING | BALANCING | CLOSING)) != 0;
    }
}
