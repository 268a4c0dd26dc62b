package io.seriatim.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands of docs/PROOFS.md, run as they stand there. */
@Timeout(180)
class ProofDocumentTest
{
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final String COMMAND = "scripts/seriatim ";

    /** Words that stand for files of the example. */
    private static final Set<String> FILES = Set.of(
        "books", "workload", "books.key", "books.vkey", "checkpoint.old", "1234.tlog-proof", "growth", "log", "drawn",
        "roots.key", "1000001.state-proof", "840.ledger-proof");

    @TempDir
    private Path directory;

    @Test
    void shouldDoWhatThePageSays() throws IOException
    {
        final Matcher matcher = BLOCK.matcher(Files.readString(page()));
        assertTrue(matcher.find());
        int count = 0;
        for (final String line : matcher.group(1).split("\n"))
        {
            if (line.startsWith("cp "))
            {
                final String[] words = line.split(" ");
                Files.copy(file(words[1]), file(words[2]));
            }
            else if (!line.isBlank())
            {
                assertTrue(line.startsWith(COMMAND), line);
                run(line.substring(COMMAND.length()));
                count++;
            }
        }
        assertTrue(count > 10, "commands: " + count);
        try (var receipts = Files.list(directory.resolve("drawn")))
        {
            assertEquals(60, receipts.count());
        }
    }

    private void run(final String line) throws IOException
    {
        final String[] parts = line.split(" > ");
        final List<Object> args = new ArrayList<>();
        for (final String word : parts[0].split(" "))
        {
            args.add(FILES.contains(word.split("/")[0]) ? file(word) : word);
        }
        final CommandRun run = CommandRun.of(args.toArray());
        assertEquals(0, run.exitCode(), () -> line + ": " + run);
        if (parts.length > 1)
        {
            Files.writeString(file(parts[1]), run.out());
        }
    }

    private Path file(final String name)
    {
        return directory.resolve(name);
    }

    private static Path page()
    {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/PROOFS.md")))
        {
            root = root.getParent();
        }
        return root.resolve("docs/PROOFS.md");
    }
}
