package io.seriatim.replay;

import io.seriatim.engine.HostileRequests;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.LedgerTotals;
import io.seriatim.engine.Readiness;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A shard of a simulated engine, as its clients know it: what they have sent, what they were told, what they do not
 * know of, and the reference ledger, which says what every answer must be.
 * <p>
 * Threads: confined to that of the simulation.
 */
final class SimulatedShard
{
    /** Makes a workload against a reference ledger. */
    @FunctionalInterface
    interface Workloads
    {
        HostileWorkload of(long seed, ReferenceLedger reference);
    }

    /** A request that is on its way, and what came of it in the reference. */
    private record Sent(long number, HostileRequest request, HostileRequest.Applied applied)
    {
    }

    /** What the reference has done, to do it again; a request that it was whole for may be found cut after a crash. */
    private record Step(HostileRequest request, Consumer<ReferenceLedger> action)
    {
    }

    private final int number;
    private final SplittableRandom random;
    private final Workloads workloads;
    private final long stateRootEvery;
    private final LifeLog log;
    private final List<LedgerSession> sessions = new ArrayList<>();
    private final List<ArrayDeque<Sent>> inFlight = new ArrayList<>();
    private final List<Step> history = new ArrayList<>();
    private ArrayDeque<HostileRequest> unknown = new ArrayDeque<>();
    private LedgerEngine engine;
    private ReferenceLedger reference;
    private HostileWorkload workload;
    private long sentCount;
    private long acknowledgedSequence;

    /**
     * A shard to which nothing was sent.
     *
     * @param number         of the shard, from 0.
     * @param random         that seeds its workloads.
     * @param workloads      that are sent to it.
     * @param stateRootEvery after so many entries the order holds a state root; 0 if it holds none.
     * @param log            of what happens.
     */
    SimulatedShard(
        final int number,
        final SplittableRandom random,
        final Workloads workloads,
        final long stateRootEvery,
        final LifeLog log)
    {
        this.number = number;
        this.random = random;
        this.workloads = workloads;
        this.stateRootEvery = stateRootEvery;
        this.log = log;
        follow(new ReferenceLedger(stateRootEvery));
    }

    private void follow(final ReferenceLedger ledger)
    {
        reference = ledger;
        workload = workloads.of(random.nextLong(), ledger);
    }

    int number()
    {
        return number;
    }

    ReferenceLedger reference()
    {
        return reference;
    }

    int inFlightCount()
    {
        return inFlight.stream().mapToInt(ArrayDeque::size).sum();
    }

    /** An engine was launched: its clients come, and know of nothing that is on its way. */
    void open(final LedgerEngine launched, final int clientCount)
    {
        engine = launched;
        sessions.clear();
        inFlight.clear();
        for (int client = 0; client < clientCount; client++)
        {
            sessions.add(launched.openSession(number));
            inFlight.add(new ArrayDeque<>());
        }
    }

    /** A new life begins, for all shards at one time. */
    void startClock(final long nowNs)
    {
        workload.startClock(nowNs);
    }

    /** Others have moved the clock meanwhile. */
    void clockIs(final long nowNs)
    {
        workload.clockIs(nowNs);
    }

    /** What is to be sent next: first of all what nobody knows the outcome of, as it was, but now. */
    HostileRequest next(final long nowNs)
    {
        if (unknown.isEmpty())
        {
            return workload.next();
        }
        final HostileRequest lost = unknown.peek();
        final long now = Math.max(lost.clock(), nowNs);
        return new HostileRequest(
            lost.kind(), now, reference.timeAhead(now, lost.count()).batchTimestamp(), lost.accounts(),
            lost.transfers(), lost.definitions(), lost.read());
    }

    /**
     * Send what was {@linkplain #next drawn} last.
     *
     * @return false if it is a question that the engine has no way to ask.
     */
    boolean send(final int client, final HostileRequest request)
    {
        if (!publish(sessions.get(client), request))
        {
            return false;
        }
        if (unknown.poll() != null)
        {
            log.count("sent again");
        }
        final HostileRequest.Applied applied = request.applyTo(reference);
        history.add(new Step(request, request::applyTo));
        inFlight.get(client).add(new Sent(sentCount++, request, applied));
        log.note(
            "shard " + number + ": sent " + (sentCount - 1) + " by " + client + ": " + request.kind() + " x " +
            request.count() + ", up to sequence " + applied.sequence());
        log.count("requests");
        log.count(request.kind().name());
        return true;
    }

    private static boolean publish(final LedgerSession session, final HostileRequest request)
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

    void pollAll()
    {
        for (int client = 0; client < sessions.size(); client++)
        {
            poll(client);
        }
    }

    void poll(final int client)
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
        log.answered(number, reply);
        log.note(
            "shard " + number + ": answered " + answered.number + ", up to sequence " + answered.applied.sequence());
    }

    /** The engine has died: nobody knows what became of what is on its way. */
    void crash()
    {
        final ArrayDeque<HostileRequest> lost = new ArrayDeque<>();
        inFlight.stream().flatMap(ArrayDeque::stream).filter(sent -> sent.request.count() > 0)
            .sorted(Comparator.comparingLong(Sent::number)).map(Sent::request).forEach(lost::add);
        // Of what was unknown before, the first was sent again first.
        lost.addAll(unknown);
        unknown = lost;
    }

    /** The books hold a beginning of what was sent, and everything that was acknowledged. */
    void recover(final boolean mayLose)
    {
        final long nextSequence = HostileRequests.nextSequence(engine, number);
        require(
            mayLose || nextSequence > acknowledgedSequence,
            "acknowledged and lost: shard=" + number + ", acknowledged up to " + acknowledgedSequence +
            ", recovered up to " + (nextSequence - 1) + ", launch: " + engine.launchReport());
        final ReferenceLedger rebuilt = new ReferenceLedger(stateRootEvery);
        // Within a request there is one state root at most.
        final int rootCountMax = stateRootEvery == 0 ? 0 : 1;
        final List<Step> kept = new ArrayList<>();
        for (int i = 0; i < history.size() && rebuilt.nextSequence() < nextSequence; i++)
        {
            Step step = history.get(i);
            final HostileRequest request = step.request;
            if (request != null && rebuilt.nextSequence() + rebuilt.timeAhead(request.clock(), 0).releases().size() +
                request.count() + rootCountMax > nextSequence)
            {
                step = new Step(null, ledger -> ledger.applyUpTo(request, nextSequence));
                log.count("cut requests");
            }
            step.action.accept(rebuilt);
            kept.add(step);
        }
        require(
            rebuilt.nextSequence() == nextSequence,
            "not the end of anything that was sent: shard=" + number + ", recovered=" + nextSequence + ", nearest=" +
            rebuilt.nextSequence());
        rebuilt.restart();
        kept.add(new Step(null, ReferenceLedger::restart));
        history.clear();
        history.addAll(kept);
        follow(rebuilt);
        acknowledgedSequence = nextSequence - 1;
    }

    /** Whether the engine's balances are those of the reference, ledger by ledger. */
    void checkTotals(final List<LedgerTotals> totals)
    {
        final Map<Long, ReferenceLedger.Balances> expected = reference.sumsByLedger();
        for (final LedgerTotals actual : totals)
        {
            require(
                actual.debitsPosted().equals(actual.creditsPosted()) &&
                actual.debitsPending().equals(actual.creditsPending()),
                "debits and credits differ: " + actual);
            final ReferenceLedger.Balances sums = expected.remove(Integer.toUnsignedLong(actual.ledger()));
            require(
                sums != null && sums.debitsPosted().equals(actual.debitsPosted()) &&
                sums.debitsPending().equals(actual.debitsPending()),
                "other balances than the model: " + actual + ", model=" + sums);
        }
        require(expected.isEmpty(), "shard " + number + " misses ledgers: " + expected);
    }

    private static void require(final boolean holds, final String otherwise)
    {
        if (!holds)
        {
            throw new AssertionError(otherwise);
        }
    }
}
