package io.seriatim.ledger;

import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.LedgerFixture.LEDGER;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static io.seriatim.ledger.TransferFlags.BALANCING_CREDIT;
import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_DEBIT;
import static io.seriatim.ledger.TransferOutcome.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** What two-phase, balancing and closing transfers do to balances, step by step. */
class TwoPhaseTest
{
    private static final long BANK = 1;
    private static final long ALICE = 2;
    private static final long BOB = 3;
    private static final long CAPPED = 4;

    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();

    @BeforeEach
    void openAccounts()
    {
        ledger.with(
            account(BANK), account(ALICE), account(BOB),
            account(CAPPED).flag(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS));
    }

    @Test
    void shouldReserveThenPostAllSomeOrNothing()
    {
        ledger.with(pending(10, BANK, ALICE, 100));
        assertEquals("0/0 100/0", ledger.balance(ALICE));
        assertEquals("100/0 0/0", ledger.balance(BANK));
        ledger.with(postOf(11, 10));
        assertEquals("0/0 0/100", ledger.balance(ALICE));
        ledger.with(pending(20, BANK, ALICE, 100), postOf(22, 20).amount(60));
        assertEquals("0/0 0/160", ledger.balance(ALICE));
        ledger.with(pending(30, BANK, ALICE, 100), postOf(31, 30).amount(0));
        assertEquals("0/0 0/160", ledger.balance(ALICE));
        assertEquals("0/160 0/0", ledger.balance(BANK));
    }

    @Test
    void shouldResolveAtMostOnce()
    {
        ledger.with(
            pending(10, BANK, ALICE, 5), pending(20, BANK, ALICE, 5), pending(30, BANK, ALICE, 5).timeout(1),
            postOf(11, 10), voidOf(21, 20));
        ledger.expireNext();
        assertEquals(PENDING_TRANSFER_ALREADY_POSTED, ledger.send(voidOf(12, 10)));
        assertEquals(PENDING_TRANSFER_ALREADY_VOIDED, ledger.send(postOf(22, 20)));
        assertEquals(PENDING_TRANSFER_EXPIRED, ledger.send(postOf(32, 30)));
        assertEquals("0/0 0/5", ledger.balance(ALICE));
        assertEquals("0/5 0/0", ledger.balance(BANK));
    }

    @Test
    void shouldInheritWhatAPostLeavesOpen()
    {
        ledger.with(
            pending(10, BANK, ALICE, 5).code(3).with(t -> t.userData128Low(7).userData64(8).userData32(9)),
            postOf(11, 10).with(t -> t.userData64(80)));
        final TransferRecordDecoder stored = ledger.stored(11);
        assertEquals(
            "1 2 5 10 7 80 9 840 3",
            stored.debitAccountIdLow() + " " + stored.creditAccountIdLow() + " " + stored.amountLow() + " " +
            stored.pendingIdLow() + " " + stored.userData128Low() + " " + stored.userData64() + " " +
            stored.userData32() + " " + stored.ledger() + " " + stored.code());
        assertEquals(0, stored.timeout());
        assertEquals(TransferFlags.POST_PENDING_TRANSFER, stored.flags());
    }

    @Test
    void shouldCountWhatIsReservedAgainstLimits()
    {
        ledger.with(transfer(1, BANK, CAPPED, 100), pending(2, CAPPED, ALICE, 100));
        assertEquals(EXCEEDS_CREDITS, ledger.send(transfer(3, CAPPED, ALICE, 1)));
        ledger.with(voidOf(4, 2), transfer(5, CAPPED, ALICE, 100));
        assertEquals("0/100 0/100", ledger.balance(CAPPED));
    }

    @Test
    void shouldBalanceDownToWhatThereIs()
    {
        ledger.with(
            transfer(1, BANK, ALICE, 100), pending(2, ALICE, BOB, 30),
            transfer(3, ALICE, BOB, 0).amount(-1, -1).flag(BALANCING_DEBIT));
        assertEquals("30/70 0/100", ledger.balance(ALICE));
        ledger.with(transfer(4, ALICE, BOB, 10).flag(BALANCING_DEBIT));
        assertEquals("30/70 0/100", ledger.balance(ALICE));
        ledger.with(transfer(5, BOB, BANK, 1_000).flag(BALANCING_CREDIT));
        assertEquals("0/100 0/100", ledger.balance(BANK));
        ledger.with(pending(6, BOB, BANK, 9).flag(BALANCING_DEBIT).flag(BALANCING_CREDIT));
        assertEquals("0/100 0/100", ledger.balance(BANK));
    }

    @Test
    void shouldReserveNoMoreThanABalancingTransferHasRoomFor()
    {
        ledger.with(transfer(1, BANK, ALICE, 100), pending(2, ALICE, BOB, 1_000).flag(BALANCING_DEBIT));
        assertEquals("100/0 0/100", ledger.balance(ALICE));
        ledger.with(postOf(3, 2));
        assertEquals("0/100 0/100", ledger.balance(ALICE));
    }

    @Test
    void shouldSayWhichAccountsAReleaseOpensAgain()
    {
        ledger.with(
            pending(1, ALICE, BOB, 3).flag(CLOSING_DEBIT).flag(CLOSING_CREDIT).timeout(1),
            pending(2, BANK, CAPPED, 0).flag(CLOSING_CREDIT).timeout(2));
        assertEquals(3, ledger.expireNext().reopened());
        assertEquals(2, ledger.expireNext().reopened());
        ledger.with(transfer(3, ALICE, BOB, 1));
        assertEquals("0/0 0/1", ledger.balance(BOB));
    }

    @Test
    void shouldSayWhichAccountsAVoidOpensAgain()
    {
        ledger.with(
            pending(1, ALICE, BOB, 3).flag(CLOSING_DEBIT), pending(2, BANK, CAPPED, 0).flag(CLOSING_CREDIT),
            pending(3, BANK, BOB, 0));
        ledger.with(voidOf(11, 1));
        assertEquals(1, reopenedByLast());
        ledger.with(voidOf(12, 2));
        assertEquals(2, reopenedByLast());
        ledger.with(postOf(13, 3));
        assertEquals(0, reopenedByLast());
        ledger.with(pending(4, ALICE, BOB, 3).flag(CLOSING_DEBIT));
        ledger.sendAll(voidOf(14, 4).linked(), transfer(15, BANK, ALICE, 1).code(0));
        assertEquals(0, reopenedBy(ledger.stateMachine().nextSequence() - 2), "its chain has failed");
    }

    @Test
    void shouldNumberAPostInTheLedgerOfItsPendingTransfer()
    {
        ledger.with(pending(1, BANK, ALICE, 5));
        final long before = ledger.ledgerSequenceOfLast();
        assertEquals(EXCEEDS_PENDING_TRANSFER_AMOUNT, ledger.send(postOf(2, 1).amount(6)));
        assertEquals(before + 1, ledger.ledgerSequenceOfLast(), "refused, and without a ledger of its own");
        assertEquals(PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, ledger.send(postOf(2, 1).ledger(978)));
        assertEquals(before + 2, ledger.ledgerSequenceOfLast(), "refused, and not of the ledger that it names");
        assertEquals(PENDING_TRANSFER_NOT_FOUND, ledger.send(postOf(3, 77)));
        assertEquals(0, ledger.ledgerSequenceOfLast());
        assertEquals(PENDING_TRANSFER_NOT_FOUND, ledger.send(postOf(4, 77).ledger(LEDGER)));
        assertEquals(before + 3, ledger.ledgerSequenceOfLast());
        ledger.with(postOf(5, 1));
        assertEquals(before + 4, ledger.ledgerSequenceOfLast());
    }

    @Test
    void shouldNumberTheEntriesOfAFailedChainToo()
    {
        ledger.with(pending(1, BANK, ALICE, 5));
        final long before = ledger.ledgerSequenceOfLast();
        ledger.sendAll(
            postOf(2, 1).linked(), transfer(3, BANK, ALICE, 1).linked(), transfer(4, BANK, ALICE, 1).code(0));
        assertEquals(before + 3, ledger.ledgerSequenceOfLast());
    }

    private int reopenedByLast()
    {
        return reopenedBy(ledger.stateMachine().nextSequence() - 1);
    }

    private int reopenedBy(final long sequence)
    {
        final EntryWindow window = ledger.stateMachine().window();
        return new ExtendedTransferEntryDecoder().wrap(
            window.buffer(), window.offset(sequence) + EntryWindow.BODY_OFFSET,
            ExtendedTransferEntryDecoder.BLOCK_LENGTH, ExtendedTransferEntryDecoder.SCHEMA_VERSION).reopened();
    }
}
