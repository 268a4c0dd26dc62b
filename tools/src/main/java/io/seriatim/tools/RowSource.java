package io.seriatim.tools;

/**
 * Rows in their order, one at a time: from a file, or made up.
 *
 * @param <R> kind of row.
 */
public interface RowSource<R extends Row>
{
    /**
     * Fills the next row.
     *
     * @param row every field of which is overwritten.
     * @return false if there is none; the row is then undefined.
     */
    boolean next(R row);

    /**
     * Where the rows come from, for messages.
     *
     * @return name of the file.
     */
    String name();
}
