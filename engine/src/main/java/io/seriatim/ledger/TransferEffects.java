package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

/**
 * What an accepted transfer does to the state, and the release of a pending one: balances, closed accounts, stages,
 * deadlines; and what a chain notes to undo it.
 * <p>
 * Cost: O(1), and O(log n) where a deadline is noted or taken back. Nothing is allocated.<br>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: SEMANTICS, sections 8 and 10.
 */
final class TransferEffects
{
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ExpiryQueue expiries;
    private final UndoLog undoLog;
    private final TransferFindings findings;

    TransferEffects(
        final AccountTable accounts,
        final TransferIndex transfers,
        final ExpiryQueue expiries,
        final UndoLog undoLog,
        final TransferFindings findings)
    {
        this.accounts = accounts;
        this.transfers = transfers;
        this.expiries = expiries;
        this.undoLog = undoLog;
        this.findings = findings;
    }

    /** Apply a transfer that was accepted, with what the rules have found out. */
    void apply(final TransferRecordDecoder transfer, final long timestampNs, final long sequence)
    {
        final int flags = transfer.flags();
        final int debitSlot = findings.debitSlot();
        final int creditSlot = findings.creditSlot();
        undoLog.beforeAccountChange(debitSlot);
        undoLog.beforeAccountChange(creditSlot);
        undoLog.transferAdded(transfer.idHigh(), transfer.idLow(), sequence);
        if ((flags & TransferFlags.PENDING) != 0)
        {
            applyPending(transfer, timestampNs, sequence, debitSlot, creditSlot);
        }
        else if (TransferFlags.isPostOrVoid(flags))
        {
            applyPostOrVoid(transfer, timestampNs, sequence, debitSlot, creditSlot);
        }
        else
        {
            accounts.addDebitPosted(debitSlot, findings.amountHigh(), findings.amountLow());
            accounts.addCreditPosted(creditSlot, findings.amountHigh(), findings.amountLow());
            transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.NONE);
        }
    }

    /** Release the pending transfer that expires next. */
    void expire(final StoredTransfer pending, final long pendingSequence)
    {
        final TransferRecordDecoder command = pending.command();
        expiries.remove(pendingSequence);
        transfers.state(command.idHigh(), command.idLow(), pendingSequence, PendingState.EXPIRED);
        final int debitSlot = accounts.slotOf(pending.debitAccountIdHigh(), pending.debitAccountIdLow());
        final int creditSlot = accounts.slotOf(pending.creditAccountIdHigh(), pending.creditAccountIdLow());
        accounts.subtractDebitPending(debitSlot, pending.amountHigh(), pending.amountLow());
        accounts.subtractCreditPending(creditSlot, pending.amountHigh(), pending.amountLow());
        reopen(pending.flags(), debitSlot, creditSlot);
    }

    private void applyPending(
        final TransferRecordDecoder transfer,
        final long timestampNs,
        final long sequence,
        final int debitSlot,
        final int creditSlot)
    {
        accounts.addDebitPending(debitSlot, findings.amountHigh(), findings.amountLow());
        accounts.addCreditPending(creditSlot, findings.amountHigh(), findings.amountLow());
        transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.PENDING);
        if (transfer.timeout() != 0)
        {
            expiries.add(timestampNs + transfer.timeout() * StoredTransfer.NS_PER_SECOND, sequence);
            undoLog.expiryAdded(sequence);
        }
        if ((transfer.flags() & TransferFlags.CLOSING_DEBIT) != 0)
        {
            accounts.closed(debitSlot, true);
        }
        if ((transfer.flags() & TransferFlags.CLOSING_CREDIT) != 0)
        {
            accounts.closed(creditSlot, true);
        }
    }

    private void applyPostOrVoid(
        final TransferRecordDecoder transfer,
        final long timestampNs,
        final long sequence,
        final int debitSlot,
        final int creditSlot)
    {
        final StoredTransfer pending = findings.pending();
        final boolean isPost = !TransferFlags.isVoid(transfer.flags());
        accounts.subtractDebitPending(debitSlot, pending.amountHigh(), pending.amountLow());
        accounts.subtractCreditPending(creditSlot, pending.amountHigh(), pending.amountLow());
        if (isPost)
        {
            accounts.addDebitPosted(debitSlot, findings.amountHigh(), findings.amountLow());
            accounts.addCreditPosted(creditSlot, findings.amountHigh(), findings.amountLow());
        }
        else
        {
            reopen(pending.flags(), debitSlot, creditSlot);
        }
        final long expiryNs = pending.expiryNs();
        if (expiryNs != 0)
        {
            expiries.remove(findings.pendingSequence());
        }
        transfers.state(
            transfer.pendingIdHigh(), transfer.pendingIdLow(), findings.pendingSequence(),
            isPost ? PendingState.POSTED : PendingState.VOIDED);
        undoLog.pendingResolved(
            transfer.pendingIdHigh(), transfer.pendingIdLow(), findings.pendingSequence(), expiryNs);
        transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.NONE);
    }

    /** A pending transfer that had closed accounts is released without being posted: they are open again. */
    private void reopen(final int pendingFlags, final int debitSlot, final int creditSlot)
    {
        if ((pendingFlags & TransferFlags.CLOSING_DEBIT) != 0)
        {
            accounts.closed(debitSlot, false);
        }
        if ((pendingFlags & TransferFlags.CLOSING_CREDIT) != 0)
        {
            accounts.closed(creditSlot, false);
        }
    }
}
