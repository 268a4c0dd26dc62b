package io.seriatim.codecs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of one message as they were first written, apart from the generator: a line for each field with its
 * offset, its bytes in hex and its name. It can be read and compared. It can not be written: what the code encodes
 * today is no argument for what the format is, so whoever changes the format changes the file by hand.
 */
final class GoldenMessage
{
    private static final Pattern LINE = Pattern.compile(" *(\\d+)  ((?:[0-9a-f]{2} )*[0-9a-f]{2}) {2,}(\\S+)");
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final String name;
    private final List<Field> fields;
    private final byte[] bytes;

    /**
     * One line of a golden file.
     *
     * @param offset from the first byte of the message's SBE header.
     * @param bytes  of the field.
     * @param name   as the schema has it, with the composite in front.
     */
    record Field(int offset, byte[] bytes, String name)
    {
    }

    private GoldenMessage(final String name, final List<Field> fields)
    {
        this.name = name;
        this.fields = List.copyOf(fields);
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        fields.forEach((field) -> all.writeBytes(field.bytes()));
        this.bytes = all.toByteArray();
    }

    static GoldenMessage load(final String name)
    {
        return parse(name, new String(file(name), StandardCharsets.US_ASCII));
    }

    static GoldenMessage parse(final String name, final String text)
    {
        final List<Field> fields = new ArrayList<>();
        int offset = 0;
        for (final String line : text.lines().filter((l) -> !l.startsWith("#")).toList())
        {
            final Matcher matcher = LINE.matcher(line);
            if (!matcher.matches())
            {
                throw new IllegalArgumentException("not a line of a golden file: name=" + name + ", line=" + line);
            }
            final Field field = new Field(
                Integer.parseInt(matcher.group(1)), HEX.parseHex(matcher.group(2)), matcher.group(3));
            if (field.offset() != offset)
            {
                throw new IllegalArgumentException(
                    "a gap or an overlap in the golden file: name=" + name + ", field=" + field.name() +
                    ", expected offset=" + offset + ", actual=" + field.offset());
            }
            offset += field.bytes().length;
            fields.add(field);
        }
        if (fields.isEmpty())
        {
            throw new IllegalArgumentException("an empty golden file: name=" + name);
        }

        return new GoldenMessage(name, fields);
    }

    static String sha256(final String name)
    {
        try
        {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file(name)));
        }
        catch (final NoSuchAlgorithmException e)
        {
            throw new AssertionError(e);
        }
    }

    private static byte[] file(final String name)
    {
        try (InputStream in = GoldenMessage.class.getResourceAsStream("/golden/" + name + ".hex"))
        {
            if (in == null)
            {
                throw new IllegalArgumentException("no golden file, and none is ever made: name=" + name);
            }
            return in.readAllBytes();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    List<Field> fields()
    {
        return fields;
    }

    byte[] bytes()
    {
        return bytes.clone();
    }

    /**
     * Compare with what was encoded.
     *
     * @param actual bytes of the message.
     * @throws AssertionError naming each field that differs.
     */
    void check(final byte[] actual)
    {
        final StringBuilder differences = new StringBuilder();
        for (final Field field : fields)
        {
            final int end = Math.min(actual.length, field.offset() + field.bytes().length);
            final byte[] found = Arrays.copyOfRange(actual, Math.min(field.offset(), end), end);
            if (!Arrays.equals(field.bytes(), found))
            {
                differences.append("\n  ").append(field.name()).append(" at offset ").append(field.offset())
                    .append(": golden=").append(HEX.formatHex(field.bytes()))
                    .append(", encoded=").append(HEX.formatHex(found));
            }
        }
        if (actual.length != bytes.length)
        {
            differences.append("\n  length: golden=").append(bytes.length).append(", encoded=").append(actual.length);
        }
        if (differences.length() > 0)
        {
            throw new AssertionError("the format of " + name + " differs from its golden file:" + differences);
        }
    }
}
