package io.seriatim.tools;

/**
 * A command can not go on, for a reason that its user can do something about. The message is all that is shown:
 * what was found, where, what would do and what is still good.
 */
class ToolException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    ToolException(final ExitCode exitCode, final String message)
    {
        super(message);
        this.exitCode = exitCode;
    }

    ToolException(final ExitCode exitCode, final String message, final Throwable cause)
    {
        super(message, cause);
        this.exitCode = exitCode;
    }

    final ExitCode exitCode()
    {
        return exitCode;
    }
}
