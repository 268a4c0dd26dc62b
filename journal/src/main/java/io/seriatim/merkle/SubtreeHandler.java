package io.seriatim.merkle;

/**
 * Is told of every subtree of a tree that becomes complete, a leaf being one of level 0.
 */
@FunctionalInterface
public interface SubtreeHandler
{
    /**
     * A subtree is complete.
     *
     * @param level  it spans 2^level leaves.
     * @param index  of it among those of its level, from 0.
     * @param hashes holding its root until this returns.
     * @param offset where that begins.
     */
    void onSubtree(int level, long index, byte[] hashes, int offset);
}
