package io.seriatim.engine;

import io.seriatim.journal.Durability;

class MemoryLedgerTest extends LedgerContract
{
    @Override
    LedgerEngine launch()
    {
        return LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).shardCount(2).place(840, 0).place(978, 1));
    }
}
