package io.seriatim.replay;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which entries a feed hands out, in words: conditions of the form {@code field=value,value} with spaces in between,
 * all of which must hold.
 *
 * <pre>
 *   kind      genesis, ledger_definition, account, transfer, expiry, state_root
 *   ledger    numbers of ledgers
 *   code      codes
 *   flags     names of flags of a transfer joined by |, all of which it must have
 *   outcome   created, refused, or names of outcomes such as exceeds_credits
 * </pre>
 *
 * Threads: immutable.
 */
public final class FeedFilter implements Predicate<FeedEntry>
{
    /** Every entry. */
    public static final FeedFilter ALL = new FeedFilter(List.of());

    private static final String CREATED = "created";
    private static final String REFUSED = "refused";

    private final List<Predicate<FeedEntry>> conditions;

    private FeedFilter(final List<Predicate<FeedEntry>> conditions)
    {
        this.conditions = List.copyOf(conditions);
    }

    /**
     * Read conditions.
     *
     * @param text of the conditions; empty for none.
     * @return the filter.
     * @throws IllegalArgumentException if one can not be read; the message says which, and what is allowed.
     */
    public static FeedFilter parse(final String text)
    {
        final List<Predicate<FeedEntry>> conditions = new ArrayList<>();
        final Set<String> fields = new HashSet<>();
        for (final String condition : text.isBlank() ? new String[0] : text.strip().split("\\s+"))
        {
            final int sign = condition.indexOf('=');
            final String field = sign < 0 ? condition : condition.substring(0, sign);
            if (sign < 0 || sign == condition.length() - 1 || !fields.add(field))
            {
                throw new IllegalArgumentException(
                    "a condition is field=value,value and each field comes once: condition=" + condition);
            }
            conditions.add(parse(field, List.of(condition.substring(sign + 1).split(","))));
        }
        return new FeedFilter(conditions);
    }

    @Override
    public boolean test(final FeedEntry entry)
    {
        for (final Predicate<FeedEntry> condition : conditions)
        {
            if (!condition.test(entry))
            {
                return false;
            }
        }
        return true;
    }

    private static Predicate<FeedEntry> parse(final String field, final List<String> values)
    {
        switch (field)
        {
            case "kind":
                final Set<String> kinds = new TreeSet<>();
                for (final EntryKind kind : EntryKind.values())
                {
                    kinds.add(kind.label());
                }
                requireAmong(field, values, kinds);
                return entry -> values.contains(entry.kind().label());
            case "ledger":
                final Set<Integer> ledgers = numbers(field, values, 0xFFFF_FFFFL);
                return entry -> ledgers.contains(entry.ledger());
            case "code":
                final Set<Integer> codes = numbers(field, values, 0xFFFF);
                return entry -> codes.contains(entry.code());
            case "flags":
                final int flags = TransferFlags.parse(String.join(",", values));
                return entry -> entry.kind() == EntryKind.TRANSFER && (entry.flags() & flags) == flags;
            case "outcome":
                requireAmong(field, values, outcomes());
                return entry -> hasOutcome(entry, values);
            default:
                throw new IllegalArgumentException(
                    "there is no such field: field=" + field + ", allowed=kind, ledger, code, flags, outcome");
        }
    }

    private static boolean hasOutcome(final FeedEntry entry, final List<String> values)
    {
        if (entry.isCreated())
        {
            return values.contains(CREATED);
        }
        return values.contains(REFUSED) || values.contains(entry.kind() == EntryKind.ACCOUNT ?
            AccountOutcome.of(entry.outcome()).label() : TransferOutcome.of(entry.outcome()).label());
    }

    private static Set<String> outcomes()
    {
        final Set<String> labels = new TreeSet<>(Set.of(CREATED, REFUSED));
        for (final TransferOutcome outcome : TransferOutcome.values())
        {
            labels.add(outcome.label());
        }
        for (final AccountOutcome outcome : AccountOutcome.values())
        {
            labels.add(outcome.label());
        }
        return labels;
    }

    private static Set<Integer> numbers(final String field, final List<String> values, final long max)
    {
        final Set<Integer> numbers = new HashSet<>();
        for (final String value : values)
        {
            if (!value.matches("\\d{1,10}") || Long.parseLong(value) < 1 || Long.parseLong(value) > max)
            {
                throw new IllegalArgumentException(
                    "a number from 1 to " + max + " is wanted: " + field + "=" + value);
            }
            numbers.add((int)Long.parseLong(value));
        }
        return numbers;
    }

    private static void requireAmong(final String field, final List<String> values, final Set<String> allowed)
    {
        for (final String value : values)
        {
            if (!allowed.contains(value))
            {
                throw new IllegalArgumentException(
                    "there is no such " + field + ": " + field + "=" + value + ", allowed=" +
                    String.join(", ", allowed));
            }
        }
    }
}
