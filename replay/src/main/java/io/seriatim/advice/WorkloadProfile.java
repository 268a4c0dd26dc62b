package io.seriatim.advice;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes a workload out of transfers that were: how many ledgers and accounts they have, how uneven these are, how many
 * depend on others, and how many came in the busiest second.
 * <p>
 * Shape: an object for each account and ledger, a count for each second.<br>
 * Threads: confined to one.
 */
public final class WorkloadProfile
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int DEPENDENT_FLAGS = TransferFlags.LINKED | TransferFlags.PENDING |
        TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER | TransferFlags.BALANCING_DEBIT |
        TransferFlags.BALANCING_CREDIT | TransferFlags.IMPORTED;
    private static final int LIMITS =
        AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS;

    private final Map<Integer, long[]> transfersByLedger = new HashMap<>();
    private final Map<Uint128, long[]> transfersByAccount = new HashMap<>();
    private final Set<Uint128> limitedAccounts = new HashSet<>();
    private final Set<Integer> ledgersOfChain = new HashSet<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();
    private long transferCount;
    private long dependentCount;
    private long crossLedgerCount;
    private long chainLength;
    private final Long2LongHashMap transfersBySecond = new Long2LongHashMap(0);

    /**
     * Take the next entry of a shard.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     */
    public void onEntry(final DirectBuffer buffer, final int offset)
    {
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                final AccountRecordDecoder account =
                    accountEntry.wrapAndApplyHeader(buffer, offset, header).account();
                onAccount(new Uint128(account.idHigh(), account.idLow()), account.flags());
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                transferEntry.wrapAndApplyHeader(buffer, offset, header);
                onTransfer(transferEntry.transfer(), 0, transferEntry.timestampNs());
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extendedEntry.wrapAndApplyHeader(buffer, offset, header);
                onTransfer(
                    extendedEntry.transfer(), (int)extendedEntry.resolvedLedger(), extendedEntry.timestampNs());
                break;
            default:
                break;
        }
    }

    private void onTransfer(final TransferRecordDecoder transfer, final int resolvedLedger, final long timestampNs)
    {
        onTransfer(
            resolvedLedger == 0 ? (int)transfer.ledger() : resolvedLedger,
            new Uint128(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()),
            new Uint128(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()),
            transfer.flags(), timestampNs);
    }

    /**
     * Take an account.
     *
     * @param id    of it.
     * @param flags bits of {@link AccountFlags}.
     */
    public void onAccount(final Uint128 id, final int flags)
    {
        if ((flags & LIMITS) != 0)
        {
            limitedAccounts.add(id);
        }
    }

    /**
     * Take the next transfer.
     *
     * @param ledger      number of its ledger; 0 if another transfer says it.
     * @param debit       account that is debited; zero if another transfer says it.
     * @param credit      account that is credited; zero if another transfer says it.
     * @param flags       bits of {@link TransferFlags}.
     * @param timestampNs when it came; 0 if that is not known.
     */
    public void onTransfer(
        final int ledger, final Uint128 debit, final Uint128 credit, final int flags, final long timestampNs)
    {
        transferCount++;
        if (ledger != 0)
        {
            count(transfersByLedger, ledger);
        }
        count(transfersByAccount, debit);
        if (!credit.equals(debit))
        {
            count(transfersByAccount, credit);
        }
        if ((flags & DEPENDENT_FLAGS) != 0 || chainLength > 0 || limitedAccounts.contains(debit) ||
            limitedAccounts.contains(credit))
        {
            dependentCount++;
        }
        onChain(ledger, (flags & TransferFlags.LINKED) != 0);
        if (timestampNs != 0)
        {
            // Shards come one after the other, and so do their seconds.
            final long second = timestampNs / SECOND_NS;
            transfersBySecond.put(second, transfersBySecond.get(second) + 1);
        }
    }

    private void onChain(final int ledger, final boolean isLinked)
    {
        if (ledger != 0)
        {
            ledgersOfChain.add(ledger);
        }
        chainLength++;
        if (!isLinked)
        {
            crossLedgerCount += ledgersOfChain.size() > 1 ? chainLength : 0;
            ledgersOfChain.clear();
            chainLength = 0;
        }
    }

    private static <K> void count(final Map<K, long[]> counts, final K key)
    {
        counts.computeIfAbsent(key, any -> new long[1])[0]++;
    }

    /**
     * How many transfers were taken.
     *
     * @return a count.
     */
    public long transferCount()
    {
        return transferCount;
    }

    /**
     * Transfers in the busiest second.
     *
     * @return a count; 0 if their times are not known.
     */
    public long peakPerSecond()
    {
        return transfersBySecond.isEmpty() ? 0 : transfersBySecond.maxValue();
    }

    /**
     * The workload that they make.
     *
     * @return a new one.
     * @throws IllegalStateException if there was no transfer.
     */
    public Workload workload()
    {
        if (transferCount == 0)
        {
            throw new IllegalStateException("there is no transfer that advice could be about");
        }
        transfersByAccount.remove(Uint128.ZERO);
        return new Workload()
            .rate(peakPerSecond())
            .ledgerCount(Math.max(1, transfersByLedger.size()))
            .heaviestLedgerShare(share(transfersByLedger))
            .scopeCount(Math.max(1, transfersByAccount.size()))
            .heaviestShare(share(transfersByAccount))
            .dependentShare((double)dependentCount / transferCount)
            .crossLedgerShare((double)crossLedgerCount / transferCount);
    }

    private double share(final Map<?, long[]> counts)
    {
        return counts.isEmpty() ? 0 : (double)Collections.max(
            counts.values(), (a, b) -> Long.compare(a[0], b[0]))[0] / transferCount;
    }
}
