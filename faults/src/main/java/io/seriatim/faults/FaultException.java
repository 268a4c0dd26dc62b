package io.seriatim.faults;

import java.io.Serial;

/**
 * A promise that did not hold under a fault: the message says which, and how to see it again.
 */
public final class FaultException extends RuntimeException
{
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A broken promise.
     *
     * @param message what was found, what must be, and the command that shows it again.
     */
    public FaultException(final String message)
    {
        super(message);
    }

    /**
     * A broken promise that an exception told of.
     *
     * @param message what was found, what must be, and the command that shows it again.
     * @param cause   what was thrown.
     */
    public FaultException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
