package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * A state machine to say things to in a test, on a clock that the test moves. Its window is so small that what is older
 * than a batch is read back. When the test is over, its entries are replayed and must lead to the same state.
 */
final class LedgerFixture implements AfterEachCallback, AutoCloseable
{
    static final int LEDGER = 840;
    static final int CODE = 1;
    static final long SECOND_NS = 1_000_000_000L;
    static final int BATCH_COUNT_MAX = 16;

    private static final int CHUNK_LENGTH = 4_096;

    private final RecordedEntries entries = new RecordedEntries();
    private LedgerStateMachine stateMachine =
        new LedgerStateMachine(BATCH_COUNT_MAX, BATCH_COUNT_MAX, 7, entries);
    private final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordDecoder found = new AccountRecordDecoder().wrap(record, 0);
    private long nowNs = SECOND_NS;
    private boolean isClosed;

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    RecordedEntries entries()
    {
        return entries;
    }

    /** Timestamp of the newest batch or release. */
    long nowNs()
    {
        return nowNs;
    }

    /** The next batch ends with this slot. */
    LedgerFixture at(final int count, final long batchTimestampNs)
    {
        nowNs = batchTimestampNs - count;
        return this;
    }

    /** The next batch of one event has this slot. */
    LedgerFixture at(final long slotNs)
    {
        return at(1, slotNs);
    }

    AccountOutcome create(final AccountDraft draft)
    {
        return createAll(draft).get(0);
    }

    /** Create accounts that the rules have nothing against. */
    LedgerFixture with(final AccountDraft... drafts)
    {
        for (final AccountDraft draft : drafts)
        {
            assertEquals(AccountOutcome.CREATED, create(draft), draft::toString);
        }
        return this;
    }

    List<AccountOutcome> createAll(final AccountDraft... drafts)
    {
        nowNs += drafts.length;
        stateMachine.startAccounts(nowNs, drafts.length);
        for (final AccountDraft draft : drafts)
        {
            stateMachine.createAccount(draft.command());
        }
        entries.takeFrom(stateMachine);
        final List<AccountOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < drafts.length; i++)
        {
            outcomes.add(AccountOutcome.of(stateMachine.results().outcome(i)));
        }
        return outcomes;
    }

    TransferOutcome send(final TransferDraft draft)
    {
        return sendAll(draft).get(0);
    }

    /** Create transfers, each in a batch of its own, that the rules have nothing against. */
    LedgerFixture with(final TransferDraft... drafts)
    {
        for (final TransferDraft draft : drafts)
        {
            assertEquals(TransferOutcome.CREATED, send(draft), draft::toString);
        }
        return this;
    }

    List<TransferOutcome> sendAll(final TransferDraft... drafts)
    {
        nowNs += drafts.length;
        stateMachine.startTransfers(nowNs, drafts.length);
        for (final TransferDraft draft : drafts)
        {
            stateMachine.createTransfer(draft.command(), draft.timestampNs());
        }
        entries.takeFrom(stateMachine);
        final List<TransferOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < drafts.length; i++)
        {
            outcomes.add(TransferOutcome.of(stateMachine.results().outcome(i)));
        }
        return outcomes;
    }

    void define(final int ledger, final int scale, final String assetCode)
    {
        stateMachine.startDefinitions(++nowNs, 1);
        stateMachine.defineLedger(ledger, scale, assetCode(assetCode), 0);
        entries.takeFrom(stateMachine);
    }

    /** The characters, filled up with zero bytes. */
    static UnsafeBuffer assetCode(final String text)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[LedgerDefinitions.ASSET_CODE_LENGTH]);
        buffer.putBytes(0, text.getBytes(StandardCharsets.ISO_8859_1));
        return buffer;
    }

    /** Let time pass, and release what is due, each with a timestamp of its own behind it. */
    List<Long> waitUntil(final long timestampNs)
    {
        final List<Long> released = new ArrayList<>();
        nowNs = Math.max(nowNs, timestampNs);
        while (stateMachine.nextExpiryNs() <= nowNs && stateMachine.nextExpiryNs() != Long.MAX_VALUE)
        {
            released.add(expireNext().pendingIdLow());
        }
        return released;
    }

    /** Release what expires next. */
    ExpiryEntryDecoder expireNext()
    {
        nowNs = Math.max(nowNs, stateMachine.nextExpiryNs()) + 1;
        stateMachine.expireNext(nowNs);
        entries.takeFrom(stateMachine);
        return new ExpiryEntryDecoder().wrap(
            stateMachine.window().buffer(), offsetOfLast() + EntryWindow.BODY_OFFSET,
            ExpiryEntryDecoder.BLOCK_LENGTH, ExpiryEntryDecoder.SCHEMA_VERSION);
    }

    /** Debits pending/posted, then credits pending/posted. */
    String balance(final long accountId)
    {
        readAccount(accountId);
        return Long.toUnsignedString(found.debitsPendingLow()) + "/" + Long.toUnsignedString(found.debitsPostedLow()) +
            " " + Long.toUnsignedString(found.creditsPendingLow()) + "/" +
            Long.toUnsignedString(found.creditsPostedLow());
    }

    boolean isClosed(final long accountId)
    {
        readAccount(accountId);
        return (found.flags() & AccountFlags.CLOSED) != 0;
    }

    PendingState state(final long transferId)
    {
        return stateMachine.stateOfTransfer(0, transferId);
    }

    /** The stored transfer; good until anything else is read. */
    TransferRecordDecoder stored(final long transferId)
    {
        assertTrue(stateMachine.readTransfer(0, transferId, record, 0), "no such transfer: " + transferId);
        return new TransferRecordDecoder().wrap(record, 0);
    }

    long timestampOf(final long transferId)
    {
        stored(transferId);
        return record.getLong(TransferRecordDecoder.ENCODED_LENGTH);
    }

    boolean isStored(final long transferId)
    {
        return stateMachine.readTransfer(0, transferId, record, 0);
    }

    /** The number that the newest entry has in its ledger. */
    long ledgerSequenceOfLast()
    {
        return stateMachine.window().buffer().getLong(offsetOfLast() + EntryWindow.LEDGER_SEQUENCE_OFFSET);
    }

    /** A state machine that the entries so far were replayed into; the caller closes it. */
    LedgerStateMachine replayed()
    {
        final LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries);
        entries.replayTo(new EntryReplay(
            again, (sequence, recorded, ro, executed, eo) -> fail("replay differs: sequence=" + sequence)));
        return again;
    }

    /** Go on with a state machine that was loaded from a snapshot of now. */
    LedgerFixture reload()
    {
        final UnsafeBuffer chunk = new UnsafeBuffer(new byte[CHUNK_LENGTH]);
        try (StateLoader loader = new StateLoader(BATCH_COUNT_MAX, BATCH_COUNT_MAX, 8, entries))
        {
            final StateCopy copy = stateMachine.beginCopy();
            int length = copy.copy(chunk, 0, CHUNK_LENGTH);
            while (length > 0)
            {
                loader.onChunk(chunk, 0, length);
                length = copy.copy(chunk, 0, CHUNK_LENGTH);
            }
            final IndexRunBuilder index = new IndexRunBuilder(IndexTotals.NONE, loader);
            for (long sequence = 1; sequence < copy.nextSequence(); sequence++)
            {
                index.onEntry(entries.buffer(), entries.offset(sequence));
            }
            index.end();
            stateMachine.close();
            stateMachine = loader.end();
        }
        return this;
    }

    @Override
    public void afterEach(final ExtensionContext context)
    {
        close();
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            try (LedgerStateMachine last = stateMachine; LedgerStateMachine again = replayed())
            {
                assertArrayEquals(last.digest(), again.digest(), "the replay ends in another state");
                assertEquals(last.nextExpiryNs(), again.nextExpiryNs());
                assertTrue(last.isBalanced(), "debits and credits differ");
            }
        }
    }

    private void readAccount(final long accountId)
    {
        assertTrue(stateMachine.readAccount(0, accountId, record, 0), "no such account: " + accountId);
    }

    private int offsetOfLast()
    {
        return stateMachine.window().offset(stateMachine.nextSequence() - 1);
    }
}
