package io.seriatim.tools;

import io.seriatim.engine.StateRootConfig;
import io.seriatim.ledger.StateRootKey;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/**
 * The key of the state roots, of every command that makes them, or makes them again.
 */
final class StateRootOptions
{
    @Option(
        names = "--state-root-key",
        paramLabel = "FILE",
        description = "The key of the state roots, made by key state-root, of books that have some: it salts the " +
            "rows of the accounts.")
    private Path keyFile;

    /** How many and with which key; null if no key is given. */
    StateRootConfig config(final long every)
    {
        return keyFile == null ? null : new StateRootConfig().keyFile(keyFile).every(every);
    }

    boolean isGiven()
    {
        return keyFile != null;
    }

    /** The key; null if none is given. */
    StateRootKey key()
    {
        try
        {
            return keyFile == null ? null : StateRootConfig.read(keyFile);
        }
        catch (final IllegalArgumentException e)
        {
            throw new ToolException(ExitCode.BAD_INPUT, e.getMessage(), e);
        }
    }
}
