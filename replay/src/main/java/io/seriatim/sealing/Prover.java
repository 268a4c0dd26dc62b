package io.seriatim.sealing;

import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.SegmentReader;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.ConsistencyProof;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.StateRootLeaf;
import io.seriatim.merkle.TileHashes;
import io.seriatim.merkle.TreeHasher;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Makes receipts and proofs of a shard, from its journal, its tree and its checkpoints. It only reads, also beside a
 * running engine. What it hands out it has checked, but for the signature.
 * <p>
 * Cost: a receipt takes a handful of reads, wherever its entry lies; to find a transfer by its id, the journal is read
 * from the start.<br>
 * Threads: confined to one.
 */
public final class Prover implements AutoCloseable
{
    private static final int PROGRESS_DISTANCE = 4_096;
    private static final int CREATED = -1;
    private static final int TRANSFER_ID_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.transferEncodingOffset();
    private static final int OUTCOME_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.outcomeEncodingOffset();

    private final SignedNote note;
    private final Checkpoint head;
    private final SegmentReader reader;
    private final TreeReader tree;
    private final ProofBuilder proofs;
    private final EntryCursor cursor;

    /**
     * What the entries of a transfer's id are.
     *
     * @param sequences of all entries that name the id as their own, ascending.
     * @param created   the sequence of the one that created it; -1 if none has.
     */
    public record Found(List<Long> sequences, long created)
    {
        /**
         * The one that answers best what became of it.
         *
         * @return the one that created it, else the last one; -1 if there is none.
         */
        public long best()
        {
            return created >= 0 || sequences.isEmpty() ? created : sequences.get(sequences.size() - 1);
        }
    }

    /**
     * Open what there is of a shard, under its newest checkpoint.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     * @throws SealingException if nothing of it was signed.
     * @throws io.seriatim.journal.JournalException if the directory holds no journals.
     */
    public Prover(final Path dataDirectory, final int shard)
    {
        this(dataDirectory, shard, newestOf(dataDirectory, shard));
    }

    /**
     * Open what there is of a shard, under one of its checkpoints.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     * @param note          the checkpoint.
     */
    public Prover(final Path dataDirectory, final int shard, final SignedNote note)
    {
        this.note = note;
        head = Checkpoint.parse(note.text());
        reader = openReader(dataDirectory, shard);
        tree = new TreeReader(dataDirectory, shard);
        proofs = new ProofBuilder(new TileHashes(tree::read, head.size()));
        cursor = new EntryCursor(reader, shard);
    }

    /**
     * The checkpoint that everything is proven under.
     *
     * @return as it was signed.
     */
    public SignedNote checkpoint()
    {
        return note;
    }

    /**
     * What the checkpoint says.
     *
     * @return head of the tree.
     */
    public Checkpoint head()
    {
        return head;
    }

    /**
     * Read an entry.
     *
     * @param sequence of it, below the checkpoint's size.
     * @return its bytes: the leaf.
     * @throws SealingException if no checkpoint covers it.
     * @throws io.seriatim.journal.JournalException if the journal is damaged there.
     */
    public byte[] entry(final long sequence)
    {
        requireCovered(sequence);
        cursor.seek(tree.position(sequence), sequence).next();
        return cursor.entry();
    }

    /**
     * Prove that an entry is at its place in the order.
     *
     * @param sequence of it, below the checkpoint's size.
     * @return its receipt.
     * @throws SealingException if no checkpoint covers it, or the journal or the tree are not what was signed.
     */
    public Receipt receipt(final long sequence)
    {
        final byte[] entry = entry(sequence);
        final Receipt receipt = new Receipt(
            entry, sequence, proofs.inclusion(sequence, head.size()).hashes(), note);
        final byte[] root = proofs.inclusion(sequence, head.size()).root(new TreeHasher().leaf(entry));
        if (!Arrays.equals(root, head.root()))
        {
            throw new HistoryException(
                "the entry is not under the checkpoint: sequence=" + sequence + ", " + head +
                "; `fsck` finds out whether the journal or the tree was changed");
        }
        return receipt;
    }

    /**
     * Prove that an older tree is the beginning of the checkpoint's.
     *
     * @param from size of the older tree, at most the checkpoint's.
     * @return the proof, with the checkpoint.
     * @throws SealingException if the tree's files are not what was signed.
     */
    public CheckpointRequest consistency(final long from)
    {
        if (from < 0 || from > head.size())
        {
            throw new SealingException(
                "the older tree has a size from 0 to that of the checkpoint, " + head.size() + ": found " + from);
        }
        final ConsistencyProof proof = proofs.consistency(from, head.size());
        try
        {
            proof.verify(proofs.root(from), head.root());
        }
        catch (final ProofException ex)
        {
            throw new HistoryException("the tree is not the one that was signed: " + ex.getMessage(), ex);
        }
        return new CheckpointRequest(from, proof.hashes(), note);
    }

    /**
     * The newest state root as of an entry or before it.
     *
     * @param asOfMax sequence of the entry.
     * @param every   how many entries lie between two state roots, as in the genesis; not 0.
     * @return what its entry says; null if the checkpoint covers none.
     */
    public StateRootLeaf stateRootUpTo(final long asOfMax, final long every)
    {
        long number = Math.min(asOfMax, head.size()) / every;
        StateRootLeaf root = stateRoot(number, every);
        while (number > 0 && (root == null || root.asOfSequence() > asOfMax))
        {
            number--;
            root = stateRoot(number, every);
        }
        return root;
    }

    /**
     * The oldest state root as of an entry or behind it.
     *
     * @param asOfMin sequence of the entry.
     * @param every   how many entries lie between two state roots, as in the genesis; not 0.
     * @return what its entry says; null if the checkpoint covers none.
     */
    public StateRootLeaf stateRootFrom(final long asOfMin, final long every)
    {
        final long number = Math.max(1, asOfMin / every);
        final StateRootLeaf root = stateRoot(number, every);
        return root == null || root.asOfSequence() >= asOfMin ? root : stateRoot(number + 1, every);
    }

    /** The k-th state root: its entry is the first one of its kind behind (k + 1) times the distance. */
    private StateRootLeaf stateRoot(final long number, final long every)
    {
        final long from = Math.min(number, head.size()) * every + every + 1;
        if (number < 1 || number > head.size() / every || from >= head.size())
        {
            return null;
        }
        cursor.seek(tree.position(from), from);
        for (long sequence = from; sequence < Math.min(head.size(), from + every); sequence++)
        {
            cursor.next();
            if (Entries.templateId(cursor.buffer(), cursor.offset()) == StateRootEntryDecoder.TEMPLATE_ID)
            {
                return StateRootLeaf.of(cursor.entry());
            }
        }
        return null;
    }

    /** Position in the journal behind the frame of an entry. */
    long endPosition(final long sequence)
    {
        requireCovered(sequence);
        cursor.seek(tree.position(sequence), sequence).next();
        return cursor.endPosition();
    }

    /** Reads all entries between two sequences, the first one included. */
    void read(final long from, final long to, final Consumer<EntryCursor> handler)
    {
        if (from < to)
        {
            requireCovered(to - 1);
            cursor.seek(tree.position(from), from);
            for (long sequence = from; sequence < to; sequence++)
            {
                cursor.next();
                handler.accept(cursor);
            }
        }
    }

    /** Proofs of the tree that the checkpoint is of. */
    ProofBuilder proofs()
    {
        return proofs;
    }

    /**
     * Find the entries that were made for a transfer's id, among those that the checkpoint covers.
     *
     * @param idHigh   of the transfer.
     * @param idLow    of the transfer.
     * @param progress is told from time to time how many entries were looked at.
     * @return what was found.
     */
    public Found find(final long idHigh, final long idLow, final LongConsumer progress)
    {
        final List<Long> sequences = new ArrayList<>();
        long created = -1;
        cursor.seek(0);
        for (long sequence = 0; sequence < head.size(); sequence++)
        {
            cursor.next();
            if (isOfTransfer(idHigh, idLow))
            {
                sequences.add(sequence);
                created = cursor.buffer().getInt(cursor.offset() + OUTCOME_OFFSET) == CREATED ? sequence : created;
            }
            if (sequence % PROGRESS_DISTANCE == 0)
            {
                progress.accept(sequence);
            }
        }
        return new Found(sequences, created);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(tree, reader);
    }

    private boolean isOfTransfer(final long idHigh, final long idLow)
    {
        final DirectBuffer buffer = cursor.buffer();
        final int templateId = Entries.templateId(buffer, cursor.offset());
        final int idOffset = cursor.offset() + TRANSFER_ID_OFFSET;
        return (templateId == TransferEntryDecoder.TEMPLATE_ID ||
            templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID) &&
            buffer.getLong(idOffset, ByteOrder.LITTLE_ENDIAN) == idHigh &&
            buffer.getLong(idOffset + Long.BYTES, ByteOrder.LITTLE_ENDIAN) == idLow;
    }

    private void requireCovered(final long sequence)
    {
        if (sequence < 0 || sequence >= head.size())
        {
            throw new SealingException(
                "the checkpoint does not cover the entry: sequence=" + sequence + ", " + head +
                "; a later one may, after `seal`");
        }
    }

    private static SignedNote newestOf(final Path dataDirectory, final int shard)
    {
        final SignedNote newest = new SignedCheckpoints(dataDirectory, shard).newest();
        if (newest == null)
        {
            throw new SealingException(
                "nothing of shard " + shard + " was signed: directory=" + dataDirectory + "; run `seal` first, or " +
                "start the engine with a key");
        }
        return newest;
    }

    /** A reader of the journal that carries a shard. */
    static SegmentReader openReader(final Path dataDirectory, final int shard)
    {
        final JournalFiles files = JournalFiles.open(dataDirectory);
        return files.reader(files.journalOf(shard));
    }
}
