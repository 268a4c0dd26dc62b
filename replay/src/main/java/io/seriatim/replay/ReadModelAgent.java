package io.seriatim.replay;

import io.seriatim.engine.QueryAgent;
import io.seriatim.engine.QueryQueue;
import io.seriatim.engine.QuerySource;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.JournalReader;
import org.agrona.CloseHelper;
import org.agrona.collections.Int2ObjectHashMap;

import java.util.ArrayList;
import java.util.List;

/**
 * Follows one journal and keeps a {@link ReadModel} of each of its shards, from which it answers their queries. A query
 * is answered from the state after exactly the entry that it names: the committed position is read first, and before an
 * entry is applied its shard's queue is looked at, where every query is that came before the entry was made.
 * <p>
 * An error of its own, damage of the journal and the limit of memory end the answers and let go of the memory; queries
 * are told why at each pass, and the shards go on.
 * <p>
 * Threads: one calls start, {@link #doWork} and close; {@link #progress} and {@link #allocatedBytes} any. Nothing is
 * held before the start.
 */
final class ReadModelAgent implements QueryAgent
{
    /** A pass ends behind so much work: an entry counts for one, an answer for this many. */
    private static final int WORK_PER_PASS = 2_048;
    private static final int WORK_PER_ANSWER = 64;

    /** One shard of the journal. */
    private static final class Shard implements AutoCloseable
    {
        private final QueryQueue queue;
        private final StoredEntries entries;
        private final ReadModel model = new ReadModel();
        private final Answers answers;

        Shard(final QueryQueue queue, final JournalReader reader)
        {
            this.queue = queue;
            entries = new StoredEntries(queue.shard(), reader.frameLengthMax());
            entries.source(reader);
            answers = new Answers(model, entries);
        }

        @Override
        public void close()
        {
            CloseHelper.closeAll(model, entries);
        }

        long allocatedBytes()
        {
            return model.allocatedBytes() + entries.allocatedBytes();
        }
    }

    private final QuerySource source;
    private final List<Shard> shards = new ArrayList<>();
    private final Int2ObjectHashMap<Shard> shardByNumber = new Int2ObjectHashMap<>();
    private JournalReader reader;
    private JournalReader entryReader;
    private JournalFollower follower;
    private boolean hasEntry;
    private long startPosition;
    private Throwable failure;
    private volatile double progress;
    private volatile long allocatedBytes;

    ReadModelAgent(final QuerySource source)
    {
        this.source = source;
    }

    @Override
    public String roleName()
    {
        return "seriatim-read-model-" + source.name();
    }

    @Override
    public void onStart()
    {
        try
        {
            reader = source.reader().get();
            entryReader = source.reader().get();
            follower = new JournalFollower(reader);
            for (final QueryQueue queue : source.queues())
            {
                final Shard shard = new Shard(queue, entryReader);
                shards.add(shard);
                shardByNumber.put(queue.shard(), shard);
            }
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
    }

    @Override
    public int doWork()
    {
        if (failure == null)
        {
            try
            {
                return step();
            }
            catch (final Throwable ex)
            {
                fail(ex);
            }
        }
        source.queues().forEach(queue -> queue.fail(failure));
        return 0;
    }

    @Override
    public void onClose()
    {
        release();
    }

    @Override
    public double progress()
    {
        return progress;
    }

    @Override
    public long allocatedBytes()
    {
        return allocatedBytes;
    }

    private int step()
    {
        // Before the queues: what is committed by now was made after the queries that come before it were put there.
        final long committedPosition = source.committedPosition().getAsLong();
        int work = answerAll();
        while (work < WORK_PER_PASS && (hasEntry || follower.next(committedPosition)))
        {
            hasEntry = true;
            final Shard shard = shardByNumber.get(follower.shard());
            if (shard.queue.nextSequence() < follower.sequence())
            {
                answer(shard);
                work += WORK_PER_ANSWER;
            }
            else
            {
                apply(shard);
                hasEntry = false;
                work++;
            }
        }
        work += answerAll();
        note(committedPosition);
        return work;
    }

    private void apply(final Shard shard)
    {
        if (follower.isFirstOfFrame())
        {
            shard.entries.onFrame(follower.framePosition(), follower.sequence());
        }
        shard.model.apply(follower.sequence(), follower.buffer(), follower.offset());
    }

    /** Queries that ask for the state that their shard has come to. */
    private int answerAll()
    {
        int work = 0;
        for (final Shard shard : shards)
        {
            while (work < WORK_PER_PASS && shard.queue.nextSequence() <= shard.model.appliedSequence())
            {
                answer(shard);
                work += WORK_PER_ANSWER;
            }
        }
        return work;
    }

    private static void answer(final Shard shard)
    {
        if (shard.queue.nextSequence() != shard.model.appliedSequence())
        {
            throw new IllegalStateException(
                "a query asks for a state that is gone: shard=" + shard.queue.shard() + ", sequence=" +
                shard.queue.nextSequence() + ", applied=" + shard.model.appliedSequence());
        }
        shard.queue.answer(shard.answers);
    }

    /** What other threads may ask, and the limit of memory. */
    private void note(final long committedPosition)
    {
        long bytes = follower.allocatedBytes();
        for (final Shard shard : shards)
        {
            bytes += shard.allocatedBytes();
        }
        if (bytes > source.memoryMax())
        {
            throw new IllegalStateException(
                "it needs more memory than EngineConfig.readModelMemoryMax allows: bytes=" + bytes + ", allowed=" +
                source.memoryMax() + ", journal=" + source.name());
        }
        allocatedBytes = bytes;
        if (progress < 1)
        {
            startPosition = startPosition == 0 ? committedPosition : startPosition;
            final long position = hasEntry ? follower.framePosition() : follower.position();
            progress = startPosition == 0 ? 0 : Math.min(1, (double)position / startPosition);
        }
    }

    private void fail(final Throwable cause)
    {
        failure = cause;
        progress = 1;
        try
        {
            release();
        }
        catch (final RuntimeException ex)
        {
            cause.addSuppressed(ex);
        }
    }

    private void release()
    {
        allocatedBytes = 0;
        final JournalFollower openFollower = follower;
        final JournalReader openReader = reader;
        final JournalReader openEntryReader = entryReader;
        follower = null;
        reader = null;
        entryReader = null;
        shardByNumber.clear();
        final List<Shard> openShards = List.copyOf(shards);
        shards.clear();
        CloseHelper.closeAll(openShards);
        CloseHelper.closeAll(openFollower, openReader, openEntryReader);
    }
}
