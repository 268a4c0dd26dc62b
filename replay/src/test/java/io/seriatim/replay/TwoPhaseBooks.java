package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static io.seriatim.ledger.TransferFlags.BALANCING_CREDIT;
import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_DEBIT;
import static io.seriatim.ledger.TransferFlags.LINKED;
import static io.seriatim.ledger.TransferFlags.PENDING;
import static io.seriatim.ledger.TransferFlags.POST_PENDING_TRANSFER;
import static io.seriatim.ledger.TransferFlags.VOID_PENDING_TRANSFER;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Journals with every kind of entry, written by a real engine whose clock the writer moves. */
final class TwoPhaseBooks
{
    static final int USD = 840;
    static final int EUR = 978;
    static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private TwoPhaseBooks()
    {
    }

    static EngineConfig config(final Path directory, final int shardCount)
    {
        return TestBooks.config(directory, shardCount)
            .threading(Threading.INVOKER)
            .readModel(false)
            .clock(new ManualClock())
            .clockJumpMaxNs(TimeUnit.DAYS.toNanos(1));
    }

    /**
     * Write one of everything, in one ledger, whose sequences are: 1 and 2 definitions, 3 to 8 accounts, and from 9 on
     * what the comments say.
     */
    static void write(final Path directory)
    {
        try (LedgerEngine engine = LedgerEngine.launch(config(directory, 1)))
        {
            final Ledger usd = engine.ledger(USD);
            usd.defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2), new LedgerDefinition(392, "JPY", 0)));
            usd.createAccounts(List.of(
                Account.of(1, 10, 0),
                Account.of(2, 10, 0).withUserData(Uint128.of(7), 8, 9),
                Account.of(3, 10, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS),
                Account.of(4, 10, AccountFlags.HISTORY),
                Account.of(5, 10, 0),
                Account.of(6, 10, 0)));

            // Posts and voids name no ledger, so they go to the shard.
            final Ledger shard = engine.shard(0);
            // 9 to 13: pending transfers.
            create(shard,
                Transfer.of(100, 1, 2, 10, 1).withFlags(PENDING).withUserData(Uint128.of(1), 2, 3),
                Transfer.of(101, 1, 3, 20, 1).withFlags(PENDING),
                timeout(Transfer.of(102, 1, 4, 30, 1).withFlags(PENDING), 5),
                timeout(Transfer.of(103, 5, 6, 0, 1).withFlags(PENDING | CLOSING_DEBIT | CLOSING_CREDIT), 4),
                timeout(Transfer.of(104, 1, 3, 40, 1).withFlags(PENDING), 60));
            // 14 and 15: a post of a part, a post of all. 16 to 20: what is refused, with and without a pending one.
            create(shard,
                resolve(110, 104, Uint128.of(15), POST_PENDING_TRANSFER),
                resolve(111, 101, Uint128.MAX, POST_PENDING_TRANSFER),
                resolve(112, 101, Uint128.ZERO, VOID_PENDING_TRANSFER),
                resolve(113, 999, Uint128.ZERO, VOID_PENDING_TRANSFER),
                resolve(114, 102, Uint128.of(31), POST_PENDING_TRANSFER),
                resolve(115, 110, Uint128.of(1), POST_PENDING_TRANSFER),
                resolve(111, 101, Uint128.MAX, POST_PENDING_TRANSFER));
            // 21 to 23: a chain that fails after its post was applied.
            create(shard,
                resolve(120, 100, Uint128.of(3), POST_PENDING_TRANSFER | LINKED),
                Transfer.of(121, 1, 3, 5, 1).withFlags(LINKED),
                Transfer.of(122, 1, 1, 5, 1));
            // 24: a void, with data of its own. 25 to 27: balancing transfers, one down to 0, one that is pending.
            create(shard, resolve(130, 100, Uint128.ZERO, VOID_PENDING_TRANSFER).withUserData(Uint128.ZERO, 5, 0));
            create(shard,
                Transfer.of(131, 3, 1, 1_000, 1).withFlags(BALANCING_DEBIT),
                Transfer.of(132, 3, 1, 1_000, 1).withFlags(BALANCING_DEBIT),
                Transfer.of(133, 4, 1, 1, 1).withFlags(BALANCING_CREDIT | PENDING));
            // 28 and 29: the time of two is over; the one that had closed accounts goes first.
            assertEquals(2, usd.advanceClock(10 * SECOND_NS).expiredCount());
            // 30 to 32: what has expired can not be posted; accounts are open again; one is closed.
            create(shard,
                resolve(140, 102, Uint128.MAX, POST_PENDING_TRANSFER),
                Transfer.of(141, 5, 6, 1, 1),
                Transfer.of(142, 4, 5, 0, 1).withFlags(PENDING | CLOSING_CREDIT));
            // 33 and 34: a closed account takes nothing; the void opens it again.
            create(shard, Transfer.of(143, 4, 5, 1, 1), resolve(144, 142, Uint128.ZERO, VOID_PENDING_TRANSFER));
            // 35; 36 and 37: imported, one of them pending.
            final long timestampNs = usd.createTransfer(Transfer.of(150, 1, 2, 1, 1)).timestampNs();
            create(shard,
                Transfer.of(151, 1, 2, 6, 1).imported(timestampNs + 1),
                Transfer.of(152, 1, 2, 7, 1).withFlags(PENDING).imported(timestampNs + 2));
            // 38: stays open. 39: another definition.
            create(shard, timeout(Transfer.of(153, 2, 1, 8, 1).withFlags(PENDING), 1_000));
            usd.defineLedgers(List.of(new LedgerDefinition(USD, "US-DOLLAR", 3)));
        }
    }

    private static void create(final Ledger shard, final Transfer... transfers)
    {
        shard.createTransfers(Stream.of(transfers)
            .map(transfer -> transfer.pendingId().equals(Uint128.ZERO) ? transfer.withLedger(USD) : transfer)
            .toList());
    }

    static Transfer resolve(final long id, final long pendingId, final Uint128 amount, final int flags)
    {
        return new Transfer(
            Uint128.of(id), Uint128.ZERO, Uint128.ZERO, amount, Uint128.of(pendingId), 0, 0, flags, 0, Uint128.ZERO,
            0, 0, 0);
    }

    static Transfer timeout(final Transfer of, final int seconds)
    {
        return new Transfer(
            of.id(), of.debitAccountId(), of.creditAccountId(), of.amount(), of.pendingId(), of.ledger(), of.code(),
            of.flags(), seconds, of.userData128(), of.userData64(), of.userData32(), of.timestampNs());
    }
}
