package io.seriatim.ledger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.LedgerFixture.BATCH_COUNT_MAX;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Batches and releases come in the order of time, or not at all: live, and when a journal is replayed. */
class BatchOrderTest
{
    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();
    private final LedgerStateMachine stateMachine = ledger.stateMachine();

    @BeforeEach
    void openAccounts()
    {
        ledger.with(account(1), account(2));
    }

    @Test
    void shouldRefuseABatchOfNoneOrOfMoreThanTheGreatest()
    {
        final long timestampNs = ledger.nowNs() + 1_000;
        for (final int count : new int[]{-1, 0, BATCH_COUNT_MAX + 1})
        {
            assertThrows(IllegalArgumentException.class, () -> stateMachine.startAccounts(timestampNs, count));
            assertThrows(IllegalArgumentException.class, () -> stateMachine.startTransfers(timestampNs, count));
            assertThrows(IllegalArgumentException.class, () -> stateMachine.startDefinitions(timestampNs, count));
        }
        stateMachine.startTransfers(timestampNs, BATCH_COUNT_MAX);
    }

    @Test
    void shouldRefuseABatchWhoseFirstSlotIsNotAfterTheLastOne()
    {
        final long lastNs = ledger.nowNs();
        assertThrows(IllegalStateException.class, () -> stateMachine.startTransfers(lastNs, 1));
        assertThrows(IllegalStateException.class, () -> stateMachine.startTransfers(lastNs + 1, 2));
        assertEquals(TransferOutcome.CREATED, ledger.at(lastNs + 1).send(transfer(1, 1, 2, 5)));
    }

    @Test
    void shouldRefuseAFirstSlotBeforeTheFirstTimestamp()
    {
        try (LedgerStateMachine empty = new LedgerStateMachine(8, 8, 1, ledger.entries()))
        {
            assertThrows(IllegalStateException.class, () -> empty.startAccounts(1, 2));
            empty.startAccounts(2, 2);
        }
    }

    @Test
    void shouldRefuseABatchBeforeWhatIsDueIsReleased()
    {
        ledger.with(pending(1, 1, 2, 5).timeout(1));
        final long deadlineNs = stateMachine.nextExpiryNs();
        assertThrows(IllegalStateException.class, () -> stateMachine.startTransfers(deadlineNs + 1, 1));
        assertThrows(IllegalStateException.class, () -> stateMachine.startTransfers(deadlineNs + 2, 2));
        assertThrows(IllegalStateException.class, () -> stateMachine.startDefinitions(deadlineNs + 1, 1));
        // What falls due within the batch is not due before it.
        assertEquals(TransferOutcome.CREATED, ledger.at(deadlineNs).send(transfer(2, 1, 2, 5)));
        ledger.expireNext();
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(3, 1, 2, 5)));
    }

    @Test
    void shouldRefuseAReleaseThatIsNotAfterTheLastSlot()
    {
        ledger.with(pending(1, 1, 2, 5).timeout(1));
        final long deadlineNs = stateMachine.nextExpiryNs();
        ledger.at(BATCH_COUNT_MAX, deadlineNs + BATCH_COUNT_MAX - 1);
        final TransferDraft[] drafts = new TransferDraft[BATCH_COUNT_MAX];
        for (int i = 0; i < drafts.length; i++)
        {
            drafts[i] = transfer(10 + i, 1, 2, 1);
        }
        ledger.sendAll(drafts);
        assertThrows(IllegalStateException.class, () -> stateMachine.expireNext(ledger.nowNs()));
        ledger.expireNext();
    }

    @Test
    void shouldRefuseAReleaseOrABatchWhileAChainIsOpen()
    {
        ledger.with(pending(1, 1, 2, 5).timeout(1));
        final long deadlineNs = stateMachine.nextExpiryNs();
        stateMachine.startTransfers(deadlineNs + 1, 2);
        stateMachine.createTransfer(transfer(2, 1, 2, 5).linked().command(), 0);
        assertThrows(IllegalStateException.class, () -> stateMachine.expireNext(deadlineNs + 2));
        assertThrows(IllegalStateException.class, () -> stateMachine.startTransfers(deadlineNs + 3, 1));
        stateMachine.createTransfer(transfer(3, 1, 2, 5).command(), 0);
        ledger.entries().takeFrom(stateMachine);
    }

    @Test
    void shouldTellAJournalThatHasNotReleasedWhatWasDue()
    {
        ledger.with(pending(1, 1, 2, 5).timeout(1), transfer(2, 1, 2, 5));
        final RecordedEntries entries = ledger.entries();
        final int timestampAt = entries.offset(4) + EntryWindow.TIMESTAMP_OFFSET;
        final long timestampNs = entries.buffer().getLong(timestampAt);
        entries.buffer().putLong(timestampAt, stateMachine.nextExpiryNs() + 1);
        assertThrows(IllegalStateException.class, ledger::replayed);
        entries.buffer().putLong(timestampAt, timestampNs);
    }

    @Test
    void shouldTellAJournalThatReleasesAtTheDeadline()
    {
        ledger.with(pending(1, 1, 2, 5).timeout(1));
        final long deadlineNs = stateMachine.nextExpiryNs();
        ledger.expireNext();
        final RecordedEntries entries = ledger.entries();
        final int timestampAt = entries.offset(4) + EntryWindow.TIMESTAMP_OFFSET;
        entries.buffer().putLong(timestampAt, deadlineNs);
        assertThrows(IllegalStateException.class, ledger::replayed);
        entries.buffer().putLong(timestampAt, deadlineNs + 1);
    }
}
