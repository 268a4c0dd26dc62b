package io.seriatim.engine;

import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.LedgerDefinitions;

/**
 * What a request asks for. All of its events are of one kind.
 */
public enum RequestKind
{
    /** Given back by its claimer; it has no events and no reply. */
    NOTHING(Group.NOTHING, Row.NONE),

    /** Create accounts. */
    CREATE_ACCOUNTS(Group.CREATE, Row.RESULT),

    /** Create transfers. */
    CREATE_TRANSFERS(Group.CREATE, Row.RESULT),

    /** Define ledgers for humans: asset and scale. */
    DEFINE_LEDGERS(Group.CREATE, Row.RESULT),

    /** Look accounts up by id. */
    LOOKUP_ACCOUNTS(Group.LOOK_UP, Row.ACCOUNT),

    /** Look transfers up by id. */
    LOOKUP_TRANSFERS(Group.LOOK_UP, Row.TRANSFER),

    /** Look up what an id of an account was answered first. */
    LOOKUP_ACCOUNT_OUTCOMES(Group.LOOK_UP, Row.OUTCOME),

    /** Look up what an id of a transfer was answered first, also if it was spent by a refusal. */
    LOOKUP_TRANSFER_OUTCOMES(Group.LOOK_UP, Row.OUTCOME),

    /** Look up how ledgers are defined, by their numbers. */
    LOOKUP_LEDGERS(Group.LOOK_UP, Row.DEFINITION),

    /** Move a manual clock on by a span. */
    ADVANCE_CLOCK(Group.CLOCK, Row.CLOCK),

    /** Set a manual clock. */
    SET_CLOCK(Group.CLOCK, Row.CLOCK),

    /** Transfers of an account. */
    GET_ACCOUNT_TRANSFERS(Group.QUERY, Row.TRANSFER),

    /** Balances of an account after each of its transfers. */
    GET_ACCOUNT_BALANCES(Group.QUERY, Row.BALANCE),

    /** Accounts by their fields. */
    QUERY_ACCOUNTS(Group.QUERY, Row.ACCOUNT),

    /** Transfers by their fields. */
    QUERY_TRANSFERS(Group.QUERY, Row.TRANSFER),

    /** Pending transfers by what has become of them, and by their fields. */
    QUERY_PENDING(Group.QUERY, Row.TRANSFER),

    /** Everything that has changed balances. */
    GET_CHANGE_EVENTS(Group.QUERY, Row.CHANGE_EVENT),

    /** An account with its open pending transfers: one row of an account, then rows of transfers. */
    GET_ACCOUNT_WITH_PENDING(Group.QUERY, Row.ACCOUNT_THEN_TRANSFERS),

    /** An account as it was after an entry. */
    GET_ACCOUNT_AS_OF_SEQUENCE(Group.QUERY, Row.ACCOUNT),

    /** An account as it was at a time. */
    GET_ACCOUNT_AS_OF_TIME(Group.QUERY, Row.ACCOUNT),

    /** Why an entry has the outcome that it has. */
    EXPLAIN(Group.QUERY, Row.EXPLANATION);

    /** Who answers, and from what. */
    private enum Group
    {
        NOTHING, CREATE, LOOK_UP, CLOCK, QUERY
    }

    /** What a row of the reply is. */
    enum Row
    {
        NONE(0),
        RESULT(BatchResults.ROW_LENGTH),
        ACCOUNT(QueryRows.ACCOUNT_LENGTH),
        TRANSFER(QueryRows.TRANSFER_LENGTH),
        ACCOUNT_THEN_TRANSFERS(QueryRows.TRANSFER_LENGTH),
        OUTCOME(QueryRows.OUTCOME_LENGTH),
        DEFINITION(LedgerDefinitions.ROW_LENGTH),
        CLOCK(QueryRows.CLOCK_LENGTH),
        BALANCE(QueryRows.BALANCE_LENGTH),
        CHANGE_EVENT(QueryRows.CHANGE_EVENT_LENGTH),
        EXPLANATION(QueryRows.EXPLANATION_LENGTH);

        private final int length;

        Row(final int length)
        {
            this.length = length;
        }
    }

    private static final RequestKind[] KINDS = values();

    private final Group group;
    private final Row row;

    RequestKind(final Group group, final Row row)
    {
        this.group = group;
        this.row = row;
    }

    static RequestKind of(final int ordinal)
    {
        return KINDS[ordinal];
    }

    /** Whether each event is a command that gets an entry. */
    boolean isCreate()
    {
        return group == Group.CREATE;
    }

    boolean isLookUp()
    {
        return group == Group.LOOK_UP;
    }

    boolean isClock()
    {
        return group == Group.CLOCK;
    }

    /**
     * Whether the read model answers, from the history beside the shard.
     *
     * @return false if the shard itself does.
     */
    public boolean isQuery()
    {
        return group == Group.QUERY;
    }

    /**
     * How long a row of the reply is.
     *
     * @return length in bytes.
     */
    public int rowLength()
    {
        return row.length;
    }

    Row row()
    {
        return row;
    }
}
