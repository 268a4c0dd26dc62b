package io.seriatim.journal;

import java.nio.file.Path;

/**
 * Another engine holds the directory, in this process or in another one.
 */
public final class DirectoryInUseException extends JournalException
{
    private static final long serialVersionUID = 1L;

    private final String directory;
    private final long pid;

    /**
     * A directory that is held.
     *
     * @param directory that is held.
     * @param pid       of the process that holds it; or -1 if it could not be told.
     */
    DirectoryInUseException(final Path directory, final long pid)
    {
        super(
            "directory is in use by " + holder(pid) + ": directory=" + directory +
            ", lock=" + directory.resolve(DirectoryLock.FILE_NAME) +
            "; stop that process or use another directory, the data is untouched");
        this.directory = directory.toString();
        this.pid = pid;
    }

    /**
     * The directory that is held.
     *
     * @return its path.
     */
    public String directory()
    {
        return directory;
    }

    /**
     * Who holds it.
     *
     * @return id of the process; or -1 if it could not be told.
     */
    public long pid()
    {
        return pid;
    }

    private static String holder(final long pid)
    {
        if (pid == ProcessHandle.current().pid())
        {
            return "this process (pid " + pid + ")";
        }

        return pid < 0 ? "another process" : "process " + pid;
    }
}
