package io.seriatim.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What strace saw of a process: its calls to write, force, rename and lengthen files, in the order of each thread.
 * <p>
 * Shape: one file for each thread, as {@code strace -ff -ttt -T -y -s 0} writes them: when a call began, and how long
 * it took.
 */
final class TraceLog
{
    /** Calls that are traced. */
    static final String TRACED = "trace=pwrite64,fdatasync,fsync,rename,ftruncate";

    private static final Pattern CALL = Pattern.compile(
        "^(\\d+)\\.(\\d+) (\\w+)\\((?:\\d+<([^>]*)>)?(.*)\\)\\s+= (-?\\d+|\\?)(.*)$");
    private static final Pattern LAST_NUMBER = Pattern.compile("(\\d+)$");
    private static final Pattern SPAN = Pattern.compile("<(\\d+)\\.(\\d{6})>$");

    /**
     * Calls of two threads that begin and end so close to each other may be stamped in either order: one strace sees to
     * all threads, one after the other, and a call gets its time when its turn comes.
     */
    private static final long STAMPED_NS = 1_000_000;

    private static final String INJECTED = "(INJECTED)";

    /**
     * One call.
     *
     * @param thread     number of the file that it stands in.
     * @param timeNs     when it began: since 1970, to the microsecond.
     * @param endNs      when it returned; when it began if that is not told.
     * @param name       of the call.
     * @param file       that it was about; empty if it names none by descriptor.
     * @param offset     last argument if it is a number, as that of pwrite64 is; else -1.
     * @param isInjected whether it failed because it was told to.
     */
    record Call(int thread, long timeNs, long endNs, String name, String file, long offset, boolean isInjected)
    {
        boolean isForce()
        {
            return name.equals("fdatasync") || name.equals("fsync");
        }

        /** Whether it is about the recording of a journal. */
        boolean isOfRecording()
        {
            return file.endsWith(".rec");
        }
    }

    private final List<List<Call>> threads = new ArrayList<>();

    /**
     * Read a log.
     *
     * @param prefix of the files, to which strace adds the thread's number.
     * @throws IOException if they can not be read.
     */
    TraceLog(final Path prefix) throws IOException
    {
        try (Stream<Path> files = Files.list(prefix.toAbsolutePath().getParent()))
        {
            for (final Path file : files
                .filter(path -> path.getFileName().toString().startsWith(prefix.getFileName() + ".")).toList())
            {
                final int thread = threads.size();
                threads.add(Files.readAllLines(file).stream().map(line -> parse(thread, line))
                    .filter(call -> call != null).toList());
            }
        }
    }

    /** Words that run a command with this log, and with an error at the n-th call of each thread. */
    static String[] tracer(final Path prefix, final String call, final String error, final int nth)
    {
        return new String[] {
            "strace", "-ff", "--seccomp-bpf", "-qq", "-y", "-ttt", "-T", "-s", "0", "-o", prefix.toString(),
            "-e", TRACED, "-e", "inject=" + call + ":error=" + error + ":when=" + nth};
    }

    private static Call parse(final int thread, final String line)
    {
        final Matcher matcher = CALL.matcher(line);
        if (!matcher.matches())
        {
            return null;
        }
        final Matcher number = LAST_NUMBER.matcher(matcher.group(5));
        final Matcher span = SPAN.matcher(matcher.group(7));
        final long timeNs = nanoseconds(matcher.group(1), matcher.group(2));
        return new Call(
            thread,
            timeNs,
            timeNs + (span.find() ? nanoseconds(span.group(1), span.group(2)) : 0),
            matcher.group(3),
            matcher.group(4) == null ? "" : matcher.group(4),
            number.find() ? Long.parseLong(number.group(1)) : -1,
            matcher.group(7).contains(INJECTED));
    }

    private static long nanoseconds(final String seconds, final String microseconds)
    {
        return Long.parseLong(seconds) * 1_000_000_000L + Long.parseLong(microseconds) * 1_000;
    }

    /** The first call that failed because it was told to; null if none came so far. */
    Call firstInjected()
    {
        return threads.stream().flatMap(List::stream).filter(Call::isInjected)
            .min(Comparator.comparingLong(Call::timeNs)).orElse(null);
    }

    /** The first that failed of those that write or force the recording; null if none did. */
    Call firstFailedOfRecording()
    {
        return threads.stream().flatMap(List::stream).filter(call -> call.isInjected() && call.isOfRecording())
            .min(Comparator.comparingLong(Call::timeNs)).orElse(null);
    }

    /**
     * Where what a failed call left unforced begins: what it was to write; or, if it was to force a file, the first
     * write there that no thread had forced by then. A snapshot forces the recording too, when another thread may long
     * have forced all of it. A force after the one that failed proves nothing of what was written before: the system
     * may hold its pages for clean.
     *
     * @return offset in the file; {@link Long#MAX_VALUE} if all that was written there was forced.
     */
    long unforcedOffset(final Call failed)
    {
        if (!failed.isForce())
        {
            return failed.offset();
        }
        final List<Call> calls = threads.stream().flatMap(List::stream)
            .filter(call -> call.file().equals(failed.file())).toList();
        return calls.stream().filter(call -> call.name().equals("pwrite64"))
            .filter(write -> calls.stream().noneMatch(
                call -> call.isForce() && !call.isInjected() && call.timeNs() > write.timeNs() &&
                (call.timeNs() < failed.timeNs() || write.timeNs() > failed.timeNs())))
            .mapToLong(Call::offset).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Forces of the recording, whichever of its files, that should not have been once one of its forces has failed:
     * <ul>
     * <li>by the thread whose force failed: any that comes after it, as that thread was told;</li>
     * <li>by another thread: any that began after the failed call had returned. What was under way by then could not
     * know. For what began later there is no such excuse: under forced durability the archive's thread alone forces
     * what is recorded, so no other one has to hear of anything first. Only what the log itself can not tell is given,
     * {@link #STAMPED_NS}.</li>
     * </ul>
     * A snapshot that could not be forced is another matter: it is given up, and the next one is a new one.
     */
    List<Call> forcedAgain()
    {
        final List<Call> again = new ArrayList<>();
        for (final List<Call> failing : threads)
        {
            for (int i = 0; i < failing.size(); i++)
            {
                final Call failed = failing.get(i);
                if (failed.isInjected() && failed.isForce() && failed.isOfRecording())
                {
                    failing.subList(i + 1, failing.size()).forEach(call -> addForce(call, again));
                    threads.stream().filter(thread -> thread != failing).flatMap(List::stream)
                        .filter(call -> call.timeNs() > failed.endNs() + STAMPED_NS)
                        .forEach(call -> addForce(call, again));
                }
            }
        }
        return again;
    }

    private static void addForce(final Call call, final List<Call> again)
    {
        if (call.isForce() && call.isOfRecording() && !again.contains(call))
        {
            again.add(call);
        }
    }
}
