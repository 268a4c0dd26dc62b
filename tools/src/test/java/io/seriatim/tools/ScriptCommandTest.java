package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.LedgerEngine;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ScriptCommandTest
{
    private static final String ACCOUNTS =
        "{\"op\":\"create_accounts\",\"events\":[{\"id\":1,\"ledger\":840,\"code\":10}," +
        "{\"id\":2,\"ledger\":840,\"code\":10,\"flags\":[\"debits_must_not_exceed_credits\"]}]}";

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerEveryLineThatHoldsMoreThanJsonTakesForBlank()
    {
        final List<String> answers = ScriptRun.of(
            "\u000B", "\u2003", "\u3000", "{\"op\":\"" + "x".repeat(60_000) + "\"}",
            "{\"op\":\"lookup_accounts\",\"ids\":[],\"" + "x".repeat(60_000) + "\":1}").answers();
        assertEquals(
            List.of("malformed_json", "malformed_json", "malformed_json", "unknown_op", "unknown_field"),
            answers.stream().map(answer -> answer.split("\"")[5]).toList());
    }

    @Test
    void shouldAnswerCreatesAndReadsAsTheFormatHasIt()
    {
        final ScriptRun run = ScriptRun.of(
            ACCOUNTS,
            transfers(transfer(100, 1, 2, 500), transfer(101, 2, 1, 501)),
            transfers(transfer(100, 1, 2, 500), transfer(101, 2, 1, 501)),
            "{\"op\":\"lookup_accounts\",\"ids\":[\"2\",3,2]}",
            "{\"op\":\"lookup_transfers\",\"ids\":[101,100]}",
            "{\"op\":\"lookup_outcome\",\"kind\":\"transfer\",\"id\":101}",
            "{\"op\":\"lookup_outcome\",\"kind\":\"account\",\"id\":\"1\"}",
            "{\"op\":\"lookup_outcome\",\"kind\":\"account\",\"id\":\"3\"}");
        final String account =
            "{\"id\":\"2\",\"debits_pending\":\"0\",\"debits_posted\":\"0\",\"credits_pending\":\"0\"," +
            "\"credits_posted\":\"500\",\"user_data_128\":\"0\",\"user_data_64\":\"0\",\"user_data_32\":0," +
            "\"ledger\":840,\"code\":10,\"flags\":[\"debits_must_not_exceed_credits\"],\"timestamp\":\"3\"}";
        assertEquals(
            List.of(
                "{\"results\":[{\"status\":\"created\",\"timestamp\":\"2\",\"sequence\":\"1\"}," +
                "{\"status\":\"created\",\"timestamp\":\"3\",\"sequence\":\"2\"}]}",
                "{\"results\":[{\"status\":\"created\",\"timestamp\":\"5\",\"sequence\":\"3\"}," +
                "{\"status\":\"exceeds_credits\",\"timestamp\":\"6\",\"sequence\":\"4\"}]}",
                "{\"results\":[{\"status\":\"exists\",\"timestamp\":\"5\",\"sequence\":\"5\"," +
                "\"first_sequence\":\"3\"}," +
            "{\"status\":\"id_already_failed\",\"timestamp\":\"9\"," +
                "\"sequence\":\"6\",\"first_sequence\":\"4\"}]}",
                "{\"accounts\":[" + account + "," + account + "],\"sequence\":\"6\"}",
                "{\"transfers\":[{\"id\":\"100\",\"debit_account_id\":\"1\",\"credit_account_id\":\"2\"," +
                "\"amount\":\"500\",\"pending_id\":\"0\",\"user_data_128\":\"0\",\"user_data_64\":\"0\"," +
                "\"user_data_32\":0,\"timeout\":0,\"ledger\":840,\"code\":1,\"flags\":[],\"timestamp\":\"5\"}]," +
                "\"sequence\":\"6\"}",
                "{\"outcome\":{\"status\":\"exceeds_credits\",\"timestamp\":\"6\",\"sequence\":\"4\"}," +
                "\"sequence\":\"6\"}",
                "{\"outcome\":{\"status\":\"created\",\"timestamp\":\"2\",\"sequence\":\"1\"},\"sequence\":\"6\"}",
                "{\"outcome\":{\"status\":\"not_found\"},\"sequence\":\"6\"}"),
            run.answers());
        assertTrue(run.err().contains("memory: nothing is kept"), run.err());
    }

    @Test
    void shouldSendWhatTheEngineRefuses()
    {
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"create_accounts\",\"events\":[{},{\"id\":1,\"reserved\":1},{\"id\":1,\"flags\":64}," +
            "{\"id\":1,\"flags\":\"6\"},{\"id\":\"340282366920938463463374607431768211455\"}," +
            "{\"id\":1,\"credits_posted\":1},{\"id\":1},{\"id\":1,\"ledger\":1},{\"id\":1,\"timestamp\":5}]}",
            "{\"op\":\"create_transfers\",\"events\":[{},{\"id\":1,\"flags\":512},{\"id\":1,\"timestamp\":1}," +
            "{\"id\":1},{\"id\":1,\"debit_account_id\":1,\"credit_account_id\":2},{\"id\":2," +
            "\"flags\":[\"post_pending_transfer\",\"void_pending_transfer\"]},{\"id\":3,\"flags\":[\"linked\"]}]}");
        assertEquals(
            List.of(
                "id_must_not_be_zero", "reserved_field", "reserved_flag", "flags_are_mutually_exclusive",
                "id_must_not_be_int_max", "credits_posted_must_be_zero", "ledger_must_not_be_zero",
                "code_must_not_be_zero", "timestamp_must_be_zero"),
            run.statuses(0));
        assertEquals(
            List.of(
                "id_must_not_be_zero", "reserved_flag", "timestamp_must_be_zero", "debit_account_id_must_not_be_zero",
                "ledger_must_not_be_zero", "flags_are_mutually_exclusive", "linked_event_chain_open"),
            run.statuses(1));
    }

    @Test
    void shouldImportWithTimestamps()
    {
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"set_clock\",\"timestamp\":1000}",
            "{\"op\":\"create_accounts\",\"events\":[" +
            "{\"id\":1,\"ledger\":1,\"code\":1,\"flags\":[\"imported\"],\"timestamp\":10}," +
            "{\"id\":2,\"ledger\":1,\"code\":1,\"flags\":[\"imported\"],\"timestamp\":\"11\"}]}",
            "{\"op\":\"create_transfers\",\"events\":[{\"id\":1,\"debit_account_id\":1,\"credit_account_id\":2," +
            "\"amount\":1,\"ledger\":1,\"code\":1,\"flags\":[\"imported\"],\"timestamp\":12}]}",
            "{\"op\":\"lookup_transfers\",\"ids\":[1]}");
        assertEquals("{\"clock\":\"1000\",\"expired\":0}", run.answer(0));
        assertEquals(List.of("created", "created"), run.statuses(1));
        assertEquals("{\"results\":[{\"status\":\"created\",\"timestamp\":\"12\",\"sequence\":\"3\"}]}", run.answer(2));
        assertTrue(run.answer(3).contains("\"flags\":[\"imported\"],\"timestamp\":\"12\""), run.answer(3));
    }

    @Test
    void shouldReleaseWhatIsDueWhenTheClockIsMoved()
    {
        final String pending = "{\"id\":%d,\"debit_account_id\":1,\"credit_account_id\":2,\"amount\":5," +
            "\"ledger\":840,\"code\":1,\"flags\":[\"pending\"],\"timeout\":%d}";
        final ScriptRun run = ScriptRun.of(
            ACCOUNTS,
            transfers(String.format(pending, 7, 1), String.format(pending, 8, 2), String.format(pending, 9, 3)),
            "{\"op\":\"lookup_accounts\",\"ids\":[1]}",
            "{\"op\":\"advance_clock\",\"nanoseconds\":\"999999996\"}",
            "{\"op\":\"advance_clock\",\"nanoseconds\":1}",
            "{\"op\":\"set_clock\",\"timestamp\":5000000000}",
            "{\"op\":\"create_transfers\",\"events\":[{\"id\":10,\"pending_id\":7," +
            "\"flags\":[\"post_pending_transfer\"]}]}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1]}");
        assertTrue(run.answer(2).contains("\"debits_pending\":\"15\""), run.answer(2));
        // The last timestamp is that of the look-up, 8.
        assertEquals("{\"clock\":\"1000000004\",\"expired\":0}", run.answer(3));
        assertEquals("{\"clock\":\"1000000005\",\"expired\":1}", run.answer(4));
        assertEquals("{\"clock\":\"5000000000\",\"expired\":2}", run.answer(5));
        assertEquals(List.of("pending_transfer_expired"), run.statuses(6));
        assertTrue(run.answer(7).contains("\"debits_pending\":\"0\""), run.answer(7));
    }

    @Test
    void shouldNeverMoveTheClockBackNorBeyondItsEnd()
    {
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"set_clock\",\"timestamp\":100}",
            "{\"op\":\"set_clock\",\"timestamp\":99}",
            "{\"op\":\"set_clock\",\"timestamp\":100}",
            ACCOUNTS,
            "{\"op\":\"set_clock\",\"timestamp\":101}",
            "{\"op\":\"set_clock\",\"timestamp\":102}",
            "{\"op\":\"advance_clock\",\"nanoseconds\":\"9223372036854775807\"}",
            "{\"op\":\"advance_clock\",\"nanoseconds\":0}",
            "{\"op\":\"set_clock\",\"timestamp\":\"9223372036854775808\"}",
            "{\"op\":\"set_clock\",\"timestamp\":\"9223372036854775807\"}",
            ACCOUNTS,
            "{\"op\":\"lookup_accounts\",\"ids\":[]}");
        assertEquals("clock_goes_back", run.error(1));
        assertTrue(run.message(1).endsWith(": found=99"), run.message(1));
        assertEquals("{\"clock\":\"100\",\"expired\":0}", run.answer(2));
        assertTrue(run.answer(3).contains("\"timestamp\":\"102\""), run.answer(3));
        assertEquals("clock_goes_back", run.error(4));
        assertEquals("{\"clock\":\"102\",\"expired\":0}", run.answer(5));
        assertEquals("time_exhausted", run.error(6));
        assertEquals("{\"clock\":\"102\",\"expired\":0}", run.answer(7));
        assertEquals("bad_value", run.error(8));
        assertEquals("{\"clock\":\"9223372036854775807\",\"expired\":0}", run.answer(9));
        assertEquals("time_exhausted", run.error(10));
        assertEquals("{\"accounts\":[],\"sequence\":\"2\"}", run.answer(11));
    }

    @Test
    void shouldNotMoveTheClockForWhatIsRefusedAsAWhole()
    {
        final String tooMany = "{\"op\":\"create_accounts\",\"events\":[" +
            String.join(",", Collections.nCopies(8_190, "{}")) + "]}";
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":1},{\"id\":2,\"foo\":1}]}", "nonsense", tooMany,
            "{\"op\":\"lookup_accounts\",\"ids\":[],\"shard\":1}", "{\"op\":\"set_clock\",\"timestamp\":-1}", ACCOUNTS);
        assertEquals("unknown_field", run.error(0));
        assertEquals("malformed_json", run.error(1));
        assertEquals("too_many_events", run.error(2));
        assertTrue(run.message(2).contains("at most 8189 events or ids: found=8190"), run.message(2));
        assertEquals("wrong_shard", run.error(3));
        assertEquals("bad_value", run.error(4));
        assertTrue(run.answer(5).contains("\"timestamp\":\"2\",\"sequence\":\"1\""), run.answer(5));
    }

    @Test
    void shouldTakeAnEmptyBatchAndAFullOne()
    {
        final StringBuilder events = new StringBuilder();
        final StringBuilder ids = new StringBuilder();
        for (int i = 1; i <= 8_189; i++)
        {
            events.append(i == 1 ? "" : ",").append("{\"id\":").append(i).append(",\"ledger\":1,\"code\":1}");
            ids.append(i == 1 ? "" : ",").append(i);
        }
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"create_accounts\",\"events\":[]}", "{\"op\":\"create_transfers\",\"events\":[]}",
            "{\"op\":\"create_accounts\",\"events\":[" + events + "]}",
            "{\"op\":\"lookup_accounts\",\"ids\":[" + ids + "]}");
        assertEquals("{\"results\":[]}", run.answer(0));
        assertEquals("{\"results\":[]}", run.answer(1));
        // Each request takes a timestamp, an empty one too.
        assertTrue(run.answer(2).startsWith(
            "{\"results\":[{\"status\":\"created\",\"timestamp\":\"4\",\"sequence\":\"1\"}"), run.answer(2));
        assertEquals(Collections.nCopies(8_189, "created"), run.statuses(2));
        assertEquals(8_189, run.tree(3).required("accounts").size());
    }

    @Test
    void shouldDefineLedgers()
    {
        final ScriptRun run = ScriptRun.of(
            "{\"op\":\"define_ledger\",\"ledger\":840,\"asset_code\":\"USD\",\"scale\":2}",
            "{\"op\":\"define_ledger\",\"ledger\":4294967295,\"asset_code\":\"a\\\"b\"}",
            "{\"op\":\"define_ledger\",\"ledger\":840,\"asset_code\":\"USD\",\"scale\":4}",
            "{\"op\":\"lookup_ledgers\",\"ledgers\":[840,1,\"4294967295\"]}",
            "{\"op\":\"define_ledger\",\"ledger\":840,\"asset_code\":\"US D\"}");
        assertEquals("{\"results\":[{\"status\":\"created\",\"timestamp\":\"2\",\"sequence\":\"1\"}]}", run.answer(0));
        assertEquals(
            "{\"ledgers\":[{\"ledger\":840,\"asset_code\":\"USD\",\"scale\":4}," +
            "{\"ledger\":4294967295,\"asset_code\":\"a\\\"b\",\"scale\":0}],\"sequence\":\"3\"}", run.answer(3));
        assertEquals("bad_value", run.error(4));
    }

    @Test
    void shouldGoOnAfterAnErrorAndNameItsLine()
    {
        final CommandRun run = CommandRun.with(
            "\n  \t\r\n{\"op\":\"x\"}\r\n\n{\"op\":\"lookup_accounts\",\"ids\":[]}\r\n{", "script", "--memory",
            "--clock", "manual");
        assertEquals(0, run.exitCode());
        final List<String> answers = run.out().lines().toList();
        assertEquals(3, answers.size());
        assertTrue(answers.get(0).startsWith("{\"error\":{\"code\":\"unknown_op\",\"message\":\""), answers.get(0));
        assertTrue(answers.get(0).endsWith("\",\"line\":3}}"), answers.get(0));
        assertEquals("{\"accounts\":[],\"sequence\":\"0\"}", answers.get(1));
        assertTrue(answers.get(2).startsWith("{\"error\":{\"code\":\"malformed_json\""), answers.get(2));
        assertTrue(answers.get(2).endsWith("\",\"line\":6}}"), answers.get(2));
    }

    @Test
    void shouldGoOnAfterALineThatIsNoTextOrTooLong()
    {
        final byte[] lookup = "{\"op\":\"lookup_accounts\",\"ids\":[]}\n".getBytes(StandardCharsets.UTF_8);
        final byte[] in = new byte[2 + 17 * 1024 * 1024 + lookup.length];
        in[0] = (byte) 0xFF;
        in[1] = '\n';
        Arrays.fill(in, 2, in.length, (byte) ' ');
        in[in.length - lookup.length - 1] = '\n';
        System.arraycopy(lookup, 0, in, in.length - lookup.length, lookup.length);
        final CommandRun run = CommandRun.with(in, "script", "--memory");
        assertEquals(0, run.exitCode());
        assertEquals(
            "{\"error\":{\"code\":\"not_utf8\",\"message\":\"a line has to be UTF-8\",\"line\":1}}\n" +
            "{\"error\":{\"code\":\"line_too_long\",\"message\":\"a line has at most 16771072 bytes\",\"line\":2}}\n" +
            "{\"accounts\":[],\"sequence\":\"0\"}\n", run.out());
    }

    @Test
    void shouldKeepBooksAndGoOnWithTheClockWhereTheyEnded()
    {
        final Object[] args = { "script", "--data", directory.resolve("books"), "--clock", "manual" };
        final ScriptRun first = ScriptRun.with(
            args, "{\"op\":\"set_clock\",\"timestamp\":1000}", ACCOUNTS, transfers(transfer(100, 1, 2, 5)));
        assertEquals(List.of("created"), first.statuses(2));
        assertTrue(first.answer(2).contains("\"timestamp\":\"1004\",\"sequence\":\"3\""), first.answer(2));
        assertEquals(0, first.exitCode());

        final ScriptRun second = ScriptRun.with(
            args,
            "{\"op\":\"set_clock\",\"timestamp\":1003}",
            "{\"op\":\"advance_clock\",\"nanoseconds\":0}",
            transfers(transfer(100, 1, 2, 5), transfer(101, 2, 1, 5)),
            "{\"op\":\"lookup_accounts\",\"ids\":[1]}");
        assertEquals("clock_goes_back", second.error(0));
        assertEquals("{\"clock\":\"1004\",\"expired\":0}", second.answer(1));
        assertEquals(
            "{\"results\":[{\"status\":\"exists\",\"timestamp\":\"1004\",\"sequence\":\"4\"," +
            "\"first_sequence\":\"3\"}," +
            "{\"status\":\"created\",\"timestamp\":\"1007\",\"sequence\":\"5\"}]}", second.answer(2));
        assertTrue(second.answer(3).contains("\"debits_posted\":\"5\""), second.answer(3));
        assertEquals(0, CommandRun.of("verify", "--data", directory.resolve("books")).exitCode());
    }

    @Test
    void shouldRefuseToMoveTheClockOfTheMachine()
    {
        final ScriptRun run = ScriptRun.with(
            new Object[] { "script", "--memory" },
            "{\"op\":\"advance_clock\",\"nanoseconds\":1}", "{\"op\":\"set_clock\",\"timestamp\":1}", ACCOUNTS);
        assertEquals("wrong_clock", run.error(0));
        assertEquals("wrong_clock", run.error(1));
        assertEquals(List.of("created", "created"), run.statuses(2));
        assertTrue(run.answer(2).matches(".*\"timestamp\":\"1\\d{18}\".*"), run.answer(2));
    }

    @Test
    void shouldSendARequestToTheShardOfItsLedgers()
    {
        final Path books = directory.resolve("books");
        assertEquals(0, CommandRun.of("init", "--data", books, "--shards", "2", "--place", "840=0,978=1").exitCode());
        final ScriptRun run = ScriptRun.with(
            new Object[] { "script", "--data", books },
            ACCOUNTS,
            ACCOUNTS.replace("840", "978"),
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":3,\"ledger\":840},{\"id\":4,\"ledger\":978}]}",
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":3,\"ledger\":840}],\"shard\":1}",
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":3}]}",
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":3}],\"ledger\":978}",
            "{\"op\":\"create_accounts\",\"events\":[]}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1]}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"shard\":1}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"ledger\":840}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"ledger\":840,\"shard\":1}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"shard\":2}",
            "{\"op\":\"define_ledger\",\"ledger\":978,\"asset_code\":\"EUR\",\"scale\":2}",
            "{\"op\":\"lookup_ledgers\",\"ledgers\":[978]}",
            "{\"op\":\"lookup_ledgers\",\"ledgers\":[978,840]}",
            "{\"op\":\"query_accounts\",\"filter\":{\"limit\":1}}");
        assertEquals(0, run.exitCode());
        assertEquals(List.of("created", "created"), run.statuses(0));
        assertEquals(List.of("created", "created"), run.statuses(1));
        for (final int refused : new int[] { 2, 3, 4, 6, 7, 10, 11, 14, 15 })
        {
            assertEquals("wrong_shard", run.error(refused), run.answer(refused));
        }
        assertEquals(List.of("ledger_must_not_be_zero"), run.statuses(5));
        assertTrue(run.answer(8).contains("\"ledger\":978"), run.answer(8));
        assertTrue(run.answer(9).contains("\"ledger\":840"), run.answer(9));
        assertEquals(List.of("created"), run.statuses(12));
        assertTrue(run.answer(13).startsWith("{\"ledgers\":[{\"ledger\":978,\"asset_code\":\"EUR\",\"scale\":2}]"));
        assertEquals(
            "there are 2 shards, and nothing says which one is meant: give the field shard (0 to 1) or the field " +
            "ledger", run.message(7));
        assertEquals(
            "a request is about one shard: ledger 978 lives on shard 1, and the request is for shard 0; nothing of " +
            "it was applied", run.message(2));
    }

    @Test
    void shouldTakeTheOnlyShardByAnyName()
    {
        final ScriptRun run = ScriptRun.of(
            ACCOUNTS.replace("]}", "],\"shard\":0}").replace("exceed_credits\"],\"shard\":0}", "exceed_credits\"]}"),
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"ledger\":7,\"shard\":0}",
            "{\"op\":\"lookup_accounts\",\"ids\":[1],\"ledger\":0}");
        assertEquals(List.of("created", "created"), run.statuses(0));
        assertTrue(run.answer(1).startsWith("{\"accounts\":[{\"id\":\"1\""), run.answer(1));
        assertTrue(run.answer(2).startsWith("{\"accounts\":[{\"id\":\"1\""), run.answer(2));
    }

    @Test
    void shouldRefuseWrongUsage() throws Exception
    {
        assertUsage("seriatim script: give --data or --memory", "script");
        assertUsage("seriatim script: give --data or --memory, not both", "script", "--memory", "--data", directory);
        assertUsage("seriatim script: Invalid value for option '--clock'", "script", "--memory", "--clock", "atomic");
        assertUsage("seriatim script: --shards must be at least 1: found=0", "script", "--memory", "--shards", "0");
        assertUsage("seriatim script: a manual clock is moved in the order of one shard",
            "script", "--memory", "--shards", "2", "--clock", "manual");
        final Path file = Files.createFile(directory.resolve("file"));
        assertUsage("seriatim script: there is a file where the directory of the books has to be",
            "script", "--data", file);
    }

    private static void assertUsage(final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains(said), run.err());
        assertEquals("", run.out());
    }

    @Test
    void shouldNotOpenBooksThatSomebodyElseHasOpen()
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(books))
        {
            assertEquals(1, engine.shardCount());
            assertEquals(4, CommandRun.of("script", "--data", books).exitCode());
        }
        assertEquals(0, CommandRun.of("script", "--data", books).exitCode());
    }

    @Test
    void shouldAnswerEachRequestBeforeItWaitsForTheNext() throws Exception
    {
        try (PipedOutputStream requests = new PipedOutputStream();
            PipedInputStream in = new PipedInputStream(requests);
            PipedOutputStream said = new PipedOutputStream();
            BufferedReader answers = new BufferedReader(
                new InputStreamReader(new PipedInputStream(said), StandardCharsets.UTF_8)))
        {
            final CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> SeriatimMain.run(
                in, new PrintWriter(said, false, StandardCharsets.UTF_8), new PrintWriter(new StringWriter()),
                "script", "--memory", "--clock", "manual"));
            final PrintWriter out = new PrintWriter(requests, true, StandardCharsets.UTF_8);
            out.println(ACCOUNTS);
            assertTrue(answers.readLine().contains("created"));
            for (int i = 1; i <= 100; i++)
            {
                out.println(transfers(transfer(i, 1, 2, 1)));
                assertEquals(
                    "{\"results\":[{\"status\":\"created\",\"timestamp\":\"" + (3 * i + 2) + "\",\"sequence\":\"" +
                    (i + 2) + "\"}]}", answers.readLine());
                // Half a line is no request yet.
                out.print("{\"op\":\"lookup_accounts\",");
                out.flush();
                out.println("\"ids\":[1]}");
                assertTrue(answers.readLine().contains("\"debits_posted\":\"" + i + '"'));
            }
            out.close();
            assertEquals(0, exitCode.get(60, TimeUnit.SECONDS));
            assertFalse(answers.ready());
        }
    }

    @Test
    void shouldEndWhenNobodyReadsItsAnswers()
    {
        final StringWriter err = new StringWriter();
        final Writer broken = new Writer()
        {
            @Override
            public void write(final char[] buffer, final int offset, final int length) throws IOException
            {
                throw new IOException("broken pipe");
            }

            @Override
            public void flush()
            {
            }

            @Override
            public void close()
            {
            }
        };
        final int exitCode = SeriatimMain.run(
            new ByteArrayInputStream((ACCOUNTS + '\n').getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(broken), new PrintWriter(err), "script", "--memory");
        assertEquals(5, exitCode, err.toString());
        assertTrue(err.toString().contains("the answers can not be written any more"), err.toString());
    }

    @Test
    void shouldListEveryOperationInItsHelp()
    {
        final CommandRun help = CommandRun.of("script", "--help");
        final String words = help.out().replaceAll("\\s+", " ");
        for (final JsonOp op : JsonOp.values())
        {
            assertTrue(words.contains(' ' + op.label() + ',') || words.contains(' ' + op.label() + '.'), op.label());
        }
    }

    private static String transfers(final String... events)
    {
        return "{\"op\":\"create_transfers\",\"events\":[" + String.join(",", events) + "]}";
    }

    private static String transfer(final int id, final int debitAccountId, final int creditAccountId, final int amount)
    {
        return "{\"id\":" + id + ",\"debit_account_id\":" + debitAccountId + ",\"credit_account_id\":\"" +
            creditAccountId + "\",\"amount\":\"" + amount + "\",\"ledger\":840,\"code\":1}";
    }
}
