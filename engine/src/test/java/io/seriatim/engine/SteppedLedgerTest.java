package io.seriatim.engine;

import io.seriatim.journal.Durability;

class SteppedLedgerTest extends LedgerContract
{
    @Override
    LedgerEngine launch()
    {
        return LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER)
                .shardCount(2).place(840, 0).place(978, 1));
    }

    @Override
    boolean isStepped()
    {
        return true;
    }
}
