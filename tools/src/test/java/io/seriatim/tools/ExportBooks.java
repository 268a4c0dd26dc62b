package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.Uint128;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small books with some of everything that an export has to get right. */
final class ExportBooks
{
    static final int USD = 840;
    static final int EUR = 978;

    /** A ledger without a definition, whose numbers are as long as they get. */
    static final int WIDE = 7;

    static final Uint128 WIDE_ID = new Uint128(-1, -2);
    static final BigInteger WIDEST = Uint128.MAX.toBigInteger();

    private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);

    private ExportBooks()
    {
    }

    /** Accounts and nothing that moves. */
    static void writeAccounts(final Path books)
    {
        try (LedgerEngine engine = launch(books))
        {
            engine.ledger(USD).createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
        }
    }

    /**
     * Five days of 1970, the fourth without a movement: transfers, a hold that is posted in part, one that is voided,
     * one that expires, a transfer that is imported behind it with a time before it, and a refusal, in two ledgers.
     */
    static void write(final Path books)
    {
        try (LedgerEngine engine = launch(books))
        {
            final Ledger usd = engine.ledger(USD);
            final Ledger eur = engine.ledger(EUR);
            usd.defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2), new LedgerDefinition(EUR, "EUR2", 3)));
            usd.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0), Account.of(3, 10, 0)));
            eur.createAccounts(List.of(Account.of(11, 10, 0), Account.of(12, 10, 0)));
            usd.createTransfer(100, 1, 2, 1_250, 7);
            eur.createTransfer(200, 11, 12, 9_999, 7);
            usd.createTransfer(101, 1, 9, 1, 7);
            usd.advanceClock(DAY_NS);
            usd.createTransfer(Transfer.of(102, 1, 2, 500, 7).pending(0));
            usd.createTransfer(Transfer.of(103, 2, 3, 70, 7).pending(0));
            usd.createTransfer(Transfer.of(104, 3, 1, 9, 7).pending(3_600));
            eur.createTransfer(201, 12, 11, 1, 7);
            usd.advanceClock(DAY_NS);
            usd.createTransfer(Transfer.of(109, 1, 2, 5, 7).imported(DAY_NS + TimeUnit.HOURS.toNanos(2)));
            usd.createTransfer(Transfer.post(105, 102, 300));
            usd.createTransfer(Transfer.voiding(106, 103));
            usd.advanceClock(2 * DAY_NS);
            usd.createTransfer(107, 2, 1, 50, 8);
            usd.createTransfer(108, 2, 3, 25, 8);
        }
    }

    /** In {@link #WIDE}, an amount moves once, and once it is held and let go of. */
    static void writeWide(final Path books, final BigInteger amount)
    {
        try (LedgerEngine engine = launch(books))
        {
            final Ledger wide = engine.ledger(WIDE);
            wide.createAccounts(List.of(
                Account.of(WIDE_ID, 10, 0), Account.of(2, 10, 0), Account.of(3, 10, 0), Account.of(4, 10, 0)));
            wide.createTransfer(Transfer.of(WIDE_ID, WIDE_ID, Uint128.of(2), Uint128.of(amount), 65_535));
            wide.createTransfer(Transfer.of(Uint128.of(101), Uint128.of(3), Uint128.of(4), Uint128.of(amount), 1)
                .pending(0));
            wide.createTransfer(Transfer.voiding(102, 101));
        }
    }

    /** One transfer, in a ledger whose asset has a name. */
    static void writeNamed(final Path books, final String assetCode)
    {
        try (LedgerEngine engine = launch(books))
        {
            final Ledger named = engine.ledger(WIDE);
            named.defineLedgers(List.of(new LedgerDefinition(WIDE, assetCode, 1)));
            named.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
            named.createTransfer(100, 1, 2, 1_250, 7);
        }
    }

    /** So many transfers of 1, 2, 3 and so on between the accounts 1 and 2. */
    static void writeMany(final Path books, final int transferCount)
    {
        try (LedgerEngine engine = launch(books))
        {
            final Ledger usd = engine.ledger(USD);
            usd.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
            for (int i = 1; i <= transferCount; i++)
            {
                usd.createTransfer(1_000 + i, 1 + i % 2, 2 - i % 2, i, 7);
            }
        }
    }

    private static LedgerEngine launch(final Path books)
    {
        return LedgerEngine.launch(new EngineConfig().dataDirectory(books)
            .durability(Durability.OS).clock(new ManualClock()).clockJumpMaxNs(30 * DAY_NS));
    }
}
