package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files and directories: private, replaced in one step; and what is said at the bounds of small settings. */
class PosixFilesTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldMakePrivateDirectoriesAndNarrowEmptyOnes() throws IOException
    {
        final Path deep = directory.resolve("a").resolve("b");
        PosixFiles.ensurePrivateDirectory(deep);
        assertEquals("rwx------", permissions(deep));

        final Path wide = Files.createDirectory(
            directory.resolve("wide"), PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwxr-x---")));
        PosixFiles.ensurePrivateDirectory(wide);
        assertEquals("rwx------", permissions(wide));

        Files.createFile(wide.resolve("file"));
        PosixFiles.ensurePrivateDirectory(wide);
        Files.setPosixFilePermissions(wide, PosixFilePermissions.fromString("rwxr-x---"));
        final JournalException open = assertThrows(
            JournalException.class, () -> PosixFiles.ensurePrivateDirectory(wide));
        assertTrue(open.getMessage().startsWith("directory is open to others"), open.getMessage());
        assertEquals("rwxr-x---", permissions(wide));

        final JournalException file = assertThrows(
            JournalException.class, () -> PosixFiles.ensurePrivateDirectory(wide.resolve("file")));
        assertTrue(file.getMessage().startsWith("not a directory"), file.getMessage());
    }

    @Test
    void shouldTakeADirectoryOfSomebodyElseForDataOnlyAndOnlyAsRoot() throws IOException
    {
        final int uid = PosixFiles.uid();
        final boolean isRoot = uid == 0;
        final Path foreign = isRoot ? Files.createDirectory(directory.resolve("foreign")) : Path.of("/");
        if (isRoot)
        {
            Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(foreign, "unix:uid", 4_711);
        }

        final String refusal = "directory belongs to another user: path=" + foreign + ", owner uid=" +
            (isRoot ? 4_711 : 0) + ", our uid=" + uid + "; nothing was changed";
        assertEquals(refusal, assertThrows(
            JournalException.class, () -> PosixFiles.ensurePrivateDirectory(foreign)).getMessage());
        if (isRoot)
        {
            PosixFiles.ensureDataDirectory(foreign);
            assertEquals(4_711, Files.getAttribute(foreign, "unix:uid"));
        }
        else
        {
            assertEquals(refusal, assertThrows(
                JournalException.class, () -> PosixFiles.ensureDataDirectory(foreign)).getMessage());
        }
    }

    @Test
    void shouldDoWithoutPermissionsWhereAFileSystemHasNone() throws IOException
    {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("some.zip"), Map.of("create", "true")))
        {
            final Path made = Files.createDirectory(zip.getPath("/books"));
            assertFalse(PosixFiles.isPosix(made));
            PosixFiles.ensurePrivateDirectory(made);
            final Path file = made.resolve("file");
            try (FileChannel channel = PosixFiles.createPrivateFile(file))
            {
                PosixFiles.writeFully(channel, ByteBuffer.wrap(new byte[]{1, 2}), 0);
            }

            PosixFiles.makeReadOnly(file);
            assertArrayEquals(new byte[]{1, 2}, Files.readAllBytes(file));
            assertThrows(FileAlreadyExistsException.class, () -> PosixFiles.createPrivateFile(file));
        }
    }

    @Test
    void shouldKeepTheTransportInMemoryWithShorterTermsOrInTheBooksAsThereIsRoom() throws IOException
    {
        final Path shared = Files.createDirectory(directory.resolve("shm"));
        final Path books = Files.createDirectory(directory.resolve("books"));
        final JournalConfig config = new JournalConfig().dataDirectory(books);
        final Path parent = shared.resolve(AeronDirectories.nameOf(books));
        final long usable = Files.getFileStore(shared).getUsableSpace();
        final long each = 3L * JournalConfig.TERM_LENGTH_DEFAULT + AeronDirectories.OVERHEAD_LENGTH;
        // A quarter more than there is room for; with shorter terms there is room for half as many again.
        final int count = (int)(usable / each * 5 / 4) + 1;
        final AeronDirectories shorter = AeronDirectories.choose(config, count, 0, shared);
        assertEquals(JournalConfig.TERM_LENGTH_SMALL, shorter.termLength());
        shorter.deleteIfEmpty();
        final Path made = Files.createDirectory(shorter.directoryOf(0));
        assertEquals(parent.resolve("journal-0"), made);
        shorter.deleteIfEmpty();
        assertTrue(Files.exists(made), "something is left");
        Files.delete(made);
        shorter.deleteIfEmpty();
        assertFalse(Files.exists(parent));

        final Path own = books.resolve("journal-0").resolve(JournalHome.AERON);
        final AeronDirectories given =
            AeronDirectories.choose(config, count, JournalConfig.TERM_LENGTH_DEFAULT, shared);
        assertEquals(JournalConfig.TERM_LENGTH_DEFAULT, given.termLength(), "is not changed");
        assertEquals(own, given.directoryOf(0));
        given.deleteIfEmpty();
        final AeronDirectories none = AeronDirectories.choose(config, Integer.MAX_VALUE, 0, shared);
        assertEquals(JournalConfig.TERM_LENGTH_DEFAULT, none.termLength());
        assertEquals(own, none.directoryOf(0));
        assertTrue(Files.exists(books) && Files.exists(shared));
    }

    @Test
    void shouldPutAPrivateFileInPlaceOfAnotherOne() throws IOException
    {
        final Path file = directory.resolve("file");
        Files.write(directory.resolve("file.tmp"), new byte[100]);
        PosixFiles.replace(file, new byte[]{1, 2});
        assertArrayEquals(new byte[]{1, 2}, Files.readAllBytes(file));
        assertEquals("rw-------", permissions(file));
        PosixFiles.replace(file, new byte[]{3});
        assertArrayEquals(new byte[]{3}, Files.readAllBytes(file));
        assertFalse(Files.exists(directory.resolve("file.tmp")));
        assertThrows(FileAlreadyExistsException.class, () -> PosixFiles.createPrivateFile(file));
    }

    @Test
    void shouldWriteAllThatRemains() throws IOException
    {
        final Path file = directory.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, ByteBuffer.wrap(new byte[]{1, 2, 3}).position(1), 4);
        }
        assertArrayEquals(new byte[]{0, 0, 0, 0, 2, 3}, Files.readAllBytes(file));
    }

    @Test
    void shouldDeleteATreeAndNothingIfThereIsNone() throws IOException
    {
        final Path tree = Files.createDirectories(directory.resolve("tree").resolve("sub"));
        Files.createFile(tree.resolve("file"));
        Files.createSymbolicLink(tree.resolve("link"), directory);
        PosixFiles.deleteTree(directory.resolve("tree"));
        assertFalse(Files.exists(directory.resolve("tree")));
        assertTrue(Files.exists(directory));
        PosixFiles.deleteTree(directory.resolve("tree"));
    }

    @Test
    void shouldKnowWhoWeAre() throws IOException
    {
        assertEquals(Files.getAttribute(directory, "unix:uid"), PosixFiles.uid());
        assertTrue(PosixFiles.isPosix(directory));
        assertFalse(PosixFiles.isPosix(null));
    }

    @Test
    void shouldLetFollowersInAtPortsThatThereAreAndWithSecretsThatAreLongEnough()
    {
        assertEquals("127.0.0.1:1", new Replication("127.0.0.1", 1, "x".repeat(16)).toString());
        assertEquals(
            "aeron:udp?endpoint=h:65537", new Replication("h", 65_535, "x".repeat(16)).channel(2));
        assertThrows(IllegalArgumentException.class, () -> new Replication("127.0.0.1", 0, "x".repeat(16)));
        assertThrows(IllegalArgumentException.class, () -> new Replication("127.0.0.1", 65_536, "x".repeat(16)));
        assertThrows(IllegalArgumentException.class, () -> new Replication("127.0.0.1", 1, "x".repeat(15)));
        assertThrows(IllegalArgumentException.class, () -> new Replication("no host", 1, "x".repeat(16)));
    }

    @Test
    void shouldSayInWordsWhatARepairHasCut()
    {
        final RepairRecord record = new RepairRecord(
            Instant.parse("2026-01-02T03:04:05Z"), 4, 1_000, 1_600, 1_200, "ann", "a broken disk",
            List.of(new RepairRecord.ShardCut(0, 7, 3, 2)));
        assertEquals(
            "cut at position 1000 on 2026-01-02T03:04:05Z by ann: a broken disk; 600 bytes went, watermark " +
            "before=1200; shard 0 kept up to sequence 7, removed 3 entries, certainly acknowledged 2",
            record.toString());
    }

    @Test
    void shouldTellWhetherADirectoryIsHeld() throws IOException
    {
        assertFalse(DirectoryLock.isHeld(directory));
        assertEquals(-1, DirectoryLock.holderPid(directory));
        try (DirectoryLock lock = DirectoryLock.acquire(directory))
        {
            assertNotNull(lock);
            assertTrue(DirectoryLock.isHeld(directory));
        }
        assertFalse(DirectoryLock.isHeld(directory));
        assertTrue(Files.exists(directory.resolve(DirectoryLock.FILE_NAME)));
        assertFalse(DirectoryLock.isHeld(directory.resolve("none")));
        // Locked by somebody else of this process, who did not say so.
        try (FileChannel channel = FileChannel.open(
            directory.resolve(DirectoryLock.FILE_NAME), StandardOpenOption.WRITE))
        {
            channel.lock();
            assertTrue(DirectoryLock.isHeld(directory));
        }
    }

    private static String permissions(final Path path) throws IOException
    {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
