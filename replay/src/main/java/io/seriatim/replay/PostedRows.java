package io.seriatim.replay;

/**
 * The rows that have a value in a field.
 */
final class PostedRows extends ListRows
{
    private final IntLists lists;
    private long list;

    PostedRows(final IntLists lists)
    {
        this.lists = lists;
    }

    PostedRows of(final long newList)
    {
        list = newList;
        restart(IntLists.count(newList), 0);
        return this;
    }

    @Override
    int get(final int index)
    {
        return lists.get(list, index);
    }
}
