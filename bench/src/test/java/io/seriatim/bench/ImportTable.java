package io.seriatim.bench;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/**
 * The house: which package stands in which module, what of ours it may import, and which libraries from outside. It
 * is the table in docs/ARCHITECTURE.md, made to be checked. A package that is not in it may not exist.
 */
final class ImportTable
{
    /** The base package of the house itself; the test of the test has one of its own. */
    static final String HOUSE = "io.seriatim";

    private static final String[] COMMAND_LINE = {
        "picocli.", "tools.jackson.", "com.fasterxml.jackson.annotation.", "org.jline.", "me.tongfei.progressbar.",
        "com.github.freva.asciitable.", "org.HdrHistogram.", "org.agrona.", "org.apache.parquet.",
        "org.apache.hadoop.conf.", "org.apache.pdfbox.", "org.apache.fontbox.",
        "com.sun.management.", "com.sun.net.httpserver.", "jdk.jfr."};

    /** Modules that have no package of their own, but tests of the packages of others. */
    static final Set<String> TEST_MODULES = Set.of("concurrency");

    /** The rows, from the quiet at the bottom to the busy on top. */
    static final List<Row> ROWS = List.of(
        row("codecs", "codecs").outside("org.agrona."),
        row("merkle", "journal"),
        row("verifier", "verifier"),
        row("journal", "journal", "merkle", "codecs").outside("io.aeron.", "org.agrona.", "javax.crypto."),
        row("ledger", "engine", "merkle", "codecs").outside("org.agrona.", "javax.crypto.").quiet(),
        row("engine", "engine", "ledger", "journal", "merkle", "codecs")
            .outside("com.lmax.disruptor.", "org.agrona."),
        row("instruments", "replay", "engine", "journal"),
        row("advice", "replay", "ledger", "journal", "codecs").outside("org.agrona."),
        row("totals", "replay", "ledger", "journal", "codecs").outside("org.agrona."),
        row("replay", "replay", "engine", "ledger", "journal", "merkle", "codecs")
            .outside("org.HdrHistogram.", "org.agrona.", "javax.crypto."),
        row("resharding", "replay", "replay", "engine", "ledger", "journal", "merkle", "codecs").outside("org.agrona."),
        row("standings", "replay", "replay", "engine", "ledger", "journal"),
        row("sealing", "replay", "replay", "engine", "ledger", "journal", "merkle", "codecs").outside("org.agrona."),
        row("sinks", "sinks", "replay", "instruments", "engine", "ledger", "journal", "merkle", "codecs")
            .outside(
                "tools.jackson.", "com.fasterxml.jackson.annotation.", "org.agrona.", "javax.crypto.", "java.sql.",
                "com.rabbitmq.client.", "io.micrometer."),
        row(
            "tools", "tools", "sinks", "sealing", "resharding", "standings", "replay", "totals", "advice",
            "instruments", "engine", "ledger", "journal", "merkle", "codecs")
            .outside(COMMAND_LINE),
        row(
            "faults", "faults", "tools", "sinks", "sealing", "resharding", "standings", "replay", "totals", "advice",
            "instruments", "engine", "ledger", "journal", "merkle", "codecs")
            .outside(
                "picocli.", "tools.jackson.", "com.fasterxml.jackson.annotation.", "org.agrona.", "io.aeron.",
                "javax.tools.", "javax.management.", "java.sql.", "javax.xml.", "org.w3c.dom.", "org.xml.sax."),
        row(
            "bench", "bench", "tools", "sinks", "sealing", "resharding", "standings", "replay", "totals", "advice",
            "instruments", "engine", "ledger", "journal", "merkle", "codecs")
            .outside(Stream.concat(
                Arrays.stream(COMMAND_LINE),
                Stream.of(
                    "io.aeron.", "com.lmax.disruptor.", "org.openjdk.jmh.", "one.profiler.", "javax.imageio.",
                    "net.openhft."))
                .toArray(String[]::new)));

    private static final Set<String> NAMES_OF_NOTHING = Set.of("common", "util", "utils", "api", "core", "model");

    /** Files, sockets, threads, chance and the clock: what a quiet package may not touch. A dot ends a package. */
    private static final List<String> LOUD = List.of(
        "java.io.", "java.nio.file.", "java.nio.channels.", "java.net.", "java.time.Clock", "java.time.InstantSource",
        "java.util.Random", "java.util.SplittableRandom", "java.util.random.", "java.security.SecureRandom",
        "java.util.Timer", "java.util.concurrent.", "java.lang.Thread", "java.lang.ThreadLocal",
        "java.lang.ThreadGroup", "java.lang.InheritableThreadLocal", "java.lang.Process", "java.lang.ProcessBuilder",
        "java.lang.Runtime", "org.agrona.concurrent.", "org.agrona.nio.", "org.agrona.IoUtil", "org.agrona.MarkFile",
        "org.agrona.SystemUtil");

    private static final Set<String> NOT_LOUD = Set.of(
        "java.util.concurrent.TimeUnit", "org.agrona.concurrent.UnsafeBuffer", "org.agrona.concurrent.AtomicBuffer");

    private static final Set<String> LOUD_CALLS = Set.of(
        "java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.System.getenv",
        "java.lang.System.getProperty", "java.lang.System.identityHashCode", "java.lang.Math.random",
        "java.lang.Object.wait", "java.lang.Object.notify", "java.lang.Object.notifyAll",
        "java.util.UUID.randomUUID", "java.time.Instant.now", "java.time.LocalDate.now",
        "java.time.LocalDateTime.now", "java.time.OffsetDateTime.now", "java.time.ZonedDateTime.now");

    private final String base;
    private final Map<String, Row> rowByName = new LinkedHashMap<>();

    /**
     * What one package may import.
     *
     * @param name    of the package below the base package.
     * @param module  that holds it.
     * @param imports our own packages that it may import.
     * @param outside libraries that it may import, by the start of their class names; {@code java.} always is allowed.
     * @param isQuiet no I/O, thread, chance or clock.
     */
    record Row(String name, String module, Set<String> imports, Set<String> outside, boolean isQuiet)
    {
        Row outside(final String... libraries)
        {
            return new Row(name, module, imports, Set.of(libraries), isQuiet);
        }

        Row quiet()
        {
            return new Row(name, module, imports, outside, true);
        }
    }

    ImportTable(final String base)
    {
        this.base = base + '.';
        ROWS.forEach((row) -> rowByName.put(row.name(), row));
    }

    private static Row row(final String name, final String module, final String... imports)
    {
        return new Row(name, module, Set.of(imports), Set.of(), false);
    }

    /**
     * The packages below the base that have classes.
     *
     * @param classes as imported.
     * @return names below the base package, sorted.
     */
    Set<String> packagesOf(final JavaClasses classes)
    {
        final Set<String> names = new TreeSet<>();
        classes.forEach((javaClass) -> names.add(nameOf(javaClass)));

        return names;
    }

    /**
     * The whole table as one rule. It allows an empty selection because whoever checks it has to ask first whether
     * the classes that it expects were found.
     *
     * @return the rule.
     */
    ArchRule rule()
    {
        return classes().should(new ArchCondition<>("import only what the table allows")
        {
            @Override
            public void check(final JavaClass javaClass, final ConditionEvents events)
            {
                violations(javaClass).forEach((message) ->
                    events.add(SimpleConditionEvent.violated(javaClass, javaClass.getName() + ": " + message)));
            }
        }).allowEmptyShould(true);
    }

    /**
     * What is wrong with one class.
     *
     * @param javaClass in the house.
     * @return a sentence for each violation; none if all is well.
     */
    List<String> violations(final JavaClass javaClass)
    {
        final String name = nameOf(javaClass);
        final List<String> messages = new ArrayList<>();
        for (final String part : name.split("\\."))
        {
            if (NAMES_OF_NOTHING.contains(part))
            {
                messages.add("a package named " + part + " says nothing");
            }
        }

        final Row row = rowByName.get(name);
        if (row == null)
        {
            messages.add("package " + name + " is not in the table");
            return messages;
        }

        for (final Dependency dependency : javaClass.getDirectDependenciesFromSelf())
        {
            final JavaClass target = dependency.getTargetClass().getBaseComponentType();
            final String why = why(row, target);
            if (why != null)
            {
                messages.add(row.name() + " may not import " + target.getName() + why + ": " +
                    dependency.getDescription());
            }
        }

        if (row.isQuiet())
        {
            javaClass.getCodeUnitAccessesFromSelf().forEach((access) ->
            {
                final String call = nameOf(access.getTarget());
                if (LOUD_CALLS.contains(call))
                {
                    messages.add(row.name() + " may not call " + call + ": " + access.getDescription());
                }
            });
            for (final JavaCodeUnit unit : javaClass.getCodeUnits())
            {
                if (unit.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                {
                    messages.add(row.name() + " may not lock: " + unit.getDescription());
                }
            }
        }

        return messages;
    }

    /**
     * A class's package below the base; what JMH generates belongs to the package that it was generated for.
     */
    private String nameOf(final JavaClass javaClass)
    {
        final String packageName = javaClass.getPackageName();
        final String name = packageName.startsWith(base) ? packageName.substring(base.length()) : packageName;

        return name.endsWith(".jmh_generated") ? name.substring(0, name.length() - ".jmh_generated".length()) : name;
    }

    private static String nameOf(final AccessTarget target)
    {
        return target.getOwner().getName() + '.' + target.getName();
    }

    private String why(final Row row, final JavaClass target)
    {
        final String name = target.getName();
        if (target.isPrimitive() || name.startsWith(base + row.name() + '.'))
        {
            return null;
        }
        if (name.startsWith(base))
        {
            return row.imports().contains(nameOf(target)) ? null : " (not below it)";
        }
        if (name.startsWith("java.io.ObjectInput"))
        {
            return " (objects are never read from a stream)";
        }
        if (row.isQuiet() && LOUD.stream().anyMatch((loud) -> isIn(name, loud)) &&
            NOT_LOUD.stream().noneMatch((allowed) -> isIn(name, allowed)))
        {
            return " (it is quiet)";
        }
        if (name.startsWith("java.") || row.outside().stream().anyMatch(name::startsWith))
        {
            return null;
        }

        return " (a library that is not its own)";
    }

    private static boolean isIn(final String name, final String packageOrClass)
    {
        return packageOrClass.endsWith(".") ?
            name.startsWith(packageOrClass) :
            name.equals(packageOrClass) || name.startsWith(packageOrClass + '$');
    }
}
