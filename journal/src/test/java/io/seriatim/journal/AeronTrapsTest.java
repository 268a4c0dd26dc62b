package io.seriatim.journal;

import io.aeron.archive.Archive;
import io.aeron.driver.MediaDriver;
import org.agrona.concurrent.EpochClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 *   a whole last frame that crosses a page and ends in zeros is refusedshouldOpenAWholeLastFrameWhereverItEnds
 *   its verify tool then deletes that frame, or the whole recording,
 *   on a full disk or after an unclean start                      shouldNeverAskTheArchivesOwnToolToRepair
 *   a page lost in an older frame is accepted                     RecoveryTest.shouldRefuseAHole*
 *   stale frames come back when a hole is filled                  RecoveryTest.shouldNotBelieveStaleFramesThatComeBack
 *   its checksums crash the JVM in every start                    shouldNotUseTheArchivesChecksums
 *   a launch that failed leaves counters that refuse the next one shouldLaunchAgainAfterALaunchThatFailed
 *   padding that nothing follows is refused                       RecoveryTest.shouldCutPaddingThatNothingFollows
 *   a recording that stopped is back pressure for ever            ArchiveJournalTest.shouldStopForGoodWhen*
 *   a mark file on the full disk kills the archive's thread       shouldKeepMarkFilesOffTheDisk
 *   its low storage threshold refuses a restart                   shouldNotRefuseForTheArchivesOwnReserve
 *   a pause of ten seconds ends client and archive                shouldOutlastAPauseOfAMinute
 *   a dead invoker is silent, and a counter read through a closed client
 *   crashes the JVM                                               shouldStopWhenAeronHasClosed
 *   a jump of the machine's clock is taken for a dead driver      shouldGoByASteadyClock
 * </pre>
 */
class AeronTrapsTest
{
    private static final int PAGE_LENGTH = 4096;

    @TempDir
    private Path directory;

    @Test
    void shouldOpenAWholeLastFrameWhereverItEnds()
    {
        int straddlingCount = 0;
        for (int count = 1; count <= 20; count++)
        {
            final JournalConfig config = TestEngine.config(directory.resolve("books-" + count), Durability.OS);
            final long end;
            final long begin;
            try (TestEngine engine = new TestEngine(config))
            {
                engine.group(0, count);
                engine.awaitCommit();
                begin = engine.journal().committedPosition();
                engine.group(0, 1 + count % 25);
                engine.awaitCommit();
                end = engine.journal().committedPosition();
            }

            straddlingCount += begin / PAGE_LENGTH != (end - 1) / PAGE_LENGTH ? 1 : 0;
            try (TestEngine engine = new TestEngine(config))
            {
                assertEquals(end, engine.recovered.get(0).position(), "count=" + count);
                assertEquals(1 + count + 1 + count % 25, engine.recoveredCount(0), "count=" + count);
            }
        }

        assertTrue(straddlingCount > 3, "frames that cross a page: " + straddlingCount);
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

    @Test
    void shouldLaunchAgainAfterALaunchThatFailed() throws IOException
    {
        final Path obstacle = Files.createDirectories(directory.resolve("aeron")).resolve("journal-0");
        Files.createFile(obstacle);
        final JournalConfig config = config().aeronDirectory(directory.resolve("aeron"));
        for (int i = 0; i < 2; i++)
        {
            assertThrows(RuntimeException.class, () -> new TestEngine(config).close());
        }

        Files.deleteIfExists(obstacle);
        for (int i = 0; i < 2; i++)
        {
            try (TestEngine engine = new TestEngine(config))
            {
                engine.group(0, 1);
                engine.awaitCommit();
            }
        }
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

    /** {@code scripts/crash-test pause} stops a real process for that long. */
    @Test
    void shouldOutlastAPauseOfAMinute()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            final ArchiveHost host = hostOf(engine);
            final MediaDriver.Context driver = driverOf(engine);
            final long minuteNs = TimeUnit.MINUTES.toNanos(1);
            assertEquals(minuteNs, driver.clientLivenessTimeoutNs());
            assertEquals(TimeUnit.NANOSECONDS.toMillis(minuteNs), driver.driverTimeoutMs());
            assertTrue(driver.publicationUnblockTimeoutNs() > driver.clientLivenessTimeoutNs());
            assertEquals(TimeUnit.NANOSECONDS.toMillis(minuteNs), host.aeron().context().driverTimeoutMs());
            assertSame(host.aeron(), archiveOf(engine).aeron(), "the archive has no client of its own");
        }
    }

    @Test
    void shouldStopWhenAeronHasClosed()
    {
        try (TestEngine engine = new TestEngine(config()))
        {
            engine.group(0, 3);
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            hostOf(engine).aeron().close();
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
