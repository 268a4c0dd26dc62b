package io.seriatim.replay;

import io.seriatim.journal.Replication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FollowerConfigTest
{
    @ParameterizedTest
    @CsvSource({"0, 1, 0", "1, 0, 0", "1, 1, -1"})
    void shouldRefuseTheNumberThatCanNotBe(final int journalCount, final long timeoutNs, final long forceIntervalNs)
    {
        final FollowerConfig config = config()
            .journalCount(journalCount).timeoutNs(timeoutNs).forceIntervalNs(forceIntervalNs);
        assertEquals(
            "FollowerConfig.journalCount is at least 1, timeoutNs above zero and forceIntervalNs not below it: " +
            "journalCount=" + journalCount + ", timeoutNs=" + timeoutNs + ", forceIntervalNs=" + forceIntervalNs,
            assertThrows(IllegalArgumentException.class, config::validate).getMessage());
    }

    @Test
    void shouldTakeTheLeastOfEach()
    {
        assertDoesNotThrow(config().journalCount(1).timeoutNs(1).forceIntervalNs(0)::validate);
    }

    @Test
    void shouldNameWhatIsMissing()
    {
        assertEquals("leader",
            assertThrows(NullPointerException.class, config().leader(null)::validate).getMessage());
        assertEquals("dataDirectory",
            assertThrows(NullPointerException.class, config().dataDirectory(null)::validate).getMessage());
    }

    private static FollowerConfig config()
    {
        return new FollowerConfig()
            .leader(new Replication("127.0.0.1", 1, "a secret of followers")).dataDirectory(Path.of("copy"));
    }
}
