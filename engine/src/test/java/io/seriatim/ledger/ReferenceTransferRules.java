package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceLedger.FirstAnswer;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import io.seriatim.ledger.ReferenceLedger.Transfer;
import io.seriatim.ledger.ReferenceReads.ChangeEvent;
import io.seriatim.ledger.ReferenceReads.ChangeType;

import java.math.BigInteger;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/** Section 5 of the semantics: the checks of a transfer of its own, after those of the pipeline; and its effects. */
final class ReferenceTransferRules implements ReferencePipeline.Rules<TransferEvent>
{
    private static final int RESERVED_FLAGS = 0xFE00;
    private static final int POST_OR_VOID = TransferEvent.POST_PENDING_TRANSFER | TransferEvent.VOID_PENDING_TRANSFER;
    private static final int CLOSING = TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT;
    private static final int BALANCING = TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT;
    private static final BigInteger NS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);

    private static final ReferencePipeline.Head HEAD = new ReferencePipeline.Head(
        TransferStatus.LINKED_EVENT_CHAIN_OPEN,
        TransferStatus.LINKED_EVENT_FAILED,
        TransferStatus.IMPORTED_EVENT_EXPECTED,
        TransferStatus.IMPORTED_EVENT_NOT_EXPECTED,
        TransferStatus.TIMESTAMP_MUST_BE_ZERO,
        TransferStatus.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
        TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);

    private final ReferenceState state;
    private int entryLedger;

    ReferenceTransferRules(final ReferenceState state)
    {
        this.state = state;
    }

    @Override
    public ReferencePipeline.Head head()
    {
        return HEAD;
    }

    /** Ledger of the entry judged last: that of the pending transfer if one was found, else the one given. */
    @Override
    public int entryLedger(final TransferEvent event)
    {
        return entryLedger;
    }

    /** Section 5.1. */
    @Override
    public Result create(final TransferEvent event, final long slot, final long sequence)
    {
        entryLedger = event.ledger();

        if (event.has(RESERVED_FLAGS))
        {
            return Result.refused(TransferStatus.RESERVED_FLAG, slot, sequence);
        }
        if (isZero(event.id()))
        {
            return Result.refused(TransferStatus.ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.id().equals(U128_MAX))
        {
            return Result.refused(TransferStatus.ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }

        final Transfer original = state.transfer(event.id());
        if (original != null)
        {
            final TransferStatus status = compare(event, original);
            return status == TransferStatus.EXISTS ?
                Result.exists(status, original.timestamp(), original.sequence(), sequence) :
                Result.refused(status, slot, sequence);
        }
        final FirstAnswer failure = state.failure(event.id());
        if (failure != null)
        {
            return new Result(TransferStatus.ID_ALREADY_FAILED, slot, sequence, 0, failure.sequence());
        }

        return event.has(POST_OR_VOID) ?
            createPostOrVoid(event, slot, sequence) :
            createOrdinary(event, slot, sequence);
    }

    /** Section 5.2. */
    private Result createOrdinary(final TransferEvent event, final long slot, final long sequence)
    {
        final boolean isPending = event.has(TransferEvent.PENDING);

        if (isZero(event.debitAccountId()))
        {
            return Result.refused(TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.debitAccountId().equals(U128_MAX))
        {
            return Result.refused(TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }
        if (isZero(event.creditAccountId()))
        {
            return Result.refused(TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.creditAccountId().equals(U128_MAX))
        {
            return Result.refused(TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }
        if (event.debitAccountId().equals(event.creditAccountId()))
        {
            return Result.refused(TransferStatus.ACCOUNTS_MUST_BE_DIFFERENT, slot, sequence);
        }
        if (!isZero(event.pendingId()))
        {
            return Result.refused(TransferStatus.PENDING_ID_MUST_BE_ZERO, slot, sequence);
        }
        if (!isPending && event.timeout() != 0)
        {
            return Result.refused(TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, slot, sequence);
        }
        if (!isPending && event.has(CLOSING))
        {
            return Result.refused(TransferStatus.CLOSING_TRANSFER_MUST_BE_PENDING, slot, sequence);
        }
        if (event.ledger() == 0)
        {
            return Result.refused(TransferStatus.LEDGER_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.code() == 0)
        {
            return Result.refused(TransferStatus.CODE_MUST_NOT_BE_ZERO, slot, sequence);
        }

        final Account debit = state.account(event.debitAccountId());
        if (debit == null)
        {
            return Result.refused(TransferStatus.DEBIT_ACCOUNT_NOT_FOUND, slot, sequence);
        }
        final Account credit = state.account(event.creditAccountId());
        if (credit == null)
        {
            return Result.refused(TransferStatus.CREDIT_ACCOUNT_NOT_FOUND, slot, sequence);
        }
        if (debit.given().ledger() != credit.given().ledger())
        {
            return Result.refused(TransferStatus.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, slot, sequence);
        }
        if (event.ledger() != debit.given().ledger())
        {
            return Result.refused(TransferStatus.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, slot, sequence);
        }

        if (regresses(event))
        {
            return Result.refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, slot, sequence);
        }
        if (event.isImported() && event.timestamp() <= debit.timestamp())
        {
            return Result.refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT, slot, sequence);
        }
        if (event.isImported() && event.timestamp() <= credit.timestamp())
        {
            return Result.refused(
                TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT, slot, sequence);
        }
        if (event.isImported() && event.timeout() != 0)
        {
            return Result.refused(TransferStatus.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO, slot, sequence);
        }

        if (debit.isClosed())
        {
            return Result.refused(TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }
        if (credit.isClosed())
        {
            return Result.refused(TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }

        final Balances debitBefore = debit.balances();
        final Balances creditBefore = credit.balances();
        final BigInteger amount = balanced(event, debitBefore, creditBefore);
        final long timestamp = event.isImported() ? event.timestamp() : slot;

        if (isPending && overflows(amount, debitBefore.debitsPending()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_DEBITS_PENDING, slot, sequence);
        }
        if (isPending && overflows(amount, creditBefore.creditsPending()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_CREDITS_PENDING, slot, sequence);
        }
        if (overflows(amount, debitBefore.debitsPosted()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_DEBITS_POSTED, slot, sequence);
        }
        if (overflows(amount, creditBefore.creditsPosted()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_CREDITS_POSTED, slot, sequence);
        }
        if (overflows(amount, debitBefore.debits()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_DEBITS, slot, sequence);
        }
        if (overflows(amount, creditBefore.credits()))
        {
            return Result.refused(TransferStatus.OVERFLOWS_CREDITS, slot, sequence);
        }
        if (expiry(timestamp, event.timeout()).compareTo(BigInteger.valueOf(TS_MAX)) > 0)
        {
            return Result.refused(TransferStatus.OVERFLOWS_TIMEOUT, slot, sequence);
        }

        if (debit.given().has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
            debitBefore.debits().add(amount).compareTo(debitBefore.creditsPosted()) > 0)
        {
            return Result.refused(TransferStatus.EXCEEDS_CREDITS, slot, sequence);
        }
        if (credit.given().has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS) &&
            creditBefore.credits().add(amount).compareTo(creditBefore.debitsPosted()) > 0)
        {
            return Result.refused(TransferStatus.EXCEEDS_DEBITS, slot, sequence);
        }

        final TransferEvent stored = event.with((draft) -> draft.amount = amount);
        final Transfer transfer = new Transfer(stored, timestamp, sequence);
        state.insertTransfer(transfer);
        if (isPending)
        {
            state.open(transfer);
            change(
                ChangeType.TWO_PHASE_PENDING,
                transfer,
                debit.withBalances(debitBefore.plusDebits(amount, BigInteger.ZERO))
                    .withClosed(event.has(TransferEvent.CLOSING_DEBIT)),
                credit.withBalances(creditBefore.plusCredits(amount, BigInteger.ZERO))
                    .withClosed(event.has(TransferEvent.CLOSING_CREDIT)));
        }
        else
        {
            change(
                ChangeType.SINGLE_PHASE,
                transfer,
                debit.withBalances(debitBefore.plusDebits(BigInteger.ZERO, amount)),
                credit.withBalances(creditBefore.plusCredits(BigInteger.ZERO, amount)));
        }
        return Result.created(TransferStatus.CREATED, timestamp, sequence);
    }

    /** Section 9: the amount given is a ceiling; what the paying side does not have is not moved. */
    private static BigInteger balanced(final TransferEvent event, final Balances debit, final Balances credit)
    {
        BigInteger amount = event.amount();
        if (event.has(TransferEvent.BALANCING_DEBIT))
        {
            amount = amount.min(debit.creditsPosted().subtract(debit.debits()).max(BigInteger.ZERO));
        }
        if (event.has(TransferEvent.BALANCING_CREDIT))
        {
            amount = amount.min(credit.debitsPosted().subtract(credit.credits()).max(BigInteger.ZERO));
        }
        return amount;
    }

    /** Section 5.3. */
    private Result createPostOrVoid(final TransferEvent event, final long slot, final long sequence)
    {
        final boolean isPost = event.has(TransferEvent.POST_PENDING_TRANSFER);

        if (isPost && event.has(TransferEvent.VOID_PENDING_TRANSFER) ||
            event.has(TransferEvent.PENDING | BALANCING | CLOSING))
        {
            return Result.refused(TransferStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE, slot, sequence);
        }
        if (isZero(event.pendingId()))
        {
            return Result.refused(TransferStatus.PENDING_ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.pendingId().equals(U128_MAX))
        {
            return Result.refused(TransferStatus.PENDING_ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }
        if (event.pendingId().equals(event.id()))
        {
            return Result.refused(TransferStatus.PENDING_ID_MUST_BE_DIFFERENT, slot, sequence);
        }
        if (event.timeout() != 0)
        {
            return Result.refused(TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, slot, sequence);
        }

        final Transfer pending = state.transfer(event.pendingId());
        if (pending == null)
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_NOT_FOUND, slot, sequence);
        }
        final TransferEvent reserved = pending.stored();
        entryLedger = reserved.ledger();

        if (!reserved.has(TransferEvent.PENDING))
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_NOT_PENDING, slot, sequence);
        }
        if (differsIfGiven(event.debitAccountId(), reserved.debitAccountId()))
        {
            return Result.refused(
                TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID, slot, sequence);
        }
        if (differsIfGiven(event.creditAccountId(), reserved.creditAccountId()))
        {
            return Result.refused(
                TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID, slot, sequence);
        }
        if (event.ledger() != 0 && event.ledger() != reserved.ledger())
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, slot, sequence);
        }
        if (event.code() != 0 && event.code() != reserved.code())
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CODE, slot, sequence);
        }

        final BigInteger amount = resolvedAmount(event, reserved);
        if (amount.compareTo(reserved.amount()) > 0)
        {
            return Result.refused(TransferStatus.EXCEEDS_PENDING_TRANSFER_AMOUNT, slot, sequence);
        }
        if (!isPost && amount.compareTo(reserved.amount()) < 0)
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, slot, sequence);
        }

        final PendingState pendingState = state.pendingState(reserved.id());
        if (pendingState == PendingState.POSTED)
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_ALREADY_POSTED, slot, sequence);
        }
        if (pendingState == PendingState.VOIDED)
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_ALREADY_VOIDED, slot, sequence);
        }
        if (pendingState == PendingState.EXPIRED || reserved.timeout() != 0 && ReferenceState.expiry(pending) <= slot)
        {
            return Result.refused(TransferStatus.PENDING_TRANSFER_EXPIRED, slot, sequence);
        }

        if (regresses(event))
        {
            return Result.refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, slot, sequence);
        }

        final Account debit = state.account(reserved.debitAccountId());
        final Account credit = state.account(reserved.creditAccountId());
        if (isPost && debit.isClosed())
        {
            return Result.refused(TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }
        if (isPost && credit.isClosed())
        {
            return Result.refused(TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }

        final long timestamp = event.isImported() ? event.timestamp() : slot;
        final Transfer transfer = new Transfer(inherit(event, reserved), timestamp, sequence);
        state.insertTransfer(transfer);
        if (isPost)
        {
            state.resolve(pending, PendingState.POSTED);
            change(
                ChangeType.TWO_PHASE_POSTED,
                transfer,
                debit.withBalances(debit.balances().plusDebits(reserved.amount().negate(), amount)),
                credit.withBalances(credit.balances().plusCredits(reserved.amount().negate(), amount)));
        }
        else
        {
            state.resolve(pending, PendingState.VOIDED);
            release(ChangeType.TWO_PHASE_VOIDED, timestamp, sequence, transfer, pending);
        }
        return Result.created(TransferStatus.CREATED, timestamp, sequence);
    }

    /** Sections 8 and 10: an open pending transfer that is due gives back what it reserved and closed. */
    void expire(final Transfer pending, final long timestamp, final long sequence)
    {
        state.resolve(pending, PendingState.EXPIRED);
        release(ChangeType.TWO_PHASE_EXPIRED, timestamp, sequence, pending, pending);
    }

    private void release(
        final ChangeType type, final long timestamp, final long sequence, final Transfer shown, final Transfer pending)
    {
        final TransferEvent reserved = pending.stored();
        final BigInteger given = reserved.amount().negate();
        final Account debit = state.account(reserved.debitAccountId());
        final Account credit = state.account(reserved.creditAccountId());
        final Account debitAfter = debit.withBalances(debit.balances().plusDebits(given, BigInteger.ZERO));
        final Account creditAfter = credit.withBalances(credit.balances().plusCredits(given, BigInteger.ZERO));
        change(
            type,
            timestamp,
            sequence,
            shown,
            reserved.has(TransferEvent.CLOSING_DEBIT) ? debitAfter.withClosed(false) : debitAfter,
            reserved.has(TransferEvent.CLOSING_CREDIT) ? creditAfter.withClosed(false) : creditAfter);
    }

    private void change(
        final ChangeType type, final Transfer transfer, final Account debitAfter, final Account creditAfter)
    {
        change(type, transfer.timestamp(), transfer.sequence(), transfer, debitAfter, creditAfter);
    }

    private void change(
        final ChangeType type,
        final long timestamp,
        final long sequence,
        final Transfer shown,
        final Account debitAfter,
        final Account creditAfter)
    {
        state.replaceAccount(state.account(debitAfter.given().id()), debitAfter);
        state.replaceAccount(state.account(creditAfter.given().id()), creditAfter);
        state.addChangeEvent(new ChangeEvent(type, timestamp, sequence, shown, debitAfter, creditAfter));
    }

    /** What a post or void is stored with: what it leaves open is taken from the pending transfer. */
    private static TransferEvent inherit(final TransferEvent event, final TransferEvent reserved)
    {
        return event.with((draft) ->
        {
            draft.debitAccountId = reserved.debitAccountId();
            draft.creditAccountId = reserved.creditAccountId();
            draft.amount = resolvedAmount(event, reserved);
            draft.userData128 = isZero(event.userData128()) ? reserved.userData128() : event.userData128();
            draft.userData64 = event.userData64() == 0 ? reserved.userData64() : event.userData64();
            draft.userData32 = event.userData32() == 0 ? reserved.userData32() : event.userData32();
            draft.ledger = reserved.ledger();
            draft.code = reserved.code();
        });
    }

    private static BigInteger resolvedAmount(final TransferEvent event, final TransferEvent reserved)
    {
        final BigInteger all = event.has(TransferEvent.POST_PENDING_TRANSFER) ? U128_MAX : BigInteger.ZERO;
        return event.amount().equals(all) ? reserved.amount() : event.amount();
    }

    /** Section 5.4. */
    private TransferStatus compare(final TransferEvent event, final Transfer original)
    {
        final TransferEvent stored = original.stored();
        if (event.flags() != stored.flags())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (!event.pendingId().equals(stored.pendingId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_PENDING_ID;
        }
        if (event.timeout() != stored.timeout())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_TIMEOUT;
        }
        return stored.has(POST_OR_VOID) ?
            comparePostOrVoid(event, stored, state.transfer(stored.pendingId()).stored()) :
            compareOrdinary(event, stored);
    }

    private static TransferStatus compareOrdinary(final TransferEvent event, final TransferEvent stored)
    {
        if (!event.debitAccountId().equals(stored.debitAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (!event.creditAccountId().equals(stored.creditAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        if (stored.has(BALANCING) && event.amount().compareTo(stored.amount()) < 0)
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        if (!stored.has(BALANCING) && !event.amount().equals(stored.amount()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        return compareRest(event, stored);
    }

    private static TransferStatus comparePostOrVoid(
        final TransferEvent event, final TransferEvent stored, final TransferEvent reserved)
    {
        if (differsIfGiven(event.debitAccountId(), stored.debitAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (differsIfGiven(event.creditAccountId(), stored.creditAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        if (!resolvedAmount(event, reserved).equals(stored.amount()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        return compareRest(
            inherit(event, reserved).with((draft) ->
            {
                draft.ledger = event.ledger() == 0 ? stored.ledger() : event.ledger();
                draft.code = event.code() == 0 ? stored.code() : event.code();
            }),
            stored);
    }

    private static TransferStatus compareRest(final TransferEvent event, final TransferEvent stored)
    {
        if (!event.userData128().equals(stored.userData128()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (event.userData64() != stored.userData64())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if (event.userData32() != stored.userData32())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (event.ledger() != stored.ledger())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (event.code() != stored.code())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_CODE;
        }
        return TransferStatus.EXISTS;
    }

    private boolean regresses(final TransferEvent event)
    {
        return event.isImported() &&
            (event.timestamp() <= state.greatestTransferTimestamp() ||
            state.isAccountTimestamp(event.timestamp()) ||
            state.isExpiryTimestamp(event.timestamp()));
    }

    private static boolean differsIfGiven(final BigInteger given, final BigInteger stored)
    {
        return !isZero(given) && !given.equals(stored);
    }

    private static boolean isZero(final BigInteger value)
    {
        return value.signum() == 0;
    }

    private static boolean overflows(final BigInteger amount, final BigInteger balance)
    {
        return amount.add(balance).compareTo(U128_MAX) > 0;
    }

    private static BigInteger expiry(final long timestamp, final int timeout)
    {
        final BigInteger timeoutNs = BigInteger.valueOf(Integer.toUnsignedLong(timeout)).multiply(NS_PER_SECOND);
        return BigInteger.valueOf(timestamp).add(timeoutNs);
    }
}
