package io.seriatim.journal;

import java.nio.file.Path;

/** Writes transfers as fast as it can and prints the last committed sequence, until somebody kills it. */
final class KillWorker
{
    private KillWorker()
    {
    }

    public static void main(final String[] arguments)
    {
        final JournalConfig config = TestEngine.config(Path.of(arguments[0]), Durability.valueOf(arguments[1]))
            .segmentLength(1024 * 1024);
        final TestEngine engine = new TestEngine(config);
        System.out.println("recovered " + engine.recovered.get(0).report());
        System.out.println("committed " + (engine.recovered.get(0).nextSequence(0) - 1));
        final FrameWriter writer = engine.writer();
        long printedNs = System.nanoTime();
        while (true)
        {
            final int count = 1 + (int) (writer.nextSequence() % 97);
            engine.group(0, count);
            engine.step();
            if (System.nanoTime() - printedNs > 1_000_000)
            {
                // The last position that was appended is behind whole groups only.
                engine.group(0, 1);
                final long sequence = writer.nextSequence() - 1;
                final long position = writer.position();
                for (int i = 0; i < 3; i++)
                {
                    engine.group(0, 3);
                }

                while (engine.journal().committedPosition() < position)
                {
                    engine.step();
                }

                System.out.println("committed " + sequence);
                System.out.flush();
                printedNs = System.nanoTime();
            }
        }
    }
}
