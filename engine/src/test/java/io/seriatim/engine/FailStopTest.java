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
import java.util.function.IntUnaryOperator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A real process whose writes begin to fail while it posts, whole or from their middle on. */
class FailStopTest
{
    private static final int FAULT_COUNT = 4;

    /** Close to the end of a segment, and at no border of frames or pages: most writes that come to it cross it. */
    private static final int TEARING_SIZE = 120_011;
    private static final int TEARING_STEP = 2_000;
    private static final int ACKNOWLEDGED_MIN = 50;
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    @TempDir
    private Path directory;

    /** From some moment on the kernel refuses every write behind the first 4 KiB of any file. */
    @Test
    void shouldStopAtTheFirstWriteThatFailsAndLoseNothingAcknowledged() throws Exception
    {
        failAndGoOn("writes that fail", fault -> 4096);
    }

    /** The write that crosses the limit is cut short, and only what is left of it fails. */
    @Test
    void shouldCutWhatAShortWriteHasLeftAndLoseNothingAcknowledged() throws Exception
    {
        final int tornCount = failAndGoOn("writes cut short", fault -> TEARING_SIZE + fault * TEARING_STEP);
        assertTrue(tornCount > 0, "no write was cut short");
    }

    private int failAndGoOn(final String what, final IntUnaryOperator fileSizeMax) throws Exception
    {
        assumeTrue(Files.isExecutable(PRLIMIT), "SKIPPED: there is no " + PRLIMIT + " to make writes fail with");
        final Map<Long, Long> acknowledged = new HashMap<>();
        int tornCount = 0;
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
                limitFileSize(worker, fileSizeMax.applyAsInt(fault));
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
            tornCount += assertBooksHold(acknowledged, nextId - 1) ? 1 : 0;
        }
        assertTrue(acknowledged.size() >= ACKNOWLEDGED_MIN * FAULT_COUNT, "acknowledged=" + acknowledged.size());
        System.out.println(
            what + ": faults=" + FAULT_COUNT + ", torn tails=" + tornCount + ", acknowledged=" + acknowledged.size() +
            ", lost=0");
        return tornCount;
    }

    private static void limitFileSize(final ForkedJvm worker, final int bytes) throws IOException, InterruptedException
    {
        final Process process = new ProcessBuilder(
            PRLIMIT.toString(), "--pid", Long.toString(worker.pid()), "--fsize=" + bytes).inheritIO().start();
        assertEquals(0, process.waitFor());
    }

    /**
     * What was acknowledged is there at its sequence; what was in flight is there once or not at all.
     *
     * @return whether the launch has cut a torn tail.
     */
    private boolean assertBooksHold(final Map<Long, Long> acknowledged, final long lastId)
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
            return engine.launchReport().stream().anyMatch(line -> line.contains("cut at position"));
        }
    }
}
