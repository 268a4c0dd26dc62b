package io.seriatim.ledger;

import org.agrona.DirectBuffer;

/**
 * What decisions need of the transfers there are: by id the sequence of the entry that created it and, of a pending
 * one, what has become of it; or the sequence of the entry that was refused first and spent the id; and which
 * timestamps are taken. The transfers themselves, and their ids, stay in their entries.
 * <p>
 * Cost: an index slot for each transfer or spent id, 20 to 40 bytes, and a quarter of a byte for the timestamps. An id
 * that is known is told by its entry, which is read; one that is not known reads none, but once in 2^64 pairs of
 * ids.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class TransferIndex implements AutoCloseable
{
    static final long NOT_FOUND = HashIndex.NOT_FOUND;

    private static final int STATE_BITS = 3;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;

    private final HashIndex sequences;
    private final TimestampMarks marks = new TimestampMarks();
    private final EntryWindow window;
    private final EntryReader entries;
    private final EntryReader pendingEntries;
    private final StoredTransfer stored = new StoredTransfer();
    private final StoredTransfer storedPending = new StoredTransfer();

    /** What is loaded, on its way into the index; null when nothing is. */
    private HashBins bins;
    private long storedCount;
    private long timestampMaxNs;
    private long firstContentSum;
    private long secondContentSum;

    /** The id that was hashed last: one that is looked up is likely to be added. */
    private long hashedIdHigh;
    private long hashedIdLow;
    private long lastHash;

    /** Means nothing: what was read ahead is added here, so that it is read. */
    private long readSum;

    TransferIndex(final long seed, final EntryWindow window, final TransferRecords records)
    {
        sequences = new HashIndex(seed);
        lastHash = sequences.hash(hashedIdHigh, hashedIdLow);
        this.window = window;
        entries = new EntryReader(window, records);
        pendingEntries = new EntryReader(window, records);
    }

    /** How many transfers are stored. */
    long storedCount()
    {
        return storedCount;
    }

    /** How many ids are spent by a transient refusal. */
    long poisonedCount()
    {
        return sequences.size() - storedCount;
    }

    /** Greatest timestamp of a stored transfer; 0 if there is none. */
    long timestampMaxNs()
    {
        return timestampMaxNs;
    }

    int markCount()
    {
        return marks.count();
    }

    /** Sequence of the entry that created the transfer, or spent the id, that {@link #find} has found. */
    static long sequenceOf(final long found)
    {
        return found < 0 ? -found : found >>> STATE_BITS;
    }

    /** What the index holds for a stored transfer. */
    static long valueOf(final long sequence, final PendingState state)
    {
        return sequence << STATE_BITS | state.code();
    }

    /** What has become of the transfer that {@link #find} has found, if it is a pending one. */
    static PendingState stateOf(final long found)
    {
        return PendingState.of((int)found & STATE_MASK);
    }

    /**
     * What is known of an id. What was returned by {@link #read} or {@link #readEntry} is not good any more.
     *
     * @return above zero: a stored transfer, see {@link #sequenceOf} and {@link #stateOf}; below zero: the id is spent,
     * see {@link #sequenceOf}; or {@link #NOT_FOUND}.
     */
    long find(final long idHigh, final long idLow)
    {
        return find(idHigh, idLow, entries);
    }

    /** As {@link #find}, for an id that another transfer names: it leaves what {@link #readPending} is to return. */
    long findPending(final long idHigh, final long idLow)
    {
        return find(idHigh, idLow, pendingEntries);
    }

    long hash(final long idHigh, final long idLow)
    {
        if (idLow != hashedIdLow || idHigh != hashedIdHigh)
        {
            hashed(idHigh, idLow, sequences.hash(idHigh, idLow));
        }
        return lastHash;
    }

    /** Take what {@link #hash} has returned for an id that is looked up now. */
    void hashed(final long idHigh, final long idLow, final long hash)
    {
        hashedIdHigh = idHigh;
        hashedIdLow = idLow;
        lastHash = hash;
    }

    /** Read where an id with a hash is looked up, so that it is near then. What is returned says nothing. */
    long touch(final long hash)
    {
        return sequences.touch(hash);
    }

    /** How many cache lines of the index are read to find that an id is not known. */
    int lineCount(final long idHigh, final long idLow)
    {
        return sequences.lineCount(hash(idHigh, idLow));
    }

    private long find(final long idHigh, final long idLow, final EntryReader reader)
    {
        long place = sequences.find(hash(idHigh, idLow));
        while (place != HashIndex.NOT_FOUND)
        {
            final long value = HashIndex.value(place);
            reader.read(sequenceOf(value));
            if (reader.idLow() == idLow && reader.idHigh() == idHigh)
            {
                return value;
            }
            place = sequences.next(place);
        }
        return NOT_FOUND;
    }

    /** Where an id with a hash is in the index that an entry has brought there; or {@link HashIndex#NOT_FOUND}. */
    private long placeOf(final long hash, final long sequence)
    {
        long place = sequences.find(hash);
        while (place != HashIndex.NOT_FOUND && sequenceOf(HashIndex.value(place)) != sequence)
        {
            place = sequences.next(place);
        }
        return place;
    }

    /** Note an id that is not known. */
    private void add(final long idHigh, final long idLow, final long value)
    {
        sequences.add(hash(idHigh, idLow), value);
        addContent(idHigh, idLow, value, 1);
    }

    /** The sums over all ids and values take one in, or leave it out. */
    private void addContent(final long idHigh, final long idLow, final long value, final int sign)
    {
        firstContentSum += sign * contentOf(StateDigest.FIRST_SALT, idHigh, idLow, value);
        secondContentSum += sign * contentOf(StateDigest.SECOND_SALT, idHigh, idLow, value);
    }

    /** Note a transfer that the entry with this sequence creates. */
    void add(
        final long idHigh,
        final long idLow,
        final long timestampNs,
        final long sequence,
        final PendingState state)
    {
        add(idHigh, idLow, valueOf(sequence, state));
        marks.add(timestampNs, sequence);
        timestampMaxNs = timestampNs;
        storedCount++;
    }

    /** Undo an {@link #add}; the timestamps are put back by {@link #restoreTimestamps}. */
    void remove(final long idHigh, final long idLow, final long sequence)
    {
        final long place = placeOf(hash(idHigh, idLow), sequence);
        addContent(idHigh, idLow, HashIndex.value(place), -1);
        sequences.remove(place);
        storedCount--;
    }

    void restoreTimestamps(final long newTimestampMaxNs, final int newMarkCount)
    {
        timestampMaxNs = newTimestampMaxNs;
        marks.truncate(newMarkCount);
    }

    /** What has become of the pending transfer that an entry created; none if there is no such transfer. */
    PendingState stateOf(final long idHigh, final long idLow, final long sequence)
    {
        final long place = placeOf(hash(idHigh, idLow), sequence);
        final long value = place == HashIndex.NOT_FOUND ? NOT_FOUND : HashIndex.value(place);
        return value > 0 ? stateOf(value) : PendingState.NONE;
    }

    /** Note what has become of a pending transfer. */
    void state(final long idHigh, final long idLow, final long sequence, final PendingState state)
    {
        final long place = placeOf(hash(idHigh, idLow), sequence);
        final long value = valueOf(sequence, state);
        addContent(idHigh, idLow, HashIndex.value(place), -1);
        HashIndex.value(place, value);
        addContent(idHigh, idLow, value, 1);
    }

    /** Before the first id is loaded: make room for so many. */
    void reserve(final long count)
    {
        sequences.reserve(count);
        bins = new HashBins(count, this::loadBin);
    }

    /** Take a row of a run: an id that is new, or a pending transfer that was resolved. It may wait until the end. */
    void load(final DirectBuffer buffer, final int offset)
    {
        final long idHigh = buffer.getLong(offset);
        final long idLow = buffer.getLong(offset + Long.BYTES);
        final long value = buffer.getLong(offset + 2 * Long.BYTES);
        final long sequence = sequenceOf(value);
        if (sequence < 1 || sequence >= window.nextSequence() ||
            value > 0 && (value & STATE_MASK) > PendingState.EXPIRED.code())
        {
            throw new IllegalStateException("no such row is in an index: value=" + value);
        }
        addContent(idHigh, idLow, value, 1);
        if (isResolved(value))
        {
            addContent(idHigh, idLow, valueOf(sequence, PendingState.PENDING), -1);
        }
        else if (value > 0)
        {
            storedCount++;
        }
        if (bins == null)
        {
            reserve(0);
        }
        bins.add(sequences.hash(idHigh, idLow), value);
    }

    /** All rows were there: take those that wait. */
    void endLoad()
    {
        if (bins != null)
        {
            bins.flush();
            bins.close();
            bins = null;
        }
    }

    private void loadBin(final long bin, final int count)
    {
        for (int begin = 0; begin < count; begin += LedgerStateMachine.READ_AHEAD_MAX)
        {
            final int end = Math.min(begin + LedgerStateMachine.READ_AHEAD_MAX, count);
            long read = 0;
            for (int i = begin; i < end; i++)
            {
                read += sequences.touch(HashBins.hash(bin, i));
            }
            readSum += read;
            for (int i = begin; i < end; i++)
            {
                load(HashBins.hash(bin, i), HashBins.value(bin, i));
            }
        }
    }

    private void load(final long hash, final long value)
    {
        final long place = placeOf(hash, sequenceOf(value));
        final long known = place == HashIndex.NOT_FOUND ? NOT_FOUND : HashIndex.value(place);
        if (isResolved(value) ? known <= 0 || stateOf(known) != PendingState.PENDING : known != NOT_FOUND)
        {
            throw new IllegalStateException("no such row is in an index: value=" + value + ", known=" + known);
        }
        if (known == NOT_FOUND)
        {
            sequences.add(hash, value);
        }
        else
        {
            HashIndex.value(place, value);
        }
    }

    private static boolean isResolved(final long value)
    {
        return value > 0 && (value & STATE_MASK) > PendingState.PENDING.code();
    }

    void loadMark(final DirectBuffer buffer, final int offset)
    {
        marks.load(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    void loadTimestampMax(final long newTimestampMaxNs)
    {
        timestampMaxNs = newTimestampMaxNs;
    }

    /** Spend an id for good. */
    void poison(final long idHigh, final long idLow, final long sequence)
    {
        add(idHigh, idLow, -sequence);
    }

    /** Read a stored transfer; what is returned is good until the next call. */
    StoredTransfer read(final long sequence)
    {
        entries.read(sequence);
        return stored.wrap(entries.buffer(), entries.offset());
    }

    /** Read any entry; what is returned is good until the next call, or the next of {@link #read}. */
    EntryReader readEntry(final long sequence)
    {
        return entries.read(sequence);
    }

    /** Read the pending transfer that another one posts or voids; what is returned is good until the next call. */
    StoredTransfer readPending(final long sequence)
    {
        pendingEntries.read(sequence);
        return storedPending.wrap(pendingEntries.buffer(), pendingEntries.offset());
    }

    /** Whether any stored transfer has this timestamp. Reads at most {@link TimestampMarks#DISTANCE} entries. */
    boolean hasTimestamp(final long timestampNs)
    {
        final int mark = timestampNs > timestampMaxNs ? TimestampMarks.NOT_FOUND : marks.floor(timestampNs);
        if (mark == TimestampMarks.NOT_FOUND)
        {
            return false;
        }
        final long first = marks.sequence(mark);
        final long end = Math.min(first + TimestampMarks.DISTANCE, window.nextSequence());
        for (long sequence = first; sequence < end; sequence++)
        {
            final StoredTransfer transfer = readIfCreated(sequence);
            if (transfer != null && transfer.timestampNs() >= timestampNs)
            {
                return transfer.timestampNs() == timestampNs;
            }
        }
        return false;
    }

    /** What one id adds to the sums, with one of the two salts, which have 128 bits together. */
    static long contentOf(final long salt, final long idHigh, final long idLow, final long value)
    {
        return HashIndex.mix(HashIndex.mix(HashIndex.mix(salt ^ idHigh) + idLow) ^ value);
    }

    /** Sum over all ids and values with the first salt: the same for the same contents, however they lie. */
    long firstContentSum()
    {
        return firstContentSum;
    }

    /** Likewise with the second salt. */
    long secondContentSum()
    {
        return secondContentSum;
    }

    long allocatedBytes()
    {
        return sequences.allocatedBytes() + marks.allocatedBytes();
    }

    @Override
    public void close()
    {
        if (bins != null)
        {
            bins.close();
        }
        sequences.close();
        marks.close();
    }

    private StoredTransfer readIfCreated(final long sequence)
    {
        entries.read(sequence);
        return StoredTransfer.isCreated(entries.buffer(), entries.offset()) ?
            stored.wrap(entries.buffer(), entries.offset()) : null;
    }
}
