package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import io.seriatim.ledger.ReferenceLedger.Transfer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/**
 * The part of the hostile workload that knows pending transfers: it turns a transfer that would be accepted into a
 * pending, posting, voiding, balancing or closing one that would be accepted too, it spoils them, and it moves the
 * clock to where they expire.
 */
final class HostileTwoPhase
{
    private static final BigInteger ONE = BigInteger.ONE;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long TIMEOUT_MAX = 0xFFFF_FFFFL;
    private static final int TRY_COUNT = 8;
    private static final int DUE_COUNT = 4;

    private final HostileWorkload workload;
    private final ReferenceLedger reference;

    /** Ids that were open when last looked at, and ids that no longer are. */
    private final List<BigInteger> open = new ArrayList<>();
    private final List<BigInteger> resolved = new ArrayList<>();
    private final List<BigInteger> closing = new ArrayList<>();

    /** Of the batch in the making: pending transfers that it creates, and ids that it posts or voids. */
    private final List<TransferEvent> created = new ArrayList<>();
    private final Set<BigInteger> taken = new HashSet<>();

    /** Of the batch in the making: open ids that are due at one of its slots or just after the last. */
    private final List<BigInteger> dueInBatch = new ArrayList<>();

    /** Deadline that some slot of the batch in the making is whole seconds before; 0 if none. */
    private long alignedDeadline;

    HostileTwoPhase(final HostileWorkload workload, final ReferenceLedger reference)
    {
        this.workload = workload;
        this.reference = reference;
    }

    // Between two requests.

    void learn(final TransferEvent stored)
    {
        if (!stored.has(TransferEvent.PENDING))
        {
            return;
        }
        open.add(stored.id());
        if (stored.has(TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT))
        {
            closing.add(stored.id());
            workload.closedAccounts().add(
                stored.has(TransferEvent.CLOSING_DEBIT) ? stored.debitAccountId() : stored.creditAccountId());
        }
    }

    void startBatch()
    {
        created.clear();
        taken.clear();
        dueInBatch.clear();
        for (final BigInteger id : reference.dueNext())
        {
            if (ReferenceState.expiry(reference.lookupTransfer(id)) > workload.batchTimestamp() + 1)
            {
                break;
            }
            if (!workload.timeAhead().releases().containsKey(id))
            {
                dueInBatch.add(id);
            }
        }
    }

    /**
     * A time at which something is due, or just before or after it; or such a one that a deadline of an event falls
     * together with another deadline or with the end of time.
     *
     * @return the time; 0 for none, and it may be in the past.
     */
    long drawClock(final long now, final int eventCount)
    {
        alignedDeadline = 0;
        if (workload.chance(10) && TS_MAX - now < TIMEOUT_MAX * NS_PER_SECOND)
        {
            alignedDeadline = TS_MAX;
            return atSameNs(now, TS_MAX) - 1;
        }
        final Transfer due = workload.chance(80) ? anyDue() : anyOpen();
        if (due == null || due.stored().timeout() == 0)
        {
            return 0;
        }
        final long expiry = ReferenceState.expiry(due);
        return switch (workload.random().nextInt(9))
        {
            case 0 -> expiry - 1;
            case 1 -> expiry;
            case 2 -> expiry + 1;
            case 3, 4 -> expiry - 1 - workload.random().nextInt(1 + eventCount);
            case 5 -> expiry - eventCount;
            case 6 -> expiry + workload.random().nextLong(NS_PER_SECOND);
            default ->
            {
                alignedDeadline = expiry;
                yield atSameNs(now, expiry) - 1;
            }
        };
    }

    /** The next time after now and a bit that is whole seconds before another. */
    private static long atSameNs(final long now, final long other)
    {
        final long later = now + 2;
        return later + Math.floorMod(other - later, NS_PER_SECOND);
    }

    /** When something expired, or will while this request is taken, or just beside that. */
    long anyExpiryTimestamp(final long otherwise)
    {
        final Collection<Long> ahead = workload.timeAhead().releases().values();
        if (!ahead.isEmpty() && workload.chance(50))
        {
            return workload.any(new ArrayList<>(ahead));
        }
        final List<Expiry> expiries = reference.expiries();
        if (expiries.isEmpty())
        {
            return otherwise;
        }
        final int newest = expiries.size() - 1 - workload.random().nextInt(Math.min(expiries.size(), 20));
        return expiries.get(newest).timestamp() + (workload.chance(60) ? 0 : workload.pick(-1, 1));
    }

    // Transfers that would be accepted.

    /** Leave a transfer as it is, or make more of it. */
    void shape(final TransferEvent.Draft draft, final boolean mayClose)
    {
        final int draw = isAligned() ? 30 : workload.random().nextInt(100);
        if (draw < 30)
        {
            return;
        }
        if (draw < 58)
        {
            pend(draft);
        }
        else if (draw < 86)
        {
            resolve(draft, drawToResolve());
        }
        else if (draw < 96)
        {
            balance(draft);
        }
        else if (mayClose && isRoomToClose(draft.ledger))
        {
            close(draft);
        }
    }

    private void pend(final TransferEvent.Draft draft)
    {
        draft.flags |= TransferEvent.PENDING;
        draft.timeout = workload.isImport() ? 0 : drawTimeout();
        created.add(draft.event());
    }

    private void balance(final TransferEvent.Draft draft)
    {
        draft.flags |= workload.pick(
            TransferEvent.BALANCING_DEBIT,
            TransferEvent.BALANCING_CREDIT,
            TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT);
        if (workload.chance(40))
        {
            pend(draft);
        }
    }

    private void close(final TransferEvent.Draft draft)
    {
        draft.flags |= workload.pick(
            TransferEvent.CLOSING_DEBIT,
            TransferEvent.CLOSING_CREDIT,
            TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT);
        draft.amount = workload.chance(60) ? BigInteger.ZERO : draft.amount;
        pend(draft);
    }

    private boolean isRoomToClose(final int ledger)
    {
        closing.removeIf((id) -> reference.pendingState(id) != PendingState.PENDING);
        return closing.size() < 3 && workload.accountIds(ledger).size() > 8;
    }

    private int drawTimeout()
    {
        final long slot = workload.slot();
        final long timeoutMax = Math.min(TIMEOUT_MAX, (TS_MAX - slot) / NS_PER_SECOND);
        if (isAligned() && workload.chance(90))
        {
            return (int)Math.min(timeoutMax, (alignedDeadline - slot) / NS_PER_SECOND);
        }
        return (int)Math.min(timeoutMax, switch (workload.random().nextInt(8))
        {
            case 0, 1 -> 0L;
            case 2, 3 -> 1L;
            case 4 -> 2L;
            case 5 -> 3L;
            case 6 -> 1 + workload.random().nextLong(100_000);
            default -> TIMEOUT_MAX;
        });
    }

    /** Whether the event in the making is whole seconds before the deadline that the clock was set by. */
    private boolean isAligned()
    {
        final long distance = alignedDeadline - workload.slot();
        return distance > 0 && distance % NS_PER_SECOND == 0;
    }

    /** A pending transfer that can be posted or voided now, as far as can be seen; or null. */
    private TransferEvent drawToResolve()
    {
        for (final BigInteger id : dueInBatch)
        {
            if (ReferenceState.expiry(reference.lookupTransfer(id)) > workload.slot() && taken.add(id))
            {
                return stored(id);
            }
        }
        if (!created.isEmpty() && workload.chance(25))
        {
            final TransferEvent pending = workload.any(created);
            return isClosing(pending) || !taken.add(pending.id()) ? null : pending;
        }
        for (int i = 0; i < TRY_COUNT; i++)
        {
            final Transfer pending = !closing.isEmpty() && workload.chance(15) ?
                reference.lookupTransfer(workload.any(closing)) : anyOpen();
            if (pending != null &&
                reference.pendingState(pending.stored().id()) == PendingState.PENDING &&
                (pending.stored().timeout() == 0 || ReferenceState.expiry(pending) > workload.slot()) &&
                taken.add(pending.stored().id()))
            {
                return pending.stored();
            }
        }
        return null;
    }

    /** Turn a transfer into the post or void of another one, or leave it if there is none. */
    private void resolve(final TransferEvent.Draft draft, final TransferEvent pending)
    {
        if (pending == null)
        {
            return;
        }
        final boolean isPost = workload.chance(60) &&
            !isClosing(pending) &&
            isOpenAccount(pending.debitAccountId()) &&
            isOpenAccount(pending.creditAccountId());
        resolve(draft, pending, isPost);
    }

    private void resolve(final TransferEvent.Draft draft, final TransferEvent pending, final boolean isPost)
    {
        draft.flags &= TransferEvent.LINKED | TransferEvent.IMPORTED;
        draft.flags |= isPost ? TransferEvent.POST_PENDING_TRANSFER : TransferEvent.VOID_PENDING_TRANSFER;
        draft.pendingId = pending.id();
        draft.timeout = 0;
        draft.debitAccountId = workload.chance(50) ? BigInteger.ZERO : pending.debitAccountId();
        draft.creditAccountId = workload.chance(50) ? BigInteger.ZERO : pending.creditAccountId();
        draft.ledger = workload.chance(50) ? 0 : pending.ledger();
        draft.code = workload.chance(50) ? 0 : pending.code();
        draft.userData128 = workload.chance(50) ? BigInteger.ZERO : draft.userData128;
        draft.userData64 = workload.chance(50) ? 0 : draft.userData64;
        draft.userData32 = workload.chance(50) ? 0 : draft.userData32;
        final boolean isAmountKnown =
            reference.lookupTransfer(pending.id()) != null ||
            (pending.flags() & (TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT)) == 0;
        final int draw = isAmountKnown ? workload.random().nextInt(4) : workload.random().nextInt(2);
        if (isPost)
        {
            draft.amount = switch (draw)
            {
                case 0 -> U128_MAX;
                case 1 -> BigInteger.ZERO;
                case 2 -> pending.amount();
                default -> workload.drawBelow(pending.amount().add(ONE));
            };
        }
        else
        {
            draft.amount = draw < 2 ? BigInteger.ZERO : pending.amount();
        }
    }

    /** Of a stored post or void, leave out what it can inherit. */
    void abbreviate(final TransferEvent.Draft draft)
    {
        final boolean isPost = (draft.flags & TransferEvent.POST_PENDING_TRANSFER) != 0;
        if (!isPost && (draft.flags & TransferEvent.VOID_PENDING_TRANSFER) == 0)
        {
            return;
        }
        draft.debitAccountId = workload.chance(30) ? BigInteger.ZERO : draft.debitAccountId;
        draft.creditAccountId = workload.chance(30) ? BigInteger.ZERO : draft.creditAccountId;
        draft.amount = workload.chance(30) ? isPost ? U128_MAX : BigInteger.ZERO : draft.amount;
        draft.userData128 = workload.chance(30) ? BigInteger.ZERO : draft.userData128;
        draft.userData64 = workload.chance(30) ? 0 : draft.userData64;
        draft.userData32 = workload.chance(30) ? 0 : draft.userData32;
        draft.ledger = workload.chance(30) ? 0 : draft.ledger;
        draft.code = workload.chance(30) ? 0 : draft.code;
    }

    // Transfers that would not.

    void addSpoilers(final List<Consumer<TransferEvent.Draft>> all)
    {
        all.add((draft) -> draft.flags ^= TransferEvent.PENDING);
        all.add((draft) -> draft.flags ^= 1 << (1 + workload.random().nextInt(7)));
        all.add((draft) -> draft.flags |= workload.random().nextInt(256) & ~TransferEvent.LINKED);
        all.add((draft) -> draft.flags |= workload.pick(TransferEvent.CLOSING_DEBIT, TransferEvent.CLOSING_CREDIT));
        all.add((draft) ->
        {
            draft.flags |= TransferEvent.PENDING;
            draft.timeout = workload.pick(1, 0x8000_0000, -1);
        });
        all.add((draft) ->
        {
            spoilResolve(draft);
            draft.timeout = workload.pick(1, -1);
        });
        all.add((draft) ->
        {
            spoilResolve(draft);
            draft.flags |= 1 << (1 + workload.random().nextInt(7));
        });
        for (int i = 0; i < 2; i++)
        {
            all.add(this::close);
            all.add(this::spoilPendingId);
            all.add(this::spoilBalancing);
            all.add(this::meetEndOfTime);
            all.add(this::spoilField);
            all.add(this::spoilAmount);
        }
        for (int i = 0; i < 3; i++)
        {
            all.add(this::spoilResolve);
            all.add(this::resolveAtDeadline);
            all.add(this::resolveAgain);
            all.add(this::resolveOnClosedAccount);
        }
    }

    /** The post or void of some pending transfer, open or not. */
    private void spoilResolve(final TransferEvent.Draft draft)
    {
        final TransferEvent pending = anyPending();
        if (pending != null)
        {
            resolve(draft, pending, workload.chance(50));
        }
    }

    private TransferEvent anyPending()
    {
        if (!created.isEmpty() && workload.chance(30))
        {
            return workload.any(created);
        }
        if (!resolved.isEmpty() && workload.chance(10))
        {
            return stored(workload.any(resolved));
        }
        final Transfer pending = anyOpen();
        return pending == null ? null : pending.stored();
    }

    private void spoilPendingId(final TransferEvent.Draft draft)
    {
        spoilResolve(draft);
        draft.flags |= (draft.flags & TransferEvent.POST_PENDING_TRANSFER) != 0 ?
            0 : workload.pick(TransferEvent.POST_PENDING_TRANSFER, TransferEvent.VOID_PENDING_TRANSFER);
        draft.flags &= TransferEvent.LINKED | TransferEvent.IMPORTED |
            (workload.chance(50) ? TransferEvent.POST_PENDING_TRANSFER : TransferEvent.VOID_PENDING_TRANSFER);
        draft.pendingId = switch (workload.random().nextInt(8))
        {
            case 0 -> BigInteger.ZERO;
            case 1 -> U128_MAX;
            case 2 -> draft.id;
            case 3 -> workload.freshId();
            case 4 -> workload.failedTransfers().isEmpty() ?
                draft.pendingId : workload.any(workload.failedTransfers());
            case 5 -> workload.flipOneBit(draft.pendingId);
            default -> workload.knownTransfers().isEmpty() ?
                draft.pendingId : workload.any(workload.knownTransfers());
        };
    }

    private void spoilBalancing(final TransferEvent.Draft draft)
    {
        draft.flags |= workload.pick(
            TransferEvent.BALANCING_DEBIT,
            TransferEvent.BALANCING_CREDIT,
            TransferEvent.BALANCING_DEBIT | TransferEvent.BALANCING_CREDIT);
        draft.amount = switch (workload.random().nextInt(4))
        {
            case 0 -> U128_MAX;
            case 1 -> U128_MAX.subtract(ONE);
            case 2 -> BigInteger.ZERO;
            default -> workload.drawNonZero();
        };
    }

    /** A timeout that ends with the greatest timestamp, or a second after it, or as near to it as can be. */
    private void meetEndOfTime(final TransferEvent.Draft draft)
    {
        final long timeout = (TS_MAX - workload.slot()) / NS_PER_SECOND;
        if (!workload.isImport() && timeout < TIMEOUT_MAX)
        {
            draft.flags |= TransferEvent.PENDING;
            draft.timeout = (int)(timeout + workload.random().nextInt(3) - 1);
        }
    }

    private void spoilField(final TransferEvent.Draft draft)
    {
        spoilResolve(draft);
        switch (workload.random().nextInt(6))
        {
            case 0 -> draft.debitAccountId = workload.drawNonZero();
            case 1 -> draft.creditAccountId = workload.drawNonZero();
            case 2 -> draft.ledger = workload.pick(1, 2, 3);
            case 3 -> draft.code = 1 + workload.random().nextInt(0xFFFF);
            case 4 ->
            {
                final BigInteger debitAccountId = draft.debitAccountId;
                draft.debitAccountId = draft.creditAccountId;
                draft.creditAccountId = debitAccountId;
            }
            default ->
            {
                draft.debitAccountId = workload.flipOneBit(draft.debitAccountId);
                draft.code ^= 1;
            }
        }
    }

    private void spoilAmount(final TransferEvent.Draft draft)
    {
        final TransferEvent pending = anyPending();
        if (pending != null)
        {
            resolve(draft, pending, workload.chance(50));
            draft.amount = switch (workload.random().nextInt(5))
            {
                case 0 -> HostileWorkload.clip(pending.amount().add(ONE));
                case 1 -> HostileWorkload.clip(pending.amount().subtract(ONE));
                case 2 -> U128_MAX;
                case 3 -> U128_MAX.subtract(ONE);
                default -> BigInteger.ZERO;
            };
        }
    }

    private void resolveAtDeadline(final TransferEvent.Draft draft)
    {
        final Collection<BigInteger> ahead = workload.timeAhead().releases().keySet();
        if (!ahead.isEmpty() && workload.chance(30))
        {
            resolve(draft, stored(workload.any(new ArrayList<>(ahead))), workload.chance(50));
        }
        else if (!dueInBatch.isEmpty())
        {
            resolve(draft, stored(workload.any(dueInBatch)), workload.chance(50));
        }
    }

    /** Post or void what is due exactly at the slot of the event in the making, or just after it. */
    void meetDeadline(final TransferEvent.Draft draft)
    {
        for (final BigInteger id : dueInBatch)
        {
            final long left = ReferenceState.expiry(reference.lookupTransfer(id)) - workload.slot();
            if ((left == 0 || left == 1) && workload.chance(70))
            {
                resolve(draft, stored(id), workload.chance(50));
                return;
            }
        }
    }

    private void resolveAgain(final TransferEvent.Draft draft)
    {
        if (!taken.isEmpty() && workload.chance(30))
        {
            final TransferEvent pending = stored(taken.iterator().next());
            if (pending != null)
            {
                resolve(draft, pending, workload.chance(50));
            }
        }
        else if (!resolved.isEmpty())
        {
            resolve(draft, stored(workload.any(resolved)), workload.chance(50));
        }
    }

    /** Often the post of a closing transfer, which its own closed account forbids. */
    private void resolveOnClosedAccount(final TransferEvent.Draft draft)
    {
        if (!closing.isEmpty() && workload.chance(40))
        {
            resolve(draft, stored(workload.any(closing)), workload.chance(80));
            return;
        }
        for (int i = 0; i < TRY_COUNT; i++)
        {
            final Transfer pending = anyOpen();
            if (pending != null && !(isOpenAccount(pending.stored().debitAccountId()) &&
                isOpenAccount(pending.stored().creditAccountId())))
            {
                resolve(draft, pending.stored(), workload.chance(80));
                return;
            }
        }
    }

    // Knowledge.

    private Transfer anyOpen()
    {
        for (int i = 0; i < TRY_COUNT && !open.isEmpty(); i++)
        {
            final int index = workload.random().nextInt(open.size());
            final BigInteger id = open.get(index);
            if (reference.pendingState(id) == PendingState.PENDING)
            {
                return reference.lookupTransfer(id);
            }
            resolved.add(id);
            open.set(index, open.get(open.size() - 1));
            open.remove(open.size() - 1);
        }
        return null;
    }

    /** One of the few that are due first. */
    private Transfer anyDue()
    {
        int i = workload.random().nextInt(DUE_COUNT);
        Transfer due = null;
        for (final BigInteger id : reference.dueNext())
        {
            due = reference.lookupTransfer(id);
            if (i-- == 0)
            {
                break;
            }
        }
        return due;
    }

    private TransferEvent stored(final BigInteger id)
    {
        final Transfer transfer = reference.lookupTransfer(id);
        return transfer == null ? null : transfer.stored();
    }

    private boolean isOpenAccount(final BigInteger id)
    {
        final Account account = reference.lookupAccount(id);
        return account != null && !account.isClosed();
    }

    private static boolean isClosing(final TransferEvent event)
    {
        return event.has(TransferEvent.CLOSING_DEBIT | TransferEvent.CLOSING_CREDIT);
    }
}
