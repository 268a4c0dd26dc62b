package io.seriatim.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class BlockDeviceTest
{
    private static final int LENGTH = 8 * 1024 * 1024;

    @TempDir
    Path directory;

    @Test
    void shouldCountWhatWasWrittenAndForced() throws IOException
    {
        final BlockDevice device = new BlockDevice(directory);
        final long before = device.writtenBytes();
        assumeTrue(before >= 0, "this directory lies on no block device that Linux counts for");

        try (FileChannel file = FileChannel.open(
            directory.resolve("file"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
        {
            file.write(ByteBuffer.allocate(LENGTH));
            file.force(true);
        }

        final long written = device.writtenBytesSince(before);
        assertTrue(written >= LENGTH, "written=" + written);
    }

    @Test
    void shouldSayThatItDoesNotKnowOfMemory()
    {
        final Path memory = Path.of("/proc");
        assumeTrue(Files.isDirectory(memory), "no file system here is known to have no device");
        final BlockDevice device = new BlockDevice(memory);

        assertEquals(BlockDevice.UNKNOWN, device.writtenBytes());
        assertEquals(BlockDevice.UNKNOWN, device.writtenBytesSince(0));
    }

    @Test
    void shouldNotAddToWhatItDoesNotKnow()
    {
        assertEquals(5, BlockDevice.sum(2, 3));
        assertEquals(BlockDevice.UNKNOWN, BlockDevice.sum(BlockDevice.UNKNOWN, 3));
        assertEquals(BlockDevice.UNKNOWN, BlockDevice.sum(2, BlockDevice.UNKNOWN));
        assertEquals(BlockDevice.UNKNOWN, new BlockDevice(directory).writtenBytesSince(BlockDevice.UNKNOWN));
    }
}
