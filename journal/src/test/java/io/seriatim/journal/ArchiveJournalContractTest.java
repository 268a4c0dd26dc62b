package io.seriatim.journal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

abstract class ArchiveJournalContractTest extends JournalContract
{
    @TempDir
    private Path directory;

    private TestEngine engine;

    abstract Durability durability();

    @BeforeEach
    void open()
    {
        engine = new TestEngine(TestEngine.config(directory.resolve("books"), durability()));
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Override
    Journal journal()
    {
        return engine.journal();
    }

    @Override
    FrameWriter writer()
    {
        return engine.writer();
    }

    @Override
    void step()
    {
        engine.step();
    }
}
