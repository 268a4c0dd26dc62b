package io.seriatim.replay;

/**
 * The transfers on a side of an account.
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
        list = newList;
        restart(Movements.count(newList));
        return this;
    }

    @Override
    int get(final int index)
    {
        return movements.row(list, index);
    }
}
