package io.seriatim.sealing;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.NoteSignature;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.TileHashes;
import io.seriatim.merkle.TrustPolicy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks the witnesses of a policy to sign checkpoints. All of them are asked for the same checkpoint until enough have
 * signed it, or none is left to ask; then it is the newest one's turn. So fast checkpoints and slow witnesses go
 * together. One that does not answer is asked again.
 * <p>
 * Threads: one of its own; the methods are the sealer's, {@link #witnessedSize} is anybody's.<br>
 * Source: C2SP, tlog-witness.
 */
public final class WitnessClient implements CosignatureCollector
{
    private static final System.Logger LOGGER = System.getLogger(WitnessClient.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long RETRY_FIRST_MS = 100;
    private static final long RETRY_MAX_MS = 10_000;
    private static final int OK = 200;
    private static final int CONFLICT = 409;

    /** What is under way for a shard. */
    private static final class Round
    {
        private SignedNote newest;
        private SignedNote current;
        private boolean isEnough;
        private final Set<String> isAsked = new HashSet<>();
        private final Set<String> isOver = new HashSet<>();
        private final Map<String, Long> oldSizes = new HashMap<>();
        private final Map<String, Long> retryMs = new HashMap<>();
    }

    private final TrustPolicy policy;
    private final List<TrustPolicy.Witness> witnesses;
    private final Path dataDirectory;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task ->
    {
        final Thread thread = new Thread(task, "seriatim-witness-client");
        thread.setDaemon(true);
        return thread;
    });

    private final Map<Integer, Round> rounds = new HashMap<>();
    private final Map<Integer, SignedNote> results = new ConcurrentHashMap<>();
    private final Map<Integer, Long> witnessedSizes = new ConcurrentHashMap<>();

    /**
     * A client.
     *
     * @param policy        with a URL for each witness, its submission prefix.
     * @param dataDirectory of the engine, which has the trees.
     * @throws IllegalArgumentException if a witness has no URL that can be asked.
     */
    public WitnessClient(final TrustPolicy policy, final Path dataDirectory)
    {
        this.policy = policy;
        this.dataDirectory = dataDirectory;
        witnesses = policy.witnesses();
        for (final TrustPolicy.Witness witness : witnesses)
        {
            if (!witness.url().startsWith("http://") && !witness.url().startsWith("https://"))
            {
                throw new IllegalArgumentException(
                    "a witness that is to be asked has an http or https URL in the policy: witness=" +
                    witness.name() + ", url='" + witness.url() + "'");
            }
        }
    }

    @Override
    public void submit(final int shard, final SignedNote checkpoint)
    {
        run(() ->
        {
            final Round round = rounds.computeIfAbsent(shard, key -> new Round());
            round.newest = checkpoint;
            goOn(shard, round);
        });
    }

    @Override
    public SignedNote poll(final int shard)
    {
        return results.remove(shard);
    }

    @Override
    public boolean isAsking()
    {
        return true;
    }

    @Override
    public long witnessedSize(final int shard)
    {
        return witnessedSizes.getOrDefault(shard, 0L);
    }

    @Override
    public void close()
    {
        executor.shutdownNow();
    }

    // The thread of its own.

    /** Ask whoever is free; take the next checkpoint if this one is signed by enough, or nobody is left to ask. */
    private void goOn(final int shard, final Round round)
    {
        final boolean isDone = round.current == null || round.isEnough ||
            round.isOver.size() == witnesses.size();
        if (isDone && round.current != null && round.current.text().equals(round.newest.text()))
        {
            return;
        }
        if (isDone)
        {
            round.current = round.newest;
            round.isEnough = false;
            round.isOver.clear();
        }
        for (final TrustPolicy.Witness witness : witnesses)
        {
            if (!round.isOver.contains(witness.name()) && round.isAsked.add(witness.name()))
            {
                ask(shard, round, witness);
            }
        }
    }

    private void ask(final int shard, final Round round, final TrustPolicy.Witness witness)
    {
        final SignedNote note = round.current;
        final HttpRequest request;
        try
        {
            request = HttpRequest.newBuilder(URI.create(
                witness.url() + (witness.url().endsWith("/") ? "" : "/") + "add-checkpoint"))
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                    requestFrom(shard, note, round.oldSizes.getOrDefault(witness.name(), 0L)).toBytes()))
                .build();
        }
        catch (final SealingException | ProofException | IllegalArgumentException ex)
        {
            onFailure(shard, round, witness, ex.toString());
            return;
        }
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> run(() ->
        {
            if (failure != null)
            {
                onFailure(shard, round, witness, failure.toString());
            }
            else
            {
                onResponse(shard, round, witness, note, response);
            }
        }));
    }

    private CheckpointRequest requestFrom(final int shard, final SignedNote note, final long oldSize)
    {
        final long size = Checkpoint.parse(note.text()).size();
        // One that has signed more is told the truth, and says what it has.
        final long from = Math.min(oldSize, size);
        try (TreeReader tree = new TreeReader(dataDirectory, shard))
        {
            return new CheckpointRequest(
                from, new ProofBuilder(new TileHashes(tree::read, size)).consistency(from, size).hashes(), note);
        }
    }

    private void onResponse(
        final int shard,
        final Round round,
        final TrustPolicy.Witness witness,
        final SignedNote note,
        final HttpResponse<String> response)
    {
        try
        {
            if (response.statusCode() == OK)
            {
                onCosignature(shard, round, witness, note, response.body());
                return;
            }
            final String said = response.body().strip();
            if (response.statusCode() == CONFLICT && said.matches("[0-9]{1,18}") &&
                Long.parseLong(said) != round.oldSizes.getOrDefault(witness.name(), 0L) &&
                Long.parseLong(said) <= Checkpoint.parse(note.text()).size())
            {
                round.oldSizes.put(witness.name(), Long.parseLong(said));
                round.isAsked.remove(witness.name());
                goOn(shard, round);
                return;
            }
            onFailure(shard, round, witness, response.statusCode() + " " + said);
        }
        catch (final ProofException ex)
        {
            onFailure(shard, round, witness, ex.getMessage());
        }
    }

    private void onCosignature(
        final int shard,
        final Round round,
        final TrustPolicy.Witness witness,
        final SignedNote note,
        final String body)
    {
        final List<NoteSignature> signatures = new ArrayList<>();
        for (final String line : body.split("\n"))
        {
            signatures.add(NoteSignature.parse(line));
        }
        final SignedNote signed = new SignedNote(note.text(), signatures);
        if (signed.signedBy(List.of(witness.key())).isEmpty())
        {
            throw new ProofException("it has signed with another key than the policy's");
        }
        round.oldSizes.put(witness.name(), Checkpoint.parse(note.text()).size());
        round.retryMs.remove(witness.name());
        round.isAsked.remove(witness.name());
        if (note.text().equals(round.current.text()))
        {
            round.isOver.add(witness.name());
            round.current = round.current.with(signatures.stream()
                .filter(each -> each.name().equals(witness.key().name()) && each.keyId() == witness.key().id())
                .toList());
            if (policy.isQuorum(round.current))
            {
                round.isEnough = true;
                results.put(shard, round.current);
                witnessedSizes.put(shard, Checkpoint.parse(note.text()).size());
            }
        }
        goOn(shard, round);
    }

    private void onFailure(
        final int shard, final Round round, final TrustPolicy.Witness witness, final String reason)
    {
        final long delayMs = round.retryMs.getOrDefault(witness.name(), RETRY_FIRST_MS);
        round.retryMs.put(witness.name(), Math.min(RETRY_MAX_MS, 2 * delayMs));
        round.isOver.add(witness.name());
        LOGGER.log(
            System.Logger.Level.WARNING, "the witness " + witness.name() + " has not signed for shard " + shard +
            ", it is asked again in " + delayMs + " ms: " + reason);
        try
        {
            executor.schedule(
                () ->
                {
                    round.isAsked.remove(witness.name());
                    round.isOver.remove(witness.name());
                    goOn(shard, round);
                },
                delayMs, TimeUnit.MILLISECONDS);
        }
        catch (final RejectedExecutionException ignored)
        {
            // It is closed.
        }
        goOn(shard, round);
    }

    private void run(final Runnable task)
    {
        try
        {
            executor.execute(() ->
            {
                try
                {
                    task.run();
                }
                catch (final RuntimeException ex)
                {
                    LOGGER.log(System.Logger.Level.ERROR, "a witness could not be asked", ex);
                }
            });
        }
        catch (final RejectedExecutionException ignored)
        {
            // It is closed.
        }
    }
}
