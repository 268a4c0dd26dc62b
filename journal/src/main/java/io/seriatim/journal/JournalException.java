package io.seriatim.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * A journal can not be read, opened or written. The message says what was found, where, what would do and what is
 * still good; and what the system said, if that is the cause.
 */
public class JournalException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /**
     * A failure with its whole story.
     *
     * @param message what was found, where, what would do and what is still good.
     */
    public JournalException(final String message)
    {
        super(message);
    }

    /**
     * A failure with its whole story and what caused it.
     *
     * @param message what was found, where, what would do and what is still good; what the system said is added, unless
     *                it is there.
     * @param cause   of it.
     */
    public JournalException(final String message, final Throwable cause)
    {
        super(withReason(message, reasonOf(cause)), cause);
    }

    private static String withReason(final String message, final String reason)
    {
        return reason == null || message.contains(reason) ? message : message + " (" + reason + ")";
    }

    /** In the system's words; null if it has said nothing. */
    private static String reasonOf(final Throwable cause)
    {
        if (cause instanceof UncheckedIOException unchecked)
        {
            return reasonOf(unchecked.getCause());
        }
        if (cause instanceof FileSystemException failed && failed.getReason() == null)
        {
            // Its message is nothing but the file, which the text names.
            return failed instanceof NoSuchFileException ? "no such file" :
                failed instanceof AccessDeniedException ? "permission denied" : failed.getClass().getSimpleName();
        }
        return cause instanceof FileSystemException failed ? failed.getReason() :
            cause instanceof IOException ? cause.getMessage() : null;
    }
}
