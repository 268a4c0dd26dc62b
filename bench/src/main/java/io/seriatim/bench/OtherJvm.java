package io.seriatim.bench;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command line of another JVM like this one. */
final class OtherJvm
{
    private OtherJvm()
    {
    }

    /**
     * Words that run a class, with the options and the class path of this JVM.
     *
     * @param main class to run.
     * @return a list to which its arguments can be added.
     */
    static List<String> line(final Class<?> main)
    {
        final List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.addAll(List.of("-cp", absoluteClassPath(), main.getName()));
        return line;
    }

    private static String absoluteClassPath()
    {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(each -> Path.of(each).toAbsolutePath().toString())
            .reduce((a, b) -> a + File.pathSeparator + b).orElse("");
    }
}
