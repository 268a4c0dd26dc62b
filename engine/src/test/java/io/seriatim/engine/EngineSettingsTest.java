package io.seriatim.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class EngineSettingsTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldSetWhatTheFileSaysAndLeaveToOthersWhatIsTheirs() throws IOException
    {
        final EngineConfig config = new EngineConfig();
        EngineSettings.apply(
            write("engine.shards=4096\nengine.journals=4096\nengine.place.4294967295=4095\nfeed.name=x\n"), config);
        assertEquals(4_096, config.shardCount());
        assertEquals(4_096, config.journalCount());
        final Genesis genesis = config.genesis(new UUID(1, 2), 0);
        assertEquals("{-1=4095}", genesis.placement().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "engine.shards=0         | engine.shards is a number from 1 to 4096: found=0",
        "engine.shards=4097      | engine.shards is a number from 1 to 4096: found=4097",
        "engine.shards=           | engine.shards is a number from 1 to 4096: found=",
        "engine.journals=many    | engine.journals is a number from 1 to 4096: found=many",
        "engine.place.840=-1     | engine.place.840 is a number from 0 to 4095: found=-1",
        "engine.place.840=4096   | engine.place.840 is a number from 0 to 4095: found=4096",
        "engine.place.0=1        | the number of a ledger stands behind engine.place., from 1 to 4294967295: " +
            "engine.place.0",
        "engine.place.usd=1      | the number of a ledger stands behind engine.place., from 1 to 4294967295: " +
            "engine.place.usd",
        "engine.shard=1          | no such setting: engine.shard=1; there are engine.shards, engine.journals and " +
            "engine.place.LEDGER"})
    void shouldRefuseWhatIsNotKnownOrCanNotBe(final String line, final String message) throws IOException
    {
        final Path file = write(line);
        assertEquals(
            message,
            assertThrows(IllegalArgumentException.class, () -> EngineSettings.apply(file, new EngineConfig()))
                .getMessage());
    }

    private Path write(final String text) throws IOException
    {
        return Files.writeString(directory.resolve("settings"), text);
    }
}
