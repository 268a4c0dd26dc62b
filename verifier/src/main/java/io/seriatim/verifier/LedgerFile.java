package io.seriatim.verifier;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A proof that all entries of a ledger are shown. Its first line; {@code size} of the log; the row of the ledger at the
 * end, and before it that at the beginning if it does not begin with the log; an empty line; the log's tree from left
 * to right, {@code entry} and base64 for each that is shown, {@code skip}, a number of leaves and the hash over them
 * for the rest; an empty line; the checkpoint.
 * <p>
 * The rows say how many entries the ledger had at the beginning and at the end. What is shown is numbered without a gap
 * from the one to the other; what is not shown can not be changed, as the whole tree has the root that is signed.
 */
final class LedgerFile
{
    static final String MAGIC = "seriatim/ledger-proof@v1";

    private static final int LINE_LENGTH_MAX = 1 << 17;
    private static final int HEAD_LINES_MAX = 132;

    private final BufferedReader in;
    private final List<byte[]> stateRoots = new ArrayList<>();
    private Rows first;
    private Rows last;
    private long number;
    private String line;

    LedgerFile(final BufferedReader in)
    {
        this.in = in;
    }

    /** What it says, and the checkpoint that it is under. */
    record Proven(String text, Checkpoint checkpoint)
    {
    }

    Proven check(final List<Key> trusted) throws RefusedException, IOException
    {
        final long size = head();
        number = first == null ? 0 : first.entryCount();
        line = line();
        final byte[] root = root(0, size);
        if (!line.isEmpty())
        {
            throw new RefusedException("more parts than the tree has");
        }
        final Checkpoint checkpoint = Checkpoint.of(rest(), trusted);
        if (checkpoint.size() != size || !Arrays.equals(checkpoint.root(), root))
        {
            throw new RefusedException("the parts make another tree than the one that was signed, " + checkpoint);
        }
        requireUnderOneShown(last);
        if (first != null)
        {
            requireUnderOneShown(first);
        }
        if (number != last.entryCount())
        {
            throw new RefusedException("the last entries of the ledger are missing: " + number + " of " +
                last.entryCount() + " are shown");
        }
        final long before = first == null ? 0 : first.entryCount();
        return new Proven(
            last + "entries shown: " + (number - before) + ", the ledger's number " + (before + 1) + " to " + number +
            "\nbehind entry: " + from() + "\n", checkpoint);
    }

    private long from()
    {
        return first == null ? 0 : first.asOf();
    }

    private long head() throws RefusedException, IOException
    {
        final List<String> lines = new ArrayList<>();
        do
        {
            lines.add(line());
        }
        while (!lines.get(lines.size() - 1).isEmpty() && lines.size() < HEAD_LINES_MAX);
        if (!lines.get(lines.size() - 1).isEmpty())
        {
            throw new RefusedException("too many lines before the entries");
        }
        int second = lines.size() - 2;
        while (second > 2 && !lines.get(second).startsWith("row "))
        {
            second--;
        }
        if (lines.size() < 5 || !lines.get(0).equals(MAGIC) || !lines.get(1).startsWith("size "))
        {
            throw new RefusedException("not a proof of all entries of a ledger");
        }
        last = new Rows(lines.subList(second, lines.size() - 1));
        first = second > 2 ? new Rows(lines.subList(2, second)) : null;
        if (!last.isOfLedger() || first != null &&
            (!first.isOfLedger() || first.ledger() != last.ledger() || first.asOf() >= last.asOf()))
        {
            throw new RefusedException("the rows are not those of one ledger, the later one last");
        }
        return Lines.number(lines.get(1).substring("size ".length()));
    }

    /** Hash over the leaves from start to end, which the next parts are. */
    private byte[] root(final long start, final long end) throws RefusedException, IOException
    {
        final String[] words = line.split(" ", -1);
        if (words[0].equals("skip") && words.length == 3)
        {
            final long count = Lines.number(words[1]);
            if (count == end - start)
            {
                final byte[] hash = Lines.hash(words[2]);
                line = line();
                return hash;
            }
            if (count < 1 || count > end - start)
            {
                throw new RefusedException("a hash over " + count + " leaves where there are " + (end - start));
            }
        }
        if (end - start == 1)
        {
            if (!words[0].equals("entry") || words.length != 2)
            {
                throw new RefusedException("neither an entry nor a hash at leaf " + start);
            }
            final byte[] entry = Lines.base64(words[1]);
            shown(start, entry);
            line = line();
            return Tree.leaf(entry);
        }
        if (end - start < 1)
        {
            throw new RefusedException("a tree without leaves");
        }
        final long middle = start + Long.highestOneBit(end - start - 1);
        return Tree.node(root(start, middle), root(middle, end));
    }

    private void shown(final long index, final byte[] entry) throws RefusedException
    {
        if (EntryPrinter.sequence(entry) != index)
        {
            throw new RefusedException("the entry says that it is number " + EntryPrinter.sequence(entry) + ", not " +
                index);
        }
        if (Rows.isStateRoot(entry) && stateRoots.size() < 2)
        {
            stateRoots.add(entry);
            return;
        }
        EntryPrinter.print(entry);
        if (EntryPrinter.ledger(entry) != last.ledger() || index <= from() || index > last.asOf())
        {
            throw new RefusedException("entry " + index + " is not of this ledger and time");
        }
        number++;
        if (ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).getLong(16) != number)
        {
            throw new RefusedException("entry " + index + " is not the ledger's number " + number);
        }
    }

    private void requireUnderOneShown(final Rows row) throws RefusedException
    {
        for (final byte[] root : stateRoots)
        {
            if (ByteBuffer.wrap(root).order(ByteOrder.LITTLE_ENDIAN).getLong(16) == row.asOf())
            {
                row.requireUnder(root);
                return;
            }
        }
        throw new RefusedException("the state root as of entry " + row.asOf() + " is not shown");
    }

    private String line() throws RefusedException, IOException
    {
        final StringBuilder text = new StringBuilder();
        int c = in.read();
        for (; c >= ' ' && text.length() < LINE_LENGTH_MAX; c = in.read())
        {
            text.append((char)c);
        }
        if (c != '\n')
        {
            throw new RefusedException("a line without an end, too long, or with a control character in it");
        }
        return text.toString();
    }

    private String rest() throws RefusedException, IOException
    {
        final StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read())
        {
            if (c < ' ' && c != '\n' || text.length() > LINE_LENGTH_MAX)
            {
                throw new RefusedException("the checkpoint is too long, or there is a control character in it");
            }
            text.append((char)c);
        }
        return text.toString();
    }
}
