package io.seriatim.replay;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * What an entry says besides its command follows from what came before it: the checker, which executes nothing, notices
 * each bit of it that is turned. What a balancing transfer has moved, and which pending transfer that is over a refused
 * one has met, only an execution can tell.
 */
class EntryCheckSweepTest
{
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int MOVED_BEGIN = BODY + ExtendedTransferEntryDecoder.amountMovedHighEncodingOffset();
    private static final int MOVED_END = BODY + ExtendedTransferEntryDecoder.pendingSequenceEncodingOffset();
    private static final int MET_END = MOVED_END + Long.BYTES;
    private static final int RELEASED_BEGIN = BODY + ExpiryEntryDecoder.pendingSequenceEncodingOffset();

    @TempDir
    private Path directory;
    private final List<byte[]> entries = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    @Test
    void shouldNoticeEachBitOfWhatFollowsFromOtherEntries()
    {
        TwoPhaseBooks.write(directory);
        new JournalEntries(directory).read(0, 1, (buffer, offset, length) ->
        {
            final byte[] entry = new byte[length];
            buffer.getBytes(offset, entry);
            return entries.add(entry);
        });
        check();
        assertEquals(List.of(), problems);
        final List<String> unnoticed = new ArrayList<>();
        int turned = 0;
        for (int i = 0; i < entries.size(); i++)
        {
            final byte[] entry = entries.get(i);
            final int begin = beginOf(new UnsafeBuffer(entry));
            for (int bit = begin * Byte.SIZE; bit < entry.length * Byte.SIZE; bit++)
            {
                if (isRefused(new UnsafeBuffer(entry)) && bit / Byte.SIZE >= MOVED_END && bit / Byte.SIZE < MET_END)
                {
                    continue;
                }
                entry[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
                check();
                if (problems.isEmpty())
                {
                    unnoticed.add("sequence " + (i + 1) + ", byte " + bit / Byte.SIZE + ", bit " + bit % Byte.SIZE);
                }
                entry[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
                turned++;
            }
        }
        assertEquals(List.of(), unnoticed);
        assertFalse(turned < 10_000, () -> "too few entries have such parts");
    }

    /** Where the part begins that has to be as it is; the length of the entry if there is none. */
    private static int beginOf(final DirectBuffer entry)
    {
        switch (Entries.templateId(entry, 0))
        {
            case ExpiryEntryDecoder.TEMPLATE_ID:
                return RELEASED_BEGIN;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                final int flags = new ExtendedTransferEntryDecoder().wrap(
                    entry, BODY, ExtendedTransferEntryDecoder.BLOCK_LENGTH,
                    ExtendedTransferEntryDecoder.SCHEMA_VERSION).transfer().flags();
                return (flags & (TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT)) != 0 ?
                    MOVED_END : MOVED_BEGIN;
            default:
                return entry.capacity();
        }
    }

    private static boolean isRefused(final DirectBuffer entry)
    {
        return Entries.templateId(entry, 0) == ExtendedTransferEntryDecoder.TEMPLATE_ID &&
            new ExtendedTransferEntryDecoder().wrap(
                entry, BODY, ExtendedTransferEntryDecoder.BLOCK_LENGTH, ExtendedTransferEntryDecoder.SCHEMA_VERSION)
                .outcome() != TransferOutcome.CREATED.code();
    }

    private void check()
    {
        problems.clear();
        final EntryCheck check = new EntryCheck(
            0, new ShardRouter(1, Map.of()), TestBooks.BATCH_COUNT_MAX,
            (sequence, what) -> problems.add(sequence + ": " + what));
        entries.forEach(entry -> check.onEntry(new UnsafeBuffer(entry), 0));
        check.onEnd();
    }
}
