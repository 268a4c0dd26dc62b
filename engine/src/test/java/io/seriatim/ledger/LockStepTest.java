package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * The state machine and the reference ledger, which know nothing of each other, get the same hostile requests and must
 * give the same answers; then the entries are replayed and must lead to the same state again.
 */
class LockStepTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.seeds", 200);

    /** Seeds that come to every outcome; one that is run alone need not. */
    private static final int SEED_COUNT_OF_EVERY_OUTCOME = 200;
    private static final int EVENTS_PER_SEED = Integer.getInteger("seriatim.events", 25_000);
    private static final int BATCH_COUNT_MAX = 200;
    private static final int WINDOW_CAPACITY = 256;
    private static final int COMPARE_EVERY = 5_000;

    private static final HostileWorkload.Features FEATURES = HostileWorkload.Features.CREATES;

    private List<TransferEvent> announcedBefore = List.of();
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final ExpiryEntryDecoder expiryDecoder = new ExpiryEntryDecoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private long expiryCount;

    @Test
    void shouldAgreeWithTheReferenceLedgerOnHostileRequests()
    {
        final Map<Status, Integer> seen = new HashMap<>();
        long eventCount = 0;
        int readBackCount = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try
            {
                final RecordedEntries entries = new RecordedEntries();
                eventCount += run(seed, entries, seen);
                readBackCount += entries.readCount();
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError(
                    "seed=" + seed + "; run it alone: scripts/test -pl engine -am -Dtest=LockStepTest " +
                    "-Dsurefire.failIfNoSpecifiedTests=false -Dseriatim.seeds=1 -Dseriatim.seed=" + seed, ex);
            }
        }
        System.out.println(
            "lock-step: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", events=" + eventCount +
            ", expiries=" + expiryCount + ", differences=0, outcomes=" + byName(seen));
        assertTrue(eventCount >= (long)SEED_COUNT * EVENTS_PER_SEED);
        assertTrue(readBackCount > 0, "no entry was ever read back, so that path was not tested");
        assertTrue(expiryCount > 0, "nothing ever expired, so that path was not tested");
        if (SEED_COUNT >= SEED_COUNT_OF_EVERY_OUTCOME)
        {
            assertEquals(List.of(), neverSeen(seen), "outcomes that were never produced");
        }
    }

    private static Map<String, Integer> byName(final Map<Status, Integer> seen)
    {
        final Map<String, Integer> byName = new TreeMap<>();
        seen.forEach((status, count) ->
            byName.put((status instanceof AccountStatus ? "account " : "transfer ") + status.label(), count));
        return byName;
    }

    private static List<Status> neverSeen(final Map<Status, Integer> seen)
    {
        return Stream.concat(Stream.<Status>of(AccountStatus.values()), Stream.of(TransferStatus.values()))
            .filter(status -> !seen.containsKey(status)).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64, 1024})
    void shouldReplayToTheSameDigestWhateverTheWindow(final int windowCapacity)
    {
        final long seed = 4711 + windowCapacity;
        final RecordedEntries entries = new RecordedEntries();
        final ReferenceLedger reference = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, reference, 8, FEATURES);
        try (LedgerStateMachine stateMachine = new LedgerStateMachine(8, windowCapacity, seed, entries))
        {
            while (stateMachine.nextSequence() < 3_000)
            {
                step(stateMachine, reference, workload.next(), entries, new HashMap<>());
            }
            assertReplays(stateMachine, entries, seed);
        }
    }

    private int run(final long seed, final RecordedEntries entries, final Map<Status, Integer> seen)
    {
        final ReferenceLedger reference = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, reference, BATCH_COUNT_MAX, FEATURES);
        try (LedgerStateMachine stateMachine =
            new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, seed * 31, entries))
        {
            long compareAt = COMPARE_EVERY;
            while (stateMachine.nextSequence() <= EVENTS_PER_SEED)
            {
                step(stateMachine, reference, workload.next(), entries, seen);
                if (stateMachine.nextSequence() > compareAt)
                {
                    assertSameState(stateMachine, reference);
                    compareAt += COMPARE_EVERY;
                }
            }
            assertSameState(stateMachine, reference);
            assertReplays(stateMachine, entries, seed);
            return entries.count();
        }
    }

    private void step(
        final LedgerStateMachine stateMachine,
        final ReferenceLedger reference,
        final HostileWorkload.Request request,
        final RecordedEntries entries,
        final Map<Status, Integer> seen)
    {
        final HostileWorkload.Applied applied = request.applyTo(reference);
        for (final ReferenceLedger.Expiry expiry : applied.releases())
        {
            stateMachine.expireNext(expiry.timestamp());
            assertEquals(expiry, expiry(stateMachine.window(), expiry.sequence()));
            entries.takeFrom(stateMachine);
            expiryCount++;
        }
        final List<Result> expected = applied.results();
        if (request.count() > 0)
        {
            apply(stateMachine, request);
            assertFalse(stateMachine.isGroupOpen(), "a chain is still open after its batch");
            final BatchResults results = stateMachine.results();
            final EntryWindow window = stateMachine.window();
            for (int i = 0; i < expected.size(); i++)
            {
                final Result result = expected.get(i);
                seen.merge(result.status(), 1, Integer::sum);
                final long sequence = result.sequence();
                final Result actual = new Result(
                    result.status(), results.timestampNs(i), results.sequence(i),
                    window.buffer().getLong(window.offset(sequence) + EntryWindow.LEDGER_SEQUENCE_OFFSET),
                    results.firstSequence(i));
                if ((int)result.code() != results.outcome(i) || !result.equals(actual) ||
                    window.buffer().getInt(window.offset(sequence) + EntryWindow.OUTCOME_OFFSET) != (int)result.code())
                {
                    fail("expected " + result + ", actual outcome " + Integer.toUnsignedString(results.outcome(i)) +
                        ", " + actual + ", event " +
                        (request.isAccounts() ? request.accounts() : request.transfers()).get(i));
                }
            }
        }
        entries.takeFrom(stateMachine);
        assertEquals(reference.nextSequence(), stateMachine.nextSequence());
    }

    private ReferenceLedger.Expiry expiry(final EntryWindow window, final long sequence)
    {
        expiryDecoder.wrapAndApplyHeader(window.buffer(), window.offset(sequence), headerDecoder);
        return new ReferenceLedger.Expiry(
            expiryDecoder.sequence(),
            expiryDecoder.ledgerSequence(),
            expiryDecoder.timestampNs(),
            Events.uint128(expiryDecoder.pendingIdHigh(), expiryDecoder.pendingIdLow()),
            Events.uint128(expiryDecoder.amountHigh(), expiryDecoder.amountLow()),
            (expiryDecoder.reopened() & 1) != 0,
            (expiryDecoder.reopened() & 2) != 0);
    }

    private void apply(final LedgerStateMachine stateMachine, final HostileWorkload.Request request)
    {
        if (request.isAccounts())
        {
            stateMachine.startAccounts(request.batchTimestamp(), request.count());
            for (final AccountEvent account : request.accounts())
            {
                Events.encode(account, accountEncoder.wrap(event, 0));
                stateMachine.createAccount(accountDecoder.wrap(event, 0));
            }
        }
        else
        {
            readAheadOf(stateMachine, request);
            stateMachine.startTransfers(request.batchTimestamp(), request.count());
            for (final TransferEvent transfer : request.transfers())
            {
                Events.encode(transfer, transferEncoder.wrap(event, 0));
                stateMachine.createTransfer(transferDecoder.wrap(event, 0), transfer.timestamp());
            }
        }
    }

    /**
     * It changes nothing, so the reference knows nothing of it: whether what comes was announced, or announced in
     * another order, or what was applied long ago, or something between.
     */
    private void readAheadOf(final LedgerStateMachine stateMachine, final HostileWorkload.Request request)
    {
        final List<TransferEvent> announced = new ArrayList<>(request.transfers());
        switch ((int)(request.batchTimestamp() % 5))
        {
            case 0 -> Collections.reverse(announced);
            case 1 -> announced.addAll(0, announcedBefore);
            case 2 -> announced.addAll(announced.size() / 2, announcedBefore);
            case 3 -> announced.clear();
            default ->
            {
                // As they are applied.
            }
        }
        for (int i = 0; i < Math.min(announced.size(), LedgerStateMachine.READ_AHEAD_MAX); i++)
        {
            Events.encode(announced.get(i), transferEncoder.wrap(event, 0));
            stateMachine.announce(transferDecoder.wrap(event, 0));
        }
        stateMachine.readAhead();
        announcedBefore = request.transfers();
    }

    private void assertSameState(final LedgerStateMachine stateMachine, final ReferenceLedger reference)
    {
        assertTrue(stateMachine.isBalanced());
        assertTrue(reference.isBalanced());
        assertEquals(reference.accounts().size(), stateMachine.accountCount());
        assertEquals(reference.transfers().size(), stateMachine.transferCount());
        assertEquals(reference.transfers().size() + reference.failedIds().size(), stateMachine.transferIdCount());
        int slot = 0;
        for (final ReferenceLedger.Account account : reference.accounts())
        {
            stateMachine.readAccount(slot++, event, 0);
            assertEquals(account.asEvent(), Events.decode(accountDecoder.wrap(event, 0)));
            final BigInteger id = account.given().id();
            assertTrue(stateMachine.readAccount(Events.high(id), Events.low(id), event, 0));
            assertEquals(account.asEvent(), Events.decode(accountDecoder.wrap(event, 0)));
        }
        for (final ReferenceLedger.Transfer transfer : reference.transfers())
        {
            final boolean isFound = stateMachine.readTransfer(
                Events.high(transfer.stored().id()), Events.low(transfer.stored().id()), event, 0);
            assertTrue(isFound, () -> "lost: " + transfer);
            assertEquals(
                transfer.asEvent(),
                Events.decode(transferDecoder.wrap(event, 0), event.getLong(TransferRecordDecoder.ENCODED_LENGTH)));
        }
        reference.failedIds().forEach((id, sequence) ->
            assertFalse(stateMachine.readTransfer(Events.high(id), Events.low(id), event, 0), "a spent id is shown"));
    }

    private static void assertReplays(
        final LedgerStateMachine original, final RecordedEntries entries, final long seed)
    {
        try (LedgerStateMachine again = new LedgerStateMachine(BATCH_COUNT_MAX, 1024, ~seed, entries))
        {
            entries.replayTo(
                new EntryReplay(
                    again,
                    (sequence, recorded, recordedOffset, executed, executedOffset) ->
                        fail("replay differs: sequence=" + sequence)));
            assertEquals(original.nextSequence(), again.nextSequence());
            assertArrayEquals(original.digest(), again.digest());
        }
    }
}
