package io.seriatim.replay;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.RecoveredJournal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books that nobody has closed: beside an engine at work, and after one that is gone. */
@Timeout(60)
class CrashedBooksTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldVerifyBesideAnEngineThatKeepsWriting() throws InterruptedException
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 3)))
        {
            TestBooks.fill(engine, 1);
            final AtomicBoolean isRunning = new AtomicBoolean(true);
            final AtomicLong acknowledged = new AtomicLong();
            final Thread writer = new Thread(() ->
            {
                for (int round = 1; isRunning.get(); round++)
                {
                    TestBooks.transfers(engine.ledger(840), round);
                    acknowledged.set(engine.ledger(840).lookupAccount(84_000_001).validAtSequence());
                }
            });
            writer.start();
            long lastSequence = 0;
            for (int i = 0; i < 8; i++)
            {
                final long before = acknowledged.get();
                final AuditReport report = new AuditReplay(books).run();
                assertTrue(report.isClean(), report.toString());
                assertTrue(report.isLive());
                final ShardAudit shard = report.shards().get(engine.shardOf(840));
                assertTrue(shard.lastSequence() >= before, "what was acknowledged is verified");
                assertTrue(shard.lastSequence() > lastSequence, "the engine goes on");
                lastSequence = shard.lastSequence();
                report.journals().forEach(journal -> assertEquals(0, journal.tailLength()));
                while (acknowledged.get() <= lastSequence)
                {
                    Thread.onSpinWait();
                }
            }
            isRunning.set(false);
            writer.join();
            assertNull(engine.failure());
        }
        assertTrue(new AuditReplay(books).run().isClean());
    }

    @Test
    void shouldVerifyBooksThatWereCopiedWhileOpenAndReportTheTail()
    {
        final Path books = directory.resolve("books");
        final Path copy = directory.resolve("copy");
        final long sequence;
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 1)))
        {
            TestBooks.fill(engine, 5);
            sequence = engine.ledger(840).lookupAccount(84_000_001).validAtSequence();
            TestBooks.copy(books, copy);
        }
        final AuditReport report = new AuditReplay(copy).run();
        assertTrue(report.isClean(), report.toString());
        assertFalse(report.isLive());
        assertEquals(-1, new AuditReplay(copy).entryCountExpected());
        assertEquals(sequence, report.shards().get(0).lastSequence());
        assertNull(report.shards().get(0).mark(), "nothing says what the state was");
        assertEquals(RecoveredJournal.Verdict.CLEAN_END, report.journals().get(0).verdict());
        assertEquals(0, report.journals().get(0).tailLength());

        new JournalEditor(copy.resolve("journal-0")).put(report.journals().get(0).position(), (byte)1, (byte)2);
        final AuditReport torn = new AuditReplay(copy).run();
        assertTrue(torn.isClean(), torn.toString());
        assertEquals(RecoveredJournal.Verdict.TORN_TAIL, torn.journals().get(0).verdict());
        assertEquals(32, torn.journals().get(0).tailLength());
        assertEquals(sequence, torn.shards().get(0).lastSequence());
    }

    @Test
    void shouldVerifyBooksWhoseEngineWasKilled() throws Exception
    {
        final Path books = directory.resolve("books");
        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx256m",
            "-cp", System.getProperty("java.class.path"),
            AbandonedEngine.class.getName(), books.toString()).redirectErrorStream(true).start();
        final long acknowledged;
        try (BufferedReader reader = new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)))
        {
            acknowledged = Long.parseLong(reader.readLine());
            final AuditReport live = new AuditReplay(books).run();
            assertTrue(live.isClean(), live.toString());
            assertTrue(live.isLive(), "another process holds the directory");
            assertTrue(live.shards().get(0).lastSequence() >= acknowledged, live.toString());
            Thread.sleep(200);
        }
        finally
        {
            process.destroyForcibly().waitFor();
        }
        final AuditReport report = new AuditReplay(books).run();
        assertTrue(report.isClean(), report.toString());
        assertFalse(report.isLive());
        assertTrue(report.shards().get(0).lastSequence() > acknowledged);
        assertTrue(report.shards().get(0).knownSequence() < report.shards().get(0).lastSequence());

        // And the engine comes to the same.
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 1)))
        {
            assertEquals(
                report.shards().get(0).lastSequence(),
                engine.ledger(840).lookupAccount(84_000_001).validAtSequence());
        }
    }
}
