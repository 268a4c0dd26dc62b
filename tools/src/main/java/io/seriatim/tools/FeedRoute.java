package io.seriatim.tools;

import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedFilter;
import io.seriatim.replay.FeedKeys;
import io.seriatim.replay.FeedOrdering;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which entries go where, and in which order. A file of routes has one a line, {@code NAME ORDERING SINK CONDITIONS},
 * with spaces in between; what follows {@code #} is for people.
 *
 * @param name     of the route, and of its offset.
 * @param ordering of its entries; null if something else says it.
 * @param sink     a file, {@code -} or a URL.
 * @param filter   of the entries.
 */
record FeedRoute(String name, Ordering ordering, String sink, FeedFilter filter)
{
    private static final int FIELD_COUNT_MIN = 3;

    /** Names of orderings. */
    enum Ordering
    {
        TOTAL, BY_ACCOUNT, BY_LEDGER, NONE;

        @Override
        public String toString()
        {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        void applyTo(final FeedConfig config)
        {
            switch (this)
            {
                case BY_ACCOUNT:
                    config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.ACCOUNTS);
                    break;
                case BY_LEDGER:
                    config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.LEDGER);
                    break;
                case NONE:
                    config.ordering(FeedOrdering.NONE);
                    break;
                default:
                    config.ordering(FeedOrdering.TOTAL);
                    break;
            }
        }
    }

    /**
     * Read a file of routes.
     *
     * @param file to read.
     * @return the routes, at least one.
     * @throws IOException   if it can not be read.
     * @throws ToolException if a line is not a route; the message says which.
     */
    static List<FeedRoute> read(final Path file) throws IOException
    {
        final List<FeedRoute> routes = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        final List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++)
        {
            final String line = lines.get(i).replaceFirst("(^|\\s)#.*", "").strip();
            if (!line.isEmpty())
            {
                final FeedRoute route = parse(line, file, i + 1);
                if (!names.add(route.name))
                {
                    throw bad("a name comes twice: name=" + route.name, file, i + 1, null);
                }
                routes.add(route);
            }
        }
        if (routes.isEmpty())
        {
            throw new ToolException(ExitCode.BAD_INPUT, "there is no route in this file: file=" + file);
        }
        return routes;
    }

    private static FeedRoute parse(final String line, final Path file, final int number)
    {
        final String[] fields = line.split("\\s+", FIELD_COUNT_MIN + 1);
        if (fields.length < FIELD_COUNT_MIN || !fields[0].matches("[a-z0-9-]{1,30}"))
        {
            throw bad(
                "a route is NAME ORDERING SINK CONDITIONS, its name of a-z, 0-9 and -: " + line, file, number, null);
        }
        for (final Ordering ordering : Ordering.values())
        {
            if (ordering.toString().equals(fields[1]))
            {
                try
                {
                    return new FeedRoute(
                        fields[0], ordering, fields[2],
                        fields.length == FIELD_COUNT_MIN ? FeedFilter.ALL : FeedFilter.parse(fields[FIELD_COUNT_MIN]));
                }
                catch (final IllegalArgumentException ex)
                {
                    throw bad(ex.getMessage(), file, number, ex);
                }
            }
        }
        throw bad("there is no such ordering: ordering=" + fields[1] + ", allowed=total, by-account, by-ledger, none",
            file, number, null);
    }

    private static ToolException bad(final String what, final Path file, final int line, final Throwable cause)
    {
        return new ToolException(ExitCode.BAD_INPUT, what + "; file=" + file + ", line=" + line, cause);
    }
}
