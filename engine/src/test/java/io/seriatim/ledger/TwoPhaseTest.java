package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import static io.seriatim.ledger.TransferFlags.BALANCING_CREDIT;
import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_DEBIT;
import static io.seriatim.ledger.TransferFlags.LINKED;
import static io.seriatim.ledger.TransferFlags.PENDING;
import static io.seriatim.ledger.TransferFlags.POST_PENDING_TRANSFER;
import static io.seriatim.ledger.TransferFlags.VOID_PENDING_TRANSFER;
import static io.seriatim.ledger.TransferOutcome.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Pending, posted, voided and expired; balancing and closing. Every history is replayed in the end and must lead to the
 * same state.
 */
class TwoPhaseTest
{
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int BANK = 1;
    private static final int ALICE = 2;
    private static final int BOB = 3;
    private static final int CAPPED = 4;

    private final RecordedEntries entries = new RecordedEntries();
    private final LedgerStateMachine ledger = new LedgerStateMachine(16, 16, 7, entries);
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder account = new AccountRecordEncoder().wrap(event, 0);
    private final AccountRecordDecoder found = new AccountRecordDecoder().wrap(event, 0);
    private final TransferRecordEncoder transfer = new TransferRecordEncoder().wrap(event, 0);
    private long nowNs = SECOND_NS;

    @BeforeEach
    void openAccounts()
    {
        for (final int id : new int[]{BANK, ALICE, BOB, CAPPED})
        {
            event.setMemory(0, event.capacity(), (byte)0);
            account.idLow(id).ledger(840).code(1)
                .flags(id == CAPPED ? AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS : 0);
            ledger.startAccounts(++nowNs, 1);
            ledger.createAccount(found);
            entries.takeFrom(ledger);
        }
    }

    @AfterEach
    void shouldReplayToTheSameState()
    {
        try (LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries))
        {
            entries.replayTo(new EntryReplay(
                again, (sequence, recorded, ro, executed, eo) -> fail("replay differs: sequence=" + sequence)));
            assertArrayEquals(ledger.digest(), again.digest());
            assertEquals(ledger.nextExpiryNs(), again.nextExpiryNs());
            assertTrue(ledger.isBalanced());
        }
        ledger.close();
    }

    @Test
    void shouldReserveThenPostAllSomeOrNothing()
    {
        assertEquals(CREATED, pend(10, BANK, ALICE, 100, 0));
        assertEquals("0/0 100/0", balance(ALICE));
        assertEquals("100/0 0/0", balance(BANK));
        assertEquals(CREATED, post(11, 10, max()));
        assertEquals("0/0 0/100", balance(ALICE));
        pend(20, BANK, ALICE, 100, 0);
        assertEquals(EXCEEDS_PENDING_TRANSFER_AMOUNT, post(21, 20, amount(101)));
        assertEquals(CREATED, post(22, 20, amount(60)));
        assertEquals("0/0 0/160", balance(ALICE));
        pend(30, BANK, ALICE, 100, 0);
        assertEquals(CREATED, post(31, 30, amount(0)));
        assertEquals("0/0 0/160", balance(ALICE));
        assertEquals("0/160 0/0", balance(BANK));
    }

    @Test
    void shouldVoidAllAndOnlyAll()
    {
        pend(10, BANK, ALICE, 100, 0);
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, voids(11, 10, amount(99)));
        assertEquals(EXCEEDS_PENDING_TRANSFER_AMOUNT, voids(11, 10, amount(101)));
        assertEquals(CREATED, voids(11, 10, amount(0)));
        assertEquals("0/0 0/0", balance(ALICE));
        pend(20, BANK, ALICE, 100, 0);
        assertEquals(CREATED, voids(21, 20, amount(100)));
    }

    @Test
    void shouldResolveAtMostOnce()
    {
        pend(10, BANK, ALICE, 5, 0);
        pend(20, BANK, ALICE, 5, 0);
        post(11, 10, max());
        voids(21, 20, amount(0));
        assertEquals(PENDING_TRANSFER_ALREADY_POSTED, voids(12, 10, amount(0)));
        assertEquals(PENDING_TRANSFER_ALREADY_VOIDED, post(22, 20, max()));
        assertEquals(PENDING_TRANSFER_NOT_PENDING, post(13, 11, max()));
        assertEquals(PENDING_TRANSFER_NOT_FOUND, post(14, 99, max()));
        assertEquals(ID_ALREADY_FAILED, post(14, 10, max()), "not found is transient");
        assertEquals(PENDING_TRANSFER_NOT_FOUND, post(15, 14, max()), "a spent id is no transfer");
    }

    @Test
    void shouldCheckWhatAPostOrVoidNames()
    {
        pend(10, BANK, ALICE, 5, 0);
        assertEquals(PENDING_ID_MUST_NOT_BE_ZERO, send(11, POST_PENDING_TRANSFER, t -> {}));
        assertEquals(PENDING_ID_MUST_NOT_BE_INT_MAX, send(11, POST_PENDING_TRANSFER, t ->
            t.pendingIdHigh(-1).pendingIdLow(-1)));
        assertEquals(PENDING_ID_MUST_BE_DIFFERENT, send(11, POST_PENDING_TRANSFER, t -> t.pendingIdLow(11)));
        assertEquals(TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, send(11, POST_PENDING_TRANSFER, t ->
            t.pendingIdLow(10).timeout(1)));
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID, post(11, 10, t -> t.debitAccountIdLow(9)));
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID, post(11, 10, t -> t.creditAccountIdLow(9)));
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, post(11, 10, t -> t.ledger(978)));
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_CODE, post(11, 10, t -> t.code(9)));
        for (final int flag : new int[]{
            VOID_PENDING_TRANSFER, PENDING, BALANCING_DEBIT, BALANCING_CREDIT, CLOSING_DEBIT, CLOSING_CREDIT})
        {
            assertEquals(FLAGS_ARE_MUTUALLY_EXCLUSIVE, send(11, POST_PENDING_TRANSFER | flag, t -> {}));
        }
        assertEquals(CREATED, post(11, 10, t ->
            t.debitAccountIdLow(BANK).creditAccountIdLow(ALICE).ledger(840).code(1).amountLow(5)));
    }

    @Test
    void shouldInheritWhatAPostLeavesOpen()
    {
        send(10, PENDING, t -> ordinary(t, BANK, ALICE, 5).userData128Low(7).userData64(8).userData32(9).code(3));
        post(11, 10, t -> t.amountHigh(-1).amountLow(-1).userData64(80));
        final UnsafeBuffer record = new UnsafeBuffer(new byte[128]);
        assertTrue(ledger.readTransfer(0, 11, record, 0));
        final TransferRecordDecoder stored = new TransferRecordDecoder().wrap(record, 0);
        assertEquals(
            "1 2 5 10 7 80 9 840 3",
            stored.debitAccountIdLow() + " " + stored.creditAccountIdLow() + " " + stored.amountLow() + " " +
            stored.pendingIdLow() + " " + stored.userData128Low() + " " + stored.userData64() + " " +
            stored.userData32() + " " + stored.ledger() + " " + stored.code());
        assertEquals(EXISTS, post(11, 10, t -> t.amountHigh(-1).amountLow(-1).userData64(80)));
        assertEquals(EXISTS, post(11, 10, t -> t.amountLow(5).userData64(80).userData128Low(7)));
        assertEquals(EXISTS_WITH_DIFFERENT_USER_DATA_64, post(11, 10, max()));
        assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, post(11, 10, t -> t.amountLow(4).userData64(80)));
    }

    @Test
    void shouldTakeThePendingAmountForTheMaximumOfARetryToo()
    {
        pend(10, BANK, ALICE, 100, 0);
        post(11, 10, amount(60));
        assertEquals(EXISTS, post(11, 10, amount(60)));
        assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, post(11, 10, max()));
        pend(20, BANK, ALICE, 100, 0);
        voids(21, 20, amount(0));
        assertEquals(EXISTS, voids(21, 20, amount(100)));
        assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, voids(21, 20, amount(99)));
    }

    @Test
    void shouldCountWhatIsReservedAgainstLimitsAndGiveNoHeadroomForIt()
    {
        send(1, 0, t -> ordinary(t, BANK, CAPPED, 100));
        pend(2, BANK, CAPPED, 50, 0);
        assertEquals(EXCEEDS_CREDITS, pend(3, CAPPED, ALICE, 101, 0), "pending credits give no headroom");
        assertEquals(CREATED, pend(4, CAPPED, ALICE, 100, 0));
        assertEquals(EXCEEDS_CREDITS, send(5, 0, t -> ordinary(t, CAPPED, ALICE, 1)));
        voids(6, 4, amount(0));
        assertEquals(CREATED, send(7, 0, t -> ordinary(t, CAPPED, ALICE, 100)));
    }

    @Test
    void shouldRefuseSumsThatDoNotFit()
    {
        assertEquals(CREATED, send(1, PENDING, t -> ordinary(t, BANK, ALICE, 0).amountHigh(-1).amountLow(-2)));
        assertEquals(OVERFLOWS_DEBITS_PENDING, pend(2, BANK, BOB, 2, 0));
        assertEquals(OVERFLOWS_CREDITS_PENDING, pend(3, BOB, ALICE, 2, 0));
        assertEquals(OVERFLOWS_DEBITS, send(4, 0, t -> ordinary(t, BANK, BOB, 2)));
        assertEquals(OVERFLOWS_CREDITS, send(5, 0, t -> ordinary(t, BOB, ALICE, 2)));
        assertEquals(CREATED, send(6, 0, t -> ordinary(t, BANK, ALICE, 1)));
    }

    @Test
    void shouldRefuseATimeoutThatEndsAfterTheLastTimestamp()
    {
        final long lastNs = Long.MAX_VALUE - 20 * SECOND_NS;
        assertEquals(CREATED, sendAt(lastNs, 1, PENDING, t -> ordinary(t, BANK, ALICE, 1).timeout(20)));
        assertEquals(OVERFLOWS_TIMEOUT, sendAt(lastNs + 1, 2, PENDING, t -> ordinary(t, BANK, ALICE, 1).timeout(20)));
        assertEquals(Long.MAX_VALUE, ledger.nextExpiryNs());
        assertEquals(CREATED, voids(3, 1, amount(0)));
        assertEquals(CREATED, pend(4, BANK, ALICE, 1, 19));
    }

    @Test
    void shouldRefuseAPostExactlyAtTheDeadline()
    {
        pend(10, BANK, ALICE, 5, 2);
        final long deadlineNs = nowNs + 2 * SECOND_NS;
        pend(20, BANK, ALICE, 5, 9);
        assertEquals(deadlineNs, ledger.nextExpiryNs());
        assertEquals(CREATED, sendAt(deadlineNs - 1, 21, POST_PENDING_TRANSFER, t -> max().accept(t.pendingIdLow(20))));
        assertEquals(PENDING_TRANSFER_EXPIRED, post(11, 10, max()));
        assertEquals("0/0 5/5", balance(ALICE));
        assertThrows(IllegalStateException.class, () -> ledger.expireNext(deadlineNs));
        expireNext();
        assertEquals("0/0 0/5", balance(ALICE));
        assertEquals(PENDING_TRANSFER_EXPIRED, voids(12, 10, amount(0)));
        assertEquals(Long.MAX_VALUE, ledger.nextExpiryNs());
    }

    @Test
    void shouldExpireInTheOrderOfDeadlineThenTimestamp()
    {
        pend(1, BANK, ALICE, 1, 30);
        pend(2, BANK, ALICE, 2, 10);
        sendAll(
            draft(3, PENDING, t -> ordinary(t, BANK, ALICE, 3).timeout(20)),
            draft(4, PENDING, t -> ordinary(t, BANK, ALICE, 4).timeout(10)),
            draft(5, PENDING, t -> ordinary(t, BANK, ALICE, 5).timeout(20)),
            draft(6, PENDING, t -> ordinary(t, BANK, ALICE, 6).timeout(10)));
        voids(7, 5, amount(0));
        nowNs += 60 * SECOND_NS;
        final List<Long> expired = new ArrayList<>();
        while (ledger.nextExpiryNs() != Long.MAX_VALUE)
        {
            expired.add(expireNext().pendingIdLow());
        }
        assertEquals(List.of(2L, 4L, 6L, 3L, 1L), expired);
        assertEquals("0/0 0/0", balance(ALICE));
    }

    @Test
    void shouldBalanceDownToWhatThereIs()
    {
        send(1, 0, t -> ordinary(t, BANK, ALICE, 100));
        send(2, PENDING, t -> ordinary(t, ALICE, BOB, 30));
        assertEquals(CREATED, send(3, BALANCING_DEBIT, t -> ordinary(t, ALICE, BOB, 0).amountHigh(-1).amountLow(-1)));
        assertEquals("30/70 0/100", balance(ALICE));
        assertEquals(CREATED, send(4, BALANCING_DEBIT, t -> ordinary(t, ALICE, BOB, 10)), "down to 0");
        assertEquals("30/70 0/100", balance(ALICE));
        assertEquals(EXISTS, send(4, BALANCING_DEBIT, t -> ordinary(t, ALICE, BOB, 11)));
        assertEquals(EXISTS, send(3, BALANCING_DEBIT, t -> ordinary(t, ALICE, BOB, 70)));
        assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, send(3, BALANCING_DEBIT, t -> ordinary(t, ALICE, BOB, 69)));
        assertEquals(CREATED, send(5, BALANCING_CREDIT, t -> ordinary(t, BOB, BANK, 1_000)));
        assertEquals("0/100 0/100", balance(BANK));
        assertEquals(CREATED, send(6, BALANCING_DEBIT | BALANCING_CREDIT | PENDING, t -> ordinary(t, BOB, BANK, 9)));
        assertEquals("0/100 0/100", balance(BANK));
    }

    @Test
    void shouldCloseAndOpenAgainWithTheClosingTransfer()
    {
        assertEquals(CLOSING_TRANSFER_MUST_BE_PENDING, send(1, CLOSING_DEBIT, t -> ordinary(t, ALICE, BANK, 0)));
        pend(2, BANK, ALICE, 5, 0);
        assertEquals(CREATED, send(3, PENDING | CLOSING_DEBIT, t -> ordinary(t, ALICE, BANK, 0)));
        assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, send(4, 0, t -> ordinary(t, ALICE, BANK, 1)));
        assertEquals(CREDIT_ACCOUNT_ALREADY_CLOSED, send(5, 0, t -> ordinary(t, BANK, ALICE, 1)));
        assertEquals(CREDIT_ACCOUNT_ALREADY_CLOSED, post(6, 2, max()));
        assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, post(7, 3, max()), "a closing transfer can never be posted");
        assertEquals(CREATED, voids(8, 2, amount(0)), "but earlier ones can be voided");
        assertEquals(CREATED, voids(9, 3, amount(0)));
        assertEquals(CREATED, send(10, 0, t -> ordinary(t, BANK, ALICE, 1)));
    }

    @Test
    void shouldOpenAgainWhenTheClosingTransferExpires()
    {
        send(1, PENDING | CLOSING_DEBIT | CLOSING_CREDIT, t -> ordinary(t, ALICE, BOB, 3).timeout(5));
        assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, send(2, 0, t -> ordinary(t, ALICE, BANK, 1)));
        nowNs += 6 * SECOND_NS;
        assertEquals(3, expireNext().reopened());
        assertEquals(CREATED, send(3, 0, t -> ordinary(t, ALICE, BOB, 1)));
        assertEquals("0/0 0/1", balance(BOB));
    }

    @Test
    void shouldUndoAllOfItWithItsChain()
    {
        pend(1, BANK, ALICE, 5, 7);
        pend(2, BANK, ALICE, 6, 0);
        send(3, PENDING | CLOSING_DEBIT, t -> ordinary(t, BOB, BANK, 0));
        final long expiryNs = ledger.nextExpiryNs();
        final String before = balance(ALICE) + balance(BANK) + balance(BOB);
        final TransferOutcome[] outcomes = sendAll(
            draft(11, LINKED | POST_PENDING_TRANSFER, t -> max().accept(t.pendingIdLow(1))),
            draft(12, LINKED | VOID_PENDING_TRANSFER, t -> t.pendingIdLow(2)),
            draft(13, LINKED | VOID_PENDING_TRANSFER, t -> t.pendingIdLow(3)),
            draft(14, LINKED | PENDING, t -> ordinary(t, BANK, ALICE, 9).timeout(1)),
            draft(15, LINKED | VOID_PENDING_TRANSFER, t -> t.pendingIdLow(14)),
            draft(16, LINKED | PENDING | CLOSING_CREDIT, t -> ordinary(t, BANK, ALICE, 9).timeout(1)),
            draft(17, 0, t -> ordinary(t, BANK, 99, 1)));
        assertEquals(CREDIT_ACCOUNT_NOT_FOUND, outcomes[6]);
        assertEquals(LINKED_EVENT_FAILED, outcomes[0]);
        assertEquals(before, balance(ALICE) + balance(BANK) + balance(BOB));
        assertEquals(expiryNs, ledger.nextExpiryNs());
        assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, send(18, 0, t -> ordinary(t, BOB, ALICE, 1)));
        assertEquals(CREATED, post(11, 1, max()));
        assertEquals(CREATED, voids(12, 2, amount(0)));
        assertEquals(Long.MAX_VALUE, ledger.nextExpiryNs());
    }

    @Test
    void shouldNumberAPostInTheLedgerOfItsPendingTransfer()
    {
        pend(1, BANK, ALICE, 5, 0);
        final long before = ledgerSequenceOfLast();
        assertEquals(EXCEEDS_PENDING_TRANSFER_AMOUNT, post(2, 1, amount(6)));
        assertEquals(before + 1, ledgerSequenceOfLast(), "refused, and without a ledger of its own");
        assertEquals(PENDING_TRANSFER_NOT_FOUND, post(3, 77, max()));
        assertEquals(0, ledgerSequenceOfLast());
        post(4, 1, max());
        assertEquals(before + 2, ledgerSequenceOfLast());
    }

    @Test
    void shouldKeepTheQueueInOrderOverManyAddsAndRemoves()
    {
        final java.util.SplittableRandom random = new java.util.SplittableRandom(5);
        final java.util.TreeMap<Long, Long> expected = new java.util.TreeMap<>();
        try (ExpiryQueue queue = new ExpiryQueue(1))
        {
            for (long sequence = 1; sequence <= 20_000; sequence++)
            {
                final long expiryNs = random.nextLong(50) * 100_000 + 1;
                queue.add(expiryNs, sequence);
                expected.put(expiryNs * 100_000 + sequence, sequence);
                if (random.nextInt(3) == 0)
                {
                    final Long key = expected.ceilingKey(random.nextLong(500_000_000_000L));
                    if (key != null)
                    {
                        queue.remove(expected.remove(key));
                    }
                }
                assertEquals(expected.size(), queue.count());
                assertEquals(expected.firstEntry().getValue(), queue.firstSequence());
            }
            while (!expected.isEmpty())
            {
                assertEquals(expected.pollFirstEntry().getValue(), queue.firstSequence());
                queue.remove(queue.firstSequence());
            }
            assertEquals(ExpiryQueue.NONE, queue.firstExpiryNs());
        }
    }

    private record Draft(long id, int flags, Consumer<TransferRecordEncoder> fields)
    {
    }

    private static Draft draft(final long id, final int flags, final Consumer<TransferRecordEncoder> fields)
    {
        return new Draft(id, flags, fields);
    }

    private static TransferRecordEncoder ordinary(
        final TransferRecordEncoder transfer, final long debit, final long credit, final long amount)
    {
        return transfer.debitAccountIdLow(debit).creditAccountIdLow(credit).amountLow(amount).ledger(840).code(1);
    }

    private static Consumer<TransferRecordEncoder> max()
    {
        return t -> t.amountHigh(-1).amountLow(-1);
    }

    private static Consumer<TransferRecordEncoder> amount(final long amount)
    {
        return t -> t.amountLow(amount);
    }

    private TransferOutcome pend(
        final long id, final long debit, final long credit, final long amount, final int timeout)
    {
        return send(id, PENDING, t -> ordinary(t, debit, credit, amount).timeout(timeout));
    }

    private TransferOutcome post(final long id, final long pendingId, final Consumer<TransferRecordEncoder> fields)
    {
        return send(id, POST_PENDING_TRANSFER, t -> fields.accept(t.pendingIdLow(pendingId)));
    }

    private TransferOutcome voids(final long id, final long pendingId, final Consumer<TransferRecordEncoder> fields)
    {
        return send(id, VOID_PENDING_TRANSFER, t -> fields.accept(t.pendingIdLow(pendingId)));
    }

    private TransferOutcome send(final long id, final int flags, final Consumer<TransferRecordEncoder> fields)
    {
        return sendAll(draft(id, flags, fields))[0];
    }

    private TransferOutcome sendAt(
        final long timestampNs, final long id, final int flags, final Consumer<TransferRecordEncoder> fields)
    {
        nowNs = timestampNs - 1;
        return send(id, flags, fields);
    }

    private TransferOutcome[] sendAll(final Draft... drafts)
    {
        nowNs += drafts.length;
        ledger.startTransfers(nowNs, drafts.length);
        for (final Draft draft : drafts)
        {
            event.setMemory(0, event.capacity(), (byte)0);
            transfer.idLow(draft.id()).flags(draft.flags());
            draft.fields().accept(transfer);
            ledger.createTransfer(new TransferRecordDecoder().wrap(event, 0), 0);
        }
        entries.takeFrom(ledger);
        final TransferOutcome[] outcomes = new TransferOutcome[drafts.length];
        for (int i = 0; i < outcomes.length; i++)
        {
            outcomes[i] = TransferOutcome.of(ledger.results().outcome(i));
        }
        return outcomes;
    }

    private ExpiryEntryDecoder expireNext()
    {
        nowNs = Math.max(nowNs, ledger.nextExpiryNs()) + 1;
        ledger.expireNext(nowNs);
        entries.takeFrom(ledger);
        return new ExpiryEntryDecoder().wrap(
            ledger.window().buffer(),
            ledger.window().offset(ledger.nextSequence() - 1) + MessageHeaderDecoder.ENCODED_LENGTH,
            ExpiryEntryDecoder.BLOCK_LENGTH, ExpiryEntryDecoder.SCHEMA_VERSION);
    }

    private long ledgerSequenceOfLast()
    {
        return ledger.window().buffer().getLong(
            ledger.window().offset(ledger.nextSequence() - 1) + EntryWindow.LEDGER_SEQUENCE_OFFSET);
    }

    /** Debits pending/posted, then credits pending/posted. */
    private String balance(final long id)
    {
        assertTrue(ledger.readAccount(0, id, event, 0));
        return found.debitsPendingLow() + "/" + found.debitsPostedLow() + " " +
            found.creditsPendingLow() + "/" + found.creditsPostedLow();
    }
}
