package io.seriatim.engine;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Settings of an engine out of a file of properties, such as {@code seriatim advise --out} writes it. Others in the
 * same file, which do not begin with {@code engine.}, are left to those whose they are.
 *
 * <pre>
 *   engine.shards=4          see {@link EngineConfig#shardCount(int)}
 *   engine.journals=2        see {@link EngineConfig#journalCount(int)}
 *   engine.place.840=1       see {@link EngineConfig#place(int, int)}; a line for each ledger
 * </pre>
 */
public final class EngineSettings
{
    private static final String PREFIX = "engine.";
    private static final String SHARDS = PREFIX + "shards";
    private static final String JOURNALS = PREFIX + "journals";
    private static final String PLACE = PREFIX + "place.";

    private EngineSettings()
    {
    }

    /**
     * Set what a file says.
     *
     * @param file   to read.
     * @param config that gets it.
     * @throws IOException              if the file can not be read.
     * @throws IllegalArgumentException if it has a setting that is not known, or a value that can not be.
     */
    public static void apply(final Path file, final EngineConfig config) throws IOException
    {
        final Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file))
        {
            properties.load(reader);
        }
        for (final String key : new TreeSet<>(properties.stringPropertyNames()))
        {
            final String value = properties.getProperty(key).trim();
            if (key.equals(SHARDS))
            {
                config.shardCount(number(key, value, EngineConfig.SHARD_COUNT_LIMIT));
            }
            else if (key.equals(JOURNALS))
            {
                config.journalCount(number(key, value, EngineConfig.SHARD_COUNT_LIMIT));
            }
            else if (key.startsWith(PLACE))
            {
                config.place(ledger(key), number(key, value, EngineConfig.SHARD_COUNT_LIMIT - 1));
            }
            else if (key.startsWith(PREFIX))
            {
                throw new IllegalArgumentException(
                    "no such setting: " + key + "=" + value + "; there are " + SHARDS + ", " + JOURNALS + " and " +
                    PLACE + "LEDGER");
            }
        }
    }

    private static int ledger(final String key)
    {
        try
        {
            final int ledger = Integer.parseUnsignedInt(key.substring(PLACE.length()));
            if (ledger != 0)
            {
                return ledger;
            }
        }
        catch (final NumberFormatException ex)
        {
            // Told below.
        }
        throw new IllegalArgumentException(
            "the number of a ledger stands behind " + PLACE + ", from 1 to 4294967295: " + key);
    }

    private static int number(final String key, final String text, final int max)
    {
        final int min = key.startsWith(PLACE) ? 0 : 1;
        try
        {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max)
            {
                return value;
            }
        }
        catch (final NumberFormatException ex)
        {
            // Told below.
        }
        throw new IllegalArgumentException(key + " is a number from " + min + " to " + max + ": found=" + text);
    }
}
