package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldWriteTheSameFilesForTheSameSeed() throws IOException
    {
        generate("a", "--seed", "7");
        generate("b", "--seed", "7");
        generate("c", "--seed", "8");
        for (final String name : List.of("accounts.csv", "transfers.csv", "expected_balances.csv"))
        {
            assertArrayEquals(bytes("a", name), bytes("b", name), name);
        }
        assertFalse(Arrays.equals(bytes("a", "transfers.csv"), bytes("c", "transfers.csv")));
        assertEquals(List.of("accounts.csv", "expected_balances.csv", "transfers.csv"), names("a"));
    }

    @Test
    void shouldCompressTheSameFilesTheSameWay() throws IOException
    {
        generate("plain");
        generate("a", "--gzip");
        generate("b", "--gzip");
        for (final String name : List.of("accounts.csv", "transfers.csv", "expected_balances.csv"))
        {
            final byte[] compressed = bytes("a", name + ".gz");
            assertArrayEquals(compressed, bytes("b", name + ".gz"), name);
            assertEquals("31 -117 8 0 0 0 0 0", compressed[0] + " " + compressed[1] + " " + compressed[2] + " " +
                compressed[3] + " " + compressed[4] + " " + compressed[5] + " " + compressed[6] + " " + compressed[7],
                "no name and no time");
            try (GZIPInputStream in = new GZIPInputStream(
                Files.newInputStream(directory.resolve("a").resolve(name + ".gz"))))
            {
                assertArrayEquals(bytes("plain", name), in.readAllBytes(), name);
            }
        }
    }

    @Test
    void shouldReadBackWhatItWrote()
    {
        generate("a", "--seed", "9");
        final WorkloadGenerator workload = new WorkloadGenerator(
            new WorkloadConfig().accountCount(500).transferCount(20_000).ledgerCount(3).seed(9));
        try (AccountRows read = new AccountRows(directory.resolve("a/accounts.csv")))
        {
            final RowSource<AccountRow> made = workload.accounts();
            final AccountRow expected = new AccountRow();
            final AccountRow actual = new AccountRow();
            while (made.next(expected))
            {
                assertTrue(read.next(actual));
                assertEquals(text(expected), text(actual));
            }
            assertFalse(read.next(actual));
        }
        try (TransferRows read = new TransferRows(directory.resolve("a/transfers.csv")))
        {
            final RowSource<TransferRow> made = workload.transfers();
            final TransferRow expected = new TransferRow();
            final TransferRow actual = new TransferRow();
            while (made.next(expected))
            {
                assertTrue(read.next(actual));
                assertEquals(expected.line, actual.line);
                assertEquals(NaiveBooks.text(expected), NaiveBooks.text(actual));
            }
            assertFalse(read.next(actual));
        }
        try (BalanceRows rows = new BalanceRows(directory.resolve("a/expected_balances.csv")))
        {
            final BalanceExpectations expectations = new BalanceExpectations(rows, 10);
            assertEquals(0, expectations.compare((wanted, actual, count) ->
            {
                for (int i = 0; i < count; i++)
                {
                    final int account = (int) (wanted[i].accountIdLow - WorkloadAccounts.id(0));
                    actual[i].isFound = true;
                    actual[i].ledger = Ledgers.number(account % 3);
                    actual[i].debitsPostedLow = workload.expectedDebitsPosted(account);
                    actual[i].creditsPostedLow = workload.expectedCreditsPosted(account);
                }
            }), () -> expectations.differences().toString());
            assertEquals(500, expectations.accountCount());
        }
    }

    @Test
    void shouldWriteWhatIsPendingIfThereIsSomething() throws IOException
    {
        final String text = generate("a", "--pending", "20", "--balancing", "5", "--closing", "2", "--history");
        generate("b", "--pending", "20", "--balancing", "5", "--closing", "2", "--history");
        for (final String name : List.of("accounts.csv", "transfers.csv", "expected_balances.csv"))
        {
            assertArrayEquals(bytes("a", name), bytes("b", name), name);
        }
        assertTrue(text.contains("  expected debit_account_already_closed "), text);
        final List<String> balances = Files.readAllLines(directory.resolve("a/expected_balances.csv"));
        assertEquals("account_id,debits_posted,credits_posted,ledger,credit_balance,debits_pending,credits_pending",
            balances.get(0));
        assertTrue(balances.stream().skip(1).anyMatch(line -> !line.endsWith(",0,0")));
        generate("c", "--imported");
        final String accounts = Files.readString(directory.resolve("c/accounts.csv"));
        assertTrue(accounts.contains(",imported,0,0,0,1735689600000000000\n"), accounts.substring(0, 200));
        assertEquals("account_id,debits_posted,credits_posted,ledger,credit_balance",
            Files.readAllLines(directory.resolve("c/expected_balances.csv")).get(0));
    }

    /** Where one buffer of rows ends and the next begins, too. */
    @Test
    void shouldWriteWhatIsPendingOfManyAccounts() throws IOException
    {
        final CommandRun run = CommandRun.of(
            "generate", "--transfers", 1_000, "--accounts", 20_000, "--pending", 20, "--out",
            directory.resolve("many"));
        assertEquals(0, run.exitCode(), run::toString);
        final List<String> balances = Files.readAllLines(directory.resolve("many/expected_balances.csv"));
        assertEquals(20_001, balances.size());
        final long commas = balances.get(0).chars().filter(each -> each == ',').count();
        assertTrue(balances.stream().allMatch(row -> row.chars().filter(each -> each == ',').count() == commas));
    }

    @Test
    void shouldSayWhatItWroteAndKeepProgressOutOfIt()
    {
        final String text = generate("a");
        assertTrue(text.contains("500 accounts\n"), text);
        assertTrue(text.contains("20,000 transfers\n"), text);
        assertTrue(text.contains("  expected exceeds_credits "), text);
    }

    @Test
    void shouldShowABarOnTheErrorStreamIfItIsWanted()
    {
        final String text = generate("a", "--progress");
        assertFalse(text.contains("%"), text);
    }

    private String generate(final String name, final String... more)
    {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final String[] args = Stream.concat(
            Stream.of("generate", "--accounts", "500", "--transfers", "20000", "--ledgers", "3", "--out",
                directory.resolve(name).toString()), Stream.of(more)).toArray(String[]::new);
        assertEquals(0, SeriatimMain.run(new PrintWriter(out), new PrintWriter(err), args), err.toString());
        assertEquals("", err.toString());
        return out.toString().replace(System.lineSeparator(), "\n");
    }

    private static String text(final AccountRow row)
    {
        return row.line + " " + row.idHigh + ":" + row.idLow + " " + row.userData128High + ":" + row.userData128Low +
            " " + row.userData64 + " " + row.userData32 + " " + row.ledger + " " + row.code + " " + row.flags + " " +
            row.timestampNs;
    }

    private byte[] bytes(final String name, final String file) throws IOException
    {
        return Files.readAllBytes(directory.resolve(name).resolve(file));
    }

    private List<String> names(final String name) throws IOException
    {
        try (Stream<Path> files = Files.list(directory.resolve(name)))
        {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
