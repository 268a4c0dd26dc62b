package io.seriatim.replay;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the snapshots of a shard say that its state was. One that can not be read says nothing: a launch puts it aside;
 * nor does one beyond the watermark, which is of a journal that was cut since.
 */
final class RecordedStates
{
    private RecordedStates()
    {
    }

    /**
     * Read the digests.
     *
     * @param dataDirectory of the engine.
     * @param shard         number of the shard.
     * @param manifest      of its journal.
     * @return the digest in hex by the sequence that comes next.
     */
    static Map<Long, String> of(final Path dataDirectory, final int shard, final Manifest manifest)
    {
        final Map<Long, String> digests = new TreeMap<>();
        final Path directory = dataDirectory.resolve("shard-" + shard).resolve("snapshots");
        if (!Files.isDirectory(directory))
        {
            return digests;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "snapshot-*.snap"))
        {
            for (final Path file : files)
            {
                add(file, shard, manifest, digests);
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException("the snapshots can not be listed: directory=" + directory, ex);
        }
        return digests;
    }

    private static void add(
        final Path file, final int shard, final Manifest manifest, final Map<Long, String> digests)
    {
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            final SnapshotHeader header = reader.header();
            if (header.kind() == SnapshotHeader.Kind.STATE && header.shard() == shard &&
                header.logUuid().equals(manifest.logUuid()) && header.position() <= manifest.watermark().position())
            {
                digests.put(header.nextSequence(), HexFormat.of().formatHex(
                    reader.read((type, buffer, offset, length) -> { })));
            }
        }
        catch (final JournalException ignored)
        {
            // It is damaged, or was deleted by an engine that has a newer one.
        }
    }
}
