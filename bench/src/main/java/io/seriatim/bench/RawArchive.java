package io.seriatim.bench;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.Counter;
import io.aeron.ExclusivePublication;
import io.aeron.RethrowingErrorHandler;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import org.agrona.BitUtil;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.agrona.concurrent.status.CountersReader;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Aeron Archive with nothing of ours in the way: a driver, a client and an archive as invokers, one recorded
 * publication. The settings are those of the engine's journal, so that what remains between the two is our own cost.
 * <p>
 * Threads: all of it belongs to the thread that launched it, except {@link #publication()} and
 * {@link #recordedPosition()}, which belong to the one that publishes.
 */
final class RawArchive implements AutoCloseable
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long CLOSE_LINGER_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ARCHIVE_ID = 1;
    private static final int STREAM_ID = 1_000;
    private static final int SESSION_ID = 1;
    private static final int CONTROL_STREAM_ID = 10;
    private static final int RESPONSE_STREAM_ID = 20;
    private static final int CONTROL_TERM_LENGTH = 64 * 1024;
    private static final int CONTROL_MTU = 1408;
    private static final int COUNTERS_LENGTH = 1024 * 1024;
    private static final int ERRORS_LENGTH = 4 * 1024 * 1024;
    private static final int PAGE_LENGTH = 4096;
    private static final int CATALOG_LENGTH = 64 * 1024;
    private static final String LOCAL_CHANNEL = "aeron:ipc?term-length=64k|sparse=true";

    private final Path directory;
    private final Path aeronDirectory;
    private volatile Throwable firstError;
    private MediaDriver driver;
    private Aeron aeron;
    private Archive archive;
    private AeronArchive client;
    private ExclusivePublication publication;
    private AgentInvoker invoker;
    private CountersReader counters;
    private int counterId = CountersReader.NULL_COUNTER_ID;

    /**
     * Not yet launched.
     *
     * @param directory      of the recording, new.
     * @param aeronDirectory of the driver; it is deleted first and last.
     */
    RawArchive(final Path directory, final Path aeronDirectory)
    {
        this.directory = directory;
        this.aeronDirectory = aeronDirectory;
    }

    /** Start everything, and record. */
    void launch(final Durability durability)
    {
        final ErrorHandler errorHandler = this::onError;
        driver = MediaDriver.launch(driverContext(errorHandler));
        aeron = Aeron.connect(clientContext(errorHandler));
        archive = Archive.launch(archiveContext(errorHandler, durability));
        invoker = archive.invoker();
        client = AeronArchive.connect(new AeronArchive.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .lock(NoOpLock.INSTANCE)
            .agentInvoker(invoker)
            .idleStrategy(YieldingIdleStrategy.INSTANCE)
            .errorHandler(errorHandler)
            .controlRequestChannel(LOCAL_CHANNEL)
            .controlRequestStreamId(CONTROL_STREAM_ID)
            .controlResponseChannel(LOCAL_CHANNEL)
            .controlResponseStreamId(RESPONSE_STREAM_ID)
            .controlTermBufferSparse(true)
            .controlTermBufferLength(CONTROL_TERM_LENGTH)
            .controlMtuLength(CONTROL_MTU));
        record();
    }

    private void record()
    {
        publication = aeron.addExclusivePublication(
            new ChannelUriStringBuilder()
                .media(CommonContext.IPC_MEDIA)
                .mtu(JournalConfig.MTU_DEFAULT)
                .termLength(JournalConfig.TERM_LENGTH_DEFAULT)
                .sessionId(SESSION_ID)
                .sparse(false)
                .build(),
            STREAM_ID);
        client.startRecording(
            new ChannelUriStringBuilder().media(CommonContext.IPC_MEDIA).sessionId(SESSION_ID).build(),
            STREAM_ID, SourceLocation.LOCAL, true);
        counters = aeron.countersReader();
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (counterId == CountersReader.NULL_COUNTER_ID || !publication.isConnected())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new BenchException("the bare archive does not record: directory=" + directory, firstError);
            }
            invoke();
            counterId = RecordingPos.findCounterIdBySession(counters, SESSION_ID, ARCHIVE_ID);
            Thread.yield();
        }
    }

    /** One turn of driver, client and archive. */
    int invoke()
    {
        return invoker.invoke();
    }

    ExclusivePublication publication()
    {
        return publication;
    }

    long recordedPosition()
    {
        return counters.getCounterValue(counterId);
    }

    Throwable firstError()
    {
        return firstError;
    }

    private void onError(final Throwable error)
    {
        if (firstError == null)
        {
            firstError = error;
        }
    }

    @Override
    public void close()
    {
        CloseHelper.quietCloseAll(publication, client, archive, aeron, driver);
    }

    private MediaDriver.Context driverContext(final ErrorHandler errorHandler)
    {
        return new MediaDriver.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .threadingMode(ThreadingMode.INVOKER)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .warnIfDirectoryExists(false)
            .printConfigurationOnStart(false)
            .useWindowsHighResTimer(false)
            .asyncExecutorEnabled(false)
            .spiesSimulateConnection(false)
            .tetherSubscriptions(true)
            .performStorageChecks(true)
            .termBufferSparseFile(false)
            .ipcTermBufferLength(JournalConfig.TERM_LENGTH_DEFAULT)
            .publicationTermBufferLength(CONTROL_TERM_LENGTH)
            .ipcPublicationTermWindowLength(0)
            .ipcMtuLength(JournalConfig.MTU_DEFAULT)
            .mtuLength(CONTROL_MTU)
            .filePageSize(PAGE_LENGTH)
            .counterValuesBufferLength(COUNTERS_LENGTH)
            .errorBufferLength(ERRORS_LENGTH)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(TIMEOUT_NS))
            .clientLivenessTimeoutNs(TIMEOUT_NS)
            .publicationUnblockTimeoutNs(2 * TIMEOUT_NS)
            .timerIntervalNs(TimeUnit.SECONDS.toNanos(1))
            .errorHandler(errorHandler);
    }

    private Aeron.Context clientContext(final ErrorHandler errorHandler)
    {
        return new Aeron.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driver.sharedAgentInvoker())
            .clientLock(NoOpLock.INSTANCE)
            .awaitingIdleStrategy(YieldingIdleStrategy.INSTANCE)
            .preTouchMappedMemory(false)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(TIMEOUT_NS))
            .closeLingerDurationNs(CLOSE_LINGER_NS)
            .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE)
            .errorHandler(errorHandler);
    }

    private Archive.Context archiveContext(final ErrorHandler errorHandler, final Durability durability)
    {
        return new Archive.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .mediaDriverAgentInvoker(driver.sharedAgentInvoker())
            .threadingMode(ArchiveThreadingMode.INVOKER)
            .archiveId(ARCHIVE_ID)
            .archiveDir(directory.toFile())
            .markFileDir(aeronDirectory.toFile())
            .deleteArchiveOnStart(false)
            .segmentFileLength(JournalConfig.SEGMENT_LENGTH_DEFAULT)
            .fileSyncLevel(durability == Durability.FSYNC ? 1 : 0)
            .catalogFileSyncLevel(1)
            .catalogCapacity(CATALOG_LENGTH)
            .lowStorageSpaceThreshold(0)
            .maxConcurrentRecordings(1)
            .controlChannelEnabled(false)
            .localControlChannel(LOCAL_CHANNEL)
            .localControlStreamId(CONTROL_STREAM_ID)
            .controlTermBufferSparse(true)
            .controlTermBufferLength(CONTROL_TERM_LENGTH)
            .controlMtuLength(CONTROL_MTU)
            .recordingEventsEnabled(false)
            .replicationChannel(CommonContext.IPC_CHANNEL)
            .archiveClientContext(new AeronArchive.Context()
                .controlRequestChannel(LOCAL_CHANNEL)
                .controlResponseChannel(LOCAL_CHANNEL))
            .errorCounter(newErrorCounter())
            .errorHandler(errorHandler);
    }

    private Counter newErrorCounter()
    {
        final byte[] label = "archive errors: bare archive".getBytes(StandardCharsets.US_ASCII);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_LONG + label.length]);
        buffer.putLong(0, ARCHIVE_ID);
        buffer.putBytes(BitUtil.SIZE_OF_LONG, label);
        return aeron.addCounter(
            AeronCounters.ARCHIVE_ERROR_COUNT_TYPE_ID,
            buffer, 0, BitUtil.SIZE_OF_LONG,
            buffer, BitUtil.SIZE_OF_LONG, label.length);
    }
}
