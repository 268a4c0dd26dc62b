package io.seriatim.replay;

import io.seriatim.engine.Explanation;
import io.seriatim.engine.LedgerEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An entry is explained from the files as the engine explains it. */
@Timeout(120)
class EntryExplainerTest
{
    private static final int SHARD_COUNT = 3;

    @TempDir
    private Path directory;

    @Test
    void shouldExplainEveryEntryAsTheEngineDoes()
    {
        TestBooks.write(directory, SHARD_COUNT, 2);
        for (int shard = 0; shard < SHARD_COUNT; shard++)
        {
            final EntryExplainer explainer = new EntryExplainer(directory, shard);
            final List<Explanation> expected = new ArrayList<>();
            try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(directory, SHARD_COUNT)))
            {
                List<Explanation> next = engine.ledger(TestBooks.LEDGERS[shard]).explain(0).values();
                while (!next.isEmpty())
                {
                    expected.addAll(next);
                    next = engine.ledger(TestBooks.LEDGERS[shard]).explain(expected.size()).values();
                }
            }
            for (int sequence = 0; sequence < expected.size(); sequence++)
            {
                assertEquals(expected.get(sequence), explainer.explain(sequence, count -> {}));
            }
            assertNull(explainer.explain(expected.size() + 1_000, count -> {}));
            assertTrue(expected.stream().anyMatch(each -> each.originalSequence() != 0));
            assertTrue(expected.stream().map(Explanation::outcome).distinct().count() > 2);
        }
    }
}
