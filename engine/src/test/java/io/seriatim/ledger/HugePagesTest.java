package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Large tables lie in huge pages where the system and the C library give them, as docs/TUNING.md says. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HugePagesTest
{
    private static final Path SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final Path OWN_PAGES = Path.of("/proc/self/smaps_rollup");
    private static final String ASKED = "glibc.malloc.hugetlb=1";
    private static final String NOT_ASKED = "";
    private static final int ROW_LENGTH = 4096;
    private static final long TABLE_LENGTH = 2 * Segments.BLOCK_LENGTH;

    /** Fills a table and says how much of the process lies in huge pages. */
    static final class TableMain
    {
        private TableMain()
        {
        }

        public static void main(final String[] arguments) throws IOException
        {
            try (Segments segments = new Segments(ROW_LENGTH))
            {
                segments.ensure(TABLE_LENGTH / ROW_LENGTH - 1);
                Files.readAllLines(OWN_PAGES).stream().filter(line -> line.startsWith("AnonHugePages:"))
                    .forEach(line -> System.out.println(line.replaceAll("[^0-9]", "")));
            }
        }
    }

    @Test
    void shouldHoldALargeTableInHugePagesWhereTheyAreAskedFor() throws Exception
    {
        final String setting = Files.isReadable(SETTING) ? Files.readString(SETTING) : "";
        assumeTrue(setting.contains("[madvise]") || setting.contains("[always]"), "huge pages: " + setting);
        assumeTrue(Files.isReadable(OWN_PAGES));
        assumeTrue(canLibraryAsk());

        final long hugeKib = hugeKibOf(ASKED);
        assertTrue(hugeKib > TABLE_LENGTH / 1024 / 2, "in huge pages, KiB: " + hugeKib);
        if (setting.contains("[madvise]"))
        {
            assertEquals(0, hugeKibOf(NOT_ASKED), "without asking, KiB");
        }
    }

    private static long hugeKibOf(final String tunables) throws IOException, InterruptedException
    {
        final ProcessBuilder builder = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx64m", "-XX:+UseSerialGC",
            "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            TableMain.class.getName());
        builder.environment().put("GLIBC_TUNABLES", tunables);
        return Long.parseLong(outputOf(builder));
    }

    /** glibc 2.35 and later. */
    private static boolean canLibraryAsk() throws InterruptedException
    {
        try
        {
            final List<String> words = List.of(
                outputOf(new ProcessBuilder("getconf", "GNU_LIBC_VERSION")).split("[ .]"));
            return words.get(0).equals("glibc") &&
                Integer.parseInt(words.get(1)) * 1000 + Integer.parseInt(words.get(2)) >= 2035;
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    private static String outputOf(final ProcessBuilder builder) throws IOException, InterruptedException
    {
        final Process process = builder.redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
