package io.seriatim.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The line that a run leaves.
 */
class RunRecordTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldAddALineForEachRun() throws IOException
    {
        final Path file = directory.resolve("results/crash-test.jsonl");
        final RunRecord first = new RunRecord("kill", 7);
        assertThat(first.bound(300)).contains("300 clean cycles", "0.01");
        first.put("acknowledged", 12_345).write(file);
        new RunRecord("cuts", -1).write(file);

        final List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        final JsonNode line = JsonMapper.shared().readTree(lines.get(0));
        assertThat(line.get("row").stringValue()).isEqualTo("kill");
        assertThat(line.get("seed").longValue()).isEqualTo(7);
        assertThat(line.get("acknowledged").intValue()).isEqualTo(12_345);
        assertThat(line.get("failureRateBelow").doubleValue()).isEqualTo(0.01);
        assertThat(line.get("processor").stringValue()).isNotBlank();
        assertThat(line.get("minutes").isNumber()).isTrue();
        assertThat(JsonMapper.shared().readTree(lines.get(1)).get("seed").longValue()).isEqualTo(-1);
    }

    @Test
    void shouldClaimNothingWithoutACycle()
    {
        assertThat(new RunRecord("kill", 7).bound(0)).contains("nothing was shown");
        assertThat(new RunRecord("kill", 7).bound(1)).contains("below 1.000");
    }
}
