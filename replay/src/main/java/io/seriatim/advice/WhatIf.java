package io.seriatim.advice;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What a journal says of order: which of its transfers depend on each other, how long the longest chain of them is, and
 * what comes out if they are executed in another order. What may come out otherwise is said before; then it is
 * executed, and compared.
 * <p>
 * Cost: memory for the commands twice; an execution for each order that is tried.<br>
 * Threads: confined to one.
 */
public final class WhatIf implements AutoCloseable
{
    /** Accounts that one is split into, to see whether that helps. */
    public static final int SPLIT_COUNT_MAX = 16;

    private static final int EXAMPLE_COUNT_MAX = 10;

    private final CommandLog log;
    private final boolean isImportIgnored;
    private final int batchCountMax;
    private Units units;
    private List<CommandLog.Timed> timed;
    private ReExecution recorded;

    /**
     * Of a shard, nothing of which was read.
     *
     * @param batchCountMax   of its genesis.
     * @param isImportIgnored whether commands are taken as if they were not imported, but made when they came: those
     *                        that are depend on time itself, and nothing can be moved.
     */
    public WhatIf(final int batchCountMax, final boolean isImportIgnored)
    {
        this.batchCountMax = batchCountMax;
        this.isImportIgnored = isImportIgnored;
        log = new CommandLog(isImportIgnored);
    }

    /**
     * Take the next entry of the shard, from the first one on.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @param length in bytes.
     */
    public void onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        log.onEntry(buffer, offset, length);
    }

    /**
     * Whether the commands that were taken end where a chain does, so that they can be executed.
     *
     * @return false if the last one is linked to one that is to come.
     */
    public boolean isAtTheEndOfAChain()
    {
        return log.isAtTheEndOfAChain();
    }

    /**
     * How many commands were taken.
     *
     * @return a count.
     */
    public int commandCount()
    {
        return log.count();
    }

    /**
     * All entries were taken: execute them as they were recorded.
     *
     * @return how many commands come out otherwise than was recorded; none, unless imports are taken as if they were
     * new.
     * @throws IllegalStateException if something comes out otherwise that can not.
     */
    public long begin()
    {
        units = log.units();
        timed = log.timed(units);
        recorded = ReExecution.run(log, units, IntStream.range(0, units.count()).toArray(), batchCountMax);
        long differenceCount = 0;
        for (int command = 0; command < log.count(); command++)
        {
            differenceCount += recorded.outcome(command) == log.outcome(command) ? 0 : 1;
            if (recorded.outcome(command) != log.outcome(command) && !isImportIgnored)
            {
                throw new IllegalStateException(
                    "a command comes out otherwise than was recorded, in the order that was recorded: sequence=" +
                    log.sequence(command) + ", recorded outcome=" + Integer.toUnsignedString(log.outcome(command)) +
                    ", executed outcome=" + Integer.toUnsignedString(recorded.outcome(command)));
            }
        }
        return differenceCount;
    }

    /**
     * How many transfers depend on others, and why.
     *
     * @return for each reason how many there are; one may have several.
     */
    public Map<Dependence, Long> dependences()
    {
        final Map<Dependence, Long> counts = new EnumMap<>(Dependence.class);
        for (int command = 0; command < log.count(); command++)
        {
            log.dependences(command).forEach(dependence -> counts.merge(dependence, 1L, Long::sum));
        }
        return counts;
    }

    /**
     * How many transfers depend on others for any reason.
     *
     * @return a count.
     */
    public long dependentCount()
    {
        return IntStream.range(0, log.count()).filter(command -> !log.dependences(command).isEmpty()).count();
    }

    /**
     * The longest chain of commands that come one after the other if so much of their order is kept: the work divided
     * by it is how many times faster it can be at most, with any number of workers.
     *
     * @param kept what is kept.
     * @return a number of commands.
     */
    public long criticalPath(final KeptOrder kept)
    {
        return Relaxation.criticalPath(units, new PartialOrder(units, kept));
    }

    /**
     * An account that many commands touch.
     *
     * @param id           of it.
     * @param commandCount that touch it.
     * @param checkCount   of these depend on what is on it.
     * @param byAccount    the longest chain of all, if the order of each account is kept.
     * @param byDependence the same if only dependence is kept.
     */
    public record HeavyAccount(Uint128 id, long commandCount, long checkCount, Split byAccount, Split byDependence)
    {
    }

    /**
     * The longest chain of all commands, and what it would be if an account were several that are taken in turn.
     *
     * @param one  as it is.
     * @param two  if it were two.
     * @param many if it were {@link #SPLIT_COUNT_MAX}.
     */
    public record Split(long one, long two, long many)
    {
    }

    /**
     * The accounts that most units touch, and what it would help to split them.
     *
     * @param countMax most to tell.
     * @return heaviest first.
     */
    public List<HeavyAccount> heaviestAccounts(final int countMax)
    {
        final long[] touches = new long[units.keyCount()];
        final long[] checks = new long[units.keyCount()];
        for (int unit = 0; unit < units.count(); unit++)
        {
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                touches[units.key(i)] += units.commandCount(unit);
                checks[units.key(i)] += units.access(i) == Access.CHECK ? units.commandCount(unit) : 0;
            }
        }
        return IntStream.range(0, units.keyCount()).boxed()
            .filter(key -> units.part(key) == Units.Part.BALANCE)
            .sorted(Comparator.comparingLong((Integer key) -> touches[key]).reversed()).limit(countMax)
            .map(key -> new HeavyAccount(
                units.id(key), touches[key], checks[key], split(KeptOrder.ACCOUNT, key),
                split(KeptOrder.DEPENDENCE, key))).toList();
    }

    private Split split(final KeptOrder kept, final int key)
    {
        return new Split(
            criticalPath(kept), Relaxation.criticalPath(units, new PartialOrder(units, kept, key, 2)),
            Relaxation.criticalPath(units, new PartialOrder(units, kept, key, SPLIT_COUNT_MAX)));
    }

    /**
     * Ledgers that some commands change together, so that they have to share a shard; most are alone.
     *
     * @param ledgers      their numbers.
     * @param commandCount of all of them.
     */
    public record LedgerGroup(List<Long> ledgers, long commandCount)
    {
    }

    /**
     * How many commands the ledgers have.
     *
     * @return groups of ledgers, those with most commands first.
     */
    public List<LedgerGroup> ledgers()
    {
        final Map<Integer, Integer> groupOf = new HashMap<>();
        final Map<Integer, Long> counts = new HashMap<>();
        for (int unit = 0; unit < units.count(); unit++)
        {
            int group = -1;
            for (int i = units.accessStart(unit); i < units.accessStart(unit + 1); i++)
            {
                if (units.part(units.key(i)) == Units.Part.LEDGER)
                {
                    final int other = groupOf.computeIfAbsent(units.key(i), key -> key);
                    if (group >= 0 && group != other)
                    {
                        final int merged = group;
                        groupOf.replaceAll((key, of) -> of == other ? merged : of);
                        counts.merge(group, counts.getOrDefault(other, 0L), Long::sum);
                        counts.remove(other);
                    }
                    group = group >= 0 ? group : other;
                }
            }
            counts.merge(group, (long)units.commandCount(unit), Long::sum);
        }
        counts.remove(-1);
        return counts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
            .map(entry -> new LedgerGroup(
                groupOf.entrySet().stream().filter(each -> each.getValue().equals(entry.getKey()))
                    .map(each -> units.id(each.getKey()).low()).sorted().toList(), entry.getValue())).toList();
    }

    /**
     * What came of another order.
     *
     * @param kept               what was kept of the recorded one.
     * @param window             how many units one could be overtaken by.
     * @param movedCount         units that were executed in another place.
     * @param riskCount          commands of which it was said that they may come out otherwise.
     * @param changedCount       commands that did: another outcome, or another amount.
     * @param unforeseenCount    of these had not been said; 0, unless our theory is wrong.
     * @param accountRiskCount   accounts of which it was said that they may end up otherwise.
     * @param accountChangeCount accounts that did.
     * @param accountUnforeseenCount of these had not been said.
     * @param examples           of commands that came out otherwise, those first of which it had not been said.
     */
    public record Trial(
        KeptOrder kept,
        int window,
        long movedCount,
        long riskCount,
        long changedCount,
        long unforeseenCount,
        long accountRiskCount,
        long accountChangeCount,
        long accountUnforeseenCount,
        List<Change> examples)
    {
    }

    /**
     * A command that came out otherwise.
     *
     * @param sequence of its entry.
     * @param recorded code of its outcome as it was recorded.
     * @param executed code of its outcome in the other order.
     * @param isTransfer whether it is a transfer, and no account.
     */
    public record Change(long sequence, int recorded, int executed, boolean isTransfer)
    {
    }

    /**
     * Execute in an order that might have been, had many workers taken the commands and each been late by chance.
     *
     * @param kept   what of the recorded order is kept.
     * @param window how many units one can be overtaken by, at most; above zero.
     * @param seed   of the delays.
     * @return what came of it.
     */
    public Trial tryOrder(final KeptOrder kept, final int window, final long seed)
    {
        return execute(kept, window, Relaxation.shuffle(
            units, new PartialOrder(units, kept), window, new Random(seed)));
    }

    /**
     * Execute with two commands in each other's places, and everything else as it was.
     *
     * @param sequence      of the entry of one; of a chain all of it is moved.
     * @param otherSequence of the entry of the other.
     * @return what came of it.
     * @throws IllegalArgumentException if one of them is no command, or both can only be moved together.
     */
    public Trial swap(final long sequence, final long otherSequence)
    {
        final int[] order = IntStream.range(0, units.count()).toArray();
        final int unit = unitOf(sequence);
        final int other = unitOf(otherSequence);
        if (unit == other)
        {
            throw new IllegalArgumentException(
                "the commands " + sequence + " and " + otherSequence + " are of one chain, or of one request that " +
                "imports or in which something expires, and can only be moved together");
        }
        order[unit] = other;
        order[other] = unit;
        return execute(KeptOrder.NONE, 0, order);
    }

    private int unitOf(final long sequence)
    {
        for (int unit = 0; unit < units.count(); unit++)
        {
            final int first = units.firstCommand(unit);
            for (int command = first; command < first + units.commandCount(unit); command++)
            {
                if (log.sequence(command) == sequence)
                {
                    return unit;
                }
            }
        }
        throw new IllegalArgumentException("no command that was read has the sequence " + sequence);
    }

    private Trial execute(final KeptOrder kept, final int window, final int[] order)
    {
        final Risk risk = new Risk(units, order, timed, log.slotsNs());
        long riskCount = 0;
        long changedCount = 0;
        long unforeseenCount = 0;
        final List<Change> examples = new ArrayList<>();
        try (ReExecution run = ReExecution.run(log, units, order, batchCountMax))
        {
            for (int unit = 0; unit < units.count(); unit++)
            {
                final boolean isAtRisk = risk.isAtRisk(unit);
                final int first = units.firstCommand(unit);
                for (int command = first; command < first + units.commandCount(unit); command++)
                {
                    riskCount += isAtRisk ? 1 : 0;
                    if (!run.isSame(command, recorded))
                    {
                        changedCount++;
                        unforeseenCount += isAtRisk ? 0 : 1;
                        addExample(examples, command, run, isAtRisk);
                    }
                }
            }
            final long moved = IntStream.range(0, order.length).filter(place -> order[place] != place).count();
            final long[] accounts = compareAccounts(run, risk);
            return new Trial(
                kept, window, moved, riskCount, changedCount, unforeseenCount, accounts[0], accounts[1], accounts[2],
                List.copyOf(examples));
        }
    }

    /** Some of those that were said, and the first ones that were not in front of them. */
    private void addExample(
        final List<Change> examples, final int command, final ReExecution run, final boolean isForeseen)
    {
        if (examples.size() < EXAMPLE_COUNT_MAX || !isForeseen)
        {
            examples.add(isForeseen ? examples.size() : 0, new Change(
                log.sequence(command), recorded.outcome(command), run.outcome(command), log.isTransfer(command)));
        }
        if (examples.size() > EXAMPLE_COUNT_MAX)
        {
            examples.remove(EXAMPLE_COUNT_MAX);
        }
    }

    /** How many accounts were at risk, how many differ, and how many of these were not at risk. */
    private long[] compareAccounts(final ReExecution run, final Risk risk)
    {
        final long[] counts = new long[3];
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final UnsafeBuffer otherRow = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder();
        final LedgerStateMachine stateMachine = recorded.stateMachine();
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            final boolean isSame = recorded.isSameAccount(slot, run, row, otherRow);
            account.wrap(row, 0);
            final boolean isAtRisk =
                risk.isPartAtRisk(units.keyOf(Units.Part.BALANCE, account.idHigh(), account.idLow())) ||
                risk.isPartAtRisk(units.keyOf(Units.Part.STATE, account.idHigh(), account.idLow()));
            counts[0] += isAtRisk ? 1 : 0;
            counts[1] += isSame ? 0 : 1;
            counts[2] += isSame || isAtRisk ? 0 : 1;
        }
        // Those that there are in the other order alone.
        for (int slot = 0; slot < run.stateMachine().accountCount(); slot++)
        {
            run.stateMachine().readAccount(slot, row, 0);
            account.wrap(row, 0);
            if (!stateMachine.readAccount(account.idHigh(), account.idLow(), otherRow, 0))
            {
                final boolean isAtRisk =
                    risk.isPartAtRisk(units.keyOf(Units.Part.STATE, account.idHigh(), account.idLow()));
                counts[0] += isAtRisk ? 1 : 0;
                counts[1]++;
                counts[2] += isAtRisk ? 0 : 1;
            }
        }
        return counts;
    }

    @Override
    public void close()
    {
        if (recorded != null)
        {
            recorded.close();
        }
    }
}
