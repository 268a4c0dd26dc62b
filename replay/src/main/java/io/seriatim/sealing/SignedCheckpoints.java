package io.seriatim.sealing;

import io.seriatim.journal.PosixFiles;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The checkpoints of a shard: the newest one in a file that is replaced as a whole, the newest one that enough
 * witnesses have signed in another one, and all of them, without cosignatures, in a third, in their order, one note
 * behind the other.
 * <p>
 * Threads: confined to one; others may read.
 */
public final class SignedCheckpoints
{
    private static final String NEWEST = "checkpoint";
    private static final String ALL = "checkpoints";
    private static final String WITNESSED = "witnessed";
    private static final String SIGNATURE = "\u2014 ";

    private final Path directory;

    /**
     * The checkpoints of a shard.
     *
     * @param dataDirectory of the engine.
     * @param shard         number of the shard.
     */
    public SignedCheckpoints(final Path dataDirectory, final int shard)
    {
        directory = TreeFiles.directoryOf(dataDirectory, shard);
    }

    /**
     * The newest one, as it was written; whoever believes it checks its signature.
     *
     * @return the note; null if nothing was signed.
     * @throws SealingException if it can not be read, or is none.
     */
    public SignedNote newest()
    {
        return read(directory.resolve(NEWEST));
    }

    /**
     * The newest one that enough witnesses have signed.
     *
     * @return the note with their cosignatures; null if there is none.
     * @throws SealingException if it can not be read, or is none.
     */
    public SignedNote witnessed()
    {
        return read(directory.resolve(WITNESSED));
    }

    /**
     * All of them, oldest first.
     *
     * @return the notes; the last one may be newer than what was told to anybody.
     * @throws SealingException if they can not be read, or one is none.
     */
    public List<SignedNote> all()
    {
        final List<SignedNote> notes = new ArrayList<>();
        final Path file = directory.resolve(ALL);
        final String whole;
        try
        {
            whole = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        }
        catch (final IOException ex)
        {
            throw new SealingException("the checkpoints can not be read: file=" + file, ex);
        }
        int start = 0;
        while (start < whole.length())
        {
            int end = whole.indexOf("\n" + SIGNATURE, start);
            while (end >= 0 && whole.startsWith(SIGNATURE, end + 1))
            {
                end = whole.indexOf('\n', end + 1);
            }
            if (end < 0)
            {
                // The one that a crash has cut off was told to nobody.
                return notes;
            }
            notes.add(parse(whole.substring(start, end + 1).getBytes(StandardCharsets.UTF_8), file));
            start = end + 1;
        }
        return notes;
    }

    /** A checkpoint becomes the newest one: from now on others may be told of it. */
    void add(final SignedNote note) throws IOException
    {
        PosixFiles.replace(directory.resolve(NEWEST), note.toBytes());
        append(note);
    }

    /** One has cosignatures; it may be the newest one. */
    void cosigned(final SignedNote note, final SignedNote newest) throws IOException
    {
        PosixFiles.replace(directory.resolve(WITNESSED), note.toBytes());
        if (note.equals(newest))
        {
            PosixFiles.replace(directory.resolve(NEWEST), note.toBytes());
        }
    }

    /** Cut off what a crash has left of one, and add the newest one if it has not come here. */
    void mend() throws IOException
    {
        final Path file = directory.resolve(ALL);
        final List<SignedNote> notes = all();
        final SignedNote newest = newest();
        if (Files.exists(file))
        {
            final long length = notes.stream().mapToLong(note -> note.toBytes().length).sum();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
            {
                channel.truncate(length);
            }
        }
        if (newest != null && (notes.isEmpty() || !notes.get(notes.size() - 1).text().equals(newest.text())))
        {
            append(newest);
        }
    }

    private void append(final SignedNote note) throws IOException
    {
        final Path file = directory.resolve(ALL);
        if (!Files.exists(file))
        {
            PosixFiles.createPrivateFile(file).close();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, ByteBuffer.wrap(note.toBytes()), channel.size());
        }
    }

    /** A note in a file of its own; null if there is none. */
    static SignedNote read(final Path file)
    {
        try
        {
            return parse(Files.readAllBytes(file), file);
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
        catch (final IOException ex)
        {
            throw new SealingException("a checkpoint can not be read: file=" + file, ex);
        }
    }

    private static SignedNote parse(final byte[] bytes, final Path file)
    {
        try
        {
            final SignedNote note = SignedNote.parse(bytes);
            Checkpoint.parse(note.text());
            return note;
        }
        catch (final ProofException ex)
        {
            throw new SealingException("a checkpoint is damaged: " + ex.getMessage() + ": file=" + file, ex);
        }
    }
}
