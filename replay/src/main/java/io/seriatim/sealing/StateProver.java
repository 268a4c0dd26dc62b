package io.seriatim.sealing;

import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.AccountRowEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.engine.Genesis;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRoot;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRowHandler;
import io.seriatim.merkle.LedgerProof;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.RowProof;
import io.seriatim.merkle.StateProof;
import io.seriatim.merkle.StateRootLeaf;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.StateReplay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * Makes proofs of what accounts and ledgers hold, under the state roots of a shard: it brings the state back, makes the
 * root once more and compares it with the one that was signed. It only reads, also beside a running engine.
 * <p>
 * Cost: the journal is executed from the start up to the state root.<br>
 * Threads: confined to one.
 */
public final class StateProver
{
    private static final int ID_OFFSET = MessageHeaderEncoder.ENCODED_LENGTH +
        AccountRowEncoder.accountEncodingOffset() + AccountRecordEncoder.idHighEncodingOffset();

    private final Path dataDirectory;
    private final int shard;
    private final Genesis genesis;
    private final Prover prover;
    private final StateRootKey key;
    private final LongConsumer progress;

    /**
     * Ready to prove.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     * @param prover        of the shard, whose checkpoint everything is proven under; the caller closes it.
     * @param key           of the state roots.
     * @param progress      is told from time to time how many entries were executed.
     * @throws SealingException if the shard has no state roots.
     */
    public StateProver(
        final Path dataDirectory,
        final int shard,
        final Prover prover,
        final StateRootKey key,
        final LongConsumer progress)
    {
        this.dataDirectory = dataDirectory;
        this.shard = shard;
        this.prover = prover;
        this.progress = progress;
        genesis = new JournalEntries(dataDirectory).genesis(shard);
        this.key = key.forShard(genesis.logUuid(), shard);
        if (genesis.stateRootEvery() == 0)
        {
            throw new SealingException(
                "the books hold no state roots, so nothing can be proven under one: shard=" + shard +
                "; they are asked for when books are made: `init --state-root-key`");
        }
    }

    /**
     * Prove what an account held.
     *
     * @param idHigh of the account.
     * @param idLow  of the account.
     * @param atMax  the newest state root at this sequence or before it is taken.
     * @return the proof; null if there was no such account.
     * @throws SealingException if no state root is signed there, or it is not what the journal and the key lead to.
     */
    public StateProof account(final long idHigh, final long idLow, final long atMax)
    {
        final StateRootLeaf root = prover.stateRootUpTo(atMax, genesis.stateRootEvery());
        if (root == null)
        {
            throw new SealingException(
                "no state root as of sequence " + Math.min(atMax, prover.head().size()) +
                " or before is under the checkpoint: the first one is as of sequence " + genesis.stateRootEvery() +
                ", and stands behind twice that; " + prover.head());
        }
        final Rows rows = rows(
            true, row -> id(row, 0) == idHigh && id(row, Long.BYTES) == idLow, List.of(root)).get(0);
        final RowProof proof = rows.proof();
        return proof == null ? null : new StateProof(proof, prover.receipt(root.sequence()));
    }

    /**
     * Prove that these are all entries of a ledger.
     *
     * @param ledger number of the ledger.
     * @param from   sequence: the proof begins with the newest state root before it, or with the log.
     * @param to     sequence: the proof ends with the oldest state root at or behind it; {@link Long#MAX_VALUE}: with
     *               the newest one.
     * @param out    where the proof goes.
     * @return how many entries of the ledger are shown; -1 if it had no account at the end.
     * @throws IOException      if it can not be written.
     * @throws SealingException if no state root is signed there, or one is not what the journal and the key lead to.
     */
    public long ledger(final int ledger, final long from, final long to, final Appendable out) throws IOException
    {
        final StateRootLeaf newest = prover.stateRootUpTo(Long.MAX_VALUE, genesis.stateRootEvery());
        final StateRootLeaf closing =
            to == Long.MAX_VALUE ? newest : prover.stateRootFrom(to, genesis.stateRootEvery());
        if (closing == null)
        {
            final String wanted =
                to == Long.MAX_VALUE ? "no state root" : "no state root as of sequence " + to + " or behind";
            throw new SealingException(
                wanted + " is under the checkpoint: the newest one is " +
                (newest == null ? "still to come" : "as of sequence " + newest.asOfSequence()) + "; " + prover.head());
        }
        final StateRootLeaf opening =
            from <= 1 ? null : prover.stateRootUpTo(from - 1, genesis.stateRootEvery());
        if (opening != null && opening.asOfSequence() >= closing.asOfSequence())
        {
            throw new SealingException(
                "nothing from sequence " + from + " on can be proven yet: the newest state root under the checkpoint " +
                "is as of sequence " + closing.asOfSequence() + "; " + prover.head());
        }
        final List<Rows> rows = rows(
            false, row -> new RowProof(row, 0, List.of()).ledger() == Integer.toUnsignedLong(ledger),
            opening == null ? List.of(closing) : List.of(opening, closing));
        final RowProof last = rows.get(rows.size() - 1).proof();
        if (last == null)
        {
            return -1;
        }
        final RowProof first = opening == null ? null : rows.get(0).proof();
        final long fromSequence = first == null ? 0 : opening.asOfSequence();
        final LongStream.Builder shown = LongStream.builder();
        prover.read(fromSequence + 1, closing.asOfSequence() + 1, cursor ->
        {
            if (LedgerProof.isCounted(cursor.entry(), Integer.toUnsignedLong(ledger)))
            {
                shown.add(cursor.sequence());
            }
        });
        if (first != null)
        {
            shown.add(opening.sequence());
        }
        shown.add(closing.sequence());
        out.append(LedgerProof.head(prover.head().size(), first, last));
        new PrunedTreeWriter(prover, shown.build().sorted().toArray(), out).write();
        out.append("\n").append(prover.checkpoint().toString());
        return last.ledgerSequence() - (first == null ? 0 : first.ledgerSequence());
    }

    /** Bring the states back, make the rows, and compare what they come to with the roots that were signed. */
    private List<Rows> rows(
        final boolean isOfAccounts, final Predicate<byte[]> wanted, final List<StateRootLeaf> roots)
    {
        final List<Rows> rows = new ArrayList<>();
        try
        {
            StateReplay.run(
                dataDirectory, shard, roots.stream().mapToLong(StateRootLeaf::asOfSequence).toArray(),
                prover.endPosition(roots.get(roots.size() - 1).sequence()), progress,
                stateMachine ->
                {
                    final StateRootLeaf root = roots.get(rows.size());
                    rows.add(new Rows(isOfAccounts, wanted));
                    make(stateMachine, root, rows.get(rows.size() - 1));
                });
        }
        catch (final JournalException ex)
        {
            throw new SealingException("the state can not be brought back: " + ex.getMessage(), ex);
        }
        return rows;
    }

    private void make(final LedgerStateMachine stateMachine, final StateRootLeaf root, final Rows rows)
    {
        final StateRoot made = StateRootBuilder.build(stateMachine, key, rows);
        if (!Arrays.equals(made.ledgersRoot(), root.ledgersRoot()))
        {
            throw new HistoryException(
                "the state root is not what the journal leads to: as of sequence=" + root.asOfSequence() +
                ", shard=" + shard + "; `verify` and `fsck` find out what was changed");
        }
        if (!Arrays.equals(made.accountsRoot(), root.accountsRoot()))
        {
            throw new SealingException(
                "the accounts' root is not what the journal and the key lead to, though that of the ledgers is: the " +
                "key is another one than the books were made with");
        }
    }

    private static long id(final byte[] row, final int offset)
    {
        return ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).getLong(ID_OFFSET + offset);
    }

    /** The rows of one kind: the tree over them, and the one that is wanted. */
    private static final class Rows implements StateRowHandler
    {
        private final boolean isOfAccounts;
        private final Predicate<byte[]> wanted;
        private final SubtreesInMemory subtrees = new SubtreesInMemory();
        private final MerkleFrontier tree = new MerkleFrontier(subtrees);
        private byte[] row;
        private long found = -1;

        private Rows(final boolean isOfAccounts, final Predicate<byte[]> wanted)
        {
            this.isOfAccounts = isOfAccounts;
            this.wanted = wanted;
        }

        @Override
        public void onAccount(final byte[] bytes, final int length)
        {
            if (isOfAccounts)
            {
                add(Arrays.copyOf(bytes, length));
            }
        }

        @Override
        public void onLedger(final byte[] bytes, final int length)
        {
            if (!isOfAccounts)
            {
                add(Arrays.copyOf(bytes, length));
            }
        }

        private void add(final byte[] bytes)
        {
            if (wanted.test(bytes))
            {
                row = bytes;
                found = tree.size();
            }
            tree.append(bytes, 0, bytes.length);
        }

        /** Null if there is no such row. */
        private RowProof proof()
        {
            return found < 0 ? null :
                new RowProof(row, found, new ProofBuilder(subtrees).inclusion(found, tree.size()).hashes());
        }
    }
}
