package io.seriatim.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a figure must stand beside: machine, disk, Java, commit, command line.
 */
final class Environment
{
    /** Set by the script: the commit that was built, with a mark if the tree was changed. */
    static final String COMMIT_PROPERTY = "seriatim.bench.commit";

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final String LIBRARY_TUNABLES = "GLIBC_TUNABLES";

    private Environment()
    {
    }

    /**
     * Look around.
     *
     * @param dataDirectory that will be written.
     * @param commandLine   as it was given.
     * @return name to value, in the order of the header.
     */
    static Map<String, String> of(final Path dataDirectory, final String commandLine)
    {
        final Map<String, String> map = new LinkedHashMap<>();
        map.put("command", commandLine);
        map.put("commit", System.getProperty(COMMIT_PROPERTY, "unknown"));
        map.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        map.put("cpu", Runtime.getRuntime().availableProcessors() + " cores, " + field(CPU_INFO, "model name"));
        map.put("memory", field(MEMORY_INFO, "MemTotal"));
        map.put("huge pages", hugePages());
        map.put("load", String.format(
            Locale.ROOT, "%.2f at the start", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        map.put("system", System.getProperty("os.name") + ' ' + System.getProperty("os.version") + ' ' +
            System.getProperty("os.arch"));
        map.put("disk", fileSystem(dataDirectory));
        map.put("java", System.getProperty("java.vm.name") + ' ' + Runtime.version());
        map.put("jvm options", String.join(" ", jvmOptions()));
        return map;
    }

    /** Whether a directory lies in memory, where a force costs nothing. */
    static boolean isInMemory(final Path directory)
    {
        final String type = fileSystem(directory);
        return type.startsWith("tmpfs") || type.startsWith("ramfs");
    }

    private static List<String> jvmOptions()
    {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> !argument.startsWith("-Dseriatim.bench")).toList();
    }

    /** What the system does, such as {@code always [madvise] never}, and what it is asked for. */
    private static String hugePages()
    {
        String setting;
        try
        {
            setting = Files.readString(HUGE_PAGES).trim();
        }
        catch (final IOException ex)
        {
            setting = "unknown";
        }
        return setting + ", " + LIBRARY_TUNABLES + "=" + System.getenv().getOrDefault(LIBRARY_TUNABLES, "");
    }

    private static String fileSystem(final Path directory)
    {
        try
        {
            final FileStore store = Files.getFileStore(directory);
            return store.type() + " on " + store.name();
        }
        catch (final IOException ex)
        {
            return "unknown";
        }
    }

    private static String field(final Path file, final String name)
    {
        try
        {
            if (Files.isReadable(file))
            {
                for (final String line : Files.readAllLines(file))
                {
                    if (line.startsWith(name) && line.indexOf(':') > 0)
                    {
                        return line.substring(line.indexOf(':') + 1).trim();
                    }
                }
            }
        }
        catch (final IOException ignored)
        {
            // A header that lacks a line is better than no run.
        }
        return "unknown";
    }
}
