package io.seriatim.advice;

/**
 * Which of the recorded order is kept when the rest is given up.
 */
public enum KeptOrder
{
    /** All of it. */
    TOTAL("everything"),

    /** That of the entries of each ledger. */
    LEDGER("each ledger"),

    /** That of the entries of each account. */
    ACCOUNT("each account"),

    /** That of entries whose outcomes depend on each other. */
    DEPENDENCE("only what depends on each other"),

    /** Nothing. */
    NONE("nothing");

    private final String label;

    KeptOrder(final String label)
    {
        this.label = label;
    }

    /**
     * What is kept in order.
     *
     * @return lower case words.
     */
    public String label()
    {
        return label;
    }
}
