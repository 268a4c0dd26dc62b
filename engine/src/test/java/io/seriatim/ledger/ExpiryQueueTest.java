package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class ExpiryQueueTest
{
    private static final long SALT = 7;

    @Test
    void shouldKeepTheOrderOverManyAddsAndRemoves()
    {
        final SplittableRandom random = new SplittableRandom(5);
        final TreeMap<Long, Long> expected = new TreeMap<>();
        try (ExpiryQueue queue = new ExpiryQueue(1))
        {
            for (long sequence = 1; sequence <= 20_000; sequence++)
            {
                final long expiryNs = random.nextLong(50) * 100_000 + 1;
                queue.add(expiryNs, sequence);
                expected.put(expiryNs * 100_000 + sequence, sequence);
                if (random.nextInt(3) == 0)
                {
                    final Long key = expected.ceilingKey(random.nextLong(500_000_000_000L));
                    if (key != null)
                    {
                        queue.remove(expected.remove(key));
                    }
                }
                assertEquals(expected.size(), queue.count());
                assertEquals(expected.firstEntry().getValue(), queue.firstSequence());
            }
            while (!expected.isEmpty())
            {
                assertEquals(expected.pollFirstEntry().getValue(), queue.firstSequence());
                queue.remove(queue.firstSequence());
            }
            assertEquals(ExpiryQueue.NONE, queue.firstExpiryNs());
        }
    }

    @Test
    void shouldSumTheSameContentsAlikeHoweverTheyCameAbout()
    {
        try (ExpiryQueue queue = new ExpiryQueue(1); ExpiryQueue other = new ExpiryQueue(2))
        {
            for (long sequence = 1; sequence <= 100; sequence++)
            {
                queue.add(1_000 - sequence, sequence);
            }
            for (long sequence = 100; sequence >= 1; sequence--)
            {
                other.add(1_000 - sequence, sequence);
            }
            other.add(5, 101);
            assertNotEquals(queue.contentSum(SALT), other.contentSum(SALT));
            other.remove(101);
            assertEquals(queue.contentSum(SALT), other.contentSum(SALT));
            assertNotEquals(queue.contentSum(SALT), queue.contentSum(SALT + 1));
        }
    }
}
