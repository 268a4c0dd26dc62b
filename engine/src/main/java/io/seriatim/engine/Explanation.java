package io.seriatim.engine;

import io.seriatim.ledger.PendingState;
import org.agrona.DirectBuffer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why an entry has the outcome that it has: the rule, the values that it was judged by, and what the command met.
 * Everything is derived from the journal, as it stood just before the entry was judged; within a chain that includes
 * what its earlier members had done, also if it was undone.
 *
 * @param sequence         of the entry.
 * @param timestampNs      of the entry: its slot, or when it released something.
 * @param kind             {@code account}, {@code transfer}, {@code expiry}, {@code ledger_definition},
 *                         {@code state_root} or {@code genesis}.
 * @param outcome          its name as JSON has it; {@code expired} of an expiry.
 * @param rule             the rule that decided, in a sentence.
 * @param values           what the rule compared, by name: numbers in decimal, in the order of the comparison.
 * @param debitAccount     as just before; null if there was none.
 * @param creditAccount    as just before; null if there was none.
 * @param pending          pending transfer that was to be posted or voided, or that expired; null if there was none.
 * @param pendingState     what had become of it before; {@link PendingState#NONE} if there was none.
 * @param originalSequence of the entry that created the object with the same id before, or spent the id; 0 if none
 *                         did.
 */
public record Explanation(
    long sequence,
    long timestampNs,
    String kind,
    String outcome,
    String rule,
    Map<String, String> values,
    Account debitAccount,
    Account creditAccount,
    Transfer pending,
    PendingState pendingState,
    long originalSequence)
{
    /**
     * Unchangeable.
     */
    public Explanation
    {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Read an explanation.
     *
     * @param buffer holding the row, as {@link QueryRows} lays it out.
     * @param offset of the row.
     * @return the explanation.
     */
    public static Explanation decode(final DirectBuffer buffer, final int offset)
    {
        return new ExplanationDecoder(buffer, offset).decode();
    }

    @Override
    public String toString()
    {
        return kind + " at sequence " + sequence + ": " + outcome + ": " + rule + " " + values;
    }
}
