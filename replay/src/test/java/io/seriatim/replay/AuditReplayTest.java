package io.seriatim.replay;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SegmentReader;
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
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
        writeSnapshot(file, header);
        final ShardAudit other = new AuditReplay(books).run().shards().get(0);
        assertEquals(1, other.differenceCount());
        assertEquals(header.nextSequence() - 1, other.differences().get(0).sequence());
        assertTrue(other.differences().get(0).what().startsWith("the state differs from that of a snapshot"));

        final SnapshotHeader[] others = {
            new SnapshotHeader(
                SnapshotHeader.Kind.INDEX_RUN, header.logUuid(), 0, 0, header.position(), header.nextSequence(), 0),
            new SnapshotHeader(
                header.kind(), new UUID(1, 2), 0, 0, header.position(), header.nextSequence(), 0),
            new SnapshotHeader(
                header.kind(), header.logUuid(), 1, 0, header.position(), header.nextSequence(), 0),
            new SnapshotHeader(
                header.kind(), header.logUuid(), 0, 0, Long.MAX_VALUE, header.nextSequence(), 0)};
        for (final SnapshotHeader each : others)
        {
            writeSnapshot(file, each);
            final ShardAudit without = new AuditReplay(books).run().shards().get(0);
            assertTrue(without.isClean(), () -> each + ": " + without);
            assertEquals(1, without.snapshotCount(), each::toString);
        }

        Files.write(file, new byte[100]);
        final ShardAudit damaged = new AuditReplay(books).run().shards().get(0);
        assertTrue(damaged.isClean(), damaged.toString());
        assertEquals(1, damaged.snapshotCount());
    }

    @Test
    void shouldJudgeAShardOfWhichNothingWasFoundOrOnlyAPart()
    {
        TestBooks.write(directory, 1, 1);
        final JournalFiles files = JournalFiles.open(directory);
        final RecoveredJournal journal =
            files.scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> { });
        final long end = files.manifest(0).closeMarks().get(0).nextSequence();
        try (SegmentReader reader = files.reader(0);
            ShardReplay nothing = new ShardReplay(0, files.manifest(0), reader, 10, null, Map.of());
            ShardReplay damaged = new ShardReplay(0, files.manifest(0), reader, 10, null, Map.of()))
        {
            assertTrue(damaged.finish(null).isClean(), "what is behind a damage is nobody's fault");
            final ShardAudit empty = nothing.finish(journal);
            assertEquals(1, empty.differenceCount());
            assertEquals("the shard has no genesis entry", empty.differences().get(0).what());
            assertEquals(0, empty.nextSequence());
            assertEquals(Map.of(), empty.entryKinds());
            assertNull(empty.genesis());
            assertFalse(empty.mark().isEqual());
            assertEquals(end - 1, empty.mark().sequence());
        }
        try (SegmentReader reader = files.reader(0); SegmentReader storedReader = files.reader(0);
            JournalFollower follower = new JournalFollower(reader);
            ShardReplay part = new ShardReplay(0, files.manifest(0), storedReader, 10, null, Map.of()))
        {
            for (int i = 0; i < 5; i++)
            {
                assertTrue(follower.next(journal.position()));
                part.onEntry(follower);
            }
            final ShardAudit audit = part.finish(journal);
            assertTrue(audit.isClean(), audit::toString);
            assertEquals(5, audit.replayedTo());
            assertEquals("", audit.mark().executedDigest(), "it was not made of a part");
            assertFalse(audit.mark().isEqual());
        }
    }

    private static void writeSnapshot(final Path file, final SnapshotHeader header) throws IOException
    {
        Files.deleteIfExists(file);
        try (SnapshotWriter writer = new SnapshotWriter(file, header))
        {
            writer.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
            writer.publish();
        }
    }
}
