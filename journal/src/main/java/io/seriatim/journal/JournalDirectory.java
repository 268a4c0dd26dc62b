package io.seriatim.journal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The journals of one data directory, locked for this process: made, recovered, opened and activated here.
 * <p>
 * <pre>
 *   try (JournalDirectory directory = JournalDirectory.open(config))
 *   {
 *       if (directory.isNew())
 *       {
 *           directory.create(layout);
 *       }
 *       // for each journal J: what it holds is handed to the handler, frame by frame
 *       RecoveredJournal recovered = directory.recover(J, ScanStart.BEGINNING, handler);
 *       ArchiveJournal journal = directory.journal(J);
 *       // run journal.agent() on the journal thread, wait for journal.awaitOpen(), write frames
 *       // and, if the directory was new, once every shard's genesis is committed:
 *       directory.activate(nextSequences);
 *   }
 * </pre>
 * A directory in which some journal is still being made has acknowledged nothing: it is wiped at the next opening, and
 * {@link #notice()} says so. Close the journals before the directory.
 * <p>
 * Threads: confined to the one that opens the engine.
 */
public final class JournalDirectory implements AutoCloseable
{
    private static final int STREAM_ID_BASE = 1000;

    private final JournalConfig config;
    private final DirectoryLock lock;
    private final List<JournalHome> homes = new ArrayList<>();
    private final Map<Integer, RecoveredJournal> recovered = new HashMap<>();
    private final Map<Integer, ArchiveJournal> journals = new HashMap<>();
    private AeronDirectories aeronDirectories;
    private String notice = "";

    private JournalDirectory(final JournalConfig config, final DirectoryLock lock)
    {
        this.config = config;
        this.lock = lock;
    }

    /**
     * Check the environment and the settings, make the directory if it does not exist, lock it and read the manifests.
     *
     * @param config of the engine.
     * @return the directory, locked.
     * @throws IllegalArgumentException if a setting is out of range.
     * @throws DirectoryInUseException  if another engine holds the directory.
     * @throws JournalException         if the environment does not do, or the directory is damaged; nothing was
     *                                  changed.
     */
    public static JournalDirectory open(final JournalConfig config)
    {
        config.validate();
        EnvironmentCheck.require(config.isUncheckedMemoryAllowed());
        PosixFiles.ensureDataDirectory(config.dataDirectory());
        final DirectoryLock lock = DirectoryLock.acquire(config.dataDirectory());
        JournalDirectory directory = new JournalDirectory(config, lock);
        try
        {
            directory.readManifests();
            final JournalDirectory opened = directory;
            directory = null;
            return opened;
        }
        finally
        {
            if (directory != null)
            {
                lock.close();
            }
        }
    }

    /**
     * Whether the directory holds no journal: {@link #create} has to come next.
     *
     * @return true if so.
     */
    public boolean isNew()
    {
        return homes.isEmpty();
    }

    /**
     * What was done at the opening that somebody should know of.
     *
     * @return a sentence; empty if nothing.
     */
    public String notice()
    {
        return notice;
    }

    /**
     * How many journals there are.
     *
     * @return a count; 0 if the directory is new.
     */
    public int journalCount()
    {
        return homes.size();
    }

    /**
     * The manifest of a journal, as last written.
     *
     * @param journalIndex from 0.
     * @return its manifest.
     */
    public Manifest manifest(final int journalIndex)
    {
        return homes.get(journalIndex).manifest();
    }

    JournalHome home(final int journalIndex)
    {
        return homes.get(journalIndex);
    }

    /**
     * Make the journals of a new directory. Nothing counts before {@link #activate}.
     *
     * @param layout which journal carries which shard.
     * @throws IllegalStateException if the directory is not new.
     */
    public void create(final JournalLayout layout)
    {
        if (!isNew())
        {
            throw new IllegalStateException("the directory holds journals: directory=" + config.dataDirectory());
        }

        final int termLength = aeronDirectories(layout.journalCount(), config.termLength()).termLength();
        for (int journal = 0; journal < layout.journalCount(); journal++)
        {
            final Path directory = JournalHome.directoryOf(config.dataDirectory(), journal);
            PosixFiles.ensurePrivateDirectory(directory);
            PosixFiles.ensurePrivateDirectory(archiveOf(directory));
            final Manifest manifest = newManifest(layout, journal, termLength);
            manifest.write(directory);
            homes.add(new JournalHome(directory, manifest, config.platform()));
        }
    }

    /**
     * Read a journal from a position to its end, hand the frames of its complete groups to a handler, and put its end
     * right: an unacknowledged tail is saved and cut.
     *
     * @param journalIndex from 0.
     * @param start        where to begin; {@link ScanStart#BEGINNING}, or where a snapshot was taken.
     * @param handler      of the frames.
     * @return what was found and done.
     * @throws JournalException if the journal is damaged in a way that no crash explains, or segments of it were moved
     *                          to an archive that can not be reached; nothing was changed.
     */
    public RecoveredJournal recover(final int journalIndex, final ScanStart start, final FrameHandler handler)
    {
        final JournalHome home = homes.get(journalIndex);
        final Manifest manifest = home.manifest();
        final RecoveredJournal result;
        if (manifest.state() == Manifest.State.CREATING)
        {
            result = new RecoveredJournal(
                manifest,
                RecoveredJournal.Verdict.NEW,
                new RecoveryScan(home.layout(), manifest, ScanStart.BEGINNING, 0, handler),
                0,
                "journal " + journalIndex + " is new");
        }
        else
        {
            if (manifest.archive() != null && config.isArchiveRequired())
            {
                manifest.archive().require(home.layout());
            }

            final JournalScanner scanner = new JournalScanner(config.dataDirectory(), manifest, home.layout());
            result = scanner.repair(scanner.scan(start, handler));
        }

        recovered.put(journalIndex, result);
        return result;
    }

    /**
     * The journal itself, to run and to write; nothing is started yet.
     *
     * @param journalIndex from 0; it was recovered.
     * @return the journal.
     * @throws IllegalStateException if it was not recovered.
     */
    public ArchiveJournal journal(final int journalIndex)
    {
        final RecoveredJournal found = recovered.get(journalIndex);
        if (found == null)
        {
            throw new IllegalStateException("recover a journal before opening it: journal=" + journalIndex);
        }

        return journals.computeIfAbsent(
            journalIndex,
            (index) ->
            {
                final Manifest manifest = found.manifest();
                final AeronDirectories directories =
                    aeronDirectories(manifest.journalCount(), manifest.termLength());
                return new ArchiveJournal(config, homes.get(index), found, directories.directoryOf(index));
            });
    }

    /**
     * Make the journals of a new directory count: from here on nothing in them may be lost. Every journal is open, and
     * everything appended to it is committed.
     *
     * @param nextSequences for each shard, the sequence of its next entry.
     * @throws IllegalStateException if a journal is not open or has frames in flight; nothing was changed.
     * @throws JournalException      if a file can not be forced; the directory will be made anew at the next opening.
     */
    public void activate(final Map<Integer, Long> nextSequences)
    {
        final List<Watermark> watermarks = new ArrayList<>();
        for (int i = 0; i < homes.size(); i++)
        {
            final ArchiveJournal journal = journals.get(i);
            if (journal == null || !journal.isOpen() || journal.appendedPosition() != journal.committedPosition())
            {
                throw new IllegalStateException("the journal is not open or has frames in flight: journal=" + i);
            }

            watermarks.add(watermarkOf(homes.get(i).manifest(), journal.committedPosition(), nextSequences));
        }

        for (int i = 0; i < homes.size(); i++)
        {
            homes.get(i).force(0, watermarks.get(i).position());
        }

        for (int i = 0; i < homes.size(); i++)
        {
            final Watermark watermark = watermarks.get(i);
            homes.get(i).update((manifest) -> manifest
                .with(Map.of(Manifest.STATE, Manifest.State.ACTIVE.name(), Manifest.RECORDING_ID, "0"))
                .with(watermark));
        }
    }

    /**
     * Let go of the directory. The journals have been closed.
     */
    @Override
    public void close()
    {
        if (aeronDirectories != null)
        {
            aeronDirectories.deleteIfEmpty();
        }

        lock.close();
    }

    /**
     * The archive's directory in that of a journal.
     */
    static Path archiveOf(final Path journalDirectory)
    {
        return journalDirectory.resolve(JournalHome.ARCHIVE);
    }

    static Watermark watermarkOf(final Manifest manifest, final long position, final Map<Integer, Long> nextSequences)
    {
        final TreeMap<Integer, Long> ours = new TreeMap<>();
        for (final int shard : manifest.shards())
        {
            final Long nextSequence = nextSequences.get(shard);
            if (nextSequence == null)
            {
                throw new IllegalArgumentException(
                    "a sequence is missing: shard=" + shard + ", given=" + nextSequences.keySet());
            }

            ours.put(shard, nextSequence);
        }

        return new Watermark(position, ours);
    }

    private AeronDirectories aeronDirectories(final int journalCount, final int termLength)
    {
        if (aeronDirectories == null)
        {
            aeronDirectories =
                AeronDirectories.choose(config, journalCount, termLength, AeronDirectories.SHARED_MEMORY);
        }

        return aeronDirectories;
    }

    private Manifest newManifest(final JournalLayout layout, final int journal, final int termLength)
    {
        final Map<String, String> values = new HashMap<>();
        values.put(Manifest.ALIAS, "seriatim-journal-" + journal);
        values.put(Manifest.BOOT_ID, JournalHome.bootId());
        values.put(Manifest.FORMAT, Integer.toString(Manifest.FORMAT_VERSION));
        values.put(Manifest.INCARNATION, "0");
        values.put(
            Manifest.INITIAL_TERM_ID,
            Integer.toString((layout.logUuid().hashCode() + journal) & Integer.MAX_VALUE));
        values.put(Manifest.JOURNAL_COUNT, Integer.toString(layout.journalCount()));
        values.put(Manifest.JOURNAL_INDEX, Integer.toString(journal));
        values.put(Manifest.LOG_UUID, layout.logUuid().toString());
        values.put(Manifest.MTU, Integer.toString(config.mtu()));
        values.put(Manifest.POLICY, config.durability().name());
        values.put(Manifest.RECORDING_ID, "-1");
        values.put(Manifest.SEGMENT_LENGTH, Integer.toString(config.segmentLength()));
        values.put(Manifest.SHARD_COUNT, Integer.toString(layout.shardCount()));
        final String shards = layout.shardsOf(journal).toString();
        values.put(Manifest.SHARDS, shards.substring(1, shards.length() - 1).replace(" ", ""));
        values.put(Manifest.STATE, Manifest.State.CREATING.name());
        if (!layout.stateRootKey().isEmpty())
        {
            values.put(Manifest.STATE_ROOT_KEY, layout.stateRootKey());
        }
        values.put(Manifest.STREAM_ID, Integer.toString(STREAM_ID_BASE + journal));
        values.put(Manifest.TERM_LENGTH, Integer.toString(termLength));
        values.put(Manifest.WATERMARK_POSITION, "0");
        return Manifest.of(values);
    }

    private void readManifests()
    {
        final Map<Integer, JournalHome> found = readHomes(config.dataDirectory(), config.platform());
        final boolean isBeingMade = found.values().stream()
            .anyMatch((home) -> home.manifest() != null && home.manifest().state() == Manifest.State.CREATING);
        if (isBeingMade)
        {
            wipe(found);
            notice = "the directory was found half made: nothing in it had been acknowledged, so it is made anew: " +
                "directory=" + config.dataDirectory();
            return;
        }

        checkComplete(config.dataDirectory(), found);
        found.values().stream().filter((home) -> home.manifest() != null).forEach(homes::add);
        for (final JournalHome home : homes)
        {
            PosixFiles.ensureDataDirectory(home.directory());
            PosixFiles.ensureDataDirectory(archiveOf(home.directory()));
        }
    }

    /** The homes in a data directory by their index; one without a manifest has none. */
    static Map<Integer, JournalHome> readHomes(final Path dataDirectory, final Platform platform)
    {
        final Map<Integer, JournalHome> found = new TreeMap<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(dataDirectory, JournalHome.PREFIX + "*"))
        {
            for (final Path child : children)
            {
                final String number = child.getFileName().toString().substring(JournalHome.PREFIX.length());
                if (number.matches("[0-9]{1,5}"))
                {
                    found.put(Integer.valueOf(number), new JournalHome(child, Manifest.read(child), platform));
                }
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the directory: directory=" + dataDirectory, ex);
        }

        return found;
    }

    /** Refuse a directory that lacks a journal, or holds a recording that no manifest speaks of. */
    static void checkComplete(final Path dataDirectory, final Map<Integer, JournalHome> found)
    {
        Manifest first = null;
        for (final JournalHome home : found.values())
        {
            final Manifest manifest = home.manifest();
            if (manifest == null && !SegmentFiles.isWithoutRecordings(archiveOf(home.directory())))
            {
                throw new JournalException(
                    "a recording has no manifest: directory=" + home.directory() +
                    "; nothing was changed; put back the manifest from a backup, or move the directory away");
            }

            first = first == null ? manifest : first;
        }

        if (first == null)
        {
            return;
        }

        for (int i = 0; i < first.journalCount(); i++)
        {
            final Manifest manifest = found.containsKey(i) ? found.get(i).manifest() : null;
            if (manifest == null || manifest.journalIndex() != i || !manifest.logUuid().equals(first.logUuid()) ||
                manifest.journalCount() != first.journalCount() || manifest.shardCount() != first.shardCount())
            {
                throw new JournalException(
                    "a journal is missing or belongs to another log: directory=" +
                    JournalHome.directoryOf(dataDirectory, i) + ", found=" +
                    (manifest == null ? "no manifest" : "journal " + manifest.journalIndex() + " of " +
                    manifest.journalCount() + ", log " + manifest.logUuid()) + ", expected=journal " + i + " of " +
                    first.journalCount() + ", log " + first.logUuid() + "; nothing was changed; put it back");
            }
        }
    }

    /** Recordings go first and the manifests that say CREATING last, so that a crash leaves something to wipe. */
    private void wipe(final Map<Integer, JournalHome> found)
    {
        try
        {
            for (final JournalHome home : found.values())
            {
                PosixFiles.deleteTree(archiveOf(home.directory()));
                PosixFiles.deleteTree(home.directory().resolve(JournalHome.AERON));
                PosixFiles.forceDirectory(home.directory());
            }

            for (final Manifest.State state : new Manifest.State[] {Manifest.State.ACTIVE, Manifest.State.CREATING})
            {
                for (final JournalHome home : found.values())
                {
                    if (home.manifest() != null && home.manifest().state() == state)
                    {
                        Files.deleteIfExists(home.directory().resolve(Manifest.FILE_NAME));
                        PosixFiles.forceDirectory(home.directory());
                    }
                }
            }

            for (final JournalHome home : found.values())
            {
                PosixFiles.deleteTree(home.directory());
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not wipe a half-made directory, in which nothing was acknowledged: directory=" +
                config.dataDirectory(), ex);
        }
    }
}
