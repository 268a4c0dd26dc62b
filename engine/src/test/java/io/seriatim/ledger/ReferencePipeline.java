package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.FirstAnswer;

import java.util.ArrayList;
import java.util.List;

import static io.seriatim.ledger.ReferenceLedger.TS_MIN;

/** Sections 3, 6 and 7 of the semantics: what befalls a batch of accounts and one of transfers alike. */
final class ReferencePipeline
{
    private static final int NONE = -1;

    private final ReferenceState state;

    ReferencePipeline(final ReferenceState state)
    {
        this.state = state;
    }

    /** All events of a batch, or those before a sequence that are left of it; the last one ends a chain, or none. */
    <E extends Event> List<Result> createBatch(
        final long batchTimestamp, final List<E> events, final long nextSequence, final Rules<E> rules)
    {
        final int count = events.size();
        final Head head = rules.head();
        final List<Result> results = new ArrayList<>(count);
        final int[] ledgers = new int[count];
        final boolean batchIsImport = count > 0 && events.get(0).isImported();
        int chainStart = NONE;
        boolean chainIsBroken = false;

        for (int i = 0; i < count && state.nextSequence() < nextSequence; i++)
        {
            final E event = events.get(i);
            final long slot = batchTimestamp - count + i + 1;
            final long sequence = state.takeSequence();

            if (chainStart == NONE)
            {
                state.startUndoScope();
                chainIsBroken = false;
                if (event.isLinked())
                {
                    chainStart = i;
                }
            }

            final boolean isLast = i == count - 1;
            final Status headStatus = headStatus(event, isLast, chainIsBroken, batchIsImport, batchTimestamp, head);
            final Result result = headStatus != null ?
                Result.refused(headStatus, slot, sequence) :
                rules.create(event, slot, sequence);
            ledgers[i] = headStatus != null ? event.ledger() : rules.entryLedger(event);
            final Status status = result.status();
            results.add(result);

            if (!status.isCreated() && chainStart != NONE && !chainIsBroken)
            {
                state.undoAll();
                chainIsBroken = true;
                for (int j = chainStart; j < i; j++)
                {
                    results.set(j, results.get(j).rewritten(head.linkedEventFailed));
                }
            }

            if (status.isTransient())
            {
                state.poison(event.id(), new FirstAnswer(status, sequence, slot));
            }

            if (chainStart == NONE)
            {
                numberInLedgers(ledgers, results, i, i);
                state.endGroup();
            }
            else if (!event.isLinked() || status == head.linkedEventChainOpen)
            {
                numberInLedgers(ledgers, results, chainStart, i);
                chainStart = NONE;
                state.endGroup();
            }
        }

        return results;
    }

    private static Status headStatus(
        final Event event,
        final boolean isLast,
        final boolean chainIsBroken,
        final boolean batchIsImport,
        final long batchTimestamp,
        final Head head)
    {
        if (event.isLinked() && isLast)
        {
            return head.linkedEventChainOpen;
        }
        if (chainIsBroken)
        {
            return head.linkedEventFailed;
        }
        if (batchIsImport && !event.isImported())
        {
            return head.importedEventExpected;
        }
        if (!batchIsImport && event.isImported())
        {
            return head.importedEventNotExpected;
        }
        if (!event.isImported() && event.timestamp() != 0)
        {
            return head.timestampMustBeZero;
        }
        // A timestamp above TS_MAX has the top bit set, so it is negative here.
        if (event.isImported() && event.timestamp() < TS_MIN)
        {
            return head.timestampOutOfRange;
        }
        if (event.isImported() && event.timestamp() >= batchTimestamp)
        {
            return head.timestampMustNotAdvance;
        }
        return null;
    }

    /** Section 18.1: entries get their number in their ledger when their outcomes are final. */
    private void numberInLedgers(final int[] ledgers, final List<Result> results, final int first, final int last)
    {
        for (int i = first; i <= last; i++)
        {
            results.set(i, results.get(i).withLedgerSequence(state.takeLedgerSequence(ledgers[i])));
        }
    }

    /** What accounts and transfers have of their own. */
    interface Rules<E>
    {
        /** Statuses of the pipeline. */
        Head head();

        /** Steps after those of the pipeline: the object's own checks, and its creation. */
        Result create(E event, long slot, long sequence);

        /** Ledger of the entry of the event that was judged last. */
        int entryLedger(E event);
    }

    /** Statuses of the pipeline itself, which have other codes for accounts than for transfers. */
    record Head(
        Status linkedEventChainOpen,
        Status linkedEventFailed,
        Status importedEventExpected,
        Status importedEventNotExpected,
        Status timestampMustBeZero,
        Status timestampOutOfRange,
        Status timestampMustNotAdvance)
    {
    }
}
