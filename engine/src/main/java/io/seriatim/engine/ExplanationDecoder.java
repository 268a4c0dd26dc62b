package io.seriatim.engine;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes an {@link Explanation} of the row that the read model has found together.
 * <p>
 * Threads: a new one for each row.
 */
final class ExplanationDecoder
{
    private final DirectBuffer buffer;
    private final int offset;
    private final int parts;
    private final int bodyOffset;

    ExplanationDecoder(final DirectBuffer buffer, final int offset)
    {
        this.buffer = buffer;
        this.offset = offset;
        parts = buffer.getInt(offset + QueryRows.EXPLAINED_PARTS_OFFSET);
        bodyOffset = offset + QueryRows.EXPLAINED_ENTRY_OFFSET + MessageHeaderDecoder.ENCODED_LENGTH;
    }

    Explanation decode()
    {
        final MessageHeaderDecoder header =
            new MessageHeaderDecoder().wrap(buffer, offset + QueryRows.EXPLAINED_ENTRY_OFFSET);
        switch (header.templateId())
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                return ofAccount(new AccountEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version()));
            case TransferEntryDecoder.TEMPLATE_ID:
                final TransferEntryDecoder ordinary = new TransferEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version());
                return ofTransfer(
                    ordinary.timestampNs(), ordinary.batchIndex(), ordinary.batchCount(), ordinary.outcome(),
                    Transfer.decode(ordinary.transfer(), 0), null);
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version());
                return ofTransfer(
                    extended.timestampNs(), extended.batchIndex(), extended.batchCount(), extended.outcome(),
                    Transfer.decode(extended.transfer(), extended.givenTimestampNs()),
                    new Uint128(extended.amountMovedHigh(), extended.amountMovedLow()));
            case ExpiryEntryDecoder.TEMPLATE_ID:
                return ofExpiry(new ExpiryEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version()));
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                return ofDefinition(new LedgerDefinitionEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version()));
            case GenesisEntryDecoder.TEMPLATE_ID:
                return explanation(
                    0, "genesis", "created", "A shard begins with its genesis; what it says never changes.", Map.of());
            case StateRootEntryDecoder.TEMPLATE_ID:
                final StateRootEntryDecoder root = new StateRootEntryDecoder().wrap(
                    buffer, bodyOffset, header.blockLength(), header.version());
                final Map<String, String> values = new LinkedHashMap<>();
                values.put("as_of_sequence", Long.toString(root.asOfSequence()));
                values.put("account_count", Long.toString(root.accountCount()));
                values.put("ledger_count", Long.toString(root.ledgerCount()));
                return explanation(
                    0, "state_root", "created",
                    "Merkle roots over the accounts and ledgers as they were after an earlier entry.", values);
            default:
                throw new IllegalStateException(
                    "this version does not know such an entry: templateId=" + header.templateId());
        }
    }

    private Explanation ofAccount(final AccountEntryDecoder entry)
    {
        final AccountOutcome outcome = AccountOutcome.of((int)entry.outcome());
        final ExplainedValues values = new ExplainedValues()
            .ofAccount(
                outcome, Account.decode(entry.account()), entry.account().reserved(), original(true),
                entry.timestampNs() + entry.batchCount() - 1 - entry.batchIndex(), timestampMaxNs());
        return explanation(
            entry.timestampNs(), "account", outcome.label(), RuleTexts.of(outcome), values.toMap());
    }

    private Explanation ofTransfer(
        final long timestampNs,
        final int batchIndex,
        final int batchCount,
        final long outcomeCode,
        final Transfer given,
        final Uint128 amountMoved)
    {
        final TransferOutcome outcome = TransferOutcome.of((int)outcomeCode);
        final ExplainedValues values = new ExplainedValues().ofTransfer(
            outcome, given, amountMoved, account(QueryRows.HAS_DEBIT_ACCOUNT, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET),
            account(QueryRows.HAS_CREDIT_ACCOUNT, QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET), pending(),
            original(false), timestampNs, timestampNs + batchCount - 1 - batchIndex, timestampMaxNs());
        return explanation(timestampNs, "transfer", outcome.label(), RuleTexts.of(outcome), values.toMap());
    }

    private Explanation ofExpiry(final ExpiryEntryDecoder entry)
    {
        return explanation(
            entry.timestampNs(), "expiry", "expired",
            "A pending transfer that is neither posted nor voided is released when its time is over.",
            new ExplainedValues().ofExpiry(pending(), entry.timestampNs()).toMap());
    }

    private Explanation ofDefinition(final LedgerDefinitionEntryDecoder entry)
    {
        return explanation(
            entry.timestampNs(), "ledger_definition", "created",
            "A ledger may be defined at any time; that changes no outcome, and a later definition replaces it.",
            Map.of());
    }

    private Explanation explanation(
        final long timestampNs,
        final String kind,
        final String outcome,
        final String rule,
        final Map<String, String> values)
    {
        return new Explanation(
            buffer.getLong(bodyOffset), timestampNs, kind, outcome, rule, values,
            account(QueryRows.HAS_DEBIT_ACCOUNT, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET),
            account(QueryRows.HAS_CREDIT_ACCOUNT, QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET),
            pending(),
            has(QueryRows.HAS_PENDING) ?
                PendingState.of(buffer.getInt(offset + QueryRows.EXPLAINED_PENDING_STATE_OFFSET)) : PendingState.NONE,
            buffer.getLong(offset + QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET));
    }

    private boolean has(final int part)
    {
        return (parts & part) != 0;
    }

    private Account account(final int part, final int partOffset)
    {
        return has(part) ? Account.decode(new AccountRecordDecoder().wrap(buffer, offset + partOffset)) : null;
    }

    private Transfer pending()
    {
        return has(QueryRows.HAS_PENDING) ? transferAt(QueryRows.EXPLAINED_PENDING_OFFSET) : null;
    }

    private Object original(final boolean isAccount)
    {
        if (!has(QueryRows.HAS_ORIGINAL))
        {
            return null;
        }
        return isAccount ?
            Account.decode(new AccountRecordDecoder().wrap(buffer, offset + QueryRows.EXPLAINED_ORIGINAL_OFFSET)) :
            transferAt(QueryRows.EXPLAINED_ORIGINAL_OFFSET);
    }

    private Transfer transferAt(final int partOffset)
    {
        return Transfer.decode(
            new TransferRecordDecoder().wrap(buffer, offset + partOffset),
            buffer.getLong(offset + partOffset + TransferRecordDecoder.ENCODED_LENGTH));
    }

    private long timestampMaxNs()
    {
        return buffer.getLong(offset + QueryRows.EXPLAINED_TIMESTAMP_MAX_OFFSET);
    }
}
