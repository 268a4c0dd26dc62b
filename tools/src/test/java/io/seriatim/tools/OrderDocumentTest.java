package io.seriatim.tools;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The cases of docs/ORDER.md come out as they are written there. */
class OrderDocumentTest
{
    private static final Path DOCUMENT = Path.of("..", "docs", "ORDER.md");
    private static final Pattern CASE = Pattern.compile("\\| `scripts/seriatim (advise [^`]+)` \\| ([0-9,]+/s) \\|");

    @Test
    void shouldComeToWhatTheDocumentSays() throws IOException
    {
        final List<String> wrong = new ArrayList<>();
        int count = 0;
        final Matcher matcher = CASE.matcher(Files.readString(DOCUMENT));
        while (matcher.find())
        {
            final CommandRun run = CommandRun.of((Object[])matcher.group(1).split(" "));
            if (run.exitCode() != 0 || !run.out().contains("Ceiling      " + matcher.group(2) + ", limited by"))
            {
                wrong.add(matcher.group() + ": " + run);
            }
            count++;
        }
        assertEquals(List.of(), wrong);
        assertTrue(count >= 7, "cases: " + count);
    }
}
