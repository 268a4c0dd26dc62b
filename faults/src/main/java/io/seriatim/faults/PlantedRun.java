package io.seriatim.faults;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Runs checks in JVMs of their own, with a planted defect in front of the class path or without one.
 * <p>
 * Threads: confined to one.
 */
final class PlantedRun
{
    /** How a check ended. */
    enum Verdict
    {
        /** It found nothing. */
        CLEAN,

        /** It found what it has to find. */
        FOUND,

        /** It ended as it does when it finds something, but what it has to find was not there. */
        FOUND_SOMETHING_ELSE,

        /** It can not be run on this machine. */
        SKIPPED,

        /** It did none of that: it crashed, ran no test, or did not end in time. */
        BROKEN
    }

    /**
     * What became of a check.
     *
     * @param verdict  how it ended.
     * @param exitCode of the process; -1 if it was ended because it took too long.
     * @param failed   tests that failed; none if it is no class of tests.
     * @param missing  of what it has to find.
     * @param output   of the process, both streams.
     */
    record Result(Verdict verdict, int exitCode, TreeSet<String> failed, List<String> missing, Path output)
    {
        /** The last lines of the output. */
        String lastLines(final int count)
        {
            try
            {
                final List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
                return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
            }
            catch (final IOException ex)
            {
                return "no output: " + ex.getMessage();
            }
        }
    }

    private static final long TIMEOUT_MINUTES = 15;

    private final Path directory;
    private final PlantedSource sources;
    private final String classPath;

    /**
     * Runs that leave their output in a directory.
     *
     * @param root      of the source tree.
     * @param classPath of the build of that tree, with this module.
     * @param directory for classes and outputs.
     */
    PlantedRun(final Path root, final String classPath, final Path directory)
    {
        this.directory = directory;
        this.classPath = classPath;
        sources = new PlantedSource(root, classPath);
    }

    /** Run a check on the product as it is. */
    Result control(final PlantedCheck check)
    {
        return run(check, classPath, directory.resolve("control-" + Math.abs(check.program().hashCode()) + ".log"));
    }

    /** Run the check of a defect with the defect. */
    Result planted(final PlantedDefect defect)
    {
        final Path classes = directory.resolve(defect.name());
        sources.compile(defect.file(), defect.found(), defect.replacement(), classes);
        return run(
            defect.check(), classes + File.pathSeparator + classPath, directory.resolve(defect.name() + ".log"));
    }

    private Result run(final PlantedCheck check, final String checkClassPath, final Path output)
    {
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-ea", "-Xmx1g",
            // That a machine is busy is no finding; what hangs ends with the check.
            "-Djunit.jupiter.execution.timeout.mode=disabled",
            "-cp", checkClassPath));
        final Path reports = Path.of(output + ".reports");
        command.addAll(check.words(reports));
        try
        {
            Files.createDirectories(directory);
            final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try
            {
                if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES))
                {
                    return new Result(Verdict.BROKEN, -1, new TreeSet<>(), List.of(), output);
                }
            }
            finally
            {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return judge(check, process.exitValue(), TestReport.read(reports), output);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not run a check: " + check, ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a check runs: " + check, ex);
        }
    }

    /** How a check ended, by its exit code, the report of its tests and what it said. */
    static Result judge(final PlantedCheck check, final int exitCode, final TestReport report, final Path output)
        throws IOException
    {
        final String said = Files.readString(output, StandardCharsets.UTF_8);
        final List<String> missing = check.missing(report.failed(), said);
        final boolean isSound = !check.isTest() || report.testCount() > 0;
        final Verdict verdict = !isSound ? Verdict.BROKEN :
            exitCode == PlantedCheck.FOUND ? missing.isEmpty() ? Verdict.FOUND : Verdict.FOUND_SOMETHING_ELSE :
            exitCode != 0 ? Verdict.BROKEN :
            !check.isTest() && said.startsWith(Row.SKIPPED) ? Verdict.SKIPPED : Verdict.CLEAN;
        return new Result(verdict, exitCode, report.failed(), missing, output);
    }
}
