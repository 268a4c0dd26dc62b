package io.seriatim.engine;

import io.seriatim.ledger.AccountOutcome;

/**
 * The answer to one command to create an account.
 *
 * @param outcome       created, or the first rule that the command breaks.
 * @param timestampNs   of the account if it was created or there already, else when the command was judged.
 * @param sequence      of the entry that records this command.
 * @param firstSequence of the entry that created the account that was there already; else 0.
 */
public record AccountResult(AccountOutcome outcome, long timestampNs, long sequence, long firstSequence)
{
    /**
     * Whether the account was created by this command.
     *
     * @return true if it was.
     */
    public boolean isCreated()
    {
        return outcome == AccountOutcome.CREATED;
    }

    @Override
    public String toString()
    {
        return outcome.label() + " at sequence " + sequence +
            (firstSequence == 0 ? "" : ", first at sequence " + firstSequence);
    }
}
