package io.seriatim.journal;

/**
 * What a shard was when its journal was closed cleanly; the next start compares.
 *
 * @param shard         its number.
 * @param nextSequence  of the entry that would have come next.
 * @param stateDigest   digest of the state, in lower-case hexadecimal; empty if none was made.
 * @param accountCount  how many accounts it had.
 * @param transferCount how many transfers it had.
 */
public record ShardMark(int shard, long nextSequence, String stateDigest, long accountCount, long transferCount)
{
    private static final String NO_DIGEST = "-";
    private static final int FIELD_COUNT = 4;

    /**
     * Checks the fields.
     */
    public ShardMark
    {
        if (shard < 0 || shard > 0xFFFF || nextSequence < 0 || accountCount < 0 || transferCount < 0)
        {
            throw new IllegalArgumentException(
                "a shard mark has numbers from 0: shard=" + shard + ", nextSequence=" + nextSequence +
                ", accountCount=" + accountCount + ", transferCount=" + transferCount);
        }

        if (!stateDigest.matches("[0-9a-f]*"))
        {
            throw new IllegalArgumentException("a digest is lower-case hexadecimal: stateDigest=" + stateDigest);
        }
    }

    String format()
    {
        return nextSequence + " " + (stateDigest.isEmpty() ? NO_DIGEST : stateDigest) + " " + accountCount + " " +
            transferCount;
    }

    static ShardMark parse(final int shard, final String text)
    {
        final String[] fields = text.split(" ");
        if (fields.length != FIELD_COUNT)
        {
            throw new IllegalArgumentException("a shard mark has " + FIELD_COUNT + " fields: found=" + text);
        }

        return new ShardMark(
            shard,
            Long.parseLong(fields[0]),
            fields[1].equals(NO_DIGEST) ? "" : fields[1],
            Long.parseLong(fields[2]),
            Long.parseLong(fields[3]));
    }
}
