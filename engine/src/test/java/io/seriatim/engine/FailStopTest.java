package io.seriatim.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A real process whose writes begin to fail while it posts: what the kernel refuses from then on is every write. */
class FailStopTest
{
    private static final int FAULT_COUNT = 4;
    private static final int ACKNOWLEDGED_MIN = 50;
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    @TempDir
    private Path directory;

    @Test
    void shouldStopAtTheFirstWriteThatFailsAndLoseNothingAcknowledged() throws Exception
    {
        assumeTrue(Files.isExecutable(PRLIMIT), "SKIPPED: there is no " + PRLIMIT + " to make writes fail with");
        final Map<Long, Long> acknowledged = new HashMap<>();
        long nextId = 1;
        for (int fault = 1; fault <= FAULT_COUNT; fault++)
        {
            try (ForkedJvm worker =
                new ForkedJvm(FailStopWorker.class, List.of(), directory.resolve("books"), nextId))
            {
                final List<String> said = new ArrayList<>();
                worker.awaitLine(FailStopWorker.READY);
                for (int i = 0; i < ACKNOWLEDGED_MIN * fault; i++)
                {
                    said.add(worker.awaitLine(FailStopWorker.ACKNOWLEDGED, said));
                }
                limitFileSize(worker);
                final String stopped = worker.awaitLine(FailStopWorker.STOPPED, said);
                nextId = Long.parseLong(stopped.split(" ")[1]);
                assertEquals(0, worker.awaitExit());
                for (final String line : said)
                {
                    final String[] answer = line.split(" ");
                    assertEquals(FailStopWorker.ACKNOWLEDGED, answer[0], line);
                    assertNull(acknowledged.put(Long.parseLong(answer[1]), Long.parseLong(answer[2])), line);
                }
            }
        }
        assertTrue(acknowledged.size() >= ACKNOWLEDGED_MIN * FAULT_COUNT, "acknowledged=" + acknowledged.size());
        assertBooksHold(acknowledged, nextId - 1);
        System.out.println(
            "writes that fail: faults=" + FAULT_COUNT + ", acknowledged=" + acknowledged.size() +
            ", lost=0");
    }

    /** From now on the kernel refuses every write behind the first 4 KiB of any file (EFBIG). */
    private static void limitFileSize(final ForkedJvm worker) throws IOException, InterruptedException
    {
        final Process process = new ProcessBuilder(
            PRLIMIT.toString(), "--pid", Long.toString(worker.pid()), "--fsize=4096").inheritIO().start();
        assertEquals(0, process.waitFor());
    }

    /** What was acknowledged is there at its sequence; what was in flight is there once or not at all. */
    private void assertBooksHold(final Map<Long, Long> acknowledged, final long lastId)
    {
        try (LedgerEngine engine = LedgerEngine.launch(FailStopWorker.config(directory.resolve("books"))))
        {
            final Ledger ledger = engine.ledger(FailStopWorker.LEDGER);
            long createdCount = ledger.lookupAccount(1).one().debitsPosted().low();
            assertTrue(createdCount >= acknowledged.size(), "created=" + createdCount);
            for (long id = 1; id <= lastId; id++)
            {
                final TransferResult result = ledger.createTransfer(id, 1, 2, 1, 1);
                final Long sequence = acknowledged.get(id);
                if (sequence != null)
                {
                    assertEquals(sequence, result.firstSequence(), "id=" + id + ", " + result);
                }
                createdCount += result.isCreated() ? 1 : 0;
            }
            assertEquals(lastId, createdCount, "each id was applied once");
            assertEquals(lastId, ledger.lookupAccount(1).one().debitsPosted().low());
        }
    }
}
