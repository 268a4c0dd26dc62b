package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static io.seriatim.ledger.TransferDraft.transfer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ids whose hashes are alike are told apart all the same. A ledger in which every account id and every transfer id has
 * another one with its hash gives, entry by entry, what one gives in which no two are alike.
 */
class CollidingIdsTest
{
    private static final long SEED = 7;
    private static final long OTHER_SEED = 4711;
    private static final int BATCH_COUNT_MAX = 16;
    private static final int WINDOW_CAPACITY = 16;
    private static final int ACCOUNT_PAIRS = 4;
    private static final int BATCH_COUNT = 2_500;

    /** Ids are drawn among so many, which move on by one with each transfer. */
    private static final int NEAR_IDS = 200;
    private static final int ID_COUNT = NEAR_IDS + BATCH_COUNT * BATCH_COUNT_MAX;

    /** As the tables of a state machine take their seeds from its own. */
    private final CollidingIds accountIds = new CollidingIds(SEED + 1);
    private final CollidingIds transferIds = new CollidingIds(SEED + 2);
    private final RecordedEntries entries = new RecordedEntries();
    private final RecordedEntries otherEntries = new RecordedEntries();
    private final Map<TransferOutcome, Integer> outcomes = new EnumMap<>(TransferOutcome.class);
    private final List<TransferDraft> sent = new ArrayList<>();
    private int firstId;

    @Test
    void shouldTellIdsApartWhoseHashesAreAlike()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        try (LedgerStateMachine alike = new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, SEED, entries);
            LedgerStateMachine apart =
                new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, OTHER_SEED, otherEntries))
        {
            assertAlike();
            createAccounts(alike, entries);
            createAccounts(apart, otherEntries);
            long nowNs = 1_000;
            for (int batch = 0; batch < BATCH_COUNT; batch++)
            {
                final TransferDraft[] drafts = draw(random);
                nowNs += random.nextLong(400_000_000) + drafts.length;
                nowNs = release(alike, apart, nowNs);
                apply(alike, entries, nowNs, drafts);
                apply(apart, otherEntries, nowNs, drafts);
                for (int i = 0; i < drafts.length; i++)
                {
                    outcomes.merge(TransferOutcome.of(alike.results().outcome(i)), 1, Integer::sum);
                }
            }
            assertSame(alike, apart, seed);
            assertReplayed(alike);
        }
        System.out.println("ids with hashes alike: seed=" + seed + ", outcomes=" + outcomes);
        for (final TransferOutcome expected : new TransferOutcome[]{
            TransferOutcome.CREATED, TransferOutcome.EXISTS, TransferOutcome.ID_ALREADY_FAILED,
            TransferOutcome.LINKED_EVENT_FAILED, TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND,
            TransferOutcome.EXISTS_WITH_DIFFERENT_FLAGS, TransferOutcome.PENDING_TRANSFER_NOT_FOUND,
            TransferOutcome.PENDING_TRANSFER_NOT_PENDING, TransferOutcome.PENDING_TRANSFER_ALREADY_POSTED,
            TransferOutcome.PENDING_TRANSFER_ALREADY_VOIDED, TransferOutcome.PENDING_TRANSFER_EXPIRED})
        {
            assertTrue(outcomes.getOrDefault(expected, 0) > 4, () -> expected + " in " + outcomes);
        }
    }

    /** The pairs are what they are said to be, in both tables. */
    private void assertAlike()
    {
        try (HashIndex accounts = new HashIndex(SEED + 1); HashIndex transfers = new HashIndex(SEED + 2))
        {
            for (int number = 0; number < ID_COUNT / 2; number++)
            {
                assertEquals(
                    transfers.hash(transferHigh(2 * number), transferLow(2 * number)),
                    transfers.hash(transferHigh(2 * number + 1), transferLow(2 * number + 1)));
            }
            for (int number = 0; number <= ACCOUNT_PAIRS; number++)
            {
                assertEquals(
                    accounts.hash(accountHigh(2 * number), accountLow(2 * number)),
                    accounts.hash(accountHigh(2 * number + 1), accountLow(2 * number + 1)));
            }
        }
    }

    private void createAccounts(final LedgerStateMachine stateMachine, final RecordedEntries kept)
    {
        stateMachine.startAccounts(1_000, 2 * ACCOUNT_PAIRS + 1);
        for (int number = 0; number <= 2 * ACCOUNT_PAIRS; number++)
        {
            stateMachine.createAccount(
                AccountDraft.account(1).id(accountHigh(number), accountLow(number)).command());
        }
        kept.takeFrom(stateMachine);
        assertEquals(2 * ACCOUNT_PAIRS + 1, stateMachine.accountCount());
    }

    /** A batch with chains and repeats; at times it names an account that there is not, though another has its hash. */
    private TransferDraft[] draw(final SplittableRandom random)
    {
        final TransferDraft[] drafts = new TransferDraft[1 + random.nextInt(BATCH_COUNT_MAX)];
        for (int i = 0; i < drafts.length; i++)
        {
            firstId++;
            if (!sent.isEmpty() && random.nextInt(5) == 0)
            {
                drafts[i] = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(NEAR_IDS)));
                continue;
            }
            final int debit = random.nextInt(2 * ACCOUNT_PAIRS);
            final int credit = random.nextInt(20) == 0 ?
                2 * ACCOUNT_PAIRS + 1 : (debit + 1 + random.nextInt(2 * ACCOUNT_PAIRS - 1)) % (2 * ACCOUNT_PAIRS);
            drafts[i] = drawKind(random, transfer(1, 1, 1, 1 + random.nextInt(3))
                .with(t -> t
                    .debitAccountIdHigh(accountHigh(debit)).debitAccountIdLow(accountLow(debit))
                    .creditAccountIdHigh(accountHigh(credit)).creditAccountIdLow(accountLow(credit))));
            final int id = firstId + random.nextInt(NEAR_IDS);
            drafts[i].id(transferHigh(id), transferLow(id));
            if (i + 1 < drafts.length && random.nextInt(10) == 0)
            {
                drafts[i].linked();
            }
            sent.add(drafts[i]);
        }
        return drafts;
    }

    private TransferDraft drawKind(final SplittableRandom random, final TransferDraft single)
    {
        final int pending = firstId + random.nextInt(NEAR_IDS / 2);
        return switch (random.nextInt(5))
        {
            case 0 -> single;
            case 1 -> single.flag(TransferFlags.PENDING);
            case 2 -> single.flag(TransferFlags.PENDING).timeout(1 + random.nextInt(3));
            case 3 -> TransferDraft.postOf(1, 1)
                .with(t -> t.pendingIdHigh(transferHigh(pending)).pendingIdLow(transferLow(pending)));
            default -> TransferDraft.voidOf(1, 1)
                .with(t -> t.pendingIdHigh(transferHigh(pending)).pendingIdLow(transferLow(pending)));
        };
    }

    private static void apply(
        final LedgerStateMachine stateMachine,
        final RecordedEntries kept,
        final long nowNs,
        final TransferDraft[] drafts)
    {
        stateMachine.startTransfers(nowNs, drafts.length);
        for (final TransferDraft draft : drafts)
        {
            stateMachine.createTransfer(draft.command(), 0);
        }
        kept.takeFrom(stateMachine);
    }

    /** Release what is due; what time it is then. */
    private long release(final LedgerStateMachine alike, final LedgerStateMachine apart, final long nowNs)
    {
        long timeNs = nowNs;
        while (alike.nextExpiryNs() < timeNs)
        {
            assertEquals(alike.nextExpiryNs(), apart.nextExpiryNs());
            alike.expireNext(timeNs);
            apart.expireNext(timeNs);
            entries.takeFrom(alike);
            otherEntries.takeFrom(apart);
            timeNs += BATCH_COUNT_MAX;
        }
        return timeNs + BATCH_COUNT_MAX;
    }

    private void assertSame(final LedgerStateMachine alike, final LedgerStateMachine apart, final long seed)
    {
        assertEquals(entries.count(), otherEntries.count(), "seed=" + seed);
        for (long sequence = 1; sequence <= entries.count(); sequence++)
        {
            assertArrayEquals(bytes(entries, sequence), bytes(otherEntries, sequence), "seed=" + seed);
        }
        assertArrayEquals(alike.digest(), apart.digest(), "seed=" + seed);
        for (int id = 0; id < ID_COUNT; id++)
        {
            assertEquals(
                apart.stateOfTransfer(transferHigh(id), transferLow(id)),
                alike.stateOfTransfer(transferHigh(id), transferLow(id)), "seed=" + seed);
        }
        assertTrue(alike.isBalanced());
    }

    private void assertReplayed(final LedgerStateMachine alike)
    {
        try (LedgerStateMachine again = new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, SEED, entries))
        {
            entries.replayTo(new EntryReplay(again, (sequence, recorded, ro, executed, eo) ->
            {
                throw new AssertionError("replay differs: sequence=" + sequence);
            }));
            assertArrayEquals(alike.digest(), again.digest());
        }
    }

    private static byte[] bytes(final RecordedEntries kept, final long sequence)
    {
        final byte[] bytes = new byte[kept.length(sequence)];
        kept.buffer().getBytes(kept.offset(sequence), bytes);
        return bytes;
    }

    private long accountHigh(final int number)
    {
        return high(accountIds, number);
    }

    private long accountLow(final int number)
    {
        return low(accountIds, number);
    }

    private long transferHigh(final int number)
    {
        return high(transferIds, number);
    }

    private long transferLow(final int number)
    {
        return low(transferIds, number);
    }

    /** Those with an even number have the hash of the next one. */
    private static long high(final CollidingIds ids, final int number)
    {
        return number % 2 == 0 ? ids.firstHigh() : ids.secondHigh(number / 2 + 1);
    }

    private static long low(final CollidingIds ids, final int number)
    {
        return number % 2 == 0 ? ids.firstLow(number / 2 + 1) : ids.secondLow();
    }
}
