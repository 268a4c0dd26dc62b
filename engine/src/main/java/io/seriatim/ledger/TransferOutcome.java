package io.seriatim.ledger;

import org.agrona.collections.Int2ObjectHashMap;

import java.util.Locale;

/**
 * The one answer that a command to create a transfer gets: {@link #CREATED}, or the first rule that it breaks. The
 * constants stand in order of precedence; where ordinary transfers and posts or voids differ, each path keeps this
 * order.
 * <p>
 * Source: SEMANTICS, section 5. Codes are part of the journal's format and of the contract with callers; label
 * and code never change.
 */
public enum TransferOutcome
{
    /** The chain that this event opens or continues is not closed: it is the last event of the request. */
    LINKED_EVENT_CHAIN_OPEN(2, false),

    /** Another event of the chain was refused. */
    LINKED_EVENT_FAILED(1, false),

    /** The first event of the request is imported, this one is not. */
    IMPORTED_EVENT_EXPECTED(56, false),

    /** The first event of the request is not imported, this one is. */
    IMPORTED_EVENT_NOT_EXPECTED(57, false),

    /** Only imported events may carry a timestamp. */
    TIMESTAMP_MUST_BE_ZERO(3, false),

    /** The timestamp is 0 or above 2^63-1. */
    IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE(58, false),

    /** The timestamp is not before the batch timestamp. */
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE(59, false),

    /** A flag bit from 9 to 15 is set. */
    RESERVED_FLAG(4, false),

    /** The id is 0. */
    ID_MUST_NOT_BE_ZERO(5, false),

    /** The id is 2^128-1. */
    ID_MUST_NOT_BE_INT_MAX(6, false),

    /** The id is taken by a transfer with other flags. */
    EXISTS_WITH_DIFFERENT_FLAGS(36, false),

    /** The id is taken by a transfer with another pending_id. */
    EXISTS_WITH_DIFFERENT_PENDING_ID(40, false),

    /** The id is taken by a transfer with another timeout. */
    EXISTS_WITH_DIFFERENT_TIMEOUT(44, false),

    /** The id is taken by a transfer from another debit account. */
    EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID(37, false),

    /** The id is taken by a transfer to another credit account. */
    EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID(38, false),

    /** The id is taken by a transfer of another amount. */
    EXISTS_WITH_DIFFERENT_AMOUNT(39, false),

    /** The id is taken by a transfer with another user_data_128. */
    EXISTS_WITH_DIFFERENT_USER_DATA_128(41, false),

    /** The id is taken by a transfer with another user_data_64. */
    EXISTS_WITH_DIFFERENT_USER_DATA_64(42, false),

    /** The id is taken by a transfer with another user_data_32. */
    EXISTS_WITH_DIFFERENT_USER_DATA_32(43, false),

    /** The id is taken by a transfer of another ledger. */
    EXISTS_WITH_DIFFERENT_LEDGER(67, false),

    /** The id is taken by a transfer with another code. */
    EXISTS_WITH_DIFFERENT_CODE(45, false),

    /** The same transfer is there already. */
    EXISTS(46, false),

    /** A transfer with this id was refused for a transient reason; the id is spent. */
    ID_ALREADY_FAILED(68, false),

    /** Two flags exclude each other. */
    FLAGS_ARE_MUTUALLY_EXCLUSIVE(7, false),

    /** The debit account's id is 0. */
    DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO(8, false),

    /** The debit account's id is 2^128-1. */
    DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX(9, false),

    /** The credit account's id is 0. */
    CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO(10, false),

    /** The credit account's id is 2^128-1. */
    CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX(11, false),

    /** Debit and credit account are one. */
    ACCOUNTS_MUST_BE_DIFFERENT(12, false),

    /** Only a post or a void names a pending transfer. */
    PENDING_ID_MUST_BE_ZERO(13, false),

    /** A post or a void names its pending transfer. */
    PENDING_ID_MUST_NOT_BE_ZERO(14, false),

    /** The pending_id is 2^128-1. */
    PENDING_ID_MUST_NOT_BE_INT_MAX(15, false),

    /** The pending_id is the transfer's own id. */
    PENDING_ID_MUST_BE_DIFFERENT(16, false),

    /** Only a pending transfer has a timeout. */
    TIMEOUT_RESERVED_FOR_PENDING_TRANSFER(17, false),

    /** Only a pending transfer closes an account. */
    CLOSING_TRANSFER_MUST_BE_PENDING(64, false),

    /** The ledger is 0. */
    LEDGER_MUST_NOT_BE_ZERO(19, false),

    /** The code is 0. */
    CODE_MUST_NOT_BE_ZERO(20, false),

    /** There is no account with the debit account's id. Transient. */
    DEBIT_ACCOUNT_NOT_FOUND(21, true),

    /** There is no account with the credit account's id. Transient. */
    CREDIT_ACCOUNT_NOT_FOUND(22, true),

    /** The two accounts are of different ledgers. */
    ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER(23, false),

    /** The accounts are of another ledger than the transfer. */
    TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS(24, false),

    /** There is no transfer with the pending_id. Transient. */
    PENDING_TRANSFER_NOT_FOUND(25, true),

    /** The transfer with the pending_id is not a pending one. */
    PENDING_TRANSFER_NOT_PENDING(26, false),

    /** The pending transfer has another debit account. */
    PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID(27, false),

    /** The pending transfer has another credit account. */
    PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID(28, false),

    /** The pending transfer is of another ledger. */
    PENDING_TRANSFER_HAS_DIFFERENT_LEDGER(29, false),

    /** The pending transfer has another code. */
    PENDING_TRANSFER_HAS_DIFFERENT_CODE(30, false),

    /** More is to be posted or voided than is pending. */
    EXCEEDS_PENDING_TRANSFER_AMOUNT(31, false),

    /** A void is of the whole pending amount. */
    PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT(32, false),

    /** The pending transfer was posted before. */
    PENDING_TRANSFER_ALREADY_POSTED(33, false),

    /** The pending transfer was voided before. */
    PENDING_TRANSFER_ALREADY_VOIDED(34, false),

    /** The pending transfer's time is over. */
    PENDING_TRANSFER_EXPIRED(35, false),

    /** The timestamp is not after that of every transfer, or is that of an account or of a release. */
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS(60, false),

    /** The timestamp is not after that of the debit account. */
    IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT(61, false),

    /** The timestamp is not after that of the credit account. */
    IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT(62, false),

    /** An imported transfer has no timeout. */
    IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO(63, false),

    /** The debit account is closed. Transient. */
    DEBIT_ACCOUNT_ALREADY_CLOSED(65, true),

    /** The credit account is closed. Transient. */
    CREDIT_ACCOUNT_ALREADY_CLOSED(66, true),

    /** The debit account's pending debits would exceed 2^128-1. */
    OVERFLOWS_DEBITS_PENDING(47, false),

    /** The credit account's pending credits would exceed 2^128-1. */
    OVERFLOWS_CREDITS_PENDING(48, false),

    /** The debit account's posted debits would exceed 2^128-1. */
    OVERFLOWS_DEBITS_POSTED(49, false),

    /** The credit account's posted credits would exceed 2^128-1. */
    OVERFLOWS_CREDITS_POSTED(50, false),

    /** The debit account's pending and posted debits together would exceed 2^128-1. */
    OVERFLOWS_DEBITS(51, false),

    /** The credit account's pending and posted credits together would exceed 2^128-1. */
    OVERFLOWS_CREDITS(52, false),

    /** The timeout ends after 2^63-1. */
    OVERFLOWS_TIMEOUT(53, false),

    /** The debit account's debits must not exceed its posted credits. Transient. */
    EXCEEDS_CREDITS(54, true),

    /** The credit account's credits must not exceed its posted debits. Transient. */
    EXCEEDS_DEBITS(55, true),

    /** The transfer was created. */
    CREATED(-1, false);

    private static final Int2ObjectHashMap<TransferOutcome> BY_CODE = new Int2ObjectHashMap<>();

    static
    {
        for (final TransferOutcome outcome : values())
        {
            BY_CODE.put(outcome.code, outcome);
        }
    }

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT);
    private final boolean isTransient;

    TransferOutcome(final int code, final boolean isTransient)
    {
        this.code = code;
        this.isTransient = isTransient;
    }

    /**
     * The number that stands in entries and replies.
     *
     * @return unsigned 32 bit; {@link #CREATED} is 4294967295.
     */
    public int code()
    {
        return code;
    }

    /**
     * The name that stands in JSON, CSV and reports.
     *
     * @return the constant's name in lower case.
     */
    public String label()
    {
        return label;
    }

    /**
     * Whether the refusal depends on a state that may change, so that the id is spent for good.
     *
     * @return true for exactly seven outcomes.
     */
    public boolean isTransient()
    {
        return isTransient;
    }

    /**
     * The outcome with a code.
     *
     * @param code as in entries and replies.
     * @return the outcome.
     * @throws IllegalArgumentException if no outcome has this code.
     */
    public static TransferOutcome of(final int code)
    {
        final TransferOutcome outcome = BY_CODE.get(code);
        if (outcome == null)
        {
            throw new IllegalArgumentException("no TransferOutcome has this code: " + Integer.toUnsignedString(code));
        }
        return outcome;
    }
}
