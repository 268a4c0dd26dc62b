package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RecordOutputTest
{
    private static final RecordOutput.Field[] FIELDS = {
        RecordOutput.Field.text("account_id"), RecordOutput.Field.number("ledger"),
        RecordOutput.Field.number("timestamp") };

    @Test
    void shouldPrintATable()
    {
        assertEquals(
            """
            +------------+--------+-----------+
            | account_id | ledger | timestamp |
            +------------+--------+-----------+
            | a "b", c   |    840 |  99999999 |
            |            |      7 |           |
            +------------+--------+-----------+
            """, print(RecordOutput.Format.TABLE, true));
        assertEquals(
            """
            +------------+--------+-----------+
            | account_id | ledger | timestamp |
            +------------+--------+-----------+
            +------------+--------+-----------+
            """, print(RecordOutput.Format.TABLE, false));
    }

    @Test
    void shouldPrintCsvThatOurOwnReaderReads()
    {
        assertEquals("account_id,ledger,timestamp\n\"a \"\"b\"\", c\",840,99999999\n,7,\n",
            print(RecordOutput.Format.CSV, true));
        assertEquals("account_id,ledger,timestamp\n", print(RecordOutput.Format.CSV, false));
    }

    @Test
    void shouldPrintJsonWithLongNumbersAsStrings()
    {
        assertEquals(
            """
            [
            {"account_id":"a \\"b\\", c","ledger":840,"timestamp":"99999999"},
            {"account_id":null,"ledger":7,"timestamp":null}
            ]
            """, print(RecordOutput.Format.JSON, true));
        assertEquals("[]\n", print(RecordOutput.Format.JSON, false));
    }

    @Test
    void shouldRefuseARecordOfAnotherLength()
    {
        try (RecordOutput output = new RecordOutput(
            RecordOutput.Format.CSV, new PrintWriter(new StringWriter()), FIELDS))
        {
            assertEquals("a record must have 3 values: length=1",
                assertThrows(IllegalArgumentException.class, () -> output.record("x")).getMessage());
        }
    }

    private static String print(final RecordOutput.Format format, final boolean hasRecords)
    {
        final StringWriter text = new StringWriter();
        try (RecordOutput output = new RecordOutput(format, new PrintWriter(text), FIELDS))
        {
            if (hasRecords)
            {
                output.record("a \"b\", c", 840, 99999999L);
                output.record(null, 7, null);
            }
        }
        return text.toString();
    }
}
