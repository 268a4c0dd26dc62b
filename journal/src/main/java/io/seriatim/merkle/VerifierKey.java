package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Public key that a note is checked with, written {@code name+hexid+base64(type || key)}.
 * <p>
 * Shape: Ed25519, of type 0x01 for a log that signs the text as it is, or 0x04 for a witness, which signs a time with
 * it. The id is the beginning of SHA-256 of name, line feed, type and key.<br>
 * Threads: immutable.<br>
 * Source: C2SP, signed-note and tlog-cosignature.
 */
public final class VerifierKey
{
    /** Signs the text of a note. */
    public static final byte LOG = 0x01;

    /** Signs a checkpoint with the time at which it was seen. */
    public static final byte WITNESS = 0x04;

    static final int SIGNATURE_LENGTH = 64;
    static final int TIME_LENGTH = 8;
    static final String ALGORITHM = "Ed25519";

    private static final int KEY_LENGTH = 32;
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String name;
    private final byte type;
    private final byte[] bytes;
    private final PublicKey key;
    private final int id;

    private VerifierKey(final String name, final byte type, final byte[] bytes)
    {
        this.name = requireName(name);
        this.type = type;
        this.bytes = bytes;
        id = idOf(name, type, bytes);
        try
        {
            key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(join(X509_PREFIX, bytes)));
        }
        catch (final GeneralSecurityException ex)
        {
            throw new ProofException("not a key of Ed25519: name=" + name, ex);
        }
    }

    /**
     * A key.
     *
     * @param name of it: without spaces and '+'.
     * @param type {@link #LOG} or {@link #WITNESS}.
     * @param key  of Ed25519.
     * @return the key.
     */
    public static VerifierKey of(final String name, final byte type, final PublicKey key)
    {
        final byte[] encoded = key.getEncoded();
        return new VerifierKey(name, type, Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length));
    }

    /**
     * Read a key.
     *
     * @param text as it was printed.
     * @return the key.
     * @throws ProofException if it is none; the message says what is wrong with it.
     */
    public static VerifierKey parse(final String text)
    {
        final String[] parts = text.split("\\+", 3);
        if (parts.length != 3 || !parts[1].matches("[0-9a-f]{8}"))
        {
            throw new ProofException("a verifier key is written name+hexid+base64: '" + text + "'");
        }
        final byte[] encoded = CanonicalText.base64(parts[2], "the key behind the second '+'");
        if (encoded.length != 1 + KEY_LENGTH || encoded[0] != LOG && encoded[0] != WITNESS)
        {
            throw new ProofException(
                "a verifier key has a type, 1 of a log or 4 of a witness, and 32 bytes of Ed25519: '" + text + "'");
        }
        final VerifierKey key = new VerifierKey(
            parts[0], encoded[0], Arrays.copyOfRange(encoded, 1, encoded.length));
        if (!key.hexId().equals(parts[1]))
        {
            throw new ProofException(
                "the id of the verifier key does not belong to it: found " + parts[1] + ", expected " + key.hexId());
        }
        return key;
    }

    /**
     * The same key under another name, and so with another id.
     *
     * @param newName without spaces and '+'.
     * @return the key by that name.
     */
    public VerifierKey named(final String newName)
    {
        return new VerifierKey(newName, type, bytes);
    }

    /**
     * Name of the key; of a log it is the origin of its checkpoints.
     *
     * @return its name.
     */
    public String name()
    {
        return name;
    }

    /**
     * What it signs.
     *
     * @return {@link #LOG} or {@link #WITNESS}.
     */
    public byte type()
    {
        return type;
    }

    /**
     * First four bytes, big-endian, of SHA-256 of its name, type and bytes.
     *
     * @return the id, which is in the signatures.
     */
    public int id()
    {
        return id;
    }

    /**
     * Check a signature.
     *
     * @param text      that was signed, with its last line feed.
     * @param signature of a log, or the time and signature of a witness.
     * @return whether it is this key's signature of that text.
     */
    public boolean isSignatureOf(final String text, final byte[] signature)
    {
        if (signature.length != (type == WITNESS ? TIME_LENGTH : 0) + SIGNATURE_LENGTH)
        {
            return false;
        }
        try
        {
            final Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(messageOf(type, type == WITNESS ? time(signature) : 0, text));
            return verifier.verify(signature, signature.length - SIGNATURE_LENGTH, SIGNATURE_LENGTH);
        }
        catch (final GeneralSecurityException ex)
        {
            return false;
        }
    }

    /**
     * When a witness has seen what it signed.
     *
     * @param signature of a key of type {@link #WITNESS}.
     * @return seconds since 1970.
     */
    public static long time(final byte[] signature)
    {
        return ByteBuffer.wrap(signature).getLong();
    }

    /** What is signed. */
    static byte[] messageOf(final byte type, final long timeSeconds, final String text)
    {
        final String message = type == WITNESS ? "cosignature/v1\ntime " + timeSeconds + "\n" + text : text;
        return message.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether two keys are one, whatever name they have and whatever they sign. */
    boolean isSameKey(final VerifierKey other)
    {
        return Arrays.equals(bytes, other.bytes);
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof VerifierKey that && name.equals(that.name) && type == that.type && isSameKey(that);
    }

    @Override
    public int hashCode()
    {
        return Objects.hash(name, id);
    }

    /**
     * As it is handed to whoever verifies.
     *
     * @return {@code name+hexid+base64}.
     */
    @Override
    public String toString()
    {
        return name + "+" + hexId() + "+" + CanonicalText.base64(join(new byte[]{type}, bytes));
    }

    private String hexId()
    {
        return HexFormat.of().toHexDigits(id);
    }

    private static int idOf(final String name, final byte type, final byte[] key)
    {
        try
        {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte)'\n');
            digest.update(type);
            return ByteBuffer.wrap(digest.digest(key)).getInt();
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }

    private static String requireName(final String name)
    {
        if (name.isEmpty() || name.chars().anyMatch(c -> c < ' ' || c == '+' || Character.isWhitespace(c) ||
            Character.isSpaceChar(c)))
        {
            throw new ProofException("the name of a key is not empty and has neither spaces nor '+': '" + name + "'");
        }
        return name;
    }

    private static byte[] join(final byte[] first, final byte[] second)
    {
        final byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
