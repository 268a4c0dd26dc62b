package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/SCRIPT.md shows is what the command answers, and what it names is all that there is. */
class ScriptDocumentTest
{
    private static final Pattern EXAMPLES = Pattern.compile("```jsonl\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\| (.*?) \\|");
    private static final String PAGE = read("docs/SCRIPT.md");

    @Test
    void shouldAnswerEveryExampleAsThePageSays()
    {
        final List<String> requests = new ArrayList<>();
        final List<String> answers = new ArrayList<>();
        for (final String line : examples())
        {
            (requests.size() == answers.size() ? requests : answers).add(line);
        }
        assertEquals(answers, ScriptRun.of(requests.toArray(new String[0])).answers());
    }

    @Test
    void shouldAnswerTheExampleOfTheReadmeAsItSays()
    {
        final String readme = read("README.md");
        final Matcher requests = Pattern.compile("<< 'END'\n(.*?)END\n", Pattern.DOTALL).matcher(readme);
        final Matcher answers = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertTrue(requests.find() && answers.find());
        assertEquals(
            answers.group(1).lines().toList(),
            ScriptRun.of(requests.group(1).lines().toArray(String[]::new)).answers());
    }

    @Test
    void shouldShowEveryOperation()
    {
        for (final JsonOp op : JsonOp.values())
        {
            assertTrue(PAGE.matches("(?s).*\n### ([a-z_]+, )?" + op.label() + "(, [a-z_]+)?\n.*"), op.label());
            assertTrue(
                examples().stream().anyMatch(line -> line.startsWith("{\"op\":\"" + op.label() + '"')), op.label());
        }
    }

    @Test
    void shouldNameEveryFieldAndFlag()
    {
        final JsonRequests requests = new JsonRequests(1);
        for (final JsonOp op : JsonOp.values())
        {
            final List<String> names = new ArrayList<>(requests.fieldNames(op));
            names.addAll(requests.innerFieldNames(op));
            for (final String name : names)
            {
                assertTrue(PAGE.contains('`' + name + '`') || PAGE.contains("{\"op\":\"" + op.label() + "\",\"" + name),
                    op.label() + ": " + name);
            }
        }
        assertTable("| field of an account |", requests.innerFieldNames(JsonOp.CREATE_ACCOUNTS));
        assertTable("| field of a transfer |", requests.innerFieldNames(JsonOp.CREATE_TRANSFERS));
        final Set<String> filters = new LinkedHashSet<>(requests.innerFieldNames(JsonOp.GET_ACCOUNT_BALANCES));
        filters.addAll(requests.innerFieldNames(JsonOp.QUERY_ACCOUNTS));
        assertTable("| field of a filter |", filters);
        for (final FlagNames flags : new FlagNames[] {
            FlagNames.ACCOUNT, FlagNames.TRANSFER, FlagNames.BALANCE_FILTER })
        {
            flags.names().forEach(name -> assertTrue(PAGE.contains('`' + name + '`'), name));
        }
    }

    private static void assertTable(final String head, final Iterable<String> names)
    {
        final int start = PAGE.indexOf(head);
        final Set<String> found = new LinkedHashSet<>();
        final Matcher rows = ROW.matcher(PAGE.substring(start, PAGE.indexOf("\n\n", start)));
        while (rows.find())
        {
            for (final String name : rows.group(1).split(", "))
            {
                assertTrue(found.add(name.replace("`", "")), name);
            }
        }
        final Set<String> expected = new LinkedHashSet<>();
        names.forEach(expected::add);
        assertEquals(expected, found, head);
    }

    @Test
    void shouldListEveryErrorWithItsMeaning()
    {
        final StringBuilder table = new StringBuilder("| code | |\n|---|---|\n");
        for (final JsonErrorCode code : JsonErrorCode.values())
        {
            table.append("| `").append(code.label()).append("` | ").append(code.meaning()).append(" |\n");
        }
        assertTrue(PAGE.contains(table.append('\n')), () -> "the page lacks this table:\n" + table);
    }

    private static List<String> examples()
    {
        final List<String> lines = new ArrayList<>();
        final Matcher matcher = EXAMPLES.matcher(PAGE);
        while (matcher.find())
        {
            lines.addAll(matcher.group(1).lines().toList());
        }
        assertTrue(lines.size() > 50, "lines of examples: " + lines.size());
        return lines;
    }

    private static String read(final String page)
    {
        try
        {
            return Files.readString(TestFiles.root().resolve(page));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
