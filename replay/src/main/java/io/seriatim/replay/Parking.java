package io.seriatim.replay;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Where one thread waits until others have something for it. They make it known first and wake then; the thread says
 * first that it is about to wait and looks once more then. So either it sees what there is, or it is seen.
 * <p>
 * Cost: to wake a thread that does not wait is a fence and a read.<br>
 * Threads: one parks; any wake.
 */
final class Parking
{
    private volatile Thread parked;

    /** Wait, but not if there is something to do, and not for longer than this. */
    void park(final BooleanSupplier isIdle, final long waitNs)
    {
        announce();
        if (isIdle.getAsBoolean())
        {
            LockSupport.parkNanos(this, waitNs);
        }
        parked = null;
    }

    /** This thread is about to wait; what it looks at from now on is what others have made known before. */
    void announce()
    {
        parked = Thread.currentThread();
    }

    /** There is something to do, and it was made known; true if the thread was about to wait, or did. */
    boolean wake()
    {
        VarHandle.fullFence();
        final Thread thread = parked;
        if (thread == null)
        {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }
}
