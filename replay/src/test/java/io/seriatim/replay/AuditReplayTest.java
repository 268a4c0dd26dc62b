package io.seriatim.replay;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import io.seriatim.journal.SnapshotWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AuditReplayTest
{
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldFindNothingInWhatTheEngineWrote(final int shardCount)
    {
        final Path books = directory.resolve("books");
        TestBooks.write(books, shardCount, 40);
        TestBooks.write(books, shardCount, 60);
        assertTrue(Files.exists(books.resolve("journal-0/archive/0-131072.rec")), "several segments");

        final AuditReplay replay = new AuditReplay(books);
        final long expected = replay.entryCountExpected();
        final AuditReport report = replay.run();

        assertTrue(report.isClean(), report.toString());
        assertEquals(expected, report.entryCount());
        assertEquals(shardCount, report.shards().size());
        for (final ShardAudit shard : report.shards())
        {
            assertEquals(shard.nextSequence(), shard.replayedTo());
            assertTrue(shard.mark().isEqual());
            assertEquals(64, shard.mark().executedDigest().length());
            assertEquals(shard.lastSequence(), shard.mark().sequence());
            assertEquals(shard.lastSequence(), shard.lastCloseSequence());
            assertTrue(shard.transferOutcomes().get("exceeds_credits") > 0, shard.toString());
            assertTrue(shard.transferOutcomes().get("exists") > 0, shard.toString());
            assertTrue(shard.transferOutcomes().get("linked_event_failed") > 0, shard.toString());
            shard.ledgers().forEach(ledger -> assertTrue(ledger.isBalanced() && ledger.debitsPosted().signum() > 0));
        }
        report.journals().forEach(journal -> assertEquals(RecoveredJournal.Verdict.CLOSED, journal.verdict()));
    }

    @Test
    void shouldReadUpToWhatIsCommittedBesideALiveEngine()
    {
        final Path books = directory.resolve("books");
        TestBooks.write(books, 1, 1);
        final long closed = new AuditReplay(books).run().shards().get(0).lastSequence();
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 1)))
        {
            TestBooks.fill(engine, 5);
            final long sequence = engine.ledger(840).lookupAccount(84_000_001).validAtSequence();
            final AuditReport report = new AuditReplay(books).run();
            assertTrue(report.isClean(), report.toString());
            assertTrue(report.isLive());
            assertEquals(sequence, report.shards().get(0).lastSequence());
            assertNull(report.shards().get(0).mark());
            assertEquals(closed, report.shards().get(0).lastCloseSequence());
            assertNotNull(report.shards().get(0).genesis());
            assertEquals(RecoveredJournal.Verdict.LIMITED, report.journals().get(0).verdict());
        }
    }

    @Test
    void shouldCompareTheStateWithThatOfEverySnapshot() throws IOException
    {
        final Path books = directory.resolve("books");
        TestBooks.write(books, 1, 5);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 1)))
        {
            engine.snapshot();
            TestBooks.fill(engine, 5);
            engine.snapshot();
        }
        final ShardAudit clean = new AuditReplay(books).run().shards().get(0);
        assertTrue(clean.isClean(), clean.toString());
        assertEquals(2, clean.snapshotCount());

        final Path snapshots = books.resolve("shard-0/snapshots");
        final Path file;
        try (Stream<Path> files = Files.list(snapshots))
        {
            file = files.filter(each -> each.toString().endsWith(".snap")).sorted().findFirst().orElseThrow();
        }
        final SnapshotHeader header;
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            header = reader.header();
        }
        Files.delete(file);
        try (SnapshotWriter writer = new SnapshotWriter(file, header))
        {
            writer.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
            writer.publish();
        }
        final ShardAudit other = new AuditReplay(books).run().shards().get(0);
        assertEquals(1, other.differenceCount());
        assertEquals(header.nextSequence() - 1, other.differences().get(0).sequence());
        assertTrue(other.differences().get(0).what().startsWith("the state differs from that of a snapshot"));

        Files.write(file, new byte[100]);
        final ShardAudit damaged = new AuditReplay(books).run().shards().get(0);
        assertTrue(damaged.isClean(), damaged.toString());
        assertEquals(1, damaged.snapshotCount());
    }
}
