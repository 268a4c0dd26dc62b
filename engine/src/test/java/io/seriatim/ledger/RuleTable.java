package io.seriatim.ledger;

import org.junit.jupiter.api.DynamicTest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * A table of rules in their order, each with a way to break it, from which the tests of its order follow: every pair of
 * rules whose ways go together is broken by one attempt, and so are each rule and all the later ones that go with it;
 * what the earliest of them says must be the answer. Two neighbours whose ways do not go together are broken by an
 * attempt of their own, or it is said why no attempt can; a pair of neighbours without either is a failure.
 *
 * @param <A> an attempt: a command and what was done before it.
 * @param <O> its outcome.
 */
final class RuleTable<A, O extends Enum<O>>
{
    private final Supplier<A> attempts;
    private final Function<A, O> answer;
    private final List<Rule<A, O>> rules = new ArrayList<>();
    private final Map<List<O>, Consumer<A>> together = new HashMap<>();
    private final Map<List<O>, String> never = new HashMap<>();

    /**
     * No rules yet.
     *
     * @param attempts that would be accepted.
     * @param answer   to an attempt.
     */
    RuleTable(final Supplier<A> attempts, final Function<A, O> answer)
    {
        this.attempts = attempts;
        this.answer = answer;
    }

    /**
     * The next rule.
     *
     * @param outcome of an attempt that breaks it.
     * @param needs   what holds of an attempt that was made to break it, as "what=how, what=how"; two rules go together
     *                unless they need one thing in two ways.
     * @param breaks  changes an attempt so that it breaks the rule.
     */
    void rule(final O outcome, final String needs, final Consumer<A> breaks)
    {
        final Map<String, String> parsed = new HashMap<>();
        for (final String need : needs.split(", "))
        {
            parsed.put(need.substring(0, need.indexOf('=')), need.substring(need.indexOf('=') + 1));
        }
        rules.add(new Rule<>(outcome, parsed, breaks));
    }

    /** Two rules whose ways do not go together, and a way to break both. */
    void together(final O earlier, final O later, final Consumer<A> breaksBoth)
    {
        together.put(List.of(earlier, later), breaksBoth);
    }

    /** Two rules that no attempt breaks both, and why. */
    void never(final O earlier, final O later, final String reason)
    {
        never.put(List.of(earlier, later), reason);
    }

    List<O> outcomes()
    {
        return rules.stream().map(Rule::outcome).toList();
    }

    Stream<DynamicTest> tests()
    {
        final List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++)
        {
            final Rule<A, O> rule = rules.get(i);
            tests.add(test(rule.outcome + " alone", rule.outcome, List.of(rule.breaks)));
            addPairs(tests, i);
            addAllLater(tests, i);
        }
        return tests.stream();
    }

    private void addPairs(final List<DynamicTest> tests, final int i)
    {
        final Rule<A, O> earlier = rules.get(i);
        for (int j = i + 1; j < rules.size(); j++)
        {
            final Rule<A, O> later = rules.get(j);
            final List<O> pair = List.of(earlier.outcome, later.outcome);
            final String name = earlier.outcome + " before " + later.outcome;
            if (earlier.goesWith(later.needs))
            {
                tests.add(test(name, earlier.outcome, List.of(later.breaks, earlier.breaks)));
                if (together.containsKey(pair) || never.containsKey(pair))
                {
                    tests.add(DynamicTest.dynamicTest(name, () -> fail("the pair needs no mention: " + pair)));
                }
            }
            else if (together.containsKey(pair))
            {
                tests.add(test(name, earlier.outcome, List.of(together.get(pair))));
            }
            else if (j == i + 1 && !never.containsKey(pair))
            {
                tests.add(DynamicTest.dynamicTest(name, () -> fail("the pair is neither covered nor listed: " + pair)));
            }
        }
    }

    private void addAllLater(final List<DynamicTest> tests, final int i)
    {
        final Rule<A, O> rule = rules.get(i);
        final Map<String, String> needs = new HashMap<>(rule.needs);
        final List<Consumer<A>> breaks = new ArrayList<>();
        for (final Rule<A, O> later : rules.subList(i + 1, rules.size()))
        {
            if (later.goesWith(needs))
            {
                needs.putAll(later.needs);
                breaks.add(0, later.breaks);
            }
        }
        breaks.add(rule.breaks);
        tests.add(test(
            rule.outcome + " before " + (breaks.size() - 1) + " later ones at once", rule.outcome, breaks));
    }

    private DynamicTest test(final String name, final O expected, final List<Consumer<A>> breaks)
    {
        return DynamicTest.dynamicTest(name, () ->
        {
            final A attempt = attempts.get();
            breaks.forEach(change -> change.accept(attempt));
            assertEquals(expected, answer.apply(attempt));
        });
    }

    private record Rule<A, O>(O outcome, Map<String, String> needs, Consumer<A> breaks)
    {
        boolean goesWith(final Map<String, String> others)
        {
            return needs.entrySet().stream().allMatch(
                need -> others.getOrDefault(need.getKey(), need.getValue()).equals(need.getValue()));
        }
    }
}
