package io.seriatim.bench;

import io.seriatim.ledger.Uint128;
import io.seriatim.standings.Standing;
import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class ScenarioCommandTest
{
    private static final List<String> NAMES =
        List.of("global-order", "order-lifecycle", "leaderboard", "hot-partition", "batching");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldListTheScenariosWithoutAName()
    {
        assertEquals(0, commandLine.execute("scenario"), err::toString);

        assertThat(out.toString()).contains(NAMES);
    }

    @Test
    void shouldSayWhichThereAreIfANameIsUnknown()
    {
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("scenario", "nothing", "--seconds", "1"));

        assertThat(err.toString()).contains("there is no scenario nothing; there are ").contains(NAMES);
    }

    @Test
    void shouldBeNamedWhereTheOrderIsChosen()
    {
        final String document = House.read(House.ROOT.resolve("docs/ORDER.md"));
        for (final String name : commandLine.getSubcommands().get("scenario").getSubcommands().keySet())
        {
            assertThat(document).contains("scripts/bench scenario " + name);
        }
    }

    @Test
    void shouldSayWhatEachShowsAndChecks()
    {
        for (final String name : NAMES)
        {
            out.getBuffer().setLength(0);
            assertEquals(0, commandLine.execute("scenario", name, "--help"), err::toString);
            assertThat(out.toString()).contains("Checked: ", "--seconds", "--durability", "--data-dir", "--out");
        }
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        for (final String[] wrong : new String[][] {
            {"global-order", "--workers", "0"}, {"order-lifecycle", "--scopes", "0"},
            {"hot-partition", "--parts", "1"}, {"leaderboard", "--lost-every", "1"},
            {"batching", "--batches", "8190"}, {"batching", "--lingers", "-1"},
            {"global-order", "--seconds", "0"}})
        {
            assertEquals(ExitCode.BAD_INPUT.code(), run(wrong));
            assertThat(err.toString()).contains(wrong[1] + " is out of range: " + wrong[2]);
        }
        assertEquals(ExitCode.BAD_INPUT.code(), run("batching", "--durability", "paper"));
        assertThat(err.toString()).contains("--durability can not be paper");
    }

    @Test
    void shouldShowWhatOneOrderCosts() throws IOException
    {
        assertRuns("global-order", "--service-time", "2", "--workers", "4", "--seconds", "1");

        assertThat(out.toString()).contains(
            "min(1 workers, 1 order) / 2 ms = 500/s", "min(4 workers, 10,000 orders at once) / 2 ms = 2,000/s",
            "transfers/s in one order, durability fsync", "each handled once and in its order");
        final JsonNode figures = summary().get("figures");
        assertEquals(500, figures.get("totalForetold").asDouble(), 1e-6);
        assertEquals(2_000, figures.get("byAccountForetold").asDouble(), 1e-6);
    }

    @Test
    void shouldFailIfAnEntryOfTheOneOrderCameTwice()
    {
        final GlobalOrderScenario scenario = scenario("global-order");
        scenario.beforeCheck(handled -> handled.again(handled.firstWanted()));

        assertFails(
            "an entry was handled 2 times: sequence=10001, expected=1", "global-order", "--durability", "memory",
            "--seconds", "0.2");
    }

    @Test
    void shouldFailIfTwoEntriesOfAKeyAreHandledAtOnce()
    {
        final GlobalOrderScenario scenario = scenario("global-order");
        scenario.beforeCheck(handled ->
        {
            handled.begin(0, Long.MAX_VALUE - 1);
            handled.begin(0, Long.MAX_VALUE);
        });

        assertFails("at once with another one: key=0", "global-order", "--durability", "memory", "--seconds", "0.2");
    }

    @Test
    void shouldFailIfAnEntryCameOutOfOrder()
    {
        final GlobalOrderScenario scenario = scenario("global-order");
        scenario.beforeCheck(handled -> handled.fault("out of order: key=0"));

        assertFails("out of order: key=0", "global-order", "--durability", "memory", "--seconds", "0.2");
    }

    @Test
    void shouldLetOrdersGoThroughTheirStates() throws IOException
    {
        assertRuns("order-lifecycle", "--scopes", "16", "--workers", "20", "--service-time", "5", "--seconds", "1");

        assertThat(out.toString()).contains(
            "min(20 workers, 16 orders) / 5 ms = 3,200/s", "any number of orders", "durability fsync",
            "went through their states in order and once", "cancelled orders have released everything");
        assertEquals(3_200, summary().get("figures").get("transitionsForetold").asDouble(), 1e-6);
    }

    @Test
    void shouldFailIfAnOrderLeavesItsPath()
    {
        final OrderLifecycleScenario scenario = scenario("order-lifecycle");
        scenario.beforeCheck(states -> states.move(3, OrderBooks.PAID));

        assertFails(
            "an order has left its path: order=3, from=delivered, to=paid", "order-lifecycle", "--scopes", "16",
            "--service-time", "1", "--seconds", "0.1", "--durability", "memory");
    }

    @Test
    void shouldFailIfSomebodyIsNotifiedTwice()
    {
        final OrderLifecycleScenario scenario = scenario("order-lifecycle");
        scenario.beforeCheck(states -> states.notifyOf(5));

        assertFails(
            "an order was notified of 2 times: order=5", "order-lifecycle", "--scopes", "16", "--service-time", "1",
            "--seconds", "0.1", "--durability", "memory");
    }

    @Test
    void shouldKeepALeaderboardWithoutOrderAndPutItRight() throws IOException
    {
        assertRuns("leaderboard", "--seconds", "1", "--rate", "1000", "--workers", "16");

        assertThat(out.toString()).contains(
            "1 order) / 5 ms = 200/s", "any number of orders", "5 wrong, ",
            "0 lagging by up to 0 entries, 0 wrong, 0 missing", "durability fsync", "what was sent");
        assertEquals(200, summary().get("figures").get("inOrderPerSecond").asDouble(), 1e-6);
        assertThat(directory.resolve("out/leaderboard-2.svg")).exists();
    }

    @Test
    void shouldFailIfTheLeaderboardIsNotRightAfterTheRepair()
    {
        final LeaderboardScenario scenario = scenario("leaderboard");
        scenario.beforeRepair(view -> view.put(new Standing(
            0, 840, Uint128.of(7), Uint128.ZERO, Uint128.of(1), Long.MAX_VALUE)));

        assertFails(
            "the view differs after it was repaired: ", "leaderboard", "--seconds", "0.2", "--durability", "os",
            "--rate", "1000");
    }

    @Test
    void shouldSplitAHotAccountOnTheLivingLedger() throws IOException
    {
        assertRuns("hot-partition", "--seconds", "1", "--service-time", "4");

        assertThat(out.toString()).contains(
            "1 / (50 % in one order x 4 ms) = 500/s", "1 / (12.5 % in one order x 4 ms) = 2,000/s",
            "hot account 1: ", "splitting it: it alone is in the way", "as one account would");
    }

    @Test
    void shouldFailIfThePartsAreNotWhatOneAccountWouldBe()
    {
        final HotPartitionScenario scenario = scenario("hot-partition");
        scenario.beforeCheck(load -> load.expectMore(1));

        assertFails(
            "the parts are not what one account would be: together=", "hot-partition", "--durability", "memory",
            "--seconds", "0.4", "--service-time", "4");
    }

    @Test
    void shouldMeasureEachBatchWithEachLinger() throws IOException
    {
        assertRuns("batching", "--seconds", "0.6", "--batches", "1,100", "--lingers", "0,500");

        assertThat(out.toString()).contains("closed loop", "open loop", "full load/s", "500 us", "durability fsync");
        final JsonNode figures = summary().get("figures");
        for (final String key : List.of("batch1Linger0P99Ms", "batch100Linger500P50Ms", "batch100Linger0PerSecond"))
        {
            assertThat(figures.get(key).asDouble()).isPositive();
        }
        assertThat(directory.resolve("out/batching-2.svg")).exists();
    }

    @Test
    void shouldFailIfABalanceOfTheBatchesIsWrong()
    {
        final BatchingScenario scenario = scenario("batching");
        scenario.beforeCheck(engine -> engine.books(0).expectMore(7, 1));

        assertFails(
            "a balance is wrong: shard=0, account=8,", "batching", "--durability", "memory", "--seconds", "0.2",
            "--batches", "16", "--lingers", "0");
    }

    @SuppressWarnings("unchecked")
    private <T extends AppliedScenario> T scenario(final String name)
    {
        return (T)commandLine.getSubcommands().get("scenario").getSubcommands().get(name).getCommand();
    }

    private void assertRuns(final String name, final String... args) throws IOException
    {
        final int exitCode = run(Stream.of(new String[] {name}, args).flatMap(Stream::of).toArray(String[]::new));

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains(
            "command      scripts/bench scenario " + name, "  advice       ", "  instruments  ", "Checked: ",
            "Files: ");
        assertThat(directory.resolve("out/" + name + ".svg")).content().contains("xmlns", "</svg>");
        assertThat(directory.resolve("out/report.html")).content().contains("<svg", "Checked: ");
        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    private void assertFails(final String message, final String... args)
    {
        assertEquals(ExitCode.DIFFERENCE.code(), run(args), () -> out.toString() + err);
        assertThat(err.toString()).contains("FAILED: " + message);
        assertFalse(Files.exists(directory.resolve("out/summary.json")));
    }

    private int run(final String... args)
    {
        final String[] where = {
            "--data-dir", directory.resolve("data").toString(), "--out", directory.resolve("out").toString()};
        return commandLine.execute(
            Stream.of(new String[] {"scenario"}, args, where).flatMap(Stream::of).toArray(String[]::new));
    }

    private JsonNode summary()
    {
        return JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
    }
}
