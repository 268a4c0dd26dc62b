package io.seriatim.replay;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FeedSettingsTest
{
    @TempDir
    private Path directory;
    private Path file;
    private final FeedConfig config = new FeedConfig();

    @BeforeEach
    void nameFile()
    {
        file = directory.resolve("feed.properties");
    }

    @ParameterizedTest
    @CsvSource({"total, TOTAL", "by-account, BY_KEY", "By-Ledger, BY_KEY", "none, NONE"})
    void shouldSetTheOrdering(final String text, final FeedOrdering ordering) throws IOException
    {
        apply("feed.ordering= " + text + " ");
        assertEquals(ordering, config.ordering());
        if (ordering == FeedOrdering.BY_KEY)
        {
            assertSame(text.equals("by-account") ? FeedKeys.ACCOUNTS : FeedKeys.LEDGER, config.keys());
        }
    }

    @Test
    void shouldSetNumbersAndLeaveTheRestToOthers() throws IOException
    {
        final FeedOrdering ordering = config.ordering();
        apply("feed.workers=50", "feed.capacity=1", "engine.shards=x", "feeds.of.others=9");
        assertEquals(50, config.workerCount());
        assertEquals(1, config.capacity());
        assertEquals(ordering, config.ordering());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "feed.ordering=sideways | feed.ordering is total, by-account, by-ledger or none: found=sideways",
        "feed.ordering= | feed.ordering is total, by-account, by-ledger or none: found=",
        "feed.workers=0 | feed.workers is a number above zero: found=0",
        "feed.workers=-3 | feed.workers is a number above zero: found=-3",
        "feed.capacity=many | feed.capacity is a number above zero: found=many",
        "feed.capacity=2147483648 | feed.capacity is a number above zero: found=2147483648",
        "feed.worker=1 | no such setting: feed.worker=1; there are feed.ordering, feed.workers and feed.capacity" })
    void shouldRefuseWhatIsNotKnownOrCanNotBe(final String line, final String message)
    {
        assertEquals(
            message.strip(),
            assertThrows(IllegalArgumentException.class, () -> apply(line)).getMessage().strip());
    }

    private void apply(final String... lines) throws IOException
    {
        Files.write(file, List.of(lines));
        FeedSettings.apply(file, config);
    }
}
