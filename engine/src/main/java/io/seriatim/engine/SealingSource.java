package io.seriatim.engine;

import java.nio.file.Path;
import java.util.Map;

/**
 * What is sealed: the journal to follow and where its trees are kept.
 *
 * @param journal       to follow.
 * @param dataDirectory of the engine.
 * @param shards        by number: what each begins with, and where it goes on after the launch.
 * @param force         makes the journal durable before it is signed.
 * @param config        of the sealing.
 */
public record SealingSource(
    JournalSource journal, Path dataDirectory, Map<Integer, SealedShard> shards, Force force, SealingConfig config)
{
    /**
     * A shard to seal.
     *
     * @param genesis      its first entry.
     * @param nextSequence of its next entry at the launch.
     */
    public record SealedShard(Genesis genesis, long nextSequence)
    {
    }

    /** Makes what was committed durable, where committed does not mean that. */
    @FunctionalInterface
    public interface Force
    {
        /** Committed means forced. */
        Force NONE = (from, to) -> {};

        /**
         * Force a part of the journal.
         *
         * @param from position up to which it was forced by this before.
         * @param to   committed position.
         * @throws RuntimeException if that fails: nothing of it is signed then.
         */
        void force(long from, long to);
    }
}
