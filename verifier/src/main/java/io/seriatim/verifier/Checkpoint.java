package io.seriatim.verifier;

import java.util.ArrayList;
import java.util.List;

/**
 * Head of a log's tree, of which the signatures were checked: three lines, origin, size and root in base64; an empty
 * line; then signatures, each a line of an em dash, the name of a key, and base64 of the key's id and the signature.
 *
 * @param origin of the log.
 * @param size   how many entries it covers.
 * @param root   over them.
 * @param keys   of those that are trusted and have signed.
 */
record Checkpoint(String origin, long size, byte[] root, List<Key> keys)
{
    static Checkpoint of(final String whole, final List<Key> trusted) throws RefusedException
    {
        final int end = whole.lastIndexOf("\n\n");
        if (end < 0 || !whole.endsWith("\n"))
        {
            throw new RefusedException("a checkpoint has three lines, an empty one, and signatures, each with its end");
        }
        final String text = whole.substring(0, end + 1);
        final List<Key> signers = signers(text, whole.substring(end + 2), trusted);
        final String[] lines = text.split("\n", -1);
        if (lines.length != 4)
        {
            throw new RefusedException("a checkpoint of this log has three lines: found " + (lines.length - 1));
        }
        for (final Key key : signers)
        {
            if (key.isOfLog() && !key.name().equals(lines[0]))
            {
                throw new RefusedException("the checkpoint is of " + lines[0] + ", and signed by " + key.name());
            }
        }
        return new Checkpoint(lines[0], Lines.number(lines[1]), Lines.hash(lines[2]), signers);
    }

    private static List<Key> signers(final String text, final String signatures, final List<Key> trusted)
        throws RefusedException
    {
        final List<Key> signers = new ArrayList<>();
        for (final String line : signatures.split("\n"))
        {
            final String[] words = line.split(" ", -1);
            if (words.length != 3 || !words[0].equals("\u2014"))
            {
                throw new RefusedException("not a signature: '" + line + "'");
            }
            final byte[] signature = Lines.base64(words[2]);
            for (final Key key : trusted)
            {
                if (key.isNamed(words[1], signature))
                {
                    if (!key.hasSigned(text, signature))
                    {
                        throw new RefusedException("the signature by " + key + " is wrong");
                    }
                    signers.add(key);
                }
            }
        }
        if (signers.stream().noneMatch(Key::isOfLog))
        {
            throw new RefusedException("no log that is trusted has signed; trusted are " + trusted);
        }
        return signers;
    }

    @Override
    public String toString()
    {
        return "origin " + origin + ", size " + size + ", signed by " + keys;
    }
}
