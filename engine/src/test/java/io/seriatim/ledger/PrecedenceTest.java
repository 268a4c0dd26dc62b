package io.seriatim.ledger;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import static io.seriatim.ledger.AccountDraft.account;
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
import static io.seriatim.ledger.TransferOutcome.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The order of the rules, table by table: an event that breaks several is answered by the earliest. The tables are
 * those of SEMANTICS, sections 4 and 5.1 to 5.4; {@code exists} of a transfer and {@code created} are not in them, as
 * they say that no rule is broken.
 */
class PrecedenceTest
{
    private static final long DEBIT = 1;
    private static final long CREDIT = 2;
    private static final long OTHER = 3;
    private static final long ANOTHER = 4;
    private static final long DEBIT_CAPPED = 5;
    private static final long CREDIT_CAPPED = 6;
    private static final long EURO = 7;
    private static final long LATE_DEBIT = 8;
    private static final long LATE_CREDIT = 9;
    private static final long MISSING = 99;

    private static final long ID = 1_000;
    private static final long FIRST_ID = 1_001;
    private static final long ANCHOR_ID = 1_002;
    private static final long PENDING_ID = 1_003;
    private static final long SINGLE_ID = 1_004;
    private static final long SETUP_ID = 2_000;
    private static final long PENDING_AMOUNT = 100;
    private static final long TS_BEYOND = Long.MIN_VALUE;

    @TestFactory
    Stream<DynamicTest> shouldJudgeAccountsInTheOrderOfTheirTable()
    {
        return accountTable().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldJudgeOrdinaryTransfersInTheOrderOfTheirTables()
    {
        return ordinaryTable().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldJudgePostsAndVoidsInTheOrderOfTheirTables()
    {
        return postTable().tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldCompareARepeatedTransferInTheOrderOfTheTable()
    {
        return existsTable(TransferAttempt::repeated).tests();
    }

    @TestFactory
    Stream<DynamicTest> shouldCompareARepeatedPostInTheOrderOfTheTable()
    {
        return existsTable(TransferAttempt::repeatedPost).tests();
    }

    @Test
    void shouldHaveEachOutcomeThatIsARuleInATable()
    {
        final EnumSet<AccountOutcome> accounts = EnumSet.copyOf(accountTable().outcomes());
        assertEquals(EnumSet.of(AccountOutcome.CREATED), EnumSet.complementOf(accounts));
        final EnumSet<TransferOutcome> transfers = EnumSet.copyOf(ordinaryTable().outcomes());
        transfers.addAll(postTable().outcomes());
        transfers.addAll(existsTable(TransferAttempt::repeated).outcomes());
        assertEquals(EnumSet.of(CREATED, EXISTS), EnumSet.complementOf(transfers));
    }

    private static RuleTable<AccountAttempt, AccountOutcome> accountTable()
    {
        final RuleTable<AccountAttempt, AccountOutcome> table =
            new RuleTable<>(AccountAttempt::new, AccountAttempt::answer);
        addAccountHead(table);
        addExistingAccount(table);
        addNewAccount(table);
        return table;
    }

    private static RuleTable<TransferAttempt, TransferOutcome> ordinaryTable()
    {
        final RuleTable<TransferAttempt, TransferOutcome> table =
            new RuleTable<>(TransferAttempt::ordinary, TransferAttempt::answer);
        addTransferHead(table);
        addOrdinaryFields(table);
        addOrdinaryAccounts(table);
        addOrdinaryAmounts(table);
        return table;
    }

    private static RuleTable<TransferAttempt, TransferOutcome> postTable()
    {
        final RuleTable<TransferAttempt, TransferOutcome> table =
            new RuleTable<>(TransferAttempt::post, TransferAttempt::answer);
        addTransferHead(table);
        addPostFields(table);
        addPostState(table);
        return table;
    }

    private static RuleTable<TransferAttempt, TransferOutcome> existsTable(final Supplier<TransferAttempt> attempts)
    {
        final RuleTable<TransferAttempt, TransferOutcome> table =
            new RuleTable<>(attempts, TransferAttempt::answer);
        addExistsFamily(table);
        return table;
    }

    // Section 4.

    private static void addAccountHead(final RuleTable<AccountAttempt, AccountOutcome> table)
    {
        table.rule(AccountOutcome.LINKED_EVENT_CHAIN_OPEN, "linked=last", a -> a.draft.linked());
        table.rule(AccountOutcome.LINKED_EVENT_FAILED, "chain=broken", a -> a.isChainBroken = true);
        table.rule(
            AccountOutcome.IMPORTED_EVENT_EXPECTED, "imported=no, first=otherwise", a -> a.isFirstOtherwise = true);
        table.rule(AccountOutcome.IMPORTED_EVENT_NOT_EXPECTED, "imported=yes, first=otherwise", a ->
        {
            a.imported();
            a.isFirstOtherwise = true;
        });
        table.never(
            AccountOutcome.IMPORTED_EVENT_EXPECTED, AccountOutcome.IMPORTED_EVENT_NOT_EXPECTED,
            "an event has the flag or it has not");
        table.rule(AccountOutcome.TIMESTAMP_MUST_BE_ZERO, "imported=no, timestamp=given", a -> a.timestampNs = x -> 1);
        table.never(
            AccountOutcome.IMPORTED_EVENT_NOT_EXPECTED, AccountOutcome.TIMESTAMP_MUST_BE_ZERO,
            "an imported event has a timestamp");
        table.rule(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE, "imported=yes, timestamp=zero",
            a -> a.imported().timestampNs = x -> 0);
        table.never(
            AccountOutcome.TIMESTAMP_MUST_BE_ZERO, AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
            "the one is of events that are not imported, the other of those that are");
        table.rule(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE, "imported=yes, timestamp=batch",
            a -> a.imported().timestampNs = x -> x.batchTimestampNs);
        table.together(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE,
            a -> a.imported().timestampNs = x -> TS_BEYOND);
        table.rule(AccountOutcome.RESERVED_FIELD, "reserved=one", a -> a.draft.with(r -> r.reserved(1)));
        table.rule(AccountOutcome.RESERVED_FLAG, "reservedFlag=set", a -> a.draft.flag(1 << 6));
        table.rule(AccountOutcome.ID_MUST_NOT_BE_ZERO, "id=zero", a -> a.draft.id(0, 0));
        table.rule(AccountOutcome.ID_MUST_NOT_BE_INT_MAX, "id=max", a -> a.draft.id(-1, -1));
        table.never(AccountOutcome.ID_MUST_NOT_BE_ZERO, AccountOutcome.ID_MUST_NOT_BE_INT_MAX, "it has one id");
    }

    private static void addExistingAccount(final RuleTable<AccountAttempt, AccountOutcome> table)
    {
        table.rule(AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS, "id=stored, flags=other", a ->
            a.stored().draft.flag(AccountFlags.HISTORY));
        table.never(
            AccountOutcome.ID_MUST_NOT_BE_INT_MAX, AccountOutcome.EXISTS_WITH_DIFFERENT_FLAGS,
            "no account with this id is ever stored");
        table.rule(
            AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_128,
            "id=stored, imported=no, limits=none, userData128=other",
            a -> a.stored().draft.with(r -> r.userData128High(1)));
        table.rule(
            AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_64, "id=stored, imported=no, limits=none, userData64=other",
            a -> a.stored().draft.with(r -> r.userData64(1)));
        table.rule(
            AccountOutcome.EXISTS_WITH_DIFFERENT_USER_DATA_32, "id=stored, imported=no, limits=none, userData32=other",
            a -> a.stored().draft.with(r -> r.userData32(1)));
        table.rule(
            AccountOutcome.EXISTS_WITH_DIFFERENT_LEDGER, "id=stored, imported=no, limits=none, ledger=other",
            a -> a.stored().draft.ledger(978));
        table.rule(
            AccountOutcome.EXISTS_WITH_DIFFERENT_CODE,
            "id=stored, imported=no, limits=none, validLedger=yes, code=other",
            a -> a.stored().draft.code(2));
        table.rule(
            AccountOutcome.EXISTS,
            "id=stored, imported=no, limits=none, flags=same, userData128=same, userData64=same, userData32=same, " +
            "ledger=same, code=same",
            a -> a.stored());
        table.never(
            AccountOutcome.EXISTS_WITH_DIFFERENT_CODE, AccountOutcome.EXISTS, "it differs from the stored one or not");
    }

    private static void addNewAccount(final RuleTable<AccountAttempt, AccountOutcome> table)
    {
        table.rule(AccountOutcome.FLAGS_ARE_MUTUALLY_EXCLUSIVE, "limits=both", a ->
            a.draft.flag(DEBITS_MUST_NOT_EXCEED_CREDITS).flag(CREDITS_MUST_NOT_EXCEED_DEBITS));
        table.never(
            AccountOutcome.EXISTS, AccountOutcome.FLAGS_ARE_MUTUALLY_EXCLUSIVE, "no stored account has both flags");
        table.rule(
            AccountOutcome.DEBITS_PENDING_MUST_BE_ZERO, "debitsPending=one",
            a -> a.draft.with(r -> r.debitsPendingLow(1)));
        table.rule(
            AccountOutcome.DEBITS_POSTED_MUST_BE_ZERO, "debitsPosted=one",
            a -> a.draft.with(r -> r.debitsPostedHigh(1)));
        table.rule(
            AccountOutcome.CREDITS_PENDING_MUST_BE_ZERO, "creditsPending=one",
            a -> a.draft.with(r -> r.creditsPendingLow(1)));
        table.rule(
            AccountOutcome.CREDITS_POSTED_MUST_BE_ZERO, "creditsPosted=one",
            a -> a.draft.with(r -> r.creditsPostedHigh(1)));
        table.rule(AccountOutcome.LEDGER_MUST_NOT_BE_ZERO, "ledger=zero, validLedger=no", a -> a.draft.ledger(0));
        table.rule(AccountOutcome.CODE_MUST_NOT_BE_ZERO, "code=zero", a -> a.draft.code(0));
        table.rule(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, "imported=yes, timestamp=greatest",
            a -> a.imported().timestampNs = x -> x.greatestNs);
    }

    // Section 5.1.

    private static void addTransferHead(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(LINKED_EVENT_CHAIN_OPEN, "linked=last", a -> a.draft.linked());
        table.rule(LINKED_EVENT_FAILED, "chain=broken", a -> a.isChainBroken = true);
        table.rule(IMPORTED_EVENT_EXPECTED, "imported=no, first=otherwise", a -> a.isFirstOtherwise = true);
        table.rule(IMPORTED_EVENT_NOT_EXPECTED, "imported=yes, first=otherwise", a ->
            a.imported().isFirstOtherwise = true);
        table.never(
            IMPORTED_EVENT_EXPECTED, IMPORTED_EVENT_NOT_EXPECTED, "an event has the flag or it has not");
        table.rule(TIMESTAMP_MUST_BE_ZERO, "imported=no, timestamp=given", a -> a.timestampNs = x -> 1);
        table.never(IMPORTED_EVENT_NOT_EXPECTED, TIMESTAMP_MUST_BE_ZERO, "an imported event has a timestamp");
        table.rule(IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE, "imported=yes, timestamp=zero", a ->
            a.imported().timestampNs = x -> 0);
        table.never(
            TIMESTAMP_MUST_BE_ZERO, IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
            "the one is of events that are not imported, the other of those that are");
        table.rule(IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE, "imported=yes, timestamp=batch", a ->
            a.imported().timestampNs = x -> x.batchTimestampNs);
        table.together(IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE, IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE, a ->
            a.imported().timestampNs = x -> TS_BEYOND);
        table.rule(RESERVED_FLAG, "reservedFlag=set", a -> a.draft.flag(1 << 9));
        table.rule(ID_MUST_NOT_BE_ZERO, "id=zero", a -> a.draft.id(0, 0));
        table.rule(ID_MUST_NOT_BE_INT_MAX, "id=max", a -> a.draft.id(-1, -1));
        table.never(ID_MUST_NOT_BE_ZERO, ID_MUST_NOT_BE_INT_MAX, "it has one id");
        // Flags that no attempt here has together: so that this is always what differs, and not what else is broken.
        table.rule(EXISTS_WITH_DIFFERENT_FLAGS, "id=stored", a -> a.balances.add(ledger -> ledger.with(
            pending(ID, OTHER, ANOTHER, 0).flag(BALANCING_DEBIT).flag(BALANCING_CREDIT))));
        table.never(
            ID_MUST_NOT_BE_INT_MAX, EXISTS_WITH_DIFFERENT_FLAGS, "no transfer with this id is ever stored");
        table.rule(ID_ALREADY_FAILED, "id=spent", a -> a.balances.add(ledger ->
            assertEquals(DEBIT_ACCOUNT_NOT_FOUND, ledger.send(transfer(ID, MISSING, ANOTHER, 0)))));
        table.never(
            EXISTS_WITH_DIFFERENT_FLAGS, ID_ALREADY_FAILED, "a stored id is never spent, nor a spent one ever stored");
    }

    // Section 5.2.

    private static void addOrdinaryFields(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, "debit=zero", a -> a.draft.from(0));
        table.rule(DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, "debit=max", a ->
            a.draft.with(t -> t.debitAccountIdHigh(-1).debitAccountIdLow(-1)));
        table.never(DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, "it has one debit id");
        table.rule(CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, "credit=zero", a -> a.draft.to(0));
        table.rule(CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, "credit=max", a ->
            a.draft.with(t -> t.creditAccountIdHigh(-1).creditAccountIdLow(-1)));
        table.never(
            CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, "it has one credit id");
        table.rule(ACCOUNTS_MUST_BE_DIFFERENT, "debit=same, credit=same", a -> a.draft.from(DEBIT).to(DEBIT));
        table.never(
            CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, ACCOUNTS_MUST_BE_DIFFERENT,
            "then the debit id is the maximum too, and that is said before both");
        table.rule(PENDING_ID_MUST_BE_ZERO, "pendingId=given", a -> a.draft.pendingId(5));
        table.rule(TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, "pending=no, timeout=one", a -> a.draft.timeout(1));
        table.rule(CLOSING_TRANSFER_MUST_BE_PENDING, "pending=no, closing=yes", a -> a.draft.flag(CLOSING_CREDIT));
        table.rule(LEDGER_MUST_NOT_BE_ZERO, "ledger=zero", a -> a.draft.ledger(0));
        table.rule(CODE_MUST_NOT_BE_ZERO, "code=zero", a -> a.draft.code(0));
    }

    private static void addOrdinaryAccounts(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(DEBIT_ACCOUNT_NOT_FOUND, "debit=missing", a -> a.draft.from(MISSING));
        table.rule(CREDIT_ACCOUNT_NOT_FOUND, "credit=missing", a -> a.draft.to(MISSING + 1));
        table.rule(ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, "debit=there, credit=euro", a -> a.draft.to(EURO));
        table.never(
            CREDIT_ACCOUNT_NOT_FOUND, ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, "an account that is not there has no ledger");
        table.rule(TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, "ledger=other", a -> a.draft.ledger(203));
        table.rule(IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, "imported=yes, timestamp=greatest", a ->
            a.imported().timestampNs = x -> x.anchorNs);
        table.rule(
            IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT,
            "imported=yes, timestamp=beforeDebit, debit=late",
            a -> a.imported().withLateDebit().timestampNs = x -> x.lateDebitNs - 1);
        table.together(
            IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT,
            a -> a.imported().withLateDebit().timestampNs = x -> x.anchorNs);
        table.rule(
            IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT,
            "imported=yes, timestamp=beforeCredit, credit=late",
            a -> a.imported().withLateCredit().timestampNs = x -> x.lateCreditNs - 1);
        table.together(
            IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT, IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT,
            a -> a.imported().withLateDebit().withLateCredit().timestampNs = x -> x.lateDebitNs - 1);
        table.rule(IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO, "imported=yes, pending=yes, timeout=one", a ->
            a.imported().draft.flag(PENDING).timeout(1));
        table.rule(DEBIT_ACCOUNT_ALREADY_CLOSED, "debit=there", TransferAttempt::closeDebit);
        table.rule(CREDIT_ACCOUNT_ALREADY_CLOSED, "credit=there", TransferAttempt::closeCredit);
    }

    /** The amount is 2^128-2: on top of 2 it does not fit, on top of 1 and 1 neither, on top of one 1 it does. */
    private static void addOrdinaryAmounts(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(OVERFLOWS_DEBITS_PENDING, "pending=yes, debit=there, debitsPending=2", a ->
            a.pending().debitsPending(2));
        table.rule(OVERFLOWS_CREDITS_PENDING, "pending=yes, credit=there, creditsPending=2", a ->
            a.pending().creditsPending(2));
        table.rule(OVERFLOWS_DEBITS_POSTED, "debit=there, debitsPosted=2", a -> a.debitsPosted(2));
        table.rule(OVERFLOWS_CREDITS_POSTED, "credit=there, creditsPosted=2", a -> a.creditsPosted(2));
        table.rule(OVERFLOWS_DEBITS, "debit=there, debitsPending=1, debitsPosted=1", a ->
            a.debitsPending(1).debitsPosted(1));
        table.rule(OVERFLOWS_CREDITS, "credit=there, creditsPending=1, creditsPosted=1", a ->
            a.creditsPending(1).creditsPosted(1));
        table.rule(OVERFLOWS_TIMEOUT, "imported=no, pending=yes, timeout=beyond", a ->
        {
            a.pending().draft.timeout(1);
            a.batchTimestampNs = Long.MAX_VALUE - SECOND_NS + 1;
        });
        table.rule(EXCEEDS_CREDITS, "debit=there", a -> a.draft.from(DEBIT_CAPPED));
        table.rule(EXCEEDS_DEBITS, "credit=there", a -> a.draft.to(CREDIT_CAPPED));
    }

    // Section 5.3.

    private static void addPostFields(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(FLAGS_ARE_MUTUALLY_EXCLUSIVE, "exclusive=yes", a -> a.draft.flag(BALANCING_CREDIT));
        table.rule(PENDING_ID_MUST_NOT_BE_ZERO, "pendingId=zero", a -> a.draft.pendingId(0));
        table.rule(PENDING_ID_MUST_NOT_BE_INT_MAX, "pendingId=max", a ->
            a.draft.with(t -> t.pendingIdHigh(-1).pendingIdLow(-1)));
        table.never(PENDING_ID_MUST_NOT_BE_ZERO, PENDING_ID_MUST_NOT_BE_INT_MAX, "it has one pending_id");
        table.rule(PENDING_ID_MUST_BE_DIFFERENT, "id=plain, pendingId=own", a -> a.draft.pendingId(ID));
        table.never(
            PENDING_ID_MUST_NOT_BE_INT_MAX, PENDING_ID_MUST_BE_DIFFERENT,
            "then its own id is the maximum too, and that is said before both");
        table.rule(TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, "timeout=one", a -> a.draft.timeout(1));
        table.rule(PENDING_TRANSFER_NOT_FOUND, "pendingId=missing", a -> a.draft.pendingId(MISSING));
        table.rule(PENDING_TRANSFER_NOT_PENDING, "pendingId=single", a -> a.draft.pendingId(SINGLE_ID));
        table.never(PENDING_TRANSFER_NOT_FOUND, PENDING_TRANSFER_NOT_PENDING, "it is there or it is not");
        table.rule(PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID, "debit=other", a -> a.draft.from(MISSING));
        table.rule(PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID, "credit=other", a -> a.draft.to(MISSING));
        table.rule(PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, "ledger=other", a -> a.draft.ledger(203));
        table.rule(PENDING_TRANSFER_HAS_DIFFERENT_CODE, "code=other", a -> a.draft.code(2));
        table.rule(EXCEEDS_PENDING_TRANSFER_AMOUNT, "pendingId=open, amount=more", a ->
            a.draft.amount(PENDING_AMOUNT + 1));
        table.rule(PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, "pendingId=open, kind=void, amount=less", a ->
            a.voids().draft.amount(PENDING_AMOUNT - 1));
        table.never(
            EXCEEDS_PENDING_TRANSFER_AMOUNT, PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, "it is more or it is less");
    }

    private static void addPostState(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(PENDING_TRANSFER_ALREADY_POSTED, "pendingId=open, state=posted", a ->
            a.balances.add(ledger -> ledger.with(postOf(SETUP_ID, PENDING_ID))));
        table.rule(PENDING_TRANSFER_ALREADY_VOIDED, "pendingId=open, state=voided", a ->
            a.balances.add(ledger -> ledger.with(voidOf(SETUP_ID, PENDING_ID))));
        table.never(
            PENDING_TRANSFER_ALREADY_POSTED, PENDING_TRANSFER_ALREADY_VOIDED, "it is resolved at most once");
        table.rule(PENDING_TRANSFER_EXPIRED, "pendingId=open, time=deadline", a -> a.isAtDeadline = true);
        table.rule(
            IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, "pendingId=open, imported=yes, timestamp=greatest",
            a -> a.imported().timestampNs = x -> x.anchorNs);
        table.rule(DEBIT_ACCOUNT_ALREADY_CLOSED, "pendingId=open, kind=post", TransferAttempt::closeDebit);
        table.rule(CREDIT_ACCOUNT_ALREADY_CLOSED, "pendingId=open, kind=post", TransferAttempt::closeCredit);
    }

    // Section 5.4.

    private static void addExistsFamily(final RuleTable<TransferAttempt, TransferOutcome> table)
    {
        table.rule(EXISTS_WITH_DIFFERENT_FLAGS, "flags=other", a -> a.draft.flag(CLOSING_DEBIT));
        table.rule(EXISTS_WITH_DIFFERENT_PENDING_ID, "pendingId=other", a -> a.draft.pendingId(MISSING));
        table.rule(EXISTS_WITH_DIFFERENT_TIMEOUT, "timeout=other", a -> a.draft.timeout(7));
        table.rule(EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID, "debit=other", a -> a.draft.from(MISSING));
        table.rule(EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID, "credit=other", a -> a.draft.to(MISSING));
        table.rule(EXISTS_WITH_DIFFERENT_AMOUNT, "amount=other", a -> a.draft.amount(PENDING_AMOUNT - 1));
        table.rule(EXISTS_WITH_DIFFERENT_USER_DATA_128, "userData128=other", a ->
            a.draft.with(t -> t.userData128High(1)));
        table.rule(EXISTS_WITH_DIFFERENT_USER_DATA_64, "userData64=other", a -> a.draft.with(t -> t.userData64(1)));
        table.rule(EXISTS_WITH_DIFFERENT_USER_DATA_32, "userData32=other", a -> a.draft.with(t -> t.userData32(1)));
        table.rule(EXISTS_WITH_DIFFERENT_LEDGER, "ledger=other", a -> a.draft.ledger(203));
        table.rule(EXISTS_WITH_DIFFERENT_CODE, "code=other", a -> a.draft.code(2));
    }

    // Attempts.

    /** A command to create an account, and what stands before it in its batch and in the ledger. */
    private static final class AccountAttempt
    {
        private final AccountDraft draft = account(ID);
        private ToLongFunction<AccountAttempt> timestampNs = x -> x.isImported() ? x.batchTimestampNs - 1 : 0;
        private boolean isChainBroken;
        private boolean isFirstOtherwise;
        private boolean isStored;
        private long batchTimestampNs;
        private long greatestNs;

        AccountAttempt imported()
        {
            draft.flag(AccountFlags.IMPORTED);
            return this;
        }

        AccountAttempt stored()
        {
            isStored = true;
            return this;
        }

        boolean isImported()
        {
            return (draft.command().flags() & AccountFlags.IMPORTED) != 0;
        }

        AccountOutcome answer()
        {
            try (LedgerFixture ledger = new LedgerFixture())
            {
                ledger.with(account(isStored ? ID : OTHER));
                greatestNs = ledger.nowNs();
                batchTimestampNs = greatestNs + 1_000;
                draft.with(a -> a.timestampNs(timestampNs.applyAsLong(this)));
                final List<AccountDraft> batch = new ArrayList<>();
                if (isChainBroken || isFirstOtherwise)
                {
                    batch.add(first());
                }
                batch.add(draft);
                final List<AccountOutcome> outcomes = ledger.at(batch.size(), batchTimestampNs)
                    .createAll(batch.toArray(new AccountDraft[0]));
                return outcomes.get(outcomes.size() - 1);
            }
        }

        private AccountDraft first()
        {
            final AccountDraft first = account(FIRST_ID).code(0);
            if (isImported() != isFirstOtherwise)
            {
                first.imported(greatestNs + 1);
            }
            return isChainBroken ? first.linked() : first;
        }
    }

    /** A command to create a transfer, and what stands before it in its batch and in the ledger. */
    private static final class TransferAttempt
    {
        private static final EnumSet<TransferOutcome> NONE = EnumSet.of(CREATED, EXISTS);

        private final TransferDraft draft;
        private final List<Consumer<LedgerFixture>> balances = new ArrayList<>();
        private final List<Consumer<LedgerFixture>> closings = new ArrayList<>();
        private final List<Consumer<LedgerFixture>> lateAccounts = new ArrayList<>();
        private ToLongFunction<TransferAttempt> timestampNs = x -> x.isImported() ? x.batchTimestampNs - 1 : 0;
        private boolean isChainBroken;
        private boolean isFirstOtherwise;
        private boolean isAtDeadline;
        private long batchTimestampNs;
        private long anchorNs;
        private long lateDebitNs;
        private long lateCreditNs;
        private long nextSetupId = SETUP_ID + 1;

        private TransferAttempt(final TransferDraft draft)
        {
            this.draft = draft;
        }

        static TransferAttempt ordinary()
        {
            return new TransferAttempt(transfer(ID, DEBIT, CREDIT, 0).amount(-1, -2)).checked();
        }

        static TransferAttempt post()
        {
            return new TransferAttempt(postOf(ID, PENDING_ID)).checked();
        }

        static TransferAttempt repeated()
        {
            final TransferAttempt attempt =
                new TransferAttempt(TransferDraft.pending(ID, DEBIT, CREDIT, PENDING_AMOUNT)).checked();
            attempt.balances.add(ledger -> ledger.with(TransferDraft.pending(ID, DEBIT, CREDIT, PENDING_AMOUNT)));
            return attempt;
        }

        static TransferAttempt repeatedPost()
        {
            final TransferAttempt attempt = new TransferAttempt(postOf(ID, PENDING_ID)).checked();
            attempt.balances.add(ledger -> ledger.with(postOf(ID, PENDING_ID)));
            return attempt;
        }

        /** An attempt that nothing was done to is accepted, else the tests would prove nothing. */
        private TransferAttempt checked()
        {
            assertEquals(true, NONE.contains(new TransferAttempt(draft).answer()));
            return this;
        }

        TransferAttempt imported()
        {
            draft.flag(TransferFlags.IMPORTED);
            return this;
        }

        TransferAttempt pending()
        {
            draft.flag(PENDING);
            return this;
        }

        TransferAttempt voids()
        {
            draft.with(t -> t.flags(draft.command().flags() & ~POST_PENDING_TRANSFER | VOID_PENDING_TRANSFER));
            return this;
        }

        TransferAttempt debitsPending(final long amount)
        {
            balances.add(l -> l.with(TransferDraft.pending(nextSetupId++, debit(), OTHER, amount)));
            return this;
        }

        TransferAttempt creditsPending(final long amount)
        {
            balances.add(l -> l.with(TransferDraft.pending(nextSetupId++, OTHER, credit(), amount)));
            return this;
        }

        TransferAttempt debitsPosted(final long amount)
        {
            balances.add(l -> l.with(transfer(nextSetupId++, debit(), OTHER, amount)));
            return this;
        }

        TransferAttempt creditsPosted(final long amount)
        {
            balances.add(l -> l.with(transfer(nextSetupId++, OTHER, credit(), amount)));
            return this;
        }

        void closeDebit()
        {
            closings.add(l -> l.with(TransferDraft.pending(nextSetupId++, debit(), OTHER, 0).flag(CLOSING_DEBIT)));
        }

        void closeCredit()
        {
            closings.add(l -> l.with(TransferDraft.pending(nextSetupId++, OTHER, credit(), 0).flag(CLOSING_CREDIT)));
        }

        TransferAttempt withLateDebit()
        {
            draft.from(LATE_DEBIT);
            lateAccounts.add(ledger -> lateDebitNs = open(ledger, account(LATE_DEBIT)));
            return this;
        }

        TransferAttempt withLateCredit()
        {
            draft.to(LATE_CREDIT);
            lateAccounts.add(ledger -> lateCreditNs = open(ledger, account(LATE_CREDIT)));
            return this;
        }

        TransferOutcome answer()
        {
            try (LedgerFixture ledger = new LedgerFixture())
            {
                openAccounts(ledger);
                ledger.with(
                    transfer(SINGLE_ID, OTHER, ANOTHER, 1),
                    transfer(nextSetupId++, OTHER, DEBIT_CAPPED, 10),
                    transfer(nextSetupId++, CREDIT_CAPPED, OTHER, 10));
                final long deadlineNs = openPending(ledger);
                balances.forEach(balance -> balance.accept(ledger));
                closings.forEach(closing -> closing.accept(ledger));
                ledger.with(transfer(ANCHOR_ID, OTHER, ANOTHER, 1));
                anchorNs = ledger.nowNs();
                lateAccounts.forEach(late -> late.accept(ledger));
                return send(ledger, deadlineNs);
            }
        }

        private TransferOutcome send(final LedgerFixture ledger, final long deadlineNs)
        {
            if (batchTimestampNs == 0)
            {
                batchTimestampNs = isAtDeadline ? deadlineNs : ledger.nowNs() + 1_000;
            }
            draft.timestampNs(timestampNs.applyAsLong(this));
            final List<TransferDraft> batch = new ArrayList<>();
            if (isChainBroken || isFirstOtherwise)
            {
                batch.add(first());
            }
            batch.add(draft);
            final List<TransferOutcome> outcomes = ledger.at(batch.size(), batchTimestampNs)
                .sendAll(batch.toArray(new TransferDraft[0]));
            return outcomes.get(outcomes.size() - 1);
        }

        private TransferDraft first()
        {
            final TransferDraft first = transfer(FIRST_ID, OTHER, ANOTHER, 0).code(0);
            if (isImported() != isFirstOtherwise)
            {
                first.imported(batchTimestampNs - 10);
            }
            return isChainBroken ? first.linked() : first;
        }

        /** The pending transfer that posts are of; ordinary transfers find other accounts as they were. */
        private long openPending(final LedgerFixture ledger)
        {
            if (!TransferFlags.isPostOrVoid(draft.command().flags()))
            {
                return 0;
            }
            ledger.with(TransferDraft.pending(PENDING_ID, DEBIT, CREDIT, PENDING_AMOUNT).timeout(1));
            return ledger.nowNs() + SECOND_NS;
        }

        private static void openAccounts(final LedgerFixture ledger)
        {
            for (final long id : new long[]{DEBIT, CREDIT, OTHER, ANOTHER, DEBIT_CAPPED, CREDIT_CAPPED, EURO})
            {
                open(ledger, account(id)
                    .ledger(id == EURO ? 978 : LEDGER)
                    .flag(
                        id == DEBIT_CAPPED ? DEBITS_MUST_NOT_EXCEED_CREDITS :
                        id == CREDIT_CAPPED ? CREDITS_MUST_NOT_EXCEED_DEBITS : 0));
            }
        }

        private static long open(final LedgerFixture ledger, final AccountDraft draft)
        {
            ledger.at(ledger.nowNs() + 10).with(draft);
            return ledger.nowNs();
        }

        private boolean isImported()
        {
            return (draft.command().flags() & TransferFlags.IMPORTED) != 0;
        }

        /** The debit account of the command; a post leaves it open and means that of its pending transfer. */
        private long debit()
        {
            final long id = draft.command().debitAccountIdLow();
            return id == 0 || id == MISSING ? DEBIT : id;
        }

        private long credit()
        {
            final long id = draft.command().creditAccountIdLow();
            return id == 0 || id == MISSING ? CREDIT : id;
        }
    }
}
