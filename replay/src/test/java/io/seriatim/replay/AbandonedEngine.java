package io.seriatim.replay;

import io.seriatim.engine.LedgerEngine;
import java.nio.file.Path;

/** A process that writes until it is killed. */
final class AbandonedEngine
{
    private AbandonedEngine()
    {
    }

    public static void main(final String[] args)
    {
        final LedgerEngine engine = LedgerEngine.launch(TestBooks.config(Path.of(args[0]), 1));
        TestBooks.fill(engine, 3);
        System.out.println(engine.ledger(840).lookupAccount(84_000_001).validAtSequence());
        System.out.flush();
        for (int round = 3; round < 10_000_000; round++)
        {
            TestBooks.transfers(engine.ledger(840), round);
        }
    }
}
