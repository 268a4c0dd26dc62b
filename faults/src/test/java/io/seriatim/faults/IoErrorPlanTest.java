package io.seriatim.faults;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The long form leaves out no call, and the fast one has some of each kind, early and late ones.
 */
class IoErrorPlanTest
{
    @Test
    void shouldTryEachOfTheFirstThreeHundredWritesAndForces()
    {
        final List<IoErrorPlan.Fault> all = IoErrorPlan.all(IoErrorPlan.KINDS);
        for (final String kind : List.of("fdatasync-EIO", "pwrite64-EIO", "pwrite64-ENOSPC"))
        {
            assertThat(numbers(all, kind)).isEqualTo(IntStream.rangeClosed(1, 300).boxed().toList());
        }
        for (final IoErrorPlan.Kind kind : IoErrorPlan.KINDS)
        {
            assertThat(numbers(all, kind.toString())).startsWith(1, 2, 3).hasSize(kind.nthMax());
        }
        assertThat(IoErrorPlan.spread(IoErrorPlan.KINDS, all.size(), 1)).isEqualTo(all);
    }

    @Test
    void shouldSpreadAFewOverEachKind()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            final List<IoErrorPlan.Fault> some = IoErrorPlan.spread(IoErrorPlan.KINDS, 60, seed);
            assertThat(some).hasSize(60);
            assertThat(new HashSet<>(some)).hasSize(60);
            for (final IoErrorPlan.Kind kind : IoErrorPlan.KINDS)
            {
                final List<Integer> numbers = numbers(some, kind.toString());
                assertThat(numbers).hasSizeBetween(7, 8).allMatch(nth -> nth >= 1 && nth <= kind.nthMax());
                assertThat(numbers).anyMatch(nth -> nth <= 2).anyMatch(nth -> nth > kind.nthMax() / 3);
            }
        }
        assertThat(IoErrorPlan.spread(IoErrorPlan.KINDS, 1, 7)).hasSize(1);
        assertThat(IoErrorPlan.spread(IoErrorPlan.KINDS, 1_000, 7)).hasSize(1_000).doesNotHaveDuplicates();
    }

    private static List<Integer> numbers(final List<IoErrorPlan.Fault> faults, final String kind)
    {
        return faults.stream().filter(fault -> fault.kind().toString().equals(kind)).map(IoErrorPlan.Fault::nth)
            .toList();
    }
}
