package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;

import java.util.Locale;

/**
 * What an entry tells of. Both layouts of transfers are of one kind.
 */
public enum EntryKind
{
    /** What can never change of a shard; its first entry. */
    GENESIS,

    /** What humans call a ledger and how they write its amounts. */
    LEDGER_DEFINITION,

    /** A command to create an account, and its outcome. */
    ACCOUNT,

    /** A command to create, post or void a transfer, and its outcome. */
    TRANSFER,

    /** A pending transfer that was released because its time was over. */
    EXPIRY,

    /** Roots over the state. */
    STATE_ROOT;

    /**
     * As it is written in words.
     *
     * @return name in snake_case.
     */
    public String label()
    {
        return name().toLowerCase(Locale.ROOT);
    }

    static EntryKind of(final int templateId)
    {
        switch (templateId)
        {
            case GenesisEntryDecoder.TEMPLATE_ID:
                return GENESIS;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                return LEDGER_DEFINITION;
            case AccountEntryDecoder.TEMPLATE_ID:
                return ACCOUNT;
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                return TRANSFER;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                return EXPIRY;
            case StateRootEntryDecoder.TEMPLATE_ID:
                return STATE_ROOT;
            default:
                throw new IllegalArgumentException("not an entry: templateId=" + templateId);
        }
    }
}
