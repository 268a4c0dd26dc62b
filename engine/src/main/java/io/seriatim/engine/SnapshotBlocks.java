package io.seriatim.engine;

/**
 * Types of the blocks in the snapshot files of a shard.
 */
final class SnapshotBlocks
{
    /** A chunk of the state or of a run of its index, as the ledger has cut it. */
    static final int CHUNK = 1;

    /** Where entries lie: rows of sequence and position, as {@link EntryPositions} has them. */
    static final int POSITIONS = 2;

    /** The genesis entry of the shard; the first block of a state. */
    static final int GENESIS = 3;

    /** The state root whose entry is still to come, see {@link WaitingRootBlock}; left out if there is none. */
    static final int STATE_ROOT = 4;

    private SnapshotBlocks()
    {
    }
}
