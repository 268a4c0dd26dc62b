package io.seriatim.verifier;

/**
 * What was to be proven is not; the message says why.
 */
public final class RefusedException extends Exception
{
    private static final long serialVersionUID = 1L;

    RefusedException(final String message)
    {
        super(message);
    }
}
