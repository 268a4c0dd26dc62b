package io.seriatim.engine;

import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.GenesisEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class GenesisTest
{
    private static final int PLACEMENT_COUNT_MAX = 1_000;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16 * 1024]);

    @Test
    void shouldReadBackWhatWasWrittenWithAsManyPlacementsAsThereCanBe()
    {
        final Genesis genesis = genesis(PLACEMENT_COUNT_MAX);
        genesis.encode(buffer, 8);
        assertEquals(genesis, Genesis.decode(buffer, 8));
    }

    @Test
    void shouldRefuseOnePlacementTooMany()
    {
        assertEquals(
            "at most 1000 ledgers can be placed by hand: 1001",
            assertThrows(IllegalArgumentException.class, () -> genesis(PLACEMENT_COUNT_MAX + 1)).getMessage());
    }

    @Test
    void shouldRefuseAnotherEntry()
    {
        genesis(1).encode(buffer, 0);
        new MessageHeaderEncoder().wrap(buffer, 0).templateId(GenesisEntryDecoder.TEMPLATE_ID + 1);
        assertEquals(
            "not a genesis entry: templateId=" + (GenesisEntryDecoder.TEMPLATE_ID + 1),
            assertThrows(IllegalStateException.class, () -> Genesis.decode(buffer, 0)).getMessage());
    }

    @Test
    void shouldRefuseAFormatThatThisVersionDoesNotKnow()
    {
        genesis(1).encode(buffer, 0);
        new GenesisEntryEncoder().wrap(buffer, MessageHeaderEncoder.ENCODED_LENGTH)
            .formatVersion(Genesis.FORMAT_VERSION + 1);
        assertEquals(
            "this version reads journals of format 1; found format 2",
            assertThrows(IllegalStateException.class, () -> Genesis.decode(buffer, 0)).getMessage());
    }

    @Test
    void shouldRefuseAPlacementOnAShardThatThereIsNot()
    {
        for (final int shard : new int[]{-1, 4})
        {
            final TreeMap<Integer, Integer> placement = new TreeMap<>();
            placement.put(-1, shard);
            assertEquals(
                "ledger 4294967295 is placed on shard " + shard + ", but shards are 0 to 3",
                assertThrows(IllegalArgumentException.class, () -> genesis(placement).router()).getMessage());
        }
    }

    private static Genesis genesis(final int placementCount)
    {
        final TreeMap<Integer, Integer> placement = new TreeMap<>();
        for (int ledger = 1; ledger <= placementCount; ledger++)
        {
            placement.put(ledger, ledger % 4);
        }
        return genesis(placement);
    }

    private static Genesis genesis(final SortedMap<Integer, Integer> placement)
    {
        return new Genesis(new UUID(1, 2), "books.example", 3, 4, placement, 64, 200);
    }
}
