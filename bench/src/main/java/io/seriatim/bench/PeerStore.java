package io.seriatim.bench;

import io.seriatim.ledger.TransferOutcome;

/**
 * What one writer at a time can do with an embedded store: apply transfers, and commit those applied.
 * <p>
 * Threads: one at a time.
 */
interface PeerStore extends AutoCloseable
{
    /** Ledger, code and amount of every transfer. */
    int LEDGER = 1;
    int CODE = 1;
    long AMOUNT = 3;

    /** Name in tables, files and messages. */
    String name();

    /** Which it is, and what makes its commits durable. */
    String version();

    /**
     * Apply one transfer, or refuse it without a trace.
     *
     * @param id            of the transfer.
     * @param debitAccount  id of the account.
     * @param creditAccount id of the account.
     * @param amount        that is moved.
     * @return what became of it.
     */
    TransferOutcome apply(long id, long debitAccount, long creditAccount, long amount);

    /** Make what was applied durable, as the policy of the run says. */
    void commit();

    /**
     * Hold what is stored against what was sent.
     *
     * @param books        that were kept beside it.
     * @param createdCount transfers that were answered as created.
     * @throws BenchException if they differ.
     */
    void requireBooked(Books books, long createdCount);

    @Override
    void close();
}
