package io.seriatim.faults;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.Durability;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.TreeHasher;
import io.seriatim.sealing.LogKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Whoever keeps checkpoints sees when there are two histories.
 */
class WitnessedLogTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldSeeTwoHistoriesAndOneThatIsNotInTheJournal() throws IOException
    {
        final Path books = directory.resolve("books");
        LedgerEngine.launch(KillWorker.config(books, Durability.OS)).close();
        final WitnessedLog log = new WitnessedLog(books, directory.resolve("key"));
        log.look();
        assertThat(log.seenCount()).isZero();

        sign(1, new byte[TreeHasher.HASH_LENGTH]);
        log.look();
        log.look();
        assertThat(log.seenCount()).isEqualTo(1);
        sign(1, new TreeHasher().emptyRoot());
        assertThatThrownBy(log::look).isInstanceOf(FaultException.class).hasMessageContaining("two histories");

        sign(1, new byte[TreeHasher.HASH_LENGTH]);
        assertThatThrownBy(log::verify).isInstanceOf(FaultException.class).hasMessageContaining("another history");
        assertThatThrownBy(log::verify).isInstanceOf(FaultException.class).hasMessageContaining("another history");
    }

    @Test
    void shouldSeeThatMoreWasSignedThanIsInTheJournal() throws IOException
    {
        final Path books = directory.resolve("books");
        LedgerEngine.launch(KillWorker.config(books, Durability.OS)).close();
        final WitnessedLog log = new WitnessedLog(books, directory.resolve("key"));
        sign(1_000, new byte[TreeHasher.HASH_LENGTH]);
        assertThatThrownBy(log::verify).isInstanceOf(FaultException.class)
            .hasMessageContaining("entries were signed that are not there");
    }

    /** As a sealer leaves it. */
    private void sign(final long size, final byte[] root) throws IOException
    {
        final NoteSigner signer = LogKeys.read(directory.resolve("key")).named(KillWorker.ORIGIN + "/0");
        final Path signed = Files.createDirectories(directory.resolve("key.signed/example_killed_0"));
        Files.write(
            signed.resolve("checkpoint"),
            new Checkpoint(KillWorker.ORIGIN + "/0", size, root).signed(List.of(signer)).toBytes());
    }
}
