package io.seriatim.bench;

/**
 * One point of the curve.
 *
 * @param callers    each with one request in flight.
 * @param batchCount transfers in a request, and so in a transaction.
 */
record PeerPoint(int callers, int batchCount)
{
    private static final double BATCHED_TARGET = 10;

    boolean isBatched()
    {
        return batchCount > 1;
    }

    /** How many times the rate of the best SQL database is aimed at; NaN if nobody has said. */
    double target()
    {
        if (isBatched())
        {
            return BATCHED_TARGET;
        }
        return switch (callers)
        {
            case 1 -> 1.5;
            case 8 -> 5;
            case 64 -> 15;
            case 512 -> 30;
            default -> Double.NaN;
        };
    }

    /** As a part of names of files. */
    String fileName()
    {
        return callers + (isBatched() ? "-callers-of-" + batchCount : "-callers");
    }

    @Override
    public String toString()
    {
        return callers + (callers == 1 ? " caller" : " callers") +
            (isBatched() ? ", " + batchCount + " transfers in a transaction" : ", 1 transfer in flight each");
    }
}
