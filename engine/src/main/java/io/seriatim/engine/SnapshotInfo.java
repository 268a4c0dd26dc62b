package io.seriatim.engine;

/**
 * A snapshot of one shard that was taken.
 *
 * @param shard          number of the shard.
 * @param sequence       of the last entry that it knows of.
 * @param position       of the journal that it goes up to, in bytes.
 * @param length         of its file and of the run of its index that was written with it, in bytes.
 * @param durationNs     from its beginning until it counted.
 * @param longestSliceNs how long it kept the shard from its requests at most, in one go.
 */
public record SnapshotInfo(
    int shard, long sequence, long position, long length, long durationNs, long longestSliceNs)
{
}
