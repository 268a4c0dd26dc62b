package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.FirstAnswer;
import io.seriatim.ledger.ReferenceRead.AccountFilter;
import io.seriatim.ledger.ReferenceRead.ChangeEventsFilter;
import io.seriatim.ledger.ReferenceRead.GetAccountAsOfSequence;
import io.seriatim.ledger.ReferenceRead.GetAccountAsOfTimestamp;
import io.seriatim.ledger.ReferenceRead.GetAccountBalances;
import io.seriatim.ledger.ReferenceRead.GetAccountTransfers;
import io.seriatim.ledger.ReferenceRead.GetAccountWithPending;
import io.seriatim.ledger.ReferenceRead.GetChangeEvents;
import io.seriatim.ledger.ReferenceRead.Kind;
import io.seriatim.ledger.ReferenceRead.LookupAccounts;
import io.seriatim.ledger.ReferenceRead.LookupOutcome;
import io.seriatim.ledger.ReferenceRead.LookupTransfers;
import io.seriatim.ledger.ReferenceRead.QueryAccounts;
import io.seriatim.ledger.ReferenceRead.QueryFilter;
import io.seriatim.ledger.ReferenceRead.QueryPending;
import io.seriatim.ledger.ReferenceRead.QueryTransfers;
import io.seriatim.ledger.ReferenceReads.AccountWithPending;
import io.seriatim.ledger.ReferenceReads.BalanceRow;
import io.seriatim.ledger.ReferenceReads.ChangeEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Reads of the reference, against the specification; expectations are computed by hand. */
class ReferenceReadsTest extends ReferenceTestSupport
{
    private static final int ALICE = 1;
    private static final int BOB = 2;
    private static final int CAROL = 3;

    /** Alice keeps a history. Timestamps of the accounts are 1,001 to 1,003, sequences 1 to 3. */
    @BeforeEach
    void setUp()
    {
        clock = 1_000;
        create(account(ALICE, AccountEvent.HISTORY), account(BOB, 0), account(CAROL, 0).with((draft) ->
        {
            draft.ledger = 1;
            draft.code = 7;
            draft.userData128 = id(128);
            draft.userData64 = 64;
            draft.userData32 = 32;
        }));
    }

    // Section 14.

    @Test
    void shouldLookUpInTheOrderAskedFor()
    {
        create(transfer(10, ALICE, BOB, 1), transfer(11, ALICE, BOB, 1), transfer(12, 99, BOB, 1));
        final List<AccountEvent> accounts =
            read(new LookupAccounts(List.of(id(BOB), id(99), ZERO, MAX, id(ALICE), id(BOB))), AccountEvent.class);
        assertEquals(List.of(id(BOB), id(ALICE), id(BOB)), accounts.stream().map(AccountEvent::id).toList());
        assertEquals(id(2), accounts.get(0).creditsPosted());
        assertEquals(1_002, accounts.get(0).timestamp());
        assertEquals(
            List.of(11L, 10L, 11L),
            ids(read(new LookupTransfers(List.of(id(11), id(12), id(10), id(11))), TransferEvent.class)));
        assertEquals(List.of(), read(new LookupTransfers(List.of()), TransferEvent.class));
    }

    /** Transfers 10 to 14 of Alice: three debits and two credits, with the timestamps 1,005 to 1,009. */
    private void fiveTransfers()
    {
        create(
            transfer(10, ALICE, BOB, 1).with((draft) -> draft.userData128 = id(5)),
            transfer(11, BOB, ALICE, 2).with((draft) -> draft.userData64 = 5),
            transfer(12, ALICE, CAROL, 4).with((draft) -> draft.userData32 = 5),
            transfer(13, CAROL, ALICE, 8).with((draft) -> draft.code = 5),
            transfer(14, ALICE, BOB, 16).with((draft) -> draft.userData128 = id(5)),
            transfer(15, BOB, CAROL, 32));
        assertEquals(1_005, timestampOf(10));
    }

    private List<Long> accountTransfers(final Consumer<AccountFilter.Draft> change)
    {
        return ids(read(new GetAccountTransfers(filter(ALICE, change)), TransferEvent.class));
    }

    @Test
    void shouldFilterTheTransfersOfAnAccount()
    {
        fiveTransfers();
        assertEquals(List.of(10L, 11L, 12L, 13L, 14L), accountTransfers((draft) -> draft.code = 0));
        assertEquals(List.of(10L, 12L, 14L), accountTransfers((draft) -> draft.flags = AccountFilter.DEBITS));
        assertEquals(List.of(11L, 13L), accountTransfers((draft) -> draft.flags = AccountFilter.CREDITS));
        assertEquals(List.of(14L, 13L, 12L, 11L, 10L), accountTransfers((d) -> d.flags |= AccountFilter.REVERSED));
        assertEquals(List.of(10L, 14L), accountTransfers((draft) -> draft.userData128 = id(5)));
        assertEquals(List.of(11L), accountTransfers((draft) -> draft.userData64 = 5));
        assertEquals(List.of(12L), accountTransfers((draft) -> draft.userData32 = 5));
        assertEquals(List.of(13L), accountTransfers((draft) -> draft.code = 5));
        assertEquals(List.of(), accountTransfers((draft) ->
        {
            draft.userData64 = 5;
            draft.userData32 = 5;
        }));
        assertEquals(List.of(10L, 11L), accountTransfers((draft) -> draft.limit = 2));
        assertEquals(List.of(14L, 13L), accountTransfers((draft) ->
        {
            draft.limit = 2;
            draft.flags |= AccountFilter.REVERSED;
        }));
        assertEquals(List.of(10L, 11L, 12L, 13L, 14L), accountTransfers((draft) -> draft.limit = -1));
    }

    @Test
    void shouldTakeBothEndsOfARange()
    {
        fiveTransfers();
        assertEquals(List.of(11L, 12L, 13L), accountTransfers((draft) ->
        {
            draft.timestampMin = 1_006;
            draft.timestampMax = 1_008;
        }));
        assertEquals(List.of(12L), accountTransfers((draft) ->
        {
            draft.timestampMin = 1_007;
            draft.timestampMax = 1_007;
        }));
        assertEquals(List.of(14L), accountTransfers((draft) -> draft.timestampMin = 1_009));
        assertEquals(List.of(), accountTransfers((draft) -> draft.timestampMin = 1_010));
        assertEquals(List.of(10L), accountTransfers((draft) -> draft.timestampMax = 1_005));
        assertEquals(List.of(), accountTransfers((draft) -> draft.timestampMax = 1_004));
        assertEquals(5, accountTransfers((draft) -> draft.timestampMax = TS_MAX).size());
        assertEquals(List.of(), accountTransfers((draft) -> draft.timestampMin = TS_MAX));
    }

    @Test
    void shouldAnswerNothingToAnInvalidAccountFilter()
    {
        fiveTransfers();
        final List<Consumer<AccountFilter.Draft>> mistakes = new ArrayList<>(List.of(
            (draft) -> draft.limit = 0,
            (draft) -> draft.timestampMin = TS_MAX + 1,
            (draft) -> draft.timestampMax = TS_MAX + 1,
            (draft) -> draft.timestampMin = -1,
            (draft) -> draft.timestampMax = -1,
            (draft) ->
            {
                draft.timestampMin = 1_008;
                draft.timestampMax = 1_007;
            },
            (draft) -> draft.reserved = 1,
            (draft) -> draft.accountId = ZERO,
            (draft) -> draft.accountId = MAX,
            (draft) -> draft.accountId = id(99),
            (draft) -> draft.flags = 0,
            (draft) -> draft.flags = AccountFilter.REVERSED));
        for (int bit = 4; bit < 32; bit++)
        {
            final int flag = 1 << bit;
            mistakes.add((draft) -> draft.flags |= flag);
        }
        for (final Consumer<AccountFilter.Draft> mistake : mistakes)
        {
            assertEquals(List.of(), accountTransfers(mistake));
            assertEquals(List.of(), balanceRows(mistake));
        }
        // The opening row is one of balances.
        assertEquals(List.of(), accountTransfers((draft) -> draft.flags |= AccountFilter.OPENING));
    }

    private List<String> balanceRows(final Consumer<AccountFilter.Draft> change)
    {
        return read(new GetAccountBalances(filter(ALICE, change)), BalanceRow.class).stream()
            .map((row) -> row.timestamp() + ":" + text(row.balances())).toList();
    }

    @Test
    void shouldShowTheBalancesAfterEachTransfer()
    {
        fiveTransfers();
        assertEquals(
            List.of("1005:0+1/0+0", "1006:0+1/0+2", "1007:0+5/0+2", "1008:0+5/0+10", "1009:0+21/0+10"),
            balanceRows((draft) -> draft.code = 0));
        assertEquals(
            List.of("1008:0+5/0+10", "1006:0+1/0+2"),
            balanceRows((draft) -> draft.flags = AccountFilter.CREDITS | AccountFilter.REVERSED));
        assertEquals(List.of("1005:0+1/0+0", "1009:0+21/0+10"), balanceRows((draft) -> draft.userData128 = id(5)));
        // Bob keeps no history.
        assertEquals(List.of(), balanceRows((draft) -> draft.accountId = id(BOB)));
    }

    @Test
    void shouldShowPostsAndVoidsButNoExpiriesInAHistory()
    {
        create(pending(10, ALICE, BOB, 5, 1), pending(11, ALICE, BOB, 7, 0), pending(12, ALICE, BOB, 9, 0));
        create(post(13, 11, id(3)), voids(14, 12));
        clock = 10 * SECOND;
        create(transfer(15, ALICE, BOB, 1));
        assertEquals(1, ledger.expiries().size());
        assertEquals(
            List.of(
                "1005:5+0/0+0", "1006:12+0/0+0", "1007:21+0/0+0", "1009:14+3/0+0", "1010:5+3/0+0",
                timestampOf(15) + ":0+4/0+0"),
            balanceRows((draft) -> draft.code = 0));
        assertEquals(List.of(10L, 11L, 12L, 13L, 14L, 15L), accountTransfers((draft) -> draft.code = 0));
    }

    @Test
    void shouldBeginWithTheOpeningRowIfAsked()
    {
        fiveTransfers();
        final Consumer<AccountFilter.Draft> opening = (draft) -> draft.flags |= AccountFilter.OPENING;
        final String zero = "1001:0+0/0+0";
        assertEquals(6, balanceRows(opening).size());
        assertEquals(zero, balanceRows(opening).get(0));
        assertEquals(zero, balanceRows(opening.andThen((draft) -> draft.flags |= AccountFilter.REVERSED)).get(5));
        assertEquals(
            List.of(zero, "1005:0+1/0+0"), balanceRows(opening.andThen((draft) -> draft.limit = 2)));
        assertEquals(
            List.of("1009:0+21/0+10"),
            balanceRows(opening.andThen((draft) ->
            {
                draft.flags |= AccountFilter.REVERSED;
                draft.limit = 1;
            })));
        // The range counts, other filters do not.
        assertEquals(
            List.of(zero, "1006:0+1/0+2"), balanceRows(opening.andThen((draft) -> draft.userData64 = 5)));
        assertEquals(List.of(zero), balanceRows(opening.andThen((draft) -> draft.timestampMax = 1_001)));
        assertEquals(List.of(), balanceRows(opening.andThen((draft) -> draft.timestampMax = 1_000)));
        assertEquals(5, balanceRows(opening.andThen((draft) -> draft.timestampMin = 1_002)).size());
        assertEquals(List.of(), balanceRows(opening.andThen((draft) -> draft.accountId = id(BOB))));
    }

    @Test
    void shouldQueryAccounts()
    {
        final List<String> found = new ArrayList<>();
        for (final Consumer<QueryFilter.Draft> change : List.<Consumer<QueryFilter.Draft>>of(
            (draft) -> draft.ledger = 1,
            (draft) -> draft.ledger = 2,
            (draft) -> draft.code = 7,
            (draft) -> draft.userData128 = id(128),
            (draft) -> draft.userData64 = 64,
            (draft) -> draft.userData32 = 32,
            (draft) -> draft.flags = QueryFilter.REVERSED,
            (draft) -> draft.timestampMin = 1_002,
            (draft) -> draft.timestampMax = 1_002,
            (draft) -> draft.limit = 1,
            (draft) -> draft.limit = 0,
            (draft) -> draft.flags = 2,
            (draft) -> draft.reserved = 1,
            (draft) -> draft.timestampMax = -1))
        {
            found.add(read(new QueryAccounts(query(change)), AccountEvent.class).stream()
                .map(AccountEvent::id).toList().toString());
        }
        assertEquals(
            List.of(
                "[1, 2, 3]", "[]", "[3]", "[3]", "[3]", "[3]", "[3, 2, 1]", "[2, 3]", "[1, 2]", "[1]", "[]", "[]",
                "[]", "[]"),
            found);
    }

    @Test
    void shouldQueryTransfersByWhatTheyAreStoredWith()
    {
        fiveTransfers();
        create(pending(20, BOB, CAROL, 5, 0).with((draft) -> draft.userData64 = 9), post(21, 20));
        assertEquals(List.of(20L, 21L), queried((draft) -> draft.userData64 = 9));
        assertEquals(List.of(10L, 14L), queried((draft) -> draft.userData128 = id(5)));
        assertEquals(List.of(21L, 20L, 15L), queried((draft) ->
        {
            draft.flags = QueryFilter.REVERSED;
            draft.limit = 3;
            draft.ledger = 1;
            draft.code = 1;
        }));
        assertEquals(8, queried((draft) -> draft.ledger = 0).size());
        assertEquals(List.of(), queried((draft) -> draft.ledger = 2));
    }

    private List<Long> queried(final Consumer<QueryFilter.Draft> change)
    {
        return ids(read(new QueryTransfers(query(change)), TransferEvent.class));
    }

    @Test
    void shouldCapTheLimit()
    {
        final int count = ReferenceRead.LIMIT_MAX + 1;
        final TransferEvent[] events = new TransferEvent[count];
        for (int i = 0; i < count; i++)
        {
            events[i] = transfer(100 + i, ALICE, BOB, 1);
        }
        create(events);
        assertEquals(8_189, queried((draft) -> draft.limit = 8_190).size());
        assertEquals(8_189, queried((draft) -> draft.limit = -1).size());
        assertEquals(8_188, queried((draft) -> draft.limit = 8_188).size());
        assertEquals(101, queried((draft) ->
        {
            draft.limit = -1;
            draft.flags = QueryFilter.REVERSED;
        }).get(8_188));
        assertEquals(8_189, changes(0, 0, -1).size());
    }

    // Section 15.

    private List<ChangeEvent> changes(final long timestampMin, final long timestampMax, final int limit)
    {
        return read(
            new GetChangeEvents(new ChangeEventsFilter(0, timestampMin, timestampMax, limit)), ChangeEvent.class);
    }

    private static String text(final ChangeEvent change)
    {
        return change.type() + " " + change.transfer().stored().id() + " " + change.amount() + " " +
            text(change.debitAfter().balances()) + " " + text(change.creditAfter().balances());
    }

    @Test
    void shouldTellEveryChangeWithTheBalancesAfterIt()
    {
        create(
            transfer(10, ALICE, BOB, 1), pending(11, ALICE, BOB, 5, 1), pending(12, BOB, ALICE, 7, 0),
            pending(13, ALICE, CAROL, 0, 0), transfer(14, 99, BOB, 1));
        create(post(15, 12, id(2)), voids(16, 13));
        clock = 10 * SECOND;
        assertEquals(List.of(11L), tick());
        assertEquals(
            List.of(
                "SINGLE_PHASE 10 1 0+1/0+0 0+0/0+1",
                "TWO_PHASE_PENDING 11 5 5+1/0+0 0+0/5+1",
                "TWO_PHASE_PENDING 12 7 7+0/5+1 5+1/7+0",
                "TWO_PHASE_PENDING 13 0 5+1/7+0 0+0/0+0",
                "TWO_PHASE_POSTED 15 2 0+2/5+1 5+1/0+2",
                "TWO_PHASE_VOIDED 16 0 5+1/0+2 0+0/0+0",
                "TWO_PHASE_EXPIRED 11 5 0+1/0+2 0+2/0+1"),
            changes(0, 0, 100).stream().map(ReferenceReadsTest::text).toList());
        final ChangeEvent expired = changes(0, 0, 100).get(6);
        assertEquals(clock + 1, expired.timestamp());
        assertEquals(timestampOf(11), expired.transfer().timestamp());
        assertEquals(1_001, expired.debitAfter().timestamp());

        assertEquals(List.of(expired), changes(clock + 1, clock + 1, 1));
        assertEquals(2, changes(timestampOf(10), timestampOf(11), 100).size());
        assertEquals(3, changes(0, 0, 3).size());
        assertEquals(List.of(), changes(0, 0, 0));
        assertEquals(List.of(), changes(2, 1, 100));
        assertEquals(List.of(), changes(TS_MAX + 1, 0, 100));
        assertEquals(
            List.of(), read(new GetChangeEvents(new ChangeEventsFilter(1, 0, 0, 100)), ChangeEvent.class));
    }

    @Test
    void shouldTellChangesOfTheClosedFlag()
    {
        create(closing(10, ALICE, BOB, TransferEvent.CLOSING_DEBIT), voids(11, 10));
        final List<ChangeEvent> changes = changes(0, 0, 100);
        assertEquals(AccountEvent.HISTORY | AccountEvent.CLOSED, changes.get(0).debitAfter().asEvent().flags());
        assertEquals(0, changes.get(0).creditAfter().asEvent().flags());
        assertEquals(AccountEvent.HISTORY, changes.get(1).debitAfter().asEvent().flags());
    }

    /** An import is journaled after an expiry that has a later timestamp. */
    private long expiryThenEarlierImport()
    {
        create(pending(10, ALICE, BOB, 5, 1));
        clock = 5 * SECOND;
        assertEquals(List.of(10L), tick());
        final long expired = ledger.expiries().get(0).timestamp();
        clock += 1_000;
        assertEquals("created", label(imported(transfer(11, ALICE, BOB, 3), 2_000)));
        return expired;
    }

    @Test
    void shouldOrderChangesByTimeWithTheBalancesOfTheJournal()
    {
        expiryThenEarlierImport();
        assertEquals(
            List.of(
                "TWO_PHASE_PENDING 10 5 5+0/0+0 0+0/5+0",
                "SINGLE_PHASE 11 3 0+3/0+0 0+0/0+3",
                "TWO_PHASE_EXPIRED 10 5 0+0/0+0 0+0/0+0"),
            changes(0, 0, 100).stream().map(ReferenceReadsTest::text).toList());
    }

    // Section 18.

    @Test
    void shouldShowAnAccountWithItsOpenPendingTransfers()
    {
        create(
            pending(10, ALICE, BOB, 1, 1), pending(11, BOB, ALICE, 2, 0), pending(12, BOB, CAROL, 4, 0),
            pending(13, ALICE, CAROL, 8, 0), pending(14, CAROL, ALICE, 16, 0), post(15, 13));
        final List<AccountWithPending> answer =
            read(new GetAccountWithPending(id(ALICE)), AccountWithPending.class);
        assertEquals(List.of(10L, 11L, 14L), ids(answer.get(0).pending()));
        assertEquals(id(18), answer.get(0).account().creditsPending());
        clock = 10 * SECOND;
        assertEquals(
            List.of(11L, 14L),
            ids(read(new GetAccountWithPending(id(ALICE)), AccountWithPending.class).get(0).pending()));
        assertEquals(List.of(), read(new GetAccountWithPending(id(99)), AccountWithPending.class));
    }

    @Test
    void shouldQueryPendingTransfersByTheirState()
    {
        create(
            pending(10, ALICE, BOB, 1, 1), pending(11, BOB, ALICE, 2, 0).with((draft) -> draft.userData64 = 5),
            pending(12, BOB, CAROL, 4, 0), pending(13, ALICE, CAROL, 8, 0), transfer(14, ALICE, BOB, 1),
            pending(15, ALICE, CAROL, 8, 0), post(16, 12), voids(17, 13), post(18, 15));
        clock = 10 * SECOND;
        assertEquals(List.of(), pendings(0, (draft) -> draft.ledger = 0));
        assertEquals(List.of(11L), pendings(1, (draft) -> draft.ledger = 0));
        assertEquals(List.of(12L, 15L), pendings(2, (draft) -> draft.ledger = 0));
        assertEquals(List.of(13L), pendings(3, (draft) -> draft.ledger = 0));
        assertEquals(List.of(10L), pendings(4, (draft) -> draft.ledger = 0));
        assertEquals(List.of(), pendings(5, (draft) -> draft.ledger = 0));
        assertEquals(List.of(15L, 12L), pendings(2, (draft) -> draft.flags = QueryFilter.REVERSED));
        assertEquals(List.of(15L), pendings(2, (draft) -> draft.timestampMin = timestampOf(15)));
        assertEquals(List.of(12L), pendings(2, (draft) -> draft.limit = 1));
        assertEquals(List.of(), pendings(2, (draft) -> draft.limit = 0));
        assertEquals(List.of(11L), pendings(1, (draft) -> draft.userData64 = 5));
        assertEquals(List.of(), pendings(1, (draft) -> draft.userData64 = 6));
    }

    private List<Long> pendings(final int state, final Consumer<QueryFilter.Draft> change)
    {
        return ids(read(new QueryPending(state, query(change)), TransferEvent.class));
    }

    @Test
    void shouldLookUpTheFirstAnswer()
    {
        create(transfer(10, ALICE, BOB, 1), transfer(11, 99, BOB, 1), transfer(12, ALICE, ALICE, 1));
        create(transfer(11, 99, BOB, 1), transfer(10, ALICE, BOB, 1));
        assertEquals(List.of(new FirstAnswer(TransferStatus.CREATED, 4, 1_005)), outcome(Kind.TRANSFER, 10));
        assertEquals(
            List.of(new FirstAnswer(TransferStatus.DEBIT_ACCOUNT_NOT_FOUND, 5, 1_006)), outcome(Kind.TRANSFER, 11));
        assertEquals(List.of(), outcome(Kind.TRANSFER, 12));
        assertEquals(List.of(new FirstAnswer(AccountStatus.CREATED, 2, 1_002)), outcome(Kind.ACCOUNT, BOB));
        assertEquals(List.of(), outcome(Kind.ACCOUNT, 10));
        assertEquals(List.of(), outcome(Kind.TRANSFER, BOB));
    }

    private List<FirstAnswer> outcome(final Kind kind, final int id)
    {
        return read(new LookupOutcome(kind, id(id)), FirstAnswer.class);
    }

    @Test
    void shouldShowAnAccountAsOfASequence()
    {
        create(transfer(10, ALICE, BOB, 1), closing(11, CAROL, ALICE, TransferEvent.CLOSING_CREDIT));
        create(voids(12, 11), pending(13, ALICE, BOB, 5, 0));
        // Account: 1. Transfers: 4 to 7.
        final List<String> seen = new ArrayList<>();
        for (int sequence = 0; sequence <= 8; sequence++)
        {
            seen.add(asOf(new GetAccountAsOfSequence(id(ALICE), sequence)));
        }
        final String zero = "0+0/0+0";
        assertEquals(
            List.of("none", zero, zero, zero, "0+1/0+0", "0+1/0+0 closed", "0+1/0+0", "5+1/0+0", "none"), seen,
            "there is no entry 8 yet");
        assertEquals("none", asOf(new GetAccountAsOfSequence(id(99), 8)));
    }

    private String asOf(final ReferenceRead question)
    {
        final List<AccountEvent> answer = read(question, AccountEvent.class);
        if (answer.isEmpty())
        {
            return "none";
        }
        final AccountEvent account = answer.get(0);
        return account.debitsPending() + "+" + account.debitsPosted() + "/" +
            account.creditsPending() + "+" + account.creditsPosted() +
            (account.has(AccountEvent.CLOSED) ? " closed" : "");
    }

    @Test
    void shouldShowAnAccountCreatedClosedAsOfItsCreation()
    {
        create(account(20, AccountEvent.CLOSED));
        assertEquals("0+0/0+0 closed", asOf(new GetAccountAsOfSequence(id(20), 4)));
    }

    @Test
    void shouldShowAnAccountAsOfATimestamp()
    {
        final long expired = expiryThenEarlierImport();
        // As of a time before the import: the transfer of then, as the expiry is later.
        assertEquals("none", asOf(new GetAccountAsOfTimestamp(id(ALICE), 1_000)));
        assertEquals("0+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), 1_001)));
        assertEquals("0+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), timestampOf(10) - 1)));
        assertEquals("5+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), timestampOf(10))));
        assertEquals("5+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), 1_999)));
        // From the import on the expiry counts, which the journal has before it.
        assertEquals("0+3/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), 2_000)));
        assertEquals("0+3/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), expired)));
    }

    @Test
    void shouldCountExpiriesUpToATimestamp()
    {
        create(pending(10, ALICE, BOB, 5, 1), pending(11, ALICE, BOB, 7, 2));
        clock = 5 * SECOND;
        assertEquals(List.of(10L, 11L), tick());
        final long first = ledger.expiries().get(0).timestamp();
        assertEquals("12+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), first - 1)));
        assertEquals("7+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), first)));
        assertEquals("0+0/0+0", asOf(new GetAccountAsOfTimestamp(id(ALICE), first + 1)));
    }

    @Test
    void shouldReleaseBeforeARead()
    {
        create(pending(10, ALICE, BOB, 5, 1));
        clock = 5 * SECOND;
        assertEquals(
            ZERO, read(new LookupAccounts(List.of(id(ALICE))), AccountEvent.class).get(0).debitsPending());
        assertFalse(ledger.expiries().isEmpty());
    }
}
