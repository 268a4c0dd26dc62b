package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.TransferFlags;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

import java.util.Arrays;

/**
 * Checks the entries of a shard against what holds for every journal, without asking the state machine: sequences and
 * ledger sequences without gaps, slots that rise and fit their batch, outcomes that exist, chains that count together
 * or not at all, amounts and accounts that a created transfer really has, ledgers on their own shard.
 * <p>
 * Shape: a row for each ledger and the entries of the chain that is open.<br>
 * Cost: some reads an entry; nothing is allocated while all is well.<br>
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

    /** What the entries say of a ledger. */
    static final class LedgerTally
    {
        private final WideSum moved = new WideSum();
        private long ledgerSequence;
        private long accountCount;

        long ledgerSequence()
        {
            return ledgerSequence;
        }

        long accountCount()
        {
            return accountCount;
        }

        WideSum moved()
        {
            return moved;
        }
    }

    private static final int NOT_PLAIN = TransferFlags.PENDING | TransferFlags.POST_PENDING_TRANSFER |
        TransferFlags.VOID_PENDING_TRANSFER | TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT |
        TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT;
    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int CREATED = AccountOutcome.CREATED.code();
    private static final int CHAIN_INITIAL_LENGTH = 64;
    private static final int EXTENSION_OFFSET =
        BODY_OFFSET + ExtendedTransferEntryDecoder.amountMovedHighEncodingOffset();
    private static final int EXTENDED_LENGTH = BODY_OFFSET + ExtendedTransferEntryDecoder.BLOCK_LENGTH;

    private final int shard;
    private final ShardRouter router;
    private final int batchCountMax;
    private final ProblemHandler problems;
    private final Outcomes outcomes = new Outcomes();
    private final Int2ObjectHashMap<LedgerTally> ledgers = new Int2ObjectHashMap<>();
    private final TransferEntryDecoder entry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder();
    private final AccountEntryDecoder account = new AccountEntryDecoder();

    private long nextSequence = LedgerStateMachine.FIRST_SEQUENCE;
    private long lastTimestampNs;
    private int batchIndex;
    private int batchCount;
    private boolean isBatchOfAccounts;

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
        if (templateId == AccountEntryDecoder.TEMPLATE_ID ||
            templateId == TransferEntryDecoder.TEMPLATE_ID ||
            templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID)
        {
            // The three agree in the places of all that the block of a transfer entry has.
            entry.wrap(
                buffer, offset + BODY_OFFSET, TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
            onEvent(sequence, templateId, buffer, offset);
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

    private void onEvent(final long sequence, final int templateId, final DirectBuffer buffer, final int offset)
    {
        final boolean isAccount = templateId == AccountEntryDecoder.TEMPLATE_ID;
        final boolean isExtended = templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
        checkBatch(sequence, isAccount);

        final int outcome = (int)entry.outcome();
        if (!outcomes.count(isAccount, outcome))
        {
            problems.onProblem(sequence, "no outcome has this code: " + Integer.toUnsignedString(outcome));
        }
        final boolean isCreated = outcome == CREATED;
        final TransferRecordDecoder transfer = entry.transfer();
        final int ledger = (int)transfer.ledger();
        final int flags = transfer.flags();
        if (isAccount)
        {
            account.wrap(
                buffer, offset + BODY_OFFSET, AccountEntryDecoder.BLOCK_LENGTH, AccountEntryDecoder.SCHEMA_VERSION);
            checkAccount(sequence, isCreated, ledger);
        }
        else
        {
            if (isExtended)
            {
                extended.wrap(
                    buffer, offset + BODY_OFFSET,
                    ExtendedTransferEntryDecoder.BLOCK_LENGTH, ExtendedTransferEntryDecoder.SCHEMA_VERSION);
            }
            checkTransfer(sequence, isCreated, isExtended, transfer, buffer, offset);
        }

        final boolean isLinked = (flags & TransferFlags.LINKED) != 0;
        final boolean isChainEnd = !isLinked || batchIndex == batchCount - 1;
        if (chainCount == 0 && isChainEnd)
        {
            number(sequence, ledger, entry.ledgerSequence(), isAccount && isCreated);
        }
        else
        {
            addToChain(sequence, ledger, entry.ledgerSequence(), isAccount, isCreated);
            if (isChainEnd)
            {
                endChain(sequence);
            }
        }
    }

    private void checkBatch(final long sequence, final boolean isAccount)
    {
        final int index = entry.batchIndex();
        final int count = entry.batchCount();
        final long timestampNs = entry.timestampNs();
        if (timestampNs <= lastTimestampNs)
        {
            problems.onProblem(
                sequence,
                "its slot is not behind the one before: timestamp_ns=" + timestampNs + ", before=" + lastTimestampNs);
        }
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
        }
        else if (index != batchIndex + 1 || count != batchCount || isAccount != isBatchOfAccounts ||
            timestampNs != lastTimestampNs + 1)
        {
            problems.onProblem(
                sequence,
                "it does not continue its batch: batch_index=" + index + ", batch_count=" + count + ", timestamp_ns=" +
                timestampNs + ", before it batch_index=" + batchIndex + ", batch_count=" + batchCount +
                ", timestamp_ns=" + lastTimestampNs);
        }
        batchIndex = index;
        batchCount = count;
        isBatchOfAccounts = isAccount;
        lastTimestampNs = timestampNs;
    }

    private void checkAccount(final long sequence, final boolean isCreated, final int ledger)
    {
        if (!isCreated)
        {
            return;
        }
        final var record = account.account();
        if ((record.debitsPendingHigh() | record.debitsPendingLow() | record.debitsPostedHigh() |
            record.debitsPostedLow() | record.creditsPendingHigh() | record.creditsPendingLow() |
            record.creditsPostedHigh() | record.creditsPostedLow()) != 0)
        {
            problems.onProblem(sequence, "an account was created with a balance");
        }
        if (router.shardOf(ledger) != shard)
        {
            problems.onProblem(
                sequence,
                "an account was created on the wrong shard: ledger=" + Integer.toUnsignedString(ledger) +
                ", shard=" + shard + ", home of the ledger=" + router.shardOf(ledger));
        }
    }

    private void checkTransfer(
        final long sequence,
        final boolean isCreated,
        final boolean isExtended,
        final TransferRecordDecoder transfer,
        final DirectBuffer buffer,
        final int offset)
    {
        if (!isCreated)
        {
            if (isExtended && !isZero(buffer, offset + EXTENSION_OFFSET, offset + EXTENDED_LENGTH))
            {
                problems.onProblem(sequence, "a transfer was refused and has an amount moved or resolved fields");
            }
            return;
        }
        final boolean isPlain = (transfer.flags() & NOT_PLAIN) == 0;
        if (isPlain && transfer.debitAccountIdHigh() == transfer.creditAccountIdHigh() &&
            transfer.debitAccountIdLow() == transfer.creditAccountIdLow())
        {
            problems.onProblem(sequence, "a transfer was created from an account to itself");
        }
        if (isExtended && isPlain && !isResolvedAsGiven(transfer))
        {
            problems.onProblem(
                sequence, "its amount moved or its resolved fields are not those of its command");
        }
        final boolean isMoving = (transfer.flags() & TransferFlags.PENDING) == 0;
        final LedgerTally tally = ledgers.get((int)transfer.ledger());
        if (tally != null && isMoving)
        {
            tally.moved.add(
                isExtended ? extended.amountMovedHigh() : transfer.amountHigh(),
                isExtended ? extended.amountMovedLow() : transfer.amountLow());
        }
        else if (isPlain)
        {
            problems.onProblem(
                sequence, "a transfer was created in a ledger without accounts: ledger=" + transfer.ledger());
        }
    }

    private boolean isResolvedAsGiven(final TransferRecordDecoder transfer)
    {
        return extended.amountMovedHigh() == transfer.amountHigh() &&
            extended.amountMovedLow() == transfer.amountLow() &&
            extended.pendingSequence() == 0 &&
            extended.resolvedDebitAccountIdHigh() == transfer.debitAccountIdHigh() &&
            extended.resolvedDebitAccountIdLow() == transfer.debitAccountIdLow() &&
            extended.resolvedCreditAccountIdHigh() == transfer.creditAccountIdHigh() &&
            extended.resolvedCreditAccountIdLow() == transfer.creditAccountIdLow() &&
            extended.resolvedUserData128High() == transfer.userData128High() &&
            extended.resolvedUserData128Low() == transfer.userData128Low() &&
            extended.resolvedUserData64() == transfer.userData64() &&
            extended.resolvedUserData32() == transfer.userData32() &&
            extended.resolvedLedger() == transfer.ledger() &&
            extended.resolvedCode() == transfer.code() &&
            extended.reopened() == 0;
    }

    private static boolean isZero(final DirectBuffer buffer, final int from, final int to)
    {
        for (int i = from; i < to; i++)
        {
            if (buffer.getByte(i) != 0)
            {
                return false;
            }
        }
        return true;
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
        final long expected = tally == null ? 0 : ++tally.ledgerSequence;
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
        tally.accountCount++;
    }
}
