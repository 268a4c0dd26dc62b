package io.seriatim.ledger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * The state machine and the reference ledger, which know nothing of each other, get the same hostile requests and must
 * give the same answers; then the entries are replayed and must lead to the same state again. Seeds are run on all
 * cores, each on one.
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

    private final Map<Status, Integer> seen = new ConcurrentHashMap<>();

    /** What came of one seed, or of many. */
    private record Run(long eventCount, long readBackCount, long expiryCount)
    {
        private Run plus(final Run other)
        {
            return new Run(
                eventCount + other.eventCount, readBackCount + other.readBackCount, expiryCount + other.expiryCount);
        }
    }

    @Test
    void shouldAgreeWithTheReferenceLedgerOnHostileRequests()
    {
        final Run all = LongStream.range(FIRST_SEED, FIRST_SEED + SEED_COUNT).parallel().mapToObj(this::run)
            .reduce(new Run(0, 0, 0), Run::plus);
        System.out.println(
            "lock-step: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", events=" + all.eventCount +
            ", expiries=" + all.expiryCount + ", differences=0, outcomes=" + byName(seen));
        assertTrue(all.eventCount >= (long)SEED_COUNT * EVENTS_PER_SEED);
        assertTrue(all.readBackCount > 0, "no entry was ever read back, so that path was not tested");
        assertTrue(all.expiryCount > 0, "nothing ever expired, so that path was not tested");
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
        try (LockStep lockStep = new LockStep(seed, 8, windowCapacity, seen))
        {
            while (lockStep.stateMachine().nextSequence() < 3_000)
            {
                lockStep.step();
            }
            assertReplays(lockStep.stateMachine(), lockStep.entries(), seed);
        }
    }

    private Run run(final long seed)
    {
        try (LockStep lockStep = new LockStep(seed, BATCH_COUNT_MAX, WINDOW_CAPACITY, seen))
        {
            long compareAt = COMPARE_EVERY;
            while (lockStep.stateMachine().nextSequence() <= EVENTS_PER_SEED)
            {
                lockStep.step();
                if (lockStep.stateMachine().nextSequence() > compareAt)
                {
                    lockStep.assertSameState();
                    compareAt += COMPARE_EVERY;
                }
            }
            lockStep.assertSameState();
            assertReplays(lockStep.stateMachine(), lockStep.entries(), seed);
            return new Run(lockStep.entries().count(), lockStep.entries().readCount(), lockStep.expiryCount());
        }
        catch (final RuntimeException | AssertionError ex)
        {
            throw new AssertionError(
                "seed=" + seed + "; run it alone: scripts/test -pl engine -am -Dtest=LockStepTest " +
                "-Dseriatim.seeds=1 -Dseriatim.seed=" + seed, ex);
        }
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
