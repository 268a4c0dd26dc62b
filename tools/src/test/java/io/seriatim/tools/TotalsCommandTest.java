package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.TransferFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code seriatim totals}: one answer over several engines, whatever comes twice, late or in another order. */
class TotalsCommandTest
{
    private static final String HEADER = "ledger,code,outcome,count,moved,pending_opened,pending_open\n";

    @TempDir
    private Path directory;

    private Path books(final String name, final int firstId)
    {
        final Path books = directory.resolve(name);
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books).shardCount(2)))
        {
            for (final int number : new int[] {840, 978})
            {
                final Ledger ledger = engine.ledger(number);
                ledger.createAccount(firstId + number, 1, 0);
                ledger.createAccount(firstId + number + 1_000, 1, 0);
                post(ledger, firstId + number * 100L, firstId + number, firstId + number + 1_000);
            }
        }
        return books;
    }

    private static void post(final Ledger ledger, final long firstId, final long debit, final long credit)
    {
        for (int i = 0; i < 10; i++)
        {
            ledger.createTransfer(firstId + i, debit, credit, 7, 1);
        }
        ledger.createTransfer(firstId + 10, debit, 99_999, 7, 1);
        ledger.createTransfer(Transfer.of(firstId + 11, debit, credit, 50, 2).withFlags(TransferFlags.PENDING));
        ledger.createTransfer(Transfer.of(firstId + 12, debit, credit, 60, 2).withFlags(TransferFlags.PENDING));
        ledger.createTransfer(Transfer.post(firstId + 13, firstId + 11, 20));
    }

    @Test
    void shouldAddUpOverShardsEnginesAndNodes() throws IOException
    {
        final Path one = books("one", 1);
        final Path two = books("two", 1);
        final CommandRun alone = CommandRun.of("totals", "--data", one, "--format", "csv");
        assertEquals(
            HEADER +
            "840,1,credit_account_not_found,1,0,0,0\n" +
            "840,1,created,10,70,0,0\n" +
            "840,2,created,3,20,2,1\n" +
            "978,1,credit_account_not_found,1,0,0,0\n" +
            "978,1,created,10,70,0,0\n" +
            "978,2,created,3,20,2,1\n", alone.out(), alone::toString);

        final Path here = directory.resolve("here.totals");
        final Path there = directory.resolve("there.totals");
        final CommandRun both = CommandRun.of("totals", "--data", one, "--data", two, "--format", "csv");
        assertTrue(both.out().contains("840,1,created,20,140,0,0\n"), both::toString);
        CommandRun.of("totals", "--data", one, "--save", here);
        CommandRun.of("totals", "--data", two, "--save", there);
        final CommandRun merged = CommandRun.of(
            "totals", "--from", there, "--from", here, "--from", there, "--data", one, "--format", "csv");
        assertEquals(both.out(), merged.out(), "twice, and in another order");

        try (LedgerEngine engine = LedgerEngine.launch(one))
        {
            engine.ledger(840).createTransfer(1_000, 841, 1_841, 30, 1);
        }
        final Path earlier = Files.copy(here, directory.resolve("earlier.totals"));
        final CommandRun later = CommandRun.of("totals", "--data", one, "--save", here, "--format", "csv");
        assertTrue(later.out().contains("840,1,created,11,100,0,0\n"), later::toString);
        final CommandRun late = CommandRun.of("totals", "--from", here, "--from", earlier, "--format", "csv");
        assertEquals(later.out(), late.out(), "what comes late changes nothing");
        final JsonNode json =
            new JsonMapper().readTree(CommandRun.of("totals", "--from", here, "--format", "json").out());
        assertEquals("100", json.get(1).get("moved").asString());
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException
    {
        final CommandRun nothing = CommandRun.of("totals");
        assertEquals(ExitCode.BAD_INPUT.code(), nothing.exitCode(), nothing::toString);
        final Path file = Files.writeString(directory.resolve("no.totals"), "something else\n");
        final CommandRun wrong = CommandRun.of("totals", "--from", file);
        assertEquals(ExitCode.BAD_INPUT.code(), wrong.exitCode(), wrong::toString);
        assertTrue(wrong.err().contains("line=1") && wrong.err().contains("no.totals"), wrong::toString);

        final Path one = books("one", 1);
        final Path here = directory.resolve("here.totals");
        CommandRun.of("totals", "--data", one, "--save", here);
        final Path forged = Files.writeString(
            directory.resolve("forged.totals"), Files.readString(here).replace(" 10 70 ", " 10 71 "));
        final CommandRun two = CommandRun.of("totals", "--from", here, "--from", forged);
        assertEquals(ExitCode.DIFFERENCE.code(), two.exitCode(), two::toString);
        assertTrue(two.err().contains("two contributions of one sequence differ"), two::toString);
    }
}
