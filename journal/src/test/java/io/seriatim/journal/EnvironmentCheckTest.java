package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EnvironmentCheckTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldFindNothingWrongHere()
    {
        EnvironmentCheck.require(false);
        assertEquals(
            List.of(), EnvironmentCheck.problems(EnvironmentCheckTest.class.getClassLoader(), false));
    }

    @Test
    void shouldNameAThirdCopyOfAgrona() throws IOException
    {
        final Path file = directory.resolve("org/agrona/concurrent/AgentInvoker.class");
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[] {1, 2, 3});
        try (URLClassLoader loader = new URLClassLoader(
            new URL[] {directory.toUri().toURL()}, EnvironmentCheckTest.class.getClassLoader()))
        {
            final List<String> problems = EnvironmentCheck.problems(loader, false);
            assertEquals(1, problems.size());
            assertTrue(problems.get(0).contains(directory.toString()), problems.get(0));
            assertTrue(problems.get(0).contains("org.agrona:agrona:2.4.1"), problems.get(0));
        }
    }

    @Test
    void shouldRefuseSettingsThatPutDataAtRisk()
    {
        expectProblem("aeron.archive.dir.delete.on.start", "true", false);
        expectProblem("aeron.archive.record.checksum", "org.agrona.checksum.Crc32c", false);
        expectProblem(EnvironmentCheck.BOUNDS_PROPERTY, "true", false);
        System.setProperty(EnvironmentCheck.BOUNDS_PROPERTY, "true");
        try
        {
            EnvironmentCheck.require(true);
        }
        finally
        {
            System.clearProperty(EnvironmentCheck.BOUNDS_PROPERTY);
        }
    }

    @Test
    void shouldTakeASettingThatIsEmptyOrFalseForNone()
    {
        for (final String value : List.of("", "false"))
        {
            System.setProperty(EnvironmentCheck.BOUNDS_PROPERTY, value);
            try
            {
                EnvironmentCheck.require(false);
                assertEquals(
                    List.of(), EnvironmentCheck.problems(EnvironmentCheck.class.getClassLoader(), false), value);
            }
            finally
            {
                System.clearProperty(EnvironmentCheck.BOUNDS_PROPERTY);
            }
        }
    }

    private static void expectProblem(final String property, final String value, final boolean isUncheckedAllowed)
    {
        System.setProperty(property, value);
        try
        {
            final JournalException refusal =
                assertThrows(JournalException.class, () -> EnvironmentCheck.require(isUncheckedAllowed));
            assertTrue(refusal.getMessage().contains(property), refusal.getMessage());
        }
        finally
        {
            System.clearProperty(property);
        }
    }

    @Test
    void shouldExplainTheMissingFlagOnOneScreen()
    {
        final String message = EnvironmentCheck.addOpensMessage();
        for (final String word : List.of("java ", "surefire", "Gradle", "Spring Boot", "Docker", "--add-opens"))
        {
            assertTrue(message.contains(word), word);
        }

        final List<String> lines = message.lines().toList();
        assertTrue(lines.size() <= 22);
        lines.forEach((line) -> assertTrue(line.length() <= 120, line));
    }

    @Test
    void shouldSayWhichFlagIsMissingInsteadOfFailingInsideAgrona() throws IOException
    {
        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"),
            WithoutFlag.class.getName(), directory.resolve("books").toString())
            .redirectErrorStream(true).start();
        try
        {
            final String output = new String(process.getInputStream().readAllBytes());
            assertTrue(output.contains(EnvironmentCheck.ADD_OPENS), output);
            assertTrue(output.contains("Seriatim needs one JVM flag"), output);
        }
        finally
        {
            process.destroyForcibly();
        }
    }

    /** The flag opens the JDK to the class path; a module of its own would need another one. */
    @Test
    void shouldFindThatTheFlagDoesNotReachAnAgronaOnTheModulePath()
    {
        final ModuleFinder finder = ModuleFinder.of(jarOf("agrona-" + EnvironmentCheck.AGRONA_VERSION));
        final String module = finder.findAll().iterator().next().descriptor().name();
        final ModuleLayer boot = ModuleLayer.boot();
        final ModuleLayer layer = boot.defineModulesWithOneLoader(
            boot.configuration().resolve(finder, ModuleFinder.of(), Set.of(module)),
            ClassLoader.getPlatformClassLoader());
        assertEquals(
            List.of(EnvironmentCheck.addOpensMessage()),
            EnvironmentCheck.problems(layer.findLoader(module), false));
    }

    @Test
    void shouldCarryTheSameAgronaTwice() throws IOException
    {
        final Map<String, byte[]> inAeron = agronaClassesOf("aeron-all");
        final Map<String, byte[]> inAgrona = agronaClassesOf("agrona-" + EnvironmentCheck.AGRONA_VERSION);
        assertTrue(inAeron.size() > 200);
        assertEquals(inAgrona.keySet(), inAeron.keySet());
        inAgrona.forEach((name, bytes) -> assertArrayEquals(bytes, inAeron.get(name), name));
    }

    private static Path jarOf(final String jarName)
    {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .map(Path::of)
            .filter((element) -> element.getFileName().toString().startsWith(jarName))
            .findFirst().orElseThrow();
    }

    private static Map<String, byte[]> agronaClassesOf(final String jarName) throws IOException
    {
        final Map<String, byte[]> classes = new TreeMap<>();
        try (JarFile jar = new JarFile(jarOf(jarName).toFile()))
        {
            for (final JarEntry entry : Collections.list(jar.entries()))
            {
                if (entry.getName().startsWith("org/agrona/") && entry.getName().endsWith(".class"))
                {
                    classes.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
            }
        }

        return classes;
    }

    /** Opens a directory in a JVM without the flag. */
    static final class WithoutFlag
    {
        private WithoutFlag()
        {
        }

        public static void main(final String[] arguments)
        {
            JournalDirectory.open(new JournalConfig().dataDirectory(Path.of(arguments[0]))).close();
        }
    }
}
