package io.seriatim.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Which calls of the system are to fail: each of the first so many of every kind in turn, or some of each kind that are
 * spread over them.
 */
final class IoErrorPlan
{
    /** Which process meets the error. */
    enum Life
    {
        /** One that makes its books. */
        FIRST,

        /** One that recovers what another has left that was killed. */
        SECOND
    }

    /**
     * Calls that fail in the same way.
     *
     * @param call   of the system.
     * @param error  that it returns.
     * @param life   of the books.
     * @param nthMax so many calls of each thread are tried in turn.
     */
    record Kind(String call, String error, Life life, int nthMax)
    {
        /** The reason as the system has it. */
        String reason()
        {
            return error.equals("EIO") ? "Input/output error" : "No space left on device";
        }

        @Override
        public String toString()
        {
            return call + "-" + error + (life == Life.SECOND ? "-recovering" : "");
        }
    }

    /**
     * One call.
     *
     * @param kind of it.
     * @param nth  of its thread, from 1.
     */
    record Fault(Kind kind, int nth)
    {
        @Override
        public String toString()
        {
            return kind + " at the call with the number " + nth;
        }
    }

    /**
     * The archive writes and forces as long as there is something to do. Of the other calls there are few: 13 to 20 to
     * make the books, and those of snapshots, which come again and again in the same order.
     */
    static final List<Kind> KINDS = List.of(
        new Kind("fdatasync", "EIO", Life.FIRST, 300),
        new Kind("pwrite64", "EIO", Life.FIRST, 300),
        new Kind("pwrite64", "ENOSPC", Life.FIRST, 300),
        new Kind("fsync", "EIO", Life.FIRST, 40),
        new Kind("rename", "EIO", Life.FIRST, 20),
        new Kind("ftruncate", "ENOSPC", Life.FIRST, 15),
        new Kind("fsync", "EIO", Life.SECOND, 20),
        new Kind("pwrite64", "EIO", Life.SECOND, 10));

    private IoErrorPlan()
    {
    }

    /** Every one of every kind. */
    static List<Fault> all(final List<Kind> kinds)
    {
        final List<Fault> faults = new ArrayList<>();
        for (final Kind kind : kinds)
        {
            for (int nth = 1; nth <= kind.nthMax(); nth++)
            {
                faults.add(new Fault(kind, nth));
            }
        }
        return faults;
    }

    /**
     * So many, of each kind about as many, without one that comes twice. They lie the denser the earlier: the first
     * calls make the books, the later ones are all alike.
     *
     * @param kinds to draw from.
     * @param count how many.
     * @param seed  of where they lie.
     */
    static List<Fault> spread(final List<Kind> kinds, final int count, final long seed)
    {
        final List<Fault> all = all(kinds);
        if (count >= all.size())
        {
            return all;
        }
        final Random random = new Random(seed);
        final List<TreeSet<Integer>> taken = new ArrayList<>();
        kinds.forEach(kind -> taken.add(new TreeSet<>()));
        final int share = (count + kinds.size() - 1) / kinds.size();
        final List<Fault> faults = new ArrayList<>();
        for (int i = 0; faults.size() < count; i++)
        {
            final Kind kind = kinds.get(i % kinds.size());
            final TreeSet<Integer> numbers = taken.get(i % kinds.size());
            if (numbers.size() < kind.nthMax())
            {
                // The k-th of its kind lies in the k-th part of a scale on which 1 to 10 is as long as 10 to 100.
                final double place = (i / kinds.size() % share + random.nextDouble()) / share;
                int nth = (int)Math.pow(kind.nthMax() + 1.0, place);
                while (!numbers.add(nth))
                {
                    nth = nth % kind.nthMax() + 1;
                }
                faults.add(new Fault(kind, nth));
            }
        }
        return faults;
    }
}
