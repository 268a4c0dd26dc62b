package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the lock-step with the reference ledger does not show: the limits of use, the enums, the digest.
 */
class LedgerStateMachineTest
{
    private final RecordedEntries entries = new RecordedEntries();
    private final LedgerStateMachine ledger = new LedgerStateMachine(8, 8, 1, entries);
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder account = new AccountRecordEncoder().wrap(event, 0);
    private final TransferRecordEncoder transfer = new TransferRecordEncoder().wrap(event, 0);
    private long nowNs = 1_000;

    @AfterEach
    void close()
    {
        ledger.close();
    }

    @Test
    void shouldGiveEachOutcomeTheCodeOfTheSpecification()
    {
        assertEquals(AccountStatus.values().length, AccountOutcome.values().length);
        for (final AccountStatus status : AccountStatus.values())
        {
            final AccountOutcome outcome = AccountOutcome.valueOf(status.name());
            assertEquals((int)status.code(), outcome.code(), status.name());
            assertEquals(status.label(), outcome.label());
            assertEquals(outcome, AccountOutcome.of(outcome.code()));
        }
        assertEquals(TransferStatus.values().length, TransferOutcome.values().length);
        final Set<Integer> codes = new HashSet<>();
        final EnumSet<TransferOutcome> transients = EnumSet.noneOf(TransferOutcome.class);
        for (final TransferStatus status : TransferStatus.values())
        {
            final TransferOutcome outcome = TransferOutcome.valueOf(status.name());
            assertEquals((int)status.code(), outcome.code(), status.name());
            assertEquals(status.isTransient(), outcome.isTransient(), status.name());
            assertEquals(outcome, TransferOutcome.of(outcome.code()));
            assertTrue(codes.add(outcome.code()), status.name());
            if (outcome.isTransient())
            {
                transients.add(outcome);
            }
        }
        assertEquals(7, transients.size());
        assertThrows(IllegalArgumentException.class, () -> TransferOutcome.of(18));
        assertThrows(IllegalArgumentException.class, () -> AccountOutcome.of(0));
    }

    @Test
    void shouldReadAndWriteFlagsByName()
    {
        assertEquals("linked|imported", TransferFlags.format(TransferFlags.LINKED | TransferFlags.IMPORTED));
        assertEquals("closed|bit_6", AccountFlags.format(AccountFlags.CLOSED | 1 << 6));
        assertEquals(AccountFlags.LINKED | AccountFlags.HISTORY, AccountFlags.parse("linked|history"));
        assertEquals(0, AccountFlags.parse(""));
        assertEquals(0xFFC0, AccountFlags.RESERVED);
        assertEquals(0xFE00, TransferFlags.RESERVED);
        final IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> AccountFlags.parse("linked|pending"));
        assertTrue(refused.getMessage().contains("'pending'") && refused.getMessage().contains("history"));
    }

    @Test
    void shouldRefuseEventsThatAreNotOfTheBatch()
    {
        ledger.startAccounts(nowNs += 10, 1);
        clear();
        assertThrows(
            IllegalStateException.class,
            () -> ledger.createTransfer(new TransferRecordDecoder().wrap(event, 0), 0));
        createAccount(1);
        assertThrows(IllegalStateException.class, () -> createAccount(2), "one more than the batch has");
    }

    @Test
    void shouldRefuseAWindowSmallerThanABatch()
    {
        assertThrows(IllegalArgumentException.class, () -> new LedgerStateMachine(9, 8, 1, entries));
        assertThrows(IllegalArgumentException.class, () -> new LedgerStateMachine(5, 12, 1, entries));
    }

    @Test
    void shouldDigestEveryPartOfTheState()
    {
        final Set<String> digests = new HashSet<>();
        assertTrue(digests.add(digest()), "nothing");
        createAccounts(1, 2);
        assertTrue(digests.add(digest()), "accounts");
        createTransfer(1, 1, 2, 5);
        assertTrue(digests.add(digest()), "a transfer");
        createTransfer(2, 1, 9, 5);
        assertEquals(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND.code(), ledger.results().outcome(0));
        assertTrue(digests.add(digest()), "a spent id");
        createTransfer(0, 1, 9, 5);
        assertTrue(digests.add(digest()), "a refusal that leaves nothing but its number");
    }

    @Test
    void shouldDigestTheSameStateAlikeWhateverTheSeed()
    {
        createAccounts(1, 2);
        createTransfer(1, 1, 2, 5);
        try (LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries))
        {
            entries.takeFrom(ledger);
            entries.replayTo(new EntryReplay(again, (sequence, r, ro, e, eo) -> assertFalse(true, "differs")));
            assertEquals(digest(), java.util.HexFormat.of().formatHex(again.digest()));
        }
    }

    @Test
    void shouldTellAReplayOfEntriesOutOfOrder()
    {
        createAccounts(1, 2);
        entries.takeFrom(ledger);
        try (LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries))
        {
            final EntryReplay replay = new EntryReplay(again, (sequence, r, ro, e, eo) -> assertFalse(true));
            assertThrows(
                IllegalStateException.class,
                () -> replay.onEntry(entries.buffer(), entries.offset(2), entries.length(2)));
        }
    }

    @Test
    void shouldRefuseToReplayTimeThatGoesBack()
    {
        createAccounts(1);
        createAccounts(2);
        entries.takeFrom(ledger);
        entries.buffer().putLong(entries.offset(2) + EntryWindow.TIMESTAMP_OFFSET, nowNs - 10);
        try (LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries))
        {
            final EntryReplay replay = new EntryReplay(again, (sequence, r, ro, e, eo) -> assertFalse(true));
            assertThrows(IllegalStateException.class, () -> entries.replayTo(replay));
            assertEquals(2, again.nextSequence(), "it has not seen the second one");
        }
    }

    @Test
    void shouldTellAReplayedEntryThatWasChanged()
    {
        createAccounts(1, 2);
        createTransfer(1, 1, 2, 5);
        entries.takeFrom(ledger);
        for (final int offset : new int[]{
            EntryWindow.LEDGER_SEQUENCE_OFFSET, EntryWindow.OUTCOME_OFFSET})
        {
            final int at = entries.offset(3) + offset;
            final byte original = entries.buffer().getByte(at);
            entries.buffer().putByte(at, (byte)(original ^ 1));
            final long[] differing = new long[1];
            try (LedgerStateMachine again = new LedgerStateMachine(64, 256, 99, entries))
            {
                entries.replayTo(new EntryReplay(again, (sequence, r, ro, e, eo) -> differing[0] = sequence));
            }
            assertEquals(3, differing[0], "offset=" + offset);
            entries.buffer().putByte(at, original);
        }
    }

    private String digest()
    {
        return java.util.HexFormat.of().formatHex(ledger.digest());
    }

    private void clear()
    {
        event.setMemory(0, event.capacity(), (byte)0);
    }

    private void createAccounts(final long... ids)
    {
        ledger.startAccounts(nowNs += 10, ids.length);
        for (final long id : ids)
        {
            createAccount(id);
        }
    }

    private void createAccount(final long id)
    {
        clear();
        account.idLow(id).ledger(1).code(1);
        ledger.createAccount(new AccountRecordDecoder().wrap(event, 0));
    }

    private void createTransfer(final long id, final long debit, final long credit, final long amount)
    {
        ledger.startTransfers(nowNs += 10, 1);
        clear();
        transfer.idLow(id).debitAccountIdLow(debit).creditAccountIdLow(credit).amountLow(amount).ledger(1).code(1);
        ledger.createTransfer(new TransferRecordDecoder().wrap(event, 0), 0);
    }
}
