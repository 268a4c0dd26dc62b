package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many entries of each kind there are.
 * <p>
 * Threads: an instance is confined to one; the names are for any.
 */
final class EntryKinds
{
    static final String GENESIS = "genesis";
    static final String LEDGER_DEFINITION = "ledger_definition";
    static final String ACCOUNT = "account";
    static final String TRANSFER = "transfer";
    static final String EXTENDED_TRANSFER = "extended_transfer";
    static final String EXPIRY = "expiry";
    static final String STATE_ROOT = "state_root";
    static final String UNKNOWN = "unknown";

    private final long[] counts = new long[StateRootEntryDecoder.TEMPLATE_ID + 1];

    void count(final int templateId)
    {
        // No template has the number 0, so that place is free for those that we do not know.
        counts[templateId < counts.length ? templateId : 0]++;
    }

    /** Those that came, by name, in the order of the format. */
    Map<String, Long> counts()
    {
        final Map<String, Long> map = new LinkedHashMap<>();
        putIfAny(map, GENESIS, GenesisEntryDecoder.TEMPLATE_ID);
        putIfAny(map, LEDGER_DEFINITION, LedgerDefinitionEntryDecoder.TEMPLATE_ID);
        putIfAny(map, ACCOUNT, AccountEntryDecoder.TEMPLATE_ID);
        putIfAny(map, TRANSFER, TransferEntryDecoder.TEMPLATE_ID);
        putIfAny(map, EXTENDED_TRANSFER, ExtendedTransferEntryDecoder.TEMPLATE_ID);
        putIfAny(map, EXPIRY, ExpiryEntryDecoder.TEMPLATE_ID);
        putIfAny(map, STATE_ROOT, StateRootEntryDecoder.TEMPLATE_ID);
        putIfAny(map, UNKNOWN, 0);
        return map;
    }

    private void putIfAny(final Map<String, Long> map, final String name, final int templateId)
    {
        if (counts[templateId] > 0)
        {
            map.put(name, counts[templateId]);
        }
    }
}
