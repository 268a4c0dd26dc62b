package io.seriatim.bench;

/**
 * A run can not be made, or what it measured did not happen as it had to: its figures are of no use.
 */
final class BenchException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    BenchException(final String message)
    {
        super(message);
    }

    BenchException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
