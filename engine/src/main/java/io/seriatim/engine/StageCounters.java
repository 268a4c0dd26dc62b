package io.seriatim.engine;

import org.agrona.concurrent.AtomicBuffer;

import java.nio.charset.StandardCharsets;

/**
 * Counters of one stage of the work: sums that only rise, gauges that tell how it stands, and two histograms. Whoever
 * reads them takes the difference of two readings, and disturbs nobody.
 * <p>
 * Shape: {@link #LENGTH} bytes of a {@link CounterTable}, little-endian
 *
 * <pre>
 *    0  kind, ordinal of {@link StageKind}            int32
 *    4  shard or journal; -1 = neither                int32
 *    8  length of the label                           int32
 *   12  label, ASCII                                  52 bytes
 *   64  items, and batches that they came in          2 int64
 *   80  busy time, ns                                 int64
 *   88  last sequence, or position                    int64
 *  128  back-pressure events                          int64
 *  192  depth, and the most that it can be            2 int64
 *  208  lag in items                                  int64
 *  216  since when the oldest waits, System.nanoTime  int64, 0 = nothing waits
 *  224  workers, and scopes of order                  2 int64, 0 scopes = as many as workers
 *  256  latencies in ns                               1,216 int64, see {@link ValueBuckets}
 *  9984 sizes of batches                              544 int64
 * </pre>
 *
 * Cost: an ordered store for each value, no lock and no allocation.<br>
 * Threads: one writes, but for {@link #addBackPressure} and {@link #recordShared}; any number reads, also of other
 * processes.
 */
public final class StageCounters
{
    /** Buckets of latencies: up to 73 minutes. */
    public static final int LATENCY_BUCKETS = ValueBuckets.countFor(42);

    /** Buckets of batch sizes: up to two million. */
    public static final int BATCH_BUCKETS = ValueBuckets.countFor(21);

    static final int LABEL_LENGTH_MAX = 52;

    private static final int KIND = 0;
    private static final int SCOPE = 4;
    private static final int LABEL_LENGTH = 8;
    private static final int LABEL = 12;
    private static final int ITEMS = 64;
    private static final int BATCHES = 72;
    private static final int BUSY_NS = 80;
    private static final int SEQUENCE = 88;
    private static final int BACK_PRESSURE = 128;
    private static final int DEPTH = 192;
    private static final int CAPACITY = 200;
    private static final int LAG = 208;
    private static final int OLDEST_NS = 216;
    private static final int WORKERS = 224;
    private static final int SCOPES = 232;
    private static final int LATENCIES = 256;
    private static final int BATCH_SIZES = LATENCIES + LATENCY_BUCKETS * Long.BYTES;

    static final int LENGTH = BATCH_SIZES + BATCH_BUCKETS * Long.BYTES;

    private final AtomicBuffer buffer;
    private final int offset;

    StageCounters(final AtomicBuffer buffer, final int offset)
    {
        this.buffer = buffer;
        this.offset = offset;
    }

    void init(final StageKind kind, final int scope, final String label)
    {
        buffer.setMemory(offset, LENGTH, (byte)0);
        buffer.putInt(offset + KIND, kind.ordinal());
        buffer.putInt(offset + SCOPE, scope);
        final byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
        final int length = Math.min(bytes.length, LABEL_LENGTH_MAX);
        buffer.putInt(offset + LABEL_LENGTH, length);
        buffer.putBytes(offset + LABEL, bytes, 0, length);
        buffer.putLong(offset + WORKERS, 1);
        buffer.putLong(offset + SCOPES, 1);
    }

    // The stage's thread.

    /**
     * Something was done.
     *
     * @param itemCount  how much: entries, requests, frames.
     * @param batchCount in how many batches.
     */
    public void addItems(final long itemCount, final long batchCount)
    {
        add(ITEMS, itemCount);
        add(BATCHES, batchCount);
    }

    /**
     * The stage was at work.
     *
     * @param spanNs how long.
     */
    public void addBusyNs(final long spanNs)
    {
        add(BUSY_NS, spanNs);
    }

    /**
     * Something took this long.
     *
     * @param latencyNs of each.
     * @param count     how many this stands for.
     */
    public void recordLatency(final long latencyNs, final long count)
    {
        add(LATENCIES + ValueBuckets.indexOf(latencyNs, LATENCY_BUCKETS) * Long.BYTES, count);
    }

    /**
     * So many came together.
     *
     * @param size of the batch.
     */
    public void recordBatch(final long size)
    {
        add(BATCH_SIZES + ValueBuckets.indexOf(size, BATCH_BUCKETS) * Long.BYTES, 1);
    }

    /**
     * How far the stage has come.
     *
     * @param sequence of the last item; a position in the journal where items are not entries.
     */
    public void sequence(final long sequence)
    {
        set(SEQUENCE, sequence);
    }

    /**
     * How the stage stands.
     *
     * @param depth    how many wait in it, or are under way.
     * @param lagCount how many items it is behind the stage before it.
     * @param oldestNs since when the oldest of them waits, as {@link System#nanoTime()} has it; 0 if none does.
     */
    public void standing(final long depth, final long lagCount, final long oldestNs)
    {
        set(DEPTH, depth);
        set(LAG, lagCount);
        set(OLDEST_NS, oldestNs);
    }

    /**
     * How wide the stage is.
     *
     * @param capacity    most that can wait in it or be under way.
     * @param workerCount how many may work side by side.
     * @param scopeCount  how many orders have to be kept among what is under way; 0 if none, so that every worker can
     *                    work.
     */
    public void width(final long capacity, final long workerCount, final long scopeCount)
    {
        set(CAPACITY, capacity);
        set(WORKERS, workerCount);
        set(SCOPES, scopeCount);
    }

    // Any thread.

    /** Something was offered to the stage, and there was no room. */
    public void addBackPressure()
    {
        buffer.getAndAddLong(offset + BACK_PRESSURE, 1);
    }

    /**
     * Something took this long, in a stage that several threads write.
     *
     * @param latencyNs of each.
     * @param count     how many this stands for.
     */
    public void recordShared(final long latencyNs, final long count)
    {
        buffer.getAndAddLong(
            offset + LATENCIES + ValueBuckets.indexOf(latencyNs, LATENCY_BUCKETS) * Long.BYTES, count);
        buffer.getAndAddLong(offset + ITEMS, count);
    }

    // Readers.

    /**
     * What the stage is.
     *
     * @return its kind.
     */
    public StageKind kind()
    {
        return StageKind.values()[buffer.getInt(offset + KIND)];
    }

    /**
     * Whose the stage is.
     *
     * @return number of its shard, of its journal where the kind says so; -1 if it is neither's.
     */
    public int scope()
    {
        return buffer.getInt(offset + SCOPE);
    }

    /**
     * Name of the stage.
     *
     * @return as {@code shard 0: apply}.
     */
    public String label()
    {
        final int length = Math.max(0, Math.min(LABEL_LENGTH_MAX, buffer.getInt(offset + LABEL_LENGTH)));
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset + LABEL, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /**
     * Items done.
     *
     * @return a sum that only rises.
     */
    public long items()
    {
        return get(ITEMS);
    }

    /**
     * Batches that they came in.
     *
     * @return a sum that only rises.
     */
    public long batches()
    {
        return get(BATCHES);
    }

    /**
     * Time at work, of all workers together.
     *
     * @return nanoseconds, a sum that only rises.
     */
    public long busyNs()
    {
        return get(BUSY_NS);
    }

    /**
     * How often there was no room for what was offered.
     *
     * @return a sum that only rises.
     */
    public long backPressure()
    {
        return get(BACK_PRESSURE);
    }

    /**
     * How far the stage has come.
     *
     * @return see {@link #sequence(long)}.
     */
    public long sequence()
    {
        return get(SEQUENCE);
    }

    /**
     * How many wait or are under way.
     *
     * @return a count.
     */
    public long depth()
    {
        return get(DEPTH);
    }

    /**
     * Most that can wait or be under way.
     *
     * @return a count; 0 if there is no bound.
     */
    public long capacity()
    {
        return get(CAPACITY);
    }

    /**
     * How far it is behind the stage before it.
     *
     * @return a number of items.
     */
    public long lag()
    {
        return get(LAG);
    }

    /**
     * How long the oldest has waited.
     *
     * @param nowNs what {@link System#nanoTime()} says on the same machine.
     * @return nanoseconds; 0 if nothing waits.
     */
    public long oldestAgeNs(final long nowNs)
    {
        final long sinceNs = get(OLDEST_NS);
        return sinceNs == 0 ? 0 : Math.max(0, nowNs - sinceNs);
    }

    /**
     * How many may work side by side.
     *
     * @return a count, at least 1.
     */
    public long workers()
    {
        return get(WORKERS);
    }

    /**
     * How many orders have to be kept.
     *
     * @return a count; 0 if none.
     */
    public long scopes()
    {
        return get(SCOPES);
    }

    /**
     * Copy the latencies' buckets.
     *
     * @param counts of {@link #LATENCY_BUCKETS} elements, which are overwritten.
     */
    public void readLatencies(final long[] counts)
    {
        read(LATENCIES, counts);
    }

    /**
     * Copy the buckets of the batches' sizes.
     *
     * @param counts of {@link #BATCH_BUCKETS} elements, which are overwritten.
     */
    public void readBatches(final long[] counts)
    {
        read(BATCH_SIZES, counts);
    }

    private void read(final int field, final long[] counts)
    {
        for (int i = 0; i < counts.length; i++)
        {
            counts[i] = get(field + i * Long.BYTES);
        }
    }

    private long get(final int field)
    {
        return buffer.getLongVolatile(offset + field);
    }

    private void set(final int field, final long value)
    {
        buffer.putLongOrdered(offset + field, value);
    }

    private void add(final int field, final long value)
    {
        buffer.putLongOrdered(offset + field, buffer.getLong(offset + field) + value);
    }
}
