package io.seriatim.replay;

import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A difference in an entry that reserves, releases, balances, imports or defines is found and named. What the entries
 * are is said in {@link TwoPhaseBooks#write}.
 */
class PlantedTwoPhaseTest
{
    private static final int CREATED = TransferOutcome.CREATED.code();

    /** Offsets, see docs/FORMAT.md. */
    private static final Map<String, Integer> OFFSETS = Map.ofEntries(
        Map.entry("ledgerSequence", 16),
        Map.entry("batchIndex", 32),
        Map.entry("outcome", 36),
        Map.entry("pendingIdLow", 112),
        Map.entry("timeout", 148),
        Map.entry("flags", 158),
        Map.entry("givenTimestampNs", 160),
        Map.entry("amountMovedLow", 176),
        Map.entry("pendingSequence", 184),
        Map.entry("resolvedUserData64", 240),
        Map.entry("resolvedLedger", 252),
        Map.entry("reopened", 258),
        Map.entry("reserved32", 260),
        Map.entry("expiry.pendingSequence", 48),
        Map.entry("expiry.amountLow", 96),
        Map.entry("expiry.reopened", 110),
        Map.entry("definition.scale", 44),
        Map.entry("definition.placement", 46),
        Map.entry("definition.assetCode", 48));
    private static final List<String> OF_64_BITS = List.of(
        "ledgerSequence", "pendingIdLow", "givenTimestampNs", "amountMovedLow", "pendingSequence",
        "resolvedUserData64", "expiry.pendingSequence", "expiry.amountLow");
    private static final List<String> OF_16_BITS = List.of(
        "batchIndex", "flags", "reopened", "expiry.reopened", "definition.scale", "definition.placement");

    @TempDir
    private static Path original;

    @TempDir
    private Path directory;
    private Path copy;
    private JournalEditor editor;

    @BeforeAll
    static void writeBooks()
    {
        TwoPhaseBooks.write(original.resolve("books"));
    }

    @BeforeEach
    void copyBooks()
    {
        copy = TestBooks.copy(original.resolve("books"), directory.resolve("copy"));
        editor = new JournalEditor(copy.resolve("journal-0"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // Definitions.
        "1 | definition.scale | 39 | no such definition is taken: the scale of a ledger must be from 0 to 38",
        "1 | definition.assetCode | 7 | no such definition is taken: the asset code must have 1 to 16",
        "1 | definition.placement | 1 | reserved fields of a definition are not 0",
        "1 | outcome | 5 | a definition is never refused: outcome=5",
        "39 | ledgerSequence | 36 | its number in its ledger differs: ledger=840, expected ledger_sequence=35",
        // Accounts.
        "3 | givenTimestampNs | 1 | an account was created out of time: given_timestamp_ns=1, greatest before=0",
        // What is asked for and what is moved.
        "25 | amountMovedLow | 1001 | its amount moved or its resolved fields are not those of its command",
        "36 | amountMovedLow | 5 | its amount moved or its resolved fields are not those of its command",
        "36 | reopened | 1 | its amount moved or its resolved fields are not those of its command",
        "36 | pendingSequence | 9 | its amount moved or its resolved fields are not those of its command",
        "36 | givenTimestampNs | 9 | an imported transfer was created out of time: given_timestamp_ns=9",
        "36 | flags | 0 | a transfer was created with a timestamp of its own, and is not imported",
        "37 | timeout | 9 | an imported transfer was created with a timeout",
        "31 | flags | 16 | its flags take an extended entry, and it is an ordinary one",
        "31 | flags | 512 | a transfer was created with flags that do not exist",
        "31 | pendingIdLow | 5 | a transfer was created with a pending_id, and neither posts nor voids",
        "31 | timeout | 5 | a transfer was created with a timeout or to close an account, and is not pending",
        "31 | flags | 64 | a transfer was created with a timeout or to close an account, and is not pending",
        // Posts and voids.
        "14 | amountMovedLow | 16 | its amount moved is not what it was to post: pending_sequence=13",
        "15 | amountMovedLow | 19 | its amount moved is not what it was to post: pending_sequence=10",
        "24 | amountMovedLow | 9 | its amount moved is not what it was to void: pending_sequence=9",
        "14 | pendingSequence | 3 | it resolves what is no open pending transfer: pending_sequence=3",
        "15 | pendingSequence | 15 | it resolves what is no open pending transfer: pending_sequence=15",
        "14 | reopened | 1 | its command or its resolved fields are not those of the pending transfer",
        "34 | reopened | 0 | its command or its resolved fields are not those of the pending transfer",
        "24 | resolvedUserData64 | 2 | its command or its resolved fields are not those of the pending transfer",
        "24 | pendingIdLow | 101 | its command or its resolved fields are not those of the pending transfer",
        "14 | timeout | 5 | a post or void was created with flags or a timeout that exclude it",
        "14 | flags | 6 | a post or void was created with flags or a timeout that exclude it",
        "34 | flags | 4 | it posts a pending transfer that has closed an account: pending_sequence=32",
        // Posts and voids that were refused.
        "16 | amountMovedLow | 1 | a transfer was refused and has an amount moved or resolved fields",
        "16 | reserved32 | 1 | a transfer was refused and has an amount moved or resolved fields",
        "16 | pendingSequence | 0 | a refused transfer names the pending transfer and its ledger if, and only if",
        "17 | pendingSequence | 10 | a refused transfer names the pending transfer and its ledger if, and only if",
        "20 | pendingSequence | 10 | a refused transfer names the pending transfer and its ledger if, and only if",
        "16 | pendingSequence | 16 | the pending transfer that it names can not be that: pending_sequence=16",
        "18 | pendingSequence | 12 | the pending transfer that it names can not be that: pending_sequence=12",
        "18 | resolvedLedger | 978 | the pending transfer that it names can not be that: pending_sequence=11",
        "18 | outcome | 35 | it was refused because a pending transfer had expired whose time was not over",
        "16 | ledgerSequence | 0 | its number in its ledger differs: ledger=840, expected ledger_sequence=14",
        "20 | ledgerSequence | 18 | its number in its ledger differs: ledger=0, expected ledger_sequence=0",
        // Expiries.
        "28 | expiry.pendingSequence | 3 | it releases what is no open pending transfer: pending_sequence=3",
        "29 | expiry.pendingSequence | 12 | it releases what is no open pending transfer: pending_sequence=12",
        "29 | expiry.amountLow | 29 | it does not say of the pending transfer what that one's entry says",
        "28 | expiry.reopened | 1 | it does not say of the pending transfer what that one's entry says",
        "28 | ledgerSequence | 23 | its number in its ledger differs: ledger=840, expected ledger_sequence=24",
        "30 | batchIndex | 1 | it does not continue its batch: batch_index=1, batch_count=3" })
    void shouldNameTheEntry(final long sequence, final String field, final long value, final String what)
    {
        put(sequence, field, value);
        final List<Difference> differences = audit();
        assertEquals(sequence, differences.get(0).sequence(), differences::toString);
        assertTrue(differences.get(0).what().startsWith(what), differences::toString);
    }

    @Test
    void shouldNameTheSecondVoidOfAPendingTransfer()
    {
        put(16, "outcome", CREATED);
        assertEquals("it resolves what is no open pending transfer: pending_sequence=10", audit().get(0).what());
    }

    @Test
    void shouldNameTheExtendedEntryThatNeedNotBeOne()
    {
        put(36, "flags", 0);
        put(36, "givenTimestampNs", 0);
        assertEquals("nothing in its command takes an extended entry, and it is one", audit().get(0).what());
    }

    @Test
    void shouldNameTheExpiryBeforeItsTime()
    {
        put(12, "timeout", 11);
        assertStartsWith(
            28, "it releases a pending transfer before its time: pending_sequence=12, expiry_ns=11000000015",
            audit().get(0));
    }

    @Test
    void shouldNameTheExpiryOutOfItsTurn()
    {
        put(11, "timeout", 3);
        assertStartsWith(
            28, "another pending transfer expires before the one that it releases: pending_sequence=11",
            audit().get(0));
    }

    @Test
    void shouldNameTheRequestThatWasTakenBeforeWhatWasDue()
    {
        put(27, "timeout", 10);
        put(27, "flags", TransferFlags.BALANCING_CREDIT | TransferFlags.PENDING);
        assertStartsWith(
            30, "its request was taken before a pending transfer that was due had been released: " +
            "pending_sequence=27, expiry_ns=10000000034, timestamp_ns=10000000038",
            audit().get(0));
    }

    @Test
    void shouldNameTheExpiryInsideAChain()
    {
        for (int sequence = 25; sequence <= 27; sequence++)
        {
            editor.edit(0, sequence, (buffer, offset) -> buffer.putShort(offset + 34, (short)4));
        }
        put(27, "flags", TransferFlags.LINKED | TransferFlags.BALANCING_CREDIT | TransferFlags.PENDING);
        assertStartsWith(28, "it stands inside the chain that begins at 27", audit().get(0));
    }

    @Test
    void shouldCompareWhatIsPendingWithTheState()
    {
        put(37, "amountMovedLow", 8);
        final List<Difference> differences = audit();
        assertTrue(differences.get(1).what().contains("amount_moved recorded=8 executed=7"), differences::toString);
        assertStartsWith(
            39, "what the entries of a ledger reserve and release does not add up to its accounts: ledger=840, " +
            "reserved=116, released by posts=60, by voids=10, by expiries=30, so pending=16, debits_pending=15",
            differences.get(2));
    }

    @Test
    void shouldCompareThePendingTransfersWithTheState()
    {
        put(29, "expiry.pendingSequence", 3);
        final List<Difference> differences = audit();
        assertTrue(differences.stream().anyMatch(difference -> difference.what().equals(
            "a pending transfer is open by the entries and not in the state: pending_sequence=11, state=EXPIRED")),
            differences::toString);
        assertTrue(differences.stream().anyMatch(difference -> difference.what().startsWith(
            "what expires next differs: expiry_ns by the entries=5000000014, in the state=1010000000050")),
            differences::toString);
    }

    private void put(final long sequence, final String field, final long value)
    {
        editor.edit(0, sequence, (buffer, offset) ->
        {
            final int index = offset + OFFSETS.get(field);
            if (OF_64_BITS.contains(field))
            {
                buffer.putLong(index, value);
            }
            else if (OF_16_BITS.contains(field))
            {
                buffer.putShort(index, (short)value);
            }
            else
            {
                buffer.putInt(index, (int)value);
            }
        });
    }

    private List<Difference> audit()
    {
        final AuditReport report = new AuditReplay(copy).run();
        assertFalse(report.isDamaged(), report::toString);
        assertFalse(report.isClean());
        return report.shards().get(0).differences();
    }

    private static void assertStartsWith(final long sequence, final String what, final Difference difference)
    {
        assertEquals(sequence, difference.sequence(), difference::toString);
        assertTrue(difference.what().startsWith(what), difference::toString);
    }
}
