package io.seriatim.engine;

import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryEncoder;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.KeyFile;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.SegmentReader;
import io.seriatim.journal.ShardMark;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import io.seriatim.journal.SnapshotWriter;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A snapshot whose file is whole and whose content is not that of a state: each is refused with what is wrong.
 */
class SnapshotContentTest extends SnapshotFixture
{
    private static final long STATE_ROOT_EVERY = 200;
    private static final int OTHER_BLOCK = 9;

    /** What is not believed is told of in the log. */
    private final Logger log = Logger.getLogger(SnapshotRecovery.class.getName());

    private Path books;
    private Path keyFile;

    /** A block of a file. */
    private record Block(int type, byte[] bytes)
    {
    }

    @BeforeEach
    void setUp() throws IOException
    {
        log.setLevel(Level.OFF);
        books = directory.resolve("books");
        keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
    }

    @AfterEach
    void tearDown()
    {
        log.setLevel(null);
    }

    private EngineConfig configWithStateRoots()
    {
        return config().windowCapacity(128)
            .stateRoots(new StateRootConfig().keyFile(keyFile).every(STATE_ROOT_EVERY));
    }

    private void makeBooks(final EngineConfig config)
    {
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            createAccounts(engine);
            transfer(engine, 250);
            engine.snapshot();
        }
    }

    @Test
    void shouldRefuseAStateWithoutItsGenesis() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final List<Block> good = blocksOf(state);
        rewrite(state, 0, List.of());
        assertRefused("a snapshot has no genesis: file=" + state, config());
        rewrite(state, 0, good.stream().filter(block -> block.type() != SnapshotBlocks.GENESIS).toList());
        assertRefused("a snapshot does not begin with a genesis: shard=0", config());
    }

    @Test
    void shouldRefuseABlockThatThisVersionDoesNotKnow() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final List<Block> blocks = blocksOf(state);
        blocks.add(new Block(OTHER_BLOCK, new byte[8]));
        rewrite(state, 0, blocks);
        assertRefused("this version does not know such a block of a snapshot: type=9", config());
    }

    @Test
    void shouldRefuseAStateThatIsNotOfTheSequenceThatItSays() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        rewrite(state, 1, blocksOf(state));
        assertRefused(
            "a snapshot is not the state that it says: shard=0, next sequence=253, expected=254", config());
    }

    @Test
    void shouldRefuseAStateWhoseRunsDoNotSayWhereItsEntriesLie() throws IOException
    {
        makeBooks(config());
        final Path run = newest(".run");
        final List<Block> blocks = blocksOf(run);
        final Block positions = blocks.stream().filter(block -> block.type() == SnapshotBlocks.POSITIONS).findFirst()
            .orElseThrow();
        final int index = blocks.indexOf(positions);
        blocks.set(index, new Block(
            positions.type(),
            Arrays.copyOfRange(positions.bytes(), EntryPositions.ROW_LENGTH, positions.bytes().length)));
        rewrite(run, 0, blocks);
        assertRefused(
            "a snapshot does not say where the first entry lies: shard=0, next sequence=253, positions=" +
            (positions.bytes().length / EntryPositions.ROW_LENGTH - 1) + ", file=" + newest(".snap"), config());

        blocks.remove(index);
        rewrite(run, 0, blocks);
        assertRefused(
            "a snapshot does not say where the first entry lies: shard=0, next sequence=253, positions=0, file=" +
            newest(".snap"), config());
    }

    @Test
    void shouldRefuseAStateWithoutTheRootThatWasWaiting() throws IOException
    {
        makeBooks(configWithStateRoots());
        final Path state = newest(".snap");
        final List<Block> blocks = blocksOf(state);
        final Block root = blocks.stream().filter(block -> block.type() == SnapshotBlocks.STATE_ROOT).findFirst()
            .orElseThrow();
        blocks.remove(root);
        rewrite(state, 0, blocks);
        assertRefused(
            "a snapshot does not hold the state root that was waiting: shard=0, next sequence=253, found=none, file=" +
            state, configWithStateRoots());

        new StateRootEntryEncoder().wrap(new UnsafeBuffer(root.bytes()), MessageHeaderEncoder.ENCODED_LENGTH)
            .asOfSequence(253);
        blocks.add(root);
        rewrite(state, 0, blocks);
        assertRefused(
            "a snapshot does not hold the state root that was waiting: shard=0, next sequence=253, found=as of " +
            "sequence 253, file=" + state, configWithStateRoots());
    }

    @Test
    void shouldRefuseARootThatWasMadeWithAnotherKey() throws IOException
    {
        makeBooks(configWithStateRoots());
        final Path state = newest(".snap");
        final List<Block> blocks = blocksOf(state);
        final byte[] root = blocks.get(blocks.size() - 1).bytes();
        assertEquals(WaitingRootBlock.LENGTH, root.length);
        root[root.length - 1] ^= 1;
        rewrite(state, 0, blocks);
        final String message = "the state roots of shard 0 are made with another key, by its newest snapshot; launch " +
            "with the key that the books were created with";
        assertEquals(
            message,
            assertThrows(IllegalArgumentException.class, () -> load(configWithStateRoots())).getMessage());
    }

    @Test
    void shouldRefuseARootOfBooksThatHaveNone() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final List<Block> blocks = blocksOf(state);
        final UnsafeBuffer root = new UnsafeBuffer(new byte[WaitingRootBlock.LENGTH]);
        new StateRootEntryEncoder().wrapAndApplyHeader(root, 0, new MessageHeaderEncoder()).asOfSequence(200);
        blocks.add(new Block(SnapshotBlocks.STATE_ROOT, root.byteArray()));
        rewrite(state, 0, blocks);
        assertTrue(
            assertThrows(IllegalArgumentException.class, () -> load(config())).getMessage()
                .startsWith("the state roots of shard 0 are made with another key"));
    }

    @Test
    void shouldNotBelieveASnapshotUnderTheNameOfAnother() throws IOException
    {
        makeBooks(config());
        final Path state = newest(".snap");
        final Path run = newest(".run");
        final ShardSnapshots snapshots = new ShardSnapshots(books, 0);
        final long position = number(state);
        Files.move(state, snapshots.stateFile(position - 32, 253));
        Files.move(run, snapshots.runFile(0, position - 32));
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().contains(
                    "a snapshot can not be believed and is put aside: position=" + (position - 32) +
                    ": a snapshot has the name of another one: position=" + position + ", shard=0"),
                engine.launchReport()::toString);
            assertEquals(253, engine.stateMachine(0).nextSequence(), "the journal was read instead");
        }
    }

    /** There is no entry yet whose place a snapshot could know. */
    @Test
    void shouldGoOnFromASnapshotOfBooksWithoutAnEntry()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            engine.snapshot();
        }
        final String digest;
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
            createAccounts(engine);
            transfer(engine, 250);
            engine.snapshot();
            digest = digest(engine);
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(hasStartedFromSnapshot(engine), engine.launchReport()::toString);
            assertBooks(engine, digest);
        }
    }

    @Test
    void shouldRefuseAStateThatIsNotTheOneAtTheCleanClose()
    {
        makeBooks(config());
        final Manifest manifest = Manifest.read(books.resolve("journal-0"));
        final ShardMark good = manifest.closeMarks().get(0);
        assertEquals(253, good.nextSequence());
        final String otherDigest = (good.stateDigest().charAt(0) == '0' ? '1' : '0') + good.stateDigest().substring(1);
        final List<ShardMark> wrong = List.of(
            new ShardMark(0, 253, otherDigest, good.accountCount(), good.transferCount()),
            new ShardMark(0, 253, good.stateDigest(), good.accountCount() + 1, good.transferCount()),
            new ShardMark(0, 253, good.stateDigest(), good.accountCount(), good.transferCount() - 1));
        withRecovery(config(), recovery ->
        {
            recovery.load(newest(".snap"), files(".run"), manifest.logUuid());
            recovery.requireSameAs(good);
            recovery.requireSameAs(new ShardMark(0, 252, otherDigest, 0, 0));
            for (final ShardMark mark : wrong)
            {
                assertEquals(
                    "the state differs from the one at the clean close: shard=0, sequence=252, expected digest=" +
                    mark.stateDigest() + ", actual digest=" + good.stateDigest() +
                    ", expected accounts and transfers=" + mark.accountCount() + " and " + mark.transferCount() +
                    ", actual=2 and 250; the journal's bytes are intact: this program judges its commands otherwise " +
                    "than the one that wrote it",
                    assertThrows(JournalException.class, () -> recovery.requireSameAs(mark)).getMessage());
            }
        });
    }

    private void assertRefused(final String message, final EngineConfig config)
    {
        final String actual = assertThrows(JournalException.class, () -> load(config)).getMessage();
        assertTrue(actual.startsWith(message), actual);
    }

    private void load(final EngineConfig config)
    {
        withRecovery(config, recovery -> recovery.load(
            newest(".snap"), files(".run"), Manifest.read(books.resolve("journal-0")).logUuid()));
    }

    private void withRecovery(final EngineConfig config, final Consumer<ShardRecovery> consumer)
    {
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0"));
            ShardRecovery recovery = new ShardRecovery(0, config, reader, reader.frameLengthMax(), genesis -> { }))
        {
            consumer.accept(recovery);
        }
    }

    private static List<Block> blocksOf(final Path file)
    {
        final List<Block> blocks = new ArrayList<>();
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            reader.read((type, buffer, offset, length) ->
            {
                final byte[] bytes = new byte[length];
                buffer.getBytes(offset, bytes);
                blocks.add(new Block(type, bytes));
            });
        }
        return blocks;
    }

    /** Other blocks under the same digest, all with valid checksums, and perhaps with another sequence. */
    private static void rewrite(final Path file, final long sequenceChange, final List<Block> blocks)
        throws IOException
    {
        final SnapshotHeader own;
        final byte[] digest;
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            own = reader.header();
            digest = reader.read((type, buffer, offset, length) -> { });
        }
        Files.delete(file);
        try (SnapshotWriter writer = new SnapshotWriter(file, new SnapshotHeader(
            own.kind(), own.logUuid(), own.shard(), own.from(), own.position(), own.nextSequence() + sequenceChange,
            own.previousCrc())))
        {
            for (final Block block : blocks)
            {
                writer.write(block.type(), new UnsafeBuffer(block.bytes()), 0, block.bytes().length);
            }
            writer.end(digest);
            writer.publish();
        }
    }
}
