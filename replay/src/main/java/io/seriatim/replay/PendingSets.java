package io.seriatim.replay;

import io.seriatim.ledger.PendingState;
import org.agrona.CloseHelper;
import org.agrona.UnsafeApi;

import java.util.List;

/**
 * For each state that a pending transfer can be in, the set of the rows of transfers that are: ordered, and open to
 * changes at any place.
 * <p>
 * Shape: a bit for each row and state; above it levels of bits that say which words below are not zero, as many levels
 * as there are rows for. A row off-heap holds one word of each state. That is half a byte for each transfer in front of
 * the last pending one.<br>
 * Cost: one word of each level, at most, to add, to remove and to find the next one: O(log64 n). Nothing is allocated
 * on the heap.<br>
 * Threads: confined to one.
 */
final class PendingSets implements AutoCloseable
{
    private static final int STATE_COUNT = PendingState.values().length - 1;
    private static final int ROW_LENGTH = STATE_COUNT * Long.BYTES;
    private static final int WORD_SHIFT = 6;
    private static final int LEVEL_COUNT_MAX = 6;

    private final ModelRows[] levels = new ModelRows[LEVEL_COUNT_MAX];

    PendingSets()
    {
        for (int level = 0; level < LEVEL_COUNT_MAX; level++)
        {
            levels[level] = new ModelRows(ROW_LENGTH);
        }
    }

    /** The parts that a snapshot has. */
    List<ModelTable> tables()
    {
        return List.of(levels);
    }

    /** Put a row into the set of a state. */
    void add(final PendingState state, final int row)
    {
        int levelCount = levelCount();
        while (levelCount < LEVEL_COUNT_MAX && (long)row >>> WORD_SHIFT * levelCount != 0)
        {
            addLevel(levelCount);
            levelCount++;
        }
        int index = row;
        for (int level = 0; level < levelCount; level++)
        {
            final int word = index >>> WORD_SHIFT;
            levels[level].ensure(word);
            final long address = changing(level, state, word);
            final long bits = UnsafeApi.getLong(address);
            UnsafeApi.putLong(address, bits | 1L << index);
            if (bits != 0)
            {
                return;
            }
            index = word;
        }
    }

    /** Take a row out of the set of a state. */
    void remove(final PendingState state, final int row)
    {
        final int levelCount = levelCount();
        int index = row;
        for (int level = 0; level < levelCount; level++)
        {
            final int word = index >>> WORD_SHIFT;
            final long address = changing(level, state, word);
            final long bits = UnsafeApi.getLong(address) & ~(1L << index);
            UnsafeApi.putLong(address, bits);
            if (bits != 0)
            {
                return;
            }
            index = word;
        }
    }

    /** Least row of a set from this one on; or {@link RowSet#NONE}. */
    int ceiling(final PendingState state, final int row)
    {
        final int levelCount = levelCount();
        int index = row;
        for (int level = 0; level < levelCount; level++)
        {
            final int word = index >>> WORD_SHIFT;
            if (word >= levels[level].count())
            {
                return RowSet.NONE;
            }
            final long bits = UnsafeApi.getLong(address(level, state, word)) & -1L << index;
            if (bits != 0)
            {
                return first(level, state, word << WORD_SHIFT | Long.numberOfTrailingZeros(bits));
            }
            index = word + 1;
        }
        return RowSet.NONE;
    }

    /** Greatest row of a set up to this one; or {@link RowSet#NONE}. */
    int floor(final PendingState state, final int row)
    {
        final int levelCount = levelCount();
        int index = row;
        for (int level = 0; level < levelCount && index >= 0; level++)
        {
            int word = index >>> WORD_SHIFT;
            if (word >= levels[level].count())
            {
                word = levels[level].count() - 1;
                index = word << WORD_SHIFT | Long.SIZE - 1;
            }
            final long bits = word < 0 ? 0 :
                UnsafeApi.getLong(address(level, state, word)) & -1L >>> Long.SIZE - 1 - (index & Long.SIZE - 1);
            if (bits != 0)
            {
                return last(level, state, word << WORD_SHIFT | Long.SIZE - 1 - Long.numberOfLeadingZeros(bits));
            }
            index = word - 1;
        }
        return RowSet.NONE;
    }

    long allocatedBytes()
    {
        long sum = 0;
        for (final ModelRows level : levels)
        {
            sum += level.allocatedBytes();
        }
        return sum;
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(levels);
    }

    private int first(final int fromLevel, final PendingState state, final int fromIndex)
    {
        int index = fromIndex;
        for (int level = fromLevel - 1; level >= 0; level--)
        {
            index = index << WORD_SHIFT |
                Long.numberOfTrailingZeros(UnsafeApi.getLong(address(level, state, index)));
        }
        return index;
    }

    private int last(final int fromLevel, final PendingState state, final int fromIndex)
    {
        int index = fromIndex;
        for (int level = fromLevel - 1; level >= 0; level--)
        {
            index = index << WORD_SHIFT | Long.SIZE - 1 -
                Long.numberOfLeadingZeros(UnsafeApi.getLong(address(level, state, index)));
        }
        return index;
    }

    /** Levels in use: the lowest, and those above it that have a word. */
    private int levelCount()
    {
        int count = 1;
        while (count < LEVEL_COUNT_MAX && levels[count].count() > 0)
        {
            count++;
        }
        return count;
    }

    /** A new level on top: one word, which says of the only word of the level below whether it is zero. */
    private void addLevel(final int level)
    {
        levels[level].ensure(0);
        for (int state = 1; state <= STATE_COUNT && levels[level - 1].count() > 0; state++)
        {
            final PendingState each = PendingState.of(state);
            final boolean isAny = UnsafeApi.getLong(address(level - 1, each, 0)) != 0;
            UnsafeApi.putLong(address(level, each, 0), isAny ? 1 : 0);
        }
    }

    private long changing(final int level, final PendingState state, final int word)
    {
        return levels[level].changing(word) + (long)(state.code() - 1) * Long.BYTES;
    }

    private long address(final int level, final PendingState state, final int word)
    {
        return levels[level].address(word) + (long)(state.code() - 1) * Long.BYTES;
    }
}
