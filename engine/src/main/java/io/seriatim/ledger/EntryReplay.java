package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Re-executes recorded entries and compares: what the state machine writes for a command must be what was recorded,
 * byte for byte, so sequence, ledgerSequence, time, outcome and resolved fields. Recovery, audits and followers come
 * this way, and it is the live path's state machine that runs.
 * <p>
 * Threads: confined to the thread that owns the state machine.<br>
 * Cost: once warm nothing is allocated as long as all agrees.
 */
public final class EntryReplay
{
    /**
     * Told of each entry that was recorded otherwise than it is re-executed.
     */
    @FunctionalInterface
    public interface DivergenceHandler
    {
        /**
         * Two entries differ. The state machine stands as its own outcome left it.
         *
         * @param sequence        of the entry.
         * @param recorded        holds the entry as recorded.
         * @param recordedOffset  of its SBE header.
         * @param executed        holds the entry as re-executed.
         * @param executedOffset  of its SBE header.
         */
        void onDivergence(
            long sequence, DirectBuffer recorded, int recordedOffset, DirectBuffer executed, int executedOffset);
    }

    private final LedgerStateMachine stateMachine;
    private final StateRoots stateRoots;
    private final DivergenceHandler divergenceHandler;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();
    private final ExpiryEntryDecoder expiryEntry = new ExpiryEntryDecoder();
    private final LedgerDefinitionEntryDecoder definitionEntry = new LedgerDefinitionEntryDecoder();
    private final StateRootEntryDecoder stateRootEntry = new StateRootEntryDecoder();
    private final ExpandableArrayBuffer group = new ExpandableArrayBuffer(EntryWindow.ENTRY_LENGTH_MAX * 16);
    private int groupCount;
    private int batchIndexNext;
    private int batchCount;
    private long batchTimestampNs;
    private Batch.Kind batchKind;
    private long lastTimestampNs;

    /**
     * Ready for the entry that the state machine comes to next, of a shard that has no state roots.
     *
     * @param stateMachine      to run the commands through.
     * @param divergenceHandler to be told of differences.
     */
    public EntryReplay(final LedgerStateMachine stateMachine, final DivergenceHandler divergenceHandler)
    {
        this(stateMachine, new StateRoots(0, stateMachine, StateRootBuilder.maker(null), null), divergenceHandler);
    }

    /**
     * Ready for the entry that the state machine comes to next.
     *
     * @param stateMachine      to run the commands through.
     * @param stateRoots        that are written in their places; what is due behind the last entry is left undone.
     * @param divergenceHandler to be told of differences.
     */
    public EntryReplay(
        final LedgerStateMachine stateMachine, final StateRoots stateRoots, final DivergenceHandler divergenceHandler)
    {
        this.stateMachine = stateMachine;
        this.stateRoots = stateRoots;
        this.divergenceHandler = divergenceHandler;
        lastTimestampNs = stateMachine.lastSlotNs();
    }

    /**
     * Re-execute the next entry.
     *
     * @param buffer holding it; not used after the call.
     * @param offset of its SBE header.
     * @param length of the entry in bytes.
     * @throws IllegalStateException if it is not the next one of its shard, does not continue its batch, holds no
     * command that was ever taken, time does not rise, or something was due and not released before it: then the
     * entries were not taken from one journal in order, and the state machine has not seen it.
     * @throws IllegalArgumentException if it is of a larger batch than the state machine takes.
     */
    public void onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        header.wrap(buffer, offset);
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        final long sequence = buffer.getLong(bodyOffset);
        if (sequence != stateMachine.nextSequence())
        {
            throw new IllegalStateException(
                "entry is out of order: expected sequence=" + stateMachine.nextSequence() +
                ", actual sequence=" + sequence);
        }
        if (stateRoots.isDue() && tryStateRoot(buffer, offset, length))
        {
            return;
        }
        switch (header.templateId())
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                accountEntry.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                continueBatch(
                    sequence, Batch.Kind.ACCOUNTS,
                    accountEntry.timestampNs(), accountEntry.batchIndex(), accountEntry.batchCount());
                keep(buffer, offset, length);
                execute(accountEntry.account());
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                transferEntry.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                continueBatch(
                    sequence, Batch.Kind.TRANSFERS,
                    transferEntry.timestampNs(), transferEntry.batchIndex(), transferEntry.batchCount());
                keep(buffer, offset, length);
                execute(transferEntry.transfer(), 0);
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extendedEntry.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                continueBatch(
                    sequence, Batch.Kind.TRANSFERS,
                    extendedEntry.timestampNs(), extendedEntry.batchIndex(), extendedEntry.batchCount());
                keep(buffer, offset, length);
                execute(extendedEntry.transfer(), extendedEntry.givenTimestampNs());
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiryEntry.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                validateExpiry(sequence, expiryEntry.timestampNs());
                keep(buffer, offset, length);
                expire(expiryEntry.timestampNs());
                break;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                definitionEntry.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                validateDefinition(sequence);
                continueBatch(
                    sequence, Batch.Kind.DEFINITIONS,
                    definitionEntry.timestampNs(), definitionEntry.batchIndex(), definitionEntry.batchCount());
                keep(buffer, offset, length);
                stateMachine.defineLedger(
                    (int)definitionEntry.ledger(), definitionEntry.scale(), buffer, assetCodeOffset());
                break;
            case StateRootEntryDecoder.TEMPLATE_ID:
                throw new IllegalStateException("no state root is due here: sequence=" + sequence);
            default:
                throw new IllegalStateException(
                    "this version does not know such an entry: templateId=" + header.templateId() +
                    ", sequence=" + sequence);
        }
        if (!stateMachine.isGroupOpen())
        {
            compareGroup();
        }
    }

    /**
     * Read what the transfers of the next entries will need of the tables, see {@link LedgerStateMachine#readAhead()}.
     * Nothing is changed, and entries that are not as they should be are left to {@link #onEntry}.
     *
     * @param buffer holding the entries one behind the other.
     * @param offset of the SBE header of the first.
     * @param end    of the last one; of more than {@link LedgerStateMachine#READ_AHEAD_MAX} the first are read for.
     */
    public void readAhead(final DirectBuffer buffer, final int offset, final int end)
    {
        int entryOffset = offset;
        for (int i = 0; i < LedgerStateMachine.READ_AHEAD_MAX; i++)
        {
            final int bodyOffset = entryOffset + MessageHeaderDecoder.ENCODED_LENGTH;
            if (bodyOffset > end)
            {
                break;
            }
            header.wrap(buffer, entryOffset);
            final int length = header.blockLength();
            if (header.templateId() == TransferEntryDecoder.TEMPLATE_ID &&
                length >= TransferEntryDecoder.BLOCK_LENGTH && bodyOffset + length <= end)
            {
                stateMachine.announce(
                    transferEntry.wrap(buffer, bodyOffset, length, header.version()).transfer());
            }
            entryOffset = bodyOffset + length;
        }
        stateMachine.readAhead();
    }

    /**
     * A root is begun at the end of a group; at the end of the next such distance its entry has to be there.
     *
     * @return false if none was waiting, so that the entry at hand is another one.
     */
    private boolean tryStateRoot(final DirectBuffer buffer, final int offset, final int length)
    {
        if (stateRoots.waiting() == null)
        {
            stateRoots.write(null);
            return false;
        }
        if (header.templateId() != StateRootEntryDecoder.TEMPLATE_ID)
        {
            throw new IllegalStateException(
                "a state root is due here, as of sequence " + stateRoots.waiting().asOfSequence() +
                ": sequence=" + stateMachine.nextSequence() + ", templateId=" + header.templateId());
        }
        keep(buffer, offset, length);
        stateRoots.write(StateRoot.of(stateRootEntry.wrapAndApplyHeader(buffer, offset, header)));
        compareGroup();
        return true;
    }

    /**
     * Time of the newest entry.
     *
     * @return slot in nanoseconds; 0 before the first entry.
     */
    public long lastTimestampNs()
    {
        return lastTimestampNs;
    }

    private void execute(final AccountRecordDecoder account)
    {
        stateMachine.createAccount(account);
    }

    private void execute(final TransferRecordDecoder transfer, final long givenTimestampNs)
    {
        stateMachine.createTransfer(transfer, givenTimestampNs);
    }

    /** A definition is checked before it is taken, so no entry holds one that breaks a rule. */
    private void validateDefinition(final long sequence)
    {
        try
        {
            LedgerDefinitions.validate(
                (int)definitionEntry.ledger(), definitionEntry.scale(), definitionEntry.buffer(), assetCodeOffset());
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalStateException("no such definition was taken: sequence=" + sequence, ex);
        }
    }

    private int assetCodeOffset()
    {
        return definitionEntry.offset() + LedgerDefinitionEntryDecoder.assetCodeEncodingOffset();
    }

    /** A release stands between two batches. */
    private void validateExpiry(final long sequence, final long timestampNs)
    {
        if (stateMachine.isGroupOpen() || timestampNs <= lastTimestampNs || timestampNs <= stateMachine.nextExpiryNs())
        {
            throw new IllegalStateException(
                "nothing expires here: sequence=" + sequence + ", timestampNs=" + timestampNs +
                ", last timestampNs=" + lastTimestampNs + ", next expiry=" + stateMachine.nextExpiryNs() +
                ", a chain is open=" + stateMachine.isGroupOpen());
        }
    }

    private void expire(final long timestampNs)
    {
        batchCount = 0;
        lastTimestampNs = timestampNs;
        stateMachine.expireNext(timestampNs);
    }

    /**
     * A batch may have been cut short between two groups, when its end never reached the disk; so a batch may begin
     * before the one in front of it was complete. It never begins in its middle.
     */
    private void continueBatch(
        final long sequence, final Batch.Kind kind, final long timestampNs, final int index, final int count)
    {
        final long entryBatchTimestampNs = timestampNs + count - 1 - index;
        if (timestampNs <= lastTimestampNs || index >= count)
        {
            throw new IllegalStateException(
                "time does not rise, or the batch has no such index: sequence=" + sequence + ", timestampNs=" +
                timestampNs + ", last timestampNs=" + lastTimestampNs + ", batchIndex=" + index + ", batchCount=" +
                count);
        }
        if (index == 0)
        {
            stateMachine.start(kind, entryBatchTimestampNs, count);
            batchKind = kind;
            batchTimestampNs = entryBatchTimestampNs;
            batchCount = count;
        }
        else if (index != batchIndexNext || count != batchCount || kind != batchKind ||
            entryBatchTimestampNs != batchTimestampNs)
        {
            throw new IllegalStateException(
                "entry does not continue its batch: sequence=" + sequence + ", batchIndex=" + index +
                ", batchCount=" + count + ", timestampNs=" + timestampNs + "; expected batchIndex=" + batchIndexNext +
                ", batchCount=" + batchCount + ", batch timestamp=" + batchTimestampNs);
        }
        batchIndexNext = index + 1;
        lastTimestampNs = timestampNs;
    }

    private void keep(final DirectBuffer buffer, final int offset, final int length)
    {
        group.putBytes(groupCount * EntryWindow.ENTRY_LENGTH_MAX, buffer, offset, length);
        groupCount++;
    }

    private void compareGroup()
    {
        final EntryWindow window = stateMachine.window();
        final long firstSequence = stateMachine.nextSequence() - groupCount;
        for (int i = 0; i < groupCount; i++)
        {
            final long sequence = firstSequence + i;
            final int recordedOffset = i * EntryWindow.ENTRY_LENGTH_MAX;
            if (!isEqual(recordedOffset, window.offset(sequence), window.length(sequence)))
            {
                divergenceHandler.onDivergence(
                    sequence, group, recordedOffset, window.buffer(), window.offset(sequence));
            }
        }
        groupCount = 0;
    }

    private boolean isEqual(final int recordedOffset, final int executedOffset, final int length)
    {
        final DirectBuffer executed = stateMachine.window().buffer();
        for (int i = 0; i < length; i += Long.BYTES)
        {
            if (group.getLong(recordedOffset + i) != executed.getLong(executedOffset + i))
            {
                return false;
            }
        }
        return true;
    }
}
