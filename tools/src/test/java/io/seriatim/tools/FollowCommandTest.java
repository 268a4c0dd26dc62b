package io.seriatim.tools;

import io.seriatim.engine.Acknowledgement;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.SealingConfig;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.Replication;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.LogKeys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code seriatim follow} in processes of its own, which are killed while the engine works. */
@Timeout(180)
class FollowCommandTest
{
    private static final String SECRET = "a secret of followers";
    private static final int TERM_LENGTH = 64 * 1024;
    private static final int KILL_COUNT = 4;
    private static final int LEDGER = 840;

    @TempDir
    private Path directory;
    private Path books;
    private Path copy;
    private Path secretFile;
    private int port;

    @BeforeEach
    void prepare() throws IOException
    {
        books = directory.resolve("books");
        copy = directory.resolve("copy");
        secretFile = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0)))
        {
            port = socket.getLocalPort();
        }
    }

    @Test
    void shouldGoOnAfterBeingKilledAndAnswerWhatAccountsHold() throws Exception
    {
        try (LedgerEngine leader = launch())
        {
            leader.ledger(LEDGER).createAccount(1, 1, 0);
            leader.ledger(LEDGER).createAccount(2, 1, 0);
            long id = 100;
            for (int round = 0; round < KILL_COUNT; round++)
            {
                final Process follower = start();
                final long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_200 + 300 * round);
                while (System.nanoTime() < untilNs)
                {
                    leader.ledger(LEDGER).createTransfer(id++, 1, 2, 1, 1);
                }
                assertTrue(follower.isAlive(), () -> read(follower));
                follower.destroyForcibly().waitFor();
            }
            final CommandRun once = follow("", "--once");
            assertEquals(ExitCode.DONE.code(), once.exitCode(), once::toString);
            assertTrue(once.err().contains("0 bytes behind"), once::toString);
            final long expected = id - 100;

            final Process follower = start();
            follower.getOutputStream().write(
                "{\"op\":\"lookup_accounts\",\"ledger\":840,\"ids\":[\"1\",\"3\"]}\n{\"op\":\"other\"}\nno json\n"
                    .getBytes(StandardCharsets.UTF_8));
            follower.getOutputStream().flush();
            final BufferedReader answers =
                new BufferedReader(new InputStreamReader(follower.getInputStream(), StandardCharsets.UTF_8));
            JsonNode answer = new JsonMapper().readTree(nextAnswer(answers));
            while (!answer.get("sequence").asString().equals(Long.toString(2 + expected)))
            {
                follower.getOutputStream().write(
                    "{\"op\":\"lookup_accounts\",\"shard\":0,\"ids\":[1]}\n".getBytes(StandardCharsets.UTF_8));
                follower.getOutputStream().flush();
                String line = nextAnswer(answers);
                while (line.contains("bad_request"))
                {
                    line = nextAnswer(answers);
                }
                answer = new JsonMapper().readTree(line);
            }
            assertEquals(1, answer.get("accounts").size(), answer::toString);
            assertEquals(Long.toString(expected), answer.get("accounts").get(0).get("debits_posted").asString());
            follower.destroyForcibly().waitFor();
        }
        final CommandRun verified = CommandRun.of("verify", "--data", copy);
        assertEquals(ExitCode.DONE.code(), verified.exitCode(), verified::toString);
        copy = directory.resolve("another");
        final CommandRun gone = follow("", "--once");
        assertEquals(ExitCode.ENVIRONMENT.code(), gone.exitCode(), gone::toString);
    }

    @Test
    void shouldCosignWhatItHasExecuted() throws Exception
    {
        final NoteSigner witnessKey = NoteSigner.generate("follower.example", VerifierKey.WITNESS);
        final NoteSigner logKey = NoteSigner.generate("example/books", VerifierKey.LOG);
        final Path witnessKeyFile = directory.resolve("witness-key");
        final Path logKeyFile = directory.resolve("log-key");
        LogKeys.write(witnessKeyFile, witnessKey);
        LogKeys.write(logKeyFile, logKey);
        final int httpPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            httpPort = socket.getLocalPort();
        }
        final Path policyFile = Files.writeString(
            directory.resolve("policy"),
            "witness F " + witnessKey.verifierKey() + " http://127.0.0.1:" + httpPort + "/\nquorum F\n");
        final EngineConfig config = config().origin("example/books").sealing(
            new SealingConfig().keyFiles(List.of(logKeyFile)).policyFile(policyFile));
        try (LedgerEngine leader = LedgerEngine.launch(config))
        {
            final Process follower = start(
                "--witness-key", witnessKeyFile, "--witness-state", directory.resolve("cosigned"),
                "--listen", "127.0.0.1:" + httpPort,
                "--key", logKey.named("example/books/0").verifierKey().toString());
            try
            {
                final Ledger witnessed = leader.ledger(LEDGER).acknowledgedAt(Acknowledgement.WITNESSED);
                witnessed.createAccount(1, 1, 0);
                witnessed.createAccount(2, 1, 0);
                // Enough for segments to follow one another.
                for (int i = 0; i < 2_000; i++)
                {
                    leader.ledger(LEDGER).createTransfer(100 + i, 1, 2, 1, 1);
                }
                final long sequence = witnessed.createTransfer(9_000, 1, 2, 1, 1).sequence();
                assertTrue(leader.witnessedSize(0) > sequence);
                assertNull(leader.sealingFailure());
            }
            finally
            {
                follower.destroyForcibly().waitFor();
            }
        }
        final CommandRun alone = follow("", "--once", "--listen", "127.0.0.1:0");
        assertEquals(ExitCode.BAD_INPUT.code(), alone.exitCode(), alone::toString);
    }

    @Test
    void shouldRefuseWhatIsNoAddressAndSecretsThatAreTooShort() throws IOException
    {
        final Path shortSecret = Files.writeString(directory.resolve("short"), "short");
        for (final List<String> wrong : List.of(
            List.of("--from", "host", "--secret-file", secretFile.toString()),
            List.of("--from", "host:0", "--secret-file", secretFile.toString()),
            List.of("--from", "host:1", "--secret-file", shortSecret.toString()),
            List.of("--from", "host:1", "--secret-file", secretFile.toString(), "--journals", "0")))
        {
            final CommandRun run = CommandRun.of(
                Stream.concat(
                    Stream.of("follow", "--data", copy.toString()), wrong.stream()).toArray());
            assertEquals(ExitCode.BAD_INPUT.code(), run.exitCode(), run::toString);
        }
        final CommandRun noSecret = CommandRun.of("script", "--data", books, "--followers", "127.0.0.1:" + port);
        assertEquals(ExitCode.BAD_INPUT.code(), noSecret.exitCode(), noSecret::toString);
        assertFalse(Files.exists(books));
    }

    private static String nextAnswer(final BufferedReader answers) throws IOException
    {
        String line = answers.readLine();
        while (line != null && !line.startsWith("{"))
        {
            line = answers.readLine();
        }
        assertTrue(line != null, "the follower has ended");
        return line;
    }

    private static String read(final Process process)
    {
        try
        {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            return ex.toString();
        }
    }

    private CommandRun follow(final String in, final Object... more)
    {
        final Object[] args = Stream.concat(
            Stream.of(
                "follow", "--from", "127.0.0.1:" + port, "--secret-file", secretFile, "--data", copy),
            Stream.of(more)).toArray();
        return CommandRun.with(in, args);
    }

    private Process start(final Object... more) throws IOException
    {
        final Object[] args = Stream.concat(
            Stream.of(
                "follow", "--from", "127.0.0.1:" + port, "--secret-file", secretFile, "--data", copy, "--status-ms",
                100),
            Stream.of(more)).toArray();
        return CommandRun.fork(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"), args);
    }

    private LedgerEngine launch()
    {
        return LedgerEngine.launch(config());
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(books).batchCountMax(60).journal(
            new JournalConfig().termLength(TERM_LENGTH).segmentLength(2 * TERM_LENGTH).mtu(2048)
                .replication(new Replication("127.0.0.1", port, SECRET)));
    }
}
