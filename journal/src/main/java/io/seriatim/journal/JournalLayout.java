package io.seriatim.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * What a new data directory shall hold: the log's identity, and which journal carries which shard. It never changes.
 *
 * @param logUuid         identity of the log.
 * @param journalCount    how many journals, from 1 to the number of shards.
 * @param journalsOfShard the journal of each shard, by its number; every journal carries at least one.
 * @param stateRootKey    fingerprint of the key that the books' state roots are made with; empty if they have none.
 */
public record JournalLayout(UUID logUuid, int journalCount, List<Integer> journalsOfShard, String stateRootKey)
{
    private static final int SHARD_COUNT_MAX = 0xFFFF;

    /**
     * Checks and copies the fields.
     */
    public JournalLayout
    {
        journalsOfShard = List.copyOf(journalsOfShard);
        if (journalsOfShard.size() > SHARD_COUNT_MAX || journalCount < 1)
        {
            throw new IllegalArgumentException(
                "an engine has 1 to " + SHARD_COUNT_MAX + " shards and at least one journal: shards=" +
                journalsOfShard.size() + ", journals=" + journalCount);
        }

        for (int journal = 0; journal < journalCount; journal++)
        {
            if (!journalsOfShard.contains(journal))
            {
                throw new IllegalArgumentException(
                    "every journal carries a shard: journal=" + journal + ", journalsOfShard=" + journalsOfShard);
            }
        }

        if (Collections.min(journalsOfShard) < 0 || Collections.max(journalsOfShard) >= journalCount)
        {
            throw new IllegalArgumentException(
                "shards are carried by journals 0 to " + (journalCount - 1) + ": journalsOfShard=" + journalsOfShard);
        }
    }

    /**
     * A layout of books without state roots.
     *
     * @param logUuid         identity of the log.
     * @param journalCount    how many journals.
     * @param journalsOfShard the journal of each shard.
     */
    public JournalLayout(final UUID logUuid, final int journalCount, final List<Integer> journalsOfShard)
    {
        this(logUuid, journalCount, journalsOfShard, "");
    }

    /**
     * This layout of books with state roots.
     *
     * @param fingerprint of their key.
     * @return a layout.
     */
    public JournalLayout withStateRootKey(final String fingerprint)
    {
        return new JournalLayout(logUuid, journalCount, journalsOfShard, fingerprint);
    }

    /**
     * Shards dealt out to journals in turn: shard s to journal s modulo the number of journals.
     *
     * @param logUuid      identity of the log.
     * @param shardCount   how many shards, from 1.
     * @param journalCount how many journals, from 1 to the number of shards.
     * @return the layout.
     */
    public static JournalLayout of(final UUID logUuid, final int shardCount, final int journalCount)
    {
        final List<Integer> journals = new ArrayList<>();
        for (int shard = 0; shard < shardCount; shard++)
        {
            // No journal at all is refused by the constructor.
            journals.add(shard % Math.max(1, journalCount));
        }

        return new JournalLayout(logUuid, journalCount, journals);
    }

    /**
     * How many shards the engine has.
     *
     * @return a count from 1.
     */
    public int shardCount()
    {
        return journalsOfShard.size();
    }

    /**
     * The shards of a journal.
     *
     * @param journalIndex from 0.
     * @return their numbers, ascending.
     */
    public List<Integer> shardsOf(final int journalIndex)
    {
        final List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < journalsOfShard.size(); shard++)
        {
            if (journalsOfShard.get(shard) == journalIndex)
            {
                shards.add(shard);
            }
        }

        return shards;
    }
}
