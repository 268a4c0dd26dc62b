package io.seriatim.engine;

import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.GenesisEntryEncoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * First entry of a shard: what can never change.
 *
 * @param logUuid        identity of the log, the same in all shards of an engine.
 * @param origin         line of the log's checkpoints.
 * @param shard          number of this shard.
 * @param shardCount     how many shards the engine has.
 * @param placement      shard by ledger, for ledgers that are placed by hand.
 * @param batchCountMax  most events of a request.
 * @param stateRootEvery distance between state roots in entries; 0 = none.
 */
public record Genesis(
    UUID logUuid,
    String origin,
    int shard,
    int shardCount,
    SortedMap<Integer, Integer> placement,
    int batchCountMax,
    long stateRootEvery)
{
    /** Version of the entry formats and of the ledger's rules that this engine writes. */
    public static final int FORMAT_VERSION = 1;

    private static final long STATE_ROOT_EVERY_MAX = 1L << 40;
    private static final String ORIGIN_PATTERN = "[a-z0-9./-]{1,200}";
    private static final int PLACEMENT_COUNT_MAX = 1_000;

    /**
     * Checked.
     */
    public Genesis
    {
        placement = new TreeMap<>(placement);
        if (!origin.matches(ORIGIN_PATTERN))
        {
            throw new IllegalArgumentException(
                "an origin has 1 to 200 of the characters a-z 0-9 . / -: origin='" + origin + "'");
        }
        if (stateRootEvery != 0 && (stateRootEvery < 2L * batchCountMax || stateRootEvery > STATE_ROOT_EVERY_MAX))
        {
            throw new IllegalArgumentException(
                "state roots are at least twice the batchCountMax entries apart and at most " + STATE_ROOT_EVERY_MAX +
                ", or 0 for none: stateRootEvery=" + stateRootEvery + ", batchCountMax=" + batchCountMax);
        }
        if (placement.size() > PLACEMENT_COUNT_MAX)
        {
            throw new IllegalArgumentException(
                "at most " + PLACEMENT_COUNT_MAX + " ledgers can be placed by hand: " + placement.size());
        }
    }

    /**
     * Write the entry.
     *
     * @param buffer to write to.
     * @param offset of its SBE header.
     * @return length of the entry in bytes.
     */
    public int encode(final MutableDirectBuffer buffer, final int offset)
    {
        final GenesisEntryEncoder encoder = new GenesisEntryEncoder()
            .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .sequence(0)
            .logUuidHigh(logUuid.getMostSignificantBits())
            .logUuidLow(logUuid.getLeastSignificantBits())
            .formatVersion(FORMAT_VERSION)
            .shard(shard)
            .shardCount(shardCount)
            .reserved(0)
            .batchCountMax(batchCountMax)
            .reserved32(0)
            .stateRootEvery(stateRootEvery);
        final GenesisEntryEncoder.PlacementEncoder group = encoder.placementCount(placement.size());
        placement.forEach((ledger, home) -> group.next().ledger(Integer.toUnsignedLong(ledger)).shard(home));
        encoder.origin(origin);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    /**
     * Read the entry.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @return the genesis.
     * @throws IllegalStateException if it is not a genesis entry, or one of a format that this version does not know.
     */
    public static Genesis decode(final DirectBuffer buffer, final int offset)
    {
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, offset);
        if (header.templateId() != GenesisEntryDecoder.TEMPLATE_ID)
        {
            throw new IllegalStateException("not a genesis entry: templateId=" + header.templateId());
        }
        final GenesisEntryDecoder decoder = new GenesisEntryDecoder().wrapAndApplyHeader(buffer, offset, header);
        if (decoder.formatVersion() != FORMAT_VERSION)
        {
            throw new IllegalStateException(
                "this version reads journals of format " + FORMAT_VERSION + "; found format " +
                decoder.formatVersion());
        }
        final Map<Integer, Integer> placement = new LinkedHashMap<>();
        for (final GenesisEntryDecoder.PlacementDecoder placed : decoder.placement())
        {
            placement.put((int)placed.ledger(), placed.shard());
        }
        return new Genesis(
            new UUID(decoder.logUuidHigh(), decoder.logUuidLow()),
            decoder.origin(),
            decoder.shard(),
            decoder.shardCount(),
            new TreeMap<>(placement),
            (int)decoder.batchCountMax(),
            decoder.stateRootEvery());
    }

    /**
     * How many entries a request leads to at most: one for each event, and a state root.
     *
     * @return a count.
     */
    public int requestEntryCountMax()
    {
        return batchCountMax + (stateRootEvery == 0 ? 0 : 1);
    }

    /**
     * The router that this genesis asks for.
     *
     * @return a router.
     */
    public ShardRouter router()
    {
        return new ShardRouter(shardCount, placement);
    }
}
