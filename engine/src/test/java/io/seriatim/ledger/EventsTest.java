package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;

class EventsTest
{
    private static final int OFFSET = 8;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + 128]);

    @Test
    void shouldReadBackEveryFieldOfAnAccount()
    {
        final AccountEvent event = new AccountEvent(
            number(1), number(2), number(3), number(4), number(5), number(6),
            -7L, -8, -9, -10, 0xFFF1, 0xFFF2, Long.MIN_VALUE + 11);
        Events.encode(event, new AccountRecordEncoder().wrap(buffer, OFFSET));
        assertEquals(event, Events.decode(new AccountRecordDecoder().wrap(buffer, OFFSET)));
    }

    @Test
    void shouldReadBackEveryFieldOfATransfer()
    {
        final TransferEvent event = new TransferEvent(
            number(1), number(2), number(3), number(4), number(5), number(6),
            -7L, -8, -9, -10, 0xFFF1, 0xFFF2, Long.MIN_VALUE + 11);
        Events.encode(event, new TransferRecordEncoder().wrap(buffer, OFFSET));
        assertEquals(event, Events.decode(new TransferRecordDecoder().wrap(buffer, OFFSET), event.timestamp()));
    }

    @Test
    void shouldSplitANumberIntoItsHalves()
    {
        assertEquals(BigInteger.ONE.shiftLeft(64), Events.uint128(1, 0));
        assertEquals(ReferenceLedger.U128_MAX, Events.uint128(-1, -1));
        assertEquals(-1, Events.high(ReferenceLedger.U128_MAX));
        assertEquals(Long.MIN_VALUE, Events.low(BigInteger.ONE.shiftLeft(63)));
        assertEquals(0, Events.high(BigInteger.ONE.shiftLeft(63)));
    }

    /** Both halves differ from each other and from those of every other number, and have the top bit set. */
    private static BigInteger number(final int i)
    {
        return Events.uint128(-1_000L - i, -2_000L - i);
    }
}
