package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Entries that contradict those before them stop a read model, and it says which; queries that are none do nothing. */
class ReadModelRefusalTest
{
    private static final long CREATED = Integer.toUnsignedLong(TransferOutcome.CREATED.code());
    private static final long PENDING_SEQUENCE = 3;
    private static final long ORDINARY_SEQUENCE = 4;

    private final ReadModel model = new ReadModel(1);
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[512]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    @BeforeEach
    void fill()
    {
        account(1, 1);
        account(2, 2);
        transfer(PENDING_SEQUENCE, 2, TransferFlags.PENDING);
        transfer(ORDINARY_SEQUENCE, 2, 0);
    }

    @AfterEach
    void close()
    {
        model.close();
    }

    @Test
    void shouldRefuseATransferOnAnAccountThatIsNotThere()
    {
        final IllegalStateException ex = assertThrows(IllegalStateException.class, () -> transfer(5, 9, 0));
        assertEquals("a transfer was created on an unknown account: sequence=5", ex.getMessage());
        assertEquals(ORDINARY_SEQUENCE, model.appliedSequence());
        assertEquals(2, model.transfers().count());
    }

    @Test
    void shouldRefuseToResolveWhatIsNoPendingTransfer()
    {
        for (final long pendingSequence : new long[] {1, ORDINARY_SEQUENCE, 99})
        {
            final String expected =
                "no pending transfer was created there: sequence=5, pendingSequence=" + pendingSequence;
            assertEquals(
                expected, assertThrows(IllegalStateException.class, () -> post(5, pendingSequence)).getMessage());
            assertEquals(
                expected, assertThrows(IllegalStateException.class, () -> expire(5, pendingSequence)).getMessage());
        }
        assertEquals(ORDINARY_SEQUENCE, model.appliedSequence());
        post(5, PENDING_SEQUENCE);
        assertEquals(5, model.appliedSequence());
    }

    @Test
    void shouldRefuseToResolveAPendingTransferTwice()
    {
        post(5, PENDING_SEQUENCE);
        final IllegalStateException ex =
            assertThrows(IllegalStateException.class, () -> expire(6, PENDING_SEQUENCE));
        assertEquals("a pending transfer is resolved twice: sequence=6, first=5", ex.getMessage());
    }

    @Test
    void shouldAnswerNoRequestThatIsNoQueryAndWriteNothingWhereThereIsNoRoom()
    {
        try (ShardBooks books = new ShardBooks(1))
        {
            books.commit(books.uncommittedCount());
            books.follow();
            final IllegalArgumentException ex = assertThrows(
                IllegalArgumentException.class,
                () -> books.answer(RequestKind.CREATE_TRANSFERS, books.newFilter(), 1));
            assertEquals("not a query: CREATE_TRANSFERS", ex.getMessage());
            assertEquals(1, books.answer(RequestKind.EXPLAIN, books.newFilter(), 1));
            assertEquals(0, books.answer(RequestKind.EXPLAIN, books.newFilter(), 0));
        }
    }

    private void account(final long sequence, final long id)
    {
        clear();
        new AccountEntryEncoder().wrapAndApplyHeader(entry, 0, header)
            .sequence(sequence).timestampNs(sequence).outcome(CREATED).account().idLow(id).ledger(840).code(1);
        model.apply(sequence, entry, 0);
    }

    private void transfer(final long sequence, final long creditId, final int flags)
    {
        clear();
        new TransferEntryEncoder().wrapAndApplyHeader(entry, 0, header)
            .sequence(sequence).timestampNs(sequence).outcome(CREATED).transfer()
            .debitAccountIdLow(1).creditAccountIdLow(creditId).amountLow(3).ledger(840).code(1).flags(flags);
        model.apply(sequence, entry, 0);
    }

    private void post(final long sequence, final long pendingSequence)
    {
        clear();
        new ExtendedTransferEntryEncoder().wrapAndApplyHeader(entry, 0, header)
            .sequence(sequence).timestampNs(sequence).outcome(CREATED).amountMovedLow(3)
            .pendingSequence(pendingSequence).resolvedDebitAccountIdLow(1).resolvedCreditAccountIdLow(2)
            .resolvedLedger(840).resolvedCode(1)
            .transfer().idLow(100 + sequence).amountLow(3).flags(TransferFlags.POST_PENDING_TRANSFER);
        model.apply(sequence, entry, 0);
    }

    private void expire(final long sequence, final long pendingSequence)
    {
        clear();
        new ExpiryEntryEncoder().wrapAndApplyHeader(entry, 0, header)
            .sequence(sequence).timestampNs(sequence).pendingSequence(pendingSequence);
        model.apply(sequence, entry, 0);
    }

    private void clear()
    {
        entry.setMemory(0, entry.capacity(), (byte)0);
    }
}
