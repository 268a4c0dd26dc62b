package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules for a transfer that posts or voids a pending one, one early return each, in order of precedence. No limit
 * and no sum is checked: what was reserved has passed those checks, and no more than that is moved.
 * <p>
 * Cost: the entry of the pending transfer is read.<br>
 * Source: SEMANTICS, sections 5.3, 8 and 10.
 */
final class PostOrVoidRules
{
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ImportedTimestamps timestamps;
    private final TransferFindings findings;

    PostOrVoidRules(
        final AccountTable accounts,
        final TransferIndex transfers,
        final ImportedTimestamps timestamps,
        final TransferFindings findings)
    {
        this.accounts = accounts;
        this.transfers = transfers;
        this.timestamps = timestamps;
        this.findings = findings;
    }

    TransferOutcome judge(final TransferRecordDecoder transfer, final long givenTimestampNs, final long slotNs)
    {
        final TransferOutcome ofFields = judgeFields(transfer);
        if (ofFields != CREATED)
        {
            return ofFields;
        }
        final long found = transfers.findPending(transfer.pendingIdHigh(), transfer.pendingIdLow());
        if (found <= 0)
        {
            return PENDING_TRANSFER_NOT_FOUND;
        }
        final long pendingSequence = TransferIndex.sequenceOf(found);
        findings.pending(pendingSequence, transfers.readPending(pendingSequence));
        final PendingState state = TransferIndex.stateOf(found);
        if (state == PendingState.NONE)
        {
            return PENDING_TRANSFER_NOT_PENDING;
        }
        final TransferOutcome againstPending = judgeAgainstPending(transfer, findings.pending());
        if (againstPending != CREATED)
        {
            return againstPending;
        }
        final TransferOutcome ofState = judgeState(state, findings.pending().expiryNs(), slotNs);
        return ofState != CREATED ? ofState : judgeAccounts(transfer, givenTimestampNs, findings.pending());
    }

    /** What can be said of the command alone. */
    private static TransferOutcome judgeFields(final TransferRecordDecoder transfer)
    {
        final int flags = transfer.flags();
        if (TransferFlags.excludeEachOther(flags))
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
        return CREATED;
    }

    private TransferOutcome judgeAgainstPending(final TransferRecordDecoder transfer, final StoredTransfer pending)
    {
        if (Amounts.isGivenAndDifferent(
            transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
            pending.debitAccountIdHigh(), pending.debitAccountIdLow()))
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (Amounts.isGivenAndDifferent(
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
        resolveAmount(transfer, pending);
        final int comparison = Amounts.compare(
            findings.amountHigh(), findings.amountLow(), pending.amountHigh(), pending.amountLow());
        if (comparison > 0)
        {
            return EXCEEDS_PENDING_TRANSFER_AMOUNT;
        }
        if (comparison < 0 && TransferFlags.isVoid(transfer.flags()))
        {
            return PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT;
        }
        return CREATED;
    }

    private void resolveAmount(final TransferRecordDecoder transfer, final StoredTransfer pending)
    {
        if (isAll(transfer))
        {
            findings.amount(pending.amountHigh(), pending.amountLow());
        }
        else
        {
            findings.amount(transfer.amountHigh(), transfer.amountLow());
        }
    }

    /** The maximum of a post, and the 0 of a void, stand for all that is pending. */
    static boolean isAll(final TransferRecordDecoder transfer)
    {
        return TransferFlags.isVoid(transfer.flags()) ?
            Amounts.isZero(transfer.amountHigh(), transfer.amountLow()) :
            Amounts.isMax(transfer.amountHigh(), transfer.amountLow());
    }

    /** What is due is refused from its deadline on, whether it was released already or not. */
    private static TransferOutcome judgeState(final PendingState state, final long expiryNs, final long slotNs)
    {
        if (state == PendingState.POSTED)
        {
            return PENDING_TRANSFER_ALREADY_POSTED;
        }
        if (state == PendingState.VOIDED)
        {
            return PENDING_TRANSFER_ALREADY_VOIDED;
        }
        if (state == PendingState.EXPIRED || expiryNs != 0 && expiryNs <= slotNs)
        {
            return PENDING_TRANSFER_EXPIRED;
        }
        return CREATED;
    }

    private TransferOutcome judgeAccounts(
        final TransferRecordDecoder transfer, final long givenTimestampNs, final StoredTransfer pending)
    {
        final boolean isPost = !TransferFlags.isVoid(transfer.flags());
        if ((transfer.flags() & TransferFlags.IMPORTED) != 0 && timestamps.isTakenForTransfer(givenTimestampNs))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS;
        }
        findings.debitSlot(accounts.slotOf(pending.debitAccountIdHigh(), pending.debitAccountIdLow()));
        findings.creditSlot(accounts.slotOf(pending.creditAccountIdHigh(), pending.creditAccountIdLow()));
        if (isPost && accounts.isClosed(findings.debitSlot()))
        {
            return DEBIT_ACCOUNT_ALREADY_CLOSED;
        }
        if (isPost && accounts.isClosed(findings.creditSlot()))
        {
            return CREDIT_ACCOUNT_ALREADY_CLOSED;
        }
        return CREATED;
    }
}
