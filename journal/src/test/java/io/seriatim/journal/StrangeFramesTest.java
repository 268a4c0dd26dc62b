package io.seriatim.journal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Frames that are valid in themselves and have no business where they are, and what is made of them. */
class StrangeFramesTest
{
    private static final int TERM_LENGTH = 64 * 1024;

    @TempDir
    private Path directory;
    private JournalConfig config;
    private long end;
    private final TestEntries entries = new TestEntries();

    @BeforeEach
    void prepare()
    {
        config = new SimDisk(new SplittableRandom(1)).install(new JournalConfig()
            .dataDirectory(directory.resolve("books")).durability(Durability.OS).termLength(TERM_LENGTH)
            .segmentLength(2 * TERM_LENGTH).mtu(2048));
    }

    /** Good frames of two shards, then whatever is written by the strange ones; and how a launch would judge. */
    private JournalInspection inspect(final Consumer<TestEngine> strange)
    {
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            engine.group(0, 3);
            engine.group(1, 2);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
            strange.accept(engine);
            engine.awaitCommit();
        }

        return JournalFiles.open(config.dataDirectory()).inspect(0);
    }

    private FrameWriter writer(final TestEngine engine, final int shard, final long nextSequence, final int previousCrc)
    {
        return new FrameWriter(engine.journal(), shard, engine.journal().incarnation(), nextSequence, previousCrc);
    }

    private void append(final FrameWriter writer, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
        }
    }

    private void group(final FrameWriter writer, final int count)
    {
        append(writer, count);
        writer.endGroup();
        writer.flush();
    }

    private void assertStopsAtEnd(final JournalInspection inspection, final String reason)
    {
        assertEquals(end, inspection.goodPosition());
        assertEquals(end, inspection.stopPosition());
        assertTrue(inspection.stopReason().startsWith(reason), inspection.stopReason());
        assertTrue(inspection.refusal().contains(reason), inspection.refusal());
    }

    @Test
    void shouldNotTakeAFrameOfAnotherJournalsShard()
    {
        final JournalInspection inspection = inspect((engine) -> group(writer(engine, 2, 0, 0), 1));
        assertStopsAtEnd(inspection, "frame is of a shard that this journal does not carry: shard=2, carried=[0, 1]");
        assertEquals(1, inspection.laterFrameCount());
        assertEquals(-1, inspection.scan().nextSequence(2));
        assertEquals(-1, inspection.scan().nextSequence(0xFFFF));
        assertEquals(4, inspection.scan().nextSequence(0));
        assertEquals(3, inspection.scan().nextSequence(1));
    }

    @Test
    void shouldKnowNothingOfAShardThatAnotherJournalCarries()
    {
        try (TestEngine engine = new TestEngine(config, 3, 2))
        {
            engine.group(2, 3);
            engine.group(1, 1);
            engine.awaitCommit();
        }

        final JournalFiles files = JournalFiles.open(config.dataDirectory());
        assertEquals(1, files.inspect(0).scan().nextSequence(0));
        assertEquals(-1, files.inspect(0).scan().nextSequence(1));
        assertEquals(4, files.inspect(0).scan().nextSequence(2));
        assertEquals(2, files.inspect(1).scan().nextSequence(1));
    }

    @Test
    void shouldNotTakeAFrameThatLeavesEntriesOut()
    {
        assertStopsAtEnd(
            inspect((engine) -> group(writer(engine, 0, 9, engine.writers.get(0).previousCrc()), 1)),
            "sequence differs: shard=0, expected=4, actual=9");
    }

    @Test
    void shouldNotTakeAFrameThatIsNotLinked()
    {
        assertStopsAtEnd(
            inspect((engine) -> group(writer(engine, 0, 4, engine.writers.get(0).previousCrc() ^ 1), 1)),
            "frame is not linked to the one before: shard=0, sequence=4");
    }

    @Test
    void shouldNotTakeAnythingBehindACloseOrASecondOpening()
    {
        assertStopsAtEnd(
            inspect((engine) -> engine.writers.get(1).mark(Frames.OPEN)),
            "frame is out of place: shard=1, incarnation=1, flags=0x");
    }

    @Test
    void shouldNotTakeAnythingBehindAClose()
    {
        final JournalInspection inspection = inspect((engine) ->
        {
            end = engine.writers.get(1).mark(Frames.CLOSE);
            engine.group(1, 1);
        });
        assertStopsAtEnd(inspection, "frame is out of place: shard=1, incarnation=1");
        assertTrue(inspection.stopReason().endsWith("the shard was closed before"), inspection.stopReason());
    }

    @Test
    void shouldNotTakeAGroupThatAnotherShardInterrupts()
    {
        final long[] stop = new long[1];
        final JournalInspection inspection = inspect((engine) ->
        {
            // More than a frame holds, and the group goes on.
            append(engine.writers.get(0), 14);
            stop[0] = engine.journal().appendedPosition();
            group(writer(engine, 1, 3, engine.writers.get(1).previousCrc()), 1);
            engine.writers.get(0).endGroup();
        });
        assertEquals(end, inspection.goodPosition(), "nothing of the group counts");
        assertEquals(stop[0], inspection.stopPosition());
        assertTrue(
            inspection.stopReason().startsWith("group is interrupted by another shard: expected=0, actual=1"),
            inspection.stopReason());
        assertTrue(inspection.laterFrameCount() >= 2);
    }

    @Test
    void shouldNotTakeAGroupThatIsLongerThanATerm()
    {
        final JournalInspection inspection = inspect((engine) ->
        {
            final FrameWriter writer = engine.writers.get(0);
            while (engine.journal().appendedPosition() < end + TERM_LENGTH + 16_000)
            {
                append(writer, 1);
                while (engine.journal().availableWindow() < 2 * engine.journal().frameLengthMax())
                {
                    engine.step();
                }
            }

            writer.endGroup();
        });
        assertEquals(end, inspection.goodPosition());
        assertTrue(inspection.stopReason().startsWith("group is longer than a term: shard=0"), inspection.stopReason());
    }

    @Test
    void shouldSeeThatALaterFrameSpeaksOfEntriesThatAreMissing()
    {
        final JournalInspection inspection = inspect((engine) ->
        {
            final FrameWriter strange = writer(engine, 0, 9, 0);
            strange.committedSequence(3);
            group(strange, 1);
        });
        assertNull(inspection.found());
        assertTrue(inspection.refusal().contains("has not been restarted"), "3 is there: " + inspection.refusal());

        final JournalInspection anchored = inspectAgain((writer) -> writer.committedSequence(4));
        assertTrue(
            anchored.refusal().contains("a later frame says that an entry behind the damage had been forced"),
            anchored.refusal());
        assertTrue(
            anchored.refusal().contains("shard=0, committedSequence=4, next sequence read=4"), anchored.refusal());
    }

    private JournalInspection inspectAgain(final Consumer<FrameWriter> before)
    {
        directory = directory.resolve("again");
        prepare();
        return inspect((engine) ->
        {
            final FrameWriter strange = writer(engine, 0, 9, 0);
            before.accept(strange);
            group(strange, 1);
        });
    }

    @Test
    void shouldRefuseFewerEntriesThanItsWatermarkSays()
    {
        inspect((engine) ->
        {
        });
        final Path home = config.dataDirectory().resolve("journal-0");
        final Manifest manifest = Manifest.read(home);
        manifest.with(new Watermark(end, new TreeMap<>(Map.of(0, 5L, 1, 3L)))).write(home);
        final String refusal = JournalFiles.open(config.dataDirectory()).inspect(0).refusal();
        assertTrue(
            refusal.contains("it has fewer entries than its watermark: shard=0, next sequence=4, watermark=5"),
            refusal);
        manifest.with(new Watermark(end, new TreeMap<>(Map.of(0, 4L, 1, 3L)))).write(home);
        assertNull(JournalFiles.open(config.dataDirectory()).inspect(0).refusal());
        manifest.with(new Watermark(end + 32, new TreeMap<>(Map.of(0, 4L, 1, 3L)))).write(home);
        assertTrue(JournalFiles.open(config.dataDirectory()).inspect(0).refusal().contains(
            "it ends below its watermark"));
        assertThrows(
            JournalException.class,
            () -> JournalFiles.open(config.dataDirectory()).scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {}));
    }
}
