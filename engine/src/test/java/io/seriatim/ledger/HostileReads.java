package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceRead.AccountFilter;
import io.seriatim.ledger.ReferenceRead.ChangeEventsFilter;
import io.seriatim.ledger.ReferenceRead.Kind;
import io.seriatim.ledger.ReferenceRead.QueryFilter;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/**
 * The part of the hostile workload that asks: filters are most often made after an object that there is, so that
 * they find it and its like, and then sometimes bent.
 */
final class HostileReads
{
    private static final int IDS_MAX = 20;
    private static final int FIELD_PERCENT = 12;

    private final HostileWorkload workload;
    private final ReferenceLedger reference;

    HostileReads(final HostileWorkload workload, final ReferenceLedger reference)
    {
        this.workload = workload;
        this.reference = reference;
    }

    ReferenceRead next()
    {
        return switch (workload.random().nextInt(14))
        {
            case 0 -> new ReferenceRead.LookupAccounts(drawIds(true));
            case 1 -> new ReferenceRead.LookupTransfers(drawIds(false));
            case 2, 3 -> new ReferenceRead.GetAccountTransfers(drawAccountFilter(false));
            case 4, 5 -> new ReferenceRead.GetAccountBalances(drawAccountFilter(true));
            case 6 -> new ReferenceRead.QueryAccounts(drawQueryFilter(true));
            case 7 -> new ReferenceRead.QueryTransfers(drawQueryFilter(false));
            case 8 -> drawChangeEvents();
            case 9 -> new ReferenceRead.GetAccountWithPending(drawAccountId());
            case 10 -> new ReferenceRead.QueryPending(
                workload.chance(90) ? 1 + workload.random().nextInt(4) : workload.pick(0, 5, -1),
                drawQueryFilter(false));
            case 11 -> workload.chance(30) ?
                new ReferenceRead.LookupOutcome(Kind.ACCOUNT, drawAccountId()) :
                new ReferenceRead.LookupOutcome(Kind.TRANSFER, drawTransferId());
            case 12 -> new ReferenceRead.GetAccountAsOfSequence(
                drawAccountId(), workload.random().nextLong(reference.nextSequence() + 1));
            default -> new ReferenceRead.GetAccountAsOfTimestamp(drawAccountId(), drawTimestamp());
        };
    }

    private List<BigInteger> drawIds(final boolean isAccounts)
    {
        final int most = Math.min(workload.batchCountMax(), IDS_MAX);
        final int count = workload.chance(3) ? workload.batchCountMax() : workload.random().nextInt(most + 1);
        final List<BigInteger> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++)
        {
            final boolean isOther = workload.chance(5);
            ids.add(
                !ids.isEmpty() && workload.chance(10) ? workload.any(ids) :
                isAccounts != isOther ? drawAccountId() : drawTransferId());
        }
        return ids;
    }

    private BigInteger drawAccountId()
    {
        final int draw = workload.random().nextInt(100);
        if (draw < 2)
        {
            return BigInteger.ZERO;
        }
        if (draw < 4)
        {
            return U128_MAX;
        }
        if (draw < 8 || workload.accountIds().isEmpty())
        {
            return workload.freshId();
        }
        if (draw < 20 && !workload.closedAccounts().isEmpty())
        {
            return workload.any(workload.closedAccounts());
        }
        // Hot accounts are where the transfers are.
        final TransferEvent transfer = draw < 75 ? drawTransfer() : null;
        return transfer == null ? workload.any(workload.accountIds()) :
            workload.chance(50) ? transfer.debitAccountId() : transfer.creditAccountId();
    }

    private BigInteger drawTransferId()
    {
        final int draw = workload.random().nextInt(100);
        if (draw < 2)
        {
            return BigInteger.ZERO;
        }
        if (draw < 4)
        {
            return U128_MAX;
        }
        if (draw < 30 && !workload.failedTransfers().isEmpty())
        {
            return workload.any(workload.failedTransfers());
        }
        return draw < 40 || workload.knownTransfers().isEmpty() ?
            workload.freshId() : workload.any(workload.knownTransfers());
    }

    /** A stored transfer, or null if there is none. */
    private TransferEvent drawTransfer()
    {
        return workload.knownTransfers().isEmpty() ?
            null : reference.lookupTransfer(workload.any(workload.knownTransfers())).asEvent();
    }

    /** A stored transfer of an account that keeps a history if one is found soon; or any; or null. */
    private TransferEvent drawTransferWithHistory()
    {
        TransferEvent transfer = drawTransfer();
        for (int i = 0; i < 10 && transfer != null; i++)
        {
            if (hasHistory(transfer.debitAccountId()) || hasHistory(transfer.creditAccountId()))
            {
                return transfer;
            }
            transfer = drawTransfer();
        }
        return transfer;
    }

    private boolean hasHistory(final BigInteger accountId)
    {
        return reference.lookupAccount(accountId).given().has(AccountEvent.HISTORY);
    }

    private AccountFilter drawAccountFilter(final boolean isBalances)
    {
        final AccountFilter.Draft draft = new AccountFilter.Draft();
        final TransferEvent like = isBalances ? drawTransferWithHistory() : drawTransfer();
        if (isBalances && !workload.historyAccounts().isEmpty() && workload.chance(80))
        {
            draft.accountId =
                like != null && hasHistory(like.debitAccountId()) ? like.debitAccountId() :
                like != null && hasHistory(like.creditAccountId()) ? like.creditAccountId() :
                workload.any(workload.historyAccounts());
        }
        else
        {
            draft.accountId = like == null || workload.chance(25) ? drawAccountId() :
                workload.chance(50) ? like.debitAccountId() : like.creditAccountId();
        }
        draft.userData128 = field(like == null ? BigInteger.ZERO : like.userData128(), workload.drawNonZero());
        draft.userData64 = field(like == null ? 0 : like.userData64(), workload.drawLong());
        draft.userData32 = (int)field(like == null ? 0 : like.userData32(), workload.drawLong());
        draft.code = (int)field(like == null ? 0 : like.code(), workload.random().nextInt(0x1_0000));
        draft.timestampMin = drawBound();
        draft.timestampMax = drawBound();
        if (draft.timestampMax != 0 && draft.timestampMin > draft.timestampMax && workload.chance(85))
        {
            final long timestampMin = draft.timestampMin;
            draft.timestampMin = draft.timestampMax;
            draft.timestampMax = timestampMin;
        }
        draft.limit = drawLimit();
        draft.flags = workload.chance(3) ? 0 :
            workload.pick(AccountFilter.DEBITS, AccountFilter.CREDITS, AccountFilter.DEBITS | AccountFilter.CREDITS);
        draft.flags |= workload.chance(40) ? AccountFilter.REVERSED : 0;
        draft.flags |= workload.chance(isBalances ? 50 : 3) ? AccountFilter.OPENING : 0;
        draft.flags |= workload.chance(3) ? 1 << (4 + workload.random().nextInt(28)) : 0;
        return draft.filter();
    }

    private QueryFilter drawQueryFilter(final boolean isAccounts)
    {
        final QueryFilter.Draft draft = new QueryFilter.Draft();
        final TransferEvent transfer = isAccounts ? null : drawTransfer();
        final AccountEvent account = !isAccounts || workload.accountIds().isEmpty() ?
            null : reference.lookupAccount(workload.any(workload.accountIds())).asEvent();
        final QueryFilter.Draft like = new QueryFilter.Draft();
        if (transfer != null)
        {
            like.userData128 = transfer.userData128();
            like.userData64 = transfer.userData64();
            like.userData32 = transfer.userData32();
            like.ledger = transfer.ledger();
            like.code = transfer.code();
        }
        if (account != null)
        {
            like.userData128 = account.userData128();
            like.userData64 = account.userData64();
            like.userData32 = account.userData32();
            like.ledger = account.ledger();
            like.code = account.code();
        }
        draft.userData128 = field(like.userData128, workload.drawNonZero());
        draft.userData64 = field(like.userData64, workload.drawLong());
        draft.userData32 = (int)field(like.userData32, workload.drawLong());
        draft.ledger = workload.chance(30) ? like.ledger : (int)field(0, workload.pick(1, 2, 3));
        draft.code = (int)field(like.code, workload.random().nextInt(0x1_0000));
        draft.timestampMin = drawBound();
        draft.timestampMax = drawBound();
        if (draft.timestampMax != 0 && draft.timestampMin > draft.timestampMax && workload.chance(85))
        {
            final long timestampMin = draft.timestampMin;
            draft.timestampMin = draft.timestampMax;
            draft.timestampMax = timestampMin;
        }
        draft.limit = drawLimit();
        draft.flags = workload.chance(40) ? QueryFilter.REVERSED : 0;
        draft.flags |= workload.chance(3) ? 1 << (1 + workload.random().nextInt(31)) : 0;
        return draft.filter();
    }

    private ReferenceRead drawChangeEvents()
    {
        final long a = drawBound();
        final long b = drawBound();
        final boolean isSwapped = b != 0 && a > b && workload.chance(85);
        return new ReferenceRead.GetChangeEvents(
            new ChangeEventsFilter(0, isSwapped ? b : a, isSwapped ? a : b, drawLimit()));
    }

    /** Most often no filter on a field, else the value of something there is, seldom any other. */
    private BigInteger field(final BigInteger like, final BigInteger other)
    {
        return workload.chance(FIELD_PERCENT) ? like : workload.chance(2) ? other : BigInteger.ZERO;
    }

    private long field(final long like, final long other)
    {
        return workload.chance(FIELD_PERCENT) ? like : workload.chance(2) ? other : 0;
    }

    private long drawBound()
    {
        return workload.chance(50) ? 0 : drawTimestamp();
    }

    private long drawTimestamp()
    {
        final TransferEvent transfer = drawTransfer();
        final long exact = switch (workload.random().nextInt(10))
        {
            case 0 -> workload.pick(0L, 1L, TS_MAX, TS_MAX + 1, -1L);
            case 1 -> workload.accountIds().isEmpty() ?
                1 : reference.lookupAccount(workload.any(workload.accountIds())).timestamp();
            case 2, 3, 4 -> reference.expiries().isEmpty() ?
                1 : workload.any(reference.expiries()).timestamp();
            case 5 -> workload.batchTimestamp();
            default -> transfer == null ? 1 : transfer.timestamp();
        };
        return exact + (workload.chance(60) ? 0 : workload.pick(-1, 1));
    }

    private int drawLimit()
    {
        return switch (workload.random().nextInt(16))
        {
            case 0 -> 0;
            case 1, 2 -> 1;
            case 3, 4, 5, 6 -> 2 + workload.random().nextInt(9);
            case 7, 8 -> 11 + workload.random().nextInt(90);
            case 9 -> ReferenceRead.LIMIT_MAX - 1;
            case 10 -> ReferenceRead.LIMIT_MAX;
            case 11 -> ReferenceRead.LIMIT_MAX + 1;
            default -> -1;
        };
    }
}
