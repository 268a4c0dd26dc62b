package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Decimal128Test
{
    private final Decimal128 decimal = new Decimal128();

    @ParameterizedTest
    @ValueSource(strings = {
        "0", "1", "9", "10", "999999999999999999", "1000000000000000000", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "1000000000000000000000000000",
        "999999999999999999999999999999999999", "1000000000000000000000000000000000000",
        "340282366920938463463374607431768211454", "340282366920938463463374607431768211455" })
    void shouldReadAndWriteNumbersAtTheBounds(final String number)
    {
        assertTrue(parse(number));
        assertEquals(number, Decimal128.toString(decimal.high(), decimal.low()));
        assertEquals(new BigInteger(number), value(decimal.high(), decimal.low()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "1_000", "1,000", "\u0661", "/", ":",
        "340282366920938463463374607431768211456", "340282366920938463463374607431768211460",
        "999999999999999999999999999999999999999", "1000000000000000000000000000000000000000" })
    void shouldRefuseWhatIsNoNumberOf128Bits(final String number)
    {
        assertFalse(parse(number));
    }

    @Test
    void shouldIgnoreLeadingZeros()
    {
        assertTrue(parse("0".repeat(100) + "42"));
        assertEquals("42", Decimal128.toString(decimal.high(), decimal.low()));
        assertTrue(parse("0".repeat(100)));
        assertEquals("0", Decimal128.toString(decimal.high(), decimal.low()));
    }

    @Test
    void shouldAgreeWithBigIntegers()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++)
        {
            final BigInteger expected = new BigInteger(random.nextInt(129), random);
            final String message = "seed=" + seed + ", number=" + expected;
            assertTrue(parse(expected.toString()), message);
            assertEquals(expected, value(decimal.high(), decimal.low()), message);
            assertEquals(expected.toString(), Decimal128.toString(decimal.high(), decimal.low()), message);
        }
    }

    @Test
    void shouldRefuseWhateverIsAbove128Bits()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final BigInteger limit = BigInteger.ONE.shiftLeft(128);
        for (int i = 0; i < 50_000; i++)
        {
            final BigInteger above = limit.add(new BigInteger(random.nextInt(135), random));
            assertFalse(parse(above.toString()), "seed=" + seed + ", number=" + above);
        }
    }

    @Test
    void shouldCompareUnsigned()
    {
        assertEquals(0, Decimal128.compare(-1, -1, -1, -1));
        assertTrue(Decimal128.compare(-1, 0, 1, -1) > 0);
        assertTrue(Decimal128.compare(1, 1, 1, -1) < 0);
    }

    private boolean parse(final String number)
    {
        final byte[] bytes = ("x" + number + "9").getBytes(StandardCharsets.ISO_8859_1);
        return decimal.parse(bytes, 1, bytes.length - 2);
    }

    private static BigInteger value(final long high, final long low)
    {
        return new BigInteger(Long.toUnsignedString(high)).shiftLeft(64)
            .add(new BigInteger(Long.toUnsignedString(low)));
    }
}
