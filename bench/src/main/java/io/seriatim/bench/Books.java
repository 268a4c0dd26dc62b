package io.seriatim.bench;

import java.util.SplittableRandom;

/**
 * What the accounts of one shard must hold in the end: draws the two accounts of each transfer and keeps the sums in
 * plain arithmetic.
 * <p>
 * Shape: 16 bytes an account.<br>
 * Cost: two random numbers and two additions a transfer; nothing is allocated.<br>
 * Threads: confined to the one that sends.
 */
final class Books
{
    private final long[] debits;
    private final long[] credits;
    private long random;
    private long transferCount;
    private long total;
    private int debitAccount;
    private int creditAccount;

    /**
     * Empty accounts.
     *
     * @param accountCount at least 2.
     * @param seed         of the draws.
     */
    Books(final int accountCount, final long seed)
    {
        debits = new long[accountCount];
        credits = new long[accountCount];
        random = new SplittableRandom(seed).nextLong() | 1;
    }

    int accountCount()
    {
        return debits.length;
    }

    /** Draw two accounts and book an amount between them. */
    void next(final long amount)
    {
        debitAccount = draw(debits.length);
        final int other = draw(debits.length - 1);
        creditAccount = other < debitAccount ? other : other + 1;
        debits[debitAccount] += amount;
        credits[creditAccount] += amount;
        total += amount;
        transferCount++;
    }

    /** Index of the account debited by the transfer drawn last. */
    int debitAccount()
    {
        return debitAccount;
    }

    int creditAccount()
    {
        return creditAccount;
    }

    long transferCount()
    {
        return transferCount;
    }

    long total()
    {
        return total;
    }

    long debits(final int account)
    {
        return debits[account];
    }

    long credits(final int account)
    {
        return credits[account];
    }

    /** Expect something else of an account, for a test of the check. */
    void expectMore(final int account, final long amount)
    {
        debits[account] += amount;
    }

    private int draw(final int bound)
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int)((random >>> 33) * bound >>> 31);
    }
}
