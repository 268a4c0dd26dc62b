package io.seriatim.journal;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Journals that are written frame by frame as they are read elsewhere, into a data directory that an engine can be
 * launched on later: its files are those of the original, byte for byte. While this is open the directory is locked.
 * <p>
 * Shape: for each journal a buffer of {@value #BUFFER_LENGTH} bytes.<br>
 * Cost: one copy of each frame, and one write for what has gathered; {@link #force} forces.<br>
 * Threads: confined to one.
 */
public final class JournalCopy implements AutoCloseable
{
    private static final int BUFFER_LENGTH = 1024 * 1024;
    private static final int TERM_ID_OFFSET = 20;
    private static final int STREAM_ID_OFFSET = 16;
    private static final int SESSION_ID_OFFSET = 12;
    private static final int TERM_OFFSET_OFFSET = 8;
    private static final int TYPE_OFFSET = 6;
    private static final int FLAGS_OFFSET = 5;

    /** One journal. */
    private static final class Copy
    {
        private final JournalHome home;
        private final RecordingLayout layout;
        private final FrameChecker checker = new FrameChecker();
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_LENGTH);
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        private long writtenPosition;
        private long forcedPosition;
        private int pending;
        private long incarnation;
        private FileChannel channel;
        private long channelBase = -1;

        Copy(final JournalHome home, final long position)
        {
            this.home = home;
            layout = home.layout();
            writtenPosition = position;
            forcedPosition = position;
            incarnation = home.manifest().incarnation();
        }

        long position()
        {
            return writtenPosition + pending;
        }
    }

    private final JournalDirectory directory;
    private final Copy[] copies;

    private JournalCopy(final JournalDirectory directory, final Copy[] copies)
    {
        this.directory = directory;
        this.copies = copies;
    }

    /**
     * Make the journals of a copy, empty, in a directory that holds none; one that was made before is left as it is.
     *
     * @param config of the journals, with the lengths of the original's terms, segments and messages.
     * @param layout of the original.
     * @throws JournalException if they can not be made.
     */
    public static void create(final JournalConfig config, final JournalLayout layout)
    {
        try (JournalDirectory directory = JournalDirectory.open(config))
        {
            if (!directory.isNew())
            {
                return;
            }

            directory.create(layout);
            final AgentInvoker[] invokers = new AgentInvoker[layout.journalCount()];
            final Map<Integer, Long> nextSequences = new HashMap<>();
            try
            {
                for (int i = 0; i < invokers.length; i++)
                {
                    directory.recover(i, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
                    final ArchiveJournal journal = directory.journal(i);
                    invokers[i] = new AgentInvoker((error) -> {}, null, journal.agent());
                    invokers[i].start();
                    if (journal.failure() != null)
                    {
                        throw journal.failure();
                    }

                    directory.manifest(i).shards().forEach((shard) -> nextSequences.put(shard, 0L));
                }

                directory.activate(nextSequences);
            }
            finally
            {
                for (final AgentInvoker invoker : invokers)
                {
                    PosixFiles.closeQuietly(invoker);
                }
            }
        }
    }

    /**
     * Open a copy, and read what it has.
     *
     * @param config  of the journals.
     * @param handler of the frames of each journal's complete groups, journal by journal; whatever lies behind them is
     *                cut.
     * @return a copy that goes on where it ended.
     * @throws JournalException if it is damaged.
     */
    public static JournalCopy open(final JournalConfig config, final FrameHandler handler)
    {
        JournalDirectory directory = JournalDirectory.open(config);
        try
        {
            final Copy[] copies = new Copy[directory.journalCount()];
            for (int i = 0; i < copies.length; i++)
            {
                final long position = directory.recover(i, ScanStart.BEGINNING, handler).position();
                copies[i] = new Copy(directory.home(i), position);
            }

            final JournalCopy copy = new JournalCopy(directory, copies);
            directory = null;
            return copy;
        }
        finally
        {
            PosixFiles.closeQuietly(directory);
        }
    }

    /**
     * How many journals there are.
     *
     * @return a count.
     */
    public int journalCount()
    {
        return copies.length;
    }

    /**
     * Of which log this is a copy.
     *
     * @return its uuid.
     */
    public UUID logUuid()
    {
        return copies[0].home.manifest().logUuid();
    }

    /**
     * The manifest of a journal.
     *
     * @param journal number of the journal.
     * @return its manifest, as last written.
     */
    public Manifest manifest(final int journal)
    {
        return copies[journal].home.manifest();
    }

    /**
     * A reader of what was written.
     *
     * @param journal number of the journal.
     * @return a reader, for its caller to close.
     */
    public SegmentReader reader(final int journal)
    {
        return new SegmentReader(copies[journal].layout);
    }

    /**
     * Position behind the last frame of a journal.
     *
     * @param journal number of the journal.
     * @return where the next one has to begin, unless padding comes before it.
     */
    public long position(final int journal)
    {
        return copies[journal].position();
    }

    /**
     * Add a frame. It can be read once it is {@link #flush flushed}.
     *
     * @param journal  number of the journal.
     * @param position of its transport header, in the original.
     * @param frame    holding the frame.
     * @param offset   of the frame.
     * @param length   of the frame.
     * @throws JournalException if the frame is damaged, or does not follow on what there is.
     */
    public void append(
        final int journal, final long position, final DirectBuffer frame, final int offset, final int length)
    {
        final Copy copy = copies[journal];
        final String problem = check(copy, frame, offset, length);
        if (problem != null)
        {
            throw new JournalException(
                "what was sent is not a frame of this journal: " + problem + ", position=" + position + ", directory=" +
                copy.layout.directory());
        }

        noteIncarnation(copy, Frames.incarnation(frame, offset));
        final int sessionId = RecordingLayout.sessionIdOf(Frames.incarnation(frame, offset));
        if (position != copy.position())
        {
            pad(copy, position, sessionId);
        }

        final int aligned = BitUtil.align(length + Frames.TRANSPORT_HEADER_LENGTH, Frames.ALIGNMENT);
        ensureRoom(copy, aligned);
        final int start = copy.pending;
        copy.buffer.setMemory(start, aligned, (byte) 0);
        header(copy, start, length + Frames.TRANSPORT_HEADER_LENGTH, RecordingLayout.TYPE_DATA, sessionId);
        copy.buffer.putBytes(start + Frames.TRANSPORT_HEADER_LENGTH, frame, offset, length);
        copy.pending += aligned;
    }

    /**
     * Write what was added.
     *
     * @param journal number of the journal.
     * @throws JournalException if it can not be written.
     */
    public void flush(final int journal)
    {
        flush(copies[journal]);
    }

    private static void flush(final Copy copy)
    {
        if (copy.pending > 0)
        {
            try
            {
                copy.bytes.limit(copy.pending).position(0);
                PosixFiles.writeFully(channelOf(copy), copy.bytes, copy.writtenPosition - copy.channelBase);
                copy.writtenPosition += copy.pending;
                copy.pending = 0;
            }
            catch (final IOException ex)
            {
                throw new JournalException(
                    "the copy can not be written: position=" + copy.writtenPosition + ", file=" +
                    copy.layout.segmentFile(copy.layout.segmentBase(copy.writtenPosition)), ex);
            }
        }
    }

    /**
     * Force what was written, and let the manifest say so.
     *
     * @param journal       number of the journal.
     * @param position      end of a group.
     * @param nextSequences for each shard of the journal, the sequence of its first entry behind that position.
     * @throws JournalException if it can not be forced.
     */
    public void force(final int journal, final long position, final Map<Integer, Long> nextSequences)
    {
        final Copy copy = copies[journal];
        flush(copy);
        copy.home.force(copy.forcedPosition, position);
        final Watermark watermark = JournalDirectory.watermarkOf(copy.home.manifest(), position, nextSequences);
        copy.home.update((manifest) -> manifest
            .with(Map.of(Manifest.BOOT_ID, JournalHome.bootId()))
            .with(watermark));
        copy.forcedPosition = position;
    }

    @Override
    public void close()
    {
        for (final Copy copy : copies)
        {
            PosixFiles.closeQuietly(copy.channel);
            BufferUtil.free(copy.bytes);
        }

        directory.close();
    }

    /**
     * The manifest knows of an incarnation before its first frame is there: what it does not know of is refused. What
     * it says of a clean close, if the copy was made of closed books, is no longer so.
     */
    private static void noteIncarnation(final Copy copy, final long incarnation)
    {
        if (incarnation > copy.incarnation)
        {
            copy.incarnation = incarnation;
            copy.home.update((manifest) -> manifest
                .with(Map.of(Manifest.INCARNATION, Long.toString(incarnation)))
                .with(List.<ShardMark>of()));
        }
    }

    private static String check(final Copy copy, final DirectBuffer frame, final int offset, final int length)
    {
        final String problem = copy.checker.check(frame, offset, length);
        if (problem != null)
        {
            return problem;
        }

        if (Frames.length(frame, offset) != length)
        {
            return "it does not fill its message: frame=" + Frames.length(frame, offset) + ", message=" + length;
        }

        if (Frames.logTag(frame, offset) != copy.layout.logTag())
        {
            return "it is of another log: tag=0x" + Integer.toHexString(Frames.logTag(frame, offset)) +
                ", expected=0x" + Integer.toHexString(copy.layout.logTag());
        }

        return copy.home.manifest().shards().contains(Frames.shard(frame, offset)) ? null :
            "it is of a shard that the journal does not carry: shard=" + Frames.shard(frame, offset) + ", carried=" +
            copy.home.manifest().shards();
    }

    /** What is left out when a journal is sent is padding to the end of a term. */
    private static void pad(final Copy copy, final long position, final int sessionId)
    {
        final long gap = position - copy.position();
        if (gap < Frames.TRANSPORT_HEADER_LENGTH || copy.layout.termOffset(position) != 0 ||
            gap > copy.layout.termLength() - copy.layout.termOffset(copy.position()))
        {
            throw new JournalException(
                "what was sent does not follow on what there is: position=" + position + ", expected=" +
                copy.position() + ", directory=" + copy.layout.directory());
        }

        ensureRoom(copy, Frames.TRANSPORT_HEADER_LENGTH);
        final int start = copy.pending;
        copy.buffer.setMemory(start, Frames.TRANSPORT_HEADER_LENGTH, (byte) 0);
        header(copy, start, (int) gap, RecordingLayout.TYPE_PADDING, sessionId);
        copy.pending += Frames.TRANSPORT_HEADER_LENGTH;
        flush(copy);
        copy.writtenPosition = position;
    }

    private static void ensureRoom(final Copy copy, final int length)
    {
        final boolean isNewSegment = copy.pending > 0 &&
            copy.layout.segmentBase(copy.position()) != copy.layout.segmentBase(copy.writtenPosition);
        if (isNewSegment || copy.pending + length > BUFFER_LENGTH)
        {
            flush(copy);
        }
    }

    private static void header(
        final Copy copy, final int offset, final int frameLength, final int type, final int sessionId)
    {
        final long position = copy.position();
        final UnsafeBuffer buffer = copy.buffer;
        buffer.putInt(offset, frameLength, ByteOrder.LITTLE_ENDIAN);
        buffer.putByte(offset + FLAGS_OFFSET, (byte) 0xC0);
        buffer.putShort(offset + TYPE_OFFSET, (short) type, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + TERM_OFFSET_OFFSET, copy.layout.termOffset(position), ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + SESSION_ID_OFFSET, sessionId, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + STREAM_ID_OFFSET, copy.layout.streamId(), ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + TERM_ID_OFFSET, copy.layout.termId(position), ByteOrder.LITTLE_ENDIAN);
    }

    private static FileChannel channelOf(final Copy copy) throws IOException
    {
        final long base = copy.layout.segmentBase(copy.writtenPosition);
        if (copy.channelBase != base)
        {
            PosixFiles.closeQuietly(copy.channel);
            final Path file = copy.layout.segmentFile(base);
            @SuppressWarnings("resource") // its channel is closed, which closes it
            final RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
            copy.channel = opened.getChannel();
            if (opened.length() < copy.layout.segmentLength())
            {
                opened.setLength(copy.layout.segmentLength());
            }

            copy.channelBase = base;
        }

        return copy.channel;
    }
}
