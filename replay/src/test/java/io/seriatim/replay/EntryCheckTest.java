package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What no engine writes and no change of one field makes. */
class EntryCheckTest
{
    private static final long CREATED = 0xFFFF_FFFFL;
    private static final long SECOND_NS = 1_000_000_000L;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final List<String> problems = new ArrayList<>();
    private final EntryCheck check = new EntryCheck(
        1, new ShardRouter(2, Map.of(840, 1, 978, 0)), 60,
        (sequence, what) -> problems.add(sequence + ": " + what));

    @Test
    void shouldNameTheDefinitionOnTheWrongShard()
    {
        definition(1, 840);
        definition(2, 978);
        assertEquals(
            List.of("2: a ledger was defined on the wrong shard: ledger=978, shard=1, home of the ledger=0"), problems);
        assertEquals(List.of(840L, 978L), List.copyOf(check.definitions().keySet()));
    }

    @Test
    void shouldNameThePostOfWhatWasOverAtItsSlot()
    {
        account(1, 1);
        account(2, 2);
        pending(3, 10);
        pending(4, 10);
        final long expiryNs = 4 + SECOND_NS;
        // Taken before it is due, but the slot is that of the deadline.
        post(5, 4, expiryNs - 1, 0, 3);
        assertEquals(List.of(), problems);
        post(6, 3, expiryNs, 1, 3);
        assertEquals(
            List.of(
                "6: it resolves a pending transfer whose time was over: pending_sequence=3, expiry_ns=1000000003, " +
                "timestamp_ns=1000000004"),
            problems);
        check.onEnd();
        assertEquals("1: 20", check.ledgers().size() + ": " + check.ledgers().get(840).moved());
        assertEquals(0, check.ledgers().get(840).pendingCount());
    }

    private void definition(final long sequence, final long ledger)
    {
        new LedgerDefinitionEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).timestampNs(sequence).batchCount(1).outcome(CREATED).ledger(ledger).scale(2)
            .assetCode("USD");
        check.onEntry(buffer, 0);
    }

    private void account(final long sequence, final long id)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new AccountEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(sequence).timestampNs(sequence).batchCount(1).outcome(CREATED)
            .account().idLow(id).ledger(840).code(1);
        check.onEntry(buffer, 0);
    }

    private void pending(final long sequence, final long amount)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(sequence).timestampNs(sequence).batchCount(1).outcome(CREATED)
            .transfer().idLow(100 + sequence).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(amount).timeout(1)
            .ledger(840).code(1).flags(TransferFlags.PENDING);
        check.onEntry(buffer, 0);
    }

    private void post(
        final long sequence, final long pendingSequence, final long slotNs, final int index, final int count)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new ExtendedTransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(sequence).timestampNs(slotNs).batchIndex(index).batchCount(count)
            .outcome(CREATED).amountMovedLow(10).pendingSequence(pendingSequence).resolvedDebitAccountIdLow(1)
            .resolvedCreditAccountIdLow(2).resolvedLedger(840).resolvedCode(1)
            .transfer().idLow(100 + sequence).pendingIdLow(100 + pendingSequence).amountLow(10)
            .flags(TransferFlags.POST_PENDING_TRANSFER);
        check.onEntry(buffer, 0);
    }
}
