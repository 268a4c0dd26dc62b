package io.seriatim.faults;

import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Replication;
import io.seriatim.ledger.TransferOutcome;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that is made to live long: an engine with everything that runs beside one, and clients at a pace. What is
 * to happen to it from within it reads from its standard input.
 */
final class SoakWorker
{
    /** Asks for the bytes of its tables, and of the part of its heap that is free. */
    static final String TABLES = "TABLES";

    /** Asks for a snapshot. */
    static final String SNAPSHOT = "SNAPSHOT";

    /** Asks for many transfers at once. */
    static final String FLOOD = "FLOOD";

    /** Asks its clients to leave, with requests in flight, and to come again. */
    static final String LEAVE = "LEAVE";

    /** Asks its clients to send no more. */
    static final String QUIET = "QUIET";

    /** Asks for its end. */
    static final String END = "END";

    /** Transfers a second of each client. */
    private static final long PACE = 500;
    private static final int FLOOD_COUNT = 200_000;
    private static final int FLOOD_BATCH = 100;
    private static final long SNAPSHOT_ENTRIES = 200_000;
    private static final long SEAL_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int LOOKUP_LIMIT = 20;
    private static final int RESTS = 3;

    private final LedgerEngine engine;
    private final AtomicLong generation = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private long floodId = WorkerClient.firstId(KillWorker.CLIENT_COUNT);
    private volatile boolean isEnding;

    private SoakWorker(final LedgerEngine engine)
    {
        this.engine = engine;
    }

    /**
     * Runs until it is told to end.
     *
     * @param args directory of the books, prefix of the clients' files, durability, and host, port and secret for
     *             followers.
     */
    public static void main(final String[] args) throws IOException, InterruptedException
    {
        final Replication followers = new Replication(args[3], Integer.parseInt(args[4]), args[5]);
        final EngineConfig config = KillWorker.config(Path.of(args[0]), Durability.valueOf(args[2]))
            .readModel(true).snapshotEntries(SNAPSHOT_ENTRIES)
            .journal(KillWorker.journalConfig().replication(followers));
        config.sealing().intervalNs(SEAL_INTERVAL_NS);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            new Thread(() -> KillWorker.watch(engine), "watch").start();
            KillWorker.createAccounts(engine);
            new SoakWorker(engine).run(args[1]);
        }
    }

    private void run(final String clientFiles) throws IOException, InterruptedException
    {
        for (int client = 0; client < KillWorker.CLIENT_COUNT; client++)
        {
            final WorkerClient worker = KillWorker.client(engine, clientFiles, client);
            final int shard = engine.shardOf(KillWorker.LEDGERS[client]);
            clients.add(new Thread(() -> send(worker, shard), "client-" + client));
        }
        clients.forEach(thread -> thread.setUncaughtExceptionHandler((failed, ex) -> KillWorker.end(ex)));
        clients.forEach(Thread::start);
        System.out.println(KillWorker.READY);
        final BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String command = commands.readLine();
        while (command != null && !command.equals(END))
        {
            System.out.println(command + " " + execute(command));
            command = commands.readLine();
        }
        quiet();
    }

    private void quiet() throws InterruptedException
    {
        isEnding = true;
        for (final Thread client : clients)
        {
            client.join();
        }
    }

    private void send(final WorkerClient client, final int shard)
    {
        while (!isEnding)
        {
            final long mine = generation.get();
            client.send(PACE, () -> !isEnding && generation.get() == mine);
            if (!isEnding)
            {
                client.reconnect(engine.openSession(shard));
            }
        }
        client.drain();
    }

    private long execute(final String command) throws InterruptedException
    {
        switch (command)
        {
            case TABLES:
                final long freeHeap = freeHeap();
                NativeHeap.trim();
                return engine.stateBytes() + engine.readModelBytes() + freeHeap;
            case QUIET:
                quiet();
                return 0;
            case SNAPSHOT:
                return engine.snapshot().get(0).sequence();
            case FLOOD:
                flood();
                return FLOOD_COUNT;
            case LEAVE:
                // Somebody reads as well.
                engine.ledger(KillWorker.LEDGERS[0]).getAccountTransfers(AccountFilter.of(1).withLimit(LOOKUP_LIMIT));
                return generation.incrementAndGet();
            default:
                throw new IllegalArgumentException("no such command: " + command);
        }
    }

    /** Of a heap that is taken at once, what nobody holds. */
    private static long freeHeap() throws InterruptedException
    {
        for (int i = 0; i < RESTS; i++)
        {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return Runtime.getRuntime().freeMemory();
    }

    private void flood()
    {
        final LedgerSession session = engine.openSession(0);
        int answeredCount = 0;
        for (int sentCount = 0; sentCount < FLOOD_COUNT;)
        {
            if (session.claimTransfers(FLOOD_BATCH) > 0)
            {
                for (int i = 0; i < FLOOD_BATCH; i++)
                {
                    session.transfer(i).idLow(floodId++).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                        .ledger(KillWorker.LEDGERS[0]).code(1);
                }
                session.publish();
                sentCount += FLOOD_BATCH;
            }
            answeredCount += session.poll(SoakWorker::requireCreated, FLOOD_BATCH);
        }
        while (answeredCount < FLOOD_COUNT / FLOOD_BATCH)
        {
            answeredCount += session.poll(SoakWorker::requireCreated, FLOOD_BATCH);
        }
    }

    private static void requireCreated(final Reply reply)
    {
        for (int i = 0; i < reply.count(); i++)
        {
            if (reply.outcome(i) != TransferOutcome.CREATED.code())
            {
                throw new FaultException(
                    "a transfer of a flood was refused: outcome=" + TransferOutcome.of(reply.outcome(i)));
            }
        }
    }
}
