package io.seriatim.tools;

/**
 * The files of an import, open: each that was named, and its header read.
 * <p>
 * Threads: confined to one.
 */
final class ImportFiles implements AutoCloseable
{
    private AccountRows accounts;
    private TransferRows transfers;
    private BalanceRows expectations;

    /**
     * Opens them all.
     *
     * @param options that name them.
     * @throws InputException if one is not there or its header is wrong.
     */
    ImportFiles(final InputOptions options)
    {
        boolean isOpen = false;
        try
        {
            if (options.accounts() != null)
            {
                accounts = new AccountRows(options.accounts());
            }
            if (options.transfers() != null)
            {
                transfers = new TransferRows(options.transfers());
            }
            if (options.expectations() != null)
            {
                expectations = new BalanceRows(options.expectations());
            }
            isOpen = true;
        }
        finally
        {
            if (!isOpen)
            {
                close();
            }
        }
    }

    /** Imports what there is. */
    void run(final ImportJob job)
    {
        if (accounts != null)
        {
            job.accounts(ImportInput.of(accounts, accounts.reader()));
        }
        if (transfers != null)
        {
            job.transfers(ImportInput.of(transfers, transfers.reader()));
        }
    }

    /** The expected balances; null if there are none. */
    BalanceSource expectations()
    {
        return expectations;
    }

    @Override
    public void close()
    {
        if (accounts != null)
        {
            accounts.close();
        }
        if (transfers != null)
        {
            transfers.close();
        }
        if (expectations != null)
        {
            expectations.close();
        }
    }
}
