package io.seriatim.ledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of the ledger once more, as plainly as they can be written: hash maps, big integers and one early
 * return for each rule, in the order of the specification. The engine is compared with it event by event.
 * <p>
 * Shape: one shard. Every object is immutable and replaced as a whole; a chain is undone by running the reverse of
 * each of its changes, last one first.<br>
 * Cost: grows with every event; nothing is ever dropped.<br>
 * Threads: confined to one.<br>
 * Source: the semantics of the ledger, written without a look at the engine.
 */
public final class ReferenceLedger
{
    /** Greatest number of 128 bits; reserved as an id. */
    public static final BigInteger U128_MAX = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    /** Least valid timestamp. */
    public static final long TS_MIN = 1;

    /** Greatest valid timestamp. */
    public static final long TS_MAX = Long.MAX_VALUE;

    private final ReferenceState state;
    private final ReferenceAccountRules accountRules;
    private final ReferenceTransferRules transferRules;
    private final ReferencePipeline pipeline;
    private final ReferenceReads reads;
    private long previousTimestamp;
    private long entryTimestamp;

    /** A ledger without state roots. */
    public ReferenceLedger()
    {
        this(0);
    }

    /**
     * A ledger with state roots, which take sequences.
     *
     * @param stateRootEvery as in the genesis.
     */
    public ReferenceLedger(final long stateRootEvery)
    {
        state = new ReferenceState(stateRootEvery);
        accountRules = new ReferenceAccountRules(state);
        transferRules = new ReferenceTransferRules(state);
        pipeline = new ReferencePipeline(state);
        reads = new ReferenceReads(state);
    }

    /**
     * How many state roots were written.
     *
     * @return a count.
     */
    public int stateRootCount()
    {
        return state.stateRootCount();
    }

    // Sections 8 and 13: time.

    /**
     * Take a request: release what is due, then give it its timestamp. A request without events has had its turn
     * with this.
     *
     * @param clock      as read when the request is taken.
     * @param eventCount how many events it creates; 0 for reads.
     * @return the batch timestamp; the slots of the events are the last ones up to it.
     */
    public long takeTime(final long clock, final int eventCount)
    {
        release(clock);
        final long start = Math.max(previousTimestamp + 1, clock);
        if (eventCount == 0)
        {
            previousTimestamp = start;
        }
        return start + eventCount;
    }

    /**
     * Release the pending transfers that are due, as a clock operation and an idle tick do.
     *
     * @param clock as read at this moment.
     * @return what was released, in order; if nothing was, no time has passed.
     */
    public List<Expiry> release(final long clock)
    {
        return release(clock, Long.MAX_VALUE);
    }

    private List<Expiry> release(final long clock, final long nextSequence)
    {
        final TimeAhead ahead = timeAhead(clock, 0);
        final List<Expiry> released = new ArrayList<>();
        ahead.releases().forEach((id, timestamp) ->
        {
            if (state.nextSequence() < nextSequence)
            {
                released.add(expire(state.transfer(id), timestamp));
                previousTimestamp = timestamp;
                entryTimestamp = timestamp;
            }
        });
        return released;
    }

    /**
     * Take a request of which only the first entries are left after a crash: expiries that it released, then events.
     * The last entry is the end of a chain, or of none.
     *
     * @param request      that was taken.
     * @param nextSequence of the first entry that is gone.
     */
    public void applyUpTo(final HostileRequest request, final long nextSequence)
    {
        release(request.clock(), nextSequence);
        final long batchTimestamp = request.batchTimestamp();
        final int kept = switch (request.kind())
        {
            case ACCOUNTS ->
                pipeline.createBatch(batchTimestamp, request.accounts(), nextSequence, accountRules).size();
            case TRANSFERS ->
                pipeline.createBatch(batchTimestamp, request.transfers(), nextSequence, transferRules).size();
            default -> define(batchTimestamp, request.definitions(), nextSequence).size();
        };
        if (kept > 0)
        {
            endBatch(batchTimestamp - request.count() + kept, kept);
        }
    }

    /**
     * What taking a request would do, without doing it.
     *
     * @param clock      as it would be read.
     * @param eventCount how many events it would create.
     * @return what would be released when, and the batch timestamp.
     */
    public TimeAhead timeAhead(final long clock, final int eventCount)
    {
        final Map<BigInteger, Long> releases = new LinkedHashMap<>();
        long previous = previousTimestamp;
        boolean isAnyDue = true;
        while (isAnyDue)
        {
            final long time = Math.max(previous + 1, clock);
            long timestamp = time;
            for (final Map.Entry<ReferenceState.Deadline, BigInteger> next : state.deadlines().entrySet())
            {
                if (next.getKey().expiry() > time)
                {
                    break;
                }
                if (!releases.containsKey(next.getValue()))
                {
                    releases.put(next.getValue(), ++timestamp);
                }
            }
            isAnyDue = timestamp > time;
            previous = isAnyDue ? timestamp : previous;
        }
        return new TimeAhead(Math.max(previous + 1, clock) + eventCount, releases);
    }

    /** Be closed and opened again: time that has left no entry is forgotten (section 13). */
    public void restart()
    {
        previousTimestamp = entryTimestamp;
    }

    private Expiry expire(final Transfer pending, final long timestamp)
    {
        final TransferEvent reserved = pending.stored();
        final long sequence = state.takeSequence();
        state.startUndoScope();
        transferRules.expire(pending, timestamp, sequence);
        final Expiry expiry = new Expiry(
            sequence,
            state.takeLedgerSequence(reserved.ledger()),
            timestamp,
            reserved.id(),
            reserved.amount(),
            reserved.has(TransferEvent.CLOSING_DEBIT),
            reserved.has(TransferEvent.CLOSING_CREDIT));
        state.addExpiry(expiry);
        state.endGroup();
        return expiry;
    }

    // Creates.

    /**
     * Create accounts.
     *
     * @param batchTimestamp slot of the last event.
     * @param events         of the batch.
     * @return one result for each event, in the same order.
     */
    public List<Result> createAccounts(final long batchTimestamp, final List<AccountEvent> events)
    {
        return createBatch(batchTimestamp, events, accountRules);
    }

    /**
     * Create transfers.
     *
     * @param batchTimestamp slot of the last event.
     * @param events         of the batch.
     * @return one result for each event, in the same order.
     */
    public List<Result> createTransfers(final long batchTimestamp, final List<TransferEvent> events)
    {
        return createBatch(batchTimestamp, events, transferRules);
    }

    /**
     * Define ledgers: each definition is an entry and the newest of a ledger counts. It changes no outcome.
     *
     * @param batchTimestamp slot of the last definition.
     * @param given          the definitions.
     * @return one result for each definition, in the same order; all of them created.
     */
    public List<Result> defineLedgers(final long batchTimestamp, final List<LedgerDefinition> given)
    {
        checkRoom(batchTimestamp, given.size());
        final List<Result> results = define(batchTimestamp, given, Long.MAX_VALUE);
        endBatch(batchTimestamp, results.size());
        return results;
    }

    private List<Result> define(
        final long batchTimestamp, final List<LedgerDefinition> given, final long nextSequence)
    {
        final List<Result> results = new ArrayList<>(given.size());
        for (int i = 0; i < given.size() && state.nextSequence() < nextSequence; i++)
        {
            final LedgerDefinition definition = given.get(i);
            final long slot = batchTimestamp - given.size() + i + 1;
            state.define(definition);
            results.add(
                Result.created(DefinitionStatus.CREATED, slot, state.takeSequence())
                    .withLedgerSequence(state.takeLedgerSequence(definition.ledger())));
            state.endGroup();
        }
        return results;
    }

    /**
     * Answer a read as of now. Its timestamp has to be taken before.
     *
     * @param read the question.
     * @return the records that answer it; none if there is nothing or the question is invalid.
     */
    public List<? extends Record> read(final ReferenceRead read)
    {
        return read.answerFrom(reads);
    }

    private <E extends Event> List<Result> createBatch(
        final long batchTimestamp, final List<E> events, final ReferencePipeline.Rules<E> rules)
    {
        checkRoom(batchTimestamp, events.size());
        final List<Result> results = pipeline.createBatch(batchTimestamp, events, Long.MAX_VALUE, rules);
        endBatch(batchTimestamp, results.size());
        return results;
    }

    private void endBatch(final long batchTimestamp, final int count)
    {
        previousTimestamp = batchTimestamp;
        entryTimestamp = count == 0 ? entryTimestamp : batchTimestamp;
    }

    private void checkRoom(final long batchTimestamp, final int count)
    {
        // A batch without events takes no slot, so it may stand where a read has stood.
        final boolean hasRoom = count == 0 ?
            batchTimestamp >= previousTimestamp : batchTimestamp - count > previousTimestamp;
        if (!hasRoom)
        {
            throw new IllegalArgumentException(
                "batch timestamp does not leave room for the slots: batchTimestamp=" + batchTimestamp +
                ", count=" + count + ", previousTimestamp=" + previousTimestamp);
        }
    }

    // What can be seen from outside.

    /**
     * Account by its id.
     *
     * @param id of the account.
     * @return the account, or null.
     */
    public Account lookupAccount(final BigInteger id)
    {
        return state.account(id);
    }

    /**
     * Transfer by its id.
     *
     * @param id of the transfer.
     * @return the transfer, or null; a poisoned id is none.
     */
    public Transfer lookupTransfer(final BigInteger id)
    {
        return state.transfer(id);
    }

    /**
     * What has become of a pending transfer.
     *
     * @param id of the transfer.
     * @return its state; none if it is no pending transfer.
     */
    public PendingState pendingState(final BigInteger id)
    {
        return state.pendingState(id);
    }

    /**
     * All accounts.
     *
     * @return in the order of their creation.
     */
    public Collection<Account> accounts()
    {
        return state.accounts();
    }

    /**
     * All transfers.
     *
     * @return in the order of their creation.
     */
    public Collection<Transfer> transfers()
    {
        return state.transfers();
    }

    /**
     * All pending transfers, open or not.
     *
     * @return the state of each, in the order of their creation.
     */
    public Map<BigInteger, PendingState> pendingStates()
    {
        return state.pendingStates();
    }

    /**
     * All expiries so far.
     *
     * @return in the order of the journal.
     */
    public List<Expiry> expiries()
    {
        return state.expiries();
    }

    /**
     * All poisoned ids of transfers.
     *
     * @return each with the answer that refused it first, in that order.
     */
    public Map<BigInteger, FirstAnswer> failedIds()
    {
        return state.failures();
    }

    /**
     * Newest definition of a ledger.
     *
     * @param ledger its number.
     * @return the definition, or null.
     */
    public LedgerDefinition definition(final int ledger)
    {
        return state.definition(ledger);
    }

    /**
     * When the next open pending transfer is due.
     *
     * @return its expiry, or 0 if none has one.
     */
    public long nextExpiry()
    {
        return state.deadlines().isEmpty() ? 0 : state.deadlines().firstKey().expiry();
    }

    /**
     * Open pending transfers that have a timeout.
     *
     * @return their ids, in the order in which they are due.
     */
    public Collection<BigInteger> dueNext()
    {
        return state.deadlines().values();
    }

    /**
     * Sequence that the next entry will get.
     *
     * @return the sequence.
     */
    public long nextSequence()
    {
        return state.nextSequence();
    }

    /**
     * How many entries a ledger has.
     *
     * @param ledger its number.
     * @return the greatest sequence given in it, or 0.
     */
    public long ledgerSequence(final int ledger)
    {
        return state.ledgerSequence(ledger);
    }

    /**
     * How many accounts a ledger has.
     *
     * @param ledger its number.
     * @return the count.
     */
    public int accountCount(final int ledger)
    {
        return state.accountCount(ledger);
    }

    /**
     * Timestamp of the latest request or expiry.
     *
     * @return the timestamp, or 0.
     */
    public long previousTimestamp()
    {
        return previousTimestamp;
    }

    /**
     * Mark that imported accounts must pass.
     *
     * @return the timestamp, or 0.
     */
    public long greatestAccountTimestamp()
    {
        return state.greatestAccountTimestamp();
    }

    /**
     * Mark that imported transfers must pass.
     *
     * @return the timestamp, or 0.
     */
    public long greatestTransferTimestamp()
    {
        return state.greatestTransferTimestamp();
    }

    /**
     * Whether an account was created with this timestamp.
     *
     * @param timestamp to look for.
     * @return whether there is one.
     */
    public boolean isAccountTimestamp(final long timestamp)
    {
        return state.isAccountTimestamp(timestamp);
    }

    /**
     * Whether a transfer was created with this timestamp.
     *
     * @param timestamp to look for.
     * @return whether there is one.
     */
    public boolean isTransferTimestamp(final long timestamp)
    {
        return state.isTransferTimestamp(timestamp);
    }

    /**
     * Whether a pending transfer was released with this timestamp.
     *
     * @param timestamp to look for.
     * @return whether there is one.
     */
    public boolean isExpiryTimestamp(final long timestamp)
    {
        return state.isExpiryTimestamp(timestamp);
    }

    /**
     * Sums over all accounts, by ledger; these can be greater than an account can hold.
     *
     * @return the sums, in the order of the ledgers' numbers.
     */
    public Map<Long, Balances> sumsByLedger()
    {
        final Map<Long, Balances> sums = new TreeMap<>();
        for (final Account account : state.accounts())
        {
            final long ledger = Integer.toUnsignedLong(account.given().ledger());
            sums.merge(ledger, account.balances(), Balances::plus);
        }
        return sums;
    }

    /**
     * Whether debits equal credits in every ledger, posted and pending, and every account is within its limits.
     *
     * @return true unless the reference itself is wrong.
     */
    public boolean isBalanced()
    {
        for (final Balances sum : sumsByLedger().values())
        {
            if (!sum.debitsPosted.equals(sum.creditsPosted) || !sum.debitsPending.equals(sum.creditsPending))
            {
                return false;
            }
        }
        for (final Account account : state.accounts())
        {
            final Balances balances = account.balances();
            if (balances.debits().compareTo(U128_MAX) > 0 || balances.credits().compareTo(U128_MAX) > 0)
            {
                return false;
            }
            if (account.given().has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
                balances.debits().compareTo(balances.creditsPosted) > 0)
            {
                return false;
            }
            if (account.given().has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS) &&
                balances.credits().compareTo(balances.debitsPosted) > 0)
            {
                return false;
            }
        }
        return true;
    }

    /**
     * The four balances of an account, or their sums over many.
     *
     * @param debitsPending  reserved on the debit side.
     * @param debitsPosted   moved on the debit side.
     * @param creditsPending reserved on the credit side.
     * @param creditsPosted  moved on the credit side.
     */
    public record Balances(
        BigInteger debitsPending, BigInteger debitsPosted, BigInteger creditsPending, BigInteger creditsPosted)
    {
        static final Balances ZERO = new Balances(
            BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

        BigInteger debits()
        {
            return debitsPending.add(debitsPosted);
        }

        BigInteger credits()
        {
            return creditsPending.add(creditsPosted);
        }

        Balances plusDebits(final BigInteger pending, final BigInteger posted)
        {
            return new Balances(debitsPending.add(pending), debitsPosted.add(posted), creditsPending, creditsPosted);
        }

        Balances plusCredits(final BigInteger pending, final BigInteger posted)
        {
            return new Balances(debitsPending, debitsPosted, creditsPending.add(pending), creditsPosted.add(posted));
        }

        Balances plus(final Balances other)
        {
            return new Balances(
                debitsPending.add(other.debitsPending),
                debitsPosted.add(other.debitsPosted),
                creditsPending.add(other.creditsPending),
                creditsPosted.add(other.creditsPosted));
        }
    }

    /**
     * A stored account.
     *
     * @param given        the command that created it; its balances are zero, its flags are the current ones.
     * @param balances     now.
     * @param timestamp    of the account.
     * @param sequence     of the entry that created it.
     * @param flagsAtFirst that it was created with.
     */
    public record Account(AccountEvent given, Balances balances, long timestamp, long sequence, int flagsAtFirst)
    {
        boolean isClosed()
        {
            return given.has(AccountEvent.CLOSED);
        }

        Account withBalances(final Balances balances)
        {
            return new Account(given, balances, timestamp, sequence, flagsAtFirst);
        }

        Account withClosed(final boolean isClosed)
        {
            return isClosed == isClosed() ? this : withFlags(given.flags() ^ AccountEvent.CLOSED);
        }

        /** The account as it was created. */
        Account atFirst()
        {
            return withFlags(flagsAtFirst).withBalances(Balances.ZERO);
        }

        private Account withFlags(final int flags)
        {
            return new Account(
                given.with((draft) -> draft.flags = flags), balances, timestamp, sequence, flagsAtFirst);
        }

        /**
         * The account as a lookup shows it.
         *
         * @return the record of 128 bytes, in fields.
         */
        public AccountEvent asEvent()
        {
            return given.with((draft) ->
            {
                draft.debitsPending = balances.debitsPending;
                draft.debitsPosted = balances.debitsPosted;
                draft.creditsPending = balances.creditsPending;
                draft.creditsPosted = balances.creditsPosted;
                draft.timestamp = timestamp;
            });
        }
    }

    /**
     * A stored transfer.
     *
     * @param stored    the command that created it, with its amount and the fields that it inherits resolved.
     * @param timestamp of the transfer.
     * @param sequence  of the entry that created it.
     */
    public record Transfer(TransferEvent stored, long timestamp, long sequence)
    {
        /**
         * The transfer as a lookup shows it.
         *
         * @return the record of 128 bytes, in fields.
         */
        public TransferEvent asEvent()
        {
            return stored.with((draft) -> draft.timestamp = timestamp);
        }
    }

    /** What has become of a pending transfer, in the order of the numbers 0 to 4 on the wire. */
    public enum PendingState
    {
        /** It is no pending transfer. */
        NONE,

        /** It is open. */
        PENDING,

        /** Some or all of it was posted. */
        POSTED,

        /** It was called off. */
        VOIDED,

        /** Its time was over. */
        EXPIRED
    }

    /**
     * Entry of a pending transfer that was released because its time was over.
     *
     * @param sequence            of the entry.
     * @param ledgerSequence      of the entry in the ledger of the pending transfer.
     * @param timestamp           of the release.
     * @param pendingId           of the pending transfer.
     * @param amount              released.
     * @param isDebitReopened     whether the debit account was closed by the pending transfer and no longer is.
     * @param isCreditReopened    likewise the credit account.
     */
    public record Expiry(
        long sequence,
        long ledgerSequence,
        long timestamp,
        BigInteger pendingId,
        BigInteger amount,
        boolean isDebitReopened,
        boolean isCreditReopened)
    {
    }

    /**
     * What a clock reading will do.
     *
     * @param batchTimestamp of a request taken then.
     * @param releases       ids of the pending transfers that are due, each with its timestamp, in order.
     */
    public record TimeAhead(long batchTimestamp, Map<BigInteger, Long> releases)
    {
    }

    /**
     * The answer that decided about an id.
     *
     * @param status    created, or the transient refusal that made the id unusable.
     * @param sequence  of the entry.
     * @param timestamp of the object, or the slot of the refusal.
     */
    public record FirstAnswer(Status status, long sequence, long timestamp)
    {
    }

    /**
     * What people call a ledger.
     *
     * @param ledger    its number, unsigned.
     * @param assetCode of what it counts.
     * @param scale     decimal digits of the asset.
     */
    public record LedgerDefinition(int ledger, String assetCode, int scale)
    {
    }

    /** Answers to the definition of a ledger. */
    public enum DefinitionStatus implements Status
    {
        /** The only one. */
        CREATED;

        @Override
        public long code()
        {
            return CREATED_CODE;
        }

        @Override
        public boolean isTransient()
        {
            return false;
        }
    }
}
