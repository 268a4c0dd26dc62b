package io.seriatim.replay;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Settings of a feed out of a file of properties, such as {@code seriatim advise --out} writes it. Others in the same
 * file, which do not begin with {@code feed.}, are left to those whose they are.
 *
 * <pre>
 *   feed.ordering=by-account   total, by-account, by-ledger or none
 *   feed.workers=50            see {@link FeedConfig#workerCount(int)}; not for total, which has one
 *   feed.capacity=8192         see {@link FeedConfig#capacity(int)}
 * </pre>
 */
public final class FeedSettings
{
    private static final String PREFIX = "feed.";
    private static final String ORDERING = PREFIX + "ordering";
    private static final String WORKERS = PREFIX + "workers";
    private static final String CAPACITY = PREFIX + "capacity";

    private FeedSettings()
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
    public static void apply(final Path file, final FeedConfig config) throws IOException
    {
        final Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file))
        {
            properties.load(reader);
        }
        for (final String key : new TreeSet<>(properties.stringPropertyNames()))
        {
            final String value = properties.getProperty(key).trim();
            switch (key)
            {
                case ORDERING:
                    order(value, config);
                    break;
                case WORKERS:
                    config.workerCount(number(key, value));
                    break;
                case CAPACITY:
                    config.capacity(number(key, value));
                    break;
                default:
                    if (key.startsWith(PREFIX))
                    {
                        throw new IllegalArgumentException(
                            "no such setting: " + key + "=" + value + "; there are " + ORDERING + ", " + WORKERS +
                            " and " + CAPACITY);
                    }
                    break;
            }
        }
    }

    private static void order(final String text, final FeedConfig config)
    {
        switch (text.toLowerCase(Locale.ROOT))
        {
            case "total" -> config.ordering(FeedOrdering.TOTAL);
            case "by-account" -> config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.ACCOUNTS);
            case "by-ledger" -> config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.LEDGER);
            case "none" -> config.ordering(FeedOrdering.NONE);
            default -> throw new IllegalArgumentException(
                ORDERING + " is total, by-account, by-ledger or none: found=" + text);
        }
    }

    private static int number(final String key, final String text)
    {
        try
        {
            final int value = Integer.parseInt(text);
            if (value > 0)
            {
                return value;
            }
        }
        catch (final NumberFormatException ex)
        {
            // Told below.
        }
        throw new IllegalArgumentException(key + " is a number above zero: found=" + text);
    }
}
