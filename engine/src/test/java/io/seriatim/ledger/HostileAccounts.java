package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/** The part of the hostile workload that creates accounts, or tries to. */
final class HostileAccounts
{
    private static final BigInteger ONE = BigInteger.ONE;

    private final HostileWorkload workload;
    private final ReferenceLedger reference;
    private final List<Consumer<AccountEvent.Draft>> spoilers = new ArrayList<>();

    /** Of the request in the making. */
    private final List<AccountEvent> recent = new ArrayList<>();
    private final List<List<AccountEvent>> recentUnits = new ArrayList<>();

    HostileAccounts(final HostileWorkload workload, final ReferenceLedger reference)
    {
        this.workload = workload;
        this.reference = reference;
        addSpoilers();
    }

    /** The ways of spoiling an account, some of which may be left out. */
    List<Consumer<AccountEvent.Draft>> spoilers()
    {
        return spoilers;
    }

    /** A timestamp that an account was given not long ago; another one if there is none. */
    long anyRecentTimestamp(final long otherwise)
    {
        return recentUnits.isEmpty() ? otherwise : workload.any(workload.any(recentUnits)).timestamp();
    }

    List<AccountEvent> events(final boolean isSetUp)
    {
        final List<AccountEvent> events = new ArrayList<>(workload.batchCount());
        recent.clear();
        while (events.size() < workload.batchCount())
        {
            final int room = workload.batchCount() - events.size();
            final boolean isValid = isSetUp || workload.chance(workload.validPercent());
            final List<AccountEvent> unit;
            if (!isValid && !recentUnits.isEmpty() && workload.chance(10))
            {
                unit = workload.any(recentUnits);
            }
            else
            {
                unit = unit(Math.min(room, isSetUp ? 1 : workload.drawUnitLength()), isValid, isSetUp, events.size());
                workload.keepRecent(recentUnits, unit);
            }
            events.addAll(unit.subList(0, Math.min(room, unit.size())));
        }
        workload.leaveChainOpenSometimes(events, (event) -> event.with((draft) -> draft.flags |= AccountEvent.LINKED));
        return events;
    }

    private List<AccountEvent> unit(
        final int length, final boolean isValid, final boolean isSetUp, final int index)
    {
        final List<AccountEvent> unit = new ArrayList<>(length);
        final int spoiledIndex = workload.random().nextInt(length);
        final boolean isSpoiledAllOver = workload.chance(20);
        for (int i = 0; i < length; i++)
        {
            final AccountEvent.Draft draft = valid(isSetUp, index + i);
            draft.flags |= i < length - 1 ? AccountEvent.LINKED : 0;
            if (!isValid && (i == spoiledIndex || isSpoiledAllOver))
            {
                workload.spoil(draft, spoilers);
            }
            final AccountEvent event = draft.event();
            unit.add(event);
            recent.add(event);
        }
        return unit;
    }

    private AccountEvent.Draft valid(final boolean isSetUp, final int index)
    {
        final AccountEvent.Draft draft = new AccountEvent.Draft();
        draft.id = workload.freshId();
        draft.userData128 = workload.drawUserData128();
        draft.userData64 = workload.drawLong();
        draft.userData32 = (int) workload.drawLong();
        draft.ledger = isSetUp ? workload.ledgers()[index % workload.ledgers().length] :
            workload.chance(5) ? workload.drawLateLedger() : workload.pick(workload.ledgers());
        draft.code = workload.drawCode();
        draft.flags = workload.chance(isSetUp ? 50 : 20) ? AccountEvent.HISTORY : 0;
        // The first two accounts of each ledger have no limits, so that money can enter it.
        final int limit = isSetUp ? index / workload.ledgers().length : workload.random().nextInt(6);
        draft.flags |= limit == 2 ? AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS : 0;
        draft.flags |= limit == 3 ? AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS : 0;
        draft.flags |= !isSetUp && workload.chance(6) ? AccountEvent.CLOSED : 0;
        if (workload.isImport())
        {
            draft.flags |= AccountEvent.IMPORTED;
            draft.timestamp = workload.planTimestamp(workload.plannedTimestamp());
        }
        return draft;
    }

    private void addSpoilers()
    {
        final List<Consumer<AccountEvent.Draft>> all = spoilers;
        all.add((draft) -> draft.id = BigInteger.ZERO);
        all.add((draft) -> draft.id = U128_MAX);
        all.add((draft) -> draft.id = U128_MAX.subtract(ONE));
        all.add((draft) -> draft.reserved = workload.pick(1, 0x8000_0000, -1));
        all.add((draft) -> draft.flags |= 1 << (6 + workload.random().nextInt(10)));
        all.add((draft) -> draft.flags |=
            AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS);
        all.add((draft) -> draft.debitsPending = workload.drawNonZero());
        all.add((draft) -> draft.debitsPosted = workload.drawNonZero());
        all.add((draft) -> draft.creditsPending = workload.drawNonZero());
        all.add((draft) -> draft.creditsPosted = workload.drawNonZero());
        all.add((draft) -> draft.ledger = 0);
        all.add((draft) -> draft.code = 0);
        all.add((draft) -> draft.flags ^= AccountEvent.IMPORTED);
        all.add((draft) -> draft.flags ^= AccountEvent.LINKED);
        for (int i = 0; i < 3; i++)
        {
            all.add((draft) -> draft.timestamp = workload.hostileTimestamp(draft.timestamp));
            all.add(this::repeatStored);
            all.add(this::repeatRecent);
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
    }

    private void repeatStored(final AccountEvent.Draft draft)
    {
        final BigInteger id = workload.drawAccountId();
        final Account account = id == null ? null : reference.lookupAccount(id);
        if (account != null)
        {
            // As it is now, or as it was before a transfer closed it.
            copy(workload.chance(70) ? account.given() : account.atFirst().given(), draft);
            repairImport(draft);
        }
    }

    private void repeatRecent(final AccountEvent.Draft draft)
    {
        if (!recent.isEmpty())
        {
            final int linked = draft.flags & AccountEvent.LINKED;
            copy(workload.chance(50) ? recent.get(recent.size() - 1) : workload.any(recent), draft);
            if (workload.chance(60))
            {
                draft.flags = (draft.flags & ~AccountEvent.LINKED) | linked;
            }
        }
    }

    private static void copy(final AccountEvent from, final AccountEvent.Draft to)
    {
        to.id = from.id();
        to.userData128 = from.userData128();
        to.userData64 = from.userData64();
        to.userData32 = from.userData32();
        to.reserved = from.reserved();
        to.ledger = from.ledger();
        to.code = from.code();
        to.flags = from.flags();
        to.timestamp = from.timestamp();
    }

    /** Most of the time make a repeat pass the checks of the pipeline, so that it gets to the comparison. */
    private void repairImport(final AccountEvent.Draft draft)
    {
        if (workload.chance(20))
        {
            return;
        }
        final boolean isImported = (draft.flags & AccountEvent.IMPORTED) != 0;
        if (isImported != workload.isImport())
        {
            draft.flags ^= AccountEvent.IMPORTED;
            draft.timestamp = workload.isImport() ? 1 + workload.random().nextLong(workload.batchTimestamp()) : 0;
        }
    }

    private void changeFields(final AccountEvent.Draft draft)
    {
        final int count = workload.drawFew();
        for (int i = 0; i < count; i++)
        {
            changeOneField(draft);
        }
    }

    private void changeOneField(final AccountEvent.Draft draft)
    {
        switch (workload.random().nextInt(9))
        {
            case 0 -> draft.flags ^= AccountEvent.LINKED;
            case 1 -> draft.flags ^= workload.pick(AccountEvent.HISTORY, AccountEvent.CLOSED,
                AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS, AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS);
            case 2 -> draft.userData128 = workload.flipOneBit(draft.userData128);
            case 3 -> draft.userData64 ^= 1L << workload.random().nextInt(64);
            case 4 -> draft.userData32 ^= 1 << workload.random().nextInt(32);
            case 5 -> draft.ledger ^= 1 << workload.random().nextInt(32);
            case 6 -> draft.code ^= 1 << workload.random().nextInt(16);
            case 7 -> draft.creditsPosted = workload.drawNonZero();
            default -> draft.timestamp = workload.hostileTimestamp(draft.timestamp);
        }
    }
}
