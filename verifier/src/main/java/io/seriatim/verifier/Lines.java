package io.seriatim.verifier;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Text that others have written, of which every character counts.
 */
final class Lines
{
    private static final int LENGTH_MAX = 1 << 18;

    private Lines()
    {
    }

    static String text(final byte[] bytes) throws RefusedException
    {
        if (bytes.length > LENGTH_MAX)
        {
            throw new RefusedException("too long: " + bytes.length + " bytes, at most " + LENGTH_MAX);
        }
        try
        {
            final String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (text.chars().anyMatch(c -> c < ' ' && c != '\n'))
            {
                throw new RefusedException("there is a control character in it");
            }
            return text;
        }
        catch (final CharacterCodingException ex)
        {
            throw new RefusedException("it is not UTF-8");
        }
    }

    static byte[] base64(final String text) throws RefusedException
    {
        try
        {
            final byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text))
            {
                return bytes;
            }
        }
        catch (final IllegalArgumentException ignored)
        {
            // Told below.
        }
        throw new RefusedException("not base64: '" + text + "'");
    }

    static byte[] hash(final String text) throws RefusedException
    {
        final byte[] bytes = base64(text);
        if (bytes.length != 32)
        {
            throw new RefusedException("a hash has 32 bytes, this one " + bytes.length + ": '" + text + "'");
        }
        return bytes;
    }

    static long number(final String text) throws RefusedException
    {
        try
        {
            if (text.matches("0|[1-9][0-9]*"))
            {
                return Long.parseLong(text);
            }
        }
        catch (final NumberFormatException ignored)
        {
            // Told below.
        }
        throw new RefusedException("not a number from 0 to 2^63-1 without leading zeros: '" + text + "'");
    }
}
