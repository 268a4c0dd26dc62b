package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import org.agrona.BufferUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Which cache lines the threads of two journals write on the path of a transfer. Every thread's work is done here one
 * after the other, by one thread, so that it is certain who wrote what. Objects move with the collector: what is
 * asserted holds wherever they lie, and what happens to be neighbours at the time is in the report,
 * {@code target/cache-lines.txt}.
 */
class CacheLineTest
{
    private static final int ACCOUNTS = 10;
    private static final int WARM_UP_TRANSFERS = 2_000;
    private static final int ROUNDS = 12;
    private static final int TRANSFERS_PER_TURN = 5;

    /** Everything hangs together behind these; the path asks them and writes nothing of theirs. */
    private static final List<String> BORDERS = List.of("EngineCounters");

    /** What can be changed and is reached from both journals, and why it keeps none of them from its work. */
    private static final Map<String, String> SHARED = Map.of(
        "EngineCounters", "reached by the meters, which ask its store for positions; written four times a second",
        "JournalConfig", "settings: nobody writes them after the launch",
        "ShardRouter.placement", "placed ledgers: filled by the genesis, then only read",
        "ShardTime.clock", "the clock: written when it looks at the wall clock again, once an hour",
        "StageCounters.buffer", "one table of counters for all; lines of a stage have one shard or journal, see below",
        "ControlSession.encodedPrincipal", "an empty array of the archive's",
        "SystemCounters.counterByDescriptorMap", "a list of the driver's constants");

    /** Lines that threads of one journal write in turn, and why. */
    private static final Map<String, String> HANDED_OVER = Map.of(
        "RequestRing$Slot", "the head of a request goes from the session to the shard, which lets go of the session",
        "Publication.termBuffers", "what the shard has appended is cleared by the journal once it is recorded",
        "IpcPublication.termBuffers", "the same memory by another name");

    @TempDir
    private Path directory;

    private LedgerEngine engine;
    private EngineStore store;
    private final List<Agent> journals = new ArrayList<>();
    private final List<LedgerSession> sessions = new ArrayList<>();
    private long lastId;

    @BeforeEach
    void launch()
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory.resolve("books")).durability(Durability.OS).threading(Threading.INVOKER)
            .shardCount(2).journalCount(2).place(1, 0).place(2, 1).batchCountMax(16).windowCapacity(1_024)
            .readModel(false).journal(new JournalConfig().termLength(256 * 1024).segmentLength(1024 * 1024)));
        store = (EngineStore)MemoryGraph.valueOf(engine, "LedgerEngine.store");
        final MemoryGraph graph = new MemoryGraph(List.of(engine), List.of());
        for (int journal = 0; journal < 2; journal++)
        {
            final Agent agent = store.journalAgents().get(journal);
            journals.add((Agent)graph.labels().keySet().stream()
                .filter(object -> object instanceof MeteredAgent &&
                    MemoryGraph.valueOf(object, "MeteredAgent.agent") == agent)
                .findFirst().orElseThrow());
            sessions.add(engine.openSession(journal));
            createAccounts(journal);
        }
        for (int i = 0; i < WARM_UP_TRANSFERS; i++)
        {
            send(i % 2);
            engine.doWork();
            poll(i % 2);
        }
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldReachNothingFromTwoJournalsThatThePathWrites()
    {
        final List<MemoryGraph> graphs = new ArrayList<>();
        for (int i = 0; i < 2; i++)
        {
            graphs.add(new MemoryGraph(
                List.of(store.shardAgents().get(i), journals.get(i), sessions.get(i)), BORDERS));
        }
        final TreeSet<String> found = new TreeSet<>();
        graphs.get(0).labels().forEach((object, label) ->
        {
            if (graphs.get(1).labels().containsKey(object) && isChangeable(object))
            {
                found.add(label);
            }
        });

        assertTrue(graphs.get(0).labels().size() > 1_000, "the walk ends early");
        assertEquals(new TreeSet<>(SHARED.keySet()), found);
    }

    @Test
    void shouldWriteNoLineOfAnotherJournal() throws IOException
    {
        final List<Object> roots = new ArrayList<>(sessions);
        roots.add(engine);
        final WriteWatch watch = new WriteWatch(new MemoryGraph(roots, List.of()));
        for (int round = 0; round < ROUNDS; round++)
        {
            for (int i = 0; i < 2; i++)
            {
                step(watch, i);
            }
        }

        writeReport(watch);
        assertEquals(
            Set.of("session 0", "shard 0", "journal 0", "session 1", "shard 1", "journal 1"), writersOf(watch));
        for (final WriteWatch.Write line : watch.sharedLines())
        {
            assertEquals(1, ownersOf(line.writers()).size(),
                () -> "threads of two journals write one line: " + line.names() + " by " + line.writers());
            assertTrue(line.names().stream().allMatch(name ->
                HANDED_OVER.keySet().stream().anyMatch(name::startsWith)),
                () -> "two threads write one line that they do not hand over: " + line.names() + " by " +
                line.writers());
        }
    }

    @Test
    void shouldGiveEveryStageLinesOfItsOwn()
    {
        assertEquals(0, StageCounters.LENGTH % WriteWatch.LINE_LENGTH);
        assertEquals(0, AccountSamples.LENGTH % WriteWatch.LINE_LENGTH);
        for (final LedgerSession session : sessions)
        {
            final RequestRing ring = (RequestRing)MemoryGraph.valueOf(session, "LedgerSession.ring");
            assertEquals(0, ring.events().addressOffset() % WriteWatch.LINE_LENGTH);
            assertEquals(0, RequestRing.EVENT_LENGTH % WriteWatch.LINE_LENGTH);
        }
    }

    @Test
    void shouldSeeLinesThatTwoWrite()
    {
        final long[] array = new long[32];
        final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(256, 64));
        final WriteWatch watch = new WriteWatch(new MemoryGraph(List.of(array, buffer), List.of()));

        watch.run("shard 0", () -> array[0] = 1);
        watch.run("shard 1", () -> array[8] = 1);
        watch.run("shard 0", () -> buffer.putLong(0, 1));
        watch.run("shard 1", () -> buffer.putLong(64, 1));
        assertEquals(List.of(), List.copyOf(watch.sharedLines()));

        watch.run("shard 1", () -> array[7] = 1);
        watch.run("journal 1", () -> buffer.putInt(60, 1));
        assertEquals(
            Set.of(Set.of("shard 0", "shard 1"), Set.of("shard 0", "journal 1")),
            watch.sharedLines().stream().map(WriteWatch.Write::writers).collect(Collectors.toSet()));
    }

    private void step(final WriteWatch watch, final int index)
    {
        watch.run("session " + index, () ->
        {
            for (int i = 0; i < TRANSFERS_PER_TURN; i++)
            {
                send(index);
            }
        });
        watch.run("shard " + index, () -> work(store.shardAgents().get(index)));
        watch.run("journal " + index, () -> work(journals.get(index)));
        watch.run("shard " + index, () -> work(store.shardAgents().get(index)));
        watch.run("session " + index, () -> poll(index));
    }

    private static void work(final Agent agent)
    {
        try
        {
            agent.doWork();
        }
        catch (final Exception ex)
        {
            throw new AssertionError(ex);
        }
    }

    private void createAccounts(final int shard)
    {
        final LedgerSession session = sessions.get(shard);
        assertTrue(session.claimAccounts(ACCOUNTS) > 0);
        for (int i = 0; i < ACCOUNTS; i++)
        {
            session.account(i).idLow(i + 1).ledger(shard + 1).code(1);
        }
        session.publish();
        while (session.inFlight() > 0)
        {
            engine.doWork();
            poll(shard);
        }
    }

    /** Each transfer differs from all others, so that what is written is seen to be. */
    private void send(final int shard)
    {
        final LedgerSession session = sessions.get(shard);
        assertTrue(session.claimTransfers(1) > 0, "there is room");
        lastId++;
        session.transfer(0)
            .idLow(lastId).debitAccountIdLow(1 + lastId % ACCOUNTS).creditAccountIdLow(1 + (lastId + 1) % ACCOUNTS)
            .amountLow(lastId).ledger(shard + 1).code(1);
        session.publish();
    }

    private void poll(final int shard)
    {
        sessions.get(shard).poll(reply -> { }, 2 * TRANSFERS_PER_TURN);
    }

    private static boolean isChangeable(final Object object)
    {
        return object.getClass().isArray() ? Array.getLength(object) > 0 :
            MemoryGraph.slotsOf(object.getClass()).stream().anyMatch(MemoryGraph.Slot::isChangeable);
    }

    /** Journals whose threads these are. */
    private static TreeSet<String> ownersOf(final TreeSet<String> writers)
    {
        return writers.stream().map(writer -> writer.substring(writer.indexOf(' ') + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static TreeSet<String> writersOf(final WriteWatch watch)
    {
        final TreeSet<String> writers = new TreeSet<>();
        watch.heapWrites().values().forEach(writes -> writes.values().forEach(write ->
            writers.addAll(write.writers())));
        watch.lineWrites().values().forEach(write -> writers.addAll(write.writers()));
        return writers;
    }

    private static void writeReport(final WriteWatch watch) throws IOException
    {
        final TreeSet<String> lines = new TreeSet<>();
        final IdentityHashMap<Object, Map<Long, WriteWatch.Write>> heap = watch.heapWrites();
        heap.values().forEach(writes -> writes.values().forEach(write ->
            lines.add("heap      " + write.names() + " by " + write.writers())));
        watch.lineWrites().values().forEach(write ->
            lines.add("off heap  " + write.names() + " by " + write.writers()));
        final Map<Long, TreeSet<String>> namesByLine = new TreeMap<>();
        final Map<Long, TreeSet<String>> writersByLine = new TreeMap<>();
        heap.forEach((object, writes) -> writes.forEach((offset, write) ->
        {
            final long line = (MemoryGraph.MACHINE.addressOf(object) + offset) / WriteWatch.LINE_LENGTH;
            namesByLine.computeIfAbsent(line, key -> new TreeSet<>()).addAll(write.names());
            writersByLine.computeIfAbsent(line, key -> new TreeSet<>()).addAll(write.writers());
        }));
        final List<String> report = new ArrayList<>(lines);
        report.add("Lines of the heap that were written: " + namesByLine.size() +
            "; neighbours of two journals there now, until the collector moves them:");
        writersByLine.forEach((line, writers) ->
        {
            if (ownersOf(writers).size() > 1)
            {
                report.add("neighbours " + namesByLine.get(line) + " by " + writers);
            }
        });
        Files.write(Files.createDirectories(Path.of("target")).resolve("cache-lines.txt"), report);
    }
}
