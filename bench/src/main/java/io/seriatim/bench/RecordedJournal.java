package io.seriatim.bench;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Genesis;
import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.BooksWalk;
import io.seriatim.sealing.SignedCheckpoints;
import org.agrona.DirectBuffer;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * All that is to be known of a recorded journal before it is sent again: what it holds, by which hash others know that
 * they have the same, whether an outcome may depend on the time, and how the accounts stand at its end.
 * <p>
 * Shape: the accounts and open pending transfers of its shards, on the heap.<br>
 * Cost: one read of every byte, two hashes of every entry.<br>
 * Threads: confined to one.
 */
final class RecordedJournal
{
    private static final int RECORD_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.transferEncodingOffset();
    private static final int TIME_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.timestampNsEncodingOffset();
    private static final int ENTRIES_PER_PROGRESS = 16_384;
    private static final int CREATED = TransferOutcome.CREATED.code();

    /** Takes the entries of a journal in their order. */
    @FunctionalInterface
    interface EntryTaker
    {
        void onEntry(int shard, DirectBuffer buffer, int offset, int length);
    }

    private final JournalFiles files;
    private final ShardRecording[] shards;
    private final LongConsumer progress;
    private byte[] entryBytes = new byte[512];
    private long entryCount;
    private long createdCount;
    private long refusedCount;
    private long expiryCount;
    private long firstNs = Long.MAX_VALUE;
    private long lastNs;
    private String timed;

    /** What is known of a shard. */
    static final class ShardRecording
    {
        private final int shard;
        private final BooksWalk books = new BooksWalk((movement, debit, credit) -> { });
        private final RecordedRequests requests;
        private final MessageDigest digest = sha256();
        private final MerkleFrontier tree = new MerkleFrontier();
        private final Checkpoint checkpoint;
        private Genesis genesis;

        ShardRecording(final Path dataDirectory, final int shard)
        {
            this.shard = shard;
            requests = new RecordedRequests(shard, true, (from, buffer, length) -> { });
            final SignedNote note = new SignedCheckpoints(dataDirectory, shard).newest();
            checkpoint = note == null ? null : Checkpoint.parse(note.text());
        }

        Genesis genesis()
        {
            return genesis;
        }

        /** The accounts as they stand at the end. */
        BooksWalk books()
        {
            return books;
        }

        /** Its requests, with the places at which a clock has to be set. */
        RecordedRequests requests()
        {
            return requests;
        }

        /** Hash over all entries in their order, each from its SBE header to its end. */
        String sha256Hex()
        {
            return HexFormat.of().formatHex(digest(digest));
        }

        /** Size and root of the tree over all entries. */
        String treeHead()
        {
            return "size " + tree.size() + ", root " + HexFormat.of().formatHex(tree.root());
        }

        /** The newest signed checkpoint; null if nothing was signed. */
        Checkpoint checkpoint()
        {
            return checkpoint;
        }

        private void onEntry(final byte[] bytes, final int length)
        {
            digest.update(bytes, 0, length);
            tree.append(bytes, 0, length);
            if (checkpoint != null && checkpoint.size() == tree.size() &&
                !Arrays.equals(checkpoint.root(), tree.root()))
            {
                throw new BenchException(
                    "the journal is not the one that was signed: shard=" + shard + ", size=" + tree.size() +
                    ", signed root=" + HexFormat.of().formatHex(checkpoint.root()) + ", root=" +
                    HexFormat.of().formatHex(tree.root()));
            }
        }
    }

    private RecordedJournal(final Path dataDirectory, final LongConsumer progress)
    {
        files = JournalFiles.open(dataDirectory);
        this.progress = progress;
        if (files.isLive())
        {
            throw new IllegalArgumentException(
                "the journal is still being written: directory=" + dataDirectory + ", pid=" + files.holderPid() +
                "; close the engine, or take a copy that it does not hold");
        }
        shards = new ShardRecording[files.manifest(0).shardCount()];
        for (int shard = 0; shard < shards.length; shard++)
        {
            shards[shard] = new ShardRecording(dataDirectory, shard);
        }
    }

    /**
     * Read all of a recorded journal.
     *
     * @param dataDirectory of the engine that wrote it.
     * @param progress      is told from time to time how many entries were read.
     * @return what it holds.
     * @throws JournalException         if it is damaged.
     * @throws IllegalArgumentException if an engine holds it, or its end was never acknowledged.
     * @throws BenchException           if it is not what was signed.
     */
    static RecordedJournal read(final Path dataDirectory, final LongConsumer progress)
    {
        final RecordedJournal recording = new RecordedJournal(dataDirectory, progress);
        for (int journal = 0; journal < recording.files.journalCount(); journal++)
        {
            final RecoveredJournal found = scan(recording.files, journal, recording::onEntry);
            if (found.tailLength() > 0)
            {
                throw new IllegalArgumentException(
                    "the journal has no end: " + found.tailLength() + " bytes from position " + found.position() +
                    " on were acknowledged to nobody: directory=" + dataDirectory + ", journal=" + journal +
                    "; launch an engine on it once, which settles what counts, and close it");
            }
        }
        for (final ShardRecording shard : recording.shards)
        {
            shard.requests.finish();
            if (shard.checkpoint != null && shard.checkpoint.size() > shard.tree.size())
            {
                throw new BenchException(
                    "the journal ends before what was signed: shard=" + shard.shard + ", entries=" +
                    shard.tree.size() + ", signed=" + shard.checkpoint.size());
            }
        }
        return recording;
    }

    /** Read the entries of a journal, those of all its shards as they lie there. */
    static RecoveredJournal scan(final JournalFiles files, final int journal, final EntryTaker taker)
    {
        return files.scan(journal, ScanStart.BEGINNING, (position, buffer, offset, length) ->
        {
            int entryOffset = offset + Frames.HEADER_LENGTH;
            for (int i = 0; i < Frames.entryCount(buffer, offset); i++)
            {
                final int entryLength = Entries.length(buffer, entryOffset, offset + length);
                taker.onEntry(Frames.shard(buffer, offset), buffer, entryOffset, entryLength);
                entryOffset += entryLength;
            }
        });
    }

    JournalFiles files()
    {
        return files;
    }

    int shardCount()
    {
        return shards.length;
    }

    ShardRecording shard(final int shard)
    {
        return shards[shard];
    }

    long entryCount()
    {
        return entryCount;
    }

    long requestCount()
    {
        return Arrays.stream(shards).mapToLong(shard -> shard.requests.requestCount()).sum();
    }

    long clockCount()
    {
        return Arrays.stream(shards).mapToLong(shard -> shard.requests.clockCount()).sum();
    }

    long cutCount()
    {
        return Arrays.stream(shards).mapToLong(shard -> shard.requests.cutCount()).sum();
    }

    long createdCount()
    {
        return createdCount;
    }

    long refusedCount()
    {
        return refusedCount;
    }

    long commandCount()
    {
        return createdCount + refusedCount;
    }

    long expiryCount()
    {
        return expiryCount;
    }

    /** Time of the first command. */
    long firstNs()
    {
        return firstNs;
    }

    /** From the first command to the last. */
    long durationNs()
    {
        return Math.max(0, lastNs - firstNs);
    }

    /** The first entry whose outcome, or one behind it, may depend on the time; null if there is none. */
    String timed()
    {
        return timed;
    }

    private void onEntry(final int shard, final DirectBuffer buffer, final int offset, final int length)
    {
        final ShardRecording into = shards[shard];
        entryBytes = length > entryBytes.length ? new byte[length] : entryBytes;
        buffer.getBytes(offset, entryBytes, 0, length);
        into.onEntry(entryBytes, length);
        into.books.onEntry(buffer, offset);
        into.requests.onEntry(buffer, offset, length);
        final int templateId = Entries.templateId(buffer, offset);
        if (templateId == GenesisEntryDecoder.TEMPLATE_ID)
        {
            into.genesis = Genesis.decode(buffer, offset);
        }
        else if (RecordedRequests.isCommand(templateId))
        {
            final long timeNs = buffer.getLong(offset + TIME_OFFSET);
            firstNs = Math.min(firstNs, timeNs);
            lastNs = Math.max(lastNs, timeNs);
            createdCount += RecordedRequests.outcome(buffer, offset) == CREATED ? 1 : 0;
            refusedCount += RecordedRequests.outcome(buffer, offset) == CREATED ? 0 : 1;
        }
        expiryCount += templateId == ExpiryEntryDecoder.TEMPLATE_ID ? 1 : 0;
        if (timed == null)
        {
            final String reason = reasonOfTime(templateId, buffer, offset);
            timed = reason == null ? null :
                reason + ", shard=" + shard + ", sequence=" + Entries.sequence(buffer, offset);
        }
        if (++entryCount % ENTRIES_PER_PROGRESS == 0)
        {
            progress.accept(entryCount);
        }
    }

    private static String reasonOfTime(final int templateId, final DirectBuffer buffer, final int offset)
    {
        final int record = offset + RECORD_OFFSET;
        if (templateId == AccountEntryDecoder.TEMPLATE_ID)
        {
            final int flags = buffer.getShort(record + AccountRecordDecoder.flagsEncodingOffset());
            return (flags & AccountFlags.IMPORTED) != 0 ? "an imported account" : null;
        }
        if (RecordedRequests.isTransfer(templateId))
        {
            final int flags = buffer.getShort(record + TransferRecordDecoder.flagsEncodingOffset());
            final int timeout = buffer.getInt(record + TransferRecordDecoder.timeoutEncodingOffset());
            return (flags & TransferFlags.IMPORTED) != 0 ? "an imported transfer" :
                (flags & TransferFlags.PENDING) != 0 && timeout != 0 ? "a pending transfer that expires" : null;
        }
        return null;
    }

    private static MessageDigest sha256()
    {
        try
        {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** The hash so far, which goes on. */
    private static byte[] digest(final MessageDigest digest)
    {
        try
        {
            return ((MessageDigest)digest.clone()).digest();
        }
        catch (final CloneNotSupportedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
