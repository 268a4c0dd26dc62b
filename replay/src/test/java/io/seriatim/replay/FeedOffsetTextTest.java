package io.seriatim.replay;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FeedOffsetTextTest
{
    private static final UUID LOG_UUID = new UUID(1, 2);
    private static final FeedOffset OFFSET = new FeedOffset(
        Map.of(0, 64L, 1, 0L),
        Map.of(
            0, new FeedOffset.ShardOffset(20, List.of(7L, 9L, 10L, 11L), List.of(25L)),
            3, new FeedOffset.ShardOffset(0, List.of(), List.of())));

    @Test
    void shouldReadWhatItWrote()
    {
        final String text = FeedOffsetText.encode(OFFSET, LOG_UUID);
        assertEquals(OFFSET, FeedOffsetText.decode(text, LOG_UUID, "here"));
    }

    @Test
    void shouldRefuseWhatIsDamagedCutOrOfAnotherVersion()
    {
        final String text = FeedOffsetText.encode(OFFSET, LOG_UUID);
        final String body = text.substring(0, text.lastIndexOf("crc32c="));
        for (final String bad : List.of(
            "",
            body,
            "crc32c=00000000\n",
            text.replace("next=20", "next=21"),
            text + "\n",
            text.strip(),
            checked(body.replace("feed.offset=1", "feed.offset=2")),
            checked("\n" + body)))
        {
            final FeedException ex =
                assertThrows(FeedException.class, () -> FeedOffsetText.decode(bad, LOG_UUID, "file=offset"), bad);
            assertEquals(
                "the offset of the feed is damaged, or of a version that this one does not know: file=offset; delete " +
                "it to begin from the start: every entry comes again then", ex.getMessage());
        }
        assertEquals(OFFSET, FeedOffsetText.decode(checked(body), LOG_UUID, "here"));
    }

    @Test
    void shouldRefuseTheOffsetOfAnotherLog()
    {
        final String text = FeedOffsetText.encode(OFFSET, LOG_UUID);
        final UUID other = new UUID(3, 4);
        assertEquals(
            "the offset is that of a feed of another log: found=" + LOG_UUID + ", expected=" + other + ", file=offset",
            assertThrows(FeedException.class, () -> FeedOffsetText.decode(text, other, "file=offset")).getMessage());
    }

    private static String checked(final String body)
    {
        final CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return body + String.format("crc32c=%08x%n", crc.getValue());
    }
}
