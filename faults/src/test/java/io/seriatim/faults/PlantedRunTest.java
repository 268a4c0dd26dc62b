package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A planted defect is caught by what is named for it and by nothing else.
 */
class PlantedRunTest
{
    private static final PlantedCheck TESTS = PlantedCheck.test("io.seriatim.SomeTest", "shouldHold", "shouldStand");

    @TempDir
    private Path directory;

    @Test
    void shouldFindOnlyIfEachNamedTestFails() throws IOException
    {
        assertThat(judge(TESTS, 1, 9, Set.of("shouldHold", "shouldStand"), "")).isEqualTo(PlantedRun.Verdict.FOUND);
        assertThat(judge(TESTS, 1, 9, Set.of("shouldHold", "shouldStand", "shouldRest"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND);
        assertThat(judge(TESTS, 1, 9, Set.of("shouldHold"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND_SOMETHING_ELSE);
        assertThat(judge(TESTS, 1, 9, Set.of("shouldRest"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND_SOMETHING_ELSE);
        assertThat(judge(TESTS, 0, 9, Set.of(), "")).isEqualTo(PlantedRun.Verdict.CLEAN);
        assertThat(judge(PlantedCheck.test("io.seriatim.SomeTest"), 1, 9, Set.of("shouldRest"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND);
    }

    @Test
    void shouldFindByAPartOfAName() throws IOException
    {
        final PlantedCheck check = PlantedCheck.test("io.seriatim.SomeTest", "should*Believe*");
        assertThat(judge(check, 1, 9, Set.of("shouldNotBelieveIt", "shouldRest"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND);
        assertThat(judge(check, 1, 9, Set.of("shouldNotRest"), ""))
            .isEqualTo(PlantedRun.Verdict.FOUND_SOMETHING_ELSE);
    }

    @Test
    void shouldNotTakeTestsThatDidNotRunForCleanOrCaught() throws IOException
    {
        assertThat(judge(TESTS, 0, 0, Set.of(), "")).isEqualTo(PlantedRun.Verdict.BROKEN);
        assertThat(judge(TESTS, 1, 0, Set.of(), "")).isEqualTo(PlantedRun.Verdict.BROKEN);
        assertThat(judge(TESTS, 2, 9, Set.of(), "")).isEqualTo(PlantedRun.Verdict.BROKEN);
    }

    @Test
    void shouldFindByWhatARowSays() throws IOException
    {
        final PlantedCheck row = PlantedCheck.row("it is lost", "kill");
        assertThat(judge(row, 1, 0, Set.of(), FaultsMain.FAILED + "it is lost")).isEqualTo(PlantedRun.Verdict.FOUND);
        assertThat(judge(row, 1, 0, Set.of(), FaultsMain.FAILED + "a process did not end"))
            .isEqualTo(PlantedRun.Verdict.FOUND_SOMETHING_ELSE);
        assertThat(judge(row, 0, 0, Set.of(), "6 kills")).isEqualTo(PlantedRun.Verdict.CLEAN);
        assertThat(judge(row, 0, 0, Set.of(), "SKIPPED: kill: no")).isEqualTo(PlantedRun.Verdict.SKIPPED);
        assertThat(judge(row, 70, 0, Set.of(), "it is lost")).isEqualTo(PlantedRun.Verdict.BROKEN);
    }

    @Test
    void shouldReadWhichTestsHaveFailed() throws IOException
    {
        Files.writeString(directory.resolve("TEST-junit-jupiter.xml"), """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="JUnit Jupiter" tests="4">
            <testcase name="shouldHold()" classname="io.seriatim.SomeTest" time="0.1"/>
            <testcase name="shouldStand(int)[3]" classname="io.seriatim.SomeTest" time="0.1">
            <failure message="3 is not 4" type="org.opentest4j.AssertionFailedError"><![CDATA[no]]></failure>
            </testcase>
            <testcase name="shouldStand(int)[4]" classname="io.seriatim.SomeTest" time="0.1"/>
            <testcase name="shouldRest()" classname="io.seriatim.SomeTest" time="0.1">
            <error message="no" type="java.lang.IllegalStateException"><![CDATA[no]]></error>
            </testcase>
            </testsuite>
            """);
        Files.writeString(directory.resolve("other.xml"), "none");
        final TestReport report = TestReport.read(directory);
        assertThat(report.testCount()).isEqualTo(4);
        assertThat(report.failed()).containsExactly("shouldRest", "shouldStand");
        assertThat(TestReport.read(directory.resolve("nowhere")).testCount()).isZero();
    }

    private PlantedRun.Verdict judge(
        final PlantedCheck check,
        final int exitCode,
        final int testCount,
        final Set<String> failed,
        final String said) throws IOException
    {
        final Path output = Files.writeString(directory.resolve("output"), said);
        return PlantedRun.judge(check, exitCode, new TestReport(testCount, new TreeSet<>(failed)), output).verdict();
    }
}
