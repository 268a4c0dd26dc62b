package io.seriatim.tools;

import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads single values of a request, and tells exactly which one is wrong. An integer is a JSON number without fraction
 * and exponent, or a string of digits; either is taken to the last digit, whatever its size.
 * <p>
 * Shape: the last integer that was read, as a high and a low half.<br>
 * Threads: confined to one.
 */
final class JsonValues
{
    private static final int LONG_BITS = 64;
    private static final int WIDE_BITS = 128;
    private static final int SHOWN_LENGTH_MAX = 60;

    private final Decimal128 decimal = new Decimal128();
    private final byte[] digits = new byte[Decimal128.LENGTH_MAX + 1];
    private JsonParser parser;
    private String parent;
    private int index;

    void wrap(final JsonParser newParser)
    {
        parser = newParser;
        parent = null;
    }

    JsonParser parser()
    {
        return parser;
    }

    /** What follows stands in a field. */
    void enter(final String name)
    {
        parent = name;
        index = -1;
    }

    /** What follows is the n-th of a field, from 0. */
    void element(final int newIndex)
    {
        index = newIndex;
    }

    /** What follows stands in the request itself. */
    void leave()
    {
        parent = null;
    }

    /** High half of the integer that was read last. */
    long high()
    {
        return decimal.high();
    }

    /** Low half of the integer that was read last. */
    long low()
    {
        return decimal.low();
    }

    /**
     * Reads an unsigned integer, which {@link #high} and {@link #low} have then.
     *
     * @param name of the field.
     * @param bits that it may have: 16, 32, 63, 64 or 128.
     * @return its low half.
     */
    long unsigned(final String name, final int bits)
    {
        if (!isInteger() || !isAtMost(bits))
        {
            throw badValue("not an integer in range", name, "0 to " + max(bits) + ", as digits or a string of digits");
        }
        return low();
    }

    private boolean isInteger()
    {
        final JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING)
        {
            return false;
        }
        final char[] chars = parser.getStringCharacters();
        int start = parser.getStringOffset();
        final int end = start + parser.getStringLength();
        while (start < end - 1 && chars[start] == '0')
        {
            start++;
        }
        final int length = end - start;
        if (length > Decimal128.LENGTH_MAX)
        {
            return false;
        }
        for (int i = 0; i < length; i++)
        {
            // What is no digit must not become one by being cut.
            digits[i] = chars[start + i] > '9' ? (byte) 'x' : (byte) chars[start + i];
        }
        return decimal.parse(digits, 0, length);
    }

    private boolean isAtMost(final int bits)
    {
        return bits == WIDE_BITS || high() == 0 && (bits == LONG_BITS || low() >>> bits == 0);
    }

    private static String max(final int bits)
    {
        switch (bits)
        {
            case WIDE_BITS:
                return Decimal128.MAX;
            case LONG_BITS:
                return Long.toUnsignedString(-1);
            default:
                return Long.toString((1L << bits) - 1);
        }
    }

    /**
     * Reads flags: an array of names, or the bits as an integer, those without a name too.
     *
     * @param name  of the field.
     * @param names of the flags.
     * @param bits  that the integer may have.
     * @return the bits.
     */
    long flags(final String name, final FlagNames names, final int bits)
    {
        if (parser.currentToken() != JsonToken.START_ARRAY)
        {
            if (!isInteger() || !isAtMost(bits))
            {
                throw badValue(
                    "not flags", name, "an array of names, or an integer from 0 to " + max(bits) + "; names are " +
                    String.join(" ", names.names()));
            }
            return low();
        }
        long flags = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY)
        {
            final int bit =
                parser.currentToken() == JsonToken.VALUE_STRING ? names.bitOf(parser.getString()) : -1;
            if (bit < 0 || (flags & 1L << bit) != 0)
            {
                throw badValue(
                    bit < 0 ? "not a flag" : "a flag stands there twice", name, String.join(" ", names.names()));
            }
            flags |= 1L << bit;
        }
        return flags;
    }

    /**
     * Reads a string.
     *
     * @param name of the field.
     * @return the string.
     */
    String text(final String name)
    {
        if (parser.currentToken() != JsonToken.VALUE_STRING)
        {
            throw badValue("not a string", name, "a string");
        }
        return parser.getString();
    }

    /**
     * Reads one of several words.
     *
     * @param name  of the field.
     * @param words that are allowed.
     * @return number of the word, from 0.
     */
    int word(final String name, final List<String> words)
    {
        final int number = parser.currentToken() == JsonToken.VALUE_STRING ? words.indexOf(parser.getString()) : -1;
        if (number < 0)
        {
            throw badValue("not one of the words", name, String.join(" ", words));
        }
        return number;
    }

    void requireObject(final String name)
    {
        if (parser.currentToken() != JsonToken.START_OBJECT)
        {
            throw badValue("not an object", name, "an object");
        }
    }

    void requireArray(final String name)
    {
        if (parser.currentToken() != JsonToken.START_ARRAY)
        {
            throw badValue("not an array", name, "an array");
        }
    }

    /**
     * The value at hand is wrong.
     *
     * @param what    is wrong.
     * @param name    of the field.
     * @param allowed what would do.
     * @return to be thrown.
     */
    JsonRequestException badValue(final String what, final String name, final String allowed)
    {
        return new JsonRequestException(
            JsonErrorCode.BAD_VALUE,
            what + ": field=" + path(name) + ", found=" + found() + ", allowed=" + allowed);
    }

    /** The whole way to a field, as in {@code events[3].amount}. */
    String path(final String name)
    {
        if (parent == null)
        {
            return name;
        }
        final String place = index < 0 ? parent : parent + '[' + index + ']';
        return name == null ? place : place + '.' + name;
    }

    private String found()
    {
        switch (parser.currentToken())
        {
            case START_OBJECT:
                return "an object";
            case START_ARRAY:
                return "an array";
            case VALUE_STRING:
                return InputException.shown(parser.getString());
            default:
                final String text = parser.getString();
                return text.length() <= SHOWN_LENGTH_MAX ? text :
                    text.substring(0, SHOWN_LENGTH_MAX) + "... (" + text.length() + " characters)";
        }
    }
}
