package io.seriatim.ledger;

import org.agrona.UnsafeApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmentsTest
{
    @ParameterizedTest
    @ValueSource(ints = {8, 24, 136, 4096, 34_368, 300_000})
    void shouldHandOutRowsOfZerosThatKeepWhatIsWritten(final int rowLength)
    {
        final long rowCount = 3 * Segments.BLOCK_LENGTH / 2 / rowLength;
        try (Segments segments = new Segments(rowLength))
        {
            for (long row = 0; row < rowCount; row++)
            {
                segments.ensure(row);
                final long address = segments.address(row);
                final long last = address + rowLength - Long.BYTES;
                assertEquals(0, UnsafeApi.getLong(address), "row=" + row);
                assertEquals(0, UnsafeApi.getLong(last), "row=" + row);
                UnsafeApi.putLong(address, ~row);
                UnsafeApi.putLong(last, ~row);
            }
            for (long row = 0; row < rowCount; row++)
            {
                assertEquals(~row, UnsafeApi.getLong(segments.address(row)), "row=" + row);
                assertEquals(
                    ~row, UnsafeApi.getLong(segments.address(row) + rowLength - Long.BYTES), "row=" + row);
            }
            assertTrue(segments.allocatedBytes() >= rowCount * rowLength, "allocated=" + segments.allocatedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 136, 4096, 300_000})
    void shouldCutLaterSegmentsFromBlocksThatHugePagesCanHold(final int rowLength)
    {
        long blockCount = 0;
        long before = Long.MIN_VALUE;
        try (Segments segments = new Segments(rowLength))
        {
            for (long row = 0; row < 3 * Segments.BLOCK_LENGTH / rowLength; row++)
            {
                segments.ensure(row);
                final long address = segments.address(row);
                if (row * rowLength > 2 * Segments.HUGE_PAGE_LENGTH && isFarFrom(before, address))
                {
                    assertEquals(0, address % Segments.HUGE_PAGE_LENGTH, "row=" + row);
                    blockCount++;
                }
                before = address;
            }
        }
        assertTrue(blockCount == 2 || blockCount == 3, "blocks=" + blockCount);
    }

    private static boolean isFarFrom(final long before, final long address)
    {
        return address < before || address - before > 2 * Segments.SEGMENT_LENGTH;
    }
}
