package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Callers that try again over engines that stop: each id is applied once and its first answer is what they get. */
class RetryingLedgerTest
{
    private static final int USD = 840;
    private static final int SEGMENT_LENGTH = 128 * 1024;
    private static final int REQUEST_COUNT = 300;

    @TempDir
    private Path directory;
    private LedgerEngine engine;
    private int launchCount;
    private long nextSequence;

    @AfterEach
    void closeEngine()
    {
        if (engine != null)
        {
            engine.close();
        }
    }

    @Test
    void shouldApplyEachIdOnceOverEnginesThatStop()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final RetryingLedger ledger = new RetryingLedger(this::ledgerOfRunningEngine, 120, TimeUnit.SECONDS);
        assertTrue(ledger.createAccounts(List.of(
            Account.of(1, 1, 0), Account.of(2, 1, 0),
            Account.of(3, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)))
            .stream().allMatch(AccountResult::isCreated));
        assertTrue(ledger.createTransfers(List.of(transfer(1, 1, 3, 100, 0))).get(0).isCreated());

        final Set<Long> sequences = new HashSet<>();
        long moved = 0;
        long id = 10;
        for (int request = 0; request < REQUEST_COUNT; request++)
        {
            final List<Transfer> transfers = new ArrayList<>();
            final List<TransferOutcome> expected = new ArrayList<>();
            while (transfers.size() < 12)
            {
                switch (random.nextInt(4))
                {
                    case 0:
                        transfers.add(transfer(id++, 3, 1, 101, 0));
                        expected.add(TransferOutcome.EXCEEDS_CREDITS);
                        break;
                    case 1:
                        transfers.add(transfer(id++, 1, 2, 5, TransferFlags.LINKED));
                        transfers.add(transfer(id++, 1, 2, 5, TransferFlags.LINKED));
                        transfers.add(transfer(id++, 1, 2, 5, 0));
                        expected.addAll(List.of(
                            TransferOutcome.CREATED, TransferOutcome.CREATED, TransferOutcome.CREATED));
                        moved += 15;
                        break;
                    case 2:
                        transfers.add(transfer(id++, 1, 2, 5, TransferFlags.LINKED));
                        transfers.add(transfer(id++, 3, 2, 101, 0));
                        expected.addAll(List.of(
                            TransferOutcome.LINKED_EVENT_FAILED, TransferOutcome.EXCEEDS_CREDITS));
                        break;
                    default:
                        transfers.add(transfer(id++, 1, 2, 7, 0));
                        expected.add(TransferOutcome.CREATED);
                        moved += 7;
                        break;
                }
            }
            final String where = "request=" + request + ", launches=" + launchCount + ", seed=" + seed;
            final List<TransferResult> results = ledger.createTransfers(transfers);
            assertEquals(expected, results.stream().map(TransferResult::outcome).toList(), where);
            results.forEach(result -> assertTrue(sequences.add(result.sequence()), where + ", " + result));
        }
        assertEquals(
            Uint128.of(moved), ledgerOfRunningEngine().lookupAccount(2).one().creditsPosted(), "seed=" + seed);
        assertTrue(launchCount > 3, "launches=" + launchCount);
        System.out.println(
            "tried again: requests=" + REQUEST_COUNT + ", events=" + sequences.size() + ", engines that stopped=" +
            (launchCount - 1) + ", seed=" + seed);
    }

    /** The first attempt is applied, but its caller waits no time at all and learns nothing. */
    @Test
    void shouldGiveTheFirstAnswersOfWhatWasAppliedBefore()
    {
        engine = LedgerEngine.launch(config());
        engine.ledger(USD).createAccounts(List.of(
            Account.of(1, 1, 0), Account.of(2, 1, 0),
            Account.of(3, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)));
        engine.ledger(USD).createTransfers(List.of(transfer(1, 1, 3, 100, 0), transfer(2, 1, 2, 1, 0)));
        final List<Transfer> request = List.of(
            transfer(10, 1, 2, 5, 0),
            transfer(11, 1, 2, 5, TransferFlags.LINKED), transfer(12, 1, 2, 5, TransferFlags.LINKED),
            transfer(13, 1, 2, 5, 0),
            transfer(14, 1, 2, 5, TransferFlags.LINKED), transfer(15, 3, 2, 101, 0),
            transfer(16, 3, 1, 101, 0),
            transfer(10, 1, 2, 5, 0),
            transfer(2, 1, 2, 1, 0),
            // A chain that is not the one of before: its first event was there, and the second is new.
            transfer(1, 1, 3, 100, TransferFlags.LINKED), transfer(17, 1, 2, 5, 0));

        final List<TransferResult> results = retryingOverALostAnswer(request.size()).createTransfers(request);

        assertEquals(
            List.of(
                TransferOutcome.CREATED, TransferOutcome.CREATED, TransferOutcome.CREATED, TransferOutcome.CREATED,
                TransferOutcome.LINKED_EVENT_FAILED, TransferOutcome.EXCEEDS_CREDITS, TransferOutcome.EXCEEDS_CREDITS,
                TransferOutcome.EXISTS, TransferOutcome.CREATED, TransferOutcome.EXISTS_WITH_DIFFERENT_FLAGS,
                TransferOutcome.LINKED_EVENT_FAILED),
            results.stream().map(TransferResult::outcome).toList());
        for (final FirstOutcome first : engine.ledger(USD).lookupTransferOutcomes(
            request.stream().map(Transfer::id).distinct().toList()).values())
        {
            final TransferResult result = results.get(
                request.stream().map(Transfer::id).toList().indexOf(first.id()));
            if (result.outcome() == TransferOutcome.of(first.code()))
            {
                assertEquals(first.sequence(), result.sequence(), first::toString);
                assertEquals(first.timestampNs(), result.timestampNs(), first::toString);
            }
        }
        assertEquals(Uint128.of(21), engine.ledger(USD).lookupAccount(2).one().creditsPosted(), "each id once");
        assertEquals(2, launchCount);
    }

    @Test
    void shouldGiveTheFirstAnswersOfAccountsThatWereCreatedBefore()
    {
        engine = LedgerEngine.launch(config());
        engine.ledger(USD).createAccounts(List.of(Account.of(9, 1, 0)));
        final List<Account> request = List.of(
            Account.of(1, 1, AccountFlags.LINKED), Account.of(2, 1, 0), Account.of(3, 0, 0), Account.of(9, 1, 0));

        final List<AccountResult> results = retryingOverALostAnswer(request.size()).createAccounts(request);

        assertEquals(
            List.of(
                AccountOutcome.CREATED, AccountOutcome.CREATED, AccountOutcome.CODE_MUST_NOT_BE_ZERO,
                AccountOutcome.CREATED),
            results.stream().map(AccountResult::outcome).toList());
        assertEquals(results.get(0).sequence() + 1, results.get(1).sequence());
        assertEquals(1, results.get(3).sequence());
    }

    /** Gives first an engine whose callers learn nothing, and when that has applied so many events a usual one. */
    private RetryingLedger retryingOverALostAnswer(final int eventCount)
    {
        closeEngine();
        return new RetryingLedger(
            () ->
            {
                final boolean isFirst = launchCount++ == 0;
                if (!isFirst)
                {
                    awaitSequence(engine.stateMachine(0), nextSequence + eventCount);
                    engine.close();
                }
                engine = LedgerEngine.launch(
                    config().threading(Threading.COMPACT).requestTimeoutNs(isFirst ? 1 : TimeUnit.MINUTES.toNanos(1)));
                nextSequence = engine.stateMachine(0).nextSequence();
                return engine.ledger(USD);
            },
            120, TimeUnit.SECONDS);
    }

    private static void awaitSequence(final LedgerStateMachine stateMachine, final long sequence)
    {
        while (stateMachine.nextSequence() < sequence)
        {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    void shouldAnswerTheSecondEventOfAnIdAsTheEngineDid()
    {
        final RetryingLedger ledger = new RetryingLedger(this::ledgerOfRunningEngine, 120, TimeUnit.SECONDS);
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        assertEquals(
            List.of(TransferOutcome.CREATED, TransferOutcome.EXISTS),
            ledger.createTransfers(List.of(transfer(7, 1, 2, 5, 0), transfer(7, 1, 2, 5, 0))).stream()
                .map(TransferResult::outcome).toList());
        assertEquals(
            List.of(TransferOutcome.EXISTS),
            ledger.createTransfers(List.of(transfer(7, 1, 2, 5, 0))).stream().map(TransferResult::outcome).toList(),
            "without an unknown outcome nothing is made nicer than it is");
    }

    @Test
    void shouldGiveUpAtTheDeadlineAndSayThatNothingWasApplied()
    {
        final RetryingLedger nowhere = new RetryingLedger(() -> null, 50, TimeUnit.MILLISECONDS);
        final LedgerException none =
            assertThrows(LedgerException.class, () -> nowhere.createAccounts(List.of(Account.of(1, 1, 0))));
        assertEquals(LedgerException.Reason.TIMED_OUT, none.reason());
        assertFalse(none.isOutcomeUnknown());
        assertTrue(none.getMessage().contains("there is no engine"), none.getMessage());

        final RetryingLedger refused = new RetryingLedger(
            () ->
            {
                throw new JournalException("planted refusal");
            },
            50, TimeUnit.MILLISECONDS);
        final LedgerException why =
            assertThrows(LedgerException.class, () -> refused.createAccounts(List.of(Account.of(1, 1, 0))));
        assertTrue(why.getMessage().contains("planted refusal"), why.getMessage());
        assertTrue(why.getMessage().endsWith("nothing of the request was applied"), why.getMessage());
    }

    @Test
    void shouldGiveUpAtTheDeadlineAndSayThatTheOutcomeIsUnknown()
    {
        final RetryingLedger ledger = new RetryingLedger(
            () -> launchCount == 0 || engine.failure() == null ? ledgerOfRunningEngine() : null,
            2, TimeUnit.SECONDS);
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final LedgerException unknown = assertThrows(LedgerException.class, () ->
        {
            for (long id = 10;; id += 12)
            {
                final List<Transfer> transfers = new ArrayList<>();
                for (int i = 0; i < 12; i++)
                {
                    transfers.add(transfer(id + i, 1, 2, 1, 0));
                }
                ledger.createTransfers(transfers);
            }
        });
        assertEquals(LedgerException.Reason.TIMED_OUT, unknown.reason());
        assertTrue(unknown.isOutcomeUnknown(), unknown.getMessage());
        assertTrue(unknown.getMessage().endsWith("ask by id, or send the same ids again"), unknown.getMessage());
    }

    @Test
    void shouldNotTryAgainWhatCanNotHelp()
    {
        engine = LedgerEngine.launch(config().durability(Durability.MEMORY).accountCountMax(1));
        final RetryingLedger ledger = new RetryingLedger(() -> engine.ledger(USD), 120, TimeUnit.SECONDS);
        final LedgerException full = assertThrows(
            LedgerException.class, () -> ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0))));
        assertEquals(LedgerException.Reason.STORE_FULL, full.reason());
        Thread.currentThread().interrupt();
        final LedgerException interrupted = assertThrows(
            LedgerException.class, () -> new RetryingLedger(() -> null, 120, TimeUnit.SECONDS)
                .createAccounts(List.of(Account.of(1, 1, 0))));
        assertEquals(LedgerException.Reason.INTERRUPTED, interrupted.reason());
        assertTrue(Thread.interrupted());
    }

    private static Transfer transfer(
        final long id, final long debitAccount, final long creditAccount, final long amount, final int flags)
    {
        return Transfer.of(id, debitAccount, creditAccount, amount, 1).withFlags(flags);
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(directory.resolve("books")).durability(Durability.OS)
            .threading(Threading.INVOKER).readModel(false).batchCountMax(16).diskReserve(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(SEGMENT_LENGTH).mtu(8 * 1024));
    }

    /** Each engine meets an obstacle where its journal would begin the next file, which stops it for good. */
    private Ledger ledgerOfRunningEngine()
    {
        if (engine == null || engine.failure() != null)
        {
            closeEngine();
            engine = LedgerEngine.launch(config());
            launchCount++;
            obstructNextSegment();
        }
        return engine.ledger(USD);
    }

    private void obstructNextSegment()
    {
        final Path archive = directory.resolve("books/journal-0/archive");
        try (Stream<Path> files = Files.list(archive))
        {
            final long last = files.map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".rec"))
                .mapToLong(name -> Long.parseLong(name.substring(name.indexOf('-') + 1, name.length() - 4)))
                .max().orElseThrow();
            Files.createFile(archive.resolve("0-" + (last + SEGMENT_LENGTH) + ".rec"));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
