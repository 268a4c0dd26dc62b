package io.seriatim.replay;

import io.seriatim.engine.ChangeEventType;
import io.seriatim.engine.Filter;
import io.seriatim.engine.QueryRows;
import io.seriatim.ledger.TransferFlags;
import org.agrona.MutableDirectBuffer;

/**
 * Everything that has changed balances, by time: transfers and releases, each of which rise by themselves, merged. The
 * accounts are as they were just after the event in the order of the journal, from which that of the timestamps differs
 * where transfers were imported behind a release.
 * <p>
 * Cost: for each event one entry is read back, and four sides of accounts are added up, see {@link Movements}. Nothing
 * is allocated.<br>
 * Threads: confined to one.<br>
 * Source: SEMANTICS, section 15.
 */
final class ChangeEvents
{
    private final ReadModel model;
    private final TransferRows transfers;
    private final ExpiryRows expiries;
    private final Bodies bodies;
    private final Moment moment;

    ChangeEvents(final ReadModel model, final Bodies bodies)
    {
        this.model = model;
        this.bodies = bodies;
        transfers = model.transfers();
        expiries = model.expiries();
        moment = model.newMoment();
    }

    /** Write the events that a filter asks for, which is valid, and return how many. */
    int write(final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        final long beforeNs = filter.timestampMinNs() - 1;
        final long maxNs = filter.timestampMaxNs() == 0 ? Long.MAX_VALUE : filter.timestampMaxNs();
        int transfer = transfers.endOfTimestamp(beforeNs);
        int expiry = expiries.endOfTimestamp(beforeNs);
        int count = 0;
        while (count < rowCountMax)
        {
            final boolean isTransfer = isTransferNext(transfer, expiry);
            if (!isTransfer && expiry == expiries.count() ||
                (isTransfer ? transfers.timestampNs(transfer) : expiries.timestampNs(expiry)) > maxNs)
            {
                break;
            }
            final int eventOffset = offset + count * QueryRows.CHANGE_EVENT_LENGTH;
            if (isTransfer)
            {
                writeTransfer(transfer, rows, eventOffset);
                transfer++;
            }
            else
            {
                writeExpiry(expiry, rows, eventOffset);
                expiry++;
            }
            count++;
        }
        return count;
    }

    private boolean isTransferNext(final int transfer, final int expiry)
    {
        if (transfer == transfers.count() || expiry == expiries.count())
        {
            return transfer < transfers.count();
        }
        // No two have the same: the time of a release is refused to an import.
        return transfers.timestampNs(transfer) < expiries.timestampNs(expiry);
    }

    private void writeTransfer(final int row, final MutableDirectBuffer buffer, final int offset)
    {
        moment.afterTransfer(row);
        write(transfers.timestampNs(row), typeOf(transfers.flags(row)), row, buffer, offset);
    }

    private void writeExpiry(final int row, final MutableDirectBuffer buffer, final int offset)
    {
        moment.afterExpiry(row);
        write(
            expiries.timestampNs(row), ChangeEventType.TWO_PHASE_EXPIRED,
            model.pendings().transferRow(expiries.pending(row)), buffer, offset);
    }

    private void write(
        final long timestampNs,
        final ChangeEventType type,
        final int transferRow,
        final MutableDirectBuffer buffer,
        final int offset)
    {
        buffer.putLong(offset, timestampNs);
        buffer.putLong(offset + QueryRows.EVENT_TYPE_OFFSET, type.code());
        bodies.copyTransfer(transfers.sequence(transferRow), buffer, offset + QueryRows.EVENT_TRANSFER_OFFSET);
        final AccountsAsOf accounts = model.accountsAsOf();
        accounts.read(
            transfers.debitSlot(transferRow), moment, buffer, offset + QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET);
        accounts.read(
            transfers.creditSlot(transferRow), moment, buffer, offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET);
    }

    private static ChangeEventType typeOf(final int flags)
    {
        return (flags & TransferFlags.PENDING) != 0 ? ChangeEventType.TWO_PHASE_PENDING :
            (flags & TransferFlags.POST_PENDING_TRANSFER) != 0 ? ChangeEventType.TWO_PHASE_POSTED :
            (flags & TransferFlags.VOID_PENDING_TRANSFER) != 0 ? ChangeEventType.TWO_PHASE_VOIDED :
            ChangeEventType.SINGLE_PHASE;
    }
}
