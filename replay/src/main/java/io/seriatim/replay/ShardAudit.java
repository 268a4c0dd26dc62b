package io.seriatim.replay;

import io.seriatim.engine.Genesis;

import java.util.List;
import java.util.Map;

/**
 * What the replay of one shard came to.
 *
 * @param shard           its number.
 * @param journal         that carries it.
 * @param genesis         of the shard; null if it could not be read.
 * @param nextSequence    of the entry that would come next: how many entries were read, the genesis counted.
 * @param replayedTo      how many of those were re-executed; less if one of them could not be.
 * @param lastTimestampNs slot of its newest entry; 0 if it has none.
 * @param accountCount    accounts in the state.
 * @param transferCount   transfers in the state.
 * @param entryKinds      how many entries of each kind were read, by name in the order of the format.
 * @param areStateRootsMade whether the roots over accounts were made again and compared, too.
 * @param snapshotCount   how many snapshots of its state were compared with.
 * @param accountOutcomes how often each outcome of an account was recorded, by label.
 * @param transferOutcomes how often each outcome of a transfer was recorded, by label.
 * @param ledgers         in the order of their numbers.
 * @param definitions     the newest one of each ledger that is defined, in the order of their numbers.
 * @param mark            the clean close, if the journal ends in one; null if nothing says what the state was.
 * @param lastCloseSequence last entry before the newest clean close, whether its mark is still kept or not; -1 if none.
 * @param knownSequence   last entry that is known to have been forced to the disk; -1 if none, or if it is not known.
 * @param differenceCount how many differences there are.
 * @param differences     the first of them.
 */
public record ShardAudit(
    int shard,
    int journal,
    Genesis genesis,
    long nextSequence,
    long replayedTo,
    long lastTimestampNs,
    long accountCount,
    long transferCount,
    Map<String, Long> entryKinds,
    boolean areStateRootsMade,
    long snapshotCount,
    Map<String, Long> accountOutcomes,
    Map<String, Long> transferOutcomes,
    List<LedgerAudit> ledgers,
    List<DefinitionAudit> definitions,
    MarkAudit mark,
    long lastCloseSequence,
    long knownSequence,
    long differenceCount,
    List<Difference> differences)
{
    /**
     * Copies the collections.
     */
    public ShardAudit
    {
        ledgers = List.copyOf(ledgers);
        definitions = List.copyOf(definitions);
        differences = List.copyOf(differences);
    }

    /**
     * Whether all of it is as it has to be.
     *
     * @return true if nothing differs.
     */
    public boolean isClean()
    {
        return differenceCount == 0;
    }

    /**
     * How many state roots there are.
     *
     * @return a count.
     */
    public long stateRootCount()
    {
        return entryKinds.getOrDefault(EntryKinds.STATE_ROOT, 0L);
    }

    /**
     * How many pending transfers are open.
     *
     * @return a count over all ledgers.
     */
    public long pendingCount()
    {
        return ledgers.stream().mapToLong(LedgerAudit::pendingCount).sum();
    }

    /**
     * Sequence of the newest entry.
     *
     * @return a sequence; -1 if there is none.
     */
    public long lastSequence()
    {
        return nextSequence - 1;
    }
}
