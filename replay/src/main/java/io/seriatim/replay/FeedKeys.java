package io.seriatim.replay;

/**
 * Says which keys an entry has: what entries must have in common to be handed out in order.
 */
@FunctionalInterface
public interface FeedKeys
{
    /** Takes the keys of an entry; the same one twice counts once. */
    @FunctionalInterface
    interface Collector
    {
        /**
         * A key.
         *
         * @param high half of it.
         * @param low  half of it.
         */
        void add(long high, long low);
    }

    /**
     * The accounts that an entry moves, or creates: all entries of one account come in order. An entry that names no
     * account has no key.
     */
    FeedKeys ACCOUNTS = (entry, keys) ->
    {
        if (entry.hasDebitAccount())
        {
            keys.add(entry.debitAccountIdHigh(), entry.debitAccountIdLow());
        }
        if (entry.hasCreditAccount())
        {
            keys.add(entry.creditAccountIdHigh(), entry.creditAccountIdLow());
        }
    };

    /** The ledger that an entry belongs to. */
    FeedKeys LEDGER = (entry, keys) ->
    {
        if (entry.ledger() != 0)
        {
            keys.add(0, entry.ledger());
        }
    };

    /**
     * Tell the keys of an entry.
     *
     * @param entry to look at; not to be kept.
     * @param keys  take them. An entry without any is in order with none.
     */
    void collect(FeedEntry entry, Collector keys);
}
