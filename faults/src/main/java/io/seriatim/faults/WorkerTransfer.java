package io.seriatim.faults;

import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;

/**
 * What a worker's client sends under an id: a function of the id alone, so that whatever was not acknowledged can be
 * sent again as it was. Ids come in units of {@link #UNIT}, which are sent whole:
 *
 * <pre>
 *   0     a transfer
 *   1     a pending one
 *   2     posts a part of it
 *   3     a pending one, that expires after a second, or in every other unit does not
 *   4, 5  a linked chain
 *   6     refused, as its credit account is not there: that spends the id
 *   7     a transfer; or in every other unit, it voids 3
 * </pre>
 */
final class WorkerTransfer
{
    /** Ids of a unit. */
    static final int UNIT = 8;

    private static final int PENDING = 1;
    private static final int POSTING = 2;
    private static final int ENDING = 3;
    private static final int CHAIN = 4;
    private static final int CHAIN_END = 5;
    private static final int REFUSED = 6;
    private static final int VOIDING = 7;
    private static final int DEBIT_ACCOUNT = 1;
    private static final int CREDIT_ACCOUNT = 2;
    private static final int NO_ACCOUNT = 3;
    private static final int CODE = 1;
    private static final int AMOUNT = 10;
    private static final int PART = 4;
    private static final int TIMEOUT_S = 1;

    private WorkerTransfer()
    {
    }

    /** The first id of the unit that an id is in; ids begin at 1. */
    static long unitOf(final long id)
    {
        return id - place(id);
    }

    private static int place(final long id)
    {
        return (int)((id - 1) % UNIT);
    }

    private static boolean isVoidedIn(final long id)
    {
        return ((id - 1) / UNIT & 1) == 1;
    }

    /** Whether no transfer comes of it, but an id that is spent. */
    static boolean isRefused(final long id)
    {
        return place(id) == REFUSED;
    }

    /** Whether it is behind another one in a chain, so that it fails with that one when both are sent again. */
    static boolean isChainEnd(final long id)
    {
        return place(id) == CHAIN_END;
    }

    /** What is answered when it is applied. */
    static TransferOutcome outcome(final long id)
    {
        return isRefused(id) ? TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND : TransferOutcome.CREATED;
    }

    /** What is answered when it was applied before. */
    static TransferOutcome outcomeAgain(final long id)
    {
        return isRefused(id) ? TransferOutcome.ID_ALREADY_FAILED :
            isChainEnd(id) ? TransferOutcome.LINKED_EVENT_FAILED : TransferOutcome.EXISTS;
    }

    /** Write it. */
    static void encode(final TransferRecordEncoder transfer, final int ledger, final long id)
    {
        transfer.idLow(id).amountLow(AMOUNT).userData64(~id);
        switch (place(id))
        {
            case PENDING:
                transfer.flags(TransferFlags.PENDING);
                break;
            case POSTING:
                transfer.flags(TransferFlags.POST_PENDING_TRANSFER).pendingIdLow(id - 1).amountLow(PART);
                return;
            case ENDING:
                transfer.flags(TransferFlags.PENDING).timeout(isVoidedIn(id) ? 0 : TIMEOUT_S);
                break;
            case CHAIN:
                transfer.flags(TransferFlags.LINKED);
                break;
            case VOIDING:
                if (isVoidedIn(id))
                {
                    transfer.flags(TransferFlags.VOID_PENDING_TRANSFER).pendingIdLow(id - VOIDING + ENDING)
                        .amountLow(0);
                    return;
                }
                break;
            default:
                break;
        }
        transfer.debitAccountIdLow(DEBIT_ACCOUNT).creditAccountIdLow(isRefused(id) ? NO_ACCOUNT : CREDIT_ACCOUNT)
            .ledger(ledger).code(CODE);
    }
}
