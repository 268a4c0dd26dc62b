package io.seriatim.ledger;

import org.agrona.DirectBuffer;

/**
 * Makes a ledger out of a snapshot: first the chunks of its image, then those of the runs of its index from the first
 * entry on. Its window is empty then, and older entries are read back.
 * <p>
 * What it is given is checked row by row, so that a snapshot that lies can not do harm; whether it is the right one is
 * told by {@link LedgerStateMachine#digest()}, which the caller compares with the digest that was recorded.
 * <p>
 * Cost: see {@link HashBins}.<br>
 * Threads: confined to one.
 */
public final class StateLoader implements ChunkHandler, AutoCloseable
{
    private final int batchCountMax;
    private final int windowCapacity;
    private final long seed;
    private final TransferRecords records;
    private LedgerStateMachine stateMachine;
    private IndexTotals totals;
    private int section = Chunks.HEAD;
    private long accountCount;
    private long ledgerCount;
    private long expiryCount;
    private long definitionCount;
    private boolean isTakenOver;

    /**
     * Nothing is loaded yet.
     *
     * @param batchCountMax  most events of a batch, above zero.
     * @param windowCapacity in entries, a power of two and at least batchCountMax.
     * @param seed           of the hash tables.
     * @param records        where entries are read back.
     */
    public StateLoader(
        final int batchCountMax, final int windowCapacity, final long seed, final TransferRecords records)
    {
        this.batchCountMax = batchCountMax;
        this.windowCapacity = windowCapacity;
        this.seed = seed;
        this.records = records;
    }

    /**
     * Take the next chunk.
     *
     * @throws IllegalStateException if it is none, comes out of order, or holds what can not be; the loader is to be
     *                               closed then.
     */
    @Override
    public void onChunk(final DirectBuffer buffer, final int offset, final int length)
    {
        Chunks.validate(buffer, offset, length);
        final int newSection = Chunks.section(buffer, offset);
        final boolean isOfRun = newSection >= Chunks.ID;
        if (stateMachine == null ? newSection != Chunks.HEAD :
            newSection == Chunks.HEAD || newSection < section && !isOfRun)
        {
            throw new IllegalStateException(
                "a chunk of a snapshot comes out of order: section=" + newSection + ", last section=" + section);
        }
        section = newSection;
        final int rowLength = Chunks.rowLength(newSection);
        final int end = offset + length;
        for (int row = offset + Chunks.HEADER_LENGTH; row < end; row += rowLength)
        {
            load(buffer, row);
        }
    }

    /**
     * The image is complete, and the runs are to come: make room for what they can hold, so that the index does not
     * grow page by page. A length that lies takes no more than the entries that the image is of can need.
     *
     * @param length of all of them, in bytes.
     */
    public void expectRuns(final long length)
    {
        if (stateMachine != null && totals == null)
        {
            stateMachine.reserveIds(length / Chunks.ID_ROW_LENGTH);
        }
    }

    /**
     * What the index comes to.
     *
     * @return totals of the last run that was loaded; null before.
     */
    public IndexTotals totals()
    {
        return totals;
    }

    /**
     * The ledger, which is the caller's to close from now on.
     *
     * @return the ledger.
     * @throws IllegalStateException if something is missing.
     */
    public LedgerStateMachine end()
    {
        if (stateMachine == null || totals == null)
        {
            throw new IllegalStateException(
                "the snapshot has no " + (stateMachine == null ? "head" : "totals of its index"));
        }
        stateMachine.endLoad(accountCount, ledgerCount, expiryCount, definitionCount, totals);
        isTakenOver = true;
        return stateMachine;
    }

    /** Let go of a ledger that was not taken over. */
    @Override
    public void close()
    {
        if (stateMachine != null && !isTakenOver)
        {
            stateMachine.close();
        }
    }

    private void load(final DirectBuffer buffer, final int row)
    {
        switch (section)
        {
            case Chunks.HEAD:
                loadHead(buffer, row);
                break;
            case Chunks.TOTALS:
                totals = IndexTotals.decode(buffer, row);
                break;
            default:
                stateMachine.load(section, buffer, row);
                break;
        }
    }

    private void loadHead(final DirectBuffer buffer, final int row)
    {
        final long nextSequence = buffer.getLong(row);
        final long lastSlotNs = buffer.getLong(row + Long.BYTES);
        accountCount = buffer.getLong(row + 2 * Long.BYTES);
        ledgerCount = buffer.getLong(row + 3 * Long.BYTES);
        expiryCount = buffer.getLong(row + 4 * Long.BYTES);
        definitionCount = buffer.getLong(row + 5 * Long.BYTES);
        if (stateMachine != null || nextSequence < LedgerStateMachine.FIRST_SEQUENCE || lastSlotNs < 0)
        {
            throw new IllegalStateException(
                "not the head of a snapshot: next sequence=" + nextSequence + ", last slot=" + lastSlotNs);
        }
        stateMachine = new LedgerStateMachine(
            batchCountMax, windowCapacity, seed, records, nextSequence, lastSlotNs);
    }
}
