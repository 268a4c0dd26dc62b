package io.seriatim.journal;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What the system said stands in the message, once. */
class JournalExceptionTest
{
    private static final String TEXT = "can not force the journal: file=a";

    @Test
    void shouldSayWhatTheSystemSaid()
    {
        final IOException error = new IOException("Input/output error");
        assertMessage(TEXT + " (Input/output error)", TEXT, error);
        assertMessage(TEXT + " (Input/output error)", TEXT, new UncheckedIOException(error));
        assertMessage(
            TEXT + " (No space left on device)", TEXT, new FileSystemException("a", null, "No space left on device"));
    }

    @Test
    void shouldSayItOnce()
    {
        final String text = "can not force the journal: Input/output error, file=a";
        assertMessage(text, text, new IOException("Input/output error"));
        final JournalException inner = new JournalException(TEXT, new IOException("Input/output error"));
        assertMessage(TEXT, TEXT, inner);
    }

    @Test
    void shouldNameTheKindOfErrorWhoseMessageIsTheFile()
    {
        assertMessage(TEXT + " (no such file)", TEXT, new NoSuchFileException("a"));
        assertMessage(TEXT + " (permission denied)", TEXT, new AccessDeniedException("a"));
        assertMessage(TEXT + " (FileSystemLoopException)", TEXT, new FileSystemLoopException("a"));
    }

    @Test
    void shouldAddNothingWhereNothingWasSaid()
    {
        assertMessage(TEXT, TEXT, new IOException());
        assertMessage(TEXT, TEXT, new IllegalStateException("not of the system"));
        assertMessage(TEXT, TEXT, null);
    }

    private static void assertMessage(final String expected, final String text, final Throwable cause)
    {
        assertEquals(expected, new JournalException(text, cause).getMessage());
    }
}
