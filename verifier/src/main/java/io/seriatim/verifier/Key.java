package io.seriatim.verifier;

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

/**
 * A key that is trusted, written {@code name+id+base64(type || 32 bytes of Ed25519)}: type 1 of a log, 4 of a witness.
 * The id is the beginning of SHA-256 of name, line feed, type and key.
 */
final class Key
{
    private static final String X509_ED25519 = "302a300506032b6570032100";
    private static final int LOG = 1;
    private static final int WITNESS = 4;

    private final String text;
    private final String name;
    private final int type;
    private final int id;
    private final PublicKey publicKey;

    Key(final String text) throws RefusedException
    {
        this.text = text;
        final String[] parts = text.split("\\+", 3);
        if (parts.length != 3)
        {
            throw new RefusedException("a key is written name+id+base64: '" + text + "'");
        }
        name = parts[0];
        final byte[] encoded = Lines.base64(parts[2]);
        if (encoded.length != 33 || encoded[0] != LOG && encoded[0] != WITNESS)
        {
            throw new RefusedException("not a key of type 1 or 4 with 32 bytes: '" + text + "'");
        }
        type = encoded[0];
        try
        {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
            id = ByteBuffer.wrap(digest.digest(encoded)).getInt();
            publicKey = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(
                HexFormat.of().parseHex(X509_ED25519 + HexFormat.of().formatHex(encoded, 1, encoded.length))));
        }
        catch (final GeneralSecurityException ex)
        {
            throw new RefusedException("not a key of Ed25519: '" + text + "'");
        }
        if (!HexFormat.of().toHexDigits(id).equals(parts[1]))
        {
            throw new RefusedException("the id of the key does not belong to it: '" + text + "'");
        }
    }

    String name()
    {
        return name;
    }

    boolean isOfLog()
    {
        return type == LOG;
    }

    /** Whether a signature says to be by this key. */
    boolean isNamed(final String signer, final byte[] idAndSignature)
    {
        return name.equals(signer) && idAndSignature.length > Integer.BYTES &&
            ByteBuffer.wrap(idAndSignature).getInt() == id;
    }

    /** Whether it is. Of a witness, 8 bytes of time stand before the 64 of the signature, and are signed too. */
    boolean hasSigned(final String note, final byte[] idAndSignature)
    {
        final int timeLength = isOfLog() ? 0 : Long.BYTES;
        if (idAndSignature.length != Integer.BYTES + timeLength + 64)
        {
            return false;
        }
        final String message = isOfLog() ? note :
            "cosignature/v1\ntime " + ByteBuffer.wrap(idAndSignature).getLong(Integer.BYTES) + "\n" + note;
        try
        {
            final Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(publicKey);
            signature.update(message.getBytes(StandardCharsets.UTF_8));
            return signature.verify(
                Arrays.copyOfRange(idAndSignature, Integer.BYTES + timeLength, idAndSignature.length));
        }
        catch (final GeneralSecurityException ex)
        {
            return false;
        }
    }

    @Override
    public String toString()
    {
        return text;
    }
}
