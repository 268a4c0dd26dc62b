package io.seriatim.bench;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Chronicle Queue as a journal only: it appends as many bytes as an entry of ours has, and knows no account, so it
 * refuses nothing. Its force is {@code msync} up to what was appended.
 * <p>
 * Threads: one at a time.
 */
final class ChronicleStore implements PeerStore
{
    /** As long as the entry of an ordinary transfer. */
    private static final int ENTRY_LENGTH = 160;
    private static final int WORD_LENGTH = Long.BYTES;
    private static final String PROPERTIES = "/META-INF/maven/net.openhft/chronicle-queue/pom.properties";

    private final SingleChronicleQueue queue;
    private final Bytes<?> entry = Bytes.allocateElasticDirect(ENTRY_LENGTH);
    private final boolean isForced;
    private ExcerptAppender appender;

    static
    {
        // Its classes look at these when they are loaded; it would report its use to others.
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
    }

    /**
     * A new queue.
     *
     * @param directory  for its files.
     * @param durability FSYNC or OS.
     */
    ChronicleStore(final Path directory, final Durability durability)
    {
        isForced = durability == Durability.FSYNC;
        queue = SingleChronicleQueueBuilder.binary(directory)
            .rollCycle(RollCycles.FAST_DAILY)
            .syncMode(isForced ? SyncMode.SYNC : SyncMode.NONE)
            .build();
    }

    @Override
    public String name()
    {
        return "chronicle";
    }

    @Override
    public String version()
    {
        return "Chronicle Queue " + libraryVersion() +
            ", a journal only: appends " + ENTRY_LENGTH + " bytes, checks nothing" +
            (isForced ? "; msync after each commit" : "; not forced");
    }

    private static String libraryVersion()
    {
        final Properties properties = new Properties();
        try (InputStream in = SingleChronicleQueue.class.getResourceAsStream(PROPERTIES))
        {
            if (in != null)
            {
                properties.load(in);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return properties.getProperty("version", "of an unknown version");
    }

    @Override
    public TransferOutcome apply(
        final long id, final long debitAccount, final long creditAccount, final long amount)
    {
        if (appender == null)
        {
            // It belongs to the thread that makes it.
            appender = queue.createAppender();
        }
        entry.clear();
        entry.writeLong(id).writeLong(debitAccount).writeLong(creditAccount).writeLong(amount);
        while (entry.writePosition() < ENTRY_LENGTH)
        {
            entry.writeLong(id);
        }
        appender.writeBytes(entry);
        return TransferOutcome.CREATED;
    }

    @Override
    public void commit()
    {
        if (isForced)
        {
            appender.sync();
        }
    }

    /** Reads everything back; the sums of what was appended are as good as balances. */
    @Override
    public void requireBooked(final Books books, final long createdCount)
    {
        final long[] debits = new long[books.accountCount()];
        final long[] credits = new long[books.accountCount()];
        long count = 0;
        try (ExcerptTailer tailer = queue.createTailer())
        {
            for (entry.clear(); tailer.readBytes(entry); entry.clear())
            {
                SqlBooks.requireEqual(name(), "length of an entry", entry.readRemaining(), ENTRY_LENGTH);
                SqlBooks.requireEqual(name(), "id", entry.readLong(0), ++count);
                final long amount = entry.readLong(3 * WORD_LENGTH);
                debits[(int)entry.readLong(WORD_LENGTH) - 1] += amount;
                credits[(int)entry.readLong(2 * WORD_LENGTH) - 1] += amount;
            }
        }
        SqlBooks.requireEqual(name(), "entries", count, createdCount);
        for (int i = 0; i < debits.length; i++)
        {
            SqlBooks.requireEqual(name(), "debits of account " + (i + 1), debits[i], books.debits(i));
            SqlBooks.requireEqual(name(), "credits of account " + (i + 1), credits[i], books.credits(i));
        }
    }

    @Override
    public void close()
    {
        queue.close();
        entry.releaseLast();
    }
}
