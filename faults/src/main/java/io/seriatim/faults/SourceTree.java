package io.seriatim.faults;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The source tree and the build that this code runs out of.
 */
final class SourceTree
{
    private SourceTree()
    {
    }

    /**
     * Where the modules lie.
     *
     * @return the root of the tree.
     * @throws IllegalStateException if this does not run out of a source tree.
     */
    static Path root()
    {
        // The script names the build directory of this module; tests run in it or below it.
        final String home = System.getProperty("seriatim.faults.home");
        final Path start = Path.of(home == null ? "" : home).toAbsolutePath();
        for (Path path = start; path != null; path = path.getParent())
        {
            if (Files.isRegularFile(path.resolve("codecs/pom.xml")))
            {
                return path;
            }
        }
        throw new IllegalStateException("the source tree is not above the directory: " + start);
    }

    /**
     * Class path of this JVM, for one of its children.
     *
     * @return files and directories.
     */
    static String classPath()
    {
        // Surefire hides it behind one jar.
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
