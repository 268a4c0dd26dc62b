package io.seriatim.engine;

/**
 * The answer to one definition of a ledger, which is never refused.
 *
 * @param timestampNs when it was taken.
 * @param sequence    of the entry that records it.
 */
public record DefinitionResult(long timestampNs, long sequence)
{
    @Override
    public String toString()
    {
        return "defined at sequence " + sequence;
    }
}
