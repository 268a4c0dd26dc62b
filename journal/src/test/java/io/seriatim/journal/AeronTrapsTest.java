package io.seriatim.journal;

import io.aeron.archive.Archive;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.archive.codecs.RecordingDescriptorDecoder;
import io.aeron.driver.MediaDriver;
import io.seriatim.codecs.GenesisEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is known to go wrong with Aeron Archive 1.51.0 left to itself, and that it can not go wrong here.
 * <pre>
 *   a whole last frame that crosses a page and holds an empty one is
 *   refused, if the recording was not stopped                     shouldOpenAWholeLastFrameWhereverItEnds
 *   its verify tool then deletes that frame, or the whole recording,
 *   on a full disk or after an unclean start                      shouldNeverAskTheArchivesOwnToolToRepair
 *   a page lost in an older frame is accepted                     RecoveryTest.shouldRefuseAHole*
 *   stale frames come back when a hole is filled                  RecoveryTest.should*StaleFrames*
 *   its checksums crash the JVM in every start                    shouldNotUseTheArchivesChecksums
 *   a launch that failed leaves counters that refuse the next one shouldLaunchAgainAfterALaunchThatFailed*
 *   one that was killed leaves files that look alive              shouldLaunchBesideWhatAKilledLaunchHasLeft
 *   padding that nothing follows is refused                       shouldCutPaddingThatNothingFollows
 *   a recording that stopped is back pressure for ever            ArchiveJournalTest.shouldStopForGoodWhen*
 *   a segment file deleted under it is not noticed                shouldStopWhenTheSegmentBeingRecordedIs*,
 *                                                                 shouldNotCallACloseClean*
 *   a mark file on the full disk kills the archive's thread       shouldKeepMarkFilesOffTheDisk
 *   its low storage threshold refuses a restart                   shouldNotRefuseForTheArchivesOwnReserve
 *   a pause of ten seconds ends client and archive                shouldOutlastAPauseOfAMinute
 *   a dead invoker is silent, and a counter read through a closed client
 *   crashes the JVM                                               shouldStopWhenAnyPartOfAeronHasClosed
 *   a jump of the machine's clock is taken for a dead driver      shouldGoByASteadyClock
 * </pre>
 */
class AeronTrapsTest
{
    private static final int SEGMENT_LENGTH = 128 * 1024;

    /** Positions of the longest frame, and of the shortest one that has an entry. */
    private static final int SPAN_MAX = 16 * 1024;
    private static final int SPAN_MIN = 160;

    @TempDir
    private Path directory;

    /**
     * After a kill the catalog has no stop position, so that the archive would look for it: a last frame whose bytes in
     * some later page are all zero it takes for torn. The ends are those of a page, a term and a segment, one step
     * before them and one behind; the frames are the shortest, and some that hold a whole page of zeros.
     */
    @ParameterizedTest
    @CsvSource({
        "160, 8192, false", "160, 8224, false",
        "9216, 20480, true", "9216, 20512, true", "9216, 24544, true", "16384, 40960, true",
        "160, 131072, false", "9216, 131040, true", "160, 131232, false", "9216, 140288, true"})
    void shouldOpenAWholeLastFrameWhereverItEnds(final int length, final long end, final boolean isTakenForTorn)
    {
        final JournalConfig config = config();
        try (TestEngine engine = new TestEngine(config))
        {
            final long begin = end - length;
            fill(engine, Math.min(begin, SEGMENT_LENGTH));
            fill(engine, begin);
            frame(engine, length);
            assertEquals(end, engine.journal().committedPosition());
        }

        forgetStopPosition(config);
        assertEquals(isTakenForTorn, isRefusedByTheArchiveAlone(config));
        forgetStopPosition(config);
        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(RecoveredJournal.Verdict.CLEAN_END, engine.recovered.get(0).verdict());
            assertEquals(end, engine.recovered.get(0).position());
            engine.group(0, 3);
            engine.awaitCommit();
        }
    }

    /** Append frames up to a position, which is not nearer than the shortest one is long. */
    private static void fill(final TestEngine engine, final long end)
    {
        while (engine.writer().position() < end)
        {
            final long room = end - engine.writer().position();
            frame(engine, (int) (room <= SPAN_MAX ? room : Math.min(SPAN_MAX, room - SPAN_MIN)));
        }
    }

    /** Append one frame of so many positions, whose entry is nearly all zeros. */
    private static void frame(final TestEngine engine, final int span)
    {
        final FrameWriter writer = engine.writer();
        final long end = engine.journal().appendedPosition() + span;
        final UnsafeBuffer entry =
            new UnsafeBuffer(new byte[span - Frames.TRANSPORT_HEADER_LENGTH - Frames.OVERHEAD]);
        final GenesisEntryEncoder genesis = new GenesisEntryEncoder();
        genesis.wrapAndApplyHeader(entry, 0, new MessageHeaderEncoder()).sequence(writer.nextSequence());
        genesis.placementCount(0);
        final int originLength = entry.capacity() - MessageHeaderEncoder.ENCODED_LENGTH - genesis.encodedLength() -
            GenesisEntryEncoder.originHeaderLength();
        genesis.putOrigin(new byte[originLength], 0, originLength);
        writer.appendEntry(entry, 0, entry.capacity());
        writer.endGroup();
        assertEquals(end, writer.flush());
        engine.awaitCommit();
    }

    @Test
    void shouldCutPaddingThatNothingFollows()
    {
        final JournalConfig config = config();
        final long end;
        try (TestEngine engine = new TestEngine(config))
        {
            engine.group(0, 3);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
        }

        pad(config, end);
        forgetStopPosition(config);
        assertTrue(isRefusedByTheArchiveAlone(config));
        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(end, engine.recovered.get(0).position());
            assertEquals(4, engine.recoveredCount(0));
            engine.group(0, 1);
            engine.awaitCommit();
        }
    }

    /** Write the padding of the rest of a term. */
    private static void pad(final JournalConfig config, final long position)
    {
        final RecordingLayout layout = layout(config);
        final ByteBuffer padding = ByteBuffer.allocate(Frames.TRANSPORT_HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0, layout.termLength() - layout.termOffset(position)).put(5, (byte) 0xC0)
            .putInt(8, layout.termOffset(position)).putInt(12, 1).putInt(16, layout.streamId())
            .putInt(20, layout.termId(position));
        write(layout.segmentFile(0), padding, position);
    }

    private static void write(final Path file, final ByteBuffer bytes, final long offset)
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, bytes, offset);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** What the archive makes of the recording without our recovery; it writes a stop position if it accepts it. */
    private boolean isRefusedByTheArchiveAlone(final JournalConfig config)
    {
        try (ArchiveHost host = host(config, directory.resolve("alone")))
        {
            host.launch(Durability.OS);
            return false;
        }
        catch (final ArchiveException ex)
        {
            assertTrue(ex.getMessage().contains("straddling page boundary"), ex.getMessage());
            return true;
        }
    }

    /** As a kill leaves it: the archive writes the stop position when a recording ends. */
    private static void forgetStopPosition(final JournalConfig config)
    {
        final RecordingLayout layout = layout(config);
        final long offset = new CatalogFile(layout).check(0) +
            RecordingDescriptorDecoder.stopPositionEncodingOffset();
        write(
            layout.directory().resolve(CatalogFile.FILE_NAME),
            ByteBuffer.allocate(Long.BYTES).putLong(0, AeronArchive.NULL_POSITION),
            offset);
    }

    @Test
    void shouldNeverAskTheArchivesOwnToolToRepair() throws Exception
    {
        final Path classes = Path.of(ArchiveHost.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(classes))
        {
            final List<Path> found = files.filter(file -> file.toString().endsWith(".class")).toList();
            assertTrue(found.size() > 40, "classes looked at: " + found.size());
            for (final Path file : found)
            {
                try (InputStream stream = Files.newInputStream(file))
                {
                    assertFalse(
                        new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1).contains("ArchiveTool"),
                        file.toString());
                }
            }
        }
    }

    @Test
    void shouldNotUseTheArchivesChecksums()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            assertNull(archiveOf(engine).recordChecksum());
            assertNull(archiveOf(engine).replayChecksum());
        }

        System.setProperty("aeron.archive.record.checksum", "io.aeron.archive.checksum.Crc32c");
        try
        {
            final JournalException refused = assertThrows(JournalException.class, () -> new TestEngine(config()));
            assertTrue(refused.getMessage().contains("aeron.archive.record.checksum"), refused.getMessage());
        }
        finally
        {
            System.clearProperty("aeron.archive.record.checksum");
        }
    }

    /** The driver, its client and the counters are there when the archive refuses its catalog. */
    @Test
    void shouldLaunchAgainAfterALaunchThatFailedInTheArchive()
    {
        final JournalConfig config = config().aeronDirectory(directory.resolve("aeron"));
        final long end = group(config).position();
        config.platform(new FailingPlatform(
            (host) ->
            {
                pad(config, end);
                forgetStopPosition(config);
                host.launch(Durability.OS);
            }));
        for (int i = 0; i < 2; i++)
        {
            final JournalException failed = assertThrows(JournalException.class, () -> new TestEngine(config));
            assertTrue(failed.getMessage().contains("straddling page boundary"), failed.getMessage());
        }

        assertEquals(5, group(config.platform(Platform.REAL)).nextSequence(0));
        assertEquals(7, group(config).nextSequence(0));
    }

    /** The archive is there too, with its counters and its mark file. */
    @Test
    void shouldLaunchAgainAfterALaunchThatFailedBehindTheArchive()
    {
        final JournalConfig config = config().aeronDirectory(directory.resolve("aeron"));
        group(config);
        final List<ArchiveHost> hosts = new ArrayList<>();
        config.platform(new FailingPlatform(
            (host) ->
            {
                host.launch(Durability.OS);
                hosts.add(host);
                throw new ArchiveException("not now");
            }));
        for (int i = 0; i < 2; i++)
        {
            final JournalException failed = assertThrows(JournalException.class, () -> new TestEngine(config));
            assertTrue(failed.getMessage().contains("not now"), failed.getMessage());
            assertFalse(hosts.get(i).isAlive());
            assertTrue(hosts.get(i).aeron().isClosed());
            assertFalse(Files.exists(Path.of(hosts.get(i).driver().aeronDirectoryName())));
        }

        assertEquals(5, group(config.platform(Platform.REAL)).nextSequence(0));
        assertEquals(7, group(config).nextSequence(0));
    }

    /** Files of a driver and of an archive are there, with signs of life of just now, and nobody lives. */
    @Test
    void shouldLaunchBesideWhatAKilledLaunchHasLeft() throws IOException
    {
        final JournalConfig config = config().aeronDirectory(directory.resolve("aeron"));
        group(config);
        final Path left = directory.resolve("left");
        final Path[] place = new Path[1];
        config.platform(new FailingPlatform(
            (host) ->
            {
                host.launch(Durability.OS);
                place[0] = Path.of(host.driver().aeronDirectoryName());
                copyTree(place[0], left);
                throw new ArchiveException("killed");
            }));
        assertThrows(JournalException.class, () -> new TestEngine(config));
        assertFalse(Files.exists(place[0]));
        PosixFiles.ensurePrivateDirectory(place[0].getParent());
        copyTree(left, place[0]);
        assertTrue(Files.exists(place[0].resolve("archive-mark.dat")));
        assertTrue(Files.exists(place[0].resolve("cnc.dat")));
        assertEquals(5, group(config.platform(Platform.REAL)).nextSequence(0));
        assertEquals(7, group(config).nextSequence(0));
    }

    private static void copyTree(final Path from, final Path to)
    {
        try
        {
            RecoveryTest.copyTree(from, to);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Launch, add two entries, end without a clean close, and say what there is now. */
    private static RecoveredJournal group(final JournalConfig config)
    {
        try (TestEngine engine = new TestEngine(config))
        {
            engine.group(0, 2);
            engine.awaitCommit();
        }

        return JournalFiles.open(config.dataDirectory()).scan(0, ScanStart.BEGINNING, (position, b, o, l) -> {});
    }

    @Test
    void shouldKeepMarkFilesOffTheDisk()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            final Archive.Context context = archiveOf(engine);
            final Path transport = Path.of(driverOf(engine).aeronDirectoryName());
            assertEquals(transport, context.markFileDir().toPath());
            assertTrue(Files.exists(transport.resolve("archive-mark.dat")));
            assertFalse(Files.exists(context.archiveDir().toPath().resolve("archive-mark.dat")));
        }
    }

    @Test
    void shouldNotRefuseForTheArchivesOwnReserve()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            assertEquals(0, archiveOf(engine).lowStorageSpaceThreshold());
        }
    }

    /** All of Aeron's clocks jump by a minute, less a second; {@code scripts/crash-test pause} stops a real process. */
    @Test
    void shouldOutlastAPauseOfAMinute()
    {
        final AtomicLong pauseNs = new AtomicLong();
        final JournalConfig config = config().platform(new PausingPlatform(pauseNs));
        final long committed;
        try (TestEngine engine = new TestEngine(config))
        {
            for (int i = 0; i < 3; i++)
            {
                engine.group(0, 1);
                engine.awaitCommit();
                engine.group(0, 1);
                pauseNs.addAndGet(TimeUnit.SECONDS.toNanos(59));
                engine.awaitCommit();
            }

            assertEquals(7, engine.writer().nextSequence());
            committed = engine.journal().committedPosition();

            // With one that is longer the time-outs are really met: Aeron ends, and so does the journal.
            pauseNs.addAndGet(TimeUnit.SECONDS.toNanos(61));
            engine.step();
            assertNotNull(engine.journal().failure());
            assertEquals(committed, engine.journal().committedPosition());
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(committed, engine.recovered.get(0).position());
            engine.group(0, 1);
            engine.awaitCommit();
        }
    }

    @Test
    void shouldGiveTheArchiveNoClientOfItsOwn()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            assertSame(hostOf(engine).aeron(), archiveOf(engine).aeron());
            assertTrue(driverOf(engine).publicationUnblockTimeoutNs() > driverOf(engine).clientLivenessTimeoutNs());
        }
    }

    /** A part of Aeron. */
    private enum Part
    {
        CLIENT, CONDUCTOR, DRIVER, ARCHIVE
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void shouldStopWhenAnyPartOfAeronHasClosed(final Part part)
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            engine.group(0, 3);
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            final ArchiveHost host = hostOf(engine);
            switch (part)
            {
                case CLIENT -> host.aeron().close();
                case CONDUCTOR -> host.aeron().conductorAgentInvoker().close();
                case DRIVER -> host.driver().sharedAgentInvoker().close();
                default -> host.archive().invoker().close();
            }

            assertFalse(host.isAlive());
            assertEquals("Aeron has stopped", host.pollError());
            engine.step();
            assertNotNull(engine.journal().failure());
            assertEquals(committed, engine.journal().committedPosition());
            for (int i = 0; i < 100; i++)
            {
                engine.step();
            }

            assertThrows(JournalException.class, () -> engine.group(0, 1));
        }

        try (TestEngine engine = new TestEngine(config()))
        {
            assertEquals(4, engine.recoveredCount(0));
        }
    }

    /** An answer that nobody waits for is read between the turns. */
    @Test
    void shouldStopWhenTheArchiveReportsAnError()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            engine.group(0, 3);
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            final ArchiveHost host = hostOf(engine);
            assertTrue(host.client().archiveProxy().truncateRecording(
                77, 0, host.aeron().nextCorrelationId(), host.client().controlSessionId()));
            for (int i = 0; i < 200; i++)
            {
                engine.step();
            }

            final String reason = engine.journal().failure().getMessage();
            assertTrue(reason.startsWith("the archive reports: "), reason);
            assertTrue(reason.contains("unknown recording id: 77"), reason);
            assertTrue(
                reason.endsWith(", appended=" + committed + ", committed=" + committed + ", directory=" +
                directory.resolve("books/journal-0")), reason);
            assertThrows(JournalException.class, () -> engine.group(0, 1));
        }

        try (TestEngine engine = new TestEngine(config()))
        {
            assertEquals(4, engine.recoveredCount(0));
        }
    }

    /** What the archive would append to has to be what was recovered. */
    @Test
    void shouldNotRecordBehindAnotherEndThanTheJournals()
    {
        final JournalConfig config = config();
        final long end = group(config).position();
        group(config);
        final long later = JournalFiles.open(config.dataDirectory()).inspect(0).goodPosition();
        assertTrue(later > end);
        try (ArchiveHost host = host(config, directory.resolve("alone")))
        {
            host.launch(Durability.OS);
            assertEquals(
                "the archive ends its recording elsewhere than the journal: archive=" + later + ", journal=" + end +
                ", recording=0; nothing was written",
                assertThrows(JournalException.class, () -> host.record(false, end, 9)).getMessage());
        }

        assertEquals(7, group(config).nextSequence(0));
    }

    /** The archive writes on to a file without a name, and says that all of it is recorded. */
    @Test
    void shouldStopWhenTheSegmentBeingRecordedIsDeleted() throws IOException
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            fill(engine, SEGMENT_LENGTH);
            engine.group(0, 1);
            engine.awaitCommit();
            watchdog.checkSegments();
            assertNull(engine.journal().failure());
            Files.delete(layout(config()).segmentFile(SEGMENT_LENGTH));
            engine.group(0, 1);
            engine.awaitCommit();
            watchdog.checkSegments();
            assertStopped(engine, "deleted: file=" + layout(config()).segmentFile(SEGMENT_LENGTH));
        }
    }

    @Test
    void shouldStopWhenTheSegmentBeingRecordedIsReplaced() throws IOException
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            engine.group(0, 1);
            engine.awaitCommit();
            watchdog.checkSegments();
            final Path segment = layout(config()).segmentFile(0);
            final Path other = directory.resolve("other");
            Files.copy(segment, other);
            watchdog.checkSegments();
            assertNull(engine.journal().failure());
            Files.move(other, segment, StandardCopyOption.REPLACE_EXISTING);
            watchdog.checkSegments();
            assertStopped(engine, "replaced: file=" + segment);
        }
    }

    private static void assertStopped(final TestEngine engine, final String reason)
    {
        assertNotNull(engine.journal().failure());
        assertTrue(engine.journal().failure().getMessage().contains(reason), engine.journal().failure().getMessage());
        assertThrows(JournalException.class, () -> engine.group(0, 1));
        final long committed = engine.journal().committedPosition();
        engine.step();
        assertEquals(committed, engine.journal().committedPosition());
    }

    /** Another segment than the one being recorded is missed at the next launch at the latest. */
    @Test
    void shouldRefuseALaunchWithoutASegmentThatWasDeletedUnderIt() throws IOException
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            fill(engine, SEGMENT_LENGTH);
            fill(engine, 2 * SEGMENT_LENGTH);
            engine.group(0, 1);
            engine.awaitCommit();
            Files.delete(layout(config()).segmentFile(SEGMENT_LENGTH));
            engine.group(0, 1);
            engine.awaitCommit();
        }

        final JournalException refused = assertThrows(JournalException.class, () -> new TestEngine(config()));
        assertTrue(refused.getMessage().contains("stopped at position=" + SEGMENT_LENGTH), refused.getMessage());
    }

    @ParameterizedTest
    @EnumSource(value = Durability.class, names = {"FSYNC", "OS"})
    void shouldNotCallACloseCleanWhoseSegmentWasDeleted(final Durability durability) throws IOException
    {
        final JournalConfig config = TestEngine.config(directory.resolve("books"), durability);
        try (TestEngine engine = new TestEngine(config))
        {
            fill(engine, SEGMENT_LENGTH);
            engine.group(0, 1);
            engine.awaitCommit();
            Files.delete(layout(config).segmentFile(SEGMENT_LENGTH));
            assertThrows(AssertionError.class, engine::closeCleanly);
            final JournalException failure = engine.journal().failure();
            assertTrue(failure.getMessage().contains("can not force the journal"), failure.getMessage());
        }

        assertTrue(Manifest.read(config.dataDirectory().resolve("journal-0")).closeMarks().isEmpty());
    }

    /** {@code scripts/crash-test clock} lets the clock of a real process jump. */
    @Test
    void shouldGoByASteadyClock()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            final EpochClock clock = driverOf(engine).epochClock();
            assertSame(clock, hostOf(engine).aeron().context().epochClock());
            assertSame(clock, archiveOf(engine).epochClock());
            assertTrue(Math.abs(clock.time() - System.currentTimeMillis()) < 60_000);
            assertFalse(clock.getClass().getName().startsWith("org.agrona"), clock.getClass().getName());
        }
    }

    /** A launch of it goes as the test says, and then does not record. */
    private record FailingPlatform(Consumer<ArchiveHost> launch) implements Platform
    {
        @Override
        public RecordingHost newHost(
            final RecordingLayout layout,
            final String alias,
            final int journalIndex,
            final Path aeronDirectory,
            final long openTimeoutNs,
            final Replication replication)
        {
            final ArchiveHost host =
                new ArchiveHost(layout, alias, journalIndex, aeronDirectory, openTimeoutNs, replication);
            return (RecordingHost) Proxy.newProxyInstance(
                RecordingHost.class.getClassLoader(),
                new Class<?>[] {RecordingHost.class},
                (proxy, method, arguments) ->
                {
                    if ("launch".equals(method.getName()))
                    {
                        launch.accept(host);
                        return null;
                    }

                    return method.invoke(host, arguments);
                });
        }
    }

    /** All clocks of its Aeron go ahead by what the test says. */
    private record PausingPlatform(AtomicLong pauseNs) implements Platform
    {
        @Override
        public RecordingHost newHost(
            final RecordingLayout layout,
            final String alias,
            final int journalIndex,
            final Path aeronDirectory,
            final long openTimeoutNs,
            final Replication replication)
        {
            return new ArchiveHost(
                layout, alias, journalIndex, aeronDirectory, openTimeoutNs, replication,
                () -> System.nanoTime() + pauseNs.get());
        }
    }

    private static RecordingLayout layout(final JournalConfig config)
    {
        final Path home = JournalHome.directoryOf(config.dataDirectory(), 0);
        return RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
    }

    private static ArchiveHost host(final JournalConfig config, final Path aeronDirectory)
    {
        return new ArchiveHost(layout(config), "alone", 0, aeronDirectory, config.openTimeoutNs(), null);
    }

    private JournalConfig config()
    {
        return TestEngine.config(directory.resolve("books"), Durability.OS);
    }

    private static ArchiveHost hostOf(final TestEngine engine)
    {
        return (ArchiveHost) engine.journal().host();
    }

    private static Archive.Context archiveOf(final TestEngine engine)
    {
        return hostOf(engine).archive().context();
    }

    private static MediaDriver.Context driverOf(final TestEngine engine)
    {
        return hostOf(engine).driver().context();
    }
}
