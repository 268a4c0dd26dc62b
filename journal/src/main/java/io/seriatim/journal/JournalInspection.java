package io.seriatim.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scan of a whole journal has found, whether a launch would accept it or not.
 * <p>
 * Threads: immutable; {@link #bytes} reads the files anew.
 */
public final class JournalInspection
{
    private final Manifest manifest;
    private final RecordingLayout layout;
    private final SortedMap<Long, Path> segments;
    private final RecoveryScan scan;
    private final TailInspection tail;
    private final RecoveredJournal found;
    private final String refusal;

    /**
     * What a shard has come to.
     *
     * @param shard         number of the shard.
     * @param nextSequence  of the first entry behind the last good position.
     * @param knownSequence last entry that is known to have been forced; -1 if none.
     */
    public record Shard(int shard, long nextSequence, long knownSequence)
    {
    }

    JournalInspection(
        final Manifest manifest,
        final RecordingLayout layout,
        final SortedMap<Long, Path> segments,
        final RecoveryScan scan,
        final TailInspection tail,
        final RecoveredJournal found,
        final String refusal)
    {
        this.manifest = manifest;
        this.layout = layout;
        this.segments = Collections.unmodifiableSortedMap(new TreeMap<>(segments));
        this.scan = scan;
        this.tail = tail;
        this.found = found;
        this.refusal = refusal;
    }

    /**
     * The manifest that the scan was made with.
     *
     * @return the manifest.
     */
    public Manifest manifest()
    {
        return manifest;
    }

    /**
     * The segment files by the position of their first byte.
     *
     * @return at least one.
     */
    public SortedMap<Long, Path> segments()
    {
        return segments;
    }

    /**
     * Why a launch would refuse the journal, with place and reason.
     *
     * @return the whole message; null if it would not.
     */
    public String refusal()
    {
        return refusal;
    }

    /**
     * What a launch would do.
     *
     * @return how it would find the journal to end; null if it would refuse.
     */
    public RecoveredJournal found()
    {
        return found;
    }

    /**
     * End of the last complete group of good frames.
     *
     * @return a position in bytes: where the journal can be cut.
     */
    public long goodPosition()
    {
        return scan.endPosition();
    }

    /**
     * The first position that is not the start of a good frame.
     *
     * @return a position in bytes, at or behind {@link #goodPosition()}.
     */
    public long stopPosition()
    {
        return scan.stopPosition();
    }

    /**
     * What was wrong there.
     *
     * @return the reason; null if there are zeros.
     */
    public String stopReason()
    {
        return scan.stopReason();
    }

    /**
     * Behind the last byte that is not zero.
     *
     * @return a position in bytes.
     */
    public long contentEnd()
    {
        return Math.max(goodPosition(), tail.contentEnd());
    }

    /**
     * Good frames behind the place where the scan stopped.
     *
     * @return how many.
     */
    public int laterFrameCount()
    {
        return tail.laterFrameCount();
    }

    /**
     * Where the first of them begins.
     *
     * @return a position in bytes; -1 if there is none.
     */
    public long laterFramePosition()
    {
        return tail.laterFramePosition();
    }

    /**
     * What the shards have come to at {@link #goodPosition()}.
     *
     * @return one for each shard of the journal.
     */
    public List<Shard> shards()
    {
        final List<Shard> shards = new ArrayList<>();
        for (final ShardProgress shard : scan.shards())
        {
            shards.add(new Shard(shard.shard(), shard.nextSequence(), shard.knownSequence()));
        }

        return shards;
    }

    /**
     * The file that a position lies in.
     *
     * @param position in bytes.
     * @return the file, which may not be there.
     */
    public Path file(final long position)
    {
        return SegmentFiles.locate(layout, position);
    }

    /**
     * Where in its file a position lies.
     *
     * @param position in bytes.
     * @return offset in bytes.
     */
    public long fileOffset(final long position)
    {
        return position - layout.segmentBase(position);
    }

    /**
     * Read some bytes of the journal.
     *
     * @param position of the first.
     * @param length   how many, not crossing the end of the segment.
     * @return the bytes; zeros where there is no file.
     */
    public byte[] bytes(final long position, final int length)
    {
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        try (SegmentFiles files = new SegmentFiles(layout))
        {
            files.read(position, buffer, length);
        }

        return buffer.array();
    }

    RecoveryScan scan()
    {
        return scan;
    }

    RecordingLayout layout()
    {
        return layout;
    }
}
