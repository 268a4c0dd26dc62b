package io.seriatim.replay;

import io.seriatim.engine.JournalSource;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.ScanStart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The journals of a data directory as sources, beside a running engine or without one. It only reads and takes no lock.
 */
public final class JournalDirectories
{
    private JournalDirectories()
    {
    }

    /**
     * The journals of a directory. Beside a running engine they grow; without one they end where a launch would go on,
     * which is found by reading them once.
     *
     * @param dataDirectory of an engine.
     * @return one source for each journal.
     * @throws io.seriatim.journal.JournalException if it holds no journals, or a manifest is damaged or missing.
     */
    public static List<JournalSource> journalsOf(final Path dataDirectory)
    {
        final JournalFiles files = JournalFiles.open(dataDirectory);
        final List<JournalSource> journals = new ArrayList<>();
        for (int journal = 0; journal < files.journalCount(); journal++)
        {
            final int number = journal;
            final Manifest manifest = files.manifest(journal);
            journals.add(new JournalSource(
                journal, manifest.logUuid(), manifest.shards(), () -> files.reader(number),
                new CommittedPosition(dataDirectory, number)));
        }
        return journals;
    }

    /** How far a journal may be read, which an engine moves on from outside. */
    private static final class CommittedPosition implements LongSupplier
    {
        private static final long LOOK_INTERVAL_NS = 1_000_000;

        private final Path dataDirectory;
        private final int journal;
        private JournalFiles files;
        private boolean wasLive = true;
        private long position;
        private long lookedNs;

        CommittedPosition(final Path dataDirectory, final int journal)
        {
            this.dataDirectory = dataDirectory;
            this.journal = journal;
        }

        @Override
        public synchronized long getAsLong()
        {
            if (files == null || System.nanoTime() - lookedNs >= LOOK_INTERVAL_NS)
            {
                look();
                lookedNs = System.nanoTime();
            }
            return position;
        }

        private void look()
        {
            final boolean isLive = files != null && files.isLive();
            if (files == null || isLive && !wasLive)
            {
                // Another engine, or another life of it: its manifest says what to look for.
                files = JournalFiles.open(dataDirectory);
            }
            if (files.isLive())
            {
                wasLive = true;
                final long committed = files.committedPosition(journal);
                // An engine that starts or stops can not be asked; what its manifest says is safe.
                position = Math.max(position, committed != JournalFiles.UNKNOWN ? committed :
                    files.manifest(journal).watermark().position());
            }
            else if (wasLive)
            {
                wasLive = false;
                final long end = files.scan(
                    journal, ScanStart.BEGINNING,
                    (framePosition, buffer, offset, length) -> Frames.entryCount(buffer, offset)).position();
                position = Math.max(position, end);
            }
        }
    }
}
