package io.seriatim.ledger;

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
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the ledger once more, as plainly as they can be written: hash maps, big integers and one early
 * return for each rule, in the order of the specification. The engine is compared with it event by event.
 * <p>
 * Shape: one shard. Every object is immutable and replaced as a whole; a chain is undone by running the reverse of
 * each of its changes, last one first.<br>
 * Cost: grows with every event; nothing is ever dropped.<br>
 * Threads: confined to one.<br>
 * Source: the semantics of the ledger, written without a look at the engine. Transfers with one of the flags in
 * {@link #UNSUPPORTED_TRANSFER_FLAGS} are a caller's mistake here.
 */
public final class ReferenceLedger
{
    /** Greatest number of 128 bits; reserved as an id. */
    public static final BigInteger U128_MAX = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    /** Least valid timestamp. */
    public static final long TS_MIN = 1;

    /** Greatest valid timestamp. */
    public static final long TS_MAX = Long.MAX_VALUE;

    /** Flags that this ledger does not know yet: a batch with one of them is refused whole. */
    public static final int UNSUPPORTED_TRANSFER_FLAGS =
        TransferEvent.PENDING | TransferEvent.POST_PENDING_TRANSFER | TransferEvent.VOID_PENDING_TRANSFER |
        TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT |
        TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT;

    private static final int RESERVED_ACCOUNT_FLAGS = 0xFFC0;
    private static final int RESERVED_TRANSFER_FLAGS = 0xFE00;
    private static final BigInteger NS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);
    private static final int NONE = -1;

    private static final Head ACCOUNT_HEAD = new Head(
        AccountStatus.LINKED_EVENT_CHAIN_OPEN,
        AccountStatus.LINKED_EVENT_FAILED,
        AccountStatus.IMPORTED_EVENT_EXPECTED,
        AccountStatus.IMPORTED_EVENT_NOT_EXPECTED,
        AccountStatus.TIMESTAMP_MUST_BE_ZERO,
        AccountStatus.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
        AccountStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);

    private static final Head TRANSFER_HEAD = new Head(
        TransferStatus.LINKED_EVENT_CHAIN_OPEN,
        TransferStatus.LINKED_EVENT_FAILED,
        TransferStatus.IMPORTED_EVENT_EXPECTED,
        TransferStatus.IMPORTED_EVENT_NOT_EXPECTED,
        TransferStatus.TIMESTAMP_MUST_BE_ZERO,
        TransferStatus.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
        TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE);

    private final Map<BigInteger, Account> accounts = new LinkedHashMap<>();
    private final Map<BigInteger, Transfer> transfers = new LinkedHashMap<>();

    /** Poisoned ids of transfers, each with the sequence of the entry that refused it first. */
    private final Map<BigInteger, Long> failedIds = new LinkedHashMap<>();

    private final Set<Long> accountTimestamps = new HashSet<>();
    private final Set<Long> transferTimestamps = new HashSet<>();
    private long greatestAccountTimestamp;
    private long greatestTransferTimestamp;

    private final Map<Integer, Integer> accountCountByLedger = new HashMap<>();
    private final Map<Integer, Long> entryCountByLedger = new HashMap<>();

    private long nextSequence = 1;
    private long previousTimestamp;

    /** How to take back what the open chain has changed so far. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    /**
     * Create accounts.
     *
     * @param batchTimestamp slot of the last event.
     * @param events         of the batch.
     * @return one result for each event, in the same order.
     */
    public List<Result> createAccounts(final long batchTimestamp, final List<AccountEvent> events)
    {
        return createBatch(batchTimestamp, events, ACCOUNT_HEAD, this::createAccount);
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
        for (final TransferEvent event : events)
        {
            if (event.has(UNSUPPORTED_TRANSFER_FLAGS))
            {
                throw new IllegalArgumentException("flags that the reference does not know: " + event);
            }
        }
        return createBatch(batchTimestamp, events, TRANSFER_HEAD, this::createTransfer);
    }

    // Section 3: the pipeline of a batch.

    private <E extends Event> List<Result> createBatch(
        final long batchTimestamp, final List<E> events, final Head head, final Creator<E> creator)
    {
        final int count = events.size();
        if (batchTimestamp - count <= previousTimestamp)
        {
            throw new IllegalArgumentException(
                "batch timestamp does not leave room for the slots: batchTimestamp=" + batchTimestamp +
                ", count=" + count + ", previousTimestamp=" + previousTimestamp);
        }

        final List<Result> results = new ArrayList<>(count);
        final boolean batchIsImport = count > 0 && events.get(0).isImported();
        int chainStart = NONE;
        boolean chainIsBroken = false;

        for (int i = 0; i < count; i++)
        {
            final E event = events.get(i);
            final long slot = batchTimestamp - count + i + 1;
            final long sequence = nextSequence++;

            if (chainStart == NONE)
            {
                undo.clear();
                chainIsBroken = false;
                if (event.isLinked())
                {
                    chainStart = i;
                }
            }

            final boolean isLast = i == count - 1;
            final Status headStatus = headStatus(event, isLast, chainIsBroken, batchIsImport, batchTimestamp, head);
            final Result result = headStatus != null ?
                refused(headStatus, slot, sequence) :
                creator.create(event, slot, sequence);
            final Status status = result.status();
            results.add(result);

            if (!status.isCreated() && chainStart != NONE && !chainIsBroken)
            {
                undoChain();
                chainIsBroken = true;
                for (int j = chainStart; j < i; j++)
                {
                    results.set(j, results.get(j).rewritten(head.linkedEventFailed));
                }
            }

            if (status.isTransient())
            {
                failedIds.put(event.id(), sequence);
            }

            if (chainStart == NONE)
            {
                numberInLedgers(events, results, i, i);
            }
            else if (!event.isLinked() || status == head.linkedEventChainOpen)
            {
                numberInLedgers(events, results, chainStart, i);
                chainStart = NONE;
            }
        }

        undo.clear();
        previousTimestamp = batchTimestamp;
        return results;
    }

    private static Status headStatus(
        final Event event,
        final boolean isLast,
        final boolean chainIsBroken,
        final boolean batchIsImport,
        final long batchTimestamp,
        final Head head)
    {
        if (event.isLinked() && isLast)
        {
            return head.linkedEventChainOpen;
        }
        if (chainIsBroken)
        {
            return head.linkedEventFailed;
        }
        if (batchIsImport && !event.isImported())
        {
            return head.importedEventExpected;
        }
        if (!batchIsImport && event.isImported())
        {
            return head.importedEventNotExpected;
        }
        if (!event.isImported() && event.timestamp() != 0)
        {
            return head.timestampMustBeZero;
        }
        // A timestamp above TS_MAX has the top bit set, so it is negative here.
        if (event.isImported() && event.timestamp() < TS_MIN)
        {
            return head.timestampOutOfRange;
        }
        if (event.isImported() && event.timestamp() >= batchTimestamp)
        {
            return head.timestampMustNotAdvance;
        }
        return null;
    }

    private void undoChain()
    {
        while (!undo.isEmpty())
        {
            undo.removeLast().run();
        }
    }

    /** Section 18.1: entries get their number in their ledger when their outcomes are final. */
    private void numberInLedgers(
        final List<? extends Event> events, final List<Result> results, final int first, final int last)
    {
        for (int i = first; i <= last; i++)
        {
            final int ledger = events.get(i).ledger();
            if (accountCountByLedger.getOrDefault(ledger, 0) > 0)
            {
                final long ledgerSequence = entryCountByLedger.merge(ledger, 1L, Long::sum);
                results.set(i, results.get(i).withLedgerSequence(ledgerSequence));
            }
        }
    }

    // Section 4: accounts.

    private Result createAccount(final AccountEvent event, final long slot, final long sequence)
    {
        if (event.reserved() != 0)
        {
            return refused(AccountStatus.RESERVED_FIELD, slot, sequence);
        }
        if (event.has(RESERVED_ACCOUNT_FLAGS))
        {
            return refused(AccountStatus.RESERVED_FLAG, slot, sequence);
        }
        if (isZero(event.id()))
        {
            return refused(AccountStatus.ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.id().equals(U128_MAX))
        {
            return refused(AccountStatus.ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }

        final Account original = accounts.get(event.id());
        if (original != null)
        {
            final AccountStatus status = compare(event, original);
            return status == AccountStatus.EXISTS ?
                exists(status, original.timestamp, original.sequence, sequence) :
                refused(status, slot, sequence);
        }

        if (event.has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
            event.has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS))
        {
            return refused(AccountStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE, slot, sequence);
        }
        if (!isZero(event.debitsPending()))
        {
            return refused(AccountStatus.DEBITS_PENDING_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.debitsPosted()))
        {
            return refused(AccountStatus.DEBITS_POSTED_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.creditsPending()))
        {
            return refused(AccountStatus.CREDITS_PENDING_MUST_BE_ZERO, slot, sequence);
        }
        if (!isZero(event.creditsPosted()))
        {
            return refused(AccountStatus.CREDITS_POSTED_MUST_BE_ZERO, slot, sequence);
        }
        if (event.ledger() == 0)
        {
            return refused(AccountStatus.LEDGER_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.code() == 0)
        {
            return refused(AccountStatus.CODE_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.isImported() &&
            (event.timestamp() <= greatestAccountTimestamp || transferTimestamps.contains(event.timestamp())))
        {
            return refused(AccountStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, slot, sequence);
        }

        final long timestamp = event.isImported() ? event.timestamp() : slot;
        insertAccount(new Account(event, Balances.ZERO, timestamp, sequence));
        return created(AccountStatus.CREATED, timestamp, sequence);
    }

    private static AccountStatus compare(final AccountEvent event, final Account original)
    {
        final AccountEvent stored = original.given;
        if (event.flags() != stored.flags())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (!event.userData128().equals(stored.userData128()))
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (event.userData64() != stored.userData64())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if (event.userData32() != stored.userData32())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (event.ledger() != stored.ledger())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (event.code() != stored.code())
        {
            return AccountStatus.EXISTS_WITH_DIFFERENT_CODE;
        }
        return AccountStatus.EXISTS;
    }

    private void insertAccount(final Account account)
    {
        final BigInteger id = account.given.id();
        final int ledger = account.given.ledger();
        final long greatestBefore = greatestAccountTimestamp;

        accounts.put(id, account);
        accountTimestamps.add(account.timestamp);
        greatestAccountTimestamp = account.timestamp;
        accountCountByLedger.merge(ledger, 1, Integer::sum);

        undo.addLast(() ->
        {
            accounts.remove(id);
            accountTimestamps.remove(account.timestamp);
            greatestAccountTimestamp = greatestBefore;
            accountCountByLedger.merge(ledger, -1, Integer::sum);
        });
    }

    // Section 5: transfers.

    /** Section 5.1; section 5.3 will branch off after the poisoned ids. */
    private Result createTransfer(final TransferEvent event, final long slot, final long sequence)
    {
        if (event.has(RESERVED_TRANSFER_FLAGS))
        {
            return refused(TransferStatus.RESERVED_FLAG, slot, sequence);
        }
        if (isZero(event.id()))
        {
            return refused(TransferStatus.ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.id().equals(U128_MAX))
        {
            return refused(TransferStatus.ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }

        final Transfer original = transfers.get(event.id());
        if (original != null)
        {
            final TransferStatus status = compare(event, original);
            return status == TransferStatus.EXISTS ?
                exists(status, original.timestamp, original.sequence, sequence) :
                refused(status, slot, sequence);
        }
        if (failedIds.containsKey(event.id()))
        {
            return new Result(TransferStatus.ID_ALREADY_FAILED, slot, sequence, 0, failedIds.get(event.id()));
        }

        return createOrdinaryTransfer(event, slot, sequence);
    }

    /** Section 5.2. */
    private Result createOrdinaryTransfer(final TransferEvent event, final long slot, final long sequence)
    {
        if (isZero(event.debitAccountId()))
        {
            return refused(TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.debitAccountId().equals(U128_MAX))
        {
            return refused(TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }
        if (isZero(event.creditAccountId()))
        {
            return refused(TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.creditAccountId().equals(U128_MAX))
        {
            return refused(TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, slot, sequence);
        }
        if (event.debitAccountId().equals(event.creditAccountId()))
        {
            return refused(TransferStatus.ACCOUNTS_MUST_BE_DIFFERENT, slot, sequence);
        }
        if (!isZero(event.pendingId()))
        {
            return refused(TransferStatus.PENDING_ID_MUST_BE_ZERO, slot, sequence);
        }
        if (event.timeout() != 0)
        {
            return refused(TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, slot, sequence);
        }
        if (event.ledger() == 0)
        {
            return refused(TransferStatus.LEDGER_MUST_NOT_BE_ZERO, slot, sequence);
        }
        if (event.code() == 0)
        {
            return refused(TransferStatus.CODE_MUST_NOT_BE_ZERO, slot, sequence);
        }

        final Account debit = accounts.get(event.debitAccountId());
        if (debit == null)
        {
            return refused(TransferStatus.DEBIT_ACCOUNT_NOT_FOUND, slot, sequence);
        }
        final Account credit = accounts.get(event.creditAccountId());
        if (credit == null)
        {
            return refused(TransferStatus.CREDIT_ACCOUNT_NOT_FOUND, slot, sequence);
        }
        if (debit.given.ledger() != credit.given.ledger())
        {
            return refused(TransferStatus.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, slot, sequence);
        }
        if (event.ledger() != debit.given.ledger())
        {
            return refused(TransferStatus.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, slot, sequence);
        }

        if (event.isImported() &&
            (event.timestamp() <= greatestTransferTimestamp || accountTimestamps.contains(event.timestamp())))
        {
            return refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, slot, sequence);
        }
        if (event.isImported() && event.timestamp() <= debit.timestamp)
        {
            return refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT, slot, sequence);
        }
        if (event.isImported() && event.timestamp() <= credit.timestamp)
        {
            return refused(TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT, slot, sequence);
        }
        if (event.isImported() && event.timeout() != 0)
        {
            return refused(TransferStatus.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO, slot, sequence);
        }

        if (debit.given.has(AccountEvent.CLOSED))
        {
            return refused(TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }
        if (credit.given.has(AccountEvent.CLOSED))
        {
            return refused(TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED, slot, sequence);
        }

        final BigInteger amount = event.amount();
        final Balances debitBefore = debit.balances;
        final Balances creditBefore = credit.balances;
        final long timestamp = event.isImported() ? event.timestamp() : slot;

        if (overflows(amount, debitBefore.debitsPosted))
        {
            return refused(TransferStatus.OVERFLOWS_DEBITS_POSTED, slot, sequence);
        }
        if (overflows(amount, creditBefore.creditsPosted))
        {
            return refused(TransferStatus.OVERFLOWS_CREDITS_POSTED, slot, sequence);
        }
        if (overflows(amount, debitBefore.debits()))
        {
            return refused(TransferStatus.OVERFLOWS_DEBITS, slot, sequence);
        }
        if (overflows(amount, creditBefore.credits()))
        {
            return refused(TransferStatus.OVERFLOWS_CREDITS, slot, sequence);
        }
        if (expiry(timestamp, event.timeout()).compareTo(BigInteger.valueOf(TS_MAX)) > 0)
        {
            return refused(TransferStatus.OVERFLOWS_TIMEOUT, slot, sequence);
        }

        if (debit.given.has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
            debitBefore.debits().add(amount).compareTo(debitBefore.creditsPosted) > 0)
        {
            return refused(TransferStatus.EXCEEDS_CREDITS, slot, sequence);
        }
        if (credit.given.has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS) &&
            creditBefore.credits().add(amount).compareTo(creditBefore.debitsPosted) > 0)
        {
            return refused(TransferStatus.EXCEEDS_DEBITS, slot, sequence);
        }

        setBalances(debit, debitBefore.withDebitsPosted(debitBefore.debitsPosted.add(amount)));
        setBalances(credit, creditBefore.withCreditsPosted(creditBefore.creditsPosted.add(amount)));
        insertTransfer(new Transfer(event, timestamp, sequence));
        return created(TransferStatus.CREATED, timestamp, sequence);
    }

    /** Section 5.4. */
    private static TransferStatus compare(final TransferEvent event, final Transfer original)
    {
        final TransferEvent stored = original.stored;
        if (event.flags() != stored.flags())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_FLAGS;
        }
        if (!event.pendingId().equals(stored.pendingId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_PENDING_ID;
        }
        if (event.timeout() != stored.timeout())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_TIMEOUT;
        }
        if (!event.debitAccountId().equals(stored.debitAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID;
        }
        if (!event.creditAccountId().equals(stored.creditAccountId()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID;
        }
        if (!event.amount().equals(stored.amount()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_AMOUNT;
        }
        if (!event.userData128().equals(stored.userData128()))
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128;
        }
        if (event.userData64() != stored.userData64())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64;
        }
        if (event.userData32() != stored.userData32())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32;
        }
        if (event.ledger() != stored.ledger())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_LEDGER;
        }
        if (event.code() != stored.code())
        {
            return TransferStatus.EXISTS_WITH_DIFFERENT_CODE;
        }
        return TransferStatus.EXISTS;
    }

    private void setBalances(final Account account, final Balances balances)
    {
        final BigInteger id = account.given.id();
        accounts.put(id, account.withBalances(balances));
        undo.addLast(() -> accounts.put(id, account));
    }

    private void insertTransfer(final Transfer transfer)
    {
        final BigInteger id = transfer.stored.id();
        final long greatestBefore = greatestTransferTimestamp;

        transfers.put(id, transfer);
        transferTimestamps.add(transfer.timestamp);
        greatestTransferTimestamp = transfer.timestamp;

        undo.addLast(() ->
        {
            transfers.remove(id);
            transferTimestamps.remove(transfer.timestamp);
            greatestTransferTimestamp = greatestBefore;
        });
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
        return accounts.get(id);
    }

    /**
     * Transfer by its id.
     *
     * @param id of the transfer.
     * @return the transfer, or null; a poisoned id is none.
     */
    public Transfer lookupTransfer(final BigInteger id)
    {
        return transfers.get(id);
    }

    /**
     * All accounts.
     *
     * @return in the order of their creation.
     */
    public Collection<Account> accounts()
    {
        return Collections.unmodifiableCollection(accounts.values());
    }

    /**
     * All transfers.
     *
     * @return in the order of their creation.
     */
    public Collection<Transfer> transfers()
    {
        return Collections.unmodifiableCollection(transfers.values());
    }

    /**
     * All poisoned ids of transfers.
     *
     * @return each with the sequence of the entry that refused it first, in that order.
     */
    public Map<BigInteger, Long> failedIds()
    {
        return Collections.unmodifiableMap(failedIds);
    }

    /**
     * Sequence that the next entry will get.
     *
     * @return the sequence.
     */
    public long nextSequence()
    {
        return nextSequence;
    }

    /**
     * How many entries a ledger has.
     *
     * @param ledger its number.
     * @return the greatest sequence given in it, or 0.
     */
    public long ledgerSequence(final int ledger)
    {
        return entryCountByLedger.getOrDefault(ledger, 0L);
    }

    /**
     * How many accounts a ledger has.
     *
     * @param ledger its number.
     * @return the count.
     */
    public int accountCount(final int ledger)
    {
        return accountCountByLedger.getOrDefault(ledger, 0);
    }

    /**
     * Timestamp of the latest batch.
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
        return greatestAccountTimestamp;
    }

    /**
     * Mark that imported transfers must pass.
     *
     * @return the timestamp, or 0.
     */
    public long greatestTransferTimestamp()
    {
        return greatestTransferTimestamp;
    }

    /**
     * Whether an account was created with this timestamp.
     *
     * @param timestamp to look for.
     * @return whether there is one.
     */
    public boolean isAccountTimestamp(final long timestamp)
    {
        return accountTimestamps.contains(timestamp);
    }

    /**
     * Whether a transfer was created with this timestamp.
     *
     * @param timestamp to look for.
     * @return whether there is one.
     */
    public boolean isTransferTimestamp(final long timestamp)
    {
        return transferTimestamps.contains(timestamp);
    }

    /**
     * Sums over all accounts, by ledger; these can be greater than an account can hold.
     *
     * @return the sums, in the order of the ledgers' numbers.
     */
    public Map<Long, Balances> sumsByLedger()
    {
        final Map<Long, Balances> sums = new TreeMap<>();
        for (final Account account : accounts.values())
        {
            final long ledger = Integer.toUnsignedLong(account.given.ledger());
            sums.merge(ledger, account.balances, Balances::plus);
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
        for (final Account account : accounts.values())
        {
            final Balances balances = account.balances;
            if (balances.debits().compareTo(U128_MAX) > 0 || balances.credits().compareTo(U128_MAX) > 0)
            {
                return false;
            }
            if (account.given.has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) &&
                balances.debits().compareTo(balances.creditsPosted) > 0)
            {
                return false;
            }
            if (account.given.has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS) &&
                balances.credits().compareTo(balances.debitsPosted) > 0)
            {
                return false;
            }
        }
        return true;
    }

    private static Result created(final Status status, final long timestamp, final long sequence)
    {
        return new Result(status, timestamp, sequence, 0, 0);
    }

    private static Result exists(
        final Status status, final long originalTimestamp, final long originalSequence, final long sequence)
    {
        return new Result(status, originalTimestamp, sequence, 0, originalSequence);
    }

    private static Result refused(final Status status, final long slot, final long sequence)
    {
        return new Result(status, slot, sequence, 0, 0);
    }

    private static boolean isZero(final BigInteger value)
    {
        return value.signum() == 0;
    }

    private static boolean overflows(final BigInteger amount, final BigInteger balance)
    {
        return amount.add(balance).compareTo(U128_MAX) > 0;
    }

    private static BigInteger expiry(final long timestamp, final int timeout)
    {
        final BigInteger timeoutNs = BigInteger.valueOf(Integer.toUnsignedLong(timeout)).multiply(NS_PER_SECOND);
        return BigInteger.valueOf(timestamp).add(timeoutNs);
    }

    /** Steps after the head of the pipeline: the object's own checks, and its creation. */
    private interface Creator<E>
    {
        Result create(E event, long slot, long sequence);
    }

    /** Statuses of the pipeline itself, which have other codes for accounts than for transfers. */
    private record Head(
        Status linkedEventChainOpen,
        Status linkedEventFailed,
        Status importedEventExpected,
        Status importedEventNotExpected,
        Status timestampMustBeZero,
        Status timestampOutOfRange,
        Status timestampMustNotAdvance)
    {
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

        Balances withDebitsPosted(final BigInteger debitsPosted)
        {
            return new Balances(debitsPending, debitsPosted, creditsPending, creditsPosted);
        }

        Balances withCreditsPosted(final BigInteger creditsPosted)
        {
            return new Balances(debitsPending, debitsPosted, creditsPending, creditsPosted);
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
     * @param given     the command that created it; its balances are zero, its flags are the current ones.
     * @param balances  now.
     * @param timestamp of the account.
     * @param sequence  of the entry that created it.
     */
    public record Account(AccountEvent given, Balances balances, long timestamp, long sequence)
    {
        Account withBalances(final Balances balances)
        {
            return new Account(given, balances, timestamp, sequence);
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
}
