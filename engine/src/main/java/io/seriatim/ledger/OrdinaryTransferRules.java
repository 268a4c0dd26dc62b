package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules for a transfer that is neither a post nor a void, single-phase or pending, one early return each, in order
 * of precedence.
 * <p>
 * Source: SEMANTICS, sections 5.2, 9, 11 and 12.
 */
final class OrdinaryTransferRules
{
    private final AccountTable accounts;
    private final ImportedTimestamps timestamps;
    private final TransferFindings findings;

    OrdinaryTransferRules(
        final AccountTable accounts, final ImportedTimestamps timestamps, final TransferFindings findings)
    {
        this.accounts = accounts;
        this.timestamps = timestamps;
        this.findings = findings;
    }

    TransferOutcome judge(final TransferRecordDecoder transfer, final long givenTimestampNs, final long slotNs)
    {
        final TransferOutcome outcome = judgeFields(transfer);
        return outcome != CREATED ? outcome : judgeAccounts(transfer, givenTimestampNs, slotNs);
    }

    /** What can be said of the command alone. */
    private static TransferOutcome judgeFields(final TransferRecordDecoder transfer)
    {
        final int flags = transfer.flags();
        final boolean isPending = (flags & TransferFlags.PENDING) != 0;
        if (Amounts.isZero(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()))
        {
            return DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()))
        {
            return DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX;
        }
        if (Amounts.isZero(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()))
        {
            return CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()))
        {
            return CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX;
        }
        if (transfer.debitAccountIdHigh() == transfer.creditAccountIdHigh() &&
            transfer.debitAccountIdLow() == transfer.creditAccountIdLow())
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
        if (!isPending && (flags & TransferFlags.CLOSING) != 0)
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
        return CREATED;
    }

    /** What the accounts say to it, up to the point where the amount is fixed. */
    private TransferOutcome judgeAccounts(
        final TransferRecordDecoder transfer, final long givenTimestampNs, final long slotNs)
    {
        final int debitSlot = accounts.slotOf(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        if (debitSlot == AccountTable.NOT_FOUND)
        {
            return DEBIT_ACCOUNT_NOT_FOUND;
        }
        final int creditSlot = accounts.slotOf(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
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
        if ((transfer.flags() & TransferFlags.IMPORTED) != 0)
        {
            final TransferOutcome outcome =
                judgeImported(givenTimestampNs, transfer.timeout(), debitSlot, creditSlot);
            if (outcome != CREATED)
            {
                return outcome;
            }
        }
        if (accounts.isClosed(debitSlot))
        {
            return DEBIT_ACCOUNT_ALREADY_CLOSED;
        }
        if (accounts.isClosed(creditSlot))
        {
            return CREDIT_ACCOUNT_ALREADY_CLOSED;
        }
        findings.debitSlot(debitSlot);
        findings.creditSlot(creditSlot);
        fixAmount(transfer);
        return judgeAmount(transfer, slotNs);
    }

    private TransferOutcome judgeImported(
        final long timestampNs, final long timeout, final int debitSlot, final int creditSlot)
    {
        if (timestamps.isTakenForTransfer(timestampNs))
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

    /** The amount given; or, of a balancing transfer, as much of it as the accounts have room for. */
    private void fixAmount(final TransferRecordDecoder transfer)
    {
        final int flags = transfer.flags();
        findings.amount(transfer.amountHigh(), transfer.amountLow());
        if ((flags & TransferFlags.BALANCING_DEBIT) != 0)
        {
            final int slot = findings.debitSlot();
            reduceAmount(accounts.debitRoomHigh(slot), accounts.debitRoomLow(slot));
        }
        if ((flags & TransferFlags.BALANCING_CREDIT) != 0)
        {
            final int slot = findings.creditSlot();
            reduceAmount(accounts.creditRoomHigh(slot), accounts.creditRoomLow(slot));
        }
    }

    private void reduceAmount(final long roomHigh, final long roomLow)
    {
        if (Amounts.compare(findings.amountHigh(), findings.amountLow(), roomHigh, roomLow) > 0)
        {
            findings.amount(roomHigh, roomLow);
        }
    }

    /** What the balances, and time, say to the amount that is fixed. */
    private TransferOutcome judgeAmount(final TransferRecordDecoder transfer, final long slotNs)
    {
        final boolean isPending = (transfer.flags() & TransferFlags.PENDING) != 0;
        final int debitSlot = findings.debitSlot();
        final int creditSlot = findings.creditSlot();
        final long amountHigh = findings.amountHigh();
        final long amountLow = findings.amountLow();
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
        if (transfer.timeout() * StoredTransfer.NS_PER_SECOND > Batch.TIMESTAMP_MAX_NS - slotNs)
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
}
