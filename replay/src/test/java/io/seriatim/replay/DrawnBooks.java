package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static io.seriatim.ledger.TransferFlags.IMPORTED;
import static io.seriatim.ledger.TransferFlags.LINKED;
import static io.seriatim.ledger.TransferFlags.PENDING;
import static io.seriatim.ledger.TransferFlags.POST_PENDING_TRANSFER;
import static io.seriatim.ledger.TransferFlags.VOID_PENDING_TRANSFER;

/** Requests of every kind to one ledger, at random but from a seed, most of them good; and its time moves on. */
final class DrawnBooks
{
    private static final int ACCOUNT_COUNT = 16;
    private static final int RECENT_COUNT = 30;

    private final Random random;
    private final int ledgerNumber;
    private final List<Transfer> recent = new ArrayList<>();
    private int transferCount;

    private DrawnBooks(final long seed, final int ledgerNumber)
    {
        random = new Random(seed * 1_000 + ledgerNumber);
        this.ledgerNumber = ledgerNumber;
    }

    /** Write two ledgers, over two launches. */
    static void write(final Path directory, final int shardCount, final long seed, final int requestCount)
    {
        final List<DrawnBooks> books =
            List.of(new DrawnBooks(seed, TwoPhaseBooks.USD), new DrawnBooks(seed, TwoPhaseBooks.EUR));
        for (int launch = 0; launch < 2; launch++)
        {
            try (LedgerEngine engine = LedgerEngine.launch(TwoPhaseBooks.config(directory, shardCount)))
            {
                for (final DrawnBooks book : books)
                {
                    book.createAccounts(engine.ledger(book.ledgerNumber), launch);
                }
                for (int request = 0; request < requestCount; request++)
                {
                    books.forEach(book -> book.write(engine.ledger(book.ledgerNumber)));
                }
            }
        }
    }

    private void createAccounts(final Ledger ledger, final int launch)
    {
        final List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < ACCOUNT_COUNT; i++)
        {
            final int flags = i < ACCOUNT_COUNT / 2 ? 0 : 1 << random.nextInt(4) & ~AccountFlags.LINKED;
            accounts.add(Account.of(ledgerNumber * 1_000L + launch * ACCOUNT_COUNT + i, 10, flags));
        }
        ledger.createAccounts(accounts);
    }

    private void write(final Ledger ledger)
    {
        switch (random.nextInt(20))
        {
            case 0:
                ledger.advanceClock(random.nextInt(4) * TwoPhaseBooks.SECOND_NS + random.nextInt(3));
                break;
            case 1:
                ledger.defineLedgers(
                    List.of(new LedgerDefinition(ledgerNumber, "A" + random.nextInt(9), random.nextInt(39))));
                break;
            case 2:
                ledger.lookupAccount(account());
                break;
            case 3:
                createImported(ledger);
                break;
            default:
                ledger.createTransfers(transfers());
                break;
        }
    }

    /** Behind the newest transfer, and before the newest time: there are some nanoseconds in between. */
    private void createImported(final Ledger ledger)
    {
        final long timestampNs = ledger.createTransfer(between().withFlags(0)).timestampNs();
        ledger.advanceClock(100);
        final List<Transfer> transfers = new ArrayList<>();
        for (final Transfer transfer : transfers())
        {
            final boolean isOther = random.nextInt(9) == 0;
            transfers.add(isOther ? transfer :
                transfer.imported(timestampNs + 1 + 2L * transfers.size() + random.nextInt(4) / 3));
        }
        ledger.createTransfers(transfers);
    }

    private List<Transfer> transfers()
    {
        final int count = 1 + random.nextInt(8);
        final List<Transfer> transfers = new ArrayList<>();
        while (transfers.size() < count)
        {
            final Transfer transfer = transfer();
            final boolean isLinked = transfers.size() < count - 1 && random.nextInt(8) == 0;
            transfers.add(isLinked ? transfer.withFlags(transfer.flags() | LINKED) : transfer);
            recent.add(transfers.get(transfers.size() - 1));
        }
        while (recent.size() > RECENT_COUNT)
        {
            recent.remove(0);
        }
        return transfers;
    }

    private Transfer transfer()
    {
        switch (random.nextInt(16))
        {
            case 0:
            case 1:
            case 2:
                return resolve(POST_PENDING_TRANSFER, random.nextInt(2) == 0 ? Uint128.MAX : amount());
            case 3:
            case 4:
                return resolve(VOID_PENDING_TRANSFER, random.nextInt(9) == 0 ? amount() : Uint128.ZERO);
            case 5:
                return between().withFlags(random.nextInt(4) << 4);
            case 6:
                return random.nextInt(4) > 0 ? between() : between().withFlags(random.nextInt(IMPORTED));
            case 7:
                return recent.isEmpty() ? between() : recent.get(random.nextInt(recent.size()));
            case 8:
                return closing();
            case 9:
            case 10:
            case 11:
            case 12:
                return TwoPhaseBooks.timeout(
                    between().withFlags(PENDING | (random.nextInt(4) == 0 ? random.nextInt(4) << 4 : 0))
                        .withUserData(Uint128.of(random.nextInt(2)), random.nextInt(2), random.nextInt(2)),
                    random.nextInt(4));
            default:
                return between();
        }
    }

    /** Some are closed for a while, so that the rest goes on. */
    private Transfer closing()
    {
        return random.nextInt(4) > 0 ? between() : TwoPhaseBooks.timeout(
            between().withFlags(PENDING | 1 + random.nextInt(3) << 6), 1 + random.nextInt(3));
    }

    private Transfer resolve(final int flags, final Uint128 amount)
    {
        final List<Transfer> pendings =
            recent.stream().filter(transfer -> random.nextInt(9) == 0 || (transfer.flags() & PENDING) != 0).toList();
        final Uint128 pendingId =
            pendings.isEmpty() ? Uint128.of(7) : pendings.get(random.nextInt(pendings.size())).id();
        return TwoPhaseBooks.resolve(nextId(), pendingId.low(), amount, flags)
            .withUserData(Uint128.of(random.nextInt(2)), random.nextInt(2), random.nextInt(2));
    }

    private Transfer between()
    {
        return Transfer.of(Uint128.of(nextId()), Uint128.of(account()), Uint128.of(account()), amount(), 1);
    }

    private Uint128 amount()
    {
        return Uint128.of(random.nextInt(30));
    }

    private long nextId()
    {
        return ledgerNumber * 1_000_000L + ++transferCount;
    }

    private long account()
    {
        return ledgerNumber * 1_000L + random.nextInt(ACCOUNT_COUNT + 2);
    }
}
