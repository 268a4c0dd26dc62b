package io.seriatim.bench;


/**
 * A peer that takes requests without blocking, so that one thread stands for all callers: each answer sends the next
 * request of its caller.
 * <p>
 * Threads: confined to the one that measures.
 */
final class SubjectPeer implements Peer
{
    private final String name;
    private final Subject subject;
    private final int callers;
    private final Books books;
    private final Runnable requireBooked;

    SubjectPeer(final EngineSubject engine, final int callers)
    {
        this(PeersRun.SERIATIM, engine, callers, engine.books(0), engine::requireAllBooked);
    }

    SubjectPeer(final WriterSubject writer, final int callers)
    {
        this(writer.name(), writer, callers, writer.books(), writer::requireBooked);
    }

    private SubjectPeer(
        final String name,
        final Subject subject,
        final int callers,
        final Books books,
        final Runnable requireBooked)
    {
        this.name = name;
        this.subject = subject;
        this.callers = callers;
        this.books = books;
        this.requireBooked = requireBooked;
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public Slice run(final long durationNs, final Recording recording)
    {
        return ClosedLoop.run(subject, callers, durationNs, recording);
    }

    @Override
    public Books books()
    {
        return books;
    }

    @Override
    public void requireBooked()
    {
        requireBooked.run();
    }

    @Override
    public void close()
    {
        subject.close();
    }
}
