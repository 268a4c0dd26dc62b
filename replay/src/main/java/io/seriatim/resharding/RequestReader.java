package io.seriatim.resharding;

import org.agrona.DirectBuffer;

/**
 * Puts the entries of a shard together again to requests and releases.
 * <p>
 * Shape: one request.<br>
 * Threads: confined to one.
 */
final class RequestReader implements AutoCloseable
{
    private final ShardEntries entries;
    private final RecordedRequest request;
    private boolean hasEntry;

    /** Has read nothing; the entries are closed with this. */
    RequestReader(final ShardEntries entries, final int shard)
    {
        this.entries = entries;
        request = new RecordedRequest(shard);
    }

    /** Move to the first request, if there is one. */
    void begin()
    {
        nextEntry();
        next();
    }

    /** Whether there is a request. */
    boolean hasRequest()
    {
        return request.count() > 0;
    }

    /** The one at hand, good until the next is asked for. */
    RecordedRequest request()
    {
        return request;
    }

    /** Move on to the next request. */
    void next()
    {
        request.clear();
        boolean isOpen = hasEntry;
        while (isOpen)
        {
            final DirectBuffer buffer = entries.buffer();
            final int offset = entries.offset();
            request.add(buffer, offset, entries.length());
            final boolean isLast = EntryFields.isExpiry(buffer, offset) ||
                EntryFields.batchIndex(buffer, offset) == EntryFields.batchCount(buffer, offset) - 1;
            nextEntry();
            isOpen = !isLast && hasEntry && isContinued();
        }
    }

    private boolean isContinued()
    {
        return !EntryFields.isExpiry(entries.buffer(), entries.offset()) &&
            EntryFields.batchIndex(entries.buffer(), entries.offset()) > 0;
    }

    private void nextEntry()
    {
        hasEntry = entries.next();
        while (hasEntry && !EntryFields.isOfLedgers(entries.buffer(), entries.offset()))
        {
            hasEntry = entries.next();
        }
    }

    @Override
    public void close()
    {
        entries.close();
    }
}
