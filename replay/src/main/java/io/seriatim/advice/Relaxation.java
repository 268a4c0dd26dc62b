package io.seriatim.advice;

import java.util.Arrays;
import java.util.Random;

/**
 * Other orders of the same units, and how long the longest chain of them is.
 */
final class Relaxation
{
    private Relaxation()
    {
    }

    /** Commands that have to come one after the other at least, if the rest of them run beside. */
    static long criticalPath(final Units units, final PartialOrder order)
    {
        double longest = 0;
        for (int unit = 0; unit < units.count(); unit++)
        {
            final double path = order.before(unit) + units.commandCount(unit);
            order.give(unit, path);
            longest = Math.max(longest, path);
        }
        return (long)longest;
    }

    /**
     * An order that might have been, if many workers had taken the units and each were late by chance.
     *
     * @param units  in their recorded order.
     * @param order  what of it is kept.
     * @param window how many units may be overtaken by one, at most.
     * @param random of the delays.
     * @return the units in another order.
     */
    static int[] shuffle(final Units units, final PartialOrder order, final int window, final Random random)
    {
        final double[] moments = new double[units.count()];
        for (int unit = 0; unit < moments.length; unit++)
        {
            moments[unit] = Math.max(order.before(unit), unit + random.nextInt(window + 1));
            order.give(unit, moments[unit]);
        }
        // Those of one moment stay in their recorded order.
        return sorted(moments);
    }

    private static int[] sorted(final double[] moments)
    {
        final long[] byMoment = new long[moments.length];
        for (int unit = 0; unit < moments.length; unit++)
        {
            byMoment[unit] = (long)moments[unit] << Integer.SIZE | unit;
        }
        Arrays.sort(byMoment);
        final int[] order = new int[moments.length];
        for (int i = 0; i < order.length; i++)
        {
            order[i] = (int)byMoment[i];
        }
        return order;
    }
}
