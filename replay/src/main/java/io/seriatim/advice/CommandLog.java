package io.seriatim.advice;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The commands of one shard in their order, and what each of them depends on.
 * <p>
 * Shape: the entries of the commands as recorded, see {@link EntryLog}; an object for each account, each pending
 * transfer and each id that came again or is posted or voided.<br>
 * Threads: confined to one.
 */
final class CommandLog
{
    private static final int TIMESTAMP_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.timestampNsEncodingOffset();
    private static final int BATCH_INDEX_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.batchIndexEncodingOffset();
    private static final int OUTCOME_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.outcomeEncodingOffset();
    private static final int ACCOUNT_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + AccountEntryDecoder.accountEncodingOffset();
    private static final int ACCOUNT_FLAGS_OFFSET = ACCOUNT_OFFSET + AccountRecordDecoder.flagsEncodingOffset();
    private static final int ACCOUNT_TIMESTAMP_OFFSET =
        ACCOUNT_OFFSET + AccountRecordDecoder.timestampNsEncodingOffset();
    private static final int TRANSFER_FLAGS_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH +
        ExtendedTransferEntryDecoder.transferEncodingOffset() + TransferRecordDecoder.flagsEncodingOffset();
    private static final int GIVEN_TIMESTAMP_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + ExtendedTransferEntryDecoder.givenTimestampNsEncodingOffset();
    private static final int DEBIT = 0;
    private static final int CREDIT = 1;
    private static final int CEILINGS = 2;
    private static final double TWO_TO_64 = 0x1p64;

    /** Sums below this do not overflow, however they were rounded. */
    private static final double OVERFLOW = 0x1p128 * 0.999;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int CLOSING = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT;
    private static final int BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT;
    private static final int POST_OR_VOID = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER;

    /** A pending transfer that its id leads to. */
    private record Pending(Uint128 debit, Uint128 credit, int flags, long deadlineNs, int ledger)
    {
    }

    /**
     * A pending transfer that would expire.
     *
     * @param unit       that made it.
     * @param deadlineNs when it would.
     * @param pending    part of the state that it is.
     * @param debit      part of the state that the balances of its debit account are.
     * @param credit     likewise of the credit account.
     * @param states     parts that the accounts' states are, if it closes them, so that they are open again then.
     */
    record Timed(int unit, long deadlineNs, int pending, int debit, int credit, List<Integer> states)
    {
        void forEachPart(final IntConsumer consumer)
        {
            consumer.accept(pending);
            consumer.accept(debit);
            consumer.accept(credit);
            states.forEach(consumer::accept);
        }
    }

    private final boolean isImportIgnored;
    private final EntryLog entries = new EntryLog();
    private final LongArrayList releasesNs = new LongArrayList();
    private final Map<Uint128, Integer> accountFlags = new HashMap<>();

    /** By its id, which may have come more than once. */
    private final Map<Uint128, List<Pending>> pendings = new HashMap<>();
    private final Set<Uint128> resolvedIds = new HashSet<>();
    private final LongHashSet seenIds = new LongHashSet();
    private final Set<Uint128> repeatedIds = new HashSet<>();

    /** What transfers debit and credit each account by, and how many more do that whose amounts are ceilings. */
    private final Map<Uint128, double[]> sums = new HashMap<>();
    private double amountsTogether;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();

    /**
     * Nothing yet.
     *
     * @param isImportIgnored whether commands are taken as if they were not imported, but made when they came.
     */
    CommandLog(final boolean isImportIgnored)
    {
        this.isImportIgnored = isImportIgnored;
    }

    EntryLog entries()
    {
        return entries;
    }

    int count()
    {
        return entries.count();
    }

    /** Take the next entry of the shard; those that hold no command follow from the others. */
    void onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                final AccountRecordDecoder account =
                    accountEntry.wrapAndApplyHeader(buffer, offset, header).account();
                // One that was refused may come again, mended: what any of them says counts.
                accountFlags.merge(
                    new Uint128(account.idHigh(), account.idLow()), account.flags(), (one, other) -> one | other);
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                onTransfer(transfer(buffer, offset), buffer.getLong(offset + TIMESTAMP_OFFSET));
                break;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                releasesNs.addLong(buffer.getLong(offset + TIMESTAMP_OFFSET));
                return;
            default:
                return;
        }
        entries.add(buffer, offset, length);
        if (isImportIgnored)
        {
            ignoreImport(count() - 1);
        }
    }

    private void ignoreImport(final int command)
    {
        final int offset = entries.offset(command);
        final int templateId = templateId(command);
        if (!isImport(command, command + 1))
        {
            return;
        }
        if (templateId == AccountEntryDecoder.TEMPLATE_ID)
        {
            entries.clear(offset + ACCOUNT_FLAGS_OFFSET, AccountFlags.IMPORTED);
            entries.clear(offset + ACCOUNT_TIMESTAMP_OFFSET);
        }
        else
        {
            entries.clear(offset + TRANSFER_FLAGS_OFFSET, TransferFlags.IMPORTED);
            entries.clear(offset + GIVEN_TIMESTAMP_OFFSET);
        }
    }

    private void onTransfer(final TransferRecordDecoder transfer, final long slotNs)
    {
        final Uint128 id = new Uint128(transfer.idHigh(), transfer.idLow());
        if (!seenIds.add(id.high() * 0x9E3779B97F4A7C15L ^ id.low()))
        {
            repeatedIds.add(id);
        }
        if ((transfer.flags() & POST_OR_VOID) != 0)
        {
            resolvedIds.add(new Uint128(transfer.pendingIdHigh(), transfer.pendingIdLow()));
        }
        else
        {
            final double amount = unsigned(transfer.amountHigh()) * TWO_TO_64 + unsigned(transfer.amountLow());
            final double[] debit = sums(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
            final double[] credit = sums(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
            if ((transfer.flags() & BALANCING) == 0)
            {
                debit[DEBIT] += amount;
                credit[CREDIT] += amount;
                amountsTogether += amount;
            }
            else
            {
                debit[CEILINGS + DEBIT]++;
                credit[CEILINGS + CREDIT]++;
            }
        }
        if ((transfer.flags() & (TransferFlags.PENDING | POST_OR_VOID)) == TransferFlags.PENDING)
        {
            pendings.computeIfAbsent(id, any -> new ArrayList<>(1)).add(new Pending(
                new Uint128(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()),
                new Uint128(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()),
                transfer.flags(), deadlineNs(slotNs, transfer.timeout()),
                (int)transfer.ledger()));
        }
    }

    private double[] sums(final long idHigh, final long idLow)
    {
        return sums.computeIfAbsent(new Uint128(idHigh, idLow), any -> new double[4]);
    }

    private static double unsigned(final long value)
    {
        return value >= 0 ? value : value + TWO_TO_64;
    }

    /** When something expires; 0 if never. */
    private static long deadlineNs(final long slotNs, final long timeout)
    {
        final long deadlineNs = slotNs + timeout * SECOND_NS;
        return timeout == 0 || deadlineNs < 0 ? 0 : deadlineNs;
    }

    private TransferRecordDecoder transfer(final DirectBuffer buffer, final int offset)
    {
        return Entries.templateId(buffer, offset) == TransferEntryDecoder.TEMPLATE_ID ?
            transferEntry.wrapAndApplyHeader(buffer, offset, header).transfer() :
            extendedEntry.wrapAndApplyHeader(buffer, offset, header).transfer();
    }

    /** The time at which each command was executed, rising. */
    long[] slotsNs()
    {
        final long[] slots = new long[count()];
        for (int i = 0; i < slots.length; i++)
        {
            slots[i] = slotNs(i);
        }
        return slots;
    }

    private long slotNs(final int command)
    {
        return entries.buffer().getLong(entries.offset(command) + TIMESTAMP_OFFSET);
    }

    /** The times at which pending transfers were released, rising. */
    LongArrayList releasesNs()
    {
        return releasesNs;
    }

    /** What a command was answered, with its code. */
    int outcome(final int command)
    {
        return entries.buffer().getInt(entries.offset(command) + OUTCOME_OFFSET);
    }

    /** Sequence that the entry of a command was recorded with. */
    long sequence(final int command)
    {
        return Entries.sequence(entries.buffer(), entries.offset(command));
    }

    boolean isTransfer(final int command)
    {
        final int templateId = templateId(command);
        return templateId == TransferEntryDecoder.TEMPLATE_ID || templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    private int templateId(final int command)
    {
        return Entries.templateId(entries.buffer(), entries.offset(command));
    }

    /** Whether the last command is the last one of its chain. */
    boolean isAtTheEndOfAChain()
    {
        return count() == 0 || !isLinked(count() - 1);
    }

    /** All of the commands in units that are moved as a whole. */
    Units units()
    {
        final Units units = new Units();
        final long[] slots = slotsNs();
        final long[] deadlines = pendings.values().stream().flatMap(List::stream).mapToLong(Pending::deadlineNs)
            .filter(deadlineNs -> deadlineNs != 0).sorted().toArray();
        int command = 0;
        while (command < count())
        {
            final int batchEnd = batchEnd(command);
            // Nothing is released within a batch, and imports come in batches of their own.
            final boolean isWhole = isImport(command, batchEnd) ||
                hasBetween(deadlines, slots[command], slots[batchEnd - 1]);
            while (command < batchEnd)
            {
                int end = command + 1;
                while (end < batchEnd && (isWhole || isLinked(end - 1)))
                {
                    end++;
                }
                units.begin(command);
                for (; command < end; command++)
                {
                    touch(units, command);
                }
                units.end(command);
            }
        }
        return units;
    }

    /** The pending transfers that expire if nobody posts or voids them. */
    List<Timed> timed(final Units units)
    {
        final long[] slots = slotsNs();
        final List<Timed> timed = new ArrayList<>();
        for (int unit = 0; unit < units.count(); unit++)
        {
            final int end = units.firstCommand(unit) + units.commandCount(unit);
            for (int command = units.firstCommand(unit); command < end; command++)
            {
                if (isTransfer(command))
                {
                    addTimed(timed, units, unit, command, slots);
                }
            }
        }
        return timed;
    }

    private void addTimed(
        final List<Timed> timed, final Units units, final int unit, final int command, final long[] slots)
    {
        final TransferRecordDecoder transfer = transfer(entries.buffer(), entries.offset(command));
        if ((transfer.flags() & (TransferFlags.PENDING | POST_OR_VOID)) != TransferFlags.PENDING ||
            deadlineNs(slots[command], transfer.timeout()) == 0)
        {
            return;
        }
        timed.add(new Timed(
            unit, deadlineNs(slots[command], transfer.timeout()),
            units.keyOf(Units.Part.PENDING, transfer.idHigh(), transfer.idLow()),
            units.keyOf(Units.Part.BALANCE, transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()),
            units.keyOf(Units.Part.BALANCE, transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()),
            (transfer.flags() & CLOSING) == 0 ? List.of() : List.of(
                units.keyOf(Units.Part.STATE, transfer.debitAccountIdHigh(), transfer.debitAccountIdLow()),
                units.keyOf(Units.Part.STATE, transfer.creditAccountIdHigh(), transfer.creditAccountIdLow()))));
    }

    private static boolean hasBetween(final long[] sorted, final long from, final long to)
    {
        final int found = Arrays.binarySearch(sorted, from);
        final int index = found < 0 ? -found - 1 : found;
        return index < sorted.length && sorted[index] < to;
    }

    private int batchEnd(final int first)
    {
        int end = first + 1;
        while (end < count() && batchIndex(end) == batchIndex(end - 1) + 1 && isTransfer(end) == isTransfer(first))
        {
            end++;
        }
        return end;
    }

    private int batchIndex(final int command)
    {
        return entries.buffer().getShort(entries.offset(command) + BATCH_INDEX_OFFSET) & 0xFFFF;
    }

    private boolean isImport(final int from, final int to)
    {
        for (int command = from; command < to; command++)
        {
            if ((flags(command) & (isTransfer(command) ? TransferFlags.IMPORTED : AccountFlags.IMPORTED)) != 0)
            {
                return true;
            }
        }
        return false;
    }

    private boolean isLinked(final int command)
    {
        // Both kinds have the same bit for it.
        return (flags(command) & TransferFlags.LINKED) != 0;
    }

    private int flags(final int command)
    {
        final int templateId = templateId(command);
        return templateId == LedgerDefinitionEntryDecoder.TEMPLATE_ID ? 0 :
            templateId == AccountEntryDecoder.TEMPLATE_ID ? account(command).flags() :
            transfer(entries.buffer(), entries.offset(command)).flags();
    }

    private AccountRecordDecoder account(final int command)
    {
        return accountEntry.wrapAndApplyHeader(entries.buffer(), entries.offset(command), header).account();
    }

    private void touch(final Units units, final int command)
    {
        final int templateId = templateId(command);
        if (templateId == AccountEntryDecoder.TEMPLATE_ID)
        {
            final AccountRecordDecoder account = account(command);
            units.touch(Units.Part.STATE, account.idHigh(), account.idLow(), Access.CHECK);
            units.touch(Units.Part.LEDGER, 0, account.ledger(), Access.READ);
            touchTime(units, (account.flags() & AccountFlags.IMPORTED) != 0);
        }
        else if (templateId != LedgerDefinitionEntryDecoder.TEMPLATE_ID)
        {
            final TransferRecordDecoder transfer = transfer(entries.buffer(), entries.offset(command));
            if (repeatedIds.contains(new Uint128(transfer.idHigh(), transfer.idLow())))
            {
                units.touch(Units.Part.ID, transfer.idHigh(), transfer.idLow(), Access.CHECK);
            }
            if (resolvedIds.contains(new Uint128(transfer.idHigh(), transfer.idLow())))
            {
                units.touch(Units.Part.PENDING, transfer.idHigh(), transfer.idLow(), Access.CHECK);
            }
            touchTime(units, (transfer.flags() & TransferFlags.IMPORTED) != 0 || isAtTheEndOfTime(command, transfer));
            if ((transfer.flags() & POST_OR_VOID) != 0)
            {
                touchResolving(units, transfer);
            }
            else
            {
                touchOrdinary(units, transfer);
            }
        }
    }

    /** What makes a command depend on others; nothing if it can be anywhere. */
    Set<Dependence> dependences(final int command)
    {
        final Set<Dependence> found = EnumSet.noneOf(Dependence.class);
        if (!isTransfer(command))
        {
            return found;
        }
        // This looks at the command before, too, by the same flyweight.
        add(found, Dependence.CHAIN, isLinked(command) || batchIndex(command) > 0 && isLinked(command - 1));
        final TransferRecordDecoder transfer = transfer(entries.buffer(), entries.offset(command));
        final int flags = transfer.flags();
        add(found, Dependence.PENDING, (flags & (TransferFlags.PENDING | POST_OR_VOID)) != 0);
        add(found, Dependence.BALANCING, (flags & BALANCING) != 0);
        add(found, Dependence.CLOSING, (flags & CLOSING) != 0);
        add(found, Dependence.IMPORT, (flags & TransferFlags.IMPORTED) != 0);
        add(found, Dependence.REPEATED_ID, repeatedIds.contains(new Uint128(transfer.idHigh(), transfer.idLow())));
        add(found, Dependence.LIMIT, (flags & POST_OR_VOID) == 0 && (
            isLimited(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
                AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS) ||
            isLimited(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(),
                AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)));
        add(found, Dependence.OVERFLOW, (flags & POST_OR_VOID) == 0 && (
            canOverflow(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(), DEBIT) ||
            canOverflow(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(), CREDIT)));
        return found;
    }

    private static void add(final Set<Dependence> found, final Dependence dependence, final boolean isThere)
    {
        if (isThere)
        {
            found.add(dependence);
        }
    }

    private static void touchTime(final Units units, final boolean isOfATime)
    {
        if (isOfATime)
        {
            units.touch(Units.Part.TIME, 0, 0, Access.CHECK);
        }
    }

    /** Whether a moment later there would be no time left to expire in. */
    private boolean isAtTheEndOfTime(final int command, final TransferRecordDecoder transfer)
    {
        return transfer.timeout() != 0 &&
            slotNs(command) > Long.MAX_VALUE - SECOND_NS - transfer.timeout() * SECOND_NS;
    }

    private void touchOrdinary(final Units units, final TransferRecordDecoder transfer)
    {
        final int flags = transfer.flags();
        final long debitHigh = transfer.debitAccountIdHigh();
        final long debitLow = transfer.debitAccountIdLow();
        final long creditHigh = transfer.creditAccountIdHigh();
        final long creditLow = transfer.creditAccountIdLow();
        units.touch(Units.Part.LEDGER, 0, transfer.ledger(), Access.READ);
        units.touch(Units.Part.STATE, debitHigh, debitLow,
            (flags & TransferFlags.CLOSING_DEBIT) != 0 ? Access.CHECK : Access.READ);
        units.touch(Units.Part.STATE, creditHigh, creditLow,
            (flags & TransferFlags.CLOSING_CREDIT) != 0 ? Access.CHECK : Access.READ);
        units.touch(Units.Part.BALANCE, debitHigh, debitLow, access(
            debitHigh, debitLow, DEBIT, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
            (flags & TransferFlags.BALANCING_DEBIT) != 0));
        units.touch(Units.Part.BALANCE, creditHigh, creditLow, access(
            creditHigh, creditLow, CREDIT, AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
            (flags & TransferFlags.BALANCING_CREDIT) != 0));
        if ((flags & TransferFlags.PENDING) != 0)
        {
            units.touch(Units.Part.PENDING, transfer.idHigh(), transfer.idLow(), Access.CHECK);
        }
    }

    private Access access(
        final long idHigh, final long idLow, final int side, final int limit, final boolean isBalancing)
    {
        return isBalancing || isLimited(idHigh, idLow, limit) || canOverflow(idHigh, idLow, side) ?
            Access.CHECK : Access.ADD;
    }

    private boolean isLimited(final long idHigh, final long idLow, final int limit)
    {
        return (accountFlags.getOrDefault(new Uint128(idHigh, idLow), 0) & limit) != 0;
    }

    /**
     * Whether there is any order in which the sum of a side could become too large. A balancing transfer moves no more
     * than all others together.
     */
    private boolean canOverflow(final long idHigh, final long idLow, final int side)
    {
        final double[] ofAccount = sums(idHigh, idLow);
        return ofAccount[side] + ofAccount[CEILINGS + side] * amountsTogether >= OVERFLOW;
    }

    private void touchResolving(final Units units, final TransferRecordDecoder transfer)
    {
        units.touch(Units.Part.PENDING, transfer.pendingIdHigh(), transfer.pendingIdLow(), Access.CHECK);
        final Uint128 pendingId = new Uint128(transfer.pendingIdHigh(), transfer.pendingIdLow());
        for (final Pending pending : pendings.getOrDefault(pendingId, List.of()))
        {
            touchPending(units, pending, (transfer.flags() & TransferFlags.VOID_PENDING_TRANSFER) != 0);
        }
    }

    private void touchPending(final Units units, final Pending pending, final boolean isVoid)
    {
        final boolean isReopening = isVoid && (pending.flags() & CLOSING) != 0;
        units.touch(Units.Part.LEDGER, 0, pending.ledger() & 0xFFFF_FFFFL, Access.READ);
        for (final Uint128 account : List.of(pending.debit(), pending.credit()))
        {
            units.touch(
                Units.Part.STATE, account.high(), account.low(), isReopening ? Access.CHECK : Access.READ);
            units.touch(
                Units.Part.BALANCE, account.high(), account.low(),
                canOverflow(account.high(), account.low(), DEBIT) ||
                canOverflow(account.high(), account.low(), CREDIT) ? Access.CHECK : Access.ADD);
        }
    }
}
