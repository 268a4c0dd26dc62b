package io.seriatim.replay;

import io.seriatim.engine.LedgerQueries;
import io.seriatim.engine.QueryAgent;
import io.seriatim.engine.QuerySource;

/**
 * Provides the engine with a read model, which is found by {@link java.util.ServiceLoader}.
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
