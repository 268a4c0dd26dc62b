package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRoot;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRoots;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** A state root that is made beside its shard, with the test as both threads. */
class StateRootWorkTest
{
    private static final int ACCOUNT_COUNT = 8_000;
    private static final int WINDOW_CAPACITY = 8_192;
    private static final long EVERY = 2 * ACCOUNT_COUNT;

    @Test
    void shouldGoOnWhereNoBufferIsFreeAndMakeTheSameRootAllTheSame()
    {
        final StateRootKey key = StateRootKey.of(new byte[StateRootKey.KEY_LENGTH]);
        try (LedgerStateMachine stateMachine = new LedgerStateMachine(
            ACCOUNT_COUNT, WINDOW_CAPACITY, 7, (sequence, buffer, offset) -> fail("no transfer is read back")))
        {
            final StateRootWork work = new StateRootWork(key, stateMachine);
            final StateRootAgent agent = new StateRootAgent(0, List.of(work));
            final StateRoots beside = new StateRoots(EVERY, stateMachine, work, null);
            final StateRoots atOnce = new StateRoots(EVERY, stateMachine, StateRootBuilder.maker(key), null);
            assertEquals(0, work.copySlices(), "none was begun");
            createAccounts(stateMachine, 1);
            createAccounts(stateMachine, 1 + ACCOUNT_COUNT);
            assertTrue(atOnce.isDue());
            atOnce.write(null);
            beside.write(null);

            assertEquals(StateRootWork.SLICE_COUNT, copyAll(work), "all buffers, and then none");
            assertNull(beside.waiting().root());
            assertTrue(work.hash());
            assertEquals(1, copyAll(work));
            while (beside.waiting().root() == null)
            {
                assertTrue(agent.doWork() > 0);
                copyAll(work);
            }
            assertEquals(0, agent.doWork());
            final StateRoot expected = atOnce.waiting().root();
            final StateRoot actual = beside.waiting().root();
            assertEquals(2 * ACCOUNT_COUNT, actual.accountCount());
            assertEquals(expected.asOfSequence(), actual.asOfSequence());
            assertArrayEquals(expected.accountsRoot(), actual.accountsRoot());
            assertArrayEquals(expected.ledgersRoot(), actual.ledgersRoot());
            assertTrue(work.durationNs() > 0);
        }
    }

    /** Pass after pass, until there is nothing to copy or no room for it. */
    private static int copyAll(final StateRootWork work)
    {
        int count = 0;
        int copied = work.copySlices();
        while (copied > 0)
        {
            count += copied;
            copied = work.copySlices();
        }
        return count;
    }

    private static void createAccounts(final LedgerStateMachine stateMachine, final long firstId)
    {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordEncoder encoder = new AccountRecordEncoder().wrap(record, 0);
        final AccountRecordDecoder decoder = new AccountRecordDecoder().wrap(record, 0);
        stateMachine.startAccounts(firstId + ACCOUNT_COUNT, ACCOUNT_COUNT);
        for (int i = 0; i < ACCOUNT_COUNT; i++)
        {
            encoder.idLow(firstId + i).ledger(840).code(1);
            stateMachine.createAccount(decoder);
        }
    }
}
