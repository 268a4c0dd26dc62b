package io.seriatim.replay;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.collections.Int2IntHashMap;

import java.util.Map;
import java.util.TreeMap;

/**
 * How often each outcome stands in the journal, and which codes are outcomes at all.
 * <p>
 * Threads: an instance is confined to one; the static methods are for any.
 */
final class Outcomes
{
    private static final int UNKNOWN = -1;
    private static final Int2IntHashMap ACCOUNT_ORDINALS = new Int2IntHashMap(UNKNOWN);
    private static final Int2IntHashMap TRANSFER_ORDINALS = new Int2IntHashMap(UNKNOWN);

    static
    {
        for (final AccountOutcome outcome : AccountOutcome.values())
        {
            ACCOUNT_ORDINALS.put(outcome.code(), outcome.ordinal());
        }
        for (final TransferOutcome outcome : TransferOutcome.values())
        {
            TRANSFER_ORDINALS.put(outcome.code(), outcome.ordinal());
        }
    }

    private final long[] accounts = new long[AccountOutcome.values().length];
    private final long[] transfers = new long[TransferOutcome.values().length];

    static boolean isOfAccount(final int code)
    {
        return ACCOUNT_ORDINALS.get(code) != UNKNOWN;
    }

    static boolean isOfTransfer(final int code)
    {
        return TRANSFER_ORDINALS.get(code) != UNKNOWN;
    }

    /** Count an outcome; false if there is none with this code. */
    boolean count(final boolean isAccount, final int code)
    {
        final int ordinal = isAccount ? ACCOUNT_ORDINALS.get(code) : TRANSFER_ORDINALS.get(code);
        if (ordinal == UNKNOWN)
        {
            return false;
        }
        (isAccount ? accounts : transfers)[ordinal]++;
        return true;
    }

    /** Those that came, by label. */
    Map<String, Long> ofAccounts()
    {
        final Map<String, Long> counts = new TreeMap<>();
        for (final AccountOutcome outcome : AccountOutcome.values())
        {
            putIfAny(counts, outcome.label(), accounts[outcome.ordinal()]);
        }
        return counts;
    }

    /** Those that came, by label. */
    Map<String, Long> ofTransfers()
    {
        final Map<String, Long> counts = new TreeMap<>();
        for (final TransferOutcome outcome : TransferOutcome.values())
        {
            putIfAny(counts, outcome.label(), transfers[outcome.ordinal()]);
        }
        return counts;
    }

    private static void putIfAny(final Map<String, Long> counts, final String label, final long count)
    {
        if (count > 0)
        {
            counts.put(label, count);
        }
    }
}
