package io.seriatim.merkle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint and the proof that it goes on from an older one, as it is sent to a witness; also the form in which a
 * proof of consistency is written to a file.
 * <p>
 * Shape: {@code old} and the older size; the hashes of the proof, each on a line; an empty line; the newer checkpoint
 * as signed.<br>
 * Source: C2SP, tlog-witness, add-checkpoint.
 *
 * @param oldSize    of the older tree.
 * @param hashes     of the proof, 32 bytes each.
 * @param checkpoint the newer one.
 */
public record CheckpointRequest(long oldSize, List<byte[]> hashes, SignedNote checkpoint)
{
    /** Most bytes of a request that is read. */
    public static final int LENGTH_MAX = 1 << 17;

    private static final String OLD = "old ";
    private static final int HASHES_MAX = 63;

    /**
     * Kept as given.
     */
    public CheckpointRequest
    {
        hashes = List.copyOf(hashes);
    }

    /**
     * Read a request. Nothing of it may be believed yet.
     *
     * @param bytes of it.
     * @return the request.
     * @throws ProofException if it is none; the message says why.
     */
    public static CheckpointRequest parse(final byte[] bytes)
    {
        final String text = CanonicalText.utf8(bytes, LENGTH_MAX, "a request");
        final int end = text.indexOf("\n\n");
        if (!text.startsWith(OLD) || end < 0)
        {
            throw new ProofException(
                "a request begins with 'old' and a size, and has an empty line before its checkpoint");
        }
        final String[] lines = text.substring(0, end).split("\n", -1);
        final List<byte[]> hashes = new ArrayList<>();
        for (int i = 1; i < lines.length; i++)
        {
            hashes.add(CanonicalText.hash(lines[i], "hash " + hashes.size() + " of the proof"));
        }
        if (hashes.size() > HASHES_MAX)
        {
            throw new ProofException("a proof has at most " + HASHES_MAX + " hashes; these are " + hashes.size());
        }
        return new CheckpointRequest(
            CanonicalText.number(lines[0].substring(OLD.length()), "the old size"), hashes,
            SignedNote.parse(text.substring(end + 2).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The proof in it.
     *
     * @param newSize of the checkpoint.
     * @return the proof from the old size to that one.
     */
    public ConsistencyProof proofTo(final long newSize)
    {
        return new ConsistencyProof(oldSize, newSize, hashes);
    }

    /**
     * The request.
     *
     * @return bytes of UTF-8.
     */
    public byte[] toBytes()
    {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(OLD).append(oldSize).append('\n');
        hashes.forEach(hash -> text.append(CanonicalText.base64(hash)).append('\n'));
        return text.append('\n').append(checkpoint).toString();
    }
}
