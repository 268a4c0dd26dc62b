package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountEvent;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.Events;
import io.seriatim.ledger.ReferenceLedger;
import io.seriatim.ledger.ReferenceRead;
import io.seriatim.ledger.ReferenceReads;
import io.seriatim.ledger.TransferEvent;
import org.agrona.DirectBuffer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the engine what the reference ledger was asked, and brings both answers into one shape to compare: lines of
 * text, as a person would want to see the first that differs.
 */
final class QueryAnswers
{
    private final LedgerSession session;

    QueryAnswers(final LedgerSession session)
    {
        this.session = session;
    }

    /** Send a read; false if the engine has no way to ask such a question: filters with padding that is not 0. */
    boolean publish(final ReferenceRead read)
    {
        final boolean isClaimed = claim(read);
        if (isClaimed)
        {
            session.publish();
        }
        return isClaimed;
    }

    private boolean claim(final ReferenceRead read)
    {
        if (read instanceof ReferenceRead.LookupAccounts lookup)
        {
            return lookup(RequestKind.LOOKUP_ACCOUNTS, lookup.ids());
        }
        if (read instanceof ReferenceRead.LookupTransfers lookup)
        {
            return lookup(RequestKind.LOOKUP_TRANSFERS, lookup.ids());
        }
        if (read instanceof ReferenceRead.LookupOutcome lookup)
        {
            return lookup(
                lookup.kind() == ReferenceRead.Kind.ACCOUNT ? RequestKind.LOOKUP_ACCOUNT_OUTCOMES :
                RequestKind.LOOKUP_TRANSFER_OUTCOMES, List.of(lookup.id()));
        }
        if (read instanceof ReferenceRead.GetAccountTransfers query)
        {
            return query(RequestKind.GET_ACCOUNT_TRANSFERS, query.filter());
        }
        if (read instanceof ReferenceRead.GetAccountBalances query)
        {
            return query(RequestKind.GET_ACCOUNT_BALANCES, query.filter());
        }
        if (read instanceof ReferenceRead.QueryAccounts query)
        {
            return query(RequestKind.QUERY_ACCOUNTS, query.filter(), 0);
        }
        if (read instanceof ReferenceRead.QueryTransfers query)
        {
            return query(RequestKind.QUERY_TRANSFERS, query.filter(), 0);
        }
        if (read instanceof ReferenceRead.QueryPending query)
        {
            return query(RequestKind.QUERY_PENDING, query.filter(), query.state());
        }
        if (read instanceof ReferenceRead.GetChangeEvents query)
        {
            return query(query.filter());
        }
        if (read instanceof ReferenceRead.GetAccountWithPending query)
        {
            ask(RequestKind.GET_ACCOUNT_WITH_PENDING, query.id(), QueryRows.ROW_COUNT_MAX);
            return true;
        }
        if (read instanceof ReferenceRead.GetAccountAsOfSequence query)
        {
            ask(RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE, query.id(), 1).sequence(query.sequence());
            return true;
        }
        final ReferenceRead.GetAccountAsOfTimestamp query = (ReferenceRead.GetAccountAsOfTimestamp)read;
        ask(RequestKind.GET_ACCOUNT_AS_OF_TIME, query.id(), 1).timestampMaxNs(query.timestamp());
        return true;
    }

    private boolean lookup(final RequestKind kind, final List<BigInteger> ids)
    {
        require(session.claimLookup(kind, ids.size()));
        for (int i = 0; i < ids.size(); i++)
        {
            session.id(i, Events.high(ids.get(i)), Events.low(ids.get(i)));
        }
        return true;
    }

    private boolean query(final RequestKind kind, final ReferenceRead.AccountFilter filter)
    {
        if (filter.reserved() != 0)
        {
            return false;
        }
        ask(kind, filter.accountId(), filter.limit())
            .userData128(Events.high(filter.userData128()), Events.low(filter.userData128()))
            .userData64(filter.userData64())
            .userData32(filter.userData32())
            .code(filter.code())
            .timestampMinNs(filter.timestampMin())
            .timestampMaxNs(filter.timestampMax())
            .flags(filter.flags());
        return true;
    }

    private boolean query(final RequestKind kind, final ReferenceRead.QueryFilter filter, final int state)
    {
        if (filter.reserved() != 0)
        {
            return false;
        }
        ask(kind, BigInteger.ZERO, filter.limit())
            .userData128(Events.high(filter.userData128()), Events.low(filter.userData128()))
            .userData64(filter.userData64())
            .userData32(filter.userData32())
            .ledger(filter.ledger())
            .code(filter.code())
            .state(state)
            .timestampMinNs(filter.timestampMin())
            .timestampMaxNs(filter.timestampMax())
            .flags(filter.flags());
        return true;
    }

    private boolean query(final ReferenceRead.ChangeEventsFilter filter)
    {
        if (filter.reserved() != 0)
        {
            return false;
        }
        ask(RequestKind.GET_CHANGE_EVENTS, BigInteger.ZERO, filter.limit())
            .timestampMinNs(filter.timestampMin())
            .timestampMaxNs(filter.timestampMax());
        return true;
    }

    private Filter ask(final RequestKind kind, final BigInteger id, final int limit)
    {
        require(session.claimQuery(kind, limit < 0 ? Integer.MAX_VALUE : limit));
        return session.filter().id(Events.high(id), Events.low(id)).limit(limit);
    }

    private static void require(final long requestId)
    {
        if (requestId <= 0)
        {
            throw new AssertionError("no room for a read: " + requestId);
        }
    }

    /** What the reference ledger answers, a line for each row. */
    static List<String> expected(final List<? extends Record> answer)
    {
        final List<String> lines = new ArrayList<>();
        for (final Record row : answer)
        {
            if (row instanceof ReferenceReads.AccountWithPending found)
            {
                lines.add(found.account().toString());
                found.pending().forEach(transfer -> lines.add(transfer.toString()));
            }
            else if (row instanceof ReferenceReads.ChangeEvent event)
            {
                lines.add(
                    event.timestamp() + " " + event.type().ordinal() + " " + event.transfer().asEvent() + " " +
                    event.debitAfter().asEvent() + " " + event.creditAfter().asEvent());
            }
            else if (row instanceof ReferenceReads.BalanceRow balance)
            {
                final ReferenceLedger.Balances balances = balance.balances();
                lines.add(
                    balance.timestamp() + " " + balances.debitsPending() + " " + balances.debitsPosted() + " " +
                    balances.creditsPending() + " " + balances.creditsPosted());
            }
            else if (row instanceof ReferenceLedger.FirstAnswer first)
            {
                lines.add((int)first.status().code() + " " + first.sequence() + " " + first.timestamp());
            }
            else
            {
                lines.add(row.toString());
            }
        }
        return lines;
    }

    /** What the engine answers, in the same shape. */
    static List<String> actual(final ReferenceRead read, final Reply reply)
    {
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < reply.count(); i++)
        {
            lines.add(line(read, reply.kind(), reply.buffer(), reply.rowOffset(i), i));
        }
        return lines;
    }

    private static String line(
        final ReferenceRead read, final RequestKind kind, final DirectBuffer buffer, final int offset, final int index)
    {
        switch (kind)
        {
            case LOOKUP_ACCOUNTS, QUERY_ACCOUNTS, GET_ACCOUNT_AS_OF_SEQUENCE, GET_ACCOUNT_AS_OF_TIME:
                return account(buffer, offset).toString();
            case GET_ACCOUNT_WITH_PENDING:
                return index == 0 ? account(buffer, offset).toString() : transfer(buffer, offset).toString();
            case GET_ACCOUNT_BALANCES:
                return buffer.getLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET) + " " + uint128(buffer, offset) +
                    " " + uint128(buffer, offset + 16) + " " + uint128(buffer, offset + 32) + " " +
                    uint128(buffer, offset + 48);
            case GET_CHANGE_EVENTS:
                return buffer.getLong(offset) + " " + buffer.getInt(offset + QueryRows.EVENT_TYPE_OFFSET) + " " +
                    transfer(buffer, offset + QueryRows.EVENT_TRANSFER_OFFSET) + " " +
                    account(buffer, offset + QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET) + " " +
                    account(buffer, offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET);
            case LOOKUP_ACCOUNT_OUTCOMES, LOOKUP_TRANSFER_OUTCOMES:
                return outcome(((ReferenceRead.LookupOutcome)read).id(), buffer, offset);
            default:
                return transfer(buffer, offset).toString();
        }
    }

    private static String outcome(final BigInteger id, final DirectBuffer buffer, final int offset)
    {
        final int rowOffset = offset + 2 * Long.BYTES;
        return (id.equals(uint128(buffer, offset)) ? "" : "of another id: ") +
            buffer.getInt(rowOffset + BatchResults.OUTCOME_OFFSET) + " " +
            buffer.getLong(rowOffset + BatchResults.SEQUENCE_OFFSET) + " " +
            buffer.getLong(rowOffset + BatchResults.TIMESTAMP_OFFSET);
    }

    private static AccountEvent account(final DirectBuffer buffer, final int offset)
    {
        return Events.decode(new AccountRecordDecoder().wrap(buffer, offset));
    }

    private static TransferEvent transfer(final DirectBuffer buffer, final int offset)
    {
        return Events.decode(
            new TransferRecordDecoder().wrap(buffer, offset),
            buffer.getLong(offset + TransferRecordDecoder.ENCODED_LENGTH));
    }

    private static BigInteger uint128(final DirectBuffer buffer, final int offset)
    {
        return Events.uint128(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }
}
