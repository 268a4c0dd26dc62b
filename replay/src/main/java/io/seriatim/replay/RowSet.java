package io.seriatim.replay;

/**
 * An ordered set of row numbers that can be searched in both directions.
 */
interface RowSet
{
    /** There is no such row. */
    int NONE = -1;

    /** Least row from this one on; or {@link #NONE}. */
    int ceiling(int row);

    /** Greatest row up to this one; or {@link #NONE}. */
    int floor(int row);
}
