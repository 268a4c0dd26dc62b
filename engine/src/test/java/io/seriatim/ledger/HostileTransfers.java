package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceLedger.Transfer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/** The part of the hostile workload that creates transfers, or tries to: what they move, and every way to spoil it. */
final class HostileTransfers
{
    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger TWO_64 = ONE.shiftLeft(64);
    private static final int HOT_COUNT = 6;

    private final HostileWorkload workload;
    private final ReferenceLedger reference;
    private final HostileTwoPhase twoPhase;
    private final int hotPercent;
    private final List<BigInteger[]> hotByLedger = new ArrayList<>();
    private final List<Consumer<TransferEvent.Draft>> spoilers = new ArrayList<>();

    /** Of the request in the making. */
    private final List<TransferEvent> recent = new ArrayList<>();
    private final List<List<TransferEvent>> recentUnits = new ArrayList<>();
    private int eventIndex;

    HostileTransfers(
        final HostileWorkload workload,
        final ReferenceLedger reference,
        final HostileTwoPhase twoPhase,
        final int hotPercent)
    {
        this.workload = workload;
        this.reference = reference;
        this.twoPhase = twoPhase;
        this.hotPercent = hotPercent;
        for (int i = 0; i < workload.ledgers().length; i++)
        {
            hotByLedger.add(new BigInteger[HOT_COUNT]);
        }
        addSpoilers();
    }

    /** The ways of spoiling a transfer, some of which may be left out. */
    List<Consumer<TransferEvent.Draft>> spoilers()
    {
        return spoilers;
    }

    /** Place of the event in the making among those of its request; 0 when that has none. */
    int eventIndex()
    {
        return eventIndex;
    }

    /** The next request begins. */
    void start()
    {
        eventIndex = 0;
    }

    /** An account is new; the first ones of each ledger are hot. */
    void learnAccount(final int ledgerIndex, final BigInteger id)
    {
        final int index = workload.accountsOf(ledgerIndex).size();
        workload.accountsOf(ledgerIndex).add(id);
        if (index < HOT_COUNT)
        {
            hotByLedger.get(ledgerIndex)[index] = id;
        }
    }

    /** A timestamp that a transfer was given not long ago; another one if there is none. */
    long anyRecentTimestamp(final long otherwise)
    {
        return recentUnits.isEmpty() ? otherwise : workload.any(workload.any(recentUnits)).timestamp();
    }

    List<TransferEvent> events()
    {
        final List<TransferEvent> events = new ArrayList<>(workload.batchCount());
        recent.clear();
        twoPhase.startBatch();
        while (events.size() < workload.batchCount())
        {
            final int room = workload.batchCount() - events.size();
            final boolean isValid = workload.chance(workload.validPercent());
            final List<TransferEvent> unit;
            if (!isValid && !recentUnits.isEmpty() && workload.chance(10))
            {
                unit = workload.any(recentUnits);
            }
            else if (!isValid && room >= 2 && workload.chance(10))
            {
                unit = splitEdgeUnit();
            }
            else
            {
                eventIndex = events.size();
                unit = unit(Math.min(room, workload.drawUnitLength()), isValid);
                workload.keepRecent(recentUnits, unit);
            }
            events.addAll(unit.subList(0, Math.min(room, unit.size())));
        }
        workload.leaveChainOpenSometimes(events, (event) -> event.with((draft) -> draft.flags |= TransferEvent.LINKED));
        return events;
    }

    private List<TransferEvent> unit(final int length, final boolean isValid)
    {
        final List<TransferEvent> unit = new ArrayList<>(length);
        final int spoiledIndex = workload.random().nextInt(length);
        final boolean isSpoiledAllOver = workload.chance(20);
        for (int i = 0; i < length; i++)
        {
            final TransferEvent.Draft draft = valid();
            if (workload.features().hasTwoPhase())
            {
                twoPhase.shape(draft, workload.validPercent() < 100 || eventIndex == workload.batchCount() - 1);
                if (workload.validPercent() < 100)
                {
                    twoPhase.meetDeadline(draft);
                }
            }
            draft.flags |= i < length - 1 ? TransferEvent.LINKED : 0;
            if (!isValid && (i == spoiledIndex || isSpoiledAllOver))
            {
                workload.spoil(draft, spoilers);
            }
            final TransferEvent event = draft.event();
            unit.add(event);
            recent.add(event);
            eventIndex++;
        }
        return unit;
    }

    /** Two transfers, linked or not, whose amounts together meet an edge or miss it by one. */
    private List<TransferEvent> splitEdgeUnit()
    {
        final TransferEvent.Draft first = valid();
        first.flags |= workload.features().hasTwoPhase() && workload.chance(40) ? TransferEvent.PENDING : 0;
        if (workload.chance(50))
        {
            meetLimit(first, 0);
        }
        else
        {
            meetOverflow(first, 0);
        }
        final BigInteger whole = first.amount;
        final TransferEvent.Draft second = new TransferEvent.Draft(first.event());
        second.id = workload.freshId();
        first.amount = whole.signum() == 0 ? whole : workload.drawBelow(whole);
        second.amount = HostileWorkload.clip(
            whole.subtract(first.amount).add(BigInteger.valueOf(workload.random().nextInt(3) - 1)));
        second.timestamp = workload.isImport() ? workload.planTimestamp(workload.plannedTimestamp()) : 0;
        second.flags ^= workload.features().hasTwoPhase() && workload.chance(40) ? TransferEvent.PENDING : 0;
        first.flags |= workload.chance(50) ? TransferEvent.LINKED : 0;
        return List.of(first.event(), second.event());
    }

    private TransferEvent.Draft valid()
    {
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = workload.freshId();
        draft.userData128 = workload.drawUserData128();
        draft.userData64 = workload.drawLong();
        draft.userData32 = (int) workload.drawLong();
        draft.code = workload.drawCode();
        drawAccounts(draft, workload.random().nextInt(workload.ledgers().length));
        draft.amount = drawSafeAmount(draft);
        if (workload.isImport())
        {
            draft.flags |= TransferEvent.IMPORTED;
            long after = workload.plannedTimestamp();
            for (final BigInteger id : List.of(draft.debitAccountId, draft.creditAccountId))
            {
                final Account account = reference.lookupAccount(id);
                after = account == null ? after : Math.max(after, account.timestamp());
            }
            draft.timestamp = workload.planTimestamp(after);
        }
        return draft;
    }

    private void drawAccounts(final TransferEvent.Draft draft, final int ledgerIndex)
    {
        draft.ledger = workload.ledgers()[ledgerIndex];
        draft.debitAccountId = drawAccountId(ledgerIndex);
        draft.creditAccountId = drawAccountId(ledgerIndex);
        if (draft.debitAccountId.equals(draft.creditAccountId) && !workload.accountsOf(ledgerIndex).isEmpty())
        {
            for (final BigInteger id : workload.accountsOf(ledgerIndex))
            {
                if (!id.equals(draft.debitAccountId) && isOpen(id))
                {
                    draft.creditAccountId = id;
                    break;
                }
            }
        }
    }

    /** An account of a ledger that is not closed, most often a hot one; an unknown id if there is none. */
    private BigInteger drawAccountId(final int ledgerIndex)
    {
        final List<BigInteger> ids = workload.accountsOf(ledgerIndex);
        if (ids.isEmpty())
        {
            return workload.freshId();
        }
        if (!workload.chance(hotPercent))
        {
            return anyOpen(ids);
        }
        final BigInteger[] hot = hotByLedger.get(ledgerIndex);
        final int i = workload.random().nextInt(Math.min(HOT_COUNT, ids.size()));
        final Balances balances = reference.lookupAccount(hot[i]).balances();
        if (!isOpen(hot[i]) || overflowRoom(balances.debits().max(balances.credits())).compareTo(TWO_64) < 0)
        {
            hot[i] = anyOpen(ids);
        }
        return hot[i];
    }

    private BigInteger anyOpen(final List<BigInteger> ids)
    {
        final int first = workload.random().nextInt(ids.size());
        for (int i = 0; i < ids.size(); i++)
        {
            final BigInteger id = ids.get((first + i) % ids.size());
            if (isOpen(id))
            {
                return id;
            }
        }
        return ids.get(first);
    }

    private boolean isOpen(final BigInteger accountId)
    {
        return !reference.lookupAccount(accountId).isClosed();
    }

    /** An amount that fits even if every other transfer of the batch moves as much between the same accounts. */
    private BigInteger drawSafeAmount(final TransferEvent.Draft draft)
    {
        final BigInteger share = room(draft).divide(BigInteger.valueOf(workload.batchCount()));
        return switch (workload.random().nextInt(8))
        {
            case 0 -> BigInteger.ZERO;
            case 1 -> share.min(ONE);
            case 2 -> draft.ledger == workload.wildLedger() ? workload.drawBelow(share.add(ONE)) : share.min(TWO_64);
            default -> share.min(BigInteger.valueOf(workload.random().nextInt(1_000_000)));
        };
    }

    /** Most that the two accounts of a transfer allow to be moved between them; 0 if one of them is unknown. */
    private BigInteger room(final TransferEvent.Draft draft)
    {
        final Account debit = reference.lookupAccount(draft.debitAccountId);
        final Account credit = reference.lookupAccount(draft.creditAccountId);
        if (debit == null || credit == null)
        {
            return BigInteger.ZERO;
        }
        return overflowRoom(debit.balances().debits())
            .min(overflowRoom(credit.balances().credits()))
            .min(debitLimitRoom(debit))
            .min(creditLimitRoom(credit));
    }

    private static BigInteger overflowRoom(final BigInteger balance)
    {
        return U128_MAX.subtract(balance);
    }

    private static BigInteger debitLimitRoom(final Account account)
    {
        final Balances balances = account.balances();
        return account.given().has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS) ?
            balances.creditsPosted().subtract(balances.debits()) :
            U128_MAX;
    }

    private static BigInteger creditLimitRoom(final Account account)
    {
        final Balances balances = account.balances();
        return account.given().has(AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS) ?
            balances.debitsPosted().subtract(balances.credits()) :
            U128_MAX;
    }

    private void addSpoilers()
    {
        final List<Consumer<TransferEvent.Draft>> all = spoilers;
        all.add((draft) -> draft.id = BigInteger.ZERO);
        all.add((draft) -> draft.id = U128_MAX);
        all.add((draft) -> draft.id = U128_MAX.subtract(ONE));
        all.add((draft) -> draft.flags |= 1 << (9 + workload.random().nextInt(7)));
        all.add((draft) -> draft.debitAccountId = BigInteger.ZERO);
        all.add((draft) -> draft.debitAccountId = U128_MAX);
        all.add((draft) -> draft.creditAccountId = BigInteger.ZERO);
        all.add((draft) -> draft.creditAccountId = U128_MAX);
        all.add((draft) -> draft.debitAccountId = draft.creditAccountId);
        all.add((draft) -> draft.creditAccountId = draft.debitAccountId);
        all.add((draft) -> draft.pendingId = workload.drawNonZero());
        all.add((draft) -> draft.timeout = workload.pick(1, 0x8000_0000, -1));
        all.add((draft) -> draft.ledger = 0);
        all.add((draft) -> draft.ledger = workload.pick(workload.ledgers()));
        all.add((draft) -> draft.ledger ^= 1 << workload.random().nextInt(32));
        all.add((draft) -> draft.code = 0);
        all.add((draft) -> draft.debitAccountId = workload.freshId());
        all.add((draft) -> draft.creditAccountId = workload.freshId());
        all.add((draft) -> draft.debitAccountId = workload.flipOneBit(draft.debitAccountId));
        all.add((draft) -> draft.creditAccountId = workload.flipOneBit(draft.creditAccountId));
        all.add((draft) -> draft.debitAccountId = drawAccountId(workload.random().nextInt(workload.ledgers().length)));
        all.add((draft) -> draft.creditAccountId = drawAccountId(workload.random().nextInt(workload.ledgers().length)));
        all.add((draft) -> draft.id = draft.debitAccountId);
        all.add((draft) -> draft.flags ^= TransferEvent.IMPORTED);
        all.add((draft) -> draft.flags ^= TransferEvent.LINKED);
        all.add((draft) -> nameClosedAccount(draft, true));
        all.add((draft) -> nameClosedAccount(draft, false));
        all.add((draft) ->
        {
            if (draft.ledger == workload.wildLedger() || workload.chance(2))
            {
                draft.amount = workload.any(List.of(
                    U128_MAX, U128_MAX.subtract(ONE), TWO_64, TWO_64.subtract(ONE), ONE.shiftLeft(127)));
            }
        });
        for (int i = 0; i < 3; i++)
        {
            all.add((draft) -> draft.timestamp = workload.hostileTimestamp(draft.timestamp));
            all.add((draft) -> meetLimit(draft, workload.random().nextInt(3) - 1));
            all.add((draft) -> meetOverflow(draft, workload.random().nextInt(3) - 1));
            all.add(this::repeatStored);
            all.add(this::repeatRecent);
            all.add((draft) -> draft.id =
                workload.failedTransfers().isEmpty() ? draft.id : workload.any(workload.failedTransfers()));
            all.add((draft) ->
            {
                repeatStored(draft);
                changeFields(draft);
            });
        }
        all.add((draft) ->
        {
            repeatRecent(draft);
            changeFields(draft);
        });
        for (int i = 0; i < 6; i++)
        {
            all.add(this::importBeforeAnAccount);
        }
    }

    private void nameClosedAccount(final TransferEvent.Draft draft, final boolean isDebit)
    {
        if (workload.closedAccounts().isEmpty())
        {
            return;
        }
        final AccountEvent closed = reference.lookupAccount(workload.any(workload.closedAccounts())).given();
        drawAccounts(draft, workload.ledgerIndex(closed.ledger()));
        draft.ledger = closed.ledger();
        final AccountEvent other = reference.lookupAccount(workload.any(workload.closedAccounts())).given();
        final boolean areBothClosed = other.ledger() == closed.ledger();
        if (isDebit)
        {
            draft.debitAccountId = closed.id();
            draft.creditAccountId = areBothClosed ? other.id() : draft.creditAccountId;
        }
        else
        {
            draft.creditAccountId = closed.id();
            draft.debitAccountId = areBothClosed && workload.chance(50) ? other.id() : draft.debitAccountId;
        }
    }

    /** Move exactly what a limit leaves, or one more or less. */
    private void meetLimit(final TransferEvent.Draft draft, final int excess)
    {
        if (workload.limitedAccounts().isEmpty())
        {
            return;
        }
        final Account limited = reference.lookupAccount(workload.any(workload.limitedAccounts()));
        drawAccounts(draft, workload.ledgerIndex(limited.given().ledger()));
        draft.ledger = limited.given().ledger();
        final BigInteger room;
        if (limited.given().has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS))
        {
            draft.debitAccountId = limited.given().id();
            room = debitLimitRoom(limited);
        }
        else
        {
            draft.creditAccountId = limited.given().id();
            room = creditLimitRoom(limited);
        }
        draft.amount = HostileWorkload.clip(room.add(BigInteger.valueOf(excess)));
    }

    /** Fill one side of an account to the last unit, or one more or less. */
    private void meetOverflow(final TransferEvent.Draft draft, final int excess)
    {
        if (draft.ledger != workload.wildLedger())
        {
            if (workload.chance(95))
            {
                return;
            }
            drawAccounts(draft, workload.ledgerIndex(workload.wildLedger()));
        }
        final Account debit = reference.lookupAccount(draft.debitAccountId);
        final Account credit = reference.lookupAccount(draft.creditAccountId);
        if (debit == null || credit == null)
        {
            return;
        }
        final BigInteger room = overflowRoom(switch (workload.random().nextInt(6))
        {
            case 0 -> debit.balances().debitsPending();
            case 1 -> credit.balances().creditsPending();
            case 2, 3 -> debit.balances().debits();
            default -> credit.balances().credits();
        });
        draft.amount = HostileWorkload.clip(room.add(BigInteger.valueOf(excess)));
    }

    /** A timestamp that is free and late enough among transfers, but not later than one of its accounts. */
    private void importBeforeAnAccount(final TransferEvent.Draft draft)
    {
        if (!workload.isImport())
        {
            return;
        }
        final long mark = reference.greatestTransferTimestamp();
        final int firstLedger = workload.random().nextInt(workload.ledgers().length);
        for (int i = 0; i < workload.ledgers().length; i++)
        {
            final int ledgerIndex = (firstLedger + i) % workload.ledgers().length;
            final List<BigInteger> ids = workload.accountsOf(ledgerIndex);
            final BigInteger newest = ids.isEmpty() ? null : ids.get(ids.size() - 1);
            final long timestamp = newest == null ? 0 : reference.lookupAccount(newest).timestamp();
            if (timestamp > mark)
            {
                drawAccounts(draft, ledgerIndex);
                final BigInteger secondNewest = ids.get(Math.max(0, ids.size() - 2));
                switch (workload.random().nextInt(4))
                {
                    case 0 -> draft.debitAccountId = newest;
                    case 1 -> draft.creditAccountId = newest;
                    case 2 ->
                    {
                        draft.debitAccountId = newest;
                        draft.creditAccountId = secondNewest;
                    }
                    default ->
                    {
                        draft.debitAccountId = secondNewest;
                        draft.creditAccountId = newest;
                    }
                }
                draft.timestamp = workload.chance(70) ?
                    mark + 1 + workload.random().nextLong(timestamp - mark) :
                    timestamp + workload.random().nextInt(3) - 1;
                return;
            }
        }
    }

    private void repeatStored(final TransferEvent.Draft draft)
    {
        if (workload.knownTransfers().isEmpty())
        {
            return;
        }
        // Prefer one that can get past the check of the batch being an import or not.
        Transfer transfer = reference.lookupTransfer(workload.any(workload.knownTransfers()));
        for (int i = 0; i < 8 && transfer.stored().isImported() != workload.isImport(); i++)
        {
            transfer = reference.lookupTransfer(workload.any(workload.knownTransfers()));
        }
        copy(transfer.stored(), draft);
        twoPhase.abbreviate(draft);
        if (workload.isImport() && workload.chance(30))
        {
            draft.timestamp = 1 + workload.random().nextLong(workload.batchTimestamp());
        }
    }

    private void repeatRecent(final TransferEvent.Draft draft)
    {
        if (!recent.isEmpty())
        {
            final int linked = draft.flags & TransferEvent.LINKED;
            copy(workload.chance(50) ? recent.get(recent.size() - 1) : workload.any(recent), draft);
            if (workload.chance(60))
            {
                draft.flags = (draft.flags & ~TransferEvent.LINKED) | linked;
            }
        }
    }

    private static void copy(final TransferEvent from, final TransferEvent.Draft to)
    {
        to.id = from.id();
        to.debitAccountId = from.debitAccountId();
        to.creditAccountId = from.creditAccountId();
        to.amount = from.amount();
        to.pendingId = from.pendingId();
        to.userData128 = from.userData128();
        to.userData64 = from.userData64();
        to.userData32 = from.userData32();
        to.timeout = from.timeout();
        to.ledger = from.ledger();
        to.code = from.code();
        to.flags = from.flags();
        to.timestamp = from.timestamp();
    }

    private void changeFields(final TransferEvent.Draft draft)
    {
        final int count = workload.drawFew();
        for (int i = 0; i < count; i++)
        {
            changeOneField(draft);
        }
    }

    private void changeOneField(final TransferEvent.Draft draft)
    {
        switch (workload.random().nextInt(12))
        {
            case 0 -> draft.flags ^=
                workload.features().hasTwoPhase() && workload.chance(50) ?
                1 << workload.random().nextInt(9) :
                TransferEvent.LINKED;
            case 1 -> draft.pendingId =
                workload.chance(50) ? workload.drawNonZero() : workload.flipOneBit(draft.pendingId);
            case 2 -> draft.timeout ^= 1 << workload.random().nextInt(32);
            case 3 -> draft.debitAccountId =
                workload.chance(50) ? workload.flipOneBit(draft.debitAccountId) : draft.creditAccountId;
            case 4 -> draft.creditAccountId =
                workload.chance(50) ? workload.flipOneBit(draft.creditAccountId) : draft.debitAccountId;
            case 5 -> draft.amount = workload.chance(50) ?
                workload.flipOneBit(draft.amount) :
                HostileWorkload.clip(draft.amount.add(BigInteger.valueOf(workload.chance(50) ? 1 : -1)));
            case 6 -> draft.userData128 = workload.flipOneBit(draft.userData128);
            case 7 -> draft.userData64 ^= 1L << workload.random().nextInt(64);
            case 8 -> draft.userData32 ^= 1 << workload.random().nextInt(32);
            case 9 -> draft.ledger ^= 1 << workload.random().nextInt(32);
            case 10 -> draft.code ^= 1 << workload.random().nextInt(16);
            default -> draft.timestamp = workload.hostileTimestamp(draft.timestamp);
        }
    }
}
