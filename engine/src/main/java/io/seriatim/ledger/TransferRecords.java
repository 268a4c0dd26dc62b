package io.seriatim.ledger;

import org.agrona.MutableDirectBuffer;

/**
 * Where the state machine reads an entry back that it no longer holds itself: a repeated id is answered by comparing
 * with the entry of the original. A port: the engine reads its journal, a replay the files.
 */
@FunctionalInterface
public interface TransferRecords
{
    /**
     * Copy an entry from its SBE header on.
     *
     * @param sequence of the entry.
     * @param buffer   to copy to.
     * @param offset   in the buffer, with room for {@link EntryWindow#ENTRY_LENGTH_MAX} bytes behind it.
     * @throws RuntimeException if it can not be read or is damaged: the shard then stops, as no answer is better than
     * a wrong one.
     */
    void read(long sequence, MutableDirectBuffer buffer, int offset);
}
