package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A signature line of a note: {@code — name base64(id || signature)}.
 *
 * @param name  of the key.
 * @param bytes id of the key, 4 bytes big-endian, then the signature.
 */
public record NoteSignature(String name, byte[] bytes)
{
    private static final String DASH = "\u2014 ";
    private static final int ID_LENGTH = 4;

    /**
     * Id of the key.
     *
     * @return its first four bytes.
     */
    public int keyId()
    {
        return ByteBuffer.wrap(bytes).getInt();
    }

    /**
     * The signature alone.
     *
     * @return what stands behind the id of the key.
     */
    public byte[] signature()
    {
        return Arrays.copyOfRange(bytes, ID_LENGTH, bytes.length);
    }

    /** Whether a key of that name and id has signed, or says so. */
    boolean isBy(final VerifierKey key)
    {
        return key.name().equals(name) && key.id() == keyId();
    }

    /**
     * Read a line.
     *
     * @param line without its line feed.
     * @return the signature.
     * @throws ProofException if it is none.
     */
    public static NoteSignature parse(final String line)
    {
        final int space = line.indexOf(' ', DASH.length());
        if (!line.startsWith(DASH) || space <= DASH.length())
        {
            throw new ProofException(
                "a signature line is an em dash, a space, the name of the key, a space and base64: '" + line + "'");
        }
        final String name = line.substring(DASH.length(), space);
        final byte[] bytes = CanonicalText.base64(line.substring(space + 1), "the signature of " + name);
        if (bytes.length <= ID_LENGTH)
        {
            throw new ProofException("the signature of " + name + " is too short: " + bytes.length + " bytes");
        }
        return new NoteSignature(name, bytes);
    }

    /**
     * The line.
     *
     * @return it, with its line feed.
     */
    public String toLine()
    {
        return DASH + name + " " + CanonicalText.base64(bytes) + "\n";
    }
}
