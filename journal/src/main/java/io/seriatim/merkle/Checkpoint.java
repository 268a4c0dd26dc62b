package io.seriatim.merkle;

import java.util.Collection;
import java.util.List;

/**
 * The head of a log's tree at a size.
 * <p>
 * Shape: three lines: origin, size in decimal, root in base64. It has no time, and no extension lines: this log never
 * signs any, and refuses a text that has some.<br>
 * Source: C2SP, tlog-checkpoint.
 *
 * @param origin of the log, of the characters a-z 0-9 . / -
 * @param size   how many entries the tree has.
 * @param root   of the tree, 32 bytes.
 */
public record Checkpoint(String origin, long size, byte[] root)
{
    private static final int LINE_COUNT = 3;

    /**
     * Checked.
     */
    public Checkpoint
    {
        if (origin.isEmpty() || origin.indexOf('\n') >= 0)
        {
            throw new ProofException("the origin of a checkpoint is one line that is not empty: '" + origin + "'");
        }
    }

    /**
     * Read what was signed.
     *
     * @param text of a note.
     * @return the checkpoint.
     * @throws ProofException if it is none; the message says why.
     */
    public static Checkpoint parse(final String text)
    {
        final String[] lines = text.split("\n", -1);
        if (lines.length != LINE_COUNT + 1 || !lines[LINE_COUNT].isEmpty())
        {
            throw new ProofException(
                "a checkpoint of this log has three lines, origin, size and root, each with its line feed: found " +
                (lines.length - 1) + (lines[lines.length - 1].isEmpty() ? "" : " and a piece of one"));
        }
        return new Checkpoint(
            lines[0], CanonicalText.number(lines[1], "the size of a checkpoint"),
            CanonicalText.hash(lines[2], "the root of a checkpoint"));
    }

    /**
     * Read a checkpoint that a log has signed.
     *
     * @param note that it is in.
     * @param keys of the log that are trusted.
     * @return the checkpoint, which may be believed.
     * @throws ProofException if none of the keys has signed it, or if its origin is not the name of the one that has.
     */
    public static Checkpoint of(final SignedNote note, final Collection<VerifierKey> keys)
    {
        final List<VerifierKey> signers = note.requireSignedBy(keys);
        final Checkpoint checkpoint = parse(note.text());
        for (final VerifierKey signer : signers)
        {
            if (!signer.name().equals(checkpoint.origin))
            {
                throw new ProofException(
                    "the checkpoint is of another log: origin=" + checkpoint.origin + ", signed by the key of " +
                    signer.name());
            }
        }
        return checkpoint;
    }

    /**
     * What is signed.
     *
     * @return three lines.
     */
    public String toText()
    {
        return origin + "\n" + size + "\n" + CanonicalText.base64(root) + "\n";
    }

    /**
     * Sign.
     *
     * @param signers keys of the log, the first one first.
     * @return the note.
     */
    public SignedNote signed(final List<NoteSigner> signers)
    {
        final String text = toText();
        return new SignedNote(text, signers.stream().map(signer -> signer.sign(text, 0)).toList());
    }

    @Override
    public String toString()
    {
        return "origin=" + origin + ", size=" + size + ", root=" + CanonicalText.base64(root);
    }
}
