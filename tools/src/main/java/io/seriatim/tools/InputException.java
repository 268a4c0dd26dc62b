package io.seriatim.tools;

/**
 * A file of the user's is wrong. The message has one form: what is wrong, what was found, what is allowed, and then
 * file, line and column, as far as there are such.
 */
final class InputException extends ToolException
{
    private static final long serialVersionUID = 1L;

    /** More of a value is not shown. */
    private static final int SHOWN_LENGTH_MAX = 60;

    private final long line;

    private InputException(final String message, final long line, final Throwable cause)
    {
        super(ExitCode.BAD_INPUT, message, cause);
        this.line = line;
    }

    /**
     * A whole file is wrong.
     *
     * @param what  is wrong, and what would do.
     * @param file  as the user named it.
     * @param cause or null.
     * @return to be thrown.
     */
    static InputException ofFile(final String what, final String file, final Throwable cause)
    {
        return new InputException(what + ": file=" + file, 0, cause);
    }

    /**
     * A line is wrong as a whole.
     *
     * @param what is wrong, and what would do.
     * @param file as the user named it.
     * @param line from 1.
     * @return to be thrown.
     */
    static InputException ofLine(final String what, final String file, final long line)
    {
        return new InputException(what + ": file=" + file + ", line=" + line, line, null);
    }

    /**
     * One field is wrong.
     *
     * @param what    is wrong.
     * @param found   the value as it stands in the file.
     * @param allowed what would do.
     * @param file    as the user named it.
     * @param line    from 1.
     * @param column  its number from 1, with its name if it has one.
     * @return to be thrown.
     */
    static InputException ofField(
        final String what,
        final String found,
        final String allowed,
        final String file,
        final long line,
        final String column)
    {
        return new InputException(
            what + ": found=" + shown(found) + ", allowed=" + allowed +
            ", file=" + file + ", line=" + line + ", column=" + column, line, null);
    }

    /**
     * The same error, with what became of the rest.
     *
     * @param rest what is still good.
     * @return to be thrown.
     */
    InputException withRest(final String rest)
    {
        return new InputException(getMessage() + "; " + rest, line, this);
    }

    /**
     * The line that is wrong.
     *
     * @return from 1, or 0 if it is the file as a whole.
     */
    long line()
    {
        return line;
    }

    /** In quotes, on one line and not endless. */
    static String shown(final String value)
    {
        final StringBuilder shown = new StringBuilder("\"");
        final int length = Math.min(value.length(), SHOWN_LENGTH_MAX);
        for (int i = 0; i < length; i++)
        {
            final char c = value.charAt(i);
            if (Character.isISOControl(c))
            {
                shown.append(String.format("\\u%04x", (int) c));
            }
            else
            {
                shown.append(c);
            }
        }
        shown.append('"');
        if (length < value.length())
        {
            shown.append("... (").append(value.length()).append(" characters)");
        }
        return shown.toString();
    }
}
