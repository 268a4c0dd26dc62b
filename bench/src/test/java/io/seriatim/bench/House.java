package io.seriatim.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The source tree, found from wherever the tests run: the witness of which packages and documents there are.
 */
final class House
{
    /** Where the top-level pom.xml lies. */
    static final Path ROOT = root();

    private House()
    {
    }

    private static Path root()
    {
        final Path start = Path.of("").toAbsolutePath();
        for (Path path = start; path != null; path = path.getParent())
        {
            if (Files.isRegularFile(path.resolve("codecs/pom.xml")))
            {
                return path;
            }
        }

        throw new AssertionError("the source tree is not above the working directory: " + start);
    }

    /**
     * Packages with sources, generated ones too, and the directories that hold them.
     *
     * @return directories by the package's name below {@code io.seriatim}.
     */
    static TreeMap<String, List<Path>> packages()
    {
        final TreeMap<String, List<Path>> directoriesByName = new TreeMap<>();
        for (final ImportTable.Row row : ImportTable.ROWS)
        {
            final Path module = ROOT.resolve(row.module());
            for (final Path sources : List.of(
                module.resolve("src/main/java/io/seriatim"),
                module.resolve("target/generated-sources/sbe/io/seriatim")))
            {
                if (Files.isDirectory(sources))
                {
                    for (final Path file : files(sources, (path) -> path.toString().endsWith(".java")))
                    {
                        final String name = sources.relativize(file.getParent()).toString().replace('/', '.');
                        final List<Path> directories =
                            directoriesByName.computeIfAbsent(name, (key) -> new ArrayList<>());
                        if (!directories.contains(file.getParent()))
                        {
                            directories.add(file.getParent());
                        }
                    }
                }
            }
        }

        return directoriesByName;
    }

    /**
     * Sources outside the base package, which no rule would look at.
     *
     * @param module to look through.
     * @return files; none if all is well.
     */
    static List<Path> strangers(final String module)
    {
        final Path sources = ROOT.resolve(module).resolve("src/main/java");
        if (!Files.isDirectory(sources))
        {
            return List.of();
        }

        return files(sources, (path) -> path.toString().endsWith(".java") &&
            !path.startsWith(sources.resolve("io/seriatim")));
    }

    static List<Path> documents()
    {
        return files(ROOT, (path) -> path.toString().endsWith(".md"));
    }

    static String read(final Path path)
    {
        try
        {
            return Files.readString(path);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Files below a directory in a fixed order; what is built or hidden is not looked at, unless it was asked for.
     */
    private static List<Path> files(final Path directory, final Predicate<Path> wanted)
    {
        final List<Path> files = new ArrayList<>();
        try
        {
            Files.walkFileTree(directory, new SimpleFileVisitor<>()
            {
                @Override
                public FileVisitResult preVisitDirectory(final Path path, final BasicFileAttributes attributes)
                {
                    final String name = path.getFileName().toString();
                    return !path.equals(directory) && ("target".equals(name) || name.startsWith(".")) ?
                        FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(final Path path, final BasicFileAttributes attributes)
                {
                    if (wanted.test(path))
                    {
                        files.add(path);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
        files.sort(null);

        return files;
    }
}
