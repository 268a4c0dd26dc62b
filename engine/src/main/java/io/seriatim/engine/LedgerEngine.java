package io.seriatim.engine;

import io.seriatim.journal.EnvironmentCheck;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CompositeAgent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * A ledger engine: its shards, its journals and the threads that run them.
 *
 * <pre>
 *   try (LedgerEngine engine = LedgerEngine.launch(Path.of("books")))
 *   {
 *       Ledger usd = engine.ledger(840);
 *       ...
 *   }
 * </pre>
 *
 * {@link #launch} recovers what is there: it goes on from the newest snapshot that can be believed, reads what the
 * journal holds behind it, or the whole journal if there is none, runs that through the state machine again and
 * compares. {@link #close} drains: every request that was published is answered before it returns. An engine that is
 * forgotten neither keeps the JVM alive nor loses what was acknowledged.
 * <p>
 * Threads: all methods may be called by any thread.
 */
public final class LedgerEngine implements AutoCloseable
{

    private final EngineConfig config;
    private final EngineStore store;
    private final ShardRouter router;
    private final ClientAgent clientAgent;
    private final EngineThreads threads = new EngineThreads();
    private final EngineCounters counters;
    private final ShardClient[] clients;
    private final List<QueryAgent> queryAgents = new ArrayList<>();
    private final SealingWatermarks watermarks;
    private String noQueries;
    private final Object totalsLock = new Object();
    private volatile boolean isClosed;

    private LedgerEngine(final EngineConfig config, final EngineStore store)
    {
        this.config = config;
        this.store = store;
        router = store.router();
        clientAgent = new ClientAgent(store.shards());
        clients = new ShardClient[router.shardCount()];
        counters = EngineCounters.of(config, store);
        watermarks = new SealingWatermarks(config.sealing());
    }

    private void openSealing()
    {
        if (config.sealing() == null)
        {
            return;
        }
        final LedgerSealing sealing = ServiceLoader.load(LedgerSealing.class, LedgerSealing.class.getClassLoader())
            .findFirst().orElseThrow(() -> new IllegalArgumentException(
                "EngineConfig.sealing is set and there is nothing that seals: add the module " +
                "io.seriatim:seriatim-replay to the class path"));
        store.sealingSources(config).forEach(source -> watermarks.add(sealing.open(source)));
    }

    /** Find who answers queries; or say why nobody does. */
    private String openQueries()
    {
        if (!config.hasReadModel())
        {
            return "there is no read model to answer queries: it is switched off by EngineConfig.readModel";
        }
        final LedgerQueries queries = ServiceLoader.load(LedgerQueries.class, LedgerQueries.class.getClassLoader())
            .findFirst().orElse(null);
        if (queries == null)
        {
            return "there is no read model to answer queries: add the module io.seriatim:seriatim-replay to the " +
                "class path";
        }
        store.querySources(config.readModelMemoryMax()).forEach(source -> queryAgents.add(queries.open(source)));
        return null;
    }

    /**
     * Launch an engine with one shard and forced durability on a directory, which is created if it is not there.
     *
     * @param dataDirectory where the books are kept.
     * @return a running engine.
     * @throws JournalException if the directory is in use or its journal is refused.
     */
    public static LedgerEngine launch(final Path dataDirectory)
    {
        return launch(new EngineConfig().dataDirectory(dataDirectory));
    }

    /**
     * Launch an engine.
     *
     * @param config settings, which are not to be changed any more.
     * @return a running engine.
     * @throws IllegalArgumentException if a setting is wrong, or disagrees with what the directory was created with.
     * @throws JournalException if the directory is in use or its journal is refused.
     */
    public static LedgerEngine launch(final EngineConfig config)
    {
        EnvironmentCheck.require(config.journal().isUncheckedMemoryAllowed());
        config.validate();
        final EngineStore store = EngineStore.open(config);
        final LedgerEngine engine = new LedgerEngine(config, store);
        try
        {
            engine.noQueries = engine.openQueries();
            engine.openSealing();
            engine.start();
            final long deadlineNs = System.nanoTime() + config.journal().openTimeoutNs();
            engine.awaitRunning(deadlineNs);
            store.activate();
            store.shards().forEach(shard -> shard.accept(true));
            // A force beside the shards may have failed in the very pass in which the last of them came to run.
            store.shardAgents().forEach(LedgerEngine::requireNotFailed);
            return engine;
        }
        catch (final Throwable ex)
        {
            engine.abandon(ex);
            throw ex;
        }
    }

    /**
     * The face of a ledger.
     *
     * @param ledger number of the ledger, not 0.
     * @return its face, which speaks to the shard that it lives on.
     */
    public Ledger ledger(final int ledger)
    {
        if (ledger == 0)
        {
            throw new IllegalArgumentException("a ledger's number is not 0; for a whole shard see shard(int)");
        }
        return face(ledger, router.shardOf(ledger), true);
    }

    /**
     * The face of several ledgers that share a shard, so that one request may hold events of all of them.
     *
     * @param ledgers numbers of the ledgers, at least one.
     * @return a face whose events name their ledger each; those that name none are of the first.
     * @throws IllegalArgumentException if they do not share a shard.
     */
    public Ledger scope(final int... ledgers)
    {
        if (ledgers.length == 0)
        {
            throw new IllegalArgumentException("a scope has at least one ledger");
        }
        final int shard = router.shardOf(ledgers[0]);
        for (final int ledger : ledgers)
        {
            if (ledger == 0)
            {
                throw new IllegalArgumentException("a ledger's number is not 0; for a whole shard see shard(int)");
            }
            if (router.shardOf(ledger) != shard)
            {
                throw new IllegalArgumentException(
                    "ledger " + Integer.toUnsignedString(ledgers[0]) + " lives on shard " + shard + ", ledger " +
                    Integer.toUnsignedString(ledger) + " on shard " + router.shardOf(ledger) +
                    "; a scope has one order, so its ledgers must share a shard: place them when the directory is " +
                    "created");
            }
        }
        return face(ledgers[0], shard, ledgers.length == 1);
    }

    /**
     * The face of a whole shard.
     *
     * @param shard number of the shard, from 0.
     * @return a face whose events name their ledger each.
     */
    public Ledger shard(final int shard)
    {
        return face(0, checkedShard(shard), false);
    }

    /**
     * Open a session of the fast face. It holds no thread and needs no closing.
     *
     * @param shard number of the shard, from 0.
     * @return a session, to be used by one thread.
     */
    public LedgerSession openSession(final int shard)
    {
        final Shard target = store.shards().get(checkedShard(shard));
        return new LedgerSession(target, router, config, noQueries);
    }

    /**
     * The home of a ledger.
     *
     * @param ledger number of the ledger.
     * @return number of its shard.
     */
    public int shardOf(final int ledger)
    {
        return router.shardOf(ledger);
    }

    /**
     * How many shards there are.
     *
     * @return a count.
     */
    public int shardCount()
    {
        return router.shardCount();
    }

    /**
     * Most events that a request may hold.
     *
     * @return a count.
     */
    public int batchCountMax()
    {
        return store.shards().get(0).batchCountMax();
    }

    /**
     * Add up all accounts of every ledger. The answer is durable like a reply; shards answer one after the other, each
     * at one place in its order. It visits every account while its shard waits: for tools and for quiet times.
     *
     * @return a line for each ledger that has an account, by the number of the ledger.
     * @throws LedgerException if a shard has stopped, the engine is closed or the thread is interrupted.
     */
    public List<LedgerTotals> trialBalance()
    {
        final List<LedgerTotals> lines = new ArrayList<>();
        synchronized (totalsLock)
        {
            for (final Shard shard : store.shards())
            {
                lines.addAll(totalsOf(shard));
            }
        }
        lines.sort((a, b) -> Integer.compareUnsigned(a.ledger(), b.ledger()));
        return lines;
    }

    private List<LedgerTotals> totalsOf(final Shard shard)
    {
        final TotalsQuery query = new TotalsQuery();
        shard.ask(query);
        while (query.totals() == null)
        {
            shard.requireAccepting();
            if (Thread.currentThread().isInterrupted())
            {
                throw new LedgerException(
                    LedgerException.Reason.INTERRUPTED, false, "interrupted while shard " + shard.id() + " adds up",
                    null);
            }
            threads.idle();
        }
        return query.totals();
    }

    /**
     * Write the state of every shard to its directory now, so that the next launch reads it and what comes after, not
     * the whole journal. The shards go on meanwhile: they are kept from their requests for a few tenths of a
     * millisecond at a time, and as long as they wait for a core; see {@link SnapshotInfo#longestSliceNs()}.
     *
     * @return a line for each shard.
     * @throws LedgerException       if a shard has stopped, the engine is closed or the thread is interrupted.
     * @throws JournalException      if a snapshot could not be written; the shards go on and older ones stay.
     * @throws IllegalStateException if nothing of this engine lasts.
     */
    public List<SnapshotInfo> snapshot()
    {
        if (store.snapshotExchanges().isEmpty())
        {
            throw new IllegalStateException("there are no snapshots of what does not last: durability=MEMORY");
        }
        final List<SnapshotExchange> exchanges = store.snapshotExchanges();
        final long[] tickets = exchanges.stream().mapToLong(SnapshotExchange::ask).toArray();
        final List<SnapshotInfo> infos = new ArrayList<>();
        for (int i = 0; i < tickets.length; i++)
        {
            infos.addAll(awaitSnapshot(exchanges.get(i), tickets[i]));
        }
        return infos;
    }

    /**
     * Why the last snapshot was given up. The shards go on, older snapshots stay, and the next one is tried when it is
     * due; until then a launch takes longer.
     *
     * @return what went wrong; or null while all is well.
     */
    public Throwable snapshotFailure()
    {
        return store.snapshotExchanges().stream()
            .map(exchange -> exchange.result().failure()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private List<SnapshotInfo> awaitSnapshot(final SnapshotExchange exchange, final long ticket)
    {
        while (exchange.result().servedCount() < ticket)
        {
            store.shards().forEach(Shard::requireAccepting);
            if (Thread.currentThread().isInterrupted())
            {
                throw new LedgerException(
                    LedgerException.Reason.INTERRUPTED, false, "interrupted while a snapshot is written", null);
            }
            threads.idle();
        }
        final SnapshotExchange.Result result = exchange.result();
        if (result.failure() != null)
        {
            throw new JournalException(
                "a snapshot could not be written: " + result.failure().getMessage() +
                "; the shards go on, and older snapshots stay", result.failure());
        }
        return result.infos();
    }

    /**
     * The journals, to be followed by feeds beside the engine. They can be read until the engine is closed.
     *
     * @return one for each journal, by number.
     */
    public List<JournalSource> journals()
    {
        return store.journals();
    }

    /**
     * Counters of the engine's stages: shards, journals, read model, and the feeds that count with them. Those of an
     * engine with a directory can be read by other processes as well.
     *
     * @return a table that is written until the engine is closed; null if {@link EngineConfig#counters} is off, or
     * there are more than {@link EngineConfig#COUNTED_SHARDS_MAX} shards.
     */
    public CounterTable counters()
    {
        return counters == null ? null : counters.table();
    }

    /**
     * How far the read model has come with what was in the journals when the engine was launched: until it is there,
     * queries wait.
     *
     * @return 0 to 1; 1 also if there is no read model.
     */
    public double readModelProgress()
    {
        return queryAgents.stream().mapToDouble(QueryAgent::progress).min().orElse(1);
    }

    /**
     * How much of a shard's order is under a signed checkpoint: entries below it can be proven to others.
     *
     * @param shard number of the shard, from 0.
     * @return number of entries; 0 if nothing is sealed.
     */
    public long checkpointedSize(final int shard)
    {
        return watermarks.checkpointedSize(checkedShard(shard));
    }

    /**
     * How much of a shard's order is under a checkpoint that enough witnesses have signed too.
     *
     * @param shard number of the shard, from 0.
     * @return number of entries; 0 if there are no witnesses.
     */
    public long witnessedSize(final int shard)
    {
        return watermarks.witnessedSize(checkedShard(shard));
    }

    /**
     * Why nothing more is sealed. The shards go on; what was signed stays signed, and the rest can be sealed later.
     *
     * @return what went wrong; or null while all is well.
     */
    public Throwable sealingFailure()
    {
        return watermarks.failure();
    }

    /**
     * Off-heap memory of the state of all shards: accounts, ids, pending transfers, and where entries lie in the
     * journal.
     *
     * @return a number of bytes, as it was a few thousand passes of the shards ago.
     */
    public long stateBytes()
    {
        return store.shards().stream().mapToLong(Shard::stateBytes).sum();
    }

    /**
     * Off-heap memory of the read model, which is not that of the shards.
     *
     * @return a number of bytes; 0 if there is none.
     */
    public long readModelBytes()
    {
        return queryAgents.stream().mapToLong(QueryAgent::allocatedBytes).sum();
    }

    /**
     * What the launch found and did, for a log or a person.
     *
     * @return one line for each journal.
     */
    public List<String> launchReport()
    {
        return store.report();
    }

    /**
     * Whether the engine can do all of its work now. A failure of the storage shows before a caller has met it.
     *
     * @return the worst that holds for any shard.
     */
    public Readiness readiness()
    {
        if (isClosed)
        {
            return Readiness.CLOSED;
        }
        if (failure() != null)
        {
            return Readiness.STOPPED;
        }
        return store.shards().stream().map(Shard::refusal).filter(Objects::nonNull).map(Refusal::readiness)
            .findFirst().orElse(Readiness.READY);
    }

    /**
     * Why the engine has stopped, if it has.
     *
     * @return the first failure of any shard; or null while all is well.
     */
    public Throwable failure()
    {
        for (final ShardAgent agent : store.shardAgents())
        {
            if (agent.failure() != null)
            {
                return agent.failure();
            }
        }
        return null;
    }

    /**
     * Run the engine for one pass, if it has no threads of its own. One thread at a time does: another one that calls,
     * itself or by waiting for an answer, is told that there was nothing to do.
     *
     * @return how much was done; 0 if nothing.
     * @throws IllegalStateException if the engine has threads.
     */
    public int doWork()
    {
        if (!threads.isStepped())
        {
            throw new IllegalStateException("the engine runs by itself: threading=" + config.threading());
        }
        return threads.doWork();
    }

    /**
     * Drain, mark the clean end of each journal and let go of everything held. What is published by then is answered;
     * nothing is accepted any more. A request that is published while the engine closes is answered, or its session
     * and its caller are told that it was not applied.
     * <p>
     * An interrupt does not cut this short; it is still set afterwards.
     *
     * @throws JournalException if not everything could be drained or marked, as when a session has claimed a request
     * and neither publishes nor aborts it; what was acknowledged is safe, and everything held was let go of.
     */
    @Override
    public synchronized void close()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        // The agents are waited for: an interrupt would let go of memory that they still work on.
        final boolean isInterrupted = Thread.interrupted();
        try
        {
            drainAndClose();
        }
        finally
        {
            if (isInterrupted)
            {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drainAndClose()
    {
        store.shards().forEach(shard -> shard.accept(false));
        store.shardAgents().forEach(ShardAgent::requestClose);
        final JournalException drainFailure = drain();
        if (drainFailure == null)
        {
            awaitQueries();
        }
        final boolean isOwnFailure = drainFailure != null && failure() == null;
        closeCounters();
        try
        {
            store.close(drainFailure == null, threads::close);
        }
        finally
        {
            for (final ShardAgent agent : store.shardAgents())
            {
                final boolean isDrained = agent.phase() == ShardAgent.Phase.CLOSED;
                List.of(agent.shards()).forEach(shard -> shard.end(isDrained ? null : drainFailure));
            }
            pollClientsOut();
        }
        if (isOwnFailure)
        {
            throw drainFailure;
        }
    }

    /** Each journal for itself: one that has stopped does not keep the others from their end. */
    private JournalException drain()
    {
        JournalException failure = null;
        final long deadlineNs = System.nanoTime() + config.drainTimeoutNs();
        for (final ShardAgent agent : store.shardAgents())
        {
            try
            {
                awaitPhase(agent, ShardAgent.Phase.CLOSED, List.of(agent), deadlineNs);
            }
            catch (final JournalException ex)
            {
                failure = failure == null ? ex : failure;
            }
        }
        return failure;
    }

    /** Queries that were published are answered, unless the read model of their journal is still being built. */
    private void awaitQueries()
    {
        final long deadlineNs = System.nanoTime() + config.drainTimeoutNs();
        while (isQueryAwaited() && System.nanoTime() - deadlineNs < 0)
        {
            threads.idle();
        }
    }

    /** Each journal for itself: a read model still being built does not cut off the queries of other journals. */
    private boolean isQueryAwaited()
    {
        for (int journal = 0; journal < queryAgents.size(); journal++)
        {
            if (queryAgents.get(journal).progress() >= 1 &&
                Stream.of(store.shardAgents().get(journal).shards())
                    .anyMatch(shard -> !shard.isStopped() && !shard.queries().isIdle()))
            {
                return true;
            }
        }
        return false;
    }

    /** All shards, for tests. */
    List<Shard> shards()
    {
        return store.shards();
    }

    /** State of a shard, for tests that run the engine themselves. */
    LedgerStateMachine stateMachine(final int shard)
    {
        return store.shards().get(shard).stateMachine();
    }

    private Ledger face(final int ledger, final int shard, final boolean isOfOneLedger)
    {
        synchronized (clients)
        {
            if (clients[shard] == null)
            {
                clients[shard] = new ShardClient(
                    store.shards().get(shard), openSession(shard), config.executor(),
                    threads.isStepped() ? this::doWork : null, clientAgent::wake, () -> readModelProgress() < 1,
                    watermarks, config.requestTimeoutNs());
                clientAgent.add(clients[shard]);
            }
            return new Ledger(ledger, shard, isOfOneLedger, clients[shard], Acknowledgement.COMMITTED);
        }
    }

    private int checkedShard(final int shard)
    {
        if (shard < 0 || shard >= router.shardCount())
        {
            throw new IllegalArgumentException(
                "shards are 0 to " + (router.shardCount() - 1) + ": shard=" + shard);
        }
        return shard;
    }

    private void start()
    {
        // The last one is to stay the last one.
        final List<Agent> sideAgents = new ArrayList<>(watermarks.agents());
        sideAgents.addAll(store.sideAgents());
        List<Agent> journalAgents = store.journalAgents();
        List<? extends Agent> readModels = queryAgents;
        if (counters != null)
        {
            // Both look a few times a second: they share a thread.
            final Agent guard = sideAgents.remove(sideAgents.size() - 1);
            sideAgents.add(new CompositeAgent(guard, counters));
            journalAgents = counters.journalAgents(journalAgents);
            readModels = counters.queryAgents(queryAgents);
        }
        threads.start(
            config.threading(), store.shardAgents(), journalAgents, clientAgent, readModels, sideAgents);
    }

    /** One journal that can not be opened ends the launch: others that share its thread are never opened. */
    private void awaitRunning(final long deadlineNs)
    {
        for (final ShardAgent agent : store.shardAgents())
        {
            awaitPhase(agent, ShardAgent.Phase.RUNNING, store.shardAgents(), deadlineNs);
        }
    }

    private void awaitPhase(
        final ShardAgent agent, final ShardAgent.Phase phase, final List<ShardAgent> needed, final long deadlineNs)
    {
        while (agent.phase() != phase)
        {
            needed.forEach(LedgerEngine::requireNotFailed);
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new JournalException(
                    "shards from " + agent.shards()[0].id() + " on did not come from " + agent.phase() + " to " +
                    phase + " in time" + (agent.phase() != ShardAgent.Phase.RUNNING ? "" :
                    "; is a request claimed that is neither published nor aborted, or a state root due that is not " +
                    "made yet?"));
            }
            threads.idle();
        }
    }

    private static void requireNotFailed(final ShardAgent agent)
    {
        final Throwable failure = agent.failure();
        if (failure != null)
        {
            throw new JournalException(
                "shards from " + agent.shards()[0].id() + " on have stopped: " + failure.getMessage(), failure);
        }
    }

    /** Replies that are durable reach those who wait for them, and the others learn that there will be none. */
    private void pollClientsOut()
    {
        synchronized (clients)
        {
            for (final ShardClient client : clients)
            {
                while (client != null && client.poll() > 0)
                {
                    Thread.onSpinWait();
                }
                if (client != null)
                {
                    client.end();
                }
            }
        }
    }

    /** While the directory is still locked: the next engine's counters are not to be taken away. */
    private void closeCounters()
    {
        if (counters != null)
        {
            counters.table().close();
        }
    }

    private void abandon(final Throwable cause)
    {
        isClosed = true;
        closeCounters();
        final boolean isInterrupted = Thread.interrupted();
        try
        {
            store.close(false, threads::close);
        }
        catch (final RuntimeException ex)
        {
            cause.addSuppressed(ex);
        }
        finally
        {
            if (isInterrupted)
            {
                Thread.currentThread().interrupt();
            }
        }
    }
}
