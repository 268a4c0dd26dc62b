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
import java.util.ArrayList;
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
    private final List<List<VerifierKey>> keys = new ArrayList<>();
    private final List<SortedMap<Long, Checkpoint>> seen = new ArrayList<>();
    private int seenCount;

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
        for (int shard = 0; shard < KillWorker.LEDGERS.length; shard++)
        {
            keys.add(List.of(signer.named(KillWorker.ORIGIN + "/" + shard).verifierKey()));
            seen.add(new TreeMap<>());
        }
    }

    Path keyFile()
    {
        return keyFile;
    }

    /** How many checkpoints were seen. */
    int seenCount()
    {
        return seenCount;
    }

    /**
     * Keep what is signed by now: in the books, and by the key, which may have signed one that never came there.
     *
     * @throws FaultException if one is of another history than one of the same size.
     */
    void look() throws IOException
    {
        for (int shard = 0; shard < seen.size(); shard++)
        {
            final int number = shard;
            if (Files.exists(books.resolve("shard-" + shard + "/tree")))
            {
                new SignedCheckpoints(books, shard).all().forEach(note -> keep(number, note));
            }
            final Path last = keyFile.resolveSibling(keyFile.getFileName() + ".signed")
                .resolve(keys.get(shard).get(0).name().replace('/', '_')).resolve("checkpoint");
            if (Files.exists(last))
            {
                keep(shard, SignedNote.parse(Files.readAllBytes(last)));
            }
        }
    }

    private void keep(final int shard, final SignedNote note)
    {
        final Checkpoint checkpoint = Checkpoint.of(note, keys.get(shard));
        final Checkpoint before = seen.get(shard).putIfAbsent(checkpoint.size(), checkpoint);
        seenCount += before == null ? 1 : 0;
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
        for (int shard = 0; shard < seen.size(); shard++)
        {
            verify(shard, new TreeMap<>(seen.get(shard)));
        }
    }

    private void verify(final int shard, final SortedMap<Long, Checkpoint> signed) throws IOException
    {
        final MerkleFrontier tree = new MerkleFrontier();
        new JournalEntries(books).read(shard, 0, (buffer, offset, length) ->
        {
            final byte[] entry = new byte[length];
            buffer.getBytes(offset, entry);
            tree.append(entry, 0, length);
            final Checkpoint checkpoint = signed.remove(tree.size());
            if (checkpoint != null && !Arrays.equals(tree.root(), checkpoint.root()))
            {
                throw new FaultException("the journal has another history than was signed: " + checkpoint);
            }
            return true;
        });
        if (!signed.isEmpty())
        {
            throw new FaultException(
                "entries were signed that are not there: shard=" + shard + ", entries=" + tree.size() + ", signed " +
                signed.get(signed.lastKey()));
        }
        try (BooksLog log = new BooksLog(books, shard))
        {
            final LogCheck.Report report = new LogCheck(log, keys.get(shard)).run(count -> {});
            if (!report.isClean())
            {
                throw new FaultException("the sealed log is not what was signed: " + report);
            }
        }
    }
}
