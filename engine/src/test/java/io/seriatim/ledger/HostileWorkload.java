package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.LedgerDefinition;
import io.seriatim.ledger.ReferenceLedger.TimeAhead;
import io.seriatim.ledger.ReferenceLedger.Transfer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import static io.seriatim.ledger.ReferenceLedger.TS_MAX;
import static io.seriatim.ledger.ReferenceLedger.U128_MAX;

/**
 * Requests that try to get something past the ledger: repeats, extremes, sums that meet a limit or miss it by one,
 * chains that break at every place, imported timestamps at every edge. It looks at the reference ledger to know
 * where the edges are, so the reference has to have done one request before the next is drawn.
 * <p>
 * Shape: a request is a row of units, each a single event or a chain. A unit is first made so that it would be
 * accepted, and then, unless it is drawn to be valid, spoiled in one place or several. How much is valid, which
 * ways of spoiling are used and what the clock does is drawn once for each seed.<br>
 * Threads: confined to one. The same seed makes the same requests.
 */
public final class HostileWorkload
{
    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger TWO_64 = ONE.shiftLeft(64);
    private static final int[] VALID_PERCENTS = {0, 5, 50, 95, 100};

    /** In the last of them amounts are drawn over all 128 bits. */
    private static final int[] LEDGERS = {1, 2, 0x8000_0000, 0xFFFF_FFFF};
    private static final int HOME_SHIFT = 8;
    private static final int HOT_COUNT = 6;
    private static final int RECENT_COUNT = 64;
    private static final int FRESH_ID_STYLES = 7;

    /** Steps of the clock are at most this part of the time that is left, so that it never runs out. */
    private static final int CLOCK_SHARE_SHIFT = 12;

    private final SplittableRandom random;
    private final ReferenceLedger reference;
    private final int batchCountMax;
    private final Features features;
    private final IntPredicate isHome;
    private final int[] ledgers;
    private final int wildLedger;
    private final HostileTwoPhase twoPhase;
    private final HostileReads reads;

    private final int validPercent;
    private final int importPercent;
    private final int chainPercent;
    private final int accountPercent;
    private final int hotPercent;
    private final List<Consumer<AccountEvent.Draft>> accountSpoilers = new ArrayList<>();
    private final List<Consumer<TransferEvent.Draft>> transferSpoilers = new ArrayList<>();

    private final List<List<BigInteger>> accountsByLedger = new ArrayList<>();
    private final List<BigInteger[]> hotByLedger = new ArrayList<>();
    private final List<BigInteger> closedAccounts = new ArrayList<>();
    private final List<BigInteger> limitedAccounts = new ArrayList<>();
    private final List<BigInteger> historyAccounts = new ArrayList<>();
    private final List<BigInteger> accountIds = new ArrayList<>();
    private final Set<BigInteger> knownAccounts = new HashSet<>();
    private final List<BigInteger> knownTransfers = new ArrayList<>();
    private final List<BigInteger> failedTransfers = new ArrayList<>();
    private final Set<BigInteger> usedIds = new HashSet<>();

    private final List<AccountEvent> recentAccounts = new ArrayList<>();
    private final List<TransferEvent> recentTransfers = new ArrayList<>();
    private final List<List<AccountEvent>> recentAccountUnits = new ArrayList<>();
    private final List<List<TransferEvent>> recentTransferUnits = new ArrayList<>();

    private Request previousRequest;
    private Request previousCreates;
    private long clock;
    private long nextSmallId = 1;
    private int requestCount;

    // Of the request in the making.
    private long batchTimestamp;
    private int batchCount;
    private boolean batchIsImport;
    private long plannedTimestamp;
    private TimeAhead timeAhead;
    private int eventIndex;

    /**
     * A workload of creates of every kind and nothing else.
     *
     * @param seed          of everything that is drawn.
     * @param reference     that does every request before the next one is drawn.
     * @param batchCountMax most events in a request.
     */
    public HostileWorkload(final long seed, final ReferenceLedger reference, final int batchCountMax)
    {
        this(seed, reference, batchCountMax, Features.CREATES);
    }

    /**
     * A workload against a fresh ledger.
     *
     * @param seed          of everything that is drawn.
     * @param reference     that does every request before the next one is drawn.
     * @param batchCountMax most events in a request.
     * @param features      what the requests may be.
     */
    public HostileWorkload(
        final long seed, final ReferenceLedger reference, final int batchCountMax, final Features features)
    {
        this(seed, reference, batchCountMax, features, ledger -> true);
    }

    /**
     * A workload against a fresh ledger that is one shard of several.
     *
     * @param seed          of everything that is drawn.
     * @param reference     that does every request before the next one is drawn.
     * @param batchCountMax most events in a request.
     * @param features      what the requests may be.
     * @param isHome        whether a ledger lives on the shard; no event names another one, but 0.
     */
    public HostileWorkload(
        final long seed,
        final ReferenceLedger reference,
        final int batchCountMax,
        final Features features,
        final IntPredicate isHome)
    {
        random = new SplittableRandom(seed);
        this.reference = reference;
        this.batchCountMax = batchCountMax;
        this.features = features;
        this.isHome = isHome;
        ledgers = IntStream.of(LEDGERS).map(this::atHome).toArray();
        wildLedger = ledgers[ledgers.length - 1];
        twoPhase = new HostileTwoPhase(this, reference);
        reads = new HostileReads(this, reference);

        validPercent = VALID_PERCENTS[random.nextInt(VALID_PERCENTS.length)];
        importPercent = pick(0, 10, 40, 95);
        chainPercent = pick(0, 15, 50);
        accountPercent = pick(10, 25, 50);
        hotPercent = pick(20, 80, 99);
        clock = drawClock(random);

        for (int i = 0; i < ledgers.length; i++)
        {
            accountsByLedger.add(new ArrayList<>());
            hotByLedger.add(new BigInteger[HOT_COUNT]);
        }

        addAccountSpoilers();
        addTransferSpoilers();
        if (features.hasTwoPhase())
        {
            twoPhase.addSpoilers(transferSpoilers);
        }
        if (chance(50))
        {
            accountSpoilers.removeIf((spoiler) -> chance(30));
            transferSpoilers.removeIf((spoiler) -> chance(30));
        }
    }

    /**
     * Share of units that are not spoiled.
     *
     * @return 0, 5, 50, 95 or 100.
     */
    public int validPercent()
    {
        return validPercent;
    }

    /**
     * Draw the next request. The reference must have done the one before.
     *
     * @return the request.
     */
    public Request next()
    {
        learn();

        final boolean isSetUp = requestCount == 0 && (validPercent > 0 || chance(70));
        final Request request = isSetUp ? nextCreates(true) : nextOther();
        requestCount++;
        previousRequest = request;
        return request;
    }

    /**
     * Where a clock starts: at 0, near its end or in our time.
     *
     * @param random to draw from.
     * @return nanoseconds.
     */
    public static long drawClock(final SplittableRandom random)
    {
        return switch (random.nextInt(4))
        {
            case 0 -> 0;
            case 1 -> TS_MAX - (1L << 50);
            default -> 1_700_000_000_000_000_000L + random.nextLong(1L << 50);
        };
    }

    /**
     * Start at another time, before anything was drawn.
     *
     * @param nowNs what the clock shows.
     */
    public void startClock(final long nowNs)
    {
        clock = nowNs;
    }

    /**
     * Others have moved the clock meanwhile.
     *
     * @param nowNs what it shows; requests from now on are taken no earlier.
     */
    public void clockIs(final long nowNs)
    {
        clock = Math.max(clock, nowNs);
    }

    private Request nextOther()
    {
        if (chance(features.readPercent()))
        {
            return nextWithoutEvents(Kind.READ, reads.next());
        }
        if (features.hasTwoPhase() && chance(features.tickPercent()))
        {
            return nextWithoutEvents(Kind.TICK, null);
        }
        if (chance(features.definitionPercent()))
        {
            return nextDefinitions();
        }
        if (validPercent < 100 && previousCreates != null && chance(3))
        {
            return again(previousCreates);
        }
        previousCreates = nextCreates(false);
        return previousCreates;
    }

    private Request nextCreates(final boolean isSetUp)
    {
        final boolean isAccounts = isSetUp || chance(accountPercent);
        takeTime(
            isSetUp ? Math.min(4 * ledgers.length, batchCountMax) : drawCount(), !isSetUp && chance(importPercent));
        plannedTimestamp =
            isAccounts ? reference.greatestAccountTimestamp() : reference.greatestTransferTimestamp();
        return isAccounts ?
            request(Kind.ACCOUNTS, accountEvents(isSetUp), List.of(), List.of(), null) :
            request(Kind.TRANSFERS, List.of(), transferEvents(), List.of(), null);
    }

    private Request nextWithoutEvents(final Kind kind, final ReferenceRead read)
    {
        takeTime(0, false);
        return request(kind, List.of(), List.of(), List.of(), read);
    }

    private Request nextDefinitions()
    {
        takeTime(Math.min(batchCountMax, drawFew()), false);
        final List<LedgerDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < batchCount; i++)
        {
            definitions.add(new LedgerDefinition(
                chance(80) ? pick(ledgers) : drawLateLedger(),
                any(List.of("EUR", "JPY", "BTC", "X", "ABCDEFGHIJKLMNOP")),
                pick(0, 2, 8, 38)));
        }
        return request(Kind.DEFINITIONS, List.of(), List.of(), definitions, null);
    }

    private Request again(final Request previous)
    {
        takeTime(previous.count(), false);
        return request(previous.kind(), previous.accounts(), previous.transfers(), List.of(), null);
    }

    private Request request(
        final Kind kind,
        final List<AccountEvent> accounts,
        final List<TransferEvent> transfers,
        final List<LedgerDefinition> definitions,
        final ReferenceRead read)
    {
        return new Request(
            kind,
            clock,
            batchTimestamp,
            accounts.stream().map(this::atHome).map(this::besideExpiries).toList(),
            transfers.stream().map(this::atHome).map(this::besideExpiries).toList(),
            definitions,
            read);
    }

    private AccountEvent atHome(final AccountEvent event)
    {
        final int home = atHome(event.ledger());
        return home == event.ledger() ? event : event.with((draft) -> draft.ledger = home);
    }

    private TransferEvent atHome(final TransferEvent event)
    {
        final int home = atHome(event.ledger());
        return home == event.ledger() ? event : event.with((draft) -> draft.ledger = home);
    }

    /** The ledger itself, or one that differs in its upper bits and lives on the shard. */
    private int atHome(final int ledger)
    {
        int home = ledger;
        for (int i = 1; ledger != 0 && (home == 0 || !isHome.test(home)); i++)
        {
            home = ledger ^ (i << HOME_SHIFT);
        }
        return home;
    }

    private AccountEvent besideExpiries(final AccountEvent event)
    {
        return isAtExpiry(event) ?
            besideExpiries(event.with((draft) -> draft.timestamp++)) : event;
    }

    private TransferEvent besideExpiries(final TransferEvent event)
    {
        return isAtExpiry(event) ?
            besideExpiries(event.with((draft) -> draft.timestamp++)) : event;
    }

    private boolean isAtExpiry(final Event event)
    {
        return !features.importsAtExpiries() && event.isImported() &&
            (reference.isExpiryTimestamp(event.timestamp()) ||
            timeAhead.releases().containsValue(event.timestamp()));
    }

    /** Move the clock and see what time a request with so many events will get. */
    private void takeTime(final int eventCount, final boolean isImport)
    {
        batchCount = eventCount;
        batchIsImport = isImport;
        moveClock();
        timeAhead = reference.timeAhead(clock, batchCount);
        batchTimestamp = timeAhead.batchTimestamp();
        eventIndex = 0;
    }

    // Between two requests.

    /** Take note of what the previous request has left behind. */
    private void learn()
    {
        if (previousRequest == null)
        {
            return;
        }
        for (final AccountEvent event : previousRequest.accounts())
        {
            final Account account = reference.lookupAccount(event.id());
            if (account != null && knownAccounts.add(event.id()))
            {
                learnAccount(account.atFirst().given());
            }
        }
        for (final TransferEvent event : previousRequest.transfers())
        {
            final Transfer transfer = reference.lookupTransfer(event.id());
            if (transfer != null)
            {
                knownTransfers.add(event.id());
                twoPhase.learn(transfer.stored());
            }
            else if (reference.failedIds().containsKey(event.id()))
            {
                failedTransfers.add(event.id());
            }
        }
    }

    private void learnAccount(final AccountEvent account)
    {
        final int ledgerIndex = ledgerIndex(account.ledger());
        if (ledgers[ledgerIndex] != account.ledger())
        {
            return;
        }
        accountIds.add(account.id());
        if (account.has(AccountEvent.HISTORY))
        {
            historyAccounts.add(account.id());
        }
        if (account.has(AccountEvent.CLOSED))
        {
            closedAccounts.add(account.id());
            return;
        }
        if (account.has(AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS))
        {
            limitedAccounts.add(account.id());
        }
        final BigInteger[] hot = hotByLedger.get(ledgerIndex);
        final int index = accountsByLedger.get(ledgerIndex).size();
        accountsByLedger.get(ledgerIndex).add(account.id());
        if (index < HOT_COUNT)
        {
            hot[index] = account.id();
        }
    }

    /** Sometimes it stands still, sometimes it jumps, and an import needs room behind it. It never goes back. */
    private void moveClock()
    {
        final long now = Math.max(clock, reference.previousTimestamp());
        final long importRoom = 4L * batchCount + 16 + random.nextInt(1_000);
        final long stepMax = (TS_MAX - now) >> CLOCK_SHARE_SHIFT;
        final long target = features.hasTwoPhase() && chance(40) ? twoPhase.drawClock(now, batchCount) : 0;
        if (target > now + (batchIsImport ? importRoom : 0) && target - now <= stepMax)
        {
            clock = target;
            return;
        }
        if (batchIsImport)
        {
            clock = now + importRoom;
            return;
        }
        final long step = switch (random.nextInt(8))
        {
            case 0, 1, 2 -> 0L;
            case 3 -> 1L;
            case 4 -> random.nextLong(100);
            case 5 -> random.nextLong(1_000_000);
            case 6 -> random.nextLong(1_000_000_000);
            default -> random.nextLong(features.hasTwoPhase() && chance(80) ? 1_000_000_000L : 1_000_000_000_000L);
        };
        clock += Math.min(step, stepMax);
    }

    private int drawCount()
    {
        final int draw = random.nextInt(100);
        if (draw < 2)
        {
            return 0;
        }
        if (draw < 30)
        {
            return 1;
        }
        if (draw < 80)
        {
            return Math.min(batchCountMax, 2 + random.nextInt(7));
        }
        if (draw < 97)
        {
            return Math.min(batchCountMax, 9 + random.nextInt(56));
        }
        return batchCountMax;
    }

    // Accounts.

    private List<AccountEvent> accountEvents(final boolean isSetUp)
    {
        final List<AccountEvent> events = new ArrayList<>(batchCount);
        recentAccounts.clear();
        while (events.size() < batchCount)
        {
            final int room = batchCount - events.size();
            final boolean isValid = isSetUp || chance(validPercent);
            final List<AccountEvent> unit;
            if (!isValid && !recentAccountUnits.isEmpty() && chance(10))
            {
                unit = any(recentAccountUnits);
            }
            else
            {
                unit = accountUnit(Math.min(room, isSetUp ? 1 : drawUnitLength()), isValid, isSetUp, events.size());
                keepRecent(recentAccountUnits, unit);
            }
            events.addAll(unit.subList(0, Math.min(room, unit.size())));
        }
        leaveChainOpenSometimes(events, (event) -> event.with((draft) -> draft.flags |= AccountEvent.LINKED));
        return events;
    }

    private List<AccountEvent> accountUnit(
        final int length, final boolean isValid, final boolean isSetUp, final int index)
    {
        final List<AccountEvent> unit = new ArrayList<>(length);
        final int spoiledIndex = random.nextInt(length);
        final boolean isSpoiledAllOver = chance(20);
        for (int i = 0; i < length; i++)
        {
            final AccountEvent.Draft draft = validAccount(isSetUp, index + i);
            draft.flags |= i < length - 1 ? AccountEvent.LINKED : 0;
            if (!isValid && (i == spoiledIndex || isSpoiledAllOver))
            {
                spoil(draft, accountSpoilers);
            }
            final AccountEvent event = draft.event();
            unit.add(event);
            recentAccounts.add(event);
        }
        return unit;
    }

    private AccountEvent.Draft validAccount(final boolean isSetUp, final int index)
    {
        final AccountEvent.Draft draft = new AccountEvent.Draft();
        draft.id = freshId();
        draft.userData128 = drawUserData128();
        draft.userData64 = drawLong();
        draft.userData32 = (int) drawLong();
        draft.ledger = isSetUp ? ledgers[index % ledgers.length] : chance(5) ? drawLateLedger() : pick(ledgers);
        draft.code = drawCode();
        draft.flags = chance(isSetUp ? 50 : 20) ? AccountEvent.HISTORY : 0;
        // The first two accounts of each ledger have no limits, so that money can enter it.
        final int limit = isSetUp ? index / ledgers.length : random.nextInt(6);
        draft.flags |= limit == 2 ? AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS : 0;
        draft.flags |= limit == 3 ? AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS : 0;
        draft.flags |= !isSetUp && chance(6) ? AccountEvent.CLOSED : 0;
        if (batchIsImport)
        {
            draft.flags |= AccountEvent.IMPORTED;
            draft.timestamp = planTimestamp(plannedTimestamp);
        }
        return draft;
    }

    private void addAccountSpoilers()
    {
        final List<Consumer<AccountEvent.Draft>> all = accountSpoilers;
        all.add((draft) -> draft.id = BigInteger.ZERO);
        all.add((draft) -> draft.id = U128_MAX);
        all.add((draft) -> draft.id = U128_MAX.subtract(ONE));
        all.add((draft) -> draft.reserved = pick(1, 0x8000_0000, -1));
        all.add((draft) -> draft.flags |= 1 << (6 + random.nextInt(10)));
        all.add((draft) -> draft.flags |=
            AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS);
        all.add((draft) -> draft.debitsPending = drawNonZero());
        all.add((draft) -> draft.debitsPosted = drawNonZero());
        all.add((draft) -> draft.creditsPending = drawNonZero());
        all.add((draft) -> draft.creditsPosted = drawNonZero());
        all.add((draft) -> draft.ledger = 0);
        all.add((draft) -> draft.code = 0);
        all.add((draft) -> draft.flags ^= AccountEvent.IMPORTED);
        all.add((draft) -> draft.flags ^= AccountEvent.LINKED);
        for (int i = 0; i < 3; i++)
        {
            all.add((draft) -> draft.timestamp = hostileTimestamp(draft.timestamp));
            all.add(this::repeatStoredAccount);
            all.add(this::repeatRecentAccount);
            all.add((draft) ->
            {
                repeatStoredAccount(draft);
                changeFields(draft);
            });
        }
        all.add((draft) ->
        {
            repeatRecentAccount(draft);
            changeFields(draft);
        });
    }

    private void repeatStoredAccount(final AccountEvent.Draft draft)
    {
        final BigInteger id = drawAccountId();
        final Account account = id == null ? null : reference.lookupAccount(id);
        if (account != null)
        {
            // As it is now, or as it was before a transfer closed it.
            copy(chance(70) ? account.given() : account.atFirst().given(), draft);
            repairImport(draft);
        }
    }

    private void repeatRecentAccount(final AccountEvent.Draft draft)
    {
        if (!recentAccounts.isEmpty())
        {
            final int linked = draft.flags & AccountEvent.LINKED;
            copy(chance(50) ? recentAccounts.get(recentAccounts.size() - 1) : any(recentAccounts), draft);
            if (chance(60))
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
        if (chance(20))
        {
            return;
        }
        final boolean isImported = (draft.flags & AccountEvent.IMPORTED) != 0;
        if (isImported != batchIsImport)
        {
            draft.flags ^= AccountEvent.IMPORTED;
            draft.timestamp = batchIsImport ? 1 + random.nextLong(batchTimestamp) : 0;
        }
    }

    private void changeFields(final AccountEvent.Draft draft)
    {
        final int count = drawFew();
        for (int i = 0; i < count; i++)
        {
            changeOneField(draft);
        }
    }

    private void changeOneField(final AccountEvent.Draft draft)
    {
        switch (random.nextInt(9))
        {
            case 0 -> draft.flags ^= AccountEvent.LINKED;
            case 1 -> draft.flags ^= pick(AccountEvent.HISTORY, AccountEvent.CLOSED,
                AccountEvent.DEBITS_MUST_NOT_EXCEED_CREDITS, AccountEvent.CREDITS_MUST_NOT_EXCEED_DEBITS);
            case 2 -> draft.userData128 = flipOneBit(draft.userData128);
            case 3 -> draft.userData64 ^= 1L << random.nextInt(64);
            case 4 -> draft.userData32 ^= 1 << random.nextInt(32);
            case 5 -> draft.ledger ^= 1 << random.nextInt(32);
            case 6 -> draft.code ^= 1 << random.nextInt(16);
            case 7 -> draft.creditsPosted = drawNonZero();
            default -> draft.timestamp = hostileTimestamp(draft.timestamp);
        }
    }

    // Transfers.

    private List<TransferEvent> transferEvents()
    {
        final List<TransferEvent> events = new ArrayList<>(batchCount);
        recentTransfers.clear();
        twoPhase.startBatch();
        while (events.size() < batchCount)
        {
            final int room = batchCount - events.size();
            final boolean isValid = chance(validPercent);
            final List<TransferEvent> unit;
            if (!isValid && !recentTransferUnits.isEmpty() && chance(10))
            {
                unit = any(recentTransferUnits);
            }
            else if (!isValid && room >= 2 && chance(10))
            {
                unit = splitEdgeUnit();
            }
            else
            {
                eventIndex = events.size();
                unit = transferUnit(Math.min(room, drawUnitLength()), isValid);
                keepRecent(recentTransferUnits, unit);
            }
            events.addAll(unit.subList(0, Math.min(room, unit.size())));
        }
        leaveChainOpenSometimes(events, (event) -> event.with((draft) -> draft.flags |= TransferEvent.LINKED));
        return events;
    }

    private List<TransferEvent> transferUnit(final int length, final boolean isValid)
    {
        final List<TransferEvent> unit = new ArrayList<>(length);
        final int spoiledIndex = random.nextInt(length);
        final boolean isSpoiledAllOver = chance(20);
        for (int i = 0; i < length; i++)
        {
            final TransferEvent.Draft draft = validTransfer();
            if (features.hasTwoPhase())
            {
                twoPhase.shape(draft, validPercent < 100 || eventIndex == batchCount - 1);
                if (validPercent < 100)
                {
                    twoPhase.meetDeadline(draft);
                }
            }
            draft.flags |= i < length - 1 ? TransferEvent.LINKED : 0;
            if (!isValid && (i == spoiledIndex || isSpoiledAllOver))
            {
                spoil(draft, transferSpoilers);
            }
            final TransferEvent event = draft.event();
            unit.add(event);
            recentTransfers.add(event);
            eventIndex++;
        }
        return unit;
    }

    /** Two transfers, linked or not, whose amounts together meet an edge or miss it by one. */
    private List<TransferEvent> splitEdgeUnit()
    {
        final TransferEvent.Draft first = validTransfer();
        first.flags |= features.hasTwoPhase() && chance(40) ? TransferEvent.PENDING : 0;
        if (chance(50))
        {
            meetLimit(first, 0);
        }
        else
        {
            meetOverflow(first, 0);
        }
        final BigInteger whole = first.amount;
        final TransferEvent.Draft second = new TransferEvent.Draft(first.event());
        second.id = freshId();
        first.amount = whole.signum() == 0 ? whole : drawBelow(whole);
        second.amount = clip(whole.subtract(first.amount).add(BigInteger.valueOf(random.nextInt(3) - 1)));
        second.timestamp = batchIsImport ? planTimestamp(plannedTimestamp) : 0;
        second.flags ^= features.hasTwoPhase() && chance(40) ? TransferEvent.PENDING : 0;
        first.flags |= chance(50) ? TransferEvent.LINKED : 0;
        return List.of(first.event(), second.event());
    }

    private TransferEvent.Draft validTransfer()
    {
        final TransferEvent.Draft draft = new TransferEvent.Draft();
        draft.id = freshId();
        draft.userData128 = drawUserData128();
        draft.userData64 = drawLong();
        draft.userData32 = (int) drawLong();
        draft.code = drawCode();
        drawAccounts(draft, random.nextInt(ledgers.length));
        draft.amount = drawSafeAmount(draft);
        if (batchIsImport)
        {
            draft.flags |= TransferEvent.IMPORTED;
            long after = plannedTimestamp;
            for (final BigInteger id : List.of(draft.debitAccountId, draft.creditAccountId))
            {
                final Account account = reference.lookupAccount(id);
                after = account == null ? after : Math.max(after, account.timestamp());
            }
            draft.timestamp = planTimestamp(after);
        }
        return draft;
    }

    void drawAccounts(final TransferEvent.Draft draft, final int ledgerIndex)
    {
        draft.ledger = ledgers[ledgerIndex];
        draft.debitAccountId = drawAccountId(ledgerIndex);
        draft.creditAccountId = drawAccountId(ledgerIndex);
        if (draft.debitAccountId.equals(draft.creditAccountId) && !accountsByLedger.get(ledgerIndex).isEmpty())
        {
            for (final BigInteger id : accountsByLedger.get(ledgerIndex))
            {
                if (!id.equals(draft.debitAccountId) && isOpen(id))
                {
                    draft.creditAccountId = id;
                    break;
                }
            }
        }
    }

    /** An amount that fits even if every other transfer of the batch moves as much between the same accounts. */
    private BigInteger drawSafeAmount(final TransferEvent.Draft draft)
    {
        final BigInteger share = room(draft).divide(BigInteger.valueOf(batchCount));
        return switch (random.nextInt(8))
        {
            case 0 -> BigInteger.ZERO;
            case 1 -> share.min(ONE);
            case 2 -> draft.ledger == wildLedger ? drawBelow(share.add(ONE)) : share.min(TWO_64);
            default -> share.min(BigInteger.valueOf(random.nextInt(1_000_000)));
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

    private void addTransferSpoilers()
    {
        final List<Consumer<TransferEvent.Draft>> all = transferSpoilers;
        all.add((draft) -> draft.id = BigInteger.ZERO);
        all.add((draft) -> draft.id = U128_MAX);
        all.add((draft) -> draft.id = U128_MAX.subtract(ONE));
        all.add((draft) -> draft.flags |= 1 << (9 + random.nextInt(7)));
        all.add((draft) -> draft.debitAccountId = BigInteger.ZERO);
        all.add((draft) -> draft.debitAccountId = U128_MAX);
        all.add((draft) -> draft.creditAccountId = BigInteger.ZERO);
        all.add((draft) -> draft.creditAccountId = U128_MAX);
        all.add((draft) -> draft.debitAccountId = draft.creditAccountId);
        all.add((draft) -> draft.creditAccountId = draft.debitAccountId);
        all.add((draft) -> draft.pendingId = drawNonZero());
        all.add((draft) -> draft.timeout = pick(1, 0x8000_0000, -1));
        all.add((draft) -> draft.ledger = 0);
        all.add((draft) -> draft.ledger = pick(ledgers));
        all.add((draft) -> draft.ledger ^= 1 << random.nextInt(32));
        all.add((draft) -> draft.code = 0);
        all.add((draft) -> draft.debitAccountId = freshId());
        all.add((draft) -> draft.creditAccountId = freshId());
        all.add((draft) -> draft.debitAccountId = flipOneBit(draft.debitAccountId));
        all.add((draft) -> draft.creditAccountId = flipOneBit(draft.creditAccountId));
        all.add((draft) -> draft.debitAccountId = drawAccountId(random.nextInt(ledgers.length)));
        all.add((draft) -> draft.creditAccountId = drawAccountId(random.nextInt(ledgers.length)));
        all.add((draft) -> draft.id = draft.debitAccountId);
        all.add((draft) -> draft.flags ^= TransferEvent.IMPORTED);
        all.add((draft) -> draft.flags ^= TransferEvent.LINKED);
        all.add((draft) -> nameClosedAccount(draft, true));
        all.add((draft) -> nameClosedAccount(draft, false));
        all.add((draft) ->
        {
            if (draft.ledger == wildLedger || chance(2))
            {
                draft.amount = any(List.of(
                    U128_MAX, U128_MAX.subtract(ONE), TWO_64, TWO_64.subtract(ONE), ONE.shiftLeft(127)));
            }
        });
        for (int i = 0; i < 3; i++)
        {
            all.add((draft) -> draft.timestamp = hostileTimestamp(draft.timestamp));
            all.add((draft) -> meetLimit(draft, random.nextInt(3) - 1));
            all.add((draft) -> meetOverflow(draft, random.nextInt(3) - 1));
            all.add(this::repeatStoredTransfer);
            all.add(this::repeatRecentTransfer);
            all.add((draft) -> draft.id = failedTransfers.isEmpty() ? draft.id : any(failedTransfers));
            all.add((draft) ->
            {
                repeatStoredTransfer(draft);
                changeFields(draft);
            });
        }
        all.add((draft) ->
        {
            repeatRecentTransfer(draft);
            changeFields(draft);
        });
        for (int i = 0; i < 6; i++)
        {
            all.add(this::importBeforeAnAccount);
        }
    }

    private void nameClosedAccount(final TransferEvent.Draft draft, final boolean isDebit)
    {
        if (closedAccounts.isEmpty())
        {
            return;
        }
        final AccountEvent closed = reference.lookupAccount(any(closedAccounts)).given();
        drawAccounts(draft, ledgerIndex(closed.ledger()));
        draft.ledger = closed.ledger();
        final AccountEvent other = reference.lookupAccount(any(closedAccounts)).given();
        final boolean areBothClosed = other.ledger() == closed.ledger();
        if (isDebit)
        {
            draft.debitAccountId = closed.id();
            draft.creditAccountId = areBothClosed ? other.id() : draft.creditAccountId;
        }
        else
        {
            draft.creditAccountId = closed.id();
            draft.debitAccountId = areBothClosed && chance(50) ? other.id() : draft.debitAccountId;
        }
    }

    /** Move exactly what a limit leaves, or one more or less. */
    private void meetLimit(final TransferEvent.Draft draft, final int excess)
    {
        if (limitedAccounts.isEmpty())
        {
            return;
        }
        final Account limited = reference.lookupAccount(any(limitedAccounts));
        drawAccounts(draft, ledgerIndex(limited.given().ledger()));
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
        draft.amount = clip(room.add(BigInteger.valueOf(excess)));
    }

    /** Fill one side of an account to the last unit, or one more or less. */
    private void meetOverflow(final TransferEvent.Draft draft, final int excess)
    {
        if (draft.ledger != wildLedger)
        {
            if (chance(95))
            {
                return;
            }
            drawAccounts(draft, ledgerIndex(wildLedger));
        }
        final Account debit = reference.lookupAccount(draft.debitAccountId);
        final Account credit = reference.lookupAccount(draft.creditAccountId);
        if (debit == null || credit == null)
        {
            return;
        }
        final BigInteger room = overflowRoom(switch (random.nextInt(6))
        {
            case 0 -> debit.balances().debitsPending();
            case 1 -> credit.balances().creditsPending();
            case 2, 3 -> debit.balances().debits();
            default -> credit.balances().credits();
        });
        draft.amount = clip(room.add(BigInteger.valueOf(excess)));
    }

    /** A timestamp that is free and late enough among transfers, but not later than one of its accounts. */
    private void importBeforeAnAccount(final TransferEvent.Draft draft)
    {
        if (!batchIsImport)
        {
            return;
        }
        final long mark = reference.greatestTransferTimestamp();
        final int firstLedger = random.nextInt(ledgers.length);
        for (int i = 0; i < ledgers.length; i++)
        {
            final int ledgerIndex = (firstLedger + i) % ledgers.length;
            final List<BigInteger> ids = accountsByLedger.get(ledgerIndex);
            final BigInteger newest = ids.isEmpty() ? null : ids.get(ids.size() - 1);
            final long timestamp = newest == null ? 0 : reference.lookupAccount(newest).timestamp();
            if (timestamp > mark)
            {
                drawAccounts(draft, ledgerIndex);
                final BigInteger secondNewest = ids.get(Math.max(0, ids.size() - 2));
                switch (random.nextInt(4))
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
                draft.timestamp = chance(70) ?
                    mark + 1 + random.nextLong(timestamp - mark) :
                    timestamp + random.nextInt(3) - 1;
                return;
            }
        }
    }

    private void repeatStoredTransfer(final TransferEvent.Draft draft)
    {
        if (knownTransfers.isEmpty())
        {
            return;
        }
        // Prefer one that can get past the check of the batch being an import or not.
        Transfer transfer = reference.lookupTransfer(any(knownTransfers));
        for (int i = 0; i < 8 && transfer.stored().isImported() != batchIsImport; i++)
        {
            transfer = reference.lookupTransfer(any(knownTransfers));
        }
        copy(transfer.stored(), draft);
        twoPhase.abbreviate(draft);
        if (batchIsImport && chance(30))
        {
            draft.timestamp = 1 + random.nextLong(batchTimestamp);
        }
    }

    private void repeatRecentTransfer(final TransferEvent.Draft draft)
    {
        if (!recentTransfers.isEmpty())
        {
            final int linked = draft.flags & TransferEvent.LINKED;
            copy(chance(50) ? recentTransfers.get(recentTransfers.size() - 1) : any(recentTransfers), draft);
            if (chance(60))
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
        final int count = drawFew();
        for (int i = 0; i < count; i++)
        {
            changeOneField(draft);
        }
    }

    private void changeOneField(final TransferEvent.Draft draft)
    {
        switch (random.nextInt(12))
        {
            case 0 -> draft.flags ^=
                features.hasTwoPhase() && chance(50) ? 1 << random.nextInt(9) : TransferEvent.LINKED;
            case 1 -> draft.pendingId = chance(50) ? drawNonZero() : flipOneBit(draft.pendingId);
            case 2 -> draft.timeout ^= 1 << random.nextInt(32);
            case 3 -> draft.debitAccountId = chance(50) ? flipOneBit(draft.debitAccountId) : draft.creditAccountId;
            case 4 -> draft.creditAccountId = chance(50) ? flipOneBit(draft.creditAccountId) : draft.debitAccountId;
            case 5 -> draft.amount = chance(50) ?
                flipOneBit(draft.amount) :
                clip(draft.amount.add(BigInteger.valueOf(chance(50) ? 1 : -1)));
            case 6 -> draft.userData128 = flipOneBit(draft.userData128);
            case 7 -> draft.userData64 ^= 1L << random.nextInt(64);
            case 8 -> draft.userData32 ^= 1 << random.nextInt(32);
            case 9 -> draft.ledger ^= 1 << random.nextInt(32);
            case 10 -> draft.code ^= 1 << random.nextInt(16);
            default -> draft.timestamp = hostileTimestamp(draft.timestamp);
        }
    }

    // Drawing.

    private <D> void spoil(final D draft, final List<Consumer<D>> spoilers)
    {
        if (spoilers.isEmpty())
        {
            return;
        }
        final int count = drawFew();
        for (int i = 0; i < count; i++)
        {
            any(spoilers).accept(draft);
        }
    }

    private <E> void leaveChainOpenSometimes(final List<E> events, final UnaryOperator<E> link)
    {
        if (validPercent < 100 && chainPercent > 0 && !events.isEmpty() && chance(15))
        {
            final int last = events.size() - 1;
            events.set(last, link.apply(events.get(last)));
        }
    }

    private int drawFew()
    {
        final int draw = random.nextInt(10);
        return draw < 6 ? 1 : draw < 9 ? 2 : 4;
    }

    private int drawUnitLength()
    {
        return chance(chainPercent) ? 2 + random.nextInt(6) : 1;
    }

    /**
     * The next timestamp of an import that breaks no rule: after the given one, free, and so that as many others as
     * the batch has events still find room before the batch timestamp.
     */
    private long planTimestamp(final long after)
    {
        final long leapMax = Math.max(1, (batchTimestamp - after) / (8L * batchCount));
        long timestamp = after + 1 + (chance(20) ? random.nextLong(leapMax) : 0);
        while (reference.isAccountTimestamp(timestamp) ||
            reference.isTransferTimestamp(timestamp) ||
            reference.isExpiryTimestamp(timestamp) ||
            timeAhead.releases().containsValue(timestamp))
        {
            timestamp++;
        }
        plannedTimestamp = timestamp;
        return timestamp;
    }

    private long hostileTimestamp(final long planned)
    {
        if (!batchIsImport && chance(50))
        {
            return pick(1L, -1L, batchTimestamp);
        }
        final long greatestAccount = reference.greatestAccountTimestamp();
        final long greatestTransfer = reference.greatestTransferTimestamp();
        return switch (random.nextInt(21))
        {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> TS_MAX;
            case 3 -> TS_MAX + 1;
            case 4 -> -1;
            case 5 -> batchTimestamp;
            case 6 -> batchTimestamp + 1;
            case 7 -> batchTimestamp - (chance(10) ? 1 : batchCount);
            case 8 -> greatestAccount;
            case 9 -> greatestAccount + 1;
            case 10 -> greatestTransfer;
            case 11 -> greatestTransfer + 1;
            case 12 -> planned - 1;
            case 13, 14 -> recentAccountUnits.isEmpty() ? planned : any(any(recentAccountUnits)).timestamp();
            case 15, 16, 17, 18 -> twoPhase.anyExpiryTimestamp(planned);
            case 19 -> recentTransferUnits.isEmpty() ? planned : any(any(recentTransferUnits)).timestamp();
            default -> knownTransfers.isEmpty() ?
                planned + 1 :
                reference.lookupTransfer(any(knownTransfers)).timestamp();
        };
    }

    private BigInteger drawAccountId()
    {
        if (!closedAccounts.isEmpty() && chance(10))
        {
            return any(closedAccounts);
        }
        final List<BigInteger> ids = accountsByLedger.get(random.nextInt(ledgers.length));
        return ids.isEmpty() ? null : any(ids);
    }

    /** An account of a ledger that is not closed, most often a hot one; an unknown id if there is none. */
    BigInteger drawAccountId(final int ledgerIndex)
    {
        final List<BigInteger> ids = accountsByLedger.get(ledgerIndex);
        if (ids.isEmpty())
        {
            return freshId();
        }
        if (!chance(hotPercent))
        {
            return anyOpen(ids);
        }
        final BigInteger[] hot = hotByLedger.get(ledgerIndex);
        final int i = random.nextInt(Math.min(HOT_COUNT, ids.size()));
        final Balances balances = reference.lookupAccount(hot[i]).balances();
        if (!isOpen(hot[i]) || overflowRoom(balances.debits().max(balances.credits())).compareTo(TWO_64) < 0)
        {
            hot[i] = anyOpen(ids);
        }
        return hot[i];
    }

    private BigInteger anyOpen(final List<BigInteger> ids)
    {
        final int first = random.nextInt(ids.size());
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

    boolean isOpen(final BigInteger accountId)
    {
        return !reference.lookupAccount(accountId).isClosed();
    }

    BigInteger freshId()
    {
        while (true)
        {
            final BigInteger id = switch (random.nextInt(FRESH_ID_STYLES))
            {
                case 0 -> BigInteger.valueOf(nextSmallId++);
                case 1 -> Events.uint128(random.nextLong(), random.nextLong());
                case 2 -> Events.uint128(random.nextLong(), 1);
                case 3 -> Events.uint128(1, random.nextLong());
                case 4 -> Events.uint128(random.nextLong(), chance(50) ? 0 : -1);
                case 5 -> U128_MAX.subtract(BigInteger.valueOf(1 + nextSmallId++));
                default -> Events.uint128((clock >>> 4) + requestCount, random.nextInt(1 << 20));
            };
            if (id.signum() != 0 && !id.equals(U128_MAX) && usedIds.add(id))
            {
                return id;
            }
        }
    }

    /** A ledger that most likely has no account yet, or had one only in a chain that was undone. */
    private int drawLateLedger()
    {
        return atHome(1_000 + random.nextInt(1 + requestCount / 2));
    }

    private int drawCode()
    {
        return switch (random.nextInt(4))
        {
            case 0 -> 1;
            case 1 -> 0xFFFF;
            default -> 1 + random.nextInt(0xFFFF);
        };
    }

    long drawLong()
    {
        return switch (random.nextInt(5))
        {
            case 0, 1 -> 0L;
            case 2 -> 1L;
            case 3 -> -1L;
            default -> random.nextLong();
        };
    }

    private BigInteger drawUserData128()
    {
        return Events.uint128(drawLong(), drawLong());
    }

    BigInteger drawNonZero()
    {
        return any(List.of(ONE, TWO_64, ONE.shiftLeft(127), U128_MAX, BigInteger.valueOf(1 + random.nextInt(1_000))));
    }

    /** From 0 to the bound, exclusive. */
    BigInteger drawBelow(final BigInteger bound)
    {
        return Events.uint128(random.nextLong(), random.nextLong()).mod(bound);
    }

    BigInteger flipOneBit(final BigInteger value)
    {
        return value.flipBit(random.nextInt(128));
    }

    static BigInteger clip(final BigInteger value)
    {
        return value.max(BigInteger.ZERO).min(U128_MAX);
    }

    int ledgerIndex(final int ledger)
    {
        for (int i = 0; i < ledgers.length; i++)
        {
            if (ledgers[i] == ledger)
            {
                return i;
            }
        }
        return 0;
    }

    // What the parts of the workload ask each other.

    SplittableRandom random()
    {
        return random;
    }

    long batchTimestamp()
    {
        return batchTimestamp;
    }

    boolean isImport()
    {
        return batchIsImport;
    }

    /** When the event in the making will be judged. */
    long slot()
    {
        return batchTimestamp - batchCount + eventIndex + 1;
    }

    TimeAhead timeAhead()
    {
        return timeAhead;
    }

    int batchCountMax()
    {
        return batchCountMax;
    }

    List<BigInteger> accountIds()
    {
        return accountIds;
    }

    List<BigInteger> accountIds(final int ledger)
    {
        return accountsByLedger.get(ledgerIndex(ledger));
    }

    List<BigInteger> historyAccounts()
    {
        return historyAccounts;
    }

    List<BigInteger> closedAccounts()
    {
        return closedAccounts;
    }

    List<BigInteger> knownTransfers()
    {
        return knownTransfers;
    }

    List<BigInteger> failedTransfers()
    {
        return failedTransfers;
    }

    boolean chance(final int percent)
    {
        return random.nextInt(100) < percent;
    }

    int pick(final int... values)
    {
        return values[random.nextInt(values.length)];
    }

    long pick(final long... values)
    {
        return values[random.nextInt(values.length)];
    }

    <T> T any(final List<T> list)
    {
        return list.get(random.nextInt(list.size()));
    }

    private <T> void keepRecent(final List<T> recent, final T item)
    {
        if (recent.size() < RECENT_COUNT)
        {
            recent.add(item);
        }
        else
        {
            recent.set(random.nextInt(RECENT_COUNT), item);
        }
    }

    /**
     * What a workload is made of.
     *
     * @param hasTwoPhase       whether transfers can be pending, posted, voided, balancing and closing, and expire.
     * @param importsAtExpiries whether imported timestamps can be those of expiries.
     * @param tickPercent       share of requests that are nothing but the clock moving; needs two-phase.
     * @param readPercent       share of requests that are reads.
     * @param definitionPercent share of requests that define ledgers.
     */
    public record Features(
        boolean hasTwoPhase, boolean importsAtExpiries, int tickPercent, int readPercent, int definitionPercent)
    {
        /** Accounts, and transfers that are neither two-phase nor balancing nor closing. */
        public static final Features SINGLE_PHASE = new Features(false, true, 0, 0, 0);

        /** Accounts and transfers of every kind. */
        public static final Features CREATES = new Features(true, true, 3, 0, 0);

        /** The same without what only the rule about imports at the time of an expiry refuses. */
        public static final Features CREATES_BESIDE_EXPIRIES = new Features(true, false, 3, 0, 0);

        /** Everything. */
        public static final Features ALL = new Features(true, true, 3, 5, 2);
    }

    /** What a request is. */
    public enum Kind
    {
        /** Creates accounts. */
        ACCOUNTS,

        /** Creates transfers. */
        TRANSFERS,

        /** Defines ledgers. */
        DEFINITIONS,

        /** Asks something. */
        READ,

        /** Asks nothing: the clock has moved, and what is due is released. */
        TICK
    }

    /**
     * One request.
     *
     * @param kind           of the request, which says what else it has.
     * @param clock          as read when it is taken; never before that of an earlier request.
     * @param batchTimestamp that it will get: the slot of its last event; of a tick the one that it leaves free.
     * @param accounts       to create.
     * @param transfers      to create.
     * @param definitions    of ledgers.
     * @param read           or null.
     */
    public record Request(
        Kind kind,
        long clock,
        long batchTimestamp,
        List<AccountEvent> accounts,
        List<TransferEvent> transfers,
        List<LedgerDefinition> definitions,
        ReferenceRead read)
    {
        /**
         * How many events it has.
         *
         * @return the count; 0 for reads and ticks.
         */
        public int count()
        {
            return accounts.size() + transfers.size() + definitions.size();
        }

        /**
         * Whether it creates accounts.
         *
         * @return whether it does.
         */
        public boolean isAccounts()
        {
            return kind == Kind.ACCOUNTS;
        }

        /**
         * Let a ledger do it.
         *
         * @param ledger for which it was drawn, with nothing done since.
         * @return everything that came of it.
         */
        public Applied applyTo(final ReferenceLedger ledger)
        {
            final int expiryCount = ledger.expiries().size();
            if (kind == Kind.TICK)
            {
                ledger.release(clock);
            }
            else
            {
                final long taken = ledger.takeTime(clock, count());
                if (taken != batchTimestamp)
                {
                    throw new IllegalStateException(
                        "the ledger has gone on since the request was drawn: expected=" + batchTimestamp +
                        ", actual=" + taken);
                }
            }
            final List<Expiry> releases =
                List.copyOf(ledger.expiries().subList(expiryCount, ledger.expiries().size()));
            final List<Result> results = switch (kind)
            {
                case ACCOUNTS -> ledger.createAccounts(batchTimestamp, accounts);
                case TRANSFERS -> ledger.createTransfers(batchTimestamp, transfers);
                case DEFINITIONS -> ledger.defineLedgers(batchTimestamp, definitions);
                case READ, TICK -> List.of();
            };
            final List<? extends Record> answer = kind == Kind.READ ? ledger.read(read) : List.of();
            return new Applied(releases, batchTimestamp, results, answer, ledger.nextSequence() - 1);
        }
    }

    /**
     * What came of a request.
     *
     * @param releases       pending transfers that were due when it was taken, in order; before anything else.
     * @param batchTimestamp of the request; of a tick the one that it left free.
     * @param results        one for each event, in order.
     * @param answer         records that answer a read.
     * @param sequence       of the latest entry: a read is valid up to it.
     */
    public record Applied(
        List<Expiry> releases,
        long batchTimestamp,
        List<Result> results,
        List<? extends Record> answer,
        long sequence)
    {
    }
}
