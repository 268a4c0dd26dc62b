package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What of a recording was left unforced, whichever of the threads that force it has met the error. */
class TraceLogTest
{
    private static final String RECORDING = "</books/journal-0/archive/0-0.rec>";

    @TempDir
    private Path directory;

    @Test
    void shouldTakeTheWriteThatAFailedForceWasToForce() throws IOException
    {
        write(1, "1.000001 pwrite64(7" + RECORDING + ", \"\"..., 192, 0) = 192",
            "1.000002 fdatasync(7" + RECORDING + ") = 0",
            "1.000003 pwrite64(7" + RECORDING + ", \"\"..., 64, 192) = 64",
            "1.000004 pwrite64(7" + RECORDING + ", \"\"..., 64, 256) = 64",
            "1.000005 fdatasync(7" + RECORDING + ") = -1 EIO (Input/output error) (INJECTED)");
        assertEquals(192, unforcedOffset());
    }

    /** The error is another thread's, which forces what was forced: nothing is left. */
    @Test
    void shouldCountWhatAnotherThreadHasForced() throws IOException
    {
        write(1, "1.000001 pwrite64(7" + RECORDING + ", \"\"..., 192, 0) = 192",
            "1.000002 fdatasync(7" + RECORDING + ") = 0");
        write(2, "1.000003 fsync(9" + RECORDING + ") = -1 EIO (Input/output error) (INJECTED)");
        assertEquals(Long.MAX_VALUE, unforcedOffset());
        write(1, "1.000001 pwrite64(7" + RECORDING + ", \"\"..., 192, 0) = 192",
            "1.000002 fdatasync(7" + RECORDING + ") = 0",
            "1.000004 pwrite64(7" + RECORDING + ", \"\"..., 64, 192) = 64");
        assertEquals(192, unforcedOffset());
    }

    /** Pages that could not be written are clean for the next force, which does nothing and succeeds. */
    @Test
    void shouldNotBelieveAForceAfterTheOneThatFailed() throws IOException
    {
        write(1, "1.000001 pwrite64(7" + RECORDING + ", \"\"..., 192, 0) = 192",
            "1.000002 fdatasync(7" + RECORDING + ") = -1 EIO (Input/output error) (INJECTED)");
        write(2, "1.000003 fsync(9" + RECORDING + ") = 0");
        assertEquals(0, unforcedOffset());
    }

    @Test
    void shouldTakeTheWriteThatFailed() throws IOException
    {
        write(1, "1.000001 pwrite64(7" + RECORDING + ", \"\"..., 64, 4096) = -1 ENOSPC (No space left) (INJECTED)");
        assertEquals(4096, unforcedOffset());
    }

    @Test
    void shouldFindNoFailureWhereNoneOfTheRecordingIs() throws IOException
    {
        write(1, "1.000001 fsync(9</books/snapshot.tmp>) = -1 EIO (Input/output error) (INJECTED)");
        assertNull(new TraceLog(directory.resolve("trace")).firstFailedOfRecording());
    }

    private long unforcedOffset() throws IOException
    {
        final TraceLog log = new TraceLog(directory.resolve("trace"));
        return log.unforcedOffset(log.firstFailedOfRecording());
    }

    private void write(final int thread, final String... lines) throws IOException
    {
        Files.write(directory.resolve("trace." + thread), List.of(lines));
    }
}
