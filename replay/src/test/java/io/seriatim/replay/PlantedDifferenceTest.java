package io.seriatim.replay;

import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.GenesisEntryEncoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A difference that no checksum shows is found and named; one that a checksum shows is a damage with its place. */
class PlantedDifferenceTest
{
    private static final int LEDGER_SEQUENCE_OFFSET = 16;
    private static final int TIMESTAMP_OFFSET = 24;
    private static final int BATCH_INDEX_OFFSET = 32;
    private static final int BATCH_COUNT_OFFSET = 34;
    private static final int OUTCOME_OFFSET = 36;
    private static final int CREDIT_ACCOUNT_ID_LOW_OFFSET = 80;
    private static final int DEBIT_ACCOUNT_ID_LOW_OFFSET = 64;
    private static final int DEBITS_POSTED_LOW_OFFSET = 80;
    private static final int AMOUNT_LOW_OFFSET = 96;
    private static final int LEDGER_OFFSET = 152;
    private static final int LOG_UUID_OFFSET = 16;
    private static final int BATCH_COUNT_MAX_OFFSET = 40;
    private static final int AMOUNT_MOVED_LOW_OFFSET = 176;
    private static final int SHARD = 1;

    @TempDir
    private static Path original;
    private static Path books;

    @TempDir
    private Path directory;
    private Path copy;
    private JournalEditor editor;

    @BeforeAll
    static void writeBooks()
    {
        books = original.resolve("books");
        TestBooks.write(books, 3, 20);
    }

    @AfterAll
    static void shouldHaveLeftTheOriginalAsItWas()
    {
        assertTrue(new AuditReplay(books).run().isClean());
    }

    @BeforeEach
    void copyBooks()
    {
        copy = TestBooks.copy(books, directory.resolve("copy"));
        editor = new JournalEditor(copy.resolve("journal-1"));
    }

    @Test
    void shouldNameTheEntryWithAnotherOutcome()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("kind").equals("transfer") && fields.get("outcome").equals("created") &&
            fields.get("batch_index").equals(5));
        editor.edit(SHARD, sequence, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_CREDITS.code()));

        final AuditReport report = audit();
        final Difference first = firstAt(report, sequence);
        assertTrue(first.what().contains("outcome recorded=exceeds_credits executed=created"), first.what());
        assertTrue(first.recorded().contains(" exceeds_credits id="), first.recorded());
        assertTrue(first.executed().contains(" created id="), first.executed());
        assertTrue(first.accounts().matches(
            "debit account \\d+: debits_posted=\\d+ credits_posted=\\d+ debits_pending=\\d+ credits_pending=\\d+; " +
                "credit account \\d+: debits_posted=\\d+ .*"), first.accounts());
        assertTrue(first.toString().endsWith("accounts: " + first.accounts()));
    }

    @Test
    void shouldNameTheEntryWithAnUnknownOutcome()
    {
        editor.edit(SHARD, 40, (buffer, offset) -> buffer.putInt(offset + OUTCOME_OFFSET, 4711));
        final Difference first = firstAt(audit(), 40);
        assertEquals("no outcome has this code: 4711", first.what());
        assertTrue(first.recorded().contains(" unknown_4711 "), first.recorded());
    }

    @Test
    void shouldNameTheEntryWithAnotherNumberInItsLedger()
    {
        editor.edit(SHARD, 33, (buffer, offset) ->
            buffer.putLong(offset + LEDGER_SEQUENCE_OFFSET, buffer.getLong(offset + LEDGER_SEQUENCE_OFFSET) + 1));
        final AuditReport report = audit();
        assertTrue(firstAt(report, 33).what().startsWith("its number in its ledger differs: ledger=978, expected"));
        assertEquals(2, report.differenceCount(), report::toString);
        final Difference second = differences(report).get(1);
        assertTrue(second.what().contains("ledger_sequence recorded="), second.what());
    }

    @Test
    void shouldNameTheEntryWithAnotherTimestampInsideItsBatch()
    {
        final long sequence = sequenceOf(fields -> fields.get("batch_index").equals(3));
        editor.edit(SHARD, sequence, (buffer, offset) ->
            buffer.putLong(offset + TIMESTAMP_OFFSET, buffer.getLong(offset + TIMESTAMP_OFFSET) + 1));
        final AuditReport report = audit();
        assertTrue(firstAt(report, sequence).what().startsWith("it does not continue its batch"));
        final ShardAudit shard = report.shards().get(SHARD);
        assertEquals(sequence, shard.replayedTo(), "what can not be executed is not skipped");
        assertTrue(shard.nextSequence() > sequence + 1, "the rest was read all the same");
        assertFalse(shard.mark().isEqual());
    }

    @Test
    void shouldNameTheEntryWhoseSlotIsNotBehindTheOneBefore()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("batch_count").equals(1) && !fields.get("sequence").equals("1"));
        editor.edit(SHARD, sequence, (buffer, offset) -> buffer.putLong(offset + TIMESTAMP_OFFSET, 77));
        assertTrue(firstAt(audit(), sequence).what().startsWith("its slot is not behind the one before"));
    }

    @Test
    void shouldNameTheEntryWithAnotherBatch()
    {
        editor.edit(SHARD, 30, (buffer, offset) -> buffer.putShort(offset + BATCH_COUNT_OFFSET, (short)0));
        assertTrue(firstAt(audit(), 30).what().startsWith("its place in the batch can not be"));
    }

    @Test
    void shouldNameTheEntryWithAnotherAmountMoved()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("kind").equals("extended_transfer") && fields.get("outcome").equals("created"));
        editor.edit(SHARD, sequence, (buffer, offset) -> buffer.putLong(offset + AMOUNT_MOVED_LOW_OFFSET, 8));
        final AuditReport report = audit();
        assertTrue(firstAt(report, sequence).what().startsWith("its amount moved or its resolved fields"));
        assertTrue(differences(report).get(1).what().contains("amount_moved recorded=8 executed=7"));
        assertTrue(differences(report).get(2).what().startsWith("the entries of a ledger do not add up"));
    }

    @Test
    void shouldNameTheRefusedEntryThatMovesSomething()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("kind").equals("extended_transfer") && !fields.get("outcome").equals("created"));
        editor.edit(SHARD, sequence, (buffer, offset) -> buffer.putLong(offset + AMOUNT_MOVED_LOW_OFFSET, 8));
        assertTrue(firstAt(audit(), sequence).what().startsWith("a transfer was refused and has an amount moved"));
    }

    @Test
    void shouldNameTheChainThatCountsInPart()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("outcome").equals("created") && fields.get("flags").equals("linked"));
        editor.edit(SHARD, sequence, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, TransferOutcome.LINKED_EVENT_FAILED.code()));
        final AuditReport report = audit();
        assertEquals(
            "its chain counts in part: entries " + sequence + " to " + (sequence + 1) + ", created=1 of 2",
            firstAt(report, sequence + 1).what());
        assertEquals(sequence, differences(report).get(1).sequence());
    }

    @Test
    void shouldNameTheAccountThatBeganWithABalance()
    {
        editor.edit(SHARD, 1, (buffer, offset) -> buffer.putLong(offset + DEBITS_POSTED_LOW_OFFSET, 8));
        final AuditReport report = audit();
        assertEquals("an account was created with a balance", firstAt(report, 1).what());
        assertTrue(differences(report).get(1).what().contains(
            "outcome recorded=created executed=debits_posted_must_be_zero"), report::toString);
    }

    @Test
    void shouldNameTheAccountOnTheWrongShard()
    {
        editor.edit(SHARD, 5, (buffer, offset) -> buffer.putInt(offset + LEDGER_OFFSET, 840));
        assertEquals(
            "an account was created on the wrong shard: ledger=840, shard=1, home of the ledger=0",
            firstAt(audit(), 5).what());
    }

    @Test
    void shouldNameTheTransferFromAnAccountToItself()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("kind").equals("transfer") && fields.get("outcome").equals("created"));
        editor.edit(SHARD, sequence, (buffer, offset) ->
            buffer.putLong(
                offset + CREDIT_ACCOUNT_ID_LOW_OFFSET, buffer.getLong(offset + DEBIT_ACCOUNT_ID_LOW_OFFSET)));
        assertEquals("a transfer was created from an account to itself", firstAt(audit(), sequence).what());
    }

    @Test
    void shouldNameTheEntryThatCanNotBeExecuted()
    {
        final long sequence = sequenceOf(fields -> fields.get("kind").equals("transfer"));
        editor.edit(SHARD, sequence, (buffer, offset) -> buffer.putShort(offset + BATCH_INDEX_OFFSET, (short)9));
        final AuditReport report = audit();
        assertTrue(report.shards().get(SHARD).differences().stream().anyMatch(difference ->
            difference.sequence() == sequence &&
            difference.what().startsWith("it can not be re-executed, so nothing behind it was")), report::toString);
        assertEquals(sequence, report.shards().get(SHARD).replayedTo());
    }

    @Test
    void shouldNameTheGenesisOfAnotherLog()
    {
        editor.edit(SHARD, 0, (buffer, offset) -> buffer.putLong(offset + LOG_UUID_OFFSET, 1));
        assertTrue(firstAt(audit(), 0).what().startsWith("the genesis is not that of this place"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldNameTheGenesisOfAnotherShard(final int shard)
    {
        editor.edit(SHARD, 0, (buffer, offset) -> genesis(buffer, offset).shard(shard));
        final Difference first = firstAt(audit(), 0);
        assertTrue(first.what().startsWith(
            "the genesis is not that of this place: expected shard=1 of 3, log="), first.what());
        assertTrue(first.recorded().contains(" shard=" + shard + " "), first.recorded());
    }

    @Test
    void shouldNameTheGenesisOfAnotherShardCountOrPlacement()
    {
        editor.edit(SHARD, 0, (buffer, offset) -> genesis(buffer, offset).shardCount(4));
        assertTrue(firstAt(audit(), 0).what().startsWith("the genesis is not that of this place"));
        editor.edit(SHARD, 0, (buffer, offset) -> genesis(buffer, offset).shardCount(3));
        editor.edit(SHARD, 0, (buffer, offset) ->
        {
            // The ledgers are in their order; the first of them lives on shard 2.
            final int placed = offset + MessageHeaderDecoder.ENCODED_LENGTH + GenesisEntryDecoder.BLOCK_LENGTH + 4;
            assertEquals(203, buffer.getInt(placed));
            buffer.putInt(placed, 204);
        });
        assertTrue(differences(audit()).stream().anyMatch(difference -> difference.what().startsWith(
            "the genesis disagrees with that of another shard: ")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_536, -1})
    void shouldReadOnBehindAGenesisWithABatchThatCanNotBe(final int batchCountMax)
    {
        editor.edit(SHARD, 0, (buffer, offset) -> buffer.putInt(offset + BATCH_COUNT_MAX_OFFSET, batchCountMax));
        final AuditReport report = audit();
        assertEquals("its batch_count_max is not from 1 to 65535", firstAt(report, 0).what());
        assertTrue(report.shards().get(SHARD).nextSequence() > 100);
        assertFalse(report.shards().get(SHARD).mark().isEqual());
    }

    @Test
    void shouldNameTheGenesisThatDisagreesWithThoseOfOtherShards()
    {
        editor.edit(SHARD, 0, (buffer, offset) -> buffer.putInt(offset + BATCH_COUNT_MAX_OFFSET, 61));
        assertTrue(firstAt(audit(), 0).what().startsWith("the genesis disagrees with that of another shard"));
    }

    @Test
    void shouldCountDifferencesBeyondThoseThatItDescribes()
    {
        for (int sequence = 30; sequence < 45; sequence++)
        {
            editor.edit(SHARD, sequence, (buffer, offset) -> buffer.putInt(offset + OUTCOME_OFFSET, 4711));
        }
        final AuditReport report = audit();
        assertEquals(AuditReplay.DIFFERENCE_COUNT_MAX_DEFAULT, differences(report).size());
        assertTrue(report.differenceCount() >= 30, report::toString);
        assertEquals(1, new AuditReplay(copy).differenceCountMax(1).run().shards().get(SHARD).differences().size());
    }

    @Test
    void shouldFindAnotherAmountInACommandAtTheNextMark()
    {
        final long sequence = sequenceOf(fields ->
            fields.get("kind").equals("transfer") && fields.get("outcome").equals("created"));
        editor.edit(SHARD, sequence, (buffer, offset) ->
            buffer.putLong(offset + AMOUNT_LOW_OFFSET, buffer.getLong(offset + AMOUNT_LOW_OFFSET) + 1));
        final AuditReport report = audit();
        final ShardAudit shard = report.shards().get(SHARD);
        assertTrue(
            firstAt(report, shard.lastSequence()).what().startsWith("the state differs from the one at the clean"));
        assertFalse(shard.mark().isEqual());
    }

    @Test
    void shouldFindAnotherDigestInTheMark()
    {
        JournalEditor.editManifest(
            copy.resolve("journal-1"),
            text -> text.replaceFirst("(close\\.shard\\.1=\\d+) [0-9a-f]{8}", "$1 00000000"));
        final AuditReport report = audit();
        assertEquals(1, report.differenceCount());
        assertTrue(differences(report).get(0).what().contains("digest recorded=00000000"), report::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "$1 - $3 $4, true, ''",
        "$1 $2 1 $4, false, accounts recorded=1 executed=",
        "$1 $2 $3 1, false, transfers recorded=1 executed=" })
    void shouldCompareWhatTheMarkSays(final String mark, final boolean isEqual, final String what)
    {
        JournalEditor.editManifest(
            copy.resolve("journal-1"),
            text -> text.replaceFirst("(close\\.shard\\.1=\\d+) ([0-9a-f]{64}) (\\d+) (\\d+)", mark));
        final ShardAudit shard = new AuditReplay(copy).run().shards().get(SHARD);
        assertEquals(isEqual, shard.mark().isEqual());
        assertEquals(isEqual, shard.isClean(), shard::toString);
        assertTrue(isEqual || shard.differences().get(0).what().contains(what), shard::toString);
    }

    @Test
    void shouldCompareTheAccountsOfALedgerWhoseEntriesCreateNone()
    {
        for (int sequence = 1; sequence <= TestBooks.ACCOUNT_COUNT; sequence++)
        {
            editor.edit(SHARD, sequence, (buffer, offset) ->
                buffer.putInt(offset + OUTCOME_OFFSET, AccountOutcome.EXISTS.code()));
        }
        for (final long imported : sequencesOf(fields -> fields.get("kind").equals("account") &&
            fields.get("outcome").equals("created")))
        {
            editor.edit(SHARD, imported, (buffer, offset) ->
                buffer.putInt(offset + OUTCOME_OFFSET, AccountOutcome.EXISTS.code()));
        }
        final ShardAudit shard = new AuditReplay(copy).differenceCountMax(10_000).run().shards().get(SHARD);
        final String ledger =
            "the entries of a ledger do not add up to its accounts: ledger=978, accounts created=0, accounts=12, " +
            "moved=0, debits_posted=";
        assertTrue(shard.differences().stream().anyMatch(difference -> difference.what().startsWith(ledger)));
        final LedgerAudit audit = shard.ledgers().get(0);
        assertEquals(12, audit.accountCount());
        assertEquals(0, audit.lastLedgerSequence());
        assertEquals(0, audit.pendingCount());
        assertTrue(audit.isBalanced());
    }

    @Test
    void shouldReportAFlippedByteAsDamageWithItsPlaceAndKeepWhatIsGood()
    {
        final long end = new AuditReplay(copy).run().journals().get(1).position();
        editor.flip(end / 2);
        final AuditReport report = new AuditReplay(copy).run();
        assertTrue(report.isDamaged());
        assertFalse(report.isClean());
        final JournalAudit journal = report.journals().get(1);
        assertTrue(journal.report().contains("is refused"), journal.report());
        assertTrue(journal.report().matches("(?s).*stopped at position=\\d+: .*file=.*0-.*\\.rec.*"), journal.report());
        final ShardAudit shard = report.shards().get(SHARD);
        assertTrue(shard.nextSequence() > 10, "entries before the damage are read");
        assertNull(shard.mark());
        assertEquals(0, report.differenceCount());
    }

    @Test
    void shouldRefuseADamagedManifest()
    {
        final Path file = copy.resolve("journal-1");
        JournalEditor.editManifest(file, text -> text.replace("mtu=2048", "mtu=0"));
        assertThrows(JournalException.class, () -> new AuditReplay(copy));
    }

    private AuditReport audit()
    {
        final AuditReport report = new AuditReplay(copy).run();
        assertFalse(report.isDamaged(), report::toString);
        assertFalse(report.isClean());
        assertTrue(report.shards().get(0).isClean() && report.shards().get(2).isClean(), report::toString);
        return report;
    }

    private static List<Difference> differences(final AuditReport report)
    {
        return report.shards().get(SHARD).differences();
    }

    private static Difference firstAt(final AuditReport report, final long sequence)
    {
        final Difference first = differences(report).get(0);
        assertEquals(sequence, first.sequence(), report::toString);
        assertEquals(SHARD, first.shard());
        return first;
    }

    private static GenesisEntryEncoder genesis(final UnsafeBuffer buffer, final int offset)
    {
        return new GenesisEntryEncoder().wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH);
    }

    private long sequenceOf(final Predicate<Map<String, Object>> predicate)
    {
        return sequencesOf(predicate).get(0);
    }

    private List<Long> sequencesOf(final Predicate<Map<String, Object>> predicate)
    {
        final List<Long> found = new ArrayList<>();
        assertEquals(1, Manifest.read(copy.resolve("journal-1")).shards().size());
        new JournalEntries(copy).read(SHARD, 1, (final DirectBuffer buffer, final int offset, final int length) ->
        {
            if (predicate.test(EntryText.fields(buffer, offset)))
            {
                found.add(buffer.getLong(offset + 8));
            }
            return true;
        });
        return found;
    }
}
