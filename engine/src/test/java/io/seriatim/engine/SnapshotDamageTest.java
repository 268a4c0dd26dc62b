package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.SegmentReader;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import io.seriatim.journal.SnapshotWriter;
import org.agrona.CloseHelper;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nothing is believed of a snapshot that is damaged, half there or of something else; and one that is whole and says
 * otherwise than the journal stops the launch.
 */
class SnapshotDamageTest extends SnapshotFixture
{
    private static final int OTHER_LEDGER = 978;

    /** Each damage is told of in the log. */
    private final Logger log = Logger.getLogger(SnapshotRecovery.class.getName());

    private Path books;
    private String digest;

    @BeforeEach
    void setUp()
    {
        log.setLevel(Level.OFF);
        books = directory.resolve("books");
    }

    @AfterEach
    void tearDown()
    {
        log.setLevel(null);
    }

    private void makeBooks(final EngineConfig config)
    {
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            createAccounts(engine);
            transfer(engine, 200);
            engine.snapshot();
            transfer(engine, BATCH);
            engine.snapshot();
            transfer(engine, BATCH);
            digest = digest(engine);
        }
    }

    private ShardSnapshots snapshots(final int shard)
    {
        return new ShardSnapshots(books, shard);
    }

    private Path older()
    {
        return snapshots(0).states().firstEntry().getValue();
    }

    /** Where a scan would begin. */
    private long startPosition()
    {
        final Path journal = books.resolve("journal-0");
        try (SegmentReader reader = new SegmentReader(journal))
        {
            final SnapshotRecovery recovery = new SnapshotRecovery(books, Manifest.read(journal), () -> Map.of(
                0, new ShardRecovery(0, config(), reader, reader.frameLengthMax(), genesis -> { })));
            final long position = recovery.load().position();
            CloseHelper.closeAll(recovery.recoveries().values());
            return position;
        }
    }

    @Test
    void shouldFallBackWhateverByteIsWrongAndWhereverAFileIsCut() throws IOException
    {
        makeBooks(config());
        final long newest = snapshots(0).states().lastKey();
        final long older = snapshots(0).states().firstKey();
        assertEquals(newest, startPosition());
        int count = 0;
        for (final Path file : List.of(newest(".snap"), newest(".run")))
        {
            final byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < good.length; i++)
            {
                final byte[] bad = good.clone();
                bad[i] ^= (byte)(1 << i % Byte.SIZE);
                Files.write(file, bad);
                assertEquals(older, startPosition(), "byte " + i + " of " + file);
                Files.write(file, Arrays.copyOf(good, i));
                assertEquals(older, startPosition(), "length " + i + " of " + file);
                count += 2;
            }
            Files.write(file, good);
        }
        assertEquals(newest, startPosition());
        System.out.println("snapshots damaged: " + count + " ways, none believed");
    }

    /** The order in which the files of a snapshot come: each place between two of them is one where a crash may be. */
    @Test
    void shouldRecoverFromACrashAtEachStepOfASnapshot() throws IOException
    {
        final EngineConfig config = config().shardCount(2).journalCount(1).place(LEDGER, 0).place(OTHER_LEDGER, 1);
        makeBooks(config);
        final List<Path> steps = new ArrayList<>();
        for (int shard = 0; shard < 2; shard++)
        {
            final ShardSnapshots own = snapshots(shard);
            final ShardSnapshots.Run run = own.runsTo(own.states().lastKey()).get(1);
            steps.add(own.runFile(run.from(), run.to()));
            steps.add(own.states().lastEntry().getValue());
        }
        final Path whole = directory.resolve("whole");
        TestDirectories.copy(books, whole);
        for (int done = 0; done <= steps.size(); done++)
        {
            TestDirectories.delete(books);
            TestDirectories.copy(whole, books);
            for (int i = done; i < steps.size(); i++)
            {
                final Path file = steps.get(i);
                Files.move(file, file.resolveSibling(file.getFileName() + ".tmp"));
            }
            final String place = "step " + done;
            for (int launch = 0; launch < 2; launch++)
            {
                try (LedgerEngine engine = LedgerEngine.launch(config))
                {
                    assertTrue(hasStartedFromSnapshot(engine), place);
                    assertEquals(digest, digest(engine), place);
                    assertEquals(0, files(".tmp").size(), place);
                    assertEquals(0, files(".damaged").size(), place);
                    engine.snapshot();
                    assertEquals(2, snapshots(0).states().size(), place);
                    assertEquals(snapshots(0).states().keySet(), snapshots(1).states().keySet(), place);
                }
            }
        }
    }

    @Test
    void shouldNotBelieveWhatIsOfAnotherShardLogPlaceOrFormat() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final Path run = newest(".run");
        final long older = snapshots(0).states().firstKey();
        for (final Path file : List.of(state, run))
        {
            final SnapshotHeader own = headerOf(file);
            for (final SnapshotHeader other : List.of(
                new SnapshotHeader(own.kind(), own.logUuid(), 1, own.from(), own.position(), own.nextSequence(),
                    own.previousCrc()),
                new SnapshotHeader(own.kind(), new UUID(1, 2), 0, own.from(), own.position(), own.nextSequence(),
                    own.previousCrc()),
                new SnapshotHeader(own.kind(), own.logUuid(), 0, own.from() + 32, own.position(),
                    own.nextSequence(), own.previousCrc()),
                new SnapshotHeader(own.kind(), own.logUuid(), 0, own.from(), own.position() - 32,
                    own.nextSequence(), own.previousCrc()),
                new SnapshotHeader(SnapshotHeader.Kind.READ_MODEL, own.logUuid(), 0, own.from(), own.position(),
                    own.nextSequence(), own.previousCrc())))
            {
                final byte[] good = Files.readAllBytes(file);
                rewrite(file, other, 0);
                assertEquals(older, startPosition(), () -> file + " as " + other);
                Files.write(file, good);
            }
        }
        final byte[] bytes = Files.readAllBytes(state);
        bytes[8] = 2;
        Files.write(state, bytes);
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().stream().anyMatch(
                    line -> line.contains("this version reads snapshots of format 1; found format 2")),
                engine.launchReport()::toString);
            assertBooks(engine, digest);
        }
    }

    /** The newest is not gone on from, as its digest is not that of its rows; the journal says who is right. */
    @Test
    void shouldRefuseAJournalThatASnapshotOnTheWayDisagreesWith() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final byte[] good = Files.readAllBytes(state);
        rewrite(state, headerOf(state), 1);
        for (int i = 0; i < 2; i++)
        {
            final JournalException refusal =
                assertThrows(JournalException.class, () -> LedgerEngine.launch(config()));
            assertTrue(refusal.getMessage().contains("the state differs from a snapshot of it"), refusal::toString);
            assertTrue(refusal.getMessage().contains(state.toString()), refusal::toString);
            assertTrue(Files.exists(state), "a refused launch changes nothing");
        }
        Files.write(state, good);
        Files.delete(newest(".run"));
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().contains("started from the snapshot at position " + number(older()) +
                ", next sequences {0=203}"), engine.launchReport()::toString);
            assertBooks(engine, digest);
        }
    }

    /** What it says of the frame before does not fit the frame behind it: one of the two is of another history. */
    @Test
    void shouldRefuseAJournalThatDoesNotGoOnFromTheSnapshot() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final SnapshotHeader own = headerOf(state);
        rewrite(state, new SnapshotHeader(
            own.kind(), own.logUuid(), 0, 0, own.position(), own.nextSequence(), own.previousCrc() + 1), 0);
        assertEquals(own.position(), startPosition());
        final JournalException refusal = assertThrows(JournalException.class, () -> LedgerEngine.launch(config()));
        assertTrue(refusal.getMessage().contains("is refused"), refusal::toString);
        assertFalse(files(".snap").isEmpty());
    }

    private static SnapshotHeader headerOf(final Path file)
    {
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            return reader.header();
        }
    }

    /** The same content with valid checksums, another header and perhaps another digest. */
    private static void rewrite(final Path file, final SnapshotHeader header, final int digestChange)
        throws IOException
    {
        final Path old = file.resolveSibling("old");
        Files.move(file, old);
        try (SnapshotReader reader = new SnapshotReader(old);
            SnapshotWriter writer = new SnapshotWriter(file, header))
        {
            final ExpandableArrayBuffer block = new ExpandableArrayBuffer();
            final byte[] digest = reader.read((type, buffer, offset, length) ->
            {
                block.putBytes(0, buffer, offset, length);
                write(writer, type, block, length);
            });
            digest[0] += (byte)digestChange;
            writer.end(digest);
            writer.publish();
        }
        Files.delete(old);
    }

    private static void write(
        final SnapshotWriter writer, final int type, final ExpandableArrayBuffer block, final int length)
    {
        try
        {
            writer.write(type, block, 0, length);
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }
}
