package io.seriatim.journal;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scan found a journal to hold, and what was done about its end.
 * <p>
 * Threads: immutable.
 */
public final class RecoveredJournal
{
    /**
     * How the journal ends.
     */
    public enum Verdict
    {
        /** It is new and holds nothing. */
        NEW,

        /** It was closed cleanly, and ends where it did then. */
        CLOSED,

        /** It ends at a complete group with zeros behind it. */
        CLEAN_END,

        /** Behind its last complete group lies a tail that nobody was told of. */
        TORN_TAIL,

        /** Scanned up to a position only: what follows was not looked at. */
        LIMITED
    }

    private final Manifest manifest;
    private final Verdict verdict;
    private final long position;
    private final long contentEnd;
    private final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
    private final SortedMap<Integer, Integer> previousCrcs = new TreeMap<>();
    private final SortedMap<Integer, Long> knownSequences = new TreeMap<>();
    private final String report;

    RecoveredJournal(
        final Manifest manifest,
        final Verdict verdict,
        final RecoveryScan scan,
        final long contentEnd,
        final String report)
    {
        this.manifest = manifest;
        this.verdict = verdict;
        this.position = scan.endPosition();
        this.contentEnd = Math.max(position, contentEnd);
        this.report = report;
        for (final ShardProgress shard : scan.shards())
        {
            nextSequences.put(shard.shard(), shard.nextSequence());
            previousCrcs.put(shard.shard(), shard.previousCrc());
            knownSequences.put(shard.shard(), shard.knownSequence());
        }
    }

    private RecoveredJournal(final RecoveredJournal other, final String report)
    {
        manifest = other.manifest;
        verdict = other.verdict;
        position = other.position;
        contentEnd = other.contentEnd;
        nextSequences.putAll(other.nextSequences);
        previousCrcs.putAll(other.previousCrcs);
        knownSequences.putAll(other.knownSequences);
        this.report = report;
    }

    RecoveredJournal with(final String newReport)
    {
        return new RecoveredJournal(this, newReport);
    }

    /**
     * The manifest that the scan was made with.
     *
     * @return the manifest.
     */
    public Manifest manifest()
    {
        return manifest;
    }

    /**
     * How the journal ends.
     *
     * @return the verdict.
     */
    public Verdict verdict()
    {
        return verdict;
    }

    /**
     * End of the last complete group: where the journal goes on.
     *
     * @return a position in bytes.
     */
    public long position()
    {
        return position;
    }

    /**
     * How many bytes lie behind the last complete group, from its end to the last byte that is not zero.
     *
     * @return a length; above 0 only for {@link Verdict#TORN_TAIL}.
     */
    public long tailLength()
    {
        return contentEnd - position;
    }

    /**
     * Sequence of a shard's next entry.
     *
     * @param shard of this journal.
     * @return a sequence.
     */
    public long nextSequence(final int shard)
    {
        return nextSequences.get(shard);
    }

    /**
     * Checksum of a shard's last frame.
     *
     * @param shard of this journal.
     * @return a CRC; 0 if it has no frame.
     */
    public int previousCrc(final int shard)
    {
        return previousCrcs.get(shard);
    }

    /**
     * Position and sequences as a watermark.
     *
     * @return what would be known once the files are forced up to {@link #position()}.
     */
    public Watermark watermark()
    {
        return new Watermark(position, nextSequences);
    }

    /**
     * The marks of the clean close.
     *
     * @return one for each shard if the verdict is {@link Verdict#CLOSED}; else none.
     */
    public SortedMap<Integer, ShardMark> closeMarks()
    {
        return verdict == Verdict.CLOSED ? manifest.closeMarks() : Collections.emptySortedMap();
    }

    /**
     * Last entry of a shard that is known to have been forced to the disk: the watermark says so, or a later frame.
     * What lies behind it may have been acknowledged or not.
     *
     * @param shard of this journal.
     * @return a sequence; -1 if none.
     */
    public long knownSequence(final int shard)
    {
        return knownSequences.get(shard);
    }

    /**
     * Whether whole groups could be missing at the end without leaving a trace in the files: a loss that ends exactly
     * at the end of a group can be seen only by comparing with something kept elsewhere, a checkpoint or a receipt.
     *
     * @return true if the journal was not closed cleanly and goes on behind everything known to have been forced.
     */
    public boolean isUnanchored()
    {
        return verdict != Verdict.NEW && verdict != Verdict.CLOSED &&
            nextSequences.entrySet().stream().anyMatch((entry) ->
                entry.getValue() - 1 > knownSequences.get(entry.getKey()));
    }

    /**
     * What was found and done, for people.
     *
     * @return a line or a few.
     */
    public String report()
    {
        return report;
    }

    @Override
    public String toString()
    {
        return report;
    }
}
