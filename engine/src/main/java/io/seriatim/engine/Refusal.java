package io.seriatim.engine;

/**
 * Why a shard takes no request for now that would create something.
 *
 * @param code      what a claim returns, below zero.
 * @param readiness of the engine meanwhile.
 * @param reason    that callers of the convenient face are given.
 * @param message   what was found, what is allowed and what helps.
 */
record Refusal(long code, Readiness readiness, LedgerException.Reason reason, String message)
{
    static Refusal diskReserved(final String message)
    {
        return new Refusal(
            LedgerSession.DISK_RESERVED, Readiness.DISK_RESERVED, LedgerException.Reason.DISK_RESERVED, message);
    }

    static Refusal clockJumped(final String message)
    {
        return new Refusal(
            LedgerSession.CLOCK_JUMPED, Readiness.CLOCK_JUMPED, LedgerException.Reason.CLOCK_JUMPED, message);
    }
}
