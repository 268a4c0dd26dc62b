package io.seriatim.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalConfig;
import org.agrona.BufferUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The ceiling: a bare archive that records frames of the lengths that the engine writes for one request alone. No
 * ledger, no checksum, no entries: the bytes are all alike. A request is answered once its last frame is recorded.
 * <p>
 * Layout: where the engine has one thread for everything, so has this one, and it is the one that measures; else there
 * is a publisher, which measures, and a journal thread, which idles as the engine's does.<br>
 * Threads: as {@link Subject}.
 */
final class RawSubject implements Subject
{
    /** Length of a single-phase transfer's entry in bytes. */
    static final int ENTRY_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + TransferEntryEncoder.BLOCK_LENGTH;

    private static final int IN_FLIGHT_LIMIT = 1 << 17;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long PARK_MAX_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int SPINS_MAX = 10;
    private static final int YIELDS_MAX = 100;

    private final RawArchive archive;
    private final int batchCount;
    private final int[] frameLengths;
    private final UnsafeBuffer frame;
    private final boolean isSingle;
    private final Thread thread;
    private final CountDownLatch launched = new CountDownLatch(1);
    private final long[] positions = new long[IN_FLIGHT_LIMIT];
    private final long[] intendedNs = new long[IN_FLIGHT_LIMIT];
    private long sentCount;
    private long answeredCount;
    private int nextFrame;
    private volatile Throwable failure;
    private volatile boolean isResumed;
    private volatile boolean isClosing;

    /**
     * A bare archive that records.
     *
     * @param directory      of the recording, new.
     * @param aeronDirectory of the driver.
     * @param durability     {@link Durability#FSYNC} or {@link Durability#OS}.
     * @param threading      of the engine that it stands beside.
     * @param batchCount     transfers in a request.
     */
    RawSubject(
        final Path directory,
        final Path aeronDirectory,
        final Durability durability,
        final Threading threading,
        final int batchCount)
    {
        this.batchCount = batchCount;
        frameLengths = frameLengths(batchCount);
        frame = new UnsafeBuffer(BufferUtil.allocateDirectAligned(JournalConfig.MTU_DEFAULT, Long.SIZE));
        frame.setMemory(0, frame.capacity(), (byte)1);
        archive = new RawArchive(directory, aeronDirectory);
        isSingle = threading == Threading.SINGLE;
        if (isSingle)
        {
            thread = null;
            archive.launch(durability);
        }
        else
        {
            thread = new Thread(() -> run(durability, idleStrategy(threading)), "bench-raw");
            thread.setDaemon(true);
            thread.start();
            awaitLaunch();
        }
    }

    /**
     * Lengths of the frames that the engine writes for one request alone.
     *
     * @param batchCount transfers in it.
     * @return lengths in bytes, without the header of the transport.
     */
    static int[] frameLengths(final int batchCount)
    {
        final int entryCountMax = (Frames.lengthMax(JournalConfig.MTU_DEFAULT) - Frames.OVERHEAD) / ENTRY_LENGTH;
        final int[] lengths = new int[(batchCount + entryCountMax - 1) / entryCountMax];
        for (int i = 0; i < lengths.length; i++)
        {
            lengths[i] = Frames.lengthOf(Math.min(entryCountMax, batchCount - i * entryCountMax) * ENTRY_LENGTH);
        }
        return lengths;
    }

    @Override
    public String name()
    {
        return "raw";
    }

    @Override
    public int batchCount()
    {
        return batchCount;
    }

    @Override
    public void resume()
    {
        isResumed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void pause()
    {
        isResumed = false;
    }

    /** A request of which some frames went out goes on where it stopped. */
    @Override
    public boolean trySend(final long intendedAtNs)
    {
        if (sentCount - answeredCount == IN_FLIGHT_LIMIT)
        {
            return false;
        }
        final ExclusivePublication publication = archive.publication();
        long position = 0;
        while (nextFrame < frameLengths.length)
        {
            position = publication.offer(frame, 0, frameLengths[nextFrame]);
            if (position < 0)
            {
                if (position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION)
                {
                    return false;
                }
                throw new BenchException(
                    "the bare archive has stopped recording: " + Publication.errorString(position),
                    archive.firstError());
            }
            nextFrame++;
        }
        nextFrame = 0;
        final int index = (int)sentCount & IN_FLIGHT_LIMIT - 1;
        positions[index] = position;
        intendedNs[index] = intendedAtNs;
        sentCount++;
        return true;
    }

    @Override
    public int poll(final AnswerHandler handler)
    {
        int workCount = 0;
        if (isSingle)
        {
            workCount = archive.invoke();
        }
        else if (failure != null)
        {
            throw new BenchException("the bare archive has failed", failure);
        }
        if (answeredCount < sentCount)
        {
            final long recordedPosition = archive.recordedPosition();
            while (answeredCount < sentCount && positions[(int)answeredCount & IN_FLIGHT_LIMIT - 1] <= recordedPosition)
            {
                handler.onAnswer(intendedNs[(int)answeredCount & IN_FLIGHT_LIMIT - 1]);
                answeredCount++;
                workCount++;
            }
        }
        return workCount;
    }

    @Override
    public long inFlight()
    {
        return sentCount - answeredCount;
    }

    @Override
    public void close()
    {
        isClosing = true;
        if (isSingle)
        {
            archive.close();
            return;
        }
        LockSupport.unpark(thread);
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    /** How a thread of its own idles: as the engine's does. */
    static IdleStrategy idleStrategy(final Threading threading)
    {
        return threading == Threading.COMPACT ?
            new BackoffIdleStrategy(SPINS_MAX, YIELDS_MAX, PARK_NS, PARK_MAX_NS) : new BusySpinIdleStrategy();
    }

    private void run(final Durability durability, final IdleStrategy idleStrategy)
    {
        try
        {
            archive.launch(durability);
            launched.countDown();
            while (!isClosing)
            {
                final int workCount = archive.invoke();
                if (isResumed)
                {
                    idleStrategy.idle(workCount);
                }
                else
                {
                    LockSupport.parkNanos(PAUSE_NS);
                }
            }
        }
        catch (final RuntimeException ex)
        {
            failure = ex;
        }
        finally
        {
            archive.close();
            launched.countDown();
        }
    }

    private void awaitLaunch()
    {
        try
        {
            launched.await();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while the bare archive was launched", ex);
        }
        if (failure != null)
        {
            throw new BenchException("the bare archive does not start: " + failure.getMessage(), failure);
        }
    }
}
