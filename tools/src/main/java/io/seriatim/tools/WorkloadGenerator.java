package io.seriatim.tools;

import java.util.Locale;

/**
 * Makes up a payment workload: first accounts, then transfers between them. Some accounts are far busier than
 * others, some ledgers too. Of a thousand transfers about 915 are single payments or deposits, 75 belong to linked
 * chains (a payment with its fee), and 18 are refused: they exceed what the payer has, name an account that does not
 * exist, or repeat an id. A payer who has not enough first gets a deposit. With shares of them in the config there are
 * two-phase payments, balancing transfers and closed accounts too, see {@link WorkloadPhases}.
 * <p>
 * Deterministic: the same config makes the same rows on every machine. The generator keeps the books itself, in plain
 * arithmetic, so the balances that a ledger must arrive at are known: {@link #expectedDebitsPosted}. That holds if
 * every account and transfer is applied once, in order, to a ledger that was empty, and within a day: no timeout is
 * shorter.<br>
 * Ids: of accounts from 1,000,001 on; of transfers 48 bits of milliseconds above 80 random ones, strictly increasing.
 * <br>
 * Cost: nothing is allocated per row; 16 to 33 bytes for each account.<br>
 * Threads: confined to one.
 */
public final class WorkloadGenerator
{
    private static final int CHANNEL_COUNT = 5;

    static final int CODE_PAYMENT = 1;

    private static final int CODE_DEPOSIT = 2;

    private static final int CODE_FEE = 3;

    /** When the first transfer was booked, if they are imported: a day after the first account. */
    private static final long IMPORTED_FROM_NS = WorkloadAccounts.IMPORTED_FROM_NS + 86_400_000_000_000L;

    private static final long IMPORTED_EVERY_NS = 1_000_000;

    private final WorkloadConfig config;
    private final WorkloadAccounts accounts;
    private final Dice dice;
    private final TransferIds ids;
    private final WorkloadPhases phases;
    private final long[] expected = new long[WorkloadOutcome.values().length];

    private long transferIndex;
    private int accountIndex;

    /** The second leg of a chain, which is the next row. */
    private boolean isLegWaiting;
    private int legPayer;
    private int legLedger;
    private long legAmount;
    private boolean isLegRefused;

    /** The payment that was created last, to be repeated. */
    private final PastTransfer payment = new PastTransfer();

    /**
     * Makes up a workload.
     *
     * @param config of it; later changes have no effect.
     * @throws IllegalArgumentException if a setting is out of range.
     */
    public WorkloadGenerator(final WorkloadConfig config)
    {
        config.validate();
        this.config = config.copy();
        accounts = new WorkloadAccounts(config);
        dice = new Dice(config.seed());
        ids = new TransferIds(dice);
        phases = config.hasPhases() ? new WorkloadPhases(this, this.config, accounts, dice) : null;
    }

    /**
     * The accounts, to be created before any transfer.
     *
     * @return rows, to be read through once.
     */
    public RowSource<AccountRow> accounts()
    {
        return new RowSource<>()
        {
            @Override
            public boolean next(final AccountRow row)
            {
                if (accountIndex == accounts.count())
                {
                    return false;
                }
                accounts.fill(row, accountIndex++);
                return true;
            }

            @Override
            public String name()
            {
                return "generated accounts";
            }
        };
    }

    /**
     * The transfers.
     *
     * @return rows, to be read through once.
     */
    public RowSource<TransferRow> transfers()
    {
        return new RowSource<>()
        {
            @Override
            public boolean next(final TransferRow row)
            {
                return nextTransfer(row);
            }

            @Override
            public String name()
            {
                return "generated transfers";
            }
        };
    }

    private boolean nextTransfer(final TransferRow row)
    {
        if (transferIndex == config.transferCount())
        {
            return false;
        }
        clear(row);
        if (isLegWaiting)
        {
            secondLeg(row);
        }
        else if (phases != null && phases.closedCount() > 0 &&
            config.transferCount() - transferIndex <= phases.closedCount() + 1)
        {
            // In the end all accounts are open, so that they can be created again and exist.
            phases.reopen(row);
        }
        else
        {
            final int ledger = dice.skewedBelow(accounts.ledgerCount());
            final int payer = client(ledger);
            if (phases == null || !phases.tryFill(row, ledger, payer))
            {
                final int draw = dice.below(1000);
                choose(row, ledger, payer, draw);
            }
        }
        if (config.isImported())
        {
            row.flags |= TransferRow.IMPORTED;
            row.timestampNs = IMPORTED_FROM_NS + transferIndex * IMPORTED_EVERY_NS;
        }
        row.line = ++transferIndex + 1;
        return true;
    }

    private void choose(final TransferRow row, final int ledger, final int payer, final int draw)
    {
        if (draw < 5)
        {
            unknownPayee(row, payer);
        }
        else if (draw < 10 && accounts.isLimited(payer))
        {
            exceed(row, ledger, payer);
        }
        else if (draw < 15 && payment.isSet)
        {
            repeat(row);
        }
        else if (accounts.isLimited(payer) && accounts.available(payer) <= 0)
        {
            deposit(row, ledger, payer);
        }
        else if (draw < 55 && !isLast() && !accounts.isClosed(payer))
        {
            firstLeg(row, ledger, payer);
        }
        else
        {
            pay(row, payer);
        }
    }

    /** Whether no row comes behind this one, so that nothing can be finished later. */
    boolean isLast()
    {
        return transferIndex == config.transferCount() - 1;
    }

    private void pay(final TransferRow row, final int payer)
    {
        final int payee = payee(payer);
        final long amount = affordable(payer, dice.amount());
        fill(row, payer, payee, amount, CODE_PAYMENT);
        if (refuseClosed(payer, payee))
        {
            return;
        }
        accounts.post(payer, payee, amount);
        count(WorkloadOutcome.CREATED);

        payment.set(row, payer, payee);
    }

    /** Count the refusal of a transfer with a closed account; false if neither is closed. */
    boolean refuseClosed(final int payer, final int payee)
    {
        if (accounts.isClosed(payer))
        {
            count(WorkloadOutcome.DEBIT_ACCOUNT_ALREADY_CLOSED);
            return true;
        }
        if (accounts.isClosed(payee))
        {
            count(WorkloadOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
            return true;
        }
        return false;
    }

    void deposit(final TransferRow row, final int ledger, final int payee)
    {
        final long amount = 64L * dice.amount();
        fill(row, accounts.cash(ledger), payee, amount, CODE_DEPOSIT);
        if (refuseClosed(accounts.cash(ledger), payee))
        {
            return;
        }
        accounts.post(accounts.cash(ledger), payee, amount);
        count(WorkloadOutcome.CREATED);
    }

    private void unknownPayee(final TransferRow row, final int payer)
    {
        fill(row, payer, payer, dice.amount(), CODE_PAYMENT);
        row.creditAccountIdLow = WorkloadAccounts.unknownId(dice.below(1000));
        count(WorkloadOutcome.CREDIT_ACCOUNT_NOT_FOUND);
    }

    private void exceed(final TransferRow row, final int ledger, final int payer)
    {
        fill(row, payer, accounts.fees(ledger), accounts.available(payer) + dice.amount(), CODE_PAYMENT);
        if (!refuseClosed(payer, accounts.fees(ledger)))
        {
            count(WorkloadOutcome.EXCEEDS_CREDITS);
        }
    }

    private void repeat(final TransferRow row)
    {
        fill(row, payment.payer, payment.payee, payment.amount, CODE_PAYMENT);
        row.idHigh = payment.idHigh;
        row.idLow = payment.idLow;
        row.userData64 = payment.userData64;
        row.userData32 = payment.userData32;
        count(WorkloadOutcome.EXISTS);
    }

    /** A payment whose fee follows as the second leg; one chain in twenty has a fee that the payer can not pay. */
    private void firstLeg(final TransferRow row, final int ledger, final int payer)
    {
        final int payee = payee(payer);
        final long amount = affordable(payer, dice.amount());
        if (accounts.isClosed(payee))
        {
            fill(row, payer, payee, amount, CODE_PAYMENT);
            refuseClosed(payer, payee);
            return;
        }
        final long rest = accounts.isLimited(payer) ? accounts.available(payer) - amount : Long.MAX_VALUE;
        final long fee = 1 + amount / 100;
        isLegWaiting = true;
        legPayer = payer;
        legLedger = ledger;
        isLegRefused = rest < fee || accounts.isLimited(payer) && dice.below(20) == 0;
        legAmount = isLegRefused ? rest + fee : fee;

        fill(row, payer, payee, amount, CODE_PAYMENT);
        row.flags = TransferRow.LINKED;
        if (isLegRefused)
        {
            count(WorkloadOutcome.LINKED_EVENT_FAILED);
        }
        else
        {
            accounts.post(payer, payee, amount);
            count(WorkloadOutcome.CREATED);
        }
    }

    private void secondLeg(final TransferRow row)
    {
        isLegWaiting = false;
        fill(row, legPayer, accounts.fees(legLedger), legAmount, CODE_FEE);
        if (isLegRefused)
        {
            count(WorkloadOutcome.EXCEEDS_CREDITS);
        }
        else
        {
            accounts.post(legPayer, accounts.fees(legLedger), legAmount);
            count(WorkloadOutcome.CREATED);
        }
    }

    long affordable(final int payer, final long amount)
    {
        return accounts.isLimited(payer) ? Math.min(amount, accounts.available(payer)) : amount;
    }

    private int client(final int ledger)
    {
        return accounts.client(ledger, dice.skewedBelow(accounts.clientCount(ledger)));
    }

    int payee(final int payer)
    {
        final int ledger = accounts.ledgerOf(payer);
        while (true)
        {
            final int payee = client(ledger);
            if (payee != payer)
            {
                return payee;
            }
        }
    }

    void fill(
        final TransferRow row, final int payer, final int payee, final long amount, final int code)
    {
        ids.next(row);
        row.debitAccountIdLow = WorkloadAccounts.id(payer);
        row.creditAccountIdLow = WorkloadAccounts.id(payee);
        row.amountLow = amount;
        row.userData64 = transferIndex + 1;
        row.userData32 = 1 + dice.below(CHANNEL_COUNT);
        row.ledger = Ledgers.number(accounts.ledgerOf(payer));
        row.code = code;
    }

    private static void clear(final TransferRow row)
    {
        row.debitAccountIdHigh = 0;
        row.creditAccountIdHigh = 0;
        row.amountHigh = 0;
        row.pendingIdHigh = 0;
        row.pendingIdLow = 0;
        row.userData128High = 0;
        row.userData128Low = 0;
        row.timeout = 0;
        row.flags = 0;
        row.timestampNs = 0;
    }

    void count(final WorkloadOutcome outcome)
    {
        expected[outcome.ordinal()]++;
    }

    /**
     * How many of the transfers made up so far will have an outcome.
     *
     * @param outcome of them.
     * @return at least zero.
     */
    public long expectedCount(final WorkloadOutcome outcome)
    {
        return expected[outcome.ordinal()];
    }

    /**
     * What the debits posted of an account must be after the transfers made up so far.
     *
     * @param account index from 0, in the order of the rows.
     * @return amount.
     */
    public long expectedDebitsPosted(final int account)
    {
        return accounts.debitsPosted(account);
    }

    /**
     * What the credits posted of an account must be after the transfers made up so far.
     *
     * @param account index from 0, in the order of the rows.
     * @return amount.
     */
    public long expectedCreditsPosted(final int account)
    {
        return accounts.creditsPosted(account);
    }

    /**
     * What the debits pending of an account must be after the transfers made up so far.
     *
     * @param account index from 0, in the order of the rows.
     * @return amount.
     */
    public long expectedDebitsPending(final int account)
    {
        return accounts.debitsPending(account);
    }

    /**
     * What the credits pending of an account must be after the transfers made up so far.
     *
     * @param account index from 0, in the order of the rows.
     * @return amount.
     */
    public long expectedCreditsPending(final int account)
    {
        return accounts.creditsPending(account);
    }

    /**
     * Are these the outcomes that the transfers made up so far will have?
     *
     * @param counts of what became of them.
     * @return true if every outcome came as often as it must.
     */
    boolean outcomesAre(final OutcomeCounts counts)
    {
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            if (counts.count(outcome.name().toLowerCase(Locale.ROOT)) != expectedCount(outcome))
            {
                return false;
            }
        }
        return counts.total() == transferIndex;
    }

    /** What the accounts must be after the transfers made up so far, in their order, to be read through once. */
    BalanceSource expectedBalances()
    {
        final int[] next = new int[1];
        return balance ->
        {
            final int account = next[0]++;
            if (account >= accounts.count())
            {
                return false;
            }
            balance.line = account + 2L;
            balance.accountIdHigh = 0;
            balance.accountIdLow = WorkloadAccounts.id(account);
            balance.ledger = Ledgers.number(accounts.ledgerOf(account));
            balance.debitsPostedHigh = 0;
            balance.debitsPostedLow = accounts.debitsPosted(account);
            balance.creditsPostedHigh = 0;
            balance.creditsPostedLow = accounts.creditsPosted(account);
            balance.hasCreditBalance = false;
            balance.hasPending = true;
            balance.debitsPendingHigh = 0;
            balance.debitsPendingLow = accounts.debitsPending(account);
            balance.creditsPendingHigh = 0;
            balance.creditsPendingLow = accounts.creditsPending(account);
            return true;
        };
    }
}
