package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.Genesis;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalCopy;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalLayout;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.RemoteJournal;
import io.seriatim.journal.SegmentReader;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A verified copy of a running engine's journals: takes what is committed there, writes it to a directory of its own,
 * executes every entry again and compares every byte with what was recorded. At the first difference it stops for good.
 * It answers what an account holds, as of the sequence that it has come to. When the leader is gone, an engine can be
 * launched on the copy.
 * <p>
 * Shape: the state of each shard, as the leader holds it.<br>
 * Cost: one write and one execution of every entry; a force each second.<br>
 * Threads: confined to one, which steps it; {@link #status} may be asked by any.
 */
public final class Follower implements Agent, AutoCloseable
{
    private static final int ENTRIES_PER_STEP = 4_096;
    private static final long LAG_INTERVAL_NS = 100_000_000;

    /**
     * How a follower stands.
     *
     * @param position          up to which it has executed, summed over the journals.
     * @param committedPosition up to which the leader had committed when it was last asked.
     * @param sequences         of the newest entry of each shard, by its number.
     * @param isConnected       whether the leader sends.
     */
    public record Status(
        long position, long committedPosition, Map<Integer, Long> sequences, boolean isConnected)
    {
        /**
         * How far it is behind.
         *
         * @return bytes of journal.
         */
        public long lagBytes()
        {
            return Math.max(0, committedPosition - position);
        }
    }

    /** One journal. */
    private static final class Source
    {
        private final SegmentReader reader;
        private final SegmentReader storedReader;
        private final JournalFollower follower;
        private RemoteJournal remote;
        private long committedPosition;

        Source(final JournalCopy copy, final int journal)
        {
            reader = copy.reader(journal);
            storedReader = copy.reader(journal);
            follower = new JournalFollower(reader);
        }
    }

    private final FollowerConfig config;
    private final JournalCopy copy;
    private final List<Source> sources = new ArrayList<>();
    private final Map<Integer, ShardReplay> shards = new TreeMap<>();
    private final UnsafeBuffer account = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private long forcedNs = System.nanoTime();
    private long askedNs = System.nanoTime() - LAG_INTERVAL_NS;
    private volatile Status status = new Status(0, 0, Map.of(), false);
    private volatile FollowerException failure;
    private boolean isClosed;

    private Follower(final FollowerConfig config, final JournalCopy copy)
    {
        this.config = config;
        this.copy = copy;
        for (int journal = 0; journal < copy.journalCount(); journal++)
        {
            final Source source = new Source(copy, journal);
            sources.add(source);
            final Manifest manifest = copy.manifest(journal);
            for (final int shard : manifest.shards())
            {
                shards.put(shard, new ShardReplay(
                    shard, manifest, source.storedReader, 1, config.stateRootKey(), Map.of()));
            }
        }
    }

    /**
     * Open a follower: the copy is made if it is not there, else it goes on where it ended. What it holds is executed
     * by the first steps; the leader need not be there for that.
     *
     * @param config of the follower.
     * @return a follower that is not connected yet, see {@link #connect}.
     * @throws JournalException if there is no copy and the leader can not be reached, or the copy is damaged.
     */
    public static Follower open(final FollowerConfig config)
    {
        config.validate();
        if (!isMade(config))
        {
            create(config);
        }
        final JournalCopy copy = JournalCopy.open(
            new JournalConfig().dataDirectory(config.dataDirectory()), (position, buffer, offset, length) -> {});
        if (copy.journalCount() != config.journalCount())
        {
            copy.close();
            throw new IllegalArgumentException(
                "FollowerConfig.journalCount is " + config.journalCount() + ", but the copy has " +
                copy.journalCount() + " journals: directory=" + config.dataDirectory());
        }
        return new Follower(config, copy);
    }

    /** A copy that was being made when its process was killed holds nothing, and is made anew. */
    private static boolean isMade(final FollowerConfig config)
    {
        Manifest manifest = Manifest.read(config.dataDirectory().resolve("journal-0"));
        for (int journal = 1; manifest != null && journal < manifest.journalCount() &&
            manifest.state() != Manifest.State.CREATING; journal++)
        {
            manifest = Manifest.read(config.dataDirectory().resolve("journal-" + journal));
        }
        return manifest != null && manifest.state() != Manifest.State.CREATING;
    }

    /** The first frame tells which log this is. */
    private static void create(final FollowerConfig config)
    {
        try (RemoteJournal remote = new RemoteJournal(
            config.leader(), 0, config.localHost(), config.dataDirectory(), config.timeoutNs()))
        {
            remote.replay(0);
            final Genesis[] genesis = new Genesis[1];
            final long deadlineNs = System.nanoTime() + config.timeoutNs();
            while (genesis[0] == null)
            {
                remote.poll((position, buffer, offset, length) ->
                {
                    if (genesis[0] == null && Frames.entryCount(buffer, offset) > 0)
                    {
                        genesis[0] = Genesis.decode(buffer, offset + Frames.HEADER_LENGTH);
                    }
                });
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new JournalException("the leader sends nothing: leader=" + config.leader());
                }
            }
            JournalCopy.create(
                new JournalConfig().dataDirectory(config.dataDirectory()).durability(Durability.OS)
                    .termLength(remote.termLength()).segmentLength(remote.segmentLength()).mtu(remote.mtu()),
                JournalLayout.of(genesis[0].logUuid(), genesis[0].shardCount(), config.journalCount()));
        }
    }

    /**
     * Connect to the leader, and let it send from where the copy ends. May be called again after the connection was
     * lost.
     *
     * @throws JournalException if it can not be reached, or has another log.
     */
    public void connect()
    {
        disconnect();
        for (int journal = 0; journal < sources.size(); journal++)
        {
            final RemoteJournal remote = new RemoteJournal(
                config.leader(), journal, config.localHost(), config.dataDirectory(), config.timeoutNs());
            sources.get(journal).remote = remote;
            final long committed = remote.committedPosition();
            if (committed < copy.position(journal))
            {
                disconnect();
                throw new JournalException(
                    "the copy is ahead of the journal that it follows: copy=" + copy.position(journal) + ", leader=" +
                    committed + ", journal=" + journal + "; nothing was changed; it is another log, or the leader " +
                    "has lost what it had committed");
            }
            sources.get(journal).committedPosition = committed;
            remote.replay(copy.position(journal));
        }
    }

    @Override
    public String roleName()
    {
        return "seriatim-follower";
    }

    /**
     * Take what has come, and execute it.
     *
     * @return how much was done; 0 if nothing.
     * @throws FollowerException if an entry is executed otherwise than it was recorded, now or before.
     * @throws JournalException  if the leader sends no more, which {@link #connect} may put right; or if what it sends
     *                           is not its journal.
     */
    @Override
    public int doWork()
    {
        if (failure != null)
        {
            throw failure;
        }
        int work = 0;
        JournalException lost = null;
        for (int journal = 0; journal < sources.size(); journal++)
        {
            try
            {
                work += take(journal);
            }
            catch (final JournalException ex)
            {
                lost = ex;
            }
            copy.flush(journal);
            work += execute(journal);
        }
        note();
        if (lost != null && work == 0)
        {
            disconnect();
            note();
            throw lost;
        }
        return work;
    }

    private int take(final int journal)
    {
        final RemoteJournal remote = sources.get(journal).remote;
        return remote == null ? 0 : remote.poll(
            (position, buffer, offset, length) -> copy.append(journal, position, buffer, offset, length));
    }

    private int execute(final int journal)
    {
        final JournalFollower follower = sources.get(journal).follower;
        final long end = copy.position(journal);
        int count = 0;
        while ((count < ENTRIES_PER_STEP || !follower.isBetweenGroups()) && follower.next(end))
        {
            final ShardReplay shard = shards.get(follower.shard());
            shard.onEntry(follower);
            final Difference difference = shard.firstDifference();
            if (difference != null)
            {
                failure = new FollowerException(difference);
                throw failure;
            }
            count++;
        }
        return count;
    }

    private void note()
    {
        final long nowNs = System.nanoTime();
        if (nowNs - askedNs >= LAG_INTERVAL_NS)
        {
            askedNs = nowNs;
            for (final Source source : sources)
            {
                if (source.remote != null)
                {
                    source.committedPosition = askedPosition(source);
                }
            }
        }
        if (nowNs - forcedNs >= config.forceIntervalNs())
        {
            forcedNs = nowNs;
            force();
        }
        final Map<Integer, Long> sequences = new TreeMap<>();
        shards.forEach((number, shard) -> sequences.put(number, shard.entryCount() - 1));
        long position = 0;
        long committed = 0;
        boolean isConnected = true;
        for (final Source source : sources)
        {
            position += source.follower.position();
            committed += Math.max(source.committedPosition, source.follower.position());
            isConnected &= source.remote != null;
        }
        status = new Status(position, committed, sequences, isConnected);
    }

    /** An engine that does not answer any more shows by what it does not send. */
    private static long askedPosition(final Source source)
    {
        try
        {
            return source.remote.committedPosition();
        }
        catch (final JournalException ex)
        {
            return source.committedPosition;
        }
    }

    private void force()
    {
        for (int journal = 0; journal < sources.size(); journal++)
        {
            final long position = sources.get(journal).follower.position();
            if (position > copy.manifest(journal).watermark().position())
            {
                final Map<Integer, Long> nextSequences = new TreeMap<>();
                copy.manifest(journal).shards().forEach(
                    shard -> nextSequences.put(shard, shards.get(shard).entryCount()));
                copy.force(journal, position, nextSequences);
            }
        }
    }

    /**
     * How it stands.
     *
     * @return as of the last step.
     */
    public Status status()
    {
        return status;
    }

    /**
     * What an account holds, as of the newest entry of its shard that was executed; see {@link Status#sequences}.
     *
     * @param shard  number of the shard.
     * @param idHigh high half of the account's id.
     * @param idLow  low half.
     * @return flyweight that is good until the next call; null if there is no such account.
     * @throws IllegalArgumentException if there is no such shard.
     */
    public AccountRecordDecoder lookupAccount(final int shard, final long idHigh, final long idLow)
    {
        final ShardReplay replay = requireShard(shard);
        return replay.stateMachine() != null && replay.stateMachine().readAccount(idHigh, idLow, account, 0) ?
            new AccountRecordDecoder().wrap(account, 0) : null;
    }

    /**
     * Digest of a shard's state: what the leader says of itself when it is closed.
     *
     * @param shard number of the shard.
     * @return hex; empty before its first entry.
     */
    public String stateDigest(final int shard)
    {
        final ShardReplay replay = requireShard(shard);
        return replay.stateMachine() == null ? "" : HexFormat.of().formatHex(replay.stateMachine().digest());
    }

    /**
     * Where a ledger lives.
     *
     * @param ledger number of the ledger.
     * @return number of its shard.
     */
    public int shardOf(final int ledger)
    {
        final Genesis genesis = shards.values().iterator().next().genesis();
        return genesis == null ? 0 : genesis.router().shardOf(ledger);
    }

    private ShardReplay requireShard(final int shard)
    {
        final ShardReplay replay = shards.get(shard);
        if (replay == null)
        {
            throw new IllegalArgumentException(
                "there is no such shard: shard=" + shard + ", shards=" + shards.keySet());
        }
        return replay;
    }

    private void disconnect()
    {
        for (final Source source : sources)
        {
            CloseHelper.quietClose(source.remote);
            source.remote = null;
        }
    }

    @Override
    public void onClose()
    {
        close();
    }

    /** Force what was taken, and let go. */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        disconnect();
        try
        {
            if (failure == null)
            {
                force();
            }
        }
        finally
        {
            for (final Source source : sources)
            {
                CloseHelper.quietCloseAll(source.follower, source.reader, source.storedReader);
            }
            CloseHelper.quietCloseAll(shards.values());
            shards.clear();
            sources.clear();
            copy.close();
        }
    }
}
