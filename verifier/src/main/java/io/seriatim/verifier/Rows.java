package io.seriatim.verifier;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An account or a ledger as it stood, and the path from there to a state root (docs/FORMAT.md of the log, AccountRow,
 * LedgerRow and StateRootEntry). In a proof: {@code row} and its bytes in base64; {@code index} and its place; hashes.
 */
final class Rows
{
    private static final int STATE_ROOT = 16;
    private static final int ACCOUNT = 20;
    private static final int LEDGER = 21;

    private final ByteBuffer row;
    private final long index;
    private final List<byte[]> path = new ArrayList<>();

    Rows(final List<String> lines) throws RefusedException
    {
        if (lines.size() < 2 || !lines.get(0).startsWith("row ") || !lines.get(1).startsWith("index "))
        {
            throw new RefusedException("not the row of an account or a ledger");
        }
        row = ByteBuffer.wrap(Lines.base64(lines.get(0).substring("row ".length()))).order(ByteOrder.LITTLE_ENDIAN);
        index = Lines.number(lines.get(1).substring("index ".length()));
        for (final String line : lines.subList(2, lines.size()))
        {
            path.add(Lines.hash(line));
        }
        if (!isMessage(row.array(), ACCOUNT, 184) && !isMessage(row.array(), LEDGER, 136))
        {
            throw new RefusedException("a row of a kind or length that is not known: " + row.capacity() + " bytes");
        }
    }

    static boolean isStateRoot(final byte[] entry)
    {
        return isMessage(entry, STATE_ROOT, 104);
    }

    private static boolean isMessage(final byte[] bytes, final int kind, final int length)
    {
        final ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.length == length && header.getShort(0) == length - 8 && header.getShort(2) == kind &&
            header.getShort(4) == 840;
    }

    boolean isOfLedger()
    {
        return row.getShort(2) == LEDGER;
    }

    long asOf()
    {
        return row.getLong(8);
    }

    /** Of a ledger: which one. */
    long ledger()
    {
        return Integer.toUnsignedLong(row.getInt(32));
    }

    /** Of a ledger: how many entries it had. */
    long entryCount()
    {
        return row.getLong(16);
    }

    /** The row has to be under the root that this entry holds, and of its moment. */
    void requireUnder(final byte[] stateRoot) throws RefusedException
    {
        if (!isStateRoot(stateRoot))
        {
            throw new RefusedException("the entry is no state root");
        }
        final ByteBuffer root = ByteBuffer.wrap(stateRoot).order(ByteOrder.LITTLE_ENDIAN);
        final int from = isOfLedger() ? 72 : 40;
        if (root.getLong(16) != asOf())
        {
            throw new RefusedException(
                "the row is as of entry " + asOf() + ", the state root as of entry " + root.getLong(16));
        }
        final byte[] found =
            Tree.rootOver(Tree.leaf(row.array()), index, root.getLong(isOfLedger() ? 32 : 24), path);
        if (!Arrays.equals(found, Arrays.copyOfRange(stateRoot, from, from + 32)))
        {
            throw new RefusedException("the row's path leads to another root than that of the state");
        }
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder();
        if (isOfLedger())
        {
            text.append("ledger: ").append(ledger()).append("\nentries: ").append(entryCount())
                .append("\naccounts: ").append(row.getLong(24));
            sums(text, 40, 24);
        }
        else
        {
            text.append("account: ").append(wide(24)).append("\nledger: ")
                .append(Integer.toUnsignedString(row.getInt(136)));
            sums(text, 40, 16);
        }
        return text.append("\nas of entry: ").append(asOf()).append('\n').toString();
    }

    private void sums(final StringBuilder text, final int from, final int step)
    {
        final String[] names = {"debits pending", "debits posted", "credits pending", "credits posted"};
        for (int i = 0; i < names.length; i++)
        {
            final int at = from + i * step;
            final BigInteger top = step == 16 ? BigInteger.ZERO : unsigned(at).shiftLeft(128);
            text.append('\n').append(names[i]).append(": ").append(top.or(wide(at + step - 16)));
        }
    }

    private BigInteger wide(final int offset)
    {
        return unsigned(offset).shiftLeft(64).or(unsigned(offset + 8));
    }

    private BigInteger unsigned(final int offset)
    {
        return new BigInteger(Long.toUnsignedString(row.getLong(offset)));
    }
}
