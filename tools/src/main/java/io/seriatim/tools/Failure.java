package io.seriatim.tools;

import io.seriatim.engine.LedgerException;
import io.seriatim.journal.DirectoryInUseException;
import io.seriatim.journal.JournalException;
import io.seriatim.merkle.ProofException;
import io.seriatim.replay.FeedException;
import io.seriatim.sealing.HistoryException;
import io.seriatim.sealing.SealingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What an exception means to the user of a command.
 *
 * @param exitCode that the process ends with.
 * @param message  that the user is shown, without the name of the command.
 */
record Failure(ExitCode exitCode, String message)
{
    /** What the system says, for which there is no exception of its own everywhere. */
    private static final String NOT_A_DIRECTORY = "Not a directory";

    /** What SQLite says of a file that is something else. */
    private static final int NOT_A_DATABASE = 26;

    /**
     * Judges an exception. Those of libraries are seen through to what they carry.
     *
     * @param exception that ended a command.
     * @return what to tell the user.
     */
    static Failure of(final Throwable exception)
    {
        if (exception instanceof ToolException)
        {
            return new Failure(((ToolException) exception).exitCode(), exception.getMessage());
        }
        if (exception instanceof JournalException)
        {
            return ofJournal((JournalException) exception);
        }
        if (exception instanceof LedgerException)
        {
            return ofLedger((LedgerException) exception);
        }
        if (exception instanceof HistoryException || exception instanceof ProofException)
        {
            return new Failure(ExitCode.DIFFERENCE, exception.getMessage());
        }
        if (exception instanceof SealingException)
        {
            return new Failure(ExitCode.BAD_INPUT, exception.getMessage());
        }
        if (exception instanceof FeedException)
        {
            final Throwable cause = exception.getCause();
            return new Failure(cause == null ? ExitCode.BAD_INPUT : of(cause).exitCode(), exception.getMessage());
        }
        if (exception instanceof SQLException)
        {
            return new Failure(
                ((SQLException) exception).getErrorCode() == NOT_A_DATABASE ? ExitCode.BAD_INPUT :
                ExitCode.ENVIRONMENT, "the database failed: " + exception.getMessage());
        }
        if (isWrapper(exception) && exception.getCause() != null)
        {
            return of(exception.getCause());
        }
        if (exception instanceof IOException)
        {
            return ofIo((IOException) exception);
        }
        if (exception instanceof OutOfMemoryError)
        {
            return new Failure(ExitCode.ENVIRONMENT,
                "there is not enough memory (" + exception.getMessage() + "); give the JVM more, such as " +
                "JAVA_OPTS=-Xmx4g");
        }
        return ofOurselves(exception);
    }

    /** A journal that could not be reached or written is no fault of the journal. */
    private static Failure ofJournal(final JournalException exception)
    {
        final Throwable cause = exception.getCause();
        final ExitCode exitCode;
        if (exception instanceof DirectoryInUseException)
        {
            exitCode = ExitCode.IN_USE;
        }
        else if (cause instanceof IOException && !(cause instanceof NoSuchFileException))
        {
            exitCode = ofIo((IOException) cause).exitCode();
        }
        else
        {
            exitCode = ExitCode.JOURNAL_REFUSED;
        }
        return new Failure(exitCode, exception.getMessage());
    }

    private static Failure ofLedger(final LedgerException exception)
    {
        switch (exception.reason())
        {
            case STORE_FULL:
            case DISK_RESERVED:
            case CLOCK_JUMPED:
            case TIMED_OUT:
                return new Failure(ExitCode.ENVIRONMENT, exception.getMessage());
            case STOPPED:
                return new Failure(ofStopped(exception.getCause()).exitCode(), exception.getMessage());
            default:
                return ofOurselves(exception);
        }
    }

    /**
     * Judges why an engine has stopped at work.
     *
     * @param cause why.
     * @return what to tell the user.
     */
    static Failure ofStopped(final Throwable cause)
    {
        return cause instanceof JournalException ? new Failure(ExitCode.STOPPED, cause.getMessage()) :
            ofOurselves(cause);
    }

    private static Failure ofOurselves(final Throwable exception)
    {
        return new Failure(ExitCode.INTERNAL,
            "this is an error of our own: " + exception + "; --debug shows where it comes from");
    }

    private static boolean isWrapper(final Throwable exception)
    {
        return exception instanceof UncheckedIOException || exception instanceof ExecutionException ||
            exception instanceof CompletionException;
    }

    private static Failure ofIo(final IOException exception)
    {
        if (exception instanceof NoSuchFileException)
        {
            return new Failure(ExitCode.BAD_INPUT, "there is no such file or directory: file=" + file(exception));
        }
        if (exception instanceof NotDirectoryException || exception instanceof FileAlreadyExistsException ||
            exception instanceof FileSystemException &&
            NOT_A_DIRECTORY.equals(((FileSystemException) exception).getReason()))
        {
            return new Failure(ExitCode.BAD_INPUT,
                "there is a file where a directory has to be: file=" + file(exception));
        }
        if (exception instanceof AccessDeniedException)
        {
            return new Failure(ExitCode.BAD_INPUT, "access is denied: file=" + file(exception));
        }
        return new Failure(ExitCode.ENVIRONMENT, "reading or writing failed: " + exception.getMessage());
    }

    private static String file(final IOException exception)
    {
        return ((FileSystemException) exception).getFile();
    }
}
