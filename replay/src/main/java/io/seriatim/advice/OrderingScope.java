package io.seriatim.advice;

/**
 * How wide an order is: what comes one after the other. What is in no order together runs side by side, so the
 * narrowest scope that is still right is the fastest.
 */
public enum OrderingScope
{
    /** Everything, in one order. */
    TOTAL(
        "total", "everything comes one after the other",
        "something must hold over everything at every moment, or whoever reads needs one history"),

    /** The entries of each ledger. */
    LEDGER(
        "ledger", "what happens in one ledger comes one after the other; ledgers run side by side",
        "rules and balances hold within a ledger, and no request needs two ledgers at once"),

    /** Those of ledgers that some requests need at once, on one shard. */
    COLOCATED_LEDGERS(
        "co-located ledgers",
        "ledgers that share a shard share an order, so one request can change several of them or none",
        "some requests have to change several ledgers at once, money and stock for example"),

    /** The entries of each account, or of another key. */
    ACCOUNT(
        "account", "what happens to one account, order or other key comes one after the other; keys run side by side",
        "each key has states that follow each other, and no rule holds over several keys"),

    /** None at all. */
    NONE(
        "none", "nothing comes one after the other",
        "what is done with entries can be added up in any order, and may lag"),

    /** None, and what has come out wrong by that is put right afterwards. */
    OPTIMISTIC(
        "optimistic",
        "nothing comes one after the other, and a later comparison with the journal puts right what differs",
        "most of the work can be done in any order, and what can not may be wrong for a while");

    private final String label;
    private final String guarantee;
    private final String condition;

    OrderingScope(final String label, final String guarantee, final String condition)
    {
        this.label = label;
        this.guarantee = guarantee;
        this.condition = condition;
    }

    /**
     * Name in tables and messages.
     *
     * @return lower case words.
     */
    public String label()
    {
        return label;
    }

    /**
     * What can be relied on.
     *
     * @return words without a full stop.
     */
    public String guarantee()
    {
        return guarantee;
    }

    /**
     * When it is the right one.
     *
     * @return words without a full stop, to stand behind "when".
     */
    public String condition()
    {
        return condition;
    }
}
