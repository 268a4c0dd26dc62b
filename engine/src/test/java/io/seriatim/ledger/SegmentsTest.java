package io.seriatim.ledger;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class SegmentsTest
{
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIB = 1024;

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

    @Test
    void shouldTakeAddressesAndNoMemoryForWhatNoSegmentHasComeTo() throws IOException
    {
        assumeTrue(Files.isReadable(STATUS));
        final int rowLength = 4096;
        final List<Segments> tables = new ArrayList<>();
        final long residentBefore = fieldBytes("VmRSS:");
        final long addressesBefore = fieldBytes("VmSize:");
        for (int i = 0; i < 16; i++)
        {
            final Segments table = new Segments(rowLength);
            table.ensure(Segments.HUGE_PAGE_LENGTH / rowLength);
            tables.add(table);
        }
        final long resident = fieldBytes("VmRSS:") - residentBefore;
        final long addresses = fieldBytes("VmSize:") - addressesBefore;
        tables.forEach(Segments::close);

        assertTrue(addresses >= 16 * Segments.BLOCK_LENGTH, "addresses=" + addresses);
        assertTrue(resident < 16 * Segments.BLOCK_LENGTH / 2, "resident=" + resident);
        assertTrue(
            fieldBytes("VmSize:") - addressesBefore < 16 * Segments.BLOCK_LENGTH / 2, "blocks were not given back");
    }

    private static long fieldBytes(final String name) throws IOException
    {
        for (final String line : Files.readAllLines(STATUS))
        {
            if (line.startsWith(name))
            {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB;
            }
        }
        throw new AssertionError("no " + name + " in " + STATUS);
    }
}
