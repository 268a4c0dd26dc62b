package io.seriatim.journal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Declares a journal stalled that makes no progress: frames are in flight and nothing is committed for the commit
 * timeout, or the journal thread gives no sign of life that long; and stops one whose segment file was deleted or
 * replaced under it. The journal then has failed for good; nothing is tried again and the JVM is left alone.
 * <p>
 * It has a thread of its own because the journal thread may hang in a write or a force. Its own pauses, those of a
 * stopped process or a suspended machine, are not held against a journal.
 * <p>
 * Threads: {@link #start()} and {@link #close()} by one thread; {@link #check(long)} by the watchdog's thread, or by a
 * test that has not started it.
 */
public final class JournalWatchdog implements AutoCloseable
{
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_NS = 10 * INTERVAL_NS;
    private static final int SEGMENT_CHECK_DISTANCE = 4;

    private final ArchiveJournal[] journals;
    private final long[] committedPositions;
    private final long[] progressNs;
    private final boolean[] isWatched;
    private final SegmentIdentity[] segments;
    private final Thread thread = new Thread(this::run, "seriatim-watchdog");
    private volatile boolean isClosed;
    private long lastCheckNs;
    private boolean isFirstCheck = true;

    /**
     * A watchdog over journals; each is watched from when it is open.
     *
     * @param journals to watch.
     */
    public JournalWatchdog(final List<ArchiveJournal> journals)
    {
        this.journals = journals.toArray(new ArchiveJournal[0]);
        committedPositions = new long[this.journals.length];
        progressNs = new long[this.journals.length];
        isWatched = new boolean[this.journals.length];
        segments = new SegmentIdentity[this.journals.length];
        thread.setDaemon(true);
    }

    /**
     * Watch on a daemon thread of its own.
     *
     * @return this watchdog.
     */
    public JournalWatchdog start()
    {
        thread.start();
        return this;
    }

    /**
     * Look at every journal once.
     *
     * @param nowNs a value of {@link System#nanoTime()}, never less than before.
     */
    void check(final long nowNs)
    {
        final boolean isAfterPause = isFirstCheck || nowNs - lastCheckNs > PAUSE_NS;
        isFirstCheck = false;
        lastCheckNs = nowNs;
        for (int i = 0; i < journals.length; i++)
        {
            final ArchiveJournal journal = journals[i];
            if (!journal.isOpen())
            {
                isWatched[i] = false;
                continue;
            }

            final long committedPosition = journal.committedPosition();
            final boolean isIdle = journal.appendedPosition() <= committedPosition;
            if (isAfterPause || !isWatched[i] || committedPosition > committedPositions[i])
            {
                isWatched[i] = true;
                committedPositions[i] = committedPosition;
                progressNs[i] = nowNs;
            }
            else
            {
                if (isIdle && journal.heartbeatNs() - progressNs[i] > 0)
                {
                    progressNs[i] = journal.heartbeatNs();
                }

                if (nowNs - progressNs[i] > journal.commitTimeoutNs())
                {
                    declareStalled(journal, nowNs, nowNs - progressNs[i]);
                }
            }
        }
    }

    /**
     * Look once whether every journal's segment file is still there. What that takes is no pause of the process: a look
     * that a disk holds up must not put off the stall that it is a sign of.
     */
    void checkSegments()
    {
        for (int i = 0; i < journals.length; i++)
        {
            segments[i] = journals[i].isOpen() ? journals[i].checkSegment(segments[i]) : null;
        }
        lastCheckNs = System.nanoTime();
    }

    private static void declareStalled(final ArchiveJournal journal, final long nowNs, final long silentNs)
    {
        journal.fail(new JournalException(
            "the journal has stalled: no progress for " + TimeUnit.NANOSECONDS.toMillis(silentNs) + " ms (allowed " +
            TimeUnit.NANOSECONDS.toMillis(journal.commitTimeoutNs()) + "), appended=" + journal.appendedPosition() +
            ", committed=" + journal.committedPosition() + ", last sign of life of the journal thread " +
            TimeUnit.NANOSECONDS.toMillis(nowNs - journal.heartbeatNs()) + " ms ago, directory=" +
            journal.directory() + "; what was committed is safe, what was not may be found again or not"));
    }

    private void run()
    {
        int count = 0;
        while (!isClosed)
        {
            check(System.nanoTime());
            if (count++ % SEGMENT_CHECK_DISTANCE == 0)
            {
                checkSegments();
            }
            LockSupport.parkNanos(INTERVAL_NS);
        }
    }

    /**
     * Stop watching.
     */
    @Override
    public void close()
    {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}
