package io.seriatim.sealing;

import io.seriatim.sealing.SealMark.ShardMark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

/** A mark is believed as a whole, or sealing begins at the beginning. */
class SealMarkTest
{
    private static final UUID LOG = new UUID(1, 2);
    private static final SealMark MARK =
        new SealMark(65_536, Map.of(0, new ShardMark(1_000, -1), 3, new ShardMark(7, 5)));

    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void store() throws IOException
    {
        Files.createDirectory(directory.resolve("journal-1"));
        file = directory.resolve("journal-1/sealed");
        MARK.store(directory, 1, LOG);
    }

    @Test
    void shouldComeBackAsItWas()
    {
        assertEquals(MARK, SealMark.load(directory, 1, LOG));
        assertEquals(1_000, MARK.size(0));
        assertEquals(0, MARK.size(1));
    }

    @Test
    void shouldNotBeTakenFromAnotherLogOrJournal()
    {
        assertSame(SealMark.BEGINNING, SealMark.load(directory, 1, new UUID(1, 3)));
        assertSame(SealMark.BEGINNING, SealMark.load(directory, 0, LOG));
    }

    @Test
    void shouldNotBeBelievedWhenAnyBitOfItIsAnother() throws IOException
    {
        final byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++)
        {
            final byte[] damaged = whole.clone();
            damaged[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            Files.write(file, damaged);
            assertSame(SealMark.BEGINNING, SealMark.load(directory, 1, LOG), "bit " + bit);
        }
    }

    @Test
    void shouldNotBeBelievedWhenItIsCutAnywhere() throws IOException
    {
        final byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++)
        {
            Files.write(file, Arrays.copyOf(whole, length));
            assertSame(SealMark.BEGINNING, SealMark.load(directory, 1, LOG), "length " + length);
        }
    }
}
