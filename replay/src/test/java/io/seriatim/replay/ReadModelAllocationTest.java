package io.seriatim.replay;

import com.sun.management.ThreadMXBean;
import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.management.ManagementFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReadModelAllocationTest
{
    private static final ThreadMXBean THREADS = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private static final int ACCOUNT_COUNT = 100;
    private static final int TRANSFER_COUNT = 200_000;
    private static final int QUERY_COUNT = 5_000;
    private static final long CREATED = 0xFFFF_FFFFL;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AccountEntryEncoder accountEncoder = new AccountEntryEncoder();
    private final TransferEntryEncoder transferEncoder = new TransferEntryEncoder();
    private final ExpiryEntryEncoder expiryEncoder = new ExpiryEntryEncoder();
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[272]);
    private long sequence = 1;

    @Test
    void shouldAllocateNothingForATransferOnceWarm()
    {
        try (ReadModel model = new ReadModel(1))
        {
            for (int id = 1; id <= ACCOUNT_COUNT; id++)
            {
                accountEncoder.wrapAndApplyHeader(entry, 0, header)
                    .sequence(sequence).timestampNs(sequence).outcome(CREATED).account().idLow(id).ledger(1).code(1);
                model.apply(sequence, entry, 0);
                sequence++;
            }
            transfers(model);
            final long before = allocatedBytes();
            transfers(model);
            // What is left are directories of the indexes of values, which double: some bytes for many transfers.
            final double bytesPerTransfer = (allocatedBytes() - before) / (double)TRANSFER_COUNT;
            assertTrue(bytesPerTransfer < 0.1, "bytes per transfer=" + bytesPerTransfer);
        }
    }

    /** Transfers with user data of their own; every tenth is pending, and expires with the next one. */
    private void transfers(final ReadModel model)
    {
        for (int i = 0; i < TRANSFER_COUNT; i++)
        {
            final boolean isPending = i % 10 == 0;
            transferEncoder.wrapAndApplyHeader(entry, 0, header)
                .sequence(sequence).timestampNs(sequence).outcome(CREATED);
            transferEncoder.transfer()
                .idLow(sequence).debitAccountIdLow(1 + i % 7).creditAccountIdLow(8 + i % 90).amountLow(i)
                .userData128High(i).userData128Low(sequence).userData64(sequence).ledger(1).code(1 + i % 3)
                .flags(isPending ? TransferFlags.PENDING : 0);
            model.apply(sequence, entry, 0);
            sequence++;
            if (isPending)
            {
                expiryEncoder.wrapAndApplyHeader(entry, 0, header)
                    .sequence(sequence).timestampNs(sequence).pendingSequence(sequence - 1).reopened(0);
                model.apply(sequence, entry, 0);
                sequence++;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
        value = RequestKind.class,
        names = {
            "GET_ACCOUNT_TRANSFERS", "GET_ACCOUNT_BALANCES", "QUERY_ACCOUNTS", "QUERY_TRANSFERS", "QUERY_PENDING",
            "GET_CHANGE_EVENTS", "GET_ACCOUNT_WITH_PENDING", "GET_ACCOUNT_AS_OF_SEQUENCE", "GET_ACCOUNT_AS_OF_TIME"})
    void shouldAllocateNothingForAnAnswerOnceWarm(final RequestKind kind)
    {
        try (RandomBooks books = new RandomBooks(1))
        {
            for (int i = 0; i < 300; i++)
            {
                books.step();
            }
            books.catchUp();
            final Filter filter = books.books.newFilter().id(0, books.accountIds.get(0)).limit(20).state(1)
                .flags(kind == RequestKind.GET_ACCOUNT_TRANSFERS || kind == RequestKind.GET_ACCOUNT_BALANCES ? 3 : 0)
                .sequence(books.naive.lastSequence / 2).timestampMaxNs(books.lastNs());
            ask(books, kind, filter);
            final long before = allocatedBytes();
            ask(books, kind, filter);
            assertEquals(0, (allocatedBytes() - before) / QUERY_COUNT, "bytes per answer");
        }
    }

    private static void ask(final RandomBooks books, final RequestKind kind, final Filter filter)
    {
        for (int i = 0; i < QUERY_COUNT; i++)
        {
            books.books.answer(kind, filter, 100);
        }
    }

    private static long allocatedBytes()
    {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
