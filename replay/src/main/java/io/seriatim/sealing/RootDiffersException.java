package io.seriatim.sealing;

/**
 * The tree of a shard has another root than the one that was signed: its files were changed, or the journal was.
 */
final class RootDiffersException extends HistoryException
{
    private static final long serialVersionUID = 1L;

    /**
     * Which root.
     *
     * @param message for whoever keeps the log.
     */
    RootDiffersException(final String message)
    {
        super(message);
    }
}
