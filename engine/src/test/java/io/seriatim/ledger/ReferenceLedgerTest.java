package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static io.seriatim.ledger.ReferenceLedger.U128_MAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The reference against the specification: each rule at its exact bound and one past it. */
class ReferenceLedgerTest
{
    private static final BigInteger ONE = BigInteger.ONE;
    private static final int CASH = 1;
    private static final int EQUITY = 2;
    private static final int OTHER_LEDGER = 3;
    private static final int DEBIT_LIMITED = 4;
    private static final int CREDIT_LIMITED = 5;
    private static final int CLOSED = 6;

    private final ReferenceLedger ledger = new ReferenceLedger();

    // Section 4, accounts.

    @Test
    void shouldJudgeAccountsInTheOrderOfTheRules()
    {
        final Ladder<AccountEvent.Draft> ladder = new Ladder<>((changes) ->
        {
            final AccountEvent.Draft draft = new AccountEvent.Draft();
            changes.forEach((change) -> change.accept(draft));
            return account(draft.event());
        });
        ladder.start((draft) ->
        {
            draft.timestamp = 1;
            draft.reserved = 1;
            draft.flags = 0x8000 | AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS |
                AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS;
            draft.debitsPending = ONE;
            draft.debitsPosted = ONE;
            draft.creditsPending = ONE;
            draft.creditsPosted = ONE;
        });
        ladder.step("timestamp_must_be_zero", (draft) -> draft.timestamp = 0);
        ladder.step("reserved_field", (draft) -> draft.reserved = 0);
        ladder.step("reserved_flag", (draft) -> draft.flags &= 0x3F);
        ladder.step("id_must_not_be_zero", (draft) -> draft.id = U128_MAX);
        ladder.step("id_must_not_be_int_max", (draft) -> draft.id = U128_MAX.subtract(ONE));
        ladder.step(
            "flags_are_mutually_exclusive", (draft) -> draft.flags = AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS);
        ladder.step("debits_pending_must_be_zero", (draft) -> draft.debitsPending = BigInteger.ZERO);
        ladder.step("debits_posted_must_be_zero", (draft) -> draft.debitsPosted = BigInteger.ZERO);
        ladder.step("credits_pending_must_be_zero", (draft) -> draft.creditsPending = BigInteger.ZERO);
        ladder.step("credits_posted_must_be_zero", (draft) -> draft.creditsPosted = BigInteger.ZERO);
        ladder.step("ledger_must_not_be_zero", (draft) -> draft.ledger = -1);
        ladder.step("code_must_not_be_zero", (draft) -> draft.code = 1);
        ladder.end("created");
    }

    @Test
    void shouldCompareAnExistingAccountInTheOrderOfTheRules()
    {
        final AccountEvent original = account(7).with((draft) ->
        {
            draft.flags = AccountEvent.HISTORY;
            draft.userData128 = U128_MAX;
            draft.userData64 = -1;
            draft.userData32 = -1;
        });
        final Result created = account(original);
        final Ladder<AccountEvent.Draft> ladder = new Ladder<>((changes) ->
        {
            final AccountEvent.Draft draft = new AccountEvent.Draft();
            draft.id = original.id();
            changes.forEach((change) -> change.accept(draft));
            return account(draft.event());
        });
        ladder.start((draft) ->
        {
            // None of these is looked at once the id exists.
            draft.flags = AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS;
            draft.debitsPosted = ONE;
        });
        ladder.step("exists_with_different_flags", (draft) -> draft.flags = AccountEvent.HISTORY);
        ladder.step("exists_with_different_user_data_128", (draft) -> draft.userData128 = U128_MAX);
        ladder.step("exists_with_different_user_data_64", (draft) -> draft.userData64 = -1);
        ladder.step("exists_with_different_user_data_32", (draft) -> draft.userData32 = -1);
        ladder.step("exists_with_different_ledger", (draft) -> draft.ledger = original.ledger());
        ladder.step("exists_with_different_code", (draft) -> draft.code = original.code());
        final Result exists = ladder.end("exists");
        assertEquals(created.timestamp(), exists.timestamp());
        assertEquals(created.sequence(), exists.firstSequence());
        final Result different = account(original.with((draft) -> draft.code = 9));
        assertEquals(ledger.previousTimestamp(), different.timestamp());
        assertEquals(0, different.firstSequence());
    }

    @Test
    void shouldCompareEveryFlagOfAnExistingAccount()
    {
        account(account(7));
        for (final int flag : List.of(
            AccountEvent.HISTORY,
            AccountEvent.CLOSED,
            AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS,
            AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS))
        {
            assertEquals("exists_with_different_flags", account(account(7, flag)).label());
        }
        // Linked, in a chain that is not open.
        assertEquals(
            List.of("exists_with_different_flags", "linked_event_failed"),
            labels(accounts(account(7, AccountEvent.LINKED), account(8))));
        // Imported, in an import.
        assertEquals(
            "exists_with_different_flags", account(importedAccount(7, ledger.greatestAccountTimestamp())).label());
    }

    @Test
    void shouldRefuseEachReservedFlagOfAnAccount()
    {
        for (int bit = 0; bit < 16; bit++)
        {
            final int flag = 1 << bit;
            final String expected = switch (bit)
            {
                case 0 -> "linked_event_chain_open";
                case 4 -> "imported_event_timestamp_out_of_range";
                default -> bit < 6 ? "created" : "reserved_flag";
            };
            assertEquals(expected, account(account(100 + bit, flag)).label(), "bit=" + bit);
        }
    }

    @Test
    void shouldNumberAccountStatusesLikeTheSpecification()
    {
        final long[] codes =
        {
            2, 1, 22, 23, 3, 24, 25, 4, 5, 6, 7, 15, 16, 17, 18, 19, 20, 21, 8, 9, 10, 11, 12, 13, 14, 26, 4294967295L
        };
        assertEquals(
            Arrays.stream(codes).boxed().toList(),
            Arrays.stream(AccountStatus.values()).map(AccountStatus::code).toList());
    }

    // Section 5, transfers.

    @Test
    void shouldJudgeTransfersInTheOrderOfTheRules()
    {
        setUp();
        failTransiently(90);
        account(account(20, AccountEvent.CLOSED));
        final Ladder<TransferEvent.Draft> ladder = new Ladder<>((changes) ->
        {
            final TransferEvent.Draft draft = new TransferEvent.Draft();
            changes.forEach((change) -> change.accept(draft));
            return transfer(draft.event());
        });
        final int[] freshId = {1000};
        ladder.start((draft) ->
        {
            draft.timestamp = 1;
            draft.flags = 0x8000;
            draft.amount = U128_MAX;
            draft.pendingId = ONE;
            draft.timeout = 1;
        });
        ladder.step("timestamp_must_be_zero", (draft) -> draft.timestamp = 0);
        ladder.step("reserved_flag", (draft) -> draft.flags = 0);
        ladder.step("id_must_not_be_zero", (draft) -> draft.id = U128_MAX);
        ladder.step("id_must_not_be_int_max", (draft) -> draft.id = id(90));
        ladder.step("id_already_failed", (draft) -> draft.id = id(freshId[0]++));
        ladder.step("debit_account_id_must_not_be_zero", (draft) -> draft.debitAccountId = U128_MAX);
        ladder.step("debit_account_id_must_not_be_int_max", (draft) -> draft.debitAccountId = id(77));
        ladder.step("credit_account_id_must_not_be_zero", (draft) -> draft.creditAccountId = U128_MAX);
        ladder.step("credit_account_id_must_not_be_int_max", (draft) -> draft.creditAccountId = id(77));
        ladder.step("accounts_must_be_different", (draft) -> draft.creditAccountId = id(78));
        ladder.step("pending_id_must_be_zero", (draft) -> draft.pendingId = BigInteger.ZERO);
        ladder.step("timeout_reserved_for_pending_transfer", (draft) -> draft.timeout = 0);
        ladder.step("ledger_must_not_be_zero", (draft) -> draft.ledger = 99);
        ladder.step("code_must_not_be_zero", (draft) -> draft.code = 1);
        ladder.step("debit_account_not_found", (draft) ->
        {
            draft.id = id(1001);
            draft.debitAccountId = id(20);
        });
        ladder.step("credit_account_not_found", (draft) ->
        {
            draft.id = id(1002);
            draft.creditAccountId = id(OTHER_LEDGER);
        });
        ladder.step("accounts_must_have_the_same_ledger", (draft) -> draft.creditAccountId = id(CLOSED));
        ladder.step("transfer_must_have_the_same_ledger_as_accounts", (draft) -> draft.ledger = 1);
        ladder.step("debit_account_already_closed", (draft) ->
        {
            draft.id = id(1003);
            draft.debitAccountId = id(DEBIT_LIMITED);
        });
        ladder.step("credit_account_already_closed", (draft) ->
        {
            draft.id = id(1004);
            draft.creditAccountId = id(CREDIT_LIMITED);
        });
        // Both limited accounts have 10 on both sides, so the greatest amount overflows both.
        ladder.step("overflows_debits_posted", (draft) -> draft.amount = U128_MAX.subtract(id(10)));
        ladder.step("exceeds_credits", (draft) ->
        {
            draft.id = id(1005);
            draft.debitAccountId = id(CASH);
            draft.amount = ONE;
        });
        ladder.step("exceeds_debits", (draft) ->
        {
            draft.id = id(1006);
            draft.amount = BigInteger.ZERO;
        });
        ladder.end("created");
    }

    @Test
    void shouldCompareAnExistingTransferInTheOrderOfTheRules()
    {
        setUp();
        final TransferEvent original = transfer(50, CASH, EQUITY, 5).with((draft) ->
        {
            draft.userData128 = U128_MAX;
            draft.userData64 = -1;
            draft.userData32 = -1;
        });
        final Result created = transfer(original);
        assertEquals("created", created.label());

        // The comparison of flags needs the flag linked: other flags are refused before or are out of scope.
        assertEquals(
            List.of("exists_with_different_flags", "linked_event_failed"),
            labels(transfers(
                original.with((draft) ->
                {
                    draft.flags = TransferEvent.LINKED;
                    draft.pendingId = ONE;
                }),
                transfer(51, CASH, EQUITY, 1))));

        final Ladder<TransferEvent.Draft> ladder = new Ladder<>((changes) ->
        {
            final TransferEvent.Draft draft = new TransferEvent.Draft();
            draft.id = original.id();
            changes.forEach((change) -> change.accept(draft));
            return transfer(draft.event());
        });
        ladder.start((draft) ->
        {
            draft.pendingId = ONE;
            draft.timeout = 1;
        });
        ladder.step("exists_with_different_pending_id", (draft) -> draft.pendingId = BigInteger.ZERO);
        ladder.step("exists_with_different_timeout", (draft) -> draft.timeout = 0);
        ladder.step("exists_with_different_debit_account_id", (draft) -> draft.debitAccountId = id(CASH));
        ladder.step("exists_with_different_credit_account_id", (draft) -> draft.creditAccountId = id(EQUITY));
        ladder.step("exists_with_different_amount", (draft) -> draft.amount = id(5));
        ladder.step("exists_with_different_user_data_128", (draft) -> draft.userData128 = U128_MAX);
        ladder.step("exists_with_different_user_data_64", (draft) -> draft.userData64 = -1);
        ladder.step("exists_with_different_user_data_32", (draft) -> draft.userData32 = -1);
        ladder.step("exists_with_different_ledger", (draft) -> draft.ledger = original.ledger());
        ladder.step("exists_with_different_code", (draft) -> draft.code = original.code());
        final Result exists = ladder.end("exists");
        assertEquals(created.timestamp(), exists.timestamp());
        assertEquals(created.sequence(), exists.firstSequence());
    }

    @Test
    void shouldNumberTransferStatusesLikeTheSpecification()
    {
        final long[] codes =
        {
            2, 1, 56, 57, 3, 58, 59, 4, 5, 6,
            36, 40, 44, 37, 38, 39, 41, 42, 43, 67, 45, 46,
            68,
            8, 9, 10, 11, 12, 13, 17, 64, 19, 20, 21, 22, 23, 24, 60, 61, 62, 63, 65, 66,
            47, 48, 49, 50, 51, 52, 53, 54, 55,
            7, 14, 15, 16, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
            4294967295L
        };
        assertEquals(
            Arrays.stream(codes).boxed().toList(),
            Arrays.stream(TransferStatus.values()).map(TransferStatus::code).toList());
        assertEquals(7, Arrays.stream(TransferStatus.values()).filter(TransferStatus::isTransient).count());
    }

    @Test
    void shouldRefuseEachReservedFlagOfATransfer()
    {
        setUp();
        for (int bit = 9; bit < 16; bit++)
        {
            final int flag = 1 << bit;
            final TransferEvent event = transfer(100 + bit, CASH, EQUITY, 1).with((draft) -> draft.flags = flag);
            assertEquals("reserved_flag", transfer(event).label(), "bit=" + bit);
        }
    }

    @Test
    void shouldHoldTheDebitLimitToTheLastUnit()
    {
        setUp();
        transfer(transfer(50, CASH, DEBIT_LIMITED, 7));
        assertEquals("exceeds_credits", transfer(transfer(51, DEBIT_LIMITED, CASH, 8)).label());
        assertEquals("created", transfer(transfer(52, DEBIT_LIMITED, CASH, 7)).label());
        assertEquals("exceeds_credits", transfer(transfer(53, DEBIT_LIMITED, CASH, 1)).label());
        assertEquals("created", transfer(transfer(54, DEBIT_LIMITED, CASH, 0)).label());
        assertEquals("id_already_failed", transfer(transfer(51, DEBIT_LIMITED, CASH, 0)).label());
    }

    @Test
    void shouldHoldTheCreditLimitToTheLastUnit()
    {
        setUp();
        transfer(transfer(50, CREDIT_LIMITED, CASH, 7));
        assertEquals("exceeds_debits", transfer(transfer(51, CASH, CREDIT_LIMITED, 8)).label());
        assertEquals("created", transfer(transfer(52, CASH, CREDIT_LIMITED, 7)).label());
        assertEquals("exceeds_debits", transfer(transfer(53, CASH, CREDIT_LIMITED, 1)).label());
    }

    @Test
    void shouldLetPostedSumsGrowToTheGreatestNumberAndNoFurther()
    {
        setUp();
        final BigInteger room = U128_MAX.subtract(id(10));
        assertEquals("overflows_debits_posted", transfer(transfer(50, CASH, EQUITY, room.add(ONE))).label());
        assertEquals("created", transfer(transfer(50, CASH, EQUITY, room)).label());
        assertEquals("overflows_debits_posted", transfer(transfer(51, CASH, EQUITY, ONE)).label());
        assertEquals("created", transfer(transfer(51, CASH, EQUITY, BigInteger.ZERO)).label());

        // Account 41 has credits of 20, account 30 has nothing yet.
        account(account(30));
        final BigInteger creditRoom = U128_MAX.subtract(id(20));
        assertEquals("overflows_credits_posted", transfer(transfer(52, 30, 41, creditRoom.add(ONE))).label());
        assertEquals("created", transfer(transfer(52, 30, 41, creditRoom)).label());
        assertEquals("overflows_credits_posted", transfer(transfer(53, 30, 41, ONE)).label());
        assertEquals(U128_MAX, ledger.lookupAccount(id(CASH)).balances().debitsPosted());
        assertTrue(ledger.isBalanced());
    }

    // Section 6, poisoned ids.

    @Test
    void shouldPoisonTheIdOfATransientFailureForGood()
    {
        setUp();
        final Result refused = transfer(transfer(50, 77, CASH, 1));
        assertEquals("debit_account_not_found", refused.label());
        account(account(77));

        final Result again = transfer(transfer(50, 77, CASH, 1));
        assertEquals("id_already_failed", again.label());
        assertEquals(refused.sequence(), again.firstSequence());
        assertEquals(refused.sequence(), transfer(transfer(50, CASH, EQUITY, 2)).firstSequence());
        assertEquals("reserved_flag", transfer(transfer(50, 77, CASH, 1).with((d) -> d.flags = 0x200)).label());
        assertNull(ledger.lookupTransfer(id(50)));
    }

    @Test
    void shouldPoisonByEachTransientStatusAndByNoOther()
    {
        setUp();
        final BigInteger max = U128_MAX;
        assertPoisons(true, "debit_account_not_found", transfer(60, 77, CASH, 1));
        assertPoisons(true, "credit_account_not_found", transfer(61, CASH, 77, 1));
        assertPoisons(true, "debit_account_already_closed", transfer(62, CLOSED, CASH, 1));
        assertPoisons(true, "credit_account_already_closed", transfer(63, CASH, CLOSED, 1));
        assertPoisons(true, "exceeds_credits", transfer(64, DEBIT_LIMITED, CASH, 1));
        assertPoisons(true, "exceeds_debits", transfer(65, CASH, CREDIT_LIMITED, 1));
        assertPoisons(false, "overflows_debits_posted", transfer(66, CASH, EQUITY, max));
        assertPoisons(false, "accounts_must_have_the_same_ledger", transfer(67, CASH, OTHER_LEDGER, 1));
        assertPoisons(
            false,
            "transfer_must_have_the_same_ledger_as_accounts",
            transfer(68, CASH, EQUITY, 1).with((draft) -> draft.ledger = 2));
        assertPoisons(false, "code_must_not_be_zero", transfer(69, CASH, EQUITY, 1).with((draft) -> draft.code = 0));
        assertPoisons(false, "pending_id_must_be_zero", transfer(70, CASH, EQUITY, 1).with((d) -> d.pendingId = ONE));
        assertPoisons(false, "timestamp_must_be_zero", transfer(71, CASH, EQUITY, 1).with((d) -> d.timestamp = 1));
    }

    private void assertPoisons(final boolean isPoison, final String expected, final TransferEvent event)
    {
        assertEquals(expected, transfer(event).label());
        final TransferEvent corrected = transfer(event.id().intValue(), CASH, EQUITY, 1);
        assertEquals(isPoison ? "id_already_failed" : "created", transfer(corrected).label());
    }

    @Test
    void shouldNotPoisonAnAccountId()
    {
        assertEquals("code_must_not_be_zero", account(account(7).with((draft) -> draft.code = 0)).label());
        assertEquals("created", account(account(7)).label());
    }

    @Test
    void shouldKeepAccountsAndTransfersInTwoNamespaces()
    {
        setUp();
        assertEquals("created", transfer(transfer(CASH, CASH, EQUITY, 1)).label());
        assertEquals("created", transfer(transfer(900, CASH, EQUITY, 1)).label());
        assertEquals("created", account(account(900)).label());
    }

    // Section 7, chains.

    @Test
    void shouldUndoAChainWhereverItBreaks()
    {
        setUp();
        final long mark = ledger.greatestTransferTimestamp();
        final ReferenceLedger.Balances before = ledger.lookupAccount(id(CASH)).balances();
        for (int broken = 0; broken < 4; broken++)
        {
            final List<TransferEvent> chain = chain(500, 501, 502, 503);
            chain.set(broken, chain.get(broken).with((draft) -> draft.code = 0));
            final List<Result> results = transfers(chain);
            for (int i = 0; i < 4; i++)
            {
                final Result result = results.get(i);
                assertEquals(i == broken ? "code_must_not_be_zero" : "linked_event_failed", result.label());
                assertEquals(ledger.previousTimestamp() - 3 + i, result.timestamp());
                assertNull(ledger.lookupTransfer(id(500 + i)));
            }
            assertEquals(before, ledger.lookupAccount(id(CASH)).balances());
            assertEquals(mark, ledger.greatestTransferTimestamp());
        }
        assertEquals(
            List.of("created", "created", "created", "created"), labels(transfers(chain(500, 501, 502, 503))));
        assertEquals(before.debitsPosted().add(id(4)), ledger.lookupAccount(id(CASH)).balances().debitsPosted());
    }

    @Test
    void shouldUndoAChainOfAccounts()
    {
        assertEquals(
            List.of("linked_event_failed", "linked_event_failed", "code_must_not_be_zero", "created"),
            labels(accounts(
                account(7, AccountEvent.LINKED),
                account(8, AccountEvent.LINKED),
                account(9).with((draft) -> draft.code = 0),
                account(8))));
        assertNull(ledger.lookupAccount(id(7)));
        assertNotNull(ledger.lookupAccount(id(8)));
        assertEquals(1, ledger.accounts().size());
    }

    @Test
    void shouldLetAMemberSeeTheEffectsOfEarlierMembers()
    {
        setUp();
        assertEquals(
            List.of("created", "created"),
            labels(transfers(
                linked(transfer(50, CASH, DEBIT_LIMITED, 5)),
                transfer(51, DEBIT_LIMITED, CASH, 5))));
        assertEquals(
            List.of("linked_event_failed", "exceeds_credits"),
            labels(transfers(
                linked(transfer(52, CASH, DEBIT_LIMITED, 5)),
                transfer(53, DEBIT_LIMITED, CASH, 6))));
    }

    @Test
    void shouldKeepThePoisonOfAChainAndFreeItsOtherIds()
    {
        setUp();
        final List<Result> results = transfers(
            linked(transfer(50, CASH, EQUITY, 1)),
            linked(transfer(51, 77, EQUITY, 1)),
            transfer(52, CASH, EQUITY, 1),
            transfer(51, CASH, EQUITY, 1),
            transfer(50, CASH, EQUITY, 1),
            transfer(52, CASH, EQUITY, 1));
        assertEquals(
            List.of(
                "linked_event_failed", "debit_account_not_found", "linked_event_failed",
                "id_already_failed", "created", "created"),
            labels(results));
        assertEquals(results.get(1).sequence(), results.get(3).firstSequence());
        assertEquals("id_already_failed", transfer(transfer(51, CASH, EQUITY, 1)).label());
    }

    @Test
    void shouldBreakAChainByARepeatOfAnEarlierMember()
    {
        setUp();
        final TransferEvent first = linked(transfer(50, CASH, EQUITY, 1));
        final List<Result> results = transfers(first, first, transfer(51, CASH, EQUITY, 1));
        assertEquals(List.of("linked_event_failed", "exists", "linked_event_failed"), labels(results));
        assertEquals(results.get(0).timestamp(), results.get(1).timestamp());
        assertEquals(results.get(0).sequence(), results.get(1).firstSequence());
        assertEquals("created", transfer(transfer(50, CASH, EQUITY, 9)).label());
    }

    @Test
    void shouldBreakAChainThatIsSentAgainWhole()
    {
        setUp();
        final List<TransferEvent> chain = chain(50, 51, 52);
        final List<Result> created = transfers(chain);
        final List<Result> again = transfers(chain);
        assertEquals(List.of("exists", "linked_event_failed", "linked_event_failed"), labels(again));
        assertEquals(created.get(0).sequence(), again.get(0).firstSequence());
        assertEquals(0, again.get(1).firstSequence());
        assertNotNull(ledger.lookupTransfer(id(51)));
    }

    @Test
    void shouldRefuseAChainLeftOpen()
    {
        setUp();
        assertEquals("linked_event_chain_open", transfer(linked(transfer(50, CASH, EQUITY, 1))).label());
        assertEquals(
            List.of("created", "linked_event_failed", "linked_event_failed", "linked_event_chain_open"),
            labels(transfers(
                transfer(49, CASH, EQUITY, 1),
                linked(transfer(50, CASH, EQUITY, 1)),
                linked(transfer(51, CASH, EQUITY, 1)),
                linked(transfer(52, CASH, EQUITY, 1)))));
        // Also when it was broken before, and whatever else is wrong with the last event.
        assertEquals(
            List.of("linked_event_failed", "accounts_must_be_different", "linked_event_chain_open"),
            labels(transfers(
                linked(transfer(50, CASH, EQUITY, 1)),
                linked(transfer(51, CASH, CASH, 1)),
                linked(transfer(52, CASH, EQUITY, 1).with((draft) -> draft.timestamp = 1)))));
        assertEquals("linked_event_chain_open", account(account(7, AccountEvent.LINKED)).label());
        assertEquals(
            List.of("code_must_not_be_zero", "linked_event_chain_open"),
            labels(accounts(
                account(7, AccountEvent.LINKED).with((draft) -> draft.code = 0), account(8, AccountEvent.LINKED))));
    }

    @Test
    void shouldLetNeighbouringChainsBreakOneByOne()
    {
        setUp();
        assertEquals(
            List.of("linked_event_failed", "code_must_not_be_zero", "created", "created", "created"),
            labels(transfers(
                linked(transfer(50, CASH, EQUITY, 1)),
                transfer(51, CASH, EQUITY, 1).with((draft) -> draft.code = 0),
                linked(transfer(52, CASH, EQUITY, 1)),
                transfer(53, CASH, EQUITY, 1),
                transfer(54, CASH, EQUITY, 1))));
    }

    // Section 12, imports.

    @Test
    void shouldLetTheFirstEventDecideWhetherABatchIsAnImport()
    {
        ledger.createAccounts(1_000, List.of());
        assertEquals(
            List.of("imported_event_timestamp_out_of_range", "imported_event_expected", "created"),
            labels(accounts(importedAccount(7, 0), account(8).with((d) -> d.timestamp = 1), importedAccount(9, 100))));
        assertEquals(
            List.of("created", "imported_event_not_expected", "created"),
            labels(accounts(account(10), importedAccount(11, 0), account(12))));
    }

    @Test
    void shouldTakeAnImportedTimestampFromOneToJustBelowTheBatch()
    {
        ledger.createAccounts(1_000, List.of());
        // Batch timestamp 1,010; the slot of the first event is 1,002.
        final List<Result> results = ledger.createAccounts(1_010, List.of(
            importedAccount(7, 0),
            importedAccount(7, -1),
            importedAccount(7, TS_MAX + 1),
            importedAccount(7, TS_MAX),
            importedAccount(7, 1_011),
            importedAccount(7, 1_010),
            importedAccount(7, 1),
            importedAccount(8, 1_009)));
        assertEquals(
            List.of(
                "imported_event_timestamp_out_of_range",
                "imported_event_timestamp_out_of_range",
                "imported_event_timestamp_out_of_range",
                "imported_event_timestamp_must_not_advance",
                "imported_event_timestamp_must_not_advance",
                "imported_event_timestamp_must_not_advance",
                "created",
                "created"),
            labels(results));
        assertEquals(1, results.get(6).timestamp());
        assertEquals(1_009, results.get(7).timestamp());
        assertEquals(1_003, results.get(0).timestamp());
    }

    @Test
    void shouldCompareAnImportedAccountWithTransfersForEqualityOnly()
    {
        setUp();
        final long transferTimestamp = transfer(transfer(50, CASH, EQUITY, 1)).timestamp();
        transfer(transfer(51, CASH, EQUITY, 1));
        final long mark = ledger.greatestAccountTimestamp();
        ledger.createAccounts(1_000, List.of());
        assertEquals("imported_event_timestamp_must_not_regress", account(importedAccount(7, mark)).label());
        assertEquals(
            "imported_event_timestamp_must_not_regress", account(importedAccount(7, transferTimestamp)).label());
        assertEquals("created", account(importedAccount(7, transferTimestamp - 1)).label());
        assertEquals(
            "imported_event_timestamp_must_not_regress", account(importedAccount(8, transferTimestamp - 1)).label());
        assertEquals("created", account(importedAccount(8, transferTimestamp + 1)).label());
    }

    @Test
    void shouldCompareAnImportedTransferWithTheOtherKindAndItsAccounts()
    {
        ledger.createAccounts(1_000, List.of());
        accounts(importedAccount(CASH, 100), importedAccount(EQUITY, 200), importedAccount(7, 300));

        assertEquals(
            "imported_event_timestamp_must_not_regress", transfer(importedTransfer(50, CASH, EQUITY, 100)).label());
        assertEquals(
            "imported_event_timestamp_must_postdate_debit_account",
            transfer(importedTransfer(50, CASH, EQUITY, 99)).label());
        assertEquals(
            "imported_event_timestamp_must_postdate_debit_account",
            transfer(importedTransfer(50, EQUITY, CASH, 199)).label());
        assertEquals(
            "imported_event_timestamp_must_postdate_credit_account",
            transfer(importedTransfer(50, CASH, EQUITY, 199)).label());
        // An account's own timestamp is one of the other kind, and that rule comes first.
        assertEquals(
            "imported_event_timestamp_must_not_regress", transfer(importedTransfer(50, CASH, EQUITY, 200)).label());
        // Before the newest account of the ledger, but after its own two.
        assertEquals("created", transfer(importedTransfer(50, CASH, EQUITY, 201)).label());
        assertEquals(
            "imported_event_timestamp_must_not_regress", transfer(importedTransfer(51, CASH, EQUITY, 201)).label());
        assertEquals(
            "imported_event_timestamp_must_not_regress", transfer(importedTransfer(51, CASH, EQUITY, 300)).label());
        assertEquals("created", transfer(importedTransfer(51, CASH, EQUITY, 202)).label());
        assertEquals(202, ledger.greatestTransferTimestamp());
    }

    @Test
    void shouldCheckImportedTimestampsAfterLedgersAndBeforeClosedAccounts()
    {
        ledger.createAccounts(1_000, List.of());
        accounts(
            importedAccount(CASH, 100),
            importedAccount(CLOSED, 200).with((draft) -> draft.flags |= AccountEvent.CLOSED));
        assertEquals(
            "transfer_must_have_the_same_ledger_as_accounts",
            transfer(importedTransfer(50, CASH, CLOSED, 100).with((draft) -> draft.ledger = 9)).label());
        assertEquals(
            "imported_event_timestamp_must_postdate_credit_account",
            transfer(importedTransfer(50, CASH, CLOSED, 199)).label());
        assertEquals(
            "timeout_reserved_for_pending_transfer",
            transfer(importedTransfer(50, CASH, CLOSED, 199).with((draft) -> draft.timeout = 1)).label());
        final Result refused = transfer(importedTransfer(50, CASH, CLOSED, 201));
        assertEquals("credit_account_already_closed", refused.label());
        assertEquals(ledger.previousTimestamp(), refused.timestamp());
    }

    @Test
    void shouldPutTheMarksBackAfterAFailedChainOfImports()
    {
        ledger.createAccounts(1_000, List.of());
        final AccountEvent first = importedAccount(7, 100).with((draft) -> draft.flags |= AccountEvent.LINKED);
        final List<Result> results = accounts(first, importedAccount(8, 100));
        assertEquals(
            List.of("linked_event_failed", "imported_event_timestamp_must_not_regress"), labels(results));
        // The timestamp that it was about to have.
        assertEquals(100, results.get(0).timestamp());
        assertEquals(0, ledger.greatestAccountTimestamp());
        assertEquals(List.of("created", "created"), labels(accounts(first, importedAccount(8, 101))));
    }

    @Test
    void shouldAnswerARetryOfAnImportBeforeTheMarksButAfterTheRange()
    {
        ledger.createAccounts(1_000, List.of());
        accounts(importedAccount(7, 100), importedAccount(8, 200));
        assertEquals(100, account(importedAccount(7, 100)).timestamp());
        assertEquals("exists", account(importedAccount(7, 50)).label());
        assertEquals("imported_event_timestamp_out_of_range", account(importedAccount(7, 0)).label());
        assertEquals("imported_event_timestamp_must_not_advance", account(importedAccount(7, 9_999)).label());
        assertEquals("exists_with_different_flags", account(account(7)).label());
    }

    // Sections 3, 16 and 18.1: slots and sequences.

    @Test
    void shouldGiveEveryEventASlotAndASequence()
    {
        final List<Result> results = ledger.createAccounts(4, List.of(account(7), account(0), account(8)));
        assertEquals(
            List.of(
                new Result(AccountStatus.CREATED, 2, 1, 1, 0),
                new Result(AccountStatus.ID_MUST_NOT_BE_ZERO, 3, 2, 2, 0),
                new Result(AccountStatus.CREATED, 4, 3, 3, 0)),
            results);
        assertEquals(4, ledger.previousTimestamp());
        assertEquals(4, ledger.nextSequence());
        assertEquals(List.of(), ledger.createAccounts(5, List.of()));
        assertThrows(IllegalArgumentException.class, () -> ledger.createAccounts(6, List.of(account(9))));
    }

    @Test
    void shouldNumberEntriesInALedgerFromItsFirstAccountOn()
    {
        assertEquals(0, transfer(transfer(50, 77, 78, 1)).ledgerSequence());
        assertEquals(0, account(account(7).with((draft) -> draft.code = 0)).ledgerSequence());
        assertEquals(0, account(account(7).with((draft) -> draft.ledger = 0)).ledgerSequence());
        assertEquals(1, account(account(7)).ledgerSequence());
        assertEquals(2, transfer(transfer(51, 77, 78, 1)).ledgerSequence());
        assertEquals(0, transfer(transfer(52, 77, 78, 1).with((draft) -> draft.ledger = 2)).ledgerSequence());
        assertEquals(1, account(account(8).with((draft) -> draft.ledger = 2)).ledgerSequence());
        assertEquals(3, account(account(7)).ledgerSequence());
        // The ledger that the command names counts, not that of the account.
        assertEquals(2, account(account(7).with((draft) -> draft.ledger = 2)).ledgerSequence());
        assertEquals(2, ledger.ledgerSequence(2));
    }

    @Test
    void shouldNumberAChainInItsLedgerAfterItsVerdict()
    {
        final List<Result> failed = accounts(
            account(7, AccountEvent.LINKED), account(8).with((draft) -> draft.code = 0));
        assertEquals(List.of(0L, 0L), failed.stream().map(Result::ledgerSequence).toList());
        final List<Result> done = accounts(
            account(7, AccountEvent.LINKED),
            account(8, AccountEvent.LINKED).with((draft) -> draft.ledger = 2),
            account(9),
            account(10, AccountEvent.LINKED),
            account(11).with((draft) -> draft.code = 0));
        assertEquals(List.of(1L, 1L, 2L, 3L, 4L), done.stream().map(Result::ledgerSequence).toList());
    }

    @Test
    void shouldShowWhatIsStored()
    {
        setUp();
        final TransferEvent event = transfer(50, CASH, EQUITY, 3);
        final Result result = transfer(event);
        assertEquals(
            event.with((draft) -> draft.timestamp = result.timestamp()), ledger.lookupTransfer(id(50)).asEvent());
        assertEquals(id(13), ledger.lookupAccount(id(CASH)).asEvent().debitsPosted());
        assertEquals(id(13), ledger.lookupAccount(id(EQUITY)).asEvent().creditsPosted());
        assertNull(ledger.lookupAccount(id(77)));
        assertEquals(id(53), ledger.sumsByLedger().get(1L).debitsPosted());
        assertTrue(ledger.isBalanced());
    }

    // Helpers.

    /**
     * Accounts 1 to 6 of ledger 1, but number 3 of ledger 2. Cash has debits of 10, equity has credits of 10, and the
     * two limited accounts have 10 on both sides, so each stands at its limit.
     */
    private void setUp()
    {
        accounts(
            account(CASH),
            account(EQUITY),
            account(OTHER_LEDGER).with((draft) -> draft.ledger = 2),
            account(DEBIT_LIMITED, AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS),
            account(CREDIT_LIMITED, AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS),
            account(CLOSED, AccountEvent.CLOSED));
        account(account(40));
        account(account(41));
        final List<Result> results = transfers(
            transfer(9_001, CASH, EQUITY, 10),
            transfer(9_002, 40, DEBIT_LIMITED, 10),
            transfer(9_003, DEBIT_LIMITED, 41, 10),
            transfer(9_004, CREDIT_LIMITED, 41, 10),
            transfer(9_005, 40, CREDIT_LIMITED, 10));
        assertEquals(List.of("created", "created", "created", "created", "created"), labels(results));
    }

    private void failTransiently(final int transferId)
    {
        assertEquals("debit_account_not_found", transfer(transfer(transferId, 99_999, CASH, 1)).label());
    }

    private Result account(final AccountEvent event)
    {
        return accounts(event).get(0);
    }

    private List<Result> accounts(final AccountEvent... events)
    {
        return ledger.createAccounts(ledger.previousTimestamp() + 1 + events.length, List.of(events));
    }

    private Result transfer(final TransferEvent event)
    {
        return transfers(event).get(0);
    }

    private List<Result> transfers(final TransferEvent... events)
    {
        return transfers(List.of(events));
    }

    private List<Result> transfers(final List<TransferEvent> events)
    {
        return ledger.createTransfers(ledger.previousTimestamp() + 1 + events.size(), events);
    }

    private static AccountEvent account(final int id)
    {
        return account(id, 0);
    }

    private static AccountEvent account(final int id, final int flags)
    {
        final AccountEvent.Draft draft = new AccountEvent.Draft();
        draft.id = id(id);
        draft.ledger = 1;
        draft.code = 1;
        draft.flags = flags;
        return draft.event();
    }

    private static AccountEvent importedAccount(final int id, final long timestamp)
    {
        return account(id, AccountEvent.IMPORTED).with((draft) -> draft.timestamp = timestamp);
    }

    private static TransferEvent transfer(final int id, final int debitId, final int creditId, final long amount)
    {
        return transfer(id, debitId, creditId, BigInteger.valueOf(amount));
    }

    private static TransferEvent transfer(
        final int id, final int debitId, final int creditId, final BigInteger amount)
    {
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = id(id);
        draft.debitAccountId = id(debitId);
        draft.creditAccountId = id(creditId);
        draft.amount = amount;
        draft.ledger = 1;
        draft.code = 1;
        return draft.event();
    }

    private static TransferEvent importedTransfer(
        final int id, final int debitId, final int creditId, final long timestamp)
    {
        return transfer(id, debitId, creditId, 1).with((draft) ->
        {
            draft.flags = TransferEvent.IMPORTED;
            draft.timestamp = timestamp;
        });
    }

    private static TransferEvent linked(final TransferEvent event)
    {
        return event.with((draft) -> draft.flags |= TransferEvent.LINKED);
    }

    private static List<TransferEvent> chain(final int... ids)
    {
        final List<TransferEvent> chain = new ArrayList<>();
        for (int i = 0; i < ids.length; i++)
        {
            final TransferEvent event = transfer(ids[i], CASH, EQUITY, 1);
            chain.add(i < ids.length - 1 ? linked(event) : event);
        }
        return chain;
    }

    private static BigInteger id(final long id)
    {
        return BigInteger.valueOf(id);
    }

    private static List<String> labels(final List<Result> results)
    {
        return results.stream().map(Result::label).toList();
    }

    /**
     * An event that breaks every rule at once. Each step sees the first rule that is broken and then mends it, so
     * that the next one shows.
     */
    private static final class Ladder<D>
    {
        private final List<Consumer<D>> changes = new ArrayList<>();
        private final Function<List<Consumer<D>>, Result> send;

        Ladder(final Function<List<Consumer<D>>, Result> send)
        {
            this.send = send;
        }

        void start(final Consumer<D> change)
        {
            changes.add(change);
        }

        void step(final String expected, final Consumer<D> mend)
        {
            assertEquals(expected, send.apply(changes).label());
            changes.add(mend);
        }

        Result end(final String expected)
        {
            final Result result = send.apply(changes);
            assertEquals(expected, result.label());
            return result;
        }
    }
}
