package io.seriatim.bench;

import io.seriatim.codecs.MessageHeaderDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The documents, held to the code: a page that says what is no longer so is worse than none.
 */
class DocumentsTest
{
    private static final String FORMAT = House.read(House.ROOT.resolve("docs/FORMAT.md"));
    private static final String ARCHITECTURE = House.read(House.ROOT.resolve("docs/ARCHITECTURE.md"));
    private static final Path GOLDEN = House.ROOT.resolve("codecs/src/test/resources/golden");

    private static final List<String> MESSAGES = List.of(
        "FrameHeader", "GenesisEntry", "LedgerDefinitionEntry", "AccountEntry", "TransferEntry",
        "ExtendedTransferEntry", "ExpiryEntry", "StateRootEntry", "AccountRow", "LedgerRow");

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final List<String> PLACES_OF_LINUX = List.of("/dev/shm", "/dev/null", "/proc/PID/", "/sys/kernel/");
    private static final Pattern ABSOLUTE = Pattern.compile("(?<![\\w.:/*)>\\]-])(?:/[\\w.-]+){2,}|\\b[A-Z]:\\\\");

    /**
     * A row of a table of fields.
     *
     * @param offset  from the first byte of the SBE header.
     * @param inBlock from its end.
     * @param length  in bytes.
     * @param name    of the field.
     */
    private record Row(int offset, int inBlock, int length, String name)
    {
    }

    @Test
    void shouldGiveTheLengthAndTemplateOfEachMessage() throws ReflectiveOperationException
    {
        final List<List<String>> rows = tableAfter(FORMAT, "The messages, with their lengths");
        assertEquals(MESSAGES.size(), rows.size());
        for (int i = 0; i < rows.size(); i++)
        {
            final String name = MESSAGES.get(i);
            final int blockLength = decoder(name).getField("BLOCK_LENGTH").getInt(null);
            final int length = MessageHeaderDecoder.ENCODED_LENGTH + blockLength;
            assertEquals('`' + name + '`', rows.get(i).get(0));
            assertEquals(decoder(name).getField("TEMPLATE_ID").get(null).toString(), rows.get(i).get(1), name);
            assertEquals(length + ("GenesisEntry".equals(name) ? " + parts" : ""), rows.get(i).get(2), name);
        }
    }

    @Test
    void shouldGiveTheOffsetAndLengthOfEachField() throws ReflectiveOperationException
    {
        for (final String name : MESSAGES)
        {
            final List<Row> documented = new ArrayList<>();
            for (final List<String> row : tableAfter(FORMAT, "### " + name + "\n"))
            {
                documented.add(new Row(
                    Integer.parseInt(row.get(0)), Integer.parseInt(row.get(1)), Integer.parseInt(row.get(2)),
                    row.get(4).replace("`", "")));
                assertFalse(row.get(5).isBlank(), name + ": " + row);
            }

            assertEquals(sorted(fields(decoder(name), "", 0)), documented, name);
        }
    }

    @Test
    void shouldGiveTheSbeHeader() throws ReflectiveOperationException
    {
        final List<Row> documented = tableAfter(FORMAT, "Every message begins with the SBE header").stream()
            .map((row) -> new Row(
                Integer.parseInt(row.get(0)), 0, Integer.parseInt(row.get(1)), row.get(3).replace("`", ""))).toList();
        final List<Row> actual = sorted(fields(MessageHeaderDecoder.class, "", 0)).stream()
            .map((row) -> new Row(row.inBlock(), 0, row.length(), row.name())).toList();

        assertEquals(actual, documented);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GenesisEntry", "TransferEntry-example"})
    void shouldQuoteTheGoldenFilesToTheLetter(final String name)
    {
        final String golden = House.read(GOLDEN.resolve(name + ".hex"));

        assertTrue(FORMAT.contains("```text\n" + golden + "```"), name + ".hex and docs/FORMAT.md differ");
    }

    @Test
    void shouldGiveTheLeafHashOfItsExample() throws NoSuchAlgorithmException
    {
        final ByteArrayOutputStream leaf = new ByteArrayOutputStream();
        House.read(GOLDEN.resolve("TransferEntry-example.hex")).lines()
            .filter((line) -> !line.startsWith("#"))
            .map((line) -> line.trim().split(" {2,}")[1])
            .forEach((bytes) -> leaf.writeBytes(HexFormat.ofDelimiter(" ").parseHex(bytes)));
        assertEquals(160, leaf.size());

        final MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update((byte) 0);
        final String hash = HexFormat.of().formatHex(sha256.digest(leaf.toByteArray()));
        assertTrue(FORMAT.contains("```text\n" + hash + "\n```"), "the leaf hash of the example is " + hash);
    }

    @Test
    void shouldShowTheHouseAsItIsChecked()
    {
        final List<List<String>> documented = tableAfter(ARCHITECTURE, "## The house");
        assertEquals(ImportTable.ROWS.size(), documented.size());
        for (final List<String> row : documented)
        {
            final String name = row.get(1).replace("`", "");
            final ImportTable.Row checked = ImportTable.ROWS.stream()
                .filter((candidate) -> candidate.name().equals(name)).findFirst().orElseThrow();
            final Set<String> imports = new TreeSet<>(Arrays.asList(row.get(3).split(", ?")));
            imports.remove("");

            assertEquals(checked.module(), row.get(2), name);
            assertEquals(new TreeSet<>(checked.imports()), imports, name);
            assertEquals(checked.outside().isEmpty(), row.get(4).isEmpty(), name);
        }
    }

    @Test
    void shouldHaveTheDocumentsThatWereLookedThrough()
    {
        final Set<String> found = new HashSet<>();
        House.documents().forEach((path) -> found.add(House.ROOT.relativize(path).toString().replace('\\', '/')));

        assertTrue(found.containsAll(
            Set.of("CONTRIBUTING.md", "CHANGELOG.md", "docs/ARCHITECTURE.md", "docs/FORMAT.md")), found.toString());
    }

    @Test
    void shouldResolveEachRelativeLink()
    {
        final List<String> broken = new ArrayList<>();
        House.documents().forEach((document) -> broken.addAll(brokenLinks(document, prose(House.read(document)))));

        assertEquals(List.of(), broken);
    }

    @Test
    void shouldNameNoPlaceOfTheMachineThatItWasWrittenOn()
    {
        final List<String> named = new ArrayList<>();
        House.documents().forEach((document) -> absolutePaths(House.read(document))
            .forEach((path) -> named.add(House.ROOT.relativize(document) + ": " + path)));

        assertEquals(List.of(), named);
    }

    @Test
    void shouldSeeABrokenLinkAndAnAbsolutePath()
    {
        final Path document = House.ROOT.resolve("docs/FORMAT.md");

        assertEquals(1, brokenLinks(document, "[a](NOWHERE.md)").size());
        assertEquals(1, brokenLinks(document, "[a](ARCHITECTURE.md#no-such-heading)").size());
        assertEquals(1, brokenLinks(document, "[a](#no-such-heading)").size());
        assertEquals(List.of(), brokenLinks(document, "[a](ARCHITECTURE.md#words) [b](https://example.com/x)"));
        assertEquals(List.of("/home/someone/books"), absolutePaths("in `/home/someone/books` or docs/x/y"));
        assertEquals(
            List.of(),
            absolutePaths("https://example.com/a/b, /dev/shm/x, /proc/PID/task, and/or/else, ../a/b"));
    }

    private static List<String> brokenLinks(final Path document, final String text)
    {
        final List<String> broken = new ArrayList<>();
        for (final MatchResult match : LINK.matcher(text).results().toList())
        {
            final String link = match.group(1);
            if (link.contains("://") || link.startsWith("mailto:"))
            {
                continue;
            }
            final int hash = link.indexOf('#');
            final String file = hash < 0 ? link : link.substring(0, hash);
            final Path target = file.isEmpty() ? document : document.getParent().resolve(file).normalize();
            final boolean isFound = target.startsWith(House.ROOT) && Files.exists(target);
            if (!isFound || hash >= 0 && !anchors(House.read(target)).contains(link.substring(hash + 1)))
            {
                broken.add(House.ROOT.relativize(document) + ": " + link);
            }
        }

        return broken;
    }

    private static Set<String> anchors(final String text)
    {
        final Set<String> anchors = new HashSet<>();
        prose(text).lines().filter((line) -> line.startsWith("#")).forEach((line) -> anchors.add(
            line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w\\- ]", "").replace(' ', '-')));

        return anchors;
    }

    private static String prose(final String text)
    {
        return text.replaceAll("(?s)```.*?```", "");
    }

    /** Shared memory is the one place outside a data directory that belongs to the design; the others are settings. */
    private static List<String> absolutePaths(final String text)
    {
        return ABSOLUTE.matcher(text).results().map(MatchResult::group)
            .filter((path) -> PLACES_OF_LINUX.stream().noneMatch(path::startsWith)).toList();
    }

    private static Class<?> decoder(final String name) throws ClassNotFoundException
    {
        return Class.forName("io.seriatim.codecs." + name + "Decoder");
    }

    /**
     * The fields of a generated flyweight, by its own constants; those of a composite in it are taken one by one.
     */
    private static List<Row> fields(final Class<?> flyweight, final String prefix, final int base)
        throws ReflectiveOperationException
    {
        final List<Row> fields = new ArrayList<>();
        for (final Method method : flyweight.getMethods())
        {
            if (!method.getName().endsWith("EncodingOffset"))
            {
                continue;
            }
            final String name = method.getName().substring(0, method.getName().length() - "EncodingOffset".length());
            final int inBlock = base + (int) method.invoke(null);
            final Method accessor = accessor(flyweight, name);
            if (accessor != null && accessor.getReturnType().getName().startsWith("io.seriatim.codecs."))
            {
                fields.addAll(fields(accessor.getReturnType(), prefix + name + '.', inBlock));
            }
            else
            {
                final int length = (int) flyweight.getMethod(name + "EncodingLength").invoke(null);
                fields.add(new Row(
                    inBlock + MessageHeaderDecoder.ENCODED_LENGTH, inBlock, length, prefix + name));
            }
        }

        return fields;
    }

    private static Method accessor(final Class<?> flyweight, final String name)
    {
        return Arrays.stream(flyweight.getMethods())
            .filter((method) -> method.getName().equals(name) && method.getParameterCount() == 0)
            .findFirst().orElse(null);
    }

    private static List<Row> sorted(final List<Row> rows)
    {
        return rows.stream().sorted((left, right) -> Integer.compare(left.inBlock(), right.inBlock())).toList();
    }

    /**
     * The first table after a text.
     *
     * @return its rows as trimmed cells, without the head.
     */
    static List<List<String>> tableAfter(final String document, final String text)
    {
        final int start = document.indexOf(text);
        assertTrue(start >= 0, "not found: " + text);
        final List<String> lines = document.substring(start).lines()
            .dropWhile((line) -> !line.startsWith("|")).takeWhile((line) -> line.startsWith("|")).toList();
        assertTrue(lines.size() > 2, "no table after: " + text);

        return lines.stream().skip(2)
            .map((line) -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1)).map(String::trim)
                .toList())
            .toList();
    }
}
