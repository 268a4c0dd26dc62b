package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules for creating a transfer, one early return each, in order of precedence. They change nothing; what they have
 * found out on the way, an accepted transfer is applied with.
 * <p>
 * Source: SEMANTICS, sections 3, 5 and 9.
 */
final class TransferRules
{
    private static final int POST_OR_VOID =
        TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;
    private static final int BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT;
    private static final int CLOSING = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT;

    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ExpiryTimestamps expiryTimestamps;
    private final ExistingTransferRules existingRules;
    private long firstSequence;
    private long pendingSequence;
    private StoredTransfer pending;
    private int debitSlot;
    private int creditSlot;
    private long amountHigh;
    private long amountLow;

    TransferRules(
        final AccountTable accounts, final TransferIndex transfers, final ExpiryTimestamps expiryTimestamps)
    {
        this.accounts = accounts;
        this.transfers = transfers;
        this.expiryTimestamps = expiryTimestamps;
        existingRules = new ExistingTransferRules(transfers);
    }

    static boolean isPostOrVoid(final int flags)
    {
        return (flags & POST_OR_VOID) != 0;
    }

    static boolean isBalancing(final int flags)
    {
        return (flags & BALANCING) != 0;
    }

    /** Sequence of the entry that created the transfer or spent its id; good after an outcome that says so. */
    long firstSequence()
    {
        return firstSequence;
    }

    /** Sequence of the entry that created the pending transfer that a post or void names; 0 if none was found. */
    long pendingSequence()
    {
        return pendingSequence;
    }

    /** The pending transfer that a post or void names; good while {@link #pendingSequence()} is not 0. */
    StoredTransfer pending()
    {
        return pending;
    }

    /** Slot of the debit account; good after {@link TransferOutcome#CREATED}. */
    int debitSlot()
    {
        return debitSlot;
    }

    /** Slot of the credit account; good after {@link TransferOutcome#CREATED}. */
    int creditSlot()
    {
        return creditSlot;
    }

    /** High half of the amount to move; good after {@link TransferOutcome#CREATED}. */
    long amountHigh()
    {
        return amountHigh;
    }

    /** Low half of the amount to move; good after {@link TransferOutcome#CREATED}. */
    long amountLow()
    {
        return amountLow;
    }

    TransferOutcome judge(final TransferRecordDecoder transfer, final long givenTimestampNs, final Batch batch)
    {
        final int flags = transfer.flags();
        final boolean isImported = (flags & TransferFlags.IMPORTED) != 0;
        pendingSequence = 0;
        if ((flags & TransferFlags.LINKED) != 0 && batch.isLastEvent())
        {
            return LINKED_EVENT_CHAIN_OPEN;
        }
        if (batch.isChainBroken())
        {
            return LINKED_EVENT_FAILED;
        }
        if (batch.isImport() != isImported)
        {
            return isImported ? IMPORTED_EVENT_NOT_EXPECTED : IMPORTED_EVENT_EXPECTED;
        }
        if (!isImported && givenTimestampNs != 0)
        {
            return TIMESTAMP_MUST_BE_ZERO;
        }
        if (isImported && givenTimestampNs < Batch.TIMESTAMP_MIN_NS)
        {
            return IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE;
        }
        if (isImported && givenTimestampNs >= batch.timestampNs())
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE;
        }
        if ((flags & TransferFlags.RESERVED) != 0)
        {
            return RESERVED_FLAG;
        }
        if (Amounts.isZero(transfer.idHigh(), transfer.idLow()))
        {
            return ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(transfer.idHigh(), transfer.idLow()))
        {
            return ID_MUST_NOT_BE_INT_MAX;
        }
        final long found = transfers.find(transfer.idHigh(), transfer.idLow());
        firstSequence = TransferIndex.sequenceOf(found);
        if (found > 0)
        {
            return existingRules.judge(transfer, firstSequence);
        }
        if (found < 0)
        {
            return ID_ALREADY_FAILED;
        }
        return isPostOrVoid(flags) ?
            judgePostOrVoid(transfer, givenTimestampNs, batch.slotNs()) :
            judgeOrdinary(transfer, givenTimestampNs, batch.slotNs());
    }

    // Single-phase and pending transfers.

    private TransferOutcome judgeOrdinary(
        final TransferRecordDecoder transfer, final long givenTimestampNs, final long slotNs)
    {
        final long debitIdHigh = transfer.debitAccountIdHigh();
        final long debitIdLow = transfer.debitAccountIdLow();
        final long creditIdHigh = transfer.creditAccountIdHigh();
        final long creditIdLow = transfer.creditAccountIdLow();
        final int flags = transfer.flags();
        final boolean isPending = (flags & TransferFlags.PENDING) != 0;
        if (Amounts.isZero(debitIdHigh, debitIdLow))
        {
            return DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(debitIdHigh, debitIdLow))
        {
            return DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX;
        }
        if (Amounts.isZero(creditIdHigh, creditIdLow))
        {
            return CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(creditIdHigh, creditIdLow))
        {
            return CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX;
        }
        if (debitIdHigh == creditIdHigh && debitIdLow == creditIdLow)
        {
            return ACCOUNTS_MUST_BE_DIFFERENT;
        }
        if (!Amounts.isZero(transfer.pendingIdHigh(), transfer.pendingIdLow()))
        {
            return PENDING_ID_MUST_BE_ZERO;
        }
        if (!isPending && transfer.timeout() != 0)
        {
            return TIMEOUT_RESERVED_FOR_PENDING_TRANSFER;
        }
        if (!isPending && (flags & CLOSING) != 0)
        {
            return CLOSING_TRANSFER_MUST_BE_PENDING;
        }
        if (transfer.ledger() == 0)
        {
            return LEDGER_MUST_NOT_BE_ZERO;
        }
        if (transfer.code() == 0)
        {
            return CODE_MUST_NOT_BE_ZERO;
        }
        debitSlot = accounts.slotOf(debitIdHigh, debitIdLow);
        if (debitSlot == AccountTable.NOT_FOUND)
        {
            return DEBIT_ACCOUNT_NOT_FOUND;
        }
        creditSlot = accounts.slotOf(creditIdHigh, creditIdLow);
        if (creditSlot == AccountTable.NOT_FOUND)
        {
            return CREDIT_ACCOUNT_NOT_FOUND;
        }
        if (accounts.ledger(debitSlot) != accounts.ledger(creditSlot))
        {
            return ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER;
        }
        if (accounts.ledger(debitSlot) != (int)transfer.ledger())
        {
            return TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS;
        }
        if ((flags & TransferFlags.IMPORTED) != 0)
        {
            final TransferOutcome outcome = judgeImported(givenTimestampNs, transfer.timeout());
            if (outcome != CREATED)
            {
                return outcome;
            }
        }
        if ((accounts.flags(debitSlot) & AccountFlags.CLOSED) != 0)
        {
            return DEBIT_ACCOUNT_ALREADY_CLOSED;
        }
        if ((accounts.flags(creditSlot) & AccountFlags.CLOSED) != 0)
        {
            return CREDIT_ACCOUNT_ALREADY_CLOSED;
        }
        fixAmount(transfer, flags);
        return judgeAmount(isPending, slotNs, transfer.timeout());
    }

    private TransferOutcome judgeImported(final long timestampNs, final long timeout)
    {
        if (isTimestampTaken(timestampNs))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS;
        }
        if (timestampNs <= accounts.timestampNs(debitSlot))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT;
        }
        if (timestampNs <= accounts.timestampNs(creditSlot))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT;
        }
        if (timeout != 0)
        {
            return IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO;
        }
        return CREATED;
    }

    private boolean isTimestampTaken(final long timestampNs)
    {
        return timestampNs <= transfers.timestampMaxNs() ||
            accounts.hasTimestamp(timestampNs) ||
            expiryTimestamps.contains(timestampNs);
    }

    /** The amount given; or, of a balancing transfer, as much of it as the accounts have room for. */
    private void fixAmount(final TransferRecordDecoder transfer, final int flags)
    {
        amountHigh = transfer.amountHigh();
        amountLow = transfer.amountLow();
        if ((flags & TransferFlags.BALANCING_DEBIT) != 0)
        {
            reduceAmount(accounts.debitRoomHigh(debitSlot), accounts.debitRoomLow(debitSlot));
        }
        if ((flags & TransferFlags.BALANCING_CREDIT) != 0)
        {
            reduceAmount(accounts.creditRoomHigh(creditSlot), accounts.creditRoomLow(creditSlot));
        }
    }

    private void reduceAmount(final long roomHigh, final long roomLow)
    {
        if (Amounts.compare(amountHigh, amountLow, roomHigh, roomLow) > 0)
        {
            amountHigh = roomHigh;
            amountLow = roomLow;
        }
    }

    private TransferOutcome judgeAmount(final boolean isPending, final long slotNs, final long timeout)
    {
        if (isPending && accounts.overflowsDebitsPending(debitSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_DEBITS_PENDING;
        }
        if (isPending && accounts.overflowsCreditsPending(creditSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_CREDITS_PENDING;
        }
        if (accounts.overflowsDebitsPosted(debitSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_DEBITS_POSTED;
        }
        if (accounts.overflowsCreditsPosted(creditSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_CREDITS_POSTED;
        }
        if (accounts.overflowsDebits(debitSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_DEBITS;
        }
        if (accounts.overflowsCredits(creditSlot, amountHigh, amountLow))
        {
            return OVERFLOWS_CREDITS;
        }
        if (timeout * StoredTransfer.NS_PER_SECOND > Batch.TIMESTAMP_MAX_NS - slotNs)
        {
            return OVERFLOWS_TIMEOUT;
        }
        if ((accounts.flags(debitSlot) & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
            accounts.exceedsCredits(debitSlot, amountHigh, amountLow))
        {
            return EXCEEDS_CREDITS;
        }
        if ((accounts.flags(creditSlot) & AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS) != 0 &&
            accounts.exceedsDebits(creditSlot, amountHigh, amountLow))
        {
            return EXCEEDS_DEBITS;
        }
        return CREATED;
    }

    // Posts and voids.

    private TransferOutcome judgePostOrVoid(
        final TransferRecordDecoder transfer, final long givenTimestampNs, final long slotNs)
    {
        final int flags = transfer.flags();
        if ((flags & POST_OR_VOID) == POST_OR_VOID || (flags & (TransferFlags.PENDING | BALANCING | CLOSING)) != 0)
        {
            return FLAGS_ARE_MUTUALLY_EXCLUSIVE;
        }
        if (Amounts.isZero(transfer.pendingIdHigh(), transfer.pendingIdLow()))
        {
            return PENDING_ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(transfer.pendingIdHigh(), transfer.pendingIdLow()))
        {
            return PENDING_ID_MUST_NOT_BE_INT_MAX;
        }
        if (transfer.pendingIdHigh() == transfer.idHigh() && transfer.pendingIdLow() == transfer.idLow())
        {
            return PENDING_ID_MUST_BE_DIFFERENT;
        }
        if (transfer.timeout() != 0)
        {
            return TIMEOUT_RESERVED_FOR_PENDING_TRANSFER;
        }
        final long found = transfers.find(transfer.pendingIdHigh(), transfer.pendingIdLow());
        if (found <= 0)
        {
            return PENDING_TRANSFER_NOT_FOUND;
        }
        pendingSequence = TransferIndex.sequenceOf(found);
        pending = transfers.readPending(pendingSequence);
        final PendingState state = TransferIndex.stateOf(found);
        if (state == PendingState.NONE)
        {
            return PENDING_TRANSFER_NOT_PENDING;
        }
        final TransferOutcome outcome = judgeAgainstPending(transfer, flags);
        return outcome != CREATED ? outcome : judgeState(state, flags, givenTimestampNs, slotNs);
    }

    private TransferOutcome judgeAgainstPending(final TransferRecordDecoder transfer, final int flags)
    {
        if (isGivenAndDifferent(
            transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
            pending.debitAccountIdHigh(), pending.debitAccountIdLow()))
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (isGivenAndDifferent(
            transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(),
            pending.creditAccountIdHigh(), pending.creditAccountIdLow()))
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        if (transfer.ledger() != 0 && (int)transfer.ledger() != pending.ledger())
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_LEDGER;
        }
        if (transfer.code() != 0 && transfer.code() != pending.code())
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_CODE;
        }
        resolveAmount(transfer, flags);
        final int comparison =
            Amounts.compare(amountHigh, amountLow, pending.amountHigh(), pending.amountLow());
        if (comparison > 0)
        {
            return EXCEEDS_PENDING_TRANSFER_AMOUNT;
        }
        if (comparison < 0 && (flags & TransferFlags.VOID_PENDING_TRANSFER) != 0)
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT;
        }
        return CREATED;
    }

    /** The amount given; but the maximum of a post, and the 0 of a void, mean all that is pending. */
    private void resolveAmount(final TransferRecordDecoder transfer, final int flags)
    {
        amountHigh = transfer.amountHigh();
        amountLow = transfer.amountLow();
        final boolean isAll = (flags & TransferFlags.POST_PENDING_TRANSFER) != 0 ?
            Amounts.isMax(amountHigh, amountLow) : Amounts.isZero(amountHigh, amountLow);
        if (isAll)
        {
            amountHigh = pending.amountHigh();
            amountLow = pending.amountLow();
        }
    }

    private TransferOutcome judgeState(
        final PendingState state, final int flags, final long givenTimestampNs, final long slotNs)
    {
        if (state == PendingState.POSTED)
        {
            return PENDING_TRANSFER_ALREADY_POSTED;
        }
        if (state == PendingState.VOIDED)
        {
            return PENDING_TRANSFER_ALREADY_VOIDED;
        }
        if (state == PendingState.EXPIRED || pending.expiryNs() != 0 && pending.expiryNs() <= slotNs)
        {
            return PENDING_TRANSFER_EXPIRED;
        }
        if ((flags & TransferFlags.IMPORTED) != 0 && isTimestampTaken(givenTimestampNs))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS;
        }
        debitSlot = accounts.slotOf(pending.debitAccountIdHigh(), pending.debitAccountIdLow());
        creditSlot = accounts.slotOf(pending.creditAccountIdHigh(), pending.creditAccountIdLow());
        final boolean isPost = (flags & TransferFlags.POST_PENDING_TRANSFER) != 0;
        if (isPost && (accounts.flags(debitSlot) & AccountFlags.CLOSED) != 0)
        {
            return DEBIT_ACCOUNT_ALREADY_CLOSED;
        }
        if (isPost && (accounts.flags(creditSlot) & AccountFlags.CLOSED) != 0)
        {
            return CREDIT_ACCOUNT_ALREADY_CLOSED;
        }
        return CREATED;
    }

    static boolean isGivenAndDifferent(
        final long givenHigh, final long givenLow, final long high, final long low)
    {
        return !Amounts.isZero(givenHigh, givenLow) && (givenHigh != high || givenLow != low);
    }
}
