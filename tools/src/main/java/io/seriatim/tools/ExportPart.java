package io.seriatim.tools;

/**
 * Which entries of which order are exported.
 *
 * @param shard  whose order it is; {@link #ALL_SHARDS} for each of them.
 * @param ledger whose movements are written; 0 for all of them.
 * @param before the last moment that is before the part.
 * @param last   the last moment of the part.
 */
record ExportPart(int shard, long ledger, PlaceInOrder before, PlaceInOrder last)
{
    /** No shard in particular. */
    static final int ALL_SHARDS = -1;

    boolean isOf(final int number)
    {
        return ledger == 0 || ledger == Integer.toUnsignedLong(number);
    }

    @Override
    public String toString()
    {
        return (shard == ALL_SHARDS ? "all shards" : "shard " + shard) + ", " +
            (ledger == 0 ? "all ledgers" : "ledger " + ledger) + ", behind " + before + ", to " + last;
    }
}
