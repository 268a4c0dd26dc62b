package io.seriatim.replay;

import io.seriatim.engine.Genesis;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.RecoveredJournal;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SegmentReader;
import io.seriatim.journal.ShardMark;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootKey;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Reads all journals of a data directory from their files, executes every entry again through the state machine that
 * the engine runs, and compares every byte of what comes out with what was recorded. Beside that it checks each entry
 * without asking the state machine, and the state at the clean close.
 *
 * <pre>
 *   AuditReport report = new AuditReplay(Path.of("books")).run();
 * </pre>
 *
 * A difference or a damaged journal is no exception but part of the report. It only reads and takes no lock; beside a
 * live engine it goes up to what is committed when a journal's turn comes.
 * <p>
 * Shape: one journal after the other, all shards of it at once, each with the state that the engine would hold.<br>
 * Cost: one read and one checksum of every byte, one execution and one comparison of every entry.<br>
 * Threads: confined to one.
 */
public final class AuditReplay
{
    /** How many differences of a shard are described; all are counted. */
    public static final int DIFFERENCE_COUNT_MAX_DEFAULT = 10;

    /** How many entries lie between two calls of the progress callback, about. */
    public static final int PROGRESS_DISTANCE = 16 * 1024;

    private static final int ATTEMPT_COUNT_MAX = 3;

    /** Takes the state that a shard came to. */
    @FunctionalInterface
    public interface StateHandler
    {
        /**
         * A shard has been replayed to its end.
         *
         * @param audit        what was found.
         * @param stateMachine the state, to be read until the method returns; null if there is none.
         */
        void onState(ShardAudit audit, LedgerStateMachine stateMachine);
    }

    private final Path dataDirectory;
    private JournalFiles files;
    private LongConsumer progress = count -> {};
    private StateHandler stateHandler = (audit, stateMachine) -> {};
    private StateRootKey stateRootKey;
    private int differenceCountMax = DIFFERENCE_COUNT_MAX_DEFAULT;

    private Genesis firstGenesis;
    private long entryCount;
    private long nextProgress = PROGRESS_DISTANCE;

    /**
     * Look at a data directory.
     *
     * @param dataDirectory of an engine.
     * @throws JournalException if it holds no journals, or a manifest is damaged or missing.
     */
    public AuditReplay(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
        files = JournalFiles.open(dataDirectory);
    }

    /**
     * Sets who is told of progress; the default is nobody.
     *
     * @param progress takes how many entries were replayed so far.
     * @return this.
     */
    public AuditReplay progress(final LongConsumer progress)
    {
        this.progress = progress;
        return this;
    }

    /**
     * Sets who is given the state of each shard; the default is nobody. A shard comes again if the reading has to begin
     * anew because an engine was started meanwhile.
     *
     * @param stateHandler takes the shards journal by journal.
     * @return this.
     */
    public AuditReplay stateHandler(final StateHandler stateHandler)
    {
        this.stateHandler = stateHandler;
        return this;
    }

    /**
     * Sets how many differences of a shard are described; the default is {@link #DIFFERENCE_COUNT_MAX_DEFAULT}.
     *
     * @param differenceCountMax zero or above.
     * @return this.
     */
    public AuditReplay differenceCountMax(final int differenceCountMax)
    {
        this.differenceCountMax = differenceCountMax;
        return this;
    }

    /**
     * Whether a key is the one that the state roots are made with.
     *
     * @param key of somebody's.
     * @return false if the books say that theirs is another one; true also if they do not say it, as in a copy.
     */
    public boolean isStateRootKey(final StateRootKey key)
    {
        final String own = files.manifest(0).stateRootKey();
        return own.isEmpty() || own.equals(key.toString());
    }

    /**
     * Sets the key that state roots are made again with; the default is none, and all of them is compared but the roots
     * over accounts.
     *
     * @param stateRootKey of the books.
     * @return this.
     */
    public AuditReplay stateRootKey(final StateRootKey stateRootKey)
    {
        this.stateRootKey = stateRootKey;
        return this;
    }

    /**
     * How many entries there are, if that can be told beforehand.
     *
     * @return a count; -1 unless all journals were closed cleanly.
     */
    public long entryCountExpected()
    {
        long count = 0;
        for (int journal = 0; journal < files.journalCount(); journal++)
        {
            final Manifest manifest = files.manifest(journal);
            if (manifest.closeMarks().isEmpty())
            {
                return -1;
            }
            count += manifest.closeMarks().values().stream().mapToLong(ShardMark::nextSequence).sum();
        }
        return count;
    }

    /**
     * Replay everything.
     *
     * @return what was found.
     */
    public AuditReport run()
    {
        AuditReport report = runOnce();
        for (int i = 1; i < ATTEMPT_COUNT_MAX && report.isDamaged() && hasBeenOpenedSince(); i++)
        {
            files = JournalFiles.open(dataDirectory);
            report = runOnce();
        }
        return report;
    }

    /** What looks like damage may be an engine that was started meanwhile. */
    private boolean hasBeenOpenedSince()
    {
        final JournalFiles now = JournalFiles.open(dataDirectory);
        for (int journal = 0; journal < files.journalCount(); journal++)
        {
            if (now.manifest(journal).incarnation() != files.manifest(journal).incarnation())
            {
                return true;
            }
        }
        return false;
    }

    private AuditReport runOnce()
    {
        final long startNs = System.nanoTime();
        firstGenesis = null;
        entryCount = 0;
        nextProgress = PROGRESS_DISTANCE;
        final boolean isLive = files.isLive();
        final List<JournalAudit> journals = new ArrayList<>();
        final List<ShardAudit> shards = new ArrayList<>();
        for (int journal = 0; journal < files.journalCount(); journal++)
        {
            replay(journal, journals, shards);
        }
        shards.sort(Comparator.comparingInt(ShardAudit::shard));
        progress.accept(entryCount);
        return new AuditReport(dataDirectory, isLive, journals, shards, System.nanoTime() - startNs);
    }

    private void replay(final int journal, final List<JournalAudit> journals, final List<ShardAudit> shards)
    {
        final Manifest manifest = files.manifest(journal);
        final ShardReplay[] replays = new ShardReplay[manifest.shardCount()];
        try (SegmentReader reader = files.reader(journal))
        {
            for (final int shard : manifest.shards())
            {
                replays[shard] = new ShardReplay(shard, manifest, reader, differenceCountMax, stateRootKey,
                    RecordedStates.of(dataDirectory, shard, manifest));
            }
            final RecoveredJournal found = scan(journal, replays, journals);
            for (final int shard : manifest.shards())
            {
                final ShardReplay replay = replays[shard];
                compareGenesis(replay);
                final ShardAudit audit = replay.finish(found);
                shards.add(audit);
                stateHandler.onState(audit, replay.stateMachine());
                replay.close();
                replays[shard] = null;
            }
        }
        finally
        {
            CloseHelper.closeAll(replays);
        }
    }

    private RecoveredJournal scan(
        final int journal, final ShardReplay[] replays, final List<JournalAudit> journals)
    {
        try
        {
            final RecoveredJournal found = files.scan(
                journal,
                ScanStart.BEGINNING,
                (position, buffer, offset, length) ->
                {
                    replays[Frames.shard(buffer, offset)].onFrame(position, buffer, offset, length);
                    count(Frames.entryCount(buffer, offset));
                });
            journals.add(new JournalAudit(
                journal, found.verdict(), found.position(), found.tailLength(), found.isUnanchored(),
                found.report()));
            return found;
        }
        catch (final JournalException ex)
        {
            journals.add(new JournalAudit(journal, null, -1, 0, false, ex.getMessage()));
            return null;
        }
    }

    private void count(final int count)
    {
        entryCount += count;
        if (entryCount >= nextProgress)
        {
            nextProgress = entryCount + PROGRESS_DISTANCE;
            progress.accept(entryCount);
        }
    }

    private void compareGenesis(final ShardReplay replay)
    {
        final Genesis genesis = replay.genesis();
        if (firstGenesis == null)
        {
            firstGenesis = genesis;
        }
        else if (genesis != null && (!genesis.placement().equals(firstGenesis.placement()) ||
            genesis.batchCountMax() != firstGenesis.batchCountMax()))
        {
            replay.add(
                0, "the genesis disagrees with that of another shard: " + genesis + ", the other: " + firstGenesis,
                "", "");
        }
    }
}
