package io.seriatim.tools;

/**
 * What is done when the process is told to end while a command is at work: by Ctrl-C, or by whoever manages it.
 */
final class ExitHook
{
    private final Thread thread;

    /**
     * Stands ready.
     *
     * @param name   of the thread that does it.
     * @param onExit what is done; the process ends when it returns.
     */
    ExitHook(final String name, final Runnable onExit)
    {
        thread = new Thread(onExit, name);
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** The command has come to its end by itself. */
    void remove()
    {
        try
        {
            Runtime.getRuntime().removeShutdownHook(thread);
        }
        catch (final IllegalStateException ignored)
        {
            // It is being done: the process waits for it, and so for what this thread does until then.
        }
    }
}
