package io.seriatim.tools;

import io.seriatim.journal.PosixFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A long file that is written record by record, and whose writing can be broken off: beside it, in {@code
 * FILE.progress}, stands how much of it is whole, and what it is of. That is gone when the file is done.
 * <p>
 * Threads: confined to one.
 */
final class ResumableFile implements ExportOutput
{
    private static final int BUFFER_LENGTH = 1 << 20;
    private static final String PROGRESS = ".progress";

    private final Path progressFile;
    private final String head;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_LENGTH);
    private long length;
    private long nextSequence;
    private boolean isFinished;

    private ResumableFile(final Path file, final String head, final FileChannel channel)
    {
        progressFile = progressOf(file);
        this.head = head;
        this.channel = channel;
    }

    /**
     * Begin, or go on.
     *
     * @param file to write.
     * @param head what is written: another one is another file.
     * @return the file.
     * @throws ToolException if there is a file that is done, or one of something else, or it is being written; or no
     * directory for it.
     */
    static ResumableFile open(final Path file, final String head) throws IOException
    {
        final Path progress = progressOf(file);
        if (Files.exists(file) && !Files.exists(progress))
        {
            throw new ToolException(ExitCode.BAD_INPUT, "there is a file already: file=" + file);
        }
        final Path directory = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory))
        {
            throw new ToolException(ExitCode.BAD_INPUT, "there is no such directory: directory=" + directory);
        }
        if (!Files.exists(progress))
        {
            store(progress, head, 0, 0);
        }
        if (!Files.exists(file))
        {
            PosixFiles.createPrivateFile(file).close();
        }
        final ResumableFile opened = new ResumableFile(
            file, head, FileChannel.open(file, StandardOpenOption.WRITE));
        try
        {
            ResumableDirectory.requireLock(opened.channel, file);
            opened.resume(progress, file);
            opened.channel.truncate(opened.length);
            opened.channel.position(opened.length);
            return opened;
        }
        catch (final IOException | RuntimeException ex)
        {
            opened.channel.close();
            throw ex;
        }
    }

    @Override
    public long nextSequence()
    {
        return nextSequence;
    }

    @Override
    public void head(final String text) throws IOException
    {
        if (nextSequence == 0)
        {
            write(text);
        }
    }

    @Override
    public void write(final String text) throws IOException
    {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int offset = 0;
        while (offset < bytes.length)
        {
            if (!buffer.hasRemaining())
            {
                drain();
            }
            final int count = Math.min(buffer.remaining(), bytes.length - offset);
            buffer.put(bytes, offset, count);
            offset += count;
        }
    }

    /** Now and then how far it has come is kept. */
    @Override
    public void wholeUpTo(final long sequence) throws IOException
    {
        if (buffer.position() > BUFFER_LENGTH / 2)
        {
            drain();
            nextSequence = sequence;
            channel.force(false);
            store(progressFile, head, length, nextSequence);
        }
    }

    @Override
    public void finish() throws IOException
    {
        drain();
        channel.force(true);
        isFinished = true;
    }

    @Override
    public void close() throws IOException
    {
        channel.close();
        if (isFinished)
        {
            Files.deleteIfExists(progressFile);
        }
    }

    private void resume(final Path progress, final Path file) throws IOException
    {
        final String[] lines = Files.readString(progress, StandardCharsets.UTF_8).split("\n");
        if (lines.length != 3 || !lines[0].equals(head))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there is a file of something else that was broken off: file=" + file + ", of " +
                lines[0] + ", wanted " + head + "; take another --out, or delete it and " + progress);
        }
        // Bytes were forced before they were counted. A file that lacks them was put there by someone else.
        if (channel.size() >= Long.parseLong(lines[1]))
        {
            length = Long.parseLong(lines[1]);
            nextSequence = Long.parseLong(lines[2]);
        }
    }

    private void drain() throws IOException
    {
        buffer.flip();
        length += buffer.remaining();
        while (buffer.hasRemaining())
        {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private static void store(
        final Path progress, final String head, final long length, final long nextSequence) throws IOException
    {
        PosixFiles.replace(
            progress, (head + "\n" + length + "\n" + nextSequence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Path progressOf(final Path file)
    {
        return file.resolveSibling(file.getFileName() + PROGRESS);
    }
}
