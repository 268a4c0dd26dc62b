package io.seriatim.merkle;

/**
 * The hashes of a tree, wherever they lie.
 */
@FunctionalInterface
public interface TreeHashes
{
    /**
     * Root of a complete subtree.
     *
     * @param level it spans 2^level leaves; 0 is a leaf.
     * @param index of it among those of its level, from 0.
     * @return 32 bytes.
     */
    byte[] hash(int level, long index);
}
