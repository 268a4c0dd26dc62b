package io.seriatim.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The first example of a page is compiled as it stands, run in a process of its own, and prints what the page says.
 */
class ReadmeTest
{
    private static final Pattern EXAMPLE =
        Pattern.compile("```java\n(.*?)```.*?```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEST_NAME = Pattern.compile("`(\\w+Test)`");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "README.md, Books", "docs/FEEDS.md, Payouts", "docs/INSTRUMENTS.md, Watch", "docs/ORDER.md, Merchant",
        "docs/ORDER.md, Leaders"})
    void shouldCompileAndRunTheExample(final String page, final String name) throws Exception
    {
        final Matcher example = EXAMPLE.matcher(Files.readString(House.ROOT.resolve(page)));
        do
        {
            assertTrue(example.find(), page);
        }
        while (!example.group(1).contains("public class " + name + "\n"));
        final Path source = Files.writeString(directory.resolve(name + ".java"), example.group(1));
        final ByteArrayOutputStream messages = new ByteArrayOutputStream();
        final int compiled = ToolProvider.getSystemJavaCompiler().run(
            null, messages, messages, "-Xlint:all,-processing,-path", "-Werror", "-cp", classPath(), source.toString());
        assertEquals(0, compiled, () -> messages.toString(StandardCharsets.UTF_8));

        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-cp", directory + System.getProperty("path.separator") + classPath(), name)
            .directory(directory.toFile()).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
        assertEquals(example.group(2), output);
    }

    @Test
    void shouldHoldEveryPromiseByATestThatExists() throws IOException
    {
        final Matcher matcher = TEST_NAME.matcher(Files.readString(House.ROOT.resolve("README.md")));
        final List<String> missing = new ArrayList<>();
        int count = 0;
        while (matcher.find())
        {
            count++;
            final String file = matcher.group(1) + ".java";
            try (var files = Files.walk(House.ROOT))
            {
                if (files.noneMatch(path -> path.getFileName().toString().equals(file)))
                {
                    missing.add(file);
                }
            }
        }
        assertTrue(count > 5, "tests named in the README: " + count);
        assertEquals(List.of(), missing);
    }

    static String classPath()
    {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
