package io.seriatim.replay;

import io.seriatim.ledger.WideSum;

import java.math.BigInteger;

/**
 * What the entries say of a ledger: how many there are, what was moved, and what was reserved and released.
 * <p>
 * Threads: confined to one.
 */
final class LedgerTally
{
    private final WideSum moved = new WideSum();
    private final WideSum reserved = new WideSum();
    private final WideSum releasedByPosts = new WideSum();
    private final WideSum releasedByVoids = new WideSum();
    private final WideSum releasedByExpiries = new WideSum();
    private long ledgerSequence;
    private long accountCount;
    private long pendingCount;

    /** Number of the next entry of the ledger. */
    long nextLedgerSequence()
    {
        return ++ledgerSequence;
    }

    /** Number of the newest entry of the ledger. */
    long ledgerSequence()
    {
        return ledgerSequence;
    }

    void addAccount()
    {
        accountCount++;
    }

    long accountCount()
    {
        return accountCount;
    }

    void move(final long amountHigh, final long amountLow)
    {
        moved.add(amountHigh, amountLow);
    }

    void reserve(final long amountHigh, final long amountLow)
    {
        reserved.add(amountHigh, amountLow);
        pendingCount++;
    }

    void releaseByPost(final long amountHigh, final long amountLow)
    {
        releasedByPosts.add(amountHigh, amountLow);
        pendingCount--;
    }

    void releaseByVoid(final long amountHigh, final long amountLow)
    {
        releasedByVoids.add(amountHigh, amountLow);
        pendingCount--;
    }

    void releaseByExpiry(final long amountHigh, final long amountLow)
    {
        releasedByExpiries.add(amountHigh, amountLow);
        pendingCount--;
    }

    /** Sum of what single transfers and posts have moved. */
    BigInteger moved()
    {
        return moved.value();
    }

    /** Sum of what is reserved and was not released. */
    BigInteger pending()
    {
        return reserved.value().subtract(releasedByPosts.value()).subtract(releasedByVoids.value())
            .subtract(releasedByExpiries.value());
    }

    /** How many pending transfers are open. */
    long pendingCount()
    {
        return pendingCount;
    }

    /** How the sum that is pending came about, in words. */
    String pendingStory()
    {
        return "reserved=" + reserved.value() + ", released by posts=" + releasedByPosts.value() + ", by voids=" +
            releasedByVoids.value() + ", by expiries=" + releasedByExpiries.value() + ", so pending=" + pending();
    }
}
