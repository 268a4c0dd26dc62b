package io.seriatim.faults;

import io.seriatim.journal.DamageSweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A journal of ten thousand entries by a real engine, launched several times, to be damaged: in memory where there is
 * some, as damage is tried millions of times.
 * <p>
 * Threads: confined to one.
 */
final class SweptJournal implements AutoCloseable
{
    static final int ENTRY_COUNT = 10_000;

    private static final int LAUNCHES = 4;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final long seed;
    private final Path directory;
    private final DamageSweep sweep;

    /**
     * Make it.
     *
     * @param seed that its requests are drawn from.
     */
    SweptJournal(final long seed) throws IOException
    {
        this.seed = seed;
        directory = Files.isWritable(SHARED_MEMORY) ?
            Files.createTempDirectory(SHARED_MEMORY, "seriatim-sweep") : Files.createTempDirectory("seriatim-sweep");
        final HostileJournal journal = new HostileJournal(books(), seed);
        for (int launch = 1; launch <= LAUNCHES; launch++)
        {
            journal.run((long)ENTRY_COUNT * launch / LAUNCHES);
        }
        sweep = new DamageSweep(books(), directory);
    }

    /** The undamaged books. */
    Path books()
    {
        return directory.resolve("books");
    }

    /** Where copies can be made. */
    Path directory()
    {
        return directory;
    }

    DamageSweep sweep()
    {
        return sweep;
    }

    @Override
    public String toString()
    {
        return String.format(
            Locale.ROOT, "a journal of %,d entries, %,d bytes, from seed %d", sweep.entryCount(), sweep.end(), seed);
    }

    @Override
    public void close() throws IOException
    {
        sweep.close();
        DeletedDirectory.delete(directory);
    }
}
