package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What an engine refuses while its machine lacks room or a clock that can be believed, and that it goes on after. */
class AdmissionTest
{
    private static final int USD = 840;
    private static final long RESERVE = 10_000_000;
    private static final int SEGMENT_LENGTH = 128 * 1024;
    private static final long JUMP_MAX_NS = TimeUnit.MINUTES.toNanos(10);
    private static final long DEADLINE_S = 60;

    @TempDir
    private Path directory;
    private long usable = Long.MAX_VALUE;
    private IOException usableFailure;
    private long wallAheadNs;

    @Test
    void shouldRefuseToCreateOnceTheDiskIsFilledUpToItsReserve()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final Ledger ledger = engine.ledger(USD);
            ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final LedgerSession session = engine.openSession(0);
            usable = RESERVE;
            await(engine, Readiness.READY);
            assertTrue(session.claimTransfers(1) > 0, "claimed before there was too little");
            session.transfer(0).idLow(7).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(5).ledger(USD).code(1);

            usable = RESERVE - 1;
            await(engine, Readiness.DISK_RESERVED);
            session.publish();
            awaitReply(engine, session);
            assertRefused(ledger, LedgerException.Reason.DISK_RESERVED, "usable=9999999");
            assertEquals(LedgerSession.DISK_RESERVED, session.claimAccounts(1));
            assertEquals(LedgerSession.DISK_RESERVED, session.claimTransfers(1));
            assertEquals(LedgerSession.DISK_RESERVED, session.claimDefinitions(1));
            assertEquals(
                LedgerException.Reason.STORE_FULL, session.refusal(LedgerSession.STORE_FULL).reason(),
                "what a claim was refused for, not what is in the way now");
            assertEquals(Uint128.of(5), ledger.lookupAccount(1).one().debitsPosted(), "what was taken went on");
            assertNull(engine.failure());

            usable = RESERVE + SEGMENT_LENGTH - 1;
            awaitCheck(engine);
            assertEquals(Readiness.DISK_RESERVED, engine.readiness(), "not to and fro at the border");
            usable++;
            await(engine, Readiness.READY);
            assertTrue(ledger.createTransfer(8, 1, 2, 5, 1).isCreated());
        }
    }

    @Test
    void shouldOpenForReadsOnADiskThatIsFilledUpToItsReserve()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            engine.ledger(USD).createAccount(1, 1, 0);
        }
        usable = RESERVE - 1;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(Readiness.DISK_RESERVED, engine.readiness());
            assertEquals(1, engine.ledger(USD).lookupAccount(1).one().code());
            assertRefused(engine.ledger(USD), LedgerException.Reason.DISK_RESERVED, "make room");
        }
    }

    @Test
    void shouldRefuseToCreateWhenTheRoomCanNotBeTold()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            usableFailure = new IOException("Stale file handle");
            await(engine, Readiness.DISK_RESERVED);
            assertRefused(engine.ledger(USD), LedgerException.Reason.DISK_RESERVED, "Stale file handle");
            usableFailure = null;
            await(engine, Readiness.READY);
        }
    }

    @Test
    void shouldReserveTwoSegmentsAtLeastAndNothingIfToldSo()
    {
        usable = 2L * SEGMENT_LENGTH - 1;
        try (LedgerEngine engine = LedgerEngine.launch(config().diskReserve(1)))
        {
            assertEquals(Readiness.DISK_RESERVED, engine.readiness());
        }
        usable++;
        try (LedgerEngine engine = LedgerEngine.launch(config().diskReserve(1)))
        {
            assertEquals(Readiness.READY, engine.readiness());
        }
        usable = 0;
        try (LedgerEngine engine = LedgerEngine.launch(config().diskReserve(0)))
        {
            assertEquals(Readiness.READY, engine.readiness());
        }
    }

    @Test
    void shouldRefuseToCreateWhileTheClockIsFurtherAwayThanAllowed()
    {
        for (final long direction : new long[] {1, -1})
        {
            try (LedgerEngine engine = LedgerEngine.launch(config().durability(Durability.MEMORY)))
            {
                final Ledger ledger = engine.ledger(USD);
                wallAheadNs = direction * JUMP_MAX_NS * 2;
                await(engine, Readiness.CLOCK_JUMPED);
                assertRefused(ledger, LedgerException.Reason.CLOCK_JUMPED, direction > 0 ? "forward" : "back");
                assertEquals(LedgerSession.CLOCK_JUMPED, engine.openSession(0).claimTransfers(1));
                assertTrue(ledger.lookupAccount(1).values().isEmpty(), "look-ups are answered");

                wallAheadNs = 0;
                await(engine, Readiness.READY);
                final long beforeNs = now();
                assertTrue(ledger.createAccount(1, 1, 0).isCreated());
                final long timestampNs = ledger.lookupAccount(1).one().timestampNs();
                assertTrue(Math.abs(timestampNs - beforeNs) < JUMP_MAX_NS, "a jump never enters: " + timestampNs);
            }
        }
    }

    @Test
    void shouldFollowTheClockInStepsAsFarAsAllowed()
    {
        final long[] clockNs = {1_000_000_000};
        final long[] wallNs = {clockNs[0]};
        final ClockGuard guard =
            new ClockGuard(() -> clockNs[0], () -> wallNs[0], () -> clockNs[0] = wallNs[0], JUMP_MAX_NS);
        wallNs[0] += TimeUnit.MILLISECONDS.toNanos(5);
        assertNull(guard.get());
        assertEquals(1_000_000_000, clockNs[0], "as near as a clock of milliseconds is");
        wallNs[0]++;
        assertNull(guard.get());
        assertEquals(wallNs[0], clockNs[0]);
        for (final long stepNs : new long[] {JUMP_MAX_NS, -JUMP_MAX_NS})
        {
            wallNs[0] = clockNs[0] + stepNs;
            assertNull(guard.get());
            assertEquals(wallNs[0], clockNs[0]);
            wallNs[0] = clockNs[0] + stepNs + Long.signum(stepNs);
            assertEquals(Readiness.CLOCK_JUMPED, guard.get().readiness());
            assertEquals(Readiness.CLOCK_JUMPED, guard.get().readiness());
            wallNs[0] = clockNs[0];
            assertNull(guard.get());
        }
    }

    @Test
    void shouldExemptAManualClock()
    {
        final ManualClock clock = new ManualClock();
        try (LedgerEngine engine = LedgerEngine.launch(config().durability(Durability.MEMORY).clock(clock)))
        {
            wallAheadNs = TimeUnit.DAYS.toNanos(400);
            awaitCheck(engine);
            assertEquals(Readiness.READY, engine.readiness());
        }
    }

    @Test
    void shouldSayHowFarTheClockIsAheadOfTheNewestEntry()
    {
        final long[] aheadNs = {TimeUnit.HOURS.toNanos(-3)};
        try (LedgerEngine engine = LedgerEngine.launch(config().clock(() -> now() + aheadNs[0])))
        {
            engine.ledger(USD).createAccount(1, 1, 0);
        }
        try (LedgerEngine engine = LedgerEngine.launch(config().clockJumpMaxNs(TimeUnit.HOURS.toNanos(2))))
        {
            assertTrue(
                engine.launchReport().toString().contains("s ahead of the newest entry of shard 0"),
                engine.launchReport().toString());
            assertEquals(Readiness.READY, engine.readiness());
        }
        try (LedgerEngine engine = LedgerEngine.launch(config().clockJumpMaxNs(TimeUnit.HOURS.toNanos(4))))
        {
            assertFalse(engine.launchReport().toString().contains("ahead"), engine.launchReport().toString());
        }
    }

    @Test
    void shouldNotBeReadyOnceItIsClosed()
    {
        final LedgerEngine engine = LedgerEngine.launch(config().durability(Durability.MEMORY));
        assertEquals(Readiness.READY, engine.readiness());
        engine.close();
        assertEquals(Readiness.CLOSED, engine.readiness());
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(directory.resolve("books")).durability(Durability.OS)
            .threading(Threading.INVOKER).readModel(false).batchCountMax(16).diskReserve(RESERVE)
            .usableSpace(path -> usable()).wallClock(() -> now() + wallAheadNs).clockJumpMaxNs(JUMP_MAX_NS)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(SEGMENT_LENGTH).mtu(8 * 1024));
    }

    private long usable() throws IOException
    {
        if (usableFailure != null)
        {
            throw usableFailure;
        }
        return usable;
    }

    private static long now()
    {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    private static void assertRefused(final Ledger ledger, final LedgerException.Reason reason, final String what)
    {
        final LedgerException refused = assertThrows(LedgerException.class, () -> ledger.createAccount(9, 1, 0));
        assertEquals(reason, refused.reason());
        assertFalse(refused.isOutcomeUnknown());
        assertTrue(refused.getMessage().contains(what), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("nothing of this request was applied"), refused.getMessage());
    }

    private static void awaitReply(final LedgerEngine engine, final LedgerSession session)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (session.poll(reply -> {}, 1) == 0)
        {
            assertTrue(System.nanoTime() - deadlineNs < 0, "no answer");
            engine.doWork();
        }
    }

    /** Steps the engine for as long as it takes to look at the machine, whatever it looked at before. */
    private static void awaitCheck(final LedgerEngine engine)
    {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
        while (System.nanoTime() - endNs < 0)
        {
            engine.doWork();
        }
    }

    private static void await(final LedgerEngine engine, final Readiness readiness)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (engine.readiness() != readiness)
        {
            assertTrue(System.nanoTime() - deadlineNs < 0, "still " + engine.readiness() + ", not " + readiness);
            engine.doWork();
        }
    }
}
