package io.seriatim.replay;

import io.seriatim.journal.JournalException;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the read models of one journal from a snapshot of them, see {@link ModelChunks}.
 * <p>
 * Threads: confined to that of the read models.
 */
final class ModelLoader implements AutoCloseable
{
    /**
     * A shard that was loaded.
     *
     * @param parts of its model.
     * @param crc   checksum of its last frame.
     */
    record Loaded(ModelParts parts, int crc)
    {
    }

    /** Makes an empty model. */
    @FunctionalInterface
    interface Factory
    {
        /**
         * A model before all entries.
         *
         * @param shard number of the shard, one of the journal.
         * @param seed  of its indexes.
         */
        ModelParts create(int shard, long seed);
    }

    private final Set<Integer> shards;
    private final Factory factory;
    private final List<Loaded> loaded = new ArrayList<>();

    // The shard that is being loaded.
    private ModelParts parts;
    private List<ModelTable> tables = List.of();
    private int[] rowCounts = {};
    private int table;
    private int row;

    /**
     * Nothing is loaded yet.
     *
     * @param shards  of the journal.
     * @param factory of their models.
     */
    ModelLoader(final Set<Integer> shards, final Factory factory)
    {
        this.shards = new HashSet<>(shards);
        this.factory = factory;
    }

    /**
     * Take a block of the snapshot; they come in their order.
     *
     * @throws JournalException if it is not the one that has to come.
     */
    void onBlock(final int type, final DirectBuffer buffer, final int offset, final int length)
    {
        require(type == ModelChunks.CHUNK && length >= ModelChunks.HEADER_LENGTH, "not a chunk of a read model", type);
        final int shard = buffer.getInt(offset);
        final int number = buffer.getInt(offset + ModelChunks.TABLE_OFFSET);
        final int rowCount = buffer.getInt(offset + ModelChunks.ROW_COUNT_OFFSET);
        if (number == ModelChunks.HEAD)
        {
            onHead(shard, rowCount, buffer, offset, length);
        }
        else
        {
            onRows(shard, number, rowCount, buffer, offset, length);
        }
    }

    /**
     * All blocks have come.
     *
     * @return each shard, in the order of the snapshot; they are the caller's to close.
     * @throws JournalException if anything is missing.
     */
    List<Loaded> end()
    {
        requireComplete();
        require(shards.isEmpty(), "shards are missing", shards.size());
        final List<Loaded> result = List.copyOf(loaded);
        loaded.clear();
        return result;
    }

    /** Let go of what was not handed over. */
    @Override
    public void close()
    {
        loaded.forEach(each -> CloseHelper.close(each.parts()));
        loaded.clear();
    }

    private void onHead(
        final int shard, final int tableCount, final DirectBuffer buffer, final int offset, final int length)
    {
        requireComplete();
        require(shards.remove(shard), "no such shard, or it comes twice", shard);
        require(length >= ModelChunks.COUNTS_OFFSET &&
            buffer.getInt(offset + ModelChunks.FORMAT_OFFSET) == ModelChunks.FORMAT,
            "it was written by another version", length);
        parts = factory.create(shard, buffer.getLong(offset + ModelChunks.SEED_OFFSET));
        loaded.add(new Loaded(parts, buffer.getInt(offset + ModelChunks.CRC_OFFSET)));
        tables = parts.tables();
        require(tableCount == tables.size() &&
            length == ModelChunks.COUNTS_OFFSET + tableCount * Integer.BYTES, "not so many tables", tableCount);
        rowCounts = new int[tableCount];
        for (int i = 0; i < tableCount; i++)
        {
            rowCounts[i] = buffer.getInt(offset + ModelChunks.COUNTS_OFFSET + i * Integer.BYTES);
            require(rowCounts[i] >= 0, "not a number of rows", rowCounts[i]);
            tables.get(i).beginLoad(rowCounts[i]);
        }
        parts.model().appliedSequence(buffer.getLong(offset + ModelChunks.SEQUENCE_OFFSET));
        table = 0;
        row = 0;
        skipFull();
    }

    private void onRows(
        final int shard,
        final int number,
        final int rowCount,
        final DirectBuffer buffer,
        final int offset,
        final int length)
    {
        require(parts != null && shard == parts.shard() && number == table && table < tables.size(),
            "not the table that comes next", number);
        final ModelTable rows = tables.get(table);
        require(rowCount > 0 && rowCount <= rowCounts[table] - row &&
            length == ModelChunks.HEADER_LENGTH + (long)rowCount * rows.rowLength(), "not so many rows", rowCount);
        for (int i = 0; i < rowCount; i++)
        {
            rows.load(row, buffer, offset + ModelChunks.HEADER_LENGTH + i * rows.rowLength());
            row++;
        }
        skipFull();
    }

    private void skipFull()
    {
        while (table < tables.size() && row == rowCounts[table])
        {
            table++;
            row = 0;
        }
    }

    private void requireComplete()
    {
        require(table == tables.size(), "rows are missing", table);
    }

    private static void require(final boolean isGood, final String what, final long found)
    {
        if (!isGood)
        {
            throw new JournalException("the snapshot of a read model can not be used: " + what + ": found=" + found);
        }
    }
}
