package io.seriatim.verifier;

import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.NoteSignature;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.RowProof;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The verifier against what makes proofs: it believes all of that, and nothing that was changed by a bit.
 */
class VerifierTest
{
    private static final int SIZE = 70;
    private static final String ORIGIN = "example/books/0";

    @TempDir
    private Path directory;

    private final NoteSigner log = NoteSigner.generate(ORIGIN, VerifierKey.LOG);
    private final NoteSigner witness = NoteSigner.generate("witness.example", VerifierKey.WITNESS);
    private final Map<String, byte[]> subtrees = new HashMap<>();
    private final List<byte[]> roots = new ArrayList<>();
    private final ProofBuilder proofs = new ProofBuilder((level, index) -> subtrees.get(level + "/" + index));

    VerifierTest()
    {
        final MerkleFrontier frontier = new MerkleFrontier((level, index, hashes, offset) ->
        {
            final byte[] hash = new byte[32];
            System.arraycopy(hashes, offset, hash, 0, hash.length);
            subtrees.put(level + "/" + index, hash);
        });
        roots.add(frontier.root());
        for (int i = 0; i < SIZE; i++)
        {
            final byte[] entry = entry(i);
            frontier.append(entry, 0, entry.length);
            roots.add(frontier.root());
        }
    }

    @Test
    void shouldBelieveEveryPathAndNoOther() throws Exception
    {
        for (int size = 1; size <= SIZE; size++)
        {
            for (int index = 0; index < size; index++)
            {
                final List<byte[]> path = proofs.inclusion(index, size).hashes();
                final byte[] leaf = Tree.leaf(entry(index));
                assertArrayEquals(roots.get(size), Tree.rootOver(leaf, index, size, path));
                final List<byte[]> longer = new ArrayList<>(path);
                longer.add(new byte[32]);
                final int at = index;
                final int of = size;
                assertThrows(RefusedException.class, () -> Tree.rootOver(leaf, at, of, longer));
                if (!path.isEmpty())
                {
                    assertThrows(
                        RefusedException.class, () -> Tree.rootOver(leaf, at, of, path.subList(1, path.size())));
                }
            }
        }
        assertThrows(RefusedException.class, () -> Tree.rootOver(new byte[32], 1, 1, List.of()));
        assertThrows(RefusedException.class, () -> Tree.rootOver(new byte[32], -1, 1, List.of()));
    }

    @Test
    void shouldBelieveEveryGrowth() throws Exception
    {
        for (int newer = 1; newer <= SIZE; newer++)
        {
            for (int older = 1; older <= newer; older++)
            {
                final List<byte[]> proof = proofs.consistency(older, newer).hashes();
                final Tree.Roots grown = Tree.grow(roots.get(older), older, newer, proof);
                assertArrayEquals(roots.get(older), grown.older());
                assertArrayEquals(roots.get(newer), grown.newer());
            }
        }
        assertThrows(RefusedException.class, () -> Tree.grow(new byte[32], 0, 1, List.of()));
        assertThrows(RefusedException.class, () -> Tree.grow(new byte[32], 2, 1, List.of()));
    }

    @Test
    void shouldPrintWhatAReceiptProves() throws IOException
    {
        final Path receipt = file("receipt", receipt().toBytes());
        final String said = run(0, "receipt", receipt, log.verifierKey());
        assertEquals(
            "sequence: 5\nkind: transfer\ntime: 2023-11-14T22:13:20.000000007Z\noutcome: created\nid: 1001\n" +
            "debit account: 1\ncredit account: 340282366920938463463374607431768211455\namount: 250\n" +
            "pending transfer: 0\nledger: 840\ncode: 7\nflags: 2\nPROVEN: entry 5 of origin " + ORIGIN + ", size 70, " +
            "signed by [" + log.verifierKey() + "]\n", said);
        final Path keys = file("keys", ("# trusted\n\n" + log.verifierKey() + "\n").getBytes(StandardCharsets.UTF_8));
        run(0, "receipt", receipt, keys);
        run(0, "receipt", receipt, log.verifierKey(), witness.verifierKey());
        final NoteSigner other = NoteSigner.generate("other.example", VerifierKey.WITNESS);
        assertTrue(run(1, "receipt", receipt, log.verifierKey(), other.verifierKey()).contains("not signed by other"));
        assertTrue(run(1, "receipt", receipt, witness.verifierKey()).contains("no log that is trusted has signed"));
    }

    @Test
    void shouldRefuseAReceiptOfWhichAnyBitIsFlipped() throws Exception
    {
        final List<Key> keys = List.of(new Key(log.verifierKey().toString()));
        final byte[] whole = new Receipt(
            transfer(), 5, proofs.inclusion(5, SIZE).hashes(), checkpoint(SIZE, false)).toBytes();
        Proofs.receipt(whole, keys);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++)
        {
            final byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            final int place = bit;
            assertThrows(RefusedException.class, () -> Proofs.receipt(flipped, keys), () -> "bit " + place);
        }
    }

    @Test
    void shouldRefuseAProofOfConsistencyOfWhichAnyBitIsFlipped() throws Exception
    {
        final List<Key> keys = List.of(new Key(log.verifierKey().toString()));
        final Checkpoint older = Checkpoint.of(checkpoint(12, false).toString(), keys);
        final byte[] whole = new CheckpointRequest(
            12, proofs.consistency(12, SIZE).hashes(), checkpoint(SIZE, false)).toBytes();
        assertEquals(SIZE, Proofs.consistency(whole, older, keys).size());
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++)
        {
            final byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            final int place = bit;
            assertThrows(RefusedException.class, () -> Proofs.consistency(flipped, older, keys), () -> "bit " + place);
        }
    }

    @Test
    void shouldCheckCheckpointsAndConsistencyFromFiles() throws IOException
    {
        final Path older = file("older", checkpoint(12, true).toBytes());
        final Path newer = file("newer", checkpoint(SIZE, true).toBytes());
        final Path proof = file("proof", new CheckpointRequest(
            12, proofs.consistency(12, SIZE).hashes(), checkpoint(SIZE, true)).toBytes());
        assertTrue(run(0, "checkpoint", newer, log.verifierKey()).startsWith("PROVEN: origin " + ORIGIN + ", size 70"));
        assertTrue(run(0, "consistency", proof, older, log.verifierKey())
            .startsWith("PROVEN: only appended to from size 12 on, origin"));
        assertTrue(run(1, "consistency", proof, newer, log.verifierKey()).contains("does not begin at the old"));
        assertTrue(run(1, "consistency", newer, older, log.verifierKey()).contains("not a proof of consistency"));
        assertTrue(run(1, "receipt", newer, log.verifierKey()).contains("not a receipt"));
        final Path other = file("other", new io.seriatim.merkle.Checkpoint(ORIGIN, 12, roots.get(11))
            .signed(List.of(log)).toBytes());
        assertTrue(run(1, "consistency", proof, other, log.verifierKey()).contains("history was changed"));
        assertTrue(run(2, "checkpoint", directory.resolve("none"), log.verifierKey()).contains("can not be read"));
        assertTrue(run(2).startsWith("usage:"));
        assertTrue(run(2, "everything", newer, log.verifierKey()).startsWith("usage:"));
        assertTrue(run(2, "consistency", newer, log.verifierKey()).startsWith("usage:"));
        assertTrue(run(1, "checkpoint", newer, "a+b").contains("a key is written name+id+base64"));
        assertTrue(run(1, "checkpoint", newer, log.verifierKey().toString().replace("books/0+", "books/1+"))
            .contains("the id of the key does not belong to it"));
    }

    @Test
    void shouldSayWhatIsWrongWithACheckpoint()
    {
        final String whole = checkpoint(SIZE, false).toString();
        assertRefused("three lines, an empty one", whole.replace("\n\n", "\n"));
        assertRefused("three lines, an empty one", whole.substring(0, whole.length() - 1));
        assertRefused("not a signature", whole + "more\n");
        assertRefused("is wrong", whole.replace(ORIGIN + "\n70", ORIGIN + "\n71"));
        final String text = ORIGIN + "\n70\n" + "AAAA\nextension\n";
        assertRefused("has three lines: found 4", new SignedNote(text, List.of(log.sign(text, 0))).toString());
        final String foreign = new io.seriatim.merkle.Checkpoint("example/x", SIZE, roots.get(SIZE))
            .signed(List.of(log)).toString();
        assertRefused("the checkpoint is of example/x", foreign);
        assertThrows(RefusedException.class, () -> Lines.text(new byte[(1 << 18) + 1]));
        assertThrows(RefusedException.class, () -> Lines.text(new byte[]{(byte)0xff}));
        assertThrows(RefusedException.class, () -> Lines.text(new byte[]{7}));
        assertThrows(RefusedException.class, () -> Lines.number("9223372036854775808"));
        assertThrows(RefusedException.class, () -> Lines.hash("AAAA"));
    }

    @Test
    void shouldPrintEveryKindOfEntry() throws Exception
    {
        for (int kind = 10; kind <= 16; kind++)
        {
            final byte[] entry = transfer(kind, 264);
            assertTrue(EntryPrinter.print(entry).startsWith("sequence: 5\nkind: "), "kind " + kind);
        }
        assertTrue(EntryPrinter.print(transfer(14, 264)).contains("amount moved: 0\n"));
        final byte[] refused = transfer();
        ByteBuffer.wrap(refused).order(ByteOrder.LITTLE_ENDIAN).putInt(36, 54);
        assertTrue(EntryPrinter.print(refused).contains("outcome: refused, code 54\n"));
        assertThrows(RefusedException.class, () -> EntryPrinter.print(transfer(9, 264)));
        assertThrows(RefusedException.class, () -> EntryPrinter.print(transfer(13, 100)));
        assertThrows(RefusedException.class, () -> EntryPrinter.print(new byte[20]));
        assertThrows(RefusedException.class, () -> EntryPrinter.print(new byte[0]));
    }

    @Test
    void shouldRefuseAnEntryThatNamesAnotherPlace() throws IOException
    {
        // Entry 6 of this tree says that it is entry 5.
        final Path receipt = file("moved", new Receipt(
            transfer(), 6, proofs.inclusion(6, SIZE).hashes(), checkpoint(SIZE, false)).toBytes());
        assertTrue(run(1, "receipt", receipt, log.verifierKey()).contains("its place is 5, not 6"));
    }

    @Test
    void shouldRefuseTheRowOfAnAccountUnderWhatIsNoStateRoot() throws IOException
    {
        final byte[] row = Arrays.copyOf(transfer(20, 184), 184);
        final String head = "seriatim/state-proof@v1\n" + new RowProof(row, 0, List.of());
        final Path proof = file("state", (head + "\n" + receipt()).getBytes(StandardCharsets.UTF_8));
        assertTrue(run(1, "state", proof, log.verifierKey()).contains("the entry is no state root"));
        final Path noReceipt = file("head", head.getBytes(StandardCharsets.UTF_8));
        assertTrue(run(1, "state", noReceipt, log.verifierKey()).contains("not a proof of an account or a ledger"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nextra AAAA\n\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 5\n", "c2sp.org/tlog-proof@v1\nindex 5\nextra AAAA\n\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nplace 5\n\n", "c2sp.org/tlog-proof@v2\nextra AAAA\nindex 5\n\n"})
    void shouldRefuseAReceiptWithoutItsEntryOrItsPlace(final String text) throws IOException
    {
        final Path receipt = file("receipt", text.getBytes(StandardCharsets.UTF_8));
        assertEquals(
            "NOT PROVEN: not a receipt with an entry in it\n", run(1, "receipt", receipt, log.verifierKey()));
    }

    @Test
    void shouldRefuseToGoOnFromTheCheckpointOfAnotherLog() throws IOException
    {
        final NoteSigner otherLog = NoteSigner.generate("example/books/1", VerifierKey.LOG);
        final Path other = file("other", new io.seriatim.merkle.Checkpoint("example/books/1", 12, roots.get(12))
            .signed(List.of(otherLog)).toBytes());
        final Path proof = file("proof", new CheckpointRequest(
            12, proofs.consistency(12, SIZE).hashes(), checkpoint(SIZE, false)).toBytes());
        assertTrue(run(1, "consistency", proof, other, log.verifierKey(), otherLog.verifierKey())
            .contains("the proof does not begin at the old checkpoint, origin example/books/1, size 12"));
    }

    @Test
    void shouldRefuseKeysOfOtherKindsAndLengths()
    {
        for (final byte[] encoded : List.of(new byte[32], new byte[34], new byte[33]))
        {
            final String key = "name+00000000+" + Base64.getEncoder().encodeToString(encoded);
            final RefusedException ex = assertThrows(RefusedException.class, () -> new Key(key));
            assertEquals("not a key of type 1 or 4 with 32 bytes: '" + key + "'", ex.getMessage());
        }
    }

    @Test
    void shouldNotCountASignatureThatIsTooShortToNameItsKey()
    {
        final String whole = checkpoint(SIZE, false).toString();
        final String signature = whole.substring(whole.lastIndexOf(' ') + 1, whole.length() - 1);
        assertRefused("no log that is trusted has signed", whole.replace(signature, "AAAAAA=="));
    }

    private Receipt receipt()
    {
        return new Receipt(transfer(), 5, proofs.inclusion(5, SIZE).hashes(), checkpoint(SIZE, true));
    }

    private SignedNote checkpoint(final int size, final boolean isWitnessed)
    {
        final SignedNote note = new io.seriatim.merkle.Checkpoint(ORIGIN, size, roots.get(size)).signed(List.of(log));
        final List<NoteSignature> more = isWitnessed ? List.of(witness.sign(note.text(), 1_700_000_000L)) : List.of();
        return note.with(more);
    }

    private static byte[] entry(final int index)
    {
        return index == 5 || index == 6 ? transfer() : HexFormat.of().parseHex(String.format("%08x", index));
    }

    private static byte[] transfer()
    {
        return transfer(13, 160);
    }

    private static byte[] transfer(final int kind, final int length)
    {
        final ByteBuffer entry = ByteBuffer.allocate(264).order(ByteOrder.LITTLE_ENDIAN);
        entry.putShort(0, (short)(length - 8)).putShort(2, (short)kind).putShort(4, (short)840);
        entry.putLong(8, 5).putLong(16, 5).putLong(24, 1_700_000_000_000_000_007L);
        entry.putShort(34, (short)1).putInt(36, -1);
        entry.putLong(48, 1001).putLong(64, 1).putLong(72, -1).putLong(80, -1).putLong(96, 250);
        entry.putInt(152, 840).putShort(156, (short)7).putShort(158, (short)2);
        return Arrays.copyOf(entry.array(), length);
    }

    private Path file(final String name, final byte[] content) throws IOException
    {
        return Files.write(directory.resolve(name), content);
    }

    private void assertRefused(final String reason, final String checkpoint)
    {
        final RefusedException ex = assertThrows(
            RefusedException.class,
            () -> Checkpoint.of(checkpoint, List.of(new Key(log.verifierKey().toString()))));
        assertTrue(ex.getMessage().contains(reason), ex.getMessage());
    }

    private static String run(final int exitCode, final Object... args)
    {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        final String[] texts = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
        assertEquals(exitCode, VerifierMain.run(stream, stream, texts), bytes::toString);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
