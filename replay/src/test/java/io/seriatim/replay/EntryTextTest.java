package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EntryTextTest
{
    private static final long NOON_NS = 1_795_435_200_000_000_007L;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
    private final UnsafeBuffer other = new UnsafeBuffer(new byte[512]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    @Test
    void shouldShowATransferWithNumbersOfFullWidth()
    {
        final TransferEntryEncoder entry = new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(5).ledgerSequence(3).timestampNs(NOON_NS).batchIndex(1).batchCount(2).outcome(0xFFFF_FFFFL);
        entry.transfer()
            .idHigh(-1).idLow(-2).debitAccountIdLow(101).creditAccountIdLow(102).amountLow(-1)
            .userData64(-1).userData32(0xFFFF_FFFFL).timeout(60).ledger(0xFFFF_FFFFL).code(1)
            .flags(TransferFlags.LINKED | TransferFlags.PENDING | 1 << 15);
        assertEquals(
            "sequence=5 ledger_sequence=3 2026-11-23T12:00:00.000000007Z transfer created " +
            "id=340282366920938463463374607431768211454 debit_account_id=101 credit_account_id=102 " +
            "amount=18446744073709551615 user_data_64=18446744073709551615 user_data_32=4294967295 timeout=60 " +
            "ledger=4294967295 code=1 flags=linked|pending|bit_15 batch=2/2",
            EntryText.line(buffer, 0));
        final Map<String, Object> fields = EntryText.fields(buffer, 0);
        assertEquals("1795435200000000007", fields.get("timestamp_ns"));
        assertEquals(4294967295L, fields.get("outcome_code"));
        assertEquals(1, fields.get("batch_index"));
        assertEquals("0", fields.get("pending_id"));
    }

    @Test
    void shouldShowOfAnExtendedTransferOnlyWhatIsNotAsGiven()
    {
        final ExtendedTransferEntryEncoder entry = new ExtendedTransferEntryEncoder()
            .wrapAndApplyHeader(buffer, 0, header).sequence(9).timestampNs(NOON_NS).batchCount(1).outcome(0xFFFF_FFFFL)
            .givenTimestampNs(4).amountMovedLow(7).pendingSequence(3).resolvedDebitAccountIdLow(1)
            .resolvedCreditAccountIdLow(2).resolvedLedger(840).resolvedCode(1).reopened(1);
        entry.transfer().idLow(8).debitAccountIdLow(1).amountLow(10).ledger(840).code(1);
        assertEquals(
            "sequence=9 ledger_sequence=0 2026-11-23T12:00:00.000000007Z extended_transfer created id=8 " +
            "debit_account_id=1 amount=10 ledger=840 code=1 given_timestamp_ns=4 amount_moved=7 pending_sequence=3 " +
            "resolved_credit_account_id=2 reopened=debit_account",
            EntryText.line(buffer, 0));
    }

    @Test
    void shouldShowOfARefusedPostWhichPendingTransferItNames()
    {
        final ExtendedTransferEntryEncoder entry = new ExtendedTransferEntryEncoder()
            .wrapAndApplyHeader(buffer, 0, header).sequence(9).ledgerSequence(5).timestampNs(NOON_NS).batchCount(1)
            .outcome(TransferOutcome.PENDING_TRANSFER_ALREADY_POSTED.code()).pendingSequence(3).resolvedLedger(840);
        entry.transfer().idLow(8).amountHigh(-1).amountLow(-1).pendingIdLow(7)
            .flags(TransferFlags.POST_PENDING_TRANSFER);
        assertEquals(
            "sequence=9 ledger_sequence=5 2026-11-23T12:00:00.000000007Z extended_transfer " +
            "pending_transfer_already_posted id=8 amount=340282366920938463463374607431768211455 pending_id=7 " +
            "flags=post_pending_transfer pending_sequence=3 resolved_ledger=840",
            EntryText.line(buffer, 0));
        entry.outcome(0xFFFF_FFFFL).reopened(3);
        assertTrue(EntryText.line(buffer, 0).endsWith(
            " amount_moved=0 pending_sequence=3 resolved_ledger=840 reopened=debit_account|credit_account"),
            EntryText.line(buffer, 0));
    }

    @Test
    void shouldShowExpiriesDefinitionsAndStateRoots()
    {
        new ExpiryEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(7).ledgerSequence(6).timestampNs(NOON_NS).pendingIdLow(5).pendingSequence(4)
            .debitAccountIdLow(1).creditAccountIdLow(2).amountLow(3).ledger(840).code(1).reopened(2);
        assertEquals(
            "sequence=7 ledger_sequence=6 2026-11-23T12:00:00.000000007Z expiry pending_id=5 pending_sequence=4 " +
            "debit_account_id=1 credit_account_id=2 amount=3 ledger=840 code=1 reopened=credit_account",
            EntryText.line(buffer, 0));

        new LedgerDefinitionEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(1).ledgerSequence(0).timestampNs(NOON_NS).batchIndex(0).batchCount(1).outcome(5)
            .ledger(840).scale(0).placement(0).assetCode("JPY");
        assertEquals(
            "sequence=1 ledger_sequence=0 2026-11-23T12:00:00.000000007Z ledger_definition unknown_5 " +
            "ledger=840 scale=0 asset_code=JPY",
            EntryText.line(buffer, 0));

        new StateRootEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(8).asOfSequence(7).accountCount(2).ledgerCount(1)
            .putAccountsRoot(new byte[32], 0, 32).putLedgersRoot(new byte[32], 0, 32);
        assertEquals("state_root", EntryText.fields(buffer, 0).get("kind"));
        assertEquals("0".repeat(64), EntryText.fields(buffer, 0).get("ledgers_root"));
    }

    @Test
    void shouldShowWhatItDoesNotKnowByItsNumber()
    {
        new AccountEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(5).ledgerSequence(3).timestampNs(NOON_NS).batchCount(1).outcome(4711)
            .account().idLow(8).ledger(840).code(1);
        assertEquals(
            "sequence=5 ledger_sequence=3 2026-11-23T12:00:00.000000007Z account unknown_4711 id=8 ledger=840 code=1",
            EntryText.line(buffer, 0));

        new ExpiryEntryEncoder().wrapAndApplyHeader(other, 0, header).sequence(7).reopened(1 | 1 << 4);
        assertEquals("debit_account|0x10", EntryText.fields(other, 0).get("reopened"));

        header.wrap(other, 0).templateId(99);
        assertEquals("sequence=7 template_99", EntryText.line(other, 0));
        final IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, () -> EntryKind.of(99));
        assertEquals("not an entry: templateId=99", ex.getMessage());
    }

    @Test
    void shouldNameEachFieldThatDiffersWithBothSides()
    {
        new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(5).timestampNs(1).outcome(0xFFFF_FFFFL).transfer().amountLow(10);
        new TransferEntryEncoder().wrapAndApplyHeader(other, 0, header)
            .sequence(5).timestampNs(2).outcome(46).transfer().amountLow(10);
        assertEquals(
            "timestamp_ns recorded=1 executed=2; outcome recorded=created executed=exists; " +
            "outcome_code recorded=4294967295 executed=46",
            EntryText.difference(buffer, 0, "recorded", other, 0, "executed"));
        assertEquals("", EntryText.difference(buffer, 0, "recorded", buffer, 0, "executed"));
    }
}
