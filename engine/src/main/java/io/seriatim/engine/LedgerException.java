package io.seriatim.engine;

/**
 * A request has no answer. {@link #isOutcomeUnknown()} tells whether it may have been applied all the same: then ask
 * by id, or send it again, as an id is applied once.
 */
public final class LedgerException extends RuntimeException
{
    /** Why there is no answer. */
    public enum Reason
    {
        /** A local ceiling on accounts or transfers is met; it can be raised at the next launch. */
        STORE_FULL,

        /** The disk is filled up to its reserve; requests are taken again once there is room. */
        DISK_RESERVED,

        /** The machine's clock has jumped; requests are taken again once it is back. */
        CLOCK_JUMPED,

        /** No answer came within the time limit. */
        TIMED_OUT,

        /** The thread was interrupted while it waited; the interrupt is still set. */
        INTERRUPTED,

        /** The shard has stopped for an error of its journal or of our own. */
        STOPPED,

        /** The engine has been closed. */
        CLOSED,

        /** There is no read model: it is switched off, or its module is not there. */
        NO_QUERIES,

        /** The read model has met an error or its limit of memory. */
        QUERIES_FAILED,

        /** The manual clock can not be moved like that. */
        CLOCK_REFUSED,

        /** There are no timestamps left. */
        TIME_EXHAUSTED,

        /** The request is committed, and will not be under a checkpoint as was asked: nothing is sealed any more. */
        NOT_SEALED
    }

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final boolean isOutcomeUnknown;

    LedgerException(
        final Reason reason, final boolean isOutcomeUnknown, final String message, final Throwable cause)
    {
        super(message, cause);
        this.reason = reason;
        this.isOutcomeUnknown = isOutcomeUnknown;
    }

    /**
     * Why there is no answer.
     *
     * @return the reason.
     */
    public Reason reason()
    {
        return reason;
    }

    /**
     * Whether the request may have been applied.
     *
     * @return false if it was certainly not.
     */
    public boolean isOutcomeUnknown()
    {
        return isOutcomeUnknown;
    }
}
