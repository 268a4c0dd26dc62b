package io.seriatim.engine;

import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ShardSnapshotsTest
{
    @TempDir
    private Path books;

    @Test
    void shouldTellFromWhereALaunchReadsAtTheEarliest() throws IOException
    {
        LedgerEngine.launch(new EngineConfig().dataDirectory(books.resolve("books")).shardCount(2).journalCount(1)
            .batchCountMax(16).diskReserve(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024))).close();
        books = books.resolve("books");
        assertEarliest(0, "there is no snapshot");
        touch("shard-0/snapshots/snapshot-4096-10.snap");
        assertEarliest(0, "the other shard has none");
        touch("shard-1/snapshots/snapshot-8192-7.snap");
        assertEarliest(0, "they have none in common");
        touch("shard-0/snapshots/snapshot-8192-20.snap");
        assertEarliest(8192, "both have one");
        touch("journal-0/snapshots/read-model-16384.snap");
        assertEarliest(8192, "the read model begins later");
        touch("journal-0/snapshots/read-model-2048.snap");
        assertEarliest(2048, "the read model begins earlier");
        touch("shard-1/snapshots/snapshot-1024-3.snap");
        touch("shard-0/snapshots/snapshot-1024-3.snap.damaged");
        assertEarliest(2048, "what was put aside does not count");
    }

    @Test
    void shouldFindTheRunsThatLeadFromTheStartToAPosition() throws IOException
    {
        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        assertEquals(List.of(), snapshots.runsTo(0), "nothing leads to the start");
        assertMissing(snapshots, 64, 64);
        touch("shard-0/snapshots/index-32-64.run");
        assertMissing(snapshots, 64, 32);
        touch("shard-0/snapshots/index-64-64.run");
        touch("shard-0/snapshots/index-0-32.run");
        touch("shard-0/snapshots/index-96-64.run");
        touch("shard-0/snapshots/index-0-16.run.tmp");
        assertEquals("0-32 32-64", runsTo(snapshots, 64), "a run that leads nowhere does not count");
        assertMissing(snapshots, 16, 16);
        assertMissing(snapshots, 96, 96);
    }

    /** Runs are joined: the files of the parts are there until those who need them have gone. */
    @Test
    void shouldTakeTheLongerOneOfTwoRunsThatEndAlike() throws IOException
    {
        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        touch("shard-0/snapshots/index-0-32.run");
        touch("shard-0/snapshots/index-32-64.run");
        touch("shard-0/snapshots/index-48-64.run");
        touch("shard-0/snapshots/index-16-64.run");
        assertMissing(snapshots, 64, 16);
        touch("shard-0/snapshots/index-0-64.run");
        touch("shard-0/snapshots/index-64-96.run");
        assertEquals("0-64 64-96", runsTo(snapshots, 96));
        assertEquals("0-32", runsTo(snapshots, 32));
    }

    @Test
    void shouldPutASnapshotAsideAndNothingElse() throws IOException
    {
        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        touch("shard-0/snapshots/snapshot-64-3.snap");
        snapshots.setAside(32);
        assertEquals("{64=3}", snapshots.nextSequences().toString());
        snapshots.setAside(64);
        assertEquals("{}", snapshots.nextSequences().toString());
        assertTrue(Files.exists(books.resolve("shard-0/snapshots/snapshot-64-3.snap.damaged")));
    }

    private static String runsTo(final ShardSnapshots snapshots, final long position)
    {
        return snapshots.runsTo(position).stream().map(run -> run.from() + "-" + run.to())
            .collect(Collectors.joining(" "));
    }

    private void assertMissing(final ShardSnapshots snapshots, final long position, final long end)
    {
        assertEquals(
            "a run of the index is missing: it has to end at position " + end + ", directory=" +
            books.resolve("shard-0/snapshots"),
            assertThrows(JournalException.class, () -> snapshots.runsTo(position)).getMessage());
        assertFalse(snapshots.hasRunsTo(position));
    }

    private void assertEarliest(final long expected, final String message)
    {
        assertEquals(
            expected, ShardSnapshots.earliestStart(books, Manifest.read(books.resolve("journal-0"))), message);
    }

    private void touch(final String name) throws IOException
    {
        Files.createDirectories(books.resolve(name).getParent());
        Files.createFile(books.resolve(name));
    }
}
