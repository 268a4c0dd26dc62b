package io.seriatim.bench;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.Acknowledgement;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import io.seriatim.engine.Threading;
import io.seriatim.ledger.TransferOutcome;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A real engine with one session a shard. Requests go to the shards in turn. Every outcome is looked at, and in the
 * end every balance.
 * <p>
 * Threads: the sessions belong to the thread that measures.
 */
final class EngineSubject implements Subject
{
    private static final int LEDGER = 1;
    private static final int CODE = 1;
    private static final long AMOUNT = 3;
    private static final long ID_HIGH = 0x5E21A;

    /** More requests than a session can have in flight, a power of two. */
    private static final int IN_FLIGHT_LIMIT = 1 << 17;
    private static final int REPLIES_PER_POLL = 256;
    private static final int LOOKUP_COUNT = 1_000;
    private static final int CREATED = TransferOutcome.CREATED.code();

    private final EngineHost host;
    private final LedgerSession[] sessions;
    private final Books[] books;
    private final long[][] intendedNs;
    private final long[] nextIds;
    private final long firstAccount;
    private final long idHigh;
    private final EngineSubject owner;
    private int batchCount;
    private int callerCount = 1;
    private final Map<Integer, Long> refusals = new TreeMap<>();
    private long createdCount;
    private long inFlight;
    private int nextShard;
    private AnswerHandler handler;
    private int polled;
    private final ReplyHandler onReply = this::onReply;

    /**
     * An engine with its accounts, ready for transfers.
     *
     * @param config       of a new directory; ledgers are placed and the number of shards set here.
     * @param shardCount   how many shards.
     * @param accountCount how many accounts, shared out to the shards.
     * @param batchCount   transfers in a request.
     */
    EngineSubject(final EngineConfig config, final int shardCount, final int accountCount, final int batchCount)
    {
        this.batchCount = batchCount;
        for (int shard = 0; shard < shardCount; shard++)
        {
            config.place(LEDGER + shard, shard);
        }
        config.shardCount(shardCount);
        if (config.journalCount() == 0)
        {
            config.journalCount(1);
        }
        sessions = new LedgerSession[shardCount];
        books = new Books[shardCount];
        intendedNs = new long[shardCount][IN_FLIGHT_LIMIT];
        nextIds = new long[shardCount];
        firstAccount = 1;
        idHigh = ID_HIGH;
        owner = this;
        host = EngineHost.launch(config, config.threading() == Threading.SINGLE);
        try
        {
            open(Math.max(2, accountCount / shardCount));
        }
        catch (final RuntimeException ex)
        {
            host.close();
            throw ex;
        }
    }

    private EngineSubject(final EngineSubject owner, final int batchCount)
    {
        this.owner = owner;
        this.batchCount = batchCount;
        final int shardCount = owner.sessions.length;
        final int accountCount = owner.books[0].accountCount();
        host = owner.host;
        sessions = new LedgerSession[shardCount];
        books = new Books[shardCount];
        intendedNs = new long[shardCount][IN_FLIGHT_LIMIT];
        nextIds = new long[shardCount];
        firstAccount = 1 + (long)owner.callerCount * accountCount;
        idHigh = ID_HIGH + owner.callerCount;
        owner.callerCount++;
        open(accountCount);
    }

    private void open(final int accountCount)
    {
        for (int shard = 0; shard < sessions.length; shard++)
        {
            sessions[shard] = host.engine().openSession(shard);
            books[shard] = new Books(accountCount, shard + firstAccount);
            createAccounts(shard);
        }
    }

    /**
     * One more caller of the engine, with sessions, ids and accounts of its own, as many as this one has. It is closed
     * with this one, and may be used by another thread.
     *
     * @param newBatchCount transfers in a request.
     */
    EngineSubject newCaller(final int newBatchCount)
    {
        return new EngineSubject(owner, newBatchCount);
    }

    @Override
    public String name()
    {
        return owner == this ? "engine" : "caller";
    }

    @Override
    public int batchCount()
    {
        return batchCount;
    }

    LedgerEngine engine()
    {
        return host.engine();
    }

    /** From now on so many transfers make a request; those in flight keep theirs. */
    void batchCount(final int newBatchCount)
    {
        batchCount = newBatchCount;
    }

    /** What the engine has counted of a kind of stage; none if it counts nothing. */
    List<StageCounters> stages(final StageKind kind)
    {
        return host.engine().counters().stages().stream().filter(stage -> stage.kind() == kind).toList();
    }

    /** Wait until a checkpoint covers everything. */
    void awaitSealed()
    {
        resume();
        for (int shard = 0; shard < host.engine().shardCount(); shard++)
        {
            // A read is answered no earlier than what it could have seen.
            host.engine().shard(shard).acknowledgedAt(Acknowledgement.CHECKPOINTED).lookupAccount(1);
        }
        pause();
    }

    @Override
    public void resume()
    {
        host.resume();
    }

    @Override
    public void pause()
    {
        host.pause();
    }

    @Override
    public boolean trySend(final long intendedAtNs)
    {
        final int shard = nextShard;
        final LedgerSession session = sessions[shard];
        final long requestId = session.claimTransfers(batchCount);
        if (requestId < 0)
        {
            if (requestId != LedgerSession.BACK_PRESSURED)
            {
                throw new BenchException(
                    session.refusal(requestId).getMessage() + "; transfers=" + createdCount);
            }
            return false;
        }
        final Books shardBooks = books[shard];
        for (int i = 0; i < batchCount; i++)
        {
            shardBooks.next(AMOUNT);
            session.transfer(i)
                .idHigh(idHigh)
                .idLow(++nextIds[shard])
                .debitAccountIdLow(firstAccount + shardBooks.debitAccount())
                .creditAccountIdLow(firstAccount + shardBooks.creditAccount())
                .amountLow(AMOUNT)
                .ledger(LEDGER + shard)
                .code(CODE);
        }
        intendedNs[shard][(int)requestId & IN_FLIGHT_LIMIT - 1] = intendedAtNs;
        session.publish();
        inFlight++;
        nextShard = shard + 1 == sessions.length ? 0 : shard + 1;
        return true;
    }

    @Override
    public int poll(final AnswerHandler answerHandler)
    {
        handler = answerHandler;
        int count = 0;
        for (final LedgerSession session : sessions)
        {
            polled = session.shard();
            count += session.poll(onReply, REPLIES_PER_POLL);
        }
        return count;
    }

    @Override
    public long inFlight()
    {
        return inFlight;
    }

    int shardCount()
    {
        return sessions.length;
    }

    /** What the shard's accounts must hold. */
    Books books(final int shard)
    {
        return books[shard];
    }

    /** How many transfers were answered with {@link TransferOutcome#CREATED}. */
    long createdCount()
    {
        return createdCount;
    }

    /**
     * Hold what the engine says now against what it was sent.
     *
     * @throws BenchException if an answer is missing, an outcome is not CREATED, or a balance is wrong.
     */
    void requireAllBooked()
    {
        resume();
        long sent = 0;
        for (final Books shardBooks : books)
        {
            sent += shardBooks.transferCount();
        }
        if (inFlight != 0 || !refusals.isEmpty() || createdCount != sent)
        {
            final StringBuilder outcomes = new StringBuilder();
            refusals.forEach((code, count) ->
                outcomes.append(' ').append(TransferOutcome.of(code)).append('=').append(count));
            throw new BenchException(
                "not every transfer was created: sent=" + sent + ", created=" + createdCount +
                ", unanswered requests=" + inFlight + ", other outcomes:" + (refusals.isEmpty() ? " none" : outcomes));
        }
        for (int shard = 0; shard < sessions.length; shard++)
        {
            requireBalances(shard);
        }
        pause();
    }

    @Override
    public void close()
    {
        if (owner == this)
        {
            host.close();
        }
    }

    private void onReply(final Reply reply)
    {
        final long sentAtNs = intendedNs[polled][(int)reply.requestId() & IN_FLIGHT_LIMIT - 1];
        handler.onAnswer(sentAtNs);
        inFlight--;
        for (int i = 0; i < reply.count(); i++)
        {
            final int outcome = reply.outcome(i);
            if (outcome == CREATED)
            {
                createdCount++;
            }
            else
            {
                refusals.merge(outcome, 1L, Long::sum);
            }
        }
    }

    private void createAccounts(final int shard)
    {
        final LedgerSession session = sessions[shard];
        final int accountCount = books[shard].accountCount();
        forEachPart(accountCount, session.batchCountMax(), (first, count) ->
        {
            claim(() -> session.claimAccounts(count));
            for (int i = 0; i < count; i++)
            {
                session.account(i).idLow(firstAccount + first + i).ledger(LEDGER + shard).code(CODE);
            }
            awaitReply(session, reply ->
            {
                for (int i = 0; i < reply.count(); i++)
                {
                    if (reply.outcome(i) != CREATED)
                    {
                        throw new BenchException(
                            "an account was not created: outcome=" + reply.outcome(i) + ", id=" +
                            (firstAccount + first + i));
                    }
                }
            });
        });
    }

    private void requireBalances(final int shard)
    {
        final LedgerSession session = sessions[shard];
        final Books expected = books[shard];
        final long[] totals = new long[2];
        forEachPart(expected.accountCount(), Math.min(LOOKUP_COUNT, session.batchCountMax()), (first, count) ->
        {
            claim(() -> session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, count));
            for (int i = 0; i < count; i++)
            {
                session.id(i, 0, firstAccount + first + i);
            }
            awaitReply(session, reply ->
            {
                if (reply.count() != count)
                {
                    throw new BenchException("accounts are missing: found=" + reply.count() + ", asked=" + count);
                }
                for (int i = 0; i < count; i++)
                {
                    final AccountRecordDecoder account = reply.account(i);
                    requireBalance(shard, account, expected);
                    totals[0] += account.debitsPostedLow();
                    totals[1] += account.creditsPostedLow();
                }
            });
        });
        if (totals[0] != totals[1] || totals[0] != expected.total())
        {
            throw new BenchException(
                "debits and credits are not what was sent: shard=" + shard + ", debits=" + totals[0] + ", credits=" +
                totals[1] + ", expected=" + expected.total());
        }
    }

    private void requireBalance(final int shard, final AccountRecordDecoder account, final Books expected)
    {
        final int index = (int)(account.idLow() - firstAccount);
        if (account.debitsPostedLow() != expected.debits(index) ||
            account.creditsPostedLow() != expected.credits(index) ||
            account.debitsPostedHigh() != 0 || account.creditsPostedHigh() != 0 ||
            account.debitsPendingLow() != 0 || account.creditsPendingLow() != 0)
        {
            throw new BenchException(
                "a balance is wrong: shard=" + shard + ", account=" + account.idLow() + ", debits=" +
                account.debitsPostedLow() + ", expected=" + expected.debits(index) + ", credits=" +
                account.creditsPostedLow() + ", expected=" + expected.credits(index));
        }
    }

    /**
     * A part of a range.
     */
    @FunctionalInterface
    private interface Part
    {
        void accept(int first, int count);
    }

    private static void forEachPart(final int total, final int countMax, final Part part)
    {
        for (int first = 0; first < total; first += countMax)
        {
            part.accept(first, Math.min(countMax, total - first));
        }
    }

    private static void claim(final LongSupplier claim)
    {
        while (claim.getAsLong() < 0)
        {
            Thread.yield();
        }
    }

    private static void awaitReply(final LedgerSession session, final ReplyHandler replyHandler)
    {
        session.publish();
        while (session.poll(replyHandler, 1) == 0)
        {
            Thread.yield();
        }
    }
}
