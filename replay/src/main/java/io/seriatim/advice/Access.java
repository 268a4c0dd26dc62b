package io.seriatim.advice;

/**
 * What a unit of work does with a part of the state. Two units commute if they do so in each part that both of them
 * touch: reads commute, and so do additions.
 * <pre>
 *             READ   ADD   CHECK
 *   READ      yes    no    no
 *   ADD       no     yes   no
 *   CHECK     no     no    no
 * </pre>
 */
enum Access
{
    /** Its outcome depends on it. */
    READ(true, false),

    /** It adds something to it, or takes something off, whatever is there. */
    ADD(false, true),

    /** Its outcome depends on it, and it changes it. */
    CHECK(true, true);

    static final int BITS = 2;
    static final int MASK = (1 << BITS) - 1;

    private static final Access[] VALUES = values();

    private final boolean isReading;
    private final boolean isWriting;

    Access(final boolean isReading, final boolean isWriting)
    {
        this.isReading = isReading;
        this.isWriting = isWriting;
    }

    static Access of(final int code)
    {
        return VALUES[code];
    }

    boolean isReading()
    {
        return isReading;
    }

    boolean isWriting()
    {
        return isWriting;
    }

    /** One that does both. */
    Access with(final Access other)
    {
        return this == other ? this : CHECK;
    }
}
