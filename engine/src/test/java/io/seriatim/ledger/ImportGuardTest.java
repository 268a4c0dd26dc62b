package io.seriatim.ledger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.LedgerFixture.SECOND_NS;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Releases own timestamps, as accounts and transfers do: nothing is imported with the timestamp of a release. And where
 * time ends, nothing is released.
 */
class ImportGuardTest
{
    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();

    @BeforeEach
    void openAccounts()
    {
        ledger.with(account(1), account(2));
    }

    @Test
    void shouldRefuseAnImportedAccountAtTheTimestampOfARelease()
    {
        final long releasedNs = release(10);
        ledger.at(releasedNs + 100);
        assertEquals(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, ledger.create(account(3).imported(releasedNs)));
        assertEquals(AccountOutcome.CREATED, ledger.create(account(3).imported(releasedNs - 1)));
        assertEquals(
            AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, ledger.create(account(4).imported(releasedNs)));
        assertEquals(AccountOutcome.CREATED, ledger.create(account(4).imported(releasedNs + 1)));
    }

    @Test
    void shouldRefuseAnImportedTransferAtTheTimestampOfARelease()
    {
        final long releasedNs = release(10);
        ledger.at(releasedNs + 100);
        assertEquals(
            TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
            ledger.send(transfer(1, 1, 2, 5).imported(releasedNs)));
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(1, 1, 2, 5).imported(releasedNs - 1)));
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(2, 1, 2, 5).imported(releasedNs + 1)));
    }

    @Test
    void shouldRefuseAnImportedPostOrVoidAtTheTimestampOfARelease()
    {
        ledger.with(pending(1, 1, 2, 5), pending(2, 1, 2, 5));
        final long releasedNs = release(10);
        ledger.at(releasedNs + 100);
        assertEquals(
            TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
            ledger.send(postOf(11, 1).imported(releasedNs)));
        assertEquals(
            TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
            ledger.send(voidOf(12, 2).imported(releasedNs)));
        assertEquals(TransferOutcome.CREATED, ledger.send(postOf(11, 1).imported(releasedNs - 1)));
        assertEquals(TransferOutcome.CREATED, ledger.send(voidOf(12, 2).imported(releasedNs + 1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindEveryReleaseAmongManyOtherEntries(final boolean isLoaded)
    {
        final List<Long> releases = new ArrayList<>();
        for (int i = 0; i < 300; i++)
        {
            for (int j = 0; j < i % 7 * 20; j++)
            {
                ledger.with(transfer(1_000 * (i + 1) + j, 1, 2, 1));
            }
            releases.add(release(10 + i));
            if (i % 3 == 0)
            {
                releases.add(release(500 + i));
            }
        }
        if (isLoaded)
        {
            ledger.reload();
        }
        ledger.at(ledger.nowNs() + 1_000);
        long id = 100;
        for (final long releasedNs : releases)
        {
            assertEquals(
                AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
                ledger.create(account(id).imported(releasedNs)), () -> "released=" + releasedNs);
            assertEquals(AccountOutcome.CREATED, ledger.create(account(id++).imported(releasedNs + 1)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindEveryTransferAmongManyOtherEntries(final boolean isLoaded)
    {
        final List<Long> timestamps = new ArrayList<>();
        for (int i = 0; i < 300; i++)
        {
            ledger.with(transfer(1 + i, 1, 2, 1));
            timestamps.add(ledger.nowNs());
            ledger.at(ledger.nowNs() + 10);
            for (int j = 0; j < i % 7 * 20; j++)
            {
                // Refused ones stand between them.
                ledger.send(transfer(1 + i, 1, 2, 2));
            }
        }
        if (isLoaded)
        {
            ledger.reload();
        }
        ledger.at(ledger.nowNs() + 1_000);
        long id = 100;
        for (final long timestampNs : timestamps)
        {
            assertEquals(
                AccountOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
                ledger.create(account(id).imported(timestampNs)), () -> "stored=" + timestampNs);
            assertEquals(AccountOutcome.CREATED, ledger.create(account(id++).imported(timestampNs + 1)));
        }
    }

    @Test
    void shouldNotReadAnEntryForAnImportBeforeTheFirstOrAfterTheNewestRelease()
    {
        final long beforeNs = ledger.nowNs() + 1;
        ledger.at(beforeNs + 10);
        final long firstReleaseNs = release(10);
        ledger.at(firstReleaseNs + 1_000);
        for (int i = 0; i < 100; i++)
        {
            ledger.with(account(100 + i));
        }
        final int readCount = ledger.entries().readCount();
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(1, 1, 2, 5).imported(firstReleaseNs - 1)));
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(2, 1, 2, 5).imported(firstReleaseNs + 1)));
        assertEquals(readCount, ledger.entries().readCount());
        assertTrue(beforeNs < firstReleaseNs);
    }

    @Test
    void shouldNeverReleaseWhatExpiresAtTheLastTimestamp()
    {
        final LedgerStateMachine stateMachine = ledger.stateMachine();
        final long createdNs = Long.MAX_VALUE - 20 * SECOND_NS;
        ledger.at(createdNs).with(pending(1, 1, 2, 5).timeout(20), pending(2, 1, 2, 5).timeout(19));
        assertEquals(createdNs + 1 + 19 * SECOND_NS, stateMachine.nextExpiryNs());
        ledger.expireNext();
        assertEquals(Long.MAX_VALUE, stateMachine.nextExpiryNs());
        assertThrows(IllegalStateException.class, () -> stateMachine.expireNext(Long.MAX_VALUE));
        assertEquals(PendingState.PENDING, ledger.state(1));
        assertEquals(TransferOutcome.CREATED, ledger.at(Long.MAX_VALUE - 1).send(postOf(3, 1)));
    }

    @Test
    void shouldRefuseAPostAtTheLastTimestampIfThatIsTheDeadline()
    {
        ledger.at(Long.MAX_VALUE - 20 * SECOND_NS).with(pending(1, 1, 2, 5).timeout(20));
        assertEquals(TransferOutcome.PENDING_TRANSFER_EXPIRED, ledger.at(Long.MAX_VALUE).send(postOf(3, 1)));
        assertEquals(PendingState.PENDING, ledger.state(1), "no timestamp is left for its release");
    }

    @Test
    void shouldReleaseNothingFromAnEmptyQueue()
    {
        final LedgerStateMachine stateMachine = ledger.stateMachine();
        assertEquals(Long.MAX_VALUE, stateMachine.nextExpiryNs());
        assertThrows(IllegalStateException.class, () -> stateMachine.expireNext(Long.MAX_VALUE));
    }

    @Test
    void shouldReleaseOnlyAfterTheDeadline()
    {
        final LedgerStateMachine stateMachine = ledger.stateMachine();
        ledger.with(pending(1, 1, 2, 5).timeout(1));
        final long deadlineNs = stateMachine.nextExpiryNs();
        assertThrows(IllegalStateException.class, () -> stateMachine.expireNext(deadlineNs));
        assertEquals(1, ledger.expireNext().pendingIdLow());
        assertEquals(deadlineNs + 1, ledger.nowNs());
    }

    /** Let a pending transfer of its own expire; returns the timestamp of its release, which is followed by a gap. */
    private long release(final long id)
    {
        ledger.with(pending(1_000_000 + id, 1, 2, 7).timeout(1));
        ledger.expireNext();
        final long releasedNs = ledger.nowNs();
        ledger.at(releasedNs + 10);
        return releasedNs;
    }
}
