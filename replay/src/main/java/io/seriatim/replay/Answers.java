package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.QueryHandler;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.StoredEntries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountTable;
import io.seriatim.ledger.Amounts;
import io.seriatim.ledger.PendingState;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers queries from the state that a {@link ReadModel} has come to.
 * <p>
 * Cost: with one condition in proportion to the rows of the answer, whatever the size of the books: for a row with a
 * transfer one entry is read back, for balances see {@link Movements}. With several conditions finding the next row
 * costs what {@link Conjunction} says: where they alternate and never meet, that is a walk of the shortest list. The
 * place to begin is found by binary search. Nothing is allocated, but by an explanation.<br>
 * Threads: confined to one.<br>
 * Source: SEMANTICS, sections 14, 15 and 18.
 */
final class Answers implements QueryHandler
{
    /** Writes a row of an answer; or finds, and says false, that it has other user data of 128 bits than asked for. */
    @FunctionalInterface
    private interface RowWriter
    {
        boolean write(int row, MutableDirectBuffer buffer, int offset);
    }

    private final ReadModel model;
    private final AccountTable accounts;
    private final TransferRows transfers;
    private final Bodies bodies;
    private final Conjunction transferRows;
    private final Conjunction accountRows;
    private final SideRows debitRows;
    private final SideRows creditRows;
    private final EitherRows sideRows;
    private final StateRows stateRows;
    private final ChangeEvents changeEvents;
    private final Explainer explainer;
    private final Moment moment;
    private final RowWriter transferWriter = this::writeTransfer;
    private final RowWriter accountWriter = this::writeAccount;
    private final RowWriter balanceWriter = this::writeBalance;
    private final UnsafeBuffer transfer = new UnsafeBuffer(new byte[QueryRows.TRANSFER_LENGTH]);
    private int balanceSlot;
    private long wideHigh;
    private long wideLow;

    /**
     * Answers from a state.
     *
     * @param model   that holds it.
     * @param entries of the same shard, read by this thread.
     */
    Answers(final ReadModel model, final StoredEntries entries)
    {
        this.model = model;
        accounts = model.accounts();
        transfers = model.transfers();
        bodies = new Bodies(entries);
        transferRows = new Conjunction(model.lists(), model.transferPostings());
        accountRows = new Conjunction(model.lists(), model.accountPostings());
        debitRows = new SideRows(model.movements());
        creditRows = new SideRows(model.movements());
        sideRows = new EitherRows(debitRows, creditRows);
        stateRows = new StateRows(model.pendingSets());
        changeEvents = new ChangeEvents(model, bodies);
        explainer = new Explainer(model, entries);
        moment = model.newMoment();
    }

    @Override
    public int onQuery(
        final RequestKind kind,
        final Filter filter,
        final int rowCountMax,
        final MutableDirectBuffer rows,
        final int offset)
    {
        final int limited = Filters.rowCountMax(filter, rowCountMax);
        wideHigh = filter.userData128High();
        wideLow = filter.userData128Low();
        switch (kind)
        {
            case GET_ACCOUNT_TRANSFERS:
                return transfersOfAccount(filter, limited, rows, offset);
            case GET_ACCOUNT_BALANCES:
                return balancesOfAccount(filter, limited, rows, offset);
            case QUERY_ACCOUNTS:
                return accounts(filter, limited, rows, offset);
            case QUERY_TRANSFERS:
                return transfers(filter, limited, rows, offset);
            case QUERY_PENDING:
                return pendings(filter, limited, rows, offset);
            case GET_CHANGE_EVENTS:
                return Filters.isValidForEvents(filter) ? changeEvents.write(filter, limited, rows, offset) : 0;
            case GET_ACCOUNT_WITH_PENDING:
                return accountWithPending(filter, rowCountMax, rows, offset);
            case GET_ACCOUNT_AS_OF_SEQUENCE:
                return rowCountMax == 0 ? 0 : accountAsOfSequence(filter, rows, offset);
            case GET_ACCOUNT_AS_OF_TIME:
                return rowCountMax == 0 ? 0 : accountAsOfTime(filter, rows, offset);
            case EXPLAIN:
                return rowCountMax == 0 ? 0 :
                    explainer.write(filter.sequence(), filter.firstSequence(), rows, offset);
            default:
                throw new IllegalArgumentException("not a query: " + kind);
        }
    }

    private int transfersOfAccount(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        final int slot = slotOf(filter);
        if (!Filters.isValidForTransfers(filter) || slot == AccountTable.NOT_FOUND)
        {
            return 0;
        }
        return write(
            transferRowsOfAccount(filter, slot), (filter.flags() & Filter.REVERSED) != 0, transferWriter,
            QueryRows.TRANSFER_LENGTH, rowCountMax, rows, offset);
    }

    private int balancesOfAccount(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        final int slot = slotOf(filter);
        if (!Filters.isValidForBalances(filter) || slot == AccountTable.NOT_FOUND ||
            (accounts.flags(slot) & AccountFlags.HISTORY) == 0)
        {
            return 0;
        }
        final boolean isReversed = (filter.flags() & Filter.REVERSED) != 0;
        final boolean isOpening = (filter.flags() & Filter.OPENING) != 0 && isInRange(filter, slot) && rowCountMax > 0;
        int count = 0;
        if (isOpening && !isReversed)
        {
            writeOpening(slot, rows, offset);
            count = 1;
        }
        balanceSlot = slot;
        count += write(
            transferRowsOfAccount(filter, slot), isReversed, balanceWriter, QueryRows.BALANCE_LENGTH,
            rowCountMax - count, rows, offset + count * QueryRows.BALANCE_LENGTH);
        if (isOpening && isReversed && count < rowCountMax)
        {
            writeOpening(slot, rows, offset + count * QueryRows.BALANCE_LENGTH);
            count++;
        }
        return count;
    }

    private int accounts(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        if (!Filters.isValidQuery(filter))
        {
            return 0;
        }
        final long maxNs = filter.timestampMaxNs() == 0 ? Long.MAX_VALUE : filter.timestampMaxNs();
        accountRows
            .restart(model.accountEndOfTimestamp(filter.timestampMinNs() - 1), model.accountEndOfTimestamp(maxNs) - 1)
            .andFieldsOf(filter)
            .andLedgerOf(filter);
        return write(
            accountRows, isQueryReversed(filter), accountWriter, QueryRows.ACCOUNT_LENGTH, rowCountMax, rows, offset);
    }

    private int transfers(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        if (!Filters.isValidQuery(filter))
        {
            return 0;
        }
        return write(
            transferRowsInRange(filter).andFieldsOf(filter).andLedgerOf(filter), isQueryReversed(filter),
            transferWriter, QueryRows.TRANSFER_LENGTH, rowCountMax, rows, offset);
    }

    private int pendings(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        if (!Filters.isValidQuery(filter) || filter.state() < PendingState.PENDING.code() ||
            filter.state() > PendingState.EXPIRED.code())
        {
            return 0;
        }
        return write(
            transferRowsInRange(filter)
                .and(stateRows.of(PendingState.of(filter.state())))
                .andFieldsOf(filter)
                .andLedgerOf(filter),
            isQueryReversed(filter), transferWriter, QueryRows.TRANSFER_LENGTH, rowCountMax, rows, offset);
    }

    private int accountWithPending(
        final Filter filter, final int rowCountMax, final MutableDirectBuffer rows, final int offset)
    {
        final int slot = slotOf(filter);
        if (slot == AccountTable.NOT_FOUND || rowCountMax == 0)
        {
            return 0;
        }
        accounts.read(slot, rows, offset);
        int count = 1;
        int pending = model.pendings().oldest(slot);
        while (pending != PendingRows.NONE && count < rowCountMax)
        {
            bodies.copyTransfer(
                transfers.sequence(model.pendings().transferRow(pending)),
                rows, offset + count * QueryRows.TRANSFER_LENGTH);
            pending = model.pendings().behind(pending, slot);
            count++;
        }
        return count;
    }

    private int accountAsOfSequence(final Filter filter, final MutableDirectBuffer rows, final int offset)
    {
        final int slot = slotOf(filter);
        final long sequence = filter.sequence();
        if (slot == AccountTable.NOT_FOUND || sequence < accounts.sequence(slot) || sequence > model.appliedSequence())
        {
            return 0;
        }
        model.accountsAsOf().read(slot, moment.afterSequence(sequence), rows, offset);
        return 1;
    }

    private int accountAsOfTime(final Filter filter, final MutableDirectBuffer rows, final int offset)
    {
        final int slot = slotOf(filter);
        // A time whose top bit is set is above the greatest timestamp, and so is none.
        if (slot == AccountTable.NOT_FOUND || filter.timestampMaxNs() < accounts.timestampNs(slot))
        {
            return 0;
        }
        model.accountsAsOf().read(slot, moment.atTime(filter.timestampMaxNs()), rows, offset);
        return 1;
    }

    private int write(
        final Conjunction found,
        final boolean isReversed,
        final RowWriter writer,
        final int rowLength,
        final int rowCountMax,
        final MutableDirectBuffer rows,
        final int offset)
    {
        int count = 0;
        for (int row = rowCountMax == 0 ? RowSet.NONE : found.begin(isReversed);
            row != RowSet.NONE;
            row = count == rowCountMax ? RowSet.NONE : found.goOn(isReversed, row))
        {
            count += writer.write(row, rows, offset + count * rowLength) ? 1 : 0;
        }
        return count;
    }

    private Conjunction transferRowsInRange(final Filter filter)
    {
        final long maxNs = filter.timestampMaxNs() == 0 ? Long.MAX_VALUE : filter.timestampMaxNs();
        return transferRows.restart(
            transfers.endOfTimestamp(filter.timestampMinNs() - 1), transfers.endOfTimestamp(maxNs) - 1);
    }

    private Conjunction transferRowsOfAccount(final Filter filter, final int slot)
    {
        final boolean isDebit = (filter.flags() & Filter.DEBITS) != 0;
        final boolean isCredit = (filter.flags() & Filter.CREDITS) != 0;
        debitRows.of(model.links().transfers(slot, Side.DEBIT));
        creditRows.of(model.links().transfers(slot, Side.CREDIT));
        return transferRowsInRange(filter)
            .and(isDebit && isCredit ? sideRows : isDebit ? debitRows : creditRows)
            .andFieldsOf(filter);
    }

    private boolean isInRange(final Filter filter, final int slot)
    {
        final long timestampNs = accounts.timestampNs(slot);
        return timestampNs >= filter.timestampMinNs() &&
            (filter.timestampMaxNs() == 0 || timestampNs <= filter.timestampMaxNs());
    }

    private static boolean isQueryReversed(final Filter filter)
    {
        return (filter.flags() & Filter.QUERY_REVERSED) != 0;
    }

    private int slotOf(final Filter filter)
    {
        return accounts.slotOf(filter.idHigh(), filter.idLow());
    }

    private boolean writeTransfer(final int row, final MutableDirectBuffer buffer, final int offset)
    {
        bodies.copyTransfer(transfers.sequence(row), buffer, offset);
        return isWideMet(buffer, offset + TransferRecordDecoder.userData128HighEncodingOffset());
    }

    private boolean writeAccount(final int slot, final MutableDirectBuffer buffer, final int offset)
    {
        accounts.read(slot, buffer, offset);
        return isWideMet(buffer, offset + AccountRecordDecoder.userData128HighEncodingOffset());
    }

    private boolean writeBalance(final int row, final MutableDirectBuffer buffer, final int offset)
    {
        if (!Amounts.isZero(wideHigh, wideLow) && !writeTransfer(row, transfer, 0))
        {
            return false;
        }
        moment.afterTransfer(row);
        final AccountsAsOf asOf = model.accountsAsOf();
        asOf.readBalances(balanceSlot, Side.DEBIT, moment, buffer, offset);
        asOf.readBalances(
            balanceSlot, Side.CREDIT, moment, buffer, offset + QueryRows.BALANCE_TIMESTAMP_OFFSET / 2);
        buffer.putLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET, transfers.timestampNs(row));
        return true;
    }

    /** Rows are found by a hash of 128 bits of user data, so what was found is looked at. */
    private boolean isWideMet(final MutableDirectBuffer buffer, final int wideOffset)
    {
        return Amounts.isZero(wideHigh, wideLow) ||
            buffer.getLong(wideOffset) == wideHigh && buffer.getLong(wideOffset + Long.BYTES) == wideLow;
    }

    /** The account before its first transfer: nothing has moved at the time of its creation. */
    private void writeOpening(final int slot, final MutableDirectBuffer buffer, final int offset)
    {
        buffer.setMemory(offset, QueryRows.BALANCE_TIMESTAMP_OFFSET, (byte)0);
        buffer.putLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET, accounts.timestampNs(slot));
    }
}
