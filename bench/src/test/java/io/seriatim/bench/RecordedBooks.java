package io.seriatim.bench;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Small books to be sent again: two-phase transfers, chains, ids that come twice, refusals, and expiries if time may
 * matter.
 */
final class RecordedBooks
{
    static final int LEDGER = 840;

    private static final int ACCOUNT_COUNT = 10;
    private static final int REQUEST_COUNT = 120;
    private static final int BATCH_COUNT_MAX = 40;
    private static final long START_NS = TimeUnit.SECONDS.toNanos(1_700_000_000L);

    private final Random random;
    private final boolean isTimed;
    private long nextId = 1_000;

    RecordedBooks(final long seed, final boolean isTimed)
    {
        random = new Random(seed);
        this.isTimed = isTimed;
    }

    /** Make them. The clock is moved by hand, ten milliseconds a request, and sometimes by a second and a half. */
    void write(final Path directory)
    {
        final EngineConfig config = new EngineConfig()
            .dataDirectory(directory).durability(Durability.OS).readModel(false).clock(new ManualClock());
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            ledger.setClock(START_NS);
            ledger.defineLedgers(List.of(new LedgerDefinition(LEDGER, "USD", 2)));
            final List<Account> accounts = new ArrayList<>();
            for (int id = 1; id <= ACCOUNT_COUNT; id++)
            {
                accounts.add(Account.of(id, 1, id == 1 ? 0 : AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS));
            }
            accounts.add(Account.of(1, 1, 0));
            accounts.add(Account.of(ACCOUNT_COUNT + 1, 0, 0));
            ledger.createAccounts(accounts);
            if (isTimed)
            {
                // The second one goes back in time, and is refused.
                ledger.advanceClock(TimeUnit.SECONDS.toNanos(1));
                ledger.createTransfers(List.of(
                    imported(START_NS + TimeUnit.MILLISECONDS.toNanos(500)),
                    imported(START_NS + TimeUnit.MILLISECONDS.toNanos(400))));
            }
            for (int i = 0; i < REQUEST_COUNT; i++)
            {
                ledger.advanceClock(TimeUnit.MILLISECONDS.toNanos(i % 60 == 59 ? 1_500 : 10));
                ledger.createTransfers(request());
            }
            if (isTimed)
            {
                // The last thing that happens is an expiry.
                ledger.createTransfer(transfer(1, 2, 7, TransferFlags.PENDING, 1, 0));
                ledger.advanceClock(TimeUnit.SECONDS.toNanos(2));
            }
        }
    }

    private List<Transfer> request()
    {
        final List<Transfer> transfers = new ArrayList<>();
        final int count = 1 + random.nextInt(BATCH_COUNT_MAX);
        for (int i = 0; i < count; i++)
        {
            transfers.add(transfer(i + 1 < count));
        }
        return transfers;
    }

    private Transfer transfer(final boolean mayBeLinked)
    {
        final long debit = 1 + random.nextInt(ACCOUNT_COUNT + 1);
        final long credit = 1 + random.nextInt(ACCOUNT_COUNT);
        final int amount = random.nextInt(100);
        final long older = Math.max(1_000, nextId - 1 - random.nextInt(30));
        switch (random.nextInt(8))
        {
            case 0:
                return transfer(debit, credit, amount, TransferFlags.PENDING, isTimed ? random.nextInt(3) : 0, 0);
            case 1:
                return Transfer.post(nextId++, older);
            case 2:
                return Transfer.voiding(nextId++, older);
            case 3:
                return transfer(debit, credit, amount, TransferFlags.BALANCING_DEBIT, 0, 0);
            case 4:
                return Transfer.of(older, debit, credit, amount, 1);
            case 5:
                return transfer(debit, credit, amount, mayBeLinked ? TransferFlags.LINKED : 0, 0, 0);
            default:
                return transfer(1, credit, amount, 0, 0, 0);
        }
    }

    private Transfer imported(final long timestampNs)
    {
        return transfer(1, 2, 10, TransferFlags.IMPORTED, 0, timestampNs);
    }

    private Transfer transfer(
        final long debit,
        final long credit,
        final int amount,
        final int flags,
        final int timeout,
        final long timestampNs)
    {
        return new Transfer(
            Uint128.of(nextId++), Uint128.of(debit), Uint128.of(credit), Uint128.of(amount), Uint128.ZERO, 0, 1,
            flags, timeout, Uint128.ZERO, 0, 0, timestampNs);
    }
}
