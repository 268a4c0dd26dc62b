package io.seriatim.journal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Damages a journal in every way and judges what recovery makes of it, by a table of its frames that was made from the
 * undamaged files: it has to refuse, or come to exactly the groups before the damage.
 * <p>
 * A journal is judged in two steps. That damage is <em>seen</em> is looked at for every single bit and byte: the walk
 * of the frames must stop where it is. What follows from a stop there is the same for all damage of a frame, so the
 * whole recovery is run for some of each frame's, in every situation: with the machine restarted or not, and with a low
 * and a high watermark. {@link #sample} shows for damage drawn at random that the two agree.
 * <p>
 * Cost: some 5 us a bit.<br>
 * Threads: confined to one.
 */
public final class DamageSweep implements AutoCloseable
{
    private static final String OTHER_BOOT = "00000000-0000-0000-0000-000000000000";
    private static final int PAGE_LENGTH = 4096;
    private static final int EDIT_KINDS = 7;

    /** What was found. */
    public static final class Counts
    {
        /** Damages that were tried. */
        public long damages;

        /** Whole recoveries that were run. */
        public long recoveries;

        /** Of these, those that refused. */
        public long refusals;

        /** Of these, those that came to a prefix and cut. */
        public long prefixes;

        /** Of these, those that came to a prefix without a trace of what was behind it in the files. */
        public long unanchored;

        /** Of these, those that came to the whole journal, as the damage left its content alone. */
        public long whole;

        @Override
        public String toString()
        {
            return String.format(
                "%,d damages, %,d whole recoveries: %,d refused, %,d cut to a prefix (%,d of them unanchored ends), " +
                "%,d with nothing lost", damages, recoveries, refusals, prefixes, unanchored, whole);
        }
    }

    /** A stretch of the journal: a frame with what is before it in the padding's case. */
    private record Unit(long from, long to, boolean isPadding, int shard, long committedSequence, int group)
    {
    }

    /** The state after a group. */
    private record GroupEnd(long position, long[] nextSequences, int digest)
    {
    }

    private final Path root;
    private final Path books;
    private final RecordingLayout layout;
    private final List<Manifest> situations = new ArrayList<>();
    private final List<Unit> units = new ArrayList<>();
    private final List<GroupEnd> groups = new ArrayList<>();
    private final TreeMap<Long, byte[]> segments = new TreeMap<>();
    private final Map<Long, FileChannel> channels = new HashMap<>();
    private final Counts counts = new Counts();
    private final int shardCount;
    private final long end;
    private final FrameCursor cursor;

    /**
     * A sweep over a copy of a journal.
     *
     * @param source    data directory of an engine that has ended; journal 0 of it is taken.
     * @param directory for the copy, best in memory.
     */
    public DamageSweep(final Path source, final Path directory)
    {
        root = directory;
        books = directory.resolve("swept");
        final Path home = JournalHome.directoryOf(books, 0);
        final Path sourceHome = JournalHome.directoryOf(source, 0);
        try
        {
            Files.createDirectories(home.resolve(JournalHome.ARCHIVE));
            final Manifest manifest = Manifest.read(sourceHome).with(List.<ShardMark>of());
            layout = RecordingLayout.of(manifest, home.resolve(JournalHome.ARCHIVE));
            shardCount = manifest.shardCount();
            final RecordingLayout sourceLayout =
                RecordingLayout.of(manifest, sourceHome.resolve(JournalHome.ARCHIVE));
            for (final Map.Entry<Long, Path> segment : SegmentFiles.list(sourceLayout).entrySet())
            {
                segments.put(segment.getKey(), Files.readAllBytes(segment.getValue()));
            }

            Files.copy(
                sourceHome.resolve(JournalHome.ARCHIVE).resolve(CatalogFile.FILE_NAME),
                layout.directory().resolve(CatalogFile.FILE_NAME), StandardCopyOption.REPLACE_EXISTING);
            restore();
            end = readTable(manifest);
            addSituations(manifest);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }

        cursor = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE);
    }

    /** Restarted or not, and a watermark at the first group's end or at the middle's. */
    private void addSituations(final Manifest manifest)
    {
        for (final int group : new int[] {firstWholeGroup(), groups.size() / 2})
        {
            final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
            for (int shard = 0; shard < shardCount; shard++)
            {
                nextSequences.put(shard, groups.get(group).nextSequences[shard]);
            }

            final Manifest marked = manifest.with(new Watermark(groups.get(group).position, nextSequences));
            situations.add(marked.with(Map.of(Manifest.BOOT_ID, OTHER_BOOT)));
            situations.add(marked.with(Map.of(Manifest.BOOT_ID, JournalHome.bootId())));
        }
    }

    /** The first group behind which every shard has its genesis, as after the creation. */
    private int firstWholeGroup()
    {
        int group = 0;
        while (Arrays.stream(groups.get(group).nextSequences).anyMatch(next -> next == 0))
        {
            group++;
        }

        return group;
    }

    private long readTable(final Manifest manifest)
    {
        final CRC32C digest = new CRC32C();
        final long[] nextSequences = new long[shardCount];
        long last = 0;
        try (FrameCursor walk = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE))
        {
            walk.seek(0);
            while (walk.next() == FrameCursor.Step.FRAME)
            {
                final UnsafeBuffer buffer = walk.buffer();
                final int offset = walk.frameOffset();
                if (walk.framePosition() > last)
                {
                    units.add(new Unit(last, walk.framePosition(), true, -1, -1, groups.size()));
                }

                final int shard = Frames.shard(buffer, offset);
                units.add(new Unit(
                    walk.framePosition(), walk.position(), false, shard, Frames.committedSequence(buffer, offset),
                    groups.size()));
                nextSequences[shard] += Frames.entryCount(buffer, offset);
                digest(digest, buffer, offset, walk.frameLength());
                last = walk.position();
                if (Frames.flags(buffer, offset) != Frames.MORE)
                {
                    groups.add(new GroupEnd(last, nextSequences.clone(), (int) digest.getValue()));
                }
            }
        }

        if (groups.isEmpty() || groups.get(groups.size() - 1).position != last)
        {
            throw new IllegalArgumentException("the journal does not end at the end of a group: " + manifest);
        }

        return last;
    }

    private static void digest(
        final CRC32C digest, final DirectBuffer buffer, final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        digest.update(bytes);
    }

    /**
     * Make the manifest of a copy one that was not closed cleanly.
     *
     * @param copy        data directory.
     * @param isRestarted whether the machine seems to have been restarted since.
     */
    public void unclose(final Path copy, final boolean isRestarted)
    {
        final Path home = JournalHome.directoryOf(copy, 0);
        Manifest.read(home).with(List.<ShardMark>of())
            .with(situations.get(0).watermark())
            .with(Map.of(Manifest.BOOT_ID, isRestarted ? OTHER_BOOT : JournalHome.bootId()))
            .write(home);
    }

    /**
     * How long the journal is.
     *
     * @return end of its last group, in bytes.
     */
    public long end()
    {
        return end;
    }

    /**
     * How many entries it holds.
     *
     * @return of all shards.
     */
    public long entryCount()
    {
        return Arrays.stream(groups.get(groups.size() - 1).nextSequences).sum();
    }

    /**
     * What was found so far.
     *
     * @return live counts.
     */
    public Counts counts()
    {
        return counts;
    }

    /**
     * Flip every bit of every frame and padding, one at a time, and a bit in every byte behind the end.
     *
     * @param step     1 = every bit; n = every n-th, each time another bit of the byte.
     * @param progress is told the position that was reached.
     */
    public void flipBits(final int step, final LongConsumer progress)
    {
        long bit = 0;
        for (int i = 0; i < units.size(); i++)
        {
            final Unit unit = units.get(i);
            boolean isFirst = true;
            for (; bit < unit.to * Byte.SIZE; bit += step)
            {
                final long position = bit / Byte.SIZE;
                final byte good = byteAt(position);
                write(position, (byte) (good ^ 1 << bit % Byte.SIZE));
                requireSeen(unit, position);
                if (isFirst)
                {
                    recoverInEverySituation(i, position);
                    isFirst = false;
                }

                write(position, good);
                counts.damages++;
            }

            progress.accept(unit.to);
        }

        flipBehindTheEnd(step);
    }

    /** Whatever stands behind the end was never told to anybody. */
    private void flipBehindTheEnd(final int step)
    {
        final long segmentEnd = layout.segmentBase(end) + layout.segmentLength();
        for (long position = end; position < segmentEnd; position += Math.max(1, step / Byte.SIZE))
        {
            write(position, (byte) (1 << position % Byte.SIZE));
            cursor.seek(end);
            if (cursor.next() == FrameCursor.Step.FRAME)
            {
                throw new AssertionError("a bit behind the end became a frame: position=" + position);
            }

            if (position % PAGE_LENGTH == 0)
            {
                for (final Manifest situation : situations)
                {
                    judge(situation, groups.size(), -1, "a bit behind the end at " + position);
                }
            }

            write(position, (byte) 0);
            counts.damages++;
        }
    }

    /**
     * End the files at every byte, from the last one on.
     *
     * @param step     1 = at every byte; n = at every n-th.
     * @param progress is told the position that was reached.
     */
    public void cut(final int step, final LongConsumer progress)
    {
        for (int i = units.size() - 1; i >= 0; i--)
        {
            final Unit unit = units.get(i);
            final long segmentBase = layout.segmentBase(unit.from);
            for (final long behind : List.copyOf(channels.keySet()))
            {
                if (behind > segmentBase)
                {
                    truncate(behind, 0);
                    close(behind);
                }
            }

            long position = unit.to - 1;
            for (; position >= unit.from; position -= step)
            {
                truncate(segmentBase, position - segmentBase);
                requireSeen(unit, position);
                counts.damages++;
            }

            // At the border of the frame nothing of it is left to be seen.
            truncate(segmentBase, unit.from - segmentBase);
            for (final Manifest situation : situations)
            {
                judge(situation, unit.group, -1, "cut at " + unit.from);
            }

            progress.accept(end - unit.from);
        }

        restore();
    }

    /**
     * Edit whole stretches, drawn at random: swapped, deleted, repeated and moved frames, zeroed pages, stretches of
     * other places and of another journal. Each is recovered whole, in every situation.
     *
     * @param count    of edits.
     * @param seed     that they are drawn from.
     * @param other    bytes of another journal, or of an older time of this one.
     * @param progress is told how many were done.
     */
    public void edit(final int count, final long seed, final byte[] other, final LongConsumer progress)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++)
        {
            final int kind = random.nextInt(EDIT_KINDS);
            final long base = baseDrawn(random);
            final byte[] good = segments.get(base);
            final byte[] edited = good.clone();
            final String what = edit(kind, random, base, edited, other) + ", seed=" + seed + ", edit=" + i;
            final int first = Arrays.mismatch(good, edited);
            put(base, edited);
            for (final Manifest situation : situations)
            {
                judgeEdit(situation, first < 0 ? Long.MAX_VALUE : base + first, what);
            }

            put(base, good);
            counts.damages++;
            progress.accept(i + 1);
        }
    }

    private long baseDrawn(final SplittableRandom random)
    {
        final List<Long> bases = segments.keySet().stream().filter(base -> base < end).toList();
        return bases.get(random.nextInt(bases.size()));
    }

    private String edit(
        final int kind, final SplittableRandom random, final long base, final byte[] edited, final byte[] other)
    {
        final Unit a = unitDrawn(random, base);
        final Unit b = unitDrawn(random, base);
        final int aFrom = (int) (a.from - base);
        final int bFrom = (int) (b.from - base);
        final int aLength = (int) (a.to - a.from);
        final int bLength = (int) (b.to - b.from);
        final byte[] good = edited.clone();
        switch (kind)
        {
            case 0:
                // Side by side they are swapped whole; elsewhere their bytes change places as far as they fit.
                System.arraycopy(good, aFrom, edited, bFrom, Math.min(aLength, edited.length - bFrom));
                System.arraycopy(good, bFrom, edited, aFrom, Math.min(bLength, edited.length - aFrom));
                return "swapped " + a.from + " and " + b.from;
            case 1:
                System.arraycopy(good, aFrom + aLength, edited, aFrom, edited.length - aFrom - aLength);
                Arrays.fill(edited, edited.length - aLength, edited.length, (byte) 0);
                return "deleted " + a.from;
            case 2:
                System.arraycopy(good, aFrom, edited, aFrom + aLength, edited.length - aFrom - aLength);
                return "repeated " + a.from;
            case 3:
                System.arraycopy(good, aFrom, edited, bFrom, Math.min(aLength, edited.length - bFrom));
                return "copied " + a.from + " to " + b.from;
            case 4:
                final int page = random.nextInt(edited.length / PAGE_LENGTH) * PAGE_LENGTH;
                Arrays.fill(edited, page, page + PAGE_LENGTH, (byte) 0);
                return "zeroed the page at " + (base + page);
            case 5:
                final int length = Math.min(aLength, other.length);
                final int from = random.nextInt((other.length - length) / Frames.ALIGNMENT + 1) * Frames.ALIGNMENT;
                System.arraycopy(other, from, edited, aFrom, length);
                return "spliced " + from + " of another journal to " + a.from;
            default:
                final int samePlace = Math.min(aLength, Math.max(0, other.length - aFrom));
                System.arraycopy(other, Math.min(aFrom, other.length), edited, aFrom, samePlace);
                return "replaced " + a.from + " by the same place of another journal";
        }
    }

    private Unit unitDrawn(final SplittableRandom random, final long base)
    {
        while (true)
        {
            final Unit unit = units.get(random.nextInt(units.size()));
            if (layout.segmentBase(unit.from) == base)
            {
                return unit;
            }
        }
    }

    /** An edit may leave a group whole that it moves nothing of; never anything that was not there. */
    private void judgeEdit(final Manifest situation, final long firstChanged, final String what)
    {
        final RecoveredJournal found;
        final CRC32C digest = new CRC32C();
        counts.recoveries++;
        try
        {
            found = new JournalScanner(books, situation, layout).scan(
                ScanStart.BEGINNING,
                (position, buffer, offset, length) -> digest(digest, buffer, offset, length));
        }
        catch (final JournalException ex)
        {
            counts.refusals++;
            return;
        }

        final int group = groupAt(found.position());
        if (group < 0 || digest.getValue() != (groups.get(group).digest & 0xFFFF_FFFFL) ||
            found.position() < situation.watermark().position())
        {
            throw new AssertionError(
                "recovery came to what the journal never was: " + what + ", first changed byte=" + firstChanged +
                ", " + found.report());
        }

        final boolean isBootUnchanged = situation.bootId().equals(JournalHome.bootId());
        if (group < groups.size() - 1 && isBootUnchanged && hasGoodFrameBehind(group, firstChanged))
        {
            throw new AssertionError("good frames follow and it was cut all the same: " + what + ", " + found.report());
        }

        count(found, group);
    }

    /** Whether an undamaged frame of a later group is sure to be found: one in another segment than the edit. */
    private boolean hasGoodFrameBehind(final int group, final long firstChanged)
    {
        final long editedBase = firstChanged == Long.MAX_VALUE ? -1 : layout.segmentBase(firstChanged);
        return units.stream().anyMatch(unit ->
            !unit.isPadding && unit.group > group && layout.segmentBase(unit.from) != editedBase);
    }

    private int groupAt(final long position)
    {
        for (int i = 0; i < groups.size(); i++)
        {
            if (groups.get(i).position == position)
            {
                return i;
            }
        }

        return -1;
    }

    /**
     * Damage drawn at random, recovered whole: it agrees with what {@link #flipBits} takes for granted.
     *
     * @param count of damages.
     * @param seed  that they are drawn from.
     */
    public void sample(final int count, final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++)
        {
            final int index = random.nextInt(units.size());
            final Unit unit = units.get(index);
            final long position = random.nextLong(unit.from, unit.to);
            final byte good = byteAt(position);
            write(position, (byte) (good ^ 1 << random.nextInt(Byte.SIZE)));
            final Manifest situation = situations.get(random.nextInt(situations.size()));
            judge(situation, unit.group, index, "a bit at " + position + ", seed=" + seed + ", sample=" + i);
            write(position, good);
            counts.damages++;
        }
    }

    private void requireSeen(final Unit unit, final long position)
    {
        cursor.seek(unit.from);
        if (cursor.next() == FrameCursor.Step.FRAME &&
            (unit.isPadding || cursor.framePosition() == unit.from))
        {
            throw new AssertionError("damage was not seen: position=" + position + " in " + unit);
        }
    }

    private void recoverInEverySituation(final int index, final long position)
    {
        for (final Manifest situation : situations)
        {
            judge(situation, units.get(index).group, index, "a bit at " + position);
        }
    }

    /**
     * The whole recovery must refuse or come to the groups before, as the table has it.
     *
     * @param groupCount of whole groups that are left.
     * @param damaged    index of the unit that is damaged, behind which all others are good; -1 if nothing is left.
     */
    private void judge(final Manifest situation, final int groupCount, final int damaged, final String what)
    {
        counts.recoveries++;
        final GroupEnd expected = groupCount == 0 ? null : groups.get(groupCount - 1);
        final boolean isRefusalExpected = expected == null || isRefused(situation, expected, damaged);
        final CRC32C digest = new CRC32C();
        final RecoveredJournal found;
        try
        {
            found = new JournalScanner(books, situation, layout).scan(
                ScanStart.BEGINNING,
                (position, buffer, offset, length) -> digest(digest, buffer, offset, length));
        }
        catch (final JournalException ex)
        {
            if (!isRefusalExpected)
            {
                throw new AssertionError("refused without a reason: " + what, ex);
            }

            counts.refusals++;
            return;
        }

        if (isRefusalExpected)
        {
            throw new AssertionError("not refused: " + what + ", " + found.report());
        }

        if (found.position() != expected.position || digest.getValue() != (expected.digest & 0xFFFF_FFFFL))
        {
            throw new AssertionError(
                "not the groups before the damage: " + what + ", expected position=" + expected.position + ", " +
                found.report());
        }

        for (int shard = 0; shard < shardCount; shard++)
        {
            if (found.nextSequence(shard) != expected.nextSequences[shard])
            {
                throw new AssertionError("another sequence: " + what + ", shard=" + shard + ", " + found.report());
            }
        }

        count(found, groupCount - 1);
    }

    private void count(final RecoveredJournal found, final int group)
    {
        if (group == groups.size() - 1)
        {
            counts.whole++;
        }
        else
        {
            counts.prefixes++;
            counts.unanchored += found.isUnanchored() ? 1 : 0;
        }
    }

    private boolean isRefused(final Manifest situation, final GroupEnd left, final int damaged)
    {
        final Watermark watermark = situation.watermark();
        if (left.position < watermark.position())
        {
            return true;
        }

        for (int shard = 0; shard < shardCount; shard++)
        {
            if (left.nextSequences[shard] < watermark.nextSequence(shard))
            {
                return true;
            }
        }

        if (damaged < 0)
        {
            return false;
        }

        // A group that began before the damage has good frames of its own behind it, or before it.
        for (int i = damaged + 1; i < units.size(); i++)
        {
            final Unit later = units.get(i);
            if (!later.isPadding && (situation.bootId().equals(JournalHome.bootId()) ||
                later.committedSequence >= left.nextSequences[later.shard]))
            {
                return true;
            }
        }

        return false;
    }

    private byte byteAt(final long position)
    {
        final long base = layout.segmentBase(position);
        final byte[] bytes = segments.get(base);
        return position - base < bytes.length ? bytes[(int) (position - base)] : 0;
    }

    private void write(final long position, final byte value)
    {
        try
        {
            channelOf(layout.segmentBase(position)).write(
                ByteBuffer.wrap(new byte[] {value}), position - layout.segmentBase(position));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void put(final long base, final byte[] bytes)
    {
        try
        {
            channelOf(base).write(ByteBuffer.wrap(bytes), 0);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void truncate(final long base, final long length)
    {
        try
        {
            channelOf(base).truncate(length);
            if (length == 0 && base > 0)
            {
                Files.deleteIfExists(layout.segmentFile(base));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void restore()
    {
        for (final long base : List.copyOf(channels.keySet()))
        {
            close(base);
        }

        for (final Map.Entry<Long, byte[]> segment : segments.entrySet())
        {
            try
            {
                Files.write(layout.segmentFile(segment.getKey()), segment.getValue());
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }

            channelOf(segment.getKey());
        }
    }

    private FileChannel channelOf(final long base)
    {
        return channels.computeIfAbsent(base, key ->
        {
            try
            {
                return FileChannel.open(
                    layout.segmentFile(key), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        });
    }

    private void close(final long base)
    {
        PosixFiles.closeQuietly(channels.remove(base));
    }

    @Override
    public void close()
    {
        cursor.close();
        List.copyOf(channels.keySet()).forEach(this::close);
        try
        {
            PosixFiles.deleteTree(books);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not delete what was swept: " + root, ex);
        }
    }
}
