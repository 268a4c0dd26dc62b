package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Large tables lie in huge pages where the system and the C library give them, and take no memory ahead of time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HugePagesTest
{
    private static final Path SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final Path OWN_PAGES = Path.of("/proc/self/smaps_rollup");
    private static final Path OWN_STATUS = Path.of("/proc/self/status");
    private static final String ASKED = "glibc.malloc.hugetlb=1";
    private static final String NOT_ASKED = "";
    private static final int ROW_LENGTH = 4096;
    private static final int TABLE_COUNT = 16;
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

    /** Begins a block in many tables, and says by how much the process has grown, in KiB: addresses, resident, left. */
    static final class ManyTablesMain
    {
        private ManyTablesMain()
        {
        }

        public static void main(final String[] arguments) throws IOException
        {
            final long addresses = kib("VmSize:");
            final long resident = kib("VmRSS:");
            final List<Segments> tables = new ArrayList<>();
            for (int i = 0; i < TABLE_COUNT; i++)
            {
                final Segments table = new Segments(ROW_LENGTH);
                table.ensure(Segments.HUGE_PAGE_LENGTH / ROW_LENGTH);
                tables.add(table);
            }
            System.out.print(kib("VmSize:") - addresses + " " + (kib("VmRSS:") - resident) + " ");
            tables.forEach(Segments::close);
            System.out.println(kib("VmSize:") - addresses);
        }

        private static long kib(final String name) throws IOException
        {
            return Files.readAllLines(OWN_STATUS).stream().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum();
        }
    }

    @Test
    void shouldTakeAddressesAndNoMemoryForWhatNoSegmentHasComeTo() throws Exception
    {
        assumeTrue(Files.isReadable(OWN_STATUS));
        final String[] kib = outputOf(ManyTablesMain.class, NOT_ASKED).split(" ");
        final long ofBlocks = TABLE_COUNT * Segments.BLOCK_LENGTH / 1024;

        assertTrue(Long.parseLong(kib[0]) >= ofBlocks, "addresses, KiB: " + kib[0]);
        assertTrue(Long.parseLong(kib[1]) < ofBlocks / 2, "resident, KiB: " + kib[1]);
        assertTrue(Long.parseLong(kib[2]) < ofBlocks / 2, "addresses that were not given back, KiB: " + kib[2]);
    }

    @Test
    void shouldHoldALargeTableInHugePagesWhereTheyAreAskedFor() throws Exception
    {
        final String setting = Files.isReadable(SETTING) ? Files.readString(SETTING) : "";
        assumeTrue(setting.contains("[madvise]") || setting.contains("[always]"), "huge pages: " + setting);
        assumeTrue(Files.isReadable(OWN_PAGES));
        assumeTrue(canLibraryAsk());

        final long hugeKib = Long.parseLong(outputOf(TableMain.class, ASKED));
        assertTrue(hugeKib > TABLE_LENGTH / 1024 / 2, "in huge pages, KiB: " + hugeKib);
        if (setting.contains("[madvise]"))
        {
            assertEquals("0", outputOf(TableMain.class, NOT_ASKED), "without asking, KiB");
        }
    }

    private static String outputOf(final Class<?> main, final String tunables)
        throws IOException, InterruptedException
    {
        final ProcessBuilder builder = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx64m", "-XX:+UseSerialGC",
            "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName());
        builder.environment().put("GLIBC_TUNABLES", tunables);
        return outputOf(builder);
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
