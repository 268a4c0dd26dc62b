package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.function.Consumer;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.transfer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** Entries that were not taken from one journal in order are refused before the state machine has seen them. */
class EntryReplayTest
{
    private static final int BATCH_COUNT_MAX = 64;
    private static final int UNKNOWN_TEMPLATE = 0xFFFE;

    /** Sequences of the entries. */
    private static final long FIRST_ACCOUNT = 1;
    private static final long SECOND_ACCOUNT = 2;
    private static final long PENDING = 4;
    private static final long FIRST_LINKED = 5;
    private static final long LAST_LINKED = 7;
    private static final long EXPIRY = 8;

    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();

    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);

    @BeforeEach
    void write()
    {
        ledger.createAll(account(1), account(2), account(3));
        ledger.with(pending(10, 1, 2, 5).timeout(1));
        ledger.sendAll(transfer(11, 1, 2, 5).linked(), transfer(12, 1, 2, 5).linked(), transfer(13, 1, 2, 5));
        assertEquals(10, ledger.expireNext().pendingIdLow());
        assertEquals(EXPIRY, ledger.entries().count());
    }

    @Test
    void shouldRefuseAnEntryThatThisVersionDoesNotKnow()
    {
        take(FIRST_ACCOUNT);
        new MessageHeaderEncoder().wrap(entry, 0).templateId(UNKNOWN_TEMPLATE);
        assertRefused("this version does not know such an entry: templateId=65534, sequence=1", FIRST_ACCOUNT);
    }

    @Test
    void shouldRefuseAnEntryThatDoesNotContinueItsBatch()
    {
        final long batchNs = timestampOf(3);
        assertNotContinued(account -> account.batchIndex(2));
        assertNotContinued(account -> account.batchCount(4));
        assertNotContinued(account -> account.timestampNs(batchNs));
        take(FIRST_LINKED + 1);
        new TransferEntryEncoder().wrap(entry, MessageHeaderEncoder.ENCODED_LENGTH).sequence(SECOND_ACCOUNT);
        assertRefused("entry does not continue its batch: sequence=2, batchIndex=1, batchCount=3", SECOND_ACCOUNT);
    }

    private void assertNotContinued(final Consumer<AccountEntryEncoder> change)
    {
        take(SECOND_ACCOUNT);
        change.accept(new AccountEntryEncoder().wrap(entry, MessageHeaderEncoder.ENCODED_LENGTH));
        assertRefused("entry does not continue its batch: sequence=2, ", SECOND_ACCOUNT);
    }

    @Test
    void shouldRefuseABatchThatHasNoSuchIndex()
    {
        take(FIRST_ACCOUNT);
        new AccountEntryEncoder().wrap(entry, MessageHeaderEncoder.ENCODED_LENGTH).batchIndex(3);
        assertRefused("time does not rise, or the batch has no such index: sequence=1, ", FIRST_ACCOUNT);
    }

    @Test
    void shouldRefuseAReleaseWithinAChain()
    {
        for (long sequence = FIRST_LINKED + 1; sequence <= LAST_LINKED; sequence++)
        {
            takeExpiry(sequence, timestampOf(EXPIRY));
            assertRefused("nothing expires here: sequence=" + sequence + ", ", sequence);
        }
        takeExpiry(FIRST_LINKED, timestampOf(EXPIRY));
        assertTrue(replayUpTo(FIRST_LINKED).isEmpty(), "between two batches it may stand");
    }

    @Test
    void shouldRefuseAReleaseBeforeItsTimeOrTheEntryBeforeIt()
    {
        final long expiryNs = timestampOf(PENDING) + LedgerFixture.SECOND_NS;
        for (final long timestampNs : new long[]{expiryNs, timestampOf(LAST_LINKED), timestampOf(LAST_LINKED) - 1})
        {
            takeExpiry(EXPIRY, timestampNs);
            assertRefused("nothing expires here: sequence=8, timestampNs=" + timestampNs, EXPIRY);
        }
        takeExpiry(EXPIRY, expiryNs + 1);
        assertTrue(replayUpTo(EXPIRY).isEmpty(), "the first timestamp that it can have");
    }

    /** Reading ahead is only ever a help: wherever the entries are cut, and whatever they are, nothing is changed. */
    @Test
    void shouldChangeNothingByReadingAheadOfEntriesThatAreCutOrTooShort()
    {
        final RecordedEntries entries = ledger.entries();
        final int end = entries.offset(EXPIRY) + entries.length(EXPIRY);
        try (LedgerStateMachine again = new LedgerStateMachine(BATCH_COUNT_MAX, 256, 99, entries))
        {
            final EntryReplay replay = new EntryReplay(
                again, (at, recorded, ro, executed, eo) -> fail("replay differs: sequence=" + at));
            for (int cut = 0; cut <= end; cut++)
            {
                replay.readAhead(entries.buffer(), 0, cut);
            }
            take(PENDING);
            new MessageHeaderEncoder().wrap(entry, 0).blockLength(8);
            replay.readAhead(entry, 0, entry.capacity());
            entries.replayTo(replay);
            assertArrayEquals(ledger.stateMachine().digest(), again.digest());
        }
    }

    @Test
    void shouldTakeOnlyTheEntryOfATransferForOne()
    {
        final StoredTransfer stored = new StoredTransfer();
        take(PENDING);
        assertEquals(10, stored.wrap(entry, 0).command().idLow());
        take(FIRST_ACCOUNT);
        final int templateId = new AccountEntryEncoder().sbeTemplateId();
        assertEquals(
            "not the entry of a transfer: templateId=" + templateId,
            assertThrows(IllegalStateException.class, () -> stored.wrap(entry, 0)).getMessage());
    }

    private long timestampOf(final long sequence)
    {
        return ledger.entries().buffer().getLong(
            ledger.entries().offset(sequence) + EntryWindow.TIMESTAMP_OFFSET);
    }

    private void take(final long sequence)
    {
        final RecordedEntries entries = ledger.entries();
        entry.setMemory(0, entry.capacity(), (byte)0);
        entry.putBytes(0, entries.buffer(), entries.offset(sequence), entries.length(sequence));
    }

    private void takeExpiry(final long asSequence, final long timestampNs)
    {
        take(EXPIRY);
        new ExpiryEntryEncoder().wrap(entry, MessageHeaderEncoder.ENCODED_LENGTH)
            .sequence(asSequence).timestampNs(timestampNs);
    }

    private void assertRefused(final String message, final long sequence)
    {
        final String actual = replayUpTo(sequence);
        assertTrue(actual.startsWith(message), actual);
    }

    /** Replay the entries before a sequence, and the one at hand in its place; why it is refused is returned. */
    private String replayUpTo(final long sequence)
    {
        final RecordedEntries entries = ledger.entries();
        try (LedgerStateMachine again = new LedgerStateMachine(BATCH_COUNT_MAX, 256, 99, entries))
        {
            final EntryReplay replay = new EntryReplay(again, (at, recorded, ro, executed, eo) -> { });
            for (long before = 1; before < sequence; before++)
            {
                replay.onEntry(entries.buffer(), entries.offset(before), entries.length(before));
            }
            try
            {
                replay.onEntry(entry, 0, entries.length(sequence));
                return "";
            }
            catch (final IllegalStateException ex)
            {
                assertEquals(sequence, again.nextSequence(), "it has not been seen");
                return ex.getMessage();
            }
        }
    }
}
