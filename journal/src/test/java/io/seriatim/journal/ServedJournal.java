package io.seriatim.journal;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

import java.nio.file.Path;

/** A journal that is sent to followers by an archive, whatever its entries say: no engine looks at them. */
public final class ServedJournal implements AutoCloseable
{
    private final JournalDirectory directory;
    private final ArchiveJournal journal;
    private final AgentRunner runner;

    public ServedJournal(final Path dataDirectory, final Replication replication)
    {
        directory = JournalDirectory.open(
            new JournalConfig().dataDirectory(dataDirectory).durability(Durability.OS).replication(replication));
        directory.recover(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
        journal = directory.journal(0);
        runner = new AgentRunner(new SleepingMillisIdleStrategy(1), (error) -> {}, null, journal.agent());
        AgentRunner.startOnThread(runner);
        journal.awaitOpen();
    }

    public boolean isOpen()
    {
        return journal.isOpen();
    }

    @Override
    public void close()
    {
        runner.close();
        journal.close();
        directory.close();
    }
}
