package io.seriatim.advice;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Whose outcomes may be others if units are executed in another order than the recorded one: it is said before they
 * are. Nobody else's may be.
 * <p>
 * A unit is at risk if it reads a part of the state that another one writes, and the two have changed places; or if one
 * at risk that comes before it writes what it reads. Pending transfers that expire are of a time: they are at risk if
 * they move, and so is who reads their accounts and has moved across their deadlines. So are imports once anything
 * moves.
 * <p>
 * Shape: some numbers for each unit and each part of the state.<br>
 * Threads: confined to one.
 */
final class Risk
{
    private static final long LATE_MAX_NS = 2;

    private final Units units;
    private final BitSet atRisk = new BitSet();
    private final BitSet partsAtRisk = new BitSet();

    /**
     * Work it out.
     *
     * @param units   in their recorded order.
     * @param order   in which they are to be executed.
     * @param timed   pending transfers that expire.
     * @param slotsNs of all commands, as recorded.
     */
    Risk(final Units units, final int[] order, final List<CommandLog.Timed> timed, final long[] slotsNs)
    {
        this.units = units;
        markOvertaken(order);
        markOvertaking(order);
        markTimed(order, timed, slotsNs);
        markOfTime(order);
        spread(order);
    }

    /** Whether the outcomes of a unit may be others. */
    boolean isAtRisk(final int unit)
    {
        return atRisk.get(unit);
    }

    /** How many units are at risk. */
    int count()
    {
        return atRisk.cardinality();
    }

    /** Whether a part of the state may end up otherwise; -1 is none. */
    boolean isPartAtRisk(final int key)
    {
        return key >= 0 && partsAtRisk.get(key);
    }

    /** Those that read what a later one has written before them now. */
    private void markOvertaken(final int[] order)
    {
        final int[] latestWriter = new int[units.keyCount()];
        Arrays.fill(latestWriter, -1);
        for (final int unit : order)
        {
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                final int key = units.key(i);
                if (units.access(i).isReading() && latestWriter[key] > unit)
                {
                    atRisk.set(unit);
                }
                if (units.access(i).isWriting())
                {
                    latestWriter[key] = Math.max(latestWriter[key], unit);
                }
            }
        }
    }

    /** Those that read what an earlier one writes only after them now. */
    private void markOvertaking(final int[] order)
    {
        final int[] earliestWriter = new int[units.keyCount()];
        Arrays.fill(earliestWriter, Integer.MAX_VALUE);
        for (int place = order.length - 1; place >= 0; place--)
        {
            final int unit = order[place];
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                final int key = units.key(i);
                if (units.access(i).isReading() && earliestWriter[key] < unit)
                {
                    atRisk.set(unit);
                }
                if (units.access(i).isWriting())
                {
                    earliestWriter[key] = Math.min(earliestWriter[key], unit);
                }
            }
        }
    }

    private void markTimed(final int[] order, final List<CommandLog.Timed> timed, final long[] slotsNs)
    {
        if (timed.isEmpty() || !isMoved(order))
        {
            return;
        }
        // Each release can make all that follows late by a moment.
        final long marginNs = LATE_MAX_NS * timed.size();
        final long[][] deadlines = deadlinesByPart(timed);
        final boolean[] isTimeChanged = new boolean[units.count()];
        int place = 0;
        for (final int unit : order)
        {
            final int first = units.firstCommand(unit);
            final int count = units.commandCount(unit);
            final long recordedEndNs = slotsNs[first + count - 1];
            final long endNs = slotsNs[place + count - 1];
            place += count;
            isTimeChanged[unit] = recordedEndNs != endNs;
            final long fromNs = Math.min(slotsNs[first], endNs - count + 1) - marginNs;
            final long toNs = Math.max(recordedEndNs, endNs) + marginNs;
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                if (units.access(i).isReading() && hasBetween(deadlines[units.key(i)], fromNs, toNs))
                {
                    atRisk.set(unit);
                }
            }
        }
        for (final CommandLog.Timed each : timed)
        {
            if (isTimeChanged[each.unit()])
            {
                atRisk.set(each.unit());
            }
        }
    }

    private static boolean isMoved(final int[] order)
    {
        for (int place = 0; place < order.length; place++)
        {
            if (order[place] != place)
            {
                return true;
            }
        }
        return false;
    }

    private long[][] deadlinesByPart(final List<CommandLog.Timed> timed)
    {
        final int[] counts = new int[units.keyCount()];
        timed.forEach(each -> each.forEachPart(part -> counts[part]++));
        final long[][] deadlines = new long[units.keyCount()][];
        timed.forEach(each -> each.forEachPart(part ->
        {
            if (deadlines[part] == null)
            {
                deadlines[part] = new long[counts[part]];
            }
            deadlines[part][--counts[part]] = each.deadlineNs();
        }));
        for (final long[] each : deadlines)
        {
            if (each != null)
            {
                Arrays.sort(each);
            }
        }
        return deadlines;
    }

    private static boolean hasBetween(final long[] sorted, final long from, final long to)
    {
        if (sorted == null)
        {
            return false;
        }
        final int found = Arrays.binarySearch(sorted, from);
        final int index = found < 0 ? -found - 1 : found;
        return index < sorted.length && sorted[index] <= to;
    }

    /** An imported time must be taken by nobody, and whoever moves gets another time. */
    private void markOfTime(final int[] order)
    {
        final int time = units.keyOf(Units.Part.TIME, 0, 0);
        final boolean isAnyAtRisk = time >= 0 && isMoved(order);
        for (int unit = 0; isAnyAtRisk && unit < units.count(); unit++)
        {
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                if (units.key(i) == time)
                {
                    atRisk.set(unit);
                }
            }
        }
    }

    /** Who reads what one at risk has written before is at risk too. */
    private void spread(final int[] order)
    {
        for (final int unit : order)
        {
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                if (units.access(i).isReading() && partsAtRisk.get(units.key(i)))
                {
                    atRisk.set(unit);
                }
            }
            for (int i = units.accessStart(unit); atRisk.get(unit) && i < units.accessStart(unit + 1); i++)
            {
                if (units.access(i).isWriting())
                {
                    partsAtRisk.set(units.key(i));
                }
            }
        }
    }
}
