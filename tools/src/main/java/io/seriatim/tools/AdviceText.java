package io.seriatim.tools;

import io.seriatim.advice.Advice;
import io.seriatim.advice.Ceiling;
import io.seriatim.advice.OrderingScope;
import io.seriatim.advice.Workload;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Advice as a person reads it.
 */
final class AdviceText
{
    private final PrintWriter out;

    AdviceText(final PrintWriter out)
    {
        this.out = out;
    }

    void print(final Workload workload, final Advice advice)
    {
        final OrderingScope scope = advice.scope();
        out.printf("Order        %s: %s%n", scope.label(), scope.guarantee());
        out.printf("             fits when %s%n", scope.condition());
        out.printf("             here: %s%n", advice.reason());
        final Ceiling ceiling = advice.ceiling();
        out.printf(Locale.ROOT, "Ceiling      %,.0f/s, limited by %s; more would need %s%n",
            ceiling.perSecond(), ceiling.limit().label(), ceiling.limit().remedy());
        if (workload.rate() > ceiling.perSecond())
        {
            out.printf(
                Locale.ROOT, "             %,.0f/s come, %.1f times as many: it can not keep up%n",
                workload.rate(), workload.rate() / ceiling.perSecond());
        }
        if (advice.consumers() != null)
        {
            out.printf("  consumers  %s%n", advice.consumers().arithmetic());
        }
        out.printf("  engine     %s%n", advice.engine().arithmetic());
        if (advice.consumers() != null)
        {
            out.printf(Locale.ROOT, "Workers      %,d%s%n", advice.workerCount(), workload.workerCount() == 0 ? "" :
                workload.workerCount() > advice.workerCount() ? String.format(
                Locale.ROOT, " of the %,d have a use", workload.workerCount()) : "");
        }
        out.printf("Shards       %d, each on a journal of its own%n", advice.shardCount());
        advice.shardReasons().forEach(reason -> out.printf("             %s%n", reason));
        out.println("Look again   when");
        advice.reviews().forEach(review -> out.printf("             - %s%n", review));
    }
}
