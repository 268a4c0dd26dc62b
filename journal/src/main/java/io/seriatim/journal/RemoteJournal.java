package io.seriatim.journal;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.FragmentHandler;
import org.agrona.BitUtil;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A journal of an engine in another process, or on another machine, that lets followers read it: what is committed
 * there is sent here, from any position on and as it grows.
 * <p>
 * Shape: a media driver of its own, with one thread, and a connection to the other's archive.<br>
 * Threads: confined to one.
 */
public final class RemoteJournal implements AutoCloseable
{
    private static final int REPLAY_STREAM_ID = 30;
    private static final int CONTROL_STREAM_ID = AeronArchive.Configuration.CONTROL_STREAM_ID_DEFAULT;
    private static final int RESPONSE_STREAM_ID = AeronArchive.Configuration.CONTROL_RESPONSE_STREAM_ID_DEFAULT;
    private static final int FRAGMENTS_PER_POLL = 256;
    private static final long RECORDING_ID = 0;

    private final String place;
    private final String localHost;
    private final long timeoutNs;
    private final MediaDriver driver;
    private final Aeron aeron;
    private final AeronArchive archive;
    private long startPosition;
    private int termLength;
    private int segmentLength;
    private int mtu;
    private Subscription subscription;
    private Image image;
    private long position;
    private FrameHandler handler;
    private final FragmentHandler onFragment = (buffer, offset, length, header) ->
    {
        final long end = header.position();
        final long start = end - BitUtil.align(length + Frames.TRANSPORT_HEADER_LENGTH, Frames.ALIGNMENT);
        handler.onFrame(start, buffer, offset, length);
    };

    /**
     * Connect.
     *
     * @param replication    where the other engine lets followers in.
     * @param journalIndex   which of its journals.
     * @param localHost      address of this machine that the other one sends to.
     * @param dataDirectory  that the journal is copied to; the transport's memory has a name made of it.
     * @param timeoutNs      for each step.
     * @throws JournalException if it can not be reached, or the secret is another one.
     */
    public RemoteJournal(
        final Replication replication,
        final int journalIndex,
        final String localHost,
        final Path dataDirectory,
        final long timeoutNs)
    {
        place = replication.host() + ":" + (replication.port() + journalIndex);
        this.localHost = localHost;
        this.timeoutNs = timeoutNs;
        final Path aeronDirectory = AeronDirectories.ofFollower(dataDirectory, journalIndex);
        MediaDriver openedDriver = null;
        Aeron openedAeron = null;
        AeronArchive openedArchive = null;
        try
        {
            openedDriver = MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(aeronDirectory.toString())
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .termBufferSparseFile(true)
                .errorHandler((error) -> {}));
            openedAeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(aeronDirectory.toString())
                .errorHandler((error) -> {}));
            openedArchive = AeronArchive.connect(new AeronArchive.Context()
                .aeron(openedAeron)
                .ownsAeronClient(false)
                .messageTimeoutNs(timeoutNs)
                .credentialsSupplier(ReplicationAccess.ofFollower(replication.secret()))
                .controlRequestChannel(replication.channel(journalIndex))
                .controlRequestStreamId(CONTROL_STREAM_ID)
                .controlResponseChannel("aeron:udp?endpoint=" + localHost + ":0")
                .controlResponseStreamId(RESPONSE_STREAM_ID));
            final int count = openedArchive.listRecording(
                RECORDING_ID,
                (controlSessionId, correlationId, recordingId, startTimestamp, stopTimestamp, start, stopPosition,
                    initialTermId, segmentFileLength, termBufferLength, mtuLength, sessionId, streamId,
                    strippedChannel, originalChannel, sourceIdentity) ->
                {
                    startPosition = start;
                    termLength = termBufferLength;
                    segmentLength = segmentFileLength;
                    mtu = mtuLength;
                });
            if (count != 1)
            {
                throw new JournalException("there is no journal to follow: place=" + place);
            }

            driver = openedDriver;
            aeron = openedAeron;
            archive = openedArchive;
            openedDriver = null;
            openedAeron = null;
            openedArchive = null;
        }
        catch (final AeronException ex)
        {
            throw new JournalException(
                "the journal to follow can not be reached, or it knows another secret: place=" + place + ": " +
                firstPart(ex), ex);
        }
        finally
        {
            PosixFiles.closeQuietly(openedArchive);
            PosixFiles.closeQuietly(openedAeron);
            PosixFiles.closeQuietly(openedDriver);
        }
    }

    /** Without the state of the transport, which tells a user nothing. */
    private static String firstPart(final AeronException ex)
    {
        return ex.getMessage().replaceFirst("(?s) publication=.*", "");
    }

    /**
     * Length of its terms.
     *
     * @return a number of bytes.
     */
    public int termLength()
    {
        return termLength;
    }

    /**
     * Length of its segment files.
     *
     * @return a number of bytes.
     */
    public int segmentLength()
    {
        return segmentLength;
    }

    /**
     * Longest message with its transport header.
     *
     * @return a number of bytes.
     */
    public int mtu()
    {
        return mtu;
    }

    /**
     * Let frames be sent from a position on, and go on with those that are committed later.
     *
     * @param from where a frame begins, or will.
     * @throws JournalException if nothing comes in time, or the other has moved what lies there to its archive.
     */
    public void replay(final long from)
    {
        if (from < startPosition)
        {
            throw new JournalException(
                "the journal is sent from position " + startPosition + " on: its engine has moved what is older to " +
                "its archive: place=" + place + ", wanted from=" + from + "; begin with a copy of its data " +
                "directory, beside which that archive can be reached, and follow from there");
        }

        try
        {
            subscription = aeron.addSubscription("aeron:udp?endpoint=" + localHost + ":0", REPLAY_STREAM_ID);
            final long deadlineNs = System.nanoTime() + timeoutNs;
            String channel = subscription.tryResolveChannelEndpointPort();
            while (channel == null)
            {
                await(deadlineNs);
                channel = subscription.tryResolveChannelEndpointPort();
            }

            archive.startReplay(RECORDING_ID, from, AeronArchive.REPLAY_ALL_AND_FOLLOW, channel, REPLAY_STREAM_ID);
            while (subscription.imageCount() == 0)
            {
                await(deadlineNs);
            }

            image = subscription.imageAtIndex(0);
            position = from;
        }
        catch (final AeronException ex)
        {
            throw new JournalException(
                "the journal is not sent: place=" + place + ", position=" + from + ": " + ex.getMessage(), ex);
        }
    }

    private void await(final long deadlineNs)
    {
        final String error = archive.pollForErrorResponse();
        if (error != null || System.nanoTime() - deadlineNs > 0)
        {
            throw new JournalException(
                "the journal is not sent: place=" + place + ": " +
                (error == null ? "no answer in " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms" : error));
        }

        Thread.yield();
    }

    /**
     * Take frames that have come.
     *
     * @param frameHandler gets each with the position of its transport header, in order; padding is left out.
     * @return how many there were.
     * @throws JournalException if nothing will come any more: the engine has closed the journal, or can not be reached.
     */
    public int poll(final FrameHandler frameHandler)
    {
        handler = frameHandler;
        final int count = image.poll(onFragment, FRAGMENTS_PER_POLL);
        position = image.position();
        if (count == 0 && image.isClosed())
        {
            throw new JournalException("the journal is sent no more: place=" + place + ", position=" + position);
        }

        return count;
    }

    /**
     * How far the journal is committed there.
     *
     * @return a position.
     * @throws JournalException if the engine does not answer.
     */
    public long committedPosition()
    {
        try
        {
            final long recorded = archive.getRecordingPosition(RECORDING_ID);
            return recorded == AeronArchive.NULL_POSITION ? position : recorded;
        }
        catch (final AeronException ex)
        {
            throw new JournalException(
                "the engine that is followed does not answer: place=" + place + ": " + ex.getMessage(), ex);
        }
    }

    @Override
    public void close()
    {
        PosixFiles.closeQuietly(subscription);
        PosixFiles.closeQuietly(archive);
        PosixFiles.closeQuietly(aeron);
        PosixFiles.closeQuietly(driver);
    }
}
