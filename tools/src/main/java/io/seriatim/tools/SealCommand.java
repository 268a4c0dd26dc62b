package io.seriatim.tools;

import io.seriatim.engine.JournalSource;
import io.seriatim.engine.SealingConfig;
import io.seriatim.journal.JournalFiles;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.EngineSealing;
import io.seriatim.sealing.Sealer;
import io.seriatim.sealing.SealerConfig;
import io.seriatim.sealing.SealingException;
import io.seriatim.sealing.SignedCheckpoints;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Signs the order of books.
 */
@Command(
    name = "seal",
    sortOptions = false,
    description = "Grow the Merkle tree over each shard's entries and sign its head: a checkpoint, under which every " +
        "entry can be proven. Beside a running engine too; it never keeps that from its work. It signs nothing that " +
        "does not go on from everything that the key has signed before.",
    footer = {
        "%nExamples:",
        "  seriatim seal --data books --key books.key",
        "  seriatim seal --data books --key books.key --follow --every-ms 200"})
final class SealCommand implements Callable<Integer>
{
    private static final long IDLE_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long CLOSE_TIMEOUT_SECONDS = 30;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        required = true,
        description = "Key file, outside of the data directory. May be given again, while one takes the place of " +
            "another.")
    private List<Path> keyFiles;

    @Option(
        names = "--every-entries",
        paramLabel = "N",
        defaultValue = "" + SealingConfig.ENTRIES_DEFAULT,
        description = "Sign after so many entries. Default: ${DEFAULT-VALUE}")
    private long entries;

    @Option(
        names = "--every-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "With --follow: sign what is new after so much time. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description = "Let the witnesses of this policy (C2SP tlog-policy, with URLs) cosign, and wait for as many " +
            "as it asks for before the end, at most --witness-timeout-ms.")
    private Path policyFile;

    @Option(
        names = "--witness-timeout-ms",
        paramLabel = "MS",
        defaultValue = "30000",
        description = "With --policy: how long it waits. Default: ${DEFAULT-VALUE}")
    private long witnessTimeoutMs;

    @Option(names = "--follow", description = "Go on with what is committed later, until the command is ended.")
    private boolean isFollowing;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean isEndAsked;

    @Override
    public Integer call()
    {
        final JournalEntries genesis = new JournalEntries(DataDirectory.require(directory));
        final JournalFiles files = JournalFiles.open(directory);
        final List<Sealer> sealers = new ArrayList<>();
        final ExitHook hook = new ExitHook("seriatim-seal-close", this::endAndWait);
        try
        {
            for (final JournalSource journal : JournalDirectories.journalsOf(directory))
            {
                sealers.add(new Sealer(
                    journal, config(genesis, files, journal), EngineSealing.collectorOf(sealing(), directory)));
            }
            seal(sealers);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        finally
        {
            sealers.forEach(Sealer::onClose);
            closed.countDown();
            hook.remove();
        }
        sealers.forEach(SealCommand::requireHealthy);
        print(genesis.shardCount());
        return ExitCode.DONE.code();
    }

    private SealingConfig sealing()
    {
        return new SealingConfig().keyFiles(keyFiles).policyFile(policyFile).entries(entries)
            .intervalNs(TimeUnit.MILLISECONDS.toNanos(intervalMs));
    }

    private SealerConfig config(final JournalEntries genesis, final JournalFiles files, final JournalSource journal)
    {
        final SealerConfig config = new SealerConfig(sealing()).dataDirectory(directory).isBounded(!isFollowing)
            .force((from, to) -> files.force(journal.number(), from, to));
        journal.shards().forEach(shard -> config.origin(shard, genesis.genesis(shard).origin()));
        return config;
    }

    private void seal(final List<Sealer> sealers)
    {
        sealers.forEach(Sealer::onStart);
        long finishedNs = System.nanoTime();
        try (Progress progress = new Progress(
            "sealed", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime))
        {
            while (!isEndAsked && sealers.stream().anyMatch(sealer -> !sealer.isEnded()))
            {
                int work = 0;
                for (final Sealer sealer : sealers)
                {
                    work += sealer.doWork();
                }
                sealers.forEach(SealCommand::requireHealthy);
                progress.advanceTo(sealers.stream().mapToLong(Sealer::entryCount).sum());
                if (!sealers.stream().allMatch(Sealer::isFinished))
                {
                    finishedNs = System.nanoTime();
                }
                requireCosigned(System.nanoTime() - finishedNs);
                if (work == 0)
                {
                    LockSupport.parkNanos(IDLE_NS);
                }
            }
        }
    }

    private void requireCosigned(final long waitedNs)
    {
        if (waitedNs > TimeUnit.MILLISECONDS.toNanos(witnessTimeoutMs))
        {
            throw new ToolException(
                ExitCode.ENVIRONMENT, "signed, and not cosigned by as many witnesses as the policy asks for: waited " +
                witnessTimeoutMs + " ms; run it again when they can be reached");
        }
    }

    /** The process is told to end: what is committed by now is sealed first. */
    private void endAndWait()
    {
        isEndAsked = true;
        try
        {
            closed.await(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireHealthy(final Sealer sealer)
    {
        final Throwable failure = sealer.failure();
        if (failure instanceof RuntimeException ex)
        {
            throw ex;
        }
        if (failure != null)
        {
            throw new SealingException("nothing more is sealed: " + failure, failure);
        }
    }

    private void print(final int shardCount)
    {
        for (int shard = 0; shard < shardCount; shard++)
        {
            final SignedNote newest = new SignedCheckpoints(directory, shard).newest();
            spec.commandLine().getOut().println(
                "shard " + shard + ": " + (newest == null ? "nothing to sign" : Checkpoint.parse(newest.text())));
        }
        spec.commandLine().getOut().flush();
    }
}
