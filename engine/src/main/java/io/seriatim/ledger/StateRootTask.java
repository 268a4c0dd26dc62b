package io.seriatim.ledger;

/**
 * A state root that was begun at one entry and is made beside the shard until it has to be written.
 * <p>
 * Threads: any; the root is set by the one that makes it.
 */
public final class StateRootTask
{
    private final long asOfSequence;
    private final long accountCount;
    private final long ledgerCount;
    private volatile StateRoot root;

    StateRootTask(final long asOfSequence, final long accountCount, final long ledgerCount)
    {
        this.asOfSequence = asOfSequence;
        this.accountCount = accountCount;
        this.ledgerCount = ledgerCount;
    }

    /**
     * One that is made already.
     *
     * @param root that it has come to.
     */
    public StateRootTask(final StateRoot root)
    {
        this(root.asOfSequence(), root.accountCount(), root.ledgerCount());
        this.root = root;
    }

    /**
     * Sequence of the entry whose state it is of.
     *
     * @return a sequence.
     */
    public long asOfSequence()
    {
        return asOfSequence;
    }

    /**
     * The root.
     *
     * @return the root; null while it is being made.
     */
    public StateRoot root()
    {
        return root;
    }

    /**
     * The root is made.
     *
     * @param newRoot as of this task's sequence.
     */
    public void complete(final StateRoot newRoot)
    {
        if (newRoot.asOfSequence() != asOfSequence || newRoot.accountCount() != accountCount ||
            newRoot.ledgerCount() != ledgerCount)
        {
            throw new IllegalStateException(
                "not the root that was begun: as of sequence=" + asOfSequence + ", accounts=" + accountCount +
                ", ledgers=" + ledgerCount + "; made as of sequence=" + newRoot.asOfSequence() + ", accounts=" +
                newRoot.accountCount() + ", ledgers=" + newRoot.ledgerCount());
        }
        root = newRoot;
    }
}
