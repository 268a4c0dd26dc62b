package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.ledger.AccountFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code seriatim advise}: from what is given, from a file, from a journal, and what other orders would have done. */
class AdviseCommandTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldAnswerTheTextbookCase()
    {
        final CommandRun run = CommandRun.of(
            "advise", "--scopes", 50, "--service-time", "10ms", "--workers", 100, "--cores", 2);
        assertEquals(ExitCode.DONE.code(), run.exitCode(), run::toString);
        assertTrue(run.out().contains("5,000/s, limited by the number of orders"), run::toString);
        assertTrue(run.out().contains("min(100 workers, 50 orders) / 10 ms = 5,000/s"), run::toString);
        assertTrue(run.out().contains("50 of the 100 have a use"), run::toString);
        assertTrue(run.out().contains("Look again"), run::toString);
    }

    @Test
    void shouldWriteSettingsThatInitAndFeedTake() throws IOException
    {
        final Path settings = directory.resolve("order.properties");
        final CommandRun advice = CommandRun.of(
            "advise", "--ledgers", 10, "--cores", 8, "--rate", 5_000_000, "--service-time", "2us", "--out", settings);
        assertEquals(ExitCode.DONE.code(), advice.exitCode(), advice::toString);
        assertTrue(Files.readString(settings).contains("engine.shards=4"), () -> read(settings));
        assertTrue(Files.readString(settings).contains("feed.ordering=by-ledger"), () -> read(settings));

        final Path books = directory.resolve("books");
        final CommandRun made = CommandRun.of("init", "--data", books, "--settings", settings);
        assertEquals(ExitCode.DONE.code(), made.exitCode(), made::toString);
        assertTrue(made.out().contains("4 shards"), made::toString);
        final Path lines = directory.resolve("entries.jsonl");
        final CommandRun fed = CommandRun.of("feed", "--data", books, "--to", lines, "--settings", settings);
        assertEquals(ExitCode.DONE.code(), fed.exitCode(), fed::toString);
        assertEquals(4, Files.readAllLines(lines).size(), "the genesis of each shard");

        Files.writeString(settings, "engine.shards=4\nengine.shard=1\n");
        final CommandRun unknown = CommandRun.of("init", "--data", directory.resolve("b2"), "--settings", settings);
        assertEquals(ExitCode.BAD_INPUT.code(), unknown.exitCode(), unknown::toString);
        assertTrue(unknown.err().contains("engine.shard=1"), unknown::toString);
        Files.writeString(settings, "feed.ordering=sideways\n");
        final CommandRun sideways = CommandRun.of("feed", "--data", books, "--to", lines, "--settings", settings);
        assertEquals(ExitCode.BAD_INPUT.code(), sideways.exitCode(), sideways::toString);
        assertTrue(sideways.err().contains("by-account"), sideways::toString);
    }

    private static String read(final Path file)
    {
        try
        {
            return Files.readString(file);
        }
        catch (final IOException ex)
        {
            return ex.toString();
        }
    }

    @Test
    void shouldTakeTheWorkloadFromAFile() throws IOException
    {
        final Path file = Files.writeString(directory.resolve("transfers.csv"),
            "id,debit_account_id,credit_account_id,amount,ledger,code\n" +
            "1,1,2,5,840,1\n2,1,2,5,840,1\n3,3,4,5,978,1\n4,1,4,5,840,1\n");
        final CommandRun run = CommandRun.of("advise", "--csv", file, "--service-time", "1ms", "--workers", 10);
        assertEquals(ExitCode.DONE.code(), run.exitCode(), run::toString);
        assertTrue(run.out().contains("4 transfers were read"), run::toString);
        assertTrue(run.out().contains("no request changes several of the 2 ledgers at once"), run::toString);
        assertTrue(run.out().contains("1 / (75 % in one order x 1 ms)"), run::toString);
    }

    @Test
    void shouldFindWhatDependsOnOrderInAJournal()
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books)))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(
                Account.of(1, 1, 0), Account.of(2, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS),
                Account.of(3, 1, 0)));
            usd.createTransfer(10, 1, 2, 100, 1);
            usd.createTransfer(11, 2, 3, 60, 1);
            usd.createTransfer(12, 2, 3, 60, 1);
            for (int i = 0; i < 100; i++)
            {
                usd.createTransfer(1_000 + i, 1, 3, 1, 1);
            }
            final CommandRun live = CommandRun.of("advise", "--data", books, "--live");
            assertEquals(ExitCode.DONE.code(), live.exitCode(), live::toString);
            assertTrue(live.out().contains("103 transfers were read"), live::toString);
        }
        final CommandRun run = CommandRun.of("advise", "--data", books, "--what-if", "--window", 200);
        assertEquals(ExitCode.DONE.code(), run.exitCode(), run::toString);
        assertTrue(run.out().contains("106 commands, executed again as they were recorded"), run::toString);
        assertTrue(run.out().contains("2 of them depend on others"), run::toString);
        assertTrue(run.out().contains("2 limited accounts"), run::toString);
        assertTrue(run.out().contains("kept: only what depends on each other"), run::toString);

        final CommandRun swap = CommandRun.of("advise", "--data", books, "--swap", "5,6");
        assertEquals(ExitCode.DONE.code(), swap.exitCode(), swap::toString);
        assertTrue(swap.out().contains("2 may come out otherwise by what is known before, 2 did"), swap::toString);
        assertTrue(swap.out().contains("sequence 5: created, now exceeds_credits"), swap::toString);
        final CommandRun apart = CommandRun.of("advise", "--data", books, "--swap", "50,60");
        assertTrue(apart.out().contains("0 may come out otherwise by what is known before, 0 did"), apart::toString);
        final CommandRun nowhere = CommandRun.of("advise", "--data", books, "--swap", "5,6000");
        assertEquals(ExitCode.BAD_INPUT.code(), nowhere.exitCode(), nowhere::toString);
        assertTrue(nowhere.err().contains("6000"), nowhere::toString);
    }

    @Test
    void shouldSayWhatIsWrong()
    {
        final CommandRun noData = CommandRun.of("advise", "--what-if");
        assertEquals(ExitCode.BAD_INPUT.code(), noData.exitCode(), noData::toString);
        final CommandRun time = CommandRun.of("advise", "--service-time", "10 minutes");
        assertEquals(ExitCode.BAD_INPUT.code(), time.exitCode(), time::toString);
        assertTrue(time.err().contains("such as 10ms"), time::toString);
        final CommandRun share = CommandRun.of("advise", "--heaviest", "1.5");
        assertEquals(ExitCode.BAD_INPUT.code(), share.exitCode(), share::toString);
        assertTrue(share.err().contains("heaviestShare is 0 to 1"), share::toString);
        final CommandRun gone = CommandRun.of("advise", "--data", directory.resolve("gone"));
        assertEquals(ExitCode.BAD_INPUT.code(), gone.exitCode(), gone::toString);
    }
}
