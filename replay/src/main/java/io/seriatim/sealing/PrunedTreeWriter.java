package io.seriatim.sealing;

import io.seriatim.merkle.LedgerProof;

import java.io.IOException;
import java.util.Arrays;

/**
 * Writes a tree of which some leaves are shown: from left to right each of these, and the hashes of the largest
 * subtrees that hold none of them.
 * <p>
 * Threads: confined to one.
 */
final class PrunedTreeWriter
{
    private final Prover prover;
    private final long[] shown;
    private final Appendable out;

    /** The sequences that are shown ascend. */
    PrunedTreeWriter(final Prover prover, final long[] shown, final Appendable out)
    {
        this.prover = prover;
        this.shown = shown;
        this.out = out;
    }

    void write() throws IOException
    {
        write(0, prover.head().size());
    }

    private void write(final long start, final long end) throws IOException
    {
        final int place = Arrays.binarySearch(shown, start);
        final int next = place < 0 ? -place - 1 : place;
        if (next == shown.length || shown[next] >= end)
        {
            out.append(LedgerProof.skipLine(end - start, prover.proofs().subtree(start, end)));
        }
        else if (end - start == 1)
        {
            out.append(LedgerProof.entryLine(prover.entry(start)));
        }
        else
        {
            final long middle = start + Long.highestOneBit(end - start - 1);
            write(start, middle);
            write(middle, end);
        }
    }
}
