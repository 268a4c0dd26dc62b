package io.seriatim.replay;

import io.seriatim.engine.StoredEntries;
import org.agrona.CloseHelper;

import java.util.ArrayList;
import java.util.List;

/**
 * What a read model of one shard consists of, and what a snapshot of it holds.
 *
 * @param shard   number of the shard.
 * @param model   of it.
 * @param entries of it, as far as the model has come.
 */
record ModelParts(int shard, ReadModel model, StoredEntries entries) implements AutoCloseable
{
    /** The tables of a snapshot, always the same in the same order. */
    List<ModelTable> tables()
    {
        final List<ModelTable> tables = new ArrayList<>(model.tables());
        tables.add(new EntryMarks(entries));
        return tables;
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(model, entries);
    }
}
