package io.seriatim.replay;

import io.seriatim.engine.Explanation;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What an explanation shows proves its outcome: whoever compares the values comes to the same answer as the rule. */
final class ExplanationTruth
{
    private static final BigInteger U128_MAX = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
    private static final BigInteger TIMESTAMP_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger SECOND_NS = BigInteger.valueOf(1_000_000_000);
    private static final String DIFFERENT = "_different_";
    private static final String ZERO = "_must_be_zero";
    private static final String NOT_ZERO = "_must_not_be_zero";
    private static final String NOT_MAX = "_must_not_be_int_max";

    private final String outcome;
    private final String text;
    private final Map<String, String> values;

    private ExplanationTruth(final Explanation explanation)
    {
        outcome = explanation.outcome();
        values = explanation.values();
        text = explanation.toString();
        assertFalse(explanation.rule().isBlank(), text);
        assertFalse(values.isEmpty(), text);
    }

    /** Fails if the values do not prove the outcome. */
    static void require(final Explanation explanation)
    {
        new ExplanationTruth(explanation).require();
    }

    private void require()
    {
        if (outcome.startsWith("exists_with"))
        {
            final String name = nameAfter(DIFFERENT);
            assertNotEquals(values.get("stored_" + name), value(name), text);
        }
        else if (outcome.startsWith("pending_transfer_has"))
        {
            final String name = nameAfter(DIFFERENT);
            assertNotEquals(values.get("pending_" + name), value(name), text);
        }
        else if (outcome.startsWith("exceeds_") || outcome.startsWith("overflows_"))
        {
            requireTooMuch();
        }
        else if (outcome.startsWith("imported_event_timestamp") || outcome.equals("timestamp_must_be_zero"))
        {
            requireWrongTimestamp();
        }
        else if (outcome.endsWith(NOT_ZERO))
        {
            requireOf(NOT_ZERO, BigInteger.ZERO);
        }
        else if (outcome.endsWith(NOT_MAX))
        {
            requireOf(NOT_MAX, U128_MAX);
        }
        else if (outcome.endsWith(ZERO))
        {
            assertNotEquals(BigInteger.ZERO, number(only()), text);
        }
        else
        {
            requireNamed();
        }
    }

    private void requireTooMuch()
    {
        if (outcome.equals("exceeds_pending_transfer_amount"))
        {
            assertTrue(number("amount").compareTo(number("pending_amount")) > 0, text);
        }
        else if (outcome.equals("overflows_timeout"))
        {
            final BigInteger end = number("slot").add(number("timeout").multiply(SECOND_NS));
            assertTrue(end.compareTo(number("greatest_timestamp")) > 0, text);
        }
        else if (outcome.startsWith("overflows_"))
        {
            assertEquals(U128_MAX, number("greatest_sum"), text);
            assertTrue(sumOfOthers("greatest_sum").compareTo(U128_MAX) > 0, text);
        }
        else
        {
            final String side = outcome.equals("exceeds_credits") ? "debits" : "credits";
            final String limit = nameAfter("exceeds_") + "_posted";
            final BigInteger used = number(side + "_pending").add(number(side + "_posted")).add(number("amount"));
            assertEquals(number("exceeded_by"), used.subtract(number(limit)), text);
            assertTrue(number("exceeded_by").signum() > 0, text);
        }
    }

    private void requireWrongTimestamp()
    {
        final BigInteger timestamp = number("timestamp");
        switch (outcome)
        {
            case "timestamp_must_be_zero" -> assertTrue(timestamp.signum() > 0, text);
            case "imported_event_timestamp_out_of_range" ->
                assertTrue(timestamp.signum() == 0 || timestamp.compareTo(TIMESTAMP_MAX) > 0, text);
            case "imported_event_timestamp_must_not_advance" ->
                assertTrue(timestamp.compareTo(number("batch_timestamp")) >= 0, text);
            // The other reason, that something else has this timestamp, is not shown.
            case "imported_event_timestamp_must_not_regress" -> assertEquals(2, values.size(), text);
            default -> assertTrue(timestamp.compareTo(number(last())) <= 0, text);
        }
    }

    private void requireNamed()
    {
        switch (outcome)
        {
            case "pending_transfer_expired" -> assertTrue(number("expiry").compareTo(number("slot")) <= 0, text);
            case "expired" -> assertTrue(number("expiry").compareTo(number("released_at")) <= 0, text);
            case "accounts_must_be_different" ->
                assertEquals(value("debit_account_id"), value("credit_account_id"), text);
            case "accounts_must_have_the_same_ledger" ->
                assertNotEquals(value("debit_account_ledger"), value("credit_account_ledger"), text);
            case "transfer_must_have_the_same_ledger_as_accounts" ->
                assertNotEquals(value("ledger"), value("ledger_of_accounts"), text);
            case "timeout_reserved_for_pending_transfer" -> assertTrue(number("timeout").signum() > 0, text);
            case "reserved_flag", "flags_are_mutually_exclusive", "closing_transfer_must_be_pending" ->
                assertFalse(value("flags").isBlank(), text);
            case "debit_account_not_found", "debit_account_already_closed" -> number("debit_account_id");
            case "credit_account_not_found", "credit_account_already_closed" -> number("credit_account_id");
            case "pending_transfer_not_found", "pending_transfer_not_pending", "pending_transfer_already_posted",
                "pending_transfer_already_voided", "pending_id_must_be_different" -> number("pending_id");
            case "reserved_field" -> assertTrue(number("reserved").signum() != 0, text);
            default -> assertTrue(values.containsKey("id") || values.containsKey("amount"), text);
        }
    }

    /** What must not be so is: an id that is shown by name, or that of the event. */
    private void requireOf(final String ending, final BigInteger expected)
    {
        final String name = outcome.substring(0, outcome.length() - ending.length());
        if (values.containsKey(name))
        {
            assertEquals(expected, number(name), text);
        }
        else
        {
            assertTrue(List.of("ledger", "code").contains(name) && values.containsKey("id"), text);
        }
    }

    private BigInteger sumOfOthers(final String name)
    {
        return values.entrySet().stream().filter(entry -> !entry.getKey().equals(name))
            .map(entry -> new BigInteger(entry.getValue())).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private String only()
    {
        assertEquals(1, values.size(), text);
        return values.keySet().iterator().next();
    }

    private String last()
    {
        final Iterator<String> names = values.keySet().iterator();
        String last = names.next();
        while (names.hasNext())
        {
            last = names.next();
        }
        return last;
    }

    private String nameAfter(final String word)
    {
        return outcome.substring(outcome.indexOf(word) + word.length());
    }

    private BigInteger number(final String name)
    {
        return new BigInteger(value(name));
    }

    private String value(final String name)
    {
        assertTrue(values.containsKey(name), () -> name + " is missing: " + text);
        return values.get(name);
    }
}
