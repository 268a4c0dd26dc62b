package io.seriatim.advice;

/**
 * Goes through units in their recorded order and tells of each what the ones that it has to come after were given.
 * <p>
 * Shape: three numbers for each part of the state: the most that was given to those that read it, add to it and check
 * it.<br>
 * Threads: confined to one.
 */
final class PartialOrder
{
    private final Units units;
    private final KeptOrder kept;
    private final int splitKey;
    private final int splitCount;
    private final double[] reads;
    private final double[] adds;
    private final double[] checks;
    private double last;
    private int splitTurn;

    /** The order of a kind. */
    PartialOrder(final Units units, final KeptOrder kept)
    {
        this(units, kept, -1, 1);
    }

    /** The same as if one part of the state were several, which the units take in turn. */
    PartialOrder(final Units units, final KeptOrder kept, final int splitKey, final int splitCount)
    {
        this.units = units;
        this.kept = kept;
        this.splitKey = splitKey;
        this.splitCount = splitCount;
        final int length = units.keyCount() + splitCount;
        reads = new double[length];
        adds = new double[length];
        checks = new double[length];
    }

    /** The most that was given to a unit that the next one has to come after; 0 if there is none. */
    double before(final int unit)
    {
        double most = kept == KeptOrder.TOTAL ? last : 0;
        for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
        {
            final int key = key(i);
            switch (access(i))
            {
                case READ -> most = Math.max(most, Math.max(adds[key], checks[key]));
                case ADD -> most = Math.max(most, Math.max(reads[key], checks[key]));
                default -> most = Math.max(most, Math.max(reads[key], Math.max(adds[key], checks[key])));
            }
        }
        return most;
    }

    /** Give the unit something, which is more than {@link #before} has told. */
    void give(final int unit, final double value)
    {
        last = value;
        for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
        {
            final int key = key(i);
            final double[] values = switch (access(i))
            {
                case READ -> reads;
                case ADD -> adds;
                default -> checks;
            };
            values[key] = Math.max(values[key], value);
            splitTurn += units.key(i) == splitKey ? 1 : 0;
        }
    }

    private int key(final int index)
    {
        final int key = units.key(index);
        return key == splitKey ? units.keyCount() + splitTurn % splitCount : key;
    }

    private Access access(final int index)
    {
        final Units.Part part = units.part(units.key(index));
        return switch (kept)
        {
            case LEDGER -> part == Units.Part.LEDGER ? Access.CHECK : Access.READ;
            case ACCOUNT -> part == Units.Part.BALANCE ? Access.CHECK :
                part == Units.Part.STATE ? units.access(index) : Access.READ;
            case DEPENDENCE -> units.access(index);
            default -> Access.READ;
        };
    }
}
