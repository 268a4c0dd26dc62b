package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The accounts of a shard as they stand after each entry, by what the entries say that they did: the way in which one
 * reads a ledger book. It decides nothing again; {@link AuditReplay} is what does.
 * <p>
 * Shape: an object for each account and each open pending transfer, on the heap.<br>
 * Threads: confined to one.
 */
public final class BooksWalk
{
    private static final int CREATED = TransferOutcome.CREATED.code();
    private static final int PENDING = TransferFlags.PENDING;

    /** Takes what entries do, after the accounts have it. */
    @FunctionalInterface
    public interface MovementHandler
    {
        /**
         * An entry has moved something.
         *
         * @param movement what it did.
         * @param debit    account whose debits changed, as it stands now.
         * @param credit   account whose credits changed, as it stands now.
         */
        void onMovement(Movement movement, BookAccount debit, BookAccount credit);
    }

    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();
    private final ExpiryEntryDecoder expiryEntry = new ExpiryEntryDecoder();
    private final LedgerDefinitionEntryDecoder definitionEntry = new LedgerDefinitionEntryDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    private final Map<Uint128, BookAccount> accounts = new LinkedHashMap<>();

    /** Amounts of open pending transfers, by the sequences of their entries. */
    private final Map<Long, BigInteger> reserved = new HashMap<>();

    private final Map<Long, DefinitionAudit> definitions = new TreeMap<>();
    private final MovementHandler handler;
    private long sequence = -1;

    /**
     * A walk that has not begun.
     *
     * @param handler of what entries do.
     */
    public BooksWalk(final MovementHandler handler)
    {
        this.handler = handler;
    }

    /**
     * Take the next entry of the shard.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     */
    public void onEntry(final DirectBuffer buffer, final int offset)
    {
        sequence = Entries.sequence(buffer, offset);
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                onAccount(accountEntry.wrapAndApplyHeader(buffer, offset, header));
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                onTransfer(transferEntry.wrapAndApplyHeader(buffer, offset, header));
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                onExtended(extendedEntry.wrapAndApplyHeader(buffer, offset, header));
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                onExpiry(expiryEntry.wrapAndApplyHeader(buffer, offset, header));
                break;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                onDefinition(definitionEntry.wrapAndApplyHeader(buffer, offset, header));
                break;
            default:
                break;
        }
    }

    /**
     * Pass over the next entry of the shard: it does nothing here, but others may speak of what it reserved.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     */
    public void passOver(final DirectBuffer buffer, final int offset)
    {
        final int templateId = Entries.templateId(buffer, offset);
        if (templateId == TransferEntryDecoder.TEMPLATE_ID)
        {
            transferEntry.wrapAndApplyHeader(buffer, offset, header);
            if ((int)transferEntry.outcome() == CREATED && (transferEntry.transfer().flags() & PENDING) != 0)
            {
                reserve(transferEntry);
            }
        }
        else if (templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID)
        {
            extendedEntry.wrapAndApplyHeader(buffer, offset, header);
            if ((int)extendedEntry.outcome() == CREATED && (extendedEntry.transfer().flags() & PENDING) != 0)
            {
                reserve(extendedEntry);
            }
        }
    }

    /**
     * Sequence of the entry that was taken last.
     *
     * @return the sequence; -1 before the first one.
     */
    public long sequence()
    {
        return sequence;
    }

    /**
     * All accounts, in the order of their creation.
     *
     * @return accounts as they stand.
     */
    public Collection<BookAccount> accounts()
    {
        return accounts.values();
    }

    /**
     * An account.
     *
     * @param id of it.
     * @return the account as it stands; null if there is none.
     */
    public BookAccount account(final Uint128 id)
    {
        return accounts.get(id);
    }

    /**
     * The newest definition of each ledger that has one.
     *
     * @return by number of the ledger.
     */
    public List<DefinitionAudit> definitions()
    {
        return new ArrayList<>(definitions.values());
    }

    /**
     * The newest definition of a ledger.
     *
     * @param ledger its number.
     * @return the definition; null if it has none.
     */
    public DefinitionAudit definition(final int ledger)
    {
        return definitions.get(Integer.toUnsignedLong(ledger));
    }

    /**
     * When what an entry tells of happened: what an imported object was given, else its slot.
     *
     * @param buffer holding the entry.
     * @param offset of its SBE header.
     * @return timestamp in nanoseconds; 0 if it has none.
     */
    public long timestampNs(final DirectBuffer buffer, final int offset)
    {
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                accountEntry.wrapAndApplyHeader(buffer, offset, header);
                return givenOr(accountEntry.account().timestampNs(), accountEntry.timestampNs());
            case TransferEntryDecoder.TEMPLATE_ID:
                return transferEntry.wrapAndApplyHeader(buffer, offset, header).timestampNs();
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extendedEntry.wrapAndApplyHeader(buffer, offset, header);
                return timestampOf(extendedEntry);
            case ExpiryEntryDecoder.TEMPLATE_ID:
                return expiryEntry.wrapAndApplyHeader(buffer, offset, header).timestampNs();
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                return definitionEntry.wrapAndApplyHeader(buffer, offset, header).timestampNs();
            default:
                return 0;
        }
    }

    private void onAccount(final AccountEntryDecoder entry)
    {
        if ((int)entry.outcome() == CREATED)
        {
            final AccountRecordDecoder account = entry.account();
            final Uint128 id = new Uint128(account.idHigh(), account.idLow());
            accounts.put(id, new BookAccount(
                id, (int)account.ledger(), account.code(), account.flags(), sequence,
                givenOr(account.timestampNs(), entry.timestampNs())));
        }
    }

    private void onTransfer(final TransferEntryDecoder entry)
    {
        if ((int)entry.outcome() != CREATED)
        {
            return;
        }
        final TransferRecordDecoder transfer = entry.transfer();
        final BigInteger amount = new Uint128(transfer.amountHigh(), transfer.amountLow()).toBigInteger();
        final boolean isPending = (transfer.flags() & PENDING) != 0;
        final Uint128 debit = new Uint128(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        final Uint128 credit = new Uint128(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        if (isPending)
        {
            reserve(entry);
        }
        apply(new Movement(
            sequence, entry.timestampNs(), isPending ? Movement.Kind.PENDING : Movement.Kind.TRANSFER,
            new Uint128(transfer.idHigh(), transfer.idLow()), (int)transfer.ledger(), transfer.code(), debit, credit,
            isPending ? amount : BigInteger.ZERO, isPending ? BigInteger.ZERO : amount,
            closingOf(transfer.flags()), 0));
    }

    private void onExtended(final ExtendedTransferEntryDecoder entry)
    {
        if ((int)entry.outcome() != CREATED)
        {
            return;
        }
        final int flags = entry.transfer().flags();
        final BigInteger amount = new Uint128(entry.amountMovedHigh(), entry.amountMovedLow()).toBigInteger();
        final Uint128 debit = new Uint128(entry.resolvedDebitAccountIdHigh(), entry.resolvedDebitAccountIdLow());
        final Uint128 credit = new Uint128(entry.resolvedCreditAccountIdHigh(), entry.resolvedCreditAccountIdLow());
        Movement.Kind kind = Movement.Kind.TRANSFER;
        BigInteger pending = BigInteger.ZERO;
        BigInteger posted = amount;
        if ((flags & PENDING) != 0)
        {
            kind = Movement.Kind.PENDING;
            pending = amount;
            posted = BigInteger.ZERO;
            reserve(entry);
        }
        else if ((flags & TransferFlags.POST_PENDING_TRANSFER) != 0)
        {
            kind = Movement.Kind.POSTED;
            pending = reserved.remove(entry.pendingSequence()).negate();
        }
        else if ((flags & TransferFlags.VOID_PENDING_TRANSFER) != 0)
        {
            kind = Movement.Kind.VOIDED;
            pending = reserved.remove(entry.pendingSequence()).negate();
            posted = BigInteger.ZERO;
        }
        apply(new Movement(
            sequence, timestampOf(entry), kind, new Uint128(entry.transfer().idHigh(), entry.transfer().idLow()),
            (int)entry.resolvedLedger(), entry.resolvedCode(), debit, credit, pending, posted, closingOf(flags),
            entry.reopened()));
    }

    private void reserve(final TransferEntryDecoder entry)
    {
        reserved.put(
            entry.sequence(),
            new Uint128(entry.transfer().amountHigh(), entry.transfer().amountLow()).toBigInteger());
    }

    private void reserve(final ExtendedTransferEntryDecoder entry)
    {
        reserved.put(entry.sequence(), new Uint128(entry.amountMovedHigh(), entry.amountMovedLow()).toBigInteger());
    }

    private void onExpiry(final ExpiryEntryDecoder entry)
    {
        reserved.remove(entry.pendingSequence());
        apply(new Movement(
            sequence, entry.timestampNs(), Movement.Kind.EXPIRED,
            new Uint128(entry.pendingIdHigh(), entry.pendingIdLow()), (int)entry.ledger(), entry.code(),
            new Uint128(entry.debitAccountIdHigh(), entry.debitAccountIdLow()),
            new Uint128(entry.creditAccountIdHigh(), entry.creditAccountIdLow()),
            new Uint128(entry.amountHigh(), entry.amountLow()).toBigInteger().negate(), BigInteger.ZERO, 0,
            entry.reopened()));
    }

    private void onDefinition(final LedgerDefinitionEntryDecoder entry)
    {
        definitions.put(entry.ledger(), DefinitionAudit.ofEntry(entry));
    }

    private void apply(final Movement movement)
    {
        final BookAccount debit = accounts.get(movement.debitAccountId());
        final BookAccount credit = accounts.get(movement.creditAccountId());
        if (debit == null || credit == null)
        {
            throw new IllegalStateException(
                "an entry moves what is not there: sequence=" + movement.sequence() + ", debit account=" +
                movement.debitAccountId() + ", credit account=" + movement.creditAccountId());
        }
        debit.debit(movement);
        credit.credit(movement);
        handler.onMovement(movement, debit, credit);
    }

    private static long timestampOf(final ExtendedTransferEntryDecoder entry)
    {
        return (entry.transfer().flags() & TransferFlags.IMPORTED) != 0 ?
            givenOr(entry.givenTimestampNs(), entry.timestampNs()) : entry.timestampNs();
    }

    private static long givenOr(final long givenNs, final long slotNs)
    {
        return givenNs != 0 ? givenNs : slotNs;
    }

    private static int closingOf(final int flags)
    {
        return ((flags & TransferFlags.CLOSING_DEBIT) != 0 ? 1 : 0) |
            ((flags & TransferFlags.CLOSING_CREDIT) != 0 ? 2 : 0);
    }
}
