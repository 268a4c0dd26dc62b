package io.seriatim.tools;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of an import, open: each that was named, and its header read.
 * <p>
 * Threads: confined to one.
 */
final class ImportFiles implements AutoCloseable
{
    private List<LedgerRows.Definition> ledgers = List.of();
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
        this(options, null);
    }

    /**
     * Opens them all, and reads the definitions of ledgers.
     *
     * @param options     that name them.
     * @param ledgersFile of definitions; null if there is none.
     * @throws InputException if one is not there or its header is wrong, or a definition is.
     */
    ImportFiles(final InputOptions options, final Path ledgersFile)
    {
        boolean isOpen = false;
        try
        {
            if (ledgersFile != null)
            {
                ledgers = LedgerRows.read(ledgersFile);
            }
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
        if (!ledgers.isEmpty())
        {
            job.ledgers(ledgers);
        }
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
