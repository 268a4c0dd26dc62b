package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Books whose snapshots are looked at, damaged and believed or not.
 */
abstract class SnapshotFixture
{
    static final int LEDGER = 840;
    static final int BATCH = 50;

    @TempDir
    Path directory;

    long nextId = 1;

    EngineConfig config()
    {
        return new EngineConfig()
            .dataDirectory(directory.resolve("books"))
            .durability(Durability.OS)
            .threading(Threading.INVOKER)
            .batchCountMax(64)
            .windowCapacity(64)
            .journal(new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024));
    }

    static void createAccounts(final LedgerEngine engine)
    {
        engine.ledger(LEDGER).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
    }

    /** Transfers of 1 from account 1 to account 2, every tenth of them pending. */
    void transfer(final LedgerEngine engine, final int count)
    {
        for (int done = 0; done < count; done += BATCH)
        {
            final Transfer[] transfers = new Transfer[BATCH];
            for (int i = 0; i < BATCH; i++)
            {
                transfers[i] = transfer(nextId).withFlags(nextId % 10 == 0 ? TransferFlags.PENDING : 0);
                nextId++;
            }
            engine.ledger(LEDGER).createTransfers(List.of(transfers)).forEach(
                result -> assertEquals(TransferOutcome.CREATED, result.outcome()));
        }
    }

    static Transfer transfer(final long id)
    {
        return Transfer.of(id, 1, 2, 1, 1);
    }

    /** Give the manifest of the journal another value, under a checksum that is right. */
    void rewriteManifest(final String key, final String value) throws IOException
    {
        final Path file = directory.resolve("books/journal-0/manifest");
        final StringBuilder body = new StringBuilder();
        for (final String line : Files.readAllLines(file))
        {
            if (!line.startsWith("crc32c="))
            {
                body.append(line.startsWith(key + "=") ? key + "=" + value : line).append('\n');
            }
        }
        final CRC32C checksum = new CRC32C();
        checksum.update(body.toString().getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(file, body + String.format("crc32c=%08x\n", checksum.getValue()));
    }

    static String digest(final LedgerEngine engine)
    {
        return HexFormat.of().formatHex(engine.stateMachine(0).digest());
    }

    /** What a launch must find, however it came to it. */
    void assertBooks(final LedgerEngine engine, final String digest)
    {
        assertEquals(digest, digest(engine));
        final Ledger ledger = engine.ledger(LEDGER);
        for (long id = 1; id < nextId; id += 97)
        {
            assertEquals(Uint128.of(id), ledger.lookupTransfer(id).one().id());
            assertEquals(
                TransferOutcome.EXISTS,
                ledger.createTransfers(List.of(
                    transfer(id).withFlags(id % 10 == 0 ? TransferFlags.PENDING : 0))).get(0).outcome());
        }
        assertTrue(engine.stateMachine(0).isBalanced());
    }

    static boolean hasStartedFromSnapshot(final LedgerEngine engine)
    {
        return engine.launchReport().stream().anyMatch(line -> line.startsWith("started from the snapshot"));
    }

    List<Path> files(final String ending)
    {
        try (Stream<Path> files = Files.list(directory.resolve("books/shard-0/snapshots")))
        {
            return files.filter(file -> file.getFileName().toString().endsWith(ending)).sorted().toList();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    Path newest(final String ending)
    {
        return files(ending).stream().max(
            (a, b) -> Long.compare(number(a), number(b))).orElseThrow();
    }

    /** The position of a state, or that where a run ends. */
    static long number(final Path file)
    {
        final String[] parts = file.getFileName().toString().split("[-.]");
        return Long.parseLong(parts[parts[0].equals("snapshot") ? 1 : 2]);
    }
}
