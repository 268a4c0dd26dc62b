package io.seriatim.engine;

import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
