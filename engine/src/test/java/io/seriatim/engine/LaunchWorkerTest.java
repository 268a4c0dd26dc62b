package io.seriatim.engine;

import io.seriatim.ledger.OrderedWorker;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LaunchWorkerTest
{
    private final List<Integer> done = new ArrayList<>();

    @Test
    void shouldDoAllOnAThreadOfItsOwnInOrder()
    {
        final List<Thread> threads = new ArrayList<>();
        try (LaunchWorker worker = new LaunchWorker("seriatim-launch-test"))
        {
            for (int i = 0; i < 10_000; i++)
            {
                final int number = i;
                worker.execute(() -> done.add(number));
            }
            worker.execute(() -> threads.add(Thread.currentThread()));
            worker.await();
            assertEquals(IntStream.range(0, 10_000).boxed().toList(), done);
            assertEquals("seriatim-launch-test", threads.get(0).getName());
            assertTrue(threads.get(0).isDaemon());
        }
    }

    @Test
    void shouldHaveNoMoreUnfinishedThanItMay() throws InterruptedException
    {
        final CountDownLatch latch = new CountDownLatch(1);
        final AtomicInteger givenCount = new AtomicInteger();
        try (LaunchWorker worker = new LaunchWorker("seriatim-launch-test"))
        {
            final Thread giver = new Thread(() ->
            {
                for (int i = 0; i <= OrderedWorker.UNFINISHED_MAX; i++)
                {
                    final int number = i;
                    worker.execute(() ->
                    {
                        await(latch);
                        done.add(number);
                    });
                    givenCount.incrementAndGet();
                }
                worker.await();
            });
            giver.start();
            while (giver.getState() != Thread.State.WAITING)
            {
                Thread.sleep(1);
            }
            assertEquals(OrderedWorker.UNFINISHED_MAX, givenCount.get());
            latch.countDown();
            giver.join();
            assertEquals(OrderedWorker.UNFINISHED_MAX + 1, done.size());
        }
    }

    @Test
    void shouldThrowWhatTheWorkHasThrownAndDoNoMore()
    {
        for (final Throwable failure : List.of(new IllegalStateException("no"), new OutOfMemoryError("no")))
        {
            done.clear();
            try (LaunchWorker worker = new LaunchWorker("seriatim-launch-test"))
            {
                worker.execute(() -> done.add(1));
                worker.execute(() -> raise(failure));
                assertSame(failure, assertThrows(Throwable.class, worker::await));
                assertSame(failure, assertThrows(Throwable.class, () -> worker.execute(() -> done.add(2))));
                assertSame(failure, assertThrows(Throwable.class, worker::await));
            }
            assertEquals(List.of(1), done);
        }
    }

    @Test
    void shouldWaitForWhatIsOnItsWayWhenItIsClosed()
    {
        final CountDownLatch latch = new CountDownLatch(1);
        try (LaunchWorker worker = new LaunchWorker("seriatim-launch-test"))
        {
            worker.execute(() -> await(latch));
            worker.execute(() -> done.add(1));
            latch.countDown();
        }
        assertEquals(List.of(1), done);
    }

    private static void await(final CountDownLatch latch)
    {
        try
        {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static void raise(final Throwable failure)
    {
        if (failure instanceof Error error)
        {
            throw error;
        }
        throw (RuntimeException)failure;
    }
}
