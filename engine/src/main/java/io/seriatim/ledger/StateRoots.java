package io.seriatim.ledger;

/**
 * Which state roots the order of a shard has, and where. The k-th, k from 1, is as of the first end of a group at or
 * beyond k * every; its entry follows the first end of a group at or beyond (k + 1) * every. In between it is made,
 * beside the shard. Live path and replay come here alike, so both write the same.
 * <p>
 * Cost: a comparison for each group.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class StateRoots
{
    /** Makes roots. */
    @FunctionalInterface
    public interface Maker
    {
        /**
         * Begin with the state of now; the task is completed at once, or later.
         *
         * @param stateMachine that holds the state, between two groups.
         * @param task         to complete.
         */
        void make(LedgerStateMachine stateMachine, StateRootTask task);
    }

    private final long every;
    private final LedgerStateMachine stateMachine;
    private final Maker maker;
    private StateRootTask waiting;
    private long dueSequence;

    /**
     * The roots of a shard from where it stands.
     *
     * @param every        entries a root, above the greatest batch; 0 = there are none.
     * @param stateMachine that holds the state.
     * @param maker        of roots.
     * @param waiting      the root that was begun and whose entry is still to come; null if there is none.
     * @throws IllegalStateException if one is waiting where there are none.
     */
    public StateRoots(
        final long every, final LedgerStateMachine stateMachine, final Maker maker, final StateRootTask waiting)
    {
        this.every = every;
        this.stateMachine = stateMachine;
        this.maker = maker;
        this.waiting = waiting;
        dueSequence = every == 0 ? Long.MAX_VALUE : waiting == null ? every : dueAfter(waiting);
        if (every == 0 && waiting != null)
        {
            throw new IllegalStateException(
                "a state root is waiting where there are none: as of sequence=" + waiting.asOfSequence());
        }
    }

    /**
     * The root that was begun and whose entry is still to come.
     *
     * @return the root in the making; null if there is none.
     */
    public StateRootTask waiting()
    {
        return waiting;
    }

    /**
     * Whether so many more entries can be made now; if not, a root that is due among them is not made yet.
     *
     * @param entryCount of the next request, at most as many as there are from one root to the next.
     * @return true if they can.
     */
    public boolean isReadyFor(final int entryCount)
    {
        return stateMachine.nextSequence() - 1 + entryCount < dueSequence || waiting == null || waiting.root() != null;
    }

    /**
     * How many entries a request leads to at most that are not of its events.
     *
     * @return 1 if there are state roots, else 0.
     */
    public int entryCountMax()
    {
        return every == 0 ? 0 : 1;
    }

    /**
     * Whether a root is due before anything else happens: one is begun, and the entry of the one before is written.
     *
     * @return true at an end of a group only.
     */
    public boolean isDue()
    {
        return stateMachine.nextSequence() > dueSequence && !stateMachine.isGroupOpen();
    }

    /**
     * Do what is due: begin the next root, and write the entry of the one that was waiting.
     *
     * @param recorded the root as it was recorded, of which the one over the accounts is taken where there is no key to
     *                 make it with; null if there is none.
     * @return false if no entry was written, as none was waiting.
     * @throws IllegalStateException if the root that is to be written is not made, and none was recorded.
     */
    public boolean write(final StateRoot recorded)
    {
        final StateRootTask due = waiting;
        final StateRoot root = due == null ? null : rootOf(due, recorded);
        waiting = new StateRootTask(
            stateMachine.nextSequence() - 1, stateMachine.accountCount(), stateMachine.ledgerCount());
        maker.make(stateMachine, waiting);
        dueSequence = dueAfter(waiting);
        if (root != null)
        {
            stateMachine.writeStateRoot(root);
        }
        return root != null;
    }

    private static StateRoot rootOf(final StateRootTask task, final StateRoot recorded)
    {
        final StateRoot made = task.root();
        if (made == null || made.accountsRoot() == null && recorded == null)
        {
            throw new IllegalStateException("the state root as of sequence " + task.asOfSequence() + " is not made");
        }
        if (made.accountsRoot() != null)
        {
            return made;
        }
        return new StateRoot(
            made.asOfSequence(), made.accountCount(), recorded.accountsRoot(), made.ledgerCount(), made.ledgersRoot());
    }

    private long dueAfter(final StateRootTask task)
    {
        return (task.asOfSequence() / every + 1) * every;
    }
}
