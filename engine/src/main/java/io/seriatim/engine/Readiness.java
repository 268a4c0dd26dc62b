package io.seriatim.engine;

/**
 * Whether an engine can do all of its work now, as a probe of a service asks.
 */
public enum Readiness
{
    /** Every shard takes every request. */
    READY,

    /**
     * The disk is filled up to its reserve: what would create something is refused, look-ups and queries are answered.
     * It is ready again once there is room; nothing has to be launched anew.
     */
    DISK_RESERVED,

    /**
     * The machine's clock has jumped away from the engine's time: what would create something is refused, look-ups and
     * queries are answered. It is ready again once the clock is back.
     */
    CLOCK_JUMPED,

    /** A shard has stopped for good: only a new launch helps; see {@link LedgerEngine#failure()}. */
    STOPPED,

    /** The engine is closed, or closing. */
    CLOSED
}
