package io.seriatim.tools;

import io.seriatim.advice.Dependence;
import io.seriatim.advice.KeptOrder;
import io.seriatim.advice.WhatIf;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What other orders would have done to a journal, as a person reads it.
 */
final class WhatIfText
{
    private static final int ACCOUNTS_SHOWN = 5;
    private static final int LEDGERS_SHOWN = 5;
    private static final int[] SHARD_COUNTS = {2, 4, 8};

    private final PrintWriter out;

    WhatIfText(final PrintWriter out)
    {
        this.out = out;
    }

    /** What depends on each other, and how long the longest chain of that is. */
    void print(final WhatIf whatIf, final long differenceCount)
    {
        final long work = whatIf.commandCount();
        print("%,d commands, executed again as they were recorded: %s%n", work, differenceCount == 0 ?
            "no difference" : String.format(Locale.ROOT, "%,d come out otherwise as new ones", differenceCount));
        print("%,d of them depend on others%n", whatIf.dependentCount());
        for (final Map.Entry<Dependence, Long> each : whatIf.dependences().entrySet())
        {
            print("  %,12d %s%n", each.getValue(), each.getKey().label());
        }
        out.println("Longest chain, if this is kept in order; how many times faster than one by one that can be");
        for (final KeptOrder kept : KeptOrder.values())
        {
            final long path = whatIf.criticalPath(kept);
            print("  %,12d %,10.1f x  %s%n", path, (double)work / path, kept.label());
        }
        print("Heaviest accounts: commands, those that depend on its balance; longest chain of all, as it is > if it " +
            "were 2 accounts > %d%n", WhatIf.SPLIT_COUNT_MAX);
        print("  %12s %12s  %-28s  %-28s%n", "", "", "kept: each account", "kept: what depends");
        for (final WhatIf.HeavyAccount account : whatIf.heaviestAccounts(ACCOUNTS_SHOWN))
        {
            print("  %,12d %,12d  %-28s  %-28s  account %s%n", account.commandCount(), account.checkCount(),
                text(account.byAccount()), text(account.byDependence()), account.id());
        }
        printLedgers(whatIf.ledgers(), work);
    }

    private static String text(final WhatIf.Split split)
    {
        return String.format(Locale.ROOT, "%,d > %,d > %,d", split.one(), split.two(), split.many());
    }

    private void printLedgers(final List<WhatIf.LedgerGroup> ledgers, final long work)
    {
        print("%,d %s%n", ledgers.size(), ledgers.size() == 1 ? "ledger, or ledgers that have to be together" :
            "ledgers, or groups of them that commands change together, heaviest first");
        for (final WhatIf.LedgerGroup group : ledgers.subList(0, Math.min(LEDGERS_SHOWN, ledgers.size())))
        {
            print("  %,12d %9.1f %%  ledger %s%n", group.commandCount(), 100.0 * group.commandCount() / work,
                group.ledgers().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        for (final int shardCount : ledgers.size() > 1 ? SHARD_COUNTS : new int[0])
        {
            print("  on %d shards with cores of their own, heaviest first to the least loaded: at most %.1f x%n",
                shardCount, (double)work / heaviestShard(ledgers, shardCount));
        }
    }

    private static long heaviestShard(final List<WhatIf.LedgerGroup> ledgers, final int shardCount)
    {
        final long[] shards = new long[shardCount];
        for (final WhatIf.LedgerGroup group : ledgers)
        {
            Arrays.sort(shards);
            shards[0] += group.commandCount();
        }
        return Math.max(1, Arrays.stream(shards).max().orElse(1));
    }

    /** What other orders do; true if nothing came out otherwise that was not foreseen. */
    boolean print(final WhatIf whatIf, final int window, final long seed, final KeptOrder... orders)
    {
        print("Executed in other orders, any command overtaken by up to %,d: commands that may come out otherwise by " +
            "what is known before / that did / of these not foreseen; the same of accounts%n", window);
        boolean isForeseen = true;
        WhatIf.Trial last = null;
        for (final KeptOrder kept : orders)
        {
            final WhatIf.Trial trial = whatIf.tryOrder(kept, window, seed);
            isForeseen &= isForeseen(trial);
            print("  %,10d / %,8d / %d   accounts %,8d / %,8d / %d   kept: %s%n", trial.riskCount(),
                trial.changedCount(), trial.unforeseenCount(), trial.accountRiskCount(), trial.accountChangeCount(),
                trial.accountUnforeseenCount(), kept.label());
            out.flush();
            last = trial;
        }
        if (last != null && last.changedCount() > 0)
        {
            print("Without any order %.3f %% of the commands come out otherwise; for example%n",
                100.0 * last.changedCount() / whatIf.commandCount());
            printExamples(last);
        }
        return isForeseen;
    }

    boolean printSwap(final WhatIf.Trial trial, final List<Long> sequences)
    {
        print("Commands %d and %d in each other's places: %,d may come out otherwise by what is known before, %,d " +
            "did; %,d accounts end up otherwise%n", sequences.get(0), sequences.get(1), trial.riskCount(),
            trial.changedCount(), trial.accountChangeCount());
        printExamples(trial);
        return isForeseen(trial);
    }

    private void printExamples(final WhatIf.Trial trial)
    {
        for (final WhatIf.Change change : trial.examples())
        {
            print("  sequence %d: %s, now %s%n", change.sequence(), label(change, change.recorded()),
                change.recorded() == change.executed() ? "another amount" : label(change, change.executed()));
        }
    }

    private boolean isForeseen(final WhatIf.Trial trial)
    {
        if (trial.unforeseenCount() + trial.accountUnforeseenCount() > 0)
        {
            out.println("!!! SOMETHING CAME OUT OTHERWISE THAT WAS NOT FORESEEN: the theory of what depends on each " +
                "other is wrong; please tell us");
            return false;
        }
        return true;
    }

    private static String label(final WhatIf.Change change, final int code)
    {
        return change.isTransfer() ? TransferOutcome.of(code).label() : AccountOutcome.of(code).label();
    }

    private void print(final String text, final Object... values)
    {
        out.printf(Locale.ROOT, text, values);
    }
}
