package io.seriatim.advice;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * What an engine does with one shard, and what more shards cost, as it was measured on some machine by {@code
 * scripts/bench shards --costs FILE}.
 * <p>
 * Shape, a file of properties:
 *
 * <pre>
 *   machine             where it was measured
 *   command             that measured it
 *   entriesPerSecond    of one shard at full load, forced
 *   shards.N            throughput and median latency over those of one shard; memory and /dev/shm in MiB,
 *                       time of a launch in ms: five numbers with blanks between them
 * </pre>
 *
 * @param machine          where it was measured.
 * @param command          that measured it.
 * @param entriesPerSecond of one shard at full load.
 * @param rows             for each number of shards that was measured, by it.
 */
public record ShardCosts(String machine, String command, double entriesPerSecond, List<Row> rows)
{
    private static final String RESOURCE = "shard-costs.properties";
    private static final String ROW_KEY = "shards.";
    private static final int ROW_FIELDS = 5;

    /**
     * An engine of so many shards on one machine.
     *
     * @param shardCount      how many.
     * @param throughputRatio entries a second at full load, over those of one shard.
     * @param latencyRatio    median of lone requests that are forced, over that of one shard.
     * @param memoryMiB       resident, of a process with nothing but an empty engine.
     * @param sharedMemoryMiB of that in {@code /dev/shm}.
     * @param launchMs        from the launch of closed books until the engine is ready.
     */
    public record Row(
        int shardCount, double throughputRatio, double latencyRatio, double memoryMiB, double sharedMemoryMiB,
        double launchMs)
    {
    }

    /**
     * Those that come with this version.
     *
     * @return as they were measured.
     */
    public static ShardCosts measured()
    {
        try (InputStream in = ShardCosts.class.getResourceAsStream(RESOURCE))
        {
            final Properties properties = new Properties();
            properties.load(in);
            return of(properties);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Those of another machine.
     *
     * @param reader of a file as it is described above.
     * @return as they were measured.
     * @throws IOException              if it can not be read.
     * @throws IllegalArgumentException if it is no such file.
     */
    public static ShardCosts read(final Reader reader) throws IOException
    {
        final Properties properties = new Properties();
        properties.load(reader);
        return of(properties);
    }

    private static ShardCosts of(final Properties properties)
    {
        final List<Row> rows = new ArrayList<>();
        properties.stringPropertyNames().stream().filter(key -> key.startsWith(ROW_KEY))
            .map(key -> row(key, properties.getProperty(key)))
            .sorted((a, b) -> Integer.compare(a.shardCount(), b.shardCount())).forEach(rows::add);
        if (rows.isEmpty() || rows.get(0).shardCount() != 1)
        {
            throw new IllegalArgumentException("costs of shards begin with those of one: shards.1 is missing");
        }
        return new ShardCosts(
            required(properties, "machine"), required(properties, "command"),
            number("entriesPerSecond", required(properties, "entriesPerSecond")), List.copyOf(rows));
    }

    private static Row row(final String key, final String text)
    {
        final String[] fields = text.trim().split(" +");
        if (fields.length != ROW_FIELDS)
        {
            throw new IllegalArgumentException(
                "costs of shards are " + ROW_FIELDS + " numbers: " + key + "=" + text);
        }
        return new Row(
            (int)number(key, key.substring(ROW_KEY.length())), number(key, fields[0]), number(key, fields[1]),
            number(key, fields[2]), number(key, fields[3]), number(key, fields[4]));
    }

    private static String required(final Properties properties, final String key)
    {
        final String value = properties.getProperty(key);
        if (value == null)
        {
            throw new IllegalArgumentException("costs of shards have no " + key);
        }
        return value;
    }

    private static double number(final String key, final String text)
    {
        try
        {
            final double value = Double.parseDouble(text);
            if (value > 0)
            {
                return value;
            }
        }
        catch (final NumberFormatException ex)
        {
            // Told below.
        }
        throw new IllegalArgumentException("costs of shards are numbers above zero: " + key + "=" + text);
    }

    /**
     * What is known nearest to so many shards.
     *
     * @param shardCount how many.
     * @return the row with the most shards that are not more than these.
     */
    public Row at(final int shardCount)
    {
        Row found = rows.get(0);
        for (final Row row : rows)
        {
            found = row.shardCount() <= shardCount ? row : found;
        }
        return found;
    }

    /**
     * In the form that {@link #read} takes.
     *
     * @return lines.
     */
    public String text()
    {
        final StringBuilder text = new StringBuilder(
            "machine=" + machine + "\ncommand=" + command + "\nentriesPerSecond=" + Math.round(entriesPerSecond) +
            "\n# throughput and median latency over those of one shard; memory and /dev/shm in MiB; launch in ms\n");
        for (final Row row : rows)
        {
            text.append(String.format(
                Locale.ROOT, "%s%d=%.3f %.3f %.1f %.1f %.0f%n", ROW_KEY, row.shardCount(), row.throughputRatio(),
                row.latencyRatio(), row.memoryMiB(), row.sharedMemoryMiB(), row.launchMs()));
        }
        return text.toString();
    }
}
