package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest
{
    private static final String ACCOUNTS = "id,ledger,code\n1,840,1\n2,840,1\n3,840,1\n";

    private static final String TRANSFERS_HEADER = "id,debit_account_id,credit_account_id,amount,ledger,code,flags\n";

    @TempDir
    private Path directory;
    private Path books;

    @BeforeEach
    void chooseBooks()
    {
        books = directory.resolve("books");
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 3 })
    void shouldMeetEveryExpectationOfAMadeUpWorkload(final int shardCount)
    {
        CommandRun.of("generate", "--accounts", 600, "--transfers", 30_000, "--ledgers", 6, "--out", directory);
        final WorkloadGenerator workload = new WorkloadGenerator(
            new WorkloadConfig().accountCount(600).transferCount(30_000).ledgerCount(6));
        final RowSource<TransferRow> rows = workload.transfers();
        final TransferRow row = new TransferRow();
        while (rows.next(row))
        {
            assertFalse(row.isResolving());
        }

        final CommandRun first = importGenerated("--shards", shardCount);
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(600, first.outcome("created", 0));
        assertEquals(workload.expectedCount(WorkloadOutcome.CREATED), first.outcome("created", 1));
        assertEquals(workload.expectedCount(WorkloadOutcome.EXISTS), first.outcome("exists", 0));
        assertEquals(workload.expectedCount(WorkloadOutcome.EXCEEDS_CREDITS), first.outcome("exceeds_credits", 0));
        assertEquals(workload.expectedCount(WorkloadOutcome.CREDIT_ACCOUNT_NOT_FOUND),
            first.outcome("credit_account_not_found", 0));
        assertEquals(workload.expectedCount(WorkloadOutcome.LINKED_EVENT_FAILED),
            first.outcome("linked_event_failed", 0));
        assertTrue(first.out().contains("balances: all 600 accounts are as expected\n"), first.out());
        assertTrue(first.out().matches("(?s).*transfers: 30,000 in [0-9.]+ s, [0-9,]+ transfers/s, each answered " +
            "only once it was forced to the disk \\(FSYNC\\)\n.*"), first.out());
        assertTrue(first.out().matches("(?s).*commit latency under FSYNC of \\d+ requests of up to [0-9,]+ rows: " +
            "p50 \\S+ ms, p99 \\S+ ms, p99.9 \\S+ ms, max \\S+ ms\n.*"), first.out());
        assertEquals(6, first.out().split(" yes ", -1).length - 1, first.out());

        final CommandRun second = importGenerated();
        assertEquals(0, second.exitCode(), second.toString());
        assertEquals(0, second.outcome("created", 0));
        assertEquals(600, second.outcome("exists", 0));
        assertTrue(second.out().contains("balances: all 600 accounts are as expected\n"), second.out());
    }

    @ParameterizedTest
    @CsvSource({ "1, --history", "3, --imported" })
    void shouldMeetEveryExpectationOfAWorkloadWithSomeOfEverything(final int shardCount, final String more)
    {
        final CommandRun generate = CommandRun.of("generate", "--accounts", 600, "--transfers", 30_000, "--ledgers", 6,
            "--pending", 30, "--balancing", 10, "--closing", 2, more, "--out", directory);
        assertEquals(0, generate.exitCode(), generate.toString());
        final CommandRun first = importGenerated("--shards", shardCount);
        assertEquals(0, first.exitCode(), first.toString());
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            final String name = outcome.name().toLowerCase(Locale.ROOT);
            final int place = outcome == WorkloadOutcome.CREATED ? 1 : 0;
            final String expected = String.format(Locale.ROOT, "%,d", first.outcome(name, place));
            assertTrue(generate.out().matches("(?s).* expected " + name + " +" + expected + "\n.*"),
                name + " " + expected + "\n" + generate.out());
        }
        assertTrue(first.out().contains("balances: all 600 accounts are as expected\n"), first.out());

        final CommandRun second = importGenerated();
        assertEquals(0, second.exitCode(), second.toString());
        assertEquals(0, second.outcome("created", 0));
        assertEquals(600, second.outcome("exists", 0));
        assertTrue(second.out().contains("balances: all 600 accounts are as expected\n"), second.out());
        final CommandRun verify = CommandRun.of("verify", "--data", books, "--no-progress");
        assertEquals(0, verify.exitCode(), verify.toString());
    }

    @Test
    void shouldFindEverythingThereTheSecondTime()
    {
        final Path transfers = transfers("10,1,2,100,840,1,\n11,2,3,50,840,1,\n");
        final CommandRun first = run("--accounts", accounts(), "--transfers", transfers, "--strict");
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(3, first.outcome("created", 0));
        assertEquals(2, first.outcome("created", 1));
        final CommandRun second = run("--accounts", accounts(), "--transfers", transfers, "--strict");
        assertEquals(0, second.exitCode(), second.toString());
        assertEquals(3, second.outcome("exists", 0));
        assertEquals(2, second.outcome("exists", 1));
        assertTrue(second.out().contains(
            "|    840 |     0 |        3 |           150 |            150 | yes   |\n"), second.out());
    }

    @Test
    void shouldSayWhatWasAppliedBeforeABadRow()
    {
        assertEquals(0, CommandRun.of("init", "--data", books, "--batch-count-max", 2).exitCode());
        final Path bad = transfers(
            "10,1,2,1,840,1,\n11,1,2,1,840,1,\n12,1,2,1,840,1,\n13,1,2,x,840,1,\n14,1,2,1,840,1,\n");
        final CommandRun failed = run("--accounts", accounts(), "--transfers", bad);
        assertEquals(2, failed.exitCode(), failed.toString());
        assertEquals("seriatim import: the value is not a whole decimal number: found=\"x\", allowed=0 to " +
            "340282366920938463463374607431768211455, file=" + bad + ", line=5, column=4 (amount); applied: 2 rows; " +
            "read but not applied: 1, the first in line 4; not read: all after it\n", failed.err());
        assertEquals(2, failed.outcome("created", 1), failed.out());

        final CommandRun again = run("--transfers",
            transfers("10,1,2,1,840,1,\n11,1,2,1,840,1,\n12,1,2,1,840,1,\n13,1,2,1,840,1,\n14,1,2,1,840,1,\n"));
        assertEquals(2, again.outcome("exists", 0), again.out());
        assertEquals(3, again.outcome("created", 0), again.out());
    }

    @Test
    void shouldRefuseARowWithoutALedgerWhereThereAreSeveralShards()
    {
        final Path accounts = TestFiles.write(directory, "z.csv", "id,ledger,code\n1,0,1\n");
        final CommandRun failed = run("--accounts", accounts, "--shards", 2);
        assertEquals(2, failed.exitCode(), failed.toString());
        assertTrue(failed.err().startsWith("seriatim import: a row with ledger 0 has no shard: found=\"0\""),
            failed.err());
        assertTrue(failed.err().contains("file=" + accounts + ", line=2, column=ledger;"), failed.err());
    }

    @Test
    void shouldFailForARefusedRowOnlyUnderStrict()
    {
        final Path transfers = transfers("10,1,2,1,840,1,\n11,1,9,1,840,1,\n12,1,9,1,840,1,\n");
        final CommandRun lenient = run("--accounts", accounts(), "--transfers", transfers);
        assertEquals(0, lenient.exitCode(), lenient.toString());
        assertEquals(2, lenient.outcome("credit_account_not_found", 0));
        assertTrue(lenient.out().contains(" 2   first in line 3\n"), lenient.out());
        final CommandRun strict = run("--transfers", transfers, "--strict");
        assertEquals(1, strict.exitCode(), strict.toString());
        assertTrue(strict.out().endsWith("refused rows under --strict: 2\n"), strict.out());
    }

    @Test
    void shouldTellTheFirstDifferences()
    {
        final Path expected = TestFiles.write(directory, "e.csv",
            "account_id,debits_posted,credits_posted\n1,5,0\n2,0,6\n4,0,0\n");
        final CommandRun failed = run(
            "--accounts", accounts(), "--transfers", transfers("10,1,2,5,840,1,\n"), "--expect", expected);
        assertEquals(1, failed.exitCode(), failed.toString());
        assertTrue(failed.out().endsWith("""
            balances: 2 of 3 accounts are NOT as expected:
              account 2 (line 3): credits_posted expected=6, actual=5
              account 4 (line 4): there is no such account
            """), failed.out());
    }

    @Test
    void shouldAskForTheLedgerOfAnAccountThatTwoShardsHave()
    {
        assertEquals(0, CommandRun.of(
            "init", "--data", books, "--shards", 2, "--place", "840=0,978=1").exitCode());
        final Path accounts = TestFiles.write(directory, "two.csv", "id,ledger,code\n1,840,1\n1,978,1\n2,978,1\n");
        final CommandRun failed = run("--accounts", accounts, "--expect",
            TestFiles.write(directory, "e.csv", "account_id,debits_posted,credits_posted\n2,0,0\n1,0,0\n"));
        assertEquals(2, failed.exitCode(), failed.toString());
        assertEquals("seriatim import: account 1 (line 3) is there in ledger 840 and in ledger 978, on different " +
            "shards: give a column ledger\n", failed.err());
        final CommandRun good = run("--accounts", accounts, "--expect", TestFiles.write(directory, "e.csv",
            "account_id,debits_posted,credits_posted,ledger\n2,0,0,0\n1,0,0,978\n1,0,0,840\n"));
        assertEquals(0, good.exitCode(), good.toString());
    }

    @Test
    void shouldNotTouchTheDirectoryForAWrongCommandLine()
    {
        assertEquals("exit=2\n\nseriatim import: give --accounts, --transfers or both, or --ledgers\n" +
            "Try: seriatim import --help\n",
            run().toString());
        assertEquals("exit=2\n\nseriatim import: there is no such file: file=nowhere.csv\n",
            run("--accounts", "nowhere.csv").toString());
        assertEquals("exit=2\n\nseriatim import: --shards must be at least 1: found=0\n",
            run("--accounts", accounts(), "--shards", 0).toString());
        assertFalse(Files.exists(books));
        final CommandRun file = CommandRun.of("import", "--data", accounts(), "--accounts", accounts());
        assertEquals("exit=2\n\nseriatim import: there is a file where the directory of the books has to be: file=" +
            accounts() + "\n", file.toString());
    }

    @Test
    void shouldReserveUntilItIsPostedOrVoided()
    {
        final Path transfers = twoPhase("""
            10,1,2,100,,,840,1,pending
            11,1,2,50,,3600,840,1,pending
            12,1,2,30,,,840,1,pending
            13,1,2,7,,,840,1,pending
            20,,,60,10,,,,post_pending_transfer
            21,,,,11,,,,void_pending_transfer
            22,,,340282366920938463463374607431768211455,12,,,,post_pending_transfer
            23,1,2,30,12,,840,1,post_pending_transfer
            24,,,8,13,,,,post_pending_transfer
            25,,,6,13,,,,void_pending_transfer
            26,,,0,20,,,,post_pending_transfer
            """);
        final CommandRun first = run("--accounts", accounts(), "--transfers", transfers);
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(7, first.outcome("created", 1));
        assertEquals(1, first.outcome("pending_transfer_already_posted", 0));
        assertEquals(1, first.outcome("exceeds_pending_transfer_amount", 0));
        assertEquals(1, first.outcome("pending_transfer_has_different_amount", 0));
        assertEquals(1, first.outcome("pending_transfer_not_pending", 0));
        assertBalances("1,840,90,0,7,0", "2,840,0,90,0,7", "3,840,0,0,0,0");

        final CommandRun again = run("--accounts", accounts(), "--transfers", transfers);
        assertEquals(7, again.outcome("exists", 1), again.toString());
        assertEquals(1, again.outcome("pending_transfer_already_posted", 0));
        assertBalances("1,840,90,0,7,0", "2,840,0,90,0,7", "3,840,0,0,0,0");
    }

    @Test
    void shouldBalance()
    {
        final Path transfers = twoPhase("""
            10,1,2,100,,,840,1,
            11,2,3,60,,,840,1,pending
            12,2,3,1000,,,840,1,balancing_debit
            13,3,1,1000,,,840,1,balancing_credit
            14,2,3,5,,,840,1,balancing_debit|balancing_credit
            """);
        final CommandRun first = run("--accounts", accounts(), "--transfers", transfers, "--strict");
        assertEquals(0, first.exitCode(), first.toString());
        // 12 moves the 40 that are left; 13 the 100 that account 1 owes; nothing is left for 14.
        assertBalances("1,840,100,100,0,0", "2,840,40,100,60,0", "3,840,100,40,0,60");
        final CommandRun again = run("--accounts", accounts(), "--transfers", transfers, "--strict");
        assertEquals(5, again.outcome("exists", 1), again.toString());
    }

    @Test
    void shouldCloseAccountsAndOpenThemAgain()
    {
        final Path transfers = twoPhase("""
            10,1,2,0,,,840,1,pending|closing_debit
            11,3,1,5,,,840,1,
            12,,,,10,,,,void_pending_transfer
            13,3,1,5,,,840,1,
            14,1,2,0,,,840,1,pending|closing_credit
            15,1,2,0,,,840,1,closing_credit
            """);
        final CommandRun first = run("--accounts", accounts(), "--transfers", transfers);
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(1, first.outcome("credit_account_already_closed", 0));
        assertEquals(1, first.outcome("closing_transfer_must_be_pending", 0));
        assertEquals(4, first.outcome("created", 1));
        final CommandRun again = run("--transfers", transfers);
        assertEquals(4, again.outcome("exists", 0), again.toString());
        assertEquals(1, again.outcome("id_already_failed", 0));
        final String balances = CommandRun.of("balances", "--data", books, "--format", "csv").out();
        assertTrue(balances.contains("\n1,840,1,,0,5,") && balances.contains("\n2,840,1,closed,0,0,"), balances);
    }

    @Test
    void shouldImportAtTheTimestampsOfTheRows()
    {
        final Path accounts = TestFiles.write(directory, "a.csv",
            "id,ledger,code,flags,timestamp\n1,840,1,imported,1000\n2,840,1,imported|history,1001\n");
        final Path transfers = TestFiles.write(directory, "t.csv", """
            id,debit_account_id,credit_account_id,amount,pending_id,ledger,code,flags,timestamp
            10,1,2,5,,840,1,imported,1002
            11,1,2,7,,840,1,pending|imported,1003
            12,,,3,11,,,post_pending_transfer|imported,1004
            13,1,2,5,,840,1,imported,1004
            """);
        final CommandRun first = run("--accounts", accounts, "--transfers", transfers);
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(3, first.outcome("created", 1));
        assertEquals(1, first.outcome("imported_event_timestamp_must_not_regress", 0));
        assertBalances("1,840,8,0,0,0", "2,840,0,8,0,0");
        final CommandRun again = run("--accounts", accounts, "--transfers", transfers);
        assertEquals(2, again.outcome("exists", 0));
        assertEquals(3, again.outcome("exists", 1));
    }

    @Test
    void shouldAskForTheLedgerOfAPostWhereThereAreSeveralShards()
    {
        assertEquals(0, run("--accounts", accounts(), "--shards", 2).exitCode());
        final Path bare = twoPhase("10,1,2,100,,,840,1,pending\n20,,,60,10,,,,post_pending_transfer\n");
        final CommandRun failed = run("--transfers", bare);
        assertEquals(2, failed.exitCode(), failed.toString());
        assertTrue(failed.err().startsWith("seriatim import: a row with ledger 0 has no shard: found=\"0\""),
            failed.err());
        assertTrue(failed.err().contains("line=3, column=ledger;"), failed.err());
        final CommandRun good = run("--transfers",
            twoPhase("10,1,2,100,,,840,1,pending\n20,,,60,10,,840,,post_pending_transfer\n"), "--strict");
        assertEquals(0, good.exitCode(), good.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 3 })
    void shouldDefineLedgersBeforeAccounts(final int shardCount)
    {
        final Path ledgers = TestFiles.write(directory, "l.csv",
            "ledger,asset_code,scale\n840,USD,2\n392,JPY,0\n4294967295,XAU,6\n");
        final CommandRun first = run("--ledgers", ledgers, "--accounts", accounts(), "--shards", shardCount);
        assertEquals(0, first.exitCode(), first.toString());
        assertEquals(3, first.outcome("created", 0));
        assertEquals(3, first.outcome("created", 1));
        assertTrue(first.out().contains("ledgers: 3 in "), first.out());
        TestFiles.write(directory, "l.csv", "ledger,asset_code,scale\n840,USD,2\n392,JPY,1\n");
        final CommandRun again = run("--ledgers", ledgers);
        assertEquals(0, again.exitCode(), again.toString());
        assertEquals(1, again.outcome("created", 0), "it is written otherwise now");
        assertEquals(1, again.outcome("exists", 0), "it makes no entry");
        final CommandRun verify = CommandRun.of("verify", "--data", books);
        assertEquals(0, verify.exitCode(), verify.toString());
    }

    @Test
    void shouldNotTouchTheDirectoryForAWrongDefinition()
    {
        final Path ledgers = TestFiles.write(directory, "l.csv", "ledger,asset_code,scale\n840,USD,39\n");
        final CommandRun failed = run("--ledgers", ledgers);
        assertEquals(2, failed.exitCode(), failed.toString());
        assertTrue(failed.err().contains("line=2, column=3 (scale)"), failed.err());
        assertFalse(Files.exists(books));
    }

    @Test
    void shouldNameAllFlagsInItsHelp()
    {
        final String help = CommandRun.of("import", "--help").out();
        for (final String name : (AccountFlags.format(0x3F) + "|" + TransferFlags.format(0x1FF)).split("\\|"))
        {
            assertTrue(help.contains("\n  " + name + " "), name + " is missing in:\n" + help);
        }
    }

    @Test
    void shouldNameAllColumnsInItsHelp()
    {
        final String help = CommandRun.of("import", "--help").out();
        for (final String header : List.of(AccountRows.HEADER, TransferRows.HEADER, BalanceRows.HEADER_WITH_PENDING,
            LedgerRows.HEADER))
        {
            for (final String column : header.split(","))
            {
                assertTrue(help.contains(column), column + " is missing in:\n" + help);
            }
        }
    }

    @Test
    void shouldRefuseAnotherCountOfShards()
    {
        assertEquals(0, run("--accounts", accounts(), "--shards", 2).exitCode());
        assertEquals("exit=2\n\nseriatim import: EngineConfig.shardCount is 3, but the directory was created with 2, " +
            "which can not be changed: directory=" + books + "\n",
            run("--accounts", accounts(), "--shards", 3).toString());
        assertEquals(0, run("--accounts", accounts(), "--shards", 2).exitCode());
    }

    @Test
    void shouldKeepNothingUnderMemory()
    {
        final CommandRun run = run("--accounts", accounts(), "--transfers", transfers("10,1,2,5,840,1,\n"),
            "--durability", "memory");
        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("each kept in memory only, nothing survives (MEMORY)\n"), run.out());
        assertFalse(Files.exists(books));
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 4 })
    void shouldBookRealTransfersToTheBalancesOfTheBank(final int shardCount)
    {
        final Path files = TestFiles.root().resolve("../shared/data/berka/import").normalize();
        assumeTrue(Files.isDirectory(files), () -> "there is no " + files);
        final CommandRun run = run("--accounts", files.resolve("accounts.csv.gz"), "--transfers",
            files.resolve("transfers.csv.gz"), "--expect", files.resolve("expected_balances.csv"),
            "--shards", shardCount, "--strict");
        assertEquals(0, run.exitCode(), run.toString());
        assertEquals(1_287, run.outcome("created", 0));
        assertEquals(64_224, run.outcome("created", 1));
    }

    private CommandRun importGenerated(final Object... more)
    {
        final Object[] args = {
            "--accounts", directory.resolve("accounts.csv"), "--transfers", directory.resolve("transfers.csv"),
            "--expect", directory.resolve("expected_balances.csv") };
        final Object[] all = new Object[args.length + more.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return run(all);
    }

    private CommandRun run(final Object... more)
    {
        final Object[] args = new Object[more.length + 4];
        args[0] = "import";
        args[1] = "--data";
        args[2] = books;
        args[3] = "--no-progress";
        System.arraycopy(more, 0, args, 4, more.length);
        return CommandRun.of(args);
    }

    private Path accounts()
    {
        return TestFiles.write(directory, "a.csv", ACCOUNTS);
    }

    private Path twoPhase(final String rows)
    {
        return TestFiles.write(directory, "t.csv",
            "id,debit_account_id,credit_account_id,amount,pending_id,timeout,ledger,code,flags\n" + rows);
    }

    /** Each as id, ledger, posted debits and credits, pending debits and credits. */
    private void assertBalances(final String... expected)
    {
        final CommandRun balances = CommandRun.of("balances", "--data", books, "--format", "csv", "--no-progress");
        assertEquals(0, balances.exitCode(), balances.toString());
        assertEquals(List.of(expected), balances.out().lines().skip(1).map(line -> line.split(","))
            .map(row -> String.join(",", row[0], row[1], row[4], row[5], row[7], row[8])).toList());
    }

    private Path transfers(final String rows)
    {
        return TestFiles.write(directory, "t.csv", TRANSFERS_HEADER + rows);
    }
}
