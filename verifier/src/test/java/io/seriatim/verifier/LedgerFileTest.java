package io.seriatim.verifier;

import io.seriatim.merkle.LedgerProof;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.RowProof;
import io.seriatim.merkle.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Proofs of all entries of a ledger, made by hand for a small log, against both who check them: the library's
 * {@link LedgerProof} and the {@link LedgerFile} of the verifier. Each believes what is true, and each refuses what a
 * log that signs whatever it likes could make up, for the reason that is wrong with it.
 */
class LedgerFileTest
{
    private static final String ORIGIN = "example/books/0";
    private static final NoteSigner LOG = NoteSigner.generate(ORIGIN, VerifierKey.LOG);
    private static final int LEDGER = 840;
    private static final int OTHER_LEDGER = 978;

    private static final int DEFINITION = 11;
    private static final int ACCOUNT = 12;
    private static final int TRANSFER = 13;
    private static final int EXTENDED_TRANSFER = 14;
    private static final int EXPIRY = 15;
    private static final int STATE_ROOT = 16;
    private static final int ACCOUNT_ROW = 20;
    private static final int LEDGER_ROW = 21;
    private static final int LINE_LENGTH = 1 << 17;

    /** Entries of {@link #LEDGER} up to the second state root, and that root. */
    private static final Set<Integer> ALL = Set.of(1, 2, 3, 6, 7, 8, 10);

    /** Those behind the first state root, which is shown too. */
    private static final Set<Integer> LATER = Set.of(5, 6, 7, 8, 10);

    private final List<byte[]> entries = new ArrayList<>();
    private final byte[] openingRow = ledgerRow(4, 3, LEDGER);
    private final byte[] closingRow = ledgerRow(9, 6, LEDGER);

    LedgerFileTest()
    {
        add(entry(10, 24, 0));
        add(intAt(40, LEDGER, entry(DEFINITION, 80, 1)));
        add(intAt(152, LEDGER, entry(ACCOUNT, 168, 2)));
        add(intAt(152, LEDGER, entry(TRANSFER, 160, 3)));
        add(intAt(152, OTHER_LEDGER, entry(TRANSFER, 160, 1)));
        add(stateRoot(4, openingRow));
        add(intAt(252, LEDGER, entry(EXTENDED_TRANSFER, 264, 4)));
        add(intAt(104, LEDGER, entry(EXPIRY, 112, 5)));
        add(intAt(152, LEDGER, entry(EXTENDED_TRANSFER, 264, 6)));
        add(intAt(152, OTHER_LEDGER, entry(TRANSFER, 160, 2)));
        add(stateRoot(9, closingRow));
        add(intAt(152, LEDGER, entry(TRANSFER, 160, 7)));
        add(stateRoot(11, ledgerRow(11, 7, LEDGER)));
    }

    @Test
    void shouldBelieveALedgerFromItsBeginningOn() throws Exception
    {
        final String proof = proof(ALL, null, row(closingRow));
        final List<byte[]> handled = new ArrayList<>();
        final LedgerProof.Proven proven = verify(proof, handled);

        assertEquals(LEDGER, proven.ledger());
        assertEquals(1, proven.firstLedgerSequence());
        assertEquals(6, proven.lastLedgerSequence());
        assertEquals(0, proven.fromSequence());
        assertEquals(9, proven.toSequence());
        assertEquals(entries.size(), proven.checkpoint().size());
        assertEquals(texts(1, 2, 3, 6, 7, 8), texts(handled.stream()));
        final String said = check(proof).text();
        assertTrue(said.startsWith("ledger: 840\nentries: 6\n"), said);
        assertTrue(said.endsWith(
            "as of entry: 9\nentries shown: 6, the ledger's number 1 to 6\nbehind entry: 0\n"), said);
    }

    @Test
    void shouldBelieveALedgerBetweenTwoStateRoots() throws Exception
    {
        final String proof = proof(LATER, row(openingRow), row(closingRow));
        final List<byte[]> handled = new ArrayList<>();
        final LedgerProof.Proven proven = verify(proof, handled);

        assertEquals(4, proven.firstLedgerSequence());
        assertEquals(6, proven.lastLedgerSequence());
        assertEquals(4, proven.fromSequence());
        assertEquals(texts(6, 7, 8), texts(handled.stream()));
        final String said = check(proof).text();
        assertTrue(said.endsWith("entries shown: 3, the ledger's number 4 to 6\nbehind entry: 4\n"), said);
    }

    @Test
    void shouldRefuseAProofThatEndsAnywhere()
    {
        final String proof = proof(LATER, row(openingRow), row(closingRow));
        for (int length = 0; length < proof.length(); length++)
        {
            final String cut = proof.substring(0, length);
            assertThrows(ProofException.class, () -> verify(cut, new ArrayList<>()), () -> "cut " + cut.length());
            assertThrows(RefusedException.class, () -> check(cut), () -> "cut " + cut.length());
        }
    }

    @Test
    void shouldRefuseAProofOfWhichAnyCharacterIsAnother()
    {
        final String proof = proof(LATER, row(openingRow), row(closingRow));
        for (int i = 0; i < proof.length(); i++)
        {
            final char other = proof.charAt(i) == 'A' ? 'B' : 'A';
            final String changed = proof.substring(0, i) + other + proof.substring(i + 1);
            final int place = i;
            assertThrows(ProofException.class, () -> verify(changed, new ArrayList<>()), () -> "place " + place);
            assertThrows(RefusedException.class, () -> check(changed), () -> "place " + place);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileProofs")
    void shouldRefuse(final String what, final String proof, final String toLibrary, final String toVerifier)
    {
        final ProofException ex = assertThrows(ProofException.class, () -> verify(proof, new ArrayList<>()));
        assertTrue(ex.getMessage().contains(toLibrary), ex.getMessage());
        final RefusedException refused = assertThrows(RefusedException.class, () -> check(proof));
        assertTrue(refused.getMessage().contains(toVerifier), refused.getMessage());
    }

    static Stream<Arguments> hostileProofs()
    {
        return Stream.of(
            hostileEntries(), hostileRows(), hostileParts(), hostileText()).flatMap(List::stream);
    }

    private static List<Arguments> hostileEntries()
    {
        final List<Arguments> all = new ArrayList<>();
        all.add(arguments(
            "an entry left out in the middle", new LedgerFileTest().proof(without(ALL, 3), null, closing()),
            "expected number 3 of ledger 840, found 4 at sequence 6", "entry 6 is not the ledger's number 3"));
        all.add(arguments(
            "an entry left out at the end", new LedgerFileTest().proof(without(ALL, 8), null, closing()),
            "ledger 840 has 6 by the state root, shown up to 5", "the last entries of the ledger are missing: 5 of 6"));
        all.add(arguments(
            "an entry of another ledger", new LedgerFileTest().proof(with(ALL, 4), null, closing()),
            "an entry is shown that is of another ledger or time: sequence=4, ledger=978",
            "entry 4 is not of this ledger and time"));
        all.add(arguments(
            "an entry behind the end", new LedgerFileTest().proof(with(ALL, 11), null, closing()),
            "of another ledger or time: sequence=11", "entry 11 is not of this ledger and time"));
        all.add(arguments(
            "an entry before the beginning", new LedgerFileTest().proof(with(LATER, 3), opening(), closing()),
            "of another ledger or time: sequence=3", "entry 3 is not of this ledger and time"));
        all.add(arguments(
            "the genesis", new LedgerFileTest().proof(with(ALL, 0), null, closing()),
            "of another ledger or time: sequence=0, ledger=0", "entry 0 is not of this ledger and time"));
        all.add(arguments(
            "a third state root", new LedgerFileTest().proof(with(LATER, 12), opening(), closing()),
            "more than two state roots are shown: the third one at sequence 12",
            "entry 12 is not of this ledger and time"));
        all.add(arguments(
            "no state root at the end", new LedgerFileTest().proof(without(ALL, 10), null, closing()),
            "the state root as of sequence 9 is not shown", "the state root as of entry 9 is not shown"));
        all.add(arguments(
            "no state root at the beginning", new LedgerFileTest().proof(without(LATER, 5), opening(), closing()),
            "the state root as of sequence 4 is not shown", "the state root as of entry 4 is not shown"));

        final LedgerFileTest moved = new LedgerFileTest();
        moved.entries.set(3, longAt(8, 2, moved.entries.get(3)));
        all.add(arguments(
            "an entry that names another place", moved.proof(ALL, null, closing()), "index=3, sequence=2",
            "the entry says that it is number 2, not 3"));
        for (final int kind : List.of(DEFINITION, ACCOUNT, TRANSFER, EXTENDED_TRANSFER, EXPIRY, STATE_ROOT, 9))
        {
            final LedgerFileTest cut = new LedgerFileTest();
            cut.entries.set(3, longAt(8, 3, entry(kind, 32, 3)));
            all.add(arguments(
                "an entry of 32 bytes of kind " + kind, cut.proof(ALL, null, closing()),
                "not an entry of a kind and length that is known: template=" + kind + ", length=32",
                kind == 9 ? "a kind that is not known: 9" : "the entry is shorter than its kind"));
        }
        final LedgerFileTest tiny = new LedgerFileTest();
        tiny.entries.set(3, new byte[7]);
        all.add(arguments(
            "an entry of 7 bytes", tiny.proof(ALL, null, closing()), "the leaf is shorter than its kind: length=7",
            "not an entry of this format"));
        return all;
    }

    private static List<Arguments> hostileRows()
    {
        final String one = "then a row of its ledger or two, the later one last";
        final String verifierOne = "the rows are not those of one ledger, the later one last";
        final RowProof account = row(rowOf(ACCOUNT_ROW, 184, 9));
        final LedgerFileTest more = new LedgerFileTest();
        final byte[] moreRow = ledgerRow(9, 7, LEDGER);
        more.entries.set(10, longAt(8, 10, stateRoot(9, moreRow)));
        final LedgerFileTest less = new LedgerFileTest();
        final byte[] lessRow = ledgerRow(9, 5, LEDGER);
        less.entries.set(10, longAt(8, 10, stateRoot(9, lessRow)));
        return List.of(
            arguments(
                "the row of an account", new LedgerFileTest().proof(ALL, null, account), one, verifierOne),
            arguments(
                "the row of an account at the beginning", new LedgerFileTest().proof(LATER, account, closing()), one,
                verifierOne),
            arguments(
                "rows of two ledgers",
                new LedgerFileTest().proof(LATER, row(ledgerRow(4, 3, OTHER_LEDGER)), closing()), one, verifierOne),
            arguments(
                "rows the wrong way round", new LedgerFileTest().proof(LATER, closing(), opening()), one, verifierOne),
            arguments(
                "the same row twice", new LedgerFileTest().proof(LATER, closing(), closing()), one, verifierOne),
            arguments(
                "a row that is not under the state root",
                new LedgerFileTest().proof(ALL, null, row(ledgerRow(9, 6, LEDGER, 1))),
                "the row is not under the state root", "the row's path leads to another root"),
            arguments(
                "a row that is not under the state root at the beginning",
                new LedgerFileTest().proof(LATER, row(ledgerRow(4, 3, LEDGER, 1)), closing()),
                "the row is not under the state root", "the row's path leads to another root"),
            arguments(
                "a state root that counts one more", more.proof(ALL, null, row(moreRow)),
                "ledger 840 has 7 by the state root, shown up to 6",
                "the last entries of the ledger are missing: 6 of 7"),
            arguments(
                "a state root that counts one less", less.proof(ALL, null, row(lessRow)),
                "ledger 840 has 5 by the state root, shown up to 6",
                "the last entries of the ledger are missing: 6 of 5"));
    }

    private static List<Arguments> hostileParts()
    {
        final LedgerFileTest log = new LedgerFileTest();
        final String proof = log.proof(ALL, null, closing());
        final String entry = LedgerProof.entryLine(log.entries.get(3));
        final String first = LedgerProof.skipLine(1, Tree.leaf(log.entries.get(0)));
        final LedgerFileTest shorter = new LedgerFileTest();
        shorter.entries.remove(shorter.entries.size() - 1);
        final LedgerFileTest changed = new LedgerFileTest();
        changed.entries.get(0)[20] ^= 1;
        final String note = proof.substring(proof.lastIndexOf(ORIGIN + "\n"));
        return List.of(
            arguments(
                "a hash over more leaves than there are",
                proof.replace(first, LedgerProof.skipLine(14, new byte[32])),
                "a hash stands for more leaves than there are in its place: leaves=14, place=0 to 12",
                "a hash over 14 leaves where there are 13"),
            arguments(
                "a hash over leaves of two subtrees", proof.replace(first, LedgerProof.skipLine(3, new byte[32])),
                "a hash stands for more leaves than there are in its place: leaves=3, place=0 to 1",
                "a hash over 3 leaves where there are 2"),
            arguments(
                "a hash over no leaves", proof.replace(first, LedgerProof.skipLine(0, new byte[32])),
                "a part of the tree is 'entry' and base64, or 'skip'", "a hash over 0 leaves where there are 13"),
            arguments(
                "a hash without leaves", proof.replace(first, "skip 1\n"), "'skip' has a number of leaves and a hash",
                "neither an entry nor a hash at leaf 0"),
            arguments(
                "something else", proof.replace(first, "leaf AAAA\n"), "leaf 0, found 'leaf '",
                "neither an entry nor a hash at leaf 0"),
            arguments(
                "an entry that is not base64", proof.replace(entry, "entry AAA!\n"), "an entry is not base64",
                "not base64: 'AAA!'"),
            arguments(
                "an entry of two words", proof.replace(entry, "entry AAAA AAAA\n"), "an entry is not base64",
                "neither an entry nor a hash at leaf 3"),
            arguments(
                "one part too many", proof.replace("\n\n" + ORIGIN, "\n" + first + "\n" + ORIGIN),
                "there are more parts than the tree of 13 leaves has", "more parts than the tree has"),
            arguments(
                "the checkpoint of another tree of that size",
                proof.replace(note, changed.note()), "they make another root or size: size=13",
                "the parts make another tree than the one that was signed"),
            arguments(
                "the checkpoint of a shorter tree", proof.replace(note, shorter.note()),
                "they make another root or size: size=13", "the parts make another tree than the one that was signed"),
            arguments(
                "a tree without leaves", proof.replace("size 13\n", "size 0\n"),
                "a hash stands for more leaves than there are in its place: leaves=1",
                "a hash over 1 leaves where there are 0"),
            arguments(
                "an entry in a tree without leaves",
                proof.replace("size 13\n", "size 0\n").replace(first, ""), "a hash over leaves",
                "a tree without leaves"));
    }

    private static List<Arguments> hostileText()
    {
        final String proof = new LedgerFileTest().proof(ALL, null, closing());
        final String path = LedgerProof.entryLine(new byte[32]).substring("entry ".length());
        final String magic = LedgerProof.MAGIC + "\n";
        final String noProof = "not a proof of all entries of a ledger";
        final String control = "a line without an end, too long, or with a control character in it";
        return List.of(
            arguments("nothing", "", "the proof ends before its checkpoint", control),
            arguments(
                "another file", proof.replace("v1\n", "v2\n"), "begins with the line 'seriatim/ledger-proof@v1'",
                noProof),
            arguments("no size", proof.replace("size 13", "length 13"), "has a line 'size' and a number", noProof),
            arguments(
                "a size that is no number", proof.replace("size 13", "size 013"), "the size", "not a number from 0"),
            arguments("no row", magic + "size 13\n\n", "the proof of a row has a line 'row' and base64", noProof),
            arguments(
                "no rows but hashes", magic + "size 13\n" + path + path + "\n",
                "the proof of a row has a line 'row' and base64", "not the row of an account or a ledger"),
            arguments(
                "a row without index", magic + "size 13\nrow AAAA\nplace 1\n\n",
                "the proof of a row has a line 'row' and base64", "not the row of an account or a ledger"),
            arguments(
                "a row of 3 bytes", magic + "size 13\nrow AAAA\nindex 1\n\n",
                "neither the row of an account nor that of a ledger: length=3",
                "a row of a kind or length that is not known: 3 bytes"),
            arguments(
                "a path of more hashes than trees are high",
                magic + "size 13\nrow AAAA\nindex 1\n" + path.repeat(64) + "\n",
                "a path has at most 63 hashes; these are 64", "a row of a kind or length that is not known: 3 bytes"),
            arguments(
                "a head without end", magic + "size 13\n" + path.repeat(200), "too many lines before the entries",
                "too many lines before the entries"),
            arguments(
                "a control character", proof.replace("size 13", "size\t13"),
                "there is a control character in it: 0x9", control),
            arguments(
                "a line that is too long", magic + "size 13\nrow " + "A".repeat(LINE_LENGTH) + "\n",
                "a line has more than 131072 characters", control),
            arguments(
                "a control character in the checkpoint", proof + "\u0007\n",
                "a note has a control character: 0x7", "there is a control character"),
            arguments(
                "a checkpoint that is too long", proof + "x".repeat(LINE_LENGTH),
                "the checkpoint has more than 65536 characters", "the checkpoint is too long"));
    }

    private List<String> texts(final int... indexes)
    {
        return texts(IntStream.of(indexes).mapToObj(entries::get));
    }

    private static List<String> texts(final Stream<byte[]> bytes)
    {
        return bytes.map(HexFormat.of()::formatHex).toList();
    }

    private static Set<Integer> with(final Set<Integer> shown, final int index)
    {
        final Set<Integer> more = new TreeSet<>(shown);
        more.add(index);
        return more;
    }

    private static Set<Integer> without(final Set<Integer> shown, final int index)
    {
        final Set<Integer> fewer = new TreeSet<>(shown);
        fewer.remove(index);
        return fewer;
    }

    private static LedgerProof.Proven verify(final String proof, final List<byte[]> handled) throws IOException
    {
        return LedgerProof.verify(
            new BufferedReader(new StringReader(proof)), List.of(LOG.verifierKey()), handled::add);
    }

    private static LedgerFile.Proven check(final String proof) throws RefusedException, IOException
    {
        return new LedgerFile(new BufferedReader(new StringReader(proof))).check(
            List.of(new Key(LOG.verifierKey().toString())));
    }

    /** The log signs what it says. */
    private String proof(final Set<Integer> shown, final RowProof opening, final RowProof closing)
    {
        return LedgerProof.head(entries.size(), opening, closing) + parts(shown, 0, entries.size()) + "\n" + note();
    }

    private String note()
    {
        return new io.seriatim.merkle.Checkpoint(ORIGIN, entries.size(), root(0, entries.size()))
            .signed(List.of(LOG)).toString();
    }

    private String parts(final Set<Integer> shown, final int start, final int end)
    {
        if (IntStream.range(start, end).noneMatch(shown::contains))
        {
            return LedgerProof.skipLine(end - start, root(start, end));
        }
        if (end - start == 1)
        {
            return LedgerProof.entryLine(entries.get(start));
        }
        final int middle = start + Integer.highestOneBit(end - start - 1);
        return parts(shown, start, middle) + parts(shown, middle, end);
    }

    private byte[] root(final int start, final int end)
    {
        if (end - start == 1)
        {
            return Tree.leaf(entries.get(start));
        }
        final int middle = start + Integer.highestOneBit(end - start - 1);
        return Tree.node(root(start, middle), root(middle, end));
    }

    private void add(final byte[] entry)
    {
        entries.add(longAt(8, entries.size(), entry));
    }

    private static RowProof opening()
    {
        return row(ledgerRow(4, 3, LEDGER));
    }

    private static RowProof closing()
    {
        return row(ledgerRow(9, 6, LEDGER));
    }

    private static RowProof row(final byte[] row)
    {
        return new RowProof(row, 0, List.of(Tree.leaf(otherRow())));
    }

    private static byte[] stateRoot(final long asOf, final byte[] row)
    {
        final byte[] entry = longAt(24, 2, longAt(32, 2, entry(STATE_ROOT, 104, asOf)));
        System.arraycopy(Tree.node(Tree.leaf(row), Tree.leaf(otherRow())), 0, entry, 72, 32);
        return entry;
    }

    private static byte[] otherRow()
    {
        return ledgerRow(0, 2, OTHER_LEDGER);
    }

    private static byte[] ledgerRow(final long asOf, final long entryCount, final int ledger)
    {
        return ledgerRow(asOf, entryCount, ledger, 0);
    }

    private static byte[] ledgerRow(final long asOf, final long entryCount, final int ledger, final long accountCount)
    {
        return longAt(24, accountCount, intAt(32, ledger, longAt(16, entryCount, rowOf(LEDGER_ROW, 136, asOf))));
    }

    private static byte[] rowOf(final int kind, final int length, final long asOf)
    {
        return longAt(8, asOf, entry(kind, length, 0));
    }

    /** With its header; at 16 stands the number in the ledger, or of what a state root is. */
    private static byte[] entry(final int kind, final int length, final long atSixteen)
    {
        final ByteBuffer entry = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        return entry.putShort(0, (short)(length - 8)).putShort(2, (short)kind).putShort(4, (short)840)
            .putLong(16, atSixteen).array();
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
}
