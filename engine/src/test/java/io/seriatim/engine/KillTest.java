package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Real processes, killed with SIGKILL while they write. What they had acknowledged must be there.
 */
class KillTest
{
    private static final int FIRST_LAUNCH_KILLS = 6;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"FSYNC, 14", "OS, 7"})
    void shouldLoseNothingAcknowledgedWhenKilled(final Durability durability, final int killCount) throws Exception
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Path acknowledged = directory.resolve("acknowledged");
        int acknowledgedBefore = 0;
        for (int kill = 1; kill <= killCount; kill++)
        {
            final String where = "kill=" + kill + ", seed=" + seed;
            try (ForkedJvm writer = new ForkedJvm(
                KilledWriter.class, List.of(), directory.resolve("books"), acknowledged, durability))
            {
                assertEquals(
                    KilledWriter.CHECKED + " " + acknowledgedBefore, writer.awaitLine(KilledWriter.CHECKED), where);
                writer.awaitLine(KilledWriter.ACKNOWLEDGED);
                LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(20)));
                assertTrue(writer.isAlive(), where);
                writer.kill();
            }
            final int count = Files.readAllLines(acknowledged).size();
            assertTrue(count >= acknowledgedBefore + KilledWriter.ACKNOWLEDGED_COUNT, where);
            acknowledgedBefore = count;
        }
        assertBooksHold(acknowledgedBefore, durability);
        System.out.println(
            "kill -9: policy=" + durability + ", kills=" + killCount + ", acknowledged=" + acknowledgedBefore +
            ", lost=0, seed=" + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {50, 800})
    void shouldSurviveAKillDuringTheFirstLaunch(final long withinMs) throws Exception
    {
        final long withinNs = TimeUnit.MILLISECONDS.toNanos(withinMs);
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int kill = 1; kill <= FIRST_LAUNCH_KILLS; kill++)
        {
            final Path books = directory.resolve("books-" + kill);
            final long delayNs =
                withinNs * kill / FIRST_LAUNCH_KILLS - random.nextLong(withinNs / FIRST_LAUNCH_KILLS);
            try (ForkedJvm writer = new ForkedJvm(
                KilledWriter.class, List.of(), books, directory.resolve("acknowledged-" + kill), Durability.FSYNC))
            {
                writer.awaitLine(KilledWriter.LAUNCHING);
                LockSupport.parkNanos(delayNs);
                writer.kill();
            }
            try (LedgerEngine engine = LedgerEngine.launch(
                new EngineConfig().dataDirectory(books).shardCount(2)))
            {
                assertTrue(
                    engine.ledger(KilledWriter.LEDGER).createAccount(7, 1, 0).isCreated(),
                    "kill=" + kill + ", delayNs=" + delayNs + ", seed=" + seed);
            }
        }
    }

    private void assertBooksHold(final int acknowledgedCount, final Durability durability)
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().dataDirectory(directory.resolve("books")).durability(durability)))
        {
            final Ledger ledger = engine.ledger(KilledWriter.LEDGER);
            final Uint128 debits = ledger.lookupAccount(1).one().debitsPosted();
            assertEquals(debits, ledger.lookupAccount(2).one().creditsPosted());
            assertTrue(debits.compareTo(Uint128.of(acknowledgedCount)) >= 0, "debits=" + debits);
        }
    }
}
