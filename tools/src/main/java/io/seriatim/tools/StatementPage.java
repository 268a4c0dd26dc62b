package io.seriatim.tools;

import java.util.List;

/**
 * What a statement is written on, to be printed: facts first, then a table.
 */
interface StatementPage
{
    /** A fact of the head. */
    void fact(String name, String value);

    /** The facts end and a table begins. */
    void table(List<String> columns);

    /** A row of the table, a cell for each column. */
    void row(Object... cells);
}
