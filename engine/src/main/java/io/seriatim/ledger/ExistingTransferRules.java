package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules for a transfer whose id is taken: it is the same, or the first field that differs, in order of precedence.
 * <p>
 * Cost: the entry of the original is read; of a post or void that of its pending transfer too.<br>
 * Source: SEMANTICS, section 5.4.
 */
final class ExistingTransferRules
{
    private final TransferIndex transfers;
    private final TransferFindings findings;

    ExistingTransferRules(final TransferIndex transfers, final TransferFindings findings)
    {
        this.transfers = transfers;
        this.findings = findings;
    }

    TransferOutcome judge(final TransferRecordDecoder transfer)
    {
        final StoredTransfer stored = transfers.read(findings.firstSequence());
        findings.firstTimestampNs(stored.timestampNs());
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
        return TransferFlags.isPostOrVoid(transfer.flags()) ?
            judgePostOrVoid(transfer, stored, transfers.readPending(stored.pendingSequence())) :
            judgeOrdinary(transfer, stored);
    }

    private static TransferOutcome judgeOrdinary(final TransferRecordDecoder transfer, final StoredTransfer stored)
    {
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
        final int comparison = Amounts.compare(
            transfer.amountHigh(), transfer.amountLow(), stored.amountHigh(), stored.amountLow());
        // The amount of a balancing transfer is a ceiling: any that is not below what was moved would do.
        if (TransferFlags.isBalancing(transfer.flags()) ? comparison < 0 : comparison != 0)
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

    /** What a post or void leaves open, 0 and, for the amount of a post, the maximum, stands for the pending one's. */
    private static TransferOutcome judgePostOrVoid(
        final TransferRecordDecoder transfer, final StoredTransfer stored, final StoredTransfer pending)
    {
        if (Amounts.isGivenAndDifferent(
            transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
            stored.debitAccountIdHigh(), stored.debitAccountIdLow()))
        {
            return EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (Amounts.isGivenAndDifferent(
            transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(),
            stored.creditAccountIdHigh(), stored.creditAccountIdLow()))
        {
            return EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        final boolean isAll = PostOrVoidRules.isAll(transfer);
        final long amountHigh = isAll ? pending.amountHigh() : transfer.amountHigh();
        final long amountLow = isAll ? pending.amountLow() : transfer.amountLow();
        if (amountHigh != stored.amountHigh() || amountLow != stored.amountLow())
        {
            return EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        final boolean isInherited128 = Amounts.isZero(transfer.userData128High(), transfer.userData128Low());
        if ((isInherited128 ? pending.userData128High() : transfer.userData128High()) != stored.userData128High() ||
            (isInherited128 ? pending.userData128Low() : transfer.userData128Low()) != stored.userData128Low())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if ((transfer.userData64() == 0 ? pending.userData64() : transfer.userData64()) != stored.userData64())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if ((transfer.userData32() == 0 ? pending.userData32() : (int)transfer.userData32()) != stored.userData32())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (transfer.ledger() != 0 && (int)transfer.ledger() != stored.ledger())
        {
            return EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (transfer.code() != 0 && transfer.code() != stored.code())
        {
            return EXISTS_WITH_DIFFERENT_CODE;
        }
        return EXISTS;
    }
}
