package io.seriatim.engine;

import io.seriatim.journal.CountersDirectory;
import io.seriatim.journal.JournalException;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The counters of one process: of an engine, or of a feed beside it. They lie in a file in memory that others map and
 * read without the writer noticing; an engine that keeps nothing, or finds no room, has them in memory of its own.
 * <p>
 * Shape: little-endian
 *
 * <pre>
 *    0  magic, "SERICNT1"                       int64
 *    8  length of a stage, and of samples       2 int32
 *   16  most stages, and shards with samples    2 int32
 *   24  process id                              int64
 *   32  uuid of the log                         2 int64
 *   48  when the process began, epoch ms        int64
 *   64  stages in use                           int32, grows
 *   68  1 = closed                              int32
 *   72  when it was last alive, epoch ms        int64
 *  128  stages, see {@link StageCounters}; then samples, see {@link AccountSamples}
 * </pre>
 *
 * Threads: {@link #newStage} and {@link #alive} synchronise; each stage has a writer of its own; all may read.
 */
public final class CounterTable implements AutoCloseable
{
    /** Name of the engine's file. */
    public static final String ENGINE_FILE = "engine";

    /** Stages beyond those of the engine itself: feeds of its process. */
    static final int SPARE_STAGES = 32;

    /** A process that has not said for so long that it lives never will. */
    private static final long ABANDONED_AFTER_MS = 60_000;

    private static final long MAGIC = 0x31544E4349524553L;
    private static final int STAGE_LENGTH = 8;
    private static final int SAMPLES_LENGTH = 12;
    private static final int STAGES_MAX = 16;
    private static final int SAMPLES_COUNT = 20;
    private static final int PROCESS_ID = 24;
    private static final int LOG_UUID = 32;
    private static final int STARTED_MS = 48;
    private static final int STAGE_COUNT = 64;
    private static final int CLOSED = 68;
    private static final int ALIVE_MS = 72;
    private static final int STAGES = 128;

    /** Stages and samples begin on a line, so that no two writers share one. */
    private static final int CACHE_LINE_LENGTH = 64;

    private static final System.Logger LOGGER = System.getLogger(CounterTable.class.getName());

    private final UnsafeBuffer buffer;
    private final Path file;

    private CounterTable(final ByteBuffer memory, final Path file)
    {
        buffer = new UnsafeBuffer(memory);
        this.file = file;
    }

    /**
     * A new table in a file, which takes the place of one that a process of the same name has left.
     *
     * @param dataDirectory of the engine.
     * @param name          of the file, letters, digits, hyphens.
     * @param logUuid       of the log.
     * @param stagesMax     how many stages there can be.
     * @param shardCount    how many shards take samples of accounts.
     * @return a table; in memory of its own if there is no room for the file, which is logged.
     */
    public static CounterTable create(
        final Path dataDirectory, final String name, final UUID logUuid, final int stagesMax, final int shardCount)
    {
        try
        {
            final Path file = CountersDirectory.create(dataDirectory).resolve(name);
            Files.deleteIfExists(file);
            deleteAbandoned(file.getParent());
            final CounterTable table = new CounterTable(allocate(file, lengthOf(stagesMax, shardCount)), file);
            table.init(logUuid, stagesMax, shardCount);
            return table;
        }
        catch (final IOException | JournalException ex)
        {
            LOGGER.log(System.Logger.Level.WARNING,
                "counters can not be read by other processes: " + ex.getMessage() + ", name=" + name);
            return create(logUuid, stagesMax, shardCount);
        }
    }

    /**
     * A new table that only this process can read.
     *
     * @param logUuid    of the log.
     * @param stagesMax  how many stages there can be.
     * @param shardCount how many shards take samples of accounts.
     * @return a table.
     */
    public static CounterTable create(final UUID logUuid, final int stagesMax, final int shardCount)
    {
        final CounterTable table =
            new CounterTable(
                BufferUtil.allocateDirectAligned(lengthOf(stagesMax, shardCount), CACHE_LINE_LENGTH), null);
        table.init(logUuid, stagesMax, shardCount);
        return table;
    }

    /**
     * The table of another process, to be read.
     *
     * @param file that it lies in.
     * @return a table that must not be written.
     * @throws IOException if it can not be read, or is not one.
     */
    public static CounterTable map(final Path file) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            final long length = channel.size();
            if (length < STAGES || length > Integer.MAX_VALUE)
            {
                throw new IOException(
                    "not a file of counters, or one in the making: length=" + length + ", file=" + file);
            }
            final CounterTable table =
                new CounterTable(channel.map(FileChannel.MapMode.READ_ONLY, 0, length), file);
            table.requireValid(length);
            return table;
        }
    }

    /**
     * Add a stage.
     *
     * @param kind  what it is.
     * @param scope number of its shard or journal; -1 if it is neither's.
     * @param label name for people, ASCII, of which 52 letters are kept.
     * @return its counters, all 0; to be written by one thread.
     * @throws IllegalStateException if there are as many as the table can hold.
     */
    public synchronized StageCounters newStage(final StageKind kind, final int scope, final String label)
    {
        final int index = buffer.getInt(STAGE_COUNT);
        if (index == buffer.getInt(STAGES_MAX))
        {
            throw new IllegalStateException("there is no room for more counters: stages=" + index + ", new=" + label);
        }
        final StageCounters stage = stageAt(index);
        stage.init(kind, scope, label);
        buffer.putIntOrdered(STAGE_COUNT, index + 1);
        return stage;
    }

    /**
     * Say that the process lives; what reads the table takes one that has not done so for a while for dead.
     *
     * @param epochMs the time.
     */
    public void alive(final long epochMs)
    {
        buffer.putLongOrdered(ALIVE_MS, epochMs);
    }

    /** Say that the process has ended as it should, and take the file away. Counters can still be written and read. */
    @Override
    public void close()
    {
        buffer.putIntOrdered(CLOSED, 1);
        if (file != null)
        {
            CountersDirectory.delete(file);
        }
    }

    /**
     * All stages, in the order in which they were added.
     *
     * @return their counters.
     */
    public List<StageCounters> stages()
    {
        final List<StageCounters> stages = new ArrayList<>();
        final int count = buffer.getIntVolatile(STAGE_COUNT);
        for (int i = 0; i < count; i++)
        {
            stages.add(stageAt(i));
        }
        return stages;
    }

    /**
     * Samples of the accounts that the shards move.
     *
     * @return one for each shard; none if this is not an engine's.
     */
    public List<AccountSamples> samples()
    {
        final List<AccountSamples> samples = new ArrayList<>();
        final int start = STAGES + buffer.getInt(STAGES_MAX) * StageCounters.LENGTH;
        for (int i = 0; i < buffer.getInt(SAMPLES_COUNT); i++)
        {
            samples.add(new AccountSamples(buffer, start + i * AccountSamples.LENGTH));
        }
        return samples;
    }

    /**
     * Who writes the table.
     *
     * @return a process id.
     */
    public long processId()
    {
        return buffer.getLong(PROCESS_ID);
    }

    /**
     * Of which log the counters are.
     *
     * @return its uuid.
     */
    public UUID logUuid()
    {
        return new UUID(buffer.getLong(LOG_UUID), buffer.getLong(LOG_UUID + Long.BYTES));
    }

    /**
     * When the process began.
     *
     * @return epoch milliseconds.
     */
    public long startedMs()
    {
        return buffer.getLong(STARTED_MS);
    }

    /**
     * When the process was last known to live.
     *
     * @return epoch milliseconds.
     */
    public long aliveMs()
    {
        return buffer.getLongVolatile(ALIVE_MS);
    }

    /**
     * Whether the process has ended as it should.
     *
     * @return true if so.
     */
    public boolean isClosed()
    {
        return buffer.getIntVolatile(CLOSED) != 0;
    }

    /** Processes that were killed leave their files behind: whoever comes next takes them away. */
    private static void deleteAbandoned(final Path directory) throws IOException
    {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory))
        {
            for (final Path file : files)
            {
                if (System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis() > ABANDONED_AFTER_MS &&
                    isAbandoned(file))
                {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isAbandoned(final Path file)
    {
        try
        {
            final CounterTable table = map(file);
            return System.currentTimeMillis() - table.aliveMs() > ABANDONED_AFTER_MS;
        }
        catch (final IOException ex)
        {
            return true;
        }
    }

    private StageCounters stageAt(final int index)
    {
        return new StageCounters(buffer, STAGES + index * StageCounters.LENGTH);
    }

    private void init(final UUID logUuid, final int stagesMax, final int shardCount)
    {
        buffer.putInt(STAGE_LENGTH, StageCounters.LENGTH);
        buffer.putInt(SAMPLES_LENGTH, AccountSamples.LENGTH);
        buffer.putInt(STAGES_MAX, stagesMax);
        buffer.putInt(SAMPLES_COUNT, shardCount);
        buffer.putLong(PROCESS_ID, ProcessHandle.current().pid());
        buffer.putLong(LOG_UUID, logUuid.getMostSignificantBits());
        buffer.putLong(LOG_UUID + Long.BYTES, logUuid.getLeastSignificantBits());
        buffer.putLong(STARTED_MS, System.currentTimeMillis());
        alive(System.currentTimeMillis());
        buffer.putLongVolatile(0, MAGIC);
    }

    private void requireValid(final long length) throws IOException
    {
        if (buffer.getLongVolatile(0) != MAGIC || buffer.getInt(STAGE_LENGTH) != StageCounters.LENGTH ||
            buffer.getInt(SAMPLES_LENGTH) != AccountSamples.LENGTH ||
            length < lengthOf(buffer.getInt(STAGES_MAX), buffer.getInt(SAMPLES_COUNT)))
        {
            throw new IOException(
                "not a file of counters of this version, or one in the making: magic=0x" +
                Long.toHexString(buffer.getLong(0)) + ", length=" + length + ", file=" + file);
        }
    }

    private static int lengthOf(final int stagesMax, final int shardCount)
    {
        return STAGES + stagesMax * StageCounters.LENGTH + shardCount * AccountSamples.LENGTH;
    }

    /** Every page is written first: one that a full file system could not give later would end the process. */
    private static ByteBuffer allocate(final Path file, final int length) throws IOException
    {
        try (FileChannel channel = FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))))
        {
            final ByteBuffer zeros = ByteBuffer.allocate(length);
            while (zeros.hasRemaining())
            {
                channel.write(zeros);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        }
        catch (final IOException ex)
        {
            Files.deleteIfExists(file);
            throw ex;
        }
    }
}
