package io.seriatim.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nothing comes onto the run-time class path of those who embed Seriatim that is not on the golden list, and the bill
 * of materials names all of it.
 */
class RuntimeDependenciesTest
{
    /** Modules that nobody embeds. */
    private static final Set<String> OUTSIDE_THE_PRODUCT = Set.of("bench", "concurrency", "faults");

    private static final String OWN_GROUP = "io.seriatim";

    /** In the golden list, of a module that needs nothing but Java. */
    private static final String NOTHING = "-";

    /** What Maven says of such a module. */
    private static final String NOTHING_RESOLVED = "none";
    private static final Path GOLDEN_LIST = House.ROOT.resolve("build/runtime-dependencies.txt");
    private static final Path BILL_OF_MATERIALS = House.ROOT.resolve("tools/target/seriatim-sbom.json");

    /** As Maven lists what it resolved: group, artifact, type, version, scope. */
    private static final Pattern RESOLVED =
        Pattern.compile("([\\w.-]+):([\\w.-]+):([\\w.-]+):([\\w.-]+):(compile|runtime)\\b.*");

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    static Set<String> modules()
    {
        final Set<String> modules = new TreeSet<>();
        final Matcher matcher = MODULE.matcher(House.read(House.ROOT.resolve("pom.xml")));
        while (matcher.find())
        {
            modules.add(matcher.group(1));
        }
        modules.removeAll(OUTSIDE_THE_PRODUCT);
        return modules;
    }

    @Test
    void shouldListEveryModuleOfTheProduct()
    {
        assertEquals(modules(), golden().keySet(), "modules in " + GOLDEN_LIST);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldNeedAtRunTimeWhatTheGoldenListSays(final String module)
    {
        final Set<String> golden = golden().getOrDefault(module, Set.of());
        final Set<String> resolved = resolved(module);
        final Set<String> added = new TreeSet<>(resolved);
        added.removeAll(golden);
        final Set<String> gone = new TreeSet<>(golden);
        gone.removeAll(resolved);

        assertTrue(
            added.isEmpty() && gone.isEmpty(),
            "run-time dependencies of " + module + " differ from " + GOLDEN_LIST + ": added=" + added + ", gone=" +
            gone + "; if that is on purpose, change the list in the same commit, and say there why. A library that " +
            "only tests need has the scope test.");
    }

    @Test
    void shouldNameEachDependencyOfTheProductInTheBillOfMaterials()
    {
        final Set<String> named = new TreeSet<>();
        final JsonNode bill = JsonMapper.shared().readTree(House.read(BILL_OF_MATERIALS));
        for (final JsonNode component : bill.path("components"))
        {
            final String group = component.path("group").asString();
            final String name = group + ':' + component.path("name").asString();
            if (!OWN_GROUP.equals(group))
            {
                named.add(name + ':' + component.path("version").asString());
                assertFalse(component.path("licenses").isEmpty(), "no license: " + name);
            }
            assertTrue(
                component.path("hashes").toString().contains("SHA-256"), "no digest of the file: " + name);
        }

        assertEquals(golden().get("tools"), named, "libraries in " + BILL_OF_MATERIALS);
    }

    @Test
    void shouldMakeABillOfMaterialsThatIsTheSameEachTime()
    {
        final JsonNode bill = JsonMapper.shared().readTree(House.read(BILL_OF_MATERIALS));

        assertTrue(bill.path("metadata").path("timestamp").isMissingNode(), "it has the time of the build");
    }

    /** Libraries that the build resolved for a module, its own modules left out. */
    private static Set<String> resolved(final String module)
    {
        final Path list = House.ROOT.resolve(module).resolve("target/runtime-dependencies.txt");
        assertTrue(Files.isRegularFile(list), "built with Maven first? There is no " + list);

        final Set<String> libraries = new TreeSet<>();
        for (final String line : House.read(list).split("\n"))
        {
            final Matcher matcher = RESOLVED.matcher(line.strip());
            if (matcher.matches() && !OWN_GROUP.equals(matcher.group(1)))
            {
                libraries.add(matcher.group(1) + ':' + matcher.group(2) + ':' + matcher.group(4));
            }
        }
        assertTrue(
            !libraries.isEmpty() || House.read(list).strip().endsWith(NOTHING_RESOLVED),
            "nothing is listed in " + list);
        return libraries;
    }

    /** The golden list. */
    private static TreeMap<String, Set<String>> golden()
    {
        final TreeMap<String, Set<String>> librariesByModule = new TreeMap<>();
        for (final String line : House.read(GOLDEN_LIST).split("\n"))
        {
            if (!line.isBlank() && !line.startsWith("#"))
            {
                final String[] words = line.strip().split(" +");
                assertEquals(2, words.length, "a module and a library: " + line);
                final Set<String> libraries = librariesByModule.computeIfAbsent(words[0], (key) -> new TreeSet<>());
                if (!NOTHING.equals(words[1]))
                {
                    libraries.add(words[1]);
                }
            }
        }
        return librariesByModule;
    }
}
