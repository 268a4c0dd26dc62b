package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Private key that signs notes, with its public half. As a file it is two blocks of text: the private key as PKCS#8 in
 * PEM, which other tools read too, and a line with the verifier key.
 * <p>
 * Threads: immutable.<br>
 * Source: RFC 8032; C2SP, signed-note and tlog-cosignature.
 */
public final class NoteSigner
{
    private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----\n";
    private static final String PEM_END = "-----END PRIVATE KEY-----\n";
    private static final int PEM_LINE = 64;
    private static final int ID_LENGTH = 4;

    private final VerifierKey verifierKey;
    private final PrivateKey privateKey;

    private NoteSigner(final VerifierKey verifierKey, final PrivateKey privateKey)
    {
        this.verifierKey = verifierKey;
        this.privateKey = privateKey;
    }

    /**
     * A new key.
     *
     * @param name of the key; of a log it is the origin of its checkpoints.
     * @param type {@link VerifierKey#LOG} or {@link VerifierKey#WITNESS}.
     * @return the key.
     */
    public static NoteSigner generate(final String name, final byte type)
    {
        try
        {
            final KeyPair pair = KeyPairGenerator.getInstance(VerifierKey.ALGORITHM).generateKeyPair();
            return new NoteSigner(VerifierKey.of(name, type, pair.getPublic()), pair.getPrivate());
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException("Java 17 has Ed25519", ex);
        }
    }

    /**
     * Read a key.
     *
     * @param text as {@link #toText} wrote it.
     * @return the key.
     * @throws ProofException if it is none, or if its halves do not belong together; no part of it is in the message.
     */
    public static NoteSigner parse(final String text)
    {
        final int begin = text.indexOf(PEM_BEGIN);
        final int end = text.indexOf(PEM_END);
        if (begin < 0 || end < begin)
        {
            throw new ProofException("a key file has a private key in PEM (PKCS#8) and a line with its verifier key");
        }
        final VerifierKey verifierKey = VerifierKey.parse(text.substring(end + PEM_END.length()).trim());
        final NoteSigner signer;
        try
        {
            final byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + PEM_BEGIN.length(), end));
            signer = new NoteSigner(
                verifierKey,
                KeyFactory.getInstance(VerifierKey.ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        }
        catch (final GeneralSecurityException | IllegalArgumentException ex)
        {
            throw new ProofException("the private key is none of Ed25519 in PKCS#8: " + verifierKey.name());
        }
        final String probe = "a signature that leaves this process for nobody\n";
        if (!verifierKey.isSignatureOf(probe, signer.signatureOf(probe, 0)))
        {
            throw new ProofException("the private key is not that of the verifier key beside it: " + verifierKey);
        }
        return signer;
    }

    /**
     * What a file holds that only its owner may read.
     *
     * @return text.
     */
    public String toText()
    {
        final String encoded = CanonicalText.base64(privateKey.getEncoded());
        final StringBuilder text = new StringBuilder(PEM_BEGIN);
        for (int i = 0; i < encoded.length(); i += PEM_LINE)
        {
            text.append(encoded, i, Math.min(encoded.length(), i + PEM_LINE)).append('\n');
        }
        return text.append(PEM_END).append(verifierKey).append('\n').toString();
    }

    /**
     * The public half.
     *
     * @return what others verify with.
     */
    public VerifierKey verifierKey()
    {
        return verifierKey;
    }

    /**
     * The same key under another name, and so with another id: a log has one key, and a name for each of its shards.
     *
     * @param name of the other.
     * @return the key by that name.
     */
    public NoteSigner named(final String name)
    {
        return new NoteSigner(verifierKey.named(name), privateKey);
    }

    /**
     * Sign.
     *
     * @param text        of a note, with its last line feed.
     * @param timeSeconds since 1970, which a witness signs with the text; a log does not.
     * @return the signature, to be put under the text.
     */
    public NoteSignature sign(final String text, final long timeSeconds)
    {
        final byte[] signature = signatureOf(text, timeSeconds);
        final byte[] bytes = ByteBuffer.allocate(ID_LENGTH + signature.length)
            .putInt(verifierKey.id())
            .put(signature)
            .array();
        return new NoteSignature(verifierKey.name(), bytes);
    }

    private byte[] signatureOf(final String text, final long timeSeconds)
    {
        try
        {
            final Signature signer = Signature.getInstance(VerifierKey.ALGORITHM);
            signer.initSign(privateKey);
            signer.update(VerifierKey.messageOf(verifierKey.type(), timeSeconds, text));
            final byte[] signature = signer.sign();
            return verifierKey.type() == VerifierKey.LOG ? signature :
                ByteBuffer.allocate(VerifierKey.TIME_LENGTH + signature.length)
                .putLong(timeSeconds)
                .put(signature)
                .array();
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException("can not sign with " + verifierKey.name(), ex);
        }
    }

    /** Nothing of the private half. */
    @Override
    public String toString()
    {
        return verifierKey.toString();
    }
}
