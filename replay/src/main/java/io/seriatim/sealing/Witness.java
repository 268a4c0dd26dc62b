package io.seriatim.sealing;

import io.seriatim.journal.DirectoryLock;
import io.seriatim.journal.PosixFiles;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.TreeHasher;
import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Signs checkpoints of logs that it knows, each only if it goes on from the one that it has signed before. What it has
 * signed is kept before the signature leaves it: one note for each log, in a directory of its own.
 * <p>
 * Threads: any; one request at a time.<br>
 * Source: C2SP, tlog-witness.
 */
public final class Witness implements AutoCloseable
{
    /** Media type of an answer that is the size of a tree. */
    public static final String SIZE_TYPE = "text/x.tlog.size";

    private static final String TEXT_TYPE = "text/plain; charset=utf-8";
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNPROCESSABLE = 422;

    /**
     * What a witness answers.
     *
     * @param status of HTTP.
     * @param type   media type of the body.
     * @param body   signature lines, a size, or what is wrong.
     */
    public record Answer(int status, String type, String body)
    {
    }

    /** Looks at a checkpoint with eyes of its own, before it is signed. */
    @FunctionalInterface
    public interface Judge
    {
        /** Whatever goes on from the last one is signed. */
        Judge CONSISTENCY_ALONE = checkpoint -> null;

        /**
         * Judge a checkpoint that goes on from the last one.
         *
         * @param checkpoint that the log has signed.
         * @return null to sign it; else the answer to give.
         */
        Answer judge(Checkpoint checkpoint);
    }

    private final NoteSigner signer;
    private final List<VerifierKey> logs;
    private final Path directory;
    private final Judge judge;
    private final LongSupplier secondsClock;
    private final DirectoryLock lock;

    /**
     * A witness.
     *
     * @param signer       its key.
     * @param logs         keys of the logs that it signs for.
     * @param directory    where it keeps what it has signed; it is made if it is not there.
     * @param judge        looks at checkpoints beside.
     * @param secondsClock seconds since 1970.
     * @throws SealingException if the key is none of a witness.
     * @throws io.seriatim.journal.DirectoryInUseException if another one keeps its signatures there.
     */
    public Witness(
        final NoteSigner signer,
        final List<VerifierKey> logs,
        final Path directory,
        final Judge judge,
        final LongSupplier secondsClock)
    {
        if (signer.verifierKey().type() != VerifierKey.WITNESS)
        {
            throw new SealingException("the key is one of a log, not of a witness: " + signer.verifierKey());
        }
        this.signer = signer;
        this.logs = List.copyOf(logs);
        this.directory = directory;
        this.judge = judge;
        this.secondsClock = secondsClock;
        PosixFiles.ensurePrivateDirectory(directory);
        lock = DirectoryLock.acquire(directory);
    }

    /**
     * Answer a request to sign.
     *
     * @param body of the request.
     * @return the answer.
     * @throws SealingException if what was signed before can not be read or kept: nothing was signed.
     */
    public synchronized Answer addCheckpoint(final byte[] body)
    {
        final CheckpointRequest request;
        final Checkpoint claimed;
        try
        {
            request = CheckpointRequest.parse(body);
            claimed = Checkpoint.parse(request.checkpoint().text());
        }
        catch (final ProofException ex)
        {
            return new Answer(BAD_REQUEST, TEXT_TYPE, ex.getMessage() + "\n");
        }
        final List<VerifierKey> keys = logs.stream().filter(key -> key.name().equals(claimed.origin())).toList();
        if (keys.isEmpty())
        {
            return new Answer(NOT_FOUND, TEXT_TYPE, "not a log that this witness knows: " + claimed.origin() + "\n");
        }
        final Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.of(request.checkpoint(), keys);
        }
        catch (final ProofException ex)
        {
            return new Answer(FORBIDDEN, TEXT_TYPE, ex.getMessage() + "\n");
        }
        final Answer refusal = refusalOf(request, checkpoint);
        return refusal != null ? refusal : sign(checkpoint);
    }

    /**
     * The newest checkpoint that was signed of a log.
     *
     * @param origin of the log.
     * @return the checkpoint; null if there is none.
     */
    public synchronized Checkpoint last(final String origin)
    {
        final SignedNote note = SignedCheckpoints.read(fileOf(origin));
        return note == null ? null : Checkpoint.parse(note.text());
    }

    @Override
    public void close()
    {
        lock.close();
    }

    private Answer refusalOf(final CheckpointRequest request, final Checkpoint checkpoint)
    {
        if (request.oldSize() > checkpoint.size())
        {
            return new Answer(
                BAD_REQUEST, TEXT_TYPE, "the old size is above the new one: old=" + request.oldSize() + ", new=" +
                checkpoint.size() + "\n");
        }
        final Checkpoint known = last(checkpoint.origin());
        final Checkpoint last = known != null ? known :
            new Checkpoint(checkpoint.origin(), 0, new TreeHasher().emptyRoot());
        final boolean isRewritten = request.oldSize() == checkpoint.size() &&
            last.size() == checkpoint.size() && !Arrays.equals(last.root(), checkpoint.root());
        if (request.oldSize() != last.size() || isRewritten)
        {
            return new Answer(CONFLICT, SIZE_TYPE, last.size() + "\n");
        }
        try
        {
            request.proofTo(checkpoint.size()).verify(last.root(), checkpoint.root());
        }
        catch (final ProofException ex)
        {
            return new Answer(UNPROCESSABLE, TEXT_TYPE, ex.getMessage() + "\n");
        }
        return judge.judge(checkpoint);
    }

    private Answer sign(final Checkpoint checkpoint)
    {
        final String text = checkpoint.toText();
        final SignedNote note = new SignedNote(text, List.of(signer.sign(text, secondsClock.getAsLong())));
        try
        {
            PosixFiles.replace(fileOf(checkpoint.origin()), note.toBytes());
        }
        catch (final IOException ex)
        {
            throw new SealingException("what is to be signed can not be kept, so it is not signed: " + ex, ex);
        }
        return new Answer(OK, TEXT_TYPE, note.signatures().get(0).toLine());
    }

    private Path fileOf(final String origin)
    {
        // Names are those of known logs, which may have other characters than ours.
        return directory.resolve(HexFormat.of().formatHex(origin.getBytes(StandardCharsets.UTF_8)));
    }
}
