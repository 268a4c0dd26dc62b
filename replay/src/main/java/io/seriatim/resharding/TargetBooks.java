package io.seriatim.resharding;

import io.seriatim.engine.Genesis;
import io.seriatim.engine.ShardRouter;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalDirectory;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.replay.JournalEntries;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Books that an engine has made and that hold nothing yet but what can never change: opened to be filled.
 * <p>
 * Threads: confined to one.
 */
final class TargetBooks implements AutoCloseable
{
    private final JournalDirectory directory;
    private final List<TargetJournal> journals = new ArrayList<>();
    private final TargetShard[] shards;
    private final ShardRouter router;

    private TargetBooks(final JournalDirectory directory, final Genesis genesis)
    {
        this.directory = directory;
        shards = new TargetShard[genesis.shardCount()];
        router = genesis.router();
    }

    /**
     * Open books.
     *
     * @param dataDirectory where they are.
     * @param stateRootKey  that they were created with; null if they have no state roots.
     * @return the books, locked.
     * @throws JournalException if there are entries beside the first one of each shard.
     */
    static TargetBooks open(final Path dataDirectory, final StateRootKey stateRootKey)
    {
        final JournalEntries entries = new JournalEntries(dataDirectory);
        final List<Genesis> genesis = new ArrayList<>();
        for (int shard = 0; shard < entries.shardCount(); shard++)
        {
            genesis.add(entries.genesis(shard));
        }
        // The clean close forces all of it; what is there before that counts for nothing.
        final JournalDirectory directory = JournalDirectory.open(
            new JournalConfig().dataDirectory(dataDirectory).durability(Durability.OS));
        final TargetBooks books = new TargetBooks(directory, genesis.get(0));
        boolean isOpened = false;
        try
        {
            for (int journal = 0; journal < directory.journalCount(); journal++)
            {
                books.open(journal, genesis, stateRootKey);
            }
            isOpened = true;
            return books;
        }
        finally
        {
            if (!isOpened)
            {
                books.close();
            }
        }
    }

    private void open(final int journalIndex, final List<Genesis> genesis, final StateRootKey stateRootKey)
    {
        final RecoveredJournal found =
            directory.recover(journalIndex, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
        final TargetJournal journal = new TargetJournal(directory.journal(journalIndex));
        journals.add(journal);
        for (final int shard : directory.manifest(journalIndex).shards())
        {
            if (found.nextSequence(shard) != LedgerStateMachine.FIRST_SEQUENCE)
            {
                throw new JournalException(
                    "there are entries already: shard=" + shard + ", directory=" + journal.journal().directory());
            }
            shards[shard] = new TargetShard(genesis.get(shard), journal, found.previousCrc(shard), stateRootKey);
            journal.add(shards[shard]);
        }
    }

    ShardRouter router()
    {
        return router;
    }

    TargetShard shard(final int shard)
    {
        return shards[shard];
    }

    /** Make everything durable, and say what each shard has come to. */
    void closeCleanly()
    {
        journals.forEach(TargetJournal::closeCleanly);
    }

    @Override
    public void close()
    {
        CloseHelper.quietCloseAll(journals);
        directory.close();
    }
}
