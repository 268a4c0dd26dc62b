package io.seriatim.ledger;

/**
 * Where the state machine stands in the batch that it is working on: the slot of the current event, what the first
 * event decided for all, and the chain that may be open.
 * <p>
 * Source: SEMANTICS, section 3.
 */
final class Batch
{
    /** Least and greatest valid timestamp, in nanoseconds. */
    static final long TIMESTAMP_MIN_NS = 1;
    static final long TIMESTAMP_MAX_NS = Long.MAX_VALUE;

    /** What the events of a batch are. */
    enum Kind
    {
        ACCOUNTS,
        TRANSFERS,
        DEFINITIONS
    }

    private static final long NONE = -1;

    private Kind kind;
    private long timestampNs;
    private int count;
    private int index;
    private boolean isImport;
    private long chainFirstSequence = NONE;
    private boolean isChainBroken;

    void start(final Kind newKind, final long newTimestampNs, final int newCount)
    {
        kind = newKind;
        timestampNs = newTimestampNs;
        count = newCount;
        index = -1;
        chainFirstSequence = NONE;
        isChainBroken = false;
    }

    /** The next event begins. */
    void next(final Kind eventKind, final boolean isImported)
    {
        if (eventKind != kind || index + 1 >= count)
        {
            throw new IllegalStateException(
                "no such event in this batch: event of " + eventKind + ", batch of " + kind + ", index=" +
                (index + 1) + ", count=" + count);
        }
        index++;
        if (index == 0)
        {
            isImport = isImported;
        }
    }

    int index()
    {
        return index;
    }

    int count()
    {
        return count;
    }

    long timestampNs()
    {
        return timestampNs;
    }

    /** Timestamp that the current event owns, whatever becomes of it. */
    long slotNs()
    {
        return timestampNs - count + index + 1;
    }

    boolean isImport()
    {
        return isImport;
    }

    boolean isLastEvent()
    {
        return index == count - 1;
    }

    boolean isChainOpen()
    {
        return chainFirstSequence != NONE;
    }

    boolean isChainBroken()
    {
        return isChainBroken;
    }

    long chainFirstSequence()
    {
        return chainFirstSequence;
    }

    void openChain(final long sequence)
    {
        chainFirstSequence = sequence;
        isChainBroken = false;
    }

    void breakChain()
    {
        isChainBroken = true;
    }

    void endChain()
    {
        chainFirstSequence = NONE;
        isChainBroken = false;
    }
}
