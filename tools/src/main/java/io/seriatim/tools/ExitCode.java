package io.seriatim.tools;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a command ended, for scripts. The same numbers for every command; the help of each lists them.
 */
public enum ExitCode
{
    /** The command did what it was asked to do. */
    DONE(0, "done"),

    /** The command did its work and found a difference, or a refusal where none was allowed. */
    DIFFERENCE(1, "a difference was found, or a refusal under --strict"),

    /** The command line or a file is wrong; the message says what and where. */
    BAD_INPUT(2, "wrong usage or bad input: the message names the option, or file, line and column"),

    /** The journal is damaged or not what it has to be; it was left as it is. */
    JOURNAL_REFUSED(3, "the journal was refused and left as it is"),

    /** Another process has the data directory open. */
    IN_USE(4, "the data directory is in use: the message names the process that holds it"),

    /** The machine lacks something: JVM options, disk space, shared memory. */
    ENVIRONMENT(5, "the environment lacks something: JVM options, disk space, /dev/shm"),

    /** The engine stopped at work, for an error of its storage. */
    STOPPED(6, "the engine stopped at work for an error of its storage; what it had acknowledged is safe"),

    /** Our own error. */
    INTERNAL(70, "an error of our own: please report it with the output of --debug");

    private final int code;
    private final String meaning;

    ExitCode(final int code, final String meaning)
    {
        this.code = code;
        this.meaning = meaning;
    }

    /**
     * The number that the process ends with.
     *
     * @return from 0 to 255.
     */
    public int code()
    {
        return code;
    }

    /**
     * All codes with their meanings, as the help shows them.
     *
     * @return number to meaning, smallest first.
     */
    static Map<String, String> list()
    {
        final Map<String, String> list = new LinkedHashMap<>();
        for (final ExitCode exitCode : values())
        {
            list.put(Integer.toString(exitCode.code), exitCode.meaning);
        }
        return list;
    }
}
