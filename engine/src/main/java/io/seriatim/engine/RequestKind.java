package io.seriatim.engine;

/**
 * What a request asks for. All of its events are of one kind.
 */
public enum RequestKind
{
    /** Given back by its claimer; it has no events and no reply. */
    NOTHING,

    /** Create accounts. */
    CREATE_ACCOUNTS,

    /** Create transfers. */
    CREATE_TRANSFERS,

    /** Look accounts up by id. */
    LOOKUP_ACCOUNTS,

    /** Look transfers up by id. */
    LOOKUP_TRANSFERS;

    private static final RequestKind[] KINDS = values();

    static RequestKind of(final int ordinal)
    {
        return KINDS[ordinal];
    }

    boolean isCreate()
    {
        return this == CREATE_ACCOUNTS || this == CREATE_TRANSFERS;
    }
}
