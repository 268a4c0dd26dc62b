package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.AccountBalance;
import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.AccountWithPending;
import io.seriatim.engine.ChangeEvent;
import io.seriatim.engine.ChangeEventsFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Filter;
import io.seriatim.engine.Found;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.QueryFilter;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.StringJoiner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every kind of query, by examples that were worked out by hand. What is created {@code at(t)} has timestamp t. */
class ReadModelTest
{
    private static final int LEDGER = 840;
    private static final long SECOND = 1_000_000_000L;
    private static final int BOTH = Filter.DEBITS | Filter.CREDITS;

    private LedgerEngine engine;
    private Ledger ledger;

    @BeforeEach
    void launch()
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY)
            .threading(Threading.INVOKER)
            .clock(new ManualClock()));
        ledger = engine.scope(LEDGER, 978);
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    // Transfers of an account.

    @Test
    void shouldListTheTransfersOfAnAccountPageByPage()
    {
        fourTransfers();
        assertEquals("1@100 2@110 4@130", ids(transfers(of(1))));
        assertEquals("1@100 2@110", ids(transfers(of(1).withLimit(2))));
        assertEquals("4@130", ids(transfers(of(1).withLimit(2).between(111, 0))));
        assertEquals("4@130 2@110", ids(transfers(of(1).withLimit(2).withFlags(BOTH | Filter.REVERSED))));
        assertEquals("1@100", ids(transfers(
            of(1).withLimit(2).withFlags(BOTH | Filter.REVERSED).between(0, 109))));
        assertEquals("2@110", ids(transfers(of(1).between(110, 110))));
        assertEquals("", ids(transfers(of(1).between(111, 129))));
    }

    @Test
    void shouldListOneSideOrBoth()
    {
        fourTransfers();
        assertEquals("1@100 4@130", ids(transfers(of(1).withFlags(Filter.DEBITS))));
        assertEquals("2@110", ids(transfers(of(1).withFlags(Filter.CREDITS))));
        assertEquals("1@100 2@110 3@120", ids(transfers(of(2))));
        assertEquals("3@120 2@110", ids(transfers(of(2).withFlags(Filter.DEBITS | Filter.REVERSED))));
    }

    @Test
    void shouldListTransfersThatMeetAllConditions()
    {
        fourTransfers();
        assertEquals("2@110", ids(transfers(of(1).withCode(2))));
        assertEquals("", ids(transfers(of(1).withCode(3).withFlags(Filter.CREDITS))));
        assertEquals("4@130", ids(transfers(of(1).withUserData(Uint128.ZERO, 7, 0))));
        assertEquals("", ids(transfers(of(1).withUserData(Uint128.ZERO, 7, 0).withCode(1))));
        assertEquals("4@130", ids(transfers(of(1).withUserData(Uint128.ZERO, 7, 0).withCode(3))));
    }

    @Test
    void shouldShowTransfersAsTheyAreLookedUp()
    {
        fourTransfers();
        for (final Transfer transfer : transfers(of(1)).values())
        {
            assertEquals(ledger.lookupTransfers(List.of(transfer.id())).one(), transfer);
        }
    }

    @Test
    void shouldAnswerInvalidFiltersWithNothing()
    {
        fourTransfers();
        final List<AccountFilter> invalid = List.of(
            of(1).withLimit(0),
            of(1).withFlags(0),
            of(1).withFlags(Filter.REVERSED),
            of(1).withFlags(BOTH | Filter.OPENING << 1),
            of(1).between(Long.MIN_VALUE, 0),
            of(1).between(0, -1),
            of(1).between(111, 110),
            AccountFilter.of(Uint128.ZERO),
            AccountFilter.of(Uint128.MAX),
            of(99));
        for (final AccountFilter filter : invalid)
        {
            assertEquals("", ids(transfers(filter)), filter::toString);
            assertEquals("", rows(ledger.getAccountBalances(filter)), filter::toString);
        }
        assertEquals("", ids(transfers(of(1).withFlags(BOTH | Filter.OPENING))), "opening is for balances");
        final List<QueryFilter> invalidQueries = List.of(
            QueryFilter.ALL.withLimit(0),
            QueryFilter.ALL.between(Long.MIN_VALUE, 0),
            QueryFilter.ALL.between(0, -1),
            QueryFilter.ALL.between(2, 1),
            new QueryFilter(Uint128.ZERO, 0, 0, 0, 0, 0, 0, 10, 2));
        for (final QueryFilter filter : invalidQueries)
        {
            assertEquals("", ids(ledger.queryTransfers(filter)), filter::toString);
            assertEquals(List.of(), ledger.queryAccounts(filter).values(), filter::toString);
            assertEquals("", ids(ledger.queryPending(PendingState.PENDING, filter)), filter::toString);
        }
        assertEquals(List.of(), ledger.getChangeEvents(new ChangeEventsFilter(2, 1, 10)).values());
        assertEquals(List.of(), ledger.getChangeEvents(new ChangeEventsFilter(0, 0, 0)).values());
        assertEquals("1@100 2@110 4@130", ids(transfers(of(1).between(1, Long.MAX_VALUE).withLimit(-1))));
    }

    // Balances.

    @Test
    void shouldListBalancesAfterEachTransferButNoneForAnExpiry()
    {
        account(1, AccountFlags.HISTORY);
        account(2, 0);
        at(100, Transfer.of(1, 1, 2, 10, 1));
        at(110, pending(2, 1, 2, 50, 1));
        at(120, Transfer.of(3, 2, 1, 7, 1));
        at(130, post(4, 2, 20));
        at(140, pending(5, 1, 2, 5, 1));
        ledger.setClock(10 * SECOND);
        at(11 * SECOND, Transfer.of(6, 1, 2, 1, 1));

        assertEquals(
            "0+10/0+0@100 50+10/0+0@110 50+10/0+7@120 0+30/0+7@130 5+30/0+7@140 0+31/0+7@11000000000",
            rows(ledger.getAccountBalances(of(1))));
        assertEquals("50+10/0+7@120", rows(ledger.getAccountBalances(of(1).withFlags(Filter.CREDITS))));
        assertEquals(
            "0+31/0+7@11000000000 5+30/0+7@140",
            rows(ledger.getAccountBalances(of(1).withFlags(BOTH | Filter.REVERSED).withLimit(2))));
        assertEquals("", rows(ledger.getAccountBalances(of(2))), "without history");
    }

    @Test
    void shouldBeginWithTheOpeningRowIfAskedTo()
    {
        accountAt(90, 1, AccountFlags.HISTORY);
        accountAt(95, 2, 0);
        at(100, Transfer.of(1, 1, 2, 10, 1));
        at(110, Transfer.of(2, 2, 1, 3, 2));

        final int opening = BOTH | Filter.OPENING;
        assertEquals("0+0/0+0@90 0+10/0+0@100 0+10/0+3@110", balances(of(1).withFlags(opening)));
        assertEquals("0+0/0+0@90 0+10/0+0@100", balances(of(1).withFlags(opening).withLimit(2)));
        assertEquals("0+0/0+0@90", balances(of(1).withFlags(opening).withLimit(1)));
        assertEquals("0+10/0+3@110 0+10/0+0@100 0+0/0+0@90", balances(of(1).withFlags(opening | Filter.REVERSED)));
        assertEquals(
            "0+10/0+3@110 0+10/0+0@100", balances(of(1).withFlags(opening | Filter.REVERSED).withLimit(2)));
        assertEquals("0+0/0+0@90", balances(of(1).withFlags(opening).between(0, 99)));
        assertEquals("0+10/0+0@100 0+10/0+3@110", balances(of(1).withFlags(opening).between(91, 0)));
        assertEquals("0+0/0+0@90", balances(of(1).withFlags(opening).between(90, 90)));
        assertEquals("0+0/0+0@90 0+10/0+3@110", balances(of(1).withFlags(opening).withCode(2)));
        assertEquals("0+0/0+0@90", balances(of(1).withFlags(opening).withCode(9)));
        assertEquals("", balances(of(2).withFlags(opening)), "without history");
    }

    // Fields.

    @Test
    void shouldFindAccountsByTheirFields()
    {
        final Uint128 wide = new Uint128(7, 7);
        ledger.setClock(10);
        ledger.createAccounts(List.of(
            Account.of(1, 5, 0).withUserData(wide, 0, 3),
            Account.of(2, 6, 0).withUserData(wide, 9, 0),
            Account.of(3, 5, 0).withLedger(978).withUserData(Uint128.of(7), 9, 3)));
        assertEquals("1@11 2@12 3@13", accountIds(QueryFilter.ALL));
        assertEquals("3@13 2@12", accountIds(QueryFilter.ALL.reversed().withLimit(2)));
        assertEquals("2@12", accountIds(QueryFilter.ALL.between(12, 12)));
        assertEquals("1@11 2@12", accountIds(QueryFilter.ALL.withUserData(wide, 0, 0)));
        assertEquals("1@11", accountIds(QueryFilter.ALL.withUserData(wide, 0, 3)));
        assertEquals("2@12 3@13", accountIds(QueryFilter.ALL.withUserData(Uint128.ZERO, 9, 0)));
        assertEquals("1@11 3@13", accountIds(QueryFilter.ALL.withCode(5)));
        assertEquals("3@13", accountIds(QueryFilter.ALL.withCode(5).withLedger(978)));
        assertEquals("", accountIds(QueryFilter.ALL.withCode(7)));
        assertEquals("", accountIds(QueryFilter.ALL.withUserData(Uint128.ZERO, 1, 0)));
    }

    @Test
    void shouldFindTransfersByTheirFields()
    {
        fourTransfers();
        assertEquals("1@100 2@110 3@120 4@130", ids(ledger.queryTransfers(QueryFilter.ALL)));
        assertEquals("4@130 3@120", ids(ledger.queryTransfers(QueryFilter.ALL.reversed().withLimit(2))));
        assertEquals("2@110 3@120", ids(ledger.queryTransfers(QueryFilter.ALL.withCode(2))));
        assertEquals("3@120", ids(ledger.queryTransfers(QueryFilter.ALL.withCode(2).between(111, 0))));
        assertEquals("1@100 2@110 3@120 4@130", ids(ledger.queryTransfers(QueryFilter.ALL.withLedger(LEDGER))));
        assertEquals("", ids(ledger.queryTransfers(QueryFilter.ALL.withLedger(978))));
        assertEquals(
            "3@120 4@130", ids(ledger.queryTransfers(QueryFilter.ALL.withUserData(Uint128.ZERO, 7, 0))));
        assertEquals(
            "3@120", ids(ledger.queryTransfers(QueryFilter.ALL.withUserData(Uint128.ZERO, 7, 0).withCode(2))));
    }

    @Test
    void shouldFindPostsByWhatTheyInherit()
    {
        account(1, 0);
        account(2, 0);
        at(100, pending(1, 1, 2, 50, 0).withUserData(new Uint128(1, 2), 7, 0));
        at(110, post(2, 1, 20));
        assertEquals("1@100 2@110", ids(ledger.queryTransfers(QueryFilter.ALL.withUserData(new Uint128(1, 2), 7, 0))));
        assertEquals("1@100 2@110", ids(ledger.queryTransfers(QueryFilter.ALL.withCode(1).withLedger(LEDGER))));
    }

    // Pending transfers.

    @Test
    void shouldFindPendingTransfersByWhatHasBecomeOfThem()
    {
        account(1, 0);
        account(2, 0);
        at(100, pending(1, 1, 2, 10, 0), pending(2, 1, 2, 10, 0), pending(3, 1, 2, 10, 1), pending(4, 2, 1, 10, 0));
        assertEquals("1@97 2@98 3@99 4@100", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL)));
        at(110, post(11, 1, 10), voiding(12, 2));
        assertEquals("3@99 4@100", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL)));
        assertEquals("1@97", ids(ledger.queryPending(PendingState.POSTED, QueryFilter.ALL)));
        assertEquals("2@98", ids(ledger.queryPending(PendingState.VOIDED, QueryFilter.ALL)));
        assertEquals("", ids(ledger.queryPending(PendingState.EXPIRED, QueryFilter.ALL)));
        ledger.setClock(2 * SECOND);
        assertEquals("4@100", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL)));
        assertEquals("3@99", ids(ledger.queryPending(PendingState.EXPIRED, QueryFilter.ALL)));
        assertEquals("", ids(ledger.queryPending(PendingState.NONE, QueryFilter.ALL)));
        assertEquals(
            "4@100", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL.withCode(1).reversed())));
        assertEquals("", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL.withCode(2))));
        assertEquals("", ids(ledger.queryPending(PendingState.PENDING, QueryFilter.ALL.between(0, 99))));
    }

    @Test
    void shouldShowAnAccountWithItsOpenPendingTransfersOldestFirst()
    {
        account(1, 0);
        account(2, 0);
        account(3, 0);
        at(100, pending(1, 1, 2, 10, 0), pending(2, 2, 1, 20, 0), pending(3, 2, 3, 30, 0), pending(4, 1, 3, 40, 0));
        assertEquals("50+0/20+0: 1@97 2@98 4@100", withPending(1));
        at(110, voiding(11, 2));
        assertEquals("50+0/0+0: 1@97 4@100", withPending(1));
        assertEquals("30+0/10+0: 1@97 3@99", withPending(2));
        at(120, post(12, 1, 1), post(13, 4, 2));
        assertEquals("0+3/0+0: ", withPending(1));
        assertEquals("0+0/30+2: 3@99", withPending(3));
        assertEquals(List.of(), ledger.getAccountWithPending(Uint128.of(9)).values());
    }

    // Change events.

    @Test
    void shouldTellWhatHasChangedBalancesAndWhatTheyWereJustAfter()
    {
        account(1, 0);
        account(2, 0);
        at(100, Transfer.of(1, 1, 2, 10, 1));
        at(110, pending(2, 1, 2, 50, 0));
        at(120, pending(3, 2, 1, 5, 1));
        at(130, post(4, 2, 20));
        at(140, pending(5, 1, 2, 0, 0).withFlags(TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT));
        at(150, voiding(6, 5));
        ledger.setClock(2 * SECOND);

        assertEquals(
            """
            single_phase@100 1:10 0+10/0+0 0+0/0+10
            two_phase_pending@110 2:50 50+10/0+0 0+0/50+10
            two_phase_pending@120 3:5 5+0/50+10 50+10/5+0
            two_phase_posted@130 4:20 0+30/5+0 5+0/0+30
            two_phase_pending@140 5:0 0+30/5+0 closed 5+0/0+30
            two_phase_voided@150 6:0 0+30/5+0 5+0/0+30
            two_phase_expired@2000000001 3:5 0+0/0+30 0+30/0+0
            """,
            events(ChangeEventsFilter.ALL));
        assertEquals(
            """
            two_phase_pending@140 5:0 0+30/5+0 closed 5+0/0+30
            two_phase_voided@150 6:0 0+30/5+0 5+0/0+30
            """,
            events(new ChangeEventsFilter(131, 0, 2)));
        assertEquals("", events(new ChangeEventsFilter(151, 2 * SECOND, 10)));
        final ChangeEvent expired = ledger.getChangeEvents(new ChangeEventsFilter(151, 0, 10)).one();
        assertEquals(120, expired.transfer().timestampNs(), "the pending transfer is shown with its own timestamp");
        assertEquals(Uint128.ZERO, expired.transfer().pendingId());
    }

    @Test
    void shouldOrderEventsByTimeAndTheirBalancesByTheJournal()
    {
        account(1, 0);
        account(2, 0);
        at(100, pending(1, 1, 2, 10, 1));
        ledger.setClock(3 * SECOND);
        // Booked before the release, journaled behind it.
        ledger.createTransfers(List.of(Transfer.of(2, 1, 2, 7, 1).imported(2 * SECOND)));
        assertEquals(
            """
            two_phase_pending@100 1:10 10+0/0+0 0+0/10+0
            single_phase@2000000000 2:7 0+7/0+0 0+0/0+7
            two_phase_expired@3000000001 1:10 0+0/0+0 0+0/0+0
            """,
            events(ChangeEventsFilter.ALL));
    }

    // As of.

    @Test
    void shouldShowAnAccountAsItWasAfterAnEntry()
    {
        account(1, 0);
        account(2, 0);
        final long first = at(100, Transfer.of(1, 1, 2, 10, 1)).get(0).sequence();
        final long second = at(110, pending(2, 1, 2, 5, 0)).get(0).sequence();
        at(120, post(3, 2, 5));
        assertEquals("0+0/0+0", asOf(1, first - 1));
        assertEquals("0+10/0+0", asOf(1, first));
        assertEquals("5+10/0+0", asOf(1, second));
        assertEquals("0+15/0+0", asOf(1, second + 1));
        assertEquals("", asOf(1, second + 2), "there is no such entry");
        assertEquals("0+0/0+0", asOf(1, 1));
        assertEquals("", asOf(2, 1), "the second account came later");
        assertEquals("", asOf(1, 0));
        assertEquals("", asOf(1, -1));
        assertEquals("", asOf(9, first));
    }

    @Test
    void shouldShowAnAccountAsItWasAtATime()
    {
        accountAt(50, 1, 0);
        accountAt(60, 2, 0);
        at(100, Transfer.of(1, 1, 2, 10, 1));
        at(110, pending(2, 1, 2, 5, 1));
        ledger.setClock(3 * SECOND);
        // Booked before the release, journaled behind it: the release counts from this transfer on.
        ledger.createTransfers(List.of(Transfer.of(3, 1, 2, 7, 1).imported(2 * SECOND)));
        at(4 * SECOND, pending(4, 1, 2, 1, 1));
        ledger.setClock(6 * SECOND);
        assertEquals("", asOfTime(1, 49));
        assertEquals("0+0/0+0", asOfTime(1, 50));
        assertEquals("0+0/0+0", asOfTime(1, 99));
        assertEquals("0+10/0+0", asOfTime(1, 100));
        assertEquals("5+10/0+0", asOfTime(1, 110));
        assertEquals("5+10/0+0", asOfTime(1, 2 * SECOND - 1));
        assertEquals("0+17/0+0", asOfTime(1, 2 * SECOND), "the journal has the release before the import");
        assertEquals("0+17/0+0", asOfTime(1, 3 * SECOND + 1));
        assertEquals("1+17/0+0", asOfTime(1, 6 * SECOND));
        assertEquals("0+17/0+0", asOfTime(1, 6 * SECOND + 1));
        assertEquals("0+17/0+0", asOfTime(1, Long.MAX_VALUE));
        assertEquals("", asOfTime(1, -1), "no time is above the greatest timestamp");
        assertEquals("", asOfTime(2, 59));
    }

    @Test
    void shouldShowClosedAsItWas()
    {
        account(1, 0);
        account(2, 0);
        final long sequence = at(
            100, pending(1, 1, 2, 0, 0).withFlags(TransferFlags.PENDING | TransferFlags.CLOSING_CREDIT))
            .get(0).sequence();
        assertEquals("0+0/0+0 closed", withPending(2).substring(0, 14));
        at(110, voiding(2, 1));
        at(120, pending(3, 2, 1, 0, 1).withFlags(TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT));
        ledger.setClock(2 * SECOND);
        assertEquals("0+0/0+0", asOf(2, sequence - 1));
        assertEquals("0+0/0+0 closed", asOf(2, sequence));
        assertEquals("0+0/0+0", asOf(2, sequence + 1));
        assertEquals("0+0/0+0 closed", asOf(2, sequence + 2));
        assertEquals("0+0/0+0", asOf(2, sequence + 3));
        assertEquals("0+0/0+0 closed", asOfTime(2, 2 * SECOND));
        assertEquals("0+0/0+0", asOfTime(2, 2 * SECOND + 1));
        account(3, AccountFlags.CLOSED);
        assertEquals("0+0/0+0 closed", asOf(3, sequence + 4));
    }

    // Explanations.

    @Test
    void shouldExplainARefusalByWhatStoodThen()
    {
        account(1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        account(2, 0);
        at(100, Transfer.of(1, 2, 1, 10, 1));
        final long refused = at(110, Transfer.of(2, 1, 2, 11, 1)).get(0).sequence();
        at(120, Transfer.of(3, 2, 1, 90, 1));
        final UnsafeBuffer row = explain(refused);
        assertEquals("0+0/0+10", account(row, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET));
        assertEquals("0+10/0+0", account(row, QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET));
        assertEquals(QueryRows.HAS_DEBIT_ACCOUNT | QueryRows.HAS_CREDIT_ACCOUNT, parts(row));
        assertEquals(100, row.getLong(QueryRows.EXPLAINED_TIMESTAMP_MAX_OFFSET));
        assertEquals(0, row.getLong(QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET));
        // The same id again: it is spent, by the entry that was refused, and has no object.
        final UnsafeBuffer again = explain(at(130, Transfer.of(2, 1, 2, 1, 1)).get(0).sequence());
        assertEquals(refused, again.getLong(QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET));
        assertEquals(0, parts(again) & QueryRows.HAS_ORIGINAL);
    }

    @Test
    void shouldExplainARepetitionByItsOriginal()
    {
        account(1, 0);
        account(2, 0);
        final long original = at(100, Transfer.of(1, 1, 2, 10, 1)).get(0).sequence();
        final UnsafeBuffer row = explain(at(110, Transfer.of(1, 1, 2, 11, 1)).get(0).sequence());
        assertEquals(original, row.getLong(QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET));
        assertEquals(
            QueryRows.HAS_DEBIT_ACCOUNT | QueryRows.HAS_CREDIT_ACCOUNT | QueryRows.HAS_ORIGINAL, parts(row));
        assertEquals(
            10,
            new TransferRecordDecoder().wrap(row, QueryRows.EXPLAINED_ORIGINAL_OFFSET).amountLow());
        assertEquals(0, explain(original).getLong(QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET), "it had none");
        final UnsafeBuffer account = explain(ledger.createAccount(1, 9, 0).sequence());
        assertEquals(QueryRows.HAS_ORIGINAL, parts(account));
        assertEquals("0+10/0+0", account(account, QueryRows.EXPLAINED_ORIGINAL_OFFSET));
    }

    @Test
    void shouldExplainAPostByItsPendingTransfer()
    {
        account(1, 0);
        account(2, 0);
        at(100, pending(1, 1, 2, 10, 1));
        final long posted = at(110, post(2, 1, 10)).get(0).sequence();
        final UnsafeBuffer first = explain(posted);
        assertEquals(
            QueryRows.HAS_DEBIT_ACCOUNT | QueryRows.HAS_CREDIT_ACCOUNT | QueryRows.HAS_PENDING, parts(first));
        assertEquals(PendingState.PENDING.ordinal(), first.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET));
        assertEquals("10+0/0+0", account(first, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET));
        final UnsafeBuffer second = explain(at(120, post(3, 1, 10)).get(0).sequence());
        assertEquals(PendingState.POSTED.ordinal(), second.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET));
        assertEquals("0+10/0+0", account(second, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET));
    }

    @Test
    void shouldExplainAReleaseByItsPendingTransfer()
    {
        account(1, 0);
        account(2, 0);
        final long sequence = at(100, pending(1, 1, 2, 10, 1)).get(0).sequence();
        ledger.setClock(2 * SECOND);
        final UnsafeBuffer row = explain(sequence + 1);
        assertEquals(
            QueryRows.HAS_DEBIT_ACCOUNT | QueryRows.HAS_CREDIT_ACCOUNT | QueryRows.HAS_PENDING, parts(row));
        assertEquals(PendingState.PENDING.ordinal(), row.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET));
        assertEquals("10+0/0+0", account(row, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET));
    }

    @Test
    void shouldExplainAMemberOfABrokenChainByWhatItsChainHadDone()
    {
        account(1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        account(2, 0);
        at(100, Transfer.of(1, 2, 1, 10, 1));
        final List<TransferResult> results = at(
            110,
            Transfer.of(2, 1, 2, 4, 1).withFlags(TransferFlags.LINKED),
            pending(3, 2, 1, 5, 0).withFlags(TransferFlags.LINKED | TransferFlags.PENDING),
            post(4, 3, 5).withFlags(TransferFlags.LINKED | TransferFlags.POST_PENDING_TRANSFER),
            Transfer.of(5, 1, 2, 100, 1).withFlags(TransferFlags.LINKED | TransferFlags.BALANCING_DEBIT),
            Transfer.of(6, 1, 2, 1, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(7, 2, 1, 1, 1));
        assertEquals(TransferOutcome.EXCEEDS_CREDITS, results.get(4).outcome());
        final String[] expected = {"0+0/0+10", "0+4/0+10", "0+4/5+10", "0+4/0+15", "0+15/0+15", "0+0/0+10"};
        for (int i = 0; i < expected.length; i++)
        {
            final UnsafeBuffer row = explain(results.get(i).sequence());
            final boolean isDebited = i != 1 && i != 2 && i != 5;
            assertEquals(
                expected[i],
                account(row, isDebited ? QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET :
                    QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET),
                "member " + i);
        }
        final UnsafeBuffer posted = explain(results.get(2).sequence());
        assertEquals(PendingState.PENDING.ordinal(), posted.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET));
        assertEquals(
            3, new TransferRecordDecoder().wrap(posted, QueryRows.EXPLAINED_PENDING_OFFSET).idLow());
    }

    @Test
    void shouldExplainAPostOfWhatItsOwnChainHadMovedAtOnce()
    {
        account(1, 0);
        account(2, 0);
        final List<TransferResult> results = at(
            100, Transfer.of(1, 1, 2, 4, 1).withFlags(TransferFlags.LINKED), post(2, 1, 4));
        assertEquals(TransferOutcome.PENDING_TRANSFER_NOT_PENDING, results.get(1).outcome());
        final UnsafeBuffer row = explain(results.get(1).sequence());
        assertTrue((parts(row) & QueryRows.HAS_PENDING) != 0);
        assertEquals(1, new TransferRecordDecoder().wrap(row, QueryRows.EXPLAINED_PENDING_OFFSET).idLow());
        assertEquals(PendingState.NONE.code(), row.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET));
        assertEquals("0+4/0+0", account(row, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET));
    }

    @Test
    void shouldExplainTheGenesisByItselfAndNothingThatIsNotThere()
    {
        final long sequence = ledger.createAccount(1, 1, 0).sequence();
        final UnsafeBuffer genesis = explain(0);
        assertEquals(0, parts(genesis));
        assertTrue(genesis.getInt(0) > 0);
        assertEquals(List.of(), ledger.explain(sequence + 1).values());
        assertEquals(List.of(), ledger.explain(-1).values());
        assertEquals(0, parts(explain(sequence)));
    }

    // What is asked through the fast face.

    @Test
    void shouldWriteNoMoreRowsThanTheClaimHasRoomFor()
    {
        fourTransfers();
        final LedgerSession session = engine.openSession(0);
        assertTrue(session.claimQuery(RequestKind.QUERY_TRANSFERS, 2) > 0);
        session.filter().limit(100);
        session.publish();
        final int[] count = {-1};
        while (session.poll(reply -> count[0] = reply.count(), 1) == 0)
        {
            engine.doWork();
        }
        assertEquals(2, count[0]);
        assertTrue(session.claimQuery(RequestKind.GET_ACCOUNT_WITH_PENDING, 0) > 0);
        session.filter().id(0, 1);
        session.publish();
        while (session.poll(reply -> count[0] = reply.count(), 1) == 0)
        {
            engine.doWork();
        }
        assertEquals(0, count[0]);
    }

    // How examples are told.

    /** Transfers 1 and 4 from account 1, 2 to it, 3 without it. */
    private void fourTransfers()
    {
        account(1, AccountFlags.HISTORY);
        account(2, 0);
        account(3, 0);
        at(100, Transfer.of(1, 1, 2, 10, 1));
        at(110, Transfer.of(2, 2, 1, 4, 2));
        at(120, Transfer.of(3, 2, 3, 2, 2).withUserData(Uint128.ZERO, 7, 0));
        at(130, Transfer.of(4, 1, 3, 1, 3).withUserData(Uint128.ZERO, 7, 0));
    }

    private void account(final long id, final int flags)
    {
        assertEquals(AccountOutcome.CREATED, ledger.createAccount(id, 1, flags).outcome());
    }

    private void accountAt(final long timestampNs, final long id, final int flags)
    {
        ledger.setClock(timestampNs - 1);
        assertEquals(timestampNs, ledger.createAccount(id, 1, flags).timestampNs());
    }

    /** One request, whose last transfer has this timestamp. */
    private List<TransferResult> at(final long timestampNs, final Transfer... transfers)
    {
        ledger.setClock(timestampNs - transfers.length);
        final List<TransferResult> results = ledger.createTransfers(List.of(transfers));
        assertEquals(timestampNs, results.get(results.size() - 1).timestampNs());
        return results;
    }

    private static Transfer pending(
        final long id, final long debitId, final long creditId, final long amount, final int timeout)
    {
        return new Transfer(
            Uint128.of(id), Uint128.of(debitId), Uint128.of(creditId), Uint128.of(amount), Uint128.ZERO, 0, 1,
            TransferFlags.PENDING, timeout, Uint128.ZERO, 0, 0, 0);
    }

    private static Transfer post(final long id, final long pendingId, final long amount)
    {
        return resolving(id, pendingId, amount, TransferFlags.POST_PENDING_TRANSFER);
    }

    private static Transfer voiding(final long id, final long pendingId)
    {
        return resolving(id, pendingId, 0, TransferFlags.VOID_PENDING_TRANSFER);
    }

    private static Transfer resolving(final long id, final long pendingId, final long amount, final int flag)
    {
        return new Transfer(
            Uint128.of(id), Uint128.ZERO, Uint128.ZERO, Uint128.of(amount), Uint128.of(pendingId), 0, 0, flag, 0,
            Uint128.ZERO, 0, 0, 0);
    }

    private static AccountFilter of(final long accountId)
    {
        return AccountFilter.of(accountId);
    }

    private Found<Transfer> transfers(final AccountFilter filter)
    {
        return ledger.getAccountTransfers(filter);
    }

    private static String ids(final Found<Transfer> found)
    {
        final StringJoiner text = new StringJoiner(" ");
        found.values().forEach(transfer -> text.add(transfer.id() + "@" + transfer.timestampNs()));
        return text.toString();
    }

    private String accountIds(final QueryFilter filter)
    {
        final StringJoiner text = new StringJoiner(" ");
        ledger.queryAccounts(filter).values().forEach(account -> text.add(account.id() + "@" + account.timestampNs()));
        return text.toString();
    }

    private String balances(final AccountFilter filter)
    {
        return rows(ledger.getAccountBalances(filter));
    }

    /** Debits pending + posted / credits pending + posted @ timestamp. */
    private static String rows(final Found<AccountBalance> found)
    {
        final StringJoiner text = new StringJoiner(" ");
        found.values().forEach(balance -> text.add(
            balance.debitsPending() + "+" + balance.debitsPosted() + "/" + balance.creditsPending() + "+" +
            balance.creditsPosted() + "@" + balance.timestampNs()));
        return text.toString();
    }

    private static String text(final Account account)
    {
        return account.debitsPending() + "+" + account.debitsPosted() + "/" + account.creditsPending() + "+" +
            account.creditsPosted() + ((account.flags() & AccountFlags.CLOSED) != 0 ? " closed" : "");
    }

    private String withPending(final long id)
    {
        final AccountWithPending found = ledger.getAccountWithPending(Uint128.of(id)).one();
        return text(found.account()) + ": " + ids(new Found<>(found.pending(), 0));
    }

    private String asOf(final long id, final long sequence)
    {
        return text(ledger.getAccountAsOf(Uint128.of(id), sequence));
    }

    private String asOfTime(final long id, final long timestampNs)
    {
        return text(ledger.getAccountAsOfTime(Uint128.of(id), timestampNs));
    }

    private static String text(final Found<Account> found)
    {
        return found.values().isEmpty() ? "" : text(found.one());
    }

    private String events(final ChangeEventsFilter filter)
    {
        final StringBuilder text = new StringBuilder();
        ledger.getChangeEvents(filter).values().forEach(event -> text
            .append(event.type().label()).append('@').append(event.timestampNs()).append(' ')
            .append(event.transfer().id()).append(':').append(event.amount()).append(' ')
            .append(text(event.debitAccount())).append(' ').append(text(event.creditAccount())).append('\n'));
        return text.toString();
    }

    private UnsafeBuffer explain(final long sequence)
    {
        final LedgerSession session = engine.openSession(0);
        assertTrue(session.claimQuery(RequestKind.EXPLAIN, 1) > 0);
        session.filter().limit(1).sequence(sequence);
        session.publish();
        final UnsafeBuffer row = new UnsafeBuffer(new byte[QueryRows.EXPLANATION_LENGTH]);
        while (session.poll(
            reply ->
            {
                assertEquals(1, reply.count());
                row.putBytes(0, reply.buffer(), reply.rowOffset(0), QueryRows.EXPLANATION_LENGTH);
            }, 1) == 0)
        {
            engine.doWork();
        }
        assertEquals(sequence, row.getLong(QueryRows.EXPLAINED_ENTRY_OFFSET + Long.BYTES));
        return row;
    }

    private static int parts(final UnsafeBuffer row)
    {
        return row.getInt(QueryRows.EXPLAINED_PARTS_OFFSET);
    }

    private static String account(final UnsafeBuffer row, final int offset)
    {
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(row, offset);
        return account.debitsPendingLow() + "+" + account.debitsPostedLow() + "/" + account.creditsPendingLow() + "+" +
            account.creditsPostedLow();
    }
}
