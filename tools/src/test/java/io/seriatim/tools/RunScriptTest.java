package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/run in a tree whose scripts/seriatim only says what it is asked for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RunScriptTest
{
    @TempDir
    private Path directory;
    private Path root;

    @BeforeEach
    void copyScript() throws IOException
    {
        root = directory.toRealPath();
        Files.createDirectories(root.resolve("scripts"));
        Files.copy(TestFiles.root().resolve("scripts/run"), root.resolve("scripts/run"));
        root.resolve("scripts/run").toFile().setExecutable(true);
        seriatim("");
    }

    @Test
    void shouldPostThenVerifyThenSaySuccess() throws Exception
    {
        assertEquals(
            """
            0 <run><--data><b ooks><--count><5>
            <verify><--data><b ooks>
            SUCCESS: posted and answered under FSYNC, opened again, verified by replay; \
            debits equal credits: data=b ooks
            """, run("--data", "b ooks", "--count", "5"));
        assertEquals(
            """
            0 <run><--durability=os><--data=books>
            <verify><--data><books>
            SUCCESS: posted and answered under OS, opened again, verified by replay; \
            debits equal credits: data=books
            """, run("--durability=os", "--data=books"));
    }

    @Test
    void shouldMakeADirectoryOfItsOwnIfNoneIsGiven() throws Exception
    {
        final String[] lines = run().split("\n");
        assertTrue(lines[0].matches("0 <run><--data></.*/run-\\d{8}-\\d{6}-\\d+>"), lines[0]);
        final String data = lines[0].substring(lines[0].indexOf("</") + 1, lines[0].length() - 1);
        assertEquals("<verify><--data><" + data + ">", lines[1]);
        assertTrue(lines[2].startsWith("SUCCESS: ") && lines[2].endsWith(": data=" + data), lines[2]);
    }

    @Test
    void shouldVerifyNothingUnderMemory() throws Exception
    {
        assertEquals(
            """
            0 <run><--durability><memory>
            SUCCESS: posted in memory only, outcomes and balances as expected, debits equal credits; nothing was kept
            """, run("--durability", "memory"));
    }

    @Test
    void shouldNotSaySuccessWhenAStepFails() throws Exception
    {
        seriatim("[ \"$1\" = run ] && exit 1");
        assertEquals("1 <run><--data><books>\n", run("--data", "books"));
        seriatim("[ \"$1\" = verify ] && exit 3");
        assertEquals("3 <run><--data><books>\n<verify><--data><books>\n", run("--data", "books"));
    }

    private void seriatim(final String ending) throws IOException
    {
        final Path file = root.resolve("scripts/seriatim");
        Files.writeString(file, "#!/bin/sh\nprintf '<%s>' \"$@\"\necho\n" + ending + "\nexit 0\n");
        file.toFile().setExecutable(true);
    }

    private String run(final String... args) throws Exception
    {
        final List<String> command = new ArrayList<>(List.of(args));
        command.add(0, root.resolve("scripts/run").toString());
        final Process process = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true).start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + text;
    }
}
