package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;

class WideSumTest
{
    @Test
    void shouldAddLikeBigIntegersBeyond128Bits()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            final SplittableRandom random = new SplittableRandom(seed);
            final WideSum sum = new WideSum();
            BigInteger expected = BigInteger.ZERO;
            for (int i = 0; i < 50; i++)
            {
                final long high = random.nextInt(4) == 0 ? -1 : random.nextLong();
                final long low = random.nextInt(4) == 0 ? -1 : random.nextLong();
                sum.add(high, low);
                expected = expected.add(
                    new BigInteger(Long.toUnsignedString(high)).shiftLeft(Long.SIZE)
                        .add(new BigInteger(Long.toUnsignedString(low))));
                assertEquals(expected, sum.value(), "seed=" + seed);
            }
        }
    }
}
