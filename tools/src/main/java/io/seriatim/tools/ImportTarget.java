package io.seriatim.tools;

/**
 * What an import needs of an engine: somewhere to put requests, and the replies to them.
 * <p>
 * Threads: confined to one.
 */
interface ImportTarget
{
    /** There is no room right now: poll, then offer the same request again. */
    long BACK_PRESSURED = -1;

    /** How many shards there are, above zero. */
    int shardCount();

    /** How many rows a request may have, above zero. */
    int batchCountMax();

    /** Shard of a ledger, from 0. */
    int shardOf(int ledger);

    /**
     * Hands over a request of accounts; its rows are copied.
     *
     * @param request of at least one row.
     * @return id of the request, above zero and unique; or {@link #BACK_PRESSURED}.
     */
    long offerAccounts(Request<AccountRow> request);

    /**
     * As {@link #offerAccounts}, of transfers.
     *
     * @param request of at least one row.
     * @return id of the request, above zero and unique; or {@link #BACK_PRESSURED}.
     */
    long offerTransfers(Request<TransferRow> request);

    /**
     * Delivers replies that are there, without waiting for any.
     *
     * @param handler of each.
     * @return how many were delivered.
     */
    int poll(ReplyHandler handler);

    /**
     * Waits for a short time if nothing was done, for longer if that goes on.
     *
     * @param workCount what was done; 0 if nothing.
     */
    void idle(int workCount);

    /** Takes replies. */
    @FunctionalInterface
    interface ReplyHandler
    {
        /**
         * A request has been committed.
         *
         * @param requestId as it was handed over.
         * @param outcomes  names of the outcomes of its rows, in lower case, in their order.
         */
        void onReply(long requestId, Outcomes outcomes);
    }

    /** The outcomes of a request. */
    @FunctionalInterface
    interface Outcomes
    {
        /**
         * Outcome of one row.
         *
         * @param index of the row in its request.
         * @return its name in lower case, such as {@code created}.
         */
        String name(int index);
    }
}
