package io.seriatim.engine;

import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.Uint128;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The convenient face of the engine: immutable values in, immutable values out, an answer only when it is durable.
 * Methods wait for their answer; those that end in {@code Async} return a future instead, which completes on the
 * caller's executor. A refusal is an outcome and no exception.
 * <p>
 * A ledger speaks to the shard that it lives on. Events that name no ledger (0) are of this one.
 * <p>
 * Threads: any.
 */
public final class Ledger
{
    private final int number;
    private final int shard;
    private final boolean isOfOneLedger;
    private final ShardClient client;
    private final Acknowledgement level;

    Ledger(
        final int number,
        final int shard,
        final boolean isOfOneLedger,
        final ShardClient client,
        final Acknowledgement level)
    {
        this.number = number;
        this.shard = shard;
        this.isOfOneLedger = isOfOneLedger;
        this.client = client;
        this.level = level;
    }

    /**
     * The same ledger with answers that wait for more than that what they tell is durable. It takes as long as the
     * engine's interval of sealing, and the time of the witnesses; other requests are not held up by it.
     *
     * @param newLevel what has to be true before an answer comes; a ledger begins with
     *                 {@link Acknowledgement#COMMITTED}.
     * @return another face of the same ledger.
     * @throws IllegalStateException if the engine does not seal, or has no policy that names witnesses.
     */
    public Ledger acknowledgedAt(final Acknowledgement newLevel)
    {
        client.requireLevel(newLevel);
        return new Ledger(number, shard, isOfOneLedger, client, newLevel);
    }

    /**
     * Number of the ledger.
     *
     * @return the number; 0 if this is the face of a whole shard.
     */
    public int number()
    {
        return number;
    }

    /**
     * The shard that it lives on.
     *
     * @return number of the shard.
     */
    public int shard()
    {
        return shard;
    }

    /**
     * Create an account.
     *
     * @param id    chosen by the caller, above zero.
     * @param code  kind of account.
     * @param flags bits of {@link io.seriatim.ledger.AccountFlags}.
     * @return outcome, timestamp and sequence.
     * @throws LedgerException if there is no answer.
     */
    public AccountResult createAccount(final long id, final int code, final int flags)
    {
        return createAccount(Account.of(id, code, flags));
    }

    /**
     * Create an account.
     *
     * @param account to create.
     * @return outcome, timestamp and sequence.
     * @throws IllegalArgumentException if it names a ledger of another shard; nothing was applied.
     * @throws LedgerException if there is no answer.
     */
    public AccountResult createAccount(final Account account)
    {
        return createAccounts(List.of(account)).get(0);
    }

    /**
     * Create accounts, in order, in one request.
     *
     * @param accounts to create, at most the engine's batchCountMax.
     * @return one result for each, in order.
     * @throws IllegalArgumentException if they are too many or one names a ledger of another shard; nothing was
     * applied.
     * @throws LedgerException if there is no answer.
     */
    public List<AccountResult> createAccounts(final List<Account> accounts)
    {
        return client.call(session -> encodeAccounts(session, accounts), Replies::accountResults, level);
    }

    /**
     * Create accounts, in order, in one request.
     *
     * @param accounts to create, at most the engine's batchCountMax.
     * @return future of one result for each, in order; a {@link LedgerException} if there is no answer.
     * @throws IllegalArgumentException if they are too many or one names a ledger of another shard; nothing was
     * applied.
     */
    public CompletableFuture<List<AccountResult>> createAccountsAsync(final List<Account> accounts)
    {
        return client.send(session -> encodeAccounts(session, accounts), Replies::accountResults, level);
    }

    /**
     * Create a transfer.
     *
     * @param id              chosen by the caller, above zero.
     * @param debitAccountId  account that is debited.
     * @param creditAccountId account that is credited.
     * @param amount          in the ledger's smallest unit.
     * @param code            kind of transfer.
     * @return outcome, timestamp and sequence.
     * @throws LedgerException if there is no answer.
     */
    public TransferResult createTransfer(
        final long id, final long debitAccountId, final long creditAccountId, final long amount, final int code)
    {
        return createTransfer(Transfer.of(id, debitAccountId, creditAccountId, amount, code));
    }

    /**
     * Create a transfer.
     *
     * @param transfer to create.
     * @return outcome, timestamp and sequence.
     * @throws IllegalArgumentException if it names a ledger of another shard; nothing was applied.
     * @throws LedgerException if there is no answer.
     */
    public TransferResult createTransfer(final Transfer transfer)
    {
        return createTransfers(List.of(transfer)).get(0);
    }

    /**
     * Create transfers, in order, in one request.
     *
     * @param transfers to create, at most the engine's batchCountMax.
     * @return one result for each, in order.
     * @throws IllegalArgumentException if they are too many or one names a ledger of another shard; nothing was
     * applied.
     * @throws LedgerException if there is no answer.
     */
    public List<TransferResult> createTransfers(final List<Transfer> transfers)
    {
        return client.call(session -> encodeTransfers(session, transfers), Replies::transferResults, level);
    }

    /**
     * Create transfers, in order, in one request.
     *
     * @param transfers to create, at most the engine's batchCountMax.
     * @return future of one result for each, in order; a {@link LedgerException} if there is no answer.
     * @throws IllegalArgumentException if they are too many or one names a ledger of another shard; nothing was
     * applied.
     */
    public CompletableFuture<List<TransferResult>> createTransfersAsync(final List<Transfer> transfers)
    {
        return client.send(session -> encodeTransfers(session, transfers), Replies::transferResults, level);
    }

    /**
     * Look an account up.
     *
     * @param id above zero.
     * @return the account, if it is there, and the sequence that it is true at.
     * @throws LedgerException if there is no answer.
     */
    public Found<Account> lookupAccount(final long id)
    {
        return lookupAccounts(List.of(Uint128.of(id)));
    }

    /**
     * Look accounts up.
     *
     * @param ids at most the engine's batchCountMax.
     * @return those that are there, in the order of the ids, and the sequence that they are true at.
     * @throws LedgerException if there is no answer.
     */
    public Found<Account> lookupAccounts(final List<Uint128> ids)
    {
        return client.call(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, ids.size()), ids),
            Replies::accounts, level);
    }

    /**
     * Look accounts up.
     *
     * @param ids at most the engine's batchCountMax.
     * @return future of those that are there, in the order of the ids.
     */
    public CompletableFuture<Found<Account>> lookupAccountsAsync(final List<Uint128> ids)
    {
        return client.send(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, ids.size()), ids),
            Replies::accounts, level);
    }

    /**
     * Look a transfer up.
     *
     * @param id above zero.
     * @return the transfer, if it is there, and the sequence that it is true at.
     * @throws LedgerException if there is no answer.
     */
    public Found<Transfer> lookupTransfer(final long id)
    {
        return lookupTransfers(List.of(Uint128.of(id)));
    }

    /**
     * Look transfers up.
     *
     * @param ids at most the engine's batchCountMax.
     * @return those that are there, in the order of the ids, and the sequence that they are true at.
     * @throws LedgerException if there is no answer.
     */
    public Found<Transfer> lookupTransfers(final List<Uint128> ids)
    {
        return client.call(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_TRANSFERS, ids.size()), ids),
            Replies::transfers, level);
    }

    /**
     * Look transfers up.
     *
     * @param ids at most the engine's batchCountMax.
     * @return future of those that are there, in the order of the ids.
     */
    public CompletableFuture<Found<Transfer>> lookupTransfersAsync(final List<Uint128> ids)
    {
        return client.send(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_TRANSFERS, ids.size()), ids),
            Replies::transfers, level);
    }

    /**
     * Say what humans call a ledger and how they write its amounts. It changes no outcome; a later definition replaces
     * it.
     *
     * @param definitions of ledgers that live on this shard, at most the engine's batchCountMax.
     * @return one result for each, in order.
     * @throws IllegalArgumentException if they are too many or one is of another shard's ledger; nothing was applied.
     * @throws LedgerException if there is no answer.
     */
    public List<DefinitionResult> defineLedgers(final List<LedgerDefinition> definitions)
    {
        return client.call(
            session ->
            {
                final long requestId = session.claimDefinitions(definitions.size());
                for (int i = 0; requestId > 0 && i < definitions.size(); i++)
                {
                    session.definition(i, definitions.get(i));
                }
                return requestId;
            },
            Replies::definitionResults, level);
    }

    /**
     * How ledgers are defined.
     *
     * @param ledgers their numbers, at most the engine's batchCountMax.
     * @return the newest definition of each that has one, in the order of the numbers.
     * @throws LedgerException if there is no answer.
     */
    public Found<LedgerDefinition> lookupLedgers(final int... ledgers)
    {
        final List<Uint128> numbers =
            Arrays.stream(ledgers).mapToObj(ledger -> Uint128.of(Integer.toUnsignedLong(ledger))).toList();
        return client.call(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_LEDGERS, ledgers.length), numbers),
            Replies::definitions, level);
    }

    /**
     * What ids of accounts were answered first.
     *
     * @param ids at most the engine's batchCountMax.
     * @return the first answer of those that exist, in the order of the ids.
     * @throws LedgerException if there is no answer.
     */
    public Found<FirstOutcome> lookupAccountOutcomes(final List<Uint128> ids)
    {
        return client.call(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_ACCOUNT_OUTCOMES, ids.size()), ids),
            Replies::firstOutcomes, level);
    }

    /**
     * What ids of transfers were answered first: created, or the refusal that spent the id. So a caller whose request
     * has no answer finds out what became of it.
     *
     * @param ids at most the engine's batchCountMax.
     * @return the first answer of those that exist or are spent, in the order of the ids.
     * @throws LedgerException if there is no answer.
     */
    public Found<FirstOutcome> lookupTransferOutcomes(final List<Uint128> ids)
    {
        return client.call(
            session -> encodeIds(session, session.claimLookup(RequestKind.LOOKUP_TRANSFER_OUTCOMES, ids.size()), ids),
            Replies::firstOutcomes, level);
    }

    /**
     * Transfers of an account, by time. Like all queries it is answered by the read model from the state at its own
     * place in the order, so it sees everything that was answered before it was asked.
     *
     * @param filter which.
     * @return the transfers; empty also if the filter is invalid or the account unknown.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Transfer> getAccountTransfers(final AccountFilter filter)
    {
        return client.query(encoder(RequestKind.GET_ACCOUNT_TRANSFERS, filter), Replies::transfers, level);
    }

    /**
     * Balances of an account after each of its transfers, by time.
     *
     * @param filter which transfers.
     * @return the balances; empty also if the account does not keep its history (flag {@code history}).
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<AccountBalance> getAccountBalances(final AccountFilter filter)
    {
        return client.query(encoder(RequestKind.GET_ACCOUNT_BALANCES, filter), Replies::balances, level);
    }

    /**
     * Accounts by their fields, by time of creation.
     *
     * @param filter which; one that names no ledger means this one, or all of the shard if this is the face of a shard
     *               or of several ledgers.
     * @return the accounts.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Account> queryAccounts(final QueryFilter filter)
    {
        return client.query(encoder(RequestKind.QUERY_ACCOUNTS, own(filter)), Replies::accounts, level);
    }

    /**
     * Transfers by their fields, by time.
     *
     * @param filter which; one that names no ledger means this one, or all of the shard if this is the face of a shard
     *               or of several ledgers.
     * @return the transfers.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Transfer> queryTransfers(final QueryFilter filter)
    {
        return client.query(encoder(RequestKind.QUERY_TRANSFERS, own(filter)), Replies::transfers, level);
    }

    /**
     * Pending transfers by what has become of them, by time.
     *
     * @param state  what has become of them, not {@link PendingState#NONE}.
     * @param filter which; one that names no ledger means this one, or all of the shard if this is the face of a shard
     *               or of several ledgers.
     * @return the pending transfers.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Transfer> queryPending(final PendingState state, final QueryFilter filter)
    {
        return client.query(
            session ->
            {
                final long requestId = claim(session, RequestKind.QUERY_PENDING, filter.limit());
                if (requestId > 0)
                {
                    own(filter).encode(session.filter().state(state.code()));
                }
                return requestId;
            },
            Replies::transfers, level);
    }

    /**
     * Everything on the shard that has changed balances, in ascending time, with both accounts as they were just after
     * it.
     *
     * @param filter which.
     * @return the events.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<ChangeEvent> getChangeEvents(final ChangeEventsFilter filter)
    {
        return client.query(
            session ->
            {
                final long requestId = claim(session, RequestKind.GET_CHANGE_EVENTS, filter.limit());
                if (requestId > 0)
                {
                    filter.encode(session.filter());
                }
                return requestId;
            },
            Replies::changeEvents, level);
    }

    /**
     * An account with its open pending transfers, all of one moment: the oldest if there are more than an answer holds.
     *
     * @param id of the account.
     * @return the account, if it is there.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<AccountWithPending> getAccountWithPending(final Uint128 id)
    {
        return ask(
            RequestKind.GET_ACCOUNT_WITH_PENDING, QueryRows.ROW_COUNT_MAX,
            filter -> filter.id(id.high(), id.low()), Replies::accountWithPending);
    }

    /**
     * An account as it was after an entry.
     *
     * @param id       of the account.
     * @param sequence of the entry, not above the newest one.
     * @return the account; nothing if it was not there yet, or there is no such entry.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Account> getAccountAsOf(final Uint128 id, final long sequence)
    {
        return ask(
            RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE, 1,
            filter -> filter.id(id.high(), id.low()).sequence(sequence), Replies::accounts);
    }

    /**
     * An account as it was at a time: after the last transfer with a timestamp up to it, and the expiries up to it that
     * follow that transfer.
     *
     * @param id          of the account.
     * @param timestampNs in nanoseconds; of imported transfers their booking time counts.
     * @return the account; nothing if it was not there yet.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Account> getAccountAsOfTime(final Uint128 id, final long timestampNs)
    {
        return ask(
            RequestKind.GET_ACCOUNT_AS_OF_TIME, 1,
            filter -> filter.id(id.high(), id.low()).timestampMaxNs(timestampNs), Replies::accounts);
    }

    /**
     * Why an entry has the outcome that it has: the rule, and the values that it was judged by.
     *
     * @param sequence of the entry.
     * @return the explanation; nothing if there is no such entry.
     * @throws LedgerException if there is no answer, or no read model.
     */
    public Found<Explanation> explain(final long sequence)
    {
        return ask(RequestKind.EXPLAIN, 1, filter -> filter.sequence(sequence), Replies::explanations);
    }

    /**
     * Move a manual clock on from where it or the last timestamp stands, whichever is later; what is due by then
     * expires.
     *
     * @param spanNs zero or above.
     * @return what the clock shows, and how many pending transfers expired.
     * @throws IllegalStateException if the engine's clock is not a {@link ManualClock}.
     * @throws LedgerException if the clock would pass 2^63-1, or there is no answer; then it was not moved.
     */
    public ClockResult advanceClock(final long spanNs)
    {
        return client.call(
            session -> session.claimClock(RequestKind.ADVANCE_CLOCK, spanNs), Replies::clockResult, level);
    }

    /**
     * Set a manual clock; what is due by then expires.
     *
     * @param timestampNs not before what the clock shows, nor before the last timestamp of the shard.
     * @return what the clock shows, and how many pending transfers expired.
     * @throws IllegalStateException if the engine's clock is not a {@link ManualClock}.
     * @throws LedgerException if the clock would go back, or there is no answer; then it was not moved.
     */
    public ClockResult setClock(final long timestampNs)
    {
        return client.call(
            session -> session.claimClock(RequestKind.SET_CLOCK, timestampNs), Replies::clockResult, level);
    }

    private QueryFilter own(final QueryFilter filter)
    {
        return isOfOneLedger && filter.ledger() == 0 ? filter.withLedger(number) : filter;
    }

    private <T> T ask(
        final RequestKind kind,
        final int rowCountMax,
        final Consumer<Filter> encoder,
        final Function<Reply, T> decoder)
    {
        return client.query(
            session ->
            {
                final long requestId = session.claimQuery(kind, rowCountMax);
                if (requestId > 0)
                {
                    encoder.accept(session.filter().limit(rowCountMax));
                }
                return requestId;
            },
            decoder, level);
    }

    private static ShardClient.Encoder encoder(final RequestKind kind, final AccountFilter filter)
    {
        return session ->
        {
            final long requestId = claim(session, kind, filter.limit());
            if (requestId > 0)
            {
                filter.encode(session.filter());
            }
            return requestId;
        };
    }

    private static ShardClient.Encoder encoder(final RequestKind kind, final QueryFilter filter)
    {
        return session ->
        {
            final long requestId = claim(session, kind, filter.limit());
            if (requestId > 0)
            {
                filter.encode(session.filter());
            }
            return requestId;
        };
    }

    /** A limit is unsigned, and the session caps it. */
    private static long claim(final LedgerSession session, final RequestKind kind, final int limit)
    {
        return session.claimQuery(kind, limit < 0 ? Integer.MAX_VALUE : limit);
    }

    private long encodeAccounts(final LedgerSession session, final List<Account> accounts)
    {
        final long requestId = session.claimAccounts(accounts.size());
        for (int i = 0; requestId > 0 && i < accounts.size(); i++)
        {
            accounts.get(i).encode(session.account(i), number);
        }
        return requestId;
    }

    private long encodeTransfers(final LedgerSession session, final List<Transfer> transfers)
    {
        final long requestId = session.claimTransfers(transfers.size());
        for (int i = 0; requestId > 0 && i < transfers.size(); i++)
        {
            transfers.get(i).encode(session.transfer(i), number);
            session.transferTimestampNs(i, transfers.get(i).timestampNs());
        }
        return requestId;
    }

    private static long encodeIds(final LedgerSession session, final long requestId, final List<Uint128> ids)
    {
        for (int i = 0; requestId > 0 && i < ids.size(); i++)
        {
            session.id(i, ids.get(i).high(), ids.get(i).low());
        }
        return requestId;
    }
}
