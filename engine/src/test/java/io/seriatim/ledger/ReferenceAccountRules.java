package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Balances;

import java.math.BigInteger;

import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/** Section 4 of the semantics: the checks of an account of its own, after those of the pipeline. */
final class ReferenceAccountRules implements ReferencePipeline.Rules<AccountEvent>
{
    private static final int RESERVED_FLAGS = 0xFFC0;

    private static final ReferencePipeline.Head HEAD = new ReferencePipeline.Head(
        AccountStatus.LINKED_EVENT_CHAIN_OPEN,
        AccountStatus.LINKED_EVENT_FAILED,
        AccountStatus.IMPORTED_EVENT_EXPECTED,
        AccountStatus.IMPORTED_EVENT_NOT_EXPECTED,
        AccountStatus.TIMESTAMP_MUST_BE_ZERO,
        AccountStatus.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
        AccountStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);

    private final ReferenceState state;

    ReferenceAccountRules(final ReferenceState state)
    {
        this.state = state;
    }

    @Override
    public ReferencePipeline.Head head()
    {
        return HEAD;
    }

    @Override
    public int entryLedger(final AccountEvent event)
    {
        return event.ledger();
    }

    @Override
    public Result create(final AccountEvent event, final long slot, final long sequence)
    {
        if (event.reserved() != 0)
        {
            return Result.refused(AccountStatus.RESERVED_FIELD, slot, sequence);
        }
        if (event.has(RESERVED_FLAGS))
        {
            return Result.refused(AccountStatus.RESERVED_FLAG, slot, sequence);
        }
        if (isZero(event.id()))
        {
            return Result.refused(AccountStatus.ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.id().equals(U128_MAX))
        {
            return Result.refused(AccountStatus.ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }

        final Account original = state.account(event.id());
        if (original != null)
        {
            final AccountStatus status = compare(event, original);
            return status == AccountStatus.EXISTS ?
                Result.exists(status, original.timestamp(), original.sequence(), sequence) :
                Result.refused(status, slot, sequence);
        }

        if (event.has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
            event.has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS))
        {
            return Result.refused(AccountStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE, slot, sequence);
        }
        if (!isZero(event.debitsPending()))
        {
            return Result.refused(AccountStatus.DEBITS_PENDING_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.debitsPosted()))
        {
            return Result.refused(AccountStatus.DEBITS_POSTED_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.creditsPending()))
        {
            return Result.refused(AccountStatus.CREDITS_PENDING_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.creditsPosted()))
        {
            return Result.refused(AccountStatus.CREDITS_POSTED_MUST_BE_ZERO, slot, sequence);
        }
        if (event.ledger() == 0)
        {
            return Result.refused(AccountStatus.LEDGER_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.code() == 0)
        {
            return Result.refused(AccountStatus.CODE_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.isImported() &&
            (event.timestamp() <= state.greatestAccountTimestamp() ||
            state.isTransferTimestamp(event.timestamp()) ||
            state.isExpiryTimestamp(event.timestamp())))
        {
            return Result.refused(AccountStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, slot, sequence);
        }

        final long timestamp = event.isImported() ? event.timestamp() : slot;
        state.insertAccount(new Account(event, Balances.ZERO, timestamp, sequence, event.flags()));
        return Result.created(AccountStatus.CREATED, timestamp, sequence);
    }

    private static AccountStatus compare(final AccountEvent event, final Account original)
    {
        final AccountEvent stored = original.given();
        if (event.flags() != stored.flags())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (!event.userData128().equals(stored.userData128()))
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (event.userData64() != stored.userData64())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if (event.userData32() != stored.userData32())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (event.ledger() != stored.ledger())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (event.code() != stored.code())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_CODE;
        }
        return AccountStatus.EXISTS;
    }

    private static boolean isZero(final BigInteger value)
    {
        return value.signum() == 0;
    }
}
