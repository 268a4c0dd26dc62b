package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.LedgerDefinition;

import java.util.List;

/**
 * One request.
 *
 * @param kind           of the request, which says what else it has.
 * @param clock          as read when it is taken; never before that of an earlier request.
 * @param batchTimestamp that it will get: the slot of its last event; of a tick the one that it leaves free.
 * @param accounts       to create.
 * @param transfers      to create.
 * @param definitions    of ledgers.
 * @param read           or null.
 */
public record HostileRequest(
    Kind kind,
    long clock,
    long batchTimestamp,
    List<AccountEvent> accounts,
    List<TransferEvent> transfers,
    List<LedgerDefinition> definitions,
    ReferenceRead read)
{
    /** What a request is. */
    public enum Kind
    {
        /** Creates accounts. */
        ACCOUNTS,

        /** Creates transfers. */
        TRANSFERS,

        /** Defines ledgers. */
        DEFINITIONS,

        /** Asks something. */
        READ,

        /** Asks nothing: the clock has moved, and what is due is released. */
        TICK
    }

    /**
     * How many events it has.
     *
     * @return the count; 0 for reads and ticks.
     */
    public int count()
    {
        return accounts.size() + transfers.size() + definitions.size();
    }

    /**
     * Whether it creates accounts.
     *
     * @return whether it does.
     */
    public boolean isAccounts()
    {
        return kind == Kind.ACCOUNTS;
    }

    /**
     * Let a ledger do it.
     *
     * @param ledger for which it was drawn, with nothing done since.
     * @return everything that came of it.
     */
    public Applied applyTo(final ReferenceLedger ledger)
    {
        final int expiryCount = ledger.expiries().size();
        if (kind == Kind.TICK)
        {
            ledger.release(clock);
        }
        else
        {
            final long taken = ledger.takeTime(clock, count());
            if (taken != batchTimestamp)
            {
                throw new IllegalStateException(
                    "the ledger has gone on since the request was drawn: expected=" + batchTimestamp +
                    ", actual=" + taken);
            }
        }
        final List<Expiry> releases =
            List.copyOf(ledger.expiries().subList(expiryCount, ledger.expiries().size()));
        final List<Result> results = switch (kind)
        {
            case ACCOUNTS -> ledger.createAccounts(batchTimestamp, accounts);
            case TRANSFERS -> ledger.createTransfers(batchTimestamp, transfers);
            case DEFINITIONS -> ledger.defineLedgers(batchTimestamp, definitions);
            case READ, TICK -> List.of();
        };
        final List<? extends Record> answer = kind == Kind.READ ? ledger.read(read) : List.of();
        return new Applied(releases, batchTimestamp, results, answer, ledger.nextSequence() - 1);
    }

    /**
     * What came of a request.
     *
     * @param releases       pending transfers that were due when it was taken, in order; before anything else.
     * @param batchTimestamp of the request; of a tick the one that it left free.
     * @param results        one for each event, in order.
     * @param answer         records that answer a read.
     * @param sequence       of the latest entry: a read is valid up to it.
     */
    public record Applied(
        List<Expiry> releases,
        long batchTimestamp,
        List<Result> results,
        List<? extends Record> answer,
        long sequence)
    {
    }
}
