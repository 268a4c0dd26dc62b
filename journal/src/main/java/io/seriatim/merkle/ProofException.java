package io.seriatim.merkle;

/**
 * What was to be proven is not, or what was to be read is not in its format. The message says what was found and what
 * is allowed.
 */
public final class ProofException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /**
     * What is wrong.
     *
     * @param message for whoever checks.
     */
    public ProofException(final String message)
    {
        super(message);
    }

    /**
     * What is wrong, and what said so.
     *
     * @param message for whoever checks.
     * @param cause   of it.
     */
    public ProofException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
