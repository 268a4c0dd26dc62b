package io.seriatim.advice;

/**
 * Why the outcome of a transfer depends on others.
 */
public enum Dependence
{
    /** It takes from an account whose balance has a limit. */
    LIMIT("limited accounts"),

    /** It is in a linked chain, which is done as a whole or not at all. */
    CHAIN("linked chains"),

    /** It is pending, or posts or voids one that is. */
    PENDING("pending, posting and voiding"),

    /** It moves what is there. */
    BALANCING("balancing"),

    /** It closes an account. */
    CLOSING("closing accounts"),

    /** The amounts of its account add up to more than can be counted, in one order or another. */
    OVERFLOW("sums that can overflow"),

    /** Its id came more than once. */
    REPEATED_ID("repeated ids"),

    /** It has its time from before. */
    IMPORT("imported times");

    private final String label;

    Dependence(final String label)
    {
        this.label = label;
    }

    /**
     * Name in tables.
     *
     * @return lower case words.
     */
    public String label()
    {
        return label;
    }
}
