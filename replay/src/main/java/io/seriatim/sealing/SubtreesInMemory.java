package io.seriatim.sealing;

import io.seriatim.merkle.SubtreeHandler;
import io.seriatim.merkle.TreeHasher;
import io.seriatim.merkle.TreeHashes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All complete subtrees of a tree that fits into memory.
 * <p>
 * Shape: 64 bytes a leaf, in pieces of a mebibyte.<br>
 * Threads: confined to one.
 */
final class SubtreesInMemory implements SubtreeHandler, TreeHashes
{
    private static final int HASHES_OF_A_PIECE = 1 << 15;

    private final List<List<byte[]>> levels = new ArrayList<>();

    @Override
    public void onSubtree(final int level, final long index, final byte[] hashes, final int offset)
    {
        if (level == levels.size())
        {
            levels.add(new ArrayList<>());
        }
        final List<byte[]> pieces = levels.get(level);
        if (index / HASHES_OF_A_PIECE == pieces.size())
        {
            pieces.add(new byte[HASHES_OF_A_PIECE * TreeHasher.HASH_LENGTH]);
        }
        System.arraycopy(
            hashes, offset, pieces.get((int)(index / HASHES_OF_A_PIECE)), start(index), TreeHasher.HASH_LENGTH);
    }

    @Override
    public byte[] hash(final int level, final long index)
    {
        return Arrays.copyOfRange(
            levels.get(level).get((int)(index / HASHES_OF_A_PIECE)), start(index),
            start(index) + TreeHasher.HASH_LENGTH);
    }

    private static int start(final long index)
    {
        return (int)(index % HASHES_OF_A_PIECE) * TreeHasher.HASH_LENGTH;
    }
}
