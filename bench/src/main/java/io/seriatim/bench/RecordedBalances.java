package io.seriatim.bench;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds every account of an engine against how it stood at the end of a recorded journal.
 * <p>
 * Threads: confined to one.
 */
final class RecordedBalances
{
    private static final int LOOKUP_COUNT = 1_000;

    private final RecordedSubject engine;
    private final RecordedJournal recording;

    RecordedBalances(final RecordedSubject engine, final RecordedJournal recording)
    {
        this.engine = engine;
        this.recording = recording;
    }

    /**
     * Compare.
     *
     * @throws BenchException if an account is missing or stands otherwise, or debits and credits of a ledger differ.
     */
    void requireEqual()
    {
        engine.resume();
        for (int shard = 0; shard < recording.shardCount(); shard++)
        {
            final LedgerSession session = engine.session(shard);
            final List<BookAccount> accounts = new ArrayList<>(recording.shard(shard).books().accounts());
            final int countMax = Math.min(LOOKUP_COUNT, session.batchCountMax());
            BigInteger difference = BigInteger.ZERO;
            for (int first = 0; first < accounts.size(); first += countMax)
            {
                final List<BookAccount> part =
                    accounts.subList(first, Math.min(accounts.size(), first + countMax));
                difference = difference.add(compare(session, part));
            }
            if (difference.signum() != 0)
            {
                throw new BenchException(
                    "debits and credits differ: shard=" + shard + ", debits less credits=" + difference);
            }
        }
    }

    /** Compare some accounts, and give back what is posted to their debits less what is posted to their credits. */
    private static BigInteger compare(final LedgerSession session, final List<BookAccount> accounts)
    {
        while (session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, accounts.size()) < 0)
        {
            Thread.yield();
        }
        for (int i = 0; i < accounts.size(); i++)
        {
            session.id(i, accounts.get(i).id().high(), accounts.get(i).id().low());
        }
        session.publish();
        final BigInteger[] difference = {BigInteger.ZERO};
        final ReplyHandler handler = reply ->
        {
            if (reply.count() != accounts.size())
            {
                throw new BenchException(
                    "accounts are missing: shard=" + session.shard() + ", found=" + reply.count() + ", recorded=" +
                    accounts.size());
            }
            for (int i = 0; i < accounts.size(); i++)
            {
                final AccountRecordDecoder actual = reply.account(i);
                requireEqual(session.shard(), accounts.get(i), actual);
                difference[0] = difference[0]
                    .add(amount(actual.debitsPostedHigh(), actual.debitsPostedLow()))
                    .subtract(amount(actual.creditsPostedHigh(), actual.creditsPostedLow()));
            }
        };
        while (session.poll(handler, 1) == 0)
        {
            Thread.yield();
        }
        return difference[0];
    }

    private static void requireEqual(final int shard, final BookAccount expected, final AccountRecordDecoder actual)
    {
        final String recorded = text(
            expected.debitsPending(), expected.debitsPosted(), expected.creditsPending(), expected.creditsPosted(),
            (expected.flags() & AccountFlags.CLOSED) != 0);
        final String found = text(
            amount(actual.debitsPendingHigh(), actual.debitsPendingLow()),
            amount(actual.debitsPostedHigh(), actual.debitsPostedLow()),
            amount(actual.creditsPendingHigh(), actual.creditsPendingLow()),
            amount(actual.creditsPostedHigh(), actual.creditsPostedLow()),
            (actual.flags() & AccountFlags.CLOSED) != 0);
        if (!recorded.equals(found))
        {
            throw new BenchException(
                "an account stands otherwise: shard=" + shard + ", account=" + expected.id() + ", recorded: " +
                recorded + "; now: " + found);
        }
    }

    private static String text(
        final BigInteger debitsPending,
        final BigInteger debitsPosted,
        final BigInteger creditsPending,
        final BigInteger creditsPosted,
        final boolean isClosed)
    {
        return "debits pending " + debitsPending + " posted " + debitsPosted + ", credits pending " + creditsPending +
            " posted " + creditsPosted + (isClosed ? ", closed" : "");
    }

    private static BigInteger amount(final long high, final long low)
    {
        return new Uint128(high, low).toBigInteger();
    }
}
