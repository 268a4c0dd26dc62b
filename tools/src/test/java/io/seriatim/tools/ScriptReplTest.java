package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.journal.Durability;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jline.reader.Candidate;
import org.jline.reader.Parser.ParseContext;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed on a terminal that can do nothing, and what stands on it then. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ScriptReplTest
{
    private static final String ACCOUNTS = "create_accounts id=1 ledger=840 code=10; id=2 ledger=840 code=20 " +
        "flags=history";
    private static final String TRANSFER =
        "create_transfers id=100 debit_account_id=1 credit_account_id=2 amount=500 ledger=840 code=1";

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void shouldShowTablesWithoutWhatSaysNothing() throws IOException
    {
        final String shown = typed(true, ACCOUNTS, TRANSFER, "lookup_accounts 1 2", "lookup_transfers 7");
        assertShows(shown, "| id | status  | timestamp | sequence |");
        assertShows(shown, "|  2 | created |         3 |        2 |");
        assertShows(shown, "|  id | status  | timestamp | sequence |");
        assertShows(shown, "| id | debits_posted | credits_posted | ledger | code | flags   | timestamp |");
        assertShows(shown, "|  2 |             0 |            500 |    840 |   20 | history |         3 |");
        assertShows(shown, "transfers: none");
        assertShows(shown, "as of sequence 3");
    }

    @Test
    void shouldShowAmountsAsTheirLedgerWasDefinedHere() throws IOException
    {
        final String shown = typed(
            false, "define_ledger ledger=840 asset_code=USD scale=2", ACCOUNTS, TRANSFER, "lookup_accounts 2",
            "lookup_transfers 100", "get_account_balances account_id=2", "explain 4");
        assertShows(shown, "|  2 |          0.00 |           5.00 | 840 USD |   20 | history |         5 |");
        assertShows(shown, "|   5.00 | 840 USD |");
        // A look-up would take a timestamp, and the account was not asked for its ledger.
        assertShows(shown, "|             0 |            500 |         7 |");
        assertShows(shown, "transfer at sequence 4: created");
    }

    @Test
    void shouldLookUpWhatItNeedsUnlessTheClockIsManual() throws IOException
    {
        final String define = "{\"op\":\"define_ledger\",\"scale\":2,\"asset_code\":\"USD\",\"ledger\":840}";
        try (LedgerEngine engine = engine())
        {
            session(engine).answer(define);
            final String shown = typed(engine, true, ACCOUNTS, TRANSFER, "get_account_balances account_id=2");
            assertShows(shown, "|          0.00 |           5.00 |");
            assertFalse(typed(engine, false, "lookup_accounts 2").contains("5.00"));
        }
    }

    @Test
    void shouldShowErrorsAndGoOn() throws IOException
    {
        final String shown = typed(
            true, "nonsense", "lookup_accounts x", "create_accounts 5", "{\"op\":", "explain 99", "lookup_accounts 1");
        assertShows(shown, "unknown_op: no such operation: found=\"nonsense\"; help lists them");
        assertShows(shown, "bad_value: not an integer in range: field=ids[0], found=\"x\"");
        assertShows(shown, "bad_value: what is it? found=\"5\"");
        assertShows(shown, "malformed_json: ");
        assertShows(shown, "explanation: not found");
        assertShows(shown, "accounts: none");
    }

    @Test
    void shouldShowJsonWhenAsked() throws IOException
    {
        final String shown = typed(
            true, "\\json", "lookup_accounts 1", "{\"op\":\"lookup_transfers\",\"ids\":[1]}", "\\table",
            "lookup_accounts 1");
        assertShows(shown, "{\"accounts\":[],\"sequence\":\"0\"}");
        assertShows(shown, "{\"transfers\":[],\"sequence\":\"0\"}");
        assertShows(shown, "accounts: none");
    }

    @Test
    void shouldHelp() throws IOException
    {
        final String shown = typed(true, "help", "help create_transfers", "help x");
        for (final JsonOp op : JsonOp.values())
        {
            assertShows(shown, op.label());
            assertShows(shown, op.description());
        }
        assertShows(shown, "of events: id debit_account_id ");
        assertShows(shown, "flags: linked pending ");
        assertShows(shown, "example: create_transfers id=100 ");
        assertShows(shown, "no such operation: x");
    }

    @Test
    void shouldKeepAHistoryThatOnlyTheUserCanRead() throws IOException
    {
        final Path file = ScriptHistory.file(Map.of("HOME", directory.toString()));
        assertEquals(directory.resolve(".config/seriatim/script-history"), file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (LedgerEngine engine = engine(); Terminal terminal = terminal("lookup_accounts 77\nquit\n"))
        {
            new ScriptRepl(session(engine), terminal, file, true).run();
        }
        assertTrue(Files.readString(file).contains("lookup_accounts 77"));
        assertEquals(file, ScriptHistory.file(Map.of("HOME", directory.toString())));
        assertEquals(
            directory.resolve("settings/seriatim/script-history"),
            ScriptHistory.file(Map.of(
                "XDG_CONFIG_HOME", directory.resolve("settings").toString(), "HOME", directory.toString())));
        assertNull(ScriptHistory.file(Map.of()));
        assertNull(ScriptHistory.file(Map.of("HOME", Files.createFile(directory.resolve("file")).toString())));
    }

    @Test
    void shouldCompleteOperationsFieldsAndFlags() throws IOException
    {
        assertTrue(completions("loo").containsAll(List.of("lookup_accounts", "help", "quit", "\\json")));
        assertEquals(JsonRequests.opLabels(), completions("help l"));
        assertEquals(List.of(), completions("nonsense x"));
        final List<String> fields = completions("create_transfers id=1 am");
        assertTrue(fields.containsAll(List.of("amount=", "debit_account_id=", "shard=")), fields.toString());
        assertFalse(fields.contains("events="));
        assertEquals(fields.size(), fields.stream().distinct().count());
        assertTrue(completions("create_accounts id=1 flags=").contains("flags=history"));
        assertTrue(completions("create_accounts id=1 flags=linked|h").contains("flags=linked|history"));
        assertTrue(completions("query_pending st").contains("state="));
        assertEquals(
            List.of("state=pending", "state=posted", "state=voided", "state=expired"),
            completions("query_pending state="));
        assertEquals(List.of("kind=account", "kind=transfer"), completions("lookup_outcome kind=a"));
    }

    private List<String> completions(final String line) throws IOException
    {
        try (LedgerEngine engine = engine(); Terminal terminal = terminal(""))
        {
            final List<Candidate> candidates = new ArrayList<>();
            new ScriptRepl(session(engine), terminal, null, true).complete(
                new DefaultParser().parse(line, line.length(), ParseContext.COMPLETE), candidates);
            return candidates.stream().map(Candidate::value).toList();
        }
    }

    private String typed(final boolean isLookingUp, final String... lines) throws IOException
    {
        try (LedgerEngine engine = engine())
        {
            return typed(engine, isLookingUp, lines);
        }
    }

    private String typed(final LedgerEngine engine, final boolean isLookingUp, final String... lines)
        throws IOException
    {
        try (Terminal terminal = terminal(String.join("\n", lines) + '\n'))
        {
            new ScriptRepl(session(engine), terminal, null, isLookingUp).run();
            terminal.flush();
            return shown.toString(StandardCharsets.UTF_8);
        }
    }

    private Terminal terminal(final String typed) throws IOException
    {
        shown.reset();
        return new DumbTerminal(
            "test", Terminal.TYPE_DUMB, new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), shown,
            StandardCharsets.UTF_8);
    }

    private static LedgerEngine engine()
    {
        return LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY).clock(new ManualClock()));
    }

    private static ScriptSession session(final LedgerEngine engine)
    {
        return new ScriptSession(engine, true, () -> { });
    }

    private static void assertShows(final String shown, final String expected)
    {
        assertTrue(shown.contains(expected), () -> "missing: " + expected + "\n" + shown);
    }
}
