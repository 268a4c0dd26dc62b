package io.seriatim.ledger;

import java.math.BigInteger;

/** What the pipeline of a batch has to know of an event, whether it is an account or a transfer. */
public interface Event
{
    /**
     * Id as given.
     *
     * @return the id.
     */
    BigInteger id();

    /**
     * Ledger as given.
     *
     * @return the ledger, unsigned.
     */
    int ledger();

    /**
     * Timestamp as given.
     *
     * @return the timestamp, unsigned.
     */
    long timestamp();

    /**
     * Whether the next event of the batch belongs to the same chain.
     *
     * @return whether the flag is set.
     */
    boolean isLinked();

    /**
     * Whether the caller brings the timestamp.
     *
     * @return whether the flag is set.
     */
    boolean isImported();
}
