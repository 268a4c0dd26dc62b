package io.seriatim.replay;

import org.agrona.collections.Long2LongHashMap;

/**
 * The last entry of each account that a feed has handed out, so that each one can name the one before it.
 * <p>
 * Shape: 16 bytes an account on the heap, by a hash of 64 bits and so, with several shards, one account of each.<br>
 * Threads: confined to the feed's.
 */
final class AccountHistory
{
    private final Long2LongHashMap lastByAccount = new Long2LongHashMap(FeedEntry.NO_SEQUENCE);

    /** Tell an entry which ones came before it, and be the last one from now on. */
    void note(final FeedEntry entry)
    {
        final long debit = entry.hasDebitAccount() ?
            last(entry, entry.debitAccountIdHigh(), entry.debitAccountIdLow()) : FeedEntry.NO_SEQUENCE;
        final long credit = entry.hasCreditAccount() ?
            last(entry, entry.creditAccountIdHigh(), entry.creditAccountIdLow()) : FeedEntry.NO_SEQUENCE;
        entry.previous(debit, credit);
    }

    private long last(final FeedEntry entry, final long idHigh, final long idLow)
    {
        return lastByAccount.put(KeyOrder.hash(idHigh ^ (long)entry.shard() << Integer.SIZE, idLow), entry.sequence());
    }
}
