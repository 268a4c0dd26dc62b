package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.StateRootKey;
import org.agrona.BitUtil;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.OffsetEpochNanoClock;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Settings of an engine, checked once at launch. Those that go into the genesis (shards, placement, batchCountMax,
 * distance of state roots, origin, log uuid) count when a directory is created; for one that is there already they must
 * be left alone or agree with what it was created with.
 */
public final class EngineConfig
{
    /** Default of {@link #batchCountMax(int)}. */
    public static final int BATCH_COUNT_MAX_DEFAULT = 8_189;

    /** Most that {@link #batchCountMax(int)} can be. */
    public static final int BATCH_COUNT_MAX_LIMIT = 65_535;

    /** Most that {@link #shardCount(int)} can be. */
    public static final int SHARD_COUNT_LIMIT = 4_096;

    /** Most shards that are counted, see {@link #counters(boolean)}: of more there are no counters. */
    public static final int COUNTED_SHARDS_MAX = 256;

    /** Default of {@link #windowCapacity(int)}. */
    public static final int WINDOW_CAPACITY_DEFAULT = 32 * 1024;

    /** Default of {@link #requestTimeoutNs(long)}. */
    public static final long REQUEST_TIMEOUT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(30);

    /** Default of {@link #clockJumpMaxNs(long)}. */
    public static final long CLOCK_JUMP_MAX_DEFAULT_NS = TimeUnit.HOURS.toNanos(1);

    /** Default of {@link #diskReserve(long)}. */
    public static final long DISK_RESERVE_DEFAULT = 512L * 1024 * 1024;

    /** Default of {@link #accountCountMax(long)}: a row index is an int. */
    public static final long ACCOUNT_COUNT_MAX_DEFAULT = 1_000_000_000L;

    /** Default of {@link #snapshotEntries(long)}. */
    public static final long SNAPSHOT_ENTRIES_DEFAULT = 1_000_000;

    /** Default of {@link #snapshotsRetained(int)}. */
    public static final int SNAPSHOTS_RETAINED_DEFAULT = 2;

    /** Default of {@link #transferCountMax(long)}. */
    public static final long TRANSFER_COUNT_MAX_DEFAULT = 10_000_000_000L;

    /** Length of a session's ring for answers to queries: the longest answer fits twice. */
    public static final int QUERY_REPLY_RING_LENGTH_DEFAULT = BitUtil.findNextPositivePowerOfTwo(
        2 * Reply.lengthMax(RequestKind.GET_CHANGE_EVENTS, QueryRows.ROW_COUNT_MAX));

    /** Most bytes that the read model of a journal may hold off-heap. */
    public static final long READ_MODEL_MEMORY_MAX_DEFAULT = 8L * 1024 * 1024 * 1024;

    private static final int AS_CREATED = 0;

    /** So often the wall clock is read between two readings of the monotonic one, until they are so near. */
    private static final int CLOCK_SAMPLES_MAX = 100;
    private static final long CLOCK_SAMPLE_NS = 250;

    /** The ring's events are one buffer, whose length is an int. */
    private static final int RING_LENGTH_LIMIT =
        Integer.highestOneBit(Integer.MAX_VALUE / RequestRing.EVENT_LENGTH);

    private Path dataDirectory;
    private Durability durability = Durability.FSYNC;
    private Threading threading = Threading.COMPACT;
    private int shardCount = AS_CREATED;
    private int journalCount = AS_CREATED;
    private int batchCountMax = AS_CREATED;
    private final SortedMap<Integer, Integer> placement = new TreeMap<>();
    private UUID logUuid;
    private String origin;
    private int windowCapacity = WINDOW_CAPACITY_DEFAULT;
    private int ringLength;
    private int replyRingLength;
    private int queryReplyRingLength = QUERY_REPLY_RING_LENGTH_DEFAULT;
    private boolean hasReadModel = true;
    private boolean hasCounters = true;
    private SealingConfig sealing;
    private StateRootConfig stateRoots;
    private long readModelMemoryMax = READ_MODEL_MEMORY_MAX_DEFAULT;
    private long accountCountMax = ACCOUNT_COUNT_MAX_DEFAULT;
    private long transferCountMax = TRANSFER_COUNT_MAX_DEFAULT;
    private long snapshotEntries = SNAPSHOT_ENTRIES_DEFAULT;
    private long snapshotIntervalNs;
    private int snapshotsRetained = SNAPSHOTS_RETAINED_DEFAULT;
    private long requestTimeoutNs = REQUEST_TIMEOUT_DEFAULT_NS;
    private long drainTimeoutNs = TimeUnit.SECONDS.toNanos(60);
    private long clockJumpMaxNs = CLOCK_JUMP_MAX_DEFAULT_NS;
    private EpochNanoClock clock;
    private EpochNanoClock wallClock = () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    private long diskReserve = DISK_RESERVE_DEFAULT;
    private DiskReserve.UsableSpace usableSpace = DiskReserve::usableSpaceOf;
    private Executor executor = ForkJoinPool.commonPool();
    private JournalConfig journal = new JournalConfig();

    /**
     * Sets where the books are kept. Needed unless the durability is {@link Durability#MEMORY}.
     *
     * @param dataDirectory that is created if it is not there.
     * @return this config.
     */
    public EngineConfig dataDirectory(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
        return this;
    }

    /**
     * Where the books are kept.
     *
     * @return a directory; or null if none is set.
     */
    public Path dataDirectory()
    {
        return dataDirectory;
    }

    /**
     * Sets what committed promises; the default is {@link Durability#FSYNC}.
     *
     * @param durability policy of this launch.
     * @return this config.
     */
    public EngineConfig durability(final Durability durability)
    {
        this.durability = durability;
        return this;
    }

    /**
     * What committed promises.
     *
     * @return policy of this launch.
     */
    public Durability durability()
    {
        return durability;
    }

    /**
     * Sets which threads run the engine; the default is {@link Threading#COMPACT}.
     *
     * @param threading layout of this launch.
     * @return this config.
     */
    public EngineConfig threading(final Threading threading)
    {
        this.threading = threading;
        return this;
    }

    /**
     * Which threads run the engine.
     *
     * @return layout of this launch.
     */
    public Threading threading()
    {
        return threading;
    }

    /**
     * Sets how many shards a new directory gets; the default is one.
     *
     * @param shardCount from 1 to {@link #SHARD_COUNT_LIMIT}; 0 for as created.
     * @return this config.
     */
    public EngineConfig shardCount(final int shardCount)
    {
        this.shardCount = shardCount;
        return this;
    }

    /**
     * How many shards there are to be.
     *
     * @return a count; 0 for as created.
     */
    public int shardCount()
    {
        return shardCount;
    }

    /**
     * Sets how many journals a new directory gets; the default is one for each two cores, at most one for each shard.
     *
     * @param journalCount from 1 to the number of shards; 0 for as created.
     * @return this config.
     */
    public EngineConfig journalCount(final int journalCount)
    {
        this.journalCount = journalCount;
        return this;
    }

    /**
     * How many journals there are to be.
     *
     * @return a count; 0 for as created.
     */
    public int journalCount()
    {
        return journalCount;
    }

    /**
     * Places a ledger of a new directory on a shard, instead of the one that its number hashes to.
     *
     * @param ledger number of the ledger, not 0.
     * @param shard  number of the shard, from 0.
     * @return this config.
     */
    public EngineConfig place(final int ledger, final int shard)
    {
        if (ledger == 0)
        {
            throw new IllegalArgumentException("a ledger's number is not 0: shard=" + shard);
        }
        placement.put(ledger, shard);
        return this;
    }

    /**
     * Ledgers that are placed by hand.
     *
     * @return shard by ledger.
     */
    public SortedMap<Integer, Integer> placement()
    {
        return placement;
    }

    /**
     * Sets the most events of a request; the default of a new directory is {@link #BATCH_COUNT_MAX_DEFAULT}.
     *
     * @param batchCountMax from 1 to {@link #BATCH_COUNT_MAX_LIMIT}; 0 for as created.
     * @return this config.
     */
    public EngineConfig batchCountMax(final int batchCountMax)
    {
        this.batchCountMax = batchCountMax;
        return this;
    }

    /**
     * Most events of a request.
     *
     * @return a count; 0 for as created.
     */
    public int batchCountMax()
    {
        return batchCountMax;
    }

    /**
     * Sets the identity of the log of a new directory; the default is a random one.
     *
     * @param logUuid identity of the log.
     * @return this config.
     */
    public EngineConfig logUuid(final UUID logUuid)
    {
        this.logUuid = logUuid;
        return this;
    }

    /**
     * Identity of the log.
     *
     * @return the identity; or null for a random one.
     */
    public UUID logUuid()
    {
        return logUuid;
    }

    /**
     * Sets the origin line of a new directory's checkpoints, to which the number of the shard is added; the default is
     * made of the log's identity.
     *
     * @param origin of the characters a-z 0-9 . / -
     * @return this config.
     */
    public EngineConfig origin(final String origin)
    {
        this.origin = origin;
        return this;
    }

    /**
     * Origin line of the checkpoints.
     *
     * @return the origin; or null for the default.
     */
    public String origin()
    {
        return origin;
    }

    /**
     * Sets how many of the newest entries each shard keeps in memory; the default is {@link #WINDOW_CAPACITY_DEFAULT}.
     * It bounds the entries that are appended and not yet committed.
     *
     * @param windowCapacity a power of two, at least batchCountMax.
     * @return this config.
     */
    public EngineConfig windowCapacity(final int windowCapacity)
    {
        this.windowCapacity = windowCapacity;
        return this;
    }

    /**
     * How many of the newest entries each shard keeps in memory.
     *
     * @return a count of entries.
     */
    public int windowCapacity()
    {
        return windowCapacity;
    }

    /**
     * Sets the length of each shard's request ring; the default is the least power of two that holds two of the
     * largest requests.
     *
     * @param ringLength in events, a power of two; 0 for the default.
     * @return this config.
     */
    public EngineConfig ringLength(final int ringLength)
    {
        this.ringLength = ringLength;
        return this;
    }

    /**
     * Sets the length of each session's reply ring; the default holds two of the longest replies.
     *
     * @param replyRingLength in bytes, a power of two; 0 for the default.
     * @return this config.
     */
    public EngineConfig replyRingLength(final int replyRingLength)
    {
        this.replyRingLength = replyRingLength;
        return this;
    }

    /**
     * Sets how long a session's ring for answers to queries is; it is made with the session's first query. The default
     * is {@link #QUERY_REPLY_RING_LENGTH_DEFAULT}. An answer fills at most half of it: with a shorter ring limits are
     * capped earlier.
     *
     * @param queryReplyRingLength in bytes, a power of two.
     * @return this config.
     */
    public EngineConfig queryReplyRingLength(final int queryReplyRingLength)
    {
        this.queryReplyRingLength = queryReplyRingLength;
        return this;
    }

    int queryReplyRingLength()
    {
        return queryReplyRingLength;
    }

    /**
     * Switches the read model on or off, which follows the journal beside the shards and answers queries; the default
     * is on. It needs the module {@code seriatim-replay}; without either, a query is refused by a
     * {@link LedgerException} and everything else is as it is.
     *
     * @param hasReadModel whether there is to be one.
     * @return this config.
     */
    public EngineConfig readModel(final boolean hasReadModel)
    {
        this.hasReadModel = hasReadModel;
        return this;
    }

    /**
     * Whether there is to be a read model.
     *
     * @return true unless it was switched off.
     */
    public boolean hasReadModel()
    {
        return hasReadModel;
    }

    /**
     * Sets how the order is sealed; the default is that it is not. The module {@code seriatim-replay} has to be there.
     *
     * @param sealing how; null for not at all.
     * @return this config.
     */
    public EngineConfig sealing(final SealingConfig sealing)
    {
        this.sealing = sealing;
        return this;
    }

    /**
     * How the order is sealed.
     *
     * @return how; null if it is not.
     */
    public SealingConfig sealing()
    {
        return sealing;
    }

    /**
     * Sets that the order holds state roots, and with which key they are made; the default is that it holds none. Books
     * that were created with them need the key at every launch.
     *
     * @param stateRoots how often, and the key.
     * @return this config.
     */
    public EngineConfig stateRoots(final StateRootConfig stateRoots)
    {
        this.stateRoots = stateRoots;
        return this;
    }

    /**
     * State roots.
     *
     * @return how often, and the key; null for none.
     */
    public StateRootConfig stateRoots()
    {
        return stateRoots;
    }

    /**
     * Switches counters on or off: how much each stage does, how long it takes and what waits for it, in memory that
     * other processes can read; the default is on. See {@link LedgerEngine#counters()}.
     *
     * @param hasCounters whether the engine is to count.
     * @return this config.
     */
    public EngineConfig counters(final boolean hasCounters)
    {
        this.hasCounters = hasCounters;
        return this;
    }

    /**
     * Whether the engine counts what it does.
     *
     * @return true unless it was switched off.
     */
    public boolean hasCounters()
    {
        return hasCounters;
    }

    /**
     * Sets how much memory the read model of one journal may take off-heap; the default is
     * {@link #READ_MODEL_MEMORY_MAX_DEFAULT}. Beyond that it stops and lets go of its memory; queries are refused from
     * then on, and everything else goes on.
     *
     * @param readModelMemoryMax in bytes, above zero.
     * @return this config.
     */
    public EngineConfig readModelMemoryMax(final long readModelMemoryMax)
    {
        this.readModelMemoryMax = readModelMemoryMax;
        return this;
    }

    /**
     * How much memory the read model of one journal may take off-heap.
     *
     * @return a number of bytes.
     */
    public long readModelMemoryMax()
    {
        return readModelMemoryMax;
    }

    /**
     * Sets the most accounts of a shard; beyond it requests meet {@link LedgerSession#STORE_FULL}.
     *
     * @param accountCountMax from 1 to {@link #ACCOUNT_COUNT_MAX_DEFAULT}, the default.
     * @return this config.
     */
    public EngineConfig accountCountMax(final long accountCountMax)
    {
        this.accountCountMax = accountCountMax;
        return this;
    }

    /**
     * Most accounts of a shard.
     *
     * @return a count.
     */
    public long accountCountMax()
    {
        return accountCountMax;
    }

    /**
     * Sets the most transfer ids of a shard; beyond it requests meet {@link LedgerSession#STORE_FULL}.
     *
     * @param transferCountMax from 1 to {@link #TRANSFER_COUNT_MAX_DEFAULT}, the default.
     * @return this config.
     */
    public EngineConfig transferCountMax(final long transferCountMax)
    {
        this.transferCountMax = transferCountMax;
        return this;
    }

    /**
     * Most transfer ids of a shard.
     *
     * @return a count.
     */
    public long transferCountMax()
    {
        return transferCountMax;
    }

    /**
     * Sets after how many new entries of a journal its shards' states are written as snapshots; the default is
     * {@link #SNAPSHOT_ENTRIES_DEFAULT}. A launch then reads the newest snapshot and what came after it.
     *
     * @param snapshotEntries above zero; 0 = entries are not counted.
     * @return this config.
     */
    public EngineConfig snapshotEntries(final long snapshotEntries)
    {
        this.snapshotEntries = snapshotEntries;
        return this;
    }

    /**
     * After how many new entries of a journal snapshots are written.
     *
     * @return a count; 0 = they are not counted.
     */
    public long snapshotEntries()
    {
        return snapshotEntries;
    }

    /**
     * Sets after how much time snapshots are written if there is anything new; the default is 0.
     *
     * @param snapshotIntervalNs above zero; 0 = time does not count.
     * @return this config.
     */
    public EngineConfig snapshotIntervalNs(final long snapshotIntervalNs)
    {
        this.snapshotIntervalNs = snapshotIntervalNs;
        return this;
    }

    /**
     * After how much time snapshots are written.
     *
     * @return nanoseconds; 0 = time does not count.
     */
    public long snapshotIntervalNs()
    {
        return snapshotIntervalNs;
    }

    /**
     * Sets how many snapshots of a shard are kept; the default is {@link #SNAPSHOTS_RETAINED_DEFAULT}.
     *
     * @param snapshotsRetained from 1.
     * @return this config.
     */
    public EngineConfig snapshotsRetained(final int snapshotsRetained)
    {
        this.snapshotsRetained = snapshotsRetained;
        return this;
    }

    /**
     * How many snapshots of a shard are kept.
     *
     * @return a count.
     */
    public int snapshotsRetained()
    {
        return snapshotsRetained;
    }

    /**
     * Sets how long a call of {@link Ledger} waits for its answer; the default is {@link #REQUEST_TIMEOUT_DEFAULT_NS}.
     *
     * @param requestTimeoutNs above zero.
     * @return this config.
     */
    public EngineConfig requestTimeoutNs(final long requestTimeoutNs)
    {
        this.requestTimeoutNs = requestTimeoutNs;
        return this;
    }

    /**
     * How long a call of {@link Ledger} waits for its answer.
     *
     * @return nanoseconds.
     */
    public long requestTimeoutNs()
    {
        return requestTimeoutNs;
    }

    /**
     * Sets how far the machine's clock may be off; the default is {@link #CLOCK_JUMP_MAX_DEFAULT_NS}. A clock that lies
     * further behind the newest entry refuses the launch, one further ahead is reported. While the engine runs, its
     * time follows the machine's clock in steps of at most this; one that jumps further is not followed, and requests
     * that create something are refused until it is back ({@link Readiness#CLOCK_JUMPED}). Clocks of tests are exempt.
     *
     * @param clockJumpMaxNs zero or above; {@link Long#MAX_VALUE} to believe whatever the clock says.
     * @return this config.
     */
    public EngineConfig clockJumpMaxNs(final long clockJumpMaxNs)
    {
        this.clockJumpMaxNs = clockJumpMaxNs;
        return this;
    }

    /**
     * How far the machine's clock may be off.
     *
     * @return nanoseconds.
     */
    public long clockJumpMaxNs()
    {
        return clockJumpMaxNs;
    }

    /**
     * Sets where time comes from; the default is the system's clock.
     *
     * @param clock nanoseconds since 1970; a clock of a test is not checked against the journal.
     * @return this config.
     */
    public EngineConfig clock(final EpochNanoClock clock)
    {
        this.clock = clock;
        return this;
    }

    /**
     * Where time comes from.
     *
     * @return a clock.
     */
    public EpochNanoClock clock()
    {
        if (clock == null)
        {
            // It is the guard that lets it follow the machine's clock; by itself it never does.
            clock = new OffsetEpochNanoClock(CLOCK_SAMPLES_MAX, CLOCK_SAMPLE_NS, Long.MAX_VALUE);
        }
        return clock;
    }

    /**
     * Sets how much room on the disk new entries leave; the default is {@link #DISK_RESERVE_DEFAULT}. When there is
     * less, requests that create something are refused ({@link Readiness#DISK_RESERVED}) before a journal meets the
     * full disk, which would stop it for good. They are taken again once there is room for a segment more.
     *
     * @param diskReserve in bytes, of which two segments are the least that counts; 0 = none.
     * @return this config.
     */
    public EngineConfig diskReserve(final long diskReserve)
    {
        this.diskReserve = diskReserve;
        return this;
    }

    /**
     * How much room on the disk new entries leave.
     *
     * @return a number of bytes; 0 = none.
     */
    public long diskReserve()
    {
        return diskReserve;
    }

    /**
     * Sets where the futures of {@link Ledger} complete; the default is the common pool. No code of a caller ever runs
     * on an engine's thread unless this says so.
     *
     * @param executor to run what callers attach to futures.
     * @return this config.
     */
    public EngineConfig executor(final Executor executor)
    {
        this.executor = executor;
        return this;
    }

    /**
     * Where the futures of {@link Ledger} complete.
     *
     * @return an executor.
     */
    public Executor executor()
    {
        return executor;
    }

    /**
     * Sets how journals are kept: lengths of terms, segments and frames, time limits. Its directory and durability are
     * set by the engine.
     *
     * @param journal settings of all journals.
     * @return this config.
     */
    public EngineConfig journal(final JournalConfig journal)
    {
        this.journal = journal;
        return this;
    }

    /**
     * How journals are kept.
     *
     * @return settings of all journals.
     */
    public JournalConfig journal()
    {
        return journal;
    }

    /** How long a close waits for what is published; for tests. */
    EngineConfig drainTimeoutNs(final long newDrainTimeoutNs)
    {
        drainTimeoutNs = newDrainTimeoutNs;
        return this;
    }

    long drainTimeoutNs()
    {
        return drainTimeoutNs;
    }

    /** What the engine's clock is compared with while it runs; for tests. */
    EngineConfig wallClock(final EpochNanoClock newWallClock)
    {
        wallClock = newWallClock;
        return this;
    }

    /** Where the room on the disk is asked for; for tests. */
    EngineConfig usableSpace(final DiskReserve.UsableSpace newUsableSpace)
    {
        usableSpace = newUsableSpace;
        return this;
    }

    boolean isClockChecked()
    {
        return clock() instanceof OffsetEpochNanoClock;
    }

    /** What the machine must have for anything to be created, whatever the durability. */
    List<Supplier<Refusal>> admissionConditions()
    {
        return clock() instanceof OffsetEpochNanoClock offsetClock ?
            List.of(new ClockGuard(offsetClock, wallClock, offsetClock::sample, clockJumpMaxNs)) : List.of();
    }

    /** Room on the disk of journals; null if none is reserved. */
    DiskReserve diskReserveFor(final int segmentLength)
    {
        return diskReserve == 0 ? null : new DiskReserve(
            dataDirectory, Math.max(diskReserve, 2L * segmentLength), segmentLength, usableSpace);
    }

    int ringLengthFor(final int agreedBatchCountMax)
    {
        return ringLength != 0 ? ringLength : BitUtil.findNextPositivePowerOfTwo(2 * agreedBatchCountMax);
    }

    int replyRingLengthFor(final int agreedBatchCountMax)
    {
        final int longestReply = Reply.lengthMax(RequestKind.LOOKUP_ACCOUNTS, agreedBatchCountMax);
        return replyRingLength != 0 ? replyRingLength : BitUtil.findNextPositivePowerOfTwo(2 * longestReply);
    }

    /** How many shards a new directory gets. */
    int shardCountForNew()
    {
        return shardCount == AS_CREATED ? 1 : shardCount;
    }

    /** The genesis of a shard of a new directory. */
    Genesis genesis(final UUID uuid, final int shard)
    {
        final String base = origin != null ? origin : "seriatim/" + uuid;
        return new Genesis(
            uuid, base + "/" + shard, shard, shardCountForNew(), placement,
            batchCountMax == AS_CREATED ? BATCH_COUNT_MAX_DEFAULT : batchCountMax,
            stateRoots == null ? 0 : stateRoots.everyForNew());
    }

    /**
     * The key that the state roots of a shard are made with.
     *
     * @param genesis of the shard.
     * @return the key; null if it has no state roots.
     * @throws IllegalArgumentException if there is none and one is needed, or the other way round, or it is none.
     */
    StateRootKey stateRootKey(final Genesis genesis)
    {
        final long every = genesis.stateRootEvery();
        if (every > 0 && stateRoots == null)
        {
            throw new IllegalArgumentException(
                "the books hold a state root every " + every + " entries, and no key is given to make them with: set " +
                "EngineConfig.stateRoots (--state-root-key) to the key that they were created with");
        }
        if (stateRoots != null && (every == 0 || stateRoots.every() != 0 && stateRoots.every() != every))
        {
            throw new IllegalArgumentException(
                "the books were created with " + (every == 0 ? "no state roots" : "a state root every " + every +
                " entries") + ", which can not be changed: EngineConfig.stateRoots asks for " +
                (stateRoots.every() == 0 ? "them" : "one every " + stateRoots.every()));
        }
        return every == 0 ? null :
            StateRootConfig.read(stateRoots.keyFile()).forShard(genesis.logUuid(), genesis.shard());
    }

    /** Identity of a new log. */
    UUID logUuidForNew()
    {
        return logUuid != null ? logUuid : UUID.randomUUID();
    }

    /** How many journals a new directory gets. */
    int journalCountFor(final int shards)
    {
        final int cores = Runtime.getRuntime().availableProcessors();
        return journalCount != AS_CREATED ? journalCount : Math.min(shards, Math.max(1, cores / 2));
    }

    void validate()
    {
        Objects.requireNonNull(durability, "EngineConfig.durability");
        Objects.requireNonNull(threading, "EngineConfig.threading");
        Objects.requireNonNull(executor, "EngineConfig.executor");
        Objects.requireNonNull(journal, "EngineConfig.journal");
        if (durability != Durability.MEMORY && dataDirectory == null)
        {
            throw new IllegalArgumentException(
                "EngineConfig.dataDirectory must be set, or EngineConfig.durability be MEMORY");
        }
        if (sealing != null)
        {
            if (durability == Durability.MEMORY)
            {
                throw new IllegalArgumentException(
                    "what does not last can not be sealed: EngineConfig.sealing is set and durability is MEMORY");
            }
            sealing.validate(dataDirectory);
        }
        if (stateRoots != null)
        {
            stateRoots.validate(dataDirectory);
        }
        requireRange("shardCount", shardCount, 0, SHARD_COUNT_LIMIT);
        requireRange("journalCount", journalCount, 0, shardCount == AS_CREATED ? SHARD_COUNT_LIMIT : shardCount);
        requireRange("batchCountMax", batchCountMax, 0, BATCH_COUNT_MAX_LIMIT);
        requireRange("accountCountMax", accountCountMax, 1, ACCOUNT_COUNT_MAX_DEFAULT);
        requireRange("transferCountMax", transferCountMax, 1, TRANSFER_COUNT_MAX_DEFAULT);
        requireRange("snapshotEntries", snapshotEntries, 0, Long.MAX_VALUE);
        requireRange("snapshotIntervalNs", snapshotIntervalNs, 0, Long.MAX_VALUE);
        requireRange("snapshotsRetained", snapshotsRetained, 1, Integer.MAX_VALUE);
        requireRange("requestTimeoutNs", requestTimeoutNs, 1, Long.MAX_VALUE);
        requireRange("clockJumpMaxNs", clockJumpMaxNs, 0, Long.MAX_VALUE);
        requireRange("diskReserve", diskReserve, 0, Long.MAX_VALUE / 4);
        requireRange("readModelMemoryMax", readModelMemoryMax, 1, Long.MAX_VALUE);
        requireRange(
            "queryReplyRingLength", queryReplyRingLength, 2L * Reply.lengthMax(RequestKind.EXPLAIN, 1), 1 << 30);
        requirePowerOfTwo("queryReplyRingLength", queryReplyRingLength);
        requirePowerOfTwo("windowCapacity", windowCapacity);
        requirePowerOfTwo("ringLength", ringLength);
        requirePowerOfTwo("replyRingLength", replyRingLength);
        if (shardCount != AS_CREATED)
        {
            validateForNew();
        }
    }

    /** What a new directory is created with; throws too if a ledger is placed on a shard that there is not. */
    void validateForNew()
    {
        requireRange("journalCount", journalCount, 0, shardCountForNew());
        final Genesis genesis = genesis(new UUID(0, 0), 0);
        genesis.router();
        validate(genesis);
        stateRootKey(genesis);
    }

    /** What depends on what the genesis says. */
    void validate(final Genesis genesis)
    {
        final int agreedBatchCountMax = genesis.batchCountMax();
        requireRange(
            "windowCapacity", windowCapacity, genesis.requestEntryCountMax(),
            Integer.MAX_VALUE / EntryWindow.ENTRY_LENGTH_MAX);
        requireRange("ringLength", ringLengthFor(agreedBatchCountMax), 2L * agreedBatchCountMax, RING_LENGTH_LIMIT);
        requireRange(
            "replyRingLength", replyRingLengthFor(agreedBatchCountMax),
            2L * Reply.lengthMax(RequestKind.LOOKUP_ACCOUNTS, agreedBatchCountMax), 1 << 30);
    }

    private static void requireRange(final String name, final long value, final long least, final long most)
    {
        if (value < least || value > most)
        {
            throw new IllegalArgumentException(
                "EngineConfig." + name + " must be from " + least + " to " + most + ": " + name + "=" + value);
        }
    }

    private static void requirePowerOfTwo(final String name, final int value)
    {
        if (value != 0 && !BitUtil.isPowerOfTwo(value))
        {
            throw new IllegalArgumentException(
                "EngineConfig." + name + " must be a power of two: " + name + "=" + value);
        }
    }
}
