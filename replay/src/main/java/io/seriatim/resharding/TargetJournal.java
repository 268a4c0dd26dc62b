package io.seriatim.resharding;

import io.seriatim.journal.ArchiveJournal;
import io.seriatim.journal.JournalException;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;

import java.util.ArrayList;
import java.util.List;

/**
 * A journal of the books that are being made, and its shards, of which one writes at a time.
 * <p>
 * Threads: confined to one, which drives the journal too.
 */
final class TargetJournal implements AutoCloseable
{
    private final ArchiveJournal journal;
    private final AgentInvoker invoker;
    private final List<TargetShard> shards = new ArrayList<>();
    private TargetShard writing;
    private Throwable agentFailure;

    /** Open the journal; its shards are added then. */
    TargetJournal(final ArchiveJournal journal)
    {
        this.journal = journal;
        invoker = new AgentInvoker(error -> agentFailure = error, null, journal.agent());
        invoker.start();
        while (!journal.isOpen())
        {
            invoke();
        }
    }

    ArchiveJournal journal()
    {
        return journal;
    }

    void add(final TargetShard shard)
    {
        shards.add(shard);
    }

    /** Make sure of room for so many entries of a shard, which writes from now on. */
    void awaitRoom(final TargetShard shard, final int entryCount)
    {
        if (writing != shard)
        {
            endOpenGroup();
            writing = shard;
        }
        if (!shard.hasRoom(entryCount))
        {
            drain();
        }
        if (!shard.hasRoom(entryCount))
        {
            throw new JournalException(
                "a request needs more room than the journal has: entries=" + entryCount + ", window=" +
                journal.windowMax() + ", directory=" + journal.directory());
        }
    }

    /** The frames of a group lie side by side. */
    private void endOpenGroup()
    {
        if (writing != null)
        {
            awaitFrame();
            writing.endOpenGroup();
        }
    }

    /** Write everything that gathers, and wait until it is in the files. */
    void drain()
    {
        endOpenGroup();
        for (final TargetShard shard : shards)
        {
            awaitFrame();
            shard.flush();
        }
        while (journal.committedPosition() < journal.appendedPosition())
        {
            invoke();
        }
        shards.forEach(TargetShard::onCommitted);
    }

    /** Let the journal say that it ends here, and what each shard has come to. */
    void closeCleanly()
    {
        drain();
        for (final TargetShard shard : shards)
        {
            awaitFrame();
            shard.markClosed();
        }
        while (journal.committedPosition() < journal.appendedPosition())
        {
            invoke();
        }
        journal.closeCleanly(shards.stream().map(TargetShard::mark).toList());
        invoker.close();
        requireIntact();
    }

    private void awaitFrame()
    {
        while (journal.availableWindow() < journal.frameLengthMax())
        {
            invoke();
        }
    }

    private void invoke()
    {
        invoker.invoke();
        requireIntact();
    }

    private void requireIntact()
    {
        if (journal.failure() != null)
        {
            throw journal.failure();
        }
        if (agentFailure != null)
        {
            throw new JournalException(
                "the journal can not be written: directory=" + journal.directory(), agentFailure);
        }
    }

    @Override
    public void close()
    {
        CloseHelper.quietCloseAll(invoker, journal);
        CloseHelper.quietCloseAll(shards);
    }
}
