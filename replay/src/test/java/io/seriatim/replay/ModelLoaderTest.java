package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.JournalException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A snapshot of a read model is taken whole and in its order, or not at all. */
class ModelLoaderTest
{
    private static final int CHUNK_LENGTH = 64 * 1024;
    private static final int ACCOUNT_COUNT = 3;

    /** The blocks: a head, and a table each of those that have rows. */
    private List<byte[]> blocks;

    @BeforeEach
    void copyBooks()
    {
        try (ShardBooks books = new ShardBooks(2))
        {
            books.witness(new NoWitness());
            final List<UnsafeBuffer> accounts = new ArrayList<>();
            for (int id = 1; id <= ACCOUNT_COUNT; id++)
            {
                final UnsafeBuffer account = ShardBooks.newAccount();
                new AccountRecordEncoder().wrap(account, 0).idLow(id).ledger(840).code(1);
                accounts.add(account);
            }
            books.createAccounts(1_000, accounts);
            books.commit(books.uncommittedCount());
            books.follow();
            books.beginCopy();
            while (books.isCopying())
            {
                books.copySlice(CHUNK_LENGTH);
            }
            blocks = new ArrayList<>(books.image().slices());
        }
    }

    @Test
    void shouldLoadWhatWasCopiedAndCopyTheSame()
    {
        final List<ModelLoader.Loaded> loaded = load(loader -> { });
        try (ModelParts parts = loaded.get(0).parts())
        {
            assertEquals(1, loaded.size());
            assertEquals(ACCOUNT_COUNT, parts.model().appliedSequence());
            assertEquals(0, parts.shard());
            final ModelCopy copy = new ModelCopy(parts, loaded.get(0).crc());
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[CHUNK_LENGTH]);
            for (final byte[] block : blocks)
            {
                final int length = copy.copy(buffer, CHUNK_LENGTH);
                assertArrayEquals(block, Arrays.copyOf(buffer.byteArray(), length));
            }
            assertTrue(copy.isComplete());
            copy.end();
        }
    }

    static Stream<Arguments> blocksThatDoNotFit()
    {
        return Stream.of(
            bad("a table behind the last one", all -> all.add(all.get(1)), "not the table that comes next: found=0"),
            bad("rows before a head", all -> all.remove(0), "not the table that comes next: found=0"),
            bad("rows of another shard", all -> put(all.get(1), 0, 1), "not the table that comes next: found=0"),
            bad("rows of another table", all -> put(all.get(1), ModelChunks.TABLE_OFFSET, 1),
                "not the table that comes next: found=1"),
            bad("no rows", all -> put(all.get(1), ModelChunks.ROW_COUNT_OFFSET, 0), "not so many rows: found=0"),
            bad("more rows than the head says", all -> put(all.get(1), ModelChunks.ROW_COUNT_OFFSET, 4),
                "not so many rows: found=4"),
            bad("rows that are cut", all -> all.set(1, Arrays.copyOf(all.get(1), all.get(1).length - 1)),
                "not so many rows: found=3"),
            bad("less than a header", all -> all.set(1, new byte[ModelChunks.HEADER_LENGTH - 1]),
                "not a chunk of a read model: found=1"),
            bad("a head twice at the start", all -> all.add(1, all.get(0)), "rows are missing: found=0"),
            bad("a head twice at the end", all -> all.add(all.get(0)), "no such shard, or it comes twice: found=0"),
            bad("a head of another shard", all -> put(all.get(0), 0, 7), "no such shard, or it comes twice: found=7"),
            bad("a head that is cut", all -> all.set(0, Arrays.copyOf(all.get(0), ModelChunks.COUNTS_OFFSET - 1)),
                "it was written by another version: found=39"),
            bad("a head of another format", all -> put(all.get(0), ModelChunks.FORMAT_OFFSET, 2),
                "it was written by another version: found="),
            bad("a table too many", all -> put(all.get(0), ModelChunks.ROW_COUNT_OFFSET, 99),
                "not so many tables: found=99"),
            bad("a count too many", all -> all.set(0, Arrays.copyOf(all.get(0), all.get(0).length + Integer.BYTES)),
                "not so many tables: found="),
            bad("a number of rows below 0", all -> put(all.get(0), ModelChunks.COUNTS_OFFSET, -1),
                "not a number of rows: found=-1"),
            bad("no last table", all -> all.remove(all.size() - 1), "rows are missing: found="),
            bad("no block", List::clear, "shards are missing: found=1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocksThatDoNotFit")
    void shouldRefuseTheBlockThatDoesNotFit(
        final String name, final Consumer<List<byte[]>> edit, final String expected)
    {
        edit.accept(blocks);
        final JournalException ex = assertThrows(JournalException.class, () -> load(loader -> { }));
        final String message = "the snapshot of a read model can not be used: " + expected;
        assertEquals(message, expected.endsWith("=") ?
            ex.getMessage().substring(0, ex.getMessage().lastIndexOf('=') + 1) : ex.getMessage());
    }

    @Test
    void shouldRefuseABlockOfAnotherType()
    {
        final JournalException ex = assertThrows(JournalException.class, () -> load(
            loader -> loader.onBlock(ModelChunks.CHUNK + 1, new UnsafeBuffer(blocks.get(0)), 0, blocks.get(0).length)));
        assertEquals("the snapshot of a read model can not be used: not a chunk of a read model: found=2",
            ex.getMessage());
    }

    private List<ModelLoader.Loaded> load(final Consumer<ModelLoader> before)
    {
        try (ModelLoader loader = new ModelLoader(Set.of(0), (shard, seed) ->
            new ModelParts(shard, new ReadModel(seed, -1), new StoredEntries(shard, 1024))))
        {
            before.accept(loader);
            blocks.forEach(block -> loader.onBlock(ModelChunks.CHUNK, new UnsafeBuffer(block), 0, block.length));
            return loader.end();
        }
    }

    private static Arguments bad(final String name, final Consumer<List<byte[]>> edit, final String message)
    {
        return arguments(name, edit, message);
    }

    private static void put(final byte[] block, final int offset, final int value)
    {
        new UnsafeBuffer(block).putInt(offset, value);
    }

    private static final class NoWitness implements ShardBooks.Witness
    {
        @Override
        public void beforeTransfer(final TransferRecordDecoder transfer)
        {
            // Nothing to see.
        }

        @Override
        public void beforeAccount(final AccountRecordDecoder account)
        {
            // Nothing to see.
        }

        @Override
        public void onEntry(final long sequence, final UnsafeBuffer entry)
        {
            // Nothing to see.
        }
    }
}
