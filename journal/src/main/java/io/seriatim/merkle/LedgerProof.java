package io.seriatim.merkle;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Proof for the owner of a ledger that can be checked offline, for ever: these are all entries of the ledger between
 * two state roots, or from the beginning on; nothing was left out, nothing added. Of other ledgers it shows hashes.
 * <p>
 * It holds the row of the ledger under the state root at its end, and of the one at its beginning, which say how many
 * entries the ledger has; the entries of both state roots and every entry of the ledger in between, with hashes of
 * subtrees for all the rest, so that the root of the whole log comes of them; and the checkpoint that is signed.
 * <p>
 * Shape: lines of text: {@code seriatim/ledger-proof@v1}; {@code size} of the log; one {@link RowProof} or two, the
 * later one last; an empty line; from left to right {@code entry} and base64, or {@code skip}, how many leaves, and the
 * hash over them; an empty line; the checkpoint.<br>
 * Cost: it is read once, in memory for one line; a hash for each line.<br>
 * Threads: confined to one.
 */
public final class LedgerProof
{
    /** Its first line. */
    public static final String MAGIC = "seriatim/ledger-proof@v1";

    private static final String SIZE = "size ";
    private static final String ENTRY = "entry ";
    private static final String SKIP = "skip ";
    private static final int LINE_LENGTH_MAX = 1 << 17;
    private static final int HEAD_LINES_MAX = 2 * 66;
    private static final int NOTE_LENGTH_MAX = 1 << 16;

    /**
     * What is proven.
     *
     * @param ledger              its number, unsigned.
     * @param firstLedgerSequence number of its first entry that is shown, if there is one.
     * @param lastLedgerSequence  number of its last one; one less than the first if there is none.
     * @param fromSequence        the entries are those behind this sequence,
     * @param toSequence          up to this one.
     * @param checkpoint          that everything is under.
     * @param note                the checkpoint as it was signed.
     */
    public record Proven(
        long ledger,
        long firstLedgerSequence,
        long lastLedgerSequence,
        long fromSequence,
        long toSequence,
        Checkpoint checkpoint,
        SignedNote note)
    {
    }

    private final BufferedReader in;
    private final Collection<VerifierKey> keys;
    private final Consumer<byte[]> handler;
    private final TreeHasher hasher = new TreeHasher();
    private final List<StateRootLeaf> roots = new ArrayList<>();
    private RowProof opening;
    private RowProof closing;
    private long nextLedgerSequence;
    private String line;

    private LedgerProof(
        final BufferedReader in, final Collection<VerifierKey> keys, final Consumer<byte[]> handler)
    {
        this.in = in;
        this.keys = keys;
        this.handler = handler;
    }

    /**
     * Whether a file begins like one.
     *
     * @param text of the file.
     * @return true if so.
     */
    public static boolean isOne(final String text)
    {
        return text.startsWith(MAGIC + "\n");
    }

    /**
     * Check everything that a proof says.
     *
     * @param in      the file.
     * @param keys    of the log that are trusted.
     * @param handler is given each entry of the ledger, in order; none may be believed before this method returns.
     * @return what is proven.
     * @throws IOException    if it can not be read.
     * @throws ProofException if it does not prove that; the message says why.
     */
    public static Proven verify(
        final BufferedReader in, final Collection<VerifierKey> keys, final Consumer<byte[]> handler)
        throws IOException
    {
        return new LedgerProof(in, keys, handler).verify();
    }

    private Proven verify() throws IOException
    {
        final long size = readHead();
        nextLedgerSequence = opening == null ? 1 : opening.ledgerSequence() + 1;
        final long firstLedgerSequence = nextLedgerSequence;
        line = readLine();
        final byte[] root = new PrunedTree(new Lines()).root(size);
        if (!line.isEmpty())
        {
            throw new ProofException("there are more parts than the tree of " + size + " leaves has");
        }
        final SignedNote note = readNote();
        final Checkpoint head = Checkpoint.of(note, keys);
        if (head.size() != size || !Arrays.equals(head.root(), root))
        {
            throw new ProofException(
                "the entries and hashes do not lead to the checkpoint: they make another root or size: size=" + size +
                ", " + head);
        }
        verifyRow(closing);
        if (opening != null)
        {
            verifyRow(opening);
        }
        if (nextLedgerSequence != closing.ledgerSequence() + 1)
        {
            throw new ProofException(
                "entries are missing at the end: ledger " + Long.toUnsignedString(closing.ledger()) + " has " +
                closing.ledgerSequence() + " by the state root, shown up to " + (nextLedgerSequence - 1));
        }
        return new Proven(
            closing.ledger(), firstLedgerSequence, closing.ledgerSequence(), fromSequence(), closing.asOfSequence(),
            head, note);
    }

    private long fromSequence()
    {
        return opening == null ? 0 : opening.asOfSequence();
    }

    private long readHead() throws IOException
    {
        if (!MAGIC.equals(readLine()))
        {
            throw new ProofException("a ledger proof begins with the line '" + MAGIC + "'");
        }
        final String sizeLine = readLine();
        final List<String> lines = new ArrayList<>();
        for (String next = readLine(); !next.isEmpty(); next = readLine())
        {
            lines.add(next);
            if (lines.size() > HEAD_LINES_MAX)
            {
                throw new ProofException("too many lines before the entries");
            }
        }
        int second = 1;
        while (second < lines.size() && !RowProof.isFirstLine(lines.get(second)))
        {
            second++;
        }
        closing = RowProof.parse(lines.subList(second < lines.size() ? second : 0, lines.size()));
        opening = second < lines.size() ? RowProof.parse(lines.subList(0, second)) : null;
        if (!sizeLine.startsWith(SIZE) || closing.isOfAccount() || opening != null &&
            (opening.isOfAccount() || opening.ledger() != closing.ledger() ||
            opening.asOfSequence() >= closing.asOfSequence()))
        {
            throw new ProofException(
                "a ledger proof has a line 'size' and a number, then a row of its ledger or two, the later one last");
        }
        return CanonicalText.number(sizeLine.substring(SIZE.length()), "the size");
    }

    /** The root that a row is under is one of those shown, at a place that it names itself. */
    private void verifyRow(final RowProof row)
    {
        row.verify(roots.stream().filter(root -> root.asOfSequence() == row.asOfSequence()).findFirst().orElseThrow(
            () -> new ProofException("the state root as of sequence " + row.asOfSequence() + " is not shown")));
    }

    private void onEntry(final long index, final byte[] entry)
    {
        if (Leaf.sequence(entry) != index)
        {
            throw new ProofException(
                "an entry names another place than its index: index=" + index + ", sequence=" + Leaf.sequence(entry));
        }
        if (StateRootLeaf.isOne(entry))
        {
            roots.add(StateRootLeaf.of(entry));
            if (roots.size() > 2)
            {
                throw new ProofException("more than two state roots are shown: the third one at sequence " + index);
            }
            return;
        }
        if (Leaf.ledger(entry) != closing.ledger() || index <= fromSequence() || index > closing.asOfSequence())
        {
            throw new ProofException(
                "an entry is shown that is of another ledger or time: sequence=" + index + ", ledger=" +
                Leaf.ledger(entry));
        }
        if (Leaf.ledgerSequence(entry) != nextLedgerSequence)
        {
            throw new ProofException(
                "entries of the ledger are missing or come twice: expected number " + nextLedgerSequence +
                " of ledger " + Long.toUnsignedString(closing.ledger()) + ", found " + Leaf.ledgerSequence(entry) +
                " at sequence " + index);
        }
        nextLedgerSequence++;
        handler.accept(entry);
    }

    private SignedNote readNote() throws IOException
    {
        final StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read())
        {
            text.append((char)next);
            if (text.length() > NOTE_LENGTH_MAX)
            {
                throw new ProofException("the checkpoint has more than " + NOTE_LENGTH_MAX + " characters");
            }
        }
        return SignedNote.parse(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String readLine() throws IOException
    {
        final StringBuilder text = new StringBuilder();
        int next = in.read();
        while (next >= ' ' && text.length() < LINE_LENGTH_MAX)
        {
            text.append((char)next);
            next = in.read();
        }
        if (next != '\n')
        {
            throw new ProofException(
                next < 0 ? "the proof ends before its checkpoint" : next < ' ' ?
                "there is a control character in it: 0x" + Integer.toHexString(next) :
                "a line has more than " + LINE_LENGTH_MAX + " characters");
        }
        return text.toString();
    }

    /** The parts of the tree, as the lines have them. */
    private final class Lines implements PrunedTree.Parts
    {
        @Override
        public long skippedCount()
        {
            return line.startsWith(SKIP) ?
                CanonicalText.number(line.substring(SKIP.length(), hashStart() - 1), "a number of leaves") : 0;
        }

        @Override
        public byte[] skip()
        {
            final byte[] hash = CanonicalText.hash(line.substring(hashStart()), "a hash over leaves");
            advance();
            return hash;
        }

        @Override
        public byte[] show(final long index)
        {
            if (!line.startsWith(ENTRY))
            {
                throw new ProofException(
                    "a part of the tree is 'entry' and base64, or 'skip', a number of leaves and a hash: leaf " +
                    index + ", found '" + line.substring(0, Math.min(line.length(), SKIP.length())) + "'");
            }
            final byte[] entry = CanonicalText.base64(line.substring(ENTRY.length()), "an entry");
            onEntry(index, entry);
            advance();
            return hasher.leaf(entry);
        }

        private int hashStart()
        {
            final int space = line.indexOf(' ', SKIP.length());
            if (space < 0)
            {
                throw new ProofException("'skip' has a number of leaves and a hash");
            }
            return space + 1;
        }

        private void advance()
        {
            try
            {
                line = readLine();
            }
            catch (final IOException ex)
            {
                throw new ProofException("the proof can not be read: " + ex.getMessage(), ex);
            }
        }
    }

    /**
     * Whether an entry is one of those that a ledger counts.
     *
     * @param entry  its bytes.
     * @param ledger number of the ledger, unsigned.
     * @return true if it is of that ledger and has a number in it.
     */
    public static boolean isCounted(final byte[] entry, final long ledger)
    {
        return Leaf.ledger(entry) == ledger && Leaf.ledgerSequence(entry) > 0;
    }

    /**
     * The line of an entry that is shown.
     *
     * @param entry its bytes.
     * @return the line, with its end.
     */
    public static String entryLine(final byte[] entry)
    {
        return ENTRY + CanonicalText.base64(entry) + "\n";
    }

    /**
     * The line of a subtree that is not shown.
     *
     * @param leafCount how many leaves it has.
     * @param hash      over them.
     * @return the line, with its end.
     */
    public static String skipLine(final long leafCount, final byte[] hash)
    {
        return SKIP + leafCount + " " + CanonicalText.base64(hash) + "\n";
    }

    /**
     * The lines before the entries.
     *
     * @param size    of the log.
     * @param opening row at the beginning; null if it is that of the log.
     * @param closing row at the end.
     * @return the lines, the empty one included.
     */
    public static String head(final long size, final RowProof opening, final RowProof closing)
    {
        return MAGIC + "\n" + SIZE + size + "\n" + (opening == null ? "" : opening) + closing + "\n";
    }
}
