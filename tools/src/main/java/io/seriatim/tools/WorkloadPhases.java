package io.seriatim.tools;

/**
 * The rows of a workload that are asked for by shares: two-phase payments, which reserve first and are posted, voided
 * or left open later; balancing transfers; and accounts that are closed and opened again. Of the rows that resolve,
 * some are refused: they post too much, name nothing, or come a second time.
 * <p>
 * Shape: up to {@link #OPEN_COUNT_MAX} pending transfers that are open; the others stay so.<br>
 * Cost: nothing is allocated per row.<br>
 * Threads: confined to one.
 */
final class WorkloadPhases
{
    /** Pending transfers that a row may still resolve. */
    static final int OPEN_COUNT_MAX = 1024;

    private static final int CLOSED_COUNT_MAX = 4;

    private static final int PERCENT = 100;

    private static final int DAY_S = 86_400;

    private static final int TIMEOUT_DAYS_MAX = 30;

    private final WorkloadGenerator generator;
    private final WorkloadConfig config;
    private final WorkloadAccounts accounts;
    private final Dice dice;
    private final OpenPending[] open = new OpenPending[OPEN_COUNT_MAX];
    private final OpenPending[] closings = new OpenPending[CLOSED_COUNT_MAX];
    private final OpenPending resolved = new OpenPending();
    private int openCount;
    private int closingCount;
    private WorkloadOutcome resolvedAs;

    WorkloadPhases(
        final WorkloadGenerator generator,
        final WorkloadConfig config,
        final WorkloadAccounts accounts,
        final Dice dice)
    {
        this.generator = generator;
        this.config = config;
        this.accounts = accounts;
        this.dice = dice;
        for (int i = 0; i < OPEN_COUNT_MAX; i++)
        {
            open[i] = new OpenPending();
        }
        for (int i = 0; i < CLOSED_COUNT_MAX; i++)
        {
            closings[i] = new OpenPending();
        }
    }

    /** Accounts that are closed: each takes a row to be opened again. */
    int closedCount()
    {
        return closingCount;
    }

    /**
     * Fill a row, if it is the turn of one of these.
     *
     * @param row    to fill.
     * @param ledger index of the ledger.
     * @param payer  index of the account.
     * @return false if the row is to be an ordinary one.
     */
    boolean tryFill(final TransferRow row, final int ledger, final int payer)
    {
        final int draw = dice.below(PERCENT);
        if (draw < config.pendingPercent())
        {
            twoPhase(row, ledger, payer);
            return true;
        }
        if (draw < config.pendingPercent() + config.balancingPercent())
        {
            balance(row, ledger, payer);
            return true;
        }
        if (draw < config.pendingPercent() + config.balancingPercent() + config.closingPercent() &&
            !generator.isLast())
        {
            closeOrOpen(row, ledger, payer);
            return true;
        }
        return false;
    }

    private void twoPhase(final TransferRow row, final int ledger, final int payer)
    {
        if (openCount > 0 && dice.below(2) == 0)
        {
            resolve(row);
        }
        else if (accounts.isLimited(payer) && accounts.available(payer) <= 0)
        {
            generator.deposit(row, ledger, payer);
        }
        else
        {
            reserve(row, payer);
        }
    }

    private void reserve(final TransferRow row, final int payer)
    {
        final int payee = generator.payee(payer);
        final long amount = generator.affordable(payer, dice.amount());
        generator.fill(row, payer, payee, amount, WorkloadGenerator.CODE_PAYMENT);
        row.flags = TransferRow.PENDING;
        if (!config.isImported() && dice.below(2) == 0)
        {
            row.timeout = DAY_S + dice.below((TIMEOUT_DAYS_MAX - 1) * DAY_S);
        }
        if (generator.refuseClosed(payer, payee))
        {
            return;
        }
        generator.count(WorkloadOutcome.CREATED);
        accounts.reserve(payer, payee, amount);
        if (dice.below(20) == 0)
        {
            // Nobody comes back to this one.
            return;
        }
        final int index = openCount < OPEN_COUNT_MAX ? openCount++ : dice.below(OPEN_COUNT_MAX);
        open[index].set(row, payer, payee, amount, 0);
    }

    private void resolve(final TransferRow row)
    {
        final int index = dice.below(openCount);
        final OpenPending pending = open[index];
        final int draw = dice.below(20);
        if (draw == 0)
        {
            name(row, pending, pending.amount + 1 + dice.below(100), TransferRow.POST_PENDING_TRANSFER);
            generator.count(WorkloadOutcome.EXCEEDS_PENDING_TRANSFER_AMOUNT);
        }
        else if (draw == 1)
        {
            name(row, pending, pending.amount, TransferRow.POST_PENDING_TRANSFER);
            row.pendingIdHigh = 0;
            generator.count(WorkloadOutcome.PENDING_TRANSFER_NOT_FOUND);
        }
        else if (draw == 2 && resolvedAs != null)
        {
            name(row, resolved, 0, TransferRow.VOID_PENDING_TRANSFER);
            generator.count(resolvedAs);
        }
        else if (draw < 8)
        {
            name(row, pending, dice.below(2) * pending.amount, TransferRow.VOID_PENDING_TRANSFER);
            generator.count(WorkloadOutcome.CREATED);
            accounts.release(pending.payer, pending.payee, pending.amount);
            forget(index, WorkloadOutcome.PENDING_TRANSFER_ALREADY_VOIDED);
        }
        else
        {
            post(row, index, draw);
        }
    }

    private void post(final TransferRow row, final int index, final int draw)
    {
        final OpenPending pending = open[index];
        final boolean isAll = draw > 13;
        final long amount = draw == 8 ? 0 :
            isAll ? pending.amount : 1 + dice.below((int) Math.max(1, pending.amount));
        final long part = Math.min(amount, pending.amount);
        name(row, pending, part, TransferRow.POST_PENDING_TRANSFER);
        if (isAll && dice.below(2) == 0)
        {
            // The greatest number stands for all that is pending.
            row.amountHigh = -1;
            row.amountLow = -1;
        }
        if (generator.refuseClosed(pending.payer, pending.payee))
        {
            return;
        }
        generator.count(WorkloadOutcome.CREATED);
        accounts.release(pending.payer, pending.payee, pending.amount);
        accounts.post(pending.payer, pending.payee, part);
        forget(index, WorkloadOutcome.PENDING_TRANSFER_ALREADY_POSTED);
    }

    private void forget(final int index, final WorkloadOutcome as)
    {
        resolved.set(open[index]);
        resolvedAs = as;
        open[index].set(open[--openCount]);
    }

    /** Names a pending transfer; its accounts and code may be left to it. The ledger says which shard it is. */
    private void name(final TransferRow row, final OpenPending pending, final long amount, final int flag)
    {
        generator.fill(row, pending.payer, pending.payee, amount, WorkloadGenerator.CODE_PAYMENT);
        row.flags = flag;
        row.pendingIdHigh = pending.idHigh;
        row.pendingIdLow = pending.idLow;
        if (dice.below(2) == 0)
        {
            row.debitAccountIdLow = 0;
            row.creditAccountIdLow = 0;
            row.code = 0;
        }
    }

    /** As much as the payer has, as the payee owes, or both; the bank's cash owes most. */
    private void balance(final TransferRow row, final int ledger, final int payer)
    {
        final int payee = dice.below(2) == 0 ? accounts.cash(ledger) : generator.payee(payer);
        final boolean isOfDebit = dice.below(2) == 0;
        final boolean isOfCredit = !isOfDebit || dice.below(2) == 0;
        generator.fill(row, payer, payee, 4L * dice.amount(), WorkloadGenerator.CODE_PAYMENT);
        row.flags = (isOfDebit ? TransferRow.BALANCING_DEBIT : 0) | (isOfCredit ? TransferRow.BALANCING_CREDIT : 0);
        if (generator.refuseClosed(payer, payee))
        {
            return;
        }
        long amount = row.amountLow;
        if (isOfDebit)
        {
            amount = Math.min(amount, Math.max(0, accounts.available(payer)));
        }
        if (isOfCredit)
        {
            amount = Math.min(amount, Math.max(0, accounts.owed(payee)));
        }
        if (accounts.isLimited(payer) && amount > accounts.available(payer))
        {
            generator.count(WorkloadOutcome.EXCEEDS_CREDITS);
            return;
        }
        generator.count(WorkloadOutcome.CREATED);
        accounts.post(payer, payee, amount);
    }

    private void closeOrOpen(final TransferRow row, final int ledger, final int client)
    {
        if (closingCount == CLOSED_COUNT_MAX || closingCount > 0 && dice.below(2) == 0)
        {
            if (dice.below(8) == 0)
            {
                postClosing(row);
            }
            else
            {
                reopen(row);
            }
            return;
        }
        final boolean isDebit = dice.below(2) == 0;
        final int payer = isDebit ? client : accounts.cash(ledger);
        final int payee = isDebit ? accounts.fees(ledger) : client;
        generator.fill(row, payer, payee, 0, WorkloadGenerator.CODE_PAYMENT);
        final int closing = isDebit ? TransferRow.CLOSING_DEBIT : TransferRow.CLOSING_CREDIT;
        row.flags = TransferRow.PENDING | closing;
        if (!generator.refuseClosed(payer, payee))
        {
            generator.count(WorkloadOutcome.CREATED);
            accounts.closed(client, true);
            closings[closingCount++].set(row, payer, payee, 0, closing);
        }
    }

    /** What has closed an account can not be posted, as the account is closed. */
    private void postClosing(final TransferRow row)
    {
        final OpenPending pending = closings[dice.below(closingCount)];
        name(row, pending, 0, TransferRow.POST_PENDING_TRANSFER);
        generator.count(pending.closing == TransferRow.CLOSING_DEBIT ?
            WorkloadOutcome.DEBIT_ACCOUNT_ALREADY_CLOSED : WorkloadOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED);
    }

    /** Opens the account again that was closed last. */
    void reopen(final TransferRow row)
    {
        final OpenPending pending = closings[--closingCount];
        name(row, pending, 0, TransferRow.VOID_PENDING_TRANSFER);
        generator.count(WorkloadOutcome.CREATED);
        accounts.closed(pending.closing == TransferRow.CLOSING_DEBIT ? pending.payer : pending.payee, false);
    }
}
