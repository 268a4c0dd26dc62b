package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.seriatim.journal.JournalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailureTest
{
    @Test
    void shouldTakeOurOwnExceptionsAtTheirWord()
    {
        assertFailure(ExitCode.IN_USE, "held", new ToolException(ExitCode.IN_USE, "held"));
        assertFailure(ExitCode.DIFFERENCE, "differs", new ToolException(ExitCode.DIFFERENCE, "differs", null));
        assertFailure(ExitCode.BAD_INPUT, "bad: file=a", InputException.ofFile("bad", "a", null));
        assertFailure(ExitCode.JOURNAL_REFUSED, "torn", new JournalException("torn"));
    }

    @Test
    void shouldSeeThroughWhatCarriesAnException()
    {
        assertFailure(ExitCode.JOURNAL_REFUSED, "torn", new ExecutionException(new JournalException("torn")));
        assertFailure(ExitCode.BAD_INPUT, "there is no such file or directory: file=a",
            new UncheckedIOException(new NoSuchFileException("a")));
    }

    @Test
    void shouldTellADamagedJournalFromAMachineThatFailsIt()
    {
        assertFailure(ExitCode.ENVIRONMENT, "full (No space left on device)",
            new JournalException("full", new FileSystemException("a", null, "No space left on device")));
        assertFailure(
            ExitCode.BAD_INPUT, "a (permission denied)", new JournalException("a", new AccessDeniedException("b")));
        assertFailure(
            ExitCode.JOURNAL_REFUSED, "a (no such file)", new JournalException("a", new NoSuchFileException("b")));
        assertFailure(ExitCode.JOURNAL_REFUSED, "odd", new JournalException("odd", new IllegalStateException("b")));
    }

    @Test
    void shouldTellAnEngineThatStoppedAtWorkFromAJournalThatWasRefused()
    {
        final Failure stopped = Failure.ofStopped(new JournalException("the recording has stopped"));
        assertEquals(new Failure(ExitCode.STOPPED, "the recording has stopped"), stopped);
        assertEquals(ExitCode.INTERNAL, Failure.ofStopped(new IllegalStateException("ours")).exitCode());
    }

    @Test
    void shouldTellTheUsersFilesFromTheMachine()
    {
        assertFailure(ExitCode.BAD_INPUT, "there is a file where a directory has to be: file=a",
            new NotDirectoryException("a"));
        assertFailure(ExitCode.BAD_INPUT, "there is a file where a directory has to be: file=a",
            new FileAlreadyExistsException("a"));
        assertFailure(ExitCode.BAD_INPUT, "there is a file where a directory has to be: file=a",
            new FileSystemException("a", null, "Not a directory"));
        assertFailure(ExitCode.BAD_INPUT, "access is denied: file=a", new AccessDeniedException("a"));
        assertFailure(ExitCode.ENVIRONMENT, "reading or writing failed: a: No space left on device",
            new FileSystemException("a", null, "No space left on device"));
        assertFailure(ExitCode.ENVIRONMENT, "reading or writing failed: Input/output error",
            new IOException("Input/output error"));
        assertFailure(ExitCode.ENVIRONMENT,
            "there is not enough memory (Java heap space); give the JVM more, such as JAVA_OPTS=-Xmx4g",
            new OutOfMemoryError("Java heap space"));
    }

    @Test
    void shouldOwnUpToEverythingElse()
    {
        assertFailure(ExitCode.INTERNAL, "this is an error of our own: java.lang.IllegalStateException: oh; " +
            "--debug shows where it comes from", new IllegalStateException("oh"));
    }

    private static void assertFailure(final ExitCode exitCode, final String message, final Throwable exception)
    {
        assertEquals(new Failure(exitCode, message), Failure.of(exception));
    }
}
