package io.seriatim.replay;

/**
 * The two sides of an account.
 */
enum Side
{
    DEBIT, CREDIT;

    private static final Side[] SIDES = values();

    /** The side with a number, 0 or 1. */
    static Side of(final int index)
    {
        return SIDES[index];
    }
}
