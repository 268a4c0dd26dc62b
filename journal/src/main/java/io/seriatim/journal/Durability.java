package io.seriatim.journal;

/**
 * What "committed" promises. Every figure and every claim of latency names the policy that it was measured under.
 */
public enum Durability
{
    /** Committed entries have been forced to the disk: they survive a power cut. The default. */
    FSYNC,

    /** Committed entries are in the page cache: they survive the process, not a power cut. */
    OS,

    /**
     * Committed entries are in the memory of this process: nothing survives. Every frame stays in direct memory, some
     * 162 bytes for each transfer, up to {@code -XX:MaxDirectMemorySize}; beyond it the shard stops.
     */
    MEMORY
}
