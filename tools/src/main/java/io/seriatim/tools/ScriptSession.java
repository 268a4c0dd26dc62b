package io.seriatim.tools;

import io.seriatim.engine.LedgerEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;

/**
 * Requests in JSON, line by line, and an answer for each.
 * <p>
 * Threads: confined to one.
 */
final class ScriptSession
{
    /** The longest event has less than 1,000 characters. */
    private static final int EVENT_LENGTH_MAX = 2_048;

    private static final int LINE_LENGTH_MIN = 1024 * 1024;

    private final JsonRequests requests;
    private final JsonAnswers answers = new JsonAnswers();
    private final LedgerEngine engine;
    private final RequestRunner runner;
    private final int lineLengthMax;

    /**
     * A session.
     *
     * @param engine        that is running.
     * @param isClockManual whether its clock can be moved.
     * @param whileBehind   called again and again while a query waits for a read model that is being built.
     */
    ScriptSession(final LedgerEngine engine, final boolean isClockManual, final Runnable whileBehind)
    {
        this.engine = engine;
        requests = new JsonRequests(engine.batchCountMax());
        runner = new RequestRunner(engine, isClockManual, whileBehind);
        lineLengthMax = Math.max(LINE_LENGTH_MIN, engine.batchCountMax() * EVENT_LENGTH_MAX);
    }

    /** What is known of requests. */
    JsonRequests requests()
    {
        return requests;
    }

    /**
     * Answers every line to the end of the input, or until the engine has stopped. Answers are let out before the next
     * line is waited for.
     *
     * @param in  where lines come from.
     * @param out where answers go.
     * @throws IOException if reading fails.
     */
    void run(final InputStream in, final PrintWriter out) throws IOException
    {
        final LineReader lines = new LineReader(in, lineLengthMax, () -> flush(out));
        boolean isOver = false;
        while (!isOver)
        {
            try
            {
                final String text = lines.next();
                isOver = text == null;
                if (isOver || isEmpty(text))
                {
                    continue;
                }
                respond(text, lines.line());
            }
            catch (final JsonRequestException e)
            {
                answers.error(e, lines.line());
            }
            answers.writeTo(out);
            out.print('\n');
            isOver = isStopped();
        }
        flush(out);
    }

    /** Whether the engine has stopped for good, so that nothing more will be done. */
    boolean isStopped()
    {
        return engine.failure() != null;
    }

    /** Only what JSON takes for white space may stand in a line without a request; all else gets an answer. */
    private static boolean isEmpty(final String text)
    {
        return text.chars().allMatch(character -> character == ' ' || character == '\t' || character == '\r');
    }

    /**
     * Answers one request.
     *
     * @param text of the request.
     * @return the answer, in JSON; an error has no line.
     */
    String answer(final String text)
    {
        respond(text, 0);
        return answers.toString();
    }

    private void respond(final String text, final long line)
    {
        try
        {
            final JsonRequest request = requests.read(text);
            runner.run(request, reply -> answers.answer(request, reply));
        }
        catch (final JsonRequestException e)
        {
            answers.error(e, line);
        }
    }

    /** Nobody reads on: to go on would move books that nobody looks at. */
    private static void flush(final PrintWriter out)
    {
        if (out.checkError())
        {
            throw new ToolException(
                ExitCode.ENVIRONMENT,
                "the answers can not be written any more: was the other end closed? What was answered is done");
        }
    }
}
