package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameSource;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.ShardMark;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import io.seriatim.ledger.EntryReplay;
import io.seriatim.ledger.IndexTotals;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateLoader;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRootTask;
import io.seriatim.ledger.StateRoots;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Brings a shard back from the frames of its journal: runs every entry through a new state machine and compares what
 * it answers with what was recorded. Any difference refuses the launch.
 * <p>
 * Threads: confined to the one that launches the engine.
 */
final class ShardRecovery implements AutoCloseable
{
    private final int shard;
    private final EngineConfig config;
    private final Consumer<Genesis> genesisCheck;
    private final StoredEntries storedEntries;
    private final FrameHeaderDecoder header = new FrameHeaderDecoder();
    private final Map<Long, SnapshotWitness> witnesses = new HashMap<>();
    private Genesis genesis;
    private LedgerStateMachine stateMachine;
    private StateRootKey stateRootKey;
    private WaitingRootBlock waitingRoot;
    private StateRoots stateRoots;
    private EntryReplay replay;
    private StateLoader loader;
    private IndexTotals totals;
    private long position;
    private boolean isMarkKnown;
    private long markSequence;
    private long markPosition;
    private boolean isTakenOver;
    private long replayedCount;

    /**
     * A recovery that has seen nothing yet.
     *
     * @param shard          number of the shard.
     * @param config         of the engine.
     * @param source         where old entries are read back.
     * @param frameLengthMax longest frame of the journal in bytes.
     * @param genesisCheck   throws if the genesis is not to be had: before anything is replayed in vain.
     */
    ShardRecovery(
        final int shard,
        final EngineConfig config,
        final FrameSource source,
        final int frameLengthMax,
        final Consumer<Genesis> genesisCheck)
    {
        this.shard = shard;
        this.genesisCheck = genesisCheck;
        this.config = config;
        storedEntries = new StoredEntries(shard, frameLengthMax);
        storedEntries.source(source);
    }

    /** Start a new shard instead. */
    void create(final Genesis newGenesis)
    {
        begin(newGenesis);
        stateMachine = new LedgerStateMachine(
            genesis.batchCountMax(), config.windowCapacity(), ThreadLocalRandom.current().nextLong(), storedEntries);
        startReplay();
    }

    private void begin(final Genesis newGenesis)
    {
        genesis = newGenesis;
        config.validate(genesis);
        stateRootKey = config.stateRootKey(genesis);
    }

    private void startReplay()
    {
        stateRoots = new StateRoots(
            genesis.stateRootEvery(), stateMachine, StateRootBuilder.maker(stateRootKey),
            waitingRoot == null ? null : new StateRootTask(waitingRoot.root()));
        replay = new EntryReplay(stateMachine, stateRoots, ShardRecovery::refuse);
    }

    /**
     * Start from a snapshot instead: the state and the runs of its index, checked against each other.
     *
     * @param stateFile holding the state.
     * @param runFiles  leading from the start to its position.
     * @param logUuid   that they have to be of.
     * @return where the scan of the journal goes on for this shard.
     * @throws JournalException      if anything is damaged, missing or of another log.
     * @throws IllegalStateException if what they hold is not a state.
     */
    SnapshotHeader load(final Path stateFile, final List<Path> runFiles, final UUID logUuid)
    {
        final SnapshotHeader state;
        final byte[] digest;
        try (SnapshotReader reader = new SnapshotReader(stateFile))
        {
            state = requireOwn(reader.header(), SnapshotHeader.Kind.STATE, logUuid, 0, stateFile);
            digest = reader.read(this::onBlock);
        }
        if (loader == null)
        {
            throw new JournalException("a snapshot has no genesis: file=" + stateFile);
        }
        loader.expectRuns(runFiles.stream().mapToLong(file -> file.toFile().length()).sum());
        long from = 0;
        for (final Path runFile : runFiles)
        {
            try (SnapshotReader reader = new SnapshotReader(runFile))
            {
                from = requireOwn(reader.header(), SnapshotHeader.Kind.INDEX_RUN, logUuid, from, runFile).position();
                reader.read(this::onBlock);
            }
        }
        if (from != state.position())
        {
            throw new JournalException(
                "the runs of an index do not lead to its state: run to position=" + from + ", state at position=" +
                state.position() + ", file=" + stateFile);
        }
        stateMachine = loader.end();
        totals = loader.totals();
        if (!Arrays.equals(digest, stateMachine.digest()) || stateMachine.nextSequence() != state.nextSequence())
        {
            throw new JournalException(
                "a snapshot is not the state that it says: shard=" + shard + ", next sequence=" +
                stateMachine.nextSequence() + ", expected=" + state.nextSequence() + ", expected digest=" +
                HexFormat.of().formatHex(digest) + ", actual=" + HexFormat.of().formatHex(stateMachine.digest()) +
                ", file=" + stateFile);
        }
        startReplay();
        requireWaitingRoot(stateFile);
        requireMarks(stateFile);
        position = state.position();
        isMarkKnown = storedEntries.positions().count() > 0;
        markSequence = isMarkKnown ? storedEntries.positions().lastSequence() : 0;
        markPosition = isMarkKnown ? storedEntries.positions().lastPosition() : 0;
        return state;
    }

    /** The state that the root is of is gone; without the root the journal can not go on from here. */
    private void requireWaitingRoot(final Path stateFile)
    {
        if (stateRoots.isDue() || waitingRoot != null &&
            waitingRoot.root().asOfSequence() >= stateMachine.nextSequence())
        {
            throw new JournalException(
                "a snapshot does not hold the state root that was waiting: shard=" + shard + ", next sequence=" +
                stateMachine.nextSequence() + ", found=" +
                (waitingRoot == null ? "none" : "as of sequence " + waitingRoot.root().asOfSequence()) + ", file=" +
                stateFile);
        }
    }

    /** Without them an entry that an answer has to be taken from could not be found. */
    private void requireMarks(final Path stateFile)
    {
        if (stateMachine.nextSequence() > LedgerStateMachine.FIRST_SEQUENCE &&
            !storedEntries.positions().isKnown(LedgerStateMachine.FIRST_SEQUENCE))
        {
            throw new JournalException(
                "a snapshot does not say where the first entry lies: shard=" + shard + ", next sequence=" +
                stateMachine.nextSequence() + ", positions=" + storedEntries.positions().count() + ", file=" +
                stateFile);
        }
    }

    private SnapshotHeader requireOwn(
        final SnapshotHeader found,
        final SnapshotHeader.Kind kind,
        final UUID logUuid,
        final long from,
        final Path file)
    {
        if (found.kind() != kind || found.shard() != shard || !found.logUuid().equals(logUuid) || found.from() != from)
        {
            throw new JournalException(
                "a snapshot is of another shard, log or place: found " + found + "; expected kind=" + kind +
                ", shard=" + shard + ", logUuid=" + logUuid + ", from=" + from + ", file=" + file);
        }
        return found;
    }

    /**
     * Compare with a snapshot on the way that was not started from: when the replay comes to its sequence, the state
     * must have its digest.
     *
     * @param witness that can be believed for itself.
     */
    void compareWith(final SnapshotWitness witness)
    {
        if (stateMachine == null || witness.nextSequence() > stateMachine.nextSequence())
        {
            witnesses.put(witness.nextSequence(), witness);
        }
    }

    private void compareWithWitness()
    {
        final SnapshotWitness witness = witnesses.get(stateMachine.nextSequence());
        if (witness != null && !Arrays.equals(witness.digest(), stateMachine.digest()))
        {
            throw new JournalException(
                "the state differs from a snapshot of it: shard=" + shard + ", sequence=" +
                (witness.nextSequence() - 1) + ", expected digest=" + HexFormat.of().formatHex(witness.digest()) +
                ", actual digest=" + HexFormat.of().formatHex(stateMachine.digest()) + ", file=" + witness.file() +
                "; the journal's bytes are intact: the snapshot is wrong, or this program judges commands otherwise " +
                "than the one that wrote them; `seriatim verify` tells, and without the snapshot the launch goes on");
        }
    }

    /** How many entries were replayed. */
    long replayedCount()
    {
        return replayedCount;
    }

    private void onBlock(final int type, final DirectBuffer buffer, final int offset, final int length)
    {
        switch (type)
        {
            case SnapshotBlocks.GENESIS:
                final Genesis found = decodeGenesis(0, buffer, offset);
                genesisCheck.accept(found);
                begin(found);
                loader = new StateLoader(
                    genesis.batchCountMax(), config.windowCapacity(), ThreadLocalRandom.current().nextLong(),
                    storedEntries);
                break;
            case SnapshotBlocks.CHUNK:
                if (loader == null)
                {
                    throw new JournalException("a snapshot does not begin with a genesis: shard=" + shard);
                }
                loader.onChunk(buffer, offset, length);
                break;
            case SnapshotBlocks.POSITIONS:
                for (int row = offset; row < offset + length; row += EntryPositions.ROW_LENGTH)
                {
                    storedEntries.loadMark(buffer, row);
                }
                break;
            case SnapshotBlocks.STATE_ROOT:
                waitingRoot = WaitingRootBlock.decode(buffer, offset);
                requireOwnKey(waitingRoot.keyFingerprint());
                break;
            default:
                throw new JournalException("this version does not know such a block of a snapshot: type=" + type);
        }
    }

    private void requireOwnKey(final long fingerprint)
    {
        if (stateRootKey == null || stateRootKey.fingerprint() != fingerprint)
        {
            throw new IllegalArgumentException(
                "the state roots of shard " + shard + " are made with another key, by its newest snapshot; launch " +
                "with the key that the books were created with");
        }
    }

    /** What the next snapshot goes on from: the one that was loaded, or the start of the journal. */
    SnapshotBase base()
    {
        if (totals == null)
        {
            return SnapshotBase.START;
        }
        return new SnapshotBase(position, totals, isMarkKnown, markSequence, markPosition);
    }

    /** Take a frame of this shard; frames come in order. */
    void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
    {
        header.wrap(
            buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH,
            FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION);
        final int entryCount = (int)header.entryCount();
        if (entryCount == 0)
        {
            return;
        }
        storedEntries.onFrame(position, header.firstSequence());
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < entryCount; i++)
        {
            if (i % LedgerStateMachine.READ_AHEAD_MAX == 0 && replay != null)
            {
                replay.readAhead(buffer, entryOffset, offset + length);
            }
            final int entryLength = Entries.length(buffer, entryOffset, offset + length);
            onEntry(position, buffer, entryOffset, entryLength);
            entryOffset += entryLength;
        }
        if (!witnesses.isEmpty())
        {
            compareWithWitness();
        }
    }

    /** Whether the shard holds nothing yet, not even a genesis. */
    boolean isEmpty()
    {
        return genesis == null;
    }

    Genesis genesis()
    {
        return genesis;
    }

    /** Compare with what the clean close has noted, if nothing has come after it. */
    void requireSameAs(final ShardMark mark)
    {
        if (mark.nextSequence() == stateMachine.nextSequence())
        {
            final String digest = HexFormat.of().formatHex(stateMachine.digest());
            if (!digest.equals(mark.stateDigest()) || mark.accountCount() != stateMachine.accountCount() ||
                mark.transferCount() != stateMachine.transferCount())
            {
                throw new JournalException(
                    "the state differs from the one at the clean close: shard=" + shard + ", sequence=" +
                    (mark.nextSequence() - 1) + ", expected digest=" + mark.stateDigest() + ", actual digest=" +
                    digest + ", expected accounts and transfers=" + mark.accountCount() + " and " +
                    mark.transferCount() + ", actual=" + stateMachine.accountCount() + " and " +
                    stateMachine.transferCount() +
                    "; the journal's bytes are intact: this program judges its commands otherwise than the " +
                    "one that wrote it");
            }
        }
    }

    /** The shard, which owns the state from now on. */
    Shard toShard()
    {
        final Shard taker = new Shard(
            genesis, config, stateMachine, storedEntries, replay.lastTimestampNs(), stateRootKey,
            stateRoots.waiting());
        isTakenOver = true;
        return taker;
    }

    /** Let go of the off-heap memory, unless a shard has taken it over: the launch was refused. */
    @Override
    public void close()
    {
        if (!isTakenOver)
        {
            // A loader lets go of a state that it has not handed over.
            CloseHelper.closeAll(loader, stateMachine, storedEntries);
        }
    }

    long lastTimestampNs()
    {
        return replay.lastTimestampNs();
    }

    private void onEntry(final long position, final DirectBuffer buffer, final int offset, final int length)
    {
        if (genesis == null)
        {
            final Genesis found = decodeGenesis(position, buffer, offset);
            genesisCheck.accept(found);
            create(found);
            return;
        }
        try
        {
            replay.onEntry(buffer, offset, length);
            replayedCount++;
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            throw new JournalException(
                "an entry can not be replayed: shard=" + shard + ", sequence=" + Entries.sequence(buffer, offset) +
                ", position=" + position + ": " + ex.getMessage(), ex);
        }
    }

    private Genesis decodeGenesis(final long position, final DirectBuffer buffer, final int offset)
    {
        try
        {
            return Genesis.decode(buffer, offset);
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            throw new JournalException(
                "the genesis entry can not be read: shard=" + shard + ", position=" + position + ": " +
                ex.getMessage(), ex);
        }
    }

    private static void refuse(
        final long sequence,
        final DirectBuffer recorded,
        final int recordedOffset,
        final DirectBuffer executed,
        final int executedOffset)
    {
        if (Entries.templateId(recorded, recordedOffset) == StateRootEntryDecoder.TEMPLATE_ID)
        {
            throw new JournalException(
                "a state root is made otherwise than it was recorded: sequence=" + sequence + "; the journal's bytes " +
                "are intact: either the key is not the one that the books were created with, or this program differs " +
                "from the one that wrote it; `seriatim verify` without a key compares all but the roots over accounts");
        }
        throw new JournalException(
            "an entry is judged otherwise than it was recorded: sequence=" + sequence +
            "; the journal's bytes are intact, this program differs from the one that wrote it; " +
            "`seriatim verify` shows both");
    }
}
