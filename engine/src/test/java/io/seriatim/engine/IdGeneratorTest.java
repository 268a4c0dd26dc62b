package io.seriatim.engine;

import io.seriatim.ledger.Uint128;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IdGeneratorTest
{
    private final AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);
    private final IdGenerator generator = new IdGenerator(nowMs::get, 7);

    @Test
    void shouldHoldTheMillisecondsInTheHigh48Bits()
    {
        assertEquals(nowMs.get(), generator.next().high() >>> 16);
        nowMs.addAndGet(5);
        assertEquals(nowMs.get(), generator.next().high() >>> 16);
    }

    @Test
    void shouldAddOneWithinAMillisecondAndWhenTheClockGoesBack()
    {
        final Uint128 first = generator.next();
        assertEquals(plusOne(first), generator.next());
        nowMs.addAndGet(-1_000);
        assertEquals(plusOne(plusOne(first)), generator.next());
    }

    @Test
    void shouldCarryIntoTheTimeAndStillRise()
    {
        final IdGenerator full = new IdGenerator(() -> 1, 7);
        Uint128 previous = full.next();
        for (int i = 0; i < 1_000; i++)
        {
            final Uint128 next = full.next();
            assertTrue(next.compareTo(previous) > 0);
            previous = next;
        }
    }

    @Test
    void shouldWriteTheSameIdsWithoutAnObject()
    {
        final IdGenerator other = new IdGenerator(nowMs::get, 7);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
        for (int i = 0; i < 10; i++)
        {
            generator.next(buffer, 0);
            assertEquals(other.next(), new Uint128(buffer.getLong(0), buffer.getLong(8)));
        }
    }

    @Test
    void shouldGiveEachThreadIdsOfItsOwn()
    {
        final IdGenerator shared = new IdGenerator();
        final Set<Uint128> seen = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 40_000).parallel().forEach(i -> assertTrue(seen.add(shared.next()), "given twice"));
        assertNotEquals(new IdGenerator().next(), new IdGenerator().next());
    }

    private static Uint128 plusOne(final Uint128 id)
    {
        return new Uint128(id.low() == -1 ? id.high() + 1 : id.high(), id.low() + 1);
    }
}
