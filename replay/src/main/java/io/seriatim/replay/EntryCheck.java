package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.LedgerDefinitions;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.TransferFlags;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks the entries of a shard against what holds for every journal, without asking the state machine: sequences and
 * ledger sequences without gaps, slots that rise and fit their batch, releases between the batches, outcomes that
 * exist, chains that count together or not at all, definitions that may be taken, ledgers on their own shard; what
 * transfers say is the business of {@link TransferCheck}.
 * <p>
 * Shape: a row for each ledger, the entries of the chain that is open, and the pending transfers that are.<br>
 * Cost: some reads an entry; nothing is allocated while all is well, but for pending transfers and definitions.<br>
 * Threads: confined to one.
 */
final class EntryCheck
{
    /** Told of each entry that breaks a rule. */
    @FunctionalInterface
    interface ProblemHandler
    {
        void onProblem(long sequence, String what);
    }

    /** The commands of a batch are of one kind. */
    private enum Kind
    {
        ACCOUNTS, TRANSFERS, DEFINITIONS
    }

    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int CREATED = AccountOutcome.CREATED.code();
    private static final int CHAIN_INITIAL_LENGTH = 64;

    private final int shard;
    private final ShardRouter router;
    private final int batchCountMax;
    private final ProblemHandler problems;
    private final Outcomes outcomes = new Outcomes();
    private final EntryKinds kinds = new EntryKinds();
    private final Int2ObjectHashMap<LedgerTally> ledgers = new Int2ObjectHashMap<>();
    private final Map<Long, DefinitionAudit> definitions = new TreeMap<>();
    private final TransferCheck transfers;
    private final TransferEntryDecoder entry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder();
    private final AccountEntryDecoder account = new AccountEntryDecoder();
    private final LedgerDefinitionEntryDecoder definition = new LedgerDefinitionEntryDecoder();
    private final ExpiryEntryDecoder expiry = new ExpiryEntryDecoder();

    private long nextSequence = LedgerStateMachine.FIRST_SEQUENCE;
    private long lastTimestampNs;
    private long accountTimestampMaxNs;
    private int batchIndex;
    private int batchCount;
    private Kind batchKind;

    private int chainCount;
    private int chainCreatedCount;
    private long chainFirstSequence;
    private int[] chainLedgers = new int[CHAIN_INITIAL_LENGTH];
    private long[] chainLedgerSequences = new long[CHAIN_INITIAL_LENGTH];
    private boolean[] chainAccountsCreated = new boolean[CHAIN_INITIAL_LENGTH];

    EntryCheck(final int shard, final ShardRouter router, final int batchCountMax, final ProblemHandler problems)
    {
        this.shard = shard;
        this.router = router;
        this.batchCountMax = batchCountMax;
        this.problems = problems;
        transfers = new TransferCheck(ledgers, problems);
        kinds.count(GenesisEntryDecoder.TEMPLATE_ID);
    }

    /** Check the next entry behind the genesis. */
    void onEntry(final DirectBuffer buffer, final int offset)
    {
        final long sequence = Entries.sequence(buffer, offset);
        if (sequence != nextSequence)
        {
            problems.onProblem(sequence, "sequences have a gap: expected=" + nextSequence + ", actual=" + sequence);
        }
        nextSequence = sequence + 1;
        final int templateId = Entries.templateId(buffer, offset);
        final int bodyOffset = offset + BODY_OFFSET;
        kinds.count(templateId);
        switch (templateId)
        {
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                definition.wrap(
                    buffer, bodyOffset, LedgerDefinitionEntryDecoder.BLOCK_LENGTH,
                    LedgerDefinitionEntryDecoder.SCHEMA_VERSION);
                onDefinition(sequence);
                break;
            case AccountEntryDecoder.TEMPLATE_ID:
                account.wrap(
                    buffer, bodyOffset, AccountEntryDecoder.BLOCK_LENGTH, AccountEntryDecoder.SCHEMA_VERSION);
                onAccount(sequence);
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                wrapTransfer(buffer, bodyOffset);
                onTransfer(sequence, null);
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                // The two agree in the places of all that the block of a transfer entry has.
                wrapTransfer(buffer, bodyOffset);
                extended.wrap(
                    buffer, bodyOffset, ExtendedTransferEntryDecoder.BLOCK_LENGTH,
                    ExtendedTransferEntryDecoder.SCHEMA_VERSION);
                onTransfer(sequence, extended);
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiry.wrap(buffer, bodyOffset, ExpiryEntryDecoder.BLOCK_LENGTH, ExpiryEntryDecoder.SCHEMA_VERSION);
                onExpiry(sequence);
                break;
            case StateRootEntryDecoder.TEMPLATE_ID:
                endOpenChain(sequence);
                break;
            default:
                break;
        }
    }

    /** What holds once the last entry is there. */
    void onEnd()
    {
        if (chainCount > 0)
        {
            problems.onProblem(chainFirstSequence, "a chain has no end: length=" + chainCount);
        }
    }

    Outcomes outcomes()
    {
        return outcomes;
    }

    long nextSequence()
    {
        return nextSequence;
    }

    long lastTimestampNs()
    {
        return lastTimestampNs;
    }

    Int2ObjectHashMap<LedgerTally> ledgers()
    {
        return ledgers;
    }

    /** How many entries of each kind there are, the genesis counted. */
    EntryKinds kinds()
    {
        return kinds;
    }

    /** The newest definitions by ledger. */
    Map<Long, DefinitionAudit> definitions()
    {
        return definitions;
    }

    TransferCheck transfers()
    {
        return transfers;
    }

    private void wrapTransfer(final DirectBuffer buffer, final int bodyOffset)
    {
        entry.wrap(buffer, bodyOffset, TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
    }

    private void onDefinition(final long sequence)
    {
        checkBatch(
            sequence, Kind.DEFINITIONS, definition.batchIndex(), definition.batchCount(), definition.timestampNs());
        if ((int)definition.outcome() != CREATED)
        {
            problems.onProblem(
                sequence, "a definition is never refused: outcome=" + definition.outcome());
        }
        final int ledger = (int)definition.ledger();
        try
        {
            LedgerDefinitions.validate(
                ledger, definition.scale(), definition.buffer(),
                definition.offset() + LedgerDefinitionEntryDecoder.assetCodeEncodingOffset());
        }
        catch (final IllegalArgumentException ex)
        {
            problems.onProblem(sequence, "no such definition is taken: " + ex.getMessage());
        }
        if ((definition.placement() | definition.reserved128High() | definition.reserved128Low()) != 0)
        {
            problems.onProblem(sequence, "reserved fields of a definition are not 0");
        }
        requireHome(sequence, "a ledger was defined", ledger);
        final DefinitionAudit audit = DefinitionAudit.ofEntry(definition);
        definitions.put(audit.ledger(), audit);
        number(sequence, ledger, definition.ledgerSequence(), false);
    }

    private void onAccount(final long sequence)
    {
        checkBatch(sequence, Kind.ACCOUNTS, account.batchIndex(), account.batchCount(), account.timestampNs());
        final boolean isCreated = isCreated(sequence, true, (int)account.outcome());
        if (isCreated)
        {
            checkAccount(sequence);
        }
        onOutcome(
            sequence, (int)account.account().ledger(), account.ledgerSequence(),
            (account.account().flags() & AccountFlags.LINKED) != 0, true, isCreated);
    }

    private void onTransfer(final long sequence, final ExtendedTransferEntryDecoder extendedEntry)
    {
        checkBatch(sequence, Kind.TRANSFERS, entry.batchIndex(), entry.batchCount(), entry.timestampNs());
        final boolean isCreated = isCreated(sequence, false, (int)entry.outcome());
        transfers.onTransfer(sequence, entry, extendedEntry);
        onOutcome(
            sequence, TransferCheck.ledger(entry, extendedEntry), entry.ledgerSequence(),
            (entry.transfer().flags() & TransferFlags.LINKED) != 0, false, isCreated);
    }

    /** A release stands between two batches, and none goes on behind it. */
    private void onExpiry(final long sequence)
    {
        checkSlot(sequence, expiry.timestampNs());
        endOpenChain(sequence);
        batchCount = 0;
        transfers.onExpiry(sequence, expiry);
        number(sequence, (int)expiry.ledger(), expiry.ledgerSequence(), false);
    }

    private void endOpenChain(final long sequence)
    {
        if (chainCount > 0)
        {
            problems.onProblem(sequence, "it stands inside the chain that begins at " + chainFirstSequence);
            chainCount = 0;
        }
    }

    private boolean isCreated(final long sequence, final boolean isAccount, final int outcome)
    {
        if (!outcomes.count(isAccount, outcome))
        {
            problems.onProblem(sequence, "no outcome has this code: " + Integer.toUnsignedString(outcome));
        }
        return outcome == CREATED;
    }

    private void onOutcome(
        final long sequence,
        final int ledger,
        final long ledgerSequence,
        final boolean isLinked,
        final boolean isAccount,
        final boolean isCreated)
    {
        final boolean isChainEnd = !isLinked || batchIndex == batchCount - 1;
        if (chainCount == 0 && isChainEnd)
        {
            number(sequence, ledger, ledgerSequence, isAccount && isCreated);
        }
        else
        {
            addToChain(sequence, ledger, ledgerSequence, isAccount, isCreated);
            if (isChainEnd)
            {
                endChain(sequence);
            }
        }
    }

    private void checkSlot(final long sequence, final long timestampNs)
    {
        if (timestampNs <= lastTimestampNs)
        {
            problems.onProblem(
                sequence,
                "its slot is not behind the one before: timestamp_ns=" + timestampNs + ", before=" + lastTimestampNs);
        }
        lastTimestampNs = timestampNs;
    }

    private void checkBatch(
        final long sequence, final Kind kind, final int index, final int count, final long timestampNs)
    {
        final long previousTimestampNs = lastTimestampNs;
        checkSlot(sequence, timestampNs);
        if (index >= count || count > batchCountMax)
        {
            problems.onProblem(
                sequence,
                "its place in the batch can not be: batch_index=" + index + ", batch_count=" + count +
                ", most in a batch=" + batchCountMax);
        }
        if (index == 0)
        {
            if (chainCount > 0)
            {
                problems.onProblem(sequence, "a batch begins inside the chain that begins at " + chainFirstSequence);
                chainCount = 0;
            }
            transfers.onRequest(sequence, timestampNs);
        }
        else if (index != batchIndex + 1 || count != batchCount || kind != batchKind ||
            timestampNs != previousTimestampNs + 1)
        {
            problems.onProblem(
                sequence,
                "it does not continue its batch: batch_index=" + index + ", batch_count=" + count + ", timestamp_ns=" +
                timestampNs + ", before it batch_index=" + batchIndex + ", batch_count=" + batchCount +
                ", timestamp_ns=" + previousTimestampNs);
        }
        batchIndex = index;
        batchCount = count;
        batchKind = kind;
    }

    private void checkAccount(final long sequence)
    {
        final var record = account.account();
        if ((record.debitsPendingHigh() | record.debitsPendingLow() | record.debitsPostedHigh() |
            record.debitsPostedLow() | record.creditsPendingHigh() | record.creditsPendingLow() |
            record.creditsPostedHigh() | record.creditsPostedLow()) != 0)
        {
            problems.onProblem(sequence, "an account was created with a balance");
        }
        final long slotNs = account.timestampNs();
        final boolean isImported = (record.flags() & AccountFlags.IMPORTED) != 0;
        final long givenTimestampNs = record.timestampNs();
        final long batchTimestampNs = slotNs + account.batchCount() - 1 - account.batchIndex();
        if (isImported ?
            givenTimestampNs <= accountTimestampMaxNs || givenTimestampNs >= batchTimestampNs : givenTimestampNs != 0)
        {
            problems.onProblem(
                sequence,
                "an account was created out of time: given_timestamp_ns=" + givenTimestampNs + ", greatest before=" +
                accountTimestampMaxNs + ", batch timestamp=" + batchTimestampNs);
        }
        accountTimestampMaxNs = Math.max(accountTimestampMaxNs, isImported ? givenTimestampNs : slotNs);
        requireHome(sequence, "an account was created", (int)record.ledger());
    }

    private void requireHome(final long sequence, final String what, final int ledger)
    {
        if (router.shardOf(ledger) != shard)
        {
            problems.onProblem(
                sequence,
                what + " on the wrong shard: ledger=" + Integer.toUnsignedString(ledger) +
                ", shard=" + shard + ", home of the ledger=" + router.shardOf(ledger));
        }
    }

    private void addToChain(
        final long sequence,
        final int ledger,
        final long ledgerSequence,
        final boolean isAccount,
        final boolean isCreated)
    {
        if (chainCount == 0)
        {
            chainFirstSequence = sequence;
            chainCreatedCount = 0;
        }
        if (chainCount == chainLedgers.length)
        {
            chainLedgers = Arrays.copyOf(chainLedgers, chainCount * 2);
            chainLedgerSequences = Arrays.copyOf(chainLedgerSequences, chainCount * 2);
            chainAccountsCreated = Arrays.copyOf(chainAccountsCreated, chainCount * 2);
        }
        chainLedgers[chainCount] = ledger;
        chainLedgerSequences[chainCount] = ledgerSequence;
        chainAccountsCreated[chainCount] = isAccount && isCreated;
        chainCount++;
        chainCreatedCount += isCreated ? 1 : 0;
    }

    private void endChain(final long lastSequence)
    {
        if (chainCreatedCount != 0 && chainCreatedCount != chainCount)
        {
            problems.onProblem(
                lastSequence,
                "its chain counts in part: entries " + chainFirstSequence + " to " + lastSequence + ", created=" +
                chainCreatedCount + " of " + chainCount);
        }
        // The numbers are given once the chain has ended: by then all of its accounts are there.
        for (int i = 0; i < chainCount; i++)
        {
            if (chainAccountsCreated[i])
            {
                addAccount(chainLedgers[i]);
            }
        }
        final int count = chainCount;
        chainCount = 0;
        for (int i = 0; i < count; i++)
        {
            number(chainFirstSequence + i, chainLedgers[i], chainLedgerSequences[i], false);
        }
    }

    private void number(
        final long sequence, final int ledger, final long ledgerSequence, final boolean isAccountCreated)
    {
        if (isAccountCreated)
        {
            addAccount(ledger);
        }
        final LedgerTally tally = ledgers.get(ledger);
        final long expected = tally == null ? 0 : tally.nextLedgerSequence();
        if (ledgerSequence != expected)
        {
            problems.onProblem(
                sequence,
                "its number in its ledger differs: ledger=" + Integer.toUnsignedString(ledger) +
                ", expected ledger_sequence=" + expected + ", recorded=" + ledgerSequence);
        }
    }

    private void addAccount(final int ledger)
    {
        LedgerTally tally = ledgers.get(ledger);
        if (tally == null)
        {
            tally = new LedgerTally();
            ledgers.put(ledger, tally);
        }
        tally.addAccount();
    }
}
