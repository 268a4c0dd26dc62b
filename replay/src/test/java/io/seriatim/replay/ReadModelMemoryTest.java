package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Locale;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the Javadoc of {@link ReadModelQueries} says of memory, at a tenth of a million accounts. */
class ReadModelMemoryTest
{
    private static final int ACCOUNT_COUNT = 100_000;
    private static final int TRANSFER_COUNT = 1_000_000;
    private static final long CREATED = 0xFFFF_FFFFL;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AccountEntryEncoder accountEncoder = new AccountEntryEncoder();
    private final TransferEntryEncoder transferEncoder = new TransferEntryEncoder();
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[272]);
    private long sequence = 1;

    @Test
    void shouldTakeNoMoreThanItSays()
    {
        assertTrue(bytesPerTransfer(0) <= 72);
        assertTrue(bytesPerTransfer(1) <= 96, "with user data of its own");
    }

    /** Ten transfers for each account, each with so many values of user data of its own. */
    private double bytesPerTransfer(final int valueCount)
    {
        try (ReadModel model = new ReadModel(1))
        {
            final long empty = model.allocatedBytes();
            for (int id = 1; id <= ACCOUNT_COUNT; id++)
            {
                accountEncoder.wrapAndApplyHeader(entry, 0, header)
                    .sequence(sequence).timestampNs(sequence).outcome(CREATED).account().idLow(id).ledger(1).code(1);
                model.apply(sequence, entry, 0);
                sequence++;
            }
            final long before = model.allocatedBytes();
            final SplittableRandom random = new SplittableRandom(5);
            for (int i = 0; i < TRANSFER_COUNT; i++)
            {
                final int debit = random.nextInt(ACCOUNT_COUNT);
                transferEncoder.wrapAndApplyHeader(entry, 0, header)
                    .sequence(sequence).timestampNs(sequence).outcome(CREATED);
                transferEncoder.transfer()
                    .debitAccountIdLow(1 + debit)
                    .creditAccountIdLow(1 + (debit + 1 + random.nextInt(ACCOUNT_COUNT - 1)) % ACCOUNT_COUNT)
                    .amountLow(3).userData64(valueCount > 0 ? i + 1L : 0).ledger(1).code(1);
                model.apply(sequence, entry, 0);
                sequence++;
            }
            final double bytesPerAccount = (before - empty) / (double)ACCOUNT_COUNT;
            final double bytesPerTransfer = (model.allocatedBytes() - before) / (double)TRANSFER_COUNT;
            System.out.printf(
                Locale.ROOT, "read model: %.1f bytes for an account, %.1f for a transfer with %d values of user data%n",
                bytesPerAccount, bytesPerTransfer, valueCount);
            assertTrue(bytesPerAccount <= 270, "bytes per account=" + bytesPerAccount);
            return bytesPerTransfer;
        }
    }
}
