package io.seriatim.replay;

import io.seriatim.journal.PosixFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * An offset in a file of its own, replaced as a whole: written beside, forced, renamed, the directory forced.
 * <p>
 * Shape: see {@link FeedOffsetText}.<br>
 * Threads: confined to one at a time.
 */
public final class FeedOffsetFile implements FeedOffsetStore
{
    private final Path file;
    private final UUID logUuid;

    /**
     * A file that need not exist.
     *
     * @param file    of one feed alone; its directory exists.
     * @param logUuid of the log that the feed follows.
     */
    public FeedOffsetFile(final Path file, final UUID logUuid)
    {
        this.file = file;
        this.logUuid = logUuid;
    }

    @Override
    public FeedOffset load() throws IOException
    {
        final String text;
        try
        {
            text = Files.readString(file, StandardCharsets.UTF_8);
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
        return FeedOffsetText.decode(text, logUuid, "file=" + file);
    }

    @Override
    public void store(final FeedOffset offset) throws IOException
    {
        PosixFiles.replace(file, FeedOffsetText.encode(offset, logUuid).getBytes(StandardCharsets.UTF_8));
    }
}
