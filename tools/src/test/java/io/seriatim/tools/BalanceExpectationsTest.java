package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BalanceExpectationsTest
{
    private static final String HEADER = "account_id,debits_posted,credits_posted,ledger,credit_balance\n";

    private static final String MAX = "340282366920938463463374607431768211455";

    @TempDir
    private Path directory;

    private final Map<Long, String[]> books = new HashMap<>();
    private final List<Integer> lookupCounts = new ArrayList<>();

    @Test
    void shouldFindNoDifferenceWhereThereIsNone()
    {
        book(1, 840, "5", "7");
        book(2, 840, "7", "5");
        book(3, 978, MAX, "0");
        book(4, 978, "0", "0");
        assertEquals(List.of(), differences(HEADER +
            "1,5,7,840,2\n2,7,5,840,-2\n3," + MAX + ",0,978,-" + MAX + "\n4,0,0,0,-0\n"));
        assertEquals(List.of(), differences("credits_posted,account_id,debits_posted\n7,1,5\n5,2,7\n"));
        assertEquals(List.of(), differences(HEADER + "1,5,7,,\n"));
    }

    @Test
    void shouldTellTheFirstFieldThatDiffersOfEachAccount()
    {
        book(1, 840, "5", "7");
        assertEquals(
            List.of(
                "account 9 (line 2): there is no such account",
                "account 1 (line 3): ledger expected=978, actual=840",
                "account 1 (line 4): debits_posted expected=6, actual=5",
                "account 1 (line 5): credits_posted expected=" + MAX + ", actual=7",
                "account 1 (line 6): credit_balance expected=-2, actual=2",
                "account 1 (line 7): credit_balance expected=3, actual=2"),
            differences(HEADER +
                "9,0,0,840,0\n1,5,7,978,2\n1,6,8,840,2\n1,5," + MAX + ",840,2\n1,5,7,840,-2\n1,5,7,840,3\n1,5,7,,\n"));
    }

    @Test
    void shouldComparePendingAmountsWhereTheFileHasThem()
    {
        book(1, 840, "5", "7", "3", MAX);
        final String header = "account_id,debits_posted,credits_posted,debits_pending,credits_pending\n";
        assertEquals(List.of(), differences(header + "1,5,7,3," + MAX + "\n"));
        assertEquals(List.of(), differences("account_id,debits_posted,credits_posted\n1,5,7\n"));
        assertEquals(
            List.of(
                "account 1 (line 2): debits_pending expected=2, actual=3",
                "account 1 (line 3): credits_pending expected=4, actual=" + MAX,
                "account 1 (line 4): debits_pending expected=0, actual=3"),
            differences(header + "1,5,7,2," + MAX + "\n1,5,7,3,4\n1,5,7,,\n"));
        assertEquals("the header has no column credits_pending: " +
            "found=account_id,debits_posted,credits_posted,debits_pending, required=credits_pending, " +
            "allowed=account_id,debits_posted,credits_posted,ledger,credit_balance,debits_pending,credits_pending: " +
            "file=FILE, line=1",
            assertThrows(InputException.class,
                () -> differences("account_id,debits_posted,credits_posted,debits_pending\n")).getMessage()
                .replace(directory.resolve("e.csv").toString(), "FILE"));
    }

    @Test
    void shouldCountAllDifferencesAndKeepTheFirst()
    {
        final StringBuilder text = new StringBuilder(HEADER);
        final int count = BalanceExpectations.LOOKUP_COUNT + 1;
        for (int i = 1; i <= count; i++)
        {
            text.append(i).append(",0,0,1,0\n");
        }
        try (BalanceRows rows = rows(text.toString()))
        {
            final BalanceExpectations expectations = new BalanceExpectations(rows, 3);
            assertEquals(count, expectations.compare(this::lookup));
            assertEquals(count, expectations.accountCount());
            assertEquals(count, expectations.differenceCount());
            assertEquals(3, expectations.differences().size());
            assertEquals(List.of(BalanceExpectations.LOOKUP_COUNT, 1), lookupCounts);
        }
    }

    @Test
    void shouldNameWhatIsWrongWithABalance()
    {
        assertEquals("the value is not a whole decimal number: found=\"-5\", allowed=0 to " + MAX +
            ", file=FILE, line=2, column=2 (debits_posted)", refusal("1,-5,0,1,0\n"));
        assertEquals("the value is not a whole decimal number: found=\"--5\", allowed=-" + MAX + " to " + MAX +
            ", file=FILE, line=2, column=5 (credit_balance)", refusal("1,5,0,1,--5\n"));
        assertEquals("the value is not a whole decimal number: found=\"-\", allowed=-" + MAX + " to " + MAX +
            ", file=FILE, line=2, column=5 (credit_balance)", refusal("1,5,0,1,-\n"));
        assertEquals("the value is out of range: found=\"-340282366920938463463374607431768211456\", allowed=-" +
            MAX + " to " + MAX + ", file=FILE, line=2, column=5 (credit_balance)",
            refusal("1,5,0,1,-340282366920938463463374607431768211456\n"));
    }

    private void book(final long id, final int ledger, final String debitsPosted, final String creditsPosted)
    {
        book(id, ledger, debitsPosted, creditsPosted, "0", "0");
    }

    private void book(final long id, final int ledger, final String... amounts)
    {
        books.put(id, new String[] { Integer.toString(ledger), amounts[0], amounts[1], amounts[2], amounts[3] });
    }

    private void lookup(final Balance[] wanted, final Balance[] actual, final int count)
    {
        lookupCounts.add(count);
        final Decimal128 decimal = new Decimal128();
        for (int i = 0; i < count; i++)
        {
            final String[] book = books.get(wanted[i].accountIdLow);
            actual[i].isFound = book != null;
            if (book != null)
            {
                actual[i].ledger = Integer.parseInt(book[0]);
                decimal.parse(book[1].getBytes(), 0, book[1].length());
                actual[i].debitsPostedHigh = decimal.high();
                actual[i].debitsPostedLow = decimal.low();
                decimal.parse(book[2].getBytes(), 0, book[2].length());
                actual[i].creditsPostedHigh = decimal.high();
                actual[i].creditsPostedLow = decimal.low();
                decimal.parse(book[3].getBytes(), 0, book[3].length());
                actual[i].debitsPendingHigh = decimal.high();
                actual[i].debitsPendingLow = decimal.low();
                decimal.parse(book[4].getBytes(), 0, book[4].length());
                actual[i].creditsPendingHigh = decimal.high();
                actual[i].creditsPendingLow = decimal.low();
            }
        }
    }

    private List<String> differences(final String text)
    {
        try (BalanceRows rows = rows(text))
        {
            final BalanceExpectations expectations = new BalanceExpectations(rows, 100);
            final long count = expectations.compare(this::lookup);
            assertEquals(count, expectations.differences().size());
            return expectations.differences();
        }
    }

    private String refusal(final String row)
    {
        return assertThrows(InputException.class, () -> differences(HEADER + row)).getMessage()
            .replace(directory.resolve("e.csv").toString(), "FILE");
    }

    private BalanceRows rows(final String text)
    {
        return new BalanceRows(TestFiles.write(directory, "e.csv", text));
    }
}
