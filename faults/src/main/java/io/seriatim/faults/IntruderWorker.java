package io.seriatim.faults;

import io.aeron.Aeron;
import io.seriatim.journal.SegmentReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another user of the machine, who tries to read an engine's files, and to connect to its transport and write.
 */
final class IntruderWorker
{
    private static final long CONNECT_TIMEOUT_MS = 2_000;

    private IntruderWorker()
    {
    }

    /**
     * Tries everything, says what went and ends with 1 if anything did.
     *
     * @param args files to read, and after {@code --} directories of Aeron and of a journal.
     */
    public static void main(final String[] args)
    {
        final List<String> went = new ArrayList<>();
        int i = 0;
        for (; !args[i].equals("--"); i++)
        {
            tryToRead(Path.of(args[i]), went);
        }
        tryToConnect(Path.of(args[i + 1]), went);
        tryToReplay(Path.of(args[i + 2]), went);
        went.forEach(System.out::println);
        System.out.println("tried " + (i + 2) + ", went " + went.size());
        System.exit(went.isEmpty() ? 0 : 1);
    }

    private static void tryToRead(final Path file, final List<String> went)
    {
        try
        {
            if (Files.isDirectory(file))
            {
                Files.list(file).close();
            }
            else
            {
                Files.readAllBytes(file);
            }
            went.add("read " + file);
        }
        catch (final IOException ex)
        {
            // As it should be.
        }
        if (Files.isWritable(file))
        {
            went.add("may write " + file);
        }
    }

    private static void tryToConnect(final Path aeronDirectory, final List<String> went)
    {
        try (Aeron aeron = Aeron.connect(new Aeron.Context()
            .aeronDirectoryName(aeronDirectory.toString()).driverTimeoutMs(CONNECT_TIMEOUT_MS)))
        {
            went.add("connected to " + aeronDirectory + " as client " + aeron.clientId());
        }
        catch (final RuntimeException ex)
        {
            // As it should be.
        }
    }

    private static void tryToReplay(final Path journal, final List<String> went)
    {
        try (SegmentReader reader = new SegmentReader(journal))
        {
            went.add("opened " + journal + ", frames of at most " + reader.frameLengthMax());
        }
        catch (final RuntimeException ex)
        {
            // As it should be.
        }
    }
}
