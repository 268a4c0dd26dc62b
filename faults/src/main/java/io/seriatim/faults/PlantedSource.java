package io.seriatim.faults;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Compiles a source file of the product with one place of it changed, to be put in front of the class path. The product
 * knows nothing of it: there is no switch.
 * <p>
 * Threads: confined to one.
 */
final class PlantedSource
{
    private final Path root;
    private final String classPath;

    /**
     * For one source tree.
     *
     * @param root      of the tree, where the modules lie.
     * @param classPath of the build of that tree.
     */
    PlantedSource(final Path root, final String classPath)
    {
        this.root = root;
        this.classPath = classPath;
    }

    /**
     * Change one place of a source file and compile it.
     *
     * @param file        of the source, relative to the root.
     * @param found       text that stands in it exactly once.
     * @param replacement to stand there instead.
     * @param target      directory for the classes; made if it is not there.
     * @throws IllegalStateException if the text does not stand there exactly once, or the changed source does not
     *                               compile: then the defect has to be brought in step with the code.
     */
    void compile(final String file, final String found, final String replacement, final Path target)
    {
        try
        {
            final String source = Files.readString(root.resolve(file));
            final int first = source.indexOf(found);
            if (first < 0 || source.indexOf(found, first + 1) >= 0)
            {
                throw new IllegalStateException(
                    "the text to change stands " + (first < 0 ? "nowhere" : "more than once") +
                    " in the source: file=" + file + ", text=" + found);
            }

            final Path changed = target.resolve("source").resolve(Path.of(file).getFileName());
            Files.createDirectories(changed.getParent());
            Files.writeString(
                changed, source.substring(0, first) + replacement + source.substring(first + found.length()));
            compile(file, changed, target);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not compile a changed source: file=" + file, ex);
        }
    }

    private void compile(final String file, final Path changed, final Path target) throws IOException
    {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null)
        {
            throw new IllegalStateException("this Java has no compiler: a JDK is needed, not a JRE");
        }

        final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
            compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8))
        {
            final boolean isCompiled = compiler.getTask(
                null, files, diagnostics,
                List.of("-d", target.toString(), "-cp", classPath, "-proc:none", "-nowarn", "--release", "17"),
                null, files.getJavaFileObjects(changed)).call();
            if (!isCompiled)
            {
                final List<String> errors = diagnostics.getDiagnostics().stream()
                    .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                    .map(diagnostic -> diagnostic.getMessage(Locale.ROOT)).toList();
                throw new IllegalStateException("the changed source does not compile: file=" + file + ", " + errors);
            }
        }
    }
}
