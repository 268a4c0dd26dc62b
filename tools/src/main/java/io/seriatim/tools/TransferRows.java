package io.seriatim.tools;

import java.nio.file.Path;

/**
 * Transfers out of a file. Columns, in any order: {@code id} and {@code amount} are required; so are
 * {@code debit_account_id}, {@code credit_account_id}, {@code ledger} and {@code code}, but for a row that posts or
 * voids, which needs {@code pending_id} instead and has what it leaves empty from the pending transfer. The amount of a
 * void may be empty too, which is all of it. {@code user_data_128}, {@code user_data_64}, {@code user_data_32},
 * {@code timeout}, {@code flags} and {@code timestamp} are 0 where they are missing.
 * <p>
 * Threads: confined to one.
 */
final class TransferRows implements RowSource<TransferRow>, AutoCloseable
{
    /** The header, in the order in which we write it. */
    static final String HEADER =
        "id,debit_account_id,credit_account_id,amount,pending_id,user_data_128,user_data_64,user_data_32,timeout," +
        "ledger,code,flags,timestamp";

    private static final String[] NAMES = {
        "id", "amount", "ledger", "code", "debit_account_id", "credit_account_id", "pending_id", "user_data_128",
        "user_data_64", "user_data_32", "timeout", "flags", "timestamp" };

    private static final int REQUIRED_COUNT = 1;

    private static final int ID = 0;

    private static final int AMOUNT = 1;

    private static final int LEDGER = 2;

    private static final int CODE = 3;

    private static final int DEBIT_ACCOUNT_ID = 4;

    private static final int CREDIT_ACCOUNT_ID = 5;

    private static final int PENDING_ID = 6;

    private static final int USER_DATA_128 = 7;

    private static final int USER_DATA_64 = 8;

    private static final int USER_DATA_32 = 9;

    private static final int TIMEOUT = 10;

    private static final int FLAGS = 11;

    private static final int TIMESTAMP = 12;

    private final CsvReader reader;
    private final Columns columns;

    TransferRows(final Path file)
    {
        reader = new CsvReader(file);
        columns = Inputs.orClose(reader, () -> new Columns(reader, REQUIRED_COUNT, NAMES));
        Inputs.orClose(reader, () ->
        {
            columns.require(AMOUNT);
            if (!columns.has(PENDING_ID))
            {
                columns.require(LEDGER);
                columns.require(CODE);
                columns.require(DEBIT_ACCOUNT_ID);
                columns.require(CREDIT_ACCOUNT_ID);
            }
            return null;
        });
    }

    @Override
    public boolean next(final TransferRow row)
    {
        if (!reader.next())
        {
            return false;
        }
        final Decimal128 id = columns.u128(ID);
        row.idHigh = id.high();
        row.idLow = id.low();
        final Decimal128 debitAccountId = columns.u128(DEBIT_ACCOUNT_ID);
        row.debitAccountIdHigh = debitAccountId.high();
        row.debitAccountIdLow = debitAccountId.low();
        final Decimal128 creditAccountId = columns.u128(CREDIT_ACCOUNT_ID);
        row.creditAccountIdHigh = creditAccountId.high();
        row.creditAccountIdLow = creditAccountId.low();
        final Decimal128 amount = columns.u128(AMOUNT);
        row.amountHigh = amount.high();
        row.amountLow = amount.low();
        final Decimal128 pendingId = columns.u128(PENDING_ID);
        row.pendingIdHigh = pendingId.high();
        row.pendingIdLow = pendingId.low();
        final Decimal128 userData128 = columns.u128(USER_DATA_128);
        row.userData128High = userData128.high();
        row.userData128Low = userData128.low();
        row.userData64 = columns.u64(USER_DATA_64);
        row.userData32 = columns.u32(USER_DATA_32);
        row.timeout = columns.u32(TIMEOUT);
        row.ledger = columns.u32(LEDGER);
        row.code = columns.u16(CODE);
        row.flags = columns.flags(FLAGS, FlagNames.TRANSFER);
        row.timestampNs = columns.u64(TIMESTAMP);
        row.line = reader.line();

        if (row.isResolving())
        {
            demand(PENDING_ID, "a pending transfer's id, as the row posts or voids it");
        }
        else
        {
            demand(DEBIT_ACCOUNT_ID, "an account's id, as the row does not post or void");
            demand(CREDIT_ACCOUNT_ID, "an account's id, as the row does not post or void");
            demand(LEDGER, "the number of a ledger, as the row does not post or void");
            demand(CODE, "1 to 65535, as the row does not post or void");
        }
        if ((row.flags & TransferRow.VOID_PENDING_TRANSFER) == 0)
        {
            demand(AMOUNT, "0 to " + Decimal128.MAX);
        }
        return true;
    }

    /** Nothing at all is a mistake in the file; a 0 is a value, and for the ledger to judge. */
    private void demand(final int column, final String allowed)
    {
        if (columns.isEmpty(column))
        {
            throw columns.error("the value is missing", column, allowed);
        }
    }

    @Override
    public String name()
    {
        return reader.file();
    }

    CsvReader reader()
    {
        return reader;
    }

    @Override
    public void close()
    {
        reader.close();
    }
}
