package io.seriatim.sealing;

/**
 * What was signed and what is there are not one history: entries are gone, or others have taken their place.
 */
public class HistoryException extends SealingException
{
    private static final long serialVersionUID = 1L;

    /**
     * What does not fit.
     *
     * @param message for whoever keeps the log.
     */
    public HistoryException(final String message)
    {
        super(message);
    }

    /**
     * What does not fit, and what said so.
     *
     * @param message for whoever keeps the log.
     * @param cause   of it.
     */
    public HistoryException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
