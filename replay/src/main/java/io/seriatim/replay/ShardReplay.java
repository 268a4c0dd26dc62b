package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Genesis;
import io.seriatim.engine.ShardRouter;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.SegmentReader;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.EntryReplay;
import io.seriatim.ledger.LedgerDefinitions;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.LedgerSums;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRoots;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.Uint128;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One shard of an {@link AuditReplay}: runs its entries through a state machine and through {@link EntryCheck}, and
 * collects what differs.
 * <p>
 * Threads: confined to one.
 */
final class ShardReplay implements AutoCloseable
{
    private static final int WINDOW_CAPACITY_MIN = 8 * 1024;
    private static final long SEED = 0x5E71A71AL;

    private final int shard;
    private final Manifest manifest;
    private final int differenceCountMax;
    private final StateRootKey stateRootKey;
    private final Map<Long, String> recordedStates;
    private long snapshotCount;
    private final StoredEntries storedEntries;
    private final List<Difference> differences = new ArrayList<>();
    private long differenceCount;
    private Genesis genesis;
    private LedgerStateMachine stateMachine;
    private EntryReplay replay;
    private EntryCheck check;
    private long entryCount;
    private boolean isStopped;
    private long replayedTo;
    private long lastCloseSequence = -1;

    private DirectBuffer current;
    private int currentOffset;

    /**
     * A replay that has seen nothing.
     *
     * @param stateRootKey   of the state roots; null if those over accounts are not to be made again.
     * @param recordedStates digests of the state by the sequence that comes next, to be compared with.
     */
    ShardReplay(
        final int shard,
        final Manifest manifest,
        final SegmentReader reader,
        final int differenceCountMax,
        final StateRootKey stateRootKey,
        final Map<Long, String> recordedStates)
    {
        this.recordedStates = recordedStates;
        this.stateRootKey = stateRootKey;
        this.shard = shard;
        this.manifest = manifest;
        this.differenceCountMax = differenceCountMax;
        storedEntries = new StoredEntries(shard, reader.frameLengthMax());
        storedEntries.source(reader);
    }

    /** Take a frame of this shard; frames come in order. */
    void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
    {
        final int count = Frames.entryCount(buffer, offset);
        if (count == 0)
        {
            if (Frames.flags(buffer, offset) == Frames.CLOSE)
            {
                lastCloseSequence = Frames.firstSequence(buffer, offset) - 1;
            }
            return;
        }
        storedEntries.onFrame(position, Frames.firstSequence(buffer, offset));
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < count; i++)
        {
            if (i % LedgerStateMachine.READ_AHEAD_MAX == 0 && replay != null)
            {
                replay.readAhead(buffer, entryOffset, offset + length);
            }
            final int entryLength = Entries.length(buffer, entryOffset, offset + length);
            onEntry(buffer, entryOffset, entryLength);
            entryOffset += entryLength;
        }
    }

    /** Take the entry of this shard that a follower stands at; entries come in order. */
    void onEntry(final JournalFollower follower)
    {
        if (follower.isFirstOfFrame())
        {
            storedEntries.onFrame(follower.framePosition(), follower.sequence());
        }
        onEntry(follower.buffer(), follower.offset(), follower.length());
    }

    /** What differed first; null if nothing has. */
    Difference firstDifference()
    {
        return differences.isEmpty() ? null : differences.get(0);
    }

    private void onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        current = buffer;
        currentOffset = offset;
        entryCount++;
        if (entryCount == 1)
        {
            onGenesis(buffer, offset);
            return;
        }
        if (check != null)
        {
            check.onEntry(buffer, offset);
        }
        if (!isStopped)
        {
            execute(buffer, offset, length);
        }
    }

    private void execute(final DirectBuffer buffer, final int offset, final int length)
    {
        try
        {
            replay.onEntry(buffer, offset, length);
            replayedTo = stateMachine.nextSequence();
            if (!recordedStates.isEmpty() && recordedStates.containsKey(replayedTo))
            {
                compareWithSnapshot(recordedStates.get(replayedTo));
            }
        }
        catch (final JournalException ex)
        {
            throw ex;
        }
        catch (final RuntimeException ex)
        {
            isStopped = true;
            add(
                Entries.sequence(buffer, offset),
                "it can not be re-executed, so nothing behind it was: " + ex.getMessage(),
                EntryText.line(buffer, offset), "");
        }
    }

    private void compareWithSnapshot(final String recorded)
    {
        snapshotCount++;
        final String digest = HexFormat.of().formatHex(stateMachine.digest());
        if (!digest.equals(recorded))
        {
            add(
                replayedTo - 1,
                "the state differs from that of a snapshot: digest recorded=" + recorded + " executed=" + digest,
                "", "");
        }
    }

    private void onGenesis(final DirectBuffer buffer, final int offset)
    {
        final ShardRouter router;
        try
        {
            genesis = Genesis.decode(buffer, offset);
            router = genesis.router();
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            isStopped = true;
            add(0, "the shard does not begin with a genesis: " + ex.getMessage(), EntryText.line(buffer, offset), "");
            return;
        }
        if (genesis.shard() != shard || genesis.shardCount() != manifest.shardCount() ||
            !genesis.logUuid().equals(manifest.logUuid()))
        {
            add(
                0,
                "the genesis is not that of this place: expected shard=" + shard + " of " + manifest.shardCount() +
                ", log=" + manifest.logUuid(),
                EntryText.line(buffer, offset), "");
        }
        final int batchCountMax = genesis.batchCountMax();
        if (batchCountMax < 1 || batchCountMax > EngineConfig.BATCH_COUNT_MAX_LIMIT)
        {
            isStopped = true;
            add(
                0,
                "its batch_count_max is not from 1 to " + EngineConfig.BATCH_COUNT_MAX_LIMIT,
                EntryText.line(buffer, offset), "");
            return;
        }
        stateMachine = new LedgerStateMachine(
            batchCountMax,
            BitUtil.findNextPositivePowerOfTwo(Math.max(batchCountMax, WINDOW_CAPACITY_MIN)), SEED, storedEntries);
        replay = new EntryReplay(
            stateMachine,
            new StateRoots(
                genesis.stateRootEvery(), stateMachine, StateRootBuilder.maker(
                stateRootKey == null ? null : stateRootKey.forShard(genesis.logUuid(), shard)), null),
            this::onDivergence);
        check = new EntryCheck(
            shard, router, batchCountMax,
            (sequence, what) -> add(sequence, what, recordedLine(sequence), ""));
        replayedTo = stateMachine.nextSequence();
    }

    /** The entry at hand, if it is the one that is spoken of. */
    private String recordedLine(final long sequence)
    {
        return differences.size() < differenceCountMax && Entries.sequence(current, currentOffset) == sequence ?
            EntryText.line(current, currentOffset) : "";
    }

    private void onDivergence(
        final long sequence,
        final DirectBuffer recorded,
        final int recordedOffset,
        final DirectBuffer executed,
        final int executedOffset)
    {
        if (differences.size() >= differenceCountMax)
        {
            differenceCount++;
            return;
        }
        final String difference =
            EntryText.difference(recorded, recordedOffset, "recorded", executed, executedOffset, "executed");
        add(
            sequence,
            "it is executed otherwise than it was recorded: " +
            (difference.isEmpty() ? "bytes that no field shows" : difference),
            EntryText.line(recorded, recordedOffset), EntryText.line(executed, executedOffset),
            accountsOf(EntryText.fields(executed, executedOffset)));
    }

    /** What the accounts of a transfer hold by now, by what was executed here. */
    private String accountsOf(final Map<String, Object> transfer)
    {
        final StringBuilder text = new StringBuilder();
        final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(record, 0);
        for (final String side : List.of("debit", "credit"))
        {
            final Object resolved = transfer.getOrDefault("resolved_" + side + "_account_id", "0");
            final Object id = resolved.equals("0") ? transfer.getOrDefault(side + "_account_id", "0") : resolved;
            final Uint128 parsed = Uint128.parse(id.toString());
            if (stateMachine.readAccount(parsed.high(), parsed.low(), record, 0))
            {
                text.append(text.isEmpty() ? "" : "; ").append(side).append(" account ").append(id)
                    .append(": debits_posted=")
                    .append(new Uint128(account.debitsPostedHigh(), account.debitsPostedLow()))
                    .append(" credits_posted=")
                    .append(new Uint128(account.creditsPostedHigh(), account.creditsPostedLow()))
                    .append(" debits_pending=")
                    .append(new Uint128(account.debitsPendingHigh(), account.debitsPendingLow()))
                    .append(" credits_pending=")
                    .append(new Uint128(account.creditsPendingHigh(), account.creditsPendingLow()));
            }
        }
        return text.toString();
    }

    void add(final long sequence, final String what, final String recorded, final String executed)
    {
        add(sequence, what, recorded, executed, "");
    }

    private void add(
        final long sequence, final String what, final String recorded, final String executed, final String accounts)
    {
        differenceCount++;
        if (differences.size() < differenceCountMax)
        {
            differences.add(new Difference(shard, sequence, what, recorded, executed, accounts));
        }
    }

    Genesis genesis()
    {
        return genesis;
    }

    long entryCount()
    {
        return entryCount;
    }

    /** The state; null if there is no genesis to begin it with. */
    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    boolean isStopped()
    {
        return isStopped;
    }

    /** Judge the whole; the journal is null if it is damaged. */
    ShardAudit finish(final RecoveredJournal journal)
    {
        if (entryCount == 0 && journal != null)
        {
            add(0, "the shard has no genesis entry", "", "");
        }
        if (check != null)
        {
            check.onEnd();
        }
        final List<LedgerAudit> ledgers = ledgers();
        final List<DefinitionAudit> definitions = definitions();
        if (!isStopped && check != null)
        {
            comparePendings();
        }
        final MarkAudit mark = journal == null ? null : mark(journal.closeMarks().get(shard));
        final Outcomes outcomes = check == null ? new Outcomes() : check.outcomes();
        return new ShardAudit(
            shard,
            manifest.journalIndex(),
            genesis,
            entryCount,
            replayedTo,
            check == null ? 0 : check.lastTimestampNs(),
            stateMachine == null ? 0 : stateMachine.accountCount(),
            stateMachine == null ? 0 : stateMachine.transferCount(),
            check == null ? Map.of() : check.kinds().counts(),
            stateRootKey != null && !isStopped,
            snapshotCount,
            outcomes.ofAccounts(),
            outcomes.ofTransfers(),
            ledgers,
            definitions,
            mark,
            lastCloseSequence,
            journal == null ? -1 : journal.knownSequence(shard),
            differenceCount,
            differences);
    }

    private MarkAudit mark(final ShardMark recorded)
    {
        if (recorded == null)
        {
            return null;
        }
        final long sequence = recorded.nextSequence() - 1;
        if (isStopped || stateMachine == null || stateMachine.nextSequence() != recorded.nextSequence())
        {
            return new MarkAudit(sequence, recorded.stateDigest(), "", false);
        }
        final String digest = HexFormat.of().formatHex(stateMachine.digest());
        final boolean isDigestEqual = recorded.stateDigest().isEmpty() || recorded.stateDigest().equals(digest);
        final boolean isCountEqual = recorded.accountCount() == stateMachine.accountCount() &&
            recorded.transferCount() == stateMachine.transferCount();
        if (!isDigestEqual || !isCountEqual)
        {
            add(
                sequence,
                "the state differs from the one at the clean close: digest recorded=" + recorded.stateDigest() +
                " executed=" + digest + "; accounts recorded=" + recorded.accountCount() + " executed=" +
                stateMachine.accountCount() + "; transfers recorded=" + recorded.transferCount() + " executed=" +
                stateMachine.transferCount(),
                "", "");
        }
        return new MarkAudit(sequence, recorded.stateDigest(), digest, isDigestEqual && isCountEqual);
    }

    private List<LedgerAudit> ledgers()
    {
        final List<LedgerAudit> audits = new ArrayList<>();
        if (stateMachine == null)
        {
            return audits;
        }
        final Map<Long, LedgerSums> sums = new TreeMap<>();
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder();
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, row, 0);
            account.wrap(row, 0);
            sums.computeIfAbsent(account.ledger(), key -> new LedgerSums()).add(account);
        }
        sums.forEach((ledger, sum) ->
        {
            final LedgerTally tally = check.ledgers().get(ledger.intValue());
            final LedgerAudit audit = new LedgerAudit(
                ledger, sum.accountCount(), tally == null ? 0 : tally.ledgerSequence(),
                tally == null ? 0 : tally.pendingCount(), sum.debitsPending().value(), sum.debitsPosted().value(),
                sum.creditsPending().value(), sum.creditsPosted().value());
            audits.add(audit);
            compare(audit, tally);
        });
        return audits;
    }

    private void compare(final LedgerAudit audit, final LedgerTally tally)
    {
        final long last = replayedTo - 1;
        if (!audit.isBalanced())
        {
            add(last, "debits and credits differ: " + audit, "", "");
        }
        if (isStopped)
        {
            return;
        }
        if (tally == null || tally.accountCount() != audit.accountCount() ||
            !tally.moved().equals(audit.debitsPosted()))
        {
            add(
                last,
                "the entries of a ledger do not add up to its accounts: ledger=" + audit.ledger() +
                ", accounts created=" + (tally == null ? 0 : tally.accountCount()) + ", accounts=" +
                audit.accountCount() + ", moved=" + (tally == null ? 0 : tally.moved()) + ", debits_posted=" +
                audit.debitsPosted(),
                "", "");
        }
        if (tally != null && !tally.pending().equals(audit.debitsPending()))
        {
            add(
                last,
                "what the entries of a ledger reserve and release does not add up to its accounts: ledger=" +
                audit.ledger() + ", " + tally.pendingStory() + ", debits_pending=" + audit.debitsPending(),
                "", "");
        }
    }

    /** The state has each pending transfer open that the entries leave open, and as many transfers as they create. */
    private void comparePendings()
    {
        final long last = replayedTo - 1;
        for (final PendingTransfer pending : check.transfers().pendings().all())
        {
            final PendingState state = stateMachine.stateOfTransfer(
                pending.idHigh, pending.idLow, pending.sequence);
            if (state != PendingState.PENDING)
            {
                add(
                    last,
                    "a pending transfer is open by the entries and not in the state: pending_sequence=" +
                    pending.sequence + ", state=" + state,
                    "", "");
            }
        }
        final PendingTransfer first = check.transfers().pendings().first();
        final long nextExpiryNs = first == null ? Long.MAX_VALUE : first.expiryNs;
        if (nextExpiryNs != stateMachine.nextExpiryNs())
        {
            add(
                last,
                "what expires next differs: expiry_ns by the entries=" + nextExpiryNs + ", in the state=" +
                stateMachine.nextExpiryNs(),
                "", "");
        }
        if (check.transfers().createdCount() != stateMachine.transferCount())
        {
            add(
                last,
                "the entries create another number of transfers than there are: created=" +
                check.transfers().createdCount() + ", transfers=" + stateMachine.transferCount(),
                "", "");
        }
    }

    private List<DefinitionAudit> definitions()
    {
        final List<DefinitionAudit> definitions = new ArrayList<>();
        if (stateMachine == null)
        {
            return definitions;
        }
        final UnsafeBuffer row = new UnsafeBuffer(new byte[LedgerDefinitions.ROW_LENGTH]);
        for (int i = 0; i < stateMachine.definitionCount(); i++)
        {
            stateMachine.readDefinition(i, row, 0);
            definitions.add(DefinitionAudit.ofRow(row, 0));
        }
        definitions.sort(Comparator.comparingLong(DefinitionAudit::ledger));
        final List<DefinitionAudit> recorded = new ArrayList<>(check.definitions().values());
        if (!isStopped && !recorded.equals(definitions))
        {
            add(
                replayedTo - 1,
                "the definitions differ: by the entries=" + recorded + ", in the state=" + definitions,
                "", "");
        }
        return definitions;
    }

    @Override
    public void close()
    {
        if (stateMachine != null)
        {
            stateMachine.close();
        }
    }
}
