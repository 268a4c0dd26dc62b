package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.List;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Pending transfers in the reference, against the specification; expectations are computed by hand. */
class ReferenceTwoPhaseTest extends ReferenceTestSupport
{
    private static final int ALICE = 1;
    private static final int BOB = 2;
    private static final int ABROAD = 3;
    private static final int DEBIT_LIMITED = 4;
    private static final int CREDIT_LIMITED = 5;
    private static final int CAROL = 6;

    @BeforeEach
    void setUp()
    {
        create(
            account(ALICE, 0),
            account(BOB, 0),
            account(ABROAD, 0).with((draft) -> draft.ledger = 2),
            account(DEBIT_LIMITED, AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS),
            account(CREDIT_LIMITED, AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS),
            account(CAROL, 0));
    }

    // Section 5.3: posts and voids in the order of the rules.

    @Test
    void shouldJudgeAPostInTheOrderOfTheRules()
    {
        create(transfer(10, ALICE, BOB, 7), pending(11, ALICE, BOB, 7, 0), post(12, 11), pending(13, ALICE, BOB, 7, 0));
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = id(50);
        draft.debitAccountId = id(BOB);
        draft.creditAccountId = id(ALICE);
        draft.amount = id(8);
        draft.timeout = 1;
        draft.ledger = 2;
        draft.code = 2;
        draft.flags = TransferEvent.POST_PENDING_TRANSFER | TransferEvent.VOID_PENDING_TRANSFER;
        assertEquals("flags_are_mutually_exclusive", label(draft.event()));
        draft.flags = TransferEvent.POST_PENDING_TRANSFER;
        assertEquals("pending_id_must_not_be_zero", label(draft.event()));
        draft.pendingId = MAX;
        assertEquals("pending_id_must_not_be_int_max", label(draft.event()));
        draft.pendingId = draft.id;
        assertEquals("pending_id_must_be_different", label(draft.event()));
        draft.pendingId = id(99);
        assertEquals("timeout_reserved_for_pending_transfer", label(draft.event()));
        draft.timeout = 0;
        assertEquals("pending_transfer_not_found", label(draft.event()));
        assertEquals("id_already_failed", label(draft.event()));
        draft.id = id(51);
        draft.pendingId = id(10);
        assertEquals("pending_transfer_not_pending", label(draft.event()));
        draft.pendingId = id(12);
        assertEquals("pending_transfer_not_pending", label(draft.event()));
        draft.pendingId = id(11);
        assertEquals("pending_transfer_has_different_debit_account_id", label(draft.event()));
        draft.debitAccountId = id(ALICE);
        assertEquals("pending_transfer_has_different_credit_account_id", label(draft.event()));
        draft.creditAccountId = ZERO;
        assertEquals("pending_transfer_has_different_ledger", label(draft.event()));
        draft.ledger = 1;
        assertEquals("pending_transfer_has_different_code", label(draft.event()));
        draft.code = 0;
        assertEquals("exceeds_pending_transfer_amount", label(draft.event()));
        draft.amount = id(6);
        assertEquals("pending_transfer_already_posted", label(draft.event()));
        draft.pendingId = id(13);
        assertEquals("created", label(draft.event()));
        assertEquals("0+20/0+0 0+0/0+20", balances(ALICE, BOB));
    }

    @Test
    void shouldJudgeAVoidInTheOrderOfTheRules()
    {
        create(pending(10, ALICE, BOB, 7, 0), voids(11, 10), pending(12, ALICE, BOB, 7, 0));
        assertEquals("exceeds_pending_transfer_amount", label(voids(50, 10, id(8))));
        assertEquals("exceeds_pending_transfer_amount", label(voids(50, 10, MAX)));
        assertEquals("pending_transfer_has_different_amount", label(voids(50, 10, id(6))));
        assertEquals("pending_transfer_already_voided", label(voids(50, 10, id(7))));
        assertEquals("pending_transfer_already_voided", label(post(50, 10)));
        assertEquals("created", label(voids(50, 12, id(7))));
        assertEquals("0+0/0+0 0+0/0+0", balances(ALICE, BOB));
    }

    @Test
    void shouldRefuseEachFlagBesideAPostOrVoid()
    {
        create(pending(10, ALICE, BOB, 7, 0));
        for (int bit = 1; bit < 8; bit++)
        {
            final int flag = 1 << bit;
            if (flag != TransferEvent.POST_PENDING_TRANSFER)
            {
                assertEquals("flags_are_mutually_exclusive", label(post(50, 10).with((d) -> d.flags |= flag)));
            }
            if (flag != TransferEvent.VOID_PENDING_TRANSFER)
            {
                assertEquals("flags_are_mutually_exclusive", label(voids(50, 10).with((d) -> d.flags |= flag)));
            }
        }
        assertEquals("created", label(post(50, 10)));
    }

    @Test
    void shouldAskForExpiryThenMarksThenClosedAccounts()
    {
        clock = 1_000;
        create(
            pending(10, ALICE, BOB, 1, 1),
            pending(11, ALICE, CAROL, 1, 0),
            pending(12, BOB, CAROL, 1, 0),
            closing(13, BOB, CAROL, TransferEvent.CLOSING_CREDIT));
        final long mark = ledger.greatestTransferTimestamp();
        clock = 5 * SECOND;
        assertEquals("pending_transfer_expired", label(imported(post(50, 10), mark)));
        assertEquals("imported_event_timestamp_must_not_regress", label(imported(post(50, 11), mark)));
        assertEquals("imported_event_timestamp_must_not_regress", label(imported(voids(50, 11), mark)));
        assertEquals("credit_account_already_closed", label(imported(post(50, 11), mark + 1)));
        assertEquals("created", label(closing(14, BOB, ALICE, TransferEvent.CLOSING_DEBIT)));
        // Both accounts are closed: the debit account is looked at first.
        assertEquals("debit_account_already_closed", label(post(51, 12)));
        assertEquals("id_already_failed", label(post(51, 12)));
        assertEquals("created", label(voids(52, 12)));
    }

    @Test
    void shouldNotCompareAnImportedPostWithTheTimestampsOfItsAccounts()
    {
        clock = 1_000;
        create(imported(account(20, 0), 500), imported(account(21, 0), 510));
        create(imported(transfer(30, 20, 21, id(5), TransferEvent.PENDING), 511));
        assertEquals("imported_event_timestamp_must_not_regress", label(imported(post(31, 30), 511)));
        final long accountTimestamp = ledger.lookupAccount(id(21)).timestamp();
        assertEquals("imported_event_timestamp_must_not_regress", label(imported(post(31, 30), accountTimestamp)));
        assertEquals("created", label(imported(post(31, 30), 512)));
        assertEquals(512, timestampOf(31));
        assertEquals("0+5/0+0 0+0/0+5", balances(20, 21));
    }

    @Test
    void shouldNotFindAPoisonedIdAsPendingTransfer()
    {
        assertEquals("debit_account_not_found", label(pending(10, 77, BOB, 1, 0)));
        assertEquals("pending_transfer_not_found", label(post(11, 10)));
    }

    // Section 8: what becomes of the balances.

    @Test
    void shouldMoveWhatIsPostedAndGiveBackTheRest()
    {
        create(pending(10, ALICE, BOB, 10, 0), pending(11, ALICE, BOB, 20, 0), pending(12, ALICE, BOB, 40, 0));
        assertEquals("70+0/0+0 0+0/70+0", balances(ALICE, BOB));
        create(post(20, 10));
        assertEquals("60+10/0+0 0+0/60+10", balances(ALICE, BOB));
        create(post(21, 11, id(3)));
        assertEquals("40+13/0+0 0+0/40+13", balances(ALICE, BOB));
        create(post(22, 12, ZERO));
        assertEquals("0+13/0+0 0+0/0+13", balances(ALICE, BOB));
        assertEquals(PendingState.POSTED, ledger.pendingState(id(12)));
        assertEquals(PendingState.NONE, ledger.pendingState(id(22)));
        assertEquals(ZERO, ledger.lookupTransfer(id(22)).stored().amount());
        assertTrue(ledger.isBalanced());
    }

    @Test
    void shouldStoreAPostWithWhatItInherits()
    {
        create(pending(10, ALICE, BOB, 10, 5).with((draft) ->
        {
            draft.userData128 = id(128);
            draft.userData64 = 64;
            draft.userData32 = 32;
            draft.code = 9;
        }));
        create(post(20, 10).with((draft) -> draft.userData64 = 65));
        final TransferEvent stored = ledger.lookupTransfer(id(20)).stored();
        assertEquals(id(ALICE), stored.debitAccountId());
        assertEquals(id(BOB), stored.creditAccountId());
        assertEquals(id(10), stored.amount());
        assertEquals(id(10), stored.pendingId());
        assertEquals(id(128), stored.userData128());
        assertEquals(65, stored.userData64());
        assertEquals(32, stored.userData32());
        assertEquals(0, stored.timeout());
        assertEquals(1, stored.ledger());
        assertEquals(9, stored.code());
        assertEquals(TransferEvent.POST_PENDING_TRANSFER, stored.flags());
    }

    @Test
    void shouldPostAllOfTheGreatestAmount()
    {
        create(transfer(10, ALICE, BOB, MAX, TransferEvent.PENDING));
        assertEquals("created", label(post(11, 10)));
        assertEquals("0+" + MAX + "/0+0", balance(ALICE));
    }

    // Section 5.4: retries of posts and voids.

    @Test
    void shouldCompareARetriedPostInTheOrderOfTheRules()
    {
        create(pending(10, ALICE, BOB, 10, 0).with((draft) ->
        {
            draft.userData128 = id(128);
            draft.userData64 = 64;
            draft.userData32 = 32;
        }));
        final Result created = create(post(20, 10, id(10))).get(0);
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = id(20);
        draft.flags = TransferEvent.VOID_PENDING_TRANSFER;
        draft.timeout = 1;
        draft.debitAccountId = id(BOB);
        draft.creditAccountId = id(ALICE);
        draft.amount = id(9);
        draft.userData128 = id(1);
        draft.userData64 = 1;
        draft.userData32 = 1;
        draft.ledger = 2;
        draft.code = 2;
        assertEquals("exists_with_different_flags", label(draft.event()));
        draft.flags = TransferEvent.POST_PENDING_TRANSFER;
        assertEquals("exists_with_different_pending_id", label(draft.event()));
        draft.pendingId = id(10);
        assertEquals("exists_with_different_timeout", label(draft.event()));
        draft.timeout = 0;
        assertEquals("exists_with_different_debit_account_id", label(draft.event()));
        draft.debitAccountId = ZERO;
        assertEquals("exists_with_different_credit_account_id", label(draft.event()));
        draft.creditAccountId = id(BOB);
        assertEquals("exists_with_different_amount", label(draft.event()));
        draft.amount = MAX;
        assertEquals("exists_with_different_user_data_128", label(draft.event()));
        draft.userData128 = ZERO;
        assertEquals("exists_with_different_user_data_64", label(draft.event()));
        draft.userData64 = 64;
        assertEquals("exists_with_different_user_data_32", label(draft.event()));
        draft.userData32 = 0;
        assertEquals("exists_with_different_ledger", label(draft.event()));
        draft.ledger = 0;
        assertEquals("exists_with_different_code", label(draft.event()));
        draft.code = 1;
        final Result exists = create(draft.event()).get(0);
        assertEquals("exists", exists.label());
        assertEquals(created.timestamp(), exists.timestamp());
        assertEquals(created.sequence(), exists.firstSequence());
        // The ledger given counts: an answer that exists has looked for no pending transfer.
        assertEquals(0, exists.ledgerSequence());
    }

    @Test
    void shouldTakeZeroForThePendingTransfersUserDataInARetry()
    {
        create(pending(10, ALICE, BOB, 10, 0), post(20, 10).with((draft) -> draft.userData64 = 5));
        // The pending transfer has none, and the post has some.
        assertEquals("exists_with_different_user_data_64", label(post(20, 10)));
        assertEquals("exists", label(post(20, 10).with((draft) -> draft.userData64 = 5)));
    }

    @Test
    void shouldCompareTheAmountOfARetry()
    {
        create(
            pending(10, ALICE, BOB, 10, 0), pending(11, ALICE, BOB, 10, 0), pending(12, ALICE, BOB, 10, 0),
            post(20, 10, id(4)), post(21, 11, ZERO), voids(22, 12));
        assertEquals("exists_with_different_amount", label(post(20, 10)));
        assertEquals("exists_with_different_amount", label(post(20, 10, id(5))));
        assertEquals("exists", label(post(20, 10, id(4))));
        assertEquals("exists", label(post(21, 11, ZERO)));
        assertEquals("exists_with_different_amount", label(post(21, 11)));
        assertEquals("exists", label(voids(22, 12)));
        assertEquals("exists", label(voids(22, 12, id(10))));
        assertEquals("exists_with_different_amount", label(voids(22, 12, MAX)));
        assertEquals("exists_with_different_amount", label(voids(22, 12, id(9))));
    }

    @Test
    void shouldCompareARetriedBalancingTransferWithItsCeiling()
    {
        create(transfer(10, BOB, ALICE, 6));
        final TransferEvent event = transfer(11, ALICE, BOB, id(9), TransferEvent.BALANCING_DEBIT);
        assertEquals("created", label(event));
        assertEquals(id(6), ledger.lookupTransfer(id(11)).stored().amount());
        assertEquals("exists", label(event));
        assertEquals("exists", label(event.with((draft) -> draft.amount = MAX)));
        assertEquals("exists", label(event.with((draft) -> draft.amount = id(6))));
        assertEquals("exists_with_different_amount", label(event.with((draft) -> draft.amount = id(5))));
        // Balanced down to nothing, any ceiling is enough.
        final TransferEvent none = transfer(12, ALICE, BOB, id(9), TransferEvent.BALANCING_DEBIT);
        assertEquals("created", label(none));
        assertEquals("exists", label(none.with((draft) -> draft.amount = ZERO)));
    }

    @Test
    void shouldAnswerARetryWhateverHasHappenedSince()
    {
        clock = 1_000;
        final TransferEvent timed = pending(10, ALICE, BOB, 1, 1);
        final TransferEvent posted = pending(11, ALICE, BOB, 1, 0);
        create(timed, posted, post(12, 11), closing(13, ALICE, BOB, TransferEvent.CLOSING_DEBIT));
        clock = 2 * SECOND;
        assertEquals("exists", label(timed));
        assertEquals("exists", label(posted));
        assertEquals("exists", label(post(12, 11)));
        assertEquals("exists_with_different_timeout", label(timed.with((draft) -> draft.timeout = 2)));
        assertEquals("exists_with_different_flags", label(account(ALICE, 0)));
        assertEquals("exists", label(account(ALICE, AccountEvent.CLOSED)));
    }

    // Sections 8 and 13: expiry.

    @Test
    void shouldExpireOnceTheClockHasReachedTheDeadline()
    {
        clock = 1_000;
        create(pending(10, ALICE, BOB, 5, 1));
        final long deadline = timestampOf(10) + SECOND;
        clock = deadline - 1;
        assertEquals(List.of(), tick());
        assertEquals(1_001, ledger.previousTimestamp());
        clock = deadline;
        assertEquals(List.of(10L), tick());
        assertEquals(
            List.of(new Expiry(8, 7, deadline + 1, id(10), id(5), false, false)), ledger.expiries());
        assertEquals(deadline + 1, ledger.previousTimestamp());
        assertEquals(PendingState.EXPIRED, ledger.pendingState(id(10)));
        assertEquals("0+0/0+0 0+0/0+0", balances(ALICE, BOB));
        assertEquals("pending_transfer_expired", label(post(11, 10)));
        assertEquals("pending_transfer_expired", label(voids(11, 10)));
    }

    @Test
    void shouldReleaseBeforeEveryKindOfRequest()
    {
        clock = 1_000;
        create(pending(10, ALICE, BOB, 5, 1), pending(11, ALICE, BOB, 5, 2), pending(12, ALICE, BOB, 5, 3));
        clock = timestampOf(10) + SECOND;
        // A read releases: the release takes t+1, the read t+2.
        assertEquals(clock + 2, ledger.takeTime(clock, 0));
        assertEquals(clock + 2, ledger.previousTimestamp());
        assertEquals("10+0/0+0", balance(ALICE));
        clock = timestampOf(11) + SECOND * 2;
        assertEquals("created", label(transfer(20, ALICE, BOB, 1)));
        assertEquals(clock + 3, timestampOf(20));
        assertEquals("5+1/0+0", balance(ALICE));
        clock = timestampOf(12) + SECOND * 3;
        assertEquals(List.of(12L), tick());
        assertEquals(3, ledger.expiries().size());
    }

    @Test
    void shouldReleaseInTheOrderOfDeadlinesThenOfTransfers()
    {
        create(pending(10, ALICE, BOB, 1, 3), pending(11, ALICE, BOB, 1, 1));
        // Whole seconds later, so that deadlines fall together.
        clock = timestampOf(10) + SECOND - 1;
        final long released = clock;
        create(pending(12, ALICE, BOB, 1, 2), pending(13, ALICE, BOB, 1, 1));
        assertEquals(timestampOf(10) + 3 * SECOND, timestampOf(12) + 2 * SECOND);
        clock = released + 10 * SECOND;
        assertEquals(List.of(11L, 13L, 10L, 12L), tick());
        final List<Expiry> expiries = ledger.expiries();
        for (int i = 0; i < 4; i++)
        {
            assertEquals(clock + 1 + i, expiries.get(i).timestamp());
        }
    }

    @Test
    void shouldGoOnReleasingWhatBecomesDueMeanwhile()
    {
        create(pending(10, ALICE, BOB, 1, 1), pending(11, ALICE, BOB, 1, 1), pending(12, ALICE, BOB, 1, 1));
        // Slots follow each other by one nanosecond, and so do deadlines: the release of the first two takes time.
        clock = timestampOf(11) + SECOND;
        assertEquals(List.of(10L, 11L, 12L), tick());
        assertEquals(
            List.of(clock + 1, clock + 2, clock + 4),
            ledger.expiries().stream().map(Expiry::timestamp).toList());
    }

    @Test
    void shouldRefuseAPostExactlyAtTheDeadlineThoughNotYetReleased()
    {
        create(pending(10, ALICE, BOB, 1, 1), pending(11, ALICE, BOB, 1, 1));
        final long deadline = timestampOf(10) + SECOND;
        // The request is taken at deadline-2: its slots are deadline-1, deadline and deadline+1.
        clock = deadline - 2;
        assertEquals(
            "created pending_transfer_expired pending_transfer_expired",
            labels(post(20, 11), post(21, 10), voids(22, 10)));
        assertEquals(0, ledger.expiries().size());
        assertEquals(PendingState.PENDING, ledger.pendingState(id(10)));
        assertEquals(List.of(10L), tick());
    }

    @Test
    void shouldResolveJustBeforeTheDeadline()
    {
        create(pending(10, ALICE, BOB, 1, 1));
        clock = timestampOf(10) + SECOND - 2;
        assertEquals("created", label(voids(20, 10)));
        assertEquals(timestampOf(10) + SECOND - 1, timestampOf(20));
        clock += SECOND;
        assertEquals(List.of(), tick());
    }

    @Test
    void shouldNeverExpireWithoutATimeout()
    {
        create(pending(10, ALICE, BOB, 1, 0));
        clock = TS_MAX - 10;
        assertEquals(List.of(), tick());
        assertEquals("created", label(post(11, 10)));
    }

    @Test
    void shouldTakeATimeoutThatEndsWithTimeAndNoneBeyond()
    {
        clock = TS_MAX - 3 * SECOND - 1;
        // The slot is 3 seconds before the greatest timestamp.
        assertEquals("overflows_timeout", label(pending(10, ALICE, BOB, 1, 4)));
        clock = TS_MAX - 2 * SECOND - 1;
        assertEquals("created", label(pending(10, ALICE, BOB, 1, 2)));
        assertEquals(TS_MAX, ledger.nextExpiry());
        // One nanosecond later the same timeout is too long.
        assertEquals("overflows_timeout", label(pending(11, ALICE, BOB, 1, 2)));
        assertEquals("overflows_timeout", label(pending(11, ALICE, BOB, 1, -1)));
        assertEquals("created", label(pending(11, ALICE, BOB, 1, 1)));
    }

    @Test
    void shouldTakeTheGreatestTimeoutOfThirtyTwoBits()
    {
        assertEquals("created", label(pending(10, ALICE, BOB, 1, -1)));
        assertEquals(timestampOf(10) + 4_294_967_295L * SECOND, ledger.nextExpiry());
    }

    @Test
    void shouldMoveTheManualClock()
    {
        final ReferenceLedger fresh = new ReferenceLedger();
        final ReferenceClock manual = new ReferenceClock(fresh);
        assertEquals(2, fresh.takeTime(manual.clock(), 1));
        fresh.createAccounts(2, List.of(account(ALICE, 0)));
        fresh.createAccounts(fresh.takeTime(manual.clock(), 1), List.of(account(BOB, 0)));
        assertEquals(4, fresh.previousTimestamp());
        fresh.createTransfers(fresh.takeTime(manual.clock(), 1), List.of(pending(10, ALICE, BOB, 1, 1)));
        assertEquals(6, fresh.previousTimestamp());
        // From the latest timestamp, not from 0.
        assertEquals(List.of(), manual.advance(SECOND - 1));
        assertEquals(SECOND + 5, manual.clock());
        assertThrows(IllegalArgumentException.class, () -> manual.set(SECOND + 4));
        assertEquals(1, manual.set(SECOND + 6).size());
        assertEquals(SECOND + 7, fresh.previousTimestamp());
        assertThrows(IllegalArgumentException.class, () -> manual.set(SECOND + 6));
        assertEquals(0, manual.set(SECOND + 7).size());
        assertEquals(SECOND + 8, fresh.takeTime(manual.clock(), 0));
        assertEquals(SECOND + 9, fresh.takeTime(manual.clock(), 0));
    }

    @Test
    void shouldForgetTimeWithoutEntriesWhenRestarted()
    {
        create(pending(10, ALICE, BOB, 1, 1));
        final long entry = timestampOf(10);
        assertEquals(entry + 1, ledger.takeTime(clock, 0));
        ledger.createTransfers(ledger.takeTime(clock, 0), List.of());
        assertEquals(entry + 2, ledger.previousTimestamp());
        ledger.restart();
        assertEquals(entry, ledger.previousTimestamp());
        clock = entry + SECOND;
        assertEquals(List.of(10L), tick());
        assertEquals(clock + 2, ledger.takeTime(clock, 0));
        ledger.restart();
        assertEquals(clock + 1, ledger.previousTimestamp());
    }

    @Test
    void shouldForetellTheTimeOfARequest()
    {
        create(pending(10, ALICE, BOB, 1, 1), pending(11, ALICE, BOB, 1, 1));
        clock = timestampOf(11) + SECOND;
        final ReferenceLedger.TimeAhead ahead = ledger.timeAhead(clock, 3);
        assertEquals(clock + 6, ahead.batchTimestamp());
        assertEquals(List.of(id(10), id(11)), List.copyOf(ahead.releases().keySet()));
        assertEquals(0, ledger.expiries().size());
        assertEquals(clock + 6, ledger.takeTime(clock, 3));
    }

    // Section 9: balancing.

    @Test
    void shouldBalanceTheDebitAccount()
    {
        create(transfer(10, CAROL, ALICE, 100), pending(11, ALICE, BOB, 30, 0), pending(12, BOB, ALICE, 500, 0));
        // Credits 100, debits pending 30; pending credits of 500 count for nothing.
        assertEquals("created", label(transfer(20, ALICE, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
        assertEquals(id(70), ledger.lookupTransfer(id(20)).stored().amount());
        assertEquals("30+70/500+100", balance(ALICE));
        assertEquals("created", label(transfer(21, ALICE, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
        assertEquals(ZERO, ledger.lookupTransfer(id(21)).stored().amount());
    }

    @Test
    void shouldBalanceTheCreditAccount()
    {
        create(transfer(10, BOB, CAROL, 100), pending(11, ALICE, BOB, 30, 0), pending(12, BOB, ALICE, 500, 0));
        assertEquals("created", label(transfer(20, ALICE, BOB, id(69), TransferEvent.BALANCING_CREDIT)));
        assertEquals(id(69), ledger.lookupTransfer(id(20)).stored().amount());
        assertEquals("created", label(transfer(21, ALICE, BOB, id(2), TransferEvent.BALANCING_CREDIT)));
        assertEquals(id(1), ledger.lookupTransfer(id(21)).stored().amount());
    }

    @Test
    void shouldBalanceBothAccounts()
    {
        create(transfer(10, CAROL, ALICE, 100), transfer(11, BOB, CAROL, 40));
        final int both = TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT;
        assertEquals("created", label(transfer(20, ALICE, BOB, MAX, both | TransferEvent.PENDING)));
        assertEquals("40+0/0+100 0+40/40+0", balances(ALICE, BOB));
        assertEquals("created", label(post(21, 20)));
        assertEquals("0+40/0+100 0+40/0+40", balances(ALICE, BOB));
    }

    @Test
    void shouldHoldTheOtherAccountsLimitWithTheReducedAmount()
    {
        create(transfer(10, CAROL, ALICE, 10), transfer(11, CREDIT_LIMITED, BOB, 9));
        final TransferEvent event = transfer(20, ALICE, CREDIT_LIMITED, MAX, TransferEvent.BALANCING_DEBIT);
        assertEquals("exceeds_debits", label(event));
        create(transfer(12, CREDIT_LIMITED, BOB, 1));
        assertEquals("created", label(event.with((draft) -> draft.id = id(21))));
        assertEquals("0+10/0+10", balance(CREDIT_LIMITED));
        // A limit of its own can not be passed by the account that is balanced.
        create(transfer(13, BOB, DEBIT_LIMITED, 5));
        assertEquals("created", label(transfer(22, DEBIT_LIMITED, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
        assertEquals("0+5/0+5", balance(DEBIT_LIMITED));
    }

    @Test
    void shouldBalanceTheGreatestBalances()
    {
        final BigInteger nearMax = MAX.subtract(BigInteger.ONE);
        create(transfer(10, CAROL, ALICE, nearMax, 0));
        assertEquals("created", label(transfer(11, ALICE, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
        assertEquals("0+" + nearMax + "/0+" + nearMax, balance(ALICE));
    }

    @Test
    void shouldCheckClosedAccountsBeforeBalancingAndOverflowsAfterIt()
    {
        create(transfer(10, CAROL, ALICE, MAX, 0), transfer(11, ALICE, BOB, MAX.subtract(id(1)), 0));
        // Reduced to 1, it fits; as given it would not.
        assertEquals("created", label(transfer(12, ALICE, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
        create(closing(13, CAROL, ALICE, TransferEvent.CLOSING_CREDIT));
        assertEquals(
            "debit_account_already_closed", label(transfer(14, ALICE, BOB, MAX, TransferEvent.BALANCING_DEBIT)));
    }

    // Sections 5.2 and 11: overflows with pending amounts.

    @Test
    void shouldCheckOverflowsInTheOrderOfTheRules()
    {
        final BigInteger half = BigInteger.ONE.shiftLeft(127);
        final int pending = TransferEvent.PENDING;
        create(
            transfer(10, ALICE, BOB, half, pending),
            transfer(11, ALICE, BOB, half.subtract(id(1)), 0));
        // Alice and Bob have 2^127 pending and 2^127-1 posted: together all that there is.
        assertEquals("overflows_debits_pending", label(transfer(20, ALICE, BOB, half, pending)));
        assertEquals("overflows_credits_pending", label(transfer(20, CAROL, BOB, half, pending)));
        // One less fits the pending sum exactly, but neither posted sum nor the whole.
        final BigInteger fits = half.subtract(id(1));
        assertEquals("overflows_debits", label(transfer(20, ALICE, BOB, fits, pending)));
        assertEquals("overflows_credits", label(transfer(20, CAROL, BOB, fits, pending)));
        // A single-phase transfer is not compared with pending sums of their own.
        assertEquals("overflows_debits", label(transfer(20, ALICE, BOB, half, 0)));
        assertEquals("overflows_debits_posted", label(transfer(20, ALICE, BOB, half.add(id(1)), 0)));
        assertEquals("overflows_credits_posted", label(transfer(20, CAROL, BOB, half.add(id(1)), 0)));
        assertEquals("overflows_debits", label(transfer(20, ALICE, BOB, id(1), 0)));
        assertEquals("overflows_credits", label(transfer(20, CAROL, BOB, id(1), 0)));
        assertEquals("created", label(transfer(20, ALICE, BOB, ZERO, 0)));
    }

    @Test
    void shouldCheckPostedSumsOfPendingTransfersToo()
    {
        create(transfer(10, ALICE, BOB, MAX.subtract(id(5)), 0));
        assertEquals("overflows_debits_posted", label(transfer(20, ALICE, BOB, id(6), TransferEvent.PENDING)));
        assertEquals("overflows_credits_posted", label(transfer(20, CAROL, BOB, id(6), TransferEvent.PENDING)));
        assertEquals("created", label(transfer(20, ALICE, BOB, id(5), TransferEvent.PENDING)));
        assertEquals("created", label(post(21, 20)));
        assertEquals("0+" + MAX + "/0+0", balance(ALICE));
    }

    @Test
    void shouldCheckTheTimeoutAfterOverflowsAndBeforeLimits()
    {
        clock = TS_MAX - SECOND;
        create(transfer(10, BOB, ALICE, MAX, 0));
        assertEquals("overflows_debits_posted", label(pending(20, BOB, DEBIT_LIMITED, 1, 2)));
        assertEquals("overflows_timeout", label(pending(20, DEBIT_LIMITED, BOB, 1, 2)));
        assertEquals("exceeds_credits", label(pending(20, DEBIT_LIMITED, BOB, 1, 0)));
    }

    @Test
    void shouldGiveNoHeadroomForPendingAmountsOfTheOtherSide()
    {
        create(pending(10, ALICE, DEBIT_LIMITED, 10, 0), pending(11, CREDIT_LIMITED, BOB, 10, 0));
        assertEquals("exceeds_credits", label(transfer(20, DEBIT_LIMITED, BOB, 1)));
        assertEquals("exceeds_debits", label(transfer(21, ALICE, CREDIT_LIMITED, 1)));
        create(post(12, 10), post(13, 11));
        assertEquals("created", label(pending(22, DEBIT_LIMITED, BOB, 10, 0)));
        assertEquals("exceeds_credits", label(transfer(23, DEBIT_LIMITED, BOB, 1)));
        assertEquals("created", label(pending(24, ALICE, CREDIT_LIMITED, 10, 0)));
        assertEquals("exceeds_debits", label(transfer(25, ALICE, CREDIT_LIMITED, 1)));
        create(voids(26, 22));
        assertEquals("created", label(transfer(27, DEBIT_LIMITED, BOB, 10)));
    }

    // Section 10: closing and reopening.

    @Test
    void shouldCloseTheAccountsThatAreNamed()
    {
        assertEquals("closing_transfer_must_be_pending", label(transfer(9, ALICE, BOB, ZERO, 1 << 6)));
        create(closing(10, ALICE, BOB, TransferEvent.CLOSING_DEBIT));
        assertTrue(isClosed(ALICE));
        assertFalse(isClosed(BOB));
        assertEquals("debit_account_already_closed", label(transfer(20, ALICE, BOB, 1)));
        assertEquals("credit_account_already_closed", label(pending(21, BOB, ALICE, 1, 0)));
        assertEquals(
            "debit_account_already_closed", label(closing(22, ALICE, CAROL, TransferEvent.CLOSING_CREDIT)));
        assertFalse(isClosed(CAROL));
        // Its own account is closed, so it can never be posted.
        assertEquals("debit_account_already_closed", label(post(23, 10)));
        assertEquals("id_already_failed", label(voids(23, 10)));
        assertEquals("created", label(voids(24, 10)));
        assertFalse(isClosed(ALICE));
        assertEquals("created", label(transfer(25, ALICE, BOB, 1)));
    }

    @Test
    void shouldCloseAndReopenBothAccounts()
    {
        clock = 1_000;
        final int both = TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT;
        create(closing(10, ALICE, BOB, both).with((draft) ->
        {
            draft.amount = id(3);
            draft.timeout = 1;
        }));
        assertTrue(isClosed(ALICE));
        assertTrue(isClosed(BOB));
        assertEquals("debit_account_already_closed", label(post(11, 10)));
        clock = timestampOf(10) + SECOND;
        assertEquals(List.of(10L), tick());
        assertTrue(ledger.expiries().get(0).isDebitReopened());
        assertTrue(ledger.expiries().get(0).isCreditReopened());
        assertFalse(isClosed(ALICE));
        assertFalse(isClosed(BOB));
        assertEquals("0+0/0+0 0+0/0+0", balances(ALICE, BOB));
    }

    @Test
    void shouldVoidAndExpireOnClosedAccountsWithoutReopeningThem()
    {
        clock = 1_000;
        create(
            pending(10, ALICE, BOB, 5, 0),
            pending(11, ALICE, BOB, 7, 1),
            closing(12, ALICE, CAROL, TransferEvent.CLOSING_DEBIT));
        assertEquals("created", label(voids(20, 10)));
        assertEquals("7+0/0+0", balance(ALICE));
        clock = timestampOf(11) + SECOND;
        assertEquals(List.of(11L), tick());
        assertEquals("0+0/0+0", balance(ALICE));
        assertFalse(ledger.expiries().get(0).isDebitReopened());
        assertTrue(isClosed(ALICE));
    }

    @Test
    void shouldKeepAnAccountClosedThatWasCreatedSo()
    {
        create(account(20, AccountEvent.CLOSED));
        assertEquals("debit_account_already_closed", label(closing(30, 20, BOB, TransferEvent.CLOSING_DEBIT)));
        assertEquals("credit_account_already_closed", label(closing(31, BOB, 20, TransferEvent.CLOSING_CREDIT)));
        assertTrue(isClosed(20));
    }

    // Sections 6 and 7: poison and chains.

    @Test
    void shouldPoisonByAMissingPendingTransferAndByNoOtherRuleOfPosts()
    {
        create(pending(10, ALICE, BOB, 7, 0), voids(11, 10), pending(12, ALICE, BOB, 7, 0));
        for (final TransferEvent event : List.of(
            post(20, 10),
            post(20, 12, id(8)),
            voids(20, 12, id(6)),
            post(20, 11),
            post(20, 12).with((draft) -> draft.ledger = 9)))
        {
            assertFalse(label(event).equals("created"));
        }
        assertEquals("created", label(post(20, 12)));
        assertEquals("pending_transfer_not_found", label(post(21, 77)));
        create(pending(77, ALICE, BOB, 1, 0));
        assertEquals("id_already_failed", label(post(21, 77)));
        assertEquals("created", label(post(22, 77)));
    }

    @Test
    void shouldUndoAllOfAChain()
    {
        clock = 1_000;
        create(
            pending(10, ALICE, BOB, 5, 1),
            pending(11, ALICE, BOB, 7, 1),
            closing(12, CAROL, DEBIT_LIMITED, TransferEvent.CLOSING_DEBIT));
        final String before = balances(ALICE, BOB, CAROL);
        final long mark = ledger.greatestTransferTimestamp();
        final long nextExpiry = ledger.nextExpiry();
        assertEquals(
            "linked_event_failed linked_event_failed linked_event_failed linked_event_failed " +
            "linked_event_failed linked_event_failed pending_transfer_not_found",
            labels(
                linked(post(20, 10)),
                linked(voids(21, 11)),
                linked(pending(22, ALICE, BOB, 9, 1)),
                linked(post(23, 22)),
                linked(closing(24, ALICE, BOB, TransferEvent.CLOSING_CREDIT)),
                linked(voids(25, 12)),
                post(26, 99)));
        assertEquals(before, balances(ALICE, BOB, CAROL));
        assertEquals(mark, ledger.greatestTransferTimestamp());
        assertEquals(nextExpiry, ledger.nextExpiry());
        assertEquals(PendingState.PENDING, ledger.pendingState(id(10)));
        assertEquals(PendingState.PENDING, ledger.pendingState(id(11)));
        assertEquals(PendingState.NONE, ledger.pendingState(id(22)));
        assertEquals(List.of(id(10), id(11)), List.copyOf(ledger.dueNext()));
        assertFalse(isClosed(BOB));
        assertTrue(isClosed(CAROL));
        assertNull(ledger.lookupTransfer(id(22)));
        assertEquals(3, read(
            new ReferenceRead.GetChangeEvents(new ReferenceRead.ChangeEventsFilter(0, 0, 0, 100)),
            ReferenceReads.ChangeEvent.class).size());
        // The poison stays; the other ids are free.
        assertEquals("id_already_failed", label(transfer(26, ALICE, BOB, 1)));
        assertEquals("created created", labels(linked(post(20, 10)), voids(21, 11)));
        assertEquals("0+5/0+0", balance(ALICE));
        clock = 10 * SECOND;
        assertEquals(List.of(), tick());
    }

    @Test
    void shouldResolveWithinTheChainThatReserves()
    {
        assertEquals(
            "created created created created",
            labels(
                linked(pending(10, ALICE, BOB, 5, 1)), linked(post(11, 10, id(2))),
                linked(closing(12, ALICE, BOB, TransferEvent.CLOSING_DEBIT)), voids(13, 12)));
        assertEquals("0+2/0+0", balance(ALICE));
        assertFalse(isClosed(ALICE));
        assertEquals(0, ledger.nextExpiry());
    }

    @Test
    void shouldBreakAChainByARepeatThoughTheEndIsOpen()
    {
        create(pending(10, ALICE, BOB, 5, 0));
        assertEquals(
            "linked_event_failed exists linked_event_chain_open",
            labels(
                linked(transfer(11, ALICE, BOB, 1)), linked(transfer(11, ALICE, BOB, 1)), linked(post(13, 10))));
        assertEquals(PendingState.PENDING, ledger.pendingState(id(10)));
    }

    // Section 12: imports.

    @Test
    void shouldImportPendingTransfersWithoutTimeoutOnly()
    {
        clock = 10_000;
        final long mark = ledger.greatestTransferTimestamp();
        assertEquals(0, mark);
        assertEquals(
            "imported_event_timeout_must_be_zero", label(imported(pending(10, ALICE, BOB, 5, 1), 100)));
        assertEquals("created", label(imported(pending(10, ALICE, BOB, 5, 0), 100)));
        assertEquals("imported_event_timestamp_must_not_regress", label(imported(voids(11, 10), 100)));
        assertEquals("created", label(imported(voids(11, 10), 101)));
        assertEquals("imported_event_timestamp_must_not_advance", label(imported(post(12, 10), 20_000)));
        assertEquals("exists", label(imported(voids(11, 10), 5)));
    }

    @Test
    void shouldRefuseToImportAtTheTimestampOfAnExpiry()
    {
        clock = 1_000;
        create(pending(10, ALICE, BOB, 5, 1), pending(11, ALICE, BOB, 5, 0));
        clock = timestampOf(10) + SECOND;
        assertEquals(List.of(10L), tick());
        final long expired = ledger.expiries().get(0).timestamp();
        clock += 1_000;
        final String regress = "imported_event_timestamp_must_not_regress";
        assertEquals(regress, label(imported(account(20, 0), expired)));
        assertEquals(regress, label(imported(transfer(21, ALICE, BOB, 1), expired)));
        assertEquals(regress, label(imported(post(22, 11), expired)));
        // Earlier than the expiry, which is no transfer and moves no mark.
        assertEquals("created", label(imported(account(20, 0), expired - 1)));
        assertEquals(regress, label(imported(transfer(21, ALICE, BOB, 1), expired - 1)));
        assertEquals("created", label(imported(transfer(21, ALICE, BOB, 1), expired - 2)));
        assertEquals("created", label(imported(post(22, 11), expired + 1)));
    }

    @Test
    void shouldJudgeTheDeadlineOfAnImportedPostByItsSlot()
    {
        clock = 1_000;
        create(pending(10, ALICE, BOB, 5, 1));
        final long deadline = timestampOf(10) + SECOND;
        clock = deadline - 1;
        assertEquals("pending_transfer_expired", label(imported(post(11, 10), 2_000)));
    }

    // Section 18.1: numbers in the ledger.

    @Test
    void shouldNumberAPostInTheLedgerOfItsPendingTransfer()
    {
        final long before = ledger.ledgerSequence(1);
        assertEquals(before + 1, create(pending(10, ALICE, BOB, 5, 0)).get(0).ledgerSequence());
        // Ledger 0 is given; refused, and created.
        assertEquals(before + 2, create(post(20, 10, id(6))).get(0).ledgerSequence());
        assertEquals(before + 3, create(post(20, 10)).get(0).ledgerSequence());
        // The other ledger is given.
        assertEquals(before + 4, create(post(21, 10).with((draft) -> draft.ledger = 2)).get(0).ledgerSequence());
        // No pending transfer is found: the ledger given counts.
        assertEquals(0, create(post(22, 99)).get(0).ledgerSequence());
        assertEquals(2, create(post(23, 99).with((draft) -> draft.ledger = 2)).get(0).ledgerSequence());
        assertEquals(0, create(post(24, 24)).get(0).ledgerSequence());
        // In a failed chain: found in the chain itself; not looked for once it is broken.
        final List<Result> failed = create(
            linked(pending(30, ALICE, BOB, 5, 0)), linked(post(31, 30)), linked(post(32, 99)), post(33, 10));
        assertEquals(
            List.of(before + 5, before + 6, 0L, 0L), failed.stream().map(Result::ledgerSequence).toList());
    }

    @Test
    void shouldNumberDefinitionsLikeEntriesOfTheirLedger()
    {
        final long sequence = ledger.nextSequence();
        final List<Result> results = ledger.defineLedgers(ledger.takeTime(clock, 3), List.of(
            new ReferenceLedger.LedgerDefinition(1, "EUR", 2),
            new ReferenceLedger.LedgerDefinition(9, "JPY", 0),
            new ReferenceLedger.LedgerDefinition(1, "EUR", 3)));
        assertEquals(
            List.of(
                new Result(ReferenceLedger.DefinitionStatus.CREATED, 9, sequence, 6, 0),
                new Result(ReferenceLedger.DefinitionStatus.CREATED, 10, sequence + 1, 0, 0),
                new Result(ReferenceLedger.DefinitionStatus.CREATED, 11, sequence + 2, 7, 0)),
            results);
        assertEquals(3, ledger.definition(1).scale());
        assertEquals("JPY", ledger.definition(9).assetCode());
        assertNull(ledger.definition(2));
        assertEquals(0, ledger.ledgerSequence(9));
    }
}
