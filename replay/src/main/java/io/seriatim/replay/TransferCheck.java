package io.seriatim.replay;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Checks what the entries of transfers and of expiries say against each other, and keeps the tallies of their ledgers:
 * a transfer moves what it was asked to, or less where it balances; a post, a void or an expiry releases a pending
 * transfer that is open, once, and says of it what that one's own entry says; what is due is released first, in order.
 * <p>
 * Shape: the pending transfers that are open.<br>
 * Threads: confined to one.<br>
 * Source: SEMANTICS, sections 2.2, 5, 8 to 10 and 12.
 */
final class TransferCheck
{
    private static final int CREATED = TransferOutcome.CREATED.code();
    private static final int POST_OR_VOID =
        TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;
    private static final int BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT;
    private static final int CLOSING = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT;

    // Parts of the extension of an extended entry, counted in its block.
    private static final int AMOUNT_MOVED = ExtendedTransferEntryDecoder.amountMovedHighEncodingOffset();
    private static final int PENDING_SEQUENCE = ExtendedTransferEntryDecoder.pendingSequenceEncodingOffset();
    private static final int AFTER_PENDING_SEQUENCE = PENDING_SEQUENCE + Long.BYTES;
    private static final int RESOLVED_LEDGER = ExtendedTransferEntryDecoder.resolvedLedgerEncodingOffset();
    private static final int AFTER_RESOLVED_LEDGER = RESOLVED_LEDGER + Integer.BYTES;

    private final Int2ObjectHashMap<LedgerTally> ledgers;
    private final EntryCheck.ProblemHandler problems;
    private final PendingBook pendings = new PendingBook();
    private PendingTransfer lastOverdue;
    private long transferTimestampMaxNs;
    private long createdCount;

    TransferCheck(final Int2ObjectHashMap<LedgerTally> ledgers, final EntryCheck.ProblemHandler problems)
    {
        this.ledgers = ledgers;
        this.problems = problems;
    }

    /** The pending transfers that are open. */
    PendingBook pendings()
    {
        return pendings;
    }

    /** How many transfers were created. */
    long createdCount()
    {
        return createdCount;
    }

    /** A request has been taken; its first event has this slot. What was due by then was to be released before. */
    void onRequest(final long sequence, final long slotNs)
    {
        final PendingTransfer first = pendings.first();
        if (first != null && first != lastOverdue && first.isDueAt(slotNs - 1))
        {
            // Once is enough: it stays due for all requests to come.
            lastOverdue = first;
            problems.onProblem(
                sequence,
                "its request was taken before a pending transfer that was due had been released: pending_sequence=" +
                first.sequence + ", expiry_ns=" + first.expiryNs + ", timestamp_ns=" + slotNs);
        }
    }

    /**
     * Check the entry of a command to create a transfer.
     *
     * @param sequence of the entry.
     * @param entry    its head and its command.
     * @param extended the same entry, if it is an extended one; else null.
     */
    void onTransfer(
        final long sequence, final TransferEntryDecoder entry, final ExtendedTransferEntryDecoder extended)
    {
        final TransferRecordDecoder transfer = entry.transfer();
        final int flags = transfer.flags();
        final long givenTimestampNs = extended == null ? 0 : extended.givenTimestampNs();
        final boolean isExtendedDue = givenTimestampNs != 0 ||
            (flags & (TransferFlags.IMPORTED | POST_OR_VOID | BALANCING)) != 0;
        if (isExtendedDue != (extended != null))
        {
            problems.onProblem(
                sequence,
                isExtendedDue ? "its flags take an extended entry, and it is an ordinary one" :
                "nothing in its command takes an extended entry, and it is one");
        }
        if ((int)entry.outcome() != CREATED)
        {
            if (extended != null)
            {
                checkRefused(sequence, entry, extended);
            }
            return;
        }
        createdCount++;
        checkTimestamp(sequence, entry, flags, givenTimestampNs);
        if ((flags & TransferFlags.RESERVED) != 0)
        {
            problems.onProblem(sequence, "a transfer was created with flags that do not exist");
        }
        if ((flags & POST_OR_VOID) == 0)
        {
            checkOrdinary(sequence, entry, extended);
        }
        else if (extended != null)
        {
            checkPostOrVoid(sequence, entry.timestampNs(), transfer, extended);
        }
    }

    /** Check the entry of a pending transfer that has expired. */
    void onExpiry(final long sequence, final ExpiryEntryDecoder entry)
    {
        final PendingTransfer pending = pendings.get(entry.pendingSequence());
        if (pending == null)
        {
            problems.onProblem(
                sequence,
                "it releases what is no open pending transfer: pending_sequence=" +
                Long.toUnsignedString(entry.pendingSequence()));
            return;
        }
        if (!pending.isDueAt(entry.timestampNs()))
        {
            problems.onProblem(
                sequence,
                "it releases a pending transfer before its time: pending_sequence=" + pending.sequence +
                ", expiry_ns=" + pending.expiryNs + ", timestamp_ns=" + entry.timestampNs());
        }
        final PendingTransfer first = pendings.first();
        if (pending.expiryNs != 0 && first != pending)
        {
            problems.onProblem(
                sequence,
                "another pending transfer expires before the one that it releases: pending_sequence=" +
                first.sequence + ", expiry_ns=" + first.expiryNs);
        }
        if (!isReleasedAsReserved(entry, pending))
        {
            problems.onProblem(
                sequence,
                "it does not say of the pending transfer what that one's entry says: pending_sequence=" +
                pending.sequence);
        }
        pendings.remove(pending);
        ledgers.get(pending.ledger).releaseByExpiry(pending.amountHigh, pending.amountLow);
    }

    /** Ledger that an entry is numbered in: that of the pending transfer, if one was found. */
    static int ledger(final TransferEntryDecoder entry, final ExtendedTransferEntryDecoder extended)
    {
        final long resolved = extended == null ? 0 : extended.resolvedLedger();
        return (int)(resolved != 0 ? resolved : entry.transfer().ledger());
    }

    private void checkTimestamp(
        final long sequence, final TransferEntryDecoder entry, final int flags, final long givenTimestampNs)
    {
        final long slotNs = entry.timestampNs();
        final boolean isImported = (flags & TransferFlags.IMPORTED) != 0;
        final long batchTimestampNs = slotNs + entry.batchCount() - 1 - entry.batchIndex();
        if (!isImported && givenTimestampNs != 0)
        {
            problems.onProblem(sequence, "a transfer was created with a timestamp of its own, and is not imported");
        }
        else if (isImported && (givenTimestampNs <= transferTimestampMaxNs || givenTimestampNs >= batchTimestampNs))
        {
            problems.onProblem(
                sequence,
                "an imported transfer was created out of time: given_timestamp_ns=" + givenTimestampNs +
                ", greatest before=" + transferTimestampMaxNs + ", batch timestamp=" + batchTimestampNs);
        }
        transferTimestampMaxNs = Math.max(transferTimestampMaxNs, isImported ? givenTimestampNs : slotNs);
    }

    // What was refused.

    private void checkRefused(
        final long sequence, final TransferEntryDecoder entry, final ExtendedTransferEntryDecoder extended)
    {
        if (!isZero(extended, AMOUNT_MOVED, PENDING_SEQUENCE) ||
            !isZero(extended, AFTER_PENDING_SEQUENCE, RESOLVED_LEDGER) ||
            !isZero(extended, AFTER_RESOLVED_LEDGER, ExtendedTransferEntryDecoder.BLOCK_LENGTH))
        {
            problems.onProblem(sequence, "a transfer was refused and has an amount moved or resolved fields");
        }
        final int flags = entry.transfer().flags();
        final int outcome = (int)entry.outcome();
        final long pendingSequence = extended.pendingSequence();
        final boolean isFound = pendingSequence != 0;
        final boolean isFoundFirst = (flags & POST_OR_VOID) != 0 && isJudgedByPending(outcome);
        final boolean isEither =
            (flags & POST_OR_VOID) != 0 && outcome == TransferOutcome.LINKED_EVENT_FAILED.code();
        if (isFound != (extended.resolvedLedger() != 0) || isFound != isFoundFirst && !isEither)
        {
            problems.onProblem(
                sequence,
                "a refused transfer names the pending transfer and its ledger if, and only if, it was judged by it: " +
                "pending_sequence=" + pendingSequence + ", resolved_ledger=" + extended.resolvedLedger());
        }
        else if (isFound)
        {
            checkFound(sequence, entry, extended);
        }
    }

    private void checkFound(
        final long sequence, final TransferEntryDecoder entry, final ExtendedTransferEntryDecoder extended)
    {
        final long pendingSequence = extended.pendingSequence();
        final TransferRecordDecoder transfer = entry.transfer();
        final PendingTransfer pending = pendings.get(pendingSequence);
        if (Long.compareUnsigned(pendingSequence, sequence) >= 0 ||
            !ledgers.containsKey((int)extended.resolvedLedger()) ||
            pending != null && (pending.ledger != (int)extended.resolvedLedger() ||
            pending.idHigh != transfer.pendingIdHigh() || pending.idLow != transfer.pendingIdLow()))
        {
            problems.onProblem(
                sequence,
                "the pending transfer that it names can not be that: pending_sequence=" +
                Long.toUnsignedString(pendingSequence) + ", resolved_ledger=" + extended.resolvedLedger());
        }
        else if (pending != null && (int)entry.outcome() == TransferOutcome.PENDING_TRANSFER_EXPIRED.code() &&
            !pending.isDueAt(entry.timestampNs()))
        {
            problems.onProblem(
                sequence,
                "it was refused because a pending transfer had expired whose time was not over: pending_sequence=" +
                pendingSequence + ", expiry_ns=" + pending.expiryNs);
        }
    }

    /** Whether an outcome is one that a post or void can have only if its pending transfer was found. */
    private static boolean isJudgedByPending(final int code)
    {
        if (!Outcomes.isOfTransfer(code))
        {
            return false;
        }
        switch (TransferOutcome.of(code))
        {
            case PENDING_TRANSFER_NOT_PENDING:
            case PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID:
            case PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID:
            case PENDING_TRANSFER_HAS_DIFFERENT_LEDGER:
            case PENDING_TRANSFER_HAS_DIFFERENT_CODE:
            case EXCEEDS_PENDING_TRANSFER_AMOUNT:
            case PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT:
            case PENDING_TRANSFER_ALREADY_POSTED:
            case PENDING_TRANSFER_ALREADY_VOIDED:
            case PENDING_TRANSFER_EXPIRED:
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS:
            case DEBIT_ACCOUNT_ALREADY_CLOSED:
            case CREDIT_ACCOUNT_ALREADY_CLOSED:
                return true;
            default:
                return false;
        }
    }

    // Single-phase and pending transfers.

    private void checkOrdinary(
        final long sequence, final TransferEntryDecoder entry, final ExtendedTransferEntryDecoder extended)
    {
        final TransferRecordDecoder transfer = entry.transfer();
        final int flags = transfer.flags();
        final boolean isPending = (flags & TransferFlags.PENDING) != 0;
        if (transfer.debitAccountIdHigh() == transfer.creditAccountIdHigh() &&
            transfer.debitAccountIdLow() == transfer.creditAccountIdLow())
        {
            problems.onProblem(sequence, "a transfer was created from an account to itself");
        }
        if ((transfer.pendingIdHigh() | transfer.pendingIdLow()) != 0)
        {
            problems.onProblem(sequence, "a transfer was created with a pending_id, and neither posts nor voids");
        }
        if (!isPending && (transfer.timeout() != 0 || (flags & CLOSING) != 0))
        {
            problems.onProblem(
                sequence, "a transfer was created with a timeout or to close an account, and is not pending");
        }
        if (transfer.timeout() != 0 && (flags & TransferFlags.IMPORTED) != 0)
        {
            problems.onProblem(sequence, "an imported transfer was created with a timeout");
        }
        if (extended != null && !isResolvedAsGiven(transfer, extended))
        {
            problems.onProblem(sequence, "its amount moved or its resolved fields are not those of its command");
        }
        final long amountHigh = extended != null ? extended.amountMovedHigh() : transfer.amountHigh();
        final long amountLow = extended != null ? extended.amountMovedLow() : transfer.amountLow();
        final LedgerTally tally = ledgers.get((int)transfer.ledger());
        if (tally == null)
        {
            problems.onProblem(
                sequence, "a transfer was created in a ledger without accounts: ledger=" + transfer.ledger());
        }
        else if (isPending)
        {
            final boolean isImported = (flags & TransferFlags.IMPORTED) != 0 && extended != null;
            final long timestampNs = isImported ? extended.givenTimestampNs() : entry.timestampNs();
            pendings.add(new PendingTransfer(sequence, timestampNs, transfer, amountHigh, amountLow));
            tally.reserve(amountHigh, amountLow);
        }
        else
        {
            tally.move(amountHigh, amountLow);
        }
    }

    private static boolean isResolvedAsGiven(
        final TransferRecordDecoder transfer, final ExtendedTransferEntryDecoder extended)
    {
        final int order = compare(
            extended.amountMovedHigh(), extended.amountMovedLow(), transfer.amountHigh(), transfer.amountLow());
        final boolean isBalancing = (transfer.flags() & BALANCING) != 0;
        return (isBalancing ? order <= 0 : order == 0) &&
            extended.pendingSequence() == 0 &&
            extended.resolvedDebitAccountIdHigh() == transfer.debitAccountIdHigh() &&
            extended.resolvedDebitAccountIdLow() == transfer.debitAccountIdLow() &&
            extended.resolvedCreditAccountIdHigh() == transfer.creditAccountIdHigh() &&
            extended.resolvedCreditAccountIdLow() == transfer.creditAccountIdLow() &&
            extended.resolvedUserData128High() == transfer.userData128High() &&
            extended.resolvedUserData128Low() == transfer.userData128Low() &&
            extended.resolvedUserData64() == transfer.userData64() &&
            extended.resolvedUserData32() == transfer.userData32() &&
            extended.resolvedLedger() == transfer.ledger() &&
            extended.resolvedCode() == transfer.code() &&
            extended.reopened() == 0 &&
            extended.reserved32() == 0;
    }

    // Posts and voids.

    private void checkPostOrVoid(
        final long sequence,
        final long slotNs,
        final TransferRecordDecoder transfer,
        final ExtendedTransferEntryDecoder extended)
    {
        final int flags = transfer.flags();
        if ((flags & POST_OR_VOID) == POST_OR_VOID ||
            (flags & (TransferFlags.PENDING | BALANCING | CLOSING)) != 0 || transfer.timeout() != 0)
        {
            problems.onProblem(sequence, "a post or void was created with flags or a timeout that exclude it");
        }
        final PendingTransfer pending = pendings.get(extended.pendingSequence());
        if (pending == null)
        {
            problems.onProblem(
                sequence,
                "it resolves what is no open pending transfer: pending_sequence=" +
                Long.toUnsignedString(extended.pendingSequence()));
            return;
        }
        final boolean isPost = (flags & TransferFlags.POST_PENDING_TRANSFER) != 0;
        if (pending.isDueAt(slotNs))
        {
            problems.onProblem(
                sequence,
                "it resolves a pending transfer whose time was over: pending_sequence=" + pending.sequence +
                ", expiry_ns=" + pending.expiryNs + ", timestamp_ns=" + slotNs);
        }
        if (isPost && pending.closed() != 0)
        {
            problems.onProblem(
                sequence, "it posts a pending transfer that has closed an account: pending_sequence=" +
                pending.sequence);
        }
        if (!isAmountResolved(transfer, extended, pending, isPost))
        {
            problems.onProblem(
                sequence,
                "its amount moved is not what it was to " + (isPost ? "post" : "void") + ": pending_sequence=" +
                pending.sequence);
        }
        if (!isOfPending(transfer, pending) || !isResolved(transfer, extended, pending) ||
            extended.reopened() != (isPost ? 0 : pending.closed()) || extended.reserved32() != 0)
        {
            problems.onProblem(
                sequence,
                "its command or its resolved fields are not those of the pending transfer: pending_sequence=" +
                pending.sequence);
        }
        pendings.remove(pending);
        final LedgerTally tally = ledgers.get(pending.ledger);
        if (isPost)
        {
            tally.releaseByPost(pending.amountHigh, pending.amountLow);
            tally.move(extended.amountMovedHigh(), extended.amountMovedLow());
        }
        else
        {
            tally.releaseByVoid(pending.amountHigh, pending.amountLow);
        }
    }

    /** All that is pending if it says so, else what is given; a void has no choice. */
    private static boolean isAmountResolved(
        final TransferRecordDecoder transfer,
        final ExtendedTransferEntryDecoder extended,
        final PendingTransfer pending,
        final boolean isPost)
    {
        final boolean isAll = isPost ? (transfer.amountHigh() & transfer.amountLow()) == -1 :
            (transfer.amountHigh() | transfer.amountLow()) == 0;
        final int order = compare(
            extended.amountMovedHigh(), extended.amountMovedLow(), pending.amountHigh, pending.amountLow);
        final boolean isAsGiven = extended.amountMovedHigh() == transfer.amountHigh() &&
            extended.amountMovedLow() == transfer.amountLow();
        return isAll ? order == 0 : isAsGiven && (isPost ? order <= 0 : order == 0);
    }

    /** Whether what the command gives, which it need not, is what the pending transfer has. */
    private static boolean isOfPending(final TransferRecordDecoder transfer, final PendingTransfer pending)
    {
        return transfer.pendingIdHigh() == pending.idHigh && transfer.pendingIdLow() == pending.idLow &&
            isNoneOr(
                transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
                pending.debitAccountIdHigh, pending.debitAccountIdLow) &&
            isNoneOr(
                transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(),
                pending.creditAccountIdHigh, pending.creditAccountIdLow) &&
            isNoneOr(0, transfer.ledger(), 0, Integer.toUnsignedLong(pending.ledger)) &&
            isNoneOr(0, transfer.code(), 0, pending.code);
    }

    private static boolean isNoneOr(final long givenHigh, final long givenLow, final long high, final long low)
    {
        return (givenHigh | givenLow) == 0 || givenHigh == high && givenLow == low;
    }

    private static boolean isResolved(
        final TransferRecordDecoder transfer,
        final ExtendedTransferEntryDecoder extended,
        final PendingTransfer pending)
    {
        final boolean isInherited128 = (transfer.userData128High() | transfer.userData128Low()) == 0;
        return extended.resolvedDebitAccountIdHigh() == pending.debitAccountIdHigh &&
            extended.resolvedDebitAccountIdLow() == pending.debitAccountIdLow &&
            extended.resolvedCreditAccountIdHigh() == pending.creditAccountIdHigh &&
            extended.resolvedCreditAccountIdLow() == pending.creditAccountIdLow &&
            extended.resolvedUserData128High() ==
                (isInherited128 ? pending.userData128High : transfer.userData128High()) &&
            extended.resolvedUserData128Low() ==
                (isInherited128 ? pending.userData128Low : transfer.userData128Low()) &&
            extended.resolvedUserData64() ==
                (transfer.userData64() == 0 ? pending.userData64 : transfer.userData64()) &&
            extended.resolvedUserData32() ==
                (transfer.userData32() == 0 ? pending.userData32 : transfer.userData32()) &&
            (int)extended.resolvedLedger() == pending.ledger &&
            extended.resolvedCode() == pending.code;
    }

    // Expiries.

    private static boolean isReleasedAsReserved(final ExpiryEntryDecoder entry, final PendingTransfer pending)
    {
        return entry.pendingIdHigh() == pending.idHigh &&
            entry.pendingIdLow() == pending.idLow &&
            entry.debitAccountIdHigh() == pending.debitAccountIdHigh &&
            entry.debitAccountIdLow() == pending.debitAccountIdLow &&
            entry.creditAccountIdHigh() == pending.creditAccountIdHigh &&
            entry.creditAccountIdLow() == pending.creditAccountIdLow &&
            entry.amountHigh() == pending.amountHigh &&
            entry.amountLow() == pending.amountLow &&
            (int)entry.ledger() == pending.ledger &&
            entry.code() == pending.code &&
            entry.reopened() == pending.closed();
    }

    private static int compare(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) : Long.compareUnsigned(aLow, bLow);
    }

    private static boolean isZero(final ExtendedTransferEntryDecoder entry, final int from, final int to)
    {
        final DirectBuffer buffer = entry.buffer();
        for (int i = from; i < to; i++)
        {
            if (buffer.getByte(entry.offset() + i) != 0)
            {
                return false;
            }
        }
        return true;
    }
}
