package io.seriatim.ledger;

import com.sun.management.ThreadMXBean;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

import static io.seriatim.ledger.LedgerFixture.SECOND_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Once warm, the state machine allocates nothing, whatever it does: counted, not believed. What counts is the round
 * with the fewest bytes, as now and then code is compiled anew; a byte for each transfer would be in every round.
 */
class StateMachineAllocationTest
{
    private static final int WARM_UP_COUNT = 20_000;
    private static final int ROUND_COUNT = 5;
    private static final int ROUND_LENGTH = 4_000;
    private static final int BATCH_COUNT_MAX = 16;
    private static final int JOURNAL_CAPACITY = 1 << 15;
    private static final int IDS_PER_STEP = 64;
    private static final int OLD_STEP_DISTANCE = 500;

    private static final long BANK = 1;
    private static final long ALICE = 2;
    private static final long BOB = 3;
    private static final long SHOP = 4;
    private static final long MISSING = 99;
    private static final long FIRST_NEW_ACCOUNT = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer journal = new UnsafeBuffer(
        ByteBuffer.allocateDirect(JOURNAL_CAPACITY * EntryWindow.ENTRY_LENGTH_MAX));
    private final LedgerStateMachine ledger =
        new LedgerStateMachine(BATCH_COUNT_MAX, BATCH_COUNT_MAX, 7, this::readBack);
    private final UnsafeBuffer event = new UnsafeBuffer(ByteBuffer.allocateDirect(AccountRecordDecoder.ENCODED_LENGTH));
    private final AccountRecordEncoder account = new AccountRecordEncoder().wrap(event, 0);
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder().wrap(event, 0);
    private final TransferRecordEncoder transfer = new TransferRecordEncoder().wrap(event, 0);
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder().wrap(event, 0);
    private final int[] expected = new int[BATCH_COUNT_MAX];
    private int expectedCount;
    private long nowNs = SECOND_NS;
    private long releasedNs;
    private long nextToKeep = LedgerStateMachine.FIRST_SEQUENCE;
    private long readBackCount;

    @AfterEach
    void close()
    {
        ledger.close();
    }

    @Test
    void shouldAllocateNothingOnceWarm()
    {
        for (long id = BANK; id <= SHOP; id++)
        {
            createAccount(id, 0, 0, AccountOutcome.CREATED);
        }
        int step = 0;
        while (step < WARM_UP_COUNT)
        {
            step(step++);
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUND_COUNT; round++)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUND_LENGTH; i++)
            {
                step(step++);
            }
            final long after = threads.getCurrentThreadAllocatedBytes();
            least = Math.min(least, after - before);
        }
        System.out.println(
            "allocated by the state machine: steps a round=" + ROUND_LENGTH + ", entries=" + ledger.nextSequence() +
            ", entries read back=" + readBackCount + ", bytes=" + least);
        assertEquals(0, least);
        assertTrue(readBackCount > step, "entries are read back too");
        assertTrue(ledger.isBalanced());
    }

    /** Everything that a state machine does, once each; the answers are checked, so that it is really done. */
    private void step(final int step)
    {
        final long id = (step + 1L) * IDS_PER_STEP;
        resolve(id);
        breakChain(id + 10);
        keepChain(id + 20);
        repeat(id, step);
        importAll(id + 40, step);
        releasedNs = ledger.nextExpiryNs() + 1;
        nowNs = releasedNs;
        ledger.expireNext(releasedNs);
        keepEntries();
        read(id);
    }

    private void resolve(final long id)
    {
        start(10);
        pending(id, BANK, ALICE, 10, 0).timeout(1);
        create(TransferOutcome.CREATED);
        pending(id + 1, BANK, ALICE, 10, 0).timeout(1_000);
        create(TransferOutcome.CREATED);
        resolve(id + 2, id + 1, TransferFlags.POST_PENDING_TRANSFER).amountLow(4);
        create(TransferOutcome.CREATED);
        pending(id + 3, BANK, ALICE, 10, 0);
        create(TransferOutcome.CREATED);
        resolve(id + 4, id + 3, TransferFlags.VOID_PENDING_TRANSFER);
        create(TransferOutcome.CREATED);
        ordinary(id + 5, ALICE, BOB, 1_000, TransferFlags.BALANCING_DEBIT);
        create(TransferOutcome.CREATED);
        ordinary(id + 6, BOB, BANK, 1_000, TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT);
        create(TransferOutcome.CREATED);
        pending(id + 7, BANK, SHOP, 0, TransferFlags.CLOSING_CREDIT);
        create(TransferOutcome.CREATED);
        ordinary(id + 8, BANK, SHOP, 1, 0);
        create(TransferOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
        resolve(id + 9, id + 7, TransferFlags.VOID_PENDING_TRANSFER);
        create(TransferOutcome.CREATED);
        check();
    }

    private void breakChain(final long id)
    {
        start(5);
        pending(id, BANK, ALICE, 10, TransferFlags.LINKED).timeout(5);
        create(TransferOutcome.LINKED_EVENT_FAILED);
        resolve(id + 1, id, TransferFlags.LINKED | TransferFlags.POST_PENDING_TRANSFER).amountLow(4);
        create(TransferOutcome.LINKED_EVENT_FAILED);
        pending(id + 2, ALICE, SHOP, 0, TransferFlags.LINKED | TransferFlags.CLOSING_CREDIT);
        create(TransferOutcome.LINKED_EVENT_FAILED);
        ordinary(id + 3, BANK, MISSING, 1, TransferFlags.LINKED);
        create(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND);
        ordinary(id + 4, BANK, ALICE, 1, 0);
        create(TransferOutcome.LINKED_EVENT_FAILED);
        check();
    }

    private void keepChain(final long id)
    {
        start(3);
        pending(id, BANK, ALICE, 10, TransferFlags.LINKED).timeout(5);
        create(TransferOutcome.CREATED);
        resolve(id + 1, id, TransferFlags.LINKED | TransferFlags.VOID_PENDING_TRANSFER);
        create(TransferOutcome.CREATED);
        ordinary(id + 2, BANK, SHOP, 1, 0);
        create(TransferOutcome.CREATED);
        check();
    }

    /** What was sent long ago is sent again, so that its entry is read back. */
    private void repeat(final long id, final int step)
    {
        if (step < OLD_STEP_DISTANCE)
        {
            return;
        }
        final long oldId = id - (long)OLD_STEP_DISTANCE * IDS_PER_STEP;
        start(4);
        ordinary(oldId + 22, BANK, SHOP, 1, 0);
        create(TransferOutcome.EXISTS);
        resolve(oldId + 2, oldId + 1, TransferFlags.POST_PENDING_TRANSFER).amountLow(4);
        create(TransferOutcome.EXISTS);
        ordinary(oldId + 13, BANK, ALICE, 1, 0);
        create(TransferOutcome.ID_ALREADY_FAILED);
        resolve(id + 30, oldId, TransferFlags.POST_PENDING_TRANSFER).amountLow(4);
        create(TransferOutcome.PENDING_TRANSFER_EXPIRED);
        check();
    }

    private void importAll(final long id, final int step)
    {
        final long bookedNs = nowNs + 1;
        nowNs += 10;
        if (step > 0)
        {
            // Between the first and the newest, so that the marks are asked and entries are read.
            createAccount(
                FIRST_NEW_ACCOUNT + step, AccountFlags.IMPORTED, releasedNs,
                AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS);
        }
        createAccount(FIRST_NEW_ACCOUNT + step, AccountFlags.IMPORTED, bookedNs, AccountOutcome.CREATED);
        nowNs += 10;
        start(2);
        pending(id, BANK, ALICE, 2, TransferFlags.IMPORTED);
        create(TransferOutcome.CREATED, bookedNs + 1);
        resolve(id + 1, id, TransferFlags.IMPORTED | TransferFlags.VOID_PENDING_TRANSFER);
        create(TransferOutcome.CREATED, bookedNs + 2);
        check();
    }

    private void read(final long id)
    {
        if (ledger.stateOfTransfer(0, id) != PendingState.EXPIRED ||
            !ledger.readOutcomeOfTransfer(0, id + 13, event, 0) || !ledger.readOutcomeOfAccount(0, BANK, event, 0) ||
            !ledger.readAccount(0, BANK, event, 0))
        {
            throw new AssertionError("not found: id=" + id);
        }
    }

    private void createAccount(
        final long id, final int flags, final long timestampNs, final AccountOutcome outcome)
    {
        ledger.startAccounts(++nowNs, 1);
        event.setMemory(0, event.capacity(), (byte)0);
        account.idLow(id).ledger(1).code(1).flags(flags).timestampNs(timestampNs);
        ledger.createAccount(accountDecoder);
        expected[expectedCount++] = outcome.code();
        check();
    }

    private void start(final int count)
    {
        nowNs += count;
        ledger.startTransfers(nowNs, count);
    }

    private TransferRecordEncoder ordinary(
        final long id, final long debitId, final long creditId, final long amount, final int flags)
    {
        event.setMemory(0, event.capacity(), (byte)0);
        return transfer.idLow(id).debitAccountIdLow(debitId).creditAccountIdLow(creditId).amountLow(amount).ledger(1)
            .code(1).flags(flags);
    }

    private TransferRecordEncoder pending(
        final long id, final long debitId, final long creditId, final long amount, final int flags)
    {
        return ordinary(id, debitId, creditId, amount, flags | TransferFlags.PENDING);
    }

    private TransferRecordEncoder resolve(final long id, final long pendingId, final int flags)
    {
        event.setMemory(0, event.capacity(), (byte)0);
        return transfer.idLow(id).pendingIdLow(pendingId).flags(flags);
    }

    private void create(final TransferOutcome outcome)
    {
        create(outcome, 0);
    }

    private void create(final TransferOutcome outcome, final long timestampNs)
    {
        ledger.createTransfer(transferDecoder, timestampNs);
        expected[expectedCount++] = outcome.code();
    }

    /** The batch is over: its answers are as expected. */
    private void check()
    {
        for (int i = 0; i < expectedCount; i++)
        {
            if (ledger.results().outcome(i) != expected[i])
            {
                throw new AssertionError(
                    "index=" + i + ", expected=" + Integer.toUnsignedString(expected[i]) + ", actual=" +
                    Integer.toUnsignedString(ledger.results().outcome(i)) + ", sequence=" + ledger.nextSequence());
            }
        }
        expectedCount = 0;
        keepEntries();
    }

    private void keepEntries()
    {
        final EntryWindow window = ledger.window();
        while (nextToKeep < ledger.nextSequence())
        {
            journal.putBytes(
                place(nextToKeep), window.buffer(), window.offset(nextToKeep), window.length(nextToKeep));
            nextToKeep++;
        }
    }

    private void readBack(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        readBackCount++;
        buffer.putBytes(offset, journal, place(sequence), EntryWindow.ENTRY_LENGTH_MAX);
    }

    private static int place(final long sequence)
    {
        return (int)(sequence & JOURNAL_CAPACITY - 1) * EntryWindow.ENTRY_LENGTH_MAX;
    }
}
