package io.seriatim.tools;

/**
 * Which entries of which order are exported.
 *
 * @param shard  whose order it is.
 * @param ledger whose movements are written; 0 for all of them.
 * @param before the last moment that is before the part.
 * @param last   the last moment of the part.
 */
record ExportPart(int shard, long ledger, PlaceInOrder before, PlaceInOrder last)
{
    boolean isOf(final int number)
    {
        return ledger == 0 || ledger == Integer.toUnsignedLong(number);
    }

    @Override
    public String toString()
    {
        return "shard " + shard + ", " + (ledger == 0 ? "all ledgers" : "ledger " + ledger) + ", behind " + before +
            ", to " + last;
    }
}
