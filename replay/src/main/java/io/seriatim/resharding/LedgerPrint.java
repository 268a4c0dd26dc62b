package io.seriatim.resharding;

import io.seriatim.codecs.AccountRecordDecoder;
import org.agrona.DirectBuffer;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a ledger is, in a few bytes: digests of its entries in their order, and of its accounts in theirs.
 * <p>
 * Threads: confined to one.
 */
final class LedgerPrint
{
    private final MessageDigest entries = sha256();
    private final MessageDigest accounts = sha256();
    private final byte[] row = new byte[AccountRecordDecoder.ENCODED_LENGTH];
    private final boolean isOrdered;
    private BigInteger sum = BigInteger.ZERO;
    private long entryCount;
    private long ledgerSequence;
    private long accountCount;

    /**
     * Nothing yet.
     *
     * @param isOrdered whether its entries come in one order; else they are summed up, each with its time.
     */
    LedgerPrint(final boolean isOrdered)
    {
        this.isOrdered = isOrdered;
    }

    void addEntry(final byte[] content, final int length, final long newLedgerSequence)
    {
        entries.update(content, 0, length);
        if (!isOrdered)
        {
            sum = sum.add(new BigInteger(1, entries.digest()));
        }
        entryCount++;
        ledgerSequence = Math.max(ledgerSequence, newLedgerSequence);
    }

    void addAccount(final DirectBuffer account)
    {
        account.getBytes(0, row);
        accounts.update(row);
        accountCount++;
    }

    /** How many entries it has. */
    long entryCount()
    {
        return entryCount;
    }

    /** Number of its newest entry that has one. */
    long ledgerSequence()
    {
        return ledgerSequence;
    }

    long accountCount()
    {
        return accountCount;
    }

    /** Digest of its entries; the print takes no more of them. */
    String entryDigest()
    {
        return isOrdered ? HexFormat.of().formatHex(entries.digest()) : sum.toString(16);
    }

    /** Digest of its accounts; the print takes no more of them. */
    String accountDigest()
    {
        return HexFormat.of().formatHex(accounts.digest());
    }

    private static MessageDigest sha256()
    {
        try
        {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException("every JVM has SHA-256", ex);
        }
    }
}
