package io.seriatim.faults;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What one run of a row has done, as one line of JSON that is added to a file: commit, seed, machine, counts, minutes.
 * So many clean cycles bound the rate of failure from above, see {@link #bound}.
 * <p>
 * Threads: confined to one.
 */
final class RunRecord
{
    /** Set by the script: the commit that was built, with a mark if the tree was changed. */
    static final String COMMIT_PROPERTY = "seriatim.faults.commit";

    private static final double MINUTE_NS = 60e9;

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final long startNs = System.nanoTime();

    /**
     * A run begins.
     *
     * @param row  name of the row, as on the command line.
     * @param seed that all of it was drawn from.
     */
    RunRecord(final String row, final long seed)
    {
        values.put("row", row);
        values.put("commit", System.getProperty(COMMIT_PROPERTY, "unknown"));
        values.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        values.put("seed", seed);
        values.put("cores", Runtime.getRuntime().availableProcessors());
        values.put("processor", Machine.processor());
        values.put("java", Runtime.version().toString());
    }

    /**
     * Note a value; a name that is there already gets the new one.
     *
     * @param name  of the value.
     * @param value a number, a string, a boolean, or a map or list of those.
     * @return this.
     */
    RunRecord put(final String name, final Object value)
    {
        values.put(name, value);
        return this;
    }

    /**
     * Say how many cycles really ran and were clean: with none that failed, the rate of failure lies below 3/N with
     * 95 % confidence.
     *
     * @param cleanCycles that ran to their end and broke no promise.
     * @return a sentence for the person who reads.
     */
    String bound(final long cleanCycles)
    {
        put("cleanCycles", cleanCycles);
        if (cleanCycles == 0)
        {
            return "no cycle ran, so nothing was shown";
        }
        final double bound = Math.min(1, 3.0 / cleanCycles);
        put("failureRateBelow", bound);
        return String.format(
            Locale.ROOT, "%,d clean cycles: the rate of failure is below %.4g (3/N, 95 %% confidence)",
            cleanCycles, bound);
    }

    /**
     * End the run and add its line to a file.
     *
     * @param file to add to; made if it is not there.
     * @return the line.
     */
    String write(final Path file)
    {
        values.put("minutes", Math.round((System.nanoTime() - startNs) / MINUTE_NS * 1_000) / 1_000.0);
        final String line = JsonMapper.shared().writeValueAsString(values);
        try
        {
            if (file.getParent() != null)
            {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(
                file, line + '\n', StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not write the record: file=" + file, ex);
        }
        return line;
    }
}
