package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/seriatim script in a process of its own, spoken to through pipes; its class path is that of the test. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ScriptProcessTest
{
    private static final int SIGTERM_EXIT_CODE = 143;
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    private static final String ACCOUNTS =
        "{\"op\":\"create_accounts\",\"events\":[{\"id\":1,\"ledger\":840,\"code\":10}," +
        "{\"id\":2,\"ledger\":840,\"code\":10}]}";

    @TempDir
    private Path directory;
    private Path root;

    @BeforeEach
    void makeTree() throws IOException
    {
        root = Files.createDirectories(directory.toRealPath().resolve("tree"));
        Files.createDirectories(root.resolve("scripts"));
        for (final String name : new String[] { "seriatim", "build-if-stale" })
        {
            Files.copy(TestFiles.root().resolve("scripts").resolve(name), root.resolve("scripts").resolve(name));
        }
        root.resolve("scripts/seriatim").toFile().setExecutable(true);
        Files.createDirectories(root.resolve("tools/target/classes"));
        Files.createDirectories(root.resolve("tools/target/lib"));
        Files.createDirectories(root.resolve("bin"));
        final Path java = root.resolve("bin/java");
        Files.writeString(java, String.join("\n",
            "#!/bin/sh",
            "real='" + Path.of(System.getProperty("java.home"), "bin", "java") + "'",
            "[ \"$1\" = -version ] && exec \"$real\" -version",
            "options=",
            "while [ \"$1\" != -cp ]; do options=\"$options $1\"; shift; done",
            "shift 2",
            "exec \"$real\" $options -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" +
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")) + "' \"$@\"",
            ""));
        java.toFile().setExecutable(true);
        TestFiles.write(root, "pom.xml", "");
        TestFiles.write(root, "tools/target/tools.stamp", "");
    }

    @Test
    void shouldAnswerEachRequestBeforeTheNextIsSent() throws Exception
    {
        final Process process = start("script", "--memory", "--clock", "manual");
        try (BufferedWriter requests = process.outputWriter(StandardCharsets.UTF_8);
            BufferedReader answers = process.inputReader(StandardCharsets.UTF_8))
        {
            assertEquals(
                "{\"results\":[{\"status\":\"created\",\"timestamp\":\"2\",\"sequence\":\"1\"}," +
                "{\"status\":\"created\",\"timestamp\":\"3\",\"sequence\":\"2\"}]}",
                answer(requests, answers, ACCOUNTS));
            for (int i = 1; i <= 50; i++)
            {
                assertTrue(answer(requests, answers, transfer(i)).contains("\"created\""));
                assertTrue(answer(requests, answers, "{\"op\":\"lookup_accounts\",\"ids\":[2]}")
                    .contains("\"credits_posted\":\"" + 5 * i + '"'));
            }
            assertTrue(answer(requests, answers, "nonsense").contains("\"line\":102"));
            process.getOutputStream().close();
            assertNull(answers.readLine());
        }
        assertEquals(0, process.waitFor());
        assertEquals("memory: nothing is kept\n", Files.readString(directory.resolve("err")));
    }

    @Test
    void shouldCloseItsBooksWhenItIsTerminated() throws Exception
    {
        final Path books = directory.resolve("books");
        final Process process = start("script", "--data", books.toString());
        try (BufferedWriter requests = process.outputWriter(StandardCharsets.UTF_8);
            BufferedReader answers = process.inputReader(StandardCharsets.UTF_8))
        {
            assertTrue(answer(requests, answers, ACCOUNTS).contains("\"created\""));
            assertTrue(answer(requests, answers, transfer(1)).contains("\"created\""));
            process.destroy();
            assertEquals(SIGTERM_EXIT_CODE, process.waitFor());
        }
        final String info = CommandRun.of("info", "--data", books).out();
        assertTrue(info.matches("(?s).*closed cleanly +true.*"), info);
        final ScriptRun again = ScriptRun.with(new Object[] { "script", "--data", books }, transfer(1));
        assertEquals(List.of("exists"), again.statuses(0));
    }

    @Test
    void shouldEndWithSixWhenItsStorageFails() throws Exception
    {
        assumeTrue(Files.isExecutable(PRLIMIT), "SKIPPED: there is no " + PRLIMIT + " to make writes fail with");
        final Path books = directory.resolve("books");
        final Process process = start("script", "--data", books.toString());
        try (BufferedWriter requests = process.outputWriter(StandardCharsets.UTF_8);
            BufferedReader answers = process.inputReader(StandardCharsets.UTF_8))
        {
            assertTrue(answer(requests, answers, ACCOUNTS).contains("\"created\""));
            for (int i = 100; i < 120; i++)
            {
                assertTrue(answer(requests, answers, transfer(i)).contains("\"created\""));
            }
            // From now on the kernel refuses every write behind the first 4 KiB of a file.
            assertEquals(0, new ProcessBuilder(
                PRLIMIT.toString(), "--pid", Long.toString(process.pid()), "--fsize=4096")
                .inheritIO().start().waitFor());
            final String answer = answer(requests, answers, transfer(1));
            final String said = Files.readString(directory.resolve("err"));
            assertNotNull(answer, said);
            assertTrue(answer.contains("\"stopped\"") && answer.contains("outcome"), answer);
            assertNull(answers.readLine(), "it ends by itself, though more could be asked");
        }
        assertEquals(ExitCode.STOPPED.code(), process.waitFor());
        final ScriptRun again = ScriptRun.with(new Object[] { "script", "--data", books }, transfer(1));
        assertTrue(List.of(List.of("created"), List.of("exists")).contains(again.statuses(0)), again::toString);
    }

    private static String answer(final BufferedWriter requests, final BufferedReader answers, final String request)
        throws IOException
    {
        requests.write(request + '\n');
        requests.flush();
        return answers.readLine();
    }

    private static String transfer(final int id)
    {
        return "{\"op\":\"create_transfers\",\"events\":[{\"id\":" + id + ",\"debit_account_id\":1," +
            "\"credit_account_id\":2,\"amount\":5,\"ledger\":840,\"code\":1}]}";
    }

    private Process start(final String... args) throws IOException
    {
        final List<String> command = new ArrayList<>();
        command.add(root.resolve("scripts/seriatim").toString());
        command.addAll(Arrays.asList(args));
        final ProcessBuilder builder =
            new ProcessBuilder(command).redirectError(directory.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", root.toString());
        return builder.start();
    }
}
