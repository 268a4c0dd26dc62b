package io.seriatim.replay;

import io.seriatim.engine.QueryAgent;
import io.seriatim.engine.QueryQueue;
import io.seriatim.engine.QuerySource;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import org.agrona.CloseHelper;
import org.agrona.collections.Int2ObjectHashMap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

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

    private static final System.Logger LOGGER = System.getLogger(ReadModelAgent.class.getName());

    private final QuerySource source;
    private final Map<Integer, QueryQueue> queues = new TreeMap<>();
    private final List<ShardModel> shards = new ArrayList<>();
    private final Int2ObjectHashMap<ShardModel> shardByNumber = new Int2ObjectHashMap<>();
    private JournalReader reader;
    private JournalReader entryReader;
    private JournalFollower follower;
    private ModelSnapshots snapshots;
    private boolean hasEntry;
    private long startPosition;
    private Throwable failure;
    private volatile double progress;
    private volatile long allocatedBytes;
    private volatile long appliedCount;

    ReadModelAgent(final QuerySource source)
    {
        this.source = source;
    }

    @Override
    public String roleName()
    {
        return "seriatim-read-model-" + source.journal().name();
    }

    @Override
    public void onStart()
    {
        try
        {
            source.queues().forEach(queue -> queues.put(queue.shard(), queue));
            reader = source.journal().reader().get();
            entryReader = source.journal().reader().get();
            if (!load())
            {
                follower = new JournalFollower(reader);
                queues.keySet().forEach(shard ->
                    add(newParts(shard, ThreadLocalRandom.current().nextLong())));
            }
            snapshots = new ModelSnapshots(source.snapshots(), follower, shards);
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
    public long appliedCount()
    {
        return appliedCount;
    }

    @Override
    public long allocatedBytes()
    {
        return allocatedBytes;
    }

    /** Start from the newest snapshot that can be used; the journal has everything, so without one all is followed. */
    private boolean load()
    {
        for (final Path file : source.snapshots().files())
        {
            try (ModelLoader loader = new ModelLoader(queues.keySet(), this::newParts))
            {
                final long position = source.snapshots().read(file, loader::onBlock);
                final List<ModelLoader.Loaded> loaded = loader.end();
                follower = new JournalFollower(reader, position);
                loaded.forEach(each ->
                {
                    add(each.parts());
                    follower.end(each.parts().shard(), each.parts().model().appliedSequence() + 1, each.crc());
                });
                LOGGER.log(
                    System.Logger.Level.DEBUG, "the read model of " + source.journal().name() +
                    " starts from its snapshot at position " + position);
                return true;
            }
            catch (final JournalException | IllegalStateException | IndexOutOfBoundsException ex)
            {
                LOGGER.log(System.Logger.Level.WARNING, "a snapshot of the read model of " + source.journal().name() +
                    " is not used, its place is taken by an older one or by the journal: " + ex.getMessage() +
                    ", file=" + file);
            }
        }
        return false;
    }

    private ModelParts newParts(final int shard, final long seed)
    {
        final StoredEntries entries = new StoredEntries(shard, entryReader.frameLengthMax());
        entries.source(entryReader);
        return new ModelParts(shard, new ReadModel(seed), entries);
    }

    private void add(final ModelParts parts)
    {
        final ShardModel shard = new ShardModel(queues.get(parts.shard()), parts);
        shards.add(shard);
        shardByNumber.put(parts.shard(), shard);
    }

    private int step()
    {
        // Before the queues: what is committed by now was made after the queries that come before it were put there.
        final long committedPosition = source.journal().committedPosition().getAsLong();
        final long limit = snapshots.limit(committedPosition);
        int work = answerAll();
        while (work < WORK_PER_PASS && (hasEntry || follower.next(limit)))
        {
            hasEntry = true;
            final ShardModel shard = shardByNumber.get(follower.shard());
            if (shard.queue().nextSequence() < follower.sequence())
            {
                shard.answer();
                work += WORK_PER_ANSWER;
            }
            else
            {
                shard.apply(follower);
                hasEntry = false;
                work++;
            }
        }
        work += answerAll();
        work += hasEntry ? 0 : snapshots.doWork();
        note(committedPosition);
        return work;
    }

    /** Queries that ask for the state that their shard has come to. */
    private int answerAll()
    {
        int work = 0;
        for (final ShardModel shard : shards)
        {
            while (work < WORK_PER_PASS && shard.queue().nextSequence() <= shard.appliedSequence())
            {
                shard.answer();
                work += WORK_PER_ANSWER;
            }
        }
        return work;
    }

    /** What other threads may ask, and the limit of memory. */
    private void note(final long committedPosition)
    {
        long bytes = sumOfBytes();
        if (bytes > source.memoryMax() && snapshots.isActive())
        {
            snapshots.giveUp("it takes more memory than EngineConfig.readModelMemoryMax allows");
            bytes = sumOfBytes();
        }
        if (bytes > source.memoryMax())
        {
            throw new IllegalStateException(
                "it needs more memory than EngineConfig.readModelMemoryMax allows: bytes=" + bytes + ", allowed=" +
                source.memoryMax() + ", journal=" + source.journal().name());
        }
        allocatedBytes = bytes;
        appliedCount = sumOfApplied();
        if (progress < 1)
        {
            startPosition = startPosition == 0 ? committedPosition : startPosition;
            final long position = hasEntry ? follower.framePosition() : follower.position();
            progress = startPosition == 0 ? 0 : Math.min(1, (double)position / startPosition);
        }
    }

    private long sumOfApplied()
    {
        long count = 0;
        for (final ShardModel shard : shards)
        {
            count += shard.appliedSequence() + 1;
        }
        return count;
    }

    private long sumOfBytes()
    {
        long bytes = follower.allocatedBytes();
        for (final ShardModel shard : shards)
        {
            bytes += shard.allocatedBytes();
        }
        return bytes;
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
        CloseHelper.close(snapshots);
        snapshots = null;
        final JournalFollower openFollower = follower;
        final JournalReader openReader = reader;
        final JournalReader openEntryReader = entryReader;
        follower = null;
        reader = null;
        entryReader = null;
        shardByNumber.clear();
        final List<ShardModel> openShards = List.copyOf(shards);
        shards.clear();
        CloseHelper.closeAll(openShards);
        CloseHelper.closeAll(openFollower, openReader, openEntryReader);
    }
}
