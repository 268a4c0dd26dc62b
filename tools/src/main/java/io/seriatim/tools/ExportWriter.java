package io.seriatim.tools;

import io.seriatim.journal.Entries;
import io.seriatim.merkle.TreeHasher;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.Movement;
import org.agrona.DirectBuffer;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes a part of a shard's order in one format, entry by entry. What comes before the part, or is written already, is
 * taken in and not written.
 * <p>
 * Shape: the accounts and open pending transfers of {@link BooksWalk}, whatever the number of entries.<br>
 * Threads: confined to one.
 */
abstract class ExportWriter implements Closeable
{
    private final ExportPart part;
    private final long nextSequence;
    private final TreeHasher hasher = new TreeHasher();
    private final BooksWalk books = new BooksWalk(this::onMovement);
    private boolean isWritten;
    private byte[] leaf;
    private long newestTimestampNs;
    private long entryCount;
    private long recordCount;

    /**
     * A writer that has taken nothing.
     *
     * @param part         that is written.
     * @param nextSequence of the first entry that is not written already.
     */
    ExportWriter(final ExportPart part, final long nextSequence)
    {
        this.part = part;
        this.nextSequence = nextSequence;
    }

    /**
     * Take the next entry of the shard, from its first one on.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @param length in bytes.
     * @return whether there may be more to write behind it.
     * @throws UncheckedIOException if it can not be written.
     */
    final boolean onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        if (part.last().isBehind(buffer, offset))
        {
            return false;
        }
        try
        {
            if (part.last().includes(books, buffer, offset))
            {
                final long sequence = Entries.sequence(buffer, offset);
                isWritten = sequence >= nextSequence &&
                    (isGapless() || !part.before().includes(books, buffer, offset));
                if (isWritten)
                {
                    leaf = leafOf(buffer, offset, length);
                    writeEntry(buffer, offset);
                }
                books.onEntry(buffer, offset);
                wholeUpTo(sequence + 1);
            }
            else
            {
                books.passOver(buffer, offset);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        entryCount++;
        return true;
    }

    /** How many entries were taken. */
    final long entryCount()
    {
        return entryCount;
    }

    /** How many records were written. */
    final long recordCount()
    {
        return recordCount;
    }

    /** All entries of the part were taken: finish what was written. */
    abstract void finish() throws IOException;

    /** Whether what comes now is written even if it happened before the part, as imported movements may have. */
    boolean isGapless()
    {
        return false;
    }

    void writeEntry(final DirectBuffer buffer, final int offset) throws IOException
    {
        // For those who write entries and not what they did.
    }

    void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit) throws IOException
    {
        // For those who write what entries did.
    }

    /** All entries below a sequence are written. */
    abstract void wholeUpTo(long sequence) throws IOException;

    final void countRecord()
    {
        recordCount++;
    }

    final ExportPart part()
    {
        return part;
    }

    /** The accounts as they stand after the entry. */
    final BooksWalk books()
    {
        return books;
    }

    /** Hash under which the entry is in the Merkle tree. */
    final byte[] leaf()
    {
        return leaf;
    }

    final String asset(final int ledger)
    {
        final DefinitionAudit definition = books.definition(ledger);
        return definition == null ? Integer.toUnsignedString(ledger) : definition.assetCode();
    }

    /** The newest time of all movements so far, written or not: it never goes back. */
    final long newestTimestampNs()
    {
        return newestTimestampNs;
    }

    private void onMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
    {
        newestTimestampNs = Math.max(newestTimestampNs, movement.timestampNs());
        if (isWritten && part.isOf(movement.ledger()))
        {
            try
            {
                writeMovement(movement, debit, credit);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
    }

    private byte[] leafOf(final DirectBuffer buffer, final int offset, final int length)
    {
        final byte[] entry = new byte[length];
        buffer.getBytes(offset, entry);
        return hasher.leaf(entry);
    }
}
