package io.seriatim.sealing;

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
        public void submit(final int shard, final SignedNote checkpoint)
        {
            // Nobody is asked.
        }

        @Override
        public SignedNote poll(final int shard)
        {
            return null;
        }

        @Override
        public boolean isAsking()
        {
            return false;
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
     * A checkpoint was signed, and its tree is in the files.
     *
     * @param shard      number of the shard.
     * @param checkpoint as signed by the log.
     */
    void submit(int shard, SignedNote checkpoint);

    /**
     * What has come back.
     *
     * @param shard number of the shard.
     * @return the newest checkpoint that enough witnesses have signed, with their cosignatures so far; null if there is
     * nothing new.
     */
    SignedNote poll(int shard);

    /**
     * Whether there is anybody to ask.
     *
     * @return false if there are no witnesses.
     */
    boolean isAsking();

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
