package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class RequestCutterTest
{
    private static final IntUnaryOperator SHARD_OF_LEDGER = ledger -> ledger / 10;

    @Test
    void shouldCutWhereARequestIsFull()
    {
        assertEquals(List.of("0:2,3,4", "0:5,6,7", "0:8"), requests(3, 1, "1 1 1 1 1 1 1"));
        assertEquals(List.of("0:2,3,4"), requests(3, 1, "1 1 1"));
        assertEquals(List.of("0:2", "0:3"), requests(1, 1, "1 1"));
        assertEquals(List.of(), requests(3, 1, ""));
    }

    @Test
    void shouldCutWhereImportedChanges()
    {
        assertEquals(List.of("0:2,3", "0:4,5", "0:6"), requests(10, 1, "1 1 1i 1i 1"));
    }

    @Test
    void shouldNotCutAChain()
    {
        assertEquals(List.of("0:2,3", "0:4,5,6", "0:7"), requests(3, 1, "1 1 1l 1l 1 1"));
        assertEquals(List.of("0:2,3,4"), requests(3, 1, "1l 1l 1"));
        assertEquals(List.of("0:2,3", "0:4,5", "0:6"), requests(2, 1, "1l 1 1l 1 1"));
    }

    @Test
    void shouldNotCutAChainWhereImportedChanges()
    {
        assertEquals(List.of("0:2", "0:3,4,5"), requests(10, 1, "1 1il 1l 1i"));
        assertEquals(List.of("0:2,3", "0:4"), requests(10, 1, "1l 1i 1i"));
    }

    @Test
    void shouldLeaveAnOpenChainAtTheEndToTheLedger()
    {
        assertEquals(List.of("0:2", "0:3,4"), requests(2, 1, "1 1l 1l"));
    }

    @Test
    void shouldSeparateShards()
    {
        assertEquals(List.of("1:3,4", "0:2,5", "1:6", "2:7"), requests(2, 3, "1 11 12 2 13 21"));
        assertEquals(List.of("1:3", "0:2,4", "1:5"), requests(3, 2, "1 11 1 11i"));
    }

    @Test
    void shouldRefuseAChainThatIsLongerThanARequest()
    {
        final RequestCutter<AccountRow> cutter = cutter(2, 1, "1 1l 1l 1");
        assertEquals("0:2", text(cutter.next()));
        final InputException e = assertThrows(InputException.class, cutter::next);
        assertEquals("the chain of linked rows that begins at line 3 is longer than a request: " +
            "found=more than 2, allowed=2: file=rows.csv, line=5", e.getMessage());
        assertEquals(5, e.line());
        assertEquals(2, cutter.heldCount());
        assertEquals(3, cutter.heldLine());
    }

    @Test
    void shouldRefuseAChainThatCrossesShards()
    {
        final RequestCutter<AccountRow> cutter = cutter(10, 2, "1 1l 12");
        final InputException e = assertThrows(InputException.class, cutter::next);
        assertEquals("the chain of linked rows that begins at line 3 on shard 0 goes on on shard 1: found=\"12\", " +
            "allowed=a ledger of shard 0, file=rows.csv, line=4, column=ledger", e.getMessage());
        assertEquals(2, cutter.heldCount());
        assertEquals(2, cutter.heldLine());
        assertEquals(2, cutter.rowCount());
    }

    @Test
    void shouldRefuseLedgerZeroWithSeveralShardsOnly()
    {
        assertEquals(List.of("0:2"), requests(10, 1, "0"));
        final InputException e = assertThrows(InputException.class, () -> requests(10, 2, "1 0"));
        assertEquals("a row with ledger 0 has no shard: found=\"0\", allowed=the number of a ledger, as there are " +
            "2 shards, file=rows.csv, line=3, column=ledger", e.getMessage());
    }

    @Test
    void shouldKeepEveryRowInItsOrderAndEveryChainWhole()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            final int countMax = 3 + random.nextInt(5);
            final StringBuilder rows = new StringBuilder();
            int chain = 0;
            int shard = 0;
            for (int i = 0; i < 200; i++)
            {
                if (chain == 0)
                {
                    shard = random.nextInt(3);
                    chain = 1 + random.nextInt(3);
                }
                chain--;
                rows.append(shard * 10 + 1 + random.nextInt(9))
                    .append(random.nextInt(4) == 0 ? "i" : "").append(chain > 0 && i < 199 ? "l " : " ");
            }
            check("seed=" + seed + ", rows=" + rows, countMax, rows.toString().trim());
        }
    }

    private static void check(final String message, final int countMax, final String rows)
    {
        final RequestCutter<AccountRow> cutter = cutter(countMax, 3, rows);
        final long[] lastLine = new long[3];
        int count = 0;
        Request<AccountRow> request;
        while ((request = cutter.next()) != null)
        {
            for (int i = 0; i < request.count(); i++)
            {
                final AccountRow row = request.row(i);
                assertEquals(request.shard(), SHARD_OF_LEDGER.applyAsInt(row.ledger), message);
                assertEquals(true, row.line > lastLine[request.shard()], message);
                lastLine[request.shard()] = row.line;
                final boolean isInChain = i > 0 && request.row(i - 1).isLinked();
                assertEquals(true, isInChain || row.isImported() == request.isImported(), message);
                count++;
            }
            assertEquals(false, request.row(request.count() - 1).isLinked(), message);
            assertEquals(true, request.count() <= countMax, message);
        }
        assertEquals(200, count, message);
        assertNull(cutter.next());
    }

    private static List<String> requests(final int countMax, final int shardCount, final String rows)
    {
        final RequestCutter<AccountRow> cutter = cutter(countMax, shardCount, rows);
        final List<String> requests = new ArrayList<>();
        Request<AccountRow> request;
        while ((request = cutter.next()) != null)
        {
            requests.add(text(request));
        }
        return requests;
    }

    private static String text(final Request<AccountRow> request)
    {
        final StringBuilder text = new StringBuilder(request.shard() + ":");
        for (int i = 0; i < request.count(); i++)
        {
            text.append(i == 0 ? "" : ",").append(request.row(i).line);
        }
        assertEquals(request.row(0).line, request.firstLine());
        assertEquals(request.row(request.count() - 1).line, request.lastLine());
        return text.toString();
    }

    /** Rows as words: number of the ledger, then i for imported and l for linked. */
    private static RequestCutter<AccountRow> cutter(final int countMax, final int shardCount, final String rows)
    {
        final String[] words = rows.isEmpty() ? new String[0] : rows.split(" ");
        return new RequestCutter<>(
            new RowSource<>()
            {
                private int index;

                @Override
                public boolean next(final AccountRow row)
                {
                    if (index == words.length)
                    {
                        return false;
                    }
                    final String word = words[index++];
                    row.line = index + 1;
                    row.ledger = Integer.parseInt(word.replaceAll("[il]", ""));
                    row.flags = (word.contains("i") ? AccountRow.IMPORTED : 0) |
                        (word.contains("l") ? AccountRow.LINKED : 0);
                    return true;
                }

                @Override
                public String name()
                {
                    return "rows.csv";
                }
            },
            AccountRow::new, countMax, shardCount, SHARD_OF_LEDGER);
    }
}
