package io.seriatim.engine;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
    private final ShardClient client;

    Ledger(final int number, final int shard, final ShardClient client)
    {
        this.number = number;
        this.shard = shard;
        this.client = client;
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
        return client.call(session -> encodeAccounts(session, accounts), Ledger::accountResults);
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
        return client.send(session -> encodeAccounts(session, accounts), Ledger::accountResults);
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
     * @throws IllegalArgumentException if it names a ledger of another shard or has flags that this version does not
     * do; nothing was applied.
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
     * @throws IllegalArgumentException if they are too many, or one names a ledger of another shard or has flags that
     * this version does not do; nothing was applied.
     * @throws LedgerException if there is no answer.
     */
    public List<TransferResult> createTransfers(final List<Transfer> transfers)
    {
        return client.call(session -> encodeTransfers(session, transfers), Ledger::transferResults);
    }

    /**
     * Create transfers, in order, in one request.
     *
     * @param transfers to create, at most the engine's batchCountMax.
     * @return future of one result for each, in order; a {@link LedgerException} if there is no answer.
     * @throws IllegalArgumentException if they are too many, or one names a ledger of another shard or has flags that
     * this version does not do; nothing was applied.
     */
    public CompletableFuture<List<TransferResult>> createTransfersAsync(final List<Transfer> transfers)
    {
        return client.send(session -> encodeTransfers(session, transfers), Ledger::transferResults);
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
            session -> encodeIds(session, session.claimLookupAccounts(ids.size()), ids), Ledger::accounts);
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
            session -> encodeIds(session, session.claimLookupAccounts(ids.size()), ids), Ledger::accounts);
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
            session -> encodeIds(session, session.claimLookupTransfers(ids.size()), ids), Ledger::transfers);
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
            session -> encodeIds(session, session.claimLookupTransfers(ids.size()), ids), Ledger::transfers);
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

    private static List<AccountResult> accountResults(final Reply reply)
    {
        final List<AccountResult> results = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            results.add(
                new AccountResult(
                    AccountOutcome.of(reply.outcome(i)), reply.timestampNs(i), reply.sequence(i),
                    reply.firstSequence(i)));
        }
        return List.copyOf(results);
    }

    private static List<TransferResult> transferResults(final Reply reply)
    {
        final List<TransferResult> results = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            results.add(
                new TransferResult(
                    TransferOutcome.of(reply.outcome(i)), reply.timestampNs(i), reply.sequence(i),
                    reply.firstSequence(i)));
        }
        return List.copyOf(results);
    }

    private static Found<Account> accounts(final Reply reply)
    {
        final List<Account> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(Account.decode(reply.account(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    private static Found<Transfer> transfers(final Reply reply)
    {
        final List<Transfer> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(Transfer.decode(reply.transfer(i), reply.transferTimestampNs(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }
}
