package io.seriatim.bench;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class PeersCommandTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureEmbeddedPeersAndLeaveFiles() throws IOException
    {
        final int exitCode = run("--peers", "sqlite,h2", "--callers", "2", "--rounds", "2", "--batch", "50");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains(
            "2 callers, 1 transfer in flight each", "1 caller, 50 transfers in a transaction",
            "8 callers, 50 transfers in a transaction", "seriatim", "SQLite 3", "H2 2", "<- best SQL; target 10.0",
            "Checked: every transfer");
        final JsonNode summary =
            JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
        assertEquals(3, summary.get("points").size());
        final JsonNode peers = summary.get("points").get(0).get("peers");
        assertEquals(2, peers.get("h2").get("ratio").get("pairs").asInt());
        assertTrue(peers.get("sqlite").get("transfersPerSecond").asDouble() > 0);
        assertTrue(summary.get("points").get(0).get("target").isNull());
        assertTrue(Files.exists(directory.resolve("out/2-callers-sqlite.hlog")));
        assertTrue(Files.exists(directory.resolve("out/8-callers-of-50-seriatim.hlog")));
        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PeersRun.SQLITE, PeersRun.H2, PeersRun.SERIATIM})
    void shouldFailIfABalanceIsNotWhatWasSent(final String spoiled)
    {
        command().beforeCheck(peer -> peer.books().expectMore(7, peer.name().equals(spoiled) ? 1 : 0));

        final int exitCode = run("--peers", "sqlite,h2", "--callers", "2", "--rounds", "1", "--batch", "0");

        assertEquals(ExitCode.DIFFERENCE.code(), exitCode);
        assertThat(err.toString()).contains("a balance is wrong:", "account=8,");
        assertFalse(Files.exists(directory.resolve("out/summary.json")));
    }

    @Test
    void shouldSayLoudlyThatThereIsNoPostgreSql()
    {
        command().postgresFinder(() -> PostgresServer.find(directory.resolve("none"), directory.toString()));

        final int exitCode = run("--peers", "postgresql", "--callers", "1", "--rounds", "1", "--batch", "0");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("!!! postgresql IS SKIPPED: no initdb in", "apt-get install postgresql");
    }

    @Test
    void shouldRunChronicleOrSayWhyNot()
    {
        final int exitCode = run("--peers", "chronicle", "--callers", "2", "--rounds", "1", "--batch", "10");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString())
            .containsAnyOf("!!! chronicle IS SKIPPED: it does not run", "a journal only: appends");
    }

    @Test
    void shouldFindTheNewestPostgreSqlOfDebian() throws IOException
    {
        for (final String version : List.of("9.6", "15", "17"))
        {
            final Path bin = Files.createDirectories(directory.resolve("debian").resolve(version).resolve("bin"));
            if (!"17".equals(version))
            {
                assertTrue(Files.createFile(bin.resolve("initdb")).toFile().setExecutable(true));
            }
        }

        assertEquals(
            Optional.of(directory.resolve("debian/15/bin")), PostgresServer.find(directory.resolve("debian"), "/none"));
        assertEquals(
            Optional.of(directory.resolve("debian/9.6/bin")),
            PostgresServer.find(directory.resolve("none"), "/none:" + directory.resolve("debian/9.6/bin")));
    }

    @Test
    void shouldMeasurePostgreSqlAndKeepItsRules() throws IOException, SQLException
    {
        final Optional<Path> programs = PostgresServer.find(PostgresServer.DEBIAN, "");
        if (programs.isEmpty())
        {
            System.out.println("!!! SKIPPED: there is no PostgreSQL here");
        }
        assumeTrue(programs.isPresent());
        // Root runs it as somebody else, who has to get in.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));

        final int exitCode = run("--peers", "postgresql", "--callers", "3", "--rounds", "2", "--batch", "20");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("PostgreSQL 1", "synchronous_commit off", "<- best SQL");
        try (PostgresServer server = new PostgresServer(programs.get(), directory.resolve("pg"), Durability.OS);
            PostgresPeer peer = new PostgresPeer(server, new PeerPoint(1, 1), 4);
            Connection connection = server.connect();
            Statement statement = connection.createStatement())
        {
            statement.execute("update accounts set flags = 1 where id = 1");
            statement.execute("update accounts set ledger = 2 where id = 4");
            final Map<String, TransferOutcome> expected = new LinkedHashMap<>();
            expected.put("10, 2, 2, 5", TransferOutcome.ACCOUNTS_MUST_BE_DIFFERENT);
            expected.put("10, 9, 2, 5", TransferOutcome.DEBIT_ACCOUNT_NOT_FOUND);
            expected.put("10, 2, 9, 5", TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND);
            expected.put("10, 2, 4, 5", TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER);
            expected.put("10, 1, 2, 5", TransferOutcome.EXCEEDS_CREDITS);
            expected.put("10, 2, 1, 5", TransferOutcome.CREATED);
            expected.put("10, 2, 3, 5", TransferOutcome.EXISTS);
            expected.put("11, 1, 2, 6", TransferOutcome.EXCEEDS_CREDITS);
            expected.put("12, 1, 2, 5", TransferOutcome.CREATED);
            for (final Map.Entry<String, TransferOutcome> each : expected.entrySet())
            {
                try (ResultSet row = statement.executeQuery("select transfer(" + each.getKey() + ", 1, 1, 0)"))
                {
                    row.next();
                    assertEquals(each.getValue().code(), row.getInt(1), each.getKey());
                }
            }
            try (ResultSet row = statement.executeQuery(
                "select transfer_all('{20,21,20}', '{2,1,3}', '{1,2,2}', '{7,9,1}', 1, 1, 0)"))
            {
                row.next();
                assertEquals("{-1,54,46}", row.getString(1));
            }
            assertThrows(BenchException.class, peer::requireBooked);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseInAnEmbeddedDatabaseWithoutATrace(final boolean isSqlite) throws SQLException
    {
        try (JdbcStore store = isSqlite ?
            JdbcStore.sqlite(directory, Durability.FSYNC, 4) : JdbcStore.h2(directory, Durability.FSYNC, 4))
        {
            store.execute("update accounts set flags = 1 where id = 1");
            store.execute("update accounts set ledger = 2 where id = 4");

            assertEquals(TransferOutcome.ACCOUNTS_MUST_BE_DIFFERENT, store.apply(10, 2, 2, 5));
            assertEquals(TransferOutcome.DEBIT_ACCOUNT_NOT_FOUND, store.apply(10, 9, 2, 5));
            assertEquals(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND, store.apply(10, 2, 9, 5));
            assertEquals(TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, store.apply(10, 4, 2, 5));
            assertEquals(TransferOutcome.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, store.apply(10, 2, 4, 5));
            assertEquals(TransferOutcome.EXCEEDS_CREDITS, store.apply(10, 1, 2, 5));
            store.commit();
            store.requireBooked(new Books(4, 1), 0);

            assertEquals(TransferOutcome.CREATED, store.apply(10, 2, 1, 5));
            assertEquals(TransferOutcome.EXISTS, store.apply(10, 2, 3, 5));
            assertEquals(TransferOutcome.EXCEEDS_CREDITS, store.apply(11, 1, 2, 6));
            assertEquals(TransferOutcome.CREATED, store.apply(11, 1, 2, 5));
            store.commit();
            store.execute("update accounts set debits_posted = debits_posted + 1 where id = 3");
            final BenchException ex =
                assertThrows(BenchException.class, () -> store.requireBooked(new Books(4, 1), 2));
            assertThat(ex).hasMessageContaining("a balance is wrong");
        }
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run("--peers", "oracle"));
        assertThat(err.toString()).contains("--peers are of [postgresql, sqlite, h2, chronicle]: oracle");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--callers", "1,513"));
        assertThat(err.toString()).contains("--callers is out of range: 513");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--commit", "never"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--batch", "1"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--no-ceiling"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--durability", "memory"));
    }

    @Test
    void shouldKnowTheTargetsAndTakeTheBestSqlDatabase()
    {
        assertEquals(1.5, new PeerPoint(1, 1).target());
        assertEquals(30, new PeerPoint(512, 1).target());
        assertEquals(10, new PeerPoint(8, 1_000).target());
        assertTrue(Double.isNaN(new PeerPoint(3, 1).target()));
        final Map<String, PeersRun.Turn> round = new LinkedHashMap<>();
        round.put(PeersRun.SERIATIM, turn(1_000));
        assertNull(PeersReport.best(new PeersRun.Measured(new PeerPoint(1, 1), List.of(round))));
        round.put(PeersRun.SQLITE, turn(100));
        round.put(PeersRun.H2, turn(200));
        round.put(PeersRun.CHRONICLE, turn(5_000));
        assertEquals(
            PeersRun.H2, PeersReport.best(new PeersRun.Measured(new PeerPoint(1, 1), List.of(round))));
    }

    @Test
    void shouldCountWhatAProcessUses()
    {
        final ProcessUse before = new ProcessUse(100, 7);

        assertEquals(new ProcessUse(50, 3), new ProcessUse(150, 10).since(before));
        assertEquals(-1, new ProcessUse(-1, 10).since(before).writtenBytes());
        assertEquals(new ProcessUse(-1, 9), before.plus(new ProcessUse(-1, 2)));
        assertTrue(ProcessUse.ofThisOne().cpuNs() >= 0);
    }

    private static PeersRun.Turn turn(final long count)
    {
        return new PeersRun.Turn(
            new Slice("x", 1, count, count, count, 0, 0, 0, 1_000_000_000L, new Recording(1_000_000_000L)),
            DiskProbe.Result.NONE, 0, 0, new ProcessUse(0, 0), 0);
    }

    private PeersCommand command()
    {
        return commandLine.getSubcommands().get("peers").getCommand();
    }

    private int run(final String... args)
    {
        final List<String> words = new ArrayList<>(List.of(
            "peers", "--seconds", "0.1", "--accounts", "100", "--warmup-seconds", "0.1", "--data-dir",
            directory.resolve("data").toString(), "--out", directory.resolve("out").toString()));
        words.addAll(List.of(args));
        if (!words.contains("--durability"))
        {
            words.addAll(List.of("--durability", "os"));
        }
        return commandLine.execute(words.toArray(String[]::new));
    }
}
