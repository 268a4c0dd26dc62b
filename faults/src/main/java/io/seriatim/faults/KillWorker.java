package io.seriatim.faults;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.Readiness;
import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.tools.ExitCode;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that is made to be killed: an engine with clients that send transfers as fast as they can. Each checks
 * first that everything it was told before is still so, then sends again what it does not know of, and goes on; what it
 * is told it writes into a file outside the books.
 */
final class KillWorker
{
    static final String LAUNCHING = "LAUNCHING";
    static final String READY = "READY";
    static final String CHECKED = "CHECKED";

    /** Followed by the time in nanoseconds and the reason: the engine has stopped, and the process will end. */
    static final String NOT_READY = "NOT_READY";

    /** Followed by what the engine can do from now on. */
    static final String READINESS = "READINESS";

    /** Followed by the reason: the engine could not be launched, and the process will end. */
    static final String REFUSED = "REFUSED";

    /** System property: bytes of the disk that the engine leaves; none if it is not there. */
    static final String RESERVE_PROPERTY = "seriatim.faults.reserve";

    /** System property: key that signs checkpoints; nothing is sealed if it is not there. */
    static final String SEAL_KEY_PROPERTY = "seriatim.faults.seal-key";

    /** Key file of the state roots; there are none if it is not set. */
    static final String STATE_ROOT_KEY_PROPERTY = "seriatim.faults.state-root-key";

    /** Origin of the books. */
    static final String ORIGIN = "example/killed";

    /** Arguments of a run that checks everything and ends. */
    static final String CHECK = "check";

    /** Arguments of a run that sends. */
    static final String SEND = "send";

    /** Arguments of a run that sends, with snapshots one after the other. */
    static final String SNAPSHOTS = "snapshots";

    /** Arguments of a run that sends no faster than a feed can take. */
    static final String PACED = "paced";

    static final int CLIENT_COUNT = 2;

    /** Of each client; each on a shard of its own, and all in one journal. */
    static final int[] LEDGERS = {840, 978};

    private static final long PACE = 4_000;
    private static final int STATE_ROOT_EVERY = 1_000;
    private static final int LINGER_MS = 300;
    private static final int TERM_LENGTH = 512 * 1024;
    private static final long SNAPSHOT_ENTRIES = 20_000;
    private static final long SEAL_INTERVAL_NS = 2_000_000;

    /**
     * Runs until it is killed, or has checked everything.
     *
     * @param args directory of the books, prefix of the clients' files, durability, and what to do.
     * @throws InterruptedException never.
     */
    public static void main(final String[] args) throws InterruptedException
    {
        final String task = args[3];
        System.out.println(LAUNCHING);
        final long startNs = System.nanoTime();
        try (LedgerEngine engine = launch(config(Path.of(args[0]), Durability.valueOf(args[2]))))
        {
            final Thread watcher = new Thread(() -> watch(engine), "watch");
            watcher.start();
            System.out.println(READY + " " + (System.nanoTime() - startNs));
            engine.launchReport().forEach(System.out::println);
            createAccounts(engine);
            final List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < CLIENT_COUNT; client++)
            {
                final WorkerClient worker = client(engine, args[1], client);
                clients.add(new Thread(() -> run(worker, task), "client-" + client));
            }
            clients.forEach(thread -> thread.setUncaughtExceptionHandler((failed, ex) -> end(ex)));
            clients.forEach(Thread::start);
            while (task.equals(SNAPSHOTS) && engine.failure() == null)
            {
                snapshot(engine);
            }
            for (final Thread client : clients)
            {
                client.join();
            }
            if (engine.failure() != null)
            {
                // It ends the process.
                watcher.join();
            }
            if (engine.sealingFailure() != null)
            {
                end(engine.sealingFailure());
            }
        }
        catch (final LedgerException ex)
        {
            end(ex);
        }
    }

    static void createAccounts(final LedgerEngine engine)
    {
        for (final int ledger : LEDGERS)
        {
            engine.ledger(ledger).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        }
    }

    /** A client that goes on where its file ends. */
    static WorkerClient client(final LedgerEngine engine, final String files, final int client)
    {
        return new WorkerClient(
            engine.openSession(engine.shardOf(LEDGERS[client])), engine.ledger(LEDGERS[client]),
            Acknowledgements.write(Path.of(files + client)), WorkerClient.firstId(client));
    }

    private static void run(final WorkerClient client, final String task)
    {
        final boolean isCheckingAll = task.equals(CHECK);
        System.out.println(CHECKED + " " + (isCheckingAll ? client.checkAll() : client.checkSome()));
        if (!isCheckingAll)
        {
            client.send(task.equals(PACED) ? PACE : 0, () -> true);
        }
    }

    static LedgerEngine launch(final EngineConfig config)
    {
        try
        {
            return LedgerEngine.launch(config);
        }
        catch (final JournalException ex)
        {
            System.out.println(REFUSED + " " + ex.getMessage());
            ex.printStackTrace();
            Runtime.getRuntime().halt(ExitCode.JOURNAL_REFUSED.code());
            throw ex;
        }
    }

    /** One that can not be written harms nobody: it is tried again. */
    static void snapshot(final LedgerEngine engine)
    {
        try
        {
            engine.snapshot();
        }
        catch (final JournalException ex)
        {
            System.out.println("no snapshot: " + ex.getMessage());
        }
        catch (final LedgerException ex)
        {
            end(ex);
        }
    }

    /**
     * Says what the engine can do whenever that changes. A stopped engine ends the process, after a while in which
     * nothing must be acknowledged any more.
     */
    static void watch(final LedgerEngine engine)
    {
        try
        {
            Readiness last = Readiness.READY;
            while (last != Readiness.STOPPED)
            {
                final Readiness readiness = engine.readiness();
                if (readiness != last)
                {
                    System.out.println(READINESS + " " + readiness);
                }
                if (readiness == Readiness.CLOSED)
                {
                    return;
                }
                last = readiness;
                Thread.sleep(1);
            }
            final Instant now = Instant.now();
            System.out.println(
                NOT_READY + " " + (TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano()) + " " +
                engine.failure().getMessage());
            Thread.sleep(LINGER_MS);
            Runtime.getRuntime().halt(ExitCode.STOPPED.code());
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** What the engine's stop brings with it is no promise that was broken. */
    static void end(final Throwable cause)
    {
        if (!(cause instanceof LedgerException stopped) || stopped.reason() != LedgerException.Reason.STOPPED)
        {
            cause.printStackTrace();
            Runtime.getRuntime().halt(PlantedCheck.FOUND);
        }
    }

    static EngineConfig config(final Path books, final Durability durability)
    {
        final EngineConfig config = new EngineConfig();
        final String sealKey = System.getProperty(SEAL_KEY_PROPERTY);
        if (sealKey != null)
        {
            config.sealing(new SealingConfig().keyFiles(List.of(Path.of(sealKey))).intervalNs(SEAL_INTERVAL_NS));
        }
        final String stateRootKey = System.getProperty(STATE_ROOT_KEY_PROPERTY);
        if (stateRootKey != null)
        {
            config.stateRoots(new StateRootConfig().every(STATE_ROOT_EVERY).keyFile(Path.of(stateRootKey)));
        }
        for (int shard = 0; shard < LEDGERS.length; shard++)
        {
            config.place(LEDGERS[shard], shard);
        }
        return config
            .shardCount(LEDGERS.length)
            .journalCount(1)
            .dataDirectory(books)
            .origin(ORIGIN)
            .durability(durability)
            .batchCountMax(WorkerClient.CHECK_COUNT)
            .readModel(false)
            .diskReserve(Long.getLong(RESERVE_PROPERTY, 0))
            .snapshotEntries(SNAPSHOT_ENTRIES)
            .journal(journalConfig());
    }

    /** Short segments, so that they roll over. */
    static JournalConfig journalConfig()
    {
        return new JournalConfig().termLength(TERM_LENGTH).segmentLength(TERM_LENGTH);
    }
}
