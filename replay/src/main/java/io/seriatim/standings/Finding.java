package io.seriatim.standings;

/**
 * A standing that is not what the books say.
 *
 * @param kind  how it differs.
 * @param known what the view says; null if it says nothing of the account.
 * @param right what the books say as of the sequence of the reconciliation; null if there is no such account; what is
 *              known if that is ahead.
 * @param lag   entries of the shard from the one that the view knows of to the last one that changed the account; 0 if
 *              it does not lag.
 */
public record Finding(Kind kind, Standing known, Standing right, long lag)
{
    /** How a standing differs. */
    public enum Kind
    {
        /** It was right at its sequence; the account has changed since then. */
        LAGGING,

        /** It was not right at its own sequence either. */
        WRONG,

        /** It is of a later entry than the last one that was read: what it says can not be judged, and it stays. */
        AHEAD,

        /** The account was credited or debited, and the view says nothing of it. */
        MISSING,

        /** There is no such account. */
        UNKNOWN
    }
}
