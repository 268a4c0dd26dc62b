package io.seriatim.replay;

/**
 * Something in a journal that is not as it has to be, though its bytes are intact.
 *
 * @param shard    of the entry.
 * @param sequence of the entry; of the last one if the state as a whole differs.
 * @param what     differs, in words, with both sides.
 * @param recorded the entry as recorded, on one line; empty if it is not about one entry.
 * @param executed the entry as re-executed, on one line; empty if it was not re-executed.
 * @param accounts its debit account and its credit account as they stand after what was executed together with it, on
 *                 one line; empty if it was not re-executed or has none.
 */
public record Difference(
    int shard, long sequence, String what, String recorded, String executed, String accounts)
{
    @Override
    public String toString()
    {
        return "shard " + shard + " sequence " + sequence + ": " + what +
            (recorded.isEmpty() ? "" : "\n    recorded: " + recorded) +
            (executed.isEmpty() ? "" : "\n    executed: " + executed) +
            (accounts.isEmpty() ? "" : "\n    accounts: " + accounts);
    }
}
