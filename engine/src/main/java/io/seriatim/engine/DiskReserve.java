package io.seriatim.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Room on the disk that new entries must leave: for requests already taken, marks, manifests, and whoever has to clean
 * up. A journal that meets a full disk has stopped for good; one that stops short of it goes on when there is room.
 * <p>
 * Threads: confined to that of the guard.
 */
final class DiskReserve implements Supplier<Refusal>
{
    /** Tells how much room there is. */
    @FunctionalInterface
    interface UsableSpace
    {
        /**
         * Room on the disk of a directory.
         *
         * @param directory on that disk.
         * @return bytes that this process may still write there.
         * @throws IOException if it can not be told.
         */
        long of(Path directory) throws IOException;
    }

    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());

    private final Path directory;
    private final long reserve;
    private final long resumeAt;
    private final UsableSpace usableSpace;
    private boolean isShort;
    private boolean isWarned;

    /**
     * A reserve.
     *
     * @param directory     that the journals are in.
     * @param reserve       in bytes; below it nothing is created.
     * @param segmentLength of the journals: room that there must be above the reserve before it is taken as over.
     * @param usableSpace   tells how much room there is.
     */
    DiskReserve(final Path directory, final long reserve, final long segmentLength, final UsableSpace usableSpace)
    {
        this.directory = directory;
        this.reserve = reserve;
        this.usableSpace = usableSpace;
        resumeAt = reserve + segmentLength;
    }

    /** One call of the system; only if that says 0, which may be an error too, the table of mounts is read. */
    static long usableSpaceOf(final Path directory) throws IOException
    {
        final long usable = directory.toFile().getUsableSpace();
        return usable > 0 ? usable : Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public Refusal get()
    {
        try
        {
            return refusal(usableSpace.of(directory));
        }
        catch (final IOException ex)
        {
            return Refusal.diskReserved(
                "the room on the disk can not be told: " + ex + ", directory=" + directory +
                "; look-ups and queries are answered");
        }
    }

    private Refusal refusal(final long usable)
    {
        warn(usable);
        isShort = usable < (isShort ? resumeAt : reserve);
        return !isShort ? null : Refusal.diskReserved(
            "the disk is filled up to the reserve: usable=" + usable + ", EngineConfig.diskReserve=" + reserve +
            ", directory=" + directory + "; look-ups and queries are answered; make room, up to " + resumeAt +
            " bytes, and requests are taken again without a new launch");
    }

    private void warn(final long usable)
    {
        final boolean isLow = usable < 2 * reserve;
        if (isLow && !isWarned)
        {
            LOGGER.log(
                System.Logger.Level.WARNING,
                "the disk is filling up: usable=" + usable + ", directory=" + directory +
                "; nothing is created any more below EngineConfig.diskReserve=" + reserve);
        }
        isWarned = isLow;
    }
}
