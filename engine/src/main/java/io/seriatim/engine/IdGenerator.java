package io.seriatim.engine;

import io.seriatim.ledger.Uint128;
import org.agrona.MutableDirectBuffer;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Makes ids that rise with time: 48 bits of milliseconds since 1970 above 80 random bits. Within a millisecond, and
 * when the clock stands still or goes back, the id before it plus one is given, so each is greater than all before it.
 * Any other unique id works; ids that rise keep the duplicate check fast at scale.
 * <p>
 * Two generators meet only if they draw the same 80 bits in the same millisecond. The bits are random but no secret.
 * <p>
 * Cost: some ten nanoseconds and a lock that is not contended where each thread has its own; the buffer form allocates
 * nothing.<br>
 * Threads: any.<br>
 * Source: SEMANTICS, section 16.
 */
public final class IdGenerator
{
    private static final int RANDOM_BITS_IN_HIGH = 16;
    private static final long RANDOM_MASK_IN_HIGH = (1L << RANDOM_BITS_IN_HIGH) - 1;

    private final LongSupplier clockMs;
    private final SplittableRandom random;
    private long high;
    private long low;

    /**
     * A generator that goes by the system's clock.
     */
    public IdGenerator()
    {
        this(System::currentTimeMillis, new SecureRandom().nextLong());
    }

    /**
     * A generator that gives the same ids for the same clock and seed, for tests.
     *
     * @param clockMs milliseconds since 1970.
     * @param seed    of the random bits.
     */
    public IdGenerator(final LongSupplier clockMs, final long seed)
    {
        this.clockMs = clockMs;
        random = new SplittableRandom(seed);
    }

    /**
     * The next id.
     *
     * @return an id, greater than all before it.
     */
    public synchronized Uint128 next()
    {
        advance();
        return new Uint128(high, low);
    }

    /**
     * Write the next id.
     *
     * @param buffer to write the high and then the low half to, as the codecs have ids.
     * @param offset in the buffer.
     */
    public synchronized void next(final MutableDirectBuffer buffer, final int offset)
    {
        advance();
        buffer.putLong(offset, high);
        buffer.putLong(offset + Long.BYTES, low);
    }

    private void advance()
    {
        final long nowMs = clockMs.getAsLong();
        if (nowMs > high >>> RANDOM_BITS_IN_HIGH)
        {
            high = nowMs << RANDOM_BITS_IN_HIGH | random.nextLong() & RANDOM_MASK_IN_HIGH;
            low = random.nextLong();
        }
        else if (++low == 0)
        {
            // The carry may reach the milliseconds: then ids run ahead of the clock until it has caught up.
            high++;
        }
    }
}
