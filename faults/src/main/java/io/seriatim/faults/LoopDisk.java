package io.seriatim.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk of its own: a file with an ext4 file system, mounted. Its power can be cut, which leaves on it what was forced
 * and loses what was not. Needs root.
 * <p>
 * Threads: confined to one.
 */
final class LoopDisk implements AutoCloseable
{
    private static final int MOUNTS_MAX = 100;
    private static final long MOUNT_AGAIN_MS = 100;
    private static final long MIB = 1024 * 1024;
    private static final long TIMEOUT_S = 60;

    /**
     * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: not even the log of the file system is written any more. What
     * was told to clients is counted just before: the processes of a machine without power tell nobody anything, but
     * here they go on, and the kernel may let a force succeed that was under way.
     */
    private static final String SHUTDOWN =
        "import fcntl,os,struct,sys; " +
        "disk=os.open(sys.argv[1],os.O_RDONLY); " +
        "sizes=[os.stat(file).st_size if os.path.exists(file) else 0 for file in sys.argv[2:]]; " +
        "fcntl.ioctl(disk, 0x8004587d, struct.pack('I',2)); " +
        "print(*sizes)";

    private final Path image;
    private final Path mountPoint;

    /**
     * A disk, made and mounted.
     *
     * @param directory for its file and its mount point.
     * @param mib       its size in MiB.
     */
    LoopDisk(final Path directory, final int mib) throws IOException, InterruptedException
    {
        image = directory.resolve("disk");
        mountPoint = directory.resolve("mounted");
        Files.createDirectories(mountPoint);
        run("truncate", "-s", Long.toString(mib * MIB), image.toString());
        run("mkfs.ext4", "-qF", image.toString());
        mount();
    }

    /** Why there can be no such disk here; null if there can. */
    static String missing() throws IOException
    {
        if (!Machine.isRoot())
        {
            return "root is needed to mount a disk";
        }
        for (final String program : List.of("mkfs.ext4", "mount", "python3"))
        {
            if (!Machine.has(program))
            {
                return program + " is not there";
            }
        }
        return null;
    }

    /** Where it is mounted. */
    Path directory()
    {
        return mountPoint;
    }

    /**
     * Mount it. As long as somebody else holds what was unmounted, in a mount namespace of his own, that comes back,
     * and its power stays cut.
     */
    void mount() throws IOException, InterruptedException
    {
        run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        for (int i = 0; !isAlive(); i++)
        {
            if (i == MOUNTS_MAX)
            {
                throw new IOException("somebody holds the disk that was unmounted: " + mountPoint);
            }
            unmount();
            Thread.sleep(MOUNT_AGAIN_MS);
            run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        }
    }

    private boolean isAlive()
    {
        try
        {
            Files.delete(Files.createFile(mountPoint.resolve("probe")));
            return true;
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    void unmount() throws IOException, InterruptedException
    {
        run("umount", mountPoint.toString());
    }

    /**
     * From now on nothing reaches the disk; who works on it meets errors.
     *
     * @param files elsewhere, which need not be there.
     * @return how long each of them was just before.
     */
    List<Long> cutPower(final List<Path> files) throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of("python3", "-c", SHUTDOWN, mountPoint.toString()));
        files.forEach(file -> command.add(file.toString()));
        return Arrays.stream(run(command.toArray(new String[0])).strip().split(" ")).map(Long::valueOf).toList();
    }

    /** Run a program that must succeed; what it says. */
    static String run(final String... command) throws IOException, InterruptedException
    {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0)
        {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", command) + ": " + said.strip());
        }
        return said;
    }

    @Override
    public void close() throws IOException
    {
        try
        {
            unmount();
        }
        catch (final IOException ex)
        {
            // It may not be mounted any more.
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(image);
    }
}
