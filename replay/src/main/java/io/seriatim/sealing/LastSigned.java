package io.seriatim.sealing;

import io.seriatim.journal.DirectoryLock;
import io.seriatim.journal.PosixFiles;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a key has signed last, kept beside the key and not with the books: books that are restored from a copy, or of
 * which two are run, must not make it sign two histories.
 * <p>
 * Shape: the directory {@code KEYFILE.signed}, in it one directory for each origin, with {@code _} for {@code /}, which
 * holds the note and is locked: one at a time signs for an origin, whatever books it has.<br>
 * Threads: confined to one.
 */
final class LastSigned implements AutoCloseable
{
    private final NoteSigner signer;
    private final Path file;
    private final DirectoryLock lock;
    private Checkpoint last;

    /**
     * What was signed.
     *
     * @param keyFile of the key.
     * @param signer  the key by the name of the log.
     * @throws SealingException if what was signed can not be believed.
     * @throws io.seriatim.journal.DirectoryInUseException if another sealer signs for this origin with this key.
     */
    LastSigned(final Path keyFile, final NoteSigner signer)
    {
        this.signer = signer;
        final Path signed = keyFile.resolveSibling(keyFile.getFileName() + ".signed");
        final Path directory = signed.resolve(signer.verifierKey().name().replace('/', '_'));
        PosixFiles.ensurePrivateDirectory(signed);
        PosixFiles.ensurePrivateDirectory(directory);
        file = directory.resolve("checkpoint");
        lock = DirectoryLock.acquire(directory);
        try
        {
            last = load();
        }
        catch (final RuntimeException ex)
        {
            lock.close();
            throw ex;
        }
    }

    /** The newest checkpoint that the key has signed; null if it has signed none of this log. */
    Checkpoint checkpoint()
    {
        return last;
    }

    NoteSigner signer()
    {
        return signer;
    }

    /**
     * May it sign this one?
     *
     * @param next   to be signed.
     * @param proofs from the tree that it is the head of.
     * @throws SealingException if it would sign two histories.
     */
    void require(final Checkpoint next, final ProofBuilder proofs)
    {
        try
        {
            if (last != null)
            {
                if (last.size() > next.size())
                {
                    throw new ProofException("the tree has become smaller");
                }
                proofs.consistency(last.size(), next.size()).verify(last.root(), next.root());
            }
        }
        catch (final ProofException ex)
        {
            throw new HistoryException(
                "the key has signed another history and signs nothing more of this log: signed " + last +
                ", to be signed " + next + ", file=" + file + ": " + ex.getMessage(), ex);
        }
    }

    /** It is about to sign this one: kept before anybody can have the signature. */
    void store(final Checkpoint next) throws IOException
    {
        PosixFiles.replace(file, next.signed(List.of(signer)).toBytes());
        last = next;
    }

    @Override
    public void close()
    {
        lock.close();
    }

    private Checkpoint load()
    {
        final SignedNote note = SignedCheckpoints.read(file);
        try
        {
            return note == null ? null : Checkpoint.of(note, List.of(signer.verifierKey()));
        }
        catch (final ProofException ex)
        {
            throw new SealingException(
                "what the key has signed last can not be believed, so it signs nothing: " + ex.getMessage() +
                ": file=" + file, ex);
        }
    }
}
