package io.seriatim.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk whose power can be cut, and a system's cache over it: what is written is seen at once by who reads the files,
 * and is on the disk only once it is forced. After a cut each page that was not forced is there as it was, as it was to
 * be, or torn; so are files that were new.
 * <p>
 * Manifests, snapshots and catalogs are forced as they are written and stay real files; only the recording is
 * simulated.
 * <p>
 * Shape: pages of 4 KiB, torn at sectors of 512 bytes.<br>
 * Threads: confined to one.
 */
public final class SimDisk implements Platform
{
    /** What a cut leaves of pages that were not forced. */
    public enum Leaves
    {
        /** None of them: the disk is as it was forced. */
        NOTHING,

        /** All of them. */
        ALL,

        /** Those that were written first. */
        PREFIX,

        /** Any of them, in no order. */
        SUBSET,

        /**
         * Any of their sectors, and garbage in some that were never written before. A sector that holds something that
         * was forced is written whole or not at all, as disks promise.
         */
        TORN
    }

    private static final int PAGE_LENGTH = 4096;
    private static final int SECTOR_LENGTH = 512;

    private final SplittableRandom random;
    private final TreeMap<Path, Cached> files = new TreeMap<>();
    private long writeCount;
    private long forceCount;
    private long failWriteAt = Long.MAX_VALUE;
    private long failForceAt = Long.MAX_VALUE;
    private boolean isDroppingPages;
    private boolean isPowerCut;
    private int slowPercent;
    private volatile long forceSpanNs;

    /** A segment file: what is on the disk, and which pages differ from that in the cache. */
    private static final class Cached
    {
        private byte[] onDisk;
        private final TreeMap<Integer, Long> pending = new TreeMap<>();
        private final Set<Integer> lost = new TreeSet<>();
    }

    /**
     * A disk without faults.
     *
     * @param random that decides what a cut leaves.
     */
    public SimDisk(final SplittableRandom random)
    {
        this.random = random;
    }

    /**
     * Put a journal on this disk.
     *
     * @param config of the journal; another engine's needs another disk.
     * @return the config.
     */
    public JournalConfig install(final JournalConfig config)
    {
        return config.platform(this);
    }

    /**
     * Let a write fail, as on a full disk.
     *
     * @param count of writes from now on; the last one fails.
     */
    public void failWriteAfter(final long count)
    {
        failWriteAt = writeCount + count;
    }

    /**
     * Let a force fail.
     *
     * @param count     of forces from now on; the last one fails, those after it succeed.
     * @param dropPages whether what was to be forced is taken for forced from then on, as some systems do.
     */
    public void failForceAfter(final long count, final boolean dropPages)
    {
        failForceAt = forceCount + count;
        isDroppingPages = dropPages;
    }

    /** Let no write and no force fail that did not fail yet. */
    public void failNoMore()
    {
        failWriteAt = Long.MAX_VALUE;
        failForceAt = Long.MAX_VALUE;
    }

    /**
     * Let the recorder do nothing in some of its turns.
     *
     * @param percent of its turns.
     */
    public void slowPercent(final int percent)
    {
        slowPercent = percent;
    }

    /**
     * Let a force take its time.
     *
     * @param spanNs how long the thread that forces waits, in nanoseconds.
     */
    public void forceSpanNs(final long spanNs)
    {
        forceSpanNs = spanNs;
    }

    boolean isSlowNow()
    {
        return slowPercent > 0 && random.nextInt(100) < slowPercent;
    }

    int random(final int bound)
    {
        return random.nextInt(bound);
    }

    @Override
    public RecordingHost newHost(
        final RecordingLayout layout,
        final String alias,
        final int journalIndex,
        final Path aeronDirectory,
        final long openTimeoutNs,
        final Replication replication)
    {
        return new SimHost(this, layout);
    }

    /** What is written to a file of the recording, without being forced. */
    void write(final Path file, final long offset, final ByteBuffer bytes) throws IOException
    {
        requirePower();
        if (++writeCount == failWriteAt)
        {
            throw new IOException("No space left on device (simulated)");
        }

        mark(file, offset, bytes.remaining());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, bytes, offset);
        }
    }

    /** A new file of zeros. */
    void create(final Path file, final int length) throws IOException
    {
        requirePower();
        Files.write(file, new byte[length]);
        files.put(file, new Cached());
    }

    @Override
    public void rewrite(final Path file, final long offset, final ByteBuffer bytes) throws IOException
    {
        requirePower();
        mark(file, offset, bytes.remaining());
        Platform.super.rewrite(file, offset, bytes);
    }

    @Override
    public void force(final Path file) throws IOException
    {
        requirePower();
        final Cached cached = cached(file);
        forceCount++;
        if (forceSpanNs > 0)
        {
            LockSupport.parkNanos(forceSpanNs);
        }

        if (forceCount == failForceAt)
        {
            if (isDroppingPages)
            {
                cached.lost.addAll(cached.pending.keySet());
                cached.pending.clear();
            }

            throw new IOException("Input/output error (simulated)");
        }

        final byte[] content = Files.readAllBytes(file);
        cached.onDisk = cached.onDisk == null ? new byte[content.length] : cached.onDisk;
        for (final int page : cached.pending.keySet())
        {
            copy(content, cached.onDisk, page * PAGE_LENGTH, PAGE_LENGTH);
        }

        cached.pending.clear();
    }

    /** How many files were forced, or were to be. */
    long forceCount()
    {
        return forceCount;
    }

    /** How many pages are not on the disk as they are in the cache. */
    public int pendingPageCount()
    {
        return files.values().stream().mapToInt(cached -> cached.pending.size() + cached.lost.size()).sum();
    }

    /** Takes a file with what is on the disk and what is in the cache. */
    interface FileVisitor
    {
        /** A file; both arrays are copies. */
        void visit(Path file, byte[] onDisk, byte[] inCache);
    }

    /** All files of recordings; one that was never forced is zeros on the disk. */
    void forEachFile(final FileVisitor visitor)
    {
        files.forEach((file, cached) ->
        {
            try
            {
                final byte[] content = Files.readAllBytes(file);
                visitor.visit(
                    file, cached.onDisk == null ? new byte[content.length] : cached.onDisk.clone(), content);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        });
    }

    /** From now on nothing can be written: the process that does is as good as gone. */
    public void die()
    {
        isPowerCut = true;
    }

    /**
     * What was recovered is what there is; a cut of the tail was forced by who cut.
     */
    void onRecovered(final Path directory)
    {
        try
        {
            files.keySet().removeIf(file -> file.startsWith(directory) && !Files.exists(file));
            for (final Map.Entry<Path, Cached> file : files.entrySet())
            {
                if (file.getKey().startsWith(directory))
                {
                    final Cached cached = file.getValue();
                    final byte[] content = Files.readAllBytes(file.getKey());
                    final byte[] before = cached.onDisk == null ? new byte[content.length] : cached.onDisk;
                    for (int page = 0; page * PAGE_LENGTH < content.length; page++)
                    {
                        if (!cached.lost.contains(page) && !cached.pending.containsKey(page))
                        {
                            copy(content, before, page * PAGE_LENGTH, PAGE_LENGTH);
                        }
                    }

                    cached.onDisk = before;
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * The state of the disk after a cut of the power, written to another directory: that of the engine that comes next.
     *
     * @param from   data directory that was written.
     * @param to     copy of it, whose segment files are changed.
     * @param leaves of what was not forced.
     * @return a disk for the copy.
     */
    public SimDisk cutPower(final Path from, final Path to, final Leaves leaves)
    {
        final SimDisk next = new SimDisk(random.split());
        try
        {
            for (final Map.Entry<Path, Cached> entry : files.entrySet())
            {
                final Path copy = to.resolve(from.relativize(entry.getKey()).toString());
                if (Files.exists(copy))
                {
                    final byte[] left = contentAfterCut(entry.getValue(), Files.readAllBytes(copy), leaves);
                    if (left == null)
                    {
                        Files.delete(copy);
                    }
                    else
                    {
                        Files.write(copy, left);
                        final Cached cached = new Cached();
                        cached.onDisk = left;
                        next.files.put(copy, cached);
                    }
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }

        return next;
    }

    /**
     * The cache after the process was killed: it is as it was, and the disk too.
     *
     * @param from data directory that was written.
     * @param to   copy of it.
     * @return a disk for the copy, with the same pages not forced.
     */
    public SimDisk kill(final Path from, final Path to)
    {
        final SimDisk next = new SimDisk(random.split());
        for (final Map.Entry<Path, Cached> entry : files.entrySet())
        {
            final Path copy = to.resolve(from.relativize(entry.getKey()).toString());
            if (Files.exists(copy))
            {
                final Cached cached = new Cached();
                cached.onDisk = entry.getValue().onDisk == null ? null : entry.getValue().onDisk.clone();
                cached.pending.putAll(entry.getValue().pending);
                cached.lost.addAll(entry.getValue().lost);
                next.files.put(copy, cached);
            }
        }

        return next;
    }

    /**
     * Let the machine seem to have been restarted since the engine ran.
     *
     * @param dataDirectory of the engine.
     */
    public static void restart(final Path dataDirectory)
    {
        JournalDirectory.readHomes(dataDirectory, REAL).values().forEach(home ->
        {
            if (home.manifest() != null)
            {
                home.update(manifest -> manifest.with(Map.of(Manifest.BOOT_ID, "another")));
            }
        });
    }

    private byte[] contentAfterCut(final Cached cached, final byte[] now, final Leaves leaves)
    {
        if (cached.onDisk == null && (leaves == Leaves.NOTHING || leaves != Leaves.ALL && random.nextBoolean()))
        {
            return null;
        }

        final byte[] left = cached.onDisk == null ? new byte[now.length] : cached.onDisk.clone();
        final long[] order = cached.pending.values().stream().mapToLong(Long::longValue).sorted().toArray();
        final long last = order.length == 0 ? 0 : order[random.nextInt(order.length)];
        for (final Map.Entry<Integer, Long> page : cached.pending.entrySet())
        {
            final int offset = page.getKey() * PAGE_LENGTH;
            switch (leaves)
            {
                case ALL -> copy(now, left, offset, PAGE_LENGTH);
                case PREFIX ->
                {
                    if (page.getValue() <= last)
                    {
                        copy(now, left, offset, PAGE_LENGTH);
                    }
                }
                case SUBSET ->
                {
                    if (random.nextBoolean())
                    {
                        copy(now, left, offset, PAGE_LENGTH);
                    }
                }
                case TORN -> tear(now, left, offset);
                default ->
                {
                    // The page is as it was.
                }
            }
        }

        return left;
    }

    private void tear(final byte[] now, final byte[] left, final int offset)
    {
        for (int sector = 0; sector < PAGE_LENGTH; sector += SECTOR_LENGTH)
        {
            final int state = random.nextInt(8);
            if (state < 4)
            {
                copy(now, left, offset + sector, SECTOR_LENGTH);
            }
            else if (state == 4 && isZero(left, offset + sector) && !isZero(now, offset + sector))
            {
                final byte[] garbage = new byte[SECTOR_LENGTH];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, left, offset + sector, SECTOR_LENGTH);
            }
        }
    }

    private static boolean isZero(final byte[] bytes, final int offset)
    {
        for (int i = offset; i < offset + SECTOR_LENGTH; i++)
        {
            if (bytes[i] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void copy(final byte[] from, final byte[] to, final int offset, final int length)
    {
        final int end = Math.min(offset + length, Math.min(from.length, to.length));
        if (end > offset)
        {
            System.arraycopy(from, offset, to, offset, end - offset);
        }
    }

    private void mark(final Path file, final long offset, final int length)
    {
        final Cached cached = cached(file);
        for (long page = offset / PAGE_LENGTH; page * PAGE_LENGTH < offset + length; page++)
        {
            cached.pending.put((int) page, writeCount);
            cached.lost.remove((int) page);
        }
    }

    private Cached cached(final Path file)
    {
        return files.computeIfAbsent(file, key -> new Cached());
    }

    private void requirePower() throws IOException
    {
        if (isPowerCut)
        {
            throw new IOException("the process is gone (simulated)");
        }
    }
}
