package io.seriatim.standings;

import io.seriatim.ledger.Uint128;

import java.math.BigInteger;

/**
 * What an account held after an entry of its shard.
 *
 * @param shard         of the account.
 * @param ledger        of the account.
 * @param id            of the account.
 * @param debitsPosted  until then, in the ledger's smallest unit.
 * @param creditsPosted until then.
 * @param sequence      of that entry.
 */
public record Standing(int shard, int ledger, Uint128 id, Uint128 debitsPosted, Uint128 creditsPosted, long sequence)
{
    /**
     * An account: ids are those of a shard.
     *
     * @param shard of the account.
     * @param id    of the account.
     */
    record Key(int shard, Uint128 id)
    {
    }

    Key key()
    {
        return new Key(shard, id);
    }

    /**
     * Credits less debits.
     *
     * @return the balance, which may be below zero.
     */
    public BigInteger balance()
    {
        return creditsPosted.toBigInteger().subtract(debitsPosted.toBigInteger());
    }

    /** Whether it says the same of the account, whatever the sequence. */
    boolean holdsAs(final Standing other)
    {
        return ledger == other.ledger && debitsPosted.equals(other.debitsPosted) &&
            creditsPosted.equals(other.creditsPosted);
    }
}
