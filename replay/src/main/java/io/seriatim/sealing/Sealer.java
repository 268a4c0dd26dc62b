package io.seriatim.sealing;

import io.seriatim.engine.JournalSource;
import io.seriatim.engine.SealingAgent;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.JournalFollower;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Follows the committed entries of one journal, grows the Merkle tree of each of its shards by them, and signs a
 * checkpoint of each after so many entries or so much time. It signs only what is durable, only at the end of a group,
 * and only what goes on from everything that its keys have signed before.
 * <p>
 * What goes wrong ends the sealing, never the engine: it is told by {@link #failure}.
 * <p>
 * Cost: two hashes for an entry; a signature and three forced files for a checkpoint.<br>
 * Threads: one calls {@link #onStart}, {@link #doWork} and {@link #onClose}; the others any.
 */
public final class Sealer implements SealingAgent
{
    private static final System.Logger LOGGER = System.getLogger(Sealer.class.getName());
    private static final int ENTRIES_PER_PASS = 4_096;
    private static final long MARK_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final JournalSource journal;
    private final SealerConfig config;
    private final Map<Integer, ShardSealer> shards = new TreeMap<>();
    private final CosignatureCollector cosignatures;

    private JournalReader reader;
    private JournalFollower follower;
    private long endPosition;
    private long forcedPosition;

    /** Whether this sealer has left a mark since it was started. */
    private boolean isMarked;
    private long entriesSinceSeal;
    private long sealedNs;
    private long markedNs;
    private boolean isFromBeginning;
    private volatile boolean isFinished;
    private volatile boolean isEnded;
    private volatile long entryCount;
    private volatile Throwable failure;

    /**
     * A sealer of a journal. It opens what it has of it, so that whoever launches an engine learns at once what does
     * not fit.
     *
     * @param journal      to follow.
     * @param config       of the sealing.
     * @param cosignatures asks witnesses to sign as well.
     * @throws IllegalArgumentException if a setting is wrong.
     * @throws SealingException         if a key can not be used, or the journal has lost what was signed.
     */
    public Sealer(final JournalSource journal, final SealerConfig config, final CosignatureCollector cosignatures)
    {
        config.validate(journal.shards());
        this.journal = journal;
        this.config = config;
        this.cosignatures = cosignatures;
        final SealMark mark = SealMark.load(config.dataDirectory(), journal.number(), journal.logUuid());
        try
        {
            openShards(mark);
        }
        catch (final IOException ex)
        {
            throw new SealingException("the trees can not be opened: " + ex.getMessage(), ex);
        }
    }

    @Override
    public String roleName()
    {
        return "seriatim-sealer-" + journal.name();
    }

    @Override
    public void onStart()
    {
        try
        {
            endPosition = config.isBounded() ? journal.committedPosition().getAsLong() : Long.MAX_VALUE;
            reader = journal.reader().get();
            follower = followerFrom(
                SealMark.load(config.dataDirectory(), journal.number(), journal.logUuid()));
            for (final ShardSealer shard : shards.values())
            {
                if (shard.signedSize() > 0)
                {
                    // Whoever was asked by the last process may not have answered.
                    cosignatures.submit(shard.shard(), shard.newest());
                }
            }
            sealedNs = config.nanoClock().getAsLong() - config.sealing().intervalNs();
            markedNs = config.nanoClock().getAsLong();
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
    }

    @Override
    public int doWork()
    {
        if (isEnded)
        {
            return 0;
        }
        try
        {
            return step();
        }
        catch (final Throwable ex)
        {
            fail(ex);
            return 0;
        }
    }

    /** Seal everything that is committed by now, and let go. */
    @Override
    public void onClose()
    {
        try
        {
            if (!isEnded && follower != null)
            {
                endPosition = Math.min(endPosition, journal.committedPosition().getAsLong());
                while (!isEnded && doWork() > 0)
                {
                    // Until nothing is left.
                }
                if (!isEnded)
                {
                    // A force that failed is not tried again: it would pass over what the first one has lost.
                    finish();
                }
            }
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
        finally
        {
            isEnded = true;
            release();
        }
    }

    @Override
    public Throwable failure()
    {
        return failure;
    }

    /**
     * Whether all that a bounded sealing goes up to is signed; witnesses may still be asked.
     *
     * @return true if so.
     */
    public boolean isFinished()
    {
        return isFinished;
    }

    /**
     * Whether nothing will be sealed any more: it has come to its end, was closed or has failed.
     *
     * @return true if so.
     */
    public boolean isEnded()
    {
        return isEnded;
    }

    /**
     * How many entries of all shards are in the trees.
     *
     * @return a count.
     */
    public long entryCount()
    {
        return entryCount;
    }

    @Override
    public long checkpointedSize(final int shard)
    {
        final ShardSealer sealer = shards.get(shard);
        return sealer == null ? 0 : sealer.signedSize();
    }

    @Override
    public long witnessedSize(final int shard)
    {
        return cosignatures.witnessedSize(shard);
    }

    private void openShards(final SealMark mark) throws IOException
    {
        isFromBeginning = mark.position() == 0;
        try
        {
            for (final int shard : journal.shards())
            {
                shards.put(shard, new ShardSealer(config, shard, mark.size(shard)));
            }
        }
        catch (final IOException | RootDiffersException ex)
        {
            startAnew(ex);
        }
        catch (final SealingException | JournalException ex)
        {
            CloseHelper.closeAll(shards.values());
            throw ex;
        }
    }

    /** The trees are not what they were: the journal has everything, so they are made again, once. */
    private void startAnew(final Exception cause) throws IOException
    {
        CloseHelper.closeAll(shards.values());
        shards.clear();
        if (isFromBeginning)
        {
            throw cause instanceof SealingException ex ? ex : new SealingException(cause.getMessage(), cause);
        }
        LOGGER.log(
            System.Logger.Level.WARNING, "the trees of " + journal.name() + " are made again from the journal: " +
            cause.getMessage());
        SealMark.BEGINNING.store(config.dataDirectory(), journal.number(), journal.logUuid());
        openShards(SealMark.BEGINNING);
    }

    private JournalFollower followerFrom(final SealMark mark)
    {
        final JournalFollower opened = new JournalFollower(reader, mark.position());
        mark.shards().forEach((shard, each) -> opened.end(shard, each.nextSequence(), each.crc()));
        forcedPosition = mark.position();
        entryCount = shards.values().stream().mapToLong(ShardSealer::size).sum();
        return opened;
    }

    private int step() throws IOException
    {
        final long limit = Math.min(endPosition, journal.committedPosition().getAsLong());
        int work = 0;
        boolean hasMore = true;
        while (hasMore && work < ENTRIES_PER_PASS && !isCheckpointFull())
        {
            hasMore = follower.next(limit);
            if (hasMore)
            {
                append();
                work++;
            }
        }
        if (isCheckpointFull() || isCheckpointDue())
        {
            seal();
            work++;
        }
        for (final ShardSealer shard : shards.values())
        {
            final SignedNote cosigned = cosignatures.poll(shard.shard());
            if (cosigned != null)
            {
                shard.cosigned(cosigned);
                work++;
            }
        }
        if (config.isBounded() && !hasMore && limit == endPosition)
        {
            if (!isFinished)
            {
                finish();
                isFinished = true;
            }
            isEnded = !cosignatures.isAsking() || shards.values().stream()
                .allMatch(shard -> cosignatures.witnessedSize(shard.shard()) >= shard.signedSize());
        }
        return work;
    }

    private void append() throws IOException
    {
        try
        {
            shards.get(follower.shard()).append(follower);
            entriesSinceSeal++;
            entryCount++;
        }
        catch (final SealingException ex)
        {
            if (isFromBeginning)
            {
                throw ex;
            }
            startAnew(ex);
            CloseHelper.close(follower);
            follower = followerFrom(SealMark.BEGINNING);
            entriesSinceSeal = 0;
        }
    }

    private boolean isCheckpointFull()
    {
        return entriesSinceSeal >= config.sealing().entries() && follower.isBetweenGroups();
    }

    /** What comes to an end is sealed there. */
    private boolean isCheckpointDue()
    {
        return !config.isBounded() && entriesSinceSeal > 0 && follower.isBetweenGroups() &&
            config.nanoClock().getAsLong() - sealedNs >= config.sealing().intervalNs();
    }

    private void seal() throws IOException
    {
        final long position = follower.position();
        config.force().force(forcedPosition, position);
        forcedPosition = position;
        boolean isSigned = false;
        for (final ShardSealer shard : shards.values())
        {
            if (shard.seal())
            {
                isSigned = true;
                cosignatures.submit(shard.shard(), shard.newest());
            }
        }
        entriesSinceSeal = 0;
        sealedNs = config.nanoClock().getAsLong();
        // A process that is killed again and again has to get on, too.
        if (isSigned && !isMarked || sealedNs - markedNs >= MARK_INTERVAL_NS)
        {
            mark();
        }
    }

    /** The next one begins here, if everything that was read was handed out too. */
    private void mark() throws IOException
    {
        if (follower.position() == follower.readPosition())
        {
            final Map<Integer, SealMark.ShardMark> marks = new TreeMap<>();
            for (final ShardSealer shard : shards.values())
            {
                shard.force();
                marks.put(shard.shard(), new SealMark.ShardMark(shard.size(), follower.crc(shard.shard())));
            }
            new SealMark(follower.position(), marks)
                .store(config.dataDirectory(), journal.number(), journal.logUuid());
            markedNs = config.nanoClock().getAsLong();
            isMarked = true;
        }
    }

    private void finish() throws IOException
    {
        if (follower.isBetweenGroups())
        {
            seal();
            mark();
            if (config.isBounded())
            {
                shards.values().forEach(ShardSealer::requireComplete);
            }
        }
    }

    private void fail(final Throwable cause)
    {
        failure = cause;
        isEnded = true;
        LOGGER.log(
            System.Logger.Level.ERROR, "nothing more of " + journal.name() + " is sealed, an engine goes on: " +
            (cause instanceof SealingException ? cause.getMessage() : cause));
    }

    private void release()
    {
        CloseHelper.closeAll(List.copyOf(shards.values()));
        CloseHelper.closeAll(follower, reader);
        CloseHelper.close(cosignatures);
        follower = null;
        reader = null;
    }
}
