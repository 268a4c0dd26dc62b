package io.seriatim.replay;

import io.seriatim.engine.LedgerQueries;
import io.seriatim.engine.QueryAgent;
import io.seriatim.engine.QuerySource;

/**
 * Provides the engine with a read model, which is found by {@link java.util.ServiceLoader}.
 * <p>
 * Memory off-heap, beside some 3 MiB for each shard: 239 bytes for an account and 69 for a transfer where accounts have
 * twenty each; where they have a thousand, a transfer takes 78. To that come 14 to 28 bytes for each value of user data
 * that no other transfer has (4 to 6 if others have it), 33 for a pending transfer, and 28 for one that expires. The
 * entries themselves stay in the journal.<br>
 * Time: 0.4 to 1 microseconds to take a transfer, 0.3 from a snapshot at a launch; a page of 100 rows takes 0.03 to
 * 0.18 milliseconds, from books of one million transfers in memory and from books of four million alike.<br>
 * Measured: on 2 cores of an AMD EPYC, Java 17, by {@code ReadModelMemoryTest} and {@code scripts/bench read-model}.
 */
public final class ReadModelQueries implements LedgerQueries
{
    /**
     * For the service loader.
     */
    public ReadModelQueries()
    {
    }

    @Override
    public QueryAgent open(final QuerySource source)
    {
        return new ReadModelAgent(source);
    }
}
