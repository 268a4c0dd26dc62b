package io.seriatim.replay;

import org.agrona.UnsafeApi;

import java.util.Arrays;
import java.util.List;

/**
 * Many lists of ints off-heap, most of them short and some very long. A list is a header of 64 bits that its owner
 * keeps: how many ints it holds, and where. Appending returns the new header.
 * <p>
 * Shape, by the number of ints in a list:
 *
 * <pre>
 *   1            the int itself stands in the header
 *   2 to 384     one piece, of 2, 4, 6, 8, 12, 16 ... 384 ints; a full one is exchanged for the next longer
 *   from 385     pieces of 384 ints, and a directory of them, which is such a list itself
 * </pre>
 *
 * Pieces of one length are cut from slabs of {@value #SLAB_LENGTH} bytes, and pieces that were given back are used
 * again. So a list takes 4 bytes an int and between nothing and half as much again for room.<br>
 * Cost: O(1) to append (amortised) and to read at any index. Nothing is allocated on the heap.<br>
 * Threads: confined to one.
 */
final class IntLists implements AutoCloseable
{
    /** Header of a list without ints. */
    static final long EMPTY = 0;

    /** Ints in a piece of a long list. */
    static final int PIECE_LENGTH = 384;

    private static final int SLAB_LENGTH = PIECE_LENGTH * Integer.BYTES;
    private static final int UNIT_LENGTH = Long.BYTES;
    private static final int UNITS_PER_SLAB = SLAB_LENGTH / UNIT_LENGTH;
    private static final int[] CAPACITIES = {2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, PIECE_LENGTH};
    private static final int LAST_CLASS = CAPACITIES.length - 1;
    private static final byte[] CLASSES = new byte[PIECE_LENGTH + 1];
    private static final long REF_MASK = 0xFFFF_FFFFL;
    private static final int NONE = -1;

    static
    {
        int sizeClass = 0;
        for (int count = 0; count <= PIECE_LENGTH; count++)
        {
            sizeClass += count > CAPACITIES[sizeClass] ? 1 : 0;
            CLASSES[count] = (byte)sizeClass;
        }
    }

    private final ModelRows slabs = new ModelRows(SLAB_LENGTH);

    /** Headers of the lists of pieces. */
    private final ModelRows directories = new ModelRows(Long.BYTES);

    /** By class: a ref to the first piece that was given back; each holds the ref to the next one. */
    private final ModelInts free = new ModelInts(new int[CAPACITIES.length]);

    /** By class: ref to the next piece in the slab that is being cut, and how many are left in it. */
    private final ModelInts uncut = new ModelInts(new int[CAPACITIES.length]);
    private final ModelInts uncutCount = new ModelInts(new int[CAPACITIES.length]);

    IntLists()
    {
        Arrays.fill(free.values(), NONE);
    }

    /** The parts that a snapshot has. */
    List<ModelTable> tables()
    {
        return List.of(slabs, directories, free, uncut, uncutCount);
    }

    /** How many ints a list holds. */
    static int count(final long list)
    {
        return (int)(list >>> Integer.SIZE);
    }

    /** The int at an index, which must be in the list. */
    int get(final long list, final int index)
    {
        assert index >= 0 && index < count(list) : "index is outside: index=" + index + ", count=" + count(list);
        final int count = count(list);
        final int ref = (int)list;
        if (count == 1)
        {
            return ref;
        }
        if (count <= PIECE_LENGTH)
        {
            return UnsafeApi.getInt(address(ref) + (long)index * Integer.BYTES);
        }
        final int piece = index / PIECE_LENGTH;
        return UnsafeApi.getInt(
            address(pieceRef(ref, piece)) + (long)(index - piece * PIECE_LENGTH) * Integer.BYTES);
    }

    /** Append an int; the list is what is returned from now on. */
    long append(final long list, final int value)
    {
        final int count = count(list);
        if (count == 0)
        {
            return header(1, value);
        }
        if (count == Integer.MAX_VALUE)
        {
            throw new IllegalStateException("a list can not grow: count=" + count);
        }
        final int ref = count < PIECE_LENGTH ? roomInPiece(list, count) : roomInDirectory((int)list, count);
        final int tail = count < PIECE_LENGTH ? ref : pieceRef(ref, count / PIECE_LENGTH);
        UnsafeApi.putInt(changing(tail) + (long)(count % PIECE_LENGTH) * Integer.BYTES, value);
        return header(count + 1, ref);
    }

    long allocatedBytes()
    {
        return slabs.allocatedBytes() + directories.allocatedBytes();
    }

    @Override
    public void close()
    {
        slabs.close();
        directories.close();
    }

    private static long header(final int count, final int ref)
    {
        return (long)count << Integer.SIZE | ref & REF_MASK;
    }

    /** A piece that holds what the list holds and has room for one more. */
    private int roomInPiece(final long list, final int count)
    {
        final int ref = (int)list;
        if (count == 1)
        {
            final int first = allocate(0);
            UnsafeApi.putInt(changing(first), ref);
            return first;
        }
        final int sizeClass = CLASSES[count];
        if (count < CAPACITIES[sizeClass])
        {
            return ref;
        }
        final int longer = allocate(sizeClass + 1);
        UnsafeApi.copyMemory(address(ref), changing(longer), (long)count * Integer.BYTES);
        UnsafeApi.putInt(changing(ref), free.values()[sizeClass]);
        free.values()[sizeClass] = ref;
        return longer;
    }

    /** A directory with room for one more int. */
    private int roomInDirectory(final int ref, final int count)
    {
        final int directory = count == PIECE_LENGTH ? newDirectory(ref) : ref;
        if (count % PIECE_LENGTH == 0)
        {
            addPiece(directory, allocate(LAST_CLASS));
        }
        return directory;
    }

    private int newDirectory(final int firstPiece)
    {
        final int directory = directories.add();
        addPiece(directory, firstPiece);
        return directory;
    }

    private void addPiece(final int directory, final int piece)
    {
        final long pieces = append(UnsafeApi.getLong(directories.address(directory)), piece);
        UnsafeApi.putLong(directories.changing(directory), pieces);
    }

    private int pieceRef(final int directory, final int piece)
    {
        return get(UnsafeApi.getLong(directories.address(directory)), piece);
    }

    private int allocate(final int sizeClass)
    {
        final int given = free.values()[sizeClass];
        if (given != NONE)
        {
            free.values()[sizeClass] = UnsafeApi.getInt(address(given));
            return given;
        }
        final int units = CAPACITIES[sizeClass] * Integer.BYTES / UNIT_LENGTH;
        if (uncutCount.values()[sizeClass] == 0)
        {
            if ((slabs.count() + 1L) * UNITS_PER_SLAB > REF_MASK)
            {
                throw new IllegalStateException("the lists can not grow: bytes=" + slabs.allocatedBytes());
            }
            uncut.values()[sizeClass] = slabs.add() * UNITS_PER_SLAB;
            uncutCount.values()[sizeClass] = UNITS_PER_SLAB / units;
        }
        final int ref = uncut.values()[sizeClass];
        uncut.values()[sizeClass] += units;
        uncutCount.values()[sizeClass]--;
        return ref;
    }

    private long address(final int ref)
    {
        final long unit = ref & REF_MASK;
        final int slab = (int)(unit / UNITS_PER_SLAB);
        return slabs.address(slab) + (unit - (long)slab * UNITS_PER_SLAB) * UNIT_LENGTH;
    }

    /** The same, of a piece that is about to change. */
    private long changing(final int ref)
    {
        final long unit = ref & REF_MASK;
        final int slab = (int)(unit / UNITS_PER_SLAB);
        return slabs.changing(slab) + (unit - (long)slab * UNITS_PER_SLAB) * UNIT_LENGTH;
    }
}
