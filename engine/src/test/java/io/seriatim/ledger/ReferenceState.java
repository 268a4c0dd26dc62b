package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.FirstAnswer;
import io.seriatim.ledger.ReferenceLedger.LedgerDefinition;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import io.seriatim.ledger.ReferenceLedger.Transfer;
import io.seriatim.ledger.ReferenceReads.ChangeEvent;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything that the reference ledger knows. Each change that a chain can make leaves its reverse behind, and the
 * chain is undone by running these, last one first.
 */
final class ReferenceState
{
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Map<BigInteger, Account> accounts = new LinkedHashMap<>();
    private final Map<BigInteger, Transfer> transfers = new LinkedHashMap<>();

    /** Of pending transfers only, in the order of their creation. */
    private final Map<BigInteger, PendingState> pendingStates = new LinkedHashMap<>();

    /** Open pending transfers that have a timeout, in the order in which they are due. */
    private final NavigableMap<Deadline, BigInteger> deadlines = new TreeMap<>();

    /** Poisoned ids of transfers, each with the answer that poisoned it. No chain takes them back. */
    private final Map<BigInteger, FirstAnswer> failures = new LinkedHashMap<>();

    private final List<Expiry> expiries = new ArrayList<>();
    private final List<ChangeEvent> changeEvents = new ArrayList<>();
    private final Map<Integer, LedgerDefinition> definitions = new LinkedHashMap<>();

    private final Set<Long> accountTimestamps = new HashSet<>();
    private final Set<Long> transferTimestamps = new HashSet<>();
    private final Set<Long> expiryTimestamps = new HashSet<>();
    private long greatestAccountTimestamp;
    private long greatestTransferTimestamp;

    private final Map<Integer, Integer> accountCountByLedger = new HashMap<>();
    private final Map<Integer, Long> entryCountByLedger = new HashMap<>();
    private final long stateRootEvery;
    private boolean isStateRootWaiting;
    private long stateRootDue;
    private int stateRootCount;
    private long nextSequence = 1;

    private final Deque<Runnable> undo = new ArrayDeque<>();

    ReferenceState(final long stateRootEvery)
    {
        this.stateRootEvery = stateRootEvery;
        stateRootDue = stateRootEvery;
    }

    // Chains.

    void startUndoScope()
    {
        undo.clear();
    }

    void undoAll()
    {
        while (!undo.isEmpty())
        {
            undo.removeLast().run();
        }
    }

    // Changes.

    void insertAccount(final Account account)
    {
        final BigInteger id = account.given().id();
        final int ledger = account.given().ledger();
        final long greatestBefore = greatestAccountTimestamp;

        accounts.put(id, account);
        accountTimestamps.add(account.timestamp());
        greatestAccountTimestamp = account.timestamp();
        accountCountByLedger.merge(ledger, 1, Integer::sum);

        undo.addLast(() ->
        {
            accounts.remove(id);
            accountTimestamps.remove(account.timestamp());
            greatestAccountTimestamp = greatestBefore;
            accountCountByLedger.merge(ledger, -1, Integer::sum);
        });
    }

    void replaceAccount(final Account before, final Account after)
    {
        final BigInteger id = before.given().id();
        accounts.put(id, after);
        undo.addLast(() -> accounts.put(id, before));
    }

    void insertTransfer(final Transfer transfer)
    {
        final BigInteger id = transfer.stored().id();
        final long greatestBefore = greatestTransferTimestamp;

        transfers.put(id, transfer);
        transferTimestamps.add(transfer.timestamp());
        greatestTransferTimestamp = transfer.timestamp();

        undo.addLast(() ->
        {
            transfers.remove(id);
            transferTimestamps.remove(transfer.timestamp());
            greatestTransferTimestamp = greatestBefore;
        });
    }

    /** The transfer, just inserted, waits to be posted, voided or to expire. */
    void open(final Transfer pending)
    {
        final BigInteger id = pending.stored().id();
        pendingStates.put(id, PendingState.PENDING);
        undo.addLast(() -> pendingStates.remove(id));
        if (pending.stored().timeout() != 0)
        {
            final Deadline deadline = deadline(pending);
            deadlines.put(deadline, id);
            undo.addLast(() -> deadlines.remove(deadline));
        }
    }

    /** The transfer has waited long enough. */
    void resolve(final Transfer pending, final PendingState resolved)
    {
        final BigInteger id = pending.stored().id();
        pendingStates.put(id, resolved);
        undo.addLast(() -> pendingStates.put(id, PendingState.PENDING));
        if (pending.stored().timeout() != 0)
        {
            final Deadline deadline = deadline(pending);
            deadlines.remove(deadline);
            undo.addLast(() -> deadlines.put(deadline, id));
        }
    }

    void addChangeEvent(final ChangeEvent changeEvent)
    {
        changeEvents.add(changeEvent);
        undo.addLast(() -> changeEvents.remove(changeEvents.size() - 1));
    }

    void addExpiry(final Expiry expiry)
    {
        expiries.add(expiry);
        expiryTimestamps.add(expiry.timestamp());
    }

    void poison(final BigInteger id, final FirstAnswer answer)
    {
        failures.put(id, answer);
    }

    void define(final LedgerDefinition definition)
    {
        definitions.put(definition.ledger(), definition);
    }

    long takeSequence()
    {
        return nextSequence++;
    }

    /** Format: behind the end of a group the entry of a state root may come, and another one is begun. */
    void endGroup()
    {
        final long last = nextSequence - 1;
        if (stateRootEvery > 0 && last >= stateRootDue)
        {
            stateRootDue = (last / stateRootEvery + 1) * stateRootEvery;
            if (isStateRootWaiting)
            {
                takeSequence();
                stateRootCount++;
            }
            isStateRootWaiting = true;
        }
    }

    int stateRootCount()
    {
        return stateRootCount;
    }

    /** Number of a new entry in its ledger; 0 if that has no account. */
    long takeLedgerSequence(final int ledger)
    {
        return accountCount(ledger) == 0 ? 0 : entryCountByLedger.merge(ledger, 1L, Long::sum);
    }

    // What is known.

    Account account(final BigInteger id)
    {
        return accounts.get(id);
    }

    Transfer transfer(final BigInteger id)
    {
        return transfers.get(id);
    }

    PendingState pendingState(final BigInteger id)
    {
        return pendingStates.getOrDefault(id, PendingState.NONE);
    }

    FirstAnswer failure(final BigInteger id)
    {
        return failures.get(id);
    }

    LedgerDefinition definition(final int ledger)
    {
        return definitions.get(ledger);
    }

    Collection<Account> accounts()
    {
        return Collections.unmodifiableCollection(accounts.values());
    }

    Collection<Transfer> transfers()
    {
        return Collections.unmodifiableCollection(transfers.values());
    }

    Map<BigInteger, PendingState> pendingStates()
    {
        return Collections.unmodifiableMap(pendingStates);
    }

    NavigableMap<Deadline, BigInteger> deadlines()
    {
        return Collections.unmodifiableNavigableMap(deadlines);
    }

    Map<BigInteger, FirstAnswer> failures()
    {
        return Collections.unmodifiableMap(failures);
    }

    List<Expiry> expiries()
    {
        return Collections.unmodifiableList(expiries);
    }

    /** In the order of the journal. */
    List<ChangeEvent> changeEvents()
    {
        return Collections.unmodifiableList(changeEvents);
    }

    long greatestAccountTimestamp()
    {
        return greatestAccountTimestamp;
    }

    long greatestTransferTimestamp()
    {
        return greatestTransferTimestamp;
    }

    boolean isAccountTimestamp(final long timestamp)
    {
        return accountTimestamps.contains(timestamp);
    }

    boolean isTransferTimestamp(final long timestamp)
    {
        return transferTimestamps.contains(timestamp);
    }

    boolean isExpiryTimestamp(final long timestamp)
    {
        return expiryTimestamps.contains(timestamp);
    }

    int accountCount(final int ledger)
    {
        return accountCountByLedger.getOrDefault(ledger, 0);
    }

    long ledgerSequence(final int ledger)
    {
        return entryCountByLedger.getOrDefault(ledger, 0L);
    }

    long nextSequence()
    {
        return nextSequence;
    }

    /** When a pending transfer with a timeout expires; the rules have seen to it that this is a timestamp. */
    static long expiry(final Transfer pending)
    {
        return pending.timestamp() + Integer.toUnsignedLong(pending.stored().timeout()) * NS_PER_SECOND;
    }

    private static Deadline deadline(final Transfer pending)
    {
        return new Deadline(expiry(pending), pending.timestamp());
    }

    /**
     * The order in which pending transfers expire.
     *
     * @param expiry            when it is due.
     * @param transferTimestamp of the pending transfer, which no other one has.
     */
    record Deadline(long expiry, long transferTimestamp) implements Comparable<Deadline>
    {
        @Override
        public int compareTo(final Deadline other)
        {
            final int byExpiry = Long.compare(expiry, other.expiry);
            return byExpiry != 0 ? byExpiry : Long.compare(transferTimestamp, other.transferTimestamp);
        }
    }
}
