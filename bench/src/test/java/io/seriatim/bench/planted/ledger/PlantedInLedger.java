package io.seriatim.bench.planted.ledger;

import io.seriatim.bench.planted.codecs.PlantedInCodecs;
import io.seriatim.bench.planted.engine.PlantedInEngine;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What a quiet package may not do, and one class that does all that it may. */
public final class PlantedInLedger
{
    private PlantedInLedger()
    {
    }

    static final class WellBehaved
    {
        long read(final UnsafeBuffer buffer, final PlantedInCodecs codecs)
        {
            if (codecs == null)
            {
                throw new IllegalArgumentException("no codecs");
            }
            return TimeUnit.SECONDS.toNanos(buffer.getLong(0));
        }
    }

    static final class CallsTheClock
    {
        long now()
        {
            return System.nanoTime();
        }
    }

    static final class NamesTheClock
    {
        LongSupplier clock()
        {
            return System::currentTimeMillis;
        }
    }

    static final class HoldsAClock
    {
        private Clock clock;

        Clock clock()
        {
            return clock;
        }
    }

    static final class UsesAgronasClock
    {
        long now()
        {
            return SystemEpochClock.INSTANCE.time();
        }
    }

    static final class ReadsAFile
    {
        boolean isThere(final Path path)
        {
            return Files.exists(path);
        }
    }

    static final class StartsAThread
    {
        Thread start(final Runnable body)
        {
            return new Thread(body);
        }
    }

    static final class ThrowsDice
    {
        int dice(final Random random)
        {
            return random.nextInt(6);
        }
    }

    static final class Locks
    {
        synchronized int locked()
        {
            return 1;
        }
    }

    static final class ImportsUpwards
    {
        PlantedInEngine engine()
        {
            return null;
        }
    }
}
