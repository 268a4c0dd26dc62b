package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A copy of the files of a running engine, manifests first, is launched like books after a crash; if it is refused, for
 * its last segment was read while it was written, that one is copied again.
 */
class BackupTest
{
    private static final int USD = 840;
    private static final int COPY_COUNT = 5;
    private static final int TRANSFERS_BETWEEN = 300;
    private static final int ATTEMPTS_MAX = 10;
    private static final Path ARCHIVE = Path.of("journal-0", "archive");

    @TempDir
    private Path directory;

    @Test
    void shouldLaunchACopyThatWasMadeWhileTheEngineRan() throws Exception
    {
        final Path books = directory.resolve("books");
        final AtomicLong acknowledged = new AtomicLong();
        final AtomicBoolean isOver = new AtomicBoolean();
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            engine.ledger(USD).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final Thread writer = new Thread(() ->
            {
                for (long id = 1; !isOver.get(); id++)
                {
                    engine.ledger(USD).createTransfer(id, 1, 2, 1, 1);
                    acknowledged.set(id);
                }
            });
            writer.start();
            try
            {
                for (int copy = 0; copy < COPY_COUNT; copy++)
                {
                    final long before = acknowledged.get();
                    while (acknowledged.get() < before + TRANSFERS_BETWEEN)
                    {
                        Thread.onSpinWait();
                    }
                    final long told = acknowledged.get();
                    final Path backup = directory.resolve("backup-" + copy);
                    copyManifestsFirst(books, backup);
                    copyLastSegmentAgainWhileItWasReadTooSoon(books, backup);
                    assertHolds(backup, told);
                }
            }
            finally
            {
                isOver.set(true);
                writer.join();
            }
        }
    }

    private static void assertHolds(final Path backup, final long told)
    {
        try (LedgerEngine engine = LedgerEngine.launch(config(backup)))
        {
            final long posted = engine.ledger(USD).lookupAccount(1).one().debitsPosted().low();
            assertTrue(posted >= told, "posted=" + posted + ", told before the copy=" + told);
            assertEquals(posted, engine.ledger(USD).lookupAccount(2).one().creditsPosted().low());
        }
    }

    /** A page may be read before, and the next one after, the engine has written both. */
    private static void copyLastSegmentAgainWhileItWasReadTooSoon(final Path books, final Path backup)
        throws IOException
    {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++)
        {
            try
            {
                LedgerEngine.launch(config(backup)).close();
                return;
            }
            catch (final JournalException ex)
            {
                assertTrue(ex.getMessage().contains("valid frames follow the damage"), ex.getMessage());
                final Path segment = lastSegment(backup.resolve(ARCHIVE));
                System.out.println("copied again: attempt=" + attempt + ", segment=" + segment.getFileName());
                Files.copy(
                    books.resolve(ARCHIVE).resolve(segment.getFileName()), segment,
                    StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path lastSegment(final Path archive) throws IOException
    {
        try (Stream<Path> files = Files.list(archive))
        {
            return files.filter(file -> file.toString().endsWith(".rec"))
                .max(Comparator.comparingLong(file ->
                    Long.parseLong(file.getFileName().toString().replaceAll("^[0-9]+-|[.]rec$", "")))).orElseThrow();
        }
    }

    private static void copyManifestsFirst(final Path from, final Path to) throws IOException
    {
        final List<Path> files;
        try (Stream<Path> walk = Files.walk(from))
        {
            files = walk.toList();
        }
        for (final boolean isManifest : new boolean[] {true, false})
        {
            for (final Path file : files)
            {
                final Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file))
                {
                    Files.createDirectories(
                        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
                else if (file.getFileName().toString().equals("manifest") == isManifest && !Files.exists(target) &&
                    Files.exists(file))
                {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static EngineConfig config(final Path books)
    {
        return new EngineConfig().dataDirectory(books).durability(Durability.OS).readModel(false).batchCountMax(64)
            .diskReserve(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024));
    }
}
