package io.seriatim.replay;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.HostileRequests;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Readiness;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.SealingConfig;
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
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * An engine, its clients and its disk in one thread, on time that is only a number, all of it drawn from one seed:
 * hostile requests from several clients, recordings on a disk that fails and loses its power, launches on what is left,
 * snapshots, queries and a feed. The reference ledger says what every answer must be. After a crash the books must hold
 * a beginning of what was sent, with everything that was acknowledged; what clients do not know of they send again,
 * and each id is applied once.
 * <p>
 * Threads: confined to one.
 */
public final class Simulation
{
    private static final String ORIGIN = "simulated/books";
    private static final String KEY = "key";
    private static final String STATE_ROOT_KEY = "state-root-key";
    private static final long SEALING = 0x5EA1_0000_0000_5EA1L;
    private static final long ROOTS = 0x2007_5000_0000_2007L;
    private static final long BREAKS = 0xB4EA_C000_0000_B4EAL;

    private static final int REQUESTS = 2_000;
    private static final int CRASHES_MIN = 3;
    private static final int PASSES_MAX = 200_000;
    private static final int TERM_LENGTH = 128 * 1024;
    private static final int LATELY = 12;

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

    /** A request that is on its way, and what came of it in the reference. */
    private record Sent(long number, HostileWorkload.Request request, HostileWorkload.Applied applied)
    {
    }

    /** What the reference has done, to do it again; a request that it was whole for may be found cut after a crash. */
    private record Step(HostileWorkload.Request request, Consumer<ReferenceLedger> action)
    {
    }

    private final long seed;
    private final Path root;
    private final SplittableRandom random;
    private final TreeMap<String, Long> counts = new TreeMap<>();
    private final CRC32C trace = new CRC32C();
    private final ArrayDeque<String> lately = new ArrayDeque<>();

    private final Durability durability;
    private final int batchCountMax;
    private final int mtu;
    private final int clientCount;
    private final int inFlightMax;
    private final boolean hasReads;
    private final long snapshotEntries;
    private final int slowPercent;
    private final SimulatedFeed feed;

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
    private final List<LedgerSession> sessions = new ArrayList<>();
    private final List<ArrayDeque<Sent>> inFlight = new ArrayList<>();

    private ReferenceLedger reference;
    private HostileWorkload workload;
    private final List<Step> history = new ArrayList<>();
    private final ArrayDeque<HostileWorkload.Request> unknown = new ArrayDeque<>();
    private long sentCount;
    private long acknowledgedSequence;

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
        reference = new ReferenceLedger(stateRootEvery);
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
            workload = newWorkload();
            launch();
            live();
            finish();
        }
        catch (final RuntimeException | IOException | AssertionError ex)
        {
            throw new AssertionError(
                "seed=" + seed + " after " + counts + ", durability=" + durability + ", batchCountMax=" +
                batchCountMax + ", mtu=" + mtu + ", clients=" + clientCount + ", inFlightMax=" + inFlightMax +
                ", reads=" + hasReads +
                ", snapshotEntries=" + snapshotEntries + ", slowPercent=" + slowPercent + ", books=" + books +
                ": " + ex.getMessage() + "; lately: " + lately + "; see it again: scripts/simulate --seed " + seed, ex);
        }
        finally
        {
            closeQuietly();
        }

        delete(root);
        return counts;
    }

    /**
     * A checksum over everything that was answered: the same seed gives the same.
     *
     * @return CRC-32C.
     */
    public long trace()
    {
        return trace.getValue();
    }

    private HostileWorkload newWorkload()
    {
        return new HostileWorkload(
            random.nextLong(), reference, batchCountMax,
            new HostileWorkload.Features(true, true, 3, hasReads ? 15 : 0, 2));
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
                    poll(random.nextInt(clientCount));
                }
            }
        }
    }

    /** Arm a fault of the disk, whose crash comes when the engine has stopped, or crash at once. */
    private boolean crashNowOrSoon()
    {
        final Crash crash = Crash.values()[random.nextInt(Crash.values().length)];
        count(crash.name());
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
        if (inFlight.stream().mapToInt(ArrayDeque::size).sum() >= inFlightMax)
        {
            return false;
        }
        final HostileWorkload.Request request = unknown.isEmpty() ? workload.next() : again(unknown.poll());
        final int client = random.nextInt(clientCount);
        if (request.kind() == HostileWorkload.Kind.READ)
        {
            // Answers to queries are long, so there is room for one at a time.
            drain();
        }
        else if (!drainIfClockMoves(request))
        {
            // The engine has stopped meanwhile: the request was never sent.
            return false;
        }
        if (engine.failure() != null)
        {
            return false;
        }
        TestClocks.set(clock, request.clock());
        if (!publish(sessions.get(client), request))
        {
            return false;
        }
        final HostileWorkload.Applied applied = request.applyTo(reference);
        history.add(new Step(request, request::applyTo));
        inFlight.get(client).add(new Sent(sentCount++, request, applied));
        note("sent " + (sentCount - 1) + " by " + client + ": " + request.kind() + " x " + request.count() +
            ", up to sequence " + applied.sequence());
        count("requests");
        count(request.kind().name());
        return true;
    }

    /** Sent again by a client who does not know what became of it: as it was, but now. */
    private HostileWorkload.Request again(final HostileWorkload.Request lost)
    {
        count("sent again");
        final long now = Math.max(lost.clock(), clock.nanoTime());
        return new HostileWorkload.Request(
            lost.kind(), now, reference.timeAhead(now, lost.count()).batchTimestamp(), lost.accounts(),
            lost.transfers(), lost.definitions(), lost.read());
    }

    /** Time enters when a request is taken: none may wait that was sent before the clock moves. */
    private boolean drainIfClockMoves(final HostileWorkload.Request request)
    {
        for (int pass = 0; request.clock() != clock.nanoTime() && !HostileRequests.isTaken(engine); pass++)
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

    private boolean publish(final LedgerSession session, final HostileWorkload.Request request)
    {
        switch (request.kind())
        {
            case ACCOUNTS, TRANSFERS, DEFINITIONS ->
            {
                HostileRequests.claim(session, request);
                session.publish();
                return true;
            }
            case TICK ->
            {
                require(session.claimClock(RequestKind.ADVANCE_CLOCK, 0) > 0, "no room for a tick");
                session.publish();
                return true;
            }
            default ->
            {
                return new QueryAnswers(session).publish(request.read());
            }
        }
    }

    private void pollAll()
    {
        for (int client = 0; client < clientCount; client++)
        {
            poll(client);
        }
    }

    private void poll(final int client)
    {
        try
        {
            sessions.get(client).poll(reply -> onReply(inFlight.get(client).remove(), reply), Integer.MAX_VALUE);
        }
        catch (final LedgerException ex)
        {
            require(
                ex.reason() == LedgerException.Reason.STOPPED && engine.readiness() == Readiness.STOPPED,
                "a client was told: " + ex.getMessage());
        }
    }

    private void onReply(final Sent answered, final Reply reply)
    {
        require(reply.refusal() == null, "a request was refused: " + reply.refusal());
        final List<Result> results = answered.applied.results();
        switch (answered.request.kind())
        {
            case ACCOUNTS, TRANSFERS, DEFINITIONS ->
            {
                HostileRequests.assertAnswer(results, reply);
                acknowledgedSequence = Math.max(acknowledgedSequence, answered.applied.sequence());
            }
            case TICK -> require(
                answered.applied.releases().size() == reply.buffer().getLong(reply.rowOffset(0) + Long.BYTES),
                "a tick released something else");
            default ->
            {
                require(
                    answered.applied.sequence() == reply.validAtSequence(), "a read is of another moment");
                require(
                    QueryAnswers.expected(answered.applied.answer())
                        .equals(QueryAnswers.actual(answered.request.read(), reply)),
                    "read " + answered.request.read() + ": expected " +
                    QueryAnswers.expected(answered.applied.answer()) + ", actual " +
                    QueryAnswers.actual(answered.request.read(), reply));
                acknowledgedSequence = Math.max(acknowledgedSequence, reply.validAtSequence());
            }
        }
        trace.update((int)reply.validAtSequence());
        trace.update(reply.count());
        note("answered " + answered.number + ", up to sequence " + answered.applied.sequence());
        count("answers");
    }

    private void drain()
    {
        for (int pass = 0; inFlight.stream().anyMatch(queue -> !queue.isEmpty()); pass++)
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
        sessions.clear();
        inFlight.clear();
        for (int client = 0; client < clientCount; client++)
        {
            sessions.add(engine.openSession(0));
            inFlight.add(new ArrayDeque<>());
        }
        feed.open(engine);
        count("launches");
        if (engine.launchReport().stream().anyMatch(line -> line.contains("started from the snapshot")))
        {
            count("launches from a snapshot");
        }
    }

    private void crash(final Crash crash, final boolean isAfterError)
    {
        pollAll();
        final boolean isPowerCut = crash == Crash.POWER_CUT;
        count(isAfterError ? isPowerCut ? "power cut after an error" : "kill after an error" : crash.name() + " came");
        leave(isPowerCut, random);
        unknown.clear();
        inFlight.stream().flatMap(ArrayDeque::stream).filter(request -> request.request.count() > 0)
            .sorted(Comparator.comparingLong(Sent::number)).map(Sent::request).forEach(unknown::add);
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
            count("launches broken off");
            return false;
        }
    }

    /** The books hold a beginning of what was sent, and everything that was acknowledged. */
    private void recover(final boolean mayLose)
    {
        final long nextSequence = HostileRequests.nextSequence(engine);
        require(
            mayLose || nextSequence > acknowledgedSequence,
            "acknowledged and lost: acknowledged up to " + acknowledgedSequence + ", recovered up to " +
            (nextSequence - 1) + ", launch: " + engine.launchReport());
        if (mayLose)
        {
            feed.forget();
            feed.open(engine);
        }
        final ReferenceLedger rebuilt = new ReferenceLedger(stateRootEvery);
        // Within a request there is one state root at most.
        final int rootCountMax = stateRootEvery == 0 ? 0 : 1;
        final List<Step> kept = new ArrayList<>();
        for (int i = 0; i < history.size() && rebuilt.nextSequence() < nextSequence; i++)
        {
            Step step = history.get(i);
            final HostileWorkload.Request request = step.request;
            if (request != null && rebuilt.nextSequence() + rebuilt.timeAhead(request.clock(), 0).releases().size() +
                request.count() + rootCountMax > nextSequence)
            {
                step = new Step(null, ledger -> ledger.applyUpTo(request, nextSequence));
                count("cut requests");
            }
            step.action.accept(rebuilt);
            kept.add(step);
        }
        require(
            rebuilt.nextSequence() == nextSequence,
            "not the end of anything that was sent: recovered=" + nextSequence + ", nearest=" +
            rebuilt.nextSequence());
        rebuilt.restart();
        kept.add(new Step(null, ReferenceLedger::restart));
        history.clear();
        history.addAll(kept);
        reference = rebuilt;
        workload = newWorkload();
        acknowledgedSequence = nextSequence - 1;
        TestClocks.set(clock, Math.max(0, reference.previousTimestamp()));
        checkTotals();
    }

    private void checkTotals()
    {
        final Map<Long, ReferenceLedger.Balances> expected = reference.sumsByLedger();
        engine.trialBalance().forEach(actual ->
        {
            require(
                actual.debitsPosted().equals(actual.creditsPosted()) &&
                actual.debitsPending().equals(actual.creditsPending()),
                "debits and credits differ: " + actual);
            final ReferenceLedger.Balances sums = expected.get(Integer.toUnsignedLong(actual.ledger()));
            require(
                sums != null && sums.debitsPosted().equals(actual.debitsPosted()) &&
                sums.debitsPending().equals(actual.debitsPending()),
                "other balances than the model: " + actual + ", model=" + sums);
        });
        count("checks of all balances");
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
        count("snapshots");
        feed.finish(reference.nextSequence());
        counts.merge("came to the feed again", feed.repeatCount(), Long::sum);
        require(engine.sealingFailure() == null, "nothing more is sealed: " + engine.sealingFailure());
        engine.close();
        checkSeals();
        final AuditReport report = new AuditReplay(books).stateRootKey(stateRootEvery == 0 ? null :
            StateRootConfig.read(root.resolve(STATE_ROOT_KEY))).run();
        require(report.isClean(), "the journal does not verify: " + report);
        final ShardAudit shard = report.shards().get(0);
        require(
            shard.nextSequence() == reference.nextSequence() &&
            shard.accountCount() == reference.accounts().size() &&
            shard.transferCount() == reference.transfers().size(),
            "the journal tells another story: " + report);
        require(
            shard.stateRootCount() == reference.stateRootCount(),
            "other state roots: expected=" + reference.stateRootCount() + ", found=" + shard.stateRootCount());
        counts.merge("entries", reference.nextSequence(), Long::sum);
        counts.merge("state roots", shard.stateRootCount(), Long::sum);
    }

    /** Whatever was signed in any life, of any engine that has died since, is of one history: this one. */
    private void checkSeals()
    {
        if (sealEntries == 0)
        {
            return;
        }
        final VerifierKey key = LogKeys.read(root.resolve(KEY)).named(ORIGIN + "/0").verifierKey();
        try (BooksLog log = new BooksLog(books, 0))
        {
            final LogCheck.Report report = new LogCheck(log, List.of(key)).run(count -> {});
            require(report.isClean(), "the log does not verify: " + report);
            require(
                report.head().size() == reference.nextSequence(),
                "not all was signed at the end: signed=" + report.head() + ", entries=" + reference.nextSequence());
            counts.merge("checkpoints", (long)report.checkpointCount(), Long::sum);
        }
        count("sealed lives");
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

    /** What happened last is told with a failure. */
    private void note(final String event)
    {
        lately.add(event);
        if (lately.size() > LATELY)
        {
            lately.remove();
        }
    }

    private void count(final String name)
    {
        counts.merge(name, 1L, Long::sum);
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
