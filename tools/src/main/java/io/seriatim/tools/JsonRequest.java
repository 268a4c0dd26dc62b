package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.RequestKind;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A request that was read from JSON, laid out as a session of the engine takes it: its events and ids are copied there
 * without another look.
 * <p>
 * Shape: a row of {@link #ROW_LENGTH} bytes for each event or id: an account's record; a transfer's record, then its
 * timestamp; or an id, high half first. It is used again for the next request, and keeps the room of the largest.<br>
 * Threads: confined to one.
 */
final class JsonRequest
{
    /** Length of a row in bytes. */
    static final int ROW_LENGTH = AccountRecordDecoder.ENCODED_LENGTH;

    /** Offset of the timestamp in a transfer's row. */
    static final int TRANSFER_TIMESTAMP_OFFSET = TransferRecordDecoder.ENCODED_LENGTH;

    /** Neither a shard nor the number of a ledger. */
    static final int NOT_GIVEN = -1;

    private final ExpandableArrayBuffer rows = new ExpandableArrayBuffer(ROW_LENGTH);
    private final UnsafeBuffer filterBytes = new UnsafeBuffer(new byte[Filter.LENGTH]);
    private final Filter filter = new Filter().wrap(filterBytes, 0);
    private JsonOp op;
    private RequestKind kind;
    private int count;
    private int shard;
    private long ledger;
    private long clockNs;
    private LedgerDefinition definition;

    /** Begin with nothing given. */
    void reset(final JsonOp newOp)
    {
        op = newOp;
        kind = newOp.kind();
        count = 0;
        shard = NOT_GIVEN;
        ledger = NOT_GIVEN;
        clockNs = 0;
        definition = null;
        filterBytes.setMemory(0, Filter.LENGTH, (byte) 0);
    }

    /** What was asked for. */
    JsonOp op()
    {
        return op;
    }

    /** What to ask the engine for. */
    RequestKind kind()
    {
        return kind;
    }

    void kind(final RequestKind newKind)
    {
        kind = newKind;
    }

    /** How many events or ids there are. */
    int count()
    {
        return count;
    }

    void count(final int newCount)
    {
        count = newCount;
    }

    /** Where events and ids stand. */
    MutableDirectBuffer rows()
    {
        return rows;
    }

    /** A row with nothing but zeros. */
    int clearedRow(final int index)
    {
        rows.setMemory(index * ROW_LENGTH, ROW_LENGTH, (byte) 0);
        return index * ROW_LENGTH;
    }

    /** What a query asks for. */
    Filter filter()
    {
        return filter;
    }

    /** The bytes of {@link #filter()}. */
    MutableDirectBuffer filterBytes()
    {
        return filterBytes;
    }

    /** The shard that was named; or {@link #NOT_GIVEN}. */
    int shard()
    {
        return shard;
    }

    void shard(final int newShard)
    {
        shard = newShard;
    }

    /** The ledger that was named to say which shard is meant; or {@link #NOT_GIVEN}. */
    long ledger()
    {
        return ledger;
    }

    void ledger(final long newLedger)
    {
        ledger = newLedger;
    }

    /** By how much, or to what, the clock is to be moved. */
    long clockNs()
    {
        return clockNs;
    }

    void clockNs(final long newClockNs)
    {
        clockNs = newClockNs;
    }

    /** The definition of a ledger; null if the request is another one. */
    LedgerDefinition definition()
    {
        return definition;
    }

    void definition(final LedgerDefinition newDefinition)
    {
        definition = newDefinition;
    }
}
