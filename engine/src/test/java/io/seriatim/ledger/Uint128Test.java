package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Uint128Test
{
    private static final BigInteger TWO_128 = BigInteger.ONE.shiftLeft(128);

    @ParameterizedTest
    @ValueSource(strings = {
        "0", "1", "999999999999999999", "1000000000000000000", "18446744073709551615", "18446744073709551616",
        "340282366920938463463374607431768211455"})
    void shouldReadAndWriteDecimals(final String text)
    {
        assertEquals(text, Uint128.parse(text).toString());
        assertEquals(new BigInteger(text), Uint128.parse("000" + text).toBigInteger());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "١", "340282366920938463463374607431768211456",
        "9999999999999999999999999999999999999999"})
    void shouldRefuseAnythingElse(final String text)
    {
        final IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> Uint128.parse(text));
        assertTrue(refused.getMessage().contains("'" + text + "'"), refused.getMessage());
    }

    @Test
    void shouldAddAndCompareLikeBigIntegers()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++)
        {
            final Uint128 a = draw(random);
            final Uint128 b = draw(random);
            final BigInteger sum = a.toBigInteger().add(b.toBigInteger());
            final String where = "seed=" + seed + ", a=" + a + ", b=" + b;
            assertEquals(
                sum.compareTo(TWO_128) >= 0, Amounts.sumOverflows(a.high(), a.low(), b.high(), b.low()), where);
            assertEquals(
                sum.mod(TWO_128),
                new Uint128(
                    Amounts.addHigh(a.high(), a.low(), b.high(), b.low()),
                    Amounts.addLow(a.low(), b.low())).toBigInteger(),
                where);
            assertEquals(
                Integer.signum(a.toBigInteger().compareTo(b.toBigInteger())), Integer.signum(a.compareTo(b)), where);
            assertEquals(a, Uint128.of(a.toBigInteger()), where);
        }
    }

    @Test
    void shouldRefuseNegativeNumbers()
    {
        assertThrows(IllegalArgumentException.class, () -> Uint128.of(-1));
        assertThrows(IllegalArgumentException.class, () -> Uint128.of(BigInteger.ONE.negate()));
        assertThrows(IllegalArgumentException.class, () -> Uint128.of(TWO_128));
    }

    @Test
    void shouldShowNoMoreThanTheBeginningOfATextThatIsTooLong()
    {
        assertEquals(
            "not a decimal number from 0 to 340282366920938463463374607431768211455: '" + "x".repeat(78) + "'",
            assertThrows(IllegalArgumentException.class, () -> Uint128.parse("x".repeat(78))).getMessage());
        assertEquals(
            "not a decimal number from 0 to 340282366920938463463374607431768211455: '" + "x".repeat(78) + "...'",
            assertThrows(IllegalArgumentException.class, () -> Uint128.parse("x".repeat(79))).getMessage());
    }

    private static Uint128 draw(final SplittableRandom random)
    {
        return new Uint128(drawHalf(random), drawHalf(random));
    }

    private static long drawHalf(final SplittableRandom random)
    {
        switch (random.nextInt(4))
        {
            case 0:
                return 0;
            case 1:
                return -1;
            case 2:
                return random.nextInt(3) - 1;
            default:
                return random.nextLong();
        }
    }
}
