package io.seriatim.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * Asks the disk how it is: small appends, each forced with {@code fdatasync}. The same disk answers in a tenth of a
 * millisecond or in five, minutes apart, and a slice that ran in its bad times must be known as such.
 * <p>
 * Threads: confined to one.
 */
final class DiskProbe implements AutoCloseable
{
    /** How many appends a probe makes. */
    static final int COUNT = 50;

    private static final int APPEND_LENGTH = 256;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(2);

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(APPEND_LENGTH);

    /**
     * What the disk answered.
     *
     * @param p50Us median in microseconds.
     * @param p99Us 99th percentile in microseconds, the worst of so few.
     */
    record Result(double p50Us, double p99Us)
    {
        /** The disk was not asked, as nothing is written. */
        static final Result NONE = new Result(Double.NaN, Double.NaN);
    }

    DiskProbe(final Path directory)
    {
        try
        {
            channel = FileChannel.open(
                directory.resolve("probe"), StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    Result probe()
    {
        final Histogram histogram = new Histogram(3);
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        try
        {
            for (int i = 0; i < COUNT && System.nanoTime() - deadlineNs < 0; i++)
            {
                final long startNs = System.nanoTime();
                buffer.clear();
                channel.write(buffer);
                channel.force(false);
                histogram.recordValue(System.nanoTime() - startNs);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return new Result(histogram.getValueAtPercentile(50) / 1e3, histogram.getValueAtPercentile(99) / 1e3);
    }

    @Override
    public void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
