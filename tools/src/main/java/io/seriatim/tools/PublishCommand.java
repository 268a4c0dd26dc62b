package io.seriatim.tools;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.LogPublisher;
import io.seriatim.sealing.SignedCheckpoints;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Publishes a log as static files.
 */
@Command(
    name = "publish",
    sortOptions = false,
    description = "Bring a published log (C2SP tlog-tiles) up to date with the newest checkpoint of a shard: a " +
        "directory of static files that any web server can serve, and from which anybody can check everything. Only " +
        "what is new is written; readers see the older log or the newer one. Reads the books only.",
    footer = {
        "%nExamples:",
        "  seriatim publish --data books --out log",
        "  seriatim publish --data books --out log --follow"})
final class PublishCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--out",
        paramLabel = "LOG",
        required = true,
        description = "Directory of the log; it is made if it is not there.")
    private Path log;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(names = "--follow", description = "Go on with later checkpoints, until the command is ended.")
    private boolean isFollowing;

    @Option(
        names = "--every-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "With --follow: how often it looks for one. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException
    {
        if (intervalMs < 1)
        {
            throw new ParameterException(spec.commandLine(), "--every-ms is at least 1: every-ms=" + intervalMs);
        }
        final int shard = selection.shardOf(spec, new JournalEntries(DataDirectory.require(directory)));
        final LogPublisher publisher = new LogPublisher(directory, shard, log);
        final SignedCheckpoints checkpoints = new SignedCheckpoints(directory, shard);
        final ExitHook hook = new ExitHook("seriatim-publish-close", ended::countDown);
        try
        {
            String published = publish(publisher, checkpoints);
            while (isFollowing && !ended.await(intervalMs, TimeUnit.MILLISECONDS))
            {
                if (!published.equals(String.valueOf(checkpoints.newest())))
                {
                    published = publish(publisher, checkpoints);
                }
            }
        }
        finally
        {
            hook.remove();
        }
        return ExitCode.DONE.code();
    }

    private String publish(final LogPublisher publisher, final SignedCheckpoints checkpoints)
    {
        final String newest = String.valueOf(checkpoints.newest());
        final Checkpoint head;
        try (Progress progress = new Progress(
            "published", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime))
        {
            head = publisher.publish(progress::advanceTo);
        }
        spec.commandLine().getOut().println("published " + head);
        spec.commandLine().getOut().flush();
        return newest;
    }
}
