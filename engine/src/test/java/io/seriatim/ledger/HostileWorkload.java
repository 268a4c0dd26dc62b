package io.seriatim.ledger;

import io.seriatim.ledger.ReferenceLedger.Account;
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
    private final HostileAccounts accounts;
    private final HostileTransfers transfers;

    private final int validPercent;
    private final int importPercent;
    private final int chainPercent;
    private final int accountPercent;

    private final List<List<BigInteger>> accountsByLedger = new ArrayList<>();
    private final List<BigInteger> closedAccounts = new ArrayList<>();
    private final List<BigInteger> limitedAccounts = new ArrayList<>();
    private final List<BigInteger> historyAccounts = new ArrayList<>();
    private final List<BigInteger> accountIds = new ArrayList<>();
    private final Set<BigInteger> knownAccounts = new HashSet<>();
    private final List<BigInteger> knownTransfers = new ArrayList<>();
    private final List<BigInteger> failedTransfers = new ArrayList<>();
    private final Set<BigInteger> usedIds = new HashSet<>();

    private HostileRequest previousRequest;
    private HostileRequest previousCreates;
    private long clock;
    private long nextSmallId = 1;
    private int requestCount;

    // Of the request in the making.
    private long batchTimestamp;
    private int batchCount;
    private boolean batchIsImport;
    private long plannedTimestamp;
    private TimeAhead timeAhead;

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
        final int hotPercent = pick(20, 80, 99);
        clock = drawClock(random);

        for (int i = 0; i < ledgers.length; i++)
        {
            accountsByLedger.add(new ArrayList<>());
        }

        accounts = new HostileAccounts(this, reference);
        transfers = new HostileTransfers(this, reference, twoPhase, hotPercent);
        if (features.hasTwoPhase())
        {
            twoPhase.addSpoilers(transfers.spoilers());
        }
        if (chance(50))
        {
            accounts.spoilers().removeIf((spoiler) -> chance(30));
            transfers.spoilers().removeIf((spoiler) -> chance(30));
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
    public HostileRequest next()
    {
        learn();

        final boolean isSetUp = requestCount == 0 && (validPercent > 0 || chance(70));
        final HostileRequest request = isSetUp ? nextCreates(true) : nextOther();
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

    private HostileRequest nextOther()
    {
        if (chance(features.readPercent()))
        {
            return nextWithoutEvents(HostileRequest.Kind.READ, reads.next());
        }
        if (features.hasTwoPhase() && chance(features.tickPercent()))
        {
            return nextWithoutEvents(HostileRequest.Kind.TICK, null);
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

    private HostileRequest nextCreates(final boolean isSetUp)
    {
        final boolean isAccounts = isSetUp || chance(accountPercent);
        takeTime(
            isSetUp ? Math.min(4 * ledgers.length, batchCountMax) : drawCount(), !isSetUp && chance(importPercent));
        plannedTimestamp =
            isAccounts ? reference.greatestAccountTimestamp() : reference.greatestTransferTimestamp();
        return isAccounts ?
            request(HostileRequest.Kind.ACCOUNTS, accounts.events(isSetUp), List.of(), List.of(), null) :
            request(HostileRequest.Kind.TRANSFERS, List.of(), transfers.events(), List.of(), null);
    }

    private HostileRequest nextWithoutEvents(final HostileRequest.Kind kind, final ReferenceRead read)
    {
        takeTime(0, false);
        return request(kind, List.of(), List.of(), List.of(), read);
    }

    private HostileRequest nextDefinitions()
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
        return request(HostileRequest.Kind.DEFINITIONS, List.of(), List.of(), definitions, null);
    }

    private HostileRequest again(final HostileRequest previous)
    {
        takeTime(previous.count(), false);
        return request(previous.kind(), previous.accounts(), previous.transfers(), List.of(), null);
    }

    private HostileRequest request(
        final HostileRequest.Kind kind,
        final List<AccountEvent> accounts,
        final List<TransferEvent> transfers,
        final List<LedgerDefinition> definitions,
        final ReferenceRead read)
    {
        return new HostileRequest(
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
        transfers.start();
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
        transfers.learnAccount(ledgerIndex, account.id());
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

    // Drawing.

    <D> void spoil(final D draft, final List<Consumer<D>> spoilers)
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

    <E> void leaveChainOpenSometimes(final List<E> events, final UnaryOperator<E> link)
    {
        if (validPercent < 100 && chainPercent > 0 && !events.isEmpty() && chance(15))
        {
            final int last = events.size() - 1;
            events.set(last, link.apply(events.get(last)));
        }
    }

    int drawFew()
    {
        final int draw = random.nextInt(10);
        return draw < 6 ? 1 : draw < 9 ? 2 : 4;
    }

    int drawUnitLength()
    {
        return chance(chainPercent) ? 2 + random.nextInt(6) : 1;
    }

    /**
     * The next timestamp of an import that breaks no rule: after the given one, free, and so that as many others as
     * the batch has events still find room before the batch timestamp.
     */
    long planTimestamp(final long after)
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

    long hostileTimestamp(final long planned)
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
            case 13, 14 -> accounts.anyRecentTimestamp(planned);
            case 15, 16, 17, 18 -> twoPhase.anyExpiryTimestamp(planned);
            case 19 -> transfers.anyRecentTimestamp(planned);
            default -> knownTransfers.isEmpty() ?
                planned + 1 :
                reference.lookupTransfer(any(knownTransfers)).timestamp();
        };
    }

    BigInteger drawAccountId()
    {
        if (!closedAccounts.isEmpty() && chance(10))
        {
            return any(closedAccounts);
        }
        final List<BigInteger> ids = accountsByLedger.get(random.nextInt(ledgers.length));
        return ids.isEmpty() ? null : any(ids);
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
    int drawLateLedger()
    {
        return atHome(1_000 + random.nextInt(1 + requestCount / 2));
    }

    int drawCode()
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

    BigInteger drawUserData128()
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

    int batchCount()
    {
        return batchCount;
    }

    /** After this the next import of the request in the making comes. */
    long plannedTimestamp()
    {
        return plannedTimestamp;
    }

    Features features()
    {
        return features;
    }

    /** The ledgers that have accounts from the beginning. */
    int[] ledgers()
    {
        return ledgers;
    }

    /** The one whose amounts are drawn over all 128 bits. */
    int wildLedger()
    {
        return wildLedger;
    }

    boolean isImport()
    {
        return batchIsImport;
    }

    /** When the event in the making will be judged. */
    long slot()
    {
        return batchTimestamp - batchCount + transfers.eventIndex() + 1;
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

    /** Accounts of a ledger, by its index. */
    List<BigInteger> accountsOf(final int ledgerIndex)
    {
        return accountsByLedger.get(ledgerIndex);
    }

    List<BigInteger> limitedAccounts()
    {
        return limitedAccounts;
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

    <T> void keepRecent(final List<T> recent, final T item)
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
}
