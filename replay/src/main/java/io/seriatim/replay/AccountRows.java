package io.seriatim.replay;

import io.seriatim.ledger.AccountTable;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The accounts of a read model, as its snapshot sees them.
 */
final class AccountRows implements ModelTable
{
    private final AccountTable accounts;

    AccountRows(final AccountTable accounts)
    {
        this.accounts = accounts;
    }

    @Override
    public int rowLength()
    {
        return AccountTable.COPY_LENGTH;
    }

    @Override
    public int rowCount()
    {
        return accounts.count();
    }

    @Override
    public void beginCopy()
    {
        accounts.beginCopy();
    }

    @Override
    public void copyNext(final MutableDirectBuffer buffer, final int offset)
    {
        accounts.copyNext(buffer, offset);
    }

    @Override
    public void endCopy()
    {
        accounts.endCopy();
    }

    @Override
    public void beginLoad(final int rowCount)
    {
        // Accounts are made as they come.
    }

    @Override
    public void load(final int index, final DirectBuffer buffer, final int offset)
    {
        accounts.load(buffer, offset);
    }
}
