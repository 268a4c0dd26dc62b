package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** All states that a cut of the power can leave of some workloads; {@code scripts/crash-test crash-states} has more. */
class CrashStatesTest
{
    private static final int WORKLOADS = 3;
    private static final int SECTORS = 4;

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path temporary;

    @Test
    void shouldRecoverEveryStateThatACutCanLeave() throws IOException
    {
        final long seed = System.nanoTime();
        final Path directory = Files.isWritable(SHARED_MEMORY) ?
            Files.createTempDirectory(SHARED_MEMORY, "seriatim-states") : temporary;
        final CrashStates states = new CrashStates(directory, seed, SECTORS);
        try
        {
            for (int i = 0; i < WORKLOADS; i++)
            {
                states.run();
            }
        }
        catch (final RuntimeException | AssertionError ex)
        {
            throw new AssertionError("seed=" + seed + ": " + ex.getMessage(), ex);
        }
        finally
        {
            PosixFiles.deleteTree(directory);
        }

        System.out.println(
            "crash states: workloads=" + WORKLOADS + ", crash points=" + states.crashPointCount() + ", states=" +
            states.stateCount() + ", lost=0, invented=0, seed=" + seed);
        assertTrue(states.stateCount() > 300, "states=" + states.stateCount());
    }
}
