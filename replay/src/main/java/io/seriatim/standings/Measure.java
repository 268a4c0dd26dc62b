package io.seriatim.standings;

import java.math.BigInteger;
import java.util.function.Function;

/** By what accounts are compared. */
public enum Measure
{
    /** What they were credited. */
    CREDITS(standing -> standing.creditsPosted().toBigInteger()),

    /** What they were debited. */
    DEBITS(standing -> standing.debitsPosted().toBigInteger()),

    /** Credits less debits. */
    BALANCE(Standing::balance);

    private final Function<Standing, BigInteger> value;

    Measure(final Function<Standing, BigInteger> value)
    {
        this.value = value;
    }

    /**
     * By which a standing counts.
     *
     * @param standing of an account.
     * @return amount in the ledger's smallest unit.
     */
    public BigInteger of(final Standing standing)
    {
        return value.apply(standing);
    }
}
