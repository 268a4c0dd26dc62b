package io.seriatim.sealing;

/**
 * Nothing more can be sealed, or what was sealed does not fit the journal. What was signed stays signed.
 */
public class SealingException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /**
     * What is wrong.
     *
     * @param message for whoever keeps the log.
     */
    public SealingException(final String message)
    {
        super(message);
    }

    /**
     * What is wrong, and what said so.
     *
     * @param message for whoever keeps the log.
     * @param cause   of it.
     */
    public SealingException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
