package io.seriatim.replay;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;

import java.math.BigInteger;

/**
 * An account as it stands at some place of a {@link BooksWalk}.
 * <p>
 * Threads: confined to one.
 */
public final class BookAccount
{
    private final Uint128 id;
    private final int ledger;
    private final int code;
    private final long sequence;
    private final long timestampNs;
    private int flags;
    private BigInteger debitsPending = BigInteger.ZERO;
    private BigInteger debitsPosted = BigInteger.ZERO;
    private BigInteger creditsPending = BigInteger.ZERO;
    private BigInteger creditsPosted = BigInteger.ZERO;

    BookAccount(
        final Uint128 id,
        final int ledger,
        final int code,
        final int flags,
        final long sequence,
        final long timestampNs)
    {
        this.id = id;
        this.ledger = ledger;
        this.code = code;
        this.flags = flags;
        this.sequence = sequence;
        this.timestampNs = timestampNs;
    }

    /**
     * Id of the account.
     *
     * @return its id.
     */
    public Uint128 id()
    {
        return id;
    }

    /**
     * Its ledger.
     *
     * @return number of the ledger, unsigned.
     */
    public int ledger()
    {
        return ledger;
    }

    /**
     * What kind of account it is.
     *
     * @return its code.
     */
    public int code()
    {
        return code;
    }

    /**
     * Its flags, of which {@code closed} comes and goes.
     *
     * @return bits of {@link AccountFlags}.
     */
    public int flags()
    {
        return flags;
    }

    /**
     * The entry that created it.
     *
     * @return its sequence.
     */
    public long sequence()
    {
        return sequence;
    }

    /**
     * When it was created; what it was given if it was imported.
     *
     * @return timestamp in nanoseconds.
     */
    public long timestampNs()
    {
        return timestampNs;
    }

    /**
     * Debits that are reserved.
     *
     * @return an amount.
     */
    public BigInteger debitsPending()
    {
        return debitsPending;
    }

    /**
     * Debits that were made.
     *
     * @return an amount.
     */
    public BigInteger debitsPosted()
    {
        return debitsPosted;
    }

    /**
     * Credits that are reserved.
     *
     * @return an amount.
     */
    public BigInteger creditsPending()
    {
        return creditsPending;
    }

    /**
     * Credits that were made.
     *
     * @return an amount.
     */
    public BigInteger creditsPosted()
    {
        return creditsPosted;
    }

    /**
     * Credits less debits, posted.
     *
     * @return the balance, which may be below zero.
     */
    public BigInteger balance()
    {
        return creditsPosted.subtract(debitsPosted);
    }

    void debit(final Movement movement)
    {
        debitsPending = debitsPending.add(movement.pending());
        debitsPosted = debitsPosted.add(movement.posted());
        close(movement, 1);
    }

    void credit(final Movement movement)
    {
        creditsPending = creditsPending.add(movement.pending());
        creditsPosted = creditsPosted.add(movement.posted());
        close(movement, 2);
    }

    private void close(final Movement movement, final int side)
    {
        if ((movement.closing() & side) != 0)
        {
            flags |= AccountFlags.CLOSED;
        }
        if ((movement.reopened() & side) != 0)
        {
            flags &= ~AccountFlags.CLOSED;
        }
    }
}
