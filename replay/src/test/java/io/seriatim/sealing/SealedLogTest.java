package io.seriatim.sealing;

import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalEditor;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Logs as books hold them and as they are published: what is in them, and what a check says when something was changed.
 */
class SealedLogTest
{
    private static final int AMOUNT_OFFSET = 8 + TransferEntryDecoder.transferEncodingOffset() + 56;
    private static final int LARGE = 66_000;

    @TempDir
    private Path root;

    @Test
    void shouldPublishEntriesAndTilesAndAddOnlyWhatIsNew() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        final Path log = root.resolve("log");
        books.write(3);
        books.seal();
        final Checkpoint first = publish(books, log);
        assertFalse(Files.exists(log.resolve("tile/0/001")));
        assertTrue(Files.exists(log.resolve("tile/0/000.p/" + first.size())), first.toString());
        assertPublished(books, log);

        books.write(6);
        books.seal();
        final Checkpoint second = publish(books, log);
        assertTrue(second.size() > 256);
        assertFalse(Files.exists(log.resolve("tile/0/000.p")));
        assertFalse(Files.exists(log.resolve("tile/entries/000.p")));
        assertTrue(Files.exists(log.resolve("tile/1/000.p/" + second.size() / 256)));
        assertPublished(books, log);

        final byte[] marked = Files.readAllBytes(log.resolve("tile/0/000"));
        Files.setLastModifiedTime(log.resolve("tile/0/000"), FileTime.fromMillis(1_000));
        books.write(7);
        books.seal();
        final Checkpoint third = publish(books, log);
        assertEquals(1_000, Files.getLastModifiedTime(log.resolve("tile/0/000")).toMillis());
        assertArrayEquals(marked, Files.readAllBytes(log.resolve("tile/0/000")));
        assertPublished(books, log);

        Files.setLastModifiedTime(log.resolve("checkpoint"), FileTime.fromMillis(1_000));
        assertEquals(third.toString(), publish(books, log).toString());
        assertEquals(1_000, Files.getLastModifiedTime(log.resolve("checkpoint")).toMillis(), "nothing was new");
    }

    @Test
    void shouldNotTakeThePlaceOfAnotherLog()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        final Path log = root.resolve("log");
        books.write(1);
        books.seal();
        final SealedBooks copy = books.copyTo(root.resolve("copy"));
        publish(books, log);
        books.write(2);
        books.seal();
        publish(books, log);
        assertHistory("it has more entries", () -> publish(copy, log));

        final Path otherRoot = root.resolve("other");
        assertTrue(otherRoot.toFile().mkdir());
        final SealedBooks other = new SealedBooks(otherRoot, 3);
        other.write(40);
        other.seal();
        assertHistory("it is another log", () -> new LogPublisher(other.directory(), 1, log).publish(count -> {}));
        assertHistory("does not lead to", () -> new LogPublisher(other.directory(), 0, log).publish(count -> {}));
        assertThrows(SealingException.class, () -> new PublishedLog(root.resolve("none")));
        assertFalse(PublishedLog.isHere(books.directory()));
        assertTrue(PublishedLog.isHere(log));
    }

    @Test
    void shouldFindNothingInALogThatIsAsItWasSigned()
    {
        final SealedBooks books = large();
        final Path log = root.resolve("log");
        final Checkpoint head = publish(books, log);
        for (final LogCheck.Report report : List.of(check(books), check(books, log)))
        {
            assertTrue(report.isClean(), report.toString());
            assertEquals(head.size(), report.entryCount());
            assertNull(report.firstBadCheckpoint());
            assertEquals("all " + head.size() + " entries", report.provable());
        }
        assertTrue(check(books).checkpointCount() >= 2);
        final VerifierKey other = NoteSigner.generate(SealedBooks.ORIGIN + "/0", VerifierKey.LOG).verifierKey();
        final LogCheck.Report unsigned = new LogCheck(new PublishedLog(log), List.of(other)).run(count -> {});
        assertTrue(unsigned.findings().get(0).contains("not signed by whom you trust"), unsigned.toString());
    }

    @Test
    void shouldNameTheEntryThatWasChanged() throws IOException
    {
        final SealedBooks books = large();
        final Path log = root.resolve("log");
        publish(books, log);
        new JournalEditor(books.directory().resolve("journal-0"))
            .edit(0, 300, (buffer, offset) -> buffer.putLong(offset + AMOUNT_OFFSET, 77));
        final LogCheck.Report report = check(books);
        assertTrue(report.findings().stream().anyMatch(finding -> finding.startsWith(
            "entry 300 is not the one that was signed")), report.toString());
        assertEquals("all entries but [300], as the tiles are those that were signed", report.provable());
        assertEquals(2, report.findingCount(), report.toString());
        assertTrue(report.firstBadCheckpoint().size() > 300);
        new JournalEditor(books.directory().resolve("journal-0"))
            .edit(0, 20, (buffer, offset) -> buffer.putLong(offset + AMOUNT_OFFSET, 77));
        final LogCheck.Report both = check(books);
        assertEquals("all entries but [20, 300], as the tiles are those that were signed", both.provable());
        assertTrue(both.firstBadCheckpoint().size() < 300, both.toString());

        final Path bundle = log.resolve("tile/entries/001");
        final byte[] bytes = Files.readAllBytes(bundle);
        bytes[100] ^= 1;
        Files.write(bundle, bytes);
        final LogCheck.Report published = check(books, log);
        assertTrue(published.findings().stream().anyMatch(finding -> finding.startsWith(
            "entry 256 is not the one that was signed: its leaf is not in file=tile/0/001")), published.toString());
    }

    @Test
    void shouldNameTheTileThatWasChangedAtEachLevel() throws IOException
    {
        final SealedBooks books = large();
        final Path log = root.resolve("log");
        final long size = publish(books, log).size();
        for (final String file : List.of(
            "tile/0/003", "tile/1/000", "tile/2/000.p/1", "tile/1/001.p/" + size / 256 % 256))
        {
            final byte[] bytes = Files.readAllBytes(log.resolve(file));
            final byte[] changed = bytes.clone();
            changed[31] ^= 1;
            Files.write(log.resolve(file), changed);
            final LogCheck.Report report = check(books, log);
            assertTrue(report.findings().stream().anyMatch(finding -> finding.startsWith("hash 0 is not that of") &&
                finding.endsWith("file=" + file)), report.toString());
            assertNull(report.firstBadCheckpoint());
            assertEquals("all entries, once the tiles are made again", report.provable());
            Files.write(log.resolve(file), bytes);
        }
        assertTrue(check(books, log).isClean());

        // A tile that fits the one above it, which is not what was signed.
        final byte[] tile = Files.readAllBytes(log.resolve("tile/0/003"));
        tile[31] ^= 1;
        Files.write(log.resolve("tile/0/003"), tile);
        final MerkleFrontier below = new MerkleFrontier();
        for (int i = 0; i < 256; i++)
        {
            below.append(Arrays.copyOfRange(tile, i * 32, (i + 1) * 32));
        }
        final byte[] above = Files.readAllBytes(log.resolve("tile/1/000"));
        System.arraycopy(below.root(), 0, above, 3 * 32, 32);
        Files.write(log.resolve("tile/1/000"), above);
        final LogCheck.Report both = check(books, log);
        assertEquals(
            List.of(
            "entry 768 does not fit: hash 0 is not that of entry 768: file=tile/0/003",
            "hash 3 is not that of the entries below it: file=tile/1/000"), both.findings());
        assertEquals("all entries, once the tiles are made again", both.provable());

        final Path level = TreeFiles.directoryOf(books.directory(), 0).resolve("level-0");
        final byte[] hashes = Files.readAllBytes(level);
        hashes[32 * 700] ^= 1;
        Files.write(level, hashes);
        final LogCheck.Report report = check(books);
        assertEquals(
            List.of("hash 188 is not that of entry 700: file=level-0, hashes 512 to 767"), report.findings());
    }

    @Test
    void shouldCheckALogWhoseTilesAreFull() throws IOException
    {
        final Path log = root.resolve("log");
        final ByteArrayOutputStream entries = new ByteArrayOutputStream();
        final ByteArrayOutputStream leaves = new ByteArrayOutputStream();
        final MerkleFrontier tree = new MerkleFrontier((level, index, hashes, offset) ->
        {
            if (level == 0)
            {
                leaves.write(hashes, offset, 32);
            }
        });
        for (int i = 0; i < 256; i++)
        {
            final byte[] entry = {0, 2, (byte)i, 7};
            entries.write(entry);
            tree.append(entry, 2, 2);
        }
        final NoteSigner signer = NoteSigner.generate("example", VerifierKey.LOG);
        for (final String tile : List.of("tile/entries", "tile/0", "tile/1/000.p"))
        {
            Files.createDirectories(log.resolve(tile));
        }
        Files.write(log.resolve("tile/entries/000"), entries.toByteArray());
        Files.write(log.resolve("tile/0/000"), leaves.toByteArray());
        Files.write(log.resolve("tile/1/000.p/1"), tree.root());
        Files.write(log.resolve("checkpoint"), new Checkpoint("example", 256, tree.root())
            .signed(List.of(signer)).toBytes());
        final List<VerifierKey> keys = List.of(signer.verifierKey());
        final LogCheck.Report clean = new LogCheck(new PublishedLog(log), keys).run(count -> {});
        assertTrue(clean.isClean(), clean.toString());
        assertEquals("all 256 entries", clean.provable());

        Files.write(log.resolve("tile/1/000.p/1"), new byte[32]);
        assertEquals(
            List.of(
            "the tiles lead to another root than the newest checkpoint's: " + clean.head(),
            "hash 0 is not that of the entries below it: file=tile/1/000.p/1"),
            new LogCheck(new PublishedLog(log), keys).run(count -> {}).findings());
    }

    @Test
    void shouldCheckUpToTheLargestCheckpointWhereverItStandsInTheList() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        books.write(2);
        books.seal();
        final List<SignedNote> notes = new SignedCheckpoints(books.directory(), 0).all();
        assertEquals(2, notes.size());
        Files.writeString(
            TreeFiles.directoryOf(books.directory(), 0).resolve("checkpoints"), notes.get(1) + "" + notes.get(0));
        final LogCheck.Report report = check(books);
        assertTrue(report.isClean(), report.toString());
        assertEquals(books.treeOf(0).size(), report.head().size());
        assertEquals(2, report.checkpointCount());
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException
    {
        final SealedBooks books = large();
        final Path log = root.resolve("log");
        publish(books, log);
        final Path tile = log.resolve("tile/0/002");
        final byte[] bytes = Files.readAllBytes(tile);
        Files.delete(tile);
        assertTrue(check(books, log).findings().get(0).contains("can not be read: file=" + tile));
        Files.write(tile, new byte[32]);
        assertTrue(check(books, log).findings().get(0).contains("a tile has another length"));
        Files.write(tile, bytes);

        final Path bundle = log.resolve("tile/entries/002");
        final byte[] entries = Files.readAllBytes(bundle);
        Files.write(bundle, Arrays.copyOf(entries, 1_000));
        final LogCheck.Report cut = check(books, log);
        assertTrue(cut.findings().get(0).contains("a bundle ends within an entry: sequence=518"), cut.toString());
        assertEquals(518, cut.entryCount());
        assertEquals("all entries that can be read, as the tiles are those that were signed", cut.provable());
        final int firstLength = ByteBuffer.wrap(entries).getShort();
        for (final int length : new int[]{Short.BYTES - 1, Short.BYTES + firstLength + 1})
        {
            Files.write(bundle, Arrays.copyOf(entries, length));
            final String finding = check(books, log).findings().get(0);
            final int sequence = length < Short.BYTES ? 512 : 513;
            assertTrue(finding.contains("a bundle ends within an entry: sequence=" + sequence), finding);
        }
        Files.delete(bundle);
        final LogCheck.Report missing = check(books, log);
        assertTrue(missing.findings().get(0).startsWith("entry 512 can not be read"), missing.toString());
        Files.write(bundle, entries);

        final byte[] checkpoint = Files.readAllBytes(log.resolve("checkpoint"));
        // Another letter of the root, still base64.
        final int place = SealedBooks.ORIGIN.length() + 12;
        checkpoint[place] = (byte)(checkpoint[place] == 'A' ? 'B' : 'A');
        Files.write(log.resolve("checkpoint"), checkpoint);
        final LogCheck.Report signature = check(books, log);
        assertFalse(signature.isClean());
        assertTrue(signature.findings().stream().anyMatch(
            finding -> finding.contains("not signed by whom you trust")), signature.toString());
    }

    @Test
    void shouldFindEveryFlippedByteOfAPublishedLog() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        final Path log = root.resolve("log");
        books.write(1);
        books.seal();
        publish(books, log);
        int count = 0;
        for (final Path file : filesOf(log))
        {
            final byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < bytes.length; i += bytes.length > 500 ? 13 : 1)
            {
                final byte[] changed = bytes.clone();
                changed[i] ^= (byte)(1 << i % Byte.SIZE);
                Files.write(file, changed);
                assertFalse(isClean(books, log), "file=" + file + ", byte=" + i);
                count++;
            }
            Files.write(file, bytes);
        }
        assertTrue(isClean(books, log));
        assertTrue(count > 1_500, "bytes flipped: " + count);
    }

    @Test
    void shouldDrawASampleThatFollowsFromTheRoot() throws Exception
    {
        final byte[] rootHash = new byte[32];
        Arrays.fill(rootHash, (byte)3);
        final Checkpoint checkpoint = new Checkpoint("example/books/0", 1_000, rootHash);
        final List<Long> sample = AuditSample.of(checkpoint, 60);
        assertEquals(60, new HashSet<>(sample).size());
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update("seriatim-sample".getBytes(StandardCharsets.US_ASCII));
        digest.update(rootHash);
        digest.update(new byte[8]);
        final byte[] first = Arrays.copyOf(digest.digest(), 8);
        assertEquals(
            new BigInteger(1, first).mod(BigInteger.valueOf(1_000)).longValue(), sample.get(0));
        assertEquals(sample.subList(0, 10), AuditSample.of(checkpoint, 10));
        assertEquals(5, AuditSample.of(new Checkpoint("a", 5, rootHash), 60).size());
        assertEquals(List.of(), AuditSample.of(new Checkpoint("a", 0, rootHash), 60));
    }

    /** Books whose tree has three levels of tiles. */
    private SealedBooks large()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        try (LedgerEngine engine = books.launch())
        {
            TestBooks.bulk(engine.ledger(TestBooks.LEDGERS[0]), LARGE / 60);
        }
        books.seal();
        return books;
    }

    private static Checkpoint publish(final SealedBooks books, final Path log)
    {
        return new LogPublisher(books.directory(), 0, log).publish(count -> {});
    }

    private static LogCheck.Report check(final SealedBooks books)
    {
        try (BooksLog log = new BooksLog(books.directory(), 0))
        {
            return new LogCheck(log, books.keys(0)).run(count -> {});
        }
    }

    private static LogCheck.Report check(final SealedBooks books, final Path directory)
    {
        try (PublishedLog log = new PublishedLog(directory))
        {
            return new LogCheck(log, books.keys(0)).run(count -> {});
        }
    }

    private static boolean isClean(final SealedBooks books, final Path log)
    {
        try
        {
            return check(books, log).isClean();
        }
        catch (final SealingException ex)
        {
            return false;
        }
    }

    private static List<Path> filesOf(final Path log) throws IOException
    {
        try (Stream<Path> files = Files.walk(log))
        {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }

    private static void assertPublished(final SealedBooks books, final Path directory)
    {
        final MerkleFrontier expected = books.treeOf(0);
        final MerkleFrontier actual = new MerkleFrontier();
        try (PublishedLog log = new PublishedLog(directory))
        {
            for (long i = 0; i < expected.size(); i++)
            {
                final byte[] entry = log.nextEntry();
                actual.append(entry, 0, entry.length);
            }
            assertArrayEquals(expected.root(), actual.root());
            assertEquals(expected.size(), Checkpoint.of(log.checkpoints().get(0), books.keys(0)).size());
        }
        assertTrue(check(books, directory).isClean());
    }

    private static void assertHistory(final String reason, final Executable what)
    {
        final HistoryException ex = assertThrows(HistoryException.class, what);
        assertTrue(ex.getMessage().contains(reason), ex.getMessage());
    }
}
