package io.seriatim.faults;

import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.Durability;
import io.seriatim.journal.KeyFile;
import io.seriatim.journal.Replication;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Books that {@link KillWorker}s write, one process after the other, and outside of them what the clients were told.
 * <p>
 * Threads: confined to one.
 */
final class WorkerBooks
{
    static final long TIMEOUT_MS = 120_000;

    private static final String SOAK_HEAP = "96m";

    private final Path books;
    private final Path clients;
    private final Durability durability;
    private WitnessedLog log;
    private Path stateRootKey;

    /**
     * Books to be made by the first worker.
     *
     * @param books      directory of the books.
     * @param clients    directory for what the clients were told; it is there.
     * @param durability that the engines run under.
     */
    WorkerBooks(final Path books, final Path clients, final Durability durability)
    {
        this.books = books;
        this.clients = clients;
        this.durability = durability;
    }

    /**
     * Have the workers write state roots and sign checkpoints, and keep those outside of the books.
     *
     * @return where they are kept.
     */
    WitnessedLog sealed() throws IOException
    {
        stateRootKey = clients.resolve("state-root-key");
        KeyFile.write(stateRootKey, StateRootConfig.newKey().toText());
        log = new WitnessedLog(books, clients.resolve("key"));
        return log;
    }

    /** The directory of the books. */
    Path directory()
    {
        return books;
    }

    /**
     * Start a worker.
     *
     * @param task   {@link KillWorker#SEND}, {@link KillWorker#PACED}, {@link KillWorker#SNAPSHOTS} or
     *               {@link KillWorker#CHECK}.
     * @param prefix words before its command, such as a tracer.
     * @return the process, which has not said anything yet.
     */
    ChildJvm start(final String task, final String... prefix)
    {
        return start(0, task, prefix);
    }

    /**
     * Start a worker that leaves some of the disk.
     *
     * @param reserve bytes that its engine leaves.
     * @param task    as above.
     * @param prefix  as above.
     * @return the process, which has not said anything yet.
     */
    ChildJvm start(final long reserve, final String task, final String... prefix)
    {
        final List<String> options = sealingOptions();
        options.add("-D" + KillWorker.RESERVE_PROPERTY + "=" + reserve);
        return new ChildJvm(KillWorker.class, List.of(prefix), options, arguments(task));
    }

    /**
     * Start a worker that is to live long, with a heap that is taken at once.
     *
     * @param followers where it lets them in.
     * @return the process, which has not said anything yet.
     */
    ChildJvm startSoak(final Replication followers)
    {
        final List<String> options = sealingOptions();
        options.addAll(List.of("-Xms" + SOAK_HEAP, "-Xmx" + SOAK_HEAP, "-XX:+AlwaysPreTouch"));
        return new ChildJvm(
            SoakWorker.class, List.of(), options,
            arguments(followers.host(), Integer.toString(followers.port()), followers.secret()));
    }

    private List<String> arguments(final String... more)
    {
        final List<String> arguments = new ArrayList<>(
            List.of(books.toString(), clients.resolve("client-").toString(), durability.name()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private List<String> sealingOptions()
    {
        final List<String> options = new ArrayList<>();
        if (log != null)
        {
            options.add("-D" + KillWorker.SEAL_KEY_PROPERTY + "=" + log.keyFile());
            options.add("-D" + KillWorker.STATE_ROOT_KEY_PROPERTY + "=" + stateRootKey);
        }
        return options;
    }

    /**
     * Have everything checked that was acknowledged, in a process of its own.
     *
     * @param prefix words before its command.
     * @throws FaultException if it is not all there as it was told.
     */
    void checkAll(final String... prefix) throws InterruptedException
    {
        try (ChildJvm child = start(KillWorker.CHECK, prefix))
        {
            final int exitCode = child.awaitExit(10 * TIMEOUT_MS);
            if (exitCode != 0)
            {
                throw new FaultException(
                    "the check of everything that was acknowledged has failed, exit code " + exitCode + ":\n" +
                    child.output());
            }
        }
    }

    /**
     * Replay the journal alone: it is clean, and holds what was acknowledged.
     *
     * @return how many state roots it holds, each of which was made again.
     * @throws FaultException if not.
     */
    long verify() throws IOException
    {
        final long acknowledgedCount = acknowledgedTransferCount();
        final AuditReport report = new AuditReplay(books)
            .stateRootKey(stateRootKey == null ? null : StateRootConfig.read(stateRootKey)).run();
        final long transferCount = report.shards().stream().mapToLong(shard -> shard.transferCount()).sum();
        if (!report.isClean() || transferCount < acknowledgedCount)
        {
            throw new FaultException(
                "the journal does not hold what was acknowledged: transfers=" + transferCount + ", acknowledged=" +
                acknowledgedCount + ", " + report);
        }
        return report.shards().stream().mapToLong(shard -> shard.stateRootCount()).sum();
    }

    /** The files of what each client was told. */
    List<Path> clientFiles()
    {
        return IntStream.range(0, KillWorker.CLIENT_COUNT)
            .mapToObj(client -> clients.resolve("client-" + client)).toList();
    }

    /** Forget what was told behind these lengths of the clients' files, after a moment that ends the story. */
    void forgetBehind(final List<Long> lengths) throws IOException
    {
        for (int client = 0; client < KillWorker.CLIENT_COUNT; client++)
        {
            final Path file = clientFiles().get(client);
            if (Files.exists(file))
            {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
                {
                    channel.truncate(lengths.get(client));
                }
            }
        }
    }

    /** Wait until more is acknowledged than there was. */
    void awaitProgress(final ChildJvm child) throws IOException, InterruptedException
    {
        final long before = acknowledgedCount();
        final long deadlineNs = System.nanoTime() + TIMEOUT_MS * 1_000_000;
        while (acknowledgedCount() <= before)
        {
            if (!child.isAlive() || System.nanoTime() - deadlineNs > 0)
            {
                throw new FaultException("nothing is acknowledged any more; the process said:\n" + child.output());
            }
            Thread.sleep(10);
        }
    }

    /** How many transfers were acknowledged to all clients. */
    long acknowledgedCount() throws IOException
    {
        long count = 0;
        for (final Path file : clientFiles())
        {
            count += Acknowledgements.countIn(file);
        }
        return count;
    }

    /** How many of them were created, not refused. */
    private long acknowledgedTransferCount() throws IOException
    {
        return acknowledged(Acknowledgements::id).stream().flatMap(List::stream)
            .filter(id -> !WorkerTransfer.isRefused(id)).count();
    }

    /** The greatest sequence of each shard that was acknowledged to its client; 0 if none was. */
    List<Long> lastAcknowledgedSequences() throws IOException
    {
        return acknowledged(Acknowledgements::sequence).stream()
            .map(sequences -> sequences.isEmpty() ? 0L : sequences.get(sequences.size() - 1)).toList();
    }

    /** The latest timestamp that was told to any client; 0 if none was. */
    long latestAcknowledgedTimestampNs() throws IOException
    {
        return acknowledged(Acknowledgements::timestampNs).stream().flatMap(List::stream).mapToLong(Long::longValue)
            .max().orElse(0);
    }

    private List<List<Long>> acknowledged(final BiFunction<Acknowledgements, Integer, Long> column) throws IOException
    {
        final List<List<Long>> all = new ArrayList<>();
        for (final Path file : clientFiles())
        {
            final List<Long> values = new ArrayList<>();
            try (Acknowledgements acknowledgements = Acknowledgements.read(file))
            {
                for (int i = 0; i < acknowledgements.count(); i++)
                {
                    values.add(column.apply(acknowledgements, i));
                }
            }
            all.add(values);
        }
        return all;
    }
}
