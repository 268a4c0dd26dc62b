package io.seriatim.faults;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Options that every row has. */
final class RowOptions
{
    @Option(names = "--long", description = "The long tier, which takes minutes to an hour.")
    private boolean isLong;

    @Option(names = "--cycles", paramLabel = "N", description = "So many cycles, whatever the tier.")
    private Integer cycles;

    @Option(
        names = "--seed",
        paramLabel = "SEED",
        description = "Of everything that is drawn; ${DEFAULT-VALUE} if not given.",
        defaultValue = "1")
    private long seed;

    @Option(
        names = "--record",
        paramLabel = "FILE",
        description = "Where the line of JSON goes; ${DEFAULT-VALUE} if not given.",
        defaultValue = "crash-test.jsonl")
    private Path recordFile;

    boolean isLong()
    {
        return isLong;
    }

    long seed()
    {
        return seed;
    }

    Path recordFile()
    {
        return recordFile;
    }

    /** The options that make the same run again. */
    String again()
    {
        return "--seed " + seed + (isLong ? " --long" : "") + (cycles == null ? "" : " --cycles " + cycles);
    }

    /** How many cycles to run. */
    int cycleCount(final int fast, final int longer)
    {
        return cycles != null ? cycles : isLong ? longer : fast;
    }
}
