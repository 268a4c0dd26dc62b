package io.seriatim.replay;

/**
 * The transfers on a side of an account, or its releases.
 */
final class SideRows extends ListRows
{
    private final Movements movements;
    private long list;

    SideRows(final Movements movements)
    {
        this.movements = movements;
    }

    SideRows of(final long newList)
    {
        return of(newList, 0);
    }

    /** The first search begins at an index. */
    SideRows of(final long newList, final int start)
    {
        list = newList;
        restart(Movements.count(newList), start);
        return this;
    }

    @Override
    int get(final int index)
    {
        return movements.row(list, index);
    }
}
