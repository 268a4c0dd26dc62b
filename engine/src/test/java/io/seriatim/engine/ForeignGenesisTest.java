package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A journal whose manifest is that of other books. */
class ForeignGenesisTest extends SnapshotFixture
{
    @Test
    void shouldRefuseAGenesisThatIsNotTheOneOfTheManifest() throws IOException
    {
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            createAccounts(engine);
            transfer(engine, BATCH);
            digest = digest(engine);
        }
        final Path manifest = directory.resolve("books/journal-0/manifest");
        final byte[] good = Files.readAllBytes(manifest);
        rewriteManifest("shard.count", "2");
        final String refused =
            assertThrows(JournalException.class, () -> LedgerEngine.launch(config())).getMessage();
        assertTrue(refused.contains("the genesis entry is not that of this shard: found Genesis["), refused);
        assertTrue(refused.contains("; expected shard=0, shardCount=2, logUuid="), refused);
        Files.write(manifest, good);
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(digest, digest(engine), "nothing was changed");
        }
    }
}
