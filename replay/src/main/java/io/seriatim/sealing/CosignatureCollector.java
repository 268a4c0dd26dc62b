package io.seriatim.sealing;

import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.SignedNote;

/**
 * Asks witnesses to sign checkpoints as well. It never keeps the sealer waiting.
 * <p>
 * Threads: the sealer's; {@link #witnessedSize} any.
 */
public interface CosignatureCollector extends AutoCloseable
{
    /** There are no witnesses. */
    CosignatureCollector NONE = new CosignatureCollector()
    {
        @Override
        public void submit(final int shard, final SignedNote checkpoint, final ProofBuilder proofs)
        {
            // Nobody is asked.
        }

        @Override
        public SignedNote poll(final int shard)
        {
            return null;
        }

        @Override
        public long witnessedSize(final int shard)
        {
            return 0;
        }

        @Override
        public void close()
        {
            // Nothing is held.
        }
    };

    /**
     * A checkpoint was signed. Only the newest one of a shard counts.
     *
     * @param shard      number of the shard.
     * @param checkpoint as signed by the log.
     * @param proofs     from the tree that it is the head of, until this returns.
     */
    void submit(int shard, SignedNote checkpoint, ProofBuilder proofs);

    /**
     * What has come back.
     *
     * @param shard number of the shard.
     * @return the newest checkpoint with all cosignatures so far; null if there is nothing new.
     */
    SignedNote poll(int shard);

    /**
     * How much is cosigned by as many as the policy asks for.
     *
     * @param shard number of the shard.
     * @return number of entries.
     */
    long witnessedSize(int shard);

    @Override
    void close();
}
