package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Damages whole copies of books, and judges what the launch of an engine has made of them. */
public final class DamagedCopies
{
    private final RecordingLayout layout;
    private final SweptFiles files;
    private final FrameTable table;
    private final int shardCount;
    private final List<Manifest> situations;

    DamagedCopies(
        final RecordingLayout layout,
        final SweptFiles files,
        final FrameTable table,
        final int shardCount,
        final List<Manifest> situations)
    {
        this.layout = layout;
        this.files = files;
        this.table = table;
        this.shardCount = shardCount;
        this.situations = situations;
    }

    /**
     * How many situations a damage can be met in: the machine restarted or not, with a low or a high watermark.
     *
     * @return a count.
     */
    public int situationCount()
    {
        return situations.size();
    }

    /**
     * Make the manifest of a copy one that was not closed cleanly.
     *
     * @param copy      data directory.
     * @param situation that it is in then, from 0 to one less than {@link #situationCount()}.
     */
    public void unclose(final Path copy, final int situation)
    {
        final Path home = JournalHome.directoryOf(copy, 0);
        final Manifest like = situations.get(situation);
        Manifest.read(home).with(List.<ShardMark>of())
            .with(like.watermark())
            .with(Map.of(Manifest.BOOT_ID, like.bootId()))
            .write(home);
    }

    /**
     * Flip a bit of a copy of the books, anywhere in its segment files.
     *
     * @param copy   data directory.
     * @param random that it is drawn from.
     * @return position of the byte.
     */
    public long flipBit(final Path copy, final SplittableRandom random) throws IOException
    {
        final List<Long> bases = List.copyOf(files.segments().keySet());
        final long base = bases.get(random.nextInt(bases.size()));
        final int offset = random.nextInt(files.segments().get(base).length);
        final byte changed = (byte) (files.segments().get(base)[offset] ^ 1 << random.nextInt(Byte.SIZE));
        try (FileChannel file = FileChannel.open(layoutOf(copy).segmentFile(base), StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(file, ByteBuffer.wrap(new byte[] {changed}), offset);
        }

        return base + offset;
    }

    /**
     * End the files of a copy of the books somewhere: at a border of frames every fourth time, else inside one.
     *
     * @param copy   data directory.
     * @param random that it is drawn from.
     * @return position of the first byte that is missing.
     */
    public long cutCopy(final Path copy, final SplittableRandom random) throws IOException
    {
        final FrameTable.Unit unit = table.units().get(random.nextInt(table.units().size()));
        final long position = random.nextInt(4) == 0 ? unit.from() : random.nextLong(unit.from(), unit.to());
        final RecordingLayout copied = layoutOf(copy);
        for (final Map.Entry<Long, Path> segment : SegmentFiles.list(copied).entrySet())
        {
            if (segment.getKey() > layout.segmentBase(position))
            {
                Files.delete(segment.getValue());
            }
        }

        final long base = layout.segmentBase(position);
        try (FileChannel file = FileChannel.open(copied.segmentFile(base), StandardOpenOption.WRITE))
        {
            file.truncate(position - base);
        }

        return position;
    }

    /**
     * Whether a launch on a copy, made one by {@link #unclose}, has to refuse.
     *
     * @param position  of the first byte that is damaged.
     * @param situation as it was told to {@link #unclose}.
     * @param isCut     whether nothing is left behind that byte; else all but its frame is.
     * @return true if so.
     */
    public boolean isRefusalExpected(final long position, final int situation, final boolean isCut)
    {
        final int damaged = table.unitAt(position);
        final FrameTable.GroupEnd left = table.leftBefore(damaged);
        return left == null ||
            table.isRefused(situations.get(situation), left, index -> !isCut && index > damaged);
    }

    /**
     * After an engine has worked on a damaged copy: up to the end of the last whole group before the damage it is what
     * the journal was, byte for byte, and from there on it is of that engine, and of nobody else.
     *
     * @param copy     data directory, which is in use no more.
     * @param position of the first byte that was damaged.
     */
    public void requireWentOn(final Path copy, final long position) throws IOException
    {
        final long left = table.leftBefore(table.unitAt(position)).position();
        final RecordingLayout copied = layoutOf(copy);
        for (long base = 0; base < left; base += layout.segmentLength())
        {
            final byte[] found = Files.readAllBytes(copied.segmentFile(base));
            final int length = (int) Math.min(left - base, layout.segmentLength());
            if (found.length < length || !Arrays.equals(found, 0, length, files.segments().get(base), 0, length))
            {
                throw new AssertionError("what was good before was changed: damage=" + position + ", segment=" + base);
            }
        }

        final long incarnation = Manifest.read(JournalHome.directoryOf(copy, 0)).incarnation();
        try (FrameCursor walk = new FrameCursor(copied, layout.mtu(), Long.MAX_VALUE))
        {
            walk.seek(left);
            int frameCount = 0;
            while (walk.next() == FrameCursor.Step.FRAME)
            {
                final UnsafeBuffer buffer = walk.buffer();
                final boolean isFirst = frameCount++ == 0;
                if (Frames.incarnation(buffer, walk.frameOffset()) != incarnation ||
                    isFirst && Frames.flags(buffer, walk.frameOffset()) != Frames.OPEN)
                {
                    throw new AssertionError(
                        "it did not go on at the last whole group: damage=" + position + ", expected=" + left +
                        ", frame at=" + walk.framePosition());
                }
            }

            if (frameCount < 2 * shardCount)
            {
                throw new AssertionError("it has not gone on: damage=" + position + ", " + walk.problem());
            }
        }
    }

    private static RecordingLayout layoutOf(final Path copy)
    {
        final Path home = JournalHome.directoryOf(copy, 0);
        return RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
    }
}
