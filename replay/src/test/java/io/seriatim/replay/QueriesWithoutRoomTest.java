package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.ChangeEventsFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.QueryFilter;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests of every kind that find the ring full of others: they wait for room, and are answered as with room. */
class QueriesWithoutRoomTest
{
    private static final int USD = 840;
    private static final LedgerDefinition DEFINITION = new LedgerDefinition(USD, "USD", 2);
    private static final Uint128 ACCOUNT = Uint128.of(1);

    private LedgerEngine engine;
    private Ledger ledger;
    private LedgerSession other;

    @BeforeEach
    void launch()
    {
        engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER)
            .batchCountMax(8).ringLength(16));
        ledger = engine.ledger(USD);
        ledger.defineLedgers(List.of(DEFINITION));
        ledger.createAccounts(List.of(Account.of(1, 1, AccountFlags.HISTORY), Account.of(2, 1, 0)));
        ledger.createTransfers(List.of(Transfer.of(10, 1, 2, 5, 1), Transfer.of(11, 1, 2, 7, 1).pending(60)));
        other = engine.openSession(0);
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldAnswerEachReadAsWithRoom()
    {
        final Map<String, Supplier<Object>> reads = new LinkedHashMap<>();
        reads.put("accounts", () -> ledger.lookupAccount(1));
        reads.put("ledgers", () -> ledger.lookupLedgers(USD));
        reads.put("account transfers", () -> ledger.getAccountTransfers(AccountFilter.of(1)));
        reads.put("account balances", () -> ledger.getAccountBalances(AccountFilter.of(1)));
        reads.put("query accounts", () -> ledger.queryAccounts(QueryFilter.ALL));
        reads.put("query transfers", () -> ledger.queryTransfers(QueryFilter.ALL));
        reads.put("query pending", () -> ledger.queryPending(PendingState.PENDING, QueryFilter.ALL));
        reads.put("change events", () -> ledger.getChangeEvents(ChangeEventsFilter.ALL));
        reads.put("account with pending", () -> ledger.getAccountWithPending(ACCOUNT));
        reads.put("account as of", () -> ledger.getAccountAsOf(ACCOUNT, 4));
        reads.put("explanation", () -> ledger.explain(4));
        reads.forEach((name, read) ->
        {
            final String expected = read.get().toString();
            assertFalse(expected.startsWith("nothing"), name);
            fillRing();
            assertEquals(expected, read.get().toString(), name);
            drain();
        });
    }

    @Test
    void shouldTakeEachCommandAsWithRoom()
    {
        fillRing();
        assertEquals(1, ledger.defineLedgers(List.of(new LedgerDefinition(USD, "USN", 2))).size());
        drain();
        fillRing();
        assertTrue(ledger.createAccount(3, 1, 0).isCreated());
        drain();
        fillRing();
        assertTrue(ledger.createTransfer(12, 1, 3, 9, 1).isCreated());
        drain();
        assertEquals(
            Uint128.of(9), ledger.lookupAccount(3).one().creditsPosted(), "what was sent was encoded once there was " +
            "room");
        assertEquals("USN", ledger.lookupLedgers(USD).one().assetCode());
    }

    @Test
    void shouldAnswerQueriesThatArePublishedBeforeTheClose()
    {
        int queryCount = 0;
        while (other.claimQuery(RequestKind.QUERY_TRANSFERS, 10) > 0)
        {
            other.filter().limit(10);
            other.publish();
            queryCount++;
        }
        assertTrue(queryCount > 1, "queries=" + queryCount);
        engine.close();
        final int[] rows = new int[1];
        assertEquals(queryCount, other.poll(reply -> rows[0] += reply.count(), Integer.MAX_VALUE));
        assertEquals(2 * queryCount, rows[0]);
    }

    private void fillRing()
    {
        while (other.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0)
        {
            other.id(0, 0, 1);
            other.publish();
        }
    }

    private void drain()
    {
        while (other.inFlight() > 0)
        {
            engine.doWork();
            other.poll(reply -> assertEquals(1, reply.count()), Integer.MAX_VALUE);
        }
    }
}
