package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Planted defects are in step with the code that they change.
 */
class PlantedSourceTest
{
    private final PlantedSource sources = new PlantedSource(SourceTree.root(), SourceTree.classPath());

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldCompileWithEachDefect(final PlantedDefect defect)
    {
        sources.compile(defect.file(), defect.found(), defect.replacement(), directory);

        assertThat(defect.file()).containsPattern("src/(main|test)/java/io/seriatim/");
        final String name = defect.file().substring(defect.file().indexOf("io/seriatim/"));
        assertThat(Files.exists(directory.resolve(name.replace(".java", ".class")))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameTestsThatThereAre(final PlantedDefect defect) throws ClassNotFoundException
    {
        if (defect.check().isTest())
        {
            final TreeSet<String> names = new TreeSet<>();
            for (Class<?> type = Class.forName(defect.check().program()); type != null; type = type.getSuperclass())
            {
                Arrays.stream(type.getDeclaredMethods()).forEach(method -> names.add(method.getName()));
            }
            assertThat(defect.check().findings()).isNotEmpty();
            assertThat(defect.check().missing(names, "")).isEmpty();
        }
    }

    @Test
    void shouldRefuseATextThatDoesNotStandThereOnce()
    {
        final PlantedDefect defect = PlantedDefect.UNCHECKED_ADDITION;
        assertThatThrownBy(() -> sources.compile(defect.file(), "no such text", "", directory))
            .isInstanceOf(IllegalStateException.class).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> sources.compile(defect.file(), "return", "", directory))
            .isInstanceOf(IllegalStateException.class).hasMessageContaining("more than once");
    }

    @Test
    void shouldRefuseWhatDoesNotCompile()
    {
        final PlantedDefect defect = PlantedDefect.UNCHECKED_ADDITION;
        assertThatThrownBy(() -> sources.compile(defect.file(), defect.found(), "return 7;", directory))
            .isInstanceOf(IllegalStateException.class).hasMessageContaining("does not compile");
    }
}
