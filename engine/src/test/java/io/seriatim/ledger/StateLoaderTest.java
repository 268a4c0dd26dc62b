package io.seriatim.ledger;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a loader says of chunks that are not those of one state; {@link StateCopyTest} has those that are. */
class StateLoaderTest
{
    private static final long NEXT_SEQUENCE = 10;
    private static final long LAST_SLOT_NS = 1_000;
    private static final int HEAD_FIELDS = Chunks.HEAD_ROW_LENGTH / Long.BYTES;
    private static final int TOTALS_FIELDS = IndexTotals.LENGTH / Long.BYTES;

    private final StateLoader loader = new StateLoader(8, 8, 7, new RecordedEntries());

    @AfterEach
    void close()
    {
        loader.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "7  | 0  | 0  | not a chunk of a snapshot: length=7",
        "8  | 10 | 0  | not a chunk of a snapshot: length=8, section=10, rows=0",
        "8  | 0  | 0  | not a chunk of a snapshot: length=8, section=0, rows=0",
        "8  | 1  | -1 | not a chunk of a snapshot: length=8, section=1, rows=-1",
        "55 | 1  | 1  | not a chunk of a snapshot: length=55, section=1, rows=1",
        "57 | 1  | 1  | not a chunk of a snapshot: length=57, section=1, rows=1"})
    void shouldRefuseWhatIsNotAChunk(final int length, final int section, final int rowCount, final String message)
    {
        final UnsafeBuffer chunk = new UnsafeBuffer(new byte[64]);
        chunk.putInt(0, section);
        chunk.putInt(Integer.BYTES, rowCount);
        assertRefused(message, () -> loader.onChunk(chunk, 0, length));
        assertRefused(message, () -> new ImageDigest().onChunk(chunk, 0, length));
    }

    @Test
    void shouldRefuseAHeadThatCanNotBe()
    {
        assertRefused("not the head of a snapshot: next sequence=0, last slot=0", () -> load(Chunks.HEAD, head(0, 0)));
        assertRefused(
            "not the head of a snapshot: next sequence=10, last slot=-1", () -> load(Chunks.HEAD, head(10, -1)));
        final long[] twice = new long[2 * HEAD_FIELDS];
        twice[0] = 3;
        twice[HEAD_FIELDS] = 4;
        assertRefused(
            "not the head of a snapshot: next sequence=4, last slot=0", () -> load(Chunks.HEAD, twice));
    }

    @Test
    void shouldRefuseChunksThatComeOutOfOrder()
    {
        final long[] expiry = {LAST_SLOT_NS + 1, 1};
        assertRefused(
            "a chunk of a snapshot comes out of order: section=4, last section=1", () -> load(Chunks.EXPIRY, expiry));
        loadHead();
        load(Chunks.EXPIRY, expiry);
        assertRefused(
            "a chunk of a snapshot comes out of order: section=1, last section=4",
            () -> load(Chunks.HEAD, head(NEXT_SEQUENCE, LAST_SLOT_NS)));
        assertRefused(
            "a chunk of a snapshot comes out of order: section=3, last section=4",
            () -> load(Chunks.LEDGER, ledger(840)));
        load(Chunks.TOTALS, new long[TOTALS_FIELDS]);
        load(Chunks.ID, new long[0]);
    }

    @Test
    void shouldSayWhatIsMissing()
    {
        assertRefused("the snapshot has no head", loader::end);
        loader.expectRuns(1_000);
        loadHead();
        assertRefused("the snapshot has no totals of its index", loader::end);
        load(Chunks.TOTALS, new long[TOTALS_FIELDS]);
        loader.expectRuns(1_000);
        try (LedgerStateMachine loaded = loader.end())
        {
            assertEquals(NEXT_SEQUENCE, loaded.nextSequence());
            assertEquals(0, loaded.accountCount());
        }
    }

    @ParameterizedTest
    @CsvSource({"2, accounts", "3, ledgers", "4, expiries", "5, definitions"})
    void shouldRefuseAnImageThatHoldsFewerRowsThanItsHeadSays(final int field, final String rows)
    {
        final long[] head = head(NEXT_SEQUENCE, LAST_SLOT_NS);
        head[field] = 1;
        load(Chunks.HEAD, head);
        load(Chunks.TOTALS, new long[TOTALS_FIELDS]);
        assertRefused(notWhole(rows, true), loader::end);

        final ImageDigest digest = new ImageDigest();
        final UnsafeBuffer chunk = chunk(Chunks.HEAD, head);
        digest.onChunk(chunk, 0, chunk.capacity());
        assertRefused(
            "the image is not whole: accounts=0 of 0, ledgers=0 of 0, expiries=0 of 0, definitions=0 of 0"
                .replace(rows + "=0 of 0", rows + "=0 of 1"),
            () -> digest.end(IndexTotals.NONE));
    }

    @ParameterizedTest
    @CsvSource({"0, transfers, true", "1, spent ids, true", "5, none, false", "6, none, false"})
    void shouldRefuseAnIndexThatIsNotWhatItsTotalsSay(
        final int field, final String rows, final boolean areSumsRight)
    {
        loadHead();
        final long[] totals = new long[TOTALS_FIELDS];
        totals[field] = 1;
        load(Chunks.TOTALS, totals);
        assertRefused(notWhole(rows, areSumsRight), loader::end);
    }

    @Test
    void shouldRefuseWhatComesTwice()
    {
        loadHead();
        load(Chunks.LEDGER, ledger(840));
        assertRefused("a ledger comes twice: ledger=840", () -> load(Chunks.LEDGER, ledger(840)));
        load(Chunks.EXPIRY, LAST_SLOT_NS + 1, 5);
        assertRefused(
            "a pending transfer expires twice: sequence=5", () -> load(Chunks.EXPIRY, LAST_SLOT_NS + 2, 5));
        final long[] definition = {840L | 2L << 32, 'U', 0};
        load(Chunks.DEFINITION, definition);
        assertRefused("a definition comes twice: ledger=840", () -> load(Chunks.DEFINITION, definition));
    }

    @Test
    void shouldRefuseARowThatIsInNoIndex()
    {
        loadHead();
        for (final long value : new long[]{
            0, -NEXT_SEQUENCE, TransferIndex.valueOf(NEXT_SEQUENCE, PendingState.NONE),
            TransferIndex.valueOf(1, PendingState.EXPIRED) + 1})
        {
            assertRefused("no such row is in an index: value=" + value, () -> load(Chunks.ID, 0, 1, value));
        }
    }

    /** Rows wait until all are there: only then is it seen that one resolves what was never pending. */
    @Test
    void shouldRefuseARowThatResolvesWhatIsNotPending()
    {
        final long posted = TransferIndex.valueOf(5, PendingState.POSTED);
        for (final long before : new long[]{
            TransferIndex.valueOf(5, PendingState.NONE), TransferIndex.valueOf(5, PendingState.VOIDED), -5})
        {
            try (StateLoader other = new StateLoader(8, 8, 7, new RecordedEntries()))
            {
                load(other, Chunks.HEAD, head(NEXT_SEQUENCE, LAST_SLOT_NS));
                load(other, Chunks.ID, 0, 1, before);
                load(other, Chunks.ID, 0, 1, posted);
                load(other, Chunks.TOTALS, new long[TOTALS_FIELDS]);
                final String message = assertThrows(IllegalStateException.class, other::end).getMessage();
                assertTrue(message.startsWith("no such row is in an index: value="), message);
            }
        }
    }

    @Test
    void shouldRefuseARunAsPartOfAnImage()
    {
        final UnsafeBuffer chunk = chunk(Chunks.ID, 0, 1, 8);
        assertRefused(
            "not a section of an image: section=6", () -> new ImageDigest().onChunk(chunk, 0, chunk.capacity()));
    }

    @Test
    void shouldCopyNothingWhileAChainIsOpen()
    {
        try (LedgerStateMachine stateMachine = new LedgerStateMachine(8, 8, 7, new RecordedEntries()))
        {
            stateMachine.startAccounts(LAST_SLOT_NS, 2);
            stateMachine.createAccount(AccountDraft.account(1).linked().command());
            assertRefused("a chain is open: next sequence=2", stateMachine::beginCopy);
            assertRefused("a chain is open: next sequence=2", stateMachine::beginRootCopy);
            stateMachine.createAccount(AccountDraft.account(1).code(0).command());
            assertEquals(0, stateMachine.accountCount());
            assertEquals(3, stateMachine.beginCopy().nextSequence());
        }
    }

    private void loadHead()
    {
        load(Chunks.HEAD, head(NEXT_SEQUENCE, LAST_SLOT_NS));
    }

    private void load(final int section, final long... fields)
    {
        load(loader, section, fields);
    }

    private static void load(final StateLoader loader, final int section, final long... fields)
    {
        final UnsafeBuffer chunk = chunk(section, fields);
        loader.onChunk(chunk, 0, chunk.capacity());
    }

    private static UnsafeBuffer chunk(final int section, final long... fields)
    {
        final int length = fields.length * Long.BYTES;
        final UnsafeBuffer chunk = new UnsafeBuffer(new byte[Chunks.HEADER_LENGTH + length]);
        Chunks.header(chunk, 0, section, length / Chunks.rowLength(section));
        for (int i = 0; i < fields.length; i++)
        {
            chunk.putLong(Chunks.HEADER_LENGTH + i * Long.BYTES, fields[i]);
        }
        return chunk;
    }

    private static long[] head(final long nextSequence, final long lastSlotNs)
    {
        final long[] head = new long[HEAD_FIELDS];
        head[0] = nextSequence;
        head[1] = lastSlotNs;
        return head;
    }

    private static long[] ledger(final int number)
    {
        return new long[]{number, 1, 1, 0};
    }

    private static String notWhole(final String rows, final boolean areSumsRight)
    {
        return (
            "the snapshot is not whole: accounts=0 of 0, ledgers=0 of 0, expiries=0 of 0, definitions=0 of 0, " +
            "transfers=0 of 0, spent ids=0 of 0, sums over the ids are right=" + areSumsRight)
            .replace(rows + "=0 of 0", rows + "=0 of 1");
    }

    private static void assertRefused(final String message, final Executable use)
    {
        assertEquals(message, assertThrows(IllegalStateException.class, use).getMessage());
    }
}
