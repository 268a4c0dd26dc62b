package io.seriatim.bench;

import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.JournalEditor;
import io.seriatim.replay.JournalEntries;
import io.seriatim.tools.ExitCode;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReplayLoadCommandTest
{
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int OUTCOME_OFFSET = BODY + TransferEntryDecoder.outcomeEncodingOffset();
    private static final int MOVED_OFFSET = BODY + ExtendedTransferEntryDecoder.amountMovedLowEncodingOffset();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
        BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));
    private final long seed = new Random().nextLong();

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerAsRecordedWhenSentAsFastAsTaken() throws IOException
    {
        record(false);

        assertEquals(0, run("--speed", "max", "--durability", "os"), this::said);

        assertThat(out.toString()).contains(
            "machine clock", "SHA-256", "outcomes and every balance as recorded", "timestamps are those of this run");
        final JsonNode summary = summary();
        assertTrue(summary.get("refused").asLong() > 0, this::said);
        assertEquals(0, summary.get("clockMoves").asLong());
        assertEquals(64, summary.get("shards").get(0).get("sha256").asString().length());
        assertTrue(Files.exists(directory.resolve("out/engine.hlog")));
        try (Stream<Path> left = Files.list(directory.resolve("data")))
        {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldMakeTheSameBytesAgainWhereTheTimeDecides() throws IOException
    {
        record(true);

        assertEquals(0, run("--speed", "10", "--durability", "os", "--threading", "single"), this::said);

        assertThat(out.toString()).contains("recorded clock", "byte for byte the recorded ones");
        assertTrue(summary().get("expiries").asLong() > 0, this::said);
        assertTrue(summary().get("clockMoves").asLong() > 0, this::said);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldMakeTheSameBytesAgainAtAnySpeed()
    {
        record(true);

        assertEquals(0, run("--speed", "max", "--in-flight", "3"), this::said);
        assertThat(out.toString()).contains("byte for byte the recorded ones");
    }

    @Test
    void shouldMakeTheSameBytesAgainIfAskedTo()
    {
        record(false);

        assertEquals(0, run("--speed", "1000", "--clock", "recorded", "--durability", "os"), this::said);
        assertThat(out.toString()).contains("byte for byte the recorded ones");
    }

    @Test
    void shouldCompareOutcomesAndBalancesInMemory()
    {
        record(true);

        assertEquals(0, run("--speed", "max", "--durability", "memory"), this::said);
        assertThat(out.toString()).contains("not looked at, as nothing is written", "no difference");
    }

    @Test
    void shouldSendWhatSeveralShardsHaveRecorded()
    {
        final EngineSubject subject = new EngineSubject(
            new EngineConfig().dataDirectory(directory.resolve("books")).durability(Durability.OS).readModel(false),
            3, 30, 7);
        ClosedLoop.run(subject, 8, 100_000_000, new Recording(100_000_000));
        subject.close();

        assertEquals(0, run("--speed", "max", "--durability", "os"), this::said);
        assertThat(out.toString()).contains("in 3 shard(s)", "no difference");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--clock", "recorded"));
        assertThat(err.toString()).contains("a clock can not be set for several shards at once: shards=3");
    }

    @Test
    void shouldTellAnOutcomeThatIsNotTheRecordedOne()
    {
        record(false);
        final long sequence = sequenceOfCreated(TransferEntryDecoder.TEMPLATE_ID);
        new JournalEditor(directory.resolve("books/journal-0")).edit(0, sequence, (buffer, offset) ->
            buffer.putInt(
                offset + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_CREDITS.code(), ByteOrder.LITTLE_ENDIAN));

        assertEquals(ExitCode.DIFFERENCE.code(), run("--speed", "max", "--durability", "memory"), this::said);

        assertThat(out.toString()).contains(
            "DIFFERENCE   shard 0 sequence " + sequence + ": recorded EXCEEDS_CREDITS, now CREATED");
        assertThat(err.toString()).contains("FAILED: DIFFERENCE: 1 of ");
        assertFalse(Files.exists(directory.resolve("out/summary.json")));
    }

    @Test
    void shouldTellABalanceThatIsNotTheRecordedOne()
    {
        record(false);
        final long sequence = sequenceOfCreated(ExtendedTransferEntryDecoder.TEMPLATE_ID);
        new JournalEditor(directory.resolve("books/journal-0")).edit(0, sequence, (buffer, offset) ->
            buffer.putLong(offset + MOVED_OFFSET, 1_000_000_000, ByteOrder.LITTLE_ENDIAN));

        assertEquals(ExitCode.DIFFERENCE.code(), run("--speed", "max", "--durability", "memory"), this::said);
        assertThat(err.toString()).contains("FAILED: an account stands otherwise: shard=0, account=");
    }

    @Test
    void shouldRefuseADamagedJournal()
    {
        record(false);
        new JournalEditor(directory.resolve("books/journal-0")).flip(2_000);

        assertEquals(ExitCode.JOURNAL_REFUSED.code(), run("--speed", "max"), this::said);
        assertThat(err.toString()).contains("is refused");
    }

    @Test
    void shouldRefuseAJournalThatIsStillWritten()
    {
        record(false);
        final EngineConfig config = new EngineConfig()
            .dataDirectory(directory.resolve("books")).durability(Durability.OS).readModel(false);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            assertEquals(1, engine.shardCount());
            assertEquals(ExitCode.BAD_INPUT.code(), run("--speed", "max"), this::said);
        }
        assertThat(err.toString()).contains("still being written");
    }

    @Test
    void shouldRefuseTheMachinesClockWhereTheTimeDecides()
    {
        record(true);

        assertEquals(ExitCode.BAD_INPUT.code(), run("--clock", "machine"), this::said);
        assertThat(err.toString()).contains(
            "--clock machine would change outcomes, as they depend on the time: an imported transfer, shard=0");
    }

    @Test
    void shouldSayWhichOptionIsWrong() throws IOException
    {
        assertEquals(ExitCode.BAD_INPUT.code(), run());
        assertThat(err.toString()).contains("--data is not the data directory of an engine");
        Files.createDirectories(directory.resolve("books/journal-0"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--speed", "fast"));
        assertThat(err.toString()).contains("--speed is a number, such as 1 or 10, or max: fast");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--speed", "-1"));
        assertThat(err.toString()).contains("--speed is out of range: -1");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--clock", "sun"));
        assertThat(err.toString()).contains("--clock is recorded or machine: sun");
        assertEquals(ExitCode.BAD_INPUT.code(), run("--in-flight", "0"));
        assertEquals(ExitCode.BAD_INPUT.code(), run("--durability", "paper"));
        assertEquals(ExitCode.BAD_INPUT.code(), commandLine.execute("replay-load"));
    }

    private void record(final boolean isTimed)
    {
        System.out.println("seed=" + seed);
        new RecordedBooks(seed, isTimed).write(directory.resolve("books"));
    }

    private long sequenceOfCreated(final int templateId)
    {
        final long[] found = {-1};
        new JournalEntries(directory.resolve("books")).read(0, 0, (final DirectBuffer buffer, final int offset,
            final int length) ->
        {
            if (Entries.templateId(buffer, offset) == templateId &&
                buffer.getInt(offset + OUTCOME_OFFSET) == TransferOutcome.CREATED.code())
            {
                found[0] = Entries.sequence(buffer, offset);
            }
            return found[0] < 0;
        });
        return found[0];
    }

    private int run(final String... args)
    {
        final String[] common = {
            "--data", directory.resolve("books").toString(), "--warmup-seconds", "0", "--data-dir",
            directory.resolve("data").toString(), "--out", directory.resolve("out").toString()};
        return commandLine.execute(
            Stream.of(new String[]{"replay-load"}, args, common).flatMap(Stream::of).toArray(String[]::new));
    }

    private JsonNode summary()
    {
        return JsonMapper.builder().build().readTree(directory.resolve("out/summary.json").toFile());
    }

    private String said()
    {
        return out.toString() + err;
    }
}
