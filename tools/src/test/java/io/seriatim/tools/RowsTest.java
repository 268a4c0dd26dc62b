package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.LedgerDefinition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest
{
    private static final String MAX = "340282366920938463463374607431768211455";

    private static final String TRANSFER_COLUMNS =
        "id,amount,ledger,code,debit_account_id,credit_account_id,pending_id,user_data_128,user_data_64," +
        "user_data_32,timeout,flags,timestamp";

    @TempDir
    private Path directory;

    @Test
    void shouldFillEveryFieldOfAnAccount()
    {
        final AccountRow row = account(
            "timestamp,flags,code,ledger,user_data_32,user_data_64,user_data_128,id\n" +
            "18446744073709551615,history|imported,65535,4294967295,4294967295,18446744073709551614," + MAX +
            ",18446744073709551617\n");
        assertEquals(2, row.line);
        assertEquals(1, row.idHigh);
        assertEquals(1, row.idLow);
        assertEquals(-1, row.userData128High);
        assertEquals(-1, row.userData128Low);
        assertEquals(-2, row.userData64);
        assertEquals(-1, row.userData32);
        assertEquals(-1, row.ledger);
        assertEquals(65535, row.code);
        assertEquals(AccountRow.HISTORY | AccountRow.IMPORTED, row.flags);
        assertEquals(-1, row.timestampNs);
    }

    @Test
    void shouldTakeMissingColumnsAndEmptyFieldsForZero()
    {
        final AccountRow row = account("id,ledger,code,flags,user_data_64\n7,840,1,,\n");
        assertEquals(7, row.idLow);
        assertEquals(840, row.ledger);
        assertEquals(0, row.flags);
        assertEquals(0, row.userData64 | row.userData128High | row.userData128Low | row.userData32 | row.timestampNs);
    }

    @Test
    void shouldForgetTheRowBefore()
    {
        final Path file = TestFiles.write(directory, "a.csv",
            "id,ledger,code,user_data_128,flags\n" + MAX + ",2,3," + MAX + ",linked\n5,6,7,,\n");
        try (AccountRows rows = new AccountRows(file))
        {
            final AccountRow row = new AccountRow();
            assertTrue(rows.next(row));
            assertTrue(row.isLinked());
            assertTrue(rows.next(row));
            assertEquals("0 5 0 0 6 7 0", row.idHigh + " " + row.idLow + " " + row.userData128High + " " +
                row.userData128Low + " " + row.ledger + " " + row.code + " " + row.flags);
            assertFalse(rows.next(row));
        }
    }

    @Test
    void shouldFillEveryFieldOfATransfer()
    {
        final TransferRow row = transfer(TransferRows.HEADER + "\n" +
            "1,18446744073709551618,18446744073709551619," + MAX + ",18446744073709551620," +
            "18446744073709551621,6,7,8,9,10,pending|imported,11\n");
        assertEquals("0 1", row.idHigh + " " + row.idLow);
        assertEquals("1 2", row.debitAccountIdHigh + " " + row.debitAccountIdLow);
        assertEquals("1 3", row.creditAccountIdHigh + " " + row.creditAccountIdLow);
        assertEquals("-1 -1", row.amountHigh + " " + row.amountLow);
        assertEquals("1 4", row.pendingIdHigh + " " + row.pendingIdLow);
        assertEquals("1 5", row.userData128High + " " + row.userData128Low);
        assertEquals("6 7 8 9 10", row.userData64 + " " + row.userData32 + " " + row.timeout + " " + row.ledger +
            " " + row.code);
        assertEquals(TransferRow.PENDING | TransferRow.IMPORTED, row.flags);
        assertEquals(11, row.timestampNs);
    }

    @Test
    void shouldPostAndVoidWithoutAccounts()
    {
        final TransferRow row = transfer("id,amount,ledger,code,pending_id,flags\n2,0,0,0,1,void_pending_transfer\n");
        assertTrue(row.isResolving());
        assertEquals(1, row.pendingIdLow);
        assertEquals(0, row.debitAccountIdLow);
    }

    @Test
    void shouldLeaveToThePendingTransferWhatARowDoesNotSay()
    {
        final TransferRow row = transfer(
            "id,debit_account_id,credit_account_id,amount,ledger,code,pending_id,flags\n" +
            "9,8,7,6,5,4,,pending\n2,,,,,,1,void_pending_transfer\n");
        assertEquals("2 0 0 0 0 0 1", row.idLow + " " + row.debitAccountIdLow + " " + row.creditAccountIdLow + " " +
            row.amountLow + " " + row.ledger + " " + row.code + " " + row.pendingIdLow);
        assertEquals(3, transfer("id,amount,pending_id,flags\n2,3,1,post_pending_transfer\n").amountLow);
        assertEquals("the value is missing: found=\"\", allowed=0 to " + MAX + ", file=FILE, line=2, column=2 (amount)",
            transferRefusal("id,amount,pending_id,flags\n2,,1,post_pending_transfer\n"));
        assertEquals("the value is missing: found=\"\", allowed=the number of a ledger, as the row does not post or " +
            "void, file=FILE, line=2, column=ledger",
            transferRefusal("id,debit_account_id,credit_account_id,amount,pending_id\n2,3,4,5,\n"));
        assertEquals("the value is missing: found=\"\", allowed=1 to 65535, as the row does not post or void, " +
            "file=FILE, line=2, column=6 (code)",
            transferRefusal("id,debit_account_id,credit_account_id,amount,ledger,code\n2,3,4,5,6,\n"));
    }

    @Test
    void shouldReadDefinitionsOfLedgers()
    {
        assertEquals(
            List.of(
                new LedgerRows.Definition(new LedgerDefinition(840, "USD", 2), 2),
                new LedgerRows.Definition(new LedgerDefinition(-1, "A,B", 38), 3)),
            LedgerRows.read(TestFiles.write(
                directory, "l.csv", "scale,asset_code,ledger\n2,USD,840\n38,\"A,B\",4294967295\n")));
        assertEquals("the header has no column scale: found=ledger,asset_code, required=scale, " +
            "allowed=ledger,asset_code,scale: file=FILE, line=1", ledgerRefusal("ledger,asset_code\n1,A\n"));
        assertEquals("the value is missing: found=\"\", allowed=1 to 16 printable ASCII characters and no " +
            "blanks, such as USD, file=FILE, line=2, column=2 (asset_code)",
            ledgerRefusal("ledger,asset_code,scale\n1,,2\n"));
        assertTrue(ledgerRefusal("ledger,asset_code,scale\n0,A,2\n").startsWith(
            "the value is out of range: found=\"0\", allowed=1 to 4294967295, "));
        assertTrue(ledgerRefusal("ledger,asset_code,scale\n1,A,39\n").startsWith(
            "the value is out of range: found=\"39\", allowed=0 to 38, "));
        assertTrue(ledgerRefusal("ledger,asset_code,scale\n1,US DOLLAR,2\n").startsWith(
            "the value is not an asset code: found=\"US DOLLAR\", allowed=1 to 16 printable ASCII"));
        assertEquals("the ledger is there twice: found=\"1\", allowed=each ledger once, file=FILE, line=3, " +
            "column=1 (ledger)", ledgerRefusal("ledger,asset_code,scale\n1,A,2\n1,A,2\n"));
    }

    @Test
    void shouldNameWhatIsWrongWithAHeader()
    {
        assertEquals("the header has no column code: found=id,ledger, required=code, " +
            "allowed=id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp: file=FILE, line=1",
            accountRefusal("id,ledger\n1,2\n"));
        assertEquals("the column is unknown: found=\"colour\", " +
            "allowed=id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp" +
            ", file=FILE, line=1, column=4", accountRefusal("id,ledger,code,colour\n"));
        assertEquals("the column is there twice: found=\"id\", " +
            "allowed=id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp" +
            ", file=FILE, line=1, column=3", accountRefusal("id,ledger,id,code\n"));
        assertEquals("the first line is a row, it has to be the header: found=\"1\", " +
            "allowed=id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp" +
            ", file=FILE, line=1, column=1", accountRefusal("1,2,3\n"));
        assertEquals("the column is unknown: found=\"id;ledger;code\", " +
            "allowed=id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp" +
            ", file=FILE, line=1, column=1", accountRefusal("id;ledger;code\n1;2;3\n"));
        assertEquals("the header has no column debit_account_id: found=id,amount,ledger,code, " +
            "required=debit_account_id, allowed=" + TRANSFER_COLUMNS + ": file=FILE, line=1",
            transferRefusal("id,amount,ledger,code\n"));
    }

    @Test
    void shouldNameWhatIsWrongWithAValue()
    {
        assertEquals("the value is not a whole decimal number: found=\"-5\", allowed=0 to " + MAX +
            ", file=FILE, line=3, column=4 (amount)", amountRefusal("1,2,3,-5,840,1\n"));
        assertEquals("the value is out of range: found=\"340282366920938463463374607431768211456\", allowed=0 to " +
            MAX + ", file=FILE, line=3, column=4 (amount)",
            amountRefusal("1,2,3,340282366920938463463374607431768211456,840,1\n"));
        assertEquals("the value is not a whole decimal number: found=\"10.50\", allowed=0 to " + MAX +
            ", file=FILE, line=3, column=4 (amount)", amountRefusal("1,2,3,10.50,840,1\n"));
        assertEquals("the value is missing: found=\"\", allowed=0 to " + MAX +
            ", file=FILE, line=3, column=4 (amount)", amountRefusal("1,2,3,,840,1\n"));
        assertEquals("the value is out of range: found=\"4294967296\", allowed=0 to 4294967295" +
            ", file=FILE, line=3, column=5 (ledger)", amountRefusal("1,2,3,4,4294967296,1\n"));
        assertEquals("the value is out of range: found=\"65536\", allowed=0 to 65535" +
            ", file=FILE, line=3, column=6 (code)", amountRefusal("1,2,3,4,5,65536\n"));
        assertEquals("the value is missing: found=\"\", allowed=an account's id, as the row does not post or void" +
            ", file=FILE, line=3, column=3 (credit_account_id)", amountRefusal("1,2,,4,5,6\n"));
    }

    @Test
    void shouldNameWhatIsWrongWithANumberOf64Bits()
    {
        assertEquals("the value is out of range: found=\"18446744073709551616\", allowed=0 to 18446744073709551615" +
            ", file=FILE, line=2, column=4 (user_data_64)",
            accountRefusal("id,ledger,code,user_data_64\n1,2,3,18446744073709551616\n"));
    }

    @Test
    void shouldNameWhatIsWrongWithFlags()
    {
        assertEquals("the value is not a list of flags: found=\"history,pending\", allowed=each at most once and " +
            "joined by |, of linked debits_must_not_exceed_credits credits_must_not_exceed_debits history imported " +
            "closed, file=FILE, line=2, column=4 (flags)",
            accountRefusal("id,ledger,code,flags\n1,2,3,\"history,pending\"\n"));
    }

    @Test
    void shouldDemandAPendingIdWhereItIsPostedOrVoided()
    {
        assertEquals("the value is missing: found=\"\", allowed=a pending transfer's id, as the row posts or voids " +
            "it, file=FILE, line=2, column=pending_id",
            transferRefusal("id,debit_account_id,credit_account_id,amount,ledger,code,flags\n" +
                "1,2,3,4,5,6,post_pending_transfer\n"));
        assertEquals("the value is missing: found=\"\", allowed=an account's id, as the row does not post or void" +
            ", file=FILE, line=2, column=debit_account_id",
            transferRefusal("id,pending_id,amount,ledger,code\n1,2,3,4,5\n"));
    }

    @Test
    void shouldShowOnlyTheBeginningOfALongValue()
    {
        assertEquals("the value is not a whole decimal number: found=\"" + "z".repeat(60) + "\"... (100 characters)" +
            ", allowed=0 to " + MAX + ", file=FILE, line=2, column=1 (id)",
            accountRefusal("id,ledger,code\n" + "z".repeat(100) + ",2,3\n"));
    }

    private AccountRow account(final String text)
    {
        final AccountRow row = new AccountRow();
        try (AccountRows rows = new AccountRows(TestFiles.write(directory, "a.csv", text)))
        {
            while (rows.next(row))
            {
                assertEquals("a.csv", Path.of(rows.name()).getFileName().toString());
            }
        }
        return row;
    }

    private TransferRow transfer(final String text)
    {
        final TransferRow row = new TransferRow();
        try (TransferRows rows = new TransferRows(TestFiles.write(directory, "t.csv", text)))
        {
            while (rows.next(row))
            {
                assertEquals("t.csv", Path.of(rows.name()).getFileName().toString());
            }
        }
        return row;
    }

    private String amountRefusal(final String row)
    {
        return transferRefusal("id,debit_account_id,credit_account_id,amount,ledger,code\n1,2,3,4,5,6\n" + row);
    }

    private String accountRefusal(final String text)
    {
        return message(assertThrows(InputException.class, () -> account(text)), "a.csv");
    }

    private String transferRefusal(final String text)
    {
        return message(assertThrows(InputException.class, () -> transfer(text)), "t.csv");
    }

    private String ledgerRefusal(final String text)
    {
        final Path file = TestFiles.write(directory, "l.csv", text);
        return message(assertThrows(InputException.class, () -> LedgerRows.read(file)), "l.csv");
    }

    private String message(final InputException e, final String name)
    {
        return e.getMessage().replace(directory.resolve(name).toString(), "FILE");
    }
}
