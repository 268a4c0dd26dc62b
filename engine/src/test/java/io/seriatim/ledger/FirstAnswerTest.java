package io.seriatim.ledger;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** What an id was answered first: for stored objects and spent ids, also when the entry has left the window. */
class FirstAnswerTest
{
    private static final String NONE = "none";

    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();
    private final LedgerStateMachine stateMachine = ledger.stateMachine();
    private final UnsafeBuffer row = new UnsafeBuffer(new byte[BatchResults.ROW_LENGTH]);

    @BeforeEach
    void openAccounts()
    {
        ledger.with(account(1), account(2));
    }

    @Test
    void shouldTellTheFirstAnswerOfAnAccount()
    {
        final long createdNs = ledger.nowNs();
        assertEquals(createdNs + " 2 0 " + AccountOutcome.CREATED.code(), ofAccount(2));
        ledger.create(account(2));
        ledger.create(account(3).code(0));
        assertEquals(createdNs + " 2 0 " + AccountOutcome.CREATED.code(), ofAccount(2));
        assertEquals(NONE, ofAccount(3), "refused, so it is judged anew when it is sent again");
        assertEquals(NONE, ofTransfer(2), "accounts and transfers are two namespaces");
    }

    @Test
    void shouldTellTheFirstAnswerOfATransfer()
    {
        ledger.with(transfer(1, 1, 2, 5));
        final String created = ledger.nowNs() + " 3 0 " + TransferOutcome.CREATED.code();
        assertEquals(created, ofTransfer(1));
        ledger.send(transfer(1, 1, 2, 6));
        ledger.send(transfer(2, 1, 2, 6).code(0));
        assertEquals(created, ofTransfer(1));
        assertEquals(NONE, ofTransfer(2));
        fillTheWindow();
        assertEquals(created, ofTransfer(1));
    }

    @Test
    void shouldTellTheTimestampOfAnImportedTransfer()
    {
        final long bookedNs = ledger.nowNs() + 10;
        ledger.at(bookedNs + 10).with(transfer(1, 1, 2, 5).imported(bookedNs));
        assertEquals(bookedNs + " 3 0 " + TransferOutcome.CREATED.code(), ofTransfer(1));
    }

    @Test
    void shouldTellWhichEntrySpentAnId()
    {
        ledger.send(transfer(1, 1, 9, 5));
        final String refused = ledger.nowNs() + " 3 0 " + TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND.code();
        ledger.send(postOf(2, 99));
        final String refusedPost = ledger.nowNs() + " 4 0 " + TransferOutcome.PENDING_TRANSFER_NOT_FOUND.code();
        assertEquals(TransferOutcome.ID_ALREADY_FAILED, ledger.send(transfer(1, 1, 2, 5)));
        assertEquals(refused, ofTransfer(1));
        assertEquals(refusedPost, ofTransfer(2));
        fillTheWindow();
        assertEquals(refused, ofTransfer(1));
        assertEquals(refusedPost, ofTransfer(2));
    }

    @Test
    void shouldTellNothingOfTheOthersOfABrokenChain()
    {
        ledger.sendAll(transfer(1, 1, 2, 5).linked(), transfer(2, 1, 9, 5));
        assertEquals(NONE, ofTransfer(1));
        assertEquals(ledger.nowNs() + " 4 0 " + TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND.code(), ofTransfer(2));
    }

    @Test
    void shouldTellTheStateOfATransfer()
    {
        ledger.with(
            transfer(1, 1, 2, 5), pending(2, 1, 2, 5), pending(3, 1, 2, 5), pending(4, 1, 2, 5),
            pending(5, 1, 2, 5).timeout(1), postOf(6, 3), voidOf(7, 4));
        ledger.expireNext();
        ledger.send(transfer(8, 1, 9, 5));
        assertEquals(PendingState.NONE, ledger.state(1));
        assertEquals(PendingState.PENDING, ledger.state(2));
        assertEquals(PendingState.POSTED, ledger.state(3));
        assertEquals(PendingState.VOIDED, ledger.state(4));
        assertEquals(PendingState.EXPIRED, ledger.state(5));
        assertEquals(PendingState.NONE, ledger.state(6), "a post is no pending transfer");
        assertEquals(PendingState.NONE, ledger.state(8), "a spent id");
        assertEquals(PendingState.NONE, ledger.state(99));
    }

    private void fillTheWindow()
    {
        for (int i = 0; i <= LedgerFixture.BATCH_COUNT_MAX; i++)
        {
            ledger.with(transfer(1_000 + i, 1, 2, 1));
        }
    }

    private String ofAccount(final long id)
    {
        return stateMachine.readOutcomeOfAccount(0, id, row, 0) ? row() : NONE;
    }

    private String ofTransfer(final long id)
    {
        return stateMachine.readOutcomeOfTransfer(0, id, row, 0) ? row() : NONE;
    }

    private String row()
    {
        return row.getLong(BatchResults.TIMESTAMP_OFFSET) + " " + row.getLong(BatchResults.SEQUENCE_OFFSET) + " " +
            row.getLong(BatchResults.FIRST_SEQUENCE_OFFSET) + " " + row.getInt(BatchResults.OUTCOME_OFFSET);
    }
}
