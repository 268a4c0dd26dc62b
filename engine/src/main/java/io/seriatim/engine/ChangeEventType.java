package io.seriatim.engine;

import java.util.Locale;

/**
 * What has changed balances. The codes are those of the wire.
 */
public enum ChangeEventType
{
    /** A transfer was posted at once. */
    SINGLE_PHASE,

    /** An amount was reserved. */
    TWO_PHASE_PENDING,

    /** A pending transfer was posted, in whole or in part. */
    TWO_PHASE_POSTED,

    /** A pending transfer was voided. */
    TWO_PHASE_VOIDED,

    /** A pending transfer was released because its time was over. */
    TWO_PHASE_EXPIRED;

    private static final ChangeEventType[] TYPES = values();

    static ChangeEventType of(final int code)
    {
        return TYPES[code];
    }

    /**
     * The number of the type.
     *
     * @return from 0.
     */
    public int code()
    {
        return ordinal();
    }

    /**
     * The name as JSON has it.
     *
     * @return lower case.
     */
    public String label()
    {
        return name().toLowerCase(Locale.ROOT);
    }
}
