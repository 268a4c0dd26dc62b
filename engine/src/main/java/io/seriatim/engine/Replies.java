package io.seriatim.engine;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.List;

/**
 * Replies as values: what the convenient face hands out.
 */
final class Replies
{
    private Replies()
    {
    }

    static List<AccountResult> accountResults(final Reply reply)
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

    static List<TransferResult> transferResults(final Reply reply)
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

    static Found<Account> accounts(final Reply reply)
    {
        final List<Account> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(Account.decode(reply.account(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static Found<Transfer> transfers(final Reply reply)
    {
        final List<Transfer> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(Transfer.decode(reply.transfer(i), reply.transferTimestampNs(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static List<DefinitionResult> definitionResults(final Reply reply)
    {
        final List<DefinitionResult> results = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            results.add(new DefinitionResult(reply.timestampNs(i), reply.sequence(i)));
        }
        return List.copyOf(results);
    }

    static Found<LedgerDefinition> definitions(final Reply reply)
    {
        final List<LedgerDefinition> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(LedgerDefinition.decode(reply.buffer(), reply.rowOffset(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static Found<FirstOutcome> firstOutcomes(final Reply reply)
    {
        final boolean isOfAccounts = reply.kind() == RequestKind.LOOKUP_ACCOUNT_OUTCOMES;
        final List<FirstOutcome> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            final DirectBuffer buffer = reply.buffer();
            final int offset = reply.rowOffset(i);
            final int rowOffset = offset + 2 * Long.BYTES;
            final int code = buffer.getInt(rowOffset + BatchResults.OUTCOME_OFFSET);
            values.add(
                new FirstOutcome(
                    new Uint128(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES)),
                    isOfAccounts ? AccountOutcome.of(code).label() : TransferOutcome.of(code).label(),
                    code,
                    buffer.getLong(rowOffset + BatchResults.TIMESTAMP_OFFSET),
                    buffer.getLong(rowOffset + BatchResults.SEQUENCE_OFFSET)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static Found<AccountBalance> balances(final Reply reply)
    {
        final List<AccountBalance> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(AccountBalance.decode(reply.buffer(), reply.rowOffset(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static Found<ChangeEvent> changeEvents(final Reply reply)
    {
        final List<ChangeEvent> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(ChangeEvent.decode(reply.buffer(), reply.rowOffset(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static Found<AccountWithPending> accountWithPending(final Reply reply)
    {
        if (reply.count() == 0)
        {
            return new Found<>(List.of(), reply.validAtSequence());
        }
        final List<Transfer> pending = new ArrayList<>(reply.count() - 1);
        final int end = reply.count() - (reply.isFull() ? 1 : 0);
        for (int i = 1; i < end; i++)
        {
            pending.add(Transfer.decode(reply.transfer(i), reply.transferTimestampNs(i)));
        }
        return new Found<>(
            List.of(new AccountWithPending(Account.decode(reply.account(0)), pending, reply.isFull())),
            reply.validAtSequence());
    }

    static Found<Explanation> explanations(final Reply reply)
    {
        final List<Explanation> values = new ArrayList<>(reply.count());
        for (int i = 0; i < reply.count(); i++)
        {
            values.add(Explanation.decode(reply.buffer(), reply.rowOffset(i)));
        }
        return new Found<>(values, reply.validAtSequence());
    }

    static ClockResult clockResult(final Reply reply)
    {
        return new ClockResult(
            reply.buffer().getLong(reply.rowOffset(0)), reply.buffer().getLong(reply.rowOffset(0) + Long.BYTES));
    }
}
