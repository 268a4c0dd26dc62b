package io.seriatim.journal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Cuts by an operator: exactly what was said goes, it is kept, and the manifest says so for ever. */
class JournalRepairTest
{
    private static final FrameHandler NOBODY = (position, buffer, offset, length) -> {};

    @TempDir
    private Path directory;
    private Path books;
    private JournalConfig config;
    private long keptPosition;
    private long damagedPosition;
    private long end;

    /** Two shards; the watermark lies behind the damage, so the journal is refused. */
    @BeforeEach
    void makeDamagedJournal() throws IOException
    {
        books = directory.resolve("books");
        config = TestEngine.config(books, Durability.OS).mtu(1024);
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            engine.group(0, 3);
            engine.group(1, 2);
            engine.awaitCommit();
            keptPosition = engine.journal().committedPosition();
            damagedPosition = keptPosition;
            engine.group(0, 5);
            engine.group(1, 4);
            engine.group(0, 1);
            engine.awaitCommit();
            engine.journal().storeWatermark(engine.journal().committedPosition(), Map.of(0, 10L, 1, 7L));
            engine.group(1, 2);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
        }

        overwrite(damagedPosition + 100, (byte) 0x55);
    }

    @Test
    void shouldKeepEntriesAsTextInAFileOfTheirOwnEachTime() throws IOException
    {
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            final Path first = repair.keep(List.of("one", "two"));
            final Path second = repair.keep(List.of("three"));
            final Path third = repair.keep(List.of());
            assertEquals(List.of("one", "two"), Files.readAllLines(first));
            assertEquals(List.of("three"), Files.readAllLines(second));
            assertEquals(List.of(), Files.readAllLines(third));
            assertEquals(repair.quarantine(), first.getParent());
            assertTrue(first.toString().endsWith("-entries.txt"), first.toString());
            assertTrue(second.toString().endsWith("-entries-1.txt"), second.toString());
            assertTrue(third.toString().endsWith("-entries-2.txt"), third.toString());
        }
        // The lock was let go of.
        JournalRepair.open(books, 0).close();
    }

    @Test
    void shouldSayWhatWouldGoAndChangeNothing() throws IOException
    {
        final Map<String, byte[]> before = contentOf(books);
        final List<Long> removed = new ArrayList<>();
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            assertTrue(repair.inspection().refusal().contains("below its watermark"), repair.inspection().refusal());
            assertTrue(
                repair.inspection().refusal().endsWith("repair --journal 0 --truncate-at " + keptPosition),
                repair.inspection().refusal());
            assertEquals(keptPosition, repair.inspection().goodPosition());
            assertEquals(damagedPosition, repair.inspection().stopPosition());
            final JournalRepair.Plan plan = repair.plan(
                keptPosition, (position, buffer, offset, length) -> removed.add(position));
            assertEquals(keptPosition, plan.position());
            assertEquals(end, plan.contentEnd());
            // The damaged frame held entries of shard 0; all others behind it can be read.
            assertEquals(
                List.of(new RepairRecord.ShardCut(0, 3, 1, 6), new RepairRecord.ShardCut(1, 2, 6, 4)), plan.shards());
            assertTrue(removed.stream().allMatch(position -> position > damagedPosition), removed::toString);
        }

        assertSame(before, contentOf(books));
    }

    @Test
    void shouldCutKeepWhatWentAndGoOn() throws IOException
    {
        final byte[] tail = Arrays.copyOfRange(
            Files.readAllBytes(segment()), (int) keptPosition, (int) end);
        final RepairRecord record = cut(keptPosition);
        assertEquals(keptPosition, record.position());
        assertEquals(end, record.contentEnd());
        assertEquals("jane", record.operator());
        assertEquals("disk swapped, 50% = \u00e4\n", record.reason());
        assertEquals(1, record.incarnation());

        final Path saved = books.resolve("quarantine/journal-0-incarnation-1-position-" + keptPosition + ".tail");
        assertArrayEquals(tail, Files.readAllBytes(saved));
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            assertEquals(4, engine.recoveredCount(0));
            assertEquals(3, engine.recoveredCount(1));
            assertEquals(List.of(record), engine.journal().manifest().repairs());
            assertEquals(2, engine.journal().incarnation());
            engine.group(0, 2);
            engine.awaitCommit();
        }

        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            assertEquals(6, engine.recoveredCount(0));
            assertEquals(List.of(record), engine.journal().manifest().repairs(), "it stays for ever");
        }
    }

    @Test
    void shouldRefuseAPositionThatIsNoEndOfAGroup()
    {
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            for (final long position : new long[] {-32, 0, 32, keptPosition - 32, keptPosition + 32, end, 1 << 20})
            {
                final IllegalArgumentException ex =
                    assertThrows(IllegalArgumentException.class, () -> repair.plan(position, NOBODY));
                assertTrue(
                    ex.getMessage().contains("last good position of the journal=" + keptPosition), ex.getMessage());
            }

            assertNotNull(repair.plan(keptPosition, NOBODY));
        }
    }

    @Test
    void shouldLowerTheWatermarkOfAJournalWhoseEndIsGone() throws IOException
    {
        try (FileChannel channel = FileChannel.open(segment(), StandardOpenOption.WRITE))
        {
            channel.truncate(keptPosition);
        }

        final JournalException refused = assertThrows(JournalException.class, () -> new TestEngine(config, 2, 1));
        assertTrue(refused.getMessage().contains("below its watermark"), refused.getMessage());
        final RepairRecord record = cut(keptPosition);
        assertEquals(record.position(), record.contentEnd());
        assertEquals(
            List.of(new RepairRecord.ShardCut(0, 3, 0, 6), new RepairRecord.ShardCut(1, 2, 0, 4)), record.shards());
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            assertEquals(4, engine.recoveredCount(0));
        }
    }

    @Test
    void shouldCutAJournalThatWasClosedCleanlyAndThenDamaged() throws IOException
    {
        cut(keptPosition);
        final long closedAt;
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            engine.group(0, 2);
            engine.awaitCommit();
            engine.closeCleanly();
            closedAt = engine.journal().committedPosition();
        }

        overwrite(closedAt - 100, (byte) 0x77);
        assertThrows(JournalException.class, () -> new TestEngine(config, 2, 1));
        final long goodPosition;
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            goodPosition = repair.inspection().goodPosition();
        }

        cut(goodPosition);
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            assertEquals(RecoveredJournal.Verdict.CLEAN_END, engine.recovered.get(0).verdict());
            assertEquals(2, engine.journal().manifest().repairs().size());
            assertTrue(engine.journal().manifest().closeMarks().isEmpty());
        }
    }

    @Test
    void shouldBePossibleAgainAfterACrashAtEachStep() throws IOException
    {
        final Path damaged = directory.resolve("damaged");
        copy(books, damaged);
        cut(keptPosition);
        final Path repaired = directory.resolve("repaired");
        copy(books, repaired);
        final String manifest = "journal-0/manifest";
        final String catalog = "journal-0/archive/archive.catalog";
        final String segment = "journal-0/archive/0-0.rec";
        // What is on the disk after each step: the copy in quarantine, the manifest, the cut, the catalog.
        final List<List<String>> steps = List.of(
            List.of(), List.of(manifest), List.of(manifest, segment), List.of(manifest, segment, catalog));
        for (final List<String> step : steps)
        {
            delete(books);
            copy(damaged, books);
            for (final String file : step)
            {
                Files.copy(repaired.resolve(file), books.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }

            if (step.size() < 2)
            {
                assertThrows(JournalException.class, () -> new TestEngine(config, 2, 1), step::toString);
                cut(keptPosition);
            }

            try (TestEngine engine = new TestEngine(config, 2, 1))
            {
                assertEquals(4, engine.recoveredCount(0), step::toString);
                assertEquals(3, engine.recoveredCount(1), step::toString);
            }
        }
    }

    @Test
    void shouldWaitForTheEngineToEnd()
    {
        cut(keptPosition);
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            assertThrows(DirectoryInUseException.class, () -> JournalRepair.open(books, 0));
            engine.group(0, 1);
            engine.awaitCommit();
        }
    }

    @Test
    void shouldRefuseAJournalThatIsNotThere()
    {
        assertThrows(IllegalArgumentException.class, () -> JournalRepair.open(books, 1));
        assertThrows(IllegalArgumentException.class, () -> JournalRepair.open(books, -1));
        cut(keptPosition);
    }

    @Test
    void shouldLetGoOfAJournalThatNoCutCanRepair() throws IOException
    {
        final Path catalog = books.resolve("journal-0/archive/archive.catalog");
        final Path away = directory.resolve("away");
        Files.move(catalog, away);
        final Map<String, byte[]> before = contentOf(books);
        final String refusal =
            assertThrows(JournalException.class, () -> JournalRepair.open(books, 0)).getMessage();
        assertTrue(
            refusal.startsWith("the archive's catalog does not fit the journal: it can not be read, file=" + catalog),
            refusal);
        assertSame(before, contentOf(books));
        assertFalse(DirectoryLock.isHeld(books));
        Files.move(away, catalog);
        cut(keptPosition);
    }

    @Test
    void shouldSeeAGoodJournalAsALaunchDoes()
    {
        cut(keptPosition);
        final JournalInspection inspection = JournalFiles.open(books).inspect(0);
        assertNull(inspection.refusal());
        assertEquals(RecoveredJournal.Verdict.CLEAN_END, inspection.found().verdict());
        assertEquals(keptPosition, inspection.contentEnd());
        assertEquals(segment(), inspection.file(keptPosition));
        assertEquals(keptPosition, inspection.fileOffset(keptPosition));
        assertEquals(0, inspection.laterFrameCount());
        assertEquals(-1, inspection.laterFramePosition());
    }

    private RepairRecord cut(final long position)
    {
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            return repair.cut(repair.plan(position, NOBODY), "jane", "disk swapped, 50% = \u00e4\n");
        }
    }

    private Path segment()
    {
        return books.resolve("journal-0/archive/0-0.rec");
    }

    private void overwrite(final long position, final byte value) throws IOException
    {
        try (FileChannel channel = FileChannel.open(segment(), StandardOpenOption.WRITE))
        {
            channel.write(ByteBuffer.wrap(new byte[] {value}), position);
        }
    }

    private static Map<String, byte[]> contentOf(final Path root) throws IOException
    {
        final Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root))
        {
            for (final Path file : files.filter(Files::isRegularFile).toList())
            {
                if (!file.getFileName().toString().equals("LOCK"))
                {
                    content.put(root.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
        }

        return content;
    }

    private static void assertSame(final Map<String, byte[]> expected, final Map<String, byte[]> actual)
    {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, bytes) -> assertArrayEquals(bytes, actual.get(name), name));
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(final Path root) throws IOException
    {
        PosixFiles.deleteTree(root);
    }
}
