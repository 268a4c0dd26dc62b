package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceLedger.FirstAnswer;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import io.seriatim.ledger.ReferenceLedger.Transfer;
import io.seriatim.ledger.ReferenceRead.AccountFilter;
import io.seriatim.ledger.ReferenceRead.ChangeEventsFilter;
import io.seriatim.ledger.ReferenceRead.QueryFilter;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/**
 * Sections 14, 15 and 18 of the semantics: every read is a scan over all that there is, followed by the order and the
 * limit that were asked for.
 */
public final class ReferenceReads
{
    private static final int OPEN_END = 0;

    private final ReferenceState state;

    ReferenceReads(final ReferenceState state)
    {
        this.state = state;
    }

    // Section 14.

    List<AccountEvent> lookupAccounts(final List<BigInteger> ids)
    {
        final List<AccountEvent> found = new ArrayList<>();
        for (final BigInteger id : ids)
        {
            final Account account = state.account(id);
            if (account != null)
            {
                found.add(account.asEvent());
            }
        }
        return found;
    }

    List<TransferEvent> lookupTransfers(final List<BigInteger> ids)
    {
        final List<TransferEvent> found = new ArrayList<>();
        for (final BigInteger id : ids)
        {
            final Transfer transfer = state.transfer(id);
            if (transfer != null)
            {
                found.add(transfer.asEvent());
            }
        }
        return found;
    }

    List<TransferEvent> getAccountTransfers(final AccountFilter filter)
    {
        final int flags = AccountFilter.DEBITS | AccountFilter.CREDITS | AccountFilter.REVERSED;
        if (!isValid(filter, flags) || state.account(filter.accountId()) == null)
        {
            return List.of();
        }
        return asEvents(ordered(
            state.transfers().stream().filter((transfer) -> matches(transfer, filter)),
            Comparator.comparingLong(Transfer::timestamp),
            filter.has(AccountFilter.REVERSED),
            filter.limit()));
    }

    List<BalanceRow> getAccountBalances(final AccountFilter filter)
    {
        final int flags =
            AccountFilter.DEBITS | AccountFilter.CREDITS | AccountFilter.REVERSED | AccountFilter.OPENING;
        final Account account = state.account(filter.accountId());
        if (!isValid(filter, flags) || account == null || !account.given().has(AccountEvent.HISTORY))
        {
            return List.of();
        }
        final Stream<BalanceRow> rows = state.changeEvents().stream()
            .filter((change) -> change.type() != ChangeType.TWO_PHASE_EXPIRED)
            .filter((change) -> matches(change.transfer(), filter))
            .map((change) -> new BalanceRow(change.timestamp(), change.after(filter.accountId()).balances()));
        // Section 18.6: the row before the first transfer stands at the creation of the account.
        final Stream<BalanceRow> opening = Stream.of(new BalanceRow(account.timestamp(), Balances.ZERO))
            .filter((row) -> filter.has(AccountFilter.OPENING))
            .filter((row) -> isInRange(row.timestamp(), filter.timestampMin(), filter.timestampMax()));
        return ordered(
            Stream.concat(opening, rows),
            Comparator.comparingLong(BalanceRow::timestamp),
            filter.has(AccountFilter.REVERSED),
            filter.limit());
    }

    List<AccountEvent> queryAccounts(final QueryFilter filter)
    {
        if (!isValid(filter))
        {
            return List.of();
        }
        return ordered(
            state.accounts().stream().map(Account::asEvent).filter((account) ->
                matches(filter.userData128(), account.userData128()) &&
                matches(filter.userData64(), account.userData64()) &&
                matches(filter.userData32(), account.userData32()) &&
                matches(filter.ledger(), account.ledger()) &&
                matches(filter.code(), account.code()) &&
                isInRange(account.timestamp(), filter.timestampMin(), filter.timestampMax())),
            Comparator.comparingLong(AccountEvent::timestamp),
            filter.has(QueryFilter.REVERSED),
            filter.limit());
    }

    List<TransferEvent> queryTransfers(final QueryFilter filter)
    {
        return queryTransfers(filter, state.transfers().stream());
    }

    private List<TransferEvent> queryTransfers(final QueryFilter filter, final Stream<Transfer> transfers)
    {
        if (!isValid(filter))
        {
            return List.of();
        }
        return asEvents(ordered(
            transfers.filter((transfer) ->
                matches(filter.userData128(), transfer.stored().userData128()) &&
                matches(filter.userData64(), transfer.stored().userData64()) &&
                matches(filter.userData32(), transfer.stored().userData32()) &&
                matches(filter.ledger(), transfer.stored().ledger()) &&
                matches(filter.code(), transfer.stored().code()) &&
                isInRange(transfer.timestamp(), filter.timestampMin(), filter.timestampMax())),
            Comparator.comparingLong(Transfer::timestamp),
            filter.has(QueryFilter.REVERSED),
            filter.limit()));
    }

    // Section 15.

    List<ChangeEvent> getChangeEvents(final ChangeEventsFilter filter)
    {
        if (filter.reserved() != 0 || !isValid(filter.timestampMin(), filter.timestampMax(), filter.limit()))
        {
            return List.of();
        }
        return ordered(
            state.changeEvents().stream()
                .filter((change) -> isInRange(change.timestamp(), filter.timestampMin(), filter.timestampMax())),
            Comparator.comparingLong(ChangeEvent::timestamp),
            false,
            filter.limit());
    }

    // Section 18.

    List<AccountWithPending> getAccountWithPending(final BigInteger id)
    {
        final Account account = state.account(id);
        if (account == null)
        {
            return List.of();
        }
        final List<Transfer> open = pendingTransfers(PendingState.PENDING)
            .filter((transfer) -> transfer.stored().debitAccountId().equals(id) ||
                transfer.stored().creditAccountId().equals(id))
            .sorted(Comparator.comparingLong(Transfer::timestamp))
            .toList();
        return List.of(new AccountWithPending(account.asEvent(), asEvents(open)));
    }

    List<TransferEvent> queryPending(final int pendingState, final QueryFilter filter)
    {
        if (pendingState < PendingState.PENDING.ordinal() || pendingState > PendingState.EXPIRED.ordinal())
        {
            return List.of();
        }
        return queryTransfers(filter, pendingTransfers(PendingState.values()[pendingState]));
    }

    List<FirstAnswer> lookupOutcome(final ReferenceRead.Kind kind, final BigInteger id)
    {
        if (kind == ReferenceRead.Kind.ACCOUNT)
        {
            final Account account = state.account(id);
            return account == null ?
                List.of() :
                List.of(new FirstAnswer(AccountStatus.CREATED, account.sequence(), account.timestamp()));
        }
        final Transfer transfer = state.transfer(id);
        if (transfer != null)
        {
            return List.of(new FirstAnswer(TransferStatus.CREATED, transfer.sequence(), transfer.timestamp()));
        }
        final FirstAnswer failure = state.failure(id);
        return failure == null ? List.of() : List.of(failure);
    }

    List<AccountEvent> getAccountAsOfSequence(final BigInteger id, final long sequence)
    {
        final Account account = state.account(id);
        // What comes after an entry that there is not yet can not be told.
        if (account == null || account.sequence() > sequence || sequence >= state.nextSequence())
        {
            return List.of();
        }
        return List.of(asOfSequence(account, sequence).asEvent());
    }

    List<AccountEvent> getAccountAsOfTimestamp(final BigInteger id, final long timestamp)
    {
        final Account account = state.account(id);
        if (account == null || account.timestamp() > timestamp)
        {
            return List.of();
        }
        return List.of(asOfSequence(account, sequenceAsOf(timestamp)).asEvent());
    }

    private Account asOfSequence(final Account account, final long sequence)
    {
        Account then = account.atFirst();
        for (final ChangeEvent change : state.changeEvents())
        {
            if (change.sequence() <= sequence && change.concerns(account.given().id()))
            {
                then = change.after(account.given().id());
            }
        }
        return then;
    }

    /**
     * Section 18.3: the entry of the last transfer up to a timestamp, or of the last expiry up to it among those
     * that follow this transfer before the next one.
     */
    private long sequenceAsOf(final long timestamp)
    {
        long sequence = 0;
        for (final ChangeEvent change : state.changeEvents())
        {
            final boolean isExpiry = change.type() == ChangeType.TWO_PHASE_EXPIRED;
            if (!isExpiry && change.timestamp() > timestamp)
            {
                break;
            }
            if (change.timestamp() <= timestamp)
            {
                sequence = change.sequence();
            }
        }
        return sequence;
    }

    // Filters.

    private static List<TransferEvent> asEvents(final List<Transfer> transfers)
    {
        return transfers.stream().map(Transfer::asEvent).toList();
    }

    private Stream<Transfer> pendingTransfers(final PendingState pendingState)
    {
        return state.pendingStates().entrySet().stream()
            .filter((entry) -> entry.getValue() == pendingState)
            .map(Map.Entry::getKey)
            .map(state::transfer);
    }

    private static boolean matches(final Transfer stored, final AccountFilter filter)
    {
        final TransferEvent transfer = stored.stored();
        final BigInteger accountId = filter.accountId();
        final boolean isOnSide =
            filter.has(AccountFilter.DEBITS) && transfer.debitAccountId().equals(accountId) ||
            filter.has(AccountFilter.CREDITS) && transfer.creditAccountId().equals(accountId);
        return isOnSide &&
            matches(filter.userData128(), transfer.userData128()) &&
            matches(filter.userData64(), transfer.userData64()) &&
            matches(filter.userData32(), transfer.userData32()) &&
            matches(filter.code(), transfer.code()) &&
            isInRange(stored.timestamp(), filter.timestampMin(), filter.timestampMax());
    }

    private static boolean matches(final BigInteger wanted, final BigInteger actual)
    {
        return wanted.signum() == 0 || wanted.equals(actual);
    }

    private static boolean matches(final long wanted, final long actual)
    {
        return wanted == 0 || wanted == actual;
    }

    private static boolean isInRange(final long timestamp, final long min, final long max)
    {
        return timestamp >= min && (max == OPEN_END || timestamp <= max);
    }

    private static boolean isValid(final AccountFilter filter, final int flags)
    {
        return filter.accountId().signum() != 0 &&
            !filter.accountId().equals(U128_MAX) &&
            filter.has(AccountFilter.DEBITS | AccountFilter.CREDITS) &&
            (filter.flags() & ~flags) == 0 &&
            filter.reserved() == 0 &&
            isValid(filter.timestampMin(), filter.timestampMax(), filter.limit());
    }

    private static boolean isValid(final QueryFilter filter)
    {
        return (filter.flags() & ~QueryFilter.REVERSED) == 0 &&
            filter.reserved() == 0 &&
            isValid(filter.timestampMin(), filter.timestampMax(), filter.limit());
    }

    private static boolean isValid(final long timestampMin, final long timestampMax, final int limit)
    {
        // A timestamp above TS_MAX has the top bit set, so it is negative here.
        return limit != 0 &&
            timestampMin >= 0 &&
            timestampMax >= 0 &&
            (timestampMax == OPEN_END || timestampMin <= timestampMax);
    }

    private static <R> List<R> ordered(
        final Stream<R> rows, final Comparator<R> byTimestamp, final boolean isReversed, final int limit)
    {
        final List<R> all = new ArrayList<>(rows.sorted(byTimestamp).toList());
        if (isReversed)
        {
            Collections.reverse(all);
        }
        final long count = Math.min(Integer.toUnsignedLong(limit), ReferenceRead.LIMIT_MAX);
        return List.copyOf(all.subList(0, (int)Math.min(count, all.size())));
    }

    /** What happened to the balances, in the order of the numbers 0 to 4 on the wire. */
    public enum ChangeType
    {
        /** A transfer of a single phase. */
        SINGLE_PHASE,

        /** A pending transfer. */
        TWO_PHASE_PENDING,

        /** A post. */
        TWO_PHASE_POSTED,

        /** A void. */
        TWO_PHASE_VOIDED,

        /** The release of a pending transfer that was due. */
        TWO_PHASE_EXPIRED
    }

    /**
     * One change of two accounts.
     *
     * @param type        of the change.
     * @param timestamp   of the transfer, or of the expiry.
     * @param sequence    of the entry.
     * @param transfer    shown: for an expiry the pending transfer, else the one that made the change.
     * @param debitAfter  the debit account just after it, in the order of the journal.
     * @param creditAfter likewise the credit account.
     */
    public record ChangeEvent(
        ChangeType type, long timestamp, long sequence, Transfer transfer, Account debitAfter, Account creditAfter)
    {
        /**
         * Amount reserved, moved or released.
         *
         * @return the amount.
         */
        public BigInteger amount()
        {
            return transfer.stored().amount();
        }

        boolean concerns(final BigInteger accountId)
        {
            return debitAfter.given().id().equals(accountId) || creditAfter.given().id().equals(accountId);
        }

        Account after(final BigInteger accountId)
        {
            return debitAfter.given().id().equals(accountId) ? debitAfter : creditAfter;
        }
    }

    /**
     * Balances of an account just after a transfer.
     *
     * @param timestamp of the transfer; of the account in the opening row.
     * @param balances  then.
     */
    public record BalanceRow(long timestamp, Balances balances)
    {
    }

    /**
     * An account and what is reserved on it.
     *
     * @param account now.
     * @param pending its open pending transfers, by timestamp.
     */
    public record AccountWithPending(AccountEvent account, List<TransferEvent> pending)
    {
    }
}
