package io.seriatim.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * What has to find a planted defect: a program that ends with {@link #FOUND} if it finds anything wrong, and with 0 if
 * all is well.
 *
 * @param mainClass to run in a JVM of its own.
 * @param arguments of the program.
 */
record PlantedCheck(String mainClass, List<String> arguments)
{
    /** Exit code of a check that found something: that of a row of ours, and that of the JUnit console. */
    static final int FOUND = 1;

    private static final String JUNIT = "org.junit.platform.console.ConsoleLauncher";

    /**
     * A row of {@code scripts/crash-test}.
     *
     * @param arguments row and options.
     * @return the check.
     */
    static PlantedCheck row(final String... arguments)
    {
        return new PlantedCheck(FaultsMain.class.getName(), List.of(arguments));
    }

    /**
     * Lives of {@code scripts/simulate}.
     *
     * @param arguments options.
     * @return the check.
     */
    static PlantedCheck simulation(final String... arguments)
    {
        return new PlantedCheck(SimulateMain.class.getName(), List.of(arguments));
    }

    /**
     * A class of tests.
     *
     * @param className of the class, in one of the test-jars that this module stands on.
     * @return the check.
     */
    static PlantedCheck test(final String className)
    {
        return new PlantedCheck(
            JUNIT, List.of("execute", "--disable-banner", "--details=none", "--select-class=" + className));
    }

    /**
     * The command as a list of words, without Java and its options.
     *
     * @return main class and arguments.
     */
    List<String> words()
    {
        final List<String> words = new ArrayList<>();
        words.add(mainClass);
        words.addAll(arguments);
        return words;
    }

    @Override
    public String toString()
    {
        return mainClass.equals(JUNIT) ?
            arguments.get(arguments.size() - 1).substring("--select-class=".length()) :
            (mainClass.equals(SimulateMain.class.getName()) ? "simulate " : "crash-test ") +
            String.join(" ", arguments);
    }
}
