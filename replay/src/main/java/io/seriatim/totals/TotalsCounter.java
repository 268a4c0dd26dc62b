package io.seriatim.totals;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

import java.math.BigInteger;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Adds up the entries of one shard, each once and in their order.
 * <p>
 * Threads: confined to one.
 */
public final class TotalsCounter
{
    private static final int CREATED = TransferOutcome.CREATED.code();
    private static final int POST_OR_VOID = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;

    private final UUID log;
    private final int shard;
    private final SortedMap<TotalsKey, Sums> sums = new TreeMap<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();
    private final ExpiryEntryDecoder expiryEntry = new ExpiryEntryDecoder();
    private long sequence = -1;

    /**
     * Nothing yet.
     *
     * @param log   of the shard.
     * @param shard number of the shard.
     */
    public TotalsCounter(final UUID log, final int shard)
    {
        this.log = log;
        this.shard = shard;
    }

    /**
     * Go on where a contribution ends.
     *
     * @param contribution of the shard.
     */
    public TotalsCounter(final Contribution contribution)
    {
        this(contribution.log(), contribution.shard());
        sums.putAll(contribution.sums());
        sequence = contribution.sequence();
    }

    /**
     * The entry that is to come next.
     *
     * @return its sequence.
     */
    public long nextSequence()
    {
        return sequence + 1;
    }

    /**
     * Take the next entry; one that was taken already is passed over.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @throws IllegalStateException if entries are missing before it.
     */
    public void onEntry(final DirectBuffer buffer, final int offset)
    {
        final long entrySequence = Entries.sequence(buffer, offset);
        if (entrySequence > sequence + 1)
        {
            throw new IllegalStateException(
                "entries are missing: shard=" + shard + ", expected sequence=" + (sequence + 1) +
                ", actual sequence=" + entrySequence);
        }
        if (entrySequence <= sequence)
        {
            return;
        }
        sequence = entrySequence;
        switch (Entries.templateId(buffer, offset))
        {
            case TransferEntryDecoder.TEMPLATE_ID:
                transferEntry.wrapAndApplyHeader(buffer, offset, header);
                final TransferRecordDecoder transfer = transferEntry.transfer();
                onTransfer(
                    (int)transfer.ledger(), transfer.code(), (int)transferEntry.outcome(), transfer.flags(),
                    transfer.amountHigh(), transfer.amountLow());
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extendedEntry.wrapAndApplyHeader(buffer, offset, header);
                onExtended();
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiryEntry.wrapAndApplyHeader(buffer, offset, header);
                add(
                    new TotalsKey((int)expiryEntry.ledger(), expiryEntry.code(), CREATED),
                    new Sums(0, BigInteger.ZERO, 0, 1));
                break;
            default:
                break;
        }
    }

    private void onExtended()
    {
        final TransferRecordDecoder command = extendedEntry.transfer();
        final int ledger = (int)extendedEntry.resolvedLedger();
        final int code = extendedEntry.resolvedCode();
        onTransfer(
            ledger == 0 ? (int)command.ledger() : ledger, code == 0 ? command.code() : code,
            (int)extendedEntry.outcome(), command.flags(), extendedEntry.amountMovedHigh(),
            extendedEntry.amountMovedLow());
    }

    private void onTransfer(
        final int ledger,
        final int code,
        final int outcome,
        final int flags,
        final long amountHigh,
        final long amountLow)
    {
        final boolean isCreated = outcome == CREATED;
        final boolean isPending = isCreated && (flags & TransferFlags.PENDING) != 0;
        final boolean isEnding = isCreated && (flags & POST_OR_VOID) != 0;
        final boolean isMoving =
            isCreated && !isPending && (flags & TransferFlags.VOID_PENDING_TRANSFER) == 0;
        add(
            new TotalsKey(ledger, code, outcome),
            new Sums(
                1, isMoving ? new Uint128(amountHigh, amountLow).toBigInteger() : BigInteger.ZERO, isPending ? 1 : 0,
                isEnding ? 1 : 0));
    }

    private void add(final TotalsKey key, final Sums more)
    {
        sums.merge(key, more, Sums::plus);
    }

    /**
     * What was taken so far.
     *
     * @return the shard's contribution as of the last entry.
     */
    public Contribution contribution()
    {
        return new Contribution(log, shard, sequence, Collections.unmodifiableSortedMap(new TreeMap<>(sums)));
    }
}
