package io.seriatim.sinks;

import io.seriatim.replay.EntryText;
import io.seriatim.replay.FeedEntry;
import io.seriatim.ledger.Uint128;
import tools.jackson.databind.json.JsonMapper;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An entry as a JSON object: shard, all fields of the entry as {@link EntryText#fields} has them, the account debited
 * (or created) and the one credited, and the previous sequence of each; null if there is none.
 * <p>
 * Threads: static, any.
 */
public final class EntryJson
{
    private static final JsonMapper MAPPER = new JsonMapper();

    private EntryJson()
    {
    }

    /**
     * Write an entry.
     *
     * @param entry to write.
     * @return UTF-8, on one line without its end.
     */
    public static byte[] encode(final FeedEntry entry)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("shard", entry.shard());
        fields.putAll(EntryText.fields(entry.buffer(), 0));
        fields.put("shard", entry.shard());
        if (entry.hasDebitAccount())
        {
            fields.put("debit_account", new Uint128(entry.debitAccountIdHigh(), entry.debitAccountIdLow()).toString());
            fields.put("previous_debit_sequence", sequence(entry.previousDebitSequence()));
        }
        if (entry.hasCreditAccount())
        {
            fields.put(
                "credit_account", new Uint128(entry.creditAccountIdHigh(), entry.creditAccountIdLow()).toString());
            fields.put("previous_credit_sequence", sequence(entry.previousCreditSequence()));
        }
        return MAPPER.writeValueAsBytes(fields);
    }

    private static String sequence(final long sequence)
    {
        return sequence == FeedEntry.NO_SEQUENCE ? null : Long.toString(sequence);
    }
}
