package io.seriatim.tools;

import io.seriatim.engine.RequestKind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What can be asked for in JSON, by the field {@code op}.
 */
enum JsonOp
{
    /** Create accounts. */
    CREATE_ACCOUNTS(RequestKind.CREATE_ACCOUNTS, "results", "Create accounts, in order: one result for each event.",
        "id=1 ledger=840 code=10"),

    /** Create transfers. */
    CREATE_TRANSFERS(RequestKind.CREATE_TRANSFERS, "results", "Create transfers, in order: one result for each event.",
        "id=100 debit_account_id=1 credit_account_id=2 amount=5 ledger=840 code=1"),

    /** Look accounts up. */
    LOOKUP_ACCOUNTS(RequestKind.LOOKUP_ACCOUNTS, "accounts", "Accounts by id; those that are not there are left out.",
        "1 2"),

    /** Look transfers up. */
    LOOKUP_TRANSFERS(RequestKind.LOOKUP_TRANSFERS, "transfers",
        "Transfers by id; those that are not there are left out.", "100 101"),

    /** Look the first answer up. */
    LOOKUP_OUTCOME(RequestKind.LOOKUP_TRANSFER_OUTCOMES, "outcome",
        "What the id of an account or a transfer was answered first.", "kind=transfer id=100"),

    /** Transfers of an account. */
    GET_ACCOUNT_TRANSFERS(RequestKind.GET_ACCOUNT_TRANSFERS, "transfers", "Transfers of one account, by time.",
        "account_id=1 flags=debits|credits limit=10"),

    /** Balances of an account. */
    GET_ACCOUNT_BALANCES(RequestKind.GET_ACCOUNT_BALANCES, "balances",
        "Balances of one account that has history, after each of its transfers.",
        "account_id=1 flags=debits|credits limit=10"),

    /** Accounts by fields. */
    QUERY_ACCOUNTS(RequestKind.QUERY_ACCOUNTS, "accounts", "Accounts by their fields, by time.",
        "ledger=840 limit=10"),

    /** Transfers by fields. */
    QUERY_TRANSFERS(RequestKind.QUERY_TRANSFERS, "transfers", "Transfers by their fields, by time.",
        "ledger=840 code=1 limit=10"),

    /** Pending transfers by state. */
    QUERY_PENDING(RequestKind.QUERY_PENDING, "transfers",
        "Pending transfers by what has become of them, and by their fields.", "state=pending ledger=840 limit=10"),

    /** An account with its pending transfers. */
    GET_ACCOUNT_WITH_PENDING(RequestKind.GET_ACCOUNT_WITH_PENDING, "account",
        "An account and its open pending transfers, of one moment.", "1"),

    /** An account in the past. */
    GET_ACCOUNT_AS_OF(RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE, "account",
        "An account as it was after an entry, or at a time.", "id=1 sequence=4"),

    /** What changed balances. */
    GET_CHANGE_EVENTS(RequestKind.GET_CHANGE_EVENTS, "events",
        "Everything that has changed balances, with both accounts as they were just after it.", "limit=10"),

    /** Why an entry has its outcome. */
    EXPLAIN(RequestKind.EXPLAIN, "explanation", "Why an entry has the outcome that it has.", "5"),

    /** Define a ledger. */
    DEFINE_LEDGER(RequestKind.DEFINE_LEDGERS, "results",
        "Say what a ledger counts and how many decimal digits its amounts have, for people.",
        "ledger=840 asset_code=USD scale=2"),

    /** Look definitions up. */
    LOOKUP_LEDGERS(RequestKind.LOOKUP_LEDGERS, "ledgers", "Definitions of ledgers by their numbers.", "840 978"),

    /** Move the clock on. */
    ADVANCE_CLOCK(RequestKind.ADVANCE_CLOCK, "clock", "Move a manual clock on; what is due by then expires.",
        "nanoseconds=1000000000"),

    /** Set the clock. */
    SET_CLOCK(RequestKind.SET_CLOCK, "clock", "Set a manual clock; what is due by then expires.",
        "timestamp=1000000000");

    private static final Map<String, JsonOp> BY_LABEL = new LinkedHashMap<>();

    static
    {
        for (final JsonOp op : values())
        {
            BY_LABEL.put(op.label, op);
        }
    }

    private final RequestKind kind;
    private final String answer;
    private final String description;
    private final String example;
    private final String label = name().toLowerCase(Locale.ROOT);

    JsonOp(final RequestKind kind, final String answer, final String description, final String example)
    {
        this.kind = kind;
        this.answer = answer;
        this.description = description;
        this.example = example;
    }

    /**
     * The operation with a name.
     *
     * @param label as JSON has it.
     * @return the operation; null if there is none.
     */
    static JsonOp of(final String label)
    {
        return BY_LABEL.get(label);
    }

    /**
     * The name as JSON has it.
     *
     * @return the constant's name in lower case.
     */
    String label()
    {
        return label;
    }

    /** What it asks the engine for, unless a field of the request says otherwise. */
    RequestKind kind()
    {
        return kind;
    }

    /** The field of the answer that holds what was asked for. */
    String answer()
    {
        return answer;
    }

    /** One line for a person. */
    String description()
    {
        return description;
    }

    /** What may follow its name on a terminal. */
    String example()
    {
        return example;
    }

    /** Whether it creates something, so that its events say which shard they are for. */
    boolean isCreate()
    {
        return this == CREATE_ACCOUNTS || this == CREATE_TRANSFERS || this == DEFINE_LEDGER;
    }

    /** Whether it moves a manual clock. */
    boolean isClock()
    {
        return this == ADVANCE_CLOCK || this == SET_CLOCK;
    }
}
