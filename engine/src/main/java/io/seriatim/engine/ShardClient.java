package io.seriatim.engine;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What the convenient faces of one shard share: one session, used by any thread under a lock, and the requests that
 * wait for their replies. The engine's client agent polls it; what callers have attached runs on their executor.
 */
final class ShardClient
{
    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int REPLIES_PER_POLL = 256;

    /**
     * A request that waits for its reply.
     *
     * @param <T> type of the answer.
     */
    private static final class Waiting<T>
    {
        final Function<Reply, T> decoder;
        final CompletableFuture<T> future;
        final Executor executor;
        final Acknowledgement level;

        Waiting(
            final Function<Reply, T> decoder,
            final CompletableFuture<T> future,
            final Executor executor,
            final Acknowledgement level)
        {
            this.decoder = decoder;
            this.future = future;
            this.executor = executor;
            this.level = level;
        }

        Runnable completion(final Reply reply)
        {
            final LedgerException refusal = reply.refusal();
            if (refusal != null)
            {
                return failure(refusal);
            }
            try
            {
                final T answer = decoder.apply(reply);
                return () -> complete(() -> future.complete(answer));
            }
            catch (final RuntimeException ex)
            {
                return failure(ex);
            }
        }

        Runnable failure(final RuntimeException cause)
        {
            return () -> complete(() -> future.completeExceptionally(cause));
        }

        /** An executor that takes no work, as one that was shut down, must not cost others their answers. */
        private void complete(final Runnable completion)
        {
            try
            {
                executor.execute(completion);
            }
            catch (final RuntimeException ex)
            {
                LOGGER.log(System.Logger.Level.WARNING, "an executor refuses answers; the common pool has them", ex);
                ForkJoinPool.commonPool().execute(completion);
            }
        }
    }

    /** Claims a request in the session and encodes its events. */
    @FunctionalInterface
    interface Encoder
    {
        /**
         * Claim and encode; or only return what the claim returned, if it is negative.
         *
         * @param session to claim in.
         * @return what the claim returned.
         */
        long encode(LedgerSession session);
    }

    private final Shard shard;
    private final LedgerSession session;
    private final Executor executor;
    private final Runnable stepper;
    private final Runnable onSent;
    private final BooleanSupplier isReadModelBehind;
    private final SealingWatermarks watermarks;
    private final long requestTimeoutNs;
    private final Long2ObjectHashMap<Waiting<?>> waiting = new Long2ObjectHashMap<>();
    private final List<Runnable> completions = new ArrayList<>();
    private final HeldAnswers held = new HeldAnswers();

    /**
     * A client without requests.
     *
     * @param shard             to speak to.
     * @param session           of its own.
     * @param executor          where futures complete.
     * @param stepper           runs the engine while a caller waits, if it has no threads of its own; else null.
     * @param onSent            called when a request was sent, to wake who polls.
     * @param isReadModelBehind whether the read model is still being built; queries wait for it.
     * @param watermarks        how far the order is sealed.
     * @param requestTimeoutNs  how long a caller waits.
     */
    ShardClient(
        final Shard shard,
        final LedgerSession session,
        final Executor executor,
        final Runnable stepper,
        final Runnable onSent,
        final BooleanSupplier isReadModelBehind,
        final SealingWatermarks watermarks,
        final long requestTimeoutNs)
    {
        this.shard = shard;
        this.session = session;
        this.executor = executor;
        this.stepper = stepper;
        this.onSent = onSent;
        this.isReadModelBehind = isReadModelBehind;
        this.watermarks = watermarks;
        this.requestTimeoutNs = requestTimeoutNs;
    }

    /** Send a request; while there is no room for it, the caller waits. The future completes on the executor. */
    <T> CompletableFuture<T> send(
        final Encoder encoder, final Function<Reply, T> decoder, final Acknowledgement level)
    {
        return send(encoder, decoder, executor, level, false);
    }

    /** Send a request and wait for its answer. No code of the caller hangs on the future, so it completes at once. */
    <T> T call(final Encoder encoder, final Function<Reply, T> decoder, final Acknowledgement level)
    {
        return await(send(encoder, decoder, Runnable::run, level, false));
    }

    /** Send a query and wait for its answer, and as long as it takes for a read model that is still being built. */
    <T> T query(final Encoder encoder, final Function<Reply, T> decoder, final Acknowledgement level)
    {
        final CompletableFuture<T> future = send(encoder, decoder, Runnable::run, level, true);
        while (isReadModelBehind.getAsBoolean() && !future.isDone() && !Thread.currentThread().isInterrupted())
        {
            idle();
        }
        return await(future);
    }

    private <T> CompletableFuture<T> send(
        final Encoder encoder,
        final Function<Reply, T> decoder,
        final Executor completeOn,
        final Acknowledgement level,
        final boolean isQuery)
    {
        final CompletableFuture<T> future = new CompletableFuture<>();
        long deadlineNs = System.nanoTime() + requestTimeoutNs;
        while (true)
        {
            final long requestId = trySend(encoder, new Waiting<>(decoder, future, completeOn, level));
            if (requestId > 0)
            {
                onSent.run();
                return future;
            }
            if (requestId != LedgerSession.BACK_PRESSURED)
            {
                throw shard.refusal(requestId);
            }
            if (Thread.currentThread().isInterrupted())
            {
                throw new LedgerException(
                    LedgerException.Reason.INTERRUPTED, false,
                    "interrupted while shard " + shard.id() + " had no room; nothing of the request was applied", null);
            }
            if (isQuery && isReadModelBehind.getAsBoolean())
            {
                // Room is taken by queries that wait for the read model, as this one would.
                deadlineNs = System.nanoTime() + requestTimeoutNs;
            }
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new LedgerException(
                    LedgerException.Reason.TIMED_OUT, false,
                    "shard " + shard.id() + " had no room for the request within " + requestTimeoutNs +
                    " ns; nothing of it was applied", null);
            }
            idle();
        }
    }

    private <T> T await(final CompletableFuture<T> future)
    {
        final long deadlineNs = System.nanoTime() + requestTimeoutNs;
        try
        {
            while (stepper != null && !future.isDone() && System.nanoTime() - deadlineNs < 0)
            {
                stepper.run();
            }
            return future.get(stepper != null ? 0 : requestTimeoutNs, TimeUnit.NANOSECONDS);
        }
        catch (final TimeoutException ex)
        {
            throw noAnswer(
                LedgerException.Reason.TIMED_OUT,
                "no answer of shard " + shard.id() + " within " + requestTimeoutNs + " ns", ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw noAnswer(
                LedgerException.Reason.INTERRUPTED, "interrupted while waiting for shard " + shard.id(), ex);
        }
        catch (final ExecutionException ex)
        {
            if (ex.getCause() instanceof LedgerException cause)
            {
                throw cause;
            }
            throw new IllegalStateException("a reply could not be decoded", ex);
        }
    }

    private static LedgerException noAnswer(
        final LedgerException.Reason reason, final String what, final Exception cause)
    {
        return new LedgerException(
            reason, true,
            what + "; the outcome is unknown: ask by id, or send the same ids again", cause);
    }

    /** Take replies and hand the answers on. The client agent calls this. */
    int poll()
    {
        final List<Runnable> ready;
        final int count;
        synchronized (this)
        {
            count = session.inFlight() == 0 ? 0 : pollSession();
            held.release(shard.id(), watermarks, completions::add);
            if (completions.isEmpty())
            {
                return count;
            }
            ready = List.copyOf(completions);
            completions.clear();
        }
        ready.forEach(Runnable::run);
        return count;
    }

    /** Whether a request has no answer yet. */
    synchronized boolean isAwaited()
    {
        return session.inFlight() > 0 || !held.isEmpty();
    }

    /** Refuse a level that nothing would ever reach. */
    void requireLevel(final Acknowledgement level)
    {
        if (level != Acknowledgement.COMMITTED && !watermarks.isSealing())
        {
            throw new IllegalStateException(
                "nothing is sealed, so no request would ever be " + level + ": set EngineConfig.sealing");
        }
        if (level == Acknowledgement.WITNESSED && !watermarks.hasWitnesses())
        {
            throw new IllegalStateException(
                "there are no witnesses, so no request would ever be WITNESSED: set SealingConfig.policyFile");
        }
    }

    /** The engine is closed: what has not reached its level will not. */
    void end()
    {
        final List<Runnable> ready = new ArrayList<>();
        synchronized (this)
        {
            held.end(shard.id(), ready::add);
        }
        ready.forEach(Runnable::run);
    }

    private synchronized long trySend(final Encoder encoder, final Waiting<?> request)
    {
        try
        {
            final long requestId = encoder.encode(session);
            if (requestId > 0)
            {
                session.publish();
                waiting.put(requestId, request);
            }
            return requestId;
        }
        finally
        {
            session.abortIfClaimed();
        }
    }

    private int pollSession()
    {
        try
        {
            return session.poll(this::onReply, REPLIES_PER_POLL);
        }
        catch (final LedgerException ex)
        {
            final int count = waiting.size();
            waiting.values().forEach(request -> completions.add(request.failure(ex)));
            waiting.clear();
            return count;
        }
    }

    /** Nobody waits for what comes after its caller was told that there is no answer, as from the read model. */
    private void onReply(final Reply reply)
    {
        final Waiting<?> request = waiting.remove(reply.requestId());
        if (request != null && (request.level == Acknowledgement.COMMITTED || reply.refusal() != null))
        {
            completions.add(request.completion(reply));
        }
        else if (request != null)
        {
            held.add(request.level, reply.validAtSequence(), request.completion(reply), request::failure);
        }
    }

    private void idle()
    {
        if (stepper != null)
        {
            stepper.run();
        }
        else
        {
            LockSupport.parkNanos(PARK_NS);
        }
    }
}
