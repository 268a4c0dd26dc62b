package io.seriatim.engine;

import io.seriatim.journal.Durability;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class DurableLedgerTest extends LedgerContract
{
    @TempDir
    private Path directory;

    @Override
    LedgerEngine launch()
    {
        return LedgerEngine.launch(
            new EngineConfig().dataDirectory(directory.resolve("books")).durability(Durability.FSYNC)
                .shardCount(2).place(840, 0).place(978, 1));
    }
}
