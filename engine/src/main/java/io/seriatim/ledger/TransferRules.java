package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules for creating a transfer, one early return each, in order of precedence.
 * <p>
 * Source: SEMANTICS, sections 3 and 5.
 */
final class TransferRules
{
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private long firstSequence;
    private int debitSlot;
    private int creditSlot;

    TransferRules(final AccountTable accounts, final TransferIndex transfers)
    {
        this.accounts = accounts;
        this.transfers = transfers;
    }

    /** Sequence of the entry that created the transfer or spent its id; good after an outcome that says so. */
    long firstSequence()
    {
        return firstSequence;
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

    TransferOutcome judge(final TransferRecordDecoder transfer, final long givenTimestampNs, final Batch batch)
    {
        final int flags = transfer.flags();
        final boolean isImported = (flags & TransferFlags.IMPORTED) != 0;
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
        firstSequence = Math.abs(found);
        if (found > 0)
        {
            return judgeExisting(transfer, transfers.read(found));
        }
        if (found < 0)
        {
            return ID_ALREADY_FAILED;
        }
        return judgeOrdinary(transfer, isImported, givenTimestampNs);
    }

    private static TransferOutcome judgeExisting(final TransferRecordDecoder transfer, final StoredTransfer stored)
    {
        if (transfer.flags() != stored.flags())
        {
            return EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (transfer.pendingIdHigh() != stored.command().pendingIdHigh() ||
            transfer.pendingIdLow() != stored.command().pendingIdLow())
        {
            return EXISTS_WITH_DIFFERENT_PENDING_ID;
        }
        if (transfer.timeout() != stored.command().timeout())
        {
            return EXISTS_WITH_DIFFERENT_TIMEOUT;
        }
        if (transfer.debitAccountIdHigh() != stored.debitAccountIdHigh() ||
            transfer.debitAccountIdLow() != stored.debitAccountIdLow())
        {
            return EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (transfer.creditAccountIdHigh() != stored.creditAccountIdHigh() ||
            transfer.creditAccountIdLow() != stored.creditAccountIdLow())
        {
            return EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        if (transfer.amountHigh() != stored.amountHigh() || transfer.amountLow() != stored.amountLow())
        {
            return EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        if (transfer.userData128High() != stored.userData128High() ||
            transfer.userData128Low() != stored.userData128Low())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (transfer.userData64() != stored.userData64())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if ((int)transfer.userData32() != stored.userData32())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if ((int)transfer.ledger() != stored.ledger())
        {
            return EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (transfer.code() != stored.code())
        {
            return EXISTS_WITH_DIFFERENT_CODE;
        }
        return EXISTS;
    }

    private TransferOutcome judgeOrdinary(
        final TransferRecordDecoder transfer, final boolean isImported, final long givenTimestampNs)
    {
        final long debitIdHigh = transfer.debitAccountIdHigh();
        final long debitIdLow = transfer.debitAccountIdLow();
        final long creditIdHigh = transfer.creditAccountIdHigh();
        final long creditIdLow = transfer.creditAccountIdLow();
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
        if (transfer.timeout() != 0)
        {
            return TIMEOUT_RESERVED_FOR_PENDING_TRANSFER;
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
        if (isImported)
        {
            final TransferOutcome outcome = judgeImportedTimestamp(givenTimestampNs);
            if (outcome != CREATED)
            {
                return outcome;
            }
        }
        return judgeMovement(transfer.amountHigh(), transfer.amountLow());
    }

    private TransferOutcome judgeImportedTimestamp(final long timestampNs)
    {
        if (timestampNs <= transfers.timestampMaxNs() || accounts.hasTimestamp(timestampNs))
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
        return CREATED;
    }

    private TransferOutcome judgeMovement(final long amountHigh, final long amountLow)
    {
        final int debitFlags = accounts.flags(debitSlot);
        final int creditFlags = accounts.flags(creditSlot);
        if ((debitFlags & AccountFlags.CLOSED) != 0)
        {
            return DEBIT_ACCOUNT_ALREADY_CLOSED;
        }
        if ((creditFlags & AccountFlags.CLOSED) != 0)
        {
            return CREDIT_ACCOUNT_ALREADY_CLOSED;
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
        if ((debitFlags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
            accounts.exceedsCredits(debitSlot, amountHigh, amountLow))
        {
            return EXCEEDS_CREDITS;
        }
        if ((creditFlags & AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS) != 0 &&
            accounts.exceedsDebits(creditSlot, amountHigh, amountLow))
        {
            return EXCEEDS_DEBITS;
        }
        return CREATED;
    }
}
