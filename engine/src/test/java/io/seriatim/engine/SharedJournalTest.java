package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Several shards write one journal, and each keeps the frames of a chain side by side. */
class SharedJournalTest
{
    private static final int SHARDS = 3;
    private static final int[] LEDGERS = {840, 978, 826};
    private static final int REQUESTS = 8;
    private static final int CHAIN_LENGTH = 77;
    private static final int CHAINS = 40;

    @TempDir
    private Path directory;

    @Test
    void shouldRecoverChainsOfShardsThatAreBusyAtTheSameTime()
    {
        try (LedgerEngine engine = launch())
        {
            final LedgerSession[] sessions = new LedgerSession[SHARDS];
            for (int shard = 0; shard < SHARDS; shard++)
            {
                engine.shard(shard).createAccounts(List.of(
                    Account.of(1, 1, 0).withLedger(LEDGERS[shard]), Account.of(2, 1, 0).withLedger(LEDGERS[shard])));
                sessions[shard] = engine.openSession(shard);
            }
            for (int request = 0; request < REQUESTS; request++)
            {
                for (int shard = 0; shard < SHARDS; shard++)
                {
                    publishChains(sessions[shard], LEDGERS[shard], request);
                }
            }
            for (final LedgerSession session : sessions)
            {
                while (session.inFlight() > 0)
                {
                    session.poll(reply -> { }, REQUESTS);
                }
            }
        }
        try (LedgerEngine engine = launch())
        {
            engine.trialBalance().forEach(line ->
                assertEquals(REQUESTS * CHAINS * CHAIN_LENGTH, line.debitsPosted().intValue()));
        }
    }

    private static void publishChains(final LedgerSession session, final int ledger, final int request)
    {
        final int count = CHAINS * CHAIN_LENGTH;
        while (session.claimTransfers(count) < 0)
        {
            session.poll(reply -> { }, REQUESTS);
        }
        for (int i = 0; i < count; i++)
        {
            session.transfer(i)
                .idLow(1L + request * count + i).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                .ledger(ledger).code(1).flags(i % CHAIN_LENGTH == CHAIN_LENGTH - 1 ? 0 : TransferFlags.LINKED);
        }
        session.publish();
    }

    private LedgerEngine launch()
    {
        return LedgerEngine.launch(
            new EngineConfig().dataDirectory(directory.resolve("books")).durability(Durability.OS)
                .shardCount(SHARDS).journalCount(1).place(LEDGERS[0], 0).place(LEDGERS[1], 1).place(LEDGERS[2], 2));
    }
}
