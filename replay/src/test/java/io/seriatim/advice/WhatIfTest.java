package io.seriatim.advice;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.HostileRequest;
import io.seriatim.ledger.HostileWorkload;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is said of another order before it is executed holds when it is: nothing comes out otherwise of which that was
 * not said, and what keeps to all that depends on each other comes out the same.
 */
class WhatIfTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.whatif.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.whatif.seeds", 60);
    private static final int ENTRIES_PER_SEED = 1_500;
    private static final int BATCH_COUNT_MAX = 32;
    private static final long START_NS = 1_000_000_000_000L;
    private static final int LEDGER = 840;
    private static final int OUTCOME_OFFSET = 36;
    private static final long SECOND_NS = 1_000_000_000L;

    private final EntryLog entries = new EntryLog();
    private final LedgerStateMachine stateMachine = new LedgerStateMachine(BATCH_COUNT_MAX, 64, 5, entries);
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private long nowNs = START_NS;
    private int accountCode = 1;

    @AfterEach
    void close()
    {
        stateMachine.close();
    }

    @Test
    void shouldForeseeEverythingThatComesOutOtherwise()
    {
        final Map<KeptOrder, Long> changed = new EnumMap<>(KeptOrder.class);
        long riskCount = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try (WhatIf whatIf = hostile(seed))
            {
                whatIf.begin();
                for (final KeptOrder kept : KeptOrder.values())
                {
                    for (final int window : new int[] {1, 10, 1_000})
                    {
                        final WhatIf.Trial trial = whatIf.tryOrder(kept, window, seed);
                        changed.merge(kept, trial.changedCount(), Long::sum);
                        riskCount += trial.riskCount();
                        final String where = "seed=" + seed + ", " + trial +
                            "; run it alone with -Dseriatim.whatif.seeds=1 -Dseriatim.whatif.seed=" + seed;
                        assertEquals(0, trial.unforeseenCount(), where);
                        assertEquals(0, trial.accountUnforeseenCount(), where);
                        if (kept == KeptOrder.TOTAL)
                        {
                            assertEquals(0, trial.movedCount() + trial.riskCount() + trial.accountChangeCount(), where);
                        }
                    }
                }
            }
        }
        System.out.println(
            "other orders: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", at risk=" + riskCount +
            ", came out otherwise=" + changed + ", none of them unforeseen");
        assertEquals(0, changed.get(KeptOrder.TOTAL));
        assertTrue(changed.get(KeptOrder.NONE) > changed.get(KeptOrder.DEPENDENCE), changed::toString);
    }

    private WhatIf hostile(final long seed)
    {
        final ReferenceLedger reference = new ReferenceLedger();
        final HostileWorkload workload =
            new HostileWorkload(seed, reference, BATCH_COUNT_MAX, HostileWorkload.Features.CREATES);
        final EntryLog written = new EntryLog();
        try (LedgerStateMachine hostile = new LedgerStateMachine(BATCH_COUNT_MAX, 64, seed, written))
        {
            while (written.count() < ENTRIES_PER_SEED)
            {
                final HostileRequest request = workload.next();
                request.applyTo(reference).releases().forEach(expiry ->
                {
                    hostile.expireNext(expiry.timestamp());
                    written.takeFrom(hostile);
                });
                if (request.count() > 0)
                {
                    apply(hostile, request);
                }
                written.takeFrom(hostile);
            }
        }
        return read(written, false);
    }

    private void apply(final LedgerStateMachine hostile, final HostileRequest request)
    {
        if (request.isAccounts())
        {
            hostile.startAccounts(request.batchTimestamp(), request.count());
            request.accounts().forEach(account ->
            {
                Events.encode(account, accountEncoder.wrap(event, 0));
                hostile.createAccount(accountDecoder.wrap(event, 0));
            });
        }
        else
        {
            hostile.startTransfers(request.batchTimestamp(), request.count());
            request.transfers().forEach(transfer ->
            {
                Events.encode(transfer, transferEncoder.wrap(event, 0));
                hostile.createTransfer(transferDecoder.wrap(event, 0), transfer.timestamp());
            });
        }
    }

    private static WhatIf read(final EntryLog written, final boolean isImportIgnored)
    {
        final WhatIf whatIf = new WhatIf(BATCH_COUNT_MAX, isImportIgnored);
        for (int i = 0; i < written.count(); i++)
        {
            whatIf.onEntry(written.buffer(), written.offset(i), written.offset(i + 1) - written.offset(i));
        }
        return whatIf;
    }

    /** Additions commute, so a history of nothing else comes out the same in any order. */
    @Test
    void shouldFindNothingInWhatIsBuiltToCommute()
    {
        final Random random = new Random(3);
        for (int account = 1; account <= 10; account++)
        {
            account(account, 0);
        }
        for (int i = 0; i < 2_000; i++)
        {
            final int debit = random.nextInt(10);
            transfer(1_000 + i, 1 + debit, 1 + (debit + 1 + random.nextInt(9)) % 10, 1 + random.nextInt(9), 0, 0);
        }
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            assertEquals(0, whatIf.dependentCount());
            assertEquals(2, whatIf.criticalPath(KeptOrder.DEPENDENCE), "an account, and then a transfer");
            assertEquals(2_010, whatIf.criticalPath(KeptOrder.TOTAL));
            assertEquals(2_010, whatIf.criticalPath(KeptOrder.LEDGER));
            final long path = whatIf.criticalPath(KeptOrder.ACCOUNT);
            assertTrue(path > 400 && path < 2_000, "path=" + path);
            final WhatIf.Trial trial = whatIf.tryOrder(KeptOrder.DEPENDENCE, 100_000, 1);
            assertTrue(trial.movedCount() > 1_900, trial::toString);
            assertEquals(0, trial.riskCount() + trial.changedCount() + trial.accountChangeCount(), trial::toString);
        }
    }

    /** Three withdrawals of an account that holds enough for two: which one is refused depends on their order alone. */
    @Test
    void shouldFindWhatWasBuiltIn()
    {
        account(1, 0);
        account(2, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        account(3, 0);
        transfer(10, 1, 2, 100, 0, 0);
        transfer(11, 2, 3, 50, 0, 0);
        transfer(12, 1, 3, 7, 0, 0);
        transfer(13, 2, 3, 50, 0, 0);
        transfer(14, 2, 3, 50, 0, 0);
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            assertEquals(Map.of(Dependence.LIMIT, 3L), whatIf.dependences());
            assertEquals(3, whatIf.dependentCount());
            assertEquals(8, whatIf.commandCount());
            assertEquals(5, whatIf.criticalPath(KeptOrder.DEPENDENCE), "account, deposit, three withdrawals");
            final WhatIf.HeavyAccount heaviest = whatIf.heaviestAccounts(3).get(0);
            assertEquals(Uint128.of(2), heaviest.id());
            assertEquals(4, heaviest.commandCount());
            assertEquals(3, heaviest.checkCount());
            assertEquals(new WhatIf.Split(5, 3, 2), heaviest.byDependence(), "of four in a row");

            // The second and the third withdrawal.
            final WhatIf.Trial swapped = whatIf.swap(7, 8);
            assertEquals(2, swapped.riskCount());
            assertEquals(2, swapped.changedCount(), swapped::toString);
            assertEquals(0, swapped.accountChangeCount(), "both take the same");
            assertEquals(7, swapped.examples().get(0).sequence());
            assertEquals(TransferOutcome.CREATED.code(), swapped.examples().get(0).recorded());
            assertEquals(TransferOutcome.EXCEEDS_CREDITS.code(), swapped.examples().get(0).executed());

            // The deposit and the first withdrawal: it is refused, and the third one is not.
            final WhatIf.Trial late = whatIf.swap(4, 5);
            assertEquals(3, late.riskCount());
            assertEquals(2, late.changedCount(), late::toString);

            // What does not depend on each other.
            final WhatIf.Trial apart = whatIf.swap(5, 6);
            assertEquals(0, apart.riskCount() + apart.changedCount());
            assertEquals(2, apart.movedCount());
            assertThrows(IllegalArgumentException.class, () -> whatIf.swap(5, 9));
        }
    }

    @Test
    void shouldTellWhyTransfersDependOnOthers()
    {
        account(1, 0);
        account(2, 0);
        transfer(10, 1, 2, 1, TransferFlags.LINKED, 0);
        transfer(11, 1, 2, 1, 0, 0);
        transfer(12, 1, 2, 5, TransferFlags.PENDING, 0);
        transfer(13, 1, 2, 5, TransferFlags.POST_PENDING_TRANSFER, 12);
        transfer(14, 1, 2, 5, TransferFlags.BALANCING_CREDIT, 0);
        transfer(11, 1, 2, 1, 0, 0);
        transfer(15, 1, 2, 0, TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT, 0);
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            assertEquals(
                Map.of(
                    Dependence.CHAIN, 1L, Dependence.PENDING, 3L, Dependence.BALANCING, 1L,
                    Dependence.REPEATED_ID, 2L, Dependence.CLOSING, 1L), whatIf.dependences());
            assertEquals(List.of(new WhatIf.LedgerGroup(List.of(840L), 9)), whatIf.ledgers());
            // A post before there is what it posts.
            final WhatIf.Trial trial = whatIf.swap(5, 6);
            assertEquals(6, trial.examples().get(0).sequence());
            assertEquals(TransferOutcome.PENDING_TRANSFER_NOT_FOUND.code(), trial.examples().get(0).executed());
            assertEquals(2, trial.accountChangeCount(), "the amount stays pending");
        }
    }

    /** On either side, and by amounts that are the largest that there are. */
    @Test
    void shouldTellLimitsAndSumsThatCanOverflowOnEitherSide()
    {
        account(1, 0);
        account(2, 0);
        account(3, AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS);
        account(4, 0);
        transfer(10, 1, 3, 1, 0, 0);
        transfer(11, 3, 1, 1, 0, 0);
        send(transferEncoder(12, 1, 2, 0, 0).amountHigh(-1L));
        send(transferEncoder(13, 4, 2, 0, 0).amountHigh(1L << 62));
        send(transferEncoder(14, 1, 4, 0, 0).amountHigh(1L << 62));
        nowNs += 2;
        stateMachine.startTransfers(nowNs, 2);
        stateMachine.createTransfer(wrapped(transferEncoder(20, 4, 3, 1, 0)), 0);
        stateMachine.createTransfer(wrapped(transferEncoder(21, 3, 4, 1, 0)), 0);
        entries.takeFrom(stateMachine);
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            // Of account 1 on the one side, those with 10, 12 and 14; of account 2 on the other, with 12 and 13.
            assertEquals(Map.of(Dependence.LIMIT, 2L, Dependence.OVERFLOW, 4L), whatIf.dependences());
            assertEquals(5, whatIf.dependentCount(), "the first one for both; two of one request are no chain");
        }
    }

    @Test
    void shouldPutLedgersTogetherThatAChainChanges()
    {
        stateMachine.startDefinitions(++nowNs, 1);
        stateMachine.defineLedger(978, 2, new UnsafeBuffer(Arrays.copyOf(new byte[]{'E', 'U', 'R'}, 16)), 0);
        entries.takeFrom(stateMachine);
        final int[] ledgers = {840, 978, 826, 392};
        for (int i = 0; i < ledgers.length; i++)
        {
            account(1 + 2 * i, 0, ledgers[i]);
            account(2 + 2 * i, 0, ledgers[i]);
            send(transferEncoder(10 + i, 1 + 2 * i, 2 + 2 * i, 1, 0).ledger(ledgers[i]));
        }
        for (int chain = 20; chain <= 30; chain += 10)
        {
            nowNs += 3;
            stateMachine.startTransfers(nowNs, 3);
            for (int i = 0; i < 3; i++)
            {
                stateMachine.createTransfer(
                    wrapped(transferEncoder(chain + i, 1 + 2 * i, 2 + 2 * i, 1, i < 2 ? TransferFlags.LINKED : 0)
                        .ledger(ledgers[i])), 0);
            }
        }
        entries.takeFrom(stateMachine);
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            assertEquals(19, whatIf.commandCount(), "the definition is one");
            final WhatIf.LedgerGroup together = new WhatIf.LedgerGroup(List.of(826L, 840L, 978L), 15);
            assertEquals(List.of(together, new WhatIf.LedgerGroup(List.of(392L), 3)), whatIf.ledgers());
            assertEquals(Map.of(Dependence.CHAIN, 6L), whatIf.dependences());
        }
    }

    @Test
    void shouldExecuteNothingThatComesOutOtherwiseThanRecorded()
    {
        account(1, 0);
        account(2, 0);
        transfer(10, 1, 2, 5, 0, 0);
        final MutableDirectBuffer changed = (MutableDirectBuffer)entries.buffer();
        changed.putInt(entries.offset(2) + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_CREDITS.code());
        try (WhatIf whatIf = read(entries, false))
        {
            final IllegalStateException ex = assertThrows(IllegalStateException.class, whatIf::begin);
            assertEquals(
                "a command comes out otherwise than was recorded, in the order that was recorded: sequence=3, " +
                "recorded outcome=" + TransferOutcome.EXCEEDS_CREDITS.code() + ", executed outcome=4294967295",
                ex.getMessage());
        }
        try (WhatIf whatIf = read(entries, true))
        {
            assertEquals(1, whatIf.begin(), "as if imports were new, it is counted");
        }
        try (WhatIf nothing = new WhatIf(BATCH_COUNT_MAX, false))
        {
            assertTrue(nothing.isAtTheEndOfAChain());
            assertEquals(0, nothing.begin());
            assertEquals(List.of(), nothing.ledgers());
        }
    }

    /** An account that a pending transfer has closed is open again when that expires. */
    @Test
    void shouldKnowThatAnExpiryOpensAccounts()
    {
        account(1, 0);
        account(2, 0);
        account(3, 0);
        send(transferEncoder(100, 1, 2, 0, TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT).timeout(1));
        nowNs += SECOND_NS / 2;
        transfer(101, 3, 1, 5, 0, 0);
        nowNs = stateMachine.nextExpiryNs() + 1;
        stateMachine.expireNext(nowNs);
        entries.takeFrom(stateMachine);
        nowNs += SECOND_NS;
        transfer(102, 2, 3, 5, 0, 0);
        assertForeseen(5, 7, 1);
    }

    /** An id whose first command was refused, and that came again, mended. */
    @Test
    void shouldKnowWhatCameAgainMended()
    {
        account(1, 0);
        account(2, 0);
        account(3, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        account(4, 0);
        transfer(10, 4, 3, 100, 0, 0);
        send(transferEncoder(100, 1, 2, 60, TransferFlags.PENDING).code(0));
        transfer(100, 3, 4, 60, TransferFlags.PENDING, 0);
        transfer(101, 0, 0, 0, TransferFlags.VOID_PENDING_TRANSFER, 100);
        transfer(102, 3, 4, 80, 0, 0);
        assertForeseen(8, 9, 1);
    }

    /** The limit of an account counts, though it was first asked for without one and refused. */
    @Test
    void shouldKnowTheFlagsOfAnAccountThatCameAgain()
    {
        account(1, 0);
        accountCode = 0;
        account(2, 0);
        accountCode = 1;
        account(2, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS);
        transfer(10, 1, 2, 100, 0, 0);
        transfer(11, 2, 1, 80, 0, 0);
        transfer(12, 2, 1, 90, 0, 0);
        assertForeseen(5, 6, 2);
    }

    /** What a balancing transfer moves can make a sum overflow as well. */
    @Test
    void shouldKnowThatBalancingCanOverflow()
    {
        account(1, 0);
        account(2, 0);
        account(3, 0);
        send(transferEncoder(10, 1, 2, 0, 0).amountHigh(1L << 63));
        send(transferEncoder(11, 1, 3, 0, 0).amountHigh(1L << 62));
        send(transferEncoder(12, 2, 3, -1, TransferFlags.BALANCING_DEBIT).amountHigh(-1));
        send(transferEncoder(13, 1, 3, 0, 0).amountHigh(1L << 62).debitAccountIdLow(2));
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            final WhatIf.Trial trial = whatIf.swap(6, 7);
            assertEquals(0, trial.unforeseenCount() + trial.accountUnforeseenCount(), trial::toString);
        }
    }

    private void assertForeseen(final long sequence, final long otherSequence, final long changedMin)
    {
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            final WhatIf.Trial trial = whatIf.swap(sequence, otherSequence);
            assertTrue(trial.changedCount() >= changedMin, trial::toString);
            assertEquals(0, trial.unforeseenCount() + trial.accountUnforeseenCount(), trial::toString);
        }
    }

    @Test
    void shouldNotSwapWhatCanOnlyBeMovedTogether()
    {
        account(1, 0);
        account(2, 0);
        transfer(10, 1, 2, 1, TransferFlags.LINKED, 0);
        try (WhatIf whatIf = read(entries, false))
        {
            assertTrue(!whatIf.isAtTheEndOfAChain());
        }
        nowNs += 2;
        stateMachine.startTransfers(nowNs, 2);
        stateMachine.createTransfer(wrapped(transferEncoder(20, 1, 2, 1, TransferFlags.LINKED)), 0);
        stateMachine.createTransfer(wrapped(transferEncoder(21, 1, 2, 1, 0)), 0);
        entries.takeFrom(stateMachine);
        try (WhatIf whatIf = read(entries, false))
        {
            assertTrue(whatIf.isAtTheEndOfAChain());
            whatIf.begin();
            assertThrows(IllegalArgumentException.class, () -> whatIf.swap(4, 5));
        }
    }

    /** What is imported depends on time itself; as if it were not, it is only what else it is. */
    @Test
    void shouldTakeImportsAsIfTheyWereNew()
    {
        account(1, AccountFlags.IMPORTED);
        account(2, AccountFlags.IMPORTED);
        account(3, 0);
        transfer(10, 1, 2, 5, TransferFlags.IMPORTED, 0);
        transfer(11, 2, 1, 5, TransferFlags.IMPORTED, 0);
        try (WhatIf whatIf = read(entries, false))
        {
            whatIf.begin();
            assertEquals(Map.of(Dependence.IMPORT, 2L), whatIf.dependences());
            assertEquals(4, whatIf.swap(4, 5).riskCount(), "all of a time");
        }
        try (WhatIf whatIf = read(entries, true))
        {
            whatIf.begin();
            assertEquals(0, whatIf.dependentCount());
            final WhatIf.Trial trial = whatIf.swap(4, 5);
            assertEquals(0, trial.riskCount() + trial.changedCount() + trial.accountChangeCount(), trial::toString);
        }
    }

    private void account(final long id, final int flags)
    {
        account(id, flags, LEDGER);
    }

    private void account(final long id, final int flags, final int ledger)
    {
        nowNs++;
        stateMachine.startAccounts(nowNs, 1);
        event.setMemory(0, event.capacity(), (byte)0);
        accountEncoder.wrap(event, 0).idLow(id).ledger(ledger).code(accountCode).flags(flags)
            .timestampNs((flags & AccountFlags.IMPORTED) != 0 ? nowNs - START_NS / 2 : 0);
        stateMachine.createAccount(accountDecoder.wrap(event, 0));
        entries.takeFrom(stateMachine);
    }

    private void transfer(
        final long id, final long debit, final long credit, final long amount, final int flags, final long pendingId)
    {
        send(transferEncoder(id, debit, credit, amount, flags).pendingIdLow(pendingId));
    }

    private TransferRecordEncoder transferEncoder(
        final long id, final long debit, final long credit, final long amount, final int flags)
    {
        event.setMemory(0, event.capacity(), (byte)0);
        return transferEncoder.wrap(event, 0).idLow(id).debitAccountIdLow(debit).creditAccountIdLow(credit)
            .amountLow(amount).ledger((flags & TransferFlags.VOID_PENDING_TRANSFER) != 0 ? 0 : LEDGER)
            .code((flags & TransferFlags.VOID_PENDING_TRANSFER) != 0 ? 0 : 1).flags(flags);
    }

    private TransferRecordDecoder wrapped(final TransferRecordEncoder transfer)
    {
        return transferDecoder.wrap(transfer.buffer(), transfer.offset());
    }

    private void send(final TransferRecordEncoder transfer)
    {
        nowNs++;
        stateMachine.startTransfers(nowNs, 1);
        final TransferRecordDecoder decoded = wrapped(transfer);
        stateMachine.createTransfer(
            decoded, (decoded.flags() & TransferFlags.IMPORTED) != 0 ? nowNs - START_NS / 2 : 0);
        entries.takeFrom(stateMachine);
    }
}
