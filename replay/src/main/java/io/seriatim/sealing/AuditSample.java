package io.seriatim.sealing;

import io.seriatim.merkle.Checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A sample of a log's entries that neither side can have chosen: it follows from the root, which was signed before
 * anybody asked for the sample.
 * <p>
 * Shape: place i, from 0, is the first 8 bytes, big-endian and unsigned, of SHA-256 over the ASCII characters
 * {@code seriatim-sample}, the root, and i as 8 bytes big-endian, modulo the size. A place that came before is skipped.
 */
public final class AuditSample
{
    private static final byte[] PREFIX = "seriatim-sample".getBytes(StandardCharsets.US_ASCII);

    private AuditSample()
    {
    }

    /**
     * Places of the sample.
     *
     * @param checkpoint of the log.
     * @param count      how many are wanted; all of them if there are not so many.
     * @return sequences, in the order in which they were drawn.
     */
    public static List<Long> of(final Checkpoint checkpoint, final int count)
    {
        final Set<Long> places = new LinkedHashSet<>();
        final MessageDigest digest = sha256();
        for (long i = 0; places.size() < Math.min(count, checkpoint.size()); i++)
        {
            digest.update(PREFIX);
            digest.update(checkpoint.root());
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, i));
            places.add(Long.remainderUnsigned(ByteBuffer.wrap(digest.digest()).getLong(), checkpoint.size()));
        }
        return new ArrayList<>(places);
    }

    private static MessageDigest sha256()
    {
        try
        {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }
}
