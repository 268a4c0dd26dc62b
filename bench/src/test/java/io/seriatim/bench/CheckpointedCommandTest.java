package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.SealingConfig;
import io.seriatim.journal.Durability;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.LogKeys;
import io.seriatim.tools.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** From commit to checkpoint: nothing counts before a checkpoint covers it, and everything counts once one does. */
class CheckpointedCommandTest
{
    private static final int BATCH = 3;
    private static final int REQUESTS = 40;
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(1);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    private Path directory;

    @Test
    void shouldMeasureFromCommitToCheckpoint()
    {
        final int exitCode = commandLine.execute(
            "checkpointed", "--durability", "os", "--rate", "2000", "--seconds", "1", "--slices", "2",
            "--warmup-seconds", "0.2", "--accounts", "100", "--data-dir", directory.toString(),
            "--out", directory.resolve("out").toString());
        assertEquals(0, exitCode, () -> out.toString() + err);
        assertThat(out.toString()).contains("each covered by a checkpoint", "durability os", "p99 / 50.0 ms");
        final JsonNode summary = new JsonMapper().readTree(directory.resolve("out/summary.json").toFile());
        assertTrue(summary.get("milliseconds").get("p99.0").asDouble() > 0, summary::toString);
        assertTrue(Files.exists(directory.resolve("out/checkpointed.hlog")));
    }

    @Test
    void shouldAnswerWhenACheckpointCoversTheRequestAndNotBefore()
    {
        final Path keyFile = directory.resolve("key");
        LogKeys.write(keyFile, NoteSigner.generate("bench/checkpointed", VerifierKey.LOG));
        final EngineConfig config = new EngineConfig().durability(Durability.OS).origin("bench/checkpointed")
            .dataDirectory(directory.resolve("engine")).sealing(new SealingConfig()
                .keyFiles(List.of(keyFile)).intervalNs(TimeUnit.MILLISECONDS.toNanos(50)));
        try (EngineSubject engine = new EngineSubject(config, 1, 10, BATCH))
        {
            final CheckpointedSubject subject = new CheckpointedSubject(engine);
            subject.resume();
            final long sizeBefore = engine.engine().checkpointedSize(0);
            final List<Long> answers = new ArrayList<>();
            final long startNs = System.nanoTime();
            int sentCount = 0;
            while (answers.size() < REQUESTS && System.nanoTime() - startNs < TIMEOUT_NS)
            {
                sentCount += sentCount < REQUESTS && subject.trySend(startNs) ? 1 : 0;
                subject.poll(committedNs -> answers.add(committedNs));
                assertTrue(
                    answers.size() * (long)BATCH <= engine.engine().checkpointedSize(0) - sizeBefore,
                    "answered before it was covered");
            }
            assertEquals(REQUESTS, answers.size());
            assertEquals(0, subject.inFlight());
            assertEquals(REQUESTS * BATCH, engine.engine().checkpointedSize(0) - sizeBefore);
            assertTrue(answers.stream().allMatch(each -> each >= startNs));
            engine.requireAllBooked();
        }
    }

    @Test
    void shouldSayWhichOptionIsWrong()
    {
        assertRefused("--durability memory has no checkpoints", "--durability", "memory");
        assertRefused("--rate is out of range: 0.0", "--rate", "0");
        assertRefused("--seal-every-ms is out of range: -1", "--seal-every-ms", "-1");
    }

    private void assertRefused(final String message, final String... options)
    {
        final List<String> line = new ArrayList<>(List.of("checkpointed"));
        line.addAll(List.of(options));
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute(line.toArray(new String[0])));
        assertThat(err.toString()).contains(message);
    }
}
