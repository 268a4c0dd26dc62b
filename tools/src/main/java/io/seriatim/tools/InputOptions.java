package io.seriatim.tools;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * The files of an import.
 */
final class InputOptions
{
    @Option(
        names = "--accounts",
        paramLabel = "A.csv[.gz]",
        description = "Accounts to create, all of them before any transfer. Columns, in any order: id, ledger, code; " +
            "where wanted flags (names joined by |), user_data_128, user_data_64, user_data_32, timestamp.")
    private Path accounts;

    @Option(
        names = "--transfers",
        paramLabel = "T.csv[.gz]",
        description = "Transfers to create, in their order. Columns, in any order: id, debit_account_id, " +
            "credit_account_id, amount, ledger, code; where wanted flags (names joined by |), user_data_128, " +
            "user_data_64, user_data_32, timestamp, pending_id (of what is posted or voided), timeout (seconds).")
    private Path transfers;

    @Option(
        names = "--expect",
        paramLabel = "E.csv[.gz]",
        description = "Balances that there must be in the end: account_id, debits_posted, credits_posted and, if " +
            "wanted, ledger, credit_balance, debits_pending and credits_pending.")
    private Path expectations;

    Path accounts()
    {
        return accounts;
    }

    Path transfers()
    {
        return transfers;
    }

    Path expectations()
    {
        return expectations;
    }

    /** Is there nothing to import? */
    boolean isEmpty()
    {
        return accounts == null && transfers == null;
    }
}
