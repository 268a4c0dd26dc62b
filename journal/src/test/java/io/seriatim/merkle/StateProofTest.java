package io.seriatim.merkle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Rows under state roots, made by hand for a log of two entries: what is believed, and what a log that signs whatever
 * it likes can not pass for one. And which entries a ledger counts.
 */
class StateProofTest
{
    private static final String MAGIC = "seriatim/state-proof@v1\n";
    private static final int AS_OF = 0;
    private static final int INDEX = 1;
    private static final int LEDGER = 840;
    private static final int DEFINITION = 11;
    private static final int TRANSFER = 13;
    private static final int EXTENDED_TRANSFER = 14;
    private static final int EXPIRY = 15;
    private static final int STATE_ROOT = 16;
    private static final int ACCOUNT_ROW = 20;
    private static final int LEDGER_ROW = 21;

    private final NoteSigner log = NoteSigner.generate("example/books", VerifierKey.LOG);
    private final List<VerifierKey> keys = List.of(log.verifierKey());
    private final TreeHasher hasher = new TreeHasher();
    private final byte[] account = longAt(8, AS_OF, message(ACCOUNT_ROW, 184));
    private final byte[] ledger = longAt(8, AS_OF, message(LEDGER_ROW, 136));
    private final byte[] firstEntry = message(10, 24);

    @Test
    void shouldProveTheRowsOfAnAccountAndOfALedger()
    {
        for (final byte[] row : List.of(account, ledger))
        {
            final StateProof proof = StateProof.parse(proof(row, stateRoot(INDEX)).toBytes());
            assertEquals(2, proof.verify(keys).size());
            assertEquals(row == account, proof.row().isOfAccount());
            assertEquals(AS_OF, proof.root().asOfSequence());
            assertEquals(INDEX, proof.root().sequence());
        }
    }

    @Test
    void shouldRefuseAStateRootThatNamesAnotherPlaceThanItHas()
    {
        final StateProof proof = proof(account, stateRoot(INDEX + 1));
        assertRefused(
            "the state root names another place than its index: index=1, sequence=2", () -> proof.verify(keys));
    }

    @Test
    void shouldRefuseARowUnderAnEntryThatIsNoStateRoot()
    {
        final byte[] transfer = longAt(8, INDEX, message(TRANSFER, 160));
        assertRefused(
            "the entry is not a state root: length=160", () -> proof(account, transfer).verify(keys));
        final byte[] longer = longAt(8, INDEX, message(STATE_ROOT, 112));
        assertRefused("the entry is not a state root: length=112", () -> proof(account, longer).verify(keys));
    }

    @Test
    void shouldRefuseARowThatIsNotUnderTheStateRoot()
    {
        final byte[] stateRoot = stateRoot(INDEX);
        final byte[] other = longAt(40, 1, account.clone());
        assertRefused(
            "the row is not under the state root: its path leads to another one: index=0, state root at sequence 1",
            () -> proof(other, stateRoot).verify(keys));
        final byte[] later = longAt(8, AS_OF + 1, account.clone());
        assertRefused(
            "the row is of another moment than the state root: row as of sequence 1, state root as of sequence 0",
            () -> proof(later, stateRoot).verify(keys));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", MAGIC, MAGIC + "row AAAA\nindex 0\n", "seriatim/state-proof@v2\nrow AAAA\nindex 0\n\n"})
    void shouldRefuseAFileThatIsNoStateProof(final String text)
    {
        assertRefused(
            "a state proof begins with the line 'seriatim/state-proof@v1', and has an empty line before its receipt",
            () -> StateProof.parse(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** At 16 an entry has its number in the ledger; at the offset, its ledger. */
    @ParameterizedTest
    @CsvSource({
        "10, 24, 16, 0", "11, 80, 40, 840", "12, 168, 152, 840", "13, 160, 152, 840", "14, 264, 152, 840",
        "14, 264, 252, 840", "15, 112, 104, 840"})
    void shouldCountTheEntriesOfALedgerThatHaveANumberInIt(
        final int kind, final int length, final int ledgerOffset, final int ledgerNumber)
    {
        final byte[] entry = intAt(ledgerOffset, ledgerNumber, message(kind, length));
        assertFalse(LedgerProof.isCounted(entry, ledgerNumber), "it has no number");
        longAt(16, 1, entry);
        assertEquals(ledgerNumber == LEDGER, LedgerProof.isCounted(entry, LEDGER));
        assertFalse(LedgerProof.isCounted(entry, 978), "it is of another ledger");
    }

    @Test
    void shouldCountAPostUnderTheLedgerOfItsPendingTransfer()
    {
        final byte[] post = longAt(16, 1, intAt(152, 978, intAt(252, LEDGER, message(EXTENDED_TRANSFER, 264))));
        assertTrue(LedgerProof.isCounted(post, LEDGER));
        assertFalse(LedgerProof.isCounted(post, 978));
        final byte[] high = longAt(16, 1, intAt(104, -1, message(EXPIRY, 112)));
        assertTrue(LedgerProof.isCounted(high, 0xFFFF_FFFFL), "numbers of ledgers are unsigned");
        assertFalse(LedgerProof.isCounted(message(STATE_ROOT, 104), LEDGER));
    }

    @Test
    void shouldRefuseToCountWhatIsNoEntry()
    {
        assertRefused(
            "an entry of a kind that is not known: template=0", () -> LedgerProof.isCounted(new byte[7], LEDGER));
        assertRefused(
            "an entry of a kind that is not known: template=9",
            () -> LedgerProof.isCounted(message(9, 160), LEDGER));
        assertRefused(
            "the leaf is shorter than its kind: length=43",
            () -> LedgerProof.isCounted(message(DEFINITION, 43), LEDGER));
    }

    /** The log signs what it says. */
    private StateProof proof(final byte[] row, final byte[] entry)
    {
        final byte[] sibling = hasher.leaf(firstEntry);
        final Checkpoint head = new Checkpoint("example/books", 2, hasher.node(sibling, hasher.leaf(entry)));
        return new StateProof(
            new RowProof(row, 0, List.of()),
            new Receipt(entry, INDEX, List.of(sibling), head.signed(List.of(log))));
    }

    /** Over one account and one ledger. */
    private byte[] stateRoot(final long sequence)
    {
        final byte[] entry = longAt(8, sequence, longAt(24, 1, longAt(32, 1, message(STATE_ROOT, 104))));
        System.arraycopy(hasher.leaf(account), 0, entry, 40, TreeHasher.HASH_LENGTH);
        System.arraycopy(hasher.leaf(ledger), 0, entry, 72, TreeHasher.HASH_LENGTH);
        return longAt(16, AS_OF, entry);
    }

    /** All zeros behind its header. */
    private static byte[] message(final int kind, final int length)
    {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).putShort((short)(length - 8))
            .putShort((short)kind).putShort((short)840).array();
    }

    private static byte[] longAt(final int offset, final long value, final byte[] bytes)
    {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value);
        return bytes;
    }

    private static byte[] intAt(final int offset, final int value, final byte[] bytes)
    {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return bytes;
    }

    private static void assertRefused(final String message, final Executable what)
    {
        assertEquals(message, assertThrows(ProofException.class, what).getMessage());
    }
}
