package io.seriatim.tools;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records with the same fields, as a table for people, or as CSV or JSON for programs. In JSON, amounts, ids and
 * timestamps are strings, because many readers of JSON keep no more than 53 bits of a number; small counts are numbers.
 * <p>
 * Shape: CSV and JSON go out record by record, a table when all of it is known.<br>
 * Threads: confined to one.
 */
final class RecordOutput implements AutoCloseable
{
    private final Format format;
    private final PrintWriter out;
    private final Field[] fields;
    private final List<Object[]> table = new ArrayList<>();
    private final JsonMapper mapper;
    private long recordCount;

    /** How records look. */
    enum Format
    {
        TABLE, CSV, JSON
    }

    /**
     * A field of every record.
     *
     * @param name     as in the header.
     * @param isNumber and so is put to the right.
     */
    record Field(String name, boolean isNumber)
    {
        static Field number(final String name)
        {
            return new Field(name, true);
        }

        static Field text(final String name)
        {
            return new Field(name, false);
        }
    }

    /**
     * Begins the output.
     *
     * @param format of it.
     * @param out    where it goes; it is flushed at the end and not closed.
     * @param fields of every record.
     */
    RecordOutput(final Format format, final PrintWriter out, final Field... fields)
    {
        this.format = format;
        this.out = out;
        this.fields = fields;
        mapper = format == Format.JSON ? new JsonMapper() : null;
        if (format == Format.CSV)
        {
            final Object[] names = new Object[fields.length];
            for (int i = 0; i < fields.length; i++)
            {
                names[i] = fields[i].name();
            }
            csv(names);
        }
        else if (format == Format.JSON)
        {
            out.print("[");
        }
    }

    /**
     * Puts out a record.
     *
     * @param values as many as there are fields; null is an empty field.
     */
    void record(final Object... values)
    {
        if (values.length != fields.length)
        {
            throw new IllegalArgumentException(
                "a record must have " + fields.length + " values: length=" + values.length);
        }
        switch (format)
        {
            case CSV:
                csv(values);
                break;

            case JSON:
                json(values);
                break;

            default:
                table.add(values.clone());
                break;
        }
        recordCount++;
    }

    private void csv(final Object[] values)
    {
        for (int i = 0; i < values.length; i++)
        {
            if (i > 0)
            {
                out.print(',');
            }
            out.print(quoted(values[i] == null ? "" : values[i].toString()));
        }
        out.print('\n');
    }

    /** A value as a cell of CSV. */
    static String quoted(final String value)
    {
        final boolean isPlain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return isPlain ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    private void json(final Object[] values)
    {
        final Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++)
        {
            object.put(fields[i].name(), values[i] instanceof Long ? values[i].toString() : values[i]);
        }
        out.print(recordCount == 0 ? "\n" : ",\n");
        out.print(mapper.writeValueAsString(object));
    }

    /** Ends the output; a table is printed now. */
    @Override
    public void close()
    {
        if (format == Format.JSON)
        {
            out.print(recordCount == 0 ? "]\n" : "\n]\n");
        }
        else if (format == Format.TABLE)
        {
            final Column[] columns = new Column[fields.length];
            for (int i = 0; i < fields.length; i++)
            {
                columns[i] = new Column()
                    .header(fields[i].name())
                    .headerAlign(fields[i].isNumber() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
                    .dataAlign(fields[i].isNumber() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
                    .maxWidth(Integer.MAX_VALUE);
            }
            out.print(AsciiTable.builder()
                .lineSeparator("\n")
                .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
                .data(columns, table.toArray(new Object[0][]))
                .asString());
            out.print('\n');
        }
        out.flush();
    }
}
