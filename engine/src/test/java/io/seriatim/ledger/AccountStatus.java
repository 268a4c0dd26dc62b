package io.seriatim.ledger;

/** Answers to the creation of an account, in order of precedence (section 4 of the semantics). */
public enum AccountStatus implements Status
{
    LINKED_EVENT_CHAIN_OPEN(2),
    LINKED_EVENT_FAILED(1),
    IMPORTED_EVENT_EXPECTED(22),
    IMPORTED_EVENT_NOT_EXPECTED(23),
    TIMESTAMP_MUST_BE_ZERO(3),
    IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE(24),
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE(25),
    RESERVED_FIELD(4),
    RESERVED_FLAG(5),
    ID_MUST_NOT_BE_ZERO(6),
    ID_MUST_NOT_BE_INT_MAX(7),
    EXISTS_WITH_DIFFERENT_FLAGS(15),
    EXISTS_WITH_DIFFERENT_USER_DATA_128(16),
    EXISTS_WITH_DIFFERENT_USER_DATA_64(17),
    EXISTS_WITH_DIFFERENT_USER_DATA_32(18),
    EXISTS_WITH_DIFFERENT_LEDGER(19),
    EXISTS_WITH_DIFFERENT_CODE(20),
    EXISTS(21),
    FLAGS_ARE_MUTUALLY_EXCLUSIVE(8),
    DEBITS_PENDING_MUST_BE_ZERO(9),
    DEBITS_POSTED_MUST_BE_ZERO(10),
    CREDITS_PENDING_MUST_BE_ZERO(11),
    CREDITS_POSTED_MUST_BE_ZERO(12),
    LEDGER_MUST_NOT_BE_ZERO(13),
    CODE_MUST_NOT_BE_ZERO(14),
    IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS(26),
    CREATED(CREATED_CODE);

    private final long code;

    AccountStatus(final long code)
    {
        this.code = code;
    }

    @Override
    public long code()
    {
        return code;
    }

    @Override
    public boolean isTransient()
    {
        return false;
    }
}
