package io.seriatim.replay;

/**
 * The rows of either of two sets.
 */
final class EitherRows implements RowSet
{
    private final RowSet a;
    private final RowSet b;

    EitherRows(final RowSet a, final RowSet b)
    {
        this.a = a;
        this.b = b;
    }

    @Override
    public int ceiling(final int row)
    {
        final int ofA = a.ceiling(row);
        final int ofB = b.ceiling(row);
        // None is -1, which is the greatest of all without its sign.
        return Integer.compareUnsigned(ofA, ofB) < 0 ? ofA : ofB;
    }

    @Override
    public int floor(final int row)
    {
        return Math.max(a.floor(row), b.floor(row));
    }
}
