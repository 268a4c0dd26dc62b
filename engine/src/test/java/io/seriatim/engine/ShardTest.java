package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.KeyFile;
import io.seriatim.journal.MemoryJournal;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A shard on a journal that commits when the test says so.
 */
class ShardTest
{
    private static final int FRAME_LENGTH_MAX = 1_024;
    private static final int WINDOW_LENGTH = 64 * 1_024;
    private static final int BATCH_COUNT_MAX = 32;

    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, WINDOW_LENGTH);
    private final EngineConfig config = new EngineConfig().durability(Durability.FSYNC)
        .batchCountMax(BATCH_COUNT_MAX).windowCapacity(64).clock(() -> 1_000);
    private Shard shard;
    private ShardAgent agent;
    private LedgerSession session;

    @BeforeEach
    void open()
    {
        final Genesis genesis = config.genesis(new UUID(1, 2), 0);
        final ShardRecovery recovery = new ShardRecovery(0, config, journal, FRAME_LENGTH_MAX, found -> {});
        recovery.create(genesis);
        shard = recovery.toShard();
        agent = new ShardAgent(
            journal, () -> true, () -> 1, new Shard[]{shard},
            new ShardAgent.Opening[]{new ShardAgent.Opening(true, 0)}, null);
        agent.doWork();
        assertEquals(ShardAgent.Phase.OPENING, agent.phase());
        agent.doWork();
        assertEquals(ShardAgent.Phase.OPENING, agent.phase(), "the genesis is not committed");
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(ShardAgent.Phase.RUNNING, agent.phase());
        shard.accept(true);
        session = new LedgerSession(shard, genesis.router(), config, "no read model in this test");
    }

    @Test
    void shouldHoldAReplyBackUntilItsEntriesAreCommitted()
    {
        final long before = journal.appendedPosition();
        createAccounts(1, 1);
        agent.doWork();
        agent.doWork();
        final long after = journal.appendedPosition();
        assertTrue(after > before);
        assertEquals(0, poll());
        journal.commit(after - 1);
        agent.doWork();
        assertEquals(0, poll(), "one byte is missing");
        journal.commit(after);
        agent.doWork();
        assertEquals(1, poll());
    }

    @Test
    void shouldHoldAReadBackUntilWhatItSawIsCommitted()
    {
        createAccounts(1, 1);
        lookup(1);
        agent.doWork();
        lookup(1);
        agent.doWork();
        assertEquals(0, poll());
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(3, poll());
        lookup(1);
        agent.doWork();
        agent.doWork();
        assertEquals(1, poll(), "nothing is in flight that it could have seen");
    }

    @Test
    void shouldHoldTotalsBackUntilWhatTheySawIsCommitted()
    {
        createAccounts(1, 2);
        agent.doWork();
        final TotalsQuery query = new TotalsQuery();
        shard.ask(query);
        agent.doWork();
        createAccounts(3, 1);
        agent.doWork();
        agent.doWork();
        assertNull(query.totals());
        journal.commit(journal.appendedPosition());
        agent.doWork();
        agent.doWork();
        assertEquals(2, query.totals().get(0).accountCount(), "as of when they were added up");
    }

    @Test
    void shouldNameTheNewestSequenceKnownToBeForced()
    {
        createAccounts(1, 1);
        agent.doWork();
        assertEquals(0, lastHeader().committedSequence(), "the genesis");
        journal.commit(journal.appendedPosition());
        createAccounts(2, 1);
        agent.doWork();
        assertEquals(1, lastHeader().committedSequence());
        assertEquals(2, lastHeader().firstSequence());
    }

    @Test
    void shouldPutWhatTheRingHoldsIntoOneFrame()
    {
        createAccounts(1, 1);
        createAccounts(2, 1);
        createAccounts(3, 2);
        agent.doWork();
        assertEquals(4, lastHeader().entryCount());
        assertEquals(1, lastHeader().firstSequence());
    }

    @Test
    void shouldMarkAllButTheLastFrameOfAChain()
    {
        createAccounts(1, 2);
        agent.doWork();
        journal.commit(journal.appendedPosition());
        final int count = BATCH_COUNT_MAX;
        assertTrue(session.claimTransfers(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.transfer(i).idLow(100 + i).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(1).code(1)
                .flags(i < count - 1 ? TransferFlags.LINKED : 0);
        }
        session.publish();
        agent.doWork();
        final List<String> frames = frames();
        final String chain = String.join(" ", frames.subList(2, frames.size()));
        assertEquals("3+5:MORE 8+5:MORE 13+5:MORE 18+5:MORE 23+5:MORE 28+5:MORE 33+2:END", chain);
    }

    @Test
    void shouldHoldAReplyBackUntilTheChainThatSharesItsFrameIsWhole()
    {
        createAccounts(1, 2);
        agent.doWork();
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(1, poll());
        transfers(100, 1, false);
        transfers(200, BATCH_COUNT_MAX, true);
        agent.doWork();
        final long appended = journal.appendedPosition();
        final List<Long> ends = new ArrayList<>();
        for (long position = journal.committedPosition() + 32; position <= appended; position += 32)
        {
            journal.commit(position);
            agent.doWork();
            if (poll() > 0)
            {
                ends.add(position);
            }
        }
        // After a crash before the last frame of the chain, recovery takes away the first one too, which both share.
        assertEquals(List.of(appended), ends);
        assertEquals("3+5:MORE", frames().get(2));
    }

    private void transfers(final long firstId, final int count, final boolean isLinked)
    {
        assertTrue(session.claimTransfers(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.transfer(i).idLow(firstId + i).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(1)
                .code(1).flags(isLinked && i < count - 1 ? TransferFlags.LINKED : 0);
        }
        session.publish();
    }

    @Test
    void shouldNotStartARequestThatTheJournalHasNoRoomFor()
    {
        int count = 0;
        while (session.claimAccounts(BATCH_COUNT_MAX) > 0)
        {
            for (int i = 0; i < BATCH_COUNT_MAX; i++)
            {
                session.account(i).idLow(1 + count * BATCH_COUNT_MAX + i).ledger(1).code(1);
            }
            session.publish();
            agent.doWork();
            count++;
        }
        final long appended = journal.appendedPosition();
        agent.doWork();
        assertEquals(appended, journal.appendedPosition());
        assertFalse(shard.isStopped());
        // The entry window holds 64 entries that are not committed; the genesis is.
        assertEquals(64, shard.stateMachine().nextSequence() - 1);
        journal.commit(appended);
        agent.doWork();
        assertTrue(journal.appendedPosition() > appended, "goes on once there is room");
    }

    /** A root that is due within a request and not made yet holds it up, and nothing else. */
    @Test
    void shouldNotStartARequestWithinWhichAStateRootIsDueThatIsNotMade(@TempDir final Path directory)
        throws IOException
    {
        final Path keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        config.stateRoots(new StateRootConfig().keyFile(keyFile).every(2 * BATCH_COUNT_MAX));
        open();
        for (int i = 0; i < 4; i++)
        {
            createAccounts(1 + i * BATCH_COUNT_MAX, BATCH_COUNT_MAX - (i == 3 ? 1 : 0));
            agent.doWork();
            journal.commit(journal.appendedPosition());
        }
        agent.doWork();
        assertEquals(4, poll(), "up to the entry before the due one");
        assertEquals(64, shard.waitingRoot().asOfSequence());
        assertEquals(128, shard.stateMachine().nextSequence());

        createAccounts(1_000, 1);
        lookup(1);
        agent.doWork();
        agent.doWork();
        assertEquals(128, shard.stateMachine().nextSequence(), "the root is not made");
        assertEquals(0, poll());
        while (shard.stateRootWork().hash())
        {
            agent.doWork();
        }
        agent.doWork();
        assertEquals(130, shard.stateMachine().nextSequence());
        assertEquals(128, shard.waitingRoot().asOfSequence());
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(2, poll());
        assertTrue(frames().get(frames().size() - 1).startsWith("128+2"), frames().toString());
    }

    @Test
    void shouldStopWhenTheJournalFails()
    {
        createAccounts(1, 1);
        agent.doWork();
        journal.commit(journal.appendedPosition());
        agent.doWork();
        createAccounts(2, 1);
        agent.doWork();
        journal.fail(new JournalException("planted"));
        agent.doWork();
        assertEquals(ShardAgent.Phase.STOPPED, agent.phase());
        assertEquals(1, poll(), "what was durable is answered");
        final LedgerException unknown = assertThrows(LedgerException.class, this::poll);
        assertEquals(LedgerException.Reason.STOPPED, unknown.reason());
        assertTrue(unknown.isOutcomeUnknown());
        final LedgerException refused = assertThrows(LedgerException.class, () -> session.claimAccounts(1));
        assertFalse(refused.isOutcomeUnknown());
        assertEquals("planted", agent.failure().getMessage());
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertThrows(LedgerException.class, this::poll, "nothing is acknowledged any more");
    }

    @Test
    void shouldDrainBeforeItMarksTheClose()
    {
        createAccounts(1, 1);
        agent.requestClose();
        agent.doWork();
        assertEquals(ShardAgent.Phase.RUNNING, agent.phase(), "a reply is still held");
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(ShardAgent.Phase.MARKING, agent.phase());
        agent.doWork();
        assertEquals(ShardAgent.Phase.MARKING, agent.phase(), "the mark is not committed");
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(ShardAgent.Phase.CLOSED, agent.phase());
        assertNull(agent.failure());
        assertEquals(Frames.CLOSE, lastHeader().flags());
        assertEquals(1, poll());
    }

    private void createAccounts(final long firstId, final int count)
    {
        assertTrue(session.claimAccounts(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.account(i).idLow(firstId + i).ledger(1).code(1);
        }
        session.publish();
    }

    private void lookup(final long id)
    {
        assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0);
        session.id(0, 0, id);
        session.publish();
    }

    private int poll()
    {
        return session.poll(reply -> {}, 100);
    }

    private FrameHeaderDecoder lastHeader()
    {
        final List<FrameHeaderDecoder> headers = headers();
        return headers.get(headers.size() - 1);
    }

    private List<String> frames()
    {
        return headers().stream()
            .map(header -> header.firstSequence() + "+" + header.entryCount() +
                ((header.flags() & Frames.MORE) != 0 ? ":MORE" : ":END"))
            .toList();
    }

    private List<FrameHeaderDecoder> headers()
    {
        final List<FrameHeaderDecoder> headers = new ArrayList<>();
        journal.commit(journal.appendedPosition());
        long position = 0;
        while (position < journal.appendedPosition())
        {
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[FRAME_LENGTH_MAX]);
            position = journal.readFrame(position, frame, 0);
            headers.add(new FrameHeaderDecoder().wrap(
                frame, MessageHeaderDecoder.ENCODED_LENGTH,
                FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION));
        }
        return headers;
    }
}
