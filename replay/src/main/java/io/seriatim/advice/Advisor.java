package io.seriatim.advice;

import io.seriatim.advice.Ceiling.Limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Says which order fits a workload, how many shards and workers there is a use for, and what they can do. It computes;
 * what it knows of machines was measured, see {@link ShardCosts}.
 * <p>
 * Threads: confined to one.
 */
public final class Advisor
{
    /** So much of a ceiling can be used before waiting times grow: 1 / (1 - 0.7), 3.3 times a service (M/M/1). */
    public static final double HEADROOM = 0.7;

    /** An order is heavy if it has so many times its even part; a transfer has two accounts, so twice is even there. */
    private static final double HEAVY = 2;

    /** What can be taken to be in any order may be wrong so often at most. */
    private static final double OPTIMISTIC_DEPENDENT_MAX = 0.05;

    /** Feeds with equal keys reach 98 % of the theory with so many places in flight. */
    private static final int FEED_CAPACITY = 8_192;
    private static final int FEED_WORKERS_MAX = 4_096;
    private static final int THREADS_OF_A_JOURNAL = 2;
    private static final double SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final ShardCosts costs;

    /**
     * One that knows a machine.
     *
     * @param costs of shards there.
     */
    public Advisor(final ShardCosts costs)
    {
        this.costs = costs;
    }

    /**
     * Give advice.
     *
     * @param workload what is known of it.
     * @return what fits.
     */
    public Advice advise(final Workload workload)
    {
        final OrderingScope scope = scope(workload);
        final int shardCount = shardCount(workload);
        final Ceiling engine = engine(workload, shardCount);
        final Ceiling consumers = workload.serviceTimeNs() == 0 ? null : consumers(workload, scope);
        final long workers = workload.serviceTimeNs() == 0 ? 0 : usefulWorkers(workload, scope);
        return new Advice(
            scope, reason(workload, scope), consumers, workers, engine, shardCount,
            shardReasons(workload, shardCount), reviews(workload, scope, consumers, engine, shardCount),
            settings(workload, scope, shardCount, workers));
    }

    private static OrderingScope scope(final Workload workload)
    {
        if (workload.mayLag() && workload.dependentShare() == 0)
        {
            return OrderingScope.NONE;
        }
        if (workload.mayBeCorrected() && workload.dependentShare() <= OPTIMISTIC_DEPENDENT_MAX)
        {
            return OrderingScope.OPTIMISTIC;
        }
        if (workload.ledgerCount() > 1)
        {
            return workload.crossLedgerShare() > 0 ? OrderingScope.COLOCATED_LEDGERS : OrderingScope.LEDGER;
        }
        return workload.scopeCount() > 1 ? OrderingScope.ACCOUNT : OrderingScope.TOTAL;
    }

    private static String reason(final Workload workload, final OrderingScope scope)
    {
        switch (scope)
        {
            case NONE:
                return "no entry depends on another one, and what comes out may lag";
            case OPTIMISTIC:
                return format(
                    "%s of the entries depend on others, and what comes out wrong may be corrected later",
                    percent(workload.dependentShare()));
            case COLOCATED_LEDGERS:
                return format(
                    "%s of the requests change several of the %,d ledgers at once: these ledgers have to share a shard",
                    percent(workload.crossLedgerShare()), workload.ledgerCount());
            case LEDGER:
                return format("no request changes several of the %,d ledgers at once", workload.ledgerCount());
            case ACCOUNT:
                return format("there are %,d orders that can run side by side", workload.scopeCount());
            default:
                return "there is one order, so everything is in it";
        }
    }

    /** How many entries can be under way at once, as far as order lets them. */
    private static double scopesAtOnce(final Workload workload, final OrderingScope scope)
    {
        if (scope == OrderingScope.NONE || scope == OrderingScope.OPTIMISTIC || workload.orderedShare() == 0)
        {
            return Double.POSITIVE_INFINITY;
        }
        return 1 / (workload.orderedShare() * heaviestShare(workload, scope));
    }

    /** The share of the work that is in the busiest order. */
    private static double heaviestShare(final Workload workload, final OrderingScope scope)
    {
        switch (scope)
        {
            case LEDGER:
                return workload.heaviestLedgerShare();
            case COLOCATED_LEDGERS:
            case TOTAL:
                return 1;
            default:
                return workload.heaviestShare();
        }
    }

    private static long scopeCount(final Workload workload, final OrderingScope scope)
    {
        return scope == OrderingScope.LEDGER ? workload.ledgerCount() :
            scope == OrderingScope.COLOCATED_LEDGERS ? 1 : workload.scopeCount();
    }

    private static long usefulWorkers(final Workload workload, final OrderingScope scope)
    {
        double workers = scopesAtOnce(workload, scope);
        if (workload.rate() > 0)
        {
            workers = Math.min(workers, workload.rate() * workload.serviceTimeNs() / SECOND_NS / HEADROOM);
        }
        if (Double.isInfinite(workers))
        {
            workers = workload.workerCount() == 0 ? FEED_WORKERS_MAX : workload.workerCount();
        }
        return Math.max(1, (long)Math.ceil(workers - 1e-9));
    }

    private static Ceiling consumers(final Workload workload, final OrderingScope scope)
    {
        final double atOnce = scopesAtOnce(workload, scope);
        final long workers = workload.workerCount() == 0 ? usefulWorkers(workload, scope) : workload.workerCount();
        final double serviceMs = workload.serviceTimeNs() / 1e6;
        final long scopes = scopeCount(workload, scope);
        if (workers < atOnce)
        {
            return consumers(
                workers, serviceMs, Limit.WORKERS, format(
                "min(%,d workers, %s) / %s ms", workers, Double.isInfinite(atOnce) ? "any number of orders" :
                number(atOnce) + " orders at once", number(serviceMs)));
        }
        if (workload.orderedShare() < 1)
        {
            return consumers(
                atOnce, serviceMs, Limit.ORDERED_SHARE, format(
                "1 / (%s in order x %s of that in one order x %s ms)", percent(workload.orderedShare()),
                percent(heaviestShare(workload, scope)), number(serviceMs)));
        }
        final double even = 1.0 / scopes;
        if (heaviestShare(workload, scope) > even)
        {
            return consumers(
                atOnce, serviceMs,
                heaviestShare(workload, scope) > HEAVY * even ? Limit.HEAVIEST_SCOPE : Limit.SCOPES, format(
                "1 / (%s in one order x %s ms)", percent(heaviestShare(workload, scope)), number(serviceMs)));
        }
        return consumers(
            atOnce, serviceMs, Limit.SCOPES, format(
            "min(%,d workers, %,d %s) / %s ms", workers, scopes, scopes == 1 ? "order" : "orders", number(serviceMs)));
    }

    private static Ceiling consumers(
        final double atOnce, final double serviceMs, final Limit limit, final String formula)
    {
        final double perSecond = atOnce * 1_000 / serviceMs;
        return new Ceiling(perSecond, limit, format("%s = %s/s", formula, number(perSecond)));
    }

    /** Each journal has a shard thread and a journal thread, and each of them wants a core. */
    private static int journalsForCores(final Workload workload)
    {
        return Math.max(1, workload.coreCount() / THREADS_OF_A_JOURNAL);
    }

    /** Each ledger is on one shard, and those that change together are on the same one. */
    private static int shardsForLedgers(final Workload workload)
    {
        return workload.crossLedgerShare() > 0 ? 1 :
            (int)Math.min(Integer.MAX_VALUE, Math.floor(1 / workload.heaviestLedgerShare() + 1e-9));
    }

    private int shardCount(final Workload workload)
    {
        final double useful = Math.min(journalsForCores(workload), shardsForLedgers(workload));
        final double needed = workload.rate() == 0 ? useful :
            Math.ceil(workload.rate() / (costs.entriesPerSecond() * HEADROOM));
        return (int)Math.max(1, Math.min(useful, needed));
    }

    private Ceiling engine(final Workload workload, final int shardCount)
    {
        final double perSecond = costs.entriesPerSecond() * shardCount;
        final Limit limit;
        if (workload.ledgerCount() == 1 || workload.crossLedgerShare() > 0)
        {
            limit = Limit.ONE_LEDGER;
        }
        else if (shardCount == shardsForLedgers(workload))
        {
            limit = Limit.HEAVIEST_LEDGER;
        }
        else
        {
            limit = shardCount == journalsForCores(workload) ? Limit.CORES : Limit.SHARDS;
        }
        return new Ceiling(perSecond, limit, format(
            "%,d %s x %s/s = %s/s%s", shardCount, shardCount == 1 ? "shard" : "shards",
            number(costs.entriesPerSecond()), number(perSecond),
            shardCount == 1 ? "" : ", if shards with cores of their own add up, which was not measured"));
    }

    private List<String> shardReasons(final Workload workload, final int shardCount)
    {
        final List<String> reasons = new ArrayList<>();
        final double ofAll = workload.rate() / (costs.entriesPerSecond() * shardCount);
        if (workload.rate() > 0 && ofAll <= HEADROOM)
        {
            reasons.add(format(
                "%s/s are %s of what %s can do, so no more shards", number(workload.rate()), percent(ofAll),
                shardCount == 1 ? "one" : number(shardCount)));
        }
        else if (workload.rate() > 0)
        {
            reasons.add(format(
                "%s/s are %s of what %s can do: it will not keep up, or with long waiting times", number(
                workload.rate()), percent(ofAll), shardCount == 1 ? "one shard" : number(shardCount) + " shards"));
        }
        if (workload.ledgerCount() == 1)
        {
            reasons.add("one ledger is one order on one shard: more shards would be idle");
        }
        else if (workload.crossLedgerShare() > 0)
        {
            reasons.add(
                "ledgers that requests change together have to share a shard; which ones is not known here: those " +
                "that are never changed with others can be placed on shards of their own (init --place)");
        }
        else if (shardCount == journalsForCores(workload))
        {
            reasons.add(format(
                "a shard thread and a journal thread want a core each: %d %s leave room for %d, so no more shards",
                workload.coreCount(), workload.coreCount() == 1 ? "core" : "cores", shardCount));
        }
        else if (shardCount == shardsForLedgers(workload))
        {
            reasons.add(format(
                "the heaviest ledger has %s of the transfers and is on one shard: more than %d would wait for it",
                percent(workload.heaviestLedgerShare()), shardCount));
        }
        reasons.add(cost(shardCount));
        return reasons;
    }

    /** What the next larger number of shards that was measured has cost. */
    private String cost(final int shardCount)
    {
        final ShardCosts.Row here = costs.at(shardCount);
        final ShardCosts.Row one = costs.rows().get(0);
        final ShardCosts.Row more = costs.rows().stream().filter(row -> row.shardCount() > shardCount).findFirst()
            .orElse(null);
        return more == null ?
            format("more than %d shards were not measured", here.shardCount()) :
            format(
            "%d shards on one journal take %s MiB of memory where %s %s, %s MiB of /dev/shm (%s), %s ms to launch " +
            "(%s); throughput and median latency are %s and %s times those of one shard, where one beside another " +
            "one has %s and %s (measured: %s)",
            more.shardCount(), number(more.memoryMiB()),
            here.shardCount() == 1 ? "one takes" : here.shardCount() + " take", number(here.memoryMiB()),
            number(more.sharedMemoryMiB()), number(here.sharedMemoryMiB()), number(more.launchMs()),
            number(here.launchMs()), number(more.throughputRatio()), number(more.latencyRatio()),
            number(one.throughputRatio()), number(one.latencyRatio()), costs.machine());
    }

    private static List<String> reviews(
        final Workload workload,
        final OrderingScope scope,
        final Ceiling consumers,
        final Ceiling engine,
        final int shardCount)
    {
        final List<String> reviews = new ArrayList<>();
        if (consumers != null)
        {
            reviews.add(format(
                "more than %s/s come (%s of the consumers' ceiling), or an entry takes longer than %s ms",
                number(consumers.perSecond() * HEADROOM), percent(HEADROOM),
                number(workload.serviceTimeNs() / 1e6)));
            final double workers = workload.workerCount();
            if (consumers.limit() != Limit.HEAVIEST_SCOPE && workers > 1 &&
                (scope == OrderingScope.ACCOUNT || scope == OrderingScope.LEDGER))
            {
                reviews.add(format(
                    "one order gets more than %s of the work: then it is the limit (seriatim top shows hot accounts)",
                    percent(1 / Math.min(workers, scopesAtOnce(workload, scope)))));
            }
        }
        reviews.add(format(
            "more than %s/s come (%s of the engine's ceiling): seriatim top says processing then",
            number(engine.perSecond() * HEADROOM), percent(HEADROOM)));
        if (engine.limit() == Limit.CORES)
        {
            reviews.add(format(
                "the machine has more than %d cores", Math.max(workload.coreCount(), THREADS_OF_A_JOURNAL) + 1));
        }
        if (shardCount > 1)
        {
            reviews.add(format(
                "one ledger gets more than %s of the transfers", percent(1.0 / shardCount)));
        }
        if (scope == OrderingScope.OPTIMISTIC)
        {
            reviews.add(format(
                "more than %s of the entries depend on others (seriatim advise --data DIR --what-if counts them)",
                percent(OPTIMISTIC_DEPENDENT_MAX)));
        }
        if (scope == OrderingScope.NONE)
        {
            reviews.add("somebody needs a balance that is right at a moment, not only later");
        }
        if (scope == OrderingScope.LEDGER)
        {
            reviews.add("a request has to change two ledgers at once");
        }
        return reviews;
    }

    /** Where only a part of the work is in order, which one is for the consumer's own keys to say. */
    private static Map<String, String> settings(
        final Workload workload, final OrderingScope scope, final int shardCount, final long workerCount)
    {
        final Map<String, String> settings = new LinkedHashMap<>();
        settings.put("engine.shards", Integer.toString(shardCount));
        settings.put("engine.journals", Integer.toString(shardCount));
        if (workload.orderedShare() < 1)
        {
            return settings;
        }
        settings.put("feed.ordering", feedOrdering(scope));
        settings.put("feed.workers", Long.toString(
            feedOrdering(scope).equals("total") ? 1 : Math.max(1, Math.min(FEED_WORKERS_MAX, workerCount))));
        settings.put("feed.capacity", Integer.toString(FEED_CAPACITY));
        return settings;
    }

    private static String feedOrdering(final OrderingScope scope)
    {
        switch (scope)
        {
            case LEDGER:
                return "by-ledger";
            case ACCOUNT:
                return "by-account";
            case NONE:
            case OPTIMISTIC:
                return "none";
            default:
                return "total";
        }
    }

    private static String percent(final double share)
    {
        return number(100 * share) + " %";
    }

    /** Three digits that count, and all of those before the point. */
    private static String number(final double value)
    {
        if (value == Math.rint(value) || Math.abs(value) >= 100)
        {
            return format("%,.0f", value);
        }
        return format(Math.abs(value) >= 10 ? "%.1f" : Math.abs(value) >= 1 ? "%.2f" : "%.3g", value);
    }

    private static String format(final String text, final Object... values)
    {
        return String.format(Locale.ROOT, text, values);
    }
}
