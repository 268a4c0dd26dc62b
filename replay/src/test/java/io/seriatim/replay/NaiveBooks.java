package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.StoredTransfer;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import org.agrona.concurrent.UnsafeBuffer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole history of a shard as copies of everything after every entry; queries are scans. It shares nothing with the
 * read model but the codecs and how a stored transfer is read from its entry.
 */
final class NaiveBooks
{
    /** A transfer, and its accounts after it. */
    record Transfer(
        byte[] row, long sequence, long timestampNs, Uint128 debitId, Uint128 creditId, BigInteger amount, int flags,
        byte[] debitAfter, byte[] creditAfter)
    {
    }

    /** Something that has changed balances. */
    record Event(long timestampNs, long sequence, byte[] row)
    {
    }

    /** An account and what it was after each entry that has changed it. */
    static final class Account
    {
        final TreeMap<Long, byte[]> states = new TreeMap<>();
        final long timestampNs;

        Account(final long sequence, final byte[] record)
        {
            states.put(sequence, record);
            timestampNs = new AccountRecordDecoder().wrap(new UnsafeBuffer(record), 0).timestampNs();
        }

        byte[] now()
        {
            return states.lastEntry().getValue();
        }
    }

    private static final int DEBITS_OFFSET = AccountRecordDecoder.debitsPendingHighEncodingOffset();
    private static final int CREDITS_OFFSET = AccountRecordDecoder.creditsPendingHighEncodingOffset();
    private static final int FLAGS_OFFSET = AccountRecordDecoder.flagsEncodingOffset();
    private static final int TIMESTAMP_OFFSET = AccountRecordDecoder.timestampNsEncodingOffset();
    private static final int POSTED = 16;

    final Map<Uint128, Account> accounts = new LinkedHashMap<>();
    final List<Transfer> transfers = new ArrayList<>();
    final Map<Long, Transfer> transferBySequence = new HashMap<>();
    final Map<Long, Integer> states = new TreeMap<>();
    final List<Event> events = new ArrayList<>();

    /** Sequence and timestamp of every release. */
    final TreeMap<Long, Long> expiries = new TreeMap<>();
    long lastSequence;

    void apply(final long sequence, final UnsafeBuffer entry)
    {
        lastSequence = sequence;
        final int body = MessageHeaderDecoder.ENCODED_LENGTH;
        switch (Entries.templateId(entry, 0))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                final AccountEntryDecoder account = new AccountEntryDecoder().wrap(
                    entry, body, AccountEntryDecoder.BLOCK_LENGTH, 0);
                if ((int)account.outcome() == -1)
                {
                    addAccount(sequence, account);
                }
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                if (StoredTransfer.isCreated(entry, 0))
                {
                    addTransfer(sequence, new StoredTransfer().wrap(entry, 0));
                }
                break;
            default:
                addExpiry(sequence, new ExpiryEntryDecoder().wrap(entry, body, ExpiryEntryDecoder.BLOCK_LENGTH, 0));
                break;
        }
    }

    private void addAccount(final long sequence, final AccountEntryDecoder entry)
    {
        final AccountRecordDecoder given = entry.account();
        final byte[] record = new byte[QueryRows.ACCOUNT_LENGTH];
        given.buffer().getBytes(given.offset(), record);
        if ((given.flags() & AccountFlags.IMPORTED) == 0)
        {
            new UnsafeBuffer(record).putLong(TIMESTAMP_OFFSET, entry.timestampNs());
        }
        accounts.put(new Uint128(given.idHigh(), given.idLow()), new Account(sequence, record));
    }

    private void addTransfer(final long sequence, final StoredTransfer stored)
    {
        final byte[] row = new byte[QueryRows.TRANSFER_LENGTH];
        stored.copyTo(new UnsafeBuffer(row), 0);
        final Uint128 debitId = new Uint128(stored.debitAccountIdHigh(), stored.debitAccountIdLow());
        final Uint128 creditId = new Uint128(stored.creditAccountIdHigh(), stored.creditAccountIdLow());
        final BigInteger amount = new Uint128(stored.amountHigh(), stored.amountLow()).toBigInteger();
        final int flags = stored.flags();
        final byte[] debit = accounts.get(debitId).now().clone();
        final byte[] credit = accounts.get(creditId).now().clone();
        final Transfer pending = transferBySequence.get(stored.pendingSequence());
        int type = 0;
        if ((flags & TransferFlags.PENDING) != 0)
        {
            type = 1;
            add(debit, DEBITS_OFFSET, amount);
            add(credit, CREDITS_OFFSET, amount);
            closed(debit, (flags & TransferFlags.CLOSING_DEBIT) != 0, true);
            closed(credit, (flags & TransferFlags.CLOSING_CREDIT) != 0, true);
            states.put(sequence, 1);
        }
        else if (pending != null)
        {
            final boolean isVoid = (flags & TransferFlags.VOID_PENDING_TRANSFER) != 0;
            type = isVoid ? 3 : 2;
            release(pending, debit, credit, isVoid);
            states.put(pending.sequence, isVoid ? 3 : 2);
        }
        if ((flags & (TransferFlags.PENDING | TransferFlags.VOID_PENDING_TRANSFER)) == 0)
        {
            add(debit, DEBITS_OFFSET + POSTED, amount);
            add(credit, CREDITS_OFFSET + POSTED, amount);
        }
        accounts.get(debitId).states.put(sequence, debit);
        accounts.get(creditId).states.put(sequence, credit);
        final Transfer transfer = new Transfer(
            row, sequence, stored.timestampNs(), debitId, creditId, amount, flags, debit, credit);
        transfers.add(transfer);
        transferBySequence.put(sequence, transfer);
        addEvent(stored.timestampNs(), sequence, type, transfer, debit, credit);
    }

    private void addExpiry(final long sequence, final ExpiryEntryDecoder entry)
    {
        final Transfer pending = transferBySequence.get(entry.pendingSequence());
        final byte[] debit = accounts.get(pending.debitId).now().clone();
        final byte[] credit = accounts.get(pending.creditId).now().clone();
        release(pending, debit, credit, true);
        states.put(pending.sequence, 4);
        accounts.get(pending.debitId).states.put(sequence, debit);
        accounts.get(pending.creditId).states.put(sequence, credit);
        expiries.put(sequence, entry.timestampNs());
        addEvent(entry.timestampNs(), sequence, 4, pending, debit, credit);
    }

    private void addEvent(
        final long timestampNs,
        final long sequence,
        final int type,
        final Transfer transfer,
        final byte[] debit,
        final byte[] credit)
    {
        final byte[] row = new byte[QueryRows.CHANGE_EVENT_LENGTH];
        final UnsafeBuffer buffer = new UnsafeBuffer(row);
        buffer.putLong(0, timestampNs);
        buffer.putInt(8, type);
        buffer.putBytes(16, transfer.row);
        buffer.putBytes(144, debit);
        buffer.putBytes(272, credit);
        events.add(new Event(timestampNs, sequence, row));
    }

    private static void release(
        final Transfer pending, final byte[] debit, final byte[] credit, final boolean isReopening)
    {
        add(debit, DEBITS_OFFSET, pending.amount.negate());
        add(credit, CREDITS_OFFSET, pending.amount.negate());
        closed(debit, isReopening && (pending.flags & TransferFlags.CLOSING_DEBIT) != 0, false);
        closed(credit, isReopening && (pending.flags & TransferFlags.CLOSING_CREDIT) != 0, false);
    }

    private static void add(final byte[] record, final int offset, final BigInteger amount)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(record);
        final Uint128 sum = Uint128.of(
            new Uint128(buffer.getLong(offset), buffer.getLong(offset + 8)).toBigInteger().add(amount));
        buffer.putLong(offset, sum.high());
        buffer.putLong(offset + 8, sum.low());
    }

    private static void closed(final byte[] record, final boolean isFlipped, final boolean isClosed)
    {
        if (isFlipped)
        {
            final UnsafeBuffer buffer = new UnsafeBuffer(record);
            final int flags = buffer.getShort(FLAGS_OFFSET);
            buffer.putShort(
                FLAGS_OFFSET, (short)(isClosed ? flags | AccountFlags.CLOSED : flags & ~AccountFlags.CLOSED));
        }
    }

    // Queries.

    List<byte[]> query(final RequestKind kind, final Filter filter, final int rowCountMax)
    {
        final long limit = Math.min(rowCountMax, Integer.toUnsignedLong(filter.limit()));
        return switch (kind)
        {
            case GET_ACCOUNT_TRANSFERS -> isValidOfAccount(filter, 7) ?
                page(ofAccount(filter).stream().map(Transfer::row).toList(), filter, Filter.REVERSED, limit) :
                List.of();
            case GET_ACCOUNT_BALANCES -> balances(filter, limit);
            case QUERY_ACCOUNTS -> isValid(filter, 1) ? page(
                accounts.values().stream().map(Account::now).filter(row -> matchesAccount(filter, row)).toList(),
                filter, Filter.QUERY_REVERSED, limit) : List.of();
            case QUERY_TRANSFERS -> isValid(filter, 1) ? page(
                transfers.stream().map(Transfer::row).filter(row -> matchesTransfer(filter, row, true)).toList(),
                filter, Filter.QUERY_REVERSED, limit) : List.of();
            case QUERY_PENDING -> isValid(filter, 1) && filter.state() > 0 ? page(
                transfers.stream()
                    .filter(each -> states.getOrDefault(each.sequence, 0) == filter.state())
                    .map(Transfer::row).filter(row -> matchesTransfer(filter, row, true)).toList(),
                filter, Filter.QUERY_REVERSED, limit) : List.of();
            case GET_CHANGE_EVENTS -> isValid(filter, 0) ? page(
                events.stream().filter(event -> isInRange(filter, event.timestampNs))
                    .sorted(Comparator.comparing(Event::timestampNs).thenComparing(Event::sequence))
                    .map(Event::row).toList(),
                filter, 0, limit) : List.of();
            case GET_ACCOUNT_WITH_PENDING -> withPending(filter, rowCountMax);
            case GET_ACCOUNT_AS_OF_SEQUENCE ->
                filter.sequence() > lastSequence || rowCountMax == 0 ?
                    List.of() : asOf(filter, filter.sequence());
            case GET_ACCOUNT_AS_OF_TIME -> rowCountMax == 0 ? List.of() : asOfTime(filter);
            default -> throw new IllegalArgumentException(kind.toString());
        };
    }

    private static List<byte[]> page(
        final List<byte[]> rows, final Filter filter, final int reversedFlag, final long limit)
    {
        final List<byte[]> ordered = new ArrayList<>(rows);
        if ((filter.flags() & reversedFlag) != 0)
        {
            Collections.reverse(ordered);
        }
        return ordered.subList(0, (int)Math.min(limit, ordered.size()));
    }

    private static boolean isValid(final Filter filter, final int knownFlags)
    {
        final BigInteger max = BigInteger.valueOf(Long.MAX_VALUE);
        final BigInteger from = new BigInteger(Long.toUnsignedString(filter.timestampMinNs()));
        final BigInteger to = new BigInteger(Long.toUnsignedString(filter.timestampMaxNs()));
        return filter.limit() != 0 && (filter.flags() & ~knownFlags) == 0 && from.compareTo(max) <= 0 &&
            to.compareTo(max) <= 0 && (from.signum() == 0 || to.signum() == 0 || from.compareTo(to) <= 0);
    }

    private static boolean isValidOfAccount(final Filter filter, final int knownFlags)
    {
        final Uint128 id = new Uint128(filter.idHigh(), filter.idLow());
        return isValid(filter, knownFlags) && (filter.flags() & 3) != 0 && !id.equals(Uint128.ZERO) &&
            !id.equals(Uint128.MAX);
    }

    private static boolean isInRange(final Filter filter, final long timestampNs)
    {
        return (filter.timestampMinNs() == 0 || timestampNs >= filter.timestampMinNs()) &&
            (filter.timestampMaxNs() == 0 || timestampNs <= filter.timestampMaxNs());
    }

    private static boolean matchesTransfer(final Filter filter, final byte[] row, final boolean isLedgerAsked)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(row);
        final TransferRecordDecoder transfer = new TransferRecordDecoder().wrap(buffer, 0);
        return matches(
            filter, transfer.userData128High(), transfer.userData128Low(), transfer.userData64(),
            (int)transfer.userData32(), isLedgerAsked ? (int)transfer.ledger() : filter.ledger(), transfer.code(),
            buffer.getLong(TransferRecordDecoder.ENCODED_LENGTH));
    }

    private static boolean matchesAccount(final Filter filter, final byte[] row)
    {
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(new UnsafeBuffer(row), 0);
        return matches(
            filter, account.userData128High(), account.userData128Low(), account.userData64(),
            (int)account.userData32(), (int)account.ledger(), account.code(), account.timestampNs());
    }

    private static boolean matches(
        final Filter filter,
        final long userData128High,
        final long userData128Low,
        final long userData64,
        final int userData32,
        final int ledger,
        final int code,
        final long timestampNs)
    {
        return ((filter.userData128High() | filter.userData128Low()) == 0 ||
            filter.userData128High() == userData128High && filter.userData128Low() == userData128Low) &&
            (filter.userData64() == 0 || filter.userData64() == userData64) &&
            (filter.userData32() == 0 || filter.userData32() == userData32) &&
            (filter.ledger() == 0 || filter.ledger() == ledger) &&
            (filter.code() == 0 || filter.code() == code) && isInRange(filter, timestampNs);
    }

    private List<Transfer> ofAccount(final Filter filter)
    {
        final Uint128 id = new Uint128(filter.idHigh(), filter.idLow());
        return transfers.stream()
            .filter(each ->
                (filter.flags() & Filter.DEBITS) != 0 && each.debitId.equals(id) ||
                (filter.flags() & Filter.CREDITS) != 0 && each.creditId.equals(id))
            .filter(each -> matchesTransfer(filter, each.row, false))
            .toList();
    }

    private List<byte[]> balances(final Filter filter, final long limit)
    {
        final Uint128 id = new Uint128(filter.idHigh(), filter.idLow());
        final Account account = accounts.get(id);
        if (!isValidOfAccount(filter, 15) || account == null ||
            (new UnsafeBuffer(account.now()).getShort(FLAGS_OFFSET) & AccountFlags.HISTORY) == 0)
        {
            return List.of();
        }
        final List<byte[]> rows = new ArrayList<>();
        if ((filter.flags() & Filter.OPENING) != 0 && isInRange(filter, account.timestampNs))
        {
            rows.add(balance(account.states.firstEntry().getValue(), account.timestampNs));
        }
        ofAccount(filter).forEach(each ->
            rows.add(balance(each.debitId.equals(id) ? each.debitAfter : each.creditAfter, each.timestampNs)));
        return page(rows, filter, Filter.REVERSED, limit);
    }

    private static byte[] balance(final byte[] account, final long timestampNs)
    {
        final byte[] row = new byte[QueryRows.BALANCE_LENGTH];
        System.arraycopy(account, DEBITS_OFFSET, row, 0, 64);
        new UnsafeBuffer(row).putLong(64, timestampNs);
        return row;
    }

    private List<byte[]> withPending(final Filter filter, final int rowCountMax)
    {
        final Uint128 id = new Uint128(filter.idHigh(), filter.idLow());
        final List<byte[]> rows = new ArrayList<>();
        if (accounts.containsKey(id))
        {
            rows.add(accounts.get(id).now());
            transfers.stream()
                .filter(each -> states.getOrDefault(each.sequence, 0) == 1)
                .filter(each -> each.debitId.equals(id) || each.creditId.equals(id))
                .forEach(each -> rows.add(each.row));
        }
        return rows.subList(0, Math.min(rowCountMax, rows.size()));
    }

    private List<byte[]> asOf(final Filter filter, final long sequence)
    {
        final Account account = accounts.get(new Uint128(filter.idHigh(), filter.idLow()));
        final Map.Entry<Long, byte[]> state = account == null ? null : account.states.floorEntry(sequence);
        return state == null ? List.of() : List.of(state.getValue());
    }

    private List<byte[]> asOfTime(final Filter filter)
    {
        final long timestampNs = filter.timestampMaxNs();
        final Account account = accounts.get(new Uint128(filter.idHigh(), filter.idLow()));
        if (account == null || timestampNs < account.timestampNs)
        {
            return List.of();
        }
        long sequence = 0;
        long next = Long.MAX_VALUE;
        for (final Transfer transfer : transfers)
        {
            if (transfer.timestampNs <= timestampNs)
            {
                sequence = transfer.sequence;
            }
            else
            {
                next = transfer.sequence;
                break;
            }
        }
        for (final Map.Entry<Long, Long> expiry : expiries.tailMap(sequence, false).entrySet())
        {
            if (expiry.getKey() < next && expiry.getValue() <= timestampNs)
            {
                sequence = expiry.getKey();
            }
        }
        final Map.Entry<Long, byte[]> state = account.states.floorEntry(sequence);
        return List.of(state == null ? account.states.firstEntry().getValue() : state.getValue());
    }
}
