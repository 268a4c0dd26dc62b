package io.seriatim.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
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

    private final Path root;
    private final Path books;
    private final RecordingLayout layout;
    private final List<Manifest> situations = new ArrayList<>();
    private final SweptFiles files;
    private final FrameTable table;
    private final DamagedCopies copies;
    private final DamageCounts counts = new DamageCounts();
    private final int shardCount;
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
            Files.copy(
                sourceHome.resolve(JournalHome.ARCHIVE).resolve(CatalogFile.FILE_NAME),
                layout.directory().resolve(CatalogFile.FILE_NAME), StandardCopyOption.REPLACE_EXISTING);
            files = new SweptFiles(
                layout, RecordingLayout.of(manifest, sourceHome.resolve(JournalHome.ARCHIVE)));
            table = new FrameTable(layout, files, shardCount);
            addSituations(manifest);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }

        cursor = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE);
        copies = new DamagedCopies(layout, files, table, shardCount, situations);
    }

    /**
     * Copies of the same books, for whole launches.
     *
     * @return what damages and judges them.
     */
    public DamagedCopies copies()
    {
        return copies;
    }

    /** Restarted or not, and a watermark at the first group's end or at the middle's. */
    private void addSituations(final Manifest manifest)
    {
        for (final int group : new int[] {table.firstWholeGroup(), table.groups().size() / 2})
        {
            final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
            for (int shard = 0; shard < shardCount; shard++)
            {
                nextSequences.put(shard, table.groups().get(group).nextSequences()[shard]);
            }

            final Manifest marked = manifest.with(new Watermark(table.groups().get(group).position(), nextSequences));
            situations.add(marked.with(Map.of(Manifest.BOOT_ID, OTHER_BOOT)));
            situations.add(marked.with(Map.of(Manifest.BOOT_ID, JournalHome.bootId())));
        }
    }

    /**
     * How long the journal is.
     *
     * @return end of its last group, in bytes.
     */
    public long end()
    {
        return table.end();
    }

    /**
     * How many entries it holds.
     *
     * @return of all shards.
     */
    public long entryCount()
    {
        return table.entryCount();
    }

    /**
     * What was found so far.
     *
     * @return live counts.
     */
    public DamageCounts counts()
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
        for (int i = 0; i < table.units().size(); i++)
        {
            final FrameTable.Unit unit = table.units().get(i);
            boolean isFirst = true;
            for (; bit < unit.to() * Byte.SIZE; bit += step)
            {
                final long position = bit / Byte.SIZE;
                final byte good = files.byteAt(position);
                files.write(position, (byte) (good ^ 1 << bit % Byte.SIZE));
                requireSeen(unit, position);
                if (isFirst)
                {
                    recoverInEverySituation(i, position);
                    isFirst = false;
                }

                files.write(position, good);
                counts.damages++;
            }

            progress.accept(unit.to());
        }

        flipBehindTheEnd(step);
        requireWhole();
    }

    /** What was not damaged is accepted to its end: a recovery that always refuses proves nothing. */
    private void requireWhole()
    {
        for (final Manifest situation : situations)
        {
            final FrameTable.Original original = table.new Original();
            final RecoveredJournal found =
                new JournalScanner(books, situation, layout).scan(ScanStart.BEGINNING, original);
            if (found.verdict() != RecoveredJournal.Verdict.CLEAN_END || found.position() != table.end() ||
                original.end() != table.end())
            {
                throw new AssertionError("an undamaged journal is not accepted whole: " + found.report());
            }

            counts.controls++;
        }
    }

    /** Whatever stands behind the end was never told to anybody. */
    private void flipBehindTheEnd(final int step)
    {
        final long segmentEnd = layout.segmentBase(table.end()) + layout.segmentLength();
        for (long position = table.end(); position < segmentEnd; position += Math.max(1, step / Byte.SIZE))
        {
            files.write(position, (byte) (1 << position % Byte.SIZE));
            cursor.seek(table.end());
            if (cursor.next() == FrameCursor.Step.FRAME)
            {
                throw new AssertionError("a bit behind the end became a frame: position=" + position);
            }

            if (position % PAGE_LENGTH == 0)
            {
                for (final Manifest situation : situations)
                {
                    judge(situation, table.groups().size(), index -> false, "a bit behind the end at " + position);
                }
            }

            files.write(position, (byte) 0);
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
        for (int i = table.units().size() - 1; i >= 0; i--)
        {
            final FrameTable.Unit unit = table.units().get(i);
            final long segmentBase = layout.segmentBase(unit.from());
            files.removeBehind(segmentBase);
            long position = unit.to() - 1;
            for (; position >= unit.from(); position -= step)
            {
                files.truncate(segmentBase, position - segmentBase);
                requireSeen(unit, position);
                counts.damages++;
            }

            // At the border of the frame nothing of it is left to be seen.
            files.truncate(segmentBase, unit.from() - segmentBase);
            for (final Manifest situation : situations)
            {
                judge(situation, unit.group(), index -> false, "cut at " + unit.from());
            }

            progress.accept(table.end() - unit.from());
        }

        files.restore();
        requireWhole();
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
            final FrameTable.Unit unit = table.units().get(random.nextInt(table.units().size()));
            final long position = random.nextLong(unit.from() + 1, unit.to());
            final long base = layout.segmentBase(position);
            files.removeBehind(base);
            files.truncate(base, position - base);
            final long refusedBefore = counts.belowWatermark;
            final long tornBefore = counts.torn;
            for (final Manifest situation : situations)
            {
                judge(
                    situation, unit.group(), index -> false,
                    "cut at " + position + " in " + unit + ", seed=" + seed + ", cut=" + i);
            }

            if (counts.belowWatermark - refusedBefore + counts.torn - tornBefore != situations.size())
            {
                throw new AssertionError("a part of a frame was not seen: position=" + position + ", " + unit);
            }

            files.segments().tailMap(base).forEach((key, bytes) -> files.put(key, bytes));
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

            edited.forEach(files::put);
            for (final Manifest situation : situations)
            {
                judgeEdit(situation, first, edited, kind == SPLICED || kind == REPLACED, what);
            }

            edited.keySet().forEach(base -> files.put(base, files.segments().get(base)));
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
            final byte[] good = files.segments().get(segment.getKey());
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
        final byte[] good = files.segments().get(base);
        switch (kind)
        {
            case OLDER:
                // The file as it was when the frames behind had not been written: a journal is only ever added to.
                final boolean isLast = random.nextBoolean();
                final long olderBase = isLast ? layout.segmentBase(table.end() - 1) : base;
                final FrameTable.Unit next = unitDrawn(random, olderBase);
                final byte[] older = files.segments().get(olderBase).clone();
                Arrays.fill(older, (int) (next.from() - olderBase), older.length, (byte) 0);
                edited.put(olderBase, older);
                return "the segment at " + olderBase + " put back as it was at position " + next.from();
            case SWAPPED_SEGMENTS:
                final long swapped = baseDrawn(random);
                edited.put(base, files.segments().get(swapped));
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
        final List<Long> bases = files.segments().keySet().stream().filter(base -> base < table.end()).toList();
        return bases.get(random.nextInt(bases.size()));
    }

    private String editInside(
        final int kind, final SplittableRandom random, final long base, final byte[] edited, final byte[] other)
    {
        final FrameTable.Unit a = unitDrawn(random, base);
        final FrameTable.Unit b = unitDrawn(random, base);
        final int aFrom = (int) (a.from() - base);
        final int bFrom = (int) (b.from() - base);
        final int aLength = (int) (a.to() - a.from());
        final int bLength = (int) (b.to() - b.from());
        final byte[] good = edited.clone();
        switch (kind)
        {
            case 0:
                // Side by side they are swapped whole; elsewhere their bytes change places as far as they fit.
                System.arraycopy(good, aFrom, edited, bFrom, Math.min(aLength, edited.length - bFrom));
                System.arraycopy(good, bFrom, edited, aFrom, Math.min(bLength, edited.length - aFrom));
                return "swapped " + a.from() + " and " + b.from();
            case 1:
                System.arraycopy(good, aFrom + aLength, edited, aFrom, edited.length - aFrom - aLength);
                Arrays.fill(edited, edited.length - aLength, edited.length, (byte) 0);
                return "deleted " + a.from();
            case 2:
                System.arraycopy(good, aFrom, edited, aFrom + aLength, edited.length - aFrom - aLength);
                return "repeated " + a.from();
            case 3:
                System.arraycopy(good, aFrom, edited, bFrom, Math.min(aLength, edited.length - bFrom));
                return "copied " + a.from() + " to " + b.from();
            case 4:
                final int page = random.nextInt(edited.length / PAGE_LENGTH) * PAGE_LENGTH;
                Arrays.fill(edited, page, page + PAGE_LENGTH, (byte) 0);
                return "zeroed the page at " + (base + page);
            case SPLICED:
                final int length = Math.min(aLength, other.length);
                final int from = random.nextInt((other.length - length) / Frames.ALIGNMENT + 1) * Frames.ALIGNMENT;
                System.arraycopy(other, from, edited, aFrom, length);
                return "spliced " + from + " of another journal to " + a.from();
            default:
                final int samePlace = Math.min(aLength, Math.max(0, other.length - aFrom));
                System.arraycopy(other, Math.min(aFrom, other.length), edited, aFrom, samePlace);
                return "replaced " + a.from() + " by the same place of another journal";
        }
    }

    private FrameTable.Unit unitDrawn(final SplittableRandom random, final long base)
    {
        while (true)
        {
            final FrameTable.Unit unit = table.units().get(random.nextInt(table.units().size()));
            if (layout.segmentBase(unit.from()) == base)
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
        final int damaged = table.unitAt(firstChanged);
        judge(
            situation, damaged < table.units().size() ? table.units().get(damaged).group() : table.groups().size(),
            index -> index > damaged && isLeft(table.units().get(index), edited), mayHoldOthers,
            what + ", first changed byte=" + firstChanged);
    }

    private boolean isLeft(final FrameTable.Unit unit, final TreeMap<Long, byte[]> edited)
    {
        final long base = layout.segmentBase(unit.from());
        final byte[] bytes = edited.get(base);
        final int from = (int) (unit.from() - base);
        final int to = (int) (unit.to() - base);
        return bytes == null ||
            to <= bytes.length && Arrays.equals(bytes, from, to, files.segments().get(base), from, to);
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
            final int index = random.nextInt(table.units().size());
            final FrameTable.Unit unit = table.units().get(index);
            final long position = random.nextLong(unit.from(), unit.to());
            final byte good = files.byteAt(position);
            files.write(position, (byte) (good ^ 1 << random.nextInt(Byte.SIZE)));
            final Manifest situation = situations.get(random.nextInt(situations.size()));
            judge(
                situation, unit.group(), later -> later > index,
                "a bit at " + position + ", seed=" + seed + ", sample=" + i);
            files.write(position, good);
            counts.damages++;
        }
    }

    private void requireSeen(final FrameTable.Unit unit, final long position)
    {
        cursor.seek(unit.from());
        if (cursor.next() == FrameCursor.Step.FRAME &&
            (unit.isPadding() || cursor.framePosition() == unit.from()))
        {
            throw new AssertionError("damage was not seen: position=" + position + " in " + unit);
        }
    }

    private void recoverInEverySituation(final int index, final long position)
    {
        for (final Manifest situation : situations)
        {
            judge(situation, table.units().get(index).group(), later -> later > index, "a bit at " + position);
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
        final FrameTable.GroupEnd expected = groupCount == 0 ? null : table.groups().get(groupCount - 1);
        final boolean isRefusalExpected = expected == null || table.isRefused(situation, expected, isLeft);
        final FrameTable.Original original = table.new Original();
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

        if (found.position() != expected.position() || original.end() != expected.position())
        {
            throw new AssertionError(
                "not the groups before the damage: " + what + ", expected position=" + expected.position() + ", " +
                found.report());
        }

        for (int shard = 0; shard < shardCount; shard++)
        {
            if (found.nextSequence(shard) != expected.nextSequences()[shard])
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
        if (group == table.groups().size() - 1)
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

    @Override
    public void close()
    {
        cursor.close();
        files.close();
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
