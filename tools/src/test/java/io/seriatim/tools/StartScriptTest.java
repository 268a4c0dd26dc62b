package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StartScriptTest
{
    private static final String PATH = "/usr/bin:/bin";

    @TempDir
    private Path directory;

    @Test
    void shouldSayThatThereIsNoJava() throws Exception
    {
        assertEquals("5 seriatim: there is no Java at JAVA_HOME: file=/nowhere/bin/java\n",
            run(Map.of("PATH", PATH, "JAVA_HOME", "/nowhere"), "--version"));
    }

    @Test
    void shouldSayThatJavaIsTooOld() throws Exception
    {
        final Path java = script("bin/java", "echo 'openjdk version \"1.8.0_392\"' >&2");
        assertEquals("5 seriatim: Java is too old: found=8, needed=17 or newer, file=" + java + "\n",
            run(Map.of("PATH", PATH, "JAVA_HOME", directory.toString()), "--version"));
    }

    @Test
    void shouldBuildOnceAndPassEverythingOn() throws Exception
    {
        final Path java = script("bin/java",
            "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; exit; fi",
            "pwd", "printf '<%s>' \"$@\"", "exit 3");
        final Path mvn = script("bin/mvn", "echo 'Apache Maven 3.8.7'", "[ \"$1\" = -v ] && exit",
            "mkdir -p tools/target/classes tools/target/lib", "echo noise");
        final Path start = tree();
        final Path root = directory.resolve("tree");
        final Map<String, String> environment = Map.of(
            "PATH", mvn.getParent() + ":" + PATH, "JAVA_HOME", java.getParent().getParent().toString(),
            "JAVA_OPTS", "-Xmx1g -ea");
        final String passed = directory.toRealPath() + "\n" +
            "<--add-opens><java.base/jdk.internal.misc=ALL-UNNAMED><-Xmx1g><-ea><-cp><" +
            root.toRealPath() + "/tools/target/classes:" + root.toRealPath() + "/tools/target/lib/*>" +
            "<io.seriatim.tools.SeriatimMain><a b><*>";
        assertEquals("3 seriatim: building, because there is no build or a source is newer ...\n" + passed,
            run(start, environment, "a b", "*"));
        assertEquals("3 " + passed, run(start, environment, "a b", "*"));
    }

    @Test
    void shouldAskForHugePagesUnlessTheCallerHasSetWhatToAskFor() throws Exception
    {
        final Path java = script("bin/java",
            "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; exit; fi",
            "printf '<%s>' \"$GLIBC_TUNABLES\"");
        final Path mvn = script("bin/mvn", "echo 'Apache Maven 3.8.7'", "[ \"$1\" = -v ] && exit",
            "mkdir -p tools/target/classes tools/target/lib");
        final Map<String, String> environment = new TreeMap<>(Map.of(
            "PATH", mvn.getParent() + ":" + PATH, "JAVA_HOME", java.getParent().getParent().toString()));
        final Path start = tree();
        run(start, environment);

        assertEquals("0 <glibc.malloc.hugetlb=1>", run(start, environment));
        environment.put("GLIBC_TUNABLES", "");
        assertEquals("0 <>", run(start, environment));
        environment.put("GLIBC_TUNABLES", "glibc.malloc.arena_max=2");
        assertEquals("0 <glibc.malloc.arena_max=2>", run(start, environment));
    }

    @Test
    void shouldSayThatMavenIsTooOldOrFailed() throws Exception
    {
        final Path java = script("bin/java", "echo 'openjdk version \"21\"' >&2");
        final Map<String, String> environment = Map.of(
            "PATH", java.getParent() + ":" + PATH, "JAVA_HOME", directory.toString());
        final Path start = tree();
        final Path mvn = script("bin/mvn", "echo 'Apache Maven 3.6.2'");
        assertEquals("5 seriatim: Maven is too old: found=3.6.2, needed=3.6.3 or newer, file=" + mvn + "\n",
            run(start, environment));
        script("bin/mvn", "[ \"$1\" = -v ] && echo 'Apache Maven 3.10.0' && exit", "echo no such symbol", "exit 1");
        assertEquals("5 seriatim: building, because there is no build or a source is newer ...\n" +
            "no such symbol\nseriatim: the build failed, see above\n", run(start, environment));
    }

    /** A source tree with nothing in it but the script and what it reads. */
    private Path tree() throws IOException
    {
        final Path root = Files.createDirectories(directory.resolve("tree"));
        final Path start = Files.createDirectories(root.resolve("scripts")).resolve("seriatim");
        Files.copy(TestFiles.root().resolve("scripts/seriatim"), start);
        Files.copy(
            TestFiles.root().resolve("scripts/build-if-stale"), start.resolveSibling("build-if-stale"));
        start.toFile().setExecutable(true);
        Files.createDirectories(root.resolve("tools/src/main"));
        TestFiles.write(root, "pom.xml", "");
        return start;
    }

    private Path script(final String name, final String... lines) throws IOException
    {
        final Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        file.toFile().setExecutable(true);
        return file;
    }

    private String run(final Map<String, String> environment, final String... args) throws Exception
    {
        return run(TestFiles.root().resolve("scripts/seriatim"), environment, args);
    }

    private String run(final Path start, final Map<String, String> environment, final String... args)
        throws Exception
    {
        final String[] command = new String[args.length + 1];
        command[0] = start.toString();
        System.arraycopy(args, 0, command, 1, args.length);
        final ProcessBuilder builder = new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        final Process process = builder.start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + text;
    }
}
