package io.seriatim.replay;

/**
 * A feed can not be opened, or not go on.
 */
public final class FeedException extends RuntimeException
{
    private static final long serialVersionUID = 1;

    /**
     * A feed that can not go on.
     *
     * @param message what was found and what is still good.
     * @param cause   of it; or null.
     */
    public FeedException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
