package io.seriatim.tools;

import io.seriatim.journal.PosixFiles;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is filled file by file, and whose filling can be broken off: a file has its name when it is whole
 * and forced, before that it ends in {@code .part}. In {@code export.progress} stands up to where there are whole
 * files, and of what; that is gone when all is done. It may lag behind small files, which are then written again, the
 * same. {@code export.lock} is locked by who writes.
 * <p>
 * Threads: confined to one.
 */
final class ResumableDirectory implements Closeable
{
    private static final String PROGRESS = "export.progress";
    private static final String LOCK = "export.lock";
    private static final String PART = ".part";
    private static final long NOTED_LENGTH = 1 << 20;

    private final Path directory;
    private final String head;
    private final FileChannel lock;
    private long nextSequence;
    private long lengthToNote;

    private ResumableDirectory(final Path directory, final String head) throws IOException
    {
        this.directory = directory;
        this.head = head;
        lock = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /**
     * Begin, or go on.
     *
     * @param directory to fill.
     * @param head      what is written: another one is another directory.
     * @return the directory.
     * @throws ToolException if it is done, holds something else, or is being written.
     */
    static ResumableDirectory open(final Path directory, final String head) throws IOException
    {
        if (!Files.exists(directory))
        {
            PosixFiles.ensurePrivateDirectory(directory);
        }
        else if (!Files.isDirectory(directory))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "a directory of files is written, and there is a file: directory=" + directory);
        }
        requireNotDone(directory);
        final ResumableDirectory opened = new ResumableDirectory(directory, head);
        try
        {
            requireLock(opened.lock, directory);
            requireNotDone(directory);
            if (Files.exists(directory.resolve(PROGRESS)))
            {
                opened.resume();
            }
            opened.store();
            return opened;
        }
        catch (final IOException | RuntimeException ex)
        {
            opened.close();
            throw ex;
        }
    }

    private static void requireNotDone(final Path directory) throws IOException
    {
        if (!Files.exists(directory.resolve(PROGRESS)) && !names(directory).isEmpty())
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there is something in the directory already: directory=" + directory);
        }
    }

    /**
     * Lock what is written, until its channel is closed.
     *
     * @param channel of a file.
     * @param out     what is being written.
     * @throws ToolException if another one writes it.
     */
    static void requireLock(final FileChannel channel, final Path out) throws IOException
    {
        boolean isLocked;
        try
        {
            isLocked = channel.tryLock() != null;
        }
        catch (final OverlappingFileLockException ex)
        {
            isLocked = false;
        }
        if (!isLocked)
        {
            throw new ToolException(ExitCode.IN_USE, "another export is writing here right now: out=" + out);
        }
    }

    /** Sequence of the first entry that is in no whole file. */
    long nextSequence()
    {
        return nextSequence;
    }

    /** Names of all files that are there, in their order. */
    List<String> names() throws IOException
    {
        return names(directory);
    }

    /**
     * Begin a file.
     *
     * @param name that it gets when it is kept.
     * @return where to write it: an empty file that only its owner may read.
     */
    Path begin(final String name) throws IOException
    {
        final Path part = directory.resolve(name + PART);
        Files.deleteIfExists(part);
        PosixFiles.createPrivateFile(part).close();
        return part;
    }

    /**
     * Keep a file that was begun, written and closed.
     *
     * @param name     of the file.
     * @param sequence of the first entry that is not in it, nor in any before it.
     */
    void keep(final String name, final long sequence) throws IOException
    {
        final Path part = directory.resolve(name + PART);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE))
        {
            channel.force(true);
            lengthToNote += channel.size();
        }
        Files.move(
            part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        nextSequence = sequence;
        if (lengthToNote >= NOTED_LENGTH)
        {
            store();
            lengthToNote = 0;
        }
    }

    /** All files are there. */
    void finish() throws IOException
    {
        PosixFiles.forceDirectory(directory);
        Files.delete(directory.resolve(PROGRESS));
        Files.delete(directory.resolve(LOCK));
        PosixFiles.forceDirectory(directory);
    }

    @Override
    public void close() throws IOException
    {
        lock.close();
    }

    private static List<String> names(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(LOCK)).sorted()
                .toList();
        }
    }

    private void resume() throws IOException
    {
        final String[] lines = Files.readString(directory.resolve(PROGRESS), StandardCharsets.UTF_8).split("\n");
        if (lines.length != 2 || !lines[0].equals(head))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there is an export of something else that was broken off: directory=" +
                directory + ", of " + lines[0] + ", wanted " + head + "; take another --out, or delete it");
        }
        nextSequence = Long.parseLong(lines[1]);
    }

    private void store() throws IOException
    {
        PosixFiles.replace(
            directory.resolve(PROGRESS), (head + "\n" + nextSequence + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
