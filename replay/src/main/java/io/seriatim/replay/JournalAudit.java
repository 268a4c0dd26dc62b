package io.seriatim.replay;

import io.seriatim.journal.RecoveredJournal;

/**
 * What one journal of a directory is like.
 *
 * @param journal      its number.
 * @param verdict      how it ends; null if it is damaged.
 * @param position     end of its last complete group, in bytes; -1 if it is damaged.
 * @param tailLength   bytes behind that which nobody was told of.
 * @param isUnanchored whether groups missing at its end would leave no trace in the files.
 * @param report       what the scan found, in words; if it is damaged, what, where, and what is still good.
 */
public record JournalAudit(
    int journal,
    RecoveredJournal.Verdict verdict,
    long position,
    long tailLength,
    boolean isUnanchored,
    String report)
{
    /**
     * Whether it has to be refused.
     *
     * @return true if so.
     */
    public boolean isDamaged()
    {
        return verdict == null;
    }
}
