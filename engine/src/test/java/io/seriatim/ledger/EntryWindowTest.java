package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EntryWindowTest
{
    private static final int CAPACITY = 4;
    private static final long FIRST = 10;

    /** The place of the next entry is that of the oldest one, which therefore does not count. */
    @Test
    void shouldHoldWhatWasWrittenButForThePlaceOfTheNextOne()
    {
        final EntryWindow window = new EntryWindow(CAPACITY, FIRST);
        assertHeld(window);
        window.advance();
        assertHeld(window, 10);
        window.advance();
        window.advance();
        assertHeld(window, 10, 11, 12);
        window.advance();
        assertHeld(window, 11, 12, 13);
        window.advance();
        assertHeld(window, 12, 13, 14);
    }

    private static void assertHeld(final EntryWindow window, final long... sequences)
    {
        assertArrayEquals(sequences, LongStream.range(0, 20).filter(window::contains).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, -4, 1 << 30})
    void shouldRefuseACapacityThatCanNotBe(final int capacity)
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> new EntryWindow(capacity, FIRST)).getMessage();
        assertTrue(message.startsWith("the entry window's capacity must be a power of two, at most "), message);
        assertEquals("capacity=" + capacity, message.substring(message.lastIndexOf(' ') + 1));
    }
}
