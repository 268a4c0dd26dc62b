package io.seriatim.merkle;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Checkpoints, receipts and requests to a witness: what they prove, and that nothing else passes for one.
 */
class ReceiptTest
{
    private static final int SIZE = 11;
    private static final int INDEX = 6;

    private final NoteSigner signer = NoteSigner.generate("example/books", VerifierKey.LOG);
    private final List<VerifierKey> keys = List.of(signer.verifierKey());
    private final TreeOfTiles tree = new TreeOfTiles().append(SIZE);

    @Test
    void shouldProveAnEntry()
    {
        final Receipt receipt = Receipt.parse(receipt().toBytes());
        final Checkpoint checkpoint = receipt.verify(keys);
        assertEquals("example/books", checkpoint.origin());
        assertEquals(SIZE, checkpoint.size());
        assertArrayEquals(tree.frontier().root(), checkpoint.root());
        assertArrayEquals(NaiveTree.entry(INDEX), receipt.entry());
        assertEquals(INDEX, receipt.index());
        assertEquals(receipt().toString(), receipt.toString());
    }

    @Test
    void shouldRefuseAReceiptOfWhichAnyBitIsFlipped()
    {
        final byte[] whole = receipt().toBytes();
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++)
        {
            final byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            final int place = bit;
            assertThrows(
                ProofException.class, () -> Receipt.parse(flipped).verify(keys),
                () -> "bit " + place + ":\n" + new String(flipped, StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldRefuseAReceiptThatIsCutAnywhereOrLonger()
    {
        final byte[] whole = receipt().toBytes();
        for (int length = 0; length < whole.length; length++)
        {
            final byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(ProofException.class, () -> Receipt.parse(cut).verify(keys));
        }
        final byte[] longer = (receipt() + "\n").getBytes(StandardCharsets.UTF_8);
        assertThrows(ProofException.class, () -> Receipt.parse(longer).verify(keys));
        final byte[] huge = new byte[Receipt.LENGTH_MAX + 1];
        assertEquals(
            "a receipt has at most 262144 bytes; these are 262145",
            assertThrows(ProofException.class, () -> Receipt.parse(huge)).getMessage());
    }

    @Test
    void shouldProveALeafToWhomHoldsTheEntry()
    {
        final Receipt whole = receipt();
        final Receipt bare = Receipt.parse(
            new Receipt(new byte[0], INDEX, whole.hashes(), whole.checkpoint()).toBytes());
        final byte[] leaf = new TreeHasher().leaf(NaiveTree.entry(INDEX));
        assertEquals(SIZE, bare.verify(leaf, keys).size());
        assertRefused("does not hold its entry", () -> bare.verify(keys));
        assertRefused(
            "leads to another root", () -> bare.verify(new TreeHasher().leaf(NaiveTree.entry(INDEX + 1)), keys));
    }

    @Test
    void shouldSayWhatIsWrongWithAReceipt()
    {
        final String text = receipt().toString();
        assertRefused("begins with the line", () -> parse(text.substring(1)));
        assertRefused("begins with the line", () -> parse("c2sp.org/tlog-proof@v1\nindex 1\n"));
        assertRefused("a line 'index'", () -> parse(text.replace("index 6", "Index 6")));
        assertRefused("a line 'index'", () -> parse("c2sp.org/tlog-proof@v1\n\n"));
        assertRefused("a line 'index'", () -> parse("c2sp.org/tlog-proof@v1\nextra AAAA\n\n"));
        assertRefused("without leading zeros: '06'", () -> parse(text.replace("index 6", "index 06")));
        assertRefused("'9223372036854775808'", () -> parse(text.replace("index 6", "index 9223372036854775808")));
        assertRefused("not in the tree", () -> parse(text.replace("index 6", "index 11")).verify(keys));
        assertRefused("the extra line is not base64", () -> parse(text.replace("extra ", "extra !")));
        assertRefused(
            "is left out if there is nothing", () -> parse(text.replaceFirst("extra .*\n", "extra \n")));
        assertRefused("hash 0 of the path has 32 bytes", () -> parse(text.replace("index 6\n", "index 6\nAAAA\n")));
        final Receipt receipt = receipt();
        final byte[] hash = receipt.hashes().get(0);
        assertEquals(
            63, Receipt.parse(new Receipt(
                receipt.entry(), INDEX, Collections.nCopies(63, hash), receipt.checkpoint()).toBytes())
            .hashes().size());
        assertRefused("at most 63 hashes", () -> Receipt.parse(new Receipt(
            receipt.entry(), INDEX, Collections.nCopies(64, hash), receipt.checkpoint()).toBytes()));
        assertRefused("the proof is too long", () -> new Receipt(
            receipt.entry(), INDEX, Collections.nCopies(5, hash), receipt.checkpoint()).verify(keys));
        assertRefused("the proof is too short", () -> new Receipt(
            receipt.entry(), INDEX, receipt.hashes().subList(0, 3), receipt.checkpoint()).verify(keys));
    }

    @Test
    void shouldRefuseACheckpointOfAnotherLogOrKey()
    {
        final Checkpoint foreign = new Checkpoint("example/others", SIZE, tree.frontier().root());
        final SignedNote note = foreign.signed(List.of(signer));
        assertRefused("of another log", () -> Checkpoint.of(note, keys));
        final NoteSigner other = NoteSigner.generate("example/books", VerifierKey.LOG);
        assertRefused("none of the signatures", () -> Checkpoint.of(checkpoint().signed(List.of(other)), keys));
        assertEquals(
            SIZE, Checkpoint.of(
                checkpoint().signed(List.of(other, signer)), keys).size());
    }

    @Test
    void shouldSayWhatIsWrongWithACheckpoint()
    {
        final String text = checkpoint().toText();
        assertEquals(text, Checkpoint.parse(text).toText());
        assertRefused("three lines", () -> Checkpoint.parse(text + "extension\n"));
        assertRefused("three lines", () -> Checkpoint.parse(text.substring(0, text.length() - 1)));
        assertRefused("found 3 and a piece of one", () -> Checkpoint.parse(text + "extension"));
        assertRefused("three lines", () -> Checkpoint.parse("example/books\n11\n"));
        assertRefused("the size of a checkpoint", () -> Checkpoint.parse(text.replace("\n11\n", "\n011\n")));
        assertRefused("the size of a checkpoint", () -> Checkpoint.parse(text.replace("\n11\n", "\n-1\n")));
        assertRefused("the size of a checkpoint", () -> Checkpoint.parse(text.replace("\n11\n", "\n+11\n")));
        assertRefused("the origin", () -> Checkpoint.parse(text.replace("example/books", "")));
        assertRefused("the origin", () -> new Checkpoint("two\nlines", 1, new byte[32]));
        assertRefused("the root of a checkpoint has 32 bytes", () -> Checkpoint.parse("a\n1\nAAAA\n"));
        assertTrue(checkpoint().toString().startsWith("origin=example/books, size=11, root="));
    }

    @Test
    void shouldAskAWitness()
    {
        final ConsistencyProof proof = tree.proofs(SIZE).consistency(4, SIZE);
        final SignedNote note = checkpoint().signed(List.of(signer));
        final CheckpointRequest request = CheckpointRequest.parse(
            new CheckpointRequest(4, proof.hashes(), note).toBytes());
        final Checkpoint checkpoint = Checkpoint.of(request.checkpoint(), keys);
        request.proofTo(checkpoint.size()).verify(tree.proofs(4).root(4), checkpoint.root());
        assertEquals(4, request.oldSize());

        final String text = request.toString();
        assertTrue(text.startsWith("old 4\n"), text);
        assertEquals(0, CheckpointRequest.parse(bytes("old 0\n\n" + note)).hashes().size());
        assertRefused("begins with 'old'", () -> CheckpointRequest.parse(bytes(text.substring(1))));
        assertRefused("an empty line", () -> CheckpointRequest.parse(bytes("old 4\n")));
        assertRefused("the old size", () -> CheckpointRequest.parse(bytes(text.replace("old 4", "old 04"))));
        assertRefused("hash 0 of the proof", () -> CheckpointRequest.parse(bytes(text.replace("old 4", "old 4\nAA"))));
        assertEquals(63, CheckpointRequest.parse(new CheckpointRequest(
            4, Collections.nCopies(63, new byte[32]), note).toBytes()).hashes().size());
        assertRefused("at most 63 hashes", () -> CheckpointRequest.parse(
            new CheckpointRequest(4, Collections.nCopies(64, new byte[32]), note).toBytes()));
        assertRefused("at most 131072 bytes", () -> CheckpointRequest.parse(
            new byte[CheckpointRequest.LENGTH_MAX + 1]));
    }

    private Receipt receipt()
    {
        return new Receipt(
            NaiveTree.entry(INDEX), INDEX, tree.proofs(SIZE).inclusion(INDEX, SIZE).hashes(),
            checkpoint().signed(List.of(signer)));
    }

    private Checkpoint checkpoint()
    {
        return new Checkpoint("example/books", SIZE, tree.frontier().root());
    }

    private static Receipt parse(final String text)
    {
        return Receipt.parse(bytes(text));
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertRefused(final String reason, final org.junit.jupiter.api.function.Executable what)
    {
        final ProofException ex = assertThrows(ProofException.class, what);
        assertTrue(ex.getMessage().contains(reason), ex.getMessage());
    }
}
