package io.seriatim.engine;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a rule compared, by name: both sides of the comparison, so that a reader sees at once by how much it failed.
 */
final class ExplainedValues
{
    private static final BigInteger U128_MAX = Uint128.MAX.toBigInteger();
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Map<String, String> values = new LinkedHashMap<>();

    Map<String, String> toMap()
    {
        return values;
    }

    ExplainedValues ofAccount(
        final AccountOutcome outcome,
        final Account given,
        final long reserved,
        final Object originalObject,
        final long batchTimestampNs,
        final long timestampMaxNs)
    {
        switch (outcome)
        {
            case TIMESTAMP_MUST_BE_ZERO, IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE ->
                put("timestamp", unsigned(given.timestampNs()));
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE ->
                put("timestamp", unsigned(given.timestampNs())).put("batch_timestamp", batchTimestampNs);
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS ->
                put("timestamp", given.timestampNs()).put("greatest_account_timestamp", timestampMaxNs);
            case RESERVED_FIELD -> put("reserved", reserved);
            case RESERVED_FLAG, FLAGS_ARE_MUTUALLY_EXCLUSIVE -> put("flags", AccountFlags.format(given.flags()));
            case DEBITS_PENDING_MUST_BE_ZERO -> put("debits_pending", given.debitsPending());
            case DEBITS_POSTED_MUST_BE_ZERO -> put("debits_posted", given.debitsPosted());
            case CREDITS_PENDING_MUST_BE_ZERO -> put("credits_pending", given.creditsPending());
            case CREDITS_POSTED_MUST_BE_ZERO -> put("credits_posted", given.creditsPosted());
            default -> ofExisting(outcome, given, (Account)originalObject);
        }
        return this;
    }

    private void ofExisting(final AccountOutcome outcome, final Account given, final Account original)
    {
        if (original == null)
        {
            put("id", given.id());
            return;
        }
        switch (outcome)
        {
            case EXISTS_WITH_DIFFERENT_FLAGS ->
                difference("flags", AccountFlags.format(given.flags()), AccountFlags.format(original.flags()));
            case EXISTS_WITH_DIFFERENT_USER_DATA_128 ->
                difference("user_data_128", given.userData128(), original.userData128());
            case EXISTS_WITH_DIFFERENT_USER_DATA_64 ->
                difference("user_data_64", unsigned(given.userData64()), unsigned(original.userData64()));
            case EXISTS_WITH_DIFFERENT_USER_DATA_32 ->
                difference("user_data_32", unsigned(given.userData32()), unsigned(original.userData32()));
            case EXISTS_WITH_DIFFERENT_LEDGER ->
                difference("ledger", unsigned(given.ledger()), unsigned(original.ledger()));
            case EXISTS_WITH_DIFFERENT_CODE -> difference("code", given.code(), original.code());
            default -> put("id", given.id());
        }
    }

    ExplainedValues ofTransfer(
        final TransferOutcome outcome,
        final Transfer given,
        final Uint128 amountMoved,
        final Account debit,
        final Account credit,
        final Transfer pending,
        final Object originalObject,
        final long slotNs,
        final long batchTimestampNs,
        final long timestampMaxNs)
    {
        final Transfer original = (Transfer)originalObject;
        switch (outcome)
        {
            case TIMESTAMP_MUST_BE_ZERO, IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE ->
                put("timestamp", unsigned(given.timestampNs()));
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE ->
                put("timestamp", unsigned(given.timestampNs())).put("batch_timestamp", batchTimestampNs);
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS ->
                put("timestamp", given.timestampNs()).put("greatest_transfer_timestamp", timestampMaxNs);
            case IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT ->
                put("timestamp", given.timestampNs()).put("debit_account_timestamp", debit.timestampNs());
            case IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT ->
                put("timestamp", given.timestampNs()).put("credit_account_timestamp", credit.timestampNs());
            case RESERVED_FLAG, FLAGS_ARE_MUTUALLY_EXCLUSIVE, CLOSING_TRANSFER_MUST_BE_PENDING ->
                put("flags", TransferFlags.format(given.flags()));
            case PENDING_ID_MUST_BE_ZERO, PENDING_ID_MUST_BE_DIFFERENT, PENDING_ID_MUST_NOT_BE_ZERO,
                PENDING_ID_MUST_NOT_BE_INT_MAX, PENDING_TRANSFER_NOT_FOUND, PENDING_TRANSFER_NOT_PENDING,
                PENDING_TRANSFER_ALREADY_POSTED, PENDING_TRANSFER_ALREADY_VOIDED ->
                put("pending_id", given.pendingId());
            case TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO ->
                put("timeout", unsigned(given.timeout()));
            case DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, DEBIT_ACCOUNT_NOT_FOUND ->
                put("debit_account_id", given.debitAccountId());
            case CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX,
                CREDIT_ACCOUNT_NOT_FOUND ->
                put("credit_account_id", given.creditAccountId());
            case DEBIT_ACCOUNT_ALREADY_CLOSED -> put("debit_account_id", debit.id());
            case CREDIT_ACCOUNT_ALREADY_CLOSED -> put("credit_account_id", credit.id());
            case ACCOUNTS_MUST_BE_DIFFERENT ->
                put("debit_account_id", given.debitAccountId()).put("credit_account_id", given.creditAccountId());
            case ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER ->
                put("debit_account_ledger", unsigned(debit.ledger()))
                    .put("credit_account_ledger", unsigned(credit.ledger()));
            case TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS ->
                put("ledger", unsigned(given.ledger())).put("ledger_of_accounts", unsigned(debit.ledger()));
            case PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID ->
                againstPending("debit_account_id", given.debitAccountId(), pending.debitAccountId());
            case PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID ->
                againstPending("credit_account_id", given.creditAccountId(), pending.creditAccountId());
            case PENDING_TRANSFER_HAS_DIFFERENT_LEDGER ->
                againstPending("ledger", unsigned(given.ledger()), unsigned(pending.ledger()));
            case PENDING_TRANSFER_HAS_DIFFERENT_CODE -> againstPending("code", given.code(), pending.code());
            case EXCEEDS_PENDING_TRANSFER_AMOUNT, PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT ->
                againstPending("amount", given.amount(), pending.amount());
            case PENDING_TRANSFER_EXPIRED -> put("expiry", expiryNs(pending)).put("slot", slotNs);
            case OVERFLOWS_DEBITS_PENDING ->
                sum("debits_pending", debit.debitsPending(), null, null, reduced(given, debit, credit));
            case OVERFLOWS_CREDITS_PENDING ->
                sum("credits_pending", credit.creditsPending(), null, null, reduced(given, debit, credit));
            case OVERFLOWS_DEBITS_POSTED ->
                sum("debits_posted", debit.debitsPosted(), null, null, reduced(given, debit, credit));
            case OVERFLOWS_CREDITS_POSTED ->
                sum("credits_posted", credit.creditsPosted(), null, null, reduced(given, debit, credit));
            case OVERFLOWS_DEBITS -> sum(
                "debits_pending", debit.debitsPending(), "debits_posted", debit.debitsPosted(),
                reduced(given, debit, credit));
            case OVERFLOWS_CREDITS -> sum(
                "credits_pending", credit.creditsPending(), "credits_posted", credit.creditsPosted(),
                reduced(given, debit, credit));
            case OVERFLOWS_TIMEOUT ->
                put("slot", slotNs).put("timeout", unsigned(given.timeout())).put("greatest_timestamp", Long.MAX_VALUE);
            case EXCEEDS_CREDITS -> limit(
                "debits_pending", debit.debitsPending(), "debits_posted", debit.debitsPosted(),
                reduced(given, debit, credit), "credits_posted", debit.creditsPosted());
            case EXCEEDS_DEBITS -> limit(
                "credits_pending", credit.creditsPending(), "credits_posted", credit.creditsPosted(),
                reduced(given, debit, credit), "debits_posted", credit.debitsPosted());
            case CREATED -> moved(given, amountMoved);
            default -> ofExisting(outcome, given, original);
        }
        return this;
    }

    ExplainedValues ofExpiry(final Transfer pending, final long timestampNs)
    {
        return put("pending_id", pending.id()).put("amount", pending.amount())
            .put("expiry", expiryNs(pending)).put("released_at", timestampNs);
    }

    private void ofExisting(final TransferOutcome outcome, final Transfer given, final Transfer original)
    {
        if (original == null)
        {
            put("id", given.id());
            return;
        }
        switch (outcome)
        {
            case EXISTS_WITH_DIFFERENT_FLAGS ->
                difference("flags", TransferFlags.format(given.flags()), TransferFlags.format(original.flags()));
            case EXISTS_WITH_DIFFERENT_PENDING_ID ->
                difference("pending_id", given.pendingId(), original.pendingId());
            case EXISTS_WITH_DIFFERENT_TIMEOUT ->
                difference("timeout", unsigned(given.timeout()), unsigned(original.timeout()));
            case EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID ->
                difference("debit_account_id", given.debitAccountId(), original.debitAccountId());
            case EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID ->
                difference("credit_account_id", given.creditAccountId(), original.creditAccountId());
            case EXISTS_WITH_DIFFERENT_AMOUNT -> difference("amount", given.amount(), original.amount());
            case EXISTS_WITH_DIFFERENT_USER_DATA_128 ->
                difference("user_data_128", given.userData128(), original.userData128());
            case EXISTS_WITH_DIFFERENT_USER_DATA_64 ->
                difference("user_data_64", unsigned(given.userData64()), unsigned(original.userData64()));
            case EXISTS_WITH_DIFFERENT_USER_DATA_32 ->
                difference("user_data_32", unsigned(given.userData32()), unsigned(original.userData32()));
            case EXISTS_WITH_DIFFERENT_LEDGER ->
                difference("ledger", unsigned(given.ledger()), unsigned(original.ledger()));
            case EXISTS_WITH_DIFFERENT_CODE -> difference("code", given.code(), original.code());
            default -> put("id", given.id());
        }
    }

    /** What was moved, where that is not what was given. */
    private void moved(final Transfer given, final Uint128 amountMoved)
    {
        put("amount", given.amount());
        if (amountMoved != null && !amountMoved.equals(given.amount()))
        {
            put("amount_moved", amountMoved);
        }
    }

    private void difference(final String name, final Object given, final Object stored)
    {
        put(name, given).put("stored_" + name, stored);
    }

    private void againstPending(final String name, final Object given, final Object pending)
    {
        put(name, given).put("pending_" + name, pending);
    }

    private void sum(
        final String firstName, final Uint128 first, final String secondName, final Uint128 second,
        final Uint128 amount)
    {
        put(firstName, first);
        if (secondName != null)
        {
            put(secondName, second);
        }
        put("amount", amount).put("greatest_sum", U128_MAX);
    }

    private void limit(
        final String pendingName, final Uint128 pending, final String postedName, final Uint128 posted,
        final Uint128 amount, final String limitName, final Uint128 limit)
    {
        put(pendingName, pending).put(postedName, posted).put("amount", amount).put(limitName, limit).put(
            "exceeded_by",
            pending.toBigInteger().add(posted.toBigInteger()).add(amount.toBigInteger())
                .subtract(limit.toBigInteger()));
    }

    /** The amount that the rules judged: that of a balancing transfer is reduced first. */
    private static Uint128 reduced(final Transfer given, final Account debit, final Account credit)
    {
        BigInteger amount = given.amount().toBigInteger();
        if ((given.flags() & TransferFlags.BALANCING_DEBIT) != 0)
        {
            amount = amount.min(room(debit.creditsPosted(), debit.debitsPosted(), debit.debitsPending()));
        }
        if ((given.flags() & TransferFlags.BALANCING_CREDIT) != 0)
        {
            amount = amount.min(room(credit.debitsPosted(), credit.creditsPosted(), credit.creditsPending()));
        }
        return Uint128.of(amount);
    }

    private static BigInteger room(final Uint128 limit, final Uint128 posted, final Uint128 pending)
    {
        return limit.toBigInteger().subtract(posted.toBigInteger()).subtract(pending.toBigInteger())
            .max(BigInteger.ZERO);
    }

    private static BigInteger expiryNs(final Transfer pending)
    {
        return BigInteger.valueOf(Integer.toUnsignedLong(pending.timeout()))
            .multiply(BigInteger.valueOf(NS_PER_SECOND)).add(BigInteger.valueOf(pending.timestampNs()));
    }

    private static String unsigned(final long value)
    {
        return Long.toUnsignedString(value);
    }

    private static String unsigned(final int value)
    {
        return Integer.toUnsignedString(value);
    }

    private ExplainedValues put(final String name, final Object value)
    {
        values.put(name, value.toString());
        return this;
    }
}
