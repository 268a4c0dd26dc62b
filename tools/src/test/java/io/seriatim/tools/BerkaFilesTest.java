package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real bookings of a bank, where they lie beside the project. */
class BerkaFilesTest
{
    private static final Path IMPORT =
        TestFiles.root().resolve("../shared/data/berka/import").normalize();

    private final Map<Long, long[]> books = new HashMap<>();

    @BeforeEach
    void shouldBeThere()
    {
        assumeTrue(Files.isDirectory(IMPORT), () -> "there is no " + IMPORT);
    }

    @Test
    void shouldAgreeWithTheBalancesOfTheBank()
    {
        try (AccountRows rows = new AccountRows(IMPORT.resolve("accounts.csv.gz")))
        {
            final RequestCutter<AccountRow> cutter = new RequestCutter<>(rows, AccountRow::new, 500, 1, ledger -> 0);
            Request<AccountRow> request;
            while ((request = cutter.next()) != null)
            {
                for (int i = 0; i < request.count(); i++)
                {
                    assertEquals(203, request.row(i).ledger);
                    assertTrue(request.row(i).isImported());
                    books.put(request.row(i).idLow, new long[2]);
                }
            }
        }
        assertEquals(1287, books.size());

        long transferCount = 0;
        try (TransferRows rows = new TransferRows(IMPORT.resolve("transfers.csv.gz")))
        {
            final RequestCutter<TransferRow> cutter = new RequestCutter<>(rows, TransferRow::new, 8189, 1, ledger -> 0);
            Request<TransferRow> request;
            while ((request = cutter.next()) != null)
            {
                for (int i = 0; i < request.count(); i++)
                {
                    final TransferRow row = request.row(i);
                    books.get(row.debitAccountIdLow)[0] += row.amountLow;
                    books.get(row.creditAccountIdLow)[1] += row.amountLow;
                    transferCount++;
                }
            }
        }
        assertEquals(64_224, transferCount);

        try (BalanceRows rows = new BalanceRows(IMPORT.resolve("expected_balances.csv")))
        {
            final BalanceExpectations expectations = new BalanceExpectations(rows, 10);
            assertEquals(0, expectations.compare(this::lookup), () -> expectations.differences().toString());
            assertTrue(expectations.accountCount() > 1200, "accounts=" + expectations.accountCount());
        }
    }

    private void lookup(final Balance[] wanted, final Balance[] actual, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final long[] book = books.get(wanted[i].accountIdLow);
            actual[i].isFound = book != null;
            if (book != null)
            {
                actual[i].ledger = 203;
                actual[i].debitsPostedLow = book[0];
                actual[i].creditsPostedLow = book[1];
            }
        }
    }
}
