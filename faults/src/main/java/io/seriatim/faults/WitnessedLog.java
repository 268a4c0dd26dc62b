package io.seriatim.faults;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.BooksLog;
import io.seriatim.sealing.LogCheck;
import io.seriatim.sealing.LogKeys;
import io.seriatim.sealing.SignedCheckpoints;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Somebody who keeps every signed checkpoint of a log that he has seen, as a witness does, and compares them with the
 * entries in the end.
 * <p>
 * Threads: confined to one.
 */
final class WitnessedLog
{
    private final Path books;
    private final Path keyFile;
    private final List<VerifierKey> keys;
    private final SortedMap<Long, Checkpoint> seen = new TreeMap<>();

    /**
     * Makes the log's key.
     *
     * @param books   directory of the books, which may not be there yet.
     * @param keyFile to write.
     */
    WitnessedLog(final Path books, final Path keyFile)
    {
        this.books = books;
        this.keyFile = keyFile;
        final NoteSigner signer = NoteSigner.generate(KillWorker.ORIGIN, VerifierKey.LOG);
        LogKeys.write(keyFile, signer);
        keys = List.of(signer.named(KillWorker.ORIGIN + "/0").verifierKey());
    }

    Path keyFile()
    {
        return keyFile;
    }

    /** How many checkpoints were seen. */
    int seenCount()
    {
        return seen.size();
    }

    /**
     * Keep what is signed by now: in the books, and by the key, which may have signed one that never came there.
     *
     * @throws FaultException if one is of another history than one of the same size.
     */
    void look() throws IOException
    {
        if (Files.exists(books.resolve("shard-0/tree")))
        {
            new SignedCheckpoints(books, 0).all().forEach(this::keep);
        }
        final Path last = keyFile.resolveSibling(keyFile.getFileName() + ".signed")
            .resolve(keys.get(0).name().replace('/', '_')).resolve("checkpoint");
        if (Files.exists(last))
        {
            keep(SignedNote.parse(Files.readAllBytes(last)));
        }
    }

    private void keep(final SignedNote note)
    {
        final Checkpoint checkpoint = Checkpoint.of(note, keys);
        final Checkpoint before = seen.putIfAbsent(checkpoint.size(), checkpoint);
        if (before != null && !Arrays.equals(before.root(), checkpoint.root()))
        {
            throw new FaultException("two histories were signed: " + before + " and " + checkpoint);
        }
    }

    /**
     * Compare all that was seen with the tree over the entries of the journal as it is now.
     *
     * @throws FaultException if one differs, covers what is not there, or the log does not pass its own check.
     */
    void verify() throws IOException
    {
        look();
        final MerkleFrontier tree = new MerkleFrontier();
        new JournalEntries(books).read(0, 0, (buffer, offset, length) ->
        {
            final byte[] entry = new byte[length];
            buffer.getBytes(offset, entry);
            tree.append(entry, 0, length);
            final Checkpoint checkpoint = seen.remove(tree.size());
            if (checkpoint != null && !Arrays.equals(tree.root(), checkpoint.root()))
            {
                throw new FaultException("the journal has another history than was signed: " + checkpoint);
            }
            return true;
        });
        if (!seen.isEmpty())
        {
            throw new FaultException(
                "entries were signed that are not there: entries=" + tree.size() + ", signed " +
                seen.get(seen.lastKey()));
        }
        try (BooksLog log = new BooksLog(books, 0))
        {
            final LogCheck.Report report = new LogCheck(log, keys).run(count -> {});
            if (!report.isClean())
            {
                throw new FaultException("the sealed log is not what was signed: " + report);
            }
        }
    }
}
