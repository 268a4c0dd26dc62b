package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.seriatim.ledger.AccountDraft.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the table of accounts promises to those who use it, beyond what outcomes and balances show. */
class AccountTableTest
{
    private static final int COUNT = 10;

    private final AccountTable accounts = new AccountTable(3);
    private final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);

    @BeforeEach
    void fill()
    {
        for (int i = 0; i < COUNT; i++)
        {
            accounts.add(account(100 + i).command(), timestampNs(i), 1 + i);
        }
    }

    @AfterEach
    void close()
    {
        accounts.close();
    }

    private static long timestampNs(final int slot)
    {
        return 1_000 + 10 * slot;
    }

    @Test
    void shouldNotCallWhatDiffersBalanced()
    {
        assertTrue(accounts.isBalanced());
        accounts.addDebitPosted(1, 0, 5);
        assertFalse(accounts.isBalanced());
        accounts.addCreditPosted(2, 0, 5);
        assertTrue(accounts.isBalanced());
        accounts.addDebitPending(3, 0, 7);
        assertFalse(accounts.isBalanced());
        accounts.addCreditPending(COUNT - 1, 0, 6);
        assertFalse(accounts.isBalanced());
        accounts.addCreditPending(0, 0, 1);
        assertTrue(accounts.isBalanced());
        accounts.addCreditPosted(0, 1, 0);
        assertFalse(accounts.isBalanced(), "the high halves differ");
    }

    @Test
    void shouldFindTheTimestampsOfItsAccountsAndNoOthers()
    {
        for (int slot = 0; slot < COUNT; slot++)
        {
            assertTrue(accounts.hasTimestamp(timestampNs(slot)));
            assertFalse(accounts.hasTimestamp(timestampNs(slot) - 1));
            assertFalse(accounts.hasTimestamp(timestampNs(slot) + 1));
        }
        assertEquals(timestampNs(COUNT - 1), accounts.timestampMaxNs());
    }

    @Test
    void shouldForgetAnAccountThatIsUndone()
    {
        for (int i = 0; i < 5_000; i++)
        {
            accounts.add(account(1_000_000 + i).command(), 5_000, 50);
            accounts.removeLast();
        }
        assertEquals(COUNT, accounts.count());
        assertEquals(AccountTable.NOT_FOUND, accounts.slotOf(0, 1_000_000 + 4_999));
        assertEquals(AccountTable.NOT_FOUND, accounts.likelySlotOf(accounts.hash(0, 1_000_000 + 4_999)));
        accounts.expect(COUNT, COUNT);
        assertEquals(AccountTable.NOT_FOUND, accounts.slotOf(0, 1_000_000 + 4_999), "its row is still there");
    }

    @Test
    void shouldNotLookOnlyWhereAnAccountIsExpected()
    {
        for (int expected = AccountTable.NOT_FOUND; expected <= COUNT; expected++)
        {
            accounts.expect(expected, COUNT - expected);
            for (int slot = 0; slot < COUNT; slot++)
            {
                assertEquals(slot, accounts.slotOf(0, 100 + slot));
                assertEquals(slot, accounts.likelySlotOf(accounts.hash(0, 100 + slot)));
            }
        }
    }

    @Test
    void shouldCountItsMemory()
    {
        final long before = accounts.allocatedBytes();
        final int more = 100_000;
        for (int i = 0; i < more; i++)
        {
            accounts.add(account(1_000 + i).command(), 5_000 + i, 50 + i);
        }
        final double each = (accounts.allocatedBytes() - before) / (double)more;
        assertTrue(each > 136 + 16 && each < 136 + 40 + 10, "bytes an account: " + each);

        accounts.beginCopy();
        final long copying = accounts.allocatedBytes();
        accounts.addDebitPosted(1, 0, 1);
        assertTrue(accounts.allocatedBytes() > copying, "what a copy saves is not counted");
        accounts.endCopy();
        assertTrue(accounts.allocatedBytes() <= copying, "what a copy has saved is kept");
    }

    @Test
    void shouldReadARowWithoutWhatIsNotItsOwn()
    {
        record.setMemory(0, record.capacity(), (byte)0xFF);
        accounts.read(4, record, 0);
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(record, 0);
        assertEquals(104, account.idLow());
        assertEquals(0, account.reserved());
        assertEquals(timestampNs(4), account.timestampNs());
    }
}
