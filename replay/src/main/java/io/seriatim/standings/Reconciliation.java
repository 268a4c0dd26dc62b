package io.seriatim.standings;

import io.seriatim.journal.Entries;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.JournalEntries;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Compares standings with the books: what each account holds is worked out again from the journal's entries, at a
 * sequence that is told. A standing is compared at its own sequence too, so that one that lags is told from one that
 * was never right. It only reads, beside a running engine too.
 * <p>
 * Shape: an object for each account of a shard, and the standings, on the heap.<br>
 * Cost: one reading of the whole journal for each shard.<br>
 * Threads: confined to one.
 */
public final class Reconciliation
{
    private static final int PROGRESS_DISTANCE = 1_024;

    private final Map<Integer, Long> sequences = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Standing> right = new ArrayList<>();
    private final LongConsumer progress;
    private long entryCount;
    private int rightCount;

    private Reconciliation(final LongConsumer progress)
    {
        this.progress = progress;
    }

    /**
     * Compare. What is committed when this begins is the books as of then. Standings that were looked up before are
     * not newer, if the journal is that of the engine that was asked and is read up to its end; those that are newer,
     * as a view beside a copy that lags, are not judged.
     *
     * @param journal   of the books.
     * @param standings of them, each account once.
     * @param progress  is told from time to time how many entries were read.
     * @return what was found.
     * @throws io.seriatim.journal.JournalException if the journal is damaged.
     */
    public static Reconciliation of(
        final JournalEntries journal, final Collection<Standing> standings, final LongConsumer progress)
    {
        final Reconciliation reconciliation = new Reconciliation(progress);
        for (int shard = 0; shard < journal.shardCount(); shard++)
        {
            final int number = shard;
            reconciliation.compare(journal, shard, standings.stream().filter(each -> each.shard() == number).toList());
        }
        standings.stream().filter(each -> each.shard() < 0 || each.shard() >= journal.shardCount())
            .forEach(each -> reconciliation.add(Finding.Kind.UNKNOWN, each, null, 0));
        return reconciliation;
    }

    private void compare(final JournalEntries journal, final int shard, final Collection<Standing> standings)
    {
        final List<Standing> bySequence = new ArrayList<>(standings);
        bySequence.sort(Comparator.comparingLong(Standing::sequence));
        final Set<Uint128> rightThen = new HashSet<>();
        final Map<Uint128, Long> changedAt = new HashMap<>();
        final BooksWalk walk = new BooksWalk((movement, debit, credit) ->
        {
            if (movement.posted().signum() != 0)
            {
                changedAt.put(debit.id(), movement.sequence());
                changedAt.put(credit.id(), movement.sequence());
            }
        });
        final int[] next = new int[1];
        journal.read(shard, 0, (buffer, offset, length) ->
        {
            final long sequence = Entries.sequence(buffer, offset);
            while (next[0] < bySequence.size() && bySequence.get(next[0]).sequence() < sequence)
            {
                addIfRight(bySequence.get(next[0]++), walk, rightThen);
            }
            walk.onEntry(buffer, offset);
            entryCount++;
            if (entryCount % PROGRESS_DISTANCE == 0)
            {
                progress.accept(entryCount);
            }
            return true;
        });
        while (next[0] < bySequence.size() && bySequence.get(next[0]).sequence() <= walk.sequence())
        {
            addIfRight(bySequence.get(next[0]++), walk, rightThen);
        }
        sequences.put(shard, walk.sequence());
        judge(shard, standings, walk, rightThen, changedAt);
    }

    /** The walk stands where the standing says that it is of. */
    private static void addIfRight(final Standing standing, final BooksWalk walk, final Set<Uint128> rightThen)
    {
        final BookAccount account = walk.account(standing.id());
        if (account != null && standing.holdsAs(standing(standing.shard(), account, standing.sequence())))
        {
            rightThen.add(standing.id());
        }
    }

    private void judge(
        final int shard,
        final Collection<Standing> standings,
        final BooksWalk walk,
        final Set<Uint128> rightThen,
        final Map<Uint128, Long> changedAt)
    {
        final Set<Uint128> seen = new HashSet<>();
        final Set<Uint128> ahead = new HashSet<>();
        for (final Standing known : standings)
        {
            seen.add(known.id());
            final BookAccount account = walk.account(known.id());
            if (known.sequence() > walk.sequence())
            {
                add(Finding.Kind.AHEAD, known, known, 0);
                ahead.add(known.id());
                right.add(known);
                continue;
            }
            if (account == null)
            {
                add(Finding.Kind.UNKNOWN, known, null, 0);
                continue;
            }
            final Standing now = standing(shard, account, walk.sequence());
            if (!rightThen.contains(known.id()))
            {
                add(Finding.Kind.WRONG, known, now, 0);
            }
            else if (!known.holdsAs(now))
            {
                add(Finding.Kind.LAGGING, known, now, changedAt.get(known.id()) - known.sequence());
            }
            else
            {
                rightCount++;
            }
        }
        for (final BookAccount account : walk.accounts())
        {
            final boolean isMoved = changedAt.containsKey(account.id());
            final Standing now = standing(shard, account, walk.sequence());
            if ((isMoved || seen.contains(account.id())) && !ahead.contains(account.id()))
            {
                right.add(now);
            }
            if (isMoved && !seen.contains(account.id()))
            {
                add(Finding.Kind.MISSING, null, now, 0);
            }
        }
    }

    private void add(final Finding.Kind kind, final Standing known, final Standing now, final long lag)
    {
        findings.add(new Finding(kind, known, now, lag));
    }

    private static Standing standing(final int shard, final BookAccount account, final long sequence)
    {
        return new Standing(
            shard, account.ledger(), account.id(), Uint128.of(account.debitsPosted()),
            Uint128.of(account.creditsPosted()),
            sequence);
    }


    /**
     * As of when.
     *
     * @return sequence of the last entry that counts, by shard.
     */
    public Map<Integer, Long> sequences()
    {
        return sequences;
    }

    /**
     * What is not as the books say.
     *
     * @return findings.
     */
    public List<Finding> findings()
    {
        return findings;
    }

    /**
     * How many findings there are of a kind.
     *
     * @param kind of finding.
     * @return a count.
     */
    public long count(final Finding.Kind kind)
    {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }

    /**
     * How many standings are as the books say.
     *
     * @return a count.
     */
    public int rightCount()
    {
        return rightCount;
    }

    /**
     * How far the standing that lags most is behind.
     *
     * @return entries of its shard; 0 if none lags.
     */
    public long lagMax()
    {
        return findings.stream().mapToLong(Finding::lag).max().orElse(0);
    }

    /**
     * What the books say, of every account that was credited or debited.
     *
     * @return standings as of {@link #sequences}; those that are ahead of that as they were given.
     */
    public List<Standing> right()
    {
        return right;
    }
}
