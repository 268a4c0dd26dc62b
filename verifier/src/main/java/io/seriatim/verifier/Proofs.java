package io.seriatim.verifier;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The kinds of proofs that fit into memory.
 */
final class Proofs
{
    private static final String RECEIPT = "c2sp.org/tlog-proof@v1\n";
    private static final String STATE = "seriatim/state-proof@v1\n";

    private Proofs()
    {
    }

    /**
     * What a receipt proves.
     *
     * @param entry      bytes of the entry.
     * @param index      its place in the order, from 0.
     * @param checkpoint that it is under.
     */
    record Proven(byte[] entry, long index, Checkpoint checkpoint)
    {
    }

    /** A row, and the state root that it is under. */
    record ProvenRow(Rows row, Proven root)
    {
    }

    /**
     * A receipt: its first line; {@code extra} and the entry in base64; {@code index} and the place; the path from the
     * leaf up; an empty line; the checkpoint.
     */
    static Proven receipt(final byte[] bytes, final List<Key> trusted) throws RefusedException
    {
        final String text = Lines.text(bytes);
        final int end = text.indexOf("\n\n");
        final String[] lines = text.substring(0, Math.max(0, end)).split("\n", -1);
        if (!text.startsWith(RECEIPT) || lines.length < 3 || !lines[1].startsWith("extra ") ||
            !lines[2].startsWith("index "))
        {
            throw new RefusedException("not a receipt with an entry in it");
        }
        final byte[] entry = Lines.base64(lines[1].substring("extra ".length()));
        final long index = Lines.number(lines[2].substring("index ".length()));
        final Checkpoint checkpoint = Checkpoint.of(text.substring(end + 2), trusted);
        final byte[] root = Tree.rootOver(Tree.leaf(entry), index, checkpoint.size(), hashes(lines, 3));
        if (!Arrays.equals(root, checkpoint.root()))
        {
            throw new RefusedException("the path leads to another root than the checkpoint's");
        }
        return new Proven(entry, index, checkpoint);
    }

    /**
     * A row under a state root: its first line; the row; an empty line; the receipt of the state root's entry.
     *
     * @return the row, and what the receipt proves.
     */
    static ProvenRow state(final byte[] bytes, final List<Key> trusted) throws RefusedException
    {
        final String text = Lines.text(bytes);
        final int end = text.indexOf("\n\n");
        if (!text.startsWith(STATE) || end < STATE.length())
        {
            throw new RefusedException("not a proof of an account or a ledger");
        }
        final Rows row = new Rows(List.of(text.substring(STATE.length(), end).split("\n", -1)));
        final Proven root = receipt(text.substring(end + 2).getBytes(StandardCharsets.UTF_8), trusted);
        row.requireUnder(root.entry());
        return new ProvenRow(row, root);
    }

    /**
     * A proof that the tree of an older checkpoint is the beginning of a newer one's: {@code old} and the older size;
     * the hashes; an empty line; the newer checkpoint.
     *
     * @return the newer checkpoint.
     */
    static Checkpoint consistency(final byte[] bytes, final Checkpoint older, final List<Key> trusted)
        throws RefusedException
    {
        final String text = Lines.text(bytes);
        final int end = text.indexOf("\n\n");
        final String[] lines = text.substring(0, Math.max(0, end)).split("\n", -1);
        if (!lines[0].startsWith("old "))
        {
            throw new RefusedException("not a proof of consistency");
        }
        final Checkpoint newer = Checkpoint.of(text.substring(end + 2), trusted);
        if (Lines.number(lines[0].substring("old ".length())) != older.size() || !older.origin().equals(newer.origin()))
        {
            throw new RefusedException("the proof does not begin at the old checkpoint, " + older);
        }
        final Tree.Roots roots = Tree.grow(older.root(), older.size(), newer.size(), hashes(lines, 1));
        if (!Arrays.equals(roots.older(), older.root()) || !Arrays.equals(roots.newer(), newer.root()))
        {
            throw new RefusedException("the newer tree does not go on from the older one: history was changed");
        }
        return newer;
    }

    private static List<byte[]> hashes(final String[] lines, final int from) throws RefusedException
    {
        final List<byte[]> hashes = new ArrayList<>();
        for (int i = from; i < lines.length; i++)
        {
            hashes.add(Lines.hash(lines[i]));
        }
        return hashes;
    }
}
