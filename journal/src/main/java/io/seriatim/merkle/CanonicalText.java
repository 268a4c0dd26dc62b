package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Text that can be written in one way only, so that whoever changes a character changes what it says.
 */
final class CanonicalText
{
    private CanonicalText()
    {
    }

    static String base64(final byte[] bytes)
    {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Base64 with its padding, of which the bits that say nothing are 0. */
    static byte[] base64(final String text, final String what)
    {
        final byte[] bytes;
        try
        {
            bytes = Base64.getDecoder().decode(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ProofException(what + " is not base64: '" + shown(text) + "'", ex);
        }
        if (!base64(bytes).equals(text))
        {
            throw new ProofException(what + " is not base64 as it has to be written: '" + shown(text) + "'");
        }
        return bytes;
    }

    /** A hash of 32 bytes. */
    static byte[] hash(final String text, final String what)
    {
        final byte[] bytes = base64(text, what);
        if (bytes.length != TreeHasher.HASH_LENGTH)
        {
            throw new ProofException(
                what + " has " + TreeHasher.HASH_LENGTH + " bytes, these are " + bytes.length + ": '" + shown(text) +
                "'");
        }
        return bytes;
    }

    /** A number from 0 to 2^63-1 without leading zeros. */
    static long number(final String text, final String what)
    {
        long value = -1;
        if (text.matches("0|[1-9][0-9]{0,18}"))
        {
            try
            {
                value = Long.parseLong(text);
            }
            catch (final NumberFormatException ignored)
            {
                // Beyond 2^63-1.
            }
        }
        if (value < 0)
        {
            throw new ProofException(
                what + " is a number from 0 to 2^63-1 without leading zeros: '" + shown(text) + "'");
        }
        return value;
    }

    /** UTF-8 that is valid, without control characters but the line feed. */
    static String utf8(final byte[] bytes, final int lengthMax, final String what)
    {
        if (bytes.length > lengthMax)
        {
            throw new ProofException(what + " has at most " + lengthMax + " bytes; these are " + bytes.length);
        }
        final String text;
        try
        {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
        catch (final CharacterCodingException ex)
        {
            throw new ProofException(what + " is not valid UTF-8", ex);
        }
        for (int i = 0; i < text.length(); i++)
        {
            if (text.charAt(i) < ' ' && text.charAt(i) != '\n')
            {
                throw new ProofException(
                    what + " has a control character: 0x" + Integer.toHexString(text.charAt(i)) + " at " + i);
            }
        }
        return text;
    }

    private static String shown(final String text)
    {
        final int lengthMax = 120;
        return text.length() <= lengthMax ? text : text.substring(0, lengthMax) + "...";
    }
}
