package io.seriatim.replay;

import io.seriatim.ledger.PendingState;

/**
 * The pending transfers that are in a state.
 */
final class StateRows implements RowSet
{
    private final PendingSets sets;
    private PendingState state;

    StateRows(final PendingSets sets)
    {
        this.sets = sets;
    }

    StateRows of(final PendingState newState)
    {
        state = newState;
        return this;
    }

    @Override
    public int ceiling(final int row)
    {
        return sets.ceiling(state, row);
    }

    @Override
    public int floor(final int row)
    {
        return sets.floor(state, row);
    }
}
