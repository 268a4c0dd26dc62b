package io.seriatim.engine;

import io.seriatim.ledger.Uint128;

/**
 * What an id was answered first: created, or the refusal that spent it.
 *
 * @param id          of the account or transfer.
 * @param outcome     its name as JSON has it.
 * @param code        number of the outcome.
 * @param timestampNs of the object if it was created, else when the command was judged.
 * @param sequence    of the entry that records it.
 */
public record FirstOutcome(Uint128 id, String outcome, int code, long timestampNs, long sequence)
{
    @Override
    public String toString()
    {
        return "id " + id + ": " + outcome + " at sequence " + sequence;
    }
}
