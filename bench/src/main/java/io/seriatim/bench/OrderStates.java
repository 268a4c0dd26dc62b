package io.seriatim.bench;

import io.seriatim.replay.FeedEntry;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The states of orders as those see them who are told of their transitions: each may only follow the one before it.
 * <p>
 * Shape: 8 bytes an order.<br>
 * Threads: any.
 */
final class OrderStates
{
    private final OrderBooks books;
    private final AtomicIntegerArray states;
    private final AtomicIntegerArray notifications;
    private final AtomicReference<String> fault = new AtomicReference<>();

    /** Nothing was told of any order. */
    OrderStates(final OrderBooks books)
    {
        this.books = books;
        states = new AtomicIntegerArray(books.orderCount());
        notifications = new AtomicIntegerArray(books.orderCount());
    }

    /** An order has come into a state. */
    void onTransition(final FeedEntry entry)
    {
        move(OrderBooks.orderOf(entry), OrderBooks.stateOf(entry));
    }

    /** Move an order into a state; a step that is not one of its path is kept as a fault. */
    void move(final int order, final int state)
    {
        final int before = states.getAndSet(order, state);
        if (before != OrderBooks.stateBefore(state))
        {
            fault.compareAndSet(null, "an order has left its path: order=" + order + ", from=" +
                OrderBooks.stateName(before) + ", to=" + OrderBooks.stateName(state));
        }
    }

    /** Somebody was notified of an order. */
    void onNotification(final FeedEntry entry)
    {
        notifyOf(OrderBooks.orderOf(entry));
    }

    void notifyOf(final int order)
    {
        notifications.incrementAndGet(order);
    }

    /**
     * Every order must have come to its end, and somebody was notified of each once.
     *
     * @throws BenchException if not.
     */
    void requireAllAtTheirEnd()
    {
        if (fault.get() != null)
        {
            throw new BenchException(fault.get());
        }
        for (int order = 0; order < states.length(); order++)
        {
            if (states.get(order) != books.lastStateOf(order))
            {
                throw new BenchException(
                    "an order is not at its end: order=" + order + ", state=" +
                    OrderBooks.stateName(states.get(order)) + ", expected=" +
                    OrderBooks.stateName(books.lastStateOf(order)));
            }
            if (notifications.get(order) != 1)
            {
                throw new BenchException(
                    "an order was notified of " + notifications.get(order) + " times: order=" + order);
            }
        }
    }
}
