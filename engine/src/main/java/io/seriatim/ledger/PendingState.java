package io.seriatim.ledger;

/**
 * What has become of a pending transfer. The numbers are those that callers see.
 */
public enum PendingState
{
    /** Not a pending transfer. */
    NONE,

    /** Neither posted nor voided nor expired. */
    PENDING,

    /** Posted, in whole or in part. */
    POSTED,

    /** Voided. */
    VOIDED,

    /** Released because its time was over. */
    EXPIRED;

    private static final PendingState[] STATES = values();

    /**
     * The state with a number.
     *
     * @param code from 0 to 4.
     * @return the state.
     */
    public static PendingState of(final int code)
    {
        return STATES[code];
    }

    /**
     * The number of the state.
     *
     * @return from 0 to 4.
     */
    public int code()
    {
        return ordinal();
    }
}
