package io.seriatim.replay;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.HostileRequests;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerTotals;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.ShardRouter;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.TestClocks;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.KeyFile;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.BooksLog;
import io.seriatim.sealing.LogCheck;
import io.seriatim.sealing.LogKeys;
import io.seriatim.journal.SimDisk;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * An engine, its clients and its disk in one thread, on time that is only a number, all of it drawn from one seed:
 * hostile requests from several clients to one shard or several, recordings on a disk that fails and loses its power,
 * launches on what is left, snapshots, queries and a feed. The reference ledger says what every answer must be. After a
 * crash the books must hold a beginning of what was sent, with everything that was acknowledged; what clients do not
 * know of they send again, and each id is applied once.
 * <p>
 * Threads: confined to one.
 */
public final class Simulation
{
    /** Most shards that an engine has. */
    static final int SHARDS_MAX = 4;

    private static final String ORIGIN = "simulated/books";
    private static final String KEY = "key";
    private static final String STATE_ROOT_KEY = "state-root-key";
    private static final long SEALING = 0x5EA1_0000_0000_5EA1L;
    private static final long ROOTS = 0x2007_5000_0000_2007L;
    private static final long BREAKS = 0xB4EA_C000_0000_B4EAL;
    private static final long SHARDS = 0x54A4_D000_0000_54A4L;

    private static final int REQUESTS = 2_000;
    private static final int CRASHES_MIN = 3;
    private static final int PASSES_MAX = 200_000;
    private static final int TERM_LENGTH = 128 * 1024;

    /** How an engine's life ends. */
    private enum Crash
    {
        /** Of the process: the cache survives. */
        KILL,

        /** Of the machine. */
        POWER_CUT,

        /** A force fails, then the process is killed. */
        FORCE_ERROR_THEN_KILL,

        /** A force fails, and the power is cut before anybody looks. */
        FORCE_ERROR_THEN_POWER_CUT,

        /** A write fails, then the process is killed. */
        WRITE_ERROR_THEN_KILL
    }

    private final long seed;
    private final Path root;
    private final SplittableRandom random;
    private final LifeLog log = new LifeLog();

    private final Durability durability;
    private final int batchCountMax;
    private final int mtu;
    private final int clientCount;
    private final int inFlightMax;
    private final boolean hasReads;
    private final long snapshotEntries;
    private final int slowPercent;
    private final SimulatedFeed feed;
    private final List<SimulatedShard> shards = new ArrayList<>();
    private final int journalCount;

    /** Draws which launches are broken off. */
    private final SplittableRandom breaks;

    /** After so many entries a checkpoint is signed; 0 if nothing is sealed. */
    private final long sealEntries;

    /** After so many entries the order holds a state root; 0 if it holds none. */
    private final long stateRootEvery;

    private Path books;
    private int generation;
    private SimDisk disk;
    private ManualClock clock;
    private LedgerEngine engine;

    /**
     * A run that has not begun.
     *
     * @param seed that everything is drawn from.
     * @param root directory for the books, best in memory; it is emptied.
     */
    public Simulation(final long seed, final Path root)
    {
        this.seed = seed;
        this.root = root;
        random = new SplittableRandom(seed);
        durability = random.nextInt(10) < 8 ? Durability.FSYNC : Durability.OS;
        batchCountMax = new int[] {1, 2, 4, 8, 32}[random.nextInt(5)];
        mtu = random.nextBoolean() ? 1024 : 4 * 1024;
        clientCount = 1 + random.nextInt(4);
        inFlightMax = 1 + random.nextInt(24);
        hasReads = random.nextBoolean();
        snapshotEntries = new long[] {0, 100, 400, 1_500}[random.nextInt(4)];
        slowPercent = new int[] {0, 20, 70}[random.nextInt(3)];
        // Its draws are its own, so that a life is the same with and without it.
        feed = new SimulatedFeed(new SplittableRandom(~seed));
        breaks = new SplittableRandom(seed ^ BREAKS);
        final SplittableRandom sealing = new SplittableRandom(seed ^ SEALING);
        sealEntries = sealing.nextBoolean() ? 1 + sealing.nextInt(400) : 0;
        final SplittableRandom roots = new SplittableRandom(seed ^ ROOTS);
        stateRootEvery = roots.nextBoolean() ? 2 * batchCountMax + roots.nextInt(400) : 0;
        final SplittableRandom sharding = new SplittableRandom(seed ^ SHARDS);
        final int shardCount = sharding.nextBoolean() ? 1 : 2 + sharding.nextInt(SHARDS_MAX - 1);
        journalCount = 1 + sharding.nextInt(shardCount);
        final ShardRouter router = new ShardRouter(shardCount, Map.of());
        for (int i = 0; i < shardCount; i++)
        {
            final int number = i;
            shards.add(new SimulatedShard(
                number, random,
                (workloadSeed, reference) -> new HostileWorkload(
                    workloadSeed, reference, batchCountMax,
                    new HostileWorkload.Features(true, true, 3, hasReads ? 15 : 0, 2),
                    ledger -> router.shardOf(ledger) == number),
                stateRootEvery, log));
        }
    }

    /**
     * Run it.
     *
     * @return what was done, by name.
     * @throws AssertionError if a promise was broken; the message has the seed.
     */
    public Map<String, Long> run()
    {
        try
        {
            books = Files.createDirectories(root).resolve("books-0");
            if (sealEntries > 0)
            {
                LogKeys.write(root.resolve(KEY), NoteSigner.generate(ORIGIN, VerifierKey.LOG));
            }
            if (stateRootEvery > 0)
            {
                KeyFile.write(root.resolve(STATE_ROOT_KEY), StateRootConfig.newKey().toText());
            }
            disk = new SimDisk(random.split());
            clock = new ManualClock();
            startClock();
            launch();
            live();
            finish();
        }
        catch (final RuntimeException | IOException | AssertionError ex)
        {
            throw new AssertionError(
                "seed=" + seed + ", durability=" + durability + ", shards=" + shards.size() + ", journals=" +
                journalCount + ", batchCountMax=" + batchCountMax + ", mtu=" + mtu + ", clients=" + clientCount +
                ", inFlightMax=" + inFlightMax + ", reads=" + hasReads + ", snapshotEntries=" + snapshotEntries +
                ", slowPercent=" + slowPercent + ", books=" + books + ": " + ex.getMessage() + "; after " + log +
                "; see it again: scripts/simulate --seed " + seed, ex);
        }
        finally
        {
            closeQuietly();
        }

        delete(root);
        return log.counts();
    }

    /**
     * A checksum over the order of all answers and how far each was valid: the same seed gives the same.
     *
     * @return CRC-32C.
     */
    public long trace()
    {
        return log.trace();
    }

    /** Several shards have one clock; a single one has that of its workload. */
    private void startClock()
    {
        if (shards.size() > 1)
        {
            final long nowNs = HostileWorkload.drawClock(random);
            shards.forEach(shard -> shard.startClock(nowNs));
        }
    }

    // The life of clients.

    private void live()
    {
        int nextCrash = REQUESTS / (CRASHES_MIN + 1);
        int requestCount = 0;
        int crashCount = 0;
        while (requestCount < REQUESTS || crashCount < CRASHES_MIN)
        {
            if (engine.failure() != null)
            {
                crash(random.nextBoolean() ? Crash.KILL : Crash.POWER_CUT, true);
                crashCount++;
            }
            else if (requestCount >= nextCrash)
            {
                nextCrash += 1 + random.nextInt(2 * REQUESTS / (CRASHES_MIN + 2));
                crashCount += crashNowOrSoon() ? 1 : 0;
            }
            else
            {
                requestCount += send() ? 1 : 0;
                for (int turn = random.nextInt(4); turn > 0; turn--)
                {
                    engine.doWork();
                }
                feed.doWork();
                if (random.nextInt(3) > 0)
                {
                    any(shards).poll(random.nextInt(clientCount));
                }
            }
        }
    }

    /** Arm a fault of the disk, whose crash comes when the engine has stopped, or crash at once. */
    private boolean crashNowOrSoon()
    {
        final Crash crash = Crash.values()[random.nextInt(Crash.values().length)];
        log.count(crash.name());
        switch (crash)
        {
            case FORCE_ERROR_THEN_KILL, FORCE_ERROR_THEN_POWER_CUT ->
                disk.failForceAfter(1 + random.nextInt(5), random.nextBoolean());
            case WRITE_ERROR_THEN_KILL -> disk.failWriteAfter(1 + random.nextInt(20));
            default ->
            {
                crash(crash, false);
                return true;
            }
        }
        return false;
    }

    private boolean send()
    {
        final SimulatedShard shard = any(shards);
        if (inFlightCount() >= inFlightMax)
        {
            return false;
        }
        if (shards.size() > 1)
        {
            shard.clockIs(clock.nanoTime());
        }
        final HostileRequest request = shard.next(clock.nanoTime());
        final int client = random.nextInt(clientCount);
        if (request.kind() == HostileRequest.Kind.READ)
        {
            // Answers to queries are long, so there is room for one at a time.
            drain();
        }
        else if (isClockMovedBy(request) && !awaitTaken())
        {
            // The engine has stopped meanwhile: the request was never sent.
            return false;
        }
        if (engine.failure() != null)
        {
            return false;
        }
        TestClocks.set(clock, request.clock());
        if (!shard.send(client, request))
        {
            return false;
        }
        if (isTickOfMany(request))
        {
            awaitTaken();
        }
        return true;
    }

    /** Time enters when a request is taken: none may wait that was sent before the clock moves. */
    private boolean isClockMovedBy(final HostileRequest request)
    {
        return request.clock() != clock.nanoTime() || isTickOfMany(request);
    }

    /** A tick moves the clock to where its shard is, for all of them. */
    private boolean isTickOfMany(final HostileRequest request)
    {
        return request.kind() == HostileRequest.Kind.TICK && shards.size() > 1;
    }

    /** False if the engine has stopped before it took what was sent. */
    private boolean awaitTaken()
    {
        for (int pass = 0; !HostileRequests.isTaken(engine); pass++)
        {
            require(pass < PASSES_MAX, "requests are not taken");
            engine.doWork();
            pollAll();
            if (engine.failure() != null)
            {
                return false;
            }
        }
        return true;
    }

    private int inFlightCount()
    {
        return shards.stream().mapToInt(SimulatedShard::inFlightCount).sum();
    }

    private void pollAll()
    {
        shards.forEach(SimulatedShard::pollAll);
    }

    private void drain()
    {
        for (int pass = 0; inFlightCount() > 0; pass++)
        {
            require(pass < PASSES_MAX, "requests are not answered");
            engine.doWork();
            pollAll();
            if (engine.failure() != null)
            {
                return;
            }
        }
    }

    // The lives of engines.

    private void launch()
    {
        disk.slowPercent(slowPercent);
        engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(books)
            .shardCount(shards.size())
            .journalCount(journalCount)
            .durability(durability)
            .threading(Threading.INVOKER)
            .clock(clock)
            .batchCountMax(batchCountMax)
            .windowCapacity(64)
            .ringLength(1024)
            .replyRingLength(1 << 16)
            .readModel(hasReads)
            .diskReserve(0)
            .snapshotEntries(snapshotEntries)
            .origin(ORIGIN)
            .stateRoots(stateRootEvery == 0 ? null :
                new StateRootConfig().every(stateRootEvery).keyFile(root.resolve(STATE_ROOT_KEY)))
            .sealing(sealEntries == 0 ? null : new SealingConfig().keyFiles(List.of(root.resolve(KEY)))
                .entries(sealEntries).intervalNs(Long.MAX_VALUE))
            .journal(disk.install(new JournalConfig()
                .termLength(TERM_LENGTH).segmentLength(TERM_LENGTH).mtu(mtu))));
        shards.forEach(shard -> shard.open(engine, clientCount));
        feed.open(engine);
        log.count("launches");
        if (engine.launchReport().stream().anyMatch(line -> line.contains("started from the snapshot")))
        {
            log.count("launches from a snapshot");
        }
    }

    private void crash(final Crash crash, final boolean isAfterError)
    {
        pollAll();
        final boolean isPowerCut = crash == Crash.POWER_CUT;
        log.count(
            isAfterError ? isPowerCut ? "power cut after an error" : "kill after an error" : crash.name() + " came");
        leave(isPowerCut, random);
        shards.forEach(SimulatedShard::crash);
        // The machine's time went on; that of requests that are gone did not happen.
        clock = new ManualClock();
        boolean isPowerLost = isPowerCut;
        while (!isLaunched())
        {
            final boolean isCutAgain = breaks.nextBoolean();
            isPowerLost |= isCutAgain;
            leave(isCutAgain, breaks);
        }
        recover(isPowerLost && durability == Durability.OS);
    }

    /** What a process, or the machine, leaves is all there is. */
    private void leave(final boolean isPowerCut, final SplittableRandom draws)
    {
        final Path next = root.resolve("books-" + ++generation);
        copy(books, next);
        disk.die();
        final SimDisk.Leaves leaves = SimDisk.Leaves.values()[draws.nextInt(SimDisk.Leaves.values().length)];
        final SimDisk left = isPowerCut ? disk.cutPower(books, next, leaves) : disk.kill(books, next);
        closeQuietly();
        delete(books);
        if (isPowerCut)
        {
            SimDisk.restart(next);
        }
        books = next;
        disk = left;
    }

    /** Launch again; of some launches the disk fails a write or a force, after which they have to refuse. */
    private boolean isLaunched()
    {
        final boolean isToFail = breaks.nextInt(3) == 0;
        if (isToFail && breaks.nextBoolean())
        {
            disk.failForceAfter(1 + breaks.nextInt(4), breaks.nextBoolean());
        }
        else if (isToFail)
        {
            disk.failWriteAfter(1 + breaks.nextInt(6));
        }
        try
        {
            launch();
            disk.failNoMore();
            return true;
        }
        catch (final JournalException ex)
        {
            require(isToFail, "a launch was refused: " + ex.getMessage());
            require(!ex.getMessage().contains("in time"), "a launch was refused late: " + ex.getMessage());
            log.count("launches broken off");
            return false;
        }
    }

    private void recover(final boolean mayLose)
    {
        if (mayLose)
        {
            feed.forget();
            feed.open(engine);
        }
        shards.forEach(shard -> shard.recover(mayLose));
        startClock();
        TestClocks.set(
            clock, shards.stream().mapToLong(shard -> shard.reference().previousTimestamp()).reduce(0, Math::max));
        checkTotals();
    }

    private void checkTotals()
    {
        final List<LedgerTotals> totals = engine.trialBalance();
        shards.forEach(shard ->
            shard.checkTotals(totals.stream().filter(line -> line.shard() == shard.number()).toList()));
        log.count("checks of all balances");
    }

    private void finish()
    {
        disk.failNoMore();
        drain();
        if (engine.failure() != null)
        {
            crash(Crash.KILL, true);
            drain();
        }
        checkTotals();
        engine.snapshot();
        log.count("snapshots");
        feed.finish(shards.stream().map(shard -> shard.reference().nextSequence()).toList());
        log.add("came to the feed again", feed.repeatCount());
        require(engine.sealingFailure() == null, "nothing more is sealed: " + engine.sealingFailure());
        engine.close();
        final AuditReport report = new AuditReplay(books).stateRootKey(stateRootEvery == 0 ? null :
            StateRootConfig.read(root.resolve(STATE_ROOT_KEY))).run();
        require(report.isClean(), "the journal does not verify: " + report);
        shards.forEach(shard -> checkAudit(shard, report.shards().get(shard.number())));
        log.count("lives with " + shards.size() + (shards.size() == 1 ? " shard" : " shards"));
        log.count(
            journalCount < shards.size() ? "lives with shards that share a journal" :
            journalCount > 1 ? "lives with a journal for each shard" : "lives with one of each");
    }

    private void checkAudit(final SimulatedShard shard, final ShardAudit audit)
    {
        final ReferenceLedger reference = shard.reference();
        require(
            audit.nextSequence() == reference.nextSequence() &&
            audit.accountCount() == reference.accounts().size() &&
            audit.transferCount() == reference.transfers().size(),
            "the journal tells another story: shard=" + shard.number() + ", " + audit);
        require(
            audit.stateRootCount() == reference.stateRootCount(),
            "other state roots: shard=" + shard.number() + ", expected=" + reference.stateRootCount() + ", found=" +
            audit.stateRootCount());
        log.add("entries", reference.nextSequence());
        log.add("state roots", audit.stateRootCount());
        if (sealEntries > 0)
        {
            checkSeals(shard);
        }
    }

    /** Whatever was signed in any life, of any engine that has died since, is of one history: this one. */
    private void checkSeals(final SimulatedShard shard)
    {
        final VerifierKey key =
            LogKeys.read(root.resolve(KEY)).named(ORIGIN + "/" + shard.number()).verifierKey();
        try (BooksLog sealed = new BooksLog(books, shard.number()))
        {
            final LogCheck.Report report = new LogCheck(sealed, List.of(key)).run(count -> {});
            require(report.isClean(), "the log does not verify: " + report);
            require(
                report.head().size() == shard.reference().nextSequence(),
                "not all was signed at the end: signed=" + report.head() + ", entries=" +
                shard.reference().nextSequence());
            log.add("checkpoints", report.checkpointCount());
        }
        log.count("sealed shards");
    }

    private void closeQuietly()
    {
        try
        {
            if (engine != null)
            {
                engine.close();
            }
        }
        catch (final JournalException ex)
        {
            // Its disk is gone: that is what was wanted.
        }
    }

    private <T> T any(final List<T> list)
    {
        return list.get(list.size() == 1 ? 0 : random.nextInt(list.size()));
    }

    private static void require(final boolean holds, final String otherwise)
    {
        if (!holds)
        {
            throw new AssertionError(otherwise);
        }
    }

    private static void copy(final Path from, final Path to)
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                Files.copy(
                    file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static void delete(final Path directory)
    {
        try (Stream<Path> files = Files.walk(directory))
        {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
            {
                Files.deleteIfExists(file);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
