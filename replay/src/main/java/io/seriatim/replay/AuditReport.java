package io.seriatim.replay;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@link AuditReplay} found in a data directory.
 *
 * @param directory  that was read.
 * @param isLive     whether an engine held it, so that it was read up to what was committed.
 * @param journals   in the order of their numbers.
 * @param shards     in the order of their numbers.
 * @param durationNs how long it took.
 */
public record AuditReport(
    Path directory, boolean isLive, List<JournalAudit> journals, List<ShardAudit> shards, long durationNs)
{
    private static final double NANOS_OF_A_SECOND = 1e9;

    /**
     * Copies the lists.
     */
    public AuditReport
    {
        journals = List.copyOf(journals);
        shards = List.copyOf(shards);
    }

    /**
     * Whether every journal is whole and nothing differs.
     *
     * @return true if so.
     */
    public boolean isClean()
    {
        return !isDamaged() && differenceCount() == 0;
    }

    /**
     * Whether a journal has to be refused.
     *
     * @return true if so.
     */
    public boolean isDamaged()
    {
        return journals.stream().anyMatch(JournalAudit::isDamaged);
    }

    /**
     * How much is not as it has to be, though its bytes are intact.
     *
     * @return a count over all shards.
     */
    public long differenceCount()
    {
        return shards.stream().mapToLong(ShardAudit::differenceCount).sum();
    }

    /**
     * How many entries were read.
     *
     * @return a count over all shards.
     */
    public long entryCount()
    {
        return shards.stream().mapToLong(ShardAudit::nextSequence).sum();
    }

    /**
     * How fast it went.
     *
     * @return entries a second.
     */
    public long entriesPerSecond()
    {
        return durationNs <= 0 ? 0 : (long)(entryCount() * NANOS_OF_A_SECOND / durationNs);
    }
}
