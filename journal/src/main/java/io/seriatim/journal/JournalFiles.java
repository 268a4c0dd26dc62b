package io.seriatim.journal;

import io.aeron.CncFileDescriptor;
import io.aeron.archive.status.RecordingPos;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * The journals of a data directory, to look at only: takes no lock, writes nothing and starts no Aeron, beside a live
 * engine or without one. Beside a live engine it reads up to the position that is committed at that moment.
 * <p>
 * Threads: confined to one.
 */
public final class JournalFiles
{
    /** What {@link #committedPosition} says when it can not be told from outside. */
    public static final long UNKNOWN = -1;

    private final Path dataDirectory;
    private final Path aeronDirectory;
    private final Map<Integer, JournalHome> homes;

    private JournalFiles(final Path dataDirectory, final Path aeronDirectory, final Map<Integer, JournalHome> homes)
    {
        this.dataDirectory = dataDirectory;
        this.aeronDirectory = aeronDirectory;
        this.homes = homes;
    }

    /**
     * Look at a data directory.
     *
     * @param dataDirectory of an engine.
     * @return its journals.
     * @throws JournalException if there are none, they are being made, or a manifest is damaged or missing.
     */
    public static JournalFiles open(final Path dataDirectory)
    {
        return open(dataDirectory, null);
    }

    /**
     * Look at a data directory whose engine was given a directory for the transport.
     *
     * @param dataDirectory  of an engine.
     * @param aeronDirectory that its {@link JournalConfig#aeronDirectory(Path)} names; null for the default.
     * @return its journals.
     * @throws JournalException if there are none, they are being made, or a manifest is damaged or missing.
     */
    public static JournalFiles open(final Path dataDirectory, final Path aeronDirectory)
    {
        if (!Files.isDirectory(dataDirectory))
        {
            throw new JournalException("no such directory: directory=" + dataDirectory);
        }

        final Map<Integer, JournalHome> homes = JournalDirectory.readHomes(dataDirectory, Platform.REAL);
        JournalDirectory.checkComplete(dataDirectory, homes);
        homes.values().removeIf((home) -> home.manifest() == null);
        if (homes.isEmpty() || homes.values().stream().anyMatch(
            (home) -> home.manifest().state() == Manifest.State.CREATING))
        {
            throw new JournalException(
                "no journal here" + (homes.isEmpty() ? "" : " yet, it is being made and nothing was acknowledged") +
                ": directory=" + dataDirectory);
        }

        return new JournalFiles(dataDirectory, aeronDirectory, homes);
    }

    /**
     * How many journals there are.
     *
     * @return a count from 1.
     */
    public int journalCount()
    {
        return homes.size();
    }

    /**
     * Which journal carries a shard.
     *
     * @param shard number of the shard.
     * @return number of the journal.
     * @throws IllegalArgumentException if there is no such shard.
     */
    public int journalOf(final int shard)
    {
        for (int journal = 0; journal < journalCount(); journal++)
        {
            if (manifest(journal).shards().contains(shard))
            {
                return journal;
            }
        }
        throw new IllegalArgumentException(
            "shards are 0 to " + (manifest(0).shardCount() - 1) + ": shard=" + shard);
    }

    /**
     * The manifest of a journal, as it was when this was opened.
     *
     * @param journalIndex from 0.
     * @return its manifest.
     */
    public Manifest manifest(final int journalIndex)
    {
        return homes.get(journalIndex).manifest();
    }

    /**
     * Whether an engine holds the directory right now.
     *
     * @return true if so.
     */
    public boolean isLive()
    {
        return DirectoryLock.isHeld(dataDirectory);
    }

    /**
     * Which process holds, or last held, the directory.
     *
     * @return id of the process; -1 if unknown.
     */
    public long holderPid()
    {
        return DirectoryLock.holderPid(dataDirectory);
    }

    /**
     * A reader of single frames.
     *
     * @param journalIndex from 0.
     * @return the reader, to be closed by the caller.
     */
    public SegmentReader reader(final int journalIndex)
    {
        return new SegmentReader(homes.get(journalIndex).layout());
    }

    /**
     * How far the live engine has committed a journal.
     *
     * @param journalIndex from 0.
     * @return a position; or {@link #UNKNOWN} if no engine runs, or it is just starting or stopping.
     */
    public long committedPosition(final int journalIndex)
    {
        if (!isLive())
        {
            return UNKNOWN;
        }

        final Manifest manifest = Manifest.read(homes.get(journalIndex).directory());
        final Path cnc = cncFile(journalIndex);
        if (manifest == null || cnc == null)
        {
            return UNKNOWN;
        }

        try (FileChannel channel = FileChannel.open(cnc, StandardOpenOption.READ))
        {
            final MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            try
            {
                return recordedPosition(bytes, manifest);
            }
            finally
            {
                BufferUtil.free(bytes);
            }
        }
        catch (final IOException ex)
        {
            return UNKNOWN;
        }
    }

    private static long recordedPosition(final MappedByteBuffer cnc, final Manifest manifest)
    {
        // A driver that starts makes the file before it gives it a length.
        if (cnc.capacity() < CncFileDescriptor.META_DATA_LENGTH)
        {
            return UNKNOWN;
        }

        final UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(cnc);
        if (metaData.getIntVolatile(CncFileDescriptor.cncVersionOffset(0)) != CncFileDescriptor.CNC_VERSION)
        {
            return UNKNOWN;
        }

        final CountersReader counters = new CountersReader(
            CncFileDescriptor.createCountersMetaDataBuffer(cnc, metaData),
            CncFileDescriptor.createCountersValuesBuffer(cnc, metaData),
            StandardCharsets.US_ASCII);
        final int counterId = RecordingPos.findCounterIdBySession(
            counters,
            RecordingLayout.sessionIdOf(manifest.incarnation()),
            ArchiveHost.archiveIdOf(manifest.journalIndex()));
        if (counterId == CountersReader.NULL_COUNTER_ID)
        {
            return UNKNOWN;
        }

        final long position = counters.getCounterValue(counterId);
        return RecordingPos.isActive(counters, counterId, Math.max(0, manifest.recordingId())) ? position : UNKNOWN;
    }

    private Path cncFile(final int journalIndex)
    {
        final String name = JournalHome.PREFIX + journalIndex;
        final Path inMemory = aeronDirectory != null ? aeronDirectory :
            AeronDirectories.SHARED_MEMORY.resolve(AeronDirectories.nameOf(dataDirectory));
        final Path[] candidates =
        {
            inMemory.resolve(name).resolve(CncFileDescriptor.CNC_FILE),
            homes.get(journalIndex).directory().resolve(JournalHome.AERON).resolve(CncFileDescriptor.CNC_FILE),
        };
        for (final Path candidate : candidates)
        {
            if (Files.exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /**
     * Make what lies between two positions durable, from outside: the engine may acknowledge what is in the page cache.
     *
     * @param journalIndex from 0.
     * @param from         position up to which that was done.
     * @param to           position that is committed.
     * @throws JournalException if a file can not be forced.
     */
    public void force(final int journalIndex, final long from, final long to)
    {
        homes.get(journalIndex).force(from, to);
    }

    /**
     * Read a whole journal and tell all that is found, also if a launch would refuse it. No engine must run.
     *
     * @param journalIndex from 0.
     * @return what was found.
     * @throws JournalException if the recording is missing, or its catalog is not what it has to be.
     */
    public JournalInspection inspect(final int journalIndex)
    {
        final JournalHome home = homes.get(journalIndex);
        return new JournalScanner(dataDirectory, home.manifest(), home.layout())
            .inspect(ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
    }

    /**
     * Read a journal and hand the frames of its complete groups to a handler: to its end, or up to the committed
     * position if an engine is at work.
     *
     * @param journalIndex from 0.
     * @param start        where to begin.
     * @param handler      of the frames.
     * @return what was found; a tail that was never acknowledged is reported and left as it is.
     * @throws JournalException if the journal is damaged in a way that no crash explains.
     */
    public RecoveredJournal scan(final int journalIndex, final ScanStart start, final FrameHandler handler)
    {
        final JournalHome home = homes.get(journalIndex);
        if (isLive())
        {
            final long position = committedPosition(journalIndex);
            final Manifest manifest = Manifest.read(home.directory());
            final long limit = position != UNKNOWN ? position : manifest.watermark().position();
            return new JournalScanner(dataDirectory, manifest, home.layout()).scanUpTo(start, limit, handler);
        }

        return new JournalScanner(dataDirectory, home.manifest(), home.layout()).scan(start, handler);
    }
}
