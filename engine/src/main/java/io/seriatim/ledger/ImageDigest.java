package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * The digest of a state out of the chunks of its image and the totals of its index: what {@link
 * LedgerStateMachine#digest()} was at the moment of the image, computed away from the shard.
 * <p>
 * Threads: confined to one.
 */
public final class ImageDigest implements ChunkHandler
{
    private final StateDigest digest = new StateDigest();
    private final ExpandableArrayBuffer definitions = new ExpandableArrayBuffer();
    private long accountCount;
    private long ledgerCount;
    private long expiryCount;
    private long definitionCount;
    private long accountsSeen;
    private long ledgersSeen;
    private long expiriesSeen;
    private int definitionsSeen;
    private boolean isLedgerCountAdded;
    private long firstExpirySum;
    private long secondExpirySum;

    /**
     * Take the next chunk of the image.
     *
     * @throws IllegalStateException if it is none.
     */
    @Override
    public void onChunk(final DirectBuffer buffer, final int offset, final int length)
    {
        Chunks.validate(buffer, offset, length);
        final int section = Chunks.section(buffer, offset);
        final int rowLength = Chunks.rowLength(section);
        for (int row = offset + Chunks.HEADER_LENGTH; row < offset + length; row += rowLength)
        {
            addRow(section, buffer, row);
        }
    }

    /**
     * End the digest.
     *
     * @param totals of the index at the moment of the image.
     * @return 32 bytes.
     * @throws IllegalStateException if chunks are missing, or there were too many.
     */
    public byte[] end(final IndexTotals totals)
    {
        if (accountsSeen != accountCount || ledgersSeen != ledgerCount || expiriesSeen != expiryCount ||
            definitionsSeen != definitionCount)
        {
            throw new IllegalStateException(
                "the image is not whole: accounts=" + accountsSeen + " of " + accountCount + ", ledgers=" +
                ledgersSeen + " of " + ledgerCount + ", expiries=" + expiriesSeen + " of " + expiryCount +
                ", definitions=" + definitionsSeen + " of " + definitionCount);
        }
        addLedgerCount();
        digest.add(totals.storedCount());
        digest.add(totals.timestampMaxNs());
        digest.add(totals.spentCount());
        digest.add(totals.firstContentSum());
        digest.add(totals.secondContentSum());
        digest.add(expiryCount);
        digest.add(firstExpirySum);
        digest.add(secondExpirySum);
        digest.add(totals.releaseCount());
        digest.add(totals.releaseTimestampMaxNs());
        digest.add(definitionCount);
        for (int i = 0; i < definitionCount; i++)
        {
            digest.add(definitions, i * LedgerDefinitions.ROW_LENGTH, LedgerDefinitions.ROW_LENGTH);
        }
        return digest.end();
    }

    private void addRow(final int section, final DirectBuffer buffer, final int row)
    {
        switch (section)
        {
            case Chunks.HEAD:
                digest.add(buffer.getLong(row));
                accountCount = buffer.getLong(row + 2 * Long.BYTES);
                ledgerCount = buffer.getLong(row + 3 * Long.BYTES);
                expiryCount = buffer.getLong(row + 4 * Long.BYTES);
                definitionCount = buffer.getLong(row + 5 * Long.BYTES);
                digest.add(accountCount);
                break;
            case Chunks.ACCOUNT:
                digest.add(buffer, row, Chunks.ACCOUNT_ROW_LENGTH);
                accountsSeen++;
                break;
            case Chunks.LEDGER:
                addLedgerCount();
                digest.addLedger(
                    LedgerTable.ledgerOf(buffer, row), LedgerTable.ledgerSequenceOf(buffer, row),
                    LedgerTable.accountCountOf(buffer, row));
                ledgersSeen++;
                break;
            case Chunks.EXPIRY:
                addExpiry(buffer.getLong(row), buffer.getLong(row + Long.BYTES));
                break;
            case Chunks.DEFINITION:
                definitions.putBytes(
                    definitionsSeen++ * LedgerDefinitions.ROW_LENGTH, buffer, row, LedgerDefinitions.ROW_LENGTH);
                break;
            default:
                throw new IllegalStateException("not a section of an image: section=" + section);
        }
    }

    private void addLedgerCount()
    {
        if (!isLedgerCountAdded)
        {
            digest.add(ledgerCount);
            isLedgerCountAdded = true;
        }
    }

    private void addExpiry(final long expiryNs, final long sequence)
    {
        firstExpirySum += ExpiryQueue.contentOf(StateDigest.FIRST_SALT, expiryNs, sequence);
        secondExpirySum += ExpiryQueue.contentOf(StateDigest.SECOND_SALT, expiryNs, sequence);
        expiriesSeen++;
    }
}
