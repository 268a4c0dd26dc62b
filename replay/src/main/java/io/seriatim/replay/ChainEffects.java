package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.QueryRows;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Amounts;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.StoredTransfer;
import io.seriatim.ledger.TransferFlags;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the first members of a chain had done, before the chain failed and all of it was undone: the transfers that were
 * created for the time being, what became of pending ones, and the accounts concerned. An entry in the middle of such a
 * chain was judged by this.
 * <p>
 * Every member that is added had met all rules, so nothing is judged here. The rules of amounts are those of the
 * ledger: what a post, a void or a balancing transfer moves follows from the accounts and from the pending
 * transfer.<br> Shape: on the heap, as it is asked for by hand.<br>
 * Threads: confined to one.<br>
 * Source: SEMANTICS, sections 7 to 10.
 */
final class ChainEffects
{
    private static final int DEBITS_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    private static final int CREDITS_OFFSET = AccountRecordDecoder.creditsPendingHighEncodingOffset();
    private static final int ACCOUNT_FLAGS_OFFSET = AccountRecordDecoder.flagsEncodingOffset();
    private static final int POSTED_OFFSET = 2 * Long.BYTES;
    private static final int TIMESTAMP_OFFSET = TransferRecordDecoder.ENCODED_LENGTH;
    private static final int POST_OR_VOID =
        TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;

    /**
     * A transfer that was created for the time being.
     *
     * @param sequence of its entry.
     * @param record   of 120 bytes, as it would have been stored, then its timestamp.
     */
    private record Provisional(long sequence, UnsafeBuffer record)
    {
    }

    private final ReadModel model;
    private final Bodies bodies;
    private final Moment moment;
    private final StoredTransfer stored = new StoredTransfer();
    private final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder();
    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private final TransferRecordDecoder reserved = new TransferRecordDecoder();
    private final TransferRecordEncoder encoder = new TransferRecordEncoder();
    private final List<Provisional> transfers = new ArrayList<>();
    private final Map<Long, PendingState> states = new HashMap<>();
    private final Map<Integer, UnsafeBuffer> accounts = new HashMap<>();

    ChainEffects(final ReadModel model, final Bodies bodies)
    {
        this.model = model;
        this.bodies = bodies;
        moment = model.newMoment();
    }

    /** Nothing was done yet, and the accounts are as they were before an entry. */
    void restart(final long sequence)
    {
        transfers.clear();
        states.clear();
        accounts.clear();
        moment.afterSequence(sequence - 1);
    }

    /** A member of the chain was created for the time being. */
    void add(final long sequence, final DirectBuffer buffer, final int offset)
    {
        stored.wrap(buffer, offset);
        final TransferRecordDecoder command = stored.command();
        final UnsafeBuffer record = new UnsafeBuffer(new byte[QueryRows.TRANSFER_LENGTH]);
        record.putBytes(0, command.buffer(), command.offset(), TransferRecordDecoder.ENCODED_LENGTH);
        record.putLong(TIMESTAMP_OFFSET, stored.timestampNs());
        if ((command.flags() & POST_OR_VOID) != 0)
        {
            resolve(pendingSequence(buffer, offset), record);
        }
        else
        {
            move(record);
        }
        if ((command.flags() & TransferFlags.PENDING) != 0)
        {
            states.put(sequence, PendingState.PENDING);
        }
        transfers.add(new Provisional(sequence, record));
    }

    /** The pending transfer that the entry of a post or void names; 0 if none was found. */
    long pendingSequence(final DirectBuffer buffer, final int offset)
    {
        if (Entries.templateId(buffer, offset) != ExtendedTransferEntryDecoder.TEMPLATE_ID)
        {
            return 0;
        }
        extended.wrap(
            buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, ExtendedTransferEntryDecoder.BLOCK_LENGTH,
            ExtendedTransferEntryDecoder.SCHEMA_VERSION);
        return extended.pendingSequence();
    }

    /** Sequence of the entry that created the transfer with an id for the time being; 0 if none did. */
    long sequenceOf(final long idHigh, final long idLow)
    {
        for (final Provisional each : transfers)
        {
            transfer.wrap(each.record, 0);
            if (transfer.idHigh() == idHigh && transfer.idLow() == idLow)
            {
                return each.sequence;
            }
        }
        return 0;
    }

    /** Copy a transfer that was created by an entry, for good or for the time being; false if there is none. */
    boolean copyTransfer(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        for (final Provisional each : transfers)
        {
            if (each.sequence == sequence)
            {
                buffer.putBytes(offset, each.record, 0, QueryRows.TRANSFER_LENGTH);
                return true;
            }
        }
        if (model.transferOfSequence(sequence) == RowSet.NONE)
        {
            return false;
        }
        bodies.copyTransfer(sequence, buffer, offset);
        return true;
    }

    /** What has become of a transfer so far that was created by an entry. */
    PendingState stateOf(final long sequence, final long beforeSequence)
    {
        final PendingState state = states.get(sequence);
        if (state != null)
        {
            return state;
        }
        final int row = model.transferOfSequence(sequence);
        if (row == RowSet.NONE || (model.transfers().flags(row) & TransferFlags.PENDING) == 0)
        {
            return PendingState.NONE;
        }
        final int pending = model.transfers().pending(row);
        final long resolvedSequence = model.pendings().resolvedSequence(pending);
        return resolvedSequence == 0 || resolvedSequence >= beforeSequence ?
            PendingState.PENDING : model.pendings().state(pending);
    }

    /** An account so far. */
    UnsafeBuffer account(final int slot)
    {
        return accounts.computeIfAbsent(slot, key ->
        {
            final UnsafeBuffer record = new UnsafeBuffer(new byte[QueryRows.ACCOUNT_LENGTH]);
            model.accountsAsOf().read(key, moment, record, 0);
            return record;
        });
    }

    /** Timestamp of the newest transfer so far; 0 if there is none. */
    long timestampMaxNs()
    {
        if (!transfers.isEmpty())
        {
            return transfers.get(transfers.size() - 1).record.getLong(TIMESTAMP_OFFSET);
        }
        return moment.transferEnd() == 0 ? 0 : model.transfers().timestampNs(moment.transferEnd() - 1);
    }

    /** A single-phase or pending transfer. */
    private void move(final UnsafeBuffer record)
    {
        transfer.wrap(record, 0);
        final int flags = transfer.flags();
        final UnsafeBuffer debitAccount = account(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        final UnsafeBuffer creditAccount = account(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        if ((flags & TransferFlags.BALANCING_DEBIT) != 0)
        {
            reduceAmount(record, debitAccount, DEBITS_OFFSET, CREDITS_OFFSET);
        }
        if ((flags & TransferFlags.BALANCING_CREDIT) != 0)
        {
            reduceAmount(record, creditAccount, CREDITS_OFFSET, DEBITS_OFFSET);
        }
        final boolean isPending = (flags & TransferFlags.PENDING) != 0;
        final int balance = isPending ? 0 : POSTED_OFFSET;
        add(debitAccount, DEBITS_OFFSET + balance, transfer.amountHigh(), transfer.amountLow());
        add(creditAccount, CREDITS_OFFSET + balance, transfer.amountHigh(), transfer.amountLow());
        closeIf((flags & TransferFlags.CLOSING_DEBIT) != 0, debitAccount, true);
        closeIf((flags & TransferFlags.CLOSING_CREDIT) != 0, creditAccount, true);
    }

    /** A post or void: what it leaves open is as the pending transfer has it. */
    private void resolve(final long pendingSequence, final UnsafeBuffer record)
    {
        final UnsafeBuffer pendingRecord = new UnsafeBuffer(new byte[QueryRows.TRANSFER_LENGTH]);
        copyTransfer(pendingSequence, pendingRecord, 0);
        reserved.wrap(pendingRecord, 0);
        transfer.wrap(record, 0);
        inherit(record);
        final boolean isPost = (transfer.flags() & TransferFlags.POST_PENDING_TRANSFER) != 0;
        final UnsafeBuffer debitAccount = account(reserved.debitAccountIdHigh(), reserved.debitAccountIdLow());
        final UnsafeBuffer creditAccount = account(reserved.creditAccountIdHigh(), reserved.creditAccountIdLow());
        subtract(debitAccount, DEBITS_OFFSET, reserved.amountHigh(), reserved.amountLow());
        subtract(creditAccount, CREDITS_OFFSET, reserved.amountHigh(), reserved.amountLow());
        if (isPost)
        {
            add(debitAccount, DEBITS_OFFSET + POSTED_OFFSET, transfer.amountHigh(), transfer.amountLow());
            add(creditAccount, CREDITS_OFFSET + POSTED_OFFSET, transfer.amountHigh(), transfer.amountLow());
        }
        else
        {
            closeIf((reserved.flags() & TransferFlags.CLOSING_DEBIT) != 0, debitAccount, false);
            closeIf((reserved.flags() & TransferFlags.CLOSING_CREDIT) != 0, creditAccount, false);
        }
        states.put(pendingSequence, isPost ? PendingState.POSTED : PendingState.VOIDED);
    }

    private void inherit(final UnsafeBuffer record)
    {
        final boolean isPost = (transfer.flags() & TransferFlags.POST_PENDING_TRANSFER) != 0;
        final boolean isAll = isPost ? Amounts.isMax(transfer.amountHigh(), transfer.amountLow()) :
            Amounts.isZero(transfer.amountHigh(), transfer.amountLow());
        encoder.wrap(record, 0)
            .debitAccountIdHigh(reserved.debitAccountIdHigh()).debitAccountIdLow(reserved.debitAccountIdLow())
            .creditAccountIdHigh(reserved.creditAccountIdHigh()).creditAccountIdLow(reserved.creditAccountIdLow())
            .ledger(reserved.ledger()).code(reserved.code());
        if (isAll)
        {
            encoder.amountHigh(reserved.amountHigh()).amountLow(reserved.amountLow());
        }
        if (Amounts.isZero(transfer.userData128High(), transfer.userData128Low()))
        {
            encoder.userData128High(reserved.userData128High()).userData128Low(reserved.userData128Low());
        }
        if (transfer.userData64() == 0)
        {
            encoder.userData64(reserved.userData64());
        }
        if (transfer.userData32() == 0)
        {
            encoder.userData32(reserved.userData32());
        }
    }

    /** At most what is posted on the other side less all that is on this side. */
    private void reduceAmount(
        final UnsafeBuffer record, final UnsafeBuffer account, final int sideOffset, final int otherSideOffset)
    {
        final long limitHigh = account.getLong(otherSideOffset + POSTED_OFFSET);
        final long limitLow = account.getLong(otherSideOffset + POSTED_OFFSET + Long.BYTES);
        final long pendingHigh = account.getLong(sideOffset);
        final long pendingLow = account.getLong(sideOffset + Long.BYTES);
        final long postedHigh = account.getLong(sideOffset + POSTED_OFFSET);
        final long postedLow = account.getLong(sideOffset + POSTED_OFFSET + Long.BYTES);
        final long totalHigh = Amounts.addHigh(pendingHigh, pendingLow, postedHigh, postedLow);
        final long totalLow = Amounts.addLow(pendingLow, postedLow);
        final boolean isRoom = Amounts.compare(limitHigh, limitLow, totalHigh, totalLow) > 0;
        final long roomHigh = isRoom ? Amounts.subtractHigh(limitHigh, limitLow, totalHigh, totalLow) : 0;
        final long roomLow = isRoom ? Amounts.subtractLow(limitLow, totalLow) : 0;
        if (Amounts.compare(transfer.amountHigh(), transfer.amountLow(), roomHigh, roomLow) > 0)
        {
            encoder.wrap(record, 0).amountHigh(roomHigh).amountLow(roomLow);
        }
    }

    private UnsafeBuffer account(final long idHigh, final long idLow)
    {
        return account(model.accounts().slotOf(idHigh, idLow));
    }

    private static void add(
        final UnsafeBuffer account, final int offset, final long amountHigh, final long amountLow)
    {
        final long high = account.getLong(offset);
        final long low = account.getLong(offset + Long.BYTES);
        account.putLong(offset, Amounts.addHigh(high, low, amountHigh, amountLow));
        account.putLong(offset + Long.BYTES, Amounts.addLow(low, amountLow));
    }

    private static void subtract(
        final UnsafeBuffer account, final int offset, final long amountHigh, final long amountLow)
    {
        final long high = account.getLong(offset);
        final long low = account.getLong(offset + Long.BYTES);
        account.putLong(offset, Amounts.subtractHigh(high, low, amountHigh, amountLow));
        account.putLong(offset + Long.BYTES, Amounts.subtractLow(low, amountLow));
    }

    private static void closeIf(final boolean isFlipped, final UnsafeBuffer account, final boolean isClosed)
    {
        if (isFlipped)
        {
            final int flags = account.getShort(ACCOUNT_FLAGS_OFFSET);
            account.putShort(
                ACCOUNT_FLAGS_OFFSET,
                (short)(isClosed ? flags | AccountFlags.CLOSED : flags & ~AccountFlags.CLOSED));
        }
    }
}
