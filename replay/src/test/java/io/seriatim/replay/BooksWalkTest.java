package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.JournalSource;
import io.seriatim.journal.Entries;
import io.seriatim.journal.JournalReader;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.SegmentReader;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.Uint128;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books read entry by entry, in lock-step with the state machine that executes each of them again. */
class BooksWalkTest
{
    private static final long FIRST_TRANSFER = 9;
    private static final long LAST_TRANSFER = 38;

    @TempDir
    private Path directory;

    @Test
    void shouldHoldWhatTheStateMachineHoldsAfterEveryKindOfEntry()
    {
        TwoPhaseBooks.write(directory);
        final Set<Movement.Kind> kinds = EnumSet.noneOf(Movement.Kind.class);
        assertEquals(40, walkInLockStep(0, kinds));
        assertEquals(EnumSet.allOf(Movement.Kind.class), kinds);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldHoldWhatTheStateMachineHoldsAfterEveryDrawnEntry(final long seed)
    {
        DrawnBooks.write(directory, 2, seed, 60);
        final Set<Movement.Kind> kinds = EnumSet.noneOf(Movement.Kind.class);
        assertTrue(walkInLockStep(0, kinds) + walkInLockStep(1, kinds) > 500, "seed=" + seed);
    }

    @Test
    void shouldHoldWhatTheStateMachineHoldsWhereMuchIsRefused()
    {
        TestBooks.write(directory, 1, 2);
        final Set<Movement.Kind> kinds = EnumSet.noneOf(Movement.Kind.class);
        assertTrue(walkInLockStep(0, kinds) > 100);
        assertEquals(EnumSet.of(Movement.Kind.TRANSFER), kinds);
    }

    @Test
    void shouldReleaseWhatWasReservedByEntriesThatItPassedOver()
    {
        TwoPhaseBooks.write(directory);
        final Map<Long, Movement> expected = movementsFrom(0);
        for (long from = FIRST_TRANSFER; from <= LAST_TRANSFER; from++)
        {
            final long first = from;
            final Map<Long, Movement> behind = new TreeMap<>(expected);
            behind.keySet().removeIf(sequence -> sequence < first);
            assertEquals(behind, movementsFrom(first), "from=" + from);
        }
    }

    @Test
    void shouldRefuseToMoveWhatIsNotThere()
    {
        TwoPhaseBooks.write(directory);
        for (final long missing : new long[] {3, 4})
        {
            final BooksWalk walk = new BooksWalk((movement, debit, credit) -> { });
            final IllegalStateException ex = assertThrows(IllegalStateException.class, () ->
                new JournalEntries(directory).read(0, 1, (buffer, offset, length) ->
                {
                    if (Entries.sequence(buffer, offset) != missing)
                    {
                        walk.onEntry(buffer, offset);
                    }
                    return true;
                }));
            assertEquals(
                "an entry moves what is not there: sequence=9, debit account=1, credit account=2", ex.getMessage());
        }
    }

    /** What moves from an entry on, by its sequence, if the transfers before it are passed over. */
    private Map<Long, Movement> movementsFrom(final long from)
    {
        final Map<Long, Movement> movements = new TreeMap<>();
        final BooksWalk walk =
            new BooksWalk((movement, debit, credit) -> movements.put(movement.sequence(), movement));
        new JournalEntries(directory).read(0, 1, (buffer, offset, length) ->
        {
            final long sequence = Entries.sequence(buffer, offset);
            if (sequence < FIRST_TRANSFER || sequence >= from)
            {
                walk.onEntry(buffer, offset);
            }
            else
            {
                walk.passOver(buffer, offset);
            }
            return true;
        });
        return movements;
    }

    /** Every account after every entry that is in no chain, or ends one; how many entries there were. */
    private long walkInLockStep(final int shard, final Set<Movement.Kind> kinds)
    {
        final JournalSource journal = JournalDirectories.journalsOf(directory).stream()
            .filter(each -> each.shards().contains(shard)).findFirst().orElseThrow();
        final Manifest manifest = Manifest.read(directory.resolve(journal.name()));
        final BigInteger[] sums = {BigInteger.ZERO, BigInteger.ZERO};
        final BooksWalk walk = new BooksWalk((movement, debit, credit) ->
        {
            kinds.add(movement.kind());
            sums[0] = sums[0].add(movement.pending());
            sums[1] = sums[1].add(movement.posted());
            assertEquals(movement.debitAccountId(), debit.id());
            assertEquals(movement.creditAccountId(), credit.id());
        });
        long count = 0;
        long comparedCount = 0;
        try (JournalReader reader = journal.reader().get();
            SegmentReader entryReader = new SegmentReader(directory.resolve(journal.name()));
            JournalFollower follower = new JournalFollower(reader);
            ShardReplay replay = new ShardReplay(shard, manifest, entryReader, 10, null, Map.of()))
        {
            final long end = journal.committedPosition().getAsLong();
            while (follower.next(end))
            {
                if (follower.shard() == shard)
                {
                    replay.onEntry(follower);
                    walk.onEntry(follower.buffer(), follower.offset());
                    assertEquals(follower.sequence(), walk.sequence());
                    count++;
                    // Within a chain the state machine holds what it may have to take back.
                    if (!replay.stateMachine().isGroupOpen())
                    {
                        compare(replay.stateMachine(), walk);
                        comparedCount++;
                    }
                }
            }
            assertEquals(
                sums[1],
                walk.accounts().stream().map(BookAccount::debitsPosted).reduce(BigInteger.ZERO, BigInteger::add));
            assertEquals(
                sums[0],
                walk.accounts().stream().map(BookAccount::creditsPending).reduce(BigInteger.ZERO, BigInteger::add));
        }
        assertTrue(comparedCount > count / 2, comparedCount + " of " + count);
        return count;
    }

    private static void compare(final LedgerStateMachine stateMachine, final BooksWalk walk)
    {
        assertEquals(stateMachine.accountCount(), walk.accounts().size());
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder expected = new AccountRecordDecoder();
        int slot = 0;
        for (final BookAccount account : walk.accounts())
        {
            stateMachine.readAccount(slot++, row, 0);
            expected.wrap(row, 0);
            assertEquals(new Uint128(expected.idHigh(), expected.idLow()), account.id(), "in the order of creation");
            assertEquals(account, walk.account(account.id()));
            assertEquals(expected.ledger(), Integer.toUnsignedLong(account.ledger()));
            assertEquals(expected.code(), account.code());
            assertEquals(expected.flags(), account.flags());
            assertEquals(expected.timestampNs(), account.timestampNs());
            assertEquals(
                wide(expected.debitsPendingHigh(), expected.debitsPendingLow()), account.debitsPending());
            assertEquals(wide(expected.debitsPostedHigh(), expected.debitsPostedLow()), account.debitsPosted());
            assertEquals(
                wide(expected.creditsPendingHigh(), expected.creditsPendingLow()), account.creditsPending());
            assertEquals(wide(expected.creditsPostedHigh(), expected.creditsPostedLow()), account.creditsPosted());
            assertEquals(account.creditsPosted().subtract(account.debitsPosted()), account.balance());
            assertTrue(account.sequence() <= walk.sequence());
        }
        assertNotNull(walk.definitions());
    }

    private static BigInteger wide(final long high, final long low)
    {
        return new Uint128(high, low).toBigInteger();
    }
}
