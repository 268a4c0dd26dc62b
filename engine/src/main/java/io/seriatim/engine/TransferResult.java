package io.seriatim.engine;

import io.seriatim.ledger.TransferOutcome;

/**
 * The answer to one command to create a transfer.
 *
 * @param outcome       created, or the first rule that the command breaks.
 * @param timestampNs   of the transfer if it was created or there already, else when the command was judged.
 * @param sequence      of the entry that records this command.
 * @param firstSequence of the entry that created the transfer that was there already, or spent its id; else 0.
 */
public record TransferResult(TransferOutcome outcome, long timestampNs, long sequence, long firstSequence)
{
    /**
     * Whether the transfer was created by this command.
     *
     * @return true if it was.
     */
    public boolean isCreated()
    {
        return outcome == TransferOutcome.CREATED;
    }

    @Override
    public String toString()
    {
        return outcome.label() + " at sequence " + sequence +
            (firstSequence == 0 ? "" : ", first at sequence " + firstSequence);
    }
}
