package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.Genesis;
import io.seriatim.engine.JournalSource;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.JournalReader;
import io.seriatim.journal.MemoryJournal;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A state machine that writes its entries to a journal of small frames, which is committed when the test says so, and a
 * read model that follows it; no engine and no thread in between.
 */
final class ShardBooks implements AutoCloseable
{
    static final int BATCH_COUNT_MAX = 64;
    static final UUID LOG_UUID = new UUID(1, 2);

    private static final int FRAME_LENGTH_MAX = 1024;
    private static final int WINDOW = 4 * 1024 * 1024;
    private static final int WINDOW_CAPACITY = 128;
    private static final int ROWS_LENGTH = 4 * 1024 * 1024;

    /** What a test wants to know before and after each event. */
    interface Witness
    {
        /** A transfer is about to be judged. */
        void beforeTransfer(TransferRecordDecoder transfer);

        /** An account is about to be judged. */
        void beforeAccount(AccountRecordDecoder account);

        /** An entry is final. */
        void onEntry(long sequence, UnsafeBuffer entry);
    }

    /** A copy of the model as it was at a position of the journal. */
    record Image(long position, List<byte[]> slices)
    {
    }

    private final LedgerStateMachine stateMachine;
    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, WINDOW);
    private final JournalReader reader = journal.openReader();
    private final StoredEntries written = new StoredEntries(0, FRAME_LENGTH_MAX);
    private final List<Long> frameEnds = new ArrayList<>();
    private final FrameWriter writer;
    private final long hashMask;
    private JournalFollower follower = new JournalFollower(journal.openReader());
    private ModelParts parts;
    private Answers answers;
    private ModelCopy copy;
    private Image image;
    private final UnsafeBuffer rows = new UnsafeBuffer(new byte[ROWS_LENGTH]);
    private final UnsafeBuffer filterBuffer = new UnsafeBuffer(new byte[Filter.LENGTH]);
    private Witness witness;
    private long committed;

    ShardBooks(final long seed)
    {
        written.source(journal);
        // Every other time most wide values have the same hash.
        hashMask = seed % 2 == 0 ? -1 : 1;
        parts = newParts(0, seed);
        answers = new Answers(parts.model(), parts.entries());
        stateMachine = new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, seed, written);
        final FrameWriter[] self = new FrameWriter[1];
        writer = new FrameWriter(journal, 0, 1, 0, 0, (position, firstSequence, entryCount, isGroupEnd) ->
        {
            written.onFrame(position, firstSequence);
            frameEnds.add(self[0].position());
        });
        self[0] = writer;
        final ExpandableArrayBuffer genesis = new ExpandableArrayBuffer();
        final int length = new Genesis(LOG_UUID, "test/0", 0, 1, new TreeMap<>(), BATCH_COUNT_MAX, 0)
            .encode(genesis, 0);
        writer.appendEntry(genesis, 0, length);
        writer.endGroup();
        writer.flush();
    }

    void witness(final Witness newWitness)
    {
        witness = newWitness;
    }

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    ReadModel model()
    {
        return parts.model();
    }

    /** The journal, as far as it is committed. */
    JournalSource source()
    {
        return new JournalSource(0, LOG_UUID, List.of(0), journal::openReader, () -> committed);
    }

    private ModelParts newParts(final int shard, final long seed)
    {
        final StoredEntries entries = new StoredEntries(shard, FRAME_LENGTH_MAX);
        entries.source(reader);
        return new ModelParts(shard, new ReadModel(seed, hashMask), entries);
    }

    /** Begin a copy of the model, which has followed everything that is appended. */
    void beginCopy()
    {
        image = new Image(follower.position(), new ArrayList<>());
        copy = new ModelCopy(parts, follower.crc(0));
    }

    boolean isCopying()
    {
        return copy != null;
    }

    /** Copy a slice. */
    void copySlice(final int lengthMax)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[lengthMax]);
        final int length = copy.copy(buffer, lengthMax);
        image.slices().add(Arrays.copyOf(buffer.byteArray(), length));
        if (copy.isComplete())
        {
            copy.end();
            copy = null;
        }
    }

    /** The copy that was made last. */
    Image image()
    {
        return image;
    }

    /** Go on with a model that is made from a copy, and from the journal behind it. */
    void goOnFrom(final Image from)
    {
        try (ModelLoader loader = new ModelLoader(Set.of(0), this::newParts))
        {
            from.slices().forEach(
                slice -> loader.onBlock(ModelChunks.CHUNK, new UnsafeBuffer(slice), 0, slice.length));
            final ModelLoader.Loaded loaded = loader.end().get(0);
            parts.close();
            follower.close();
            parts = loaded.parts();
            answers = new Answers(parts.model(), parts.entries());
            follower = new JournalFollower(journal.openReader(), from.position());
            follower.end(0, parts.model().appliedSequence() + 1, loaded.crc());
        }
        follow();
    }

    /** Frames that are appended and not committed. */
    int uncommittedCount()
    {
        return frameEnds.size();
    }

    void createAccounts(final long batchTimestampNs, final List<UnsafeBuffer> accounts)
    {
        stateMachine.startAccounts(batchTimestampNs, accounts.size());
        long from = stateMachine.nextSequence();
        for (final UnsafeBuffer account : accounts)
        {
            final AccountRecordDecoder decoder = new AccountRecordDecoder().wrap(account, 0);
            witness.beforeAccount(decoder);
            stateMachine.createAccount(decoder);
            from = appendIfGroupEnded(from);
        }
        writer.flush();
    }

    /** Transfers of 120 bytes, each with its timestamp behind. */
    void createTransfers(final long batchTimestampNs, final List<UnsafeBuffer> transfers)
    {
        stateMachine.startTransfers(batchTimestampNs, transfers.size());
        long from = stateMachine.nextSequence();
        for (final UnsafeBuffer transfer : transfers)
        {
            final TransferRecordDecoder decoder = new TransferRecordDecoder().wrap(transfer, 0);
            witness.beforeTransfer(decoder);
            stateMachine.createTransfer(decoder, transfer.getLong(TransferRecordDecoder.ENCODED_LENGTH));
            from = appendIfGroupEnded(from);
        }
        writer.flush();
    }

    void expireNext(final long timestampNs)
    {
        final long from = stateMachine.nextSequence();
        stateMachine.expireNext(timestampNs);
        appendIfGroupEnded(from);
        writer.flush();
    }

    /** Commit so many of the frames that are not committed; the state machine needs what has left its window. */
    void commit(final int frameCount)
    {
        for (int i = 0; i < frameCount; i++)
        {
            committed = frameEnds.remove(0);
        }
        if (frameCount > 0)
        {
            journal.commit(committed);
        }
    }

    /** Let the model follow up to what is committed. */
    void follow()
    {
        while (follower.next(committed))
        {
            if (follower.isFirstOfFrame())
            {
                parts.entries().onFrame(follower.framePosition(), follower.sequence());
            }
            parts.model().apply(follower.sequence(), follower.buffer(), follower.offset());
        }
    }

    Filter newFilter()
    {
        filterBuffer.setMemory(0, Filter.LENGTH, (byte)0);
        return new Filter().wrap(filterBuffer, 0);
    }

    /** Set what only the shard sets: the entry that created or spent the id of the entry to explain. */
    void firstSequence(final long firstSequence)
    {
        filterBuffer.putLong(Filter.LENGTH - Long.BYTES, firstSequence);
    }

    /** Answer a query, and leave the rows where they are. */
    int answer(final RequestKind kind, final Filter filter, final int rowCountMax)
    {
        return answers.onQuery(kind, filter, rowCountMax, rows, 8);
    }

    /** The rows that answer a query, each as its bytes. */
    List<byte[]> query(final RequestKind kind, final Filter filter, final int rowCountMax)
    {
        Arrays.fill(rows.byteArray(), (byte)0x55);
        final int count = answer(kind, filter, rowCountMax);
        final List<byte[]> found = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            final byte[] row = new byte[kind.rowLength()];
            rows.getBytes(8 + i * kind.rowLength(), row);
            found.add(row);
        }
        // A row that turns out not to be asked for is overwritten by the next one, so there may be one behind the last.
        assert rows.getByte(7) == 0x55 && rows.getByte(8 + rowCountMax * kind.rowLength()) == 0x55 : "written outside";
        return found;
    }

    static UnsafeBuffer newAccount()
    {
        return new UnsafeBuffer(new byte[AccountRecordEncoder.ENCODED_LENGTH]);
    }

    static UnsafeBuffer newTransfer()
    {
        return new UnsafeBuffer(new byte[TransferRecordEncoder.ENCODED_LENGTH + Long.BYTES]);
    }

    @Override
    public void close()
    {
        follower.close();
        parts.close();
        written.close();
        stateMachine.close();
        journal.close();
    }

    private long appendIfGroupEnded(final long from)
    {
        if (stateMachine.isGroupOpen())
        {
            return from;
        }
        final EntryWindow window = stateMachine.window();
        final long end = stateMachine.nextSequence();
        for (long sequence = from; sequence < end; sequence++)
        {
            writer.appendEntry(window.buffer(), window.offset(sequence), window.length(sequence));
            final UnsafeBuffer entry = new UnsafeBuffer(new byte[window.length(sequence)]);
            entry.putBytes(0, window.buffer(), window.offset(sequence), window.length(sequence));
            witness.onEntry(sequence, entry);
        }
        writer.endGroup();
        return end;
    }
}
