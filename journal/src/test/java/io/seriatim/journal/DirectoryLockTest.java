package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DirectoryLockTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldBeHeldOnceInOneJvm() throws IOException
    {
        final long pid = ProcessHandle.current().pid();
        final DirectoryLock lock = DirectoryLock.acquire(directory);
        try
        {
            final DirectoryInUseException refusal =
                assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
            assertEquals(pid, refusal.pid());
            assertTrue(refusal.getMessage().contains(directory.toString()));
            assertTrue(DirectoryLock.isHeld(directory));
            assertEquals(pid, DirectoryLock.holderPid(directory));
        }
        finally
        {
            lock.close();
        }

        assertFalse(DirectoryLock.isHeld(directory));
        lock.close();

        assertEquals(pid + "\n", Files.readString(directory.resolve("LOCK")));
        DirectoryLock.acquire(directory).close();
    }

    @Test
    void shouldSeeThroughOtherNamesOfTheDirectory() throws IOException
    {
        final Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        try (DirectoryLock lock = DirectoryLock.acquire(directory))
        {
            assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(link));
            assertTrue(DirectoryLock.isHeld(link));
            assertTrue(DirectoryLock.isHeld(directory.resolve("../" + directory.getFileName())));
            assertNotNull(lock);
        }
    }

    @Test
    void shouldBeRefusedWhileAnotherProcessHoldsItAndBeFreeAfterItsDeath() throws IOException, InterruptedException
    {
        try (TestProcess process = new TestProcess(Holder.class, directory.toString()))
        {
            assertEquals("held", process.readLine());
            for (int i = 0; i < 3; i++)
            {
                final DirectoryInUseException refusal =
                    assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
                assertEquals(process.pid(), refusal.pid());
                assertTrue(DirectoryLock.isHeld(directory));
                assertEquals(process.pid(), DirectoryLock.holderPid(directory));
            }

            process.kill();
        }

        assertFalse(DirectoryLock.isHeld(directory));
        DirectoryLock.acquire(directory).close();
    }

    @Test
    void shouldKeepTheLockWhateverThisProcessLooksAt() throws IOException, InterruptedException
    {
        try (DirectoryLock lock = DirectoryLock.acquire(directory))
        {
            assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
            assertTrue(DirectoryLock.isHeld(directory));
            assertEquals(ProcessHandle.current().pid(), DirectoryLock.holderPid(directory));
            try (TestProcess process = new TestProcess(Holder.class, directory.toString()))
            {
                assertEquals("refused " + ProcessHandle.current().pid(), process.readLine());
            }

            assertNotNull(lock);
        }
    }

    /** Takes the lock and waits for its end. */
    static final class Holder
    {
        private Holder()
        {
        }

        public static void main(final String[] arguments) throws InterruptedException
        {
            try (DirectoryLock lock = DirectoryLock.acquire(Path.of(arguments[0])))
            {
                System.out.println(lock == null ? "" : "held");
                Thread.sleep(60_000);
            }
            catch (final DirectoryInUseException ex)
            {
                System.out.println("refused " + ex.pid());
            }
        }
    }
}
