package io.seriatim.tools;

import io.seriatim.tools.RecordOutput.Field;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Answers as a person reads them: tables without the columns that say nothing, and amounts with the decimal digits
 * that their ledger was defined with.
 * <p>
 * Threads: confined to one.
 */
final class AnswerTables
{
    private static final Set<String> AMOUNTS =
        Set.of("amount", "debits_pending", "debits_posted", "credits_pending", "credits_posted");

    /** Columns that are left out if they say nothing in any row. */
    private static final Set<String> QUIET = Set.of(
        "debits_pending", "credits_pending", "user_data_128", "user_data_64", "user_data_32", "pending_id", "timeout",
        "flags", "first_sequence");

    private static final Set<String> TEXTS = Set.of("status", "flags", "type", "asset_code", "compared");

    private final PrintWriter out;
    private final Function<String, Definition> definitions;

    /**
     * What a ledger counts.
     *
     * @param assetCode such as USD.
     * @param scale     decimal digits.
     */
    record Definition(String assetCode, int scale)
    {
    }

    /**
     * Prints tables.
     *
     * @param out         where they go.
     * @param definitions by the number of the ledger; null if there is none.
     */
    AnswerTables(final PrintWriter out, final Function<String, Definition> definitions)
    {
        this.out = out;
        this.definitions = definitions;
    }

    /**
     * Prints an answer.
     *
     * @param answer in JSON.
     * @param ledger of amounts in rows that name none; or null.
     */
    void print(final JsonNode answer, final String ledger)
    {
        for (final Map.Entry<String, JsonNode> field : answer.properties())
        {
            print(field.getKey(), field.getValue(), ledger);
        }
        out.flush();
    }

    private void print(final String name, final JsonNode value, final String ledger)
    {
        if (name.equals("error"))
        {
            out.println(value.required("code").asString() + ": " + value.required("message").asString());
        }
        else if (name.equals("sequence"))
        {
            out.println("as of sequence " + value.asString());
        }
        else if (name.equals("explanation") && value.isObject())
        {
            explanation(value);
        }
        else if (value.isArray())
        {
            table(name, value, ledger);
        }
        else if (value.isObject())
        {
            table(name, List.of(value), ledger);
        }
        else
        {
            out.println(name + ": " + (value.isNull() ? "not found" : value.asString()));
        }
    }

    private void explanation(final JsonNode value)
    {
        out.println(
            value.required("kind").asString() + " at sequence " + value.required("sequence").asString() + ": " +
            value.required("outcome").asString());
        out.println(value.required("rule").asString());
        String ledger = null;
        for (final Map.Entry<String, JsonNode> field : value.properties())
        {
            if (field.getValue().isObject() && field.getValue().has("ledger"))
            {
                ledger = field.getValue().required("ledger").asString();
            }
        }
        final List<Map<String, String>> values = new ArrayList<>();
        for (final Map.Entry<String, JsonNode> field : value.required("values").properties())
        {
            final Map<String, String> row = new LinkedHashMap<>();
            row.put("compared", field.getKey());
            row.put("value", AMOUNTS.contains(field.getKey()) || field.getKey().endsWith("_by") ?
                decimal(field.getValue().asString(), ledger) : field.getValue().asString());
            values.add(row);
        }
        if (!values.isEmpty())
        {
            print(values);
        }
        for (final Map.Entry<String, JsonNode> field : value.properties())
        {
            if (field.getValue().isObject() && field.getValue().has("ledger"))
            {
                table(field.getKey(), List.of(field.getValue()), ledger);
            }
            else if (field.getKey().equals("pending_state") || field.getKey().equals("original_sequence"))
            {
                out.println(field.getKey() + ": " + field.getValue().asString());
            }
        }
    }

    private void table(final String name, final Iterable<JsonNode> nodes, final String ledger)
    {
        final List<Map<String, String>> rows = new ArrayList<>();
        nodes.forEach(node -> rows.add(row(node, ledger)));
        out.println(rows.isEmpty() ? name + ": none" : name + ":");
        if (!rows.isEmpty())
        {
            print(rows);
        }
    }

    private Map<String, String> row(final JsonNode node, final String ledgerOfOthers)
    {
        final String ledger = node.has("ledger") ? node.required("ledger").asString() : ledgerOfOthers;
        final Map<String, String> row = new LinkedHashMap<>();
        for (final Map.Entry<String, JsonNode> field : node.properties())
        {
            row.put(field.getKey(), text(field.getKey(), field.getValue(), ledger));
        }
        if (row.containsKey("transfer"))
        {
            row.put("pending_id", node.required("transfer").required("pending_id").asString());
        }
        return row;
    }

    private String text(final String name, final JsonNode value, final String ledger)
    {
        if (value.isArray())
        {
            final StringJoiner names = new StringJoiner("|");
            value.forEach(flag -> names.add(flag.asString()));
            return names.toString();
        }
        if (value.isObject())
        {
            return value.required("id").asString();
        }
        if (AMOUNTS.contains(name))
        {
            return decimal(value.asString(), ledger);
        }
        final Definition definition = name.equals("ledger") ? definitions.apply(ledger) : null;
        return definition == null ? value.asString() : value.asString() + ' ' + definition.assetCode();
    }

    private String decimal(final String amount, final String ledger)
    {
        final Definition definition = ledger == null ? null : definitions.apply(ledger);
        return definition == null || !amount.matches("[0-9]+") ? amount :
            new BigDecimal(new BigInteger(amount), definition.scale()).toPlainString();
    }

    private void print(final List<Map<String, String>> rows)
    {
        final Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.keySet()));
        names.removeIf(name -> QUIET.contains(name) && rows.stream().allMatch(row -> isNothing(row.get(name))));
        final List<Field> fields = new ArrayList<>();
        names.forEach(name -> fields.add(TEXTS.contains(name) ?
            Field.text(name) : Field.number(name)));
        try (RecordOutput output = new RecordOutput(
            RecordOutput.Format.TABLE, out, fields.toArray(new Field[0])))
        {
            rows.forEach(row -> output.record(names.stream().map(row::get).toArray()));
        }
    }

    private static boolean isNothing(final String value)
    {
        return value == null || value.matches("[0.]*");
    }
}
