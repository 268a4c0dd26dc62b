package io.seriatim.replay;

/**
 * Where a feed keeps how far it has come. One that is part of the consumer's own data, stored together with what the
 * entries have become there, makes each entry count exactly once; see {@link FeedHandler#force()}.
 * <p>
 * Threads: that of the feed; and the one that opens it.
 */
public interface FeedOffsetStore
{
    /** Keeps nothing. */
    FeedOffsetStore NONE = new FeedOffsetStore()
    {
        @Override
        public FeedOffset load()
        {
            return null;
        }

        @Override
        public void store(final FeedOffset offset)
        {
            // Each feed begins anew.
        }
    };

    /**
     * How far the feed had come.
     *
     * @return the offset stored last; null if there is none.
     * @throws Exception if it can not be read: the feed is not opened.
     */
    FeedOffset load() throws Exception;

    /**
     * Keep how far the feed has come. It is durable when this returns.
     *
     * @param offset to keep.
     * @throws Exception if that failed: the feed stops.
     */
    void store(FeedOffset offset) throws Exception;
}
