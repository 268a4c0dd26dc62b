package io.seriatim.engine;

import io.seriatim.ledger.AccountEvent;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.Result;
import io.seriatim.ledger.TransferEvent;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Hostile requests that create something, put to an engine, and its answers compared with those of the reference.
 */
public final class HostileRequests
{
    private HostileRequests()
    {
    }

    /**
     * Claim room in a session and encode the events of a request.
     *
     * @param session with nothing in flight.
     * @param request that creates accounts, transfers or definitions.
     */
    public static void claim(final LedgerSession session, final HostileRequest request)
    {
        final int count = request.count();
        switch (request.kind())
        {
            case ACCOUNTS ->
            {
                assertTrue(session.claimAccounts(count) > 0);
                for (int i = 0; i < count; i++)
                {
                    final AccountEvent account = request.accounts().get(i);
                    Events.encode(account, session.account(i));
                }
            }
            case TRANSFERS ->
            {
                assertTrue(session.claimTransfers(count) > 0);
                for (int i = 0; i < count; i++)
                {
                    final TransferEvent transfer = request.transfers().get(i);
                    Events.encode(transfer, session.transfer(i));
                    session.transferTimestampNs(i, transfer.timestamp());
                }
            }
            default ->
            {
                assertTrue(session.claimDefinitions(count) > 0);
                for (int i = 0; i < count; i++)
                {
                    final ReferenceLedger.LedgerDefinition definition = request.definitions().get(i);
                    session.definition(
                        i, new LedgerDefinition(definition.ledger(), definition.assetCode(), definition.scale()));
                }
            }
        }
    }

    /**
     * Whether the shards have taken everything that was published to them.
     *
     * @param engine that is stepped.
     * @return true if nothing waits in a ring.
     */
    public static boolean isTaken(final LedgerEngine engine)
    {
        return engine.shards().stream().allMatch(shard -> shard.ring().isEmpty());
    }

    /**
     * Sequence of a shard's next entry.
     *
     * @param engine that is stepped.
     * @param shard  number of the shard.
     * @return a sequence.
     */
    public static long nextSequence(final LedgerEngine engine, final int shard)
    {
        return engine.stateMachine(shard).nextSequence();
    }

    /**
     * Compare an answer with that of the reference.
     *
     * @param expected of each event.
     * @param reply    of the engine.
     */
    public static void assertAnswer(final List<Result> expected, final Reply reply)
    {
        assertEquals(expected.size(), reply.count());
        for (int i = 0; i < expected.size(); i++)
        {
            final Result result = expected.get(i);
            assertEquals((int)result.code(), reply.outcome(i), () -> "expected " + result);
            assertEquals(result.timestamp(), reply.timestampNs(i), () -> "expected " + result);
            assertEquals(result.sequence(), reply.sequence(i), () -> "expected " + result);
            assertEquals(result.firstSequence(), reply.firstSequence(i), () -> "expected " + result);
        }
    }
}
