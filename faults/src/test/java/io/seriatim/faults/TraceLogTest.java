package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * What of a recording was left unforced, whichever of the threads that force it has met the error, and whether it was
 * forced again.
 */
class TraceLogTest
{
    private static final String RECORDING = "</books/journal-0/archive/0-0.rec>";
    private static final String NEXT_OF_RECORDING = "</books/journal-0/archive/0-524288.rec>";

    /** It returns at 1.000215. */
    private static final String FAILED =
        "1.000005 fdatasync(7" + RECORDING + ") = -1 EIO (Input/output error) (INJECTED) <0.000210>";

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

    /** A microsecond later, or a minute, whatever came between: the thread was told that its force had failed. */
    @Test
    void shouldFindThatTheThreadWhoseForceFailedForcesAgain() throws IOException
    {
        write(1, "1.000001 fdatasync(7" + RECORDING + ") = 0 <0.000001>",
            FAILED,
            "1.000216 fdatasync(7" + RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(1_000_216_000L), forcedAgain());
        write(1, FAILED,
            "1.000300 pwrite64(7" + RECORDING + ", \"\"..., 64, 256) = 64 <0.000001>",
            "61.000001 fsync(9" + NEXT_OF_RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(61_000_001_000L), forcedAgain());
        write(1, FAILED, "1.000216 fdatasync(7" + RECORDING + ") = -1 EIO (Input/output error) (INJECTED) <0.000001>");
        assertEquals(List.of(1_000_216_000L), forcedAgain());
    }

    @Test
    void shouldFindThatAnotherThreadForcesOnceTheFailureCanBeKnown() throws IOException
    {
        write(1, FAILED);
        write(2, "1.001216 fsync(9" + RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(1_001_216_000L), forcedAgain());
        write(2, "1.001216 fsync(9" + NEXT_OF_RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(1_001_216_000L), forcedAgain());
        write(2, "1.001216 fsync(9" + RECORDING + " <unfinished ...>) = ?");
        assertEquals(List.of(1_001_216_000L), forcedAgain());
    }

    @Test
    void shouldNotCountWhatAnotherThreadCouldNotKnow() throws IOException
    {
        write(1, FAILED);
        write(2, "1.000004 fsync(9" + RECORDING + ") = 0 <5.000000>");
        assertEquals(List.of(), forcedAgain());
        write(2, "1.000100 fsync(9" + RECORDING + ") = 0 <5.000000>");
        assertEquals(List.of(), forcedAgain());
        write(2, "1.001215 fsync(9" + RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(), forcedAgain());
    }

    @Test
    void shouldNotCountForcesOfSomethingElse() throws IOException
    {
        write(1, FAILED, "1.000300 fdatasync(6</books/journal-0/archive/archive.catalog>) = 0 <0.000001>",
            "1.000301 fsync(6</books/journal-0/archive>) = 0 <0.000001>");
        write(2, "2.000000 fsync(9</books/snapshot.tmp>) = 0 <0.000001>");
        assertEquals(List.of(), forcedAgain());
        write(1, "1.000005 fsync(6</books/snapshot.tmp>) = -1 EIO (Input/output error) (INJECTED) <0.000210>",
            "1.000300 fdatasync(7" + RECORDING + ") = 0 <0.000001>");
        assertEquals(List.of(), forcedAgain());
    }

    private List<Long> forcedAgain() throws IOException
    {
        return new TraceLog(directory.resolve("trace")).forcedAgain().stream().map(TraceLog.Call::timeNs).toList();
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
