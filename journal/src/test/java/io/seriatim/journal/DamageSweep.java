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
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;

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
    private static final int EDIT_KINDS = 10;
    private static final int SPLICED = 5;
    private static final int REPLACED = 6;
    private static final int OLDER = 7;
    private static final int SWAPPED_SEGMENTS = 8;
    private static final int DELETED_SEGMENT = 9;
    private static final long NOWHERE = Long.MAX_VALUE;

    /** What was found. */
    public static final class Counts
    {
        /** Damages that were tried. */
        public long damages;

        /** Edits that were drawn and changed no byte; they are no damages, and others were drawn for them. */
        public long unchanged;

        /** Recoveries of the undamaged journal, in each situation: all of them came to all of it. */
        public long controls;

        /** Whole recoveries that were run on damaged journals. */
        public long recoveries;

        /** Of these, those that refused. */
        public long refusals;

        /** Of these, those that refused as the journal ended below its watermark. */
        public long belowWatermark;

        /** Of these, those that refused as a later frame said that what is missing had been forced. */
        public long anchored;

        /** Of these, those that refused as good frames followed and the machine had not been restarted. */
        public long sameBoot;

        /** Of the recoveries, those that came to a prefix and cut. */
        public long prefixes;

        /** Of these, those that found something behind it, and cut that as a torn tail. */
        public long torn;

        /** Of these, those that found nothing behind it: such an end looks like any other. */
        public long clean;

        /** Of the prefixes, those whose last entries nothing in the files says were forced. */
        public long unanchored;

        /** Of the recoveries, those that came to the whole journal, as the damage left its content alone. */
        public long whole;

        @Override
        public String toString()
        {
            return String.format(
                "%,d damages, %,d whole recoveries: %,d refused (%,d ended below the watermark, %,d before a later " +
                "frame that says more was forced, %,d had good frames behind in the same boot), %,d came to a prefix " +
                "(%,d cut a torn tail, %,d met a clean end; %,d of them unanchored), %,d with nothing lost; " +
                "%,d edits changed nothing and do not count; undamaged: %,d of %,d accepted whole",
                damages, recoveries, refusals, belowWatermark, anchored, sameBoot, prefixes, torn, clean, unanchored,
                whole, unchanged, controls, controls);
        }
    }

    /** A stretch of the journal: a frame with what is before it in the padding's case. */
    private record Unit(long from, long to, boolean isPadding, int shard, long committedSequence, int group)
    {
    }

    /** The state after a group. */
    private record GroupEnd(long position, long[] nextSequences)
    {
    }

    /** Requires each frame to be the one that was there, byte for byte, at its place in its turn. */
    private final class Original implements FrameHandler
    {
        private final UnsafeBuffer expected = new UnsafeBuffer();
        private int index;

        @Override
        public void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
        {
            while (units.get(index).isPadding)
            {
                index++;
            }

            final Unit unit = units.get(index++);
            final long base = layout.segmentBase(unit.from);
            expected.wrap(
                segments.get(base), (int) (unit.from - base) + Frames.TRANSPORT_HEADER_LENGTH,
                (int) (unit.to - unit.from) - Frames.TRANSPORT_HEADER_LENGTH);
            if (position != unit.from || length != expected.capacity() ||
                expected.compareTo(new UnsafeBuffer(buffer, offset, length)) != 0)
            {
                throw new AssertionError("not the frame that was there: position=" + position + ", " + unit);
            }
        }

        /** Where the frames end that came. */
        long end()
        {
            return index == 0 ? 0 : units.get(index - 1).to;
        }
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
                last = walk.position();
                if (Frames.flags(buffer, offset) != Frames.MORE)
                {
                    groups.add(new GroupEnd(last, nextSequences.clone()));
                }
            }
        }

        if (groups.isEmpty() || groups.get(groups.size() - 1).position != last)
        {
            throw new IllegalArgumentException("the journal does not end at the end of a group: " + manifest);
        }

        return last;
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
        requireWhole();
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
        requireWhole();
    }

    /** What was not damaged is accepted to its end: a recovery that always refuses proves nothing. */
    private void requireWhole()
    {
        for (final Manifest situation : situations)
        {
            final Original original = new Original();
            final RecoveredJournal found =
                new JournalScanner(books, situation, layout).scan(ScanStart.BEGINNING, original);
            if (found.verdict() != RecoveredJournal.Verdict.CLEAN_END || found.position() != end ||
                original.end() != end)
            {
                throw new AssertionError("an undamaged journal is not accepted whole: " + found.report());
            }

            counts.controls++;
        }
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
                    judge(situation, groups.size(), index -> false, "a bit behind the end at " + position);
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
        requireWhole();
        for (int i = units.size() - 1; i >= 0; i--)
        {
            final Unit unit = units.get(i);
            final long segmentBase = layout.segmentBase(unit.from);
            removeBehind(segmentBase);
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
                judge(situation, unit.group, index -> false, "cut at " + unit.from);
            }

            progress.accept(end - unit.from);
        }

        restore();
        requireWhole();
    }

    private void removeBehind(final long segmentBase)
    {
        for (final long behind : List.copyOf(channels.keySet()))
        {
            if (behind > segmentBase)
            {
                truncate(behind, 0);
                close(behind);
            }
        }
    }

    /**
     * End the files inside frames and paddings, at bytes drawn at random, and recover whole in every situation: what
     * {@link #cut} takes for granted. A part of a frame has to be seen as a torn tail, or refused for the watermark.
     *
     * @param count of cuts.
     * @param seed  that they are drawn from.
     */
    public void cutInside(final int count, final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++)
        {
            final Unit unit = units.get(random.nextInt(units.size()));
            final long position = random.nextLong(unit.from + 1, unit.to);
            final long base = layout.segmentBase(position);
            removeBehind(base);
            truncate(base, position - base);
            final long refusedBefore = counts.belowWatermark;
            final long tornBefore = counts.torn;
            for (final Manifest situation : situations)
            {
                judge(
                    situation, unit.group, index -> false,
                    "cut at " + position + " in " + unit + ", seed=" + seed + ", cut=" + i);
            }

            if (counts.belowWatermark - refusedBefore + counts.torn - tornBefore != situations.size())
            {
                throw new AssertionError("a part of a frame was not seen: position=" + position + ", " + unit);
            }

            segments.tailMap(base).forEach((key, bytes) -> put(key, bytes));
            counts.damages++;
        }

        requireWhole();
    }

    /**
     * Edit whole stretches, drawn at random: swapped, deleted, repeated and moved frames, zeroed pages, stretches of
     * other places and of another journal; whole segments swapped, deleted, and put back as they were at an earlier
     * time. Each is recovered whole, in every situation, and has to be judged as the first byte that is changed and the
     * frames that are left behind it have it.
     *
     * @param count    of edits that change something.
     * @param seed     that they are drawn from.
     * @param other    bytes of another journal.
     * @param progress is told how many were done.
     */
    public void edit(final int count, final long seed, final byte[] other, final LongConsumer progress)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        requireWhole();
        int done = 0;
        while (done < count)
        {
            final int kind = random.nextInt(EDIT_KINDS);
            final TreeMap<Long, byte[]> edited = new TreeMap<>();
            final String what = edit(kind, random, edited, other) + ", seed=" + seed + ", edit=" + done;
            final long first = firstChanged(edited);
            if (first == NOWHERE)
            {
                counts.unchanged++;
                continue;
            }

            edited.forEach(this::put);
            for (final Manifest situation : situations)
            {
                judgeEdit(situation, first, edited, kind == SPLICED || kind == REPLACED, what);
            }

            edited.keySet().forEach(base -> put(base, segments.get(base)));
            counts.damages++;
            progress.accept(++done);
        }

        requireWhole();
    }

    /** Where the edited segments differ from what they were for the first time; one of length 0 is a file deleted. */
    private long firstChanged(final TreeMap<Long, byte[]> edited)
    {
        for (final Map.Entry<Long, byte[]> segment : edited.entrySet())
        {
            final byte[] good = segments.get(segment.getKey());
            final byte[] bytes = Arrays.copyOf(segment.getValue(), good.length);
            final int first = Arrays.mismatch(good, bytes);
            if (first >= 0)
            {
                return segment.getKey() + first;
            }
        }

        return NOWHERE;
    }

    private String edit(
        final int kind, final SplittableRandom random, final TreeMap<Long, byte[]> edited, final byte[] other)
    {
        final long base = baseDrawn(random);
        final byte[] good = segments.get(base);
        switch (kind)
        {
            case OLDER:
                // The file as it was when the frames behind had not been written: a journal is only ever added to.
                final boolean isLast = random.nextBoolean();
                final long olderBase = isLast ? layout.segmentBase(end - 1) : base;
                final Unit next = unitDrawn(random, olderBase);
                final byte[] older = segments.get(olderBase).clone();
                Arrays.fill(older, (int) (next.from - olderBase), older.length, (byte) 0);
                edited.put(olderBase, older);
                return "the segment at " + olderBase + " put back as it was at position " + next.from;
            case SWAPPED_SEGMENTS:
                final long swapped = baseDrawn(random);
                edited.put(base, segments.get(swapped));
                edited.put(swapped, good);
                return "the segments at " + base + " and " + swapped + " swapped";
            case DELETED_SEGMENT:
                edited.put(base, new byte[0]);
                return "the segment at " + base + " deleted";
            default:
                final byte[] bytes = good.clone();
                edited.put(base, bytes);
                return editInside(kind, random, base, bytes, other);
        }
    }

    private long baseDrawn(final SplittableRandom random)
    {
        final List<Long> bases = segments.keySet().stream().filter(base -> base < end).toList();
        return bases.get(random.nextInt(bases.size()));
    }

    private String editInside(
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
            case SPLICED:
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

    /**
     * Recovery ends before the group that is changed first, neither earlier nor later; or refuses, if and only if the
     * watermark or the frames that are left at their places say so. Whole frames of another journal may be good ones.
     */
    private void judgeEdit(
        final Manifest situation,
        final long firstChanged,
        final TreeMap<Long, byte[]> edited,
        final boolean mayHoldOthers,
        final String what)
    {
        final int damaged = unitAt(firstChanged);
        judge(
            situation, damaged < units.size() ? units.get(damaged).group : groups.size(),
            index -> index > damaged && isLeft(units.get(index), edited), mayHoldOthers,
            what + ", first changed byte=" + firstChanged);
    }

    /** The unit that a position lies in; one behind the last if that is behind the end. */
    private int unitAt(final long position)
    {
        for (int i = 0; i < units.size(); i++)
        {
            if (position < units.get(i).to)
            {
                return i;
            }
        }

        return units.size();
    }

    private boolean isLeft(final Unit unit, final TreeMap<Long, byte[]> edited)
    {
        final long base = layout.segmentBase(unit.from);
        final byte[] bytes = edited.get(base);
        final int from = (int) (unit.from - base);
        final int to = (int) (unit.to - base);
        return bytes == null ||
            to <= bytes.length && Arrays.equals(bytes, from, to, segments.get(base), from, to);
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
            judge(
                situation, unit.group, later -> later > index,
                "a bit at " + position + ", seed=" + seed + ", sample=" + i);
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
            judge(situation, units.get(index).group, later -> later > index, "a bit at " + position);
        }
    }

    /**
     * The whole recovery must refuse or come to the groups before, as the table has it.
     *
     * @param groupCount of whole groups that are left.
     * @param isLeft     whether the unit of an index lies undamaged behind the damage.
     */
    private void judge(
        final Manifest situation, final int groupCount, final IntPredicate isLeft, final String what)
    {
        judge(situation, groupCount, isLeft, false, what);
    }

    private void judge(
        final Manifest situation,
        final int groupCount,
        final IntPredicate isLeft,
        final boolean mayBeRefused,
        final String what)
    {
        counts.recoveries++;
        final GroupEnd expected = groupCount == 0 ? null : groups.get(groupCount - 1);
        final boolean isRefusalExpected = expected == null || isRefused(situation, expected, isLeft);
        final Original original = new Original();
        final RecoveredJournal found;
        try
        {
            found = new JournalScanner(books, situation, layout).scan(ScanStart.BEGINNING, original);
        }
        catch (final JournalException ex)
        {
            if (!isRefusalExpected && !mayBeRefused)
            {
                throw new AssertionError("refused without a reason: " + what, ex);
            }

            countRefusal(ex.getMessage());
            return;
        }

        if (isRefusalExpected)
        {
            throw new AssertionError("not refused: " + what + ", " + found.report());
        }

        if (found.position() != expected.position || original.end() != expected.position)
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

    private void countRefusal(final String reason)
    {
        counts.refusals++;
        counts.belowWatermark += reason.contains("its watermark") ? 1 : 0;
        counts.anchored += reason.contains("had been forced to the disk") ? 1 : 0;
        counts.sameBoot += reason.contains("has not been restarted") ? 1 : 0;
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
            counts.torn += found.verdict() == RecoveredJournal.Verdict.TORN_TAIL ? 1 : 0;
            counts.clean += found.verdict() == RecoveredJournal.Verdict.CLEAN_END ? 1 : 0;
            counts.unanchored += found.isUnanchored() ? 1 : 0;
        }
    }

    private boolean isRefused(final Manifest situation, final GroupEnd left, final IntPredicate isLeft)
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

        // A group that began before the damage has good frames of its own behind it, or before it.
        for (int i = 0; i < units.size(); i++)
        {
            final Unit later = units.get(i);
            if (!later.isPadding && (situation.bootId().equals(JournalHome.bootId()) ||
                later.committedSequence >= left.nextSequences[later.shard]) && isLeft.test(i))
            {
                return true;
            }
        }

        return false;
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
        final List<Long> bases = List.copyOf(segments.keySet());
        final long base = bases.get(random.nextInt(bases.size()));
        final int offset = random.nextInt(segments.get(base).length);
        final byte changed = (byte) (segments.get(base)[offset] ^ 1 << random.nextInt(Byte.SIZE));
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
        final Unit unit = units.get(random.nextInt(units.size()));
        final long position = random.nextInt(4) == 0 ? unit.from : random.nextLong(unit.from, unit.to);
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
        final int damaged = unitAt(position);
        final GroupEnd left = leftBefore(damaged);
        return left == null ||
            isRefused(situations.get(situation), left, index -> !isCut && index > damaged);
    }

    /** The last whole group before a unit; null if there is none. */
    private GroupEnd leftBefore(final int damaged)
    {
        final int groupCount = damaged < units.size() ? units.get(damaged).group : groups.size();
        return groupCount == 0 ? null : groups.get(groupCount - 1);
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
        final long left = leftBefore(unitAt(position)).position;
        final RecordingLayout copied = layoutOf(copy);
        for (long base = 0; base < left; base += layout.segmentLength())
        {
            final byte[] found = Files.readAllBytes(copied.segmentFile(base));
            final int length = (int) Math.min(left - base, layout.segmentLength());
            if (found.length < length || !Arrays.equals(found, 0, length, segments.get(base), 0, length))
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

    /** Let a segment file be what is given; one without any bytes is deleted. */
    private void put(final long base, final byte[] bytes)
    {
        try
        {
            if (bytes.length == 0)
            {
                close(base);
                Files.deleteIfExists(layout.segmentFile(base));
            }
            else
            {
                channelOf(base).write(ByteBuffer.wrap(bytes), 0);
            }
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
