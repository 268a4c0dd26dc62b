package io.seriatim.bench;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.ChangeEventType;
import io.seriatim.engine.ChangeEventsFilter;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.QueryFilter;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The page of the rules, held to the code: its tables have every flag, field and outcome, and nothing else; its
 * examples are compiled, run in a process of their own, and print what the page says.
 */
class SemanticsDocumentTest
{
    private static final String PAGE = House.read(House.ROOT.resolve("docs/SEMANTICS.md"));

    private static final Pattern JAVA = Pattern.compile("```java\n");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);
    private static final String BEGIN = "            // The example begins.\n";
    private static final String END = "            // The example ends.\n";
    private static final String MARK = "=== ";
    private static final int TIMEOUT_SECONDS = 120;

    private static final Set<String> ADVICE = Set.of("done", "mend", "clash", "new id", "settle", "look");

    @TempDir
    private Path directory;

    /**
     * An example.
     *
     * @param name    of its package: the line of the page that it begins at.
     * @param heading that it stands under.
     * @param code    of the page.
     * @param output  of the page.
     */
    private record Example(String name, String heading, String code, String output)
    {
    }

    /**
     * A row about an outcome.
     *
     * @param label       of the outcome.
     * @param code        in decimal.
     * @param isTransient whether it spends the id.
     */
    private record OutcomeRow(String label, String code, boolean isTransient)
    {
    }

    @TestFactory
    Stream<DynamicTest> shouldPrintWhatThePageSays() throws IOException, InterruptedException
    {
        final List<Example> examples = examples();
        final Map<String, String> outputs = run(examples);
        return examples.stream().map((example) -> DynamicTest.dynamicTest(
            example.name() + ": " + example.heading(),
            () -> assertEquals(example.output(), outputs.get(example.name()))));
    }

    @Test
    void shouldRunEveryExample()
    {
        assertEquals(JAVA.matcher(PAGE).results().count(), examples().size());
        examples().forEach((example) -> assertNotEquals("", example.output(), example.name()));
    }

    @Test
    void shouldDescribeEachFlagOfAnAccount() throws IllegalAccessException
    {
        assertEquals(flags(AccountFlags.class, (name) -> !"RESERVED".equals(name)), flagsAfter("Flags of an account:"));
    }

    @Test
    void shouldDescribeEachFlagOfATransfer() throws IllegalAccessException
    {
        assertEquals(
            flags(TransferFlags.class, (name) -> !"RESERVED".equals(name)), flagsAfter("Flags of a transfer:"));
    }

    @Test
    void shouldDescribeEachFlagOfAFilter() throws IllegalAccessException
    {
        final Predicate<String> isOfQuery = (name) -> name.startsWith("QUERY_");
        final Predicate<String> isFlag = (name) -> !"LENGTH".equals(name);
        final String afterAccount = PAGE.substring(PAGE.indexOf("\nAccount filter,"));
        final String afterQuery = PAGE.substring(PAGE.indexOf("\nQuery filter,"));

        assertEquals(flags(Filter.class, isFlag.and(isOfQuery.negate())), flagsAfter(afterAccount, "| flag |"));
        assertEquals(flags(Filter.class, isOfQuery), flagsAfter(afterQuery, "| flag |"));
    }

    @Test
    void shouldDescribeEachField()
    {
        assertEquals(fields(Account.class), new TreeSet<>(namesAfter("Fields of an account:")));
        assertEquals(fields(Transfer.class), new TreeSet<>(namesAfter("Fields of a transfer:")));
        assertEquals(fields(AccountFilter.class), new TreeSet<>(namesAfter("\nAccount filter,")));
        assertEquals(fields(QueryFilter.class), new TreeSet<>(namesAfter("\nQuery filter,")));
        assertEquals(fields(ChangeEventsFilter.class), new TreeSet<>(namesAfter("\nChange events filter,")));
    }

    @Test
    void shouldDescribeEachOutcomeOfAnAccountInOrderOfPrecedence()
    {
        final List<OutcomeRow> documented = rows(section("### Outcomes of accounts")).stream()
            .map((row) -> new OutcomeRow(row.get(0), row.get(1), false)).toList();
        final List<OutcomeRow> actual = Arrays.stream(AccountOutcome.values())
            .map((outcome) -> new OutcomeRow(outcome.label(), Integer.toUnsignedString(outcome.code()), false))
            .toList();

        assertEquals(actual, documented);
    }

    @Test
    void shouldDescribeEachOutcomeOfATransferInOrderOfPrecedence()
    {
        final List<OutcomeRow> documented = rows(section("### Outcomes of transfers")).stream()
            .map((row) -> new OutcomeRow(row.get(0), row.get(1), isYes(row.get(2)))).toList();
        final List<OutcomeRow> actual = Arrays.stream(TransferOutcome.values())
            .map((outcome) -> new OutcomeRow(
                outcome.label(), Integer.toUnsignedString(outcome.code()), outcome.isTransient())).toList();

        assertEquals(actual, documented);
    }

    @Test
    void shouldNameTheTransientOutcomesWhereRetriesAreExplained()
    {
        final String section = section("## Retries and spent ids").replace('\n', ' ');
        final int start = section.indexOf("Exactly seven outcomes");
        final Set<String> named = new TreeSet<>();
        Pattern.compile("`(\\w+)`").matcher(section.substring(start, section.indexOf(". The id of a command", start)))
            .results().forEach((match) -> named.add(match.group(1)));
        final Set<String> actual = new TreeSet<>();
        Arrays.stream(TransferOutcome.values()).filter(TransferOutcome::isTransient)
            .forEach((outcome) -> actual.add(outcome.label()));

        assertEquals(actual, named);
    }

    @Test
    void shouldSayWhatACallerDoesAboutEachOutcome()
    {
        final List<List<String>> all = new ArrayList<>(rows(section("### Outcomes of accounts")));
        all.addAll(rows(section("### Outcomes of transfers")));
        for (final List<String> row : all)
        {
            final String advice = row.get(row.size() - 1);
            assertTrue(ADVICE.contains(advice.split("[:,;]")[0]), () -> row.get(0) + ": " + advice);
            assertTrue(row.stream().noneMatch(String::isBlank), () -> "a cell is empty: " + row);
        }
        for (final List<String> row : rows(section("### Outcomes of transfers")))
        {
            final boolean isNewId = row.get(row.size() - 1).startsWith("new id");
            assertEquals(isYes(row.get(2)) || "id_already_failed".equals(row.get(0)), isNewId, row.get(0));
        }
    }

    @Test
    void shouldDescribeEachStateAndTypeOfEvent()
    {
        assertEquals(
            Arrays.stream(PendingState.values())
                .map((state) -> lower(state.name()) + ' ' + state.code()).toList(),
            rows(section("## Two-phase transfers")).stream()
                .filter((row) -> row.size() == 3 && row.get(1).matches("\\d+"))
                .map((row) -> row.get(0) + ' ' + row.get(1)).toList());
        assertEquals(
            Arrays.stream(ChangeEventType.values()).map((type) -> type.label() + ' ' + type.code()).toList(),
            rows(section("## Change events")).stream().map((row) -> row.get(0) + ' ' + row.get(1)).toList());
    }

    @Test
    void shouldDescribeEachReasonForNoOutcome()
    {
        assertEquals(
            Arrays.stream(LedgerException.Reason.values()).map((reason) -> lower(reason.name())).toList(),
            names(rows(section("### No outcome"))));
    }

    @Test
    void shouldSayWhatEachOperationCostsAndWhatEachQueryAnswers()
    {
        final List<RequestKind> kinds = new ArrayList<>(Arrays.asList(RequestKind.values()));
        kinds.remove(RequestKind.NOTHING);

        assertEquals(
            kinds.stream().map((kind) -> lower(kind.name())).toList(),
            names(rows(section("## What each operation costs"))));
        assertEquals(
            kinds.stream().filter(RequestKind::isQuery).map((kind) -> lower(kind.name())).toList(),
            namesAfter("**Queries** are"));
    }

    @Test
    void shouldSayOfEachRecipeWhatItIsForAndWhyItIsSafe()
    {
        final String[] recipes = section("## Recipes").split("\n### ");
        assertTrue(recipes.length > 9, "recipes: " + (recipes.length - 1));
        for (int i = 1; i < recipes.length; i++)
        {
            final String recipe = recipes[i];
            final String title = recipe.lines().findFirst().orElseThrow();
            assertTrue(recipe.startsWith(title + "\n\n*"), title);
            assertTrue(recipe.contains("\nAccounts"), title);
            assertTrue(recipe.contains("\nWhy it is safe: "), title);
            assertTrue(EXAMPLE.matcher(recipe).find(), title);
        }
    }

    private static List<Example> examples()
    {
        final List<Example> examples = new ArrayList<>();
        for (final MatchResult match : EXAMPLE.matcher(PAGE).results().toList())
        {
            final String before = PAGE.substring(0, match.start(1));
            final int heading = Math.max(before.lastIndexOf("\n#"), 0);
            examples.add(new Example(
                "line" + (before.chars().filter((c) -> c == '\n').count() + 1),
                before.substring(heading).strip().lines().findFirst().orElseThrow().replaceFirst("#+ ", ""),
                match.group(1), match.group(2)));
        }

        return examples;
    }

    /** The first example is a program; every other one stands in it, in the place of its lines. */
    private Map<String, String> run(final List<Example> examples) throws IOException, InterruptedException
    {
        final String program = examples.get(0).code();
        final String head = program.substring(0, program.indexOf(BEGIN));
        final String tail = program.substring(program.indexOf(END) + END.length());
        final StringBuilder main = new StringBuilder("class Main {\n  public static void main(String[] args) {\n");
        final List<String> files = new ArrayList<>();
        for (final Example example : examples)
        {
            final Path source = Files.createDirectory(directory.resolve(example.name())).resolve("Example.java");
            Files.writeString(source, "package " + example.name() + ";\n" +
                (example == examples.get(0) ? program : head + example.code() + tail));
            files.add(source.toString());
            main.append("    System.out.println(\"").append(MARK).append(example.name()).append("\");\n")
                .append("    try { ").append(example.name()).append(".Example.main(args); }\n")
                .append("    catch (final Throwable ex) { ex.printStackTrace(System.out); }\n");
        }
        files.add(Files.writeString(directory.resolve("Main.java"), main + "  }\n}\n").toString());
        compile(files);

        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-ea",
            "-cp", directory + System.getProperty("path.separator") + ReadmeTest.classPath(), "Main")
            .directory(directory.toFile()).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);

        final Map<String, String> outputs = new HashMap<>();
        for (final String part : output.split("(?m)^" + MARK))
        {
            final int end = part.indexOf('\n');
            outputs.put(part.substring(0, Math.max(end, 0)), part.substring(end + 1));
        }
        return outputs;
    }

    private void compile(final List<String> files)
    {
        final List<String> arguments = new ArrayList<>(List.of(
            "-Xlint:all,-processing,-path", "-Werror", "-proc:none", "-d", directory.toString(),
            "-cp", ReadmeTest.classPath()));
        arguments.addAll(files);
        final ByteArrayOutputStream messages = new ByteArrayOutputStream();
        final int compiled = ToolProvider.getSystemJavaCompiler().run(
            null, messages, messages, arguments.toArray(new String[0]));
        assertEquals(0, compiled, () -> messages.toString(StandardCharsets.UTF_8));
    }

    /** From a heading to the next one that is not below it. */
    private static String section(final String heading)
    {
        final int start = PAGE.indexOf('\n' + heading + '\n');
        assertTrue(start >= 0, "not found: " + heading);
        final String level = heading.substring(0, heading.indexOf(' '));
        final MatchResult end = Pattern.compile("(?m)^#{1," + level.length() + "} ")
            .matcher(PAGE.substring(start + 1 + heading.length())).results().findFirst().orElse(null);
        return end == null ? PAGE.substring(start) : PAGE.substring(start, start + 1 + heading.length() + end.start());
    }

    /** Rows of all tables of a text that begin with a name, whose back ticks are taken away. */
    private static List<List<String>> rows(final String text)
    {
        return text.lines().filter((line) -> line.startsWith("| `"))
            .map((line) -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1)).map(String::trim))
            .map((cells) -> cells.toList())
            .map((cells) -> Stream.concat(Stream.of(name(cells)), cells.stream().skip(1)).toList()).toList();
    }

    private static List<String> namesAfter(final String text)
    {
        return DocumentsTest.tableAfter(PAGE, text).stream().map(SemanticsDocumentTest::name).toList();
    }

    private static List<String> names(final List<List<String>> rows)
    {
        return rows.stream().map((row) -> row.get(0)).toList();
    }

    private static String name(final List<String> cells)
    {
        return cells.get(0).replace("`", "");
    }

    private static boolean isYes(final String cell)
    {
        assertTrue("yes".equals(cell) || "no".equals(cell), cell);
        return "yes".equals(cell);
    }

    private static List<String> flagsAfter(final String text)
    {
        return flagsAfter(PAGE, text);
    }

    private static List<String> flagsAfter(final String page, final String text)
    {
        return DocumentsTest.tableAfter(page, text).stream().map((row) -> name(row) + ' ' + row.get(1)).toList();
    }

    /** Names and bits of the public flags of a class, lowest bit first. */
    private static List<String> flags(final Class<?> type, final Predicate<String> isWanted)
        throws IllegalAccessException
    {
        final String[] names = new String[Integer.SIZE];
        for (final var field : type.getDeclaredFields())
        {
            if (Modifier.isPublic(field.getModifiers()) && isWanted.test(field.getName()))
            {
                final int bit = Integer.numberOfTrailingZeros(field.getInt(null));
                names[bit] = lower(field.getName()) + ' ' + bit;
            }
        }

        return Arrays.stream(names).filter((name) -> name != null).toList();
    }

    /** The components of a record as JSON has them: in lower case, and without the unit. */
    private static Set<String> fields(final Class<? extends Record> type)
    {
        final Set<String> names = new TreeSet<>();
        for (final RecordComponent component : type.getRecordComponents())
        {
            names.add(lower(component.getName().replaceAll("([a-z])([A-Z0-9])", "$1_$2")).replaceFirst("_ns$", ""));
        }

        return names;
    }

    private static String lower(final String name)
    {
        return name.toLowerCase(Locale.ROOT);
    }
}
