package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that read journals: verify, entries, balances. */
class ReplayCommandsTest
{
    private static final long BIG = Long.MAX_VALUE;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final JsonMapper mapper = new JsonMapper();

    @TempDir
    private Path directory;

    @Test
    void shouldVerifyWhatAnEngineWrote()
    {
        final Path books = write(1);
        assertEquals(0, run("verify", "--data", books.toString()));
        final String report = out.toString();
        assertTrue(report.contains("journal 0 "), report);
        assertTrue(report.contains("was closed cleanly"), report);
        assertTrue(report.contains("shard 0: 13 entries, 4 accounts, 3 transfers, newest 20"), report);
        assertTrue(report.contains("  transfer debit_account_not_found "), report);
        assertTrue(report.matches("(?s).*  entry    account +4\n  entry    transfer +7\n" +
            "  entry    extended_transfer +1\n  account .*"), report);
        assertTrue(report.contains("  ledger 840: 2 accounts, debits posted 10, credits posted 10\n"), report);
        assertTrue(report.contains("  clean close at sequence 12: state digest "), report);
        assertTrue(report.contains(" agrees\n"), report);
        assertTrue(
            report.endsWith("verified: every entry is executed as it was recorded, and debits equal credits\n"),
            report);
    }

    @Test
    void shouldVerifyAsJson()
    {
        final Path books = write(3);
        assertEquals(0, run("verify", "--data", books.toString(), "--json"));
        final JsonNode report = mapper.readTree(out.toString());
        assertEquals("clean", report.get("result").asString());
        assertEquals("15", report.get("entry_count").asString());
        assertTrue(report.get("entries_per_second").isString());
        assertEquals(3, report.get("shards").size());
        assertTrue(report.get("shards").get(0).get("mark").get("equal").asBoolean());
        assertEquals("closed", report.get("journals").get(0).get("verdict").asString());
    }

    @Test
    void shouldTellOfPendingTransfersExpiriesAndDefinitions()
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(config(books, 1).clock(new ManualClock())))
        {
            final Ledger usd = engine.ledger(840);
            usd.defineLedgers(List.of(new LedgerDefinition(840, "USD", 2), new LedgerDefinition(392, "JPY", 0)));
            usd.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
            usd.createTransfer(Transfer.of(100, 1, 2, 10, 1).withFlags(TransferFlags.PENDING));
            usd.createTransfer(new Transfer(Uint128.of(101), Uint128.of(1), Uint128.of(2), Uint128.of(20),
                Uint128.ZERO, 0, 1, TransferFlags.PENDING, 1, Uint128.ZERO, 0, 0, 0));
            usd.advanceClock(2_000_000_000L);
        }
        assertEquals(0, run("verify", "--data", books.toString()));
        final String report = out.toString();
        assertTrue(
            report.contains("shard 0: 8 entries, 2 accounts, 2 transfers, 1 of them pending, newest 19"), report);
        assertTrue(report.matches("(?s).*  entry    ledger_definition +2\n.*  entry    expiry +1\n.*"), report);
        assertTrue(report.contains("  ledger 840 (USD, scale 2): 2 accounts, debits posted 0, credits posted 0, " +
            "debits pending 10, credits pending 10, transfers pending 1\n"), report);
        assertTrue(report.contains("  ledger 392 (JPY, scale 0): no accounts\n"), report);
        out.getBuffer().setLength(0);
        assertEquals(0, run("verify", "--data", books.toString(), "--json"));
        final JsonNode shard = mapper.readTree(out.toString()).get("shards").get(0);
        assertEquals("1", shard.get("entry_kinds").get("expiry").asString());
        assertEquals("1", shard.get("pending_count").asString());
        assertEquals("10", shard.get("ledgers").get(0).get("debits_pending").asString());
        assertEquals("1", shard.get("ledgers").get(0).get("pending_count").asString());
        assertEquals("JPY", shard.get("definitions").get(0).get("asset_code").asString());
        assertEquals(2, shard.get("definitions").get(1).get("scale").asInt());

        out.getBuffer().setLength(0);
        assertEquals(0, run("entries", "--data", books.toString(), "--ledger", "840"));
        final List<String> lines = out.toString().lines().toList();
        assertEquals(6, lines.size(), out.toString());
        assertTrue(lines.get(0).endsWith(" ledger_definition created ledger=840 scale=2 asset_code=USD batch=1/2"),
            lines.get(0));
        assertTrue(lines.get(5).endsWith(" expiry pending_id=101 pending_sequence=6 debit_account_id=1 " +
            "credit_account_id=2 amount=20 ledger=840 code=1"), lines.get(5));
    }

    @Test
    void shouldTellADifferenceFromADamageByItsExitCode() throws IOException
    {
        final Path books = write(1);
        final Path manifest = books.resolve("journal-0/manifest");
        final String text = Files.readString(manifest);
        final String body = text.substring(0, text.lastIndexOf("crc32c="))
            .replaceFirst("(close\\.shard\\.0=\\d+) [0-9a-f]{8}", "$1 00000000");
        final CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(manifest, body + "crc32c=" + String.format("%08x", crc.getValue()) + "\n");

        assertEquals(1, run("verify", "--data", books.toString()));
        assertTrue(out.toString().contains("DIFFERENCE shard 0 sequence 12: the state differs"), out.toString());
        assertTrue(out.toString().endsWith("DIFFERENT: 1 difference, first at shard 0 sequence 12\n"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(1, run("balances", "--data", books.toString()));
        assertEquals("", out.toString(), "no balance is better than a wrong one");
        assertTrue(err.toString().contains("the balances are not shown"), err.toString());

        Files.writeString(manifest, text);
        final Path segment = books.resolve("journal-0/archive/0-0.rec");
        final byte[] bytes = Files.readAllBytes(segment);
        bytes[600] ^= 1;
        Files.write(segment, bytes);
        out.getBuffer().setLength(0);
        assertEquals(3, run("verify", "--data", books.toString()));
        assertTrue(out.toString().startsWith("REFUSED: journal 0 "), out.toString());
        assertTrue(out.toString().contains("stopped at position="), out.toString());
        assertEquals(3, run("balances", "--data", books.toString()));
        assertEquals(3, run("entries", "--data", books.toString()));
        out.getBuffer().setLength(0);
        assertEquals(3, run("verify", "--data", books.toString(), "--json"));
        assertEquals("refused", mapper.readTree(out.toString()).get("result").asString());
    }

    @Test
    void shouldShowEntriesInWords()
    {
        final Path books = write(1);
        assertEquals(0, run("entries", "--data", books.toString()));
        final String[] lines = out.toString().split("\n");
        assertEquals(13, lines.length);
        assertTrue(lines[0].matches(
            "sequence=0 genesis log_uuid=[0-9a-f-]{36} format_version=1 shard=0 shard_count=1 batch_count_max=60 " +
            "origin=seriatim/[0-9a-f-]{36}/0"), lines[0]);
        assertTrue(lines[1].matches(
            "sequence=1 ledger_sequence=1 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z account created " +
            "id=1 ledger=840 code=10 batch=1/2"), lines[1]);
        assertTrue(lines[3].endsWith(
            " transfer created id=100 debit_account_id=1 credit_account_id=2 amount=10 ledger=840 code=1"), lines[3]);
        assertTrue(lines[4].contains(" transfer linked_event_failed id=101 "), lines[4]);
        assertTrue(lines[4].contains(" flags=linked batch=1/2"), lines[4]);
        assertTrue(lines[5].contains(" transfer debit_account_not_found id=102 "), lines[5]);
        assertTrue(lines[6].contains("sequence=6 ledger_sequence=6 "), lines[6]);
    }

    @Test
    void shouldShowSomeEntriesAsJsonObjects()
    {
        final Path books = write(1);
        assertEquals(0, run("entries", "--data", books.toString(), "--from", "3", "--count", "2", "--json"));
        final String[] lines = out.toString().split("\n");
        assertEquals(2, lines.length);
        final JsonNode entry = mapper.readTree(lines[0]);
        assertEquals(0, entry.get("shard").asInt());
        assertEquals("3", entry.get("sequence").asString());
        assertTrue(entry.get("timestamp_ns").isString());
        assertEquals("created", entry.get("outcome").asString());
        assertEquals(4294967295L, entry.get("outcome_code").asLong());
        assertEquals("10", entry.get("amount").asString());
        assertTrue(entry.get("amount").isString());
        assertEquals(840, entry.get("ledger").asInt());
        assertEquals("linked", mapper.readTree(lines[1]).get("flags").asString());
    }

    @Test
    void shouldShowTheEntriesOfALedgerOrAShard()
    {
        final Path books = write(3);
        assertEquals(2, run("entries", "--data", books.toString()));
        assertTrue(err.toString().contains("there are 3 shards here"), err.toString());
        assertEquals(0, run("entries", "--data", books.toString(), "--ledger", "978"));
        final List<String> lines = out.toString().lines().toList();
        assertEquals(4, lines.size(), out.toString());
        for (int i = 0; i < lines.size(); i++)
        {
            assertTrue(lines.get(i).contains(" ledger_sequence=" + (i + 1) + " "), lines.get(i));
            assertTrue(lines.get(i).contains(" ledger=978 "), lines.get(i));
        }
        out.getBuffer().setLength(0);
        assertEquals(0, run("entries", "--data", books.toString(), "--shard", "1", "--count", "1"));
        assertTrue(out.toString().contains(" shard=1 shard_count=3 "), out.toString());
        assertTrue(out.toString().contains(" placement=840:0,978:1 "), out.toString());
        assertEquals(2, run("entries", "--data", books.toString(), "--shard", "3"));
        assertEquals(2, run("entries", "--data", books.toString(), "--shard", "0", "--ledger", "978"));
        assertEquals(2, run("entries", "--data", books.toString(), "--shard", "0", "--from", "-1"));
    }

    @Test
    void shouldShowTheBalancesThatTheEngineShows()
    {
        final Path books = write(2);
        final List<String> expected = new ArrayList<>();
        try (LedgerEngine engine = LedgerEngine.launch(config(books, 2)))
        {
            expected.add("id,ledger,code,flags,debits_posted,credits_posted,balance,debits_pending,credits_pending," +
                "asset_code");
            for (final Account account : engine.ledger(840).lookupAccounts(ids(1, 2)).values())
            {
                expected.add(row(account));
            }
            for (final Account account : engine.ledger(978).lookupAccounts(ids(3, 4)).values())
            {
                expected.add(row(account));
            }
            assertEquals(5, expected.size());

            // Beside the live engine, and without it.
            assertEquals(0, run("balances", "--data", books.toString(), "--format", "csv"));
            assertEquals(expected, out.toString().lines().toList());
        }
        out.getBuffer().setLength(0);
        assertEquals(0, run("balances", "--data", books.toString(), "--format", "csv"));
        assertEquals(expected, out.toString().lines().toList());
        out.getBuffer().setLength(0);
        assertEquals(0, run("balances", "--data", books.toString(), "--format", "csv", "--ledger", "978"));
        assertEquals(List.of(expected.get(0), expected.get(3), expected.get(4)), out.toString().lines().toList());
    }

    @Test
    void shouldShowBalancesAsTableAndAsJson()
    {
        final Path books = write(1);
        assertEquals(0, run("balances", "--data", books.toString()));
        final String table = out.toString();
        assertTrue(table.contains("ledger 840: accounts=2 debits_posted=10 credits_posted=10 " +
            "debits_pending=0 credits_pending=0\n"), table);
        assertTrue(table.contains("ledger 978: accounts=2 debits_posted=" + BIG + " credits_posted=" + BIG), table);
        assertTrue(table.contains("shard 0 as of sequence 12, 20"), table);
        assertFalse(table.contains("pending |") || table.contains("asset_code"), table);
        out.getBuffer().setLength(0);
        assertEquals(0, run("balances", "--data", books.toString(), "--format", "json"));
        final JsonNode rows = mapper.readTree(out.toString());
        assertEquals(4, rows.size());
        assertEquals("-" + BIG, rows.get(2).get("balance").asString());
        assertEquals(978, rows.get(2).get("ledger").asInt());
    }

    @Test
    void shouldShowPendingAmountsWithTheDecimalsOfTheirLedger()
    {
        final Path books = write(2);
        try (LedgerEngine engine = LedgerEngine.launch(config(books, 2)))
        {
            engine.ledger(840).defineLedgers(List.of(new LedgerDefinition(840, "USD", 2)));
            engine.ledger(840).createTransfer(Transfer.of(300, 2, 1, 7, 1).withFlags(TransferFlags.PENDING));
            engine.ledger(978).defineLedgers(List.of(new LedgerDefinition(978, "EUR", 2)));
            engine.ledger(978).defineLedgers(List.of(new LedgerDefinition(978, "XAU", 20)));
            engine.ledger(203).createAccount(Account.of(9, 10, 0));
        }
        assertEquals(0, run("balances", "--data", books.toString()));
        final String table = out.toString();
        assertTrue(
            table.matches("(?s).* balance \\| +debits_pending \\| +credits_pending \\| asset_code \\|\n.*"), table);
        assertTrue(table.contains("ledger 840 (USD): accounts=2 debits_posted=0.10 credits_posted=0.10 " +
            "debits_pending=0.07 credits_pending=0.07\n"), table);
        assertTrue(table.contains("ledger 978 (XAU): accounts=2 debits_posted=0.0" + BIG + " "), table);
        out.getBuffer().setLength(0);
        assertEquals(0, run("balances", "--data", books.toString(), "--format", "csv"));
        assertEquals(List.of(
            "1,840,10,,0.10,0.00,-0.10,0.00,0.07,USD",
            "2,840,10,,0.00,0.10,0.10,0.07,0.00,USD",
            "9,203,10,,0,0,0,0,0,"),
            out.toString().lines().filter(line -> line.contains(",840,") || line.contains(",203,")).sorted().toList());
        out.getBuffer().setLength(0);
        assertEquals(0, run("balances", "--data", books.toString(), "--format", "json", "--raw", "--ledger", "840"));
        final JsonNode rows = mapper.readTree(out.toString());
        assertEquals("-10", rows.get(0).get("balance").asString());
        assertEquals("7", rows.get(0).get("credits_pending").asString());
        assertEquals("USD", rows.get(0).get("asset_code").asString());
    }

    @Test
    void shouldCompareBalancesWithThoseThatAreExpected()
    {
        final Path books = write(2);
        try (LedgerEngine engine = LedgerEngine.launch(config(books, 2)))
        {
            engine.ledger(840).createTransfer(Transfer.of(300, 2, 1, 7, 1).withFlags(TransferFlags.PENDING));
            engine.ledger(978).createAccount(Account.of(1, 10, 0));
        }
        final String header = "account_id,ledger,debits_posted,credits_posted,debits_pending,credits_pending\n";
        final Path good = TestFiles.write(
            directory, "e.csv", header + "1,840,10,0,0,7\n2,0,0,10,7,0\n1,978,0,0,0,0\n");
        assertEquals(0, run("balances", "--data", books.toString(), "--expect", good.toString()), err.toString());
        assertEquals("balances: all 3 accounts are as expected\n", out.toString().replace("\r", ""));
        out.getBuffer().setLength(0);
        final Path bad = TestFiles.write(
            directory, "e.csv", header + "1,840,10,0,0,8\n2,978,0,10,7,0\n5,0,0,0,0,0\n1,203,0,0,0,0\n");
        assertEquals(1, run("balances", "--data", books.toString(), "--expect", bad.toString()));
        assertEquals("""
            balances: 4 of 4 accounts are NOT as expected:
              account 1 (line 2): credits_pending expected=8, actual=7
              account 2 (line 3): ledger expected=978, actual=840
              account 5 (line 4): there is no such account
              account 1 (line 5): there is no such account
            """, out.toString().replace("\r", ""));
        final Path unclear = TestFiles.write(directory, "e.csv", header + "1,0,10,0,0,7\n");
        assertEquals(2, run("balances", "--data", books.toString(), "--expect", unclear.toString()));
        assertTrue(err.toString().contains("give a column ledger"), err.toString());
        assertEquals(2, run("balances", "--data", books.toString(), "--expect", "x", "--ledger", "840"));
        assertEquals(2, run("balances", "--data", books.toString(), "--expect", "nowhere.csv"));
    }

    @Test
    void shouldRefuseADirectoryThatIsNotOneOfAnEngine()
    {
        for (final String command : List.of("verify", "entries", "balances"))
        {
            assertEquals(2, run(command));
            assertEquals(2, run(command, "--data", directory.resolve("nowhere").toString()));
            assertTrue(err.toString().contains("there is no such directory"), err.toString());
            assertEquals(2, run(command, "--data", directory.toString()));
            assertTrue(err.toString().contains("there are no journals in this directory"), err.toString());
        }
        assertEquals(2, run("balances", "--data", directory.toString(), "--ledger", "0"));
        assertEquals("", out.toString());
    }

    private Path write(final int shardCount)
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(config(books, shardCount)))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 10, 0)));
            usd.createTransfer(100, 1, 2, 10, 1);
            usd.createTransfers(List.of(
                Transfer.of(101, 1, 2, 5, 1).withFlags(TransferFlags.LINKED), Transfer.of(102, 9, 2, 5, 1)));
            usd.createTransfer(100, 1, 2, 10, 1);
            final Ledger eur = engine.ledger(978);
            eur.createAccounts(List.of(Account.of(3, 10, 0), Account.of(4, 10, 8)));
            final long timestampNs = eur.createTransfer(200, 3, 4, BIG - 1, 2).timestampNs();
            eur.createTransfer(Transfer.of(201, 3, 4, 1, 2).imported(timestampNs + 1));
            usd.createTransfer(103, 1, 12345, 10, 1);
            usd.createTransfer(103, 1, 2, 10, 1);
        }
        return books;
    }

    private static EngineConfig config(final Path books, final int shardCount)
    {
        final EngineConfig config = new EngineConfig()
            .dataDirectory(books)
            .durability(Durability.OS)
            .shardCount(shardCount)
            .batchCountMax(60)
            .windowCapacity(1024)
            .journal(new JournalConfig().termLength(64 * 1024).segmentLength(64 * 1024).mtu(2048));
        return shardCount == 1 ? config : config.place(840, 0).place(978, 1);
    }

    private static List<Uint128> ids(final long... ids)
    {
        final List<Uint128> list = new ArrayList<>();
        for (final long id : ids)
        {
            list.add(Uint128.of(id));
        }
        return list;
    }

    private static String row(final Account account)
    {
        return account.id() + "," + account.ledger() + "," + account.code() + "," +
            (account.flags() == 8 ? "history" : "") + "," + account.debitsPosted() + "," + account.creditsPosted() +
            "," + account.creditsPosted().toBigInteger().subtract(account.debitsPosted().toBigInteger()) + "," +
            account.debitsPending() + "," + account.creditsPending() + ",";
    }

    private int run(final String... args)
    {
        return SeriatimMain.run(new PrintWriter(out), new PrintWriter(err), args);
    }
}
