package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One value for the whole state of a ledger, to compare two of them: a replay with what was recorded. It leaves out
 * what is not state: how tables lie, journal positions, times of reads.
 * <p>
 * Shape: SHA-256 over, little-endian,
 *
 * <pre>
 *   the characters "seriatim state 1"
 *   next sequence
 *   number of accounts; for each in creation order its record of 128 bytes and the sequence of its entry
 *   number of ledgers; for each in the order of its first account the ledger, its last ledgerSequence, its accounts
 *   number of stored transfers, their greatest timestamp, number of spent ids
 *   two sums over (id, sequence of its entry and pending state; or its negative sequence if spent), each slot mixed
 *   with its own salt
 *   number of pending transfers that will expire
 *   two sums over (expiry, sequence of its entry), each row mixed with its own salt
 *   number of releases, timestamp of the newest
 *   number of ledger definitions; for each in the order of first definition its row of 24 bytes
 * </pre>
 *
 * Cost: a scan of all tables. Sums, unlike a hash of hashes, need no order; this is against errors of ours, not
 * against people: for that there is the Merkle tree.
 */
final class StateDigest
{
    static final long FIRST_SALT = 0x7365726961746D31L;
    static final long SECOND_SALT = 0x7365726961746D32L;

    private static final byte[] TITLE = "seriatim state 1".getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK_LENGTH = 64 * 1024;

    private final MessageDigest sha256;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final UnsafeBuffer chunkView = new UnsafeBuffer(chunk);

    /** Begin with the title; everything else is added in the order above. */
    StateDigest()
    {
        try
        {
            sha256 = MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException("every JDK has SHA-256", ex);
        }
        sha256.update(TITLE);
    }

    static byte[] of(
        final long nextSequence,
        final LedgerTable ledgers,
        final AccountTable accounts,
        final TransferIndex transfers,
        final ExpiryQueue expiries,
        final ExpiryTimestamps expiryTimestamps,
        final LedgerDefinitions definitions)
    {
        final StateDigest digest = new StateDigest();
        digest.add(nextSequence);
        digest.add(accounts.count());
        for (int slot = 0; slot < accounts.count(); slot++)
        {
            digest.addAccount(accounts, slot);
        }
        digest.add(ledgers.count());
        for (int slot = 0; slot < ledgers.count(); slot++)
        {
            digest.addLedger(ledgers.ledger(slot), ledgers.ledgerSequence(slot), ledgers.accountCount(slot));
        }
        digest.add(transfers.storedCount());
        digest.add(transfers.timestampMaxNs());
        digest.add(transfers.poisonedCount());
        digest.add(transfers.firstContentSum());
        digest.add(transfers.secondContentSum());
        digest.add(expiries.count());
        digest.add(expiries.contentSum(FIRST_SALT));
        digest.add(expiries.contentSum(SECOND_SALT));
        digest.add(expiryTimestamps.count());
        digest.add(expiryTimestamps.timestampMaxNs());
        digest.add(definitions.count());
        for (int index = 0; index < definitions.count(); index++)
        {
            digest.addDefinition(definitions, index);
        }
        return digest.end();
    }

    void addLedger(final int ledger, final long ledgerSequence, final long accountCount)
    {
        add(Integer.toUnsignedLong(ledger));
        add(ledgerSequence);
        add(accountCount);
    }

    void add(final long value)
    {
        ensureRoom(Long.BYTES);
        chunk.putLong(value);
    }

    void add(final DirectBuffer buffer, final int offset, final int length)
    {
        ensureRoom(length);
        buffer.getBytes(offset, chunkView, chunk.position(), length);
        chunk.position(chunk.position() + length);
    }

    byte[] end()
    {
        flush();
        return sha256.digest();
    }

    private void addAccount(final AccountTable accounts, final int slot)
    {
        ensureRoom(AccountTable.ROW_LENGTH + Long.BYTES);
        accounts.read(slot, chunkView, chunk.position());
        chunk.position(chunk.position() + AccountTable.ROW_LENGTH);
        chunk.putLong(accounts.sequence(slot));
    }

    private void addDefinition(final LedgerDefinitions definitions, final int index)
    {
        ensureRoom(LedgerDefinitions.ROW_LENGTH);
        definitions.read(index, chunkView, chunk.position());
        chunk.position(chunk.position() + LedgerDefinitions.ROW_LENGTH);
    }

    private void ensureRoom(final int length)
    {
        if (chunk.remaining() < length)
        {
            flush();
        }
    }

    private void flush()
    {
        sha256.update(chunk.array(), 0, chunk.position());
        chunk.clear();
    }
}
