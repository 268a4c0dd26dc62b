package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * The rows of a table as they were at one moment, handed out in order while the table goes on: a row that changes
 * before its turn saves its old version first.
 * <p>
 * Shape: beside the table, only the rows that changed meanwhile, each with its number.<br>
 * Cost: a comparison for each change of a row while nothing is copied; a look-up and at most one copy of the row
 * while something is. Nothing is allocated on the heap but by the first {@link #begin}.<br>
 * Threads: confined to the one that owns the table.
 */
public final class RowCopy implements AutoCloseable
{
    private static final int IMAGE_OFFSET = Long.BYTES;

    private final Segments rows;
    private final int rowLength;
    private Segments savedRows;
    private HashIndex savedPlaces;
    private long savedCount;
    private long limit;
    private long next;

    /**
     * Nothing is copied yet.
     *
     * @param rows      of the table.
     * @param rowLength in bytes, a multiple of 8.
     */
    public RowCopy(final Segments rows, final int rowLength)
    {
        this.rows = rows;
        this.rowLength = rowLength;
    }

    /**
     * From now on the rows are handed out as they are now, each once.
     *
     * @param rowCount how many there are.
     */
    public void begin(final long rowCount)
    {
        cancel();
        if (savedRows == null)
        {
            savedRows = new Segments(IMAGE_OFFSET + rowLength);
            savedPlaces = new HashIndex(rowLength);
        }
        limit = rowCount;
    }

    /** Index of the row that {@link #next()} hands out. */
    long nextRow()
    {
        return next;
    }

    /**
     * A row is about to change, or to be written for the first time.
     *
     * @param row index of the row.
     */
    public void beforeChange(final long row)
    {
        if (row < limit && row >= next)
        {
            save(row);
        }
    }

    /**
     * The next row as it was.
     *
     * @return its address; it is good until the next call, or the next change of the table.
     */
    public long next()
    {
        final long row = next++;
        final long found = savedCount == 0 ? HashIndex.NOT_FOUND : savedPlaces.find(savedPlaces.hash(row));
        if (found != HashIndex.NOT_FOUND)
        {
            final long place = HashIndex.value(found);
            savedPlaces.remove(found);
            return savedRows.address(place - 1) + IMAGE_OFFSET;
        }
        return rows.address(row);
    }

    /** Hand out no more; what was saved is forgotten. */
    public void cancel()
    {
        // Of a copy that is complete every row that was saved has been handed out and forgotten.
        for (long place = 0; next < limit && place < savedCount; place++)
        {
            final long row = UnsafeApi.getLong(savedRows.address(place));
            if (row >= next)
            {
                savedPlaces.remove(savedPlaces.find(savedPlaces.hash(row)));
            }
        }
        savedCount = 0;
        limit = 0;
        next = 0;
    }

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return savedRows == null ? 0 : savedRows.allocatedBytes() + savedPlaces.allocatedBytes();
    }

    /** Hand out no more, and let go of the memory; the next {@link #begin} takes some again. */
    @Override
    public void close()
    {
        limit = 0;
        next = 0;
        savedCount = 0;
        if (savedRows != null)
        {
            savedRows.close();
            savedPlaces.close();
            savedRows = null;
            savedPlaces = null;
        }
    }

    private void save(final long row)
    {
        final long hash = savedPlaces.hash(row);
        if (savedPlaces.get(hash) == HashIndex.NOT_FOUND)
        {
            savedRows.ensure(savedCount);
            final long saved = savedRows.address(savedCount);
            UnsafeApi.putLong(saved, row);
            UnsafeApi.copyMemory(rows.address(row), saved + IMAGE_OFFSET, rowLength);
            savedCount++;
            savedPlaces.add(hash, savedCount);
        }
    }
}
