package io.seriatim.bench;

import com.sun.management.OperatingSystemMXBean;
import io.seriatim.journal.Durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A private PostgreSQL: made in a directory of its own, on a port of the loopback interface that only a password of
 * this run opens, started and ended by its process. As it refuses to run as root, root runs it as another user.
 * <p>
 * Threads: confined to one; connections may go to others.
 */
final class PostgresServer implements AutoCloseable
{
    /** Where Debian puts each version, in a directory of its number. */
    static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    static final int CONNECTION_COUNT_MAX = 600;

    private static final String INITDB = "initdb";
    private static final String OWNER = "bench";
    private static final Path USERS = Path.of("/etc/passwd");
    private static final List<String> OTHER_USERS = List.of("postgres", "nobody");
    private static final long MEMORY_MAX_MB = 1024;
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long STOP_TIMEOUT_S = 60;
    private static final long POLL_MS = 50;

    private final Path programs;
    private final Path directory;
    private final List<String> asUser;
    private final String password;
    private final int port;
    private final Process process;
    private final Thread atExit = new Thread(this::stop);
    private final String version;

    /**
     * Make and start one.
     *
     * @param programs   that holds {@code initdb} and {@code postgres}.
     * @param directory  that does not exist; its parents must let the other user pass.
     * @param durability FSYNC or OS.
     */
    PostgresServer(final Path programs, final Path directory, final Durability durability)
    {
        this.programs = programs;
        this.directory = directory;
        final byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        password = HexFormat.of().formatHex(secret);
        try
        {
            Files.createDirectory(directory);
            asUser = asOtherUserThanRoot(directory);
            final Path passwordFile = directory.resolve("password");
            Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(passwordFile, password);
            Files.setOwner(passwordFile, Files.getOwner(directory));
            await(start("initdb.log", INITDB, "-D", data(), "-U", OWNER, "--pwfile=" + passwordFile,
                "--auth=password", "--locale=C", "--encoding=UTF8", "--no-sync"), "initdb.log");
            Files.delete(passwordFile);
            port = freePort();
            process = start("postgres.log", serverCommand(durability));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("PostgreSQL can not be made in " + directory, ex);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        try (Connection connection = awaitConnection())
        {
            version = "PostgreSQL " + setting(connection, "server_version") + ", driver " +
                connection.getMetaData().getDriverVersion() + ", shared_buffers " +
                setting(connection, "shared_buffers") + ", fsync " + setting(connection, "fsync") +
                ", synchronous_commit " + setting(connection, "synchronous_commit") + ", full_page_writes " +
                setting(connection, "full_page_writes") + ", max_wal_size " + setting(connection, "max_wal_size") +
                ", autovacuum " + setting(connection, "autovacuum");
        }
        catch (final SQLException | RuntimeException ex)
        {
            close();
            throw ex instanceof RuntimeException runtime ? runtime :
                new BenchException("PostgreSQL does not answer: " + ex.getMessage(), ex);
        }
    }

    /**
     * Where there is one: the newest of Debian, else the first on a path.
     *
     * @param debian directory with a directory for each version.
     * @param path   directories, as in the variable PATH.
     * @return directory of its programs, if any.
     */
    static Optional<Path> find(final Path debian, final String path)
    {
        final List<Path> found = new ArrayList<>();
        if (Files.isDirectory(debian))
        {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(debian, "[0-9]*"))
            {
                versions.forEach(version -> found.add(version.resolve("bin")));
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
        found.sort(Comparator.comparingInt(bin -> -majorVersion(bin.getParent().getFileName().toString())));
        for (final String directory : path.split(":"))
        {
            found.add(Path.of(directory));
        }
        return found.stream().filter(bin -> Files.isExecutable(bin.resolve(INITDB))).findFirst();
    }

    private static int majorVersion(final String name)
    {
        final String digits = name.split("\\D", 2)[0];
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    /** Which it is, with the settings that count. */
    String version()
    {
        return version;
    }

    ProcessUse use()
    {
        return ProcessUse.of(process.toHandle(), true);
    }

    /** A new connection, for one caller. */
    Connection connect() throws SQLException
    {
        final Properties properties = new Properties();
        properties.setProperty("user", OWNER);
        properties.setProperty("password", password);
        properties.setProperty("prepareThreshold", "1");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
    }

    private String[] serverCommand(final Durability durability)
    {
        final long memoryMb = memoryBytes() / (4 << 20);
        return new String[] {
            "postgres", "-D", data(), "-h", "127.0.0.1", "-p", Integer.toString(port),
            "-c", "unix_socket_directories=",
            "-c", "max_connections=" + CONNECTION_COUNT_MAX,
            "-c", "shared_buffers=" + Math.max(128, Math.min(MEMORY_MAX_MB, memoryMb)) + "MB",
            "-c", "max_wal_size=16GB",
            "-c", "min_wal_size=1GB",
            "-c", "fsync=on",
            "-c", "full_page_writes=on",
            "-c", "autovacuum=on",
            "-c", "synchronous_commit=" + (durability == Durability.FSYNC ? "on" : "off")};
    }

    private static long memoryBytes()
    {
        return ((OperatingSystemMXBean)ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    private static List<String> asOtherUserThanRoot(final Path directory) throws IOException
    {
        if (!"root".equals(System.getProperty("user.name")))
        {
            return List.of();
        }
        final List<String> users = Files.readAllLines(USERS);
        for (final String name : OTHER_USERS)
        {
            if (users.stream().anyMatch(line -> line.startsWith(name + ':')))
            {
                final UserPrincipal user =
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
                Files.setOwner(directory, user);
                return List.of("setpriv", "--reuid=" + name, "--regid=" + groupOf(users, name), "--clear-groups");
            }
        }
        throw new BenchException(
            "PostgreSQL does not run as root, and there is none of the users " + OTHER_USERS + " to run it as");
    }

    private static String groupOf(final List<String> users, final String name)
    {
        return users.stream().filter(line -> line.startsWith(name + ':')).findFirst().orElseThrow().split(":")[3];
    }

    private Process start(final String log, final String... command) throws IOException
    {
        final List<String> words = new ArrayList<>(asUser);
        words.add(programs.resolve(command[0]).toString());
        words.addAll(List.of(command).subList(1, command.length));
        final ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true)
            .redirectOutput(directory.resolve(log).toFile()).directory(directory.getRoot().toFile());
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private void await(final Process started, final String log)
    {
        try
        {
            if (started.waitFor() != 0)
            {
                throw new BenchException(
                    "PostgreSQL: exit code " + started.exitValue() + ": " + tail(log) + "; it needs a --data-dir " +
                    "that every user may pass through: " + directory);
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while PostgreSQL was made", ex);
        }
    }

    private Connection awaitConnection()
    {
        final long deadlineNs = System.nanoTime() + START_TIMEOUT_NS;
        while (true)
        {
            try
            {
                return connect();
            }
            catch (final SQLException ex)
            {
                if (!process.isAlive() || System.nanoTime() - deadlineNs > 0)
                {
                    throw new BenchException(
                        "PostgreSQL does not start: " + ex.getMessage() + "; " + tail("postgres.log"), ex);
                }
                sleep();
            }
        }
    }

    private static void sleep()
    {
        try
        {
            Thread.sleep(POLL_MS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while PostgreSQL was started", ex);
        }
    }

    private String tail(final String log)
    {
        try
        {
            final String text = Files.readString(directory.resolve(log)).strip();
            return text.substring(Math.max(0, text.length() - 400)).replace('\n', ' ');
        }
        catch (final IOException ex)
        {
            return "no log: " + ex.getMessage();
        }
    }

    private static String setting(final Connection connection, final String name) throws SQLException
    {
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("show " + name))
        {
            row.next();
            return row.getString(1);
        }
    }

    private static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            return socket.getLocalPort();
        }
    }

    private String data()
    {
        return directory.resolve("data").toString();
    }

    /** Ends it in any case, and its children with it: they leave when their parent has told them, or has gone. */
    private void stop()
    {
        try
        {
            start("stop.log", "pg_ctl", "stop", "-D", data(), "-m", "fast", "-w", "-t", Long.toString(STOP_TIMEOUT_S))
                .waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS);
            if (!process.waitFor(1, TimeUnit.SECONDS))
            {
                process.destroyForcibly().waitFor();
            }
        }
        catch (final IOException ex)
        {
            process.destroyForcibly();
        }
        catch (final InterruptedException ex)
        {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close()
    {
        stop();
        try
        {
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
        catch (final IllegalStateException ignored)
        {
            // The process ends already, and the hook finds nothing to stop.
        }
    }
}
