package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a journal stands on: what records its stream, and files whose content can be forced to the disk. There is one in
 * the product; tests put a simulated disk in its place, to cut its power at every moment.
 */
interface Platform
{
    /** Aeron, and the files of the system. */
    Platform REAL = new Platform()
    {
    };

    /**
     * What records the stream of a journal.
     *
     * @param layout         of the recording.
     * @param alias          of the stream.
     * @param journalIndex   of the journal.
     * @param aeronDirectory for the transport.
     * @param openTimeoutNs  for each step of the opening.
     * @param replication    where followers may read it; null for nowhere.
     * @return a host that is not launched yet.
     */
    default RecordingHost newHost(
        final RecordingLayout layout,
        final String alias,
        final int journalIndex,
        final Path aeronDirectory,
        final long openTimeoutNs,
        final Replication replication)
    {
        return new ArchiveHost(layout, alias, journalIndex, aeronDirectory, openTimeoutNs, replication);
    }

    /** Force a segment file that other code may have written. */
    default void force(final Path file) throws IOException
    {
        PosixFiles.forceFile(file);
    }

    /**
     * Write some bytes of a segment file again, as they are: a force that failed before may have left them in memory
     * as if they were on the disk, and only what is written again is forced.
     *
     * @param file   to write.
     * @param offset of the first byte.
     * @param bytes  that are there.
     */
    default void rewrite(final Path file, final long offset, final ByteBuffer bytes) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, bytes, offset);
        }
    }
}
