package io.seriatim.sealing;

import io.seriatim.engine.JournalSource;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.SealingConfig;
import io.seriatim.journal.JournalFiles;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.TestBooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Books of a real engine with a key beside them.
 */
final class SealedBooks
{
    static final String ORIGIN = "example/books";

    private final Path directory;
    private final int shardCount;
    private final List<Path> keyFiles = new ArrayList<>();

    SealedBooks(final Path root, final int shardCount)
    {
        this(root.resolve("books"), shardCount, List.of(root.resolve("key")));
        LogKeys.write(keyFiles.get(0), NoteSigner.generate(ORIGIN, VerifierKey.LOG));
    }

    private SealedBooks(final Path directory, final int shardCount, final List<Path> keyFiles)
    {
        this.directory = directory;
        this.shardCount = shardCount;
        this.keyFiles.addAll(keyFiles);
    }

    /** The same books in another place, with the same key. */
    SealedBooks copyTo(final Path other)
    {
        TestBooks.copy(directory, other);
        try (Stream<Path> directories = Files.walk(other))
        {
            for (final Path each : directories.filter(Files::isDirectory).toList())
            {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return new SealedBooks(other, shardCount, keyFiles);
    }

    SealedBooks with(final Path... files)
    {
        return new SealedBooks(directory, shardCount, List.of(files));
    }

    Path directory()
    {
        return directory;
    }

    Path keyFile()
    {
        return keyFiles.get(0);
    }

    int shardCount()
    {
        return shardCount;
    }

    List<VerifierKey> keys(final int shard)
    {
        return keyFiles.stream()
            .map(file -> LogKeys.read(file).named(ORIGIN + "/" + shard).verifierKey()).toList();
    }

    LedgerEngine launch()
    {
        return LedgerEngine.launch(TestBooks.config(directory, shardCount).origin(ORIGIN));
    }

    /** Launch, write, close. */
    void write(final int rounds)
    {
        try (LedgerEngine engine = launch())
        {
            TestBooks.fill(engine, rounds);
        }
    }

    SealingConfig sealing()
    {
        return new SealingConfig().keyFiles(keyFiles);
    }

    SealerConfig config()
    {
        return config(sealing());
    }

    SealerConfig config(final SealingConfig sealing)
    {
        final SealerConfig config = new SealerConfig(sealing).dataDirectory(directory);
        for (int shard = 0; shard < shardCount; shard++)
        {
            config.origin(shard, ORIGIN + "/" + shard);
        }
        return config;
    }

    /** Seal all that is there; the failure of the first journal that has one. */
    Throwable seal(final SealerConfig config)
    {
        final JournalFiles files = JournalFiles.open(directory);
        for (final JournalSource journal : JournalDirectories.journalsOf(directory))
        {
            final Sealer sealer = new Sealer(
                journal, config.isBounded(true).force((from, to) -> files.force(journal.number(), from, to)),
                CosignatureCollector.NONE);
            sealer.onStart();
            while (!sealer.isEnded())
            {
                sealer.doWork();
            }
            sealer.onClose();
            if (sealer.failure() != null)
            {
                return sealer.failure();
            }
        }
        return null;
    }

    void seal()
    {
        final Throwable failure = seal(config());
        if (failure != null)
        {
            throw new AssertionError(failure);
        }
    }

    /** Root over all entries of a shard, from the journal alone. */
    MerkleFrontier treeOf(final int shard)
    {
        final MerkleFrontier frontier = new MerkleFrontier();
        new JournalEntries(directory).read(shard, 0, (buffer, offset, length) ->
        {
            final byte[] entry = new byte[length];
            buffer.getBytes(offset, entry);
            frontier.append(entry, 0, length);
            return true;
        });
        return frontier;
    }
}
