package io.seriatim.tools;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command that was run, in this process or in one of its own: how it ended and what it said. */
record CommandRun(int exitCode, String out, String err)
{
    static CommandRun of(final Object... args)
    {
        return with("", args);
    }

    /** Runs a command that reads on. */
    static CommandRun with(final String in, final Object... args)
    {
        return with(in.getBytes(StandardCharsets.UTF_8), args);
    }

    /** Runs a command that reads on. */
    static CommandRun with(final byte[] in, final Object... args)
    {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int exitCode = SeriatimMain.run(
            new ByteArrayInputStream(in), new PrintWriter(out), new PrintWriter(err), texts(args));
        return new CommandRun(exitCode, text(out), text(err));
    }

    /** Starts a command in a process of its own, with one stream for all that it says. */
    static Process fork(final List<String> options, final Object... args) throws IOException
    {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            SeriatimMain.class.getName()));
        command.addAll(List.of(texts(args)));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** How often an outcome came, in the n-th list of outcomes that has it; 0 if there is none. */
    long outcome(final String name, final int n)
    {
        final Matcher matcher = Pattern.compile("(?m)^  " + name + " +([0-9,]+)").matcher(out);
        for (int i = 0; i <= n; i++)
        {
            if (!matcher.find())
            {
                return 0;
            }
        }
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    @Override
    public String toString()
    {
        return "exit=" + exitCode + "\n" + out + "\n" + err;
    }

    private static String[] texts(final Object... args)
    {
        final String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++)
        {
            texts[i] = args[i].toString();
        }
        return texts;
    }

    private static String text(final StringWriter writer)
    {
        return writer.toString().replace(System.lineSeparator(), "\n");
    }
}
