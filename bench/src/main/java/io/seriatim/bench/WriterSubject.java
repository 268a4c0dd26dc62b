package io.seriatim.bench;

import io.seriatim.ledger.TransferOutcome;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * An embedded store as a competent user runs it. A lone caller calls it himself. Many queue at one writer, since the
 * store lets only one write at a time; single transfers that wait together share a commit, unless each is to have its
 * own; a batch always has its own.
 * <p>
 * Threads: the writer is a thread of its own, which alone touches the store while requests are in flight; a lone caller
 * has none.
 */
final class WriterSubject implements Subject
{
    private final PeerStore store;
    private final int batchCount;
    private final boolean isCommitShared;
    private final Books books;
    private final OneToOneConcurrentArrayQueue<Request> requests;
    private final OneToOneConcurrentArrayQueue<Request> answers;
    private final Deque<Request> free = new ArrayDeque<>();
    private final Map<TransferOutcome, Long> refusals = new EnumMap<>(TransferOutcome.class);
    private final int requestCount;

    /** None for a lone caller. */
    private final Thread writer;
    private long lastId;
    private long createdCount;
    private long inFlight;
    private volatile Throwable failure;
    private volatile boolean isClosing;

    private static final class Request
    {
        private final int[] debitAccounts;
        private final int[] creditAccounts;
        private final TransferOutcome[] outcomes;
        private long firstId;
        private long intendedNs;

        private Request(final int batchCount)
        {
            debitAccounts = new int[batchCount];
            creditAccounts = new int[batchCount];
            outcomes = new TransferOutcome[batchCount];
        }
    }

    /**
     * A store, at rest.
     *
     * @param store          with its accounts, which are numbered from 1; closed with this.
     * @param point          callers and batches.
     * @param accountCount   in the store.
     * @param isCommitShared whether single transfers that wait together are committed together.
     */
    WriterSubject(
        final PeerStore store, final PeerPoint point, final int accountCount, final boolean isCommitShared)
    {
        this.store = store;
        this.batchCount = point.batchCount();
        this.isCommitShared = isCommitShared && !point.isBatched();
        requestCount = point.callers();
        books = new Books(accountCount, 1);
        requests = new OneToOneConcurrentArrayQueue<>(Math.max(2, requestCount));
        answers = new OneToOneConcurrentArrayQueue<>(Math.max(2, requestCount));
        for (int i = 0; i < requestCount; i++)
        {
            free.push(new Request(batchCount));
        }
        writer = requestCount == 1 ? null : new Thread(this::write, "bench-writer-" + store.name());
        if (writer != null)
        {
            writer.setDaemon(true);
            writer.start();
        }
    }

    @Override
    public String name()
    {
        return store.name();
    }

    @Override
    public int batchCount()
    {
        return batchCount;
    }

    /** What the store's accounts must hold. */
    Books books()
    {
        return books;
    }

    @Override
    public boolean trySend(final long intendedNs)
    {
        final Request request = free.poll();
        if (request == null)
        {
            return false;
        }
        request.intendedNs = intendedNs;
        request.firstId = lastId + 1;
        lastId += batchCount;
        for (int i = 0; i < batchCount; i++)
        {
            books.next(PeerStore.AMOUNT);
            request.debitAccounts[i] = books.debitAccount() + 1;
            request.creditAccounts[i] = books.creditAccount() + 1;
        }
        inFlight++;
        if (writer != null)
        {
            requests.offer(request);
            return true;
        }
        apply(request);
        store.commit();
        answers.offer(request);
        return true;
    }

    @Override
    public int poll(final AnswerHandler handler)
    {
        if (failure != null)
        {
            throw new BenchException(store.name() + " has failed: " + failure, failure);
        }
        int count = 0;
        for (Request request = answers.poll(); request != null; request = answers.poll())
        {
            handler.onAnswer(request.intendedNs);
            for (final TransferOutcome outcome : request.outcomes)
            {
                if (outcome == TransferOutcome.CREATED)
                {
                    createdCount++;
                }
                else
                {
                    refusals.merge(outcome, 1L, Long::sum);
                }
            }
            free.push(request);
            inFlight--;
            count++;
        }
        return count;
    }

    @Override
    public long inFlight()
    {
        return inFlight;
    }

    /**
     * Hold what the store has against what it was sent.
     *
     * @throws BenchException if an outcome is not CREATED, or rows or balances are wrong.
     */
    void requireBooked()
    {
        if (inFlight != 0 || !refusals.isEmpty() || createdCount != books.transferCount())
        {
            throw new BenchException(
                store.name() + ": not every transfer was created: sent=" + books.transferCount() + ", created=" +
                createdCount + ", unanswered requests=" + inFlight + ", other outcomes: " + refusals);
        }
        store.requireBooked(books, createdCount);
    }

    private void write()
    {
        final IdleStrategy idle = new BackoffIdleStrategy();
        final List<Request> group = new ArrayList<>(requestCount);
        try
        {
            while (!isClosing)
            {
                Request request = requests.poll();
                idle.idle(request == null ? 0 : 1);
                while (request != null)
                {
                    apply(request);
                    group.add(request);
                    request = isCommitShared && group.size() < requestCount ? requests.poll() : null;
                }
                if (!group.isEmpty())
                {
                    store.commit();
                    group.forEach(answers::offer);
                    group.clear();
                }
            }
        }
        catch (final RuntimeException | Error ex)
        {
            failure = ex;
        }
    }

    private void apply(final Request request)
    {
        for (int i = 0; i < batchCount; i++)
        {
            request.outcomes[i] = store.apply(
                request.firstId + i, request.debitAccounts[i], request.creditAccounts[i], PeerStore.AMOUNT);
        }
    }

    @Override
    public void close()
    {
        isClosing = true;
        try
        {
            if (writer != null)
            {
                writer.join();
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
