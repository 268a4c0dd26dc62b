package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImporterTest
{
    @TempDir
    private Path directory;

    private final FakeTarget target = new FakeTarget();
    private long nowNs;
    private final Importer importer = new Importer(target, () -> nowNs);
    private final List<Long> progress = new ArrayList<>();

    @Test
    void shouldCountOutcomesWithTheirFirstLines()
    {
        accounts("id,ledger,code\n1,1,1\n2,1,0\n3,1,1\n4,1,0\n5,1,7\n");
        assertEquals(5, importer.accountCounts().total());
        assertEquals(2, importer.accountCounts().created());
        assertEquals(1, importer.accountCounts().exists());
        assertEquals(2, importer.accountCounts().refused());
        assertEquals(3, importer.accountCounts().outcomes().get("code_must_not_be_zero").firstLine());
        assertEquals(2, importer.accountCounts().outcomes().get("code_must_not_be_zero").count());
        assertEquals(0, importer.transferCounts().total());
        assertEquals(List.of(2L, 4L, 5L), progress);
        assertEquals(List.of(2, 2, 1), target.counts);
    }

    @Test
    void shouldOfferAgainWhereThereIsNoRoomAndMeasureTheWaitToo()
    {
        target.refusals = 3;
        accounts("id,ledger,code\n1,1,1\n");
        assertEquals(1, importer.accountCounts().created());
        assertEquals(4, importer.latenciesNs().getMaxValue(), "three polls for room, one for the reply");
        assertEquals(1, importer.latenciesNs().getTotalCount());
    }

    @Test
    void shouldSayWhatIsAppliedWhenARowIsWrong()
    {
        final InputException e = assertThrows(InputException.class,
            () -> accounts("id,ledger,code\n1,1,1\n2,1,1\n3,1,1\n4,x,1\n5,1,1\n"));
        assertEquals("the value is not a whole decimal number: found=\"x\", allowed=0 to 4294967295, file=" +
            directory.resolve("a.csv") + ", line=5, column=2 (ledger); applied: 2 rows; read but not " +
            "applied: 1, the first in line 4; not read: all after it", e.getMessage());
        assertEquals(2, importer.accountCounts().total());
        assertEquals(List.of(2), target.counts);
    }

    @Test
    void shouldImportTransfersToo()
    {
        try (TransferRows rows = new TransferRows(TestFiles.write(directory, "t.csv",
            "id,debit_account_id,credit_account_id,amount,ledger,code\n1,2,3,4,5,1\n")))
        {
            importer.transfers(rows, progress::add);
        }
        assertEquals(1, importer.transferCounts().created());
    }

    private void accounts(final String text)
    {
        try (AccountRows rows = new AccountRows(TestFiles.write(directory, "a.csv", text)))
        {
            importer.accounts(rows, progress::add);
        }
    }

    /** Creates rows with code 1, knows those with code 7 and refuses the others; a poll takes a nanosecond. */
    private final class FakeTarget implements ImportTarget
    {
        private final Queue<List<String>> replies = new ArrayDeque<>();
        private final List<Integer> counts = new ArrayList<>();
        private int refusals;
        private long offered;
        private long replied;

        @Override
        public int shardCount()
        {
            return 1;
        }

        @Override
        public int batchCountMax()
        {
            return 2;
        }

        @Override
        public int shardOf(final int ledger)
        {
            return 0;
        }

        @Override
        public long offerAccounts(final Request<AccountRow> request)
        {
            return offer(request);
        }

        @Override
        public long offerTransfers(final Request<TransferRow> request)
        {
            return offer(request);
        }

        private long offer(final Request<?> request)
        {
            if (refusals-- > 0)
            {
                return BACK_PRESSURED;
            }
            final List<String> names = new ArrayList<>();
            for (int i = 0; i < request.count(); i++)
            {
                final int code = request.row(i).code;
                names.add(code == 1 ? "created" : code == 7 ? "exists" : "code_must_not_be_zero");
            }
            replies.add(names);
            counts.add(request.count());
            return ++offered;
        }

        @Override
        public int poll(final ReplyHandler handler)
        {
            nowNs++;
            final List<String> names = replies.poll();
            if (names == null)
            {
                return 0;
            }
            handler.onReply(++replied, names::get);
            return 1;
        }

        @Override
        public void idle(final int workCount)
        {
            // Time passes in poll.
        }
    }
}
