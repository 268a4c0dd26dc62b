package io.seriatim.tools;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The fields that an object in JSON may have, at most 64. One that is not among them, stands there twice or is missing
 * though it is required refuses the request.
 * <p>
 * Threads: confined to one, because of what its fields write to.
 */
final class JsonFields
{
    /** Takes the value of a field. */
    @FunctionalInterface
    interface ValueReader
    {
        /**
         * Read the value that the parser stands at.
         *
         * @param name of the field.
         */
        void read(String name);
    }

    /**
     * A field.
     *
     * @param bit    of its own.
     * @param reader of its value.
     */
    private record Field(long bit, ValueReader reader)
    {
    }

    private final Map<String, Field> fields = new HashMap<>();
    private final Map<Integer, String> names = new TreeMap<>();
    private final String[] required = new String[Long.SIZE];
    private long requiredBits;

    /** Add a field that may be missing. */
    JsonFields optional(final String name, final ValueReader reader)
    {
        names.put(fields.size(), name);
        fields.put(name, new Field(1L << fields.size(), reader));
        return this;
    }

    /** Add a field that must be there. */
    JsonFields required(final String name, final ValueReader reader)
    {
        required[fields.size()] = name;
        requiredBits |= 1L << fields.size();
        return optional(name, reader);
    }

    /** All names, in the order in which they were added. */
    List<String> names()
    {
        return List.copyOf(names.values());
    }

    /** What {@link #read} begins with if a field was read before. */
    long bitOf(final String name)
    {
        return fields.get(name).bit();
    }

    /**
     * Reads the rest of the object that the parser stands in.
     *
     * @param values of which the parser is.
     * @param before bits of the fields that were read before.
     */
    void read(final JsonValues values, final long before)
    {
        final JsonParser parser = values.parser();
        long seen = before;
        while (parser.nextToken() != JsonToken.END_OBJECT)
        {
            final String name = parser.currentName();
            final Field field = fields.get(name);
            if (field == null)
            {
                throw new JsonRequestException(
                    JsonErrorCode.UNKNOWN_FIELD,
                    "no such field: found=" + InputException.shown(values.path(name)) + ", allowed=" +
                    String.join(" ", names.values()));
            }
            if ((seen & field.bit()) != 0)
            {
                throw new JsonRequestException(
                    JsonErrorCode.MALFORMED_JSON, "a field stands there twice: field=" + values.path(name));
            }
            seen |= field.bit();
            parser.nextToken();
            field.reader().read(name);
        }
        if ((requiredBits & ~seen) != 0)
        {
            throw missing(values, requiredBits & ~seen);
        }
    }

    private JsonRequestException missing(final JsonValues values, final long bits)
    {
        final StringJoiner missing = new StringJoiner(" ");
        for (int i = 0; i < required.length; i++)
        {
            if ((bits & 1L << i) != 0)
            {
                missing.add(values.path(required[i]));
            }
        }
        return new JsonRequestException(JsonErrorCode.MISSING_FIELD, "missing: field=" + missing);
    }
}
