package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;

import static io.seriatim.ledger.AccountOutcome.*;

/**
 * The rules for creating an account, one early return each, in order of precedence.
 * <p>
 * Source: SEMANTICS, sections 3 and 4.
 */
final class AccountRules
{
    private final AccountTable accounts;
    private final ImportedTimestamps timestamps;
    private final AccountRecordDecoder stored = new AccountRecordDecoder();
    private int foundSlot;

    AccountRules(final AccountTable accounts, final ImportedTimestamps timestamps)
    {
        this.accounts = accounts;
        this.timestamps = timestamps;
    }

    /** Slot of the account that was there already; good after {@link AccountOutcome#EXISTS}. */
    int foundSlot()
    {
        return foundSlot;
    }

    AccountOutcome judge(final AccountRecordDecoder account, final Batch batch)
    {
        final int flags = account.flags();
        final boolean isImported = (flags & AccountFlags.IMPORTED) != 0;
        final long givenTimestampNs = account.timestampNs();
        if ((flags & AccountFlags.LINKED) != 0 && batch.isLastEvent())
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
        if (account.reserved() != 0)
        {
            return RESERVED_FIELD;
        }
        if ((flags & AccountFlags.RESERVED) != 0)
        {
            return RESERVED_FLAG;
        }
        if (Amounts.isZero(account.idHigh(), account.idLow()))
        {
            return ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(account.idHigh(), account.idLow()))
        {
            return ID_MUST_NOT_BE_INT_MAX;
        }
        foundSlot = accounts.slotOf(account.idHigh(), account.idLow());
        if (foundSlot != AccountTable.NOT_FOUND)
        {
            return judgeExisting(account);
        }
        return judgeNew(account, flags, isImported);
    }

    private AccountOutcome judgeExisting(final AccountRecordDecoder account)
    {
        accounts.wrap(stored, foundSlot);
        if (account.flags() != stored.flags())
        {
            return EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (account.userData128High() != stored.userData128High() ||
            account.userData128Low() != stored.userData128Low())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (account.userData64() != stored.userData64())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if (account.userData32() != stored.userData32())
        {
            return EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (account.ledger() != stored.ledger())
        {
            return EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (account.code() != stored.code())
        {
            return EXISTS_WITH_DIFFERENT_CODE;
        }
        return EXISTS;
    }

    private AccountOutcome judgeNew(final AccountRecordDecoder account, final int flags, final boolean isImported)
    {
        if ((flags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
            (flags & AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS) != 0)
        {
            return FLAGS_ARE_MUTUALLY_EXCLUSIVE;
        }
        if (!Amounts.isZero(account.debitsPendingHigh(), account.debitsPendingLow()))
        {
            return DEBITS_PENDING_MUST_BE_ZERO;
        }
        if (!Amounts.isZero(account.debitsPostedHigh(), account.debitsPostedLow()))
        {
            return DEBITS_POSTED_MUST_BE_ZERO;
        }
        if (!Amounts.isZero(account.creditsPendingHigh(), account.creditsPendingLow()))
        {
            return CREDITS_PENDING_MUST_BE_ZERO;
        }
        if (!Amounts.isZero(account.creditsPostedHigh(), account.creditsPostedLow()))
        {
            return CREDITS_POSTED_MUST_BE_ZERO;
        }
        if (account.ledger() == 0)
        {
            return LEDGER_MUST_NOT_BE_ZERO;
        }
        if (account.code() == 0)
        {
            return CODE_MUST_NOT_BE_ZERO;
        }
        if (isImported && timestamps.isTakenForAccount(account.timestampNs()))
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS;
        }
        return CREATED;
    }
}
