package io.seriatim.ledger;

import io.seriatim.codecs.TransferRecordDecoder;

import static io.seriatim.ledger.TransferOutcome.*;

/**
 * The rules that all transfers have in common, one early return each, in order of precedence; behind them the rules of
 * {@link OrdinaryTransferRules}, {@link PostOrVoidRules} or, if the id is taken, {@link ExistingTransferRules}. They
 * change nothing; what they have found out on the way, an accepted transfer is applied with.
 * <p>
 * Source: SEMANTICS, sections 3 and 5.1.
 */
final class TransferRules
{
    private final TransferIndex transfers;
    private final TransferFindings findings = new TransferFindings();
    private final ExistingTransferRules existingRules;
    private final OrdinaryTransferRules ordinaryRules;
    private final PostOrVoidRules postOrVoidRules;

    TransferRules(final AccountTable accounts, final TransferIndex transfers, final ImportedTimestamps timestamps)
    {
        this.transfers = transfers;
        existingRules = new ExistingTransferRules(transfers, findings);
        ordinaryRules = new OrdinaryTransferRules(accounts, timestamps, findings);
        postOrVoidRules = new PostOrVoidRules(accounts, transfers, timestamps, findings);
    }

    /** What was found out about the transfer that was judged last. */
    TransferFindings findings()
    {
        return findings;
    }

    TransferOutcome judge(final TransferRecordDecoder transfer, final long givenTimestampNs, final Batch batch)
    {
        final int flags = transfer.flags();
        final boolean isImported = (flags & TransferFlags.IMPORTED) != 0;
        findings.clear();
        if ((flags & TransferFlags.LINKED) != 0 && batch.isLastEvent())
        {
            return LINKED_EVENT_CHAIN_OPEN;
        }
        if (batch.isChainBroken())
        {
            return LINKED_EVENT_FAILED;
        }
        if (batch.isImport() != isImported)
        {
            return isImported ? IMPORTED_EVENT_NOT_EXPECTED : IMPORTED_EVENT_EXPECTED;
        }
        if (!isImported && givenTimestampNs != 0)
        {
            return TIMESTAMP_MUST_BE_ZERO;
        }
        if (isImported && givenTimestampNs < Batch.TIMESTAMP_MIN_NS)
        {
            return IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE;
        }
        if (isImported && givenTimestampNs >= batch.timestampNs())
        {
            return IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE;
        }
        if ((flags & TransferFlags.RESERVED) != 0)
        {
            return RESERVED_FLAG;
        }
        if (Amounts.isZero(transfer.idHigh(), transfer.idLow()))
        {
            return ID_MUST_NOT_BE_ZERO;
        }
        if (Amounts.isMax(transfer.idHigh(), transfer.idLow()))
        {
            return ID_MUST_NOT_BE_INT_MAX;
        }
        final long found = transfers.find(transfer.idHigh(), transfer.idLow());
        if (found != TransferIndex.NOT_FOUND)
        {
            findings.firstSequence(TransferIndex.sequenceOf(found));
            return found > 0 ? existingRules.judge(transfer) : ID_ALREADY_FAILED;
        }
        return TransferFlags.isPostOrVoid(flags) ?
            postOrVoidRules.judge(transfer, givenTimestampNs, batch.slotNs()) :
            ordinaryRules.judge(transfer, givenTimestampNs, batch.slotNs());
    }
}
