package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertEquals("exit=2\n\nseriatim import: give --accounts, --transfers or both\nTry: seriatim import --help\n",
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
    void shouldNameAllColumnsInItsHelp()
    {
        final String help = CommandRun.of("import", "--help").out();
        for (final String header : List.of(AccountRows.HEADER, TransferRows.HEADER, BalanceRows.HEADER))
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

    private Path transfers(final String rows)
    {
        return TestFiles.write(directory, "t.csv", TRANSFERS_HEADER + rows);
    }
}
