package io.seriatim.merkle;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Where the tiles of a tree lie, as C2SP's tlog-tiles has it.
 */
class TileTest
{
    @Test
    void shouldNameTilesInGroupsOfThreeDigits()
    {
        assertEquals("tile/0/000", new Tile(0, 0, 256).path());
        assertEquals("tile/0/000.p/1", new Tile(0, 0, 1).path());
        assertEquals("tile/1/999.p/255", new Tile(1, 999, 255).path());
        assertEquals("tile/2/x001/000", new Tile(2, 1_000, 256).path());
        assertEquals("tile/0/x001/x234/067", new Tile(0, 1_234_067, 256).path());
        assertEquals("tile/entries/x001/x234/067.p/112", new Tile(0, 1_234_067, 112).entriesPath());
    }

    @Test
    void shouldHaveTheTilesOfTheExampleOfTheFormat()
    {
        assertEquals(256, Tile.of(0, 272, 70_000).width());
        assertEquals(112, Tile.of(0, 273, 70_000).width());
        assertEquals(0, Tile.of(0, 274, 70_000).width());
        assertEquals(256, Tile.of(1, 0, 70_000).width());
        assertEquals(17, Tile.of(1, 1, 70_000).width());
        assertEquals(1, Tile.of(2, 0, 70_000).width());
        assertEquals(0, Tile.of(3, 0, 70_000).width());
        assertTrue(Tile.of(0, 0, 256).isFull());
        assertEquals(1, Tile.of(1, 0, 256).width());
        assertFalse(Tile.of(0, 0, 255).isFull());
        assertEquals(127, Tile.of(7, 0, Long.MAX_VALUE).width());
        assertEquals(0, Tile.of(8, 0, Long.MAX_VALUE).width());
    }
}
