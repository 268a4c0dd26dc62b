package io.seriatim.ledger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS;
import static io.seriatim.ledger.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS;
import static io.seriatim.ledger.LedgerFixture.SECOND_NS;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static io.seriatim.ledger.TransferFlags.BALANCING_CREDIT;
import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_DEBIT;
import static io.seriatim.ledger.TransferOutcome.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is easy to get wrong, point by point: SEMANTICS, section 19, as far as it concerns the state machine. */
class EasyToGetWrongTest
{
    private static final long BANK = 1;
    private static final long ALICE = 2;
    private static final long BOB = 3;
    private static final long DEBIT_CAPPED = 4;
    private static final long CREDIT_CAPPED = 5;
    private static final long CLOSED = 6;
    private static final long MISSING = 99;

    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();

    @BeforeEach
    void openAccounts()
    {
        openAccounts(ledger);
    }

    private static void openAccounts(final LedgerFixture ledger)
    {
        ledger.with(
            account(BANK), account(ALICE), account(BOB),
            account(DEBIT_CAPPED).flag(DEBITS_MUST_NOT_EXCEED_CREDITS),
            account(CREDIT_CAPPED).flag(CREDITS_MUST_NOT_EXCEED_DEBITS),
            account(CLOSED).flag(AccountFlags.CLOSED));
    }

    /** Exactly seven transient outcomes spend the id for good. */
    @Nested
    class SpentIds
    {
        @Test
        void shouldSpendTheIdOnExactlySevenOutcomes()
        {
            final Map<TransferOutcome, TransferDraft> refused = new EnumMap<>(TransferOutcome.class);
            refused.put(DEBIT_ACCOUNT_NOT_FOUND, transfer(10, MISSING, ALICE, 1));
            refused.put(CREDIT_ACCOUNT_NOT_FOUND, transfer(11, BANK, MISSING, 1));
            refused.put(PENDING_TRANSFER_NOT_FOUND, postOf(12, MISSING));
            refused.put(EXCEEDS_CREDITS, transfer(13, DEBIT_CAPPED, ALICE, 1));
            refused.put(EXCEEDS_DEBITS, transfer(14, BANK, CREDIT_CAPPED, 1));
            refused.put(DEBIT_ACCOUNT_ALREADY_CLOSED, transfer(15, CLOSED, ALICE, 1));
            refused.put(CREDIT_ACCOUNT_ALREADY_CLOSED, transfer(16, BANK, CLOSED, 1));
            final EnumSet<TransferOutcome> transients = EnumSet.noneOf(TransferOutcome.class);
            for (final TransferOutcome outcome : TransferOutcome.values())
            {
                if (outcome.isTransient())
                {
                    transients.add(outcome);
                }
            }
            assertEquals(refused.keySet(), transients);
            refused.forEach((outcome, draft) -> assertEquals(outcome, ledger.send(draft)));
            for (int id = 10; id <= 16; id++)
            {
                assertEquals(ID_ALREADY_FAILED, ledger.send(transfer(id, BANK, ALICE, 1)));
                assertFalse(ledger.isStored(id), "a spent id is no transfer");
            }
        }

        @Test
        void shouldNotSpendTheIdOnARefusalThatStays()
        {
            ledger.with(pending(1, BANK, ALICE, 5), voidOf(2, 1), transfer(3, BANK, ALICE, 1));
            final List<TransferDraft> refused = List.of(
                transfer(10, BANK, ALICE, 1).ledger(978), transfer(10, BANK, ALICE, 1).flag(1 << 12),
                postOf(10, 1).flag(CLOSING_DEBIT), postOf(10, 1), postOf(10, 3), transfer(10, BANK, BANK, 1),
                transfer(10, BANK, ALICE, 0).amount(-1, -1), transfer(10, BANK, ALICE, 1).linked());
            final List<TransferOutcome> outcomes = new ArrayList<>();
            refused.forEach(draft -> outcomes.add(ledger.send(draft)));
            assertEquals(
                List.of(
                    TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, RESERVED_FLAG, FLAGS_ARE_MUTUALLY_EXCLUSIVE,
                    PENDING_TRANSFER_ALREADY_VOIDED, PENDING_TRANSFER_NOT_PENDING, ACCOUNTS_MUST_BE_DIFFERENT,
                    OVERFLOWS_DEBITS_POSTED, LINKED_EVENT_CHAIN_OPEN),
                outcomes);
            assertEquals(CREATED, ledger.send(transfer(10, BANK, ALICE, 1)));
        }

        @Test
        void shouldNotSpendTheIdOnAnExpiredPendingTransfer()
        {
            ledger.with(pending(1, BANK, ALICE, 5).timeout(1)).expireNext();
            assertEquals(PENDING_TRANSFER_EXPIRED, ledger.send(postOf(10, 1)));
            assertEquals(CREATED, ledger.send(transfer(10, BANK, ALICE, 1)));
        }

        @Test
        void shouldRefuseASpentIdWhateverComesWithItButAfterTheChecksOfFlagsAndId()
        {
            ledger.send(transfer(10, MISSING, ALICE, 1));
            assertEquals(ID_ALREADY_FAILED, ledger.send(transfer(10, 0, 0, 1).ledger(0).code(0)));
            assertEquals(ID_ALREADY_FAILED, ledger.send(postOf(10, 0).flag(CLOSING_DEBIT)));
            assertEquals(RESERVED_FLAG, ledger.send(transfer(10, BANK, ALICE, 1).flag(1 << 15)));
            assertEquals(TIMESTAMP_MUST_BE_ZERO, ledger.send(transfer(10, BANK, ALICE, 1).timestampNs(1)));
        }

        @Test
        void shouldSpendTheIdForGoodAlsoWhenTheChainIsRolledBack()
        {
            final List<TransferOutcome> outcomes = ledger.sendAll(
                transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, MISSING, 1).linked(),
                transfer(12, BANK, ALICE, 1));
            assertEquals(List.of(LINKED_EVENT_FAILED, CREDIT_ACCOUNT_NOT_FOUND, LINKED_EVENT_FAILED), outcomes);
            assertEquals(CREATED, ledger.send(transfer(10, BANK, ALICE, 1)));
            assertEquals(ID_ALREADY_FAILED, ledger.send(transfer(11, BANK, ALICE, 1)));
            assertEquals(CREATED, ledger.send(transfer(12, BANK, ALICE, 1)));
        }

        @Test
        void shouldSpendTheIdForGoodAlsoAcrossAReplay()
        {
            ledger.sendAll(transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, MISSING, 1));
            ledger.send(postOf(12, MISSING));
            try (LedgerStateMachine again = ledger.replayed())
            {
                assertEquals(2, again.transferIdCount());
                again.startTransfers(ledger.nowNs() + 3, 3);
                for (int id = 10; id <= 12; id++)
                {
                    again.createTransfer(transfer(id, BANK, ALICE, 1).command(), 0);
                }
                assertEquals(CREATED.code(), again.results().outcome(0));
                assertEquals(ID_ALREADY_FAILED.code(), again.results().outcome(1));
                assertEquals(ID_ALREADY_FAILED.code(), again.results().outcome(2));
                assertEquals(8, again.results().firstSequence(1));
            }
        }

        @Test
        void shouldNeverSpendTheIdOfAnAccount()
        {
            assertEquals(AccountOutcome.CODE_MUST_NOT_BE_ZERO, ledger.create(account(10).code(0)));
            assertEquals(AccountOutcome.LINKED_EVENT_CHAIN_OPEN, ledger.create(account(10).linked()));
            assertEquals(AccountOutcome.CREATED, ledger.create(account(10)));
        }

        @Test
        void shouldNotFindAPendingTransferUnderASpentId()
        {
            ledger.send(pending(10, BANK, MISSING, 1));
            assertEquals(PENDING_TRANSFER_NOT_FOUND, ledger.send(postOf(11, 10)));
            assertEquals(ID_ALREADY_FAILED, ledger.send(postOf(11, 10)));
        }
    }

    /** {@code exists} breaks a chain, and an open one ends as such, broken or not. */
    @Nested
    class Chains
    {
        @Test
        void shouldBreakAChainByAnEventThatExists()
        {
            final Supplier<TransferDraft[]> chain = () -> new TransferDraft[]{
                transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1)};
            assertEquals(List.of(CREATED, CREATED), ledger.sendAll(chain.get()));
            assertEquals(List.of(EXISTS, LINKED_EVENT_FAILED), ledger.sendAll(chain.get()));
        }

        @Test
        void shouldBreakAChainByAnAccountThatExists()
        {
            assertEquals(
                List.of(AccountOutcome.LINKED_EVENT_FAILED, AccountOutcome.EXISTS),
                ledger.createAll(account(10).linked(), account(ALICE)));
            assertEquals(AccountOutcome.CREATED, ledger.create(account(10)));
        }

        @Test
        void shouldBreakAChainByAMemberThatRepeatsAnEarlierOneAndFreeItsId()
        {
            final List<TransferOutcome> outcomes = ledger.sendAll(
                transfer(10, BANK, ALICE, 1).linked(), transfer(10, BANK, ALICE, 1).linked(),
                transfer(11, BANK, ALICE, 1));
            assertEquals(List.of(LINKED_EVENT_FAILED, EXISTS, LINKED_EVENT_FAILED), outcomes);
            final BatchResults results = ledger.stateMachine().results();
            assertEquals(results.timestampNs(0), results.timestampNs(1), "that of the one that was rolled back");
            assertEquals(CREATED, ledger.send(transfer(10, BANK, ALICE, 2)));
        }

        @Test
        void shouldSayChainOpenToTheLastEventOfABrokenChain()
        {
            assertEquals(
                List.of(CODE_MUST_NOT_BE_ZERO, LINKED_EVENT_FAILED, LINKED_EVENT_CHAIN_OPEN),
                ledger.sendAll(
                    transfer(10, BANK, ALICE, 1).code(0).linked(), transfer(11, BANK, ALICE, 1).linked(),
                    transfer(12, BANK, ALICE, 1).linked()));
            assertEquals(
                List.of(
                    AccountOutcome.CODE_MUST_NOT_BE_ZERO, AccountOutcome.LINKED_EVENT_FAILED,
                    AccountOutcome.LINKED_EVENT_CHAIN_OPEN),
                ledger.createAll(account(10).code(0).linked(), account(11).linked(), account(12).linked()));
        }

        @Test
        void shouldRollBackAChainThatIsStillOpenAtTheEndOfTheBatch()
        {
            assertEquals(
                List.of(LINKED_EVENT_FAILED, LINKED_EVENT_CHAIN_OPEN),
                ledger.sendAll(transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1).linked()));
            assertFalse(ledger.isStored(10));
            assertEquals("0/0 0/0", ledger.balance(ALICE));
            assertFalse(ledger.stateMachine().isGroupOpen());
        }

        @Test
        void shouldBeginAnewBehindABrokenChain()
        {
            assertEquals(
                List.of(LINKED_EVENT_FAILED, CODE_MUST_NOT_BE_ZERO, CREATED, CREATED, CREATED),
                ledger.sendAll(
                    transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1).code(0),
                    transfer(12, BANK, ALICE, 1).linked(), transfer(13, BANK, ALICE, 1),
                    transfer(14, BANK, ALICE, 1)));
        }

        @Test
        void shouldShowTheMembersOfAChainWhatTheEarlierOnesDid()
        {
            assertEquals(
                List.of(CREATED, CREATED, CREATED, CREATED),
                ledger.sendAll(
                    transfer(10, BANK, DEBIT_CAPPED, 5).linked(), pending(11, DEBIT_CAPPED, ALICE, 5).linked(),
                    postOf(12, 11).amount(4).linked(), transfer(13, DEBIT_CAPPED, BOB, 1)));
            assertEquals("0/5 0/5", ledger.balance(DEBIT_CAPPED));
        }

        @Test
        void shouldKeepTheTimestampOfAnEventThatIsRewrittenAsFailed()
        {
            final long bookedNs = ledger.nowNs() + 10;
            ledger.at(2, bookedNs + 20).sendAll(
                transfer(10, BANK, ALICE, 1).imported(bookedNs).linked(),
                transfer(11, BANK, ALICE, 1).code(0).imported(bookedNs + 1));
            final BatchResults results = ledger.stateMachine().results();
            assertEquals(LINKED_EVENT_FAILED.code(), results.outcome(0));
            assertEquals(bookedNs, results.timestampNs(0), "its own, as it is imported");
            assertEquals(bookedNs + 20, results.timestampNs(1), "the slot");
        }
    }

    /** A repeated id is compared bit by bit and field by field. */
    @Nested
    class Repeats
    {
        @Test
        void shouldCompareAllFlagBitsOfAnAccountLinkedAndImportedIncluded()
        {
            assertEquals(
                List.of(AccountOutcome.CREATED, AccountOutcome.CREATED),
                ledger.createAll(account(10).linked(), account(11)));
            assertEquals(AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, ledger.create(account(10)));
            assertEquals(AccountOutcome.EXISTS, ledger.createAll(account(10).linked(), account(12)).get(0));

            final long bookedNs = ledger.nowNs() + 10;
            ledger.at(bookedNs + 10).with(account(13).imported(bookedNs));
            assertEquals(AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, ledger.create(account(13)));
            assertEquals(AccountOutcome.EXISTS, ledger.create(account(13).imported(bookedNs)));
        }

        @Test
        void shouldCompareTheClosedBitThatTheAccountHasNow()
        {
            ledger.with(pending(10, ALICE, BANK, 0).flag(CLOSING_DEBIT));
            assertEquals(AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, ledger.create(account(ALICE)));
            assertEquals(AccountOutcome.EXISTS, ledger.create(account(ALICE).flag(AccountFlags.CLOSED)));
            ledger.with(voidOf(11, 10));
            assertEquals(AccountOutcome.EXISTS, ledger.create(account(ALICE)));
            assertEquals(AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, ledger.create(account(CLOSED)));
        }

        @Test
        void shouldCompareAllFlagBitsOfATransferLinkedAndImportedIncluded()
        {
            ledger.sendAll(transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1));
            assertEquals(EXISTS_WITH_DIFFERENT_FLAGS, ledger.send(transfer(10, BANK, ALICE, 1)));
            assertEquals(
                EXISTS_WITH_DIFFERENT_FLAGS,
                ledger.sendAll(transfer(11, BANK, ALICE, 1).linked(), transfer(12, BANK, ALICE, 1)).get(0));
            final long bookedNs = ledger.nowNs() + 10;
            ledger.at(bookedNs + 10).with(transfer(13, BANK, ALICE, 1).imported(bookedNs));
            assertEquals(EXISTS_WITH_DIFFERENT_FLAGS, ledger.send(transfer(13, BANK, ALICE, 1)));
            assertEquals(
                EXISTS, ledger.send(transfer(13, BANK, ALICE, 1).imported(bookedNs - 5)),
                "the timestamp is not compared, as little as the regress rule is asked");
            assertEquals(bookedNs, ledger.stateMachine().results().timestampNs(0), "that of the original");
        }

        @Test
        void shouldAnswerExistsWhateverHasBecomeOfTheTransferAndItsAccounts()
        {
            ledger.with(
                transfer(9, BANK, ALICE, 1), pending(10, BANK, ALICE, 5).timeout(1), pending(11, BANK, ALICE, 5),
                postOf(12, 11), pending(13, BANK, ALICE, 0).flag(CLOSING_CREDIT));
            ledger.expireNext();
            assertEquals(EXISTS, ledger.send(transfer(9, BANK, ALICE, 1)));
            assertEquals(EXISTS, ledger.send(pending(10, BANK, ALICE, 5).timeout(1)));
            assertEquals(EXISTS, ledger.send(pending(11, BANK, ALICE, 5)));
            assertEquals(EXISTS, ledger.send(postOf(12, 11)));
            assertEquals(EXISTS, ledger.send(pending(13, BANK, ALICE, 0).flag(CLOSING_CREDIT)));
        }

        @Test
        void shouldTakeOnlyTheExactAmountOrTheMaximumAfterAFullPost()
        {
            ledger.with(pending(10, BANK, ALICE, 100), postOf(11, 10), pending(20, BANK, ALICE, 100))
                .with(postOf(21, 20).amount(60));
            assertEquals(EXISTS, ledger.send(postOf(11, 10)));
            assertEquals(EXISTS, ledger.send(postOf(11, 10).amount(100)));
            assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, ledger.send(postOf(11, 10).amount(101)));
            assertEquals(EXISTS, ledger.send(postOf(21, 20).amount(60)));
            assertEquals(EXISTS_WITH_DIFFERENT_AMOUNT, ledger.send(postOf(21, 20)));
        }

        @Test
        void shouldTakeALargerCeilingOfABalancingTransferThatMovedNothing()
        {
            ledger.with(transfer(10, ALICE, BANK, 5).flag(BALANCING_DEBIT));
            assertEquals(0, ledger.stored(10).amountLow());
            assertEquals(EXISTS, ledger.send(transfer(10, ALICE, BANK, 0).flag(BALANCING_DEBIT)));
            assertEquals(EXISTS, ledger.send(transfer(10, ALICE, BANK, 0).amount(-1, -1).flag(BALANCING_DEBIT)));
        }
    }

    /** Closed, then the amount is reduced, then sums, then the timeout, then limits. */
    @Nested
    class OrdinaryPath
    {
        @Test
        void shouldCheckSumsAndLimitsWithTheReducedAmount()
        {
            ledger.with(transfer(10, BANK, DEBIT_CAPPED, 5));
            assertEquals(
                CREATED, ledger.send(transfer(11, DEBIT_CAPPED, ALICE, 0).amount(-1, -1).flag(BALANCING_DEBIT)));
            assertEquals("0/5 0/5", ledger.balance(DEBIT_CAPPED));
        }

        @Test
        void shouldSayClosedBeforeTheAmountIsReduced()
        {
            assertEquals(
                DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(transfer(10, CLOSED, ALICE, 5).flag(BALANCING_DEBIT)));
        }

        @Test
        void shouldCheckPostedSumsForPendingTransfersToo()
        {
            ledger.with(transfer(10, BANK, ALICE, 1));
            assertEquals(OVERFLOWS_DEBITS_POSTED, ledger.send(pending(11, BANK, BOB, 0).amount(-1, -1)));
            assertEquals(OVERFLOWS_CREDITS_POSTED, ledger.send(pending(12, BOB, ALICE, 0).amount(-1, -1)));
        }

        @Test
        void shouldNotCheckPendingSumsForSinglePhaseTransfers()
        {
            ledger.with(pending(10, BANK, ALICE, 1));
            assertEquals(OVERFLOWS_DEBITS, ledger.send(transfer(11, BANK, BOB, 0).amount(-1, -1)));
            assertEquals(OVERFLOWS_CREDITS, ledger.send(transfer(12, BOB, ALICE, 0).amount(-1, -1)));
            assertEquals(OVERFLOWS_DEBITS_PENDING, ledger.send(pending(13, BANK, BOB, 0).amount(-1, -1)));
        }

        @Test
        void shouldSayTimeoutBeforeLimits()
        {
            ledger.at(Long.MAX_VALUE - SECOND_NS + 1);
            assertEquals(OVERFLOWS_TIMEOUT, ledger.send(pending(10, DEBIT_CAPPED, ALICE, 1).timeout(1)));
            assertEquals(EXCEEDS_CREDITS, ledger.send(pending(11, DEBIT_CAPPED, ALICE, 1)));
        }

        @Test
        void shouldRefuseATimeoutThatEndsOneAfterTheLastTimestamp()
        {
            ledger.at(Long.MAX_VALUE - SECOND_NS);
            assertEquals(CREATED, ledger.send(pending(10, BANK, ALICE, 1).timeout(1)));
            assertEquals(OVERFLOWS_TIMEOUT, ledger.send(pending(11, BANK, ALICE, 1).timeout(1)));
        }
    }

    /** What is pending on the other side is worth nothing. */
    @Nested
    class Headroom
    {
        @Test
        void shouldGiveALimitNoHeadroomForPendingAmountsOfTheOtherSide()
        {
            ledger.with(pending(10, BANK, DEBIT_CAPPED, 5), pending(11, CREDIT_CAPPED, BANK, 5));
            assertEquals(EXCEEDS_CREDITS, ledger.send(transfer(12, DEBIT_CAPPED, ALICE, 1)));
            assertEquals(EXCEEDS_DEBITS, ledger.send(transfer(13, ALICE, CREDIT_CAPPED, 1)));
        }

        @Test
        void shouldGiveABalancingTransferNoHeadroomForPendingAmountsOfTheOtherSide()
        {
            ledger.with(pending(10, BANK, ALICE, 5), transfer(11, ALICE, BOB, 9).flag(BALANCING_DEBIT));
            assertEquals(0, ledger.stored(11).amountLow());
            ledger.with(pending(12, BOB, BANK, 5), transfer(13, ALICE, BOB, 9).flag(BALANCING_CREDIT));
            assertEquals(0, ledger.stored(13).amountLow());
        }

        @Test
        void shouldCountPendingAmountsOfTheSameSideAsSpent()
        {
            ledger.with(
                transfer(10, BANK, ALICE, 10), pending(11, ALICE, BOB, 4),
                transfer(12, ALICE, BOB, 9).flag(BALANCING_DEBIT));
            assertEquals(6, ledger.stored(12).amountLow());
            ledger.with(
                transfer(20, CREDIT_CAPPED, BANK, 10), pending(21, BANK, CREDIT_CAPPED, 3),
                transfer(22, BANK, CREDIT_CAPPED, 99).flag(BALANCING_CREDIT));
            assertEquals(7, ledger.stored(22).amountLow());
        }

        @Test
        void shouldCountInBothHalvesOfTheNumbers()
        {
            ledger.with(
                transfer(10, BANK, ALICE, 0).amount(9, 1), pending(11, ALICE, BOB, 0).amount(4, 2),
                transfer(12, ALICE, BOB, 0).amount(-1, -1).flag(BALANCING_DEBIT));
            assertEquals(4, ledger.stored(12).amountHigh());
            assertEquals(-1, ledger.stored(12).amountLow());
            ledger.with(transfer(13, BANK, BOB, 0).amount(-1, -1).flag(BALANCING_CREDIT));
            assertEquals(0, ledger.stored(13).amountLow(), "nothing is owed");
            ledger.with(
                transfer(21, CREDIT_CAPPED, ALICE, 0).amount(9, 1), pending(22, BANK, CREDIT_CAPPED, 0).amount(4, 2),
                transfer(23, BANK, CREDIT_CAPPED, 0).amount(-1, -1).flag(BALANCING_CREDIT));
            assertEquals(4, ledger.stored(23).amountHigh());
            assertEquals(-1, ledger.stored(23).amountLow());
        }

        @Test
        void shouldCreateATransferThatIsBalancedDownToZero()
        {
            assertEquals(CREATED, ledger.send(transfer(10, ALICE, BOB, 9).flag(BALANCING_DEBIT)));
            assertEquals(CREATED, ledger.send(pending(11, ALICE, BOB, 9).flag(BALANCING_CREDIT)));
            assertEquals(0, ledger.stored(11).amountLow());
            assertEquals(PendingState.PENDING, ledger.state(11));
        }

        @Test
        void shouldCheckTheOtherAccountsLimitWithTheReducedAmount()
        {
            ledger.with(transfer(10, BANK, ALICE, 10), transfer(11, CREDIT_CAPPED, BANK, 9));
            assertEquals(
                EXCEEDS_DEBITS, ledger.send(transfer(12, ALICE, CREDIT_CAPPED, 99).flag(BALANCING_DEBIT)), "10 > 9");
            assertEquals(
                CREATED,
                ledger.send(transfer(13, ALICE, CREDIT_CAPPED, 99).flag(BALANCING_DEBIT).flag(BALANCING_CREDIT)));
            assertEquals(9, ledger.stored(13).amountLow());
        }

        @Test
        void shouldBalanceUpToTheGreatestBalanceWithoutOverflow()
        {
            ledger.with(
                transfer(10, BANK, ALICE, 0).amount(-1, -2),
                transfer(11, ALICE, BOB, 0).amount(-1, -1).flag(BALANCING_DEBIT));
            assertEquals(-1, ledger.stored(11).amountHigh());
            assertEquals(-2, ledger.stored(11).amountLow());
            ledger.with(transfer(12, ALICE, BOB, 0).amount(-1, -1).flag(BALANCING_DEBIT));
            assertEquals(0, ledger.stored(12).amountLow());
        }
    }

    /** The maximum of a post and the zero of a void. */
    @Nested
    class PostsAndVoids
    {
        @Test
        void shouldPostTheWholePendingAmountForTheMaximum()
        {
            ledger.with(pending(10, BANK, ALICE, 100), postOf(11, 10).amount(-1, -1));
            assertEquals("0/0 0/100", ledger.balance(ALICE));
            assertEquals(100, ledger.stored(11).amountLow());
        }

        @Test
        void shouldPostNothingForZeroAndReleaseAll()
        {
            ledger.with(pending(10, BANK, ALICE, 100), postOf(11, 10).amount(0));
            assertEquals("0/0 0/0", ledger.balance(ALICE));
            assertEquals(PendingState.POSTED, ledger.state(10));
        }

        @Test
        void shouldVoidAllForZeroAndNothingLess()
        {
            ledger.with(pending(10, BANK, ALICE, 100));
            assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, ledger.send(voidOf(11, 10).amount(99)));
            assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, ledger.send(voidOf(11, 10).amount(1)));
            assertEquals(CREATED, ledger.send(voidOf(11, 10).amount(0)));
            assertEquals(100, ledger.stored(11).amountLow());
        }
    }

    /** What a closed account still takes. */
    @Nested
    class ClosedAccounts
    {
        @Test
        void shouldRefuseAPostAndTakeAVoidAndAnExpiryOnAClosedAccount()
        {
            ledger.with(
                pending(10, BANK, ALICE, 1), pending(11, BANK, ALICE, 2), pending(12, BANK, ALICE, 4).timeout(1),
                pending(13, BOB, ALICE, 0).flag(CLOSING_CREDIT));
            assertEquals(CREDIT_ACCOUNT_ALREADY_CLOSED, ledger.send(postOf(20, 10)));
            assertEquals(CREATED, ledger.send(voidOf(21, 11)));
            assertEquals(12, ledger.expireNext().pendingIdLow());
            assertEquals("0/0 1/0", ledger.balance(ALICE));
            assertTrue(ledger.isClosed(ALICE), "it was none of these that had closed it");
        }

        @Test
        void shouldNeverPostAClosingTransfer()
        {
            ledger.with(
                pending(10, ALICE, BANK, 5).flag(CLOSING_DEBIT), pending(11, BANK, BOB, 5).flag(CLOSING_CREDIT));
            assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(postOf(20, 10)));
            assertEquals(CREDIT_ACCOUNT_ALREADY_CLOSED, ledger.send(postOf(21, 11)));
            assertEquals(ID_ALREADY_FAILED, ledger.send(postOf(20, 10)), "the id of the post is spent");
        }

        @Test
        void shouldOpenAnAccountWhenTheTransferThatClosedItIsVoidedOrExpires()
        {
            ledger.with(
                pending(10, ALICE, BANK, 0).flag(CLOSING_DEBIT),
                pending(11, BANK, BOB, 0).flag(CLOSING_CREDIT).timeout(1));
            assertTrue(ledger.isClosed(ALICE) && ledger.isClosed(BOB));
            ledger.with(voidOf(12, 10));
            assertFalse(ledger.isClosed(ALICE));
            ledger.expireNext();
            assertFalse(ledger.isClosed(BOB));
        }

        @Test
        void shouldRefuseAnotherClosingTransferOnAClosedAccount()
        {
            ledger.with(pending(10, ALICE, BANK, 0).flag(CLOSING_DEBIT));
            assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(pending(11, ALICE, BOB, 0).flag(CLOSING_DEBIT)));
        }

        @Test
        void shouldKeepAnAccountClosedThatWasCreatedClosed()
        {
            assertTrue(ledger.isClosed(CLOSED));
            assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(pending(10, CLOSED, BANK, 0)));
            assertEquals(CREDIT_ACCOUNT_ALREADY_CLOSED, ledger.send(transfer(11, BANK, CLOSED, 0)));
            assertEquals(
                CREDIT_ACCOUNT_ALREADY_CLOSED,
                ledger.send(pending(12, BANK, CLOSED, 0).flag(CLOSING_DEBIT).flag(CLOSING_CREDIT)));
            assertFalse(ledger.isClosed(BANK));
        }

        @Test
        void shouldCheckTheDebitAccountFirst()
        {
            ledger.with(
                pending(9, BANK, ALICE, 1), pending(10, BANK, ALICE, 0).flag(CLOSING_DEBIT).flag(CLOSING_CREDIT));
            assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(transfer(11, BANK, ALICE, 1)));
            assertEquals(DEBIT_ACCOUNT_ALREADY_CLOSED, ledger.send(postOf(12, 9)));
        }
    }

    /** Deadlines, to the nanosecond. */
    @Nested
    class Deadlines
    {
        @Test
        void shouldRefuseAPostOrVoidExactlyAtTheDeadlineBeforeItIsReleased()
        {
            ledger.with(pending(10, BANK, ALICE, 5).timeout(1));
            final long deadlineNs = ledger.nowNs() + SECOND_NS;
            assertEquals(
                List.of(PENDING_TRANSFER_EXPIRED, PENDING_TRANSFER_EXPIRED),
                ledger.at(2, deadlineNs + 1).sendAll(voidOf(11, 10), postOf(12, 10)));
            assertEquals(PendingState.PENDING, ledger.state(10), "a refusal releases nothing");
        }

        @Test
        void shouldTakeAPostOneBeforeTheDeadline()
        {
            ledger.with(pending(10, BANK, ALICE, 5).timeout(1));
            final long deadlineNs = ledger.nowNs() + SECOND_NS;
            assertEquals(
                List.of(CREATED, PENDING_TRANSFER_ALREADY_POSTED),
                ledger.at(2, deadlineNs).sendAll(postOf(11, 10), voidOf(12, 10)));
            assertEquals(Long.MAX_VALUE, ledger.stateMachine().nextExpiryNs());
        }

        @Test
        void shouldReleaseInTheOrderOfDeadlineThenTimestamp()
        {
            ledger.with(pending(10, BANK, ALICE, 1).timeout(3));
            ledger.at(4, ledger.nowNs() + SECOND_NS).sendAll(
                pending(11, BANK, ALICE, 1).timeout(2), pending(12, BANK, ALICE, 1).timeout(1),
                pending(13, BANK, ALICE, 1).timeout(2), pending(14, BANK, ALICE, 1).timeout(1));
            assertEquals(List.of(12L, 14L), ledger.waitUntil(ledger.nowNs() + SECOND_NS));
            assertEquals(List.of(11L, 13L, 10L), ledger.waitUntil(ledger.nowNs() + 2 * SECOND_NS));
        }

        @Test
        void shouldOrderEqualDeadlinesByTimestamp()
        {
            ledger.with(pending(10, BANK, ALICE, 1).timeout(2));
            final long firstNs = ledger.nowNs();
            ledger.at(firstNs + SECOND_NS).with(pending(9, BANK, ALICE, 1).timeout(1));
            assertEquals(List.of(10L, 9L), ledger.waitUntil(firstNs + 2 * SECOND_NS));
        }

        @Test
        void shouldCreateNoTransferAndSpendNoTimestampMarkOnARelease()
        {
            ledger.with(pending(10, BANK, ALICE, 1).timeout(1));
            final long createdNs = ledger.nowNs();
            ledger.expireNext();
            assertEquals(1, ledger.stateMachine().transferCount());
            assertEquals(
                CREATED, ledger.at(ledger.nowNs() + 10).send(transfer(11, BANK, ALICE, 1).imported(createdNs + 1)),
                "only transfers move the mark of transfers");
        }
    }

    /** Imports and their timestamps. */
    @Nested
    class Imports
    {
        @Test
        void shouldLetTheFirstEventDecideForTheBatchAlsoIfItIsRefused()
        {
            final long bookedNs = ledger.nowNs() + 10;
            assertEquals(
                List.of(CODE_MUST_NOT_BE_ZERO, IMPORTED_EVENT_EXPECTED, CREATED),
                ledger.at(3, bookedNs + 20).sendAll(
                    transfer(10, BANK, ALICE, 1).code(0).imported(bookedNs), transfer(11, BANK, ALICE, 1),
                    transfer(12, BANK, ALICE, 1).imported(bookedNs)));
            assertEquals(
                List.of(CODE_MUST_NOT_BE_ZERO, IMPORTED_EVENT_NOT_EXPECTED, CREATED),
                ledger.sendAll(
                    transfer(20, BANK, ALICE, 1).code(0), transfer(21, BANK, ALICE, 1).imported(bookedNs + 1),
                    transfer(22, BANK, ALICE, 1)));
        }

        @Test
        void shouldCompareWithTheBatchTimestampNotWithTheSlot()
        {
            final long batchNs = ledger.nowNs() + 100;
            assertEquals(
                List.of(CREATED, IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
                ledger.at(2, batchNs).sendAll(
                    transfer(10, BANK, ALICE, 1).imported(batchNs - 1),
                    transfer(11, BANK, ALICE, 1).imported(batchNs)));
        }

        @Test
        void shouldTakeATransferOnlyStrictlyAfterItsAccounts()
        {
            final long accountNs = ledger.nowNs() + 10;
            ledger.at(accountNs).with(account(10));
            ledger.at(accountNs + 10);
            assertEquals(
                IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT,
                ledger.send(transfer(10, 10, ALICE, 1).imported(accountNs - 1)));
            assertEquals(
                IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT,
                ledger.send(transfer(10, ALICE, 10, 1).imported(accountNs - 1)));
            assertEquals(CREATED, ledger.send(transfer(10, ALICE, 10, 1).imported(accountNs + 1)));
        }

        @Test
        void shouldTakeATransferBeforeTheNewestAccountIfThatIsNotItsOwn()
        {
            final long accountNs = ledger.nowNs() + 10;
            ledger.at(accountNs).with(account(10));
            ledger.at(accountNs + 10);
            assertEquals(CREATED, ledger.send(transfer(10, BANK, ALICE, 1).imported(accountNs - 1)));
        }

        @Test
        void shouldCheckTheRegressOfPostsAndVoidsToo()
        {
            ledger.with(pending(10, BANK, ALICE, 1), pending(11, BANK, ALICE, 1));
            final long greatestNs = ledger.nowNs();
            final long accountNs = greatestNs + 5;
            ledger.at(accountNs).with(account(12));
            ledger.at(accountNs + 10);
            assertEquals(IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, ledger.send(postOf(20, 10).imported(greatestNs)));
            assertEquals(IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, ledger.send(voidOf(21, 11).imported(greatestNs)));
            assertEquals(IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, ledger.send(voidOf(21, 11).imported(accountNs)));
            assertEquals(CREATED, ledger.send(postOf(20, 10).imported(greatestNs + 1)));
            assertEquals(CREATED, ledger.send(voidOf(21, 11).imported(greatestNs + 2)));
        }

        @Test
        void shouldNotAskAPostToPostdateItsAccounts()
        {
            final long accountNs = ledger.nowNs() + 100;
            final long importedNs = accountNs + 1;
            ledger.at(accountNs).with(account(10), account(11));
            ledger.at(accountNs + 10).with(pending(10, 10, BANK, 1).imported(importedNs + 1));
            assertEquals(CREATED, ledger.send(postOf(11, 10).imported(importedNs + 2)));
        }

        @Test
        void shouldCompareAccountsWithTransfersForEqualityOnly()
        {
            final long transferNs = ledger.nowNs() + 10;
            ledger.at(transferNs).with(transfer(10, BANK, ALICE, 1));
            ledger.at(transferNs + 10);
            assertEquals(
                AccountOutcome.CREATED, ledger.create(account(10).imported(transferNs - 1)), "before a transfer");
            assertEquals(
                AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
                ledger.create(account(11).imported(transferNs)));
        }

        @Test
        void shouldPutTheMarksBackWhenAChainFails()
        {
            final long bookedNs = ledger.nowNs() + 10;
            ledger.at(2, bookedNs + 100);
            assertEquals(
                List.of(LINKED_EVENT_FAILED, CODE_MUST_NOT_BE_ZERO),
                ledger.sendAll(
                    transfer(10, BANK, ALICE, 1).imported(bookedNs + 50).linked(),
                    transfer(11, BANK, ALICE, 1).imported(bookedNs + 51).code(0)));
            assertEquals(
                List.of(CREATED, CREATED),
                ledger.sendAll(
                    transfer(10, BANK, ALICE, 1).imported(bookedNs),
                    transfer(11, BANK, ALICE, 1).imported(bookedNs + 50)));
            assertEquals(
                List.of(AccountOutcome.LINKED_EVENT_FAILED, AccountOutcome.CODE_MUST_NOT_BE_ZERO),
                ledger.createAll(
                    account(10).imported(bookedNs + 60).linked(), account(11).imported(bookedNs + 61).code(0)));
            assertEquals(AccountOutcome.CREATED, ledger.create(account(10).imported(bookedNs + 5)));
        }

        @Test
        void shouldResolveAnImportedPendingTransferByAnOrdinaryPost()
        {
            final long bookedNs = ledger.nowNs() + 10;
            ledger.at(bookedNs + 10).with(pending(10, BANK, ALICE, 5).imported(bookedNs), postOf(11, 10));
            assertEquals("0/0 0/5", ledger.balance(ALICE));
            assertEquals(bookedNs, ledger.timestampOf(10));
        }
    }

    /** A chain that fails leaves nothing behind but spent ids and its numbers. */
    @Nested
    class Undo
    {
        @Test
        void shouldPutBackBalancesClosedBitsPendingStatesIdsTheQueueAndTheMarks()
        {
            ledger.with(
                transfer(1, BANK, ALICE, 50), pending(2, BANK, ALICE, 5).timeout(100), pending(3, BANK, ALICE, 7),
                pending(4, BOB, BANK, 0).flag(CLOSING_DEBIT).timeout(200));
            final List<String> before = state();

            final List<TransferOutcome> outcomes = ledger.sendAll(
                transfer(10, BANK, ALICE, 1).linked(),
                pending(11, BANK, ALICE, 2).timeout(1).linked(),
                postOf(12, 2).amount(3).linked(),
                voidOf(13, 3).linked(),
                voidOf(14, 4).linked(),
                postOf(15, 11).linked(),
                pending(16, BANK, ALICE, 0).flag(CLOSING_CREDIT).timeout(2).linked(),
                transfer(17, BOB, BANK, 4).flag(BALANCING_DEBIT).linked(),
                transfer(18, BANK, MISSING, 1));

            assertEquals(CREDIT_ACCOUNT_NOT_FOUND, outcomes.get(8));
            assertEquals(1, EnumSet.copyOf(outcomes.subList(0, 8)).size());
            assertEquals(LINKED_EVENT_FAILED, outcomes.get(0));
            assertEquals(before, state());
            for (int id = 10; id <= 17; id++)
            {
                assertFalse(ledger.isStored(id), "id=" + id);
                assertEquals(PendingState.NONE, ledger.state(id));
            }
            assertEquals(5, ledger.stateMachine().transferIdCount(), "four transfers, and one id that is spent");

            // And all of it can be done now.
            assertEquals(
                List.of(CREATED, CREATED, CREATED, CREATED),
                ledger.sendAll(
                    postOf(12, 2).amount(3), voidOf(13, 3), voidOf(14, 4),
                    pending(15, BANK, ALICE, 0).flag(CLOSING_CREDIT)));
        }

        @Test
        void shouldExpireWhatAFailedChainHadResolved()
        {
            ledger.with(pending(1, BANK, ALICE, 5).timeout(2), pending(2, BANK, ALICE, 6).timeout(1));
            ledger.sendAll(
                voidOf(10, 1).linked(), postOf(11, 2).linked(), pending(12, BANK, ALICE, 1).timeout(1).linked(),
                transfer(13, BANK, ALICE, 1).code(0));
            assertEquals("0/0 11/0", ledger.balance(ALICE));
            assertEquals(List.of(2L, 1L), ledger.waitUntil(ledger.nowNs() + 10 * SECOND_NS));
            assertEquals("0/0 0/0", ledger.balance(ALICE));
        }

        @Test
        void shouldLeaveTheStateAsIfTheFailedEventsHadMovedNothing()
        {
            ledger.with(pending(1, BANK, ALICE, 5).timeout(100));
            ledger.sendAll(
                postOf(10, 1).linked(), pending(11, BANK, ALICE, 5).timeout(7).linked(),
                transfer(12, BANK, ALICE, 1).code(0));
            try (LedgerFixture other = new LedgerFixture())
            {
                openAccounts(other);
                other.with(pending(1, BANK, ALICE, 5).timeout(100));
                other.sendAll(
                    postOf(10, 1).code(9), transfer(11, BANK, ALICE, 5).code(0), transfer(12, BANK, ALICE, 1).code(0));
                // Three numbers are spent in the ledger, here and there.
                assertArrayEquals(other.stateMachine().digest(), ledger.stateMachine().digest());
            }
        }

        @Test
        void shouldForgetTheAccountsAndTheLedgerThatAFailedChainAdded()
        {
            final int countBefore = ledger.stateMachine().accountCount();
            assertEquals(
                List.of(
                    AccountOutcome.LINKED_EVENT_FAILED, AccountOutcome.LINKED_EVENT_FAILED,
                    AccountOutcome.CODE_MUST_NOT_BE_ZERO),
                ledger.createAll(
                    account(10).ledger(978).linked(), account(11).ledger(203).linked(),
                    account(12).ledger(978).code(0)));
            assertEquals(0, ledger.ledgerSequenceOfLast(), "the ledger has no account after this entry");
            assertEquals(countBefore, ledger.stateMachine().accountCount());
            ledger.with(account(10).ledger(978));
            assertEquals(1, ledger.ledgerSequenceOfLast());
            assertEquals(DEBIT_ACCOUNT_NOT_FOUND, ledger.send(transfer(20, 11, BANK, 1)));
        }

        /** Whatever could have been left changed, as text. */
        private List<String> state()
        {
            return List.of(
                ledger.balance(BANK), ledger.balance(ALICE), ledger.balance(BOB),
                "closed: " + ledger.isClosed(ALICE) + " " + ledger.isClosed(BOB),
                "states: " + ledger.state(2) + " " + ledger.state(3) + " " + ledger.state(4),
                "next expiry: " + ledger.stateMachine().nextExpiryNs(),
                "transfers: " + ledger.stateMachine().transferCount());
        }
    }
}
