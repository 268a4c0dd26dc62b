package io.seriatim.replay;

import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.engine.Genesis;
import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SegmentReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The entries of a data directory's shards, one after the other, as they are recorded. It only reads and takes no lock;
 * beside a live engine it goes up to what is committed when the reading begins.
 * <p>
 * Cost: one read and one checksum of every byte up to where the reading ends; frames in front of the first entry that
 * is wanted are passed over by their headers.<br>
 * Threads: confined to one.
 */
public final class JournalEntries
{
    /** Takes entries in the order of their shard. */
    @FunctionalInterface
    public interface EntryHandler
    {
        /**
         * An entry. The bytes may be looked at until the method returns.
         *
         * @param buffer holding it.
         * @param offset of its SBE header.
         * @param length in bytes.
         * @return whether to go on.
         */
        boolean onEntry(DirectBuffer buffer, int offset, int length);
    }

    private final JournalFiles files;

    /**
     * Look at a data directory.
     *
     * @param dataDirectory of an engine.
     * @throws JournalException if it holds no journals, or a manifest is damaged or missing.
     */
    public JournalEntries(final Path dataDirectory)
    {
        files = JournalFiles.open(dataDirectory);
    }

    /**
     * How many shards there are.
     *
     * @return a count.
     */
    public int shardCount()
    {
        return files.manifest(0).shardCount();
    }

    /**
     * Whether an engine holds the directory right now.
     *
     * @return true if so.
     */
    public boolean isLive()
    {
        return files.isLive();
    }

    /**
     * What can never change: the first entry of a shard.
     *
     * @param shard number of the shard.
     * @return its genesis.
     * @throws JournalException if it can not be read.
     */
    public Genesis genesis(final int shard)
    {
        try (SegmentReader reader = files.reader(files.journalOf(shard)))
        {
            final UnsafeBuffer frame = new UnsafeBuffer(
                ByteBuffer.allocateDirect(reader.frameLengthMax()).order(ByteOrder.LITTLE_ENDIAN));
            long position = 0;
            while (true)
            {
                position = reader.readFrame(position, frame, 0);
                if (Frames.shard(frame, 0) == shard && Frames.entryCount(frame, 0) > 0)
                {
                    return genesis(shard, frame);
                }
            }
        }
    }

    private static Genesis genesis(final int shard, final DirectBuffer frame)
    {
        if (Entries.templateId(frame, Frames.HEADER_LENGTH) != GenesisEntryDecoder.TEMPLATE_ID)
        {
            throw new JournalException("a shard does not begin with a genesis entry: shard=" + shard);
        }
        try
        {
            return Genesis.decode(frame, Frames.HEADER_LENGTH);
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            throw new JournalException("the genesis of shard " + shard + " can not be read: " + ex.getMessage(), ex);
        }
    }

    /**
     * Read the entries of a shard.
     *
     * @param shard        number of the shard.
     * @param fromSequence of the first entry that is wanted.
     * @param handler      of the entries.
     * @return what the journal was found to hold; null if the handler has ended the reading.
     * @throws JournalException if the journal is damaged; entries before the damage have been handed on.
     */
    public RecoveredJournal read(final int shard, final long fromSequence, final EntryHandler handler)
    {
        try
        {
            return files.scan(
                files.journalOf(shard),
                ScanStart.BEGINNING,
                (position, buffer, offset, length) ->
                {
                    if (Frames.shard(buffer, offset) == shard &&
                        Frames.firstSequence(buffer, offset) + Frames.entryCount(buffer, offset) > fromSequence)
                    {
                        onFrame(buffer, offset, length, fromSequence, handler);
                    }
                });
        }
        catch (final Stop stop)
        {
            return null;
        }
    }

    private static void onFrame(
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final long fromSequence,
        final EntryHandler handler)
    {
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < Frames.entryCount(buffer, offset); i++)
        {
            final int entryLength = Entries.length(buffer, entryOffset, offset + length);
            if (Entries.sequence(buffer, entryOffset) >= fromSequence &&
                !handler.onEntry(buffer, entryOffset, entryLength))
            {
                throw Stop.INSTANCE;
            }
            entryOffset += entryLength;
        }
    }

    /** Ends a scan from within its handler. */
    private static final class Stop extends RuntimeException
    {
        private static final long serialVersionUID = 1L;
        private static final Stop INSTANCE = new Stop();

        private Stop()
        {
            super(null, null, false, false);
        }
    }
}
