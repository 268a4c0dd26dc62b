package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.journal.Durability;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineImportTargetTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldSayThatTheStoreIsFull()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().accountCountMax(3)))
        {
            final ToolException e = assertThrows(ToolException.class, () -> importAccounts(engine, 4));
            assertEquals(ExitCode.ENVIRONMENT, e.exitCode());
            assertTrue(e.getMessage().startsWith(
                "from line 2 on 4 accounts were refused, and nothing after them was sent to their shard: " +
                "the store of shard 0 is full: "), e.getMessage());
        }
        try (LedgerEngine engine = LedgerEngine.launch(config().accountCountMax(3)))
        {
            assertEquals(3, importAccounts(engine, 3).accountCounts().created());
        }
    }

    @Test
    void shouldWaitForRoomInARingThatIsShorterThanTheFile()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().batchCountMax(10).windowCapacity(16)))
        {
            assertEquals(5_000, importAccounts(engine, 5_000).accountCounts().created());
            assertEquals(5_000, engine.trialBalance().get(0).accountCount());
        }
    }

    @Test
    void shouldTellAStoppedEngineFromOurOwnErrors()
    {
        final LedgerEngine engine = LedgerEngine.launch(config());
        engine.close();
        final LedgerException e = assertThrows(LedgerException.class, () -> importAccounts(engine, 1));
        assertEquals(LedgerException.Reason.CLOSED, e.reason());
        assertEquals(ExitCode.INTERNAL, Failure.of(e).exitCode());
    }

    private static EngineConfig config()
    {
        return new EngineConfig().durability(Durability.MEMORY);
    }

    private Importer importAccounts(final LedgerEngine engine, final int count)
    {
        final StringBuilder text = new StringBuilder("id,ledger,code\n");
        for (int i = 1; i <= count; i++)
        {
            text.append(i).append(",840,1\n");
        }
        final Importer importer = new Importer(new EngineImportTarget(engine), System::nanoTime);
        try (AccountRows rows = new AccountRows(TestFiles.write(directory, "a.csv", text.toString())))
        {
            importer.accounts(rows, done -> { });
        }
        return importer;
    }
}
