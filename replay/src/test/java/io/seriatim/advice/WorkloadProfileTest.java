package io.seriatim.advice;

import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A workload out of transfers. */
class WorkloadProfileTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    private final WorkloadProfile profile = new WorkloadProfile();
    private long nowNs = 5 * SECOND_NS;

    private void transfer(final int ledger, final long debit, final long credit, final int flags)
    {
        profile.onTransfer(ledger, Uint128.of(debit), Uint128.of(credit), flags, nowNs++);
    }

    @Test
    void shouldTellHowUnevenLedgersAndAccountsAre()
    {
        transfer(840, 1, 2, 0);
        transfer(840, 1, 3, 0);
        transfer(978, 4, 5, 0);
        transfer(840, 1, 2, 0);
        final Workload workload = profile.workload();
        assertEquals(2, workload.ledgerCount());
        assertEquals(0.75, workload.heaviestLedgerShare());
        assertEquals(5, workload.scopeCount());
        assertEquals(0.75, workload.heaviestShare(), "account 1");
        assertEquals(0, workload.dependentShare());
        assertEquals(0, workload.crossLedgerShare());
    }

    @Test
    void shouldCountWhatDependsOnOthers()
    {
        profile.onAccount(Uint128.of(7), AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        profile.onAccount(Uint128.of(8), AccountFlags.HISTORY);
        transfer(840, 1, 2, 0);
        transfer(840, 7, 2, 0);
        transfer(840, 8, 2, 0);
        transfer(840, 1, 2, TransferFlags.PENDING);
        transfer(840, 0, 0, TransferFlags.POST_PENDING_TRANSFER);
        assertEquals(3.0 / 5, profile.workload().dependentShare());
    }

    @Test
    void shouldSeeChainsThatNeedSeveralLedgers()
    {
        transfer(840, 1, 2, TransferFlags.LINKED);
        transfer(978, 3, 4, 0);
        transfer(840, 1, 2, TransferFlags.LINKED);
        transfer(840, 1, 2, TransferFlags.LINKED);
        transfer(840, 1, 2, 0);
        final Workload workload = profile.workload();
        assertEquals(2.0 / 5, workload.crossLedgerShare());
        assertEquals(1, workload.dependentShare(), "the last of a chain too");
    }

    @Test
    void shouldFindTheBusiestSecond()
    {
        transfer(840, 1, 2, 0);
        nowNs = 7 * SECOND_NS;
        transfer(840, 1, 2, 0);
        transfer(840, 1, 2, 0);
        transfer(840, 1, 2, 0);
        nowNs = 8 * SECOND_NS;
        transfer(840, 1, 2, 0);
        assertEquals(3, profile.workload().rate());
        assertEquals(5, profile.transferCount());
    }

    @Test
    void shouldLetAPostBeOfTheLedgerThatItsPendingTransferSays()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final ExtendedTransferEntryEncoder post =
            new ExtendedTransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header);
        post.timestampNs(nowNs).resolvedLedger(978).transfer().ledger(0).flags(TransferFlags.POST_PENDING_TRANSFER);
        profile.onEntry(buffer, 0);
        // One that names its ledger itself.
        post.resolvedLedger(0).transfer().ledger(840).flags(TransferFlags.BALANCING_DEBIT);
        profile.onEntry(buffer, 0);
        new LedgerDefinitionEntryEncoder().wrapAndApplyHeader(buffer, 0, header);
        profile.onEntry(buffer, 0);
        assertEquals(2, profile.transferCount(), "a definition is none");
        assertEquals(2, profile.workload().ledgerCount());
        assertEquals(0.5, profile.workload().heaviestLedgerShare());
    }

    @Test
    void shouldTakeTransfersOfWhichNothingIsKnownForOneOrder()
    {
        transfer(0, 0, 0, TransferFlags.POST_PENDING_TRANSFER);
        transfer(0, 0, 0, TransferFlags.VOID_PENDING_TRANSFER);
        final Workload workload = profile.workload();
        assertEquals(1, workload.ledgerCount());
        assertEquals(1, workload.heaviestLedgerShare());
        assertEquals(1, workload.scopeCount());
        assertEquals(1, workload.heaviestShare());
        assertEquals(1, workload.dependentShare());
        assertEquals(0, workload.crossLedgerShare());
    }

    @Test
    void shouldHaveNoAdviceAboutNothing()
    {
        assertThrows(IllegalStateException.class, profile::workload);
    }
}
