package io.seriatim.sealing;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.Tile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Keeps a published log up to date with the newest checkpoint of a shard. Files are added, forced and then named; the
 * checkpoint comes last, so whoever reads meanwhile sees the older log or the newer one, whole. Only what is new is
 * added.
 * <p>
 * Threads: confined to one.
 */
public final class LogPublisher
{
    private final Path dataDirectory;
    private final int shard;
    private final Path log;

    /**
     * A publisher.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     * @param log           directory of the log; it is made if it is not there.
     */
    public LogPublisher(final Path dataDirectory, final int shard, final Path log)
    {
        this.dataDirectory = dataDirectory;
        this.shard = shard;
        this.log = log;
    }

    /**
     * Publish what the newest checkpoint covers.
     *
     * @param progress is told how many entries are in the log.
     * @return what the log's checkpoint says from now on.
     * @throws SealingException if nothing was signed, or the log can not be written.
     * @throws HistoryException if there is another log in the directory, or one that does not go on here.
     */
    public Checkpoint publish(final LongConsumer progress)
    {
        final SignedNote published = SignedCheckpoints.read(log.resolve(PublishedLog.CHECKPOINT));
        try (Prover prover = new Prover(dataDirectory, shard); BooksLog books = new BooksLog(dataDirectory, shard))
        {
            final long from = requireBeginning(published, prover);
            final long size = prover.head().size();
            if (from < size)
            {
                publishEntries(books, from, size, progress);
                publishTiles(books, from, size);
            }
            if (published == null || !published.toString().equals(prover.checkpoint().toString()))
            {
                write(PublishedLog.CHECKPOINT, prover.checkpoint().toBytes());
            }
            return prover.head();
        }
        catch (final IOException ex)
        {
            throw new SealingException("the log can not be written: directory=" + log + ": " + ex, ex);
        }
    }

    /** Size of the log that is there, of which the new one has to be a continuation. */
    private long requireBeginning(final SignedNote published, final Prover prover)
    {
        if (published == null)
        {
            return 0;
        }
        final Checkpoint old = Checkpoint.parse(published.text());
        try
        {
            if (!old.origin().equals(prover.head().origin()))
            {
                throw new ProofException("it is another log");
            }
            if (old.size() > prover.head().size())
            {
                throw new ProofException("it has more entries");
            }
            final CheckpointRequest proof = prover.consistency(old.size());
            proof.proofTo(prover.head().size()).verify(old.root(), prover.head().root());
            return old.size();
        }
        catch (final ProofException ex)
        {
            throw new HistoryException(
                "the log that is there is not a beginning of this one, and is left as it is: there " + old +
                ", here " + prover.head() + ": " + ex.getMessage(), ex);
        }
    }

    private void publishEntries(final BooksLog books, final long from, final long size, final LongConsumer progress)
        throws IOException
    {
        final ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        final long first = from / Tile.WIDTH;
        books.seek(first * Tile.WIDTH);
        for (long index = first; index * Tile.WIDTH < size; index++)
        {
            final Tile tile = Tile.of(0, index, size);
            bundle.reset();
            for (int i = 0; i < tile.width(); i++)
            {
                final byte[] entry = books.nextEntry();
                bundle.write(entry.length >>> Byte.SIZE);
                bundle.write(entry.length);
                bundle.write(entry);
            }
            write(tile.entriesPath(), bundle.toByteArray());
            progress.accept(Math.min(size, (index + 1) * Tile.WIDTH));
        }
    }

    private void publishTiles(final BooksLog books, final long from, final long size) throws IOException
    {
        long firstHash = from;
        long hashCount = size;
        for (int level = 0; hashCount > 0; level++)
        {
            for (long index = firstHash / Tile.WIDTH; index * Tile.WIDTH < hashCount; index++)
            {
                final Tile tile = Tile.of(level, index, size);
                write(tile.path(), books.tile(tile));
            }
            firstHash /= Tile.WIDTH;
            hashCount /= Tile.WIDTH;
        }
    }

    private void write(final String path, final byte[] content) throws IOException
    {
        final Path file = log.resolve(path);
        Files.createDirectories(file.getParent());
        final Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
            temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE))
        {
            final ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining())
            {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        deletePartsOf(file);
    }

    /** Once a tile is full, nobody needs what there was of it before. */
    private static void deletePartsOf(final Path file) throws IOException
    {
        final Path parts = file.resolveSibling(file.getFileName() + ".p");
        if (Files.isDirectory(parts))
        {
            try (Stream<Path> files = Files.list(parts))
            {
                for (final Path part : files.toList())
                {
                    Files.delete(part);
                }
            }
            Files.delete(parts);
        }
    }
}
