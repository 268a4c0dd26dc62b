package io.seriatim.engine;

import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Replication;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One of several journals can not be opened: the launch says so at once, whichever threads the journals share. */
class LaunchFailureTest
{
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String SECRET = "0123456789abcdef";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Threading.class)
    void shouldSayWhyTheSecondJournalCanNotBeOpened(final Threading threading) throws IOException
    {
        launch(threading, null).close();
        try (DatagramSocket taken = behindAFreePort())
        {
            final JournalException refused = assertThrows(JournalException.class, () -> launch(
                threading, new Replication(LOOPBACK.getHostAddress(), taken.getLocalPort() - 1, SECRET)).close());
            assertFalse(refused.getMessage().contains("in time"), refused::getMessage);
            assertTrue(refused.getMessage().contains("the journal can not be opened"), refused::getMessage);
            assertTrue(refused.getMessage().contains(Integer.toString(taken.getLocalPort())), refused::getMessage);
        }
        try (LedgerEngine engine = launch(threading, null))
        {
            assertEquals(2, engine.shardCount());
        }
    }

    /** A port is taken whose neighbour below is free. */
    private static DatagramSocket behindAFreePort() throws IOException
    {
        while (true)
        {
            final DatagramSocket taken = new DatagramSocket(0, LOOPBACK);
            try
            {
                new DatagramSocket(taken.getLocalPort() - 1, LOOPBACK).close();
                return taken;
            }
            catch (final BindException ex)
            {
                taken.close();
            }
        }
    }

    private LedgerEngine launch(final Threading threading, final Replication replication)
    {
        final JournalConfig journal = new JournalConfig().termLength(256 * 1024).segmentLength(256 * 1024);
        if (replication != null)
        {
            journal.replication(replication);
        }
        return LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory).shardCount(2).journalCount(2).batchCountMax(64).threading(threading)
            .journal(journal));
    }
}
