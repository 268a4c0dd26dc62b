package io.seriatim.ledger;

import org.agrona.DirectBuffer;

/**
 * Takes the parts of a snapshot one by one.
 */
@FunctionalInterface
public interface ChunkHandler
{
    /**
     * A part, whole. The bytes may be looked at until the method returns.
     *
     * @param buffer holding it.
     * @param offset of the part.
     * @param length of the part in bytes.
     */
    void onChunk(DirectBuffer buffer, int offset, int length);
}
