package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    private EntryCheck check = new EntryCheck(
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

    @Test
    void shouldNameTheGapInTheSequencesAndGoOnBehindIt()
    {
        account(1, 1);
        account(3, 2);
        account(4, 3);
        assertEquals(
            List.of(
                "3: sequences have a gap: expected=2, actual=3",
                "3: its number in its ledger differs: ledger=840, expected ledger_sequence=2, recorded=3",
                "4: its number in its ledger differs: ledger=840, expected ledger_sequence=3, recorded=4"),
            problems);
        assertEquals(5, check.nextSequence());
    }

    @Test
    void shouldCountTheEntryOfAKindThatItDoesNotKnow()
    {
        account(1, 1);
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        header.wrap(buffer, 0).templateId(77);
        buffer.putLong(MessageHeaderEncoder.ENCODED_LENGTH, 2);
        check.onEntry(buffer, 0);
        account(3, 2, 2, 0, 1, 0, 0);
        assertEquals(List.of(), problems);
        assertEquals(Map.of("genesis", 1L, "account", 2L, "unknown", 1L), check.kinds().counts());
    }

    @Test
    void shouldNameTheChainThatHasNoEnd()
    {
        account(1, 1, 1, 0, 3, AccountFlags.LINKED, 0);
        account(2, 2, 1, 1, 3, AccountFlags.LINKED, 0);
        assertEquals(List.of(), problems);
        check.onEnd();
        assertEquals(List.of("1: a chain has no end: length=2"), problems);
    }

    @Test
    void shouldNameTheBatchThatBeginsInsideAChain()
    {
        account(1, 1, 1, 0, 2, AccountFlags.LINKED, 0);
        account(2, 2, 0, 0, 1, 0, 0);
        assertEquals(List.of(
            "2: a batch begins inside the chain that begins at 1",
            "2: its number in its ledger differs: ledger=840, expected ledger_sequence=1, recorded=0"), problems);
        check.onEnd();
        assertEquals(2, problems.size(), "the chain is told of once");
    }

    @Test
    void shouldNumberALongChain()
    {
        check = new EntryCheck(
            1, new ShardRouter(2, Map.of(840, 1)), 200, (sequence, what) -> problems.add(sequence + ": " + what));
        for (int i = 0; i < 200; i++)
        {
            account(1 + i, 1 + i, i == 150 ? 7 : 1 + i, i, 200, i == 199 ? 0 : AccountFlags.LINKED, 0);
        }
        assertEquals(
            List.of("151: its number in its ledger differs: ledger=840, expected ledger_sequence=151, recorded=7"),
            problems);
        assertEquals(200, check.ledgers().get(840).accountCount());
    }

    @Test
    void shouldNameTheBatchThatIsLongerThanAllowed()
    {
        account(1, 1, 1, 0, 60, 0, 0);
        assertEquals(List.of(), problems);
        account(2, 2, 2, 0, 61, 0, 0);
        assertEquals(
            List.of("2: its place in the batch can not be: batch_index=0, batch_count=61, most in a batch=60"),
            problems);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 | 3 | 2 | batch_index=1, batch_count=3, timestamp_ns=2",
        "0 | 2 | 2 | ",
        "1 | 2 | 3 | batch_index=1, batch_count=2, timestamp_ns=3",
        "1 | 2 | 2 | " })
    void shouldNameTheAccountThatDoesNotContinueItsBatch(
        final int index, final int count, final long timestampNs, final String found)
    {
        account(1, 1, 1, 0, 2, 0, 0);
        account(2, 2, 2, index, count, 0, 0, timestampNs);
        assertEquals(
            found == null ? List.of() : List.of(
                "2: it does not continue its batch: " + found +
                ", before it batch_index=0, batch_count=2, timestamp_ns=1"),
            problems);
    }

    @Test
    void shouldNameTheTransferThatContinuesABatchOfAccounts()
    {
        account(1, 1);
        account(2, 2, 2, 0, 2, 0, 0);
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(3).ledgerSequence(3).timestampNs(3).batchIndex(1).batchCount(2).outcome(CREATED)
            .transfer().idLow(103).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(840).code(1);
        check.onEntry(buffer, 0);
        assertEquals(List.of(
            "3: it does not continue its batch: batch_index=1, batch_count=2, timestamp_ns=3, before it " +
            "batch_index=0, batch_count=2, timestamp_ns=2"), problems);
    }

    @Test
    void shouldNameTheImportedAccountOutOfTime()
    {
        account(1, 1, 1, 0, 1, AccountFlags.IMPORTED, 5, 10);
        account(2, 2, 2, 0, 1, AccountFlags.IMPORTED, 6, 20);
        assertEquals(List.of(), problems);
        account(3, 3, 3, 0, 1, AccountFlags.IMPORTED, 6, 30);
        account(4, 4, 4, 0, 1, AccountFlags.IMPORTED, 40, 40);
        assertEquals(List.of(
            "3: an account was created out of time: given_timestamp_ns=6, greatest before=6, batch timestamp=30",
            "4: an account was created out of time: given_timestamp_ns=40, greatest before=6, batch timestamp=40"),
            problems);
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
        account(sequence, id, sequence, 0, 1, 0, 0);
    }

    private void account(
        final long sequence,
        final long id,
        final long ledgerSequence,
        final int index,
        final int count,
        final int flags,
        final long givenTimestampNs)
    {
        account(sequence, id, ledgerSequence, index, count, flags, givenTimestampNs, sequence);
    }

    private void account(
        final long sequence,
        final long id,
        final long ledgerSequence,
        final int index,
        final int count,
        final int flags,
        final long givenTimestampNs,
        final long slotNs)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new AccountEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(ledgerSequence).timestampNs(slotNs).batchIndex(index).batchCount(count)
            .outcome(CREATED).account().idLow(id).ledger(840).code(1).flags(flags).timestampNs(givenTimestampNs);
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
