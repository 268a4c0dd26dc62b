package io.seriatim.bench;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The benchmark checks that each answer is a full page; this is one of each, without JMH. */
class ReadModelBenchmarkTest
{
    @ParameterizedTest
    @EnumSource
    void shouldAnswerEveryPageInFull(final ReadModelBenchmark.Page page)
    {
        final ReadModelBenchmark benchmark = new ReadModelBenchmark();
        benchmark.transferCount = 10_000;
        benchmark.page = page;
        benchmark.fill();
        for (int i = 0; i < 20; i++)
        {
            assertEquals(ReadModelBenchmark.PAGE_LENGTH, benchmark.page());
        }
        benchmark.close();
    }
}
