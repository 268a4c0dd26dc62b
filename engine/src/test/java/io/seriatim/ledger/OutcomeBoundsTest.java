package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.AccountFlags.CLOSED;
import static io.seriatim.ledger.AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS;
import static io.seriatim.ledger.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS;
import static io.seriatim.ledger.LedgerFixture.LEDGER;
import static io.seriatim.ledger.LedgerFixture.SECOND_NS;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static io.seriatim.ledger.TransferFlags.BALANCING_CREDIT;
import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_DEBIT;
import static io.seriatim.ledger.TransferFlags.PENDING;
import static io.seriatim.ledger.TransferFlags.POST_PENDING_TRANSFER;
import static io.seriatim.ledger.TransferFlags.VOID_PENDING_TRANSFER;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Every outcome there is, reached at its bound: a case says what leads to it, and beside it stands the case one step
 * away that does not. Each case has a ledger of its own, which is replayed in the end.
 */
class OutcomeBoundsTest
{
    private static final long BANK = 1;
    private static final long ALICE = 2;
    private static final long BOB = 3;
    private static final long DEBIT_CAPPED = 4;
    private static final long CREDIT_CAPPED = 5;
    private static final long EURO = 6;
    private static final long CLOSED_ACCOUNT = 7;
    private static final long MISSING = 99;
    private static final long TS_MAX = Long.MAX_VALUE;

    @ParameterizedTest
    @MethodSource("accountCases")
    void shouldAnswerACommandToCreateAnAccount(final Case<AccountOutcome> aCase)
    {
        aCase.check();
    }

    @ParameterizedTest
    @MethodSource("transferCases")
    void shouldAnswerACommandToCreateATransfer(final Case<TransferOutcome> aCase)
    {
        aCase.check();
    }

    @Test
    void shouldReachEveryOutcome()
    {
        final EnumSet<AccountOutcome> accounts = EnumSet.allOf(AccountOutcome.class);
        accountCases().forEach(aCase -> accounts.remove(aCase.expected));
        assertEquals(EnumSet.noneOf(AccountOutcome.class), accounts, "no case leads to these");

        final EnumSet<TransferOutcome> transfers = EnumSet.allOf(TransferOutcome.class);
        transferCases().forEach(aCase -> transfers.remove(aCase.expected));
        assertEquals(EnumSet.noneOf(TransferOutcome.class), transfers, "no case leads to these");
    }

    static List<Case<AccountOutcome>> accountCases()
    {
        final Cases<AccountOutcome> cases = new Cases<>();
        addAccountHead(cases);
        addAccountImports(cases);
        addAccountFields(cases);
        addExistingAccounts(cases);
        return cases.list;
    }

    private static void addAccountHead(final Cases<AccountOutcome> cases)
    {
        cases.when("linked, and the last of its batch", l -> l.create(account(10).linked()))
            .expect(AccountOutcome.LINKED_EVENT_CHAIN_OPEN);
        cases.when("linked, and not the last", l -> l.createAll(account(10).linked(), account(11)).get(0))
            .expect(AccountOutcome.CREATED);
        cases.when("another one of the chain is refused", l ->
            l.createAll(account(10).linked(), account(11).code(0)).get(0))
            .expect(AccountOutcome.LINKED_EVENT_FAILED);
        cases.when("the chain before is refused", l ->
            l.createAll(account(10).linked(), account(11).code(0), account(12)).get(2))
            .expect(AccountOutcome.CREATED);
        cases.when("reserved is 1", l -> l.create(account(10).with(a -> a.reserved(1))))
            .expect(AccountOutcome.RESERVED_FIELD);
        for (int bit = 0; bit < Short.SIZE; bit++)
        {
            final int flag = 1 << bit;
            if (flag == AccountFlags.LINKED || flag == AccountFlags.IMPORTED)
            {
                continue;
            }
            cases.when("flag bit " + bit, l -> l.create(account(10).flag(flag)))
                .expect(bit >= 6 ? AccountOutcome.RESERVED_FLAG : AccountOutcome.CREATED);
        }
        cases.when("the id is 0", l -> l.create(account(0))).expect(AccountOutcome.ID_MUST_NOT_BE_ZERO);
        cases.when("the id is 2^64", l -> l.create(account(0).id(1, 0))).expect(AccountOutcome.CREATED);
        cases.when("the id is 2^128-1", l -> l.create(account(0).id(-1, -1)))
            .expect(AccountOutcome.ID_MUST_NOT_BE_INT_MAX);
        cases.when("the id is 2^128-2", l -> l.create(account(0).id(-1, -2))).expect(AccountOutcome.CREATED);
        cases.when("the id is 2^128-1-2^64", l -> l.create(account(0).id(-2, -1))).expect(AccountOutcome.CREATED);
    }

    private static void addAccountImports(final Cases<AccountOutcome> cases)
    {
        cases.when("not imported, in an import", l ->
            l.createAll(account(10).imported(l.nowNs() + 1), account(11)).get(1))
            .expect(AccountOutcome.IMPORTED_EVENT_EXPECTED);
        cases.when("imported, not in an import", l ->
            l.createAll(account(10), account(11).imported(l.nowNs() + 1)).get(1))
            .expect(AccountOutcome.IMPORTED_EVENT_NOT_EXPECTED);
        cases.when("not imported, with a timestamp", l -> l.create(account(10).with(a -> a.timestampNs(1))))
            .expect(AccountOutcome.TIMESTAMP_MUST_BE_ZERO);
        cases.when("imported at 0", l -> l.create(account(10).imported(0)))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE);
        cases.when("imported at 2^63", l -> l.create(account(10).imported(TS_MAX + 1)))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE);
        cases.when("imported at 2^64-1", l -> l.create(account(10).imported(-1)))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE);
        cases.whenEmpty("imported at 1, the first account", l -> l.create(account(10).imported(1)))
            .expect(AccountOutcome.CREATED);
        cases.whenEmpty("imported at 2^63-2, the batch being the last one", l ->
            l.at(TS_MAX).create(account(10).imported(TS_MAX - 1)))
            .expect(AccountOutcome.CREATED);
        cases.when("imported at 2^63-1", l -> l.at(TS_MAX).create(account(10).imported(TS_MAX)))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);
        cases.when("imported at the batch timestamp", l ->
            l.create(account(10).imported(l.nowNs() + 1)))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);
        cases.when("imported at its slot, which is before the batch timestamp", l ->
            l.createAll(account(10).imported(l.nowNs() + 1), account(11).imported(0)).get(0))
            .expect(AccountOutcome.CREATED);
        cases.when("imported at the greatest timestamp of an account", l ->
            l.create(account(10).imported(l.nowNs())))
            .expect(AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS);
        cases.when("imported one after the greatest timestamp of an account", l ->
            l.at(l.nowNs() + 10).create(account(10).imported(l.nowNs() - 8)))
            .expect(AccountOutcome.CREATED);
        for (final int step : new int[]{-1, 0, 1})
        {
            cases.when("imported " + step + " after a transfer", l ->
            {
                final long transferNs = l.nowNs() + 10;
                l.at(transferNs).with(transfer(1, BANK, ALICE, 1));
                return l.at(transferNs + 10).create(account(10).imported(transferNs + step));
            }).expect(
                step == 0 ? AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS : AccountOutcome.CREATED);
        }
    }

    private static void addAccountFields(final Cases<AccountOutcome> cases)
    {
        cases.when("both limits", l ->
            l.create(account(10).flag(DEBITS_MUST_NOT_EXCEED_CREDITS).flag(CREDITS_MUST_NOT_EXCEED_DEBITS)))
            .expect(AccountOutcome.FLAGS_ARE_MUTUALLY_EXCLUSIVE);
        cases.when("debits pending are 1", l -> l.create(account(10).with(a -> a.debitsPendingLow(1))))
            .expect(AccountOutcome.DEBITS_PENDING_MUST_BE_ZERO);
        cases.when("debits pending are 2^64", l -> l.create(account(10).with(a -> a.debitsPendingHigh(1))))
            .expect(AccountOutcome.DEBITS_PENDING_MUST_BE_ZERO);
        cases.when("debits posted are 1", l -> l.create(account(10).with(a -> a.debitsPostedLow(1))))
            .expect(AccountOutcome.DEBITS_POSTED_MUST_BE_ZERO);
        cases.when("debits posted are 2^64", l -> l.create(account(10).with(a -> a.debitsPostedHigh(1))))
            .expect(AccountOutcome.DEBITS_POSTED_MUST_BE_ZERO);
        cases.when("credits pending are 1", l -> l.create(account(10).with(a -> a.creditsPendingLow(1))))
            .expect(AccountOutcome.CREDITS_PENDING_MUST_BE_ZERO);
        cases.when("credits pending are 2^64", l -> l.create(account(10).with(a -> a.creditsPendingHigh(1))))
            .expect(AccountOutcome.CREDITS_PENDING_MUST_BE_ZERO);
        cases.when("credits posted are 1", l -> l.create(account(10).with(a -> a.creditsPostedLow(1))))
            .expect(AccountOutcome.CREDITS_POSTED_MUST_BE_ZERO);
        cases.when("credits posted are 2^64", l -> l.create(account(10).with(a -> a.creditsPostedHigh(1))))
            .expect(AccountOutcome.CREDITS_POSTED_MUST_BE_ZERO);
        cases.when("the ledger is 0", l -> l.create(account(10).ledger(0)))
            .expect(AccountOutcome.LEDGER_MUST_NOT_BE_ZERO);
        cases.when("the ledger is 2^32-1", l -> l.create(account(10).ledger(0xFFFF_FFFFL)))
            .expect(AccountOutcome.CREATED);
        cases.when("the code is 0", l -> l.create(account(10).code(0))).expect(AccountOutcome.CODE_MUST_NOT_BE_ZERO);
        cases.when("the code is 65535", l -> l.create(account(10).code(0xFFFF))).expect(AccountOutcome.CREATED);
    }

    private static void addExistingAccounts(final Cases<AccountOutcome> cases)
    {
        cases.when("sent again", l -> l.with(rich(10)).create(rich(10))).expect(AccountOutcome.EXISTS);
        cases.when("sent again with balances", l ->
            l.with(rich(10)).create(rich(10).with(a -> a.debitsPostedLow(1).creditsPendingHigh(1))))
            .expect(AccountOutcome.EXISTS);
        addExistingAccount(cases, AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, a -> a.flag(AccountFlags.HISTORY));
        addExistingAccount(
            cases, AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128, a -> a.with(r -> r.userData128High(8)));
        addExistingAccount(
            cases, AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128, a -> a.with(r -> r.userData128Low(0)));
        addExistingAccount(
            cases, AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_64, a -> a.with(r -> r.userData64(0)));
        addExistingAccount(
            cases, AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_32, a -> a.with(r -> r.userData32(0xFFFF_FFF0L)));
        addExistingAccount(cases, AccountOutcome.EXISTS_WITH_DIFFERENT_LEDGER, a -> a.ledger(0));
        addExistingAccount(cases, AccountOutcome.EXISTS_WITH_DIFFERENT_CODE, a -> a.code(0));
    }

    private static void addExistingAccount(
        final Cases<AccountOutcome> cases, final AccountOutcome expected, final Consumer<AccountDraft> change)
    {
        cases.when("sent again, and one field differs", l ->
        {
            final AccountDraft again = rich(10);
            change.accept(again);
            return l.with(rich(10)).create(again);
        }).expect(expected);
    }

    private static AccountDraft rich(final long id)
    {
        return account(id)
            .with(a -> a.userData128High(7).userData128Low(8).userData64(9).userData32(0xFFFF_FFFFL));
    }

    static List<Case<TransferOutcome>> transferCases()
    {
        final Cases<TransferOutcome> cases = new Cases<>();
        addTransferHead(cases);
        addTransferImports(cases);
        addTransferFields(cases);
        addTransferAccounts(cases);
        addOverflows(cases);
        addLimits(cases);
        addPostFields(cases);
        addPendingStates(cases);
        addExistingTransfers(cases);
        addExistingPosts(cases);
        return cases.list;
    }

    private static void addTransferHead(final Cases<TransferOutcome> cases)
    {
        cases.when("linked, and the last of its batch", l -> l.send(transfer(10, BANK, ALICE, 1).linked()))
            .expect(TransferOutcome.LINKED_EVENT_CHAIN_OPEN);
        cases.when("linked, and not the last", l ->
            l.sendAll(transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1)).get(0))
            .expect(TransferOutcome.CREATED);
        cases.when("another one of the chain is refused", l ->
            l.sendAll(transfer(10, BANK, ALICE, 1).linked(), transfer(11, BANK, ALICE, 1).code(0)).get(0))
            .expect(TransferOutcome.LINKED_EVENT_FAILED);
        for (int bit = 9; bit < Short.SIZE; bit++)
        {
            final int flag = 1 << bit;
            cases.when("flag bit " + bit, l -> l.send(transfer(10, BANK, ALICE, 1).flag(flag)))
                .expect(TransferOutcome.RESERVED_FLAG);
        }
        cases.when("the id is 0", l -> l.send(transfer(0, BANK, ALICE, 1)))
            .expect(TransferOutcome.ID_MUST_NOT_BE_ZERO);
        cases.when("the id is 2^64", l -> l.send(transfer(0, BANK, ALICE, 1).id(1, 0)))
            .expect(TransferOutcome.CREATED);
        cases.when("the id is 2^128-1", l -> l.send(transfer(0, BANK, ALICE, 1).id(-1, -1)))
            .expect(TransferOutcome.ID_MUST_NOT_BE_INT_MAX);
        cases.when("the id is 2^128-2", l -> l.send(transfer(0, BANK, ALICE, 1).id(-1, -2)))
            .expect(TransferOutcome.CREATED);
        cases.when("the id was refused for a transient reason", l ->
        {
            l.send(transfer(10, BANK, MISSING, 1));
            return l.send(transfer(10, BANK, ALICE, 1));
        }).expect(TransferOutcome.ID_ALREADY_FAILED);
        cases.when("the id was refused for a reason that stays", l ->
        {
            l.send(transfer(10, BANK, ALICE, 1).code(0));
            return l.send(transfer(10, BANK, ALICE, 1));
        }).expect(TransferOutcome.CREATED);
    }

    private static void addTransferImports(final Cases<TransferOutcome> cases)
    {
        cases.when("not imported, in an import", l ->
            l.sendAll(transfer(10, BANK, ALICE, 1).imported(l.nowNs() + 1), transfer(11, BANK, ALICE, 1)).get(1))
            .expect(TransferOutcome.IMPORTED_EVENT_EXPECTED);
        cases.when("imported, not in an import", l ->
            l.sendAll(transfer(10, BANK, ALICE, 1), transfer(11, BANK, ALICE, 1).imported(l.nowNs() + 1)).get(1))
            .expect(TransferOutcome.IMPORTED_EVENT_NOT_EXPECTED);
        cases.when("not imported, with a timestamp", l -> l.send(transfer(10, BANK, ALICE, 1).timestampNs(1)))
            .expect(TransferOutcome.TIMESTAMP_MUST_BE_ZERO);
        cases.when("imported at 0", l -> l.send(transfer(10, BANK, ALICE, 1).imported(0)))
            .expect(TransferOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE);
        cases.when("imported at 2^63", l -> l.send(transfer(10, BANK, ALICE, 1).imported(TS_MAX + 1)))
            .expect(TransferOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE);
        cases.when("imported at 1", l -> l.send(transfer(10, BANK, ALICE, 1).imported(1)))
            .expect(TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT);
        cases.when("imported at the batch timestamp", l ->
            l.send(transfer(10, BANK, ALICE, 1).imported(l.nowNs() + 1)))
            .expect(TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);
        cases.when("imported at its slot, which is before the batch timestamp", l ->
            l.sendAll(transfer(10, BANK, ALICE, 1).imported(l.nowNs() + 1), transfer(11, BANK, ALICE, 1)).get(0))
            .expect(TransferOutcome.CREATED);
        cases.when("imported at 2^63-2, the batch being the last one", l ->
            l.at(TS_MAX).send(transfer(10, BANK, ALICE, 1).imported(TS_MAX - 1)))
            .expect(TransferOutcome.CREATED);
        for (final int step : new int[]{0, 1})
        {
            cases.when("imported " + step + " after the greatest timestamp of a transfer", l ->
            {
                l.with(transfer(1, BANK, ALICE, 1));
                final long greatestNs = l.nowNs();
                return l.at(greatestNs + 10).send(transfer(10, BANK, ALICE, 1).imported(greatestNs + step));
            }).expect(
                step == 0 ? TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS : TransferOutcome.CREATED);
        }
        for (final int step : new int[]{-1, 0, 1})
        {
            cases.when("imported " + step + " after an account that has nothing to do with it", l ->
            {
                final long accountNs = l.nowNs() + 10;
                l.at(accountNs).with(account(10));
                return l.at(accountNs + 10).send(transfer(10, BANK, ALICE, 1).imported(accountNs + step));
            }).expect(
                step == 0 ? TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS : TransferOutcome.CREATED);
            cases.when("imported " + step + " after its debit account", l ->
            {
                final long accountNs = l.nowNs() + 10;
                l.at(accountNs).with(account(10));
                return l.at(accountNs + 10).send(transfer(10, 10, ALICE, 1).imported(accountNs + step));
            }).expect(postdate(step, TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT));
            cases.when("imported " + step + " after its credit account", l ->
            {
                final long accountNs = l.nowNs() + 10;
                l.at(accountNs).with(account(10));
                return l.at(accountNs + 10).send(transfer(10, BANK, 10, 1).imported(accountNs + step));
            }).expect(postdate(step, TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT));
        }
        cases.when("imported, pending, with a timeout", l ->
            l.at(l.nowNs() + 10).send(pending(10, BANK, ALICE, 1).imported(l.nowNs()).timeout(1)))
            .expect(TransferOutcome.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO);
        cases.when("imported, pending, without a timeout", l ->
            l.at(l.nowNs() + 10).send(pending(10, BANK, ALICE, 1).imported(l.nowNs())))
            .expect(TransferOutcome.CREATED);
    }

    /** At the very timestamp of an account it is the regress rule that speaks, as the timestamp is taken. */
    private static TransferOutcome postdate(final int step, final TransferOutcome before)
    {
        return step < 0 ? before :
            step == 0 ? TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS : TransferOutcome.CREATED;
    }

    private static void addTransferFields(final Cases<TransferOutcome> cases)
    {
        cases.when("the debit account id is 0", l -> l.send(transfer(10, 0, ALICE, 1)))
            .expect(TransferOutcome.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO);
        cases.when("the debit account id is 2^128-1", l ->
            l.send(transfer(10, 0, ALICE, 1).with(t -> t.debitAccountIdHigh(-1).debitAccountIdLow(-1))))
            .expect(TransferOutcome.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX);
        cases.when("the debit account id is 2^128-2", l ->
            l.send(transfer(10, 0, ALICE, 1).with(t -> t.debitAccountIdHigh(-1).debitAccountIdLow(-2))))
            .expect(TransferOutcome.DEBIT_ACCOUNT_NOT_FOUND);
        cases.when("the credit account id is 0", l -> l.send(transfer(10, BANK, 0, 1)))
            .expect(TransferOutcome.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO);
        cases.when("the credit account id is 2^128-1", l ->
            l.send(transfer(10, BANK, 0, 1).with(t -> t.creditAccountIdHigh(-1).creditAccountIdLow(-1))))
            .expect(TransferOutcome.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX);
        cases.when("the credit account id is 2^128-2", l ->
            l.send(transfer(10, BANK, 0, 1).with(t -> t.creditAccountIdHigh(-1).creditAccountIdLow(-2))))
            .expect(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND);
        cases.when("one account on both sides", l -> l.send(transfer(10, BANK, BANK, 1)))
            .expect(TransferOutcome.ACCOUNTS_MUST_BE_DIFFERENT);
        cases.when("accounts that differ in the high half only", l ->
            l.with(account(BANK).id(1, BANK)).send(
                transfer(10, BANK, 0, 1).with(t -> t.creditAccountIdHigh(1).creditAccountIdLow(BANK))))
            .expect(TransferOutcome.CREATED);
        cases.when("an ordinary one has a pending_id", l -> l.send(transfer(10, BANK, ALICE, 1).pendingId(1)))
            .expect(TransferOutcome.PENDING_ID_MUST_BE_ZERO);
        cases.when("a single-phase one has a timeout", l -> l.send(transfer(10, BANK, ALICE, 1).timeout(1)))
            .expect(TransferOutcome.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER);
        for (final int flag : new int[]{CLOSING_DEBIT, CLOSING_CREDIT})
        {
            cases.when("closing by flag " + flag + ", single-phase", l ->
                l.send(transfer(10, BANK, ALICE, 1).flag(flag)))
                .expect(TransferOutcome.CLOSING_TRANSFER_MUST_BE_PENDING);
            cases.when("closing by flag " + flag + ", pending", l ->
                l.send(pending(10, BANK, ALICE, 1).flag(flag)))
                .expect(TransferOutcome.CREATED);
        }
        cases.when("the ledger is 0", l -> l.send(transfer(10, BANK, ALICE, 1).ledger(0)))
            .expect(TransferOutcome.LEDGER_MUST_NOT_BE_ZERO);
        cases.when("the code is 0", l -> l.send(transfer(10, BANK, ALICE, 1).code(0)))
            .expect(TransferOutcome.CODE_MUST_NOT_BE_ZERO);
        cases.when("the code is 65535", l -> l.send(transfer(10, BANK, ALICE, 1).code(0xFFFF)))
            .expect(TransferOutcome.CREATED);
        cases.when("the amount is 0", l -> l.send(transfer(10, BANK, ALICE, 0))).expect(TransferOutcome.CREATED);
    }

    private static void addTransferAccounts(final Cases<TransferOutcome> cases)
    {
        cases.when("no such debit account", l -> l.send(transfer(10, MISSING, ALICE, 1)))
            .expect(TransferOutcome.DEBIT_ACCOUNT_NOT_FOUND);
        cases.when("no such credit account", l -> l.send(transfer(10, BANK, MISSING, 1)))
            .expect(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND);
        cases.when("accounts of two ledgers", l -> l.send(transfer(10, BANK, EURO, 1)))
            .expect(TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER);
        cases.when("accounts of another ledger", l -> l.send(transfer(10, BANK, ALICE, 1).ledger(978)))
            .expect(TransferOutcome.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS);
        cases.when("a debit account that was created closed", l -> l.send(transfer(10, CLOSED_ACCOUNT, ALICE, 0)))
            .expect(TransferOutcome.DEBIT_ACCOUNT_ALREADY_CLOSED);
        cases.when("a credit account that was created closed", l -> l.send(transfer(10, BANK, CLOSED_ACCOUNT, 0)))
            .expect(TransferOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
        cases.when("a debit account that was closed", l ->
            l.with(pending(1, ALICE, BANK, 0).flag(CLOSING_DEBIT)).send(pending(10, ALICE, BOB, 0)))
            .expect(TransferOutcome.DEBIT_ACCOUNT_ALREADY_CLOSED);
        cases.when("a credit account that was closed", l ->
            l.with(pending(1, BANK, ALICE, 0).flag(CLOSING_CREDIT)).send(pending(10, BOB, ALICE, 0)))
            .expect(TransferOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
    }

    private static void addOverflows(final Cases<TransferOutcome> cases)
    {
        for (final int excess : new int[]{0, 1})
        {
            // 10 or one less is there already; 2^128-1 - 10 on top of it fits, or does not.
            final long low = -1 - 10 + excess;
            cases.when("debits pending: " + excess + " above 2^128-1", l ->
                l.with(pending(1, BANK, BOB, 10)).send(pending(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_DEBITS_PENDING));
            cases.when("credits pending: " + excess + " above 2^128-1", l ->
                l.with(pending(1, BOB, ALICE, 10)).send(pending(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_CREDITS_PENDING));
            cases.when("debits posted: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BANK, BOB, 10)).send(transfer(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_DEBITS_POSTED));
            cases.when("debits posted, of a pending one: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BANK, BOB, 10)).send(pending(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_DEBITS_POSTED));
            cases.when("credits posted: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BOB, ALICE, 10)).send(transfer(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_CREDITS_POSTED));
            cases.when("credits posted, of a pending one: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BOB, ALICE, 10)).send(pending(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_CREDITS_POSTED));
            cases.when("debits pending and posted: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BANK, BOB, 4), pending(2, BANK, BOB, 6))
                    .send(transfer(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_DEBITS));
            cases.when("credits pending and posted: " + excess + " above 2^128-1", l ->
                l.with(transfer(1, BOB, ALICE, 4), pending(2, BOB, ALICE, 6))
                    .send(transfer(10, BANK, ALICE, 0).amount(-1, low)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_CREDITS));
            cases.when("a timeout that ends " + excess + " after 2^63-1", l ->
                l.at(TS_MAX - 5 * SECOND_NS + excess).send(pending(10, BANK, ALICE, 1).timeout(5)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_TIMEOUT));
            cases.when("the longest timeout, which ends " + excess + " after 2^63-1", l ->
                l.at(TS_MAX - 0xFFFF_FFFFL * SECOND_NS + excess)
                    .send(pending(10, BANK, ALICE, 1).timeout(0xFFFF_FFFFL)))
                .expect(created(excess, TransferOutcome.OVERFLOWS_TIMEOUT));
        }
    }

    private static void addLimits(final Cases<TransferOutcome> cases)
    {
        for (final int excess : new int[]{0, 1})
        {
            cases.when("debits " + excess + " above the posted credits", l ->
                l.with(transfer(1, BANK, DEBIT_CAPPED, 100)).send(transfer(10, DEBIT_CAPPED, ALICE, 100 + excess)))
                .expect(created(excess, TransferOutcome.EXCEEDS_CREDITS));
            cases.when("debits pending and posted " + excess + " above the posted credits", l ->
                l.with(
                    transfer(1, BANK, DEBIT_CAPPED, 100), transfer(2, DEBIT_CAPPED, BOB, 20),
                    pending(3, DEBIT_CAPPED, BOB, 30))
                    .send(pending(10, DEBIT_CAPPED, ALICE, 50 + excess)))
                .expect(created(excess, TransferOutcome.EXCEEDS_CREDITS));
            cases.when("debits " + excess + " above posted credits of 2^64", l ->
                l.with(transfer(1, BANK, DEBIT_CAPPED, 0).amount(1, 0))
                    .send(transfer(10, DEBIT_CAPPED, ALICE, 0).amount(1, excess)))
                .expect(created(excess, TransferOutcome.EXCEEDS_CREDITS));
            cases.when("credits " + excess + " above the posted debits", l ->
                l.with(transfer(1, CREDIT_CAPPED, BANK, 100)).send(transfer(10, ALICE, CREDIT_CAPPED, 100 + excess)))
                .expect(created(excess, TransferOutcome.EXCEEDS_DEBITS));
            cases.when("credits pending and posted " + excess + " above the posted debits", l ->
                l.with(
                    transfer(1, CREDIT_CAPPED, BANK, 100), transfer(2, BOB, CREDIT_CAPPED, 20),
                    pending(3, BOB, CREDIT_CAPPED, 30))
                    .send(pending(10, ALICE, CREDIT_CAPPED, 50 + excess)))
                .expect(created(excess, TransferOutcome.EXCEEDS_DEBITS));
        }
        cases.when("debits of 0 on an account without credits", l -> l.send(transfer(10, DEBIT_CAPPED, ALICE, 0)))
            .expect(TransferOutcome.CREATED);
        cases.when("debits of 1 on an account without credits", l -> l.send(transfer(10, DEBIT_CAPPED, ALICE, 1)))
            .expect(TransferOutcome.EXCEEDS_CREDITS);
    }

    private static void addPostFields(final Cases<TransferOutcome> cases)
    {
        for (final int flag : new int[]{
            PENDING, VOID_PENDING_TRANSFER, BALANCING_DEBIT, BALANCING_CREDIT, CLOSING_DEBIT, CLOSING_CREDIT})
        {
            cases.when("a post with flag " + flag, l -> l.send(postOf(10, 1).flag(flag)))
                .expect(TransferOutcome.FLAGS_ARE_MUTUALLY_EXCLUSIVE);
            cases.when("a void with flag " + flag, l ->
                l.send(voidOf(10, 1).flag(flag == VOID_PENDING_TRANSFER ? POST_PENDING_TRANSFER : flag)))
                .expect(TransferOutcome.FLAGS_ARE_MUTUALLY_EXCLUSIVE);
        }
        cases.when("the pending_id is 0", l -> l.send(postOf(10, 0)))
            .expect(TransferOutcome.PENDING_ID_MUST_NOT_BE_ZERO);
        cases.when("the pending_id is 2^128-1", l ->
            l.send(postOf(10, 0).with(t -> t.pendingIdHigh(-1).pendingIdLow(-1))))
            .expect(TransferOutcome.PENDING_ID_MUST_NOT_BE_INT_MAX);
        cases.when("the pending_id is 2^128-2", l ->
            l.send(postOf(10, 0).with(t -> t.pendingIdHigh(-1).pendingIdLow(-2))))
            .expect(TransferOutcome.PENDING_TRANSFER_NOT_FOUND);
        cases.when("the pending_id is its own id", l -> l.send(voidOf(10, 10)))
            .expect(TransferOutcome.PENDING_ID_MUST_BE_DIFFERENT);
        cases.when("the pending_id differs from its own id in the high half only", l ->
            l.send(voidOf(10, 10).with(t -> t.pendingIdHigh(1))))
            .expect(TransferOutcome.PENDING_TRANSFER_NOT_FOUND);
        cases.when("a post with a timeout", l -> l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).timeout(1)))
            .expect(TransferOutcome.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER);
        cases.when("a post names a single-phase transfer", l ->
            l.with(transfer(1, BANK, ALICE, 5)).send(postOf(10, 1)))
            .expect(TransferOutcome.PENDING_TRANSFER_NOT_PENDING);
        cases.when("a void names a post", l ->
            l.with(pending(1, BANK, ALICE, 5), postOf(2, 1)).send(voidOf(10, 2)))
            .expect(TransferOutcome.PENDING_TRANSFER_NOT_PENDING);
        cases.when("a post names an id that is spent", l ->
        {
            l.send(pending(1, BANK, MISSING, 5));
            return l.send(postOf(10, 1));
        }).expect(TransferOutcome.PENDING_TRANSFER_NOT_FOUND);
        cases.when("a post with another debit account", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).from(BOB)))
            .expect(TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID);
        cases.when("a post with another credit account", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).to(BOB)))
            .expect(TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID);
        cases.when("a post with another ledger", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).ledger(978)))
            .expect(TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER);
        cases.when("a post with another code", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).code(2)))
            .expect(TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_CODE);
        cases.when("a post that repeats accounts, ledger and code", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).from(BANK).to(ALICE).ledger(LEDGER).code(1)))
            .expect(TransferOutcome.CREATED);
        for (final int excess : new int[]{-1, 0, 1})
        {
            cases.when("a post of " + excess + " above the pending amount", l ->
                l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).amount(5 + excess)))
                .expect(excess > 0 ? TransferOutcome.EXCEEDS_PENDING_TRANSFER_AMOUNT : TransferOutcome.CREATED);
            cases.when("a void of " + excess + " above the pending amount", l ->
                l.with(pending(1, BANK, ALICE, 5)).send(voidOf(10, 1).amount(5 + excess)))
                .expect(
                    excess > 0 ? TransferOutcome.EXCEEDS_PENDING_TRANSFER_AMOUNT :
                    excess < 0 ? TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT : TransferOutcome.CREATED);
        }
        cases.when("a post of 2^128-2", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(postOf(10, 1).amount(-1, -2)))
            .expect(TransferOutcome.EXCEEDS_PENDING_TRANSFER_AMOUNT);
        cases.when("a void of 2^128-1, which means no more than it says", l ->
            l.with(pending(1, BANK, ALICE, 5)).send(voidOf(10, 1).amount(-1, -1)))
            .expect(TransferOutcome.EXCEEDS_PENDING_TRANSFER_AMOUNT);
    }

    private static void addPendingStates(final Cases<TransferOutcome> cases)
    {
        cases.when("posted before", l -> l.with(pending(1, BANK, ALICE, 5), postOf(2, 1)).send(voidOf(10, 1)))
            .expect(TransferOutcome.PENDING_TRANSFER_ALREADY_POSTED);
        cases.when("voided before", l -> l.with(pending(1, BANK, ALICE, 5), voidOf(2, 1)).send(postOf(10, 1)))
            .expect(TransferOutcome.PENDING_TRANSFER_ALREADY_VOIDED);
        for (final int step : new int[]{-1, 0})
        {
            cases.when("a post " + step + " after the deadline", l ->
            {
                l.with(pending(1, BANK, ALICE, 5).timeout(1));
                return l.at(l.nowNs() + SECOND_NS + step).send(postOf(10, 1));
            }).expect(created(step + 1, TransferOutcome.PENDING_TRANSFER_EXPIRED));
            cases.when("a void " + step + " after the deadline", l ->
            {
                l.with(pending(1, BANK, ALICE, 5).timeout(1));
                return l.at(l.nowNs() + SECOND_NS + step).send(voidOf(10, 1));
            }).expect(created(step + 1, TransferOutcome.PENDING_TRANSFER_EXPIRED));
        }
        cases.when("a post after the release", l ->
        {
            l.with(pending(1, BANK, ALICE, 5).timeout(1)).expireNext();
            return l.send(postOf(10, 1));
        }).expect(TransferOutcome.PENDING_TRANSFER_EXPIRED);
        cases.when("an imported post at the greatest timestamp of a transfer", l ->
        {
            l.with(pending(1, BANK, ALICE, 5));
            return l.at(l.nowNs() + 10).send(postOf(10, 1).imported(l.nowNs() - 9));
        }).expect(TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS);
        cases.when("an imported post one after the greatest timestamp of a transfer", l ->
        {
            l.with(pending(1, BANK, ALICE, 5));
            return l.at(l.nowNs() + 10).send(postOf(10, 1).imported(l.nowNs() - 8));
        }).expect(TransferOutcome.CREATED);
        cases.when("a post on a closed debit account", l ->
            l.with(pending(1, BANK, ALICE, 5), pending(2, BANK, BOB, 0).flag(CLOSING_DEBIT)).send(postOf(10, 1)))
            .expect(TransferOutcome.DEBIT_ACCOUNT_ALREADY_CLOSED);
        cases.when("a post on a closed credit account", l ->
            l.with(pending(1, BANK, ALICE, 5), pending(2, BOB, ALICE, 0).flag(CLOSING_CREDIT)).send(postOf(10, 1)))
            .expect(TransferOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
        cases.when("a void on closed accounts", l ->
            l.with(
                pending(1, BANK, ALICE, 5), pending(2, BANK, ALICE, 0).flag(CLOSING_DEBIT).flag(CLOSING_CREDIT))
                .send(voidOf(10, 1)))
            .expect(TransferOutcome.CREATED);
    }

    private static void addExistingTransfers(final Cases<TransferOutcome> cases)
    {
        cases.when("sent again", l -> l.with(rich(10, BANK)).send(rich(10, BANK))).expect(TransferOutcome.EXISTS);
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_FLAGS, t -> t.flag(CLOSING_DEBIT));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_PENDING_ID, t -> t.pendingId(1));
        addExisting(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_PENDING_ID, t -> t.with(r -> r.pendingIdHigh(1)));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_TIMEOUT, t -> t.timeout(61));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_TIMEOUT, t -> t.timeout(59));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID, t -> t.from(BOB));
        addExisting(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID, t -> t.with(r -> r.debitAccountIdHigh(1)));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID, t -> t.to(0));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT, t -> t.amount(99));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT, t -> t.amount(101));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT, t -> t.amount(1, 100));
        addExisting(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128, t -> t.with(r -> r.userData128High(0)));
        addExisting(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128, t -> t.with(r -> r.userData128Low(0)));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_64, t -> t.with(r -> r.userData64(0)));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_32, t -> t.with(r -> r.userData32(0)));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_LEDGER, t -> t.ledger(0));
        addExisting(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_CODE, t -> t.code(0));
        for (final int excess : new int[]{-1, 0, 1})
        {
            cases.when("a balancing one sent again, " + excess + " above what was moved", l ->
            {
                l.with(transfer(1, BANK, ALICE, 50), transfer(10, ALICE, BANK, 80).flag(BALANCING_DEBIT));
                return l.send(transfer(10, ALICE, BANK, 50 + excess).flag(BALANCING_DEBIT));
            }).expect(excess < 0 ? TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT : TransferOutcome.EXISTS);
        }
    }

    private static void addExistingPosts(final Cases<TransferOutcome> cases)
    {
        addExistingPost(cases, TransferOutcome.EXISTS, t -> {});
        addExistingPost(cases, TransferOutcome.EXISTS, t -> t.from(BANK).to(ALICE).ledger(LEDGER).code(1));
        addExistingPost(cases, TransferOutcome.EXISTS, t -> t.amount(100));
        addExistingPost(cases, TransferOutcome.EXISTS, t -> t.with(
            r -> r.userData128High(7).userData128Low(8).userData64(9).userData32(0xFFFF_FFFFL)));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_PENDING_ID, t -> t.pendingId(2));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_TIMEOUT, t -> t.timeout(60));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID, t -> t.from(BOB));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID, t -> t.to(BOB));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT, t -> t.amount(99));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT, t -> t.amount(101));
        addExistingPost(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128, t -> t.with(r -> r.userData128Low(1)));
        addExistingPost(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_64, t -> t.with(r -> r.userData64(1)));
        addExistingPost(
            cases, TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_32, t -> t.with(r -> r.userData32(1)));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_LEDGER, t -> t.ledger(978));
        addExistingPost(cases, TransferOutcome.EXISTS_WITH_DIFFERENT_CODE, t -> t.code(2));
        cases.when("a void sent again as a post", l -> l.with(rich(1, BANK), voidOf(10, 1)).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_FLAGS);
        cases.when("a void sent again with the whole amount", l ->
            l.with(rich(1, BANK), voidOf(10, 1)).send(voidOf(10, 1).amount(100)))
            .expect(TransferOutcome.EXISTS);
        cases.when("a void sent again with less", l ->
            l.with(rich(1, BANK), voidOf(10, 1)).send(voidOf(10, 1).amount(99)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT);
        cases.when("a post of a part sent again as of all", l ->
            l.with(rich(1, BANK), postOf(10, 1).amount(99)).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT);
        cases.when("a post of a part that differs in the high half only, sent again as of all", l ->
            l.with(rich(1, BANK).amount(1, 100), postOf(10, 1).amount(100)).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT);
        cases.when("a post with user_data_128 of its own sent again without", l ->
            l.with(rich(1, BANK), postOf(10, 1).with(t -> t.userData128Low(1))).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128);
        cases.when("a post with user_data_64 of its own sent again without", l ->
            l.with(rich(1, BANK), postOf(10, 1).with(t -> t.userData64(1))).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_64);
        cases.when("a post with user_data_32 of its own sent again without", l ->
            l.with(rich(1, BANK), postOf(10, 1).with(t -> t.userData32(1))).send(postOf(10, 1)))
            .expect(TransferOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_32);
    }

    private static void addExisting(
        final Cases<TransferOutcome> cases, final TransferOutcome expected, final Consumer<TransferDraft> change)
    {
        cases.when("sent again, and one field differs", l ->
        {
            final TransferDraft again = rich(10, BANK);
            change.accept(again);
            return l.with(rich(10, BANK)).send(again);
        }).expect(expected);
    }

    private static void addExistingPost(
        final Cases<TransferOutcome> cases, final TransferOutcome expected, final Consumer<TransferDraft> change)
    {
        cases.when("a post of all sent again, changed", l ->
        {
            final TransferDraft again = postOf(10, 1);
            change.accept(again);
            return l.with(rich(1, BANK), postOf(10, 1)).send(again);
        }).expect(expected);
    }

    private static TransferDraft rich(final long id, final long debitId)
    {
        return pending(id, debitId, ALICE, 100).timeout(60)
            .with(t -> t.userData128High(7).userData128Low(8).userData64(9).userData32(0xFFFF_FFFFL));
    }

    private static TransferOutcome created(final int excess, final TransferOutcome otherwise)
    {
        return excess == 0 ? TransferOutcome.CREATED : otherwise;
    }

    /** What is said to a ledger, and what the last answer must be. */
    private static final class Case<O>
    {
        private final String name;
        private final boolean isEmpty;
        private final Function<LedgerFixture, O> run;
        private O expected;

        private Case(final String name, final boolean isEmpty, final Function<LedgerFixture, O> run)
        {
            this.name = name;
            this.isEmpty = isEmpty;
            this.run = run;
        }

        void expect(final O outcome)
        {
            expected = outcome;
        }

        void check()
        {
            try (LedgerFixture ledger = new LedgerFixture())
            {
                if (!isEmpty)
                {
                    openAccounts(ledger);
                }
                assertEquals(expected, run.apply(ledger));
            }
        }

        /** The timestamps of accounts lie apart, so that there is room between them. */
        private static void openAccounts(final LedgerFixture ledger)
        {
            for (final long id : new long[]{BANK, ALICE, BOB, DEBIT_CAPPED, CREDIT_CAPPED, EURO, CLOSED_ACCOUNT})
            {
                ledger.at(ledger.nowNs() + 10).with(account(id)
                    .ledger(id == EURO ? 978 : LEDGER)
                    .flag(
                        id == DEBIT_CAPPED ? DEBITS_MUST_NOT_EXCEED_CREDITS :
                        id == CREDIT_CAPPED ? CREDITS_MUST_NOT_EXCEED_DEBITS :
                        id == CLOSED_ACCOUNT ? CLOSED : 0));
            }
        }

        @Override
        public String toString()
        {
            return expected + ": " + name;
        }
    }

    /** The cases so far. */
    private static final class Cases<O>
    {
        private final List<Case<O>> list = new ArrayList<>();

        Case<O> when(final String name, final Function<LedgerFixture, O> run)
        {
            list.add(new Case<>(name, false, run));
            return list.get(list.size() - 1);
        }

        Case<O> whenEmpty(final String name, final Function<LedgerFixture, O> run)
        {
            list.add(new Case<>(name, true, run));
            return list.get(list.size() - 1);
        }
    }
}
