package io.seriatim.ledger;

import org.agrona.collections.Int2ObjectHashMap;

import java.util.Locale;

/**
 * The one answer that a command to create an account gets: {@link #CREATED}, or the first rule that it breaks. The
 * constants stand in order of precedence.
 * <p>
 * Source: SEMANTICS, section 4. Codes are part of the journal's format and of the contract with callers; label
 * and code never change.
 */
public enum AccountOutcome
{
    /** The chain that this event opens or continues is not closed: it is the last event of the request. */
    LINKED_EVENT_CHAIN_OPEN(2),

    /** Another event of the chain was refused. */
    LINKED_EVENT_FAILED(1),

    /** The first event of the request is imported, this one is not. */
    IMPORTED_EVENT_EXPECTED(22),

    /** The first event of the request is not imported, this one is. */
    IMPORTED_EVENT_NOT_EXPECTED(23),

    /** Only imported events may carry a timestamp. */
    TIMESTAMP_MUST_BE_ZERO(3),

    /** The timestamp is 0 or above 2^63-1. */
    IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE(24),

    /** The timestamp is not before the batch timestamp. */
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE(25),

    /** The reserved field is not 0. */
    RESERVED_FIELD(4),

    /** A flag bit from 6 to 15 is set. */
    RESERVED_FLAG(5),

    /** The id is 0. */
    ID_MUST_NOT_BE_ZERO(6),

    /** The id is 2^128-1. */
    ID_MUST_NOT_BE_INT_MAX(7),

    /** The id is taken by an account whose flags, the current closed bit included, differ. */
    EXISTS_WITH_DIFFERENT_FLAGS(15),

    /** The id is taken by an account with another user_data_128. */
    EXISTS_WITH_DIFFERENT_USER_DATA_128(16),

    /** The id is taken by an account with another user_data_64. */
    EXISTS_WITH_DIFFERENT_USER_DATA_64(17),

    /** The id is taken by an account with another user_data_32. */
    EXISTS_WITH_DIFFERENT_USER_DATA_32(18),

    /** The id is taken by an account of another ledger. */
    EXISTS_WITH_DIFFERENT_LEDGER(19),

    /** The id is taken by an account with another code. */
    EXISTS_WITH_DIFFERENT_CODE(20),

    /** The same account is there already. */
    EXISTS(21),

    /** Both limit flags are set. */
    FLAGS_ARE_MUTUALLY_EXCLUSIVE(8),

    /** A new account has no balance. */
    DEBITS_PENDING_MUST_BE_ZERO(9),

    /** A new account has no balance. */
    DEBITS_POSTED_MUST_BE_ZERO(10),

    /** A new account has no balance. */
    CREDITS_PENDING_MUST_BE_ZERO(11),

    /** A new account has no balance. */
    CREDITS_POSTED_MUST_BE_ZERO(12),

    /** The ledger is 0. */
    LEDGER_MUST_NOT_BE_ZERO(13),

    /** The code is 0. */
    CODE_MUST_NOT_BE_ZERO(14),

    /** The timestamp is not after that of every account, or is that of a transfer or of a release. */
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS(26),

    /** The account was created. */
    CREATED(-1);

    private static final Int2ObjectHashMap<AccountOutcome> BY_CODE = new Int2ObjectHashMap<>();

    static
    {
        for (final AccountOutcome outcome : values())
        {
            BY_CODE.put(outcome.code, outcome);
        }
    }

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT);

    AccountOutcome(final int code)
    {
        this.code = code;
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
     * The outcome with a code.
     *
     * @param code as in entries and replies.
     * @return the outcome.
     * @throws IllegalArgumentException if no outcome has this code.
     */
    public static AccountOutcome of(final int code)
    {
        final AccountOutcome outcome = BY_CODE.get(code);
        if (outcome == null)
        {
            throw new IllegalArgumentException("no AccountOutcome has this code: " + Integer.toUnsignedString(code));
        }
        return outcome;
    }
}
