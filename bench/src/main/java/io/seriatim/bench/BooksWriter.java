package io.seriatim.bench;

import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fills books through an engine, as fast as it takes them: accounts of one ledger, then transfers between any two of
 * them, some of them pending, in the largest batches that there may be. Each must be created.
 * <p>
 * Threads: confined to one.
 */
final class BooksWriter
{
    static final int LEDGER = 840;

    /** One transfer in so many is pending. */
    static final int PENDING_EVERY = 100;

    private static final int ACCOUNTS_PER_REQUEST = 1_000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final int accountCount;
    private long nextId = 1_000_000_000L;

    BooksWriter(final int accountCount)
    {
        this.accountCount = accountCount;
    }

    void createAccounts(final LedgerEngine engine)
    {
        final List<Account> accounts = new ArrayList<>();
        for (int id = 1; id <= accountCount; id++)
        {
            accounts.add(Account.of(id, 1, 0));
            if (accounts.size() == ACCOUNTS_PER_REQUEST || id == accountCount)
            {
                engine.ledger(LEDGER).createAccounts(accounts);
                accounts.clear();
            }
        }
    }

    LedgerSession openSession(final LedgerEngine engine)
    {
        return engine.openSession(engine.shardOf(LEDGER));
    }

    /** Send transfers and wait for all answers; how long that took, in nanoseconds. */
    long transfer(final LedgerSession session, final int count)
    {
        final long startNs = System.nanoTime();
        final ReplyHandler handler = reply ->
        {
            for (int i = 0; i < reply.count(); i++)
            {
                if (reply.outcome(i) != TransferOutcome.CREATED.code())
                {
                    throw new BenchException("a transfer was refused: " + TransferOutcome.of(reply.outcome(i)));
                }
            }
        };
        int done = 0;
        while (done < count || session.inFlight() > 0)
        {
            final int batch = Math.min(session.batchCountMax(), count - done);
            if (batch > 0 && session.claimTransfers(batch) > 0)
            {
                for (int i = 0; i < batch; i++)
                {
                    encode(session.transfer(i));
                }
                session.publish();
                done += batch;
            }
            session.poll(handler, 1);
        }
        return System.nanoTime() - startNs;
    }

    private void encode(final TransferRecordEncoder transfer)
    {
        final int debit = random.nextInt(accountCount);
        final int credit = (debit + 1 + random.nextInt(accountCount - 1)) % accountCount;
        transfer.idLow(nextId).debitAccountIdLow(debit + 1L).creditAccountIdLow(credit + 1L).amountLow(1)
            .ledger(LEDGER).code(1).flags(nextId % PENDING_EVERY == 0 ? TransferFlags.PENDING : 0);
        nextId++;
    }
}
