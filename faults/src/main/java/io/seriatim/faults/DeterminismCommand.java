package io.seriatim.faults;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One journal, replayed by many kinds of Java: interpreter and compilers, collectors, versions, locales and time zones.
 * The state, and everything that is reported of it, has to be the same to the last character.
 */
@Command(
    name = "determinism",
    description = "Replays one journal on each Java, compiler, collector, locale and time zone there is, and " +
        "compares the state's digest and everything that is reported.")
final class DeterminismCommand extends Row
{
    private static final long ENTRIES_FAST = 50_000;
    private static final long ENTRIES_LONG = 1_000_000;
    private static final int FAST_KINDS = 4;
    private static final long TIMEOUT_MINUTES = 20;
    private static final Path JAVA_HOMES = Path.of("/usr/lib/jvm");

    private static final Map<String, List<String>> COMPILERS = Map.of(
        "interpreter", List.of("-Xint"),
        "C1", List.of("-XX:TieredStopAtLevel=1"),
        "C2", List.of("-XX:-TieredCompilation"));
    private static final List<String> COLLECTORS = List.of("Serial", "G1", "Z");
    private static final List<List<String>> PLACES = List.of(
        List.of("-Duser.language=en", "-Duser.country=US", "-Duser.timezone=America/Los_Angeles"),
        List.of("-Duser.language=tr", "-Duser.country=TR", "-Duser.timezone=Asia/Kathmandu", "-Dfile.encoding=UTF-8"));

    @Option(names = "--entries", paramLabel = "N", description = "So many entries, whatever the tier.")
    private Long givenEntryCount;

    /** One kind of Java. */
    private record Kind(Path java, String compiler, String collector, List<String> place)
    {
        @Override
        public String toString()
        {
            return java.getParent().getParent().getFileName() + " " + compiler + " " + collector + " " +
                place.get(0).substring(place.get(0).indexOf('=') + 1);
        }
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-determinism");
        final long entryCount = givenEntryCount != null ? givenEntryCount :
            options().isLong() ? ENTRIES_LONG : ENTRIES_FAST;
        final HostileJournal journal = new HostileJournal(directory.resolve("books"), options().seed());
        journal.run(entryCount);
        out.printf(
            Locale.ROOT, "journal of %,d entries made from seed %d%n", journal.reference().nextSequence(),
            options().seed());
        final Path interpreted = interpretedJournal(directory, entryCount);

        String expected = null;
        String expectedInterpreted = null;
        int clean = 0;
        final List<String> different = new ArrayList<>();
        final List<Kind> kinds = kinds(out, record);
        for (final Kind kind : kinds)
        {
            final boolean isInterpreted = kind.compiler().equals("interpreter");
            final String actual = replay(kind, isInterpreted ? interpreted : directory.resolve("books"));
            if (isInterpreted)
            {
                expectedInterpreted = expectedInterpreted == null ? actual : expectedInterpreted;
            }
            else
            {
                expected = expected == null ? actual : expected;
            }
            final boolean isSame = actual.equals(isInterpreted ? expectedInterpreted : expected) &&
                actual.endsWith("clean=true\n");
            clean += isSame ? 1 : 0;
            if (!isSame)
            {
                different.add(kind.toString());
            }
            out.printf(Locale.ROOT, "%-9s %s: %s%n", isSame ? "same" : "DIFFERENT", kind, firstLine(actual));
            out.flush();
        }
        DeletedDirectory.delete(directory);
        record.put("entries", entryCount).put("kinds", kinds.size()).put("different", different);
        out.println(record.bound(clean));
        if (!different.isEmpty())
        {
            throw new FaultException("the same journal came out differently on " + different);
        }
    }

    /** The interpreter is some fifty times slower: it gets a shorter journal of the same kind. */
    private Path interpretedJournal(final Path directory, final long entryCount)
    {
        final Path books = directory.resolve("short-books");
        new HostileJournal(books, options().seed() + 1).run(entryCount / (options().isLong() ? 20 : 10));
        return books;
    }

    private List<Kind> kinds(final PrintWriter out, final RunRecord record) throws IOException
    {
        final List<Path> javas = javas();
        if (javas.size() < 2)
        {
            skipPart(out, record, "there is only one Java on this machine, so versions are not compared: " + javas);
        }
        final List<Kind> kinds = new ArrayList<>();
        for (final Path java : javas)
        {
            for (final String compiler : new TreeMap<>(COMPILERS).keySet())
            {
                for (final String collector : COLLECTORS)
                {
                    kinds.add(new Kind(java, compiler, collector, PLACES.get(kinds.size() % PLACES.size())));
                }
            }
        }
        final int count = options().cycleCount(FAST_KINDS, kinds.size());
        if (count >= kinds.size())
        {
            return kinds;
        }
        // An odd step, so that places alternate; compilers and versions all come in.
        final List<Kind> fast = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i += kinds.size() / count | 1)
        {
            fast.add(kinds.get(i));
        }
        return fast;
    }

    private static List<Path> javas() throws IOException
    {
        final Map<Path, Path> byRealPath = new TreeMap<>();
        final Path own = Path.of(System.getProperty("java.home"), "bin", "java");
        byRealPath.put(own.toRealPath(), own);
        if (Files.isDirectory(JAVA_HOMES))
        {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(JAVA_HOMES))
            {
                for (final Path home : homes)
                {
                    final Path java = home.resolve("bin/java");
                    if (Files.isExecutable(java))
                    {
                        byRealPath.putIfAbsent(java.toRealPath(), java);
                    }
                }
            }
        }
        return List.copyOf(byRealPath.keySet());
    }

    private static String replay(final Kind kind, final Path books) throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of(
            kind.java().toString(), "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx1g",
            "-XX:+Use" + kind.collector() + "GC"));
        command.addAll(COMPILERS.get(kind.compiler()));
        command.addAll(kind.place());
        command.addAll(List.of("-cp", SourceTree.classPath(), DeterminismWorker.class.getName(), books.toString()));
        final Path output = books.resolveSibling("output.txt");
        final Path errors = books.resolveSibling("errors.txt");
        final Process process = new ProcessBuilder(command)
            .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        try
        {
            if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0)
            {
                return "no result: " + Files.readString(errors, StandardCharsets.UTF_8) + '\n';
            }
        }
        finally
        {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static String firstLine(final String text)
    {
        return text.lines().findFirst().orElse("");
    }
}
