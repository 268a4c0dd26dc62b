package io.seriatim.tools;

import io.seriatim.engine.LedgerSession;

/**
 * Transfers as they come, up to the first one that this version of the engine can not do: that one is a wrong row, with
 * its line and the flag, so that no request with it is ever sent.
 * <p>
 * Threads: confined to one.
 */
final class SupportedTransfers implements RowSource<TransferRow>
{
    private final RowSource<TransferRow> source;

    SupportedTransfers(final RowSource<TransferRow> source)
    {
        this.source = source;
    }

    @Override
    public boolean next(final TransferRow row)
    {
        if (!source.next(row))
        {
            return false;
        }
        if (LedgerSession.isUnsupported(row.flags))
        {
            throw InputException.ofField(
                "this version does not do such transfers", FlagNames.TRANSFER.format(unsupported(row.flags)),
                FlagNames.TRANSFER.format(~unsupported(-1)), source.name(), row.line, "flags");
        }
        return true;
    }

    private static int unsupported(final int flags)
    {
        int unsupported = 0;
        for (int bit = 1; bit <= TransferRow.IMPORTED; bit <<= 1)
        {
            unsupported |= LedgerSession.isUnsupported(flags & bit) ? bit : 0;
        }
        return unsupported;
    }

    @Override
    public String name()
    {
        return source.name();
    }
}
