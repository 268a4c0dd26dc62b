package io.seriatim.journal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * The smallest thing that uses journals as an engine does: one thread that recovers, writes and steps them.
 */
final class TestEngine implements AutoCloseable
{
    /**
     * With this property set, journals are recorded on a simulated disk, not by Aeron: for many runs of the tests of
     * what reads and repairs recordings, which do not depend on who has written them.
     */
    static final String SIMULATED = "seriatim.test.simulated";

    static final UUID LOG_UUID = UUID.fromString("6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001");

    final JournalDirectory directory;
    final List<ArchiveJournal> journals = new ArrayList<>();
    final List<AgentInvoker> invokers = new ArrayList<>();
    final Map<Integer, FrameWriter> writers = new TreeMap<>();
    final Map<Integer, RecoveredJournal> recovered = new TreeMap<>();
    final Map<Integer, List<Long>> recoveredSequences = new HashMap<>();
    final List<Throwable> errors = new ArrayList<>();
    final TestEntries entries = new TestEntries();
    private final UnsafeBuffer expected = new UnsafeBuffer(new byte[TestEntries.TRANSFER_LENGTH]);
    private boolean isClosed;

    static JournalConfig config(final Path dataDirectory, final Durability durability)
    {
        final JournalConfig config = new JournalConfig()
            .dataDirectory(dataDirectory)
            .durability(durability)
            .termLength(128 * 1024)
            .segmentLength(128 * 1024)
            .mtu(16 * 1024);
        return Boolean.getBoolean(SIMULATED) ? new SimDisk(new SplittableRandom(1)).install(config) : config;
    }

    TestEngine(final JournalConfig config)
    {
        this(config, 1, 1);
    }

    TestEngine(final JournalConfig config, final int shardCount, final int journalCount)
    {
        directory = JournalDirectory.open(config);
        try
        {
            final boolean isNew = directory.isNew();
            if (isNew)
            {
                directory.create(JournalLayout.of(LOG_UUID, shardCount, journalCount));
            }

            for (int i = 0; i < directory.journalCount(); i++)
            {
                start(i);
            }

            if (isNew)
            {
                activate();
            }
        }
        catch (final RuntimeException | Error ex)
        {
            close();
            throw ex;
        }
    }

    private void start(final int index)
    {
        final RecoveredJournal found = directory.recover(index, ScanStart.BEGINNING, this::onFrame);
        recovered.put(index, found);
        final ArchiveJournal journal = directory.journal(index);
        final AgentInvoker invoker = new AgentInvoker(errors::add, null, journal.agent());
        journals.add(journal);
        invokers.add(invoker);
        invoker.start();
        if (journal.failure() != null)
        {
            throw journal.failure();
        }

        for (final int shard : journal.manifest().shards())
        {
            final FrameWriter writer = new FrameWriter(
                journal, shard, journal.incarnation(), found.nextSequence(shard), found.previousCrc(shard));
            writers.put(shard, writer);
            writer.mark(Frames.OPEN);
        }
    }

    private void activate()
    {
        final Map<Integer, Long> nextSequences = new HashMap<>();
        for (final Map.Entry<Integer, FrameWriter> writer : writers.entrySet())
        {
            writer.getValue().appendEntry(entries.buffer(), 0, entries.genesis(0, "example.org/log"));
            writer.getValue().endGroup();
            writer.getValue().flush();
            nextSequences.put(writer.getKey(), writer.getValue().nextSequence());
        }

        awaitCommit();
        directory.activate(nextSequences);
    }

    private void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
    {
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < Frames.entryCount(buffer, offset); i++)
        {
            final long sequence = Entries.sequence(buffer, entryOffset);
            final int entryLength = Entries.length(buffer, entryOffset, offset + length);
            recoveredSequences.computeIfAbsent(Frames.shard(buffer, offset), (shard) -> new ArrayList<>())
                .add(sequence);
            if (entryLength == TestEntries.TRANSFER_LENGTH)
            {
                entries.transfer(sequence);
                expected.putBytes(0, buffer, entryOffset, entryLength);
                assertEquals(0, expected.compareTo(new UnsafeBuffer(entries.buffer(), 0, entryLength)));
            }

            entryOffset += entryLength;
        }
    }

    ArchiveJournal journal()
    {
        return journals.get(0);
    }

    FrameWriter writer()
    {
        return writers.get(0);
    }

    void step()
    {
        if (Thread.currentThread().isInterrupted())
        {
            throw new AssertionError("the test took too long");
        }

        for (final AgentInvoker invoker : invokers)
        {
            invoker.invoke();
        }
    }

    /** Add single-entry groups to a shard; frames fill up by themselves. */
    void transfers(final int shard, final int count)
    {
        final FrameWriter writer = writers.get(shard);
        final ArchiveJournal journal = journals.get(shard % journals.size());
        for (int i = 0; i < count; i++)
        {
            while (journal.availableWindow() < writer.roomFor(1, TestEntries.TRANSFER_LENGTH))
            {
                step();
                assertNull(journal.failure());
            }

            writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
            writer.endGroup();
        }
    }

    /** Add a group of entries to a shard and flush it. */
    void group(final int shard, final int count)
    {
        final FrameWriter writer = writers.get(shard);
        final ArchiveJournal journal = journals.get(shard % journals.size());
        while (journal.availableWindow() < writer.roomFor(count, TestEntries.TRANSFER_LENGTH))
        {
            step();
            if (journal.failure() != null)
            {
                throw journal.failure();
            }
        }

        for (int i = 0; i < count; i++)
        {
            writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
        }

        writer.endGroup();
        writer.flush();
    }

    void awaitCommit()
    {
        writers.values().forEach(FrameWriter::flush);
        for (final ArchiveJournal journal : journals)
        {
            final long deadlineNs = System.nanoTime() + 20_000_000_000L;
            while (journal.committedPosition() < journal.appendedPosition())
            {
                step();
                assertNull(journal.failure());
                assertEquals(true, System.nanoTime() - deadlineNs < 0, "not committed in time");
            }
        }
    }

    long recoveredCount(final int shard)
    {
        return recoveredSequences.getOrDefault(shard, List.of()).size();
    }

    /** Close as a process that ends well. */
    void closeCleanly()
    {
        for (final ArchiveJournal journal : journals)
        {
            final List<ShardMark> marks = new ArrayList<>();
            for (final int shard : journal.manifest().shards())
            {
                writers.get(shard).mark(Frames.CLOSE);
                marks.add(new ShardMark(shard, writers.get(shard).nextSequence(), "00ff", 1, 2));
            }

            journal.closeCleanly(marks);
        }

        close();
        for (final ArchiveJournal journal : journals)
        {
            assertNull(journal.failure());
        }
    }

    /** Close without a clean end, as after a failure. */
    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            invokers.forEach(AgentInvoker::close);
            journals.forEach(ArchiveJournal::close);
            directory.close();
        }
    }
}
