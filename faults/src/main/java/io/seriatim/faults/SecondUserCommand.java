package io.seriatim.faults;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Another user of the machine gets nothing: no file of the books or of the transport can be read or written, and no
 * client connects. Root, who may read everything, is the control that the tries are real.
 */
@Command(
    name = "second-user",
    description = "Tries as another user to read an engine's files and to connect to its transport. Needs root to " +
        "become that user; skipped without.")
final class SecondUserCommand extends Row
{
    private static final String OTHER_ID = "65534";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Override
    String missing() throws IOException
    {
        return Machine.isRoot() && Machine.has("setpriv") ? null : "root and setpriv are needed to become another user";
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-user");
        // What keeps others out must be the engine's doing, not that of the directory around it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        final List<Path> before = transports();
        final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
        final int fileCount;
        try (ChildJvm child = books.start(KillWorker.SNAPSHOTS))
        {
            if (child.awaitLine(KillWorker.CHECKED, WorkerBooks.TIMEOUT_MS) == null)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            books.awaitProgress(child);
            final List<Path> made = new ArrayList<>(transports());
            made.removeAll(before);
            if (made.size() != 1)
            {
                throw new FaultException("one directory of the transport was expected: " + made);
            }
            final Path transport = made.get(0);
            final List<String> arguments = new ArrayList<>();
            for (final Path root : List.of(books.directory(), transport))
            {
                try (Stream<Path> files = Files.walk(root))
                {
                    files.forEach(file -> arguments.add(file.toString()));
                }
            }
            fileCount = arguments.size();
            arguments.addAll(List.of(
                "--", transport.resolve("journal-0").toString(), books.directory().resolve("journal-0").toString()));
            requireControl(arguments);
            requireNothing(arguments);
            books.awaitProgress(child);
            child.kill();
        }
        books.checkAll();
        books.verify();
        record.put("cycles", 1).put("files", fileCount);
        out.printf(
            Locale.ROOT, "another user: none of %d files and directories can be read or written, no client connects " +
            "(root could)%n", fileCount);
        DeletedDirectory.delete(directory);
    }

    private static List<Path> transports() throws IOException
    {
        try (Stream<Path> files = Files.list(SHARED_MEMORY))
        {
            return files.filter(file -> file.getFileName().toString().startsWith("seriatim-")).toList();
        }
    }

    private static void requireControl(final List<String> arguments) throws InterruptedException
    {
        try (ChildJvm root = new ChildJvm(IntruderWorker.class, List.of(), List.of(), arguments))
        {
            if (root.awaitExit(WorkerBooks.TIMEOUT_MS) != 1 || root.linesOf("connected to").isEmpty() ||
                root.linesOf("opened").isEmpty())
            {
                throw new FaultException(
                    "not even root could read and connect, so nothing is shown:\n" + root.output());
            }
        }
    }

    private static void requireNothing(final List<String> arguments) throws InterruptedException
    {
        try (ChildJvm other = new ChildJvm(
            IntruderWorker.class,
            List.of("setpriv", "--reuid=" + OTHER_ID, "--regid=" + OTHER_ID, "--clear-groups"), List.of(), arguments))
        {
            if (other.awaitExit(WorkerBooks.TIMEOUT_MS) != 0)
            {
                throw new FaultException("another user got in:\n" + other.output());
            }
        }
    }
}
