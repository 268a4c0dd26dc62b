package io.seriatim.ledger;

import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The secret that salts the rows of accounts under state roots: whoever is shown one account can not guess another one
 * from the hashes beside it, and whoever has the key can make every root again.
 * <p>
 * Shape: 32 bytes; as text one line, {@code seriatim-state-root-key+} and base64.<br>
 * Threads: confined to one, but for what makes one.<br>
 * Source: RFC 2104 with SHA-256.
 */
public final class StateRootKey
{
    /** Length of a key in bytes. */
    public static final int KEY_LENGTH = 32;

    /** Length of what is salted in bytes: the id of an account, high then low, and asOfSequence; little-endian. */
    static final int SALTED_LENGTH = 3 * Long.BYTES;

    private static final int FINGERPRINT_LENGTH = 8;
    private static final String TITLE = "seriatim-state-root-key+";
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] secret;
    private final Mac mac;

    private StateRootKey(final byte[] secret)
    {
        this.secret = secret;
        mac = newMac(secret);
    }

    /**
     * A key of secret bytes, which come from a good source of chance.
     *
     * @param secret of {@link #KEY_LENGTH} bytes.
     * @return the key.
     */
    public static StateRootKey of(final byte[] secret)
    {
        if (secret.length != KEY_LENGTH)
        {
            throw new IllegalArgumentException("a state root key has " + KEY_LENGTH + " bytes: " + secret.length);
        }
        return new StateRootKey(secret.clone());
    }

    /**
     * Read a key.
     *
     * @param text as {@link #toText} has written it.
     * @return the key.
     * @throws IllegalArgumentException if it is none.
     */
    public static StateRootKey parse(final String text)
    {
        final String line = text.strip();
        if (line.startsWith(TITLE))
        {
            final byte[] secret = Base64.getDecoder().decode(line.substring(TITLE.length()));
            if (secret.length == KEY_LENGTH)
            {
                return new StateRootKey(secret);
            }
        }
        throw new IllegalArgumentException(
            "a state root key is the line '" + TITLE + "' and base64 of " + KEY_LENGTH + " bytes");
    }

    /**
     * The key as text, which is as secret as the key.
     *
     * @return a line with its end.
     */
    public String toText()
    {
        return TITLE + Base64.getEncoder().encodeToString(secret) + "\n";
    }

    /**
     * The key of one shard, so that the same id on two shards, or in two logs, has two salts.
     *
     * @param logUuid of the log.
     * @param shard   number of the shard.
     * @return HMAC-SHA-256 with this key over the uuid and the shard, 16 bytes and 4, little-endian as in the genesis.
     */
    public StateRootKey forShard(final UUID logUuid, final int shard)
    {
        return new StateRootKey(mac.doFinal(
            ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(logUuid.getMostSignificantBits()).putLong(logUuid.getLeastSignificantBits()).putInt(shard)
                .array()));
    }

    /**
     * The same key, for another thread.
     *
     * @return a copy.
     */
    public StateRootKey copy()
    {
        return new StateRootKey(secret);
    }

    /**
     * What tells keys from each other and nothing of the key.
     *
     * @return 8 bytes as one number.
     */
    public long fingerprint()
    {
        final byte[] hash = mac.doFinal("seriatim state root key".getBytes(StandardCharsets.US_ASCII));
        return Long.parseUnsignedLong(HexFormat.of().formatHex(hash, 0, FINGERPRINT_LENGTH), 16);
    }

    /** Salt the row of an account. Nothing is allocated but by the JDK. */
    void salt(final byte[] salted, final byte[] row, final int saltOffset)
    {
        mac.update(salted, 0, SALTED_LENGTH);
        try
        {
            mac.doFinal(row, saltOffset);
        }
        catch (final ShortBufferException ex)
        {
            throw new IllegalArgumentException("no room for a salt at offset " + saltOffset, ex);
        }
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof StateRootKey && Arrays.equals(secret, ((StateRootKey)other).secret);
    }

    @Override
    public int hashCode()
    {
        return Arrays.hashCode(secret);
    }

    /**
     * The fingerprint as it is written.
     *
     * @return 16 hex digits, and nothing of the secret.
     */
    @Override
    public String toString()
    {
        return HexFormat.of().toHexDigits(fingerprint());
    }

    private static Mac newMac(final byte[] secret)
    {
        try
        {
            final Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException("every Java has " + ALGORITHM, ex);
        }
    }
}
