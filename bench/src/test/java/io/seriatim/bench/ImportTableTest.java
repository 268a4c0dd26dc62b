package io.seriatim.bench;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The house as a test: imports point down, never sideways, and each package uses the libraries that are its own.
 */
class ImportTableTest
{
    /** Packages without which there is no ledger; a run that does not see them has seen nothing. */
    private static final Set<String> FOUNDATION = Set.of("codecs", "journal");

    private static final String PLANTED = ImportTable.HOUSE + ".bench.planted";

    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption((location) -> !location.contains("-tests.jar"))
        .importPackages(ImportTable.HOUSE);

    private static final JavaClasses PLANTED_CLASSES = new ClassFileImporter().importPackages(PLANTED);

    private final ImportTable table = new ImportTable(ImportTable.HOUSE);
    private final ImportTable plantedTable = new ImportTable(PLANTED);

    @Test
    void shouldSeeEveryPackageThatHasSources()
    {
        final Set<String> seen = new TreeSet<>(table.packagesOf(CLASSES));
        final Set<String> withSources = new TreeSet<>(House.packages().keySet());
        // A package that has nothing but its package-info may or may not have a class file.
        withSources.removeIf((name) -> House.packages().get(name).stream().allMatch((path) -> count(path) == 0));
        seen.removeIf((name) -> !withSources.contains(name) && House.packages().containsKey(name));

        assertEquals(withSources, seen);
        assertTrue(seen.containsAll(FOUNDATION), "seen: " + seen);
    }

    @Test
    void shouldSeeAClassForEachSourceFile()
    {
        for (final Map.Entry<String, List<Path>> entry : House.packages().entrySet())
        {
            final long files = entry.getValue().stream().mapToLong(ImportTableTest::count).sum();
            final long seen = CLASSES.stream()
                .filter((c) -> c.getPackageName().equals(ImportTable.HOUSE + '.' + entry.getKey()))
                .filter((c) -> !c.isNestedClass() && !"package-info".equals(c.getSimpleName()))
                .count();
            assertTrue(seen >= files, entry.getKey() + ": files=" + files + ", classes seen=" + seen);
        }
        assertTrue(CLASSES.size() > 25, "classes seen: " + CLASSES.size());
    }

    @Test
    void shouldImportOnlyWhatTheTableAllows()
    {
        table.rule().check(CLASSES);
    }

    @Test
    void shouldKeepEachPackageInItsModuleAndInTheTable()
    {
        final Map<String, List<Path>> packages = House.packages();
        assertTrue(packages.keySet().containsAll(FOUNDATION), "found: " + packages.keySet());
        packages.forEach((name, directories) ->
        {
            final List<String> modules = ImportTable.ROWS.stream()
                .filter((row) -> row.name().equals(name)).map(ImportTable.Row::module).toList();
            assertEquals(1, modules.size(), "package " + name + " is not in the table");
            directories.forEach((directory) -> assertTrue(
                directory.startsWith(House.ROOT.resolve(modules.get(0))), directory + " is not in " + modules));
        });
    }

    @Test
    void shouldHaveNoModuleAndNoSourceBesideTheTable()
    {
        final Set<String> modules = new TreeSet<>();
        final Matcher matcher = Pattern.compile("<module>([^<]+)</module>")
            .matcher(House.read(House.ROOT.resolve("pom.xml")));
        while (matcher.find())
        {
            modules.add(matcher.group(1));
        }
        final Set<String> inTheTable = new TreeSet<>();
        ImportTable.ROWS.forEach((row) -> inTheTable.add(row.module()));
        inTheTable.addAll(ImportTable.TEST_MODULES);

        assertEquals(inTheTable, modules);
        modules.forEach((module) -> assertEquals(List.of(), House.strangers(module)));
    }

    @Test
    void shouldSayInEachPackageWhatItIsForAndWhatItImports()
    {
        House.packages().forEach((name, directories) ->
        {
            final List<Path> infos = directories.stream().map((directory) -> directory.resolve("package-info.java"))
                .filter(Files::isRegularFile).toList();
            assertEquals(1, infos.size(), "package " + name + " needs one package-info.java");
            assertTrue(House.read(infos.get(0)).contains("Imports"),
                infos.get(0) + " does not say what the package imports");
        });
    }

    @Test
    void shouldPointDownAndNeverSideways()
    {
        final Set<String> below = new HashSet<>();
        for (final ImportTable.Row row : ImportTable.ROWS)
        {
            assertTrue(below.containsAll(row.imports()), row.name() + " imports what is not below it");
            below.add(row.name());
        }
        assertEquals(17, below.size());
    }

    @ParameterizedTest
    @CsvSource({
        "CallsTheClock, java.lang.System.nanoTime",
        "NamesTheClock, java.lang.System.currentTimeMillis",
        "HoldsAClock, java.time.Clock",
        "UsesAgronasClock, org.agrona.concurrent.SystemEpochClock",
        "ReadsAFile, java.nio.file.Files",
        "StartsAThread, java.lang.Thread",
        "ThrowsDice, java.util.Random",
        "Locks, may not lock",
        "UsesAeron, io.aeron.Aeron",
        "UsesTheDisruptor, com.lmax.disruptor.RingBuffer",
        "ImportsSideways, ledger.PlantedInLedger",
        "UsesAgrona, org.agrona.DirectBuffer",
        "UsesPicocli, picocli.CommandLine",
        "ReadsObjects, java.io.ObjectInputStream",
        "PlantedInUtil, a package named util says nothing",
        "PlantedNowhere, package nowhere is not in the table"
    })
    void shouldCatchWhatWasPlanted(final String simpleName, final String expected)
    {
        final List<JavaClass> planted = planted(simpleName);
        assertEquals(1, planted.size());
        final List<String> violations = plantedTable.violations(planted.get(0));

        assertFalse(violations.isEmpty());
        assertTrue(violations.stream().anyMatch((message) -> message.contains(expected)), violations.toString());
    }

    @Test
    void shouldCatchImportsThatPointUp()
    {
        final List<JavaClass> planted = planted("ImportsUpwards");
        assertEquals(2, planted.size());
        planted.forEach((javaClass) -> assertTrue(
            plantedTable.violations(javaClass).get(0).contains("not below it"), javaClass.getName()));
    }

    @Test
    void shouldLetTheWellBehavedPass()
    {
        final List<JavaClass> planted = planted("WellBehaved");
        assertEquals(3, planted.size());
        planted.forEach((javaClass) -> assertEquals(List.of(), plantedTable.violations(javaClass)));
    }

    @Test
    void shouldFailAsARuleAndNotOnlyClassByClass()
    {
        final EvaluationResult result = plantedTable.rule().evaluate(PLANTED_CLASSES);

        assertTrue(result.hasViolation());
        assertTrue(result.getFailureReport().getDetails().size() >= 18, result.getFailureReport().toString());
    }

    private static List<JavaClass> planted(final String simpleName)
    {
        return PLANTED_CLASSES.stream().filter((javaClass) -> javaClass.getSimpleName().equals(simpleName)).toList();
    }

    private static long count(final Path directory)
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map((path) -> path.getFileName().toString())
                .filter((name) -> name.endsWith(".java") && !"package-info.java".equals(name)).count();
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }
}
