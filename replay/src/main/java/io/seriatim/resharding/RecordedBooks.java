package io.seriatim.resharding;

import io.seriatim.engine.Genesis;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.replay.JournalEntries;

import java.nio.file.Path;

/**
 * The books of a directory where no engine is at work, up to where a launch would go on: to read only.
 * <p>
 * Cost: each journal is read once when this is made.<br>
 * Threads: confined to one.
 */
public final class RecordedBooks
{
    private final Path directory;
    private final JournalFiles files;
    private final Genesis genesis;
    private final long[] ends;
    private final long[] incarnations;
    private final long[] entryCounts;

    /**
     * Look at a directory.
     *
     * @param directory of an engine.
     * @throws JournalException if it holds no journals, one is damaged, or an engine is at work there.
     */
    public RecordedBooks(final Path directory)
    {
        this.directory = directory;
        files = JournalFiles.open(directory);
        requireAtRest();
        genesis = new JournalEntries(directory).genesis(0);
        entryCounts = new long[files.manifest(0).shardCount()];
        ends = new long[files.journalCount()];
        incarnations = new long[files.journalCount()];
        for (int journal = 0; journal < ends.length; journal++)
        {
            final RecoveredJournal found = files.scan(
                journal, ScanStart.BEGINNING,
                (position, buffer, offset, length) ->
                    entryCounts[Frames.shard(buffer, offset)] += Frames.entryCount(buffer, offset));
            ends[journal] = found.position();
            incarnations[journal] = files.manifest(journal).incarnation();
        }
    }

    /**
     * Where they are.
     *
     * @return the directory.
     */
    public Path directory()
    {
        return directory;
    }

    /**
     * How many shards there are.
     *
     * @return a count.
     */
    public int shardCount()
    {
        return entryCounts.length;
    }

    /**
     * What can never change: the first entry of the first shard.
     *
     * @return its genesis.
     */
    public Genesis genesis()
    {
        return genesis;
    }

    /**
     * How many entries there are.
     *
     * @return a count over all shards, their genesis entries included.
     */
    public long entryCount()
    {
        long count = 0;
        for (final long each : entryCounts)
        {
            count += each;
        }
        return count;
    }

    /**
     * Make sure that nothing was written since this was made.
     *
     * @throws JournalException if an engine was launched meanwhile.
     */
    public void requireUnchanged()
    {
        requireAtRest();
        final JournalFiles now = JournalFiles.open(directory);
        for (int journal = 0; journal < ends.length; journal++)
        {
            if (now.manifest(journal).incarnation() != incarnations[journal])
            {
                throw new JournalException(
                    "an engine was launched meanwhile, so there may be more than was read: directory=" + directory);
            }
        }
    }

    /** Open a shard at its first entry. */
    ShardEntries open(final int shard)
    {
        final int journal = files.journalOf(shard);
        return new ShardEntries(files.reader(journal), shard, ends[journal]);
    }

    private void requireAtRest()
    {
        if (files.isLive())
        {
            throw new JournalException(
                "an engine is at work there: directory=" + directory + ", pid=" + files.holderPid() +
                "; stop it first");
        }
    }
}
