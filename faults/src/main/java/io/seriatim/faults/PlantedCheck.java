package io.seriatim.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What has to find a planted defect: a program that ends with {@link #FOUND} if it finds anything wrong, and with 0 if
 * all is well; and what of it has to find the defect, so that something else that fails is no finding.
 *
 * @param mainClass to run in a JVM of its own.
 * @param arguments of the program.
 * @param findings  methods of tests that all have to fail; or, of another program, words that it has to say, each.
 */
record PlantedCheck(String mainClass, List<String> arguments, List<String> findings)
{
    /** Exit code of a check that found something: that of a row of ours, and that of the JUnit console. */
    static final int FOUND = 1;

    private static final String JUNIT = "org.junit.platform.console.ConsoleLauncher";
    private static final String SELECTED = "--select-class=";

    /**
     * A row of {@code scripts/crash-test}.
     *
     * @param finding   that it has to end with.
     * @param arguments row and options.
     * @return the check.
     */
    static PlantedCheck row(final String finding, final String... arguments)
    {
        return new PlantedCheck(FaultsMain.class.getName(), List.of(arguments), List.of(FaultsMain.FAILED, finding));
    }

    /**
     * Lives of {@code scripts/simulate}. The same seeds live the same lives, so a difference that is not there without
     * the defect comes from it.
     *
     * @param arguments options.
     * @return the check.
     */
    static PlantedCheck simulation(final String... arguments)
    {
        return new PlantedCheck(SimulateMain.class.getName(), List.of(arguments), List.of(SimulateMain.DIFFERENCE));
    }

    /**
     * A class of tests.
     *
     * @param className of the class, in one of the test-jars that this module stands on.
     * @param tests     that have to fail, all of them, by the names of their methods, in which a star stands for
     *                  anything. Without any, it is enough that one of the class fails.
     * @return the check.
     */
    static PlantedCheck test(final String className, final String... tests)
    {
        return new PlantedCheck(
            JUNIT,
            List.of("execute", "--disable-banner", "--details=none", "--fail-if-no-tests", SELECTED + className),
            List.of(tests));
    }

    /** Whether it is a class of tests, which leaves a report. */
    boolean isTest()
    {
        return mainClass.equals(JUNIT);
    }

    /**
     * The command as a list of words, without Java and its options.
     *
     * @param reports directory where tests leave their reports.
     * @return main class and arguments.
     */
    List<String> words(final Object reports)
    {
        final List<String> words = new ArrayList<>();
        words.add(mainClass);
        words.addAll(arguments);
        if (isTest())
        {
            words.add("--reports-dir=" + reports);
        }
        return words;
    }

    /**
     * Whether what was found is what has to be found.
     *
     * @param failed tests that failed, by the names of their methods; not looked at if this is none of tests.
     * @param output that the program left.
     * @return what is missing of {@link #findings}; empty if nothing is.
     */
    List<String> missing(final TreeSet<String> failed, final String output)
    {
        return findings.stream()
            .filter(finding -> isTest() ?
                failed.stream().noneMatch(name -> name.matches(finding.replace("*", ".*"))) :
                !output.contains(finding))
            .toList();
    }

    /** What runs, without what it has to find. */
    String program()
    {
        return isTest() ? arguments.get(arguments.size() - 1).substring(SELECTED.length()) :
            (mainClass.equals(SimulateMain.class.getName()) ? "simulate " : "crash-test ") +
            String.join(" ", arguments);
    }

    @Override
    public String toString()
    {
        return program() + (findings.isEmpty() ? "" : " " + findings);
    }
}
