package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceRead.AccountFilter;
import io.seriatim.ledger.ReferenceRead.QueryFilter;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Short words for what the tests of the reference do: accounts and transfers have small numbers, time is a field. */
abstract class ReferenceTestSupport
{
    static final BigInteger MAX = ReferenceLedger.U128_MAX;
    static final BigInteger ZERO = BigInteger.ZERO;
    static final long SECOND = 1_000_000_000L;

    final ReferenceLedger ledger = new ReferenceLedger();
    long clock;

    // Requests.

    List<Result> create(final AccountEvent... events)
    {
        return ledger.createAccounts(ledger.takeTime(clock, events.length), List.of(events));
    }

    List<Result> create(final TransferEvent... events)
    {
        return ledger.createTransfers(ledger.takeTime(clock, events.length), List.of(events));
    }

    String label(final AccountEvent event)
    {
        return create(event).get(0).label();
    }

    String label(final TransferEvent event)
    {
        return create(event).get(0).label();
    }

    String labels(final TransferEvent... events)
    {
        return String.join(" ", create(events).stream().map(Result::label).toList());
    }

    /** An idle tick: "expiry" for each release. */
    List<Long> tick()
    {
        return ledger.release(clock).stream().map((expiry) -> expiry.pendingId().longValue()).toList();
    }

    <R extends Record> List<R> read(final ReferenceRead read, final Class<R> type)
    {
        ledger.takeTime(clock, 0);
        return ledger.read(read).stream().map(type::cast).toList();
    }

    // Events.

    static AccountEvent account(final int id, final int flags)
    {
        final AccountEvent.Draft draft = new AccountEvent.Draft();
        draft.id = id(id);
        draft.ledger = 1;
        draft.code = 1;
        draft.flags = flags;
        return draft.event();
    }

    static TransferEvent transfer(final int id, final int debitId, final int creditId, final long amount)
    {
        return transfer(id, debitId, creditId, id(amount), 0);
    }

    static TransferEvent transfer(
        final int id, final int debitId, final int creditId, final BigInteger amount, final int flags)
    {
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = id(id);
        draft.debitAccountId = id(debitId);
        draft.creditAccountId = id(creditId);
        draft.amount = amount;
        draft.ledger = 1;
        draft.code = 1;
        draft.flags = flags;
        return draft.event();
    }

    static TransferEvent pending(
        final int id, final int debitId, final int creditId, final long amount, final int timeout)
    {
        return transfer(id, debitId, creditId, id(amount), TransferEvent.PENDING)
            .with((draft) -> draft.timeout = timeout);
    }

    static TransferEvent closing(final int id, final int debitId, final int creditId, final int flags)
    {
        return transfer(id, debitId, creditId, ZERO, TransferEvent.PENDING | flags);
    }

    static TransferEvent post(final int id, final int pendingId, final BigInteger amount)
    {
        return resolve(id, pendingId, amount, TransferEvent.POST_PENDING_TRANSFER);
    }

    static TransferEvent post(final int id, final int pendingId)
    {
        return post(id, pendingId, MAX);
    }

    static TransferEvent voids(final int id, final int pendingId, final BigInteger amount)
    {
        return resolve(id, pendingId, amount, TransferEvent.VOID_PENDING_TRANSFER);
    }

    static TransferEvent voids(final int id, final int pendingId)
    {
        return voids(id, pendingId, ZERO);
    }

    private static TransferEvent resolve(
        final int id, final int pendingId, final BigInteger amount, final int flag)
    {
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = id(id);
        draft.pendingId = id(pendingId);
        draft.amount = amount;
        draft.flags = flag;
        return draft.event();
    }

    static TransferEvent linked(final TransferEvent event)
    {
        return event.with((draft) -> draft.flags |= TransferEvent.LINKED);
    }

    static TransferEvent imported(final TransferEvent event, final long timestamp)
    {
        return event.with((draft) ->
        {
            draft.flags |= TransferEvent.IMPORTED;
            draft.timestamp = timestamp;
        });
    }

    static AccountEvent imported(final AccountEvent event, final long timestamp)
    {
        return event.with((draft) ->
        {
            draft.flags |= AccountEvent.IMPORTED;
            draft.timestamp = timestamp;
        });
    }

    static BigInteger id(final long id)
    {
        return BigInteger.valueOf(id);
    }

    // Filters.

    static AccountFilter filter(final int accountId, final Consumer<AccountFilter.Draft> change)
    {
        final AccountFilter.Draft draft = new AccountFilter.Draft();
        draft.accountId = id(accountId);
        draft.limit = 100;
        draft.flags = AccountFilter.DEBITS | AccountFilter.CREDITS;
        change.accept(draft);
        return draft.filter();
    }

    static QueryFilter query(final Consumer<QueryFilter.Draft> change)
    {
        final QueryFilter.Draft draft = new QueryFilter.Draft();
        draft.limit = 100;
        change.accept(draft);
        return draft.filter();
    }

    // What is seen.

    long timestampOf(final int transferId)
    {
        return ledger.lookupTransfer(id(transferId)).timestamp();
    }

    /** Pending and posted debits, pending and posted credits: "1+2/3+4". */
    String balance(final int accountId)
    {
        return text(ledger.lookupAccount(id(accountId)).balances());
    }

    String balances(final int... accountIds)
    {
        return String.join(" ", Arrays.stream(accountIds).mapToObj(this::balance).toList());
    }

    static String text(final Balances balances)
    {
        return balances.debitsPending() + "+" + balances.debitsPosted() + "/" +
            balances.creditsPending() + "+" + balances.creditsPosted();
    }

    boolean isClosed(final int accountId)
    {
        return ledger.lookupAccount(id(accountId)).asEvent().has(AccountEvent.CLOSED);
    }

    static List<Long> ids(final List<TransferEvent> transfers)
    {
        return transfers.stream().map((transfer) -> transfer.id().longValue()).toList();
    }
}
