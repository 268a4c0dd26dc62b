package io.seriatim.ledger;

import java.util.Locale;

/**
 * The answer to one event, as the specification names and numbers it. Written down a second time here, so that a
 * wrong name or number in the engine's outcomes is found.
 */
public interface Status
{
    /** What {@code created} is on the wire: the greatest number of 32 bits. */
    long CREATED_CODE = 4294967295L;

    /**
     * Name of the constant, in upper case.
     *
     * @return the name.
     */
    String name();

    /**
     * Number on the wire.
     *
     * @return the number, unsigned.
     */
    long code();

    /**
     * Whether this answer makes the id of a transfer unusable for good.
     *
     * @return true for the seven transient statuses.
     */
    boolean isTransient();

    /**
     * Name in JSON and CSV, in lower case.
     *
     * @return the name.
     */
    default String label()
    {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the event took effect.
     *
     * @return true for {@code created} alone.
     */
    default boolean isCreated()
    {
        return code() == CREATED_CODE;
    }
}
