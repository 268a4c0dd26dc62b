package io.seriatim.tools;

import java.util.Locale;

/**
 * Why a request in JSON was refused as a whole; nothing of it was applied, unless the code says otherwise.
 */
enum JsonErrorCode
{
    /** The line is no JSON object, or more than one. */
    MALFORMED_JSON("the line is not one JSON object, or a field stands there twice"),

    /** The bytes of the line are no text. */
    NOT_UTF8("the line is not UTF-8"),

    /** The line is longer than any request can be. */
    LINE_TOO_LONG("the line is longer than any request can be"),

    /** There is no such operation. */
    UNKNOWN_OP("there is no such operation"),

    /** There is no such field in this place. */
    UNKNOWN_FIELD("there is no such field in this place"),

    /** A field is missing that has no default. */
    MISSING_FIELD("a field is missing that has no default"),

    /** A value is of the wrong type or out of range. */
    BAD_VALUE("a value is of the wrong type or out of its range"),

    /** There are more events or ids than a request may hold. */
    TOO_MANY_EVENTS("there are more events or ids than a request may hold"),

    /** The clock is not one that can be moved. */
    WRONG_CLOCK("the clock goes by itself: only a manual one can be moved"),

    /** A manual clock would go back. */
    CLOCK_GOES_BACK("a manual clock would go back"),

    /** There are no timestamps left. */
    TIME_EXHAUSTED("no timestamps are left: the clock is at 2^63-1 ns, or would go beyond"),

    /** The request names no shard, or more than one. */
    WRONG_SHARD("there is no such shard, or the request is about more than one"),

    /** A ceiling on accounts or transfers is met. */
    STORE_FULL("a ceiling on accounts or transfers is met"),

    /** The disk is filled up to its reserve. */
    DISK_RESERVED("the disk is filled up to its reserve; requests are taken again once there is room"),

    /** The machine's clock has jumped. */
    CLOCK_JUMPED("the machine's clock has jumped; requests are taken again once it is back"),

    /** There is no read model, or it has failed. */
    QUERIES_UNAVAILABLE("there is no read model to answer queries, or it has failed"),

    /** The shard has stopped or the engine was closed. */
    STOPPED("the shard has stopped or is closing; the message says whether the request may have been applied");

    private final String meaning;
    private final String label = name().toLowerCase(Locale.ROOT);

    JsonErrorCode(final String meaning)
    {
        this.meaning = meaning;
    }

    /**
     * The name as JSON has it.
     *
     * @return the constant's name in lower case.
     */
    String label()
    {
        return label;
    }

    /**
     * What it says to a person.
     *
     * @return a line.
     */
    String meaning()
    {
        return meaning;
    }
}
