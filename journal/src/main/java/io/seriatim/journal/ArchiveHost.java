package io.seriatim.journal;

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
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.agrona.concurrent.status.CountersReader;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Aeron for one journal: media driver, client and archive, none of which has a thread of its own. All of it is driven
 * by {@link #invoke()}; no port is opened, unless followers are to be let in.
 * <p>
 * One client serves the archive and the journal, so that its time-outs are ours to set and not those of a system
 * property. What Aeron reports as an error is kept: the first one explains why the recording stopped.
 * <p>
 * Cost: some 0.3 s to launch.<br>
 * Threads: confined to the journal thread, except the stream, which belongs to the thread that writes.
 */
final class ArchiveHost implements RecordingHost, RecordedStream
{
    private static final long LIVENESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long UNBLOCK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);
    private static final long CLOSE_LINGER_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int CONTROL_STREAM_ID = 10;
    private static final int RESPONSE_STREAM_ID = 20;
    private static final int CONTROL_TERM_LENGTH = 64 * 1024;
    private static final int CONTROL_MTU = 1408;
    private static final int COUNTERS_LENGTH = 1024 * 1024;
    private static final int ERRORS_LENGTH = 4 * 1024 * 1024;
    private static final int PAGE_LENGTH = 4096;
    private static final int CATALOG_LENGTH = 64 * 1024;
    private static final int FOLLOWERS_MAX = 8;
    private static final String LOCAL_CHANNEL = "aeron:ipc?term-length=64k|sparse=true";

    private final RecordingLayout layout;
    private final String alias;
    private final Path aeronDirectory;
    private final long openTimeoutNs;
    private final long archiveId;
    private final String followersChannel;
    private final ReplicationAccess access;
    private final AtomicReference<Throwable> firstError = new AtomicReference<>();

    /** Aeron's time-outs go by these: by the machine's clock, one that jumps would declare driver and clients dead. */
    private final NanoClock nanoClock;
    private final EpochClock clock;

    private MediaDriver driver;
    private Aeron aeron;
    private Archive archive;
    private AeronArchive client;
    private ExclusivePublication publication;
    private AgentInvoker invoker;
    private CountersReader counters;
    private int counterId = CountersReader.NULL_COUNTER_ID;
    private long recordingId = Aeron.NULL_VALUE;

    ArchiveHost(
        final RecordingLayout layout,
        final String alias,
        final int journalIndex,
        final Path aeronDirectory,
        final long openTimeoutNs,
        final Replication replication)
    {
        this(layout, alias, journalIndex, aeronDirectory, openTimeoutNs, replication, SystemNanoClock.INSTANCE);
    }

    /** A host whose Aeron goes by another steady clock than the system's. */
    ArchiveHost(
        final RecordingLayout layout,
        final String alias,
        final int journalIndex,
        final Path aeronDirectory,
        final long openTimeoutNs,
        final Replication replication,
        final NanoClock nanoClock)
    {
        this.layout = layout;
        this.alias = alias;
        this.aeronDirectory = aeronDirectory;
        this.openTimeoutNs = openTimeoutNs;
        archiveId = archiveIdOf(journalIndex);
        followersChannel = replication == null ? null : replication.channel(journalIndex);
        access = new ReplicationAccess(replication == null ? null : replication.secret());
        this.nanoClock = nanoClock;
        clock = steadyClock(nanoClock);
    }

    /** Id of a journal's archive, the same at every start. */
    static long archiveIdOf(final int journalIndex)
    {
        return journalIndex + 1L;
    }

    /** Start driver, client and archive. */
    @Override
    public void launch(final Durability durability)
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
            .credentialsSupplier(access.ofJournal())
            .messageTimeoutNs(openTimeoutNs)
            .controlRequestChannel(LOCAL_CHANNEL)
            .controlRequestStreamId(CONTROL_STREAM_ID)
            .controlResponseChannel(LOCAL_CHANNEL)
            .controlResponseStreamId(RESPONSE_STREAM_ID)
            .controlTermBufferSparse(true)
            .controlTermBufferLength(CONTROL_TERM_LENGTH)
            .controlMtuLength(CONTROL_MTU));
    }

    /**
     * Make a new recording, or go on with the one there is, and wait until what is published is recorded.
     *
     * @param isNew       whether to make one.
     * @param position    where to go on.
     * @param incarnation of the journal.
     */
    @Override
    public void record(final boolean isNew, final long position, final long incarnation)
    {
        if (!isNew && client.getStopPosition(layout.recordingId()) != position)
        {
            throw new JournalException(
                "the archive ends its recording elsewhere than the journal: archive=" +
                client.getStopPosition(layout.recordingId()) + ", journal=" + position + ", recording=" +
                layout.recordingId() + "; nothing was written");
        }

        final int sessionId = RecordingLayout.sessionIdOf(incarnation);
        publication = aeron.addExclusivePublication(
            new ChannelUriStringBuilder()
                .media(CommonContext.IPC_MEDIA)
                .alias(alias)
                .mtu(layout.mtu())
                .sessionId(sessionId)
                .sparse(false)
                .initialPosition(position, layout.initialTermId(), layout.termLength())
                .build(),
            layout.streamId());

        final String channel = new ChannelUriStringBuilder()
            .media(CommonContext.IPC_MEDIA)
            .alias(alias)
            .sessionId(sessionId)
            .build();
        if (isNew)
        {
            client.startRecording(channel, layout.streamId(), SourceLocation.LOCAL, true);
        }
        else
        {
            client.extendRecording(layout.recordingId(), channel, layout.streamId(), SourceLocation.LOCAL, true);
        }

        awaitRecording(sessionId, position);
    }

    private void awaitRecording(final int sessionId, final long position)
    {
        counters = aeron.countersReader();
        final long deadlineNs = System.nanoTime() + openTimeoutNs;
        while (!isRecording(sessionId, position))
        {
            invoke();
            final String error = pollError();
            if (error != null || System.nanoTime() - deadlineNs > 0)
            {
                throw new JournalException(
                    "the archive does not record: " + (error == null ? "timeoutNs=" + openTimeoutNs : error) +
                    ", session=" + sessionId + ", position=" + position + ", directory=" + layout.directory() +
                    "; what was committed before is intact", firstError.get());
            }

            Thread.yield();
        }
    }

    private boolean isRecording(final int sessionId, final long position)
    {
        if (counterId == CountersReader.NULL_COUNTER_ID)
        {
            counterId = RecordingPos.findCounterIdBySession(counters, sessionId, archiveId);
            if (counterId == CountersReader.NULL_COUNTER_ID)
            {
                return false;
            }

            recordingId = RecordingPos.getRecordingId(counters, counterId);
            if (recordingId != layout.recordingId())
            {
                throw new JournalException(
                    "the archive records under another id: found=" + recordingId + ", expected=" +
                    layout.recordingId() + ", directory=" + layout.directory());
            }
        }

        return publication.isConnected() && recordedPosition() >= position &&
            publication.availableWindow() >= windowMin(layout.termLength());
    }

    /** How many bytes a publication lets be in flight at least, when all before was recorded. */
    static long windowMin(final int termLength)
    {
        return termLength / 2 - termLength / 16;
    }

    /** One turn of driver, client and archive. */
    @Override
    public int invoke()
    {
        return invoker.invoke();
    }

    /**
     * Whether all of Aeron is alive. A dead invoker is silent, and counters must not be read through a closed client.
     */
    @Override
    public boolean isAlive()
    {
        return invoker.isRunning() && !aeron.isClosed() && driver.sharedAgentInvoker().isRunning() &&
            aeron.conductorAgentInvoker().isRunning();
    }

    /**
     * Position up to which the recording is written and, as the policy has it, forced.
     *
     * @return a position; or -1 if the recording has stopped.
     */
    @Override
    public long recordedPosition()
    {
        if (!isAlive())
        {
            return Aeron.NULL_VALUE;
        }

        final long position = counters.getCounterValue(counterId);
        return RecordingPos.isActive(counters, counterId, recordingId) ? position : Aeron.NULL_VALUE;
    }

    /** What the archive has said is wrong; null if nothing. */
    @Override
    public String pollError()
    {
        return isAlive() ? client.pollForErrorResponse() : "Aeron has stopped";
    }

    @Override
    public RecordedStream stream()
    {
        return this;
    }

    @Override
    public long offer(final DirectBuffer buffer, final int offset, final int length)
    {
        return publication.offer(buffer, offset, length);
    }

    @Override
    public long availableWindow()
    {
        return publication.availableWindow();
    }

    @Override
    public int termOffset()
    {
        return publication.termOffset();
    }

    ExclusivePublication publication()
    {
        return publication;
    }

    AeronArchive client()
    {
        return client;
    }

    Aeron aeron()
    {
        return aeron;
    }

    MediaDriver driver()
    {
        return driver;
    }

    Archive archive()
    {
        return archive;
    }

    @Override
    public Throwable firstError()
    {
        return firstError.get();
    }

    private void onError(final Throwable error)
    {
        firstError.compareAndSet(null, error);
    }

    @Override
    public void close()
    {
        PosixFiles.closeQuietly(publication);
        PosixFiles.closeQuietly(client);
        PosixFiles.closeQuietly(archive);
        PosixFiles.closeQuietly(aeron);
        PosixFiles.closeQuietly(driver);
    }

    private MediaDriver.Context driverContext(final ErrorHandler errorHandler)
    {
        return new MediaDriver.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .epochClock(clock)
            .nanoClock(nanoClock)
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
            .ipcTermBufferLength(layout.termLength())
            .publicationTermBufferLength(CONTROL_TERM_LENGTH)
            .ipcPublicationTermWindowLength(0)
            .ipcMtuLength(layout.mtu())
            .mtuLength(CONTROL_MTU)
            .filePageSize(PAGE_LENGTH)
            .counterValuesBufferLength(COUNTERS_LENGTH)
            .errorBufferLength(ERRORS_LENGTH)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(LIVENESS_TIMEOUT_NS))
            .clientLivenessTimeoutNs(LIVENESS_TIMEOUT_NS)
            .publicationUnblockTimeoutNs(UNBLOCK_TIMEOUT_NS)
            .timerIntervalNs(TimeUnit.SECONDS.toNanos(1))
            .errorHandler(errorHandler);
    }

    private Aeron.Context clientContext(final ErrorHandler errorHandler)
    {
        return new Aeron.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .clientName(alias)
            .epochClock(clock)
            .nanoClock(nanoClock)
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driver.sharedAgentInvoker())
            .clientLock(NoOpLock.INSTANCE)
            .awaitingIdleStrategy(YieldingIdleStrategy.INSTANCE)
            .preTouchMappedMemory(false)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(LIVENESS_TIMEOUT_NS))
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
            .epochClock(clock)
            .nanoClock(nanoClock)
            .threadingMode(ArchiveThreadingMode.INVOKER)
            .archiveId(archiveId)
            .archiveDir(layout.directory().toFile())
            .markFileDir(aeronDirectory.toFile())
            .deleteArchiveOnStart(false)
            .segmentFileLength(layout.segmentLength())
            .fileSyncLevel(durability == Durability.FSYNC ? 1 : 0)
            .catalogFileSyncLevel(1)
            .catalogCapacity(CATALOG_LENGTH)
            .lowStorageSpaceThreshold(0)
            .maxConcurrentRecordings(1)
            .controlChannelEnabled(followersChannel != null)
            .controlChannel(followersChannel)
            .controlStreamId(AeronArchive.Configuration.CONTROL_STREAM_ID_DEFAULT)
            .maxConcurrentReplays(FOLLOWERS_MAX)
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
            .connectTimeoutNs(openTimeoutNs)
            .authenticatorSupplier(() -> access)
            .authorisationServiceSupplier(() -> access)
            .errorCounter(newErrorCounter())
            .errorHandler(errorHandler);
    }

    private static EpochClock steadyClock(final NanoClock nanoClock)
    {
        final long startMs = System.currentTimeMillis();
        final long startNs = nanoClock.nanoTime();
        return () -> startMs + TimeUnit.NANOSECONDS.toMillis(nanoClock.nanoTime() - startNs);
    }

    private Counter newErrorCounter()
    {
        final byte[] label = ("archive errors: " + alias).getBytes(StandardCharsets.US_ASCII);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_LONG + label.length]);
        buffer.putLong(0, archiveId);
        buffer.putBytes(BitUtil.SIZE_OF_LONG, label);
        return aeron.addCounter(
            AeronCounters.ARCHIVE_ERROR_COUNT_TYPE_ID,
            buffer, 0, BitUtil.SIZE_OF_LONG,
            buffer, BitUtil.SIZE_OF_LONG, label.length);
    }
}
