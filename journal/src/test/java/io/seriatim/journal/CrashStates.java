package io.seriatim.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Short workloads on a simulated disk, and after each turn of the recorder every state that a cut of the power can
 * leave: each subset of some of the sectors that are not forced, with all others as they were and as they were to be.
 * Each state is recovered: it has to be a beginning of what was written, with everything that was acknowledged.
 * <p>
 * Threads: confined to one.
 */
public final class CrashStates
{
    private static final int SECTOR_LENGTH = 512;
    private static final int GROUPS = 14;
    private static final int SHARD_COUNT = 2;

    private final Path directory;
    private final SplittableRandom random;
    private final int sectorCountMax;
    private final TreeMap<Long, List<long[]>> found = new TreeMap<>();
    private final TreeMap<Long, Long> leastByCommitted = new TreeMap<>();
    private long stateCount;
    private long crashPointCount;

    /**
     * Nothing is enumerated yet.
     *
     * @param directory      for the files, best in memory; each workload has a directory of its own in it.
     * @param seed           that workloads are drawn from.
     * @param sectorCountMax of how many sectors each subset is tried, up to 20; others are settled either way.
     */
    public CrashStates(final Path directory, final long seed, final int sectorCountMax)
    {
        this.directory = directory;
        this.sectorCountMax = sectorCountMax;
        random = new SplittableRandom(seed);
    }

    /**
     * How many states were recovered.
     *
     * @return a count.
     */
    public long stateCount()
    {
        return stateCount;
    }

    /**
     * After how many turns the power was cut.
     *
     * @return a count.
     */
    public long crashPointCount()
    {
        return crashPointCount;
    }

    /**
     * Enumerate the states of one workload.
     *
     * @throws AssertionError if one of them is recovered to anything that it must not be.
     */
    public void run()
    {
        final Path root = directory.resolve("workload-" + crashPointCount);
        final Path books = root.resolve("books");
        final SimDisk disk = new SimDisk(random.split());
        found.clear();
        leastByCommitted.clear();
        try (TestEngine engine = new TestEngine(
            disk.install(TestEngine.config(books, Durability.FSYNC).mtu(1024)), SHARD_COUNT, 1))
        {
            engine.awaitCommit();
            for (int group = 0; group < GROUPS; group++)
            {
                final int shard = random.nextInt(SHARD_COUNT);
                engine.group(shard, 1 + random.nextInt(random.nextBoolean() ? 3 : 12));
                engine.writers.get(shard).flush();
                for (int turn = random.nextInt(3); turn > 0; turn--)
                {
                    engine.step();
                    enumerate(engine, disk, books, root.resolve("state"));
                }
            }

            engine.awaitCommit();
            check(books);
        }

        try
        {
            PosixFiles.deleteTree(root);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void enumerate(final TestEngine engine, final SimDisk disk, final Path books, final Path state)
    {
        crashPointCount++;
        final long committed = engine.journal().committedPosition();
        final Path home = JournalHome.directoryOf(books, 0);
        final Path stateHome = JournalHome.directoryOf(state, 0);
        final Manifest manifest = Manifest.read(home).with(Map.of(Manifest.BOOT_ID, "another"));
        final RecordingLayout layout =
            RecordingLayout.of(manifest, stateHome.resolve(JournalHome.ARCHIVE));
        try
        {
            Files.createDirectories(layout.directory());
            Files.copy(
                home.resolve(JournalHome.ARCHIVE).resolve(CatalogFile.FILE_NAME),
                layout.directory().resolve(CatalogFile.FILE_NAME), StandardCopyOption.REPLACE_EXISTING);
            for (final boolean areOthersNew : new boolean[] {false, true})
            {
                final Map<Path, byte[]> onDisk = new HashMap<>();
                final Map<Path, byte[]> inCache = new HashMap<>();
                final List<Sector> sectors = sectors(disk, books, state, onDisk, inCache);
                final List<Sector> chosen = choose(sectors, areOthersNew, onDisk, inCache);
                for (int mask = 0; mask < 1 << chosen.size(); mask++)
                {
                    recover(state, layout, manifest, onDisk, inCache, chosen, mask, committed);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** A sector that differs between cache and disk. */
    private record Sector(Path file, int offset)
    {
    }

    private static List<Sector> sectors(
        final SimDisk disk,
        final Path books,
        final Path state,
        final Map<Path, byte[]> onDisk,
        final Map<Path, byte[]> inCache)
    {
        final List<Sector> sectors = new ArrayList<>();
        disk.forEachFile((file, disks, caches) ->
        {
            final Path copy = state.resolve(books.relativize(file).toString());
            onDisk.put(copy, disks);
            inCache.put(copy, caches);
            for (int offset = 0; offset < caches.length; offset += SECTOR_LENGTH)
            {
                for (int i = offset; i < offset + SECTOR_LENGTH; i++)
                {
                    if (disks[i] != caches[i])
                    {
                        sectors.add(new Sector(copy, offset));
                        break;
                    }
                }
            }
        });
        return sectors;
    }

    /** Some, drawn; the others are settled. */
    private List<Sector> choose(
        final List<Sector> sectors,
        final boolean areOthersNew,
        final Map<Path, byte[]> onDisk,
        final Map<Path, byte[]> inCache)
    {
        final List<Sector> rest = new ArrayList<>(sectors);
        final List<Sector> chosen = new ArrayList<>();
        while (chosen.size() < sectorCountMax && !rest.isEmpty())
        {
            chosen.add(rest.remove(random.nextInt(rest.size())));
        }

        if (areOthersNew)
        {
            rest.forEach(sector -> System.arraycopy(
                inCache.get(sector.file), sector.offset, onDisk.get(sector.file), sector.offset, SECTOR_LENGTH));
        }

        return chosen;
    }

    private void recover(
        final Path state,
        final RecordingLayout layout,
        final Manifest manifest,
        final Map<Path, byte[]> onDisk,
        final Map<Path, byte[]> inCache,
        final List<Sector> chosen,
        final int mask,
        final long committed) throws IOException
    {
        final Map<Path, byte[]> content = new HashMap<>();
        onDisk.forEach((file, bytes) -> content.put(file, bytes.clone()));
        for (int i = 0; i < chosen.size(); i++)
        {
            if ((mask & 1 << i) != 0)
            {
                final Sector sector = chosen.get(i);
                System.arraycopy(
                    inCache.get(sector.file), sector.offset, content.get(sector.file), sector.offset, SECTOR_LENGTH);
            }
        }

        for (final Map.Entry<Path, byte[]> file : content.entrySet())
        {
            Files.write(file.getKey(), file.getValue());
        }

        final CRC32C digest = new CRC32C();
        final RecoveredJournal recovered = new JournalScanner(state, manifest, layout).scan(
            ScanStart.BEGINNING,
            (position, buffer, offset, length) ->
            {
                final byte[] bytes = new byte[length];
                buffer.getBytes(offset, bytes);
                digest.update(bytes);
            });
        stateCount++;
        leastByCommitted.merge(committed, recovered.position(), Math::min);
        final List<long[]> same = found.computeIfAbsent(recovered.position(), key -> new ArrayList<>());
        if (same.stream().noneMatch(pair -> pair[0] == digest.getValue()))
        {
            same.add(new long[] {digest.getValue()});
        }
    }

    /** Whatever was found has to be a beginning of what was written in the end. */
    private void check(final Path books)
    {
        final Path home = JournalHome.directoryOf(books, 0);
        final RecordingLayout layout =
            RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
        final TreeMap<Long, Long> digests = new TreeMap<>();
        final CRC32C digest = new CRC32C();
        try (FrameCursor cursor = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE))
        {
            cursor.seek(0);
            while (cursor.next() == FrameCursor.Step.FRAME)
            {
                final byte[] bytes = new byte[cursor.frameLength()];
                cursor.buffer().getBytes(cursor.frameOffset(), bytes);
                digest.update(bytes);
                if (Frames.flags(cursor.buffer(), cursor.frameOffset()) != Frames.MORE)
                {
                    digests.put(cursor.position(), digest.getValue());
                }
            }
        }

        // A group counts once all of it is committed, and so does what shares a frame with its beginning.
        leastByCommitted.forEach((committed, least) ->
        {
            final Long acknowledged = digests.floorKey(committed);
            if (acknowledged != null && least < acknowledged)
            {
                throw new AssertionError(
                    "acknowledged and lost: committed=" + committed + ", last group end=" + acknowledged +
                    ", recovered=" + least);
            }
        });
        found.forEach((position, pairs) ->
        {
            if (pairs.size() != 1 || !Long.valueOf(pairs.get(0)[0]).equals(digests.get(position)))
            {
                throw new AssertionError("recovered what was never written: position=" + position);
            }
        });
    }
}
