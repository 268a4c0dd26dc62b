package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.ChangeEventType;
import io.seriatim.engine.Explanation;
import io.seriatim.engine.Filter;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.PendingState;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Books drawn at random: every answer of the read model is the same, byte for byte, as that of a scan over copies of
 * everything; and every explanation says by what the state machine has judged.
 */
class ReadModelRandomTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.books.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.books.seeds", 12);
    private static final int STEPS = 800;
    private static final int STEPS_PER_CHECK = 50;
    private static final int QUERIES_PER_CHECK = 250;
    private static final int STEPS_PER_COPY = 20;
    private static final int SLICE_LENGTH = 13_000;

    private static final RequestKind[] KINDS = Arrays.stream(RequestKind.values())
        .filter(kind -> kind.isQuery() && kind != RequestKind.EXPLAIN).toArray(RequestKind[]::new);

    private final Map<RequestKind, Integer> rowCounts = new TreeMap<>();
    private final Set<String> explained = new TreeSet<>();
    private final int[] eventCounts = new int[5];
    private int chainCount;
    private int closedCount;
    private int behindReleaseCount;
    private int copyCount;

    @Test
    void shouldAnswerAsAScanOfTheWholeHistoryDoes()
    {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try (RandomBooks books = new RandomBooks(seed))
            {
                run(books);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("seed=" + seed, ex);
            }
        }
        final String seen = "events by type=" + Arrays.toString(eventCounts) + ", events on closed accounts=" +
            closedCount + ", imports behind a later release=" + behindReleaseCount + ", rows compared=" + rowCounts +
            ", explained inside a broken chain=" + chainCount + ", models from a copy=" + copyCount +
            ", outcomes explained=" + explained.size();
        System.out.println("read model: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", " + seen);
        assertTrue(Arrays.stream(eventCounts).allMatch(count -> count > 100), seen);
        assertTrue(closedCount > 10 && behindReleaseCount > 10 && chainCount > 100 && copyCount > 50, seen);
        assertEquals(KINDS.length, rowCounts.size(), seen);
    }

    private void run(final RandomBooks books)
    {
        for (int step = 1; step <= STEPS; step++)
        {
            books.step();
            copy(books, step);
            if (step % STEPS_PER_CHECK == 0)
            {
                books.catchUp();
                assertEquals(books.naive.lastSequence, books.books.model().appliedSequence());
                for (int i = 0; i < QUERIES_PER_CHECK; i++)
                {
                    compare(books);
                }
            }
        }
        for (long sequence = 1; sequence <= books.naive.lastSequence; sequence++)
        {
            compareExplanation(books, sequence);
        }
        note(books.naive);
    }

    /** From time to time a copy is made, slice by slice while the books go on, which then takes the model's place. */
    private void copy(final RandomBooks random, final int step)
    {
        final ShardBooks books = random.books;
        if (books.isCopying())
        {
            for (int i = 0; i < 3 && books.isCopying(); i++)
            {
                books.copySlice(SLICE_LENGTH);
            }
            if (!books.isCopying())
            {
                requireSameBehindCopy(random);
                copyCount++;
            }
        }
        else if (step % STEPS_PER_COPY == 0)
        {
            random.catchUp();
            books.beginCopy();
        }
    }

    /** A model from the copy, having followed the rest, is the same in every byte as the one that was copied. */
    private static void requireSameBehindCopy(final RandomBooks random)
    {
        final ShardBooks books = random.books;
        random.catchUp();
        final ShardBooks.Image image = books.image();
        final List<byte[]> expected = wholeCopy(books);
        books.goOnFrom(image);
        final List<byte[]> actual = wholeCopy(books);
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++)
        {
            assertArrayEquals(expected.get(i), actual.get(i), "slice " + i);
        }
    }

    private static List<byte[]> wholeCopy(final ShardBooks books)
    {
        books.beginCopy();
        while (books.isCopying())
        {
            books.copySlice(SLICE_LENGTH);
        }
        return books.image().slices();
    }

    private void note(final NaiveBooks naive)
    {
        long releaseNs = 0;
        for (final NaiveBooks.Event event : naive.events)
        {
            final UnsafeBuffer row = new UnsafeBuffer(event.row());
            final int type = row.getInt(QueryRows.EVENT_TYPE_OFFSET);
            eventCounts[type]++;
            behindReleaseCount += event.timestampNs() < releaseNs ? 1 : 0;
            releaseNs = type == ChangeEventType.TWO_PHASE_EXPIRED.code() ? event.timestampNs() : releaseNs;
            closedCount += isClosed(row, QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET) ||
                isClosed(row, QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET) ? 1 : 0;
        }
    }

    private static boolean isClosed(final UnsafeBuffer row, final int accountOffset)
    {
        return (new AccountRecordDecoder().wrap(row, accountOffset).flags() & AccountFlags.CLOSED) != 0;
    }

    private void compare(final RandomBooks books)
    {
        final SplittableRandom random = books.random();
        final RequestKind kind = KINDS[random.nextInt(KINDS.length)];
        final Filter filter = draw(books, kind);
        final int rowCountMax = books.chance(30) ? random.nextInt(4) : books.chance(50) ? random.nextInt(100) : 5_000;
        final List<byte[]> expected = books.naive.query(kind, filter, rowCountMax);
        final List<byte[]> actual = books.books.query(kind, filter, rowCountMax);
        rowCounts.merge(kind, actual.size(), Integer::sum);
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++)
        {
            final int row = i;
            assertEquals(
                HexFormat.of().formatHex(expected.get(i)), HexFormat.of().formatHex(actual.get(i)),
                () -> text(kind, filter) + ", row=" + row);
        }
        assertEquals(expected.size(), actual.size(), () -> text(kind, filter));
    }

    private static Filter draw(final RandomBooks books, final RequestKind kind)
    {
        final SplittableRandom random = books.random();
        final Filter filter = books.books.newFilter();
        final boolean isOfAccount = kind == RequestKind.GET_ACCOUNT_TRANSFERS ||
            kind == RequestKind.GET_ACCOUNT_BALANCES;
        filter.limit(books.chance(2) ? 0 : books.chance(20) ? -1 : 1 + random.nextInt(200));
        filter.id(0, books.chance(3) ? random.nextInt(2) * -1 :
            books.accountIds.get(random.nextInt(Math.min(books.chance(70) ? 8 : 1_000, books.accountIds.size()))));
        filter.sequence(books.chance(3) ? random.nextLong() : random.nextLong(books.naive.lastSequence + 2));
        filter.state(books.chance(3) ? 0 : 1 + random.nextInt(4));
        if (isOfAccount || books.chance(60))
        {
            filter.flags(
                isOfAccount ? books.chance(97) ? 1 + random.nextInt(books.chance(50) ? 7 : 15) : random.nextInt(32) :
                kind == RequestKind.GET_CHANGE_EVENTS ? books.chance(95) ? 0 : 1 :
                books.chance(95) ? random.nextInt(2) : random.nextInt(8));
        }
        if (books.chance(30))
        {
            filter.userData128(random.nextInt(2), random.nextInt(4));
        }
        if (books.chance(30))
        {
            filter.userData64(random.nextInt(4));
        }
        if (books.chance(20))
        {
            filter.userData32(random.nextInt(4));
        }
        if (books.chance(30))
        {
            filter.code(random.nextInt(5));
        }
        if (books.chance(30))
        {
            filter.ledger(books.chance(95) ? RandomBooks.LEDGERS[random.nextInt(2)] : 1);
        }
        if (books.chance(50) || kind == RequestKind.GET_ACCOUNT_AS_OF_TIME)
        {
            filter.timestampMaxNs(timestamp(books));
        }
        if (books.chance(50))
        {
            filter.timestampMinNs(timestamp(books));
        }
        return filter;
    }

    /** Of an event or an account, one beside it, or any. */
    private static long timestamp(final RandomBooks books)
    {
        final SplittableRandom random = books.random();
        if (books.chance(3))
        {
            return random.nextLong();
        }
        final List<NaiveBooks.Event> events = books.naive.events;
        if (books.chance(70) && !events.isEmpty())
        {
            return events.get(random.nextInt(events.size())).timestampNs() + random.nextInt(-1, 2);
        }
        final List<NaiveBooks.Account> accounts = List.copyOf(books.naive.accounts.values());
        return books.chance(50) ? accounts.get(random.nextInt(accounts.size())).timestampNs + random.nextInt(-1, 2) :
            random.nextLong(books.lastNs());
    }

    private void compareExplanation(final RandomBooks books, final long sequence)
    {
        final LedgerStateMachine stateMachine = books.books.stateMachine();
        final byte[] entry = books.entries.get((int)sequence);
        final byte[] row = books.books.query(
            RequestKind.EXPLAIN, withFirstSequence(books, sequence, stateMachine.firstSequenceOf(sequence)), 1).get(0);
        final UnsafeBuffer actual = new UnsafeBuffer(row);
        final String text = "sequence=" + sequence + ", entry=" + EntryText.line(new UnsafeBuffer(entry), 0);
        assertEquals(entry.length, actual.getInt(0), text);
        assertBytes(entry, row, QueryRows.EXPLAINED_ENTRY_OFFSET, text);
        final Explanation explanation = Explanation.decode(actual, 0);
        ExplanationTruth.require(explanation);
        explained.add(explanation.kind() + " " + explanation.outcome());
        final RandomBooks.Judged judged = books.judged.get((int)sequence);
        if (judged == null)
        {
            assertEquals(7, actual.getInt(QueryRows.EXPLAINED_PARTS_OFFSET), text);
            assertEquals(
                PendingState.PENDING.code(), actual.getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET), text);
            return;
        }
        chainCount += isInBrokenChain(entry) ? 1 : 0;
        final int template = Entries.templateId(new UnsafeBuffer(entry), 0);
        int parts = 0;
        if (judged.original() != null)
        {
            parts |= QueryRows.HAS_ORIGINAL;
            assertBytes(judged.original(), row, QueryRows.EXPLAINED_ORIGINAL_OFFSET, text);
        }
        if (template != AccountEntryDecoder.TEMPLATE_ID)
        {
            parts |= compareTransferParts(judged, entry, row, text);
        }
        assertEquals(
            judged.originalSequence(), actual.getLong(QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET), text);
        assertEquals(judged.timestampMaxNs(), actual.getLong(QueryRows.EXPLAINED_TIMESTAMP_MAX_OFFSET), text);
        assertEquals(parts, actual.getInt(QueryRows.EXPLAINED_PARTS_OFFSET), text);
    }

    private static int compareTransferParts(
        final RandomBooks.Judged judged, final byte[] entry, final byte[] row, final String text)
    {
        int parts = 0;
        final UnsafeBuffer entryBuffer = new UnsafeBuffer(entry);
        TransferRecordDecoder accountsOf = new TransferEntryDecoder().wrap(
            entryBuffer, MessageHeaderDecoder.ENCODED_LENGTH, TransferEntryDecoder.BLOCK_LENGTH, 0).transfer();
        if (RandomBooks.pendingSequence(entry) != 0)
        {
            parts |= QueryRows.HAS_PENDING;
            assertBytes(judged.pending(), row, QueryRows.EXPLAINED_PENDING_OFFSET, text);
            assertEquals(
                judged.pendingState(),
                new UnsafeBuffer(row).getInt(QueryRows.EXPLAINED_PENDING_STATE_OFFSET), text);
            accountsOf = new TransferRecordDecoder().wrap(new UnsafeBuffer(judged.pending()), 0);
        }
        final byte[] debit = judged.accounts().get(accountsOf.debitAccountIdLow());
        final byte[] credit = judged.accounts().get(accountsOf.creditAccountIdLow());
        if (debit != null)
        {
            parts |= QueryRows.HAS_DEBIT_ACCOUNT;
            assertBytes(debit, row, QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET, text);
        }
        if (credit != null)
        {
            parts |= QueryRows.HAS_CREDIT_ACCOUNT;
            assertBytes(credit, row, QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET, text);
        }
        return parts;
    }

    /** It has failed only for its chain, or by itself at a place where a chain was open. */
    private static boolean isInBrokenChain(final byte[] entry)
    {
        return new TransferEntryDecoder().wrap(
            new UnsafeBuffer(entry), MessageHeaderDecoder.ENCODED_LENGTH, TransferEntryDecoder.BLOCK_LENGTH, 0)
            .outcome() == 1;
    }

    /** Only the shard can set it. */
    private static Filter withFirstSequence(final RandomBooks books, final long sequence, final long firstSequence)
    {
        final Filter filter = books.books.newFilter().limit(1).sequence(sequence);
        books.books.firstSequence(firstSequence);
        return filter;
    }

    private static void assertBytes(final byte[] expected, final byte[] row, final int offset, final String text)
    {
        assertEquals(
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(row, offset, offset + expected.length), () -> "offset=" + offset + ", " + text);
    }

    private static String text(final RequestKind kind, final Filter filter)
    {
        return kind + ": id=" + filter.idLow() + ", flags=" + filter.flags() + ", limit=" + filter.limit() +
            ", user data=" + filter.userData128High() + ":" + filter.userData128Low() + "/" + filter.userData64() +
            "/" + filter.userData32() + ", ledger=" + filter.ledger() + ", code=" + filter.code() + ", state=" +
            filter.state() + ", time=" + filter.timestampMinNs() + " to " + filter.timestampMaxNs() + ", sequence=" +
            filter.sequence();
    }
}
