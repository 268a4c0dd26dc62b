package io.seriatim.ledger;

import java.math.BigInteger;
import java.util.List;
import java.util.function.Consumer;

/** A question to the ledger, as a value. The answer is a list of records; that of an invalid question is empty. */
public sealed interface ReferenceRead
{
    /** Most records that an answer has; a greater limit is capped. */
    int LIMIT_MAX = 8_189;

    /** What an id may name. */
    enum Kind
    {
        /** An account. */
        ACCOUNT,

        /** A transfer. */
        TRANSFER
    }

    /**
     * Answer it.
     *
     * @param reads of the ledger.
     * @return the records.
     */
    List<? extends Record> answerFrom(ReferenceReads reads);

    /**
     * Answer: {@link AccountEvent}s.
     *
     * @param ids to look for.
     */
    record LookupAccounts(List<BigInteger> ids) implements ReferenceRead
    {
        @Override
        public List<AccountEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.lookupAccounts(ids);
        }
    }

    /**
     * Answer: {@link TransferEvent}s.
     *
     * @param ids to look for.
     */
    record LookupTransfers(List<BigInteger> ids) implements ReferenceRead
    {
        @Override
        public List<TransferEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.lookupTransfers(ids);
        }
    }

    /**
     * Answer: {@link TransferEvent}s.
     *
     * @param filter of the transfers.
     */
    record GetAccountTransfers(AccountFilter filter) implements ReferenceRead
    {
        @Override
        public List<TransferEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.getAccountTransfers(filter);
        }
    }

    /**
     * Answer: {@link ReferenceReads.BalanceRow}s.
     *
     * @param filter of the transfers; with the opening row if it says so.
     */
    record GetAccountBalances(AccountFilter filter) implements ReferenceRead
    {
        @Override
        public List<ReferenceReads.BalanceRow> answerFrom(final ReferenceReads reads)
        {
            return reads.getAccountBalances(filter);
        }
    }

    /**
     * Answer: {@link AccountEvent}s.
     *
     * @param filter of the accounts.
     */
    record QueryAccounts(QueryFilter filter) implements ReferenceRead
    {
        @Override
        public List<AccountEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.queryAccounts(filter);
        }
    }

    /**
     * Answer: {@link TransferEvent}s.
     *
     * @param filter of the transfers.
     */
    record QueryTransfers(QueryFilter filter) implements ReferenceRead
    {
        @Override
        public List<TransferEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.queryTransfers(filter);
        }
    }

    /**
     * Answer: {@link ReferenceReads.ChangeEvent}s.
     *
     * @param filter of the events.
     */
    record GetChangeEvents(ChangeEventsFilter filter) implements ReferenceRead
    {
        @Override
        public List<ReferenceReads.ChangeEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.getChangeEvents(filter);
        }
    }

    /**
     * Answer: one {@link ReferenceReads.AccountWithPending}, or none.
     *
     * @param id of the account.
     */
    record GetAccountWithPending(BigInteger id) implements ReferenceRead
    {
        @Override
        public List<ReferenceReads.AccountWithPending> answerFrom(final ReferenceReads reads)
        {
            return reads.getAccountWithPending(id);
        }
    }

    /**
     * Answer: {@link TransferEvent}s.
     *
     * @param state  that the pending transfers have now, as on the wire: 1 pending, 2 posted, 3 voided, 4 expired.
     * @param filter of the pending transfers.
     */
    record QueryPending(int state, QueryFilter filter) implements ReferenceRead
    {
        @Override
        public List<TransferEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.queryPending(state, filter);
        }
    }

    /**
     * Answer: one {@link ReferenceLedger.FirstAnswer}, or none.
     *
     * @param kind of the object.
     * @param id   of the object.
     */
    record LookupOutcome(Kind kind, BigInteger id) implements ReferenceRead
    {
        @Override
        public List<ReferenceLedger.FirstAnswer> answerFrom(final ReferenceReads reads)
        {
            return reads.lookupOutcome(kind, id);
        }
    }

    /**
     * Answer: one {@link AccountEvent} with the balances and flags of then, or none.
     *
     * @param id       of the account.
     * @param sequence after whose entry.
     */
    record GetAccountAsOfSequence(BigInteger id, long sequence) implements ReferenceRead
    {
        @Override
        public List<AccountEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.getAccountAsOfSequence(id, sequence);
        }
    }

    /**
     * Answer: one {@link AccountEvent} with the balances and flags of then, or none.
     *
     * @param id        of the account.
     * @param timestamp up to which transfers and expiries count.
     */
    record GetAccountAsOfTimestamp(BigInteger id, long timestamp) implements ReferenceRead
    {
        @Override
        public List<AccountEvent> answerFrom(final ReferenceReads reads)
        {
            return reads.getAccountAsOfTimestamp(id, timestamp);
        }
    }

    /**
     * Filter of the transfers of an account. Numbers are unsigned; {@code code} has 16 bits.
     *
     * @param accountId    of the account.
     * @param userData128  0 for any.
     * @param userData64   0 for any.
     * @param userData32   0 for any.
     * @param code         0 for any.
     * @param reserved     has to be 0: the padding.
     * @param timestampMin 0 for the first.
     * @param timestampMax 0 for the last.
     * @param limit        not 0.
     * @param flags        of this filter.
     */
    record AccountFilter(
        BigInteger accountId,
        BigInteger userData128,
        long userData64,
        int userData32,
        int code,
        int reserved,
        long timestampMin,
        long timestampMax,
        int limit,
        int flags)
    {
        static final int DEBITS = 1 << 0;
        static final int CREDITS = 1 << 1;
        static final int REVERSED = 1 << 2;
        static final int OPENING = 1 << 3;

        boolean has(final int flag)
        {
            return (flags & flag) != 0;
        }

        /** The same filter with some fields changed. */
        AccountFilter with(final Consumer<Draft> change)
        {
            final Draft draft = new Draft();
            draft.accountId = accountId;
            draft.userData128 = userData128;
            draft.userData64 = userData64;
            draft.userData32 = userData32;
            draft.code = code;
            draft.reserved = reserved;
            draft.timestampMin = timestampMin;
            draft.timestampMax = timestampMax;
            draft.limit = limit;
            draft.flags = flags;
            change.accept(draft);
            return draft.filter();
        }

        /** The fields of a filter while they are still being chosen. */
        static final class Draft
        {
            BigInteger accountId = BigInteger.ZERO;
            BigInteger userData128 = BigInteger.ZERO;
            long userData64;
            int userData32;
            int code;
            int reserved;
            long timestampMin;
            long timestampMax;
            int limit;
            int flags;

            AccountFilter filter()
            {
                return new AccountFilter(
                    accountId, userData128, userData64, userData32, code, reserved, timestampMin, timestampMax,
                    limit, flags);
            }
        }
    }

    /**
     * Filter of accounts or transfers. Numbers are unsigned; {@code code} has 16 bits.
     *
     * @param userData128  0 for any.
     * @param userData64   0 for any.
     * @param userData32   0 for any.
     * @param ledger       0 for any.
     * @param code         0 for any.
     * @param reserved     has to be 0: the padding.
     * @param timestampMin 0 for the first.
     * @param timestampMax 0 for the last.
     * @param limit        not 0.
     * @param flags        of this filter.
     */
    record QueryFilter(
        BigInteger userData128,
        long userData64,
        int userData32,
        int ledger,
        int code,
        int reserved,
        long timestampMin,
        long timestampMax,
        int limit,
        int flags)
    {
        static final int REVERSED = 1 << 0;

        boolean has(final int flag)
        {
            return (flags & flag) != 0;
        }

        /** The same filter with some fields changed. */
        QueryFilter with(final Consumer<Draft> change)
        {
            final Draft draft = new Draft();
            draft.userData128 = userData128;
            draft.userData64 = userData64;
            draft.userData32 = userData32;
            draft.ledger = ledger;
            draft.code = code;
            draft.reserved = reserved;
            draft.timestampMin = timestampMin;
            draft.timestampMax = timestampMax;
            draft.limit = limit;
            draft.flags = flags;
            change.accept(draft);
            return draft.filter();
        }

        /** The fields of a filter while they are still being chosen. */
        static final class Draft
        {
            BigInteger userData128 = BigInteger.ZERO;
            long userData64;
            int userData32;
            int ledger;
            int code;
            int reserved;
            long timestampMin;
            long timestampMax;
            int limit;
            int flags;

            QueryFilter filter()
            {
                return new QueryFilter(
                    userData128, userData64, userData32, ledger, code, reserved, timestampMin, timestampMax, limit,
                    flags);
            }
        }
    }

    /**
     * Filter of change events. Numbers are unsigned.
     *
     * @param reserved     has to be 0: the padding.
     * @param timestampMin 0 for the first.
     * @param timestampMax 0 for the last.
     * @param limit        not 0.
     */
    record ChangeEventsFilter(int reserved, long timestampMin, long timestampMax, int limit)
    {
    }
}
