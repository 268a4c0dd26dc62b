package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.ArchiveJournal;
import io.seriatim.journal.FrameHandler;
import io.seriatim.journal.FrameWriter;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalDirectory;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalLayout;
import io.seriatim.journal.JournalReader;
import io.seriatim.journal.JournalWatchdog;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SegmentReader;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.EntryWindow;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Shards on journals in a data directory: created, or recovered. A watchdog on a thread of its own turns a journal that
 * hangs into a stop; where the owner steps the engine himself there is none, as he may stand still as long as he likes.
 */
final class DurableStore extends EngineStore
{
    private static final System.Logger LOGGER = System.getLogger(DurableStore.class.getName());

    private final EngineConfig config;
    private final JournalDirectory directory;
    private final boolean isNew;
    private final List<ArchiveJournal> journals = new ArrayList<>();
    private final JournalWatchdog watchdog;
    private final List<String> report = new ArrayList<>();
    private final TreeMap<Integer, Shard> shardsByNumber = new TreeMap<>();

    DurableStore(final EngineConfig config)
    {
        this.config = config;
        final JournalConfig journalConfig =
            config.journal().copy().dataDirectory(config.dataDirectory()).durability(config.durability());
        directory = JournalDirectory.open(journalConfig);
        boolean isOpened = false;
        try
        {
            if (!directory.notice().isEmpty())
            {
                LOGGER.log(System.Logger.Level.WARNING, directory.notice());
                report.add(directory.notice());
            }
            isNew = directory.isNew();
            if (isNew)
            {
                create();
            }
            for (int journal = 0; journal < directory.journalCount(); journal++)
            {
                open(journal);
            }
            shards().addAll(shardsByNumber.values());
            guardAdmission();
            watchdog = new JournalWatchdog(journals);
            if (config.threading() != Threading.INVOKER)
            {
                watchdog.start();
            }
            isOpened = true;
        }
        finally
        {
            if (!isOpened)
            {
                shardsByNumber.values().forEach(Shard::release);
                directory.close();
            }
        }
    }

    @Override
    List<Agent> journalAgents()
    {
        return journals.stream().map(ArchiveJournal::agent).toList();
    }

    @Override
    JournalReader openReader(final int journal)
    {
        return new SegmentReader(journals.get(journal).directory());
    }

    @Override
    SealingSource.Force forceOf(final int journal)
    {
        return journals.get(journal)::force;
    }

    @Override
    long appendedPosition(final int journal)
    {
        return journals.get(journal).appendedPosition();
    }

    @Override
    List<String> report()
    {
        return List.copyOf(report);
    }

    @Override
    void activate()
    {
        if (isNew)
        {
            final Map<Integer, Long> nextSequences = new TreeMap<>();
            shards().forEach(shard -> nextSequences.put(shard.id(), shard.stateMachine().nextSequence()));
            directory.activate(nextSequences);
        }
    }

    @Override
    void close(final boolean isClean, final Runnable closeAgents)
    {
        try
        {
            if (isClean)
            {
                announceCleanClose();
            }
        }
        finally
        {
            letGo(closeAgents);
        }
        journals.stream().map(ArchiveJournal::failure).filter(failure -> isClean && failure != null).findFirst()
            .ifPresent(failure ->
            {
                throw failure;
            });
    }

    private void announceCleanClose()
    {
        for (int i = 0; i < journals.size(); i++)
        {
            journals.get(i).closeCleanly(
                Arrays.stream(shardAgents().get(i).shards()).map(Shard::shardMark).toList());
        }
    }

    private void letGo(final Runnable closeAgents)
    {
        try
        {
            // The memory is let go of once nobody works on it any more, whatever the journals then meet.
            closeAgents.run();
            try
            {
                CloseHelper.closeAll(journals);
            }
            finally
            {
                shards().forEach(Shard::release);
            }
        }
        finally
        {
            watchdog.close();
            directory.close();
        }
    }

    private void guardAdmission()
    {
        admissionConditions().addAll(config.admissionConditions());
        final DiskReserve reserve = config.diskReserveFor(directory.manifest(0).segmentLength());
        if (reserve != null)
        {
            admissionConditions().add(reserve);
        }
    }

    private void create()
    {
        config.validateForNew();
        final int shardCount = config.shardCountForNew();
        directory.create(
            JournalLayout.of(config.logUuidForNew(), shardCount, config.journalCountFor(shardCount))
                .withStateRootKey(config.stateRoots() == null ? "" : config.stateRoots().fingerprint()));
    }

    private void open(final int journalIndex)
    {
        final Manifest manifest = directory.manifest(journalIndex);
        requireAgreement(manifest);
        reportRepairs(manifest);
        final long startNs = System.nanoTime();
        Map<Integer, ShardRecovery> recoveries = Map.of();
        try (SegmentReader reader = new SegmentReader(
            config.dataDirectory().resolve("journal-" + journalIndex)))
        {
            final SnapshotRecovery snapshots = new SnapshotRecovery(
                config.dataDirectory(), manifest, () -> recoveriesOf(manifest, reader));
            final ScanStart scanStart = snapshots.load();
            report.addAll(snapshots.report());
            recoveries = snapshots.recoveries();
            final RecoveredJournal recovered = directory.recover(journalIndex, scanStart, dispatcher(recoveries));
            final long replayedCount =
                recoveries.values().stream().mapToLong(ShardRecovery::replayedCount).sum();
            final List<Shard> shards = new ArrayList<>();
            final List<ShardAgent.Opening> openings = new ArrayList<>();
            for (final Map.Entry<Integer, ShardRecovery> entry : recoveries.entrySet())
            {
                final int shard = entry.getKey();
                finish(entry.getValue(), manifest.logUuid(), shard, recovered);
                shards.add(entry.getValue().toShard());
                openings.add(new ShardAgent.Opening(
                    recovered.verdict() == RecoveredJournal.Verdict.NEW, recovered.previousCrc(shard)));
                shardsByNumber.put(shard, shards.get(shards.size() - 1));
            }
            report.add(
                recovered.verdict() == RecoveredJournal.Verdict.NEW ? recovered.report() :
                recovered.report() + "; replayed " + replayedCount + " entries; recovered in " +
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs) + " ms");
            snapshots.putAside();
            final ArchiveJournal journal = directory.journal(journalIndex);
            requireWindow(journal, shards.get(0).genesis());
            journals.add(journal);
            final SnapshotSource source =
                addSnapshots(journalIndex, journal, shards, List.copyOf(recoveries.values()), scanStart);
            addQuerySnapshots(journalIndex, journal);
            shardAgents().add(new ShardAgent(
                journal, journal::isOpen, journal::incarnation,
                shards.toArray(new Shard[0]), openings.toArray(new ShardAgent.Opening[0]), source));
        }
        finally
        {
            CloseHelper.closeAll(recoveries.values());
        }
    }

    /** What was cut off since the last launch is told once more, as nobody should learn of it from a customer. */
    private void reportRepairs(final Manifest manifest)
    {
        manifest.repairs().stream().filter(repair -> repair.incarnation() == manifest.incarnation()).forEach(repair ->
        {
            final String text = "journal " + manifest.journalIndex() + " was repaired: " + repair;
            LOGGER.log(System.Logger.Level.WARNING, text);
            report.add(text);
        });
    }

    private Map<Integer, ShardRecovery> recoveriesOf(final Manifest manifest, final SegmentReader reader)
    {
        final Map<Integer, ShardRecovery> recoveries = new TreeMap<>();
        for (final int shard : manifest.shards())
        {
            recoveries.put(shard, new ShardRecovery(
                shard, config, reader, reader.frameLengthMax(), genesis ->
                {
                    requireOwn(genesis, manifest, shard);
                    requireAgreement(genesis);
                }));
        }
        return recoveries;
    }

    private SnapshotSource addSnapshots(
        final int journalIndex,
        final ArchiveJournal journal,
        final List<Shard> shards,
        final List<ShardRecovery> recoveries,
        final ScanStart start)
    {
        final SnapshotExchange exchange = new SnapshotExchange();
        snapshotExchanges().add(exchange);
        snapshotAgents().add(new SnapshotAgent(
            journalIndex,
            shards.stream().map(Shard::genesis).toList(),
            shards.stream().map(shard -> new ShardSnapshots(config.dataDirectory(), shard.id())).toList(),
            exchange,
            journal::committedPosition,
            () -> openReader(journalIndex),
            journal::storeWatermark,
            config.snapshotsRetained(),
            recoveries.stream().map(ShardRecovery::base).toList()));
        return new SnapshotSource(
            shards.toArray(new Shard[0]), exchange, config.snapshotEntries(), config.snapshotIntervalNs(),
            start.nextSequences().values().stream().mapToLong(Long::longValue).sum());
    }

    private void addQuerySnapshots(final int journalIndex, final ArchiveJournal journal)
    {
        final QuerySnapshotFiles files =
            new QuerySnapshotFiles(config.dataDirectory().resolve("journal-" + journalIndex));
        files.tidy(journal.manifest().watermark().position());
        final QuerySnapshots snapshots = new QuerySnapshots(
            snapshotExchanges().get(journalIndex), files, journal.manifest().logUuid(), journalIndex);
        querySnapshots().add(snapshots);
        snapshotAgents().add(new QuerySnapshotAgent(
            journalIndex, snapshots, () -> journal.manifest().watermark().position(), config.snapshotsRetained()));
    }

    private static FrameHandler dispatcher(final Map<Integer, ShardRecovery> recoveries)
    {
        final FrameHeaderDecoder header = new FrameHeaderDecoder();
        return (position, buffer, offset, length) ->
        {
            header.wrap(
                buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH,
                FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION);
            recoveries.get(header.shard()).onFrame(position, buffer, offset, length);
        };
    }

    private void finish(
        final ShardRecovery recovery, final UUID logUuid, final int shard, final RecoveredJournal recovered)
    {
        if (recovered.verdict() == RecoveredJournal.Verdict.NEW)
        {
            recovery.create(config.genesis(logUuid, shard));
            return;
        }
        if (recovery.isEmpty())
        {
            throw new JournalException("a shard has no genesis entry: shard=" + shard);
        }
        final ShardMark mark = recovered.closeMarks().get(shard);
        if (mark != null)
        {
            recovery.requireSameAs(mark);
        }
        requireClock(shard, recovery.lastTimestampNs());
    }

    private static void requireOwn(final Genesis genesis, final Manifest manifest, final int shard)
    {
        if (genesis.shard() != shard || genesis.shardCount() != manifest.shardCount() ||
            !genesis.logUuid().equals(manifest.logUuid()))
        {
            throw new JournalException(
                "the genesis entry is not that of this shard: found " + genesis + "; expected shard=" + shard +
                ", shardCount=" + manifest.shardCount() + ", logUuid=" + manifest.logUuid());
        }
    }

    private void requireAgreement(final Manifest manifest)
    {
        requireEqual("shardCount", config.shardCount(), manifest.shardCount());
        requireEqual("journalCount", config.journalCount(), manifest.journalCount());
        if (config.stateRoots() != null && !manifest.stateRootKey().isEmpty() &&
            !manifest.stateRootKey().equals(config.stateRoots().fingerprint()))
        {
            throw new IllegalArgumentException(
                "the state roots are made with another key: fingerprint=" + manifest.stateRootKey() + ", given=" +
                config.stateRoots().fingerprint() + "; launch with the key that the books were created with");
        }
    }

    private void requireAgreement(final Genesis genesis)
    {
        requireEqual("batchCountMax", config.batchCountMax(), genesis.batchCountMax());
        if (!config.placement().isEmpty() && !config.placement().equals(genesis.placement()))
        {
            throw disagrees("placement", config.placement(), genesis.placement());
        }
        if (config.logUuid() != null && !config.logUuid().equals(genesis.logUuid()))
        {
            throw disagrees("logUuid", config.logUuid(), genesis.logUuid());
        }
        if (config.origin() != null && !genesis.origin().equals(config.origin() + "/" + genesis.shard()))
        {
            throw disagrees("origin", config.origin(), genesis.origin());
        }
    }

    private void requireEqual(final String name, final long asked, final long created)
    {
        if (asked != 0 && asked != created)
        {
            throw disagrees(name, asked, created);
        }
    }

    private IllegalArgumentException disagrees(final String name, final Object asked, final Object created)
    {
        return new IllegalArgumentException(
            "EngineConfig." + name + " is " + asked + ", but the directory was created with " + created +
            ", which can not be changed: directory=" + config.dataDirectory());
    }

    private void requireClock(final int shard, final long lastTimestampNs)
    {
        if (config.isClockChecked())
        {
            final long aheadNs = config.clock().nanoTime() - lastTimestampNs;
            if (aheadNs > config.clockJumpMaxNs() && lastTimestampNs > 0)
            {
                report.add(
                    "the clock is " + TimeUnit.NANOSECONDS.toSeconds(aheadNs) +
                    " s ahead of the newest entry of shard " + shard +
                    ": as it is after down time; the next entry makes this the ledger's time");
            }
            if (-aheadNs > config.clockJumpMaxNs())
            {
                throw new JournalException(
                    "the clock is " + TimeUnit.NANOSECONDS.toSeconds(-aheadNs) +
                    " s behind the newest entry of shard " + shard +
                    ": set the clock, or EngineConfig.clockJumpMaxNs to launch all the same");
            }
        }
    }

    /** A request must fit the publication's window whole, as room for it is made sure of before it changes anything. */
    private static void requireWindow(final ArchiveJournal journal, final Genesis genesis)
    {
        final long needed = FrameWriter.roomFor(
            genesis.requestEntryCountMax(), EntryWindow.ENTRY_LENGTH_MAX, journal.frameLengthMax()) +
            journal.frameLengthMax();
        if (needed > journal.windowMax())
        {
            throw new IllegalArgumentException(
                "a request of batchCountMax events does not fit the journal's window: batchCountMax=" +
                genesis.batchCountMax() + ", bytes=" + needed + ", window=" + journal.windowMax() +
                "; create the directory with a smaller batchCountMax, or longer terms (JournalConfig.termLength)");
        }
    }
}
