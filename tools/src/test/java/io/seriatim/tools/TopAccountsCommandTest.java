package io.seriatim.tools;

import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code seriatim top-accounts}: who holds most, and whether a view that was saved says the same. */
class TopAccountsCommandTest
{
    @TempDir
    private Path directory;

    private Path books()
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(books))
        {
            final Ledger ledger = engine.ledger(840);
            for (int id = 1; id <= 5; id++)
            {
                ledger.createAccount(id, 1, 0);
            }
            ledger.createTransfer(11, 1, 2, 100, 1);
            ledger.createTransfer(12, 1, 3, 300, 1);
            ledger.createTransfer(13, 3, 4, 250, 1);
        }
        return books;
    }

    @Test
    void shouldShowWhoHoldsMost() throws IOException
    {
        final Path books = books();
        final CommandRun credits = CommandRun.of("top-accounts", "--data", books, "--count", 2, "--format", "csv");
        assertEquals(
            "place,ledger,id,debits_posted,credits_posted,balance,shard\n" +
            "1,840,3,250,300,50,0\n" +
            "2,840,4,0,250,250,0\n", credits.out(), credits::toString);
        assertTrue(credits.err().contains("shard 0 as of sequence 8"), credits::toString);
        final JsonNode json = new JsonMapper().readTree(
            CommandRun.of("top-accounts", "--data", books, "--by", "balance", "--format", "json").out());
        assertEquals("4", json.get(0).get("id").asString());
        assertEquals("-400", json.get(3).get("balance").asString(), "account 5 was never moved");
        assertEquals(4, json.size());
        final CommandRun other = CommandRun.of("top-accounts", "--data", books, "--ledger", 978);
        assertEquals(0, other.exitCode(), other::toString);
        assertTrue(!other.out().contains("840"), other::toString);
    }

    @Test
    void shouldFindAndRepairWhatAViewHasWrong() throws IOException
    {
        final Path books = books();
        final Path view = directory.resolve("view.standings");
        final CommandRun absent = CommandRun.of("top-accounts", "--data", books, "--view", view);
        assertEquals(ExitCode.BAD_INPUT.code(), absent.exitCode(), absent::toString);
        final CommandRun written = CommandRun.of("top-accounts", "--data", books, "--view", view, "--repair");
        assertEquals(0, written.exitCode(), written::toString);
        assertTrue(
            written.out().contains("0 right, 0 lagging by up to 0 entries, 0 wrong, 4 missing"), written::toString);

        try (LedgerEngine engine = LedgerEngine.launch(books))
        {
            engine.ledger(840).createTransfer(14, 2, 4, 30, 1);
        }
        final CommandRun lagging = CommandRun.of("top-accounts", "--data", books, "--view", view);
        assertEquals(0, lagging.exitCode(), lagging::toString);
        assertTrue(
            lagging.out().contains("2 right, 2 lagging by up to 1 entries, 0 wrong, 0 missing"), lagging::toString);

        Files.writeString(view, Files.readString(view).replace(" 250 300 ", " 250 301 "));
        final String kept = Files.readString(view);
        Files.writeString(view, kept.replaceFirst("\n0 840 2 .*", "").replace(" 4\n", " 3\n"));
        final CommandRun missing = CommandRun.of("top-accounts", "--data", books, "--view", view);
        assertEquals(ExitCode.DIFFERENCE.code(), missing.exitCode(), missing::toString);
        assertTrue(missing.out().contains("1 missing"), missing::toString);
        Files.writeString(view, kept);
        final CommandRun wrong = CommandRun.of("top-accounts", "--data", books, "--view", view);
        assertEquals(ExitCode.DIFFERENCE.code(), wrong.exitCode(), wrong::toString);
        assertTrue(
            wrong.out().contains("wrong account 3: view debits=250 credits=301 at sequence 8, books debits=250 " +
                "credits=300 at sequence 9"), wrong::toString);
        final CommandRun repaired = CommandRun.of("top-accounts", "--data", books, "--view", view, "--repair");
        assertEquals(0, repaired.exitCode(), repaired::toString);
        assertTrue(repaired.out().contains("repaired: " + view + " holds 4 standings"), repaired::toString);
        final CommandRun right = CommandRun.of("top-accounts", "--data", books, "--view", view);
        assertTrue(right.out().contains("4 right, 0 lagging by up to 0 entries, 0 wrong, 0 missing"), right::toString);

        Files.writeString(view, "nothing of the kind\n");
        final CommandRun nothing = CommandRun.of("top-accounts", "--data", books, "--view", view, "--repair");
        assertEquals(ExitCode.BAD_INPUT.code(), nothing.exitCode(), nothing::toString);
        assertTrue(nothing.err().contains("line=1") && Files.readString(view).contains("nothing"), nothing::toString);
    }

    @Test
    void shouldSayWhatIsAllowed()
    {
        final CommandRun count = CommandRun.of("top-accounts", "--data", directory, "--count", -1);
        assertEquals(ExitCode.BAD_INPUT.code(), count.exitCode(), count::toString);
        final CommandRun repair = CommandRun.of("top-accounts", "--data", directory, "--repair");
        assertTrue(repair.err().contains("--repair needs --view"), repair::toString);
    }
}
