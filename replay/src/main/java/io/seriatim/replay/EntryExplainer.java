package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.Explanation;
import io.seriatim.engine.JournalSource;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.Entries;
import io.seriatim.journal.JournalReader;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Explains an entry from the files of a data directory, with no engine: it follows the journal up to the entry and then
 * asks what the engine's read model is asked too. It only reads and takes no lock.
 * <p>
 * Cost: one read of the journal up to the entry to find its id, and one to build the read model of its shard.<br>
 * Threads: confined to one.
 */
public final class EntryExplainer
{
    private static final int PROGRESS_DISTANCE = 16 * 1024;
    private static final int CREATED = TransferOutcome.CREATED.code();

    private final Path dataDirectory;
    private final int shard;
    private final AccountEntryDecoder account = new AccountEntryDecoder();

    /** The head and the flags of commands lie alike in the entries of all transfers. */
    private final TransferEntryDecoder transfer = new TransferEntryDecoder();

    /** Of the entry to explain; null if it is about no object of its own. */
    private Uint128 id;
    private boolean isOfAccount;
    private long firstSequence;

    /**
     * Explains entries of a shard.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     */
    public EntryExplainer(final Path dataDirectory, final int shard)
    {
        this.dataDirectory = dataDirectory;
        this.shard = shard;
    }

    /**
     * Explain an entry.
     *
     * @param sequence of it.
     * @param progress is told from time to time how many entries were followed.
     * @return the explanation; null if there is no such entry.
     * @throws io.seriatim.journal.JournalException if the journal is damaged before it.
     */
    public Explanation explain(final long sequence, final LongConsumer progress)
    {
        id = null;
        firstSequence = 0;
        new JournalEntries(dataDirectory).read(shard, sequence, (buffer, offset, length) ->
        {
            id = idOf(buffer, offset);
            isOfAccount = Entries.templateId(buffer, offset) == AccountEntryDecoder.TEMPLATE_ID;
            return false;
        });
        final JournalSource source = JournalDirectories.journalsOf(dataDirectory).stream()
            .filter(journal -> journal.shards().contains(shard)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("there is no shard " + shard + " here"));
        try (JournalReader reader = source.reader().get();
            JournalReader entryReader = source.reader().get();
            JournalFollower follower = new JournalFollower(reader);
            StoredEntries entries = new StoredEntries(shard, entryReader.frameLengthMax());
            ReadModel model = new ReadModel(0))
        {
            entries.source(entryReader);
            follow(follower, source.committedPosition().getAsLong(), sequence, entries, model, progress);
            final UnsafeBuffer row = new UnsafeBuffer(new byte[QueryRows.EXPLANATION_LENGTH]);
            return new Explainer(model, entries).write(sequence, firstSequence, row, 0) == 0 ? null :
                Explanation.decode(row, 0);
        }
    }

    /** Up to the entry and to the end of its group, where the model is whole. */
    private void follow(
        final JournalFollower follower,
        final long limit,
        final long sequence,
        final StoredEntries entries,
        final ReadModel model,
        final LongConsumer progress)
    {
        while ((model.appliedSequence() < sequence || !follower.isBetweenGroups()) && follower.next(limit))
        {
            if (follower.shard() != shard)
            {
                continue;
            }
            if (follower.isFirstOfFrame())
            {
                entries.onFrame(follower.framePosition(), follower.sequence());
            }
            if (follower.sequence() < sequence && firstSequence == 0 && id != null &&
                takesId(follower.buffer(), follower.offset()))
            {
                firstSequence = follower.sequence();
            }
            model.apply(follower.sequence(), follower.buffer(), follower.offset());
            if (follower.sequence() % PROGRESS_DISTANCE == 0)
            {
                progress.accept(follower.sequence());
            }
        }
    }

    /** Does an entry create the object with the id, or spend the id? */
    private boolean takesId(final DirectBuffer buffer, final int offset)
    {
        final boolean isAccount = Entries.templateId(buffer, offset) == AccountEntryDecoder.TEMPLATE_ID;
        if (isAccount != isOfAccount || !id.equals(idOf(buffer, offset)))
        {
            return false;
        }
        if (isAccount)
        {
            return (int)account.outcome() == CREATED;
        }
        final int outcome = (int)transfer.outcome();
        return outcome == CREATED || TransferOutcome.of(outcome).isTransient();
    }

    private Uint128 idOf(final DirectBuffer buffer, final int offset)
    {
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                account.wrap(buffer, bodyOffset, AccountEntryDecoder.BLOCK_LENGTH, AccountEntryDecoder.SCHEMA_VERSION);
                return new Uint128(account.account().idHigh(), account.account().idLow());
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                transfer.wrap(
                    buffer, bodyOffset, TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
                return new Uint128(transfer.transfer().idHigh(), transfer.transfer().idLow());
            default:
                return null;
        }
    }
}
