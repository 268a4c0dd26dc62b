package io.seriatim.journal;

import org.agrona.DirectBuffer;

/**
 * Takes the blocks of a snapshot file in their order; each was checked.
 */
@FunctionalInterface
public interface SnapshotBlockHandler
{
    /**
     * A block. The bytes may be looked at until the method returns.
     *
     * @param type   above zero, as it was written.
     * @param buffer holding the block.
     * @param offset of its first byte.
     * @param length in bytes.
     */
    void onBlock(int type, DirectBuffer buffer, int offset, int length);
}
