package io.seriatim.engine;

import io.seriatim.journal.JournalReader;

import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A journal to follow.
 *
 * @param number            of the journal.
 * @param logUuid           of its log.
 * @param shards            that it carries.
 * @param reader            opens a reader of its frames for the thread that asks.
 * @param committedPosition up to where its frames may be read. Any thread may ask.
 */
public record JournalSource(
    int number, UUID logUuid, List<Integer> shards, Supplier<JournalReader> reader, LongSupplier committedPosition)
{
    /**
     * What it is called in messages and names of threads.
     *
     * @return a name.
     */
    public String name()
    {
        return "journal-" + number;
    }
}
