package io.seriatim.bench;

import org.HdrHistogram.Histogram;

/**
 * What happened in one slice of one subject.
 *
 * @param subject            that was measured.
 * @param batchCount         transfers in a request.
 * @param plannedCount       requests that the plan had.
 * @param sentCount          requests that were sent.
 * @param answeredCount      requests that were answered.
 * @param backPressuredCount requests that met back pressure at least once.
 * @param lateCount          requests that left more than {@link OpenLoop#LATE_NS} after their time.
 * @param startMs            when it began, by the wall clock.
 * @param elapsedNs          from the begin to the last answer.
 * @param recording          of nanoseconds, one value for each request.
 */
record Slice(
    String subject,
    int batchCount,
    long plannedCount,
    long sentCount,
    long answeredCount,
    long backPressuredCount,
    long lateCount,
    long startMs,
    long elapsedNs,
    Recording recording)
{
    /** A slice that took more than this part over its plan did not keep its rate. */
    private static final double SLACK = 1.05;

    /** Beside which no short slice looks as if it had not kept its rate, in nanoseconds. */
    private static final long SLACK_NS = 20_000_000;

    double transfersPerSecond()
    {
        return answeredCount * (double)batchCount * 1e9 / elapsedNs;
    }

    Histogram histogram()
    {
        return recording.histogram();
    }

    double us(final double percentile)
    {
        return histogram().getValueAtPercentile(percentile) / 1e3;
    }

    double maxUs()
    {
        return histogram().getMaxValue() / 1e3;
    }

    /** Whether the plan was kept: all was sent, and the last answer came about when the plan ended. */
    boolean isSustained(final long durationNs)
    {
        return sentCount == plannedCount && elapsedNs <= Math.max(durationNs * SLACK, durationNs + SLACK_NS);
    }
}
