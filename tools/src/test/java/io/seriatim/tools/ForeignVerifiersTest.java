package io.seriatim.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Verifiers that are not ours check what the commands have made, and reject it when a byte is another one. Those that
 * can not be had on this machine are skipped, and the output says so.
 */
@Timeout(600)
class ForeignVerifiersTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldBeBelievedByVerifiersThatAreNotOurs() throws Exception
    {
        final Path workload = directory.resolve("workload");
        done("generate", "--transfers", "3000", "--accounts", "50", "--out", workload);
        final Path books = directory.resolve("books");
        done("import", "--data", books, "--accounts", workload.resolve("accounts.csv"), "--durability", "os");
        final Path key = directory.resolve("key");
        Files.writeString(
            directory.resolve("vkey"), done("key", "generate", "--data", books, "--out", key).out());
        done("seal", "--data", books, "--key", key);
        Files.copy(books.resolve("shard-0/tree/checkpoint"), directory.resolve("old-checkpoint"));
        done("import", "--data", books, "--transfers", workload.resolve("transfers.csv"), "--durability", "os");
        done("seal", "--data", books, "--key", key);
        done("publish", "--data", books, "--out", directory.resolve("log"));
        done("consistency", "--data", books, "--from", "51", "--out", directory.resolve("consistency"));
        done("audit", "sample", "--data", books, "--size", "20", "--out", directory.resolve("receipts"));

        final String said = checkProofs();
        System.out.println(said);
        assertTrue(said.contains("ok       verifier, receipt"), said);
        assertTrue(said.contains("all as they have to be"), said);
    }

    private String checkProofs() throws IOException, InterruptedException
    {
        Path script = Path.of("").toAbsolutePath();
        while (!Files.exists(script.resolve("scripts/check-proofs")))
        {
            script = script.getParent();
        }
        final Process process = new ProcessBuilder(
            List.of(script.resolve("scripts/check-proofs").toString(), "--artifacts", directory.toString()))
            .redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private static CommandRun done(final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(0, run.exitCode(), run::toString);
        return run;
    }
}
