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
 * Shape: 64 bytes a leaf, and as much again free at most.<br>
 * Threads: confined to one.
 */
final class SubtreesInMemory implements SubtreeHandler, TreeHashes
{
    private static final int LENGTH_FIRST = 64 * TreeHasher.HASH_LENGTH;

    private final List<byte[]> levels = new ArrayList<>();

    @Override
    public void onSubtree(final int level, final long index, final byte[] hashes, final int offset)
    {
        if (level == levels.size())
        {
            levels.add(new byte[LENGTH_FIRST]);
        }
        final int start = Math.toIntExact(index * TreeHasher.HASH_LENGTH);
        if (start == levels.get(level).length)
        {
            levels.set(level, Arrays.copyOf(levels.get(level), 2 * start));
        }
        System.arraycopy(hashes, offset, levels.get(level), start, TreeHasher.HASH_LENGTH);
    }

    @Override
    public byte[] hash(final int level, final long index)
    {
        final int start = Math.toIntExact(index * TreeHasher.HASH_LENGTH);
        return Arrays.copyOfRange(levels.get(level), start, start + TreeHasher.HASH_LENGTH);
    }
}
