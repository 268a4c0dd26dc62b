package io.seriatim.journal;

/**
 * A journal can not be read, opened or written. The message says what was found, where, what would do and what is
 * still good.
 */
public class JournalException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /**
     * A failure with its whole story.
     *
     * @param message what was found, where, what would do and what is still good.
     */
    public JournalException(final String message)
    {
        super(message);
    }

    /**
     * A failure with its whole story and what caused it.
     *
     * @param message what was found, where, what would do and what is still good.
     * @param cause   of it.
     */
    public JournalException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
