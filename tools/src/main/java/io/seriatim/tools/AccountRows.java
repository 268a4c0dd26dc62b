package io.seriatim.tools;

import java.nio.file.Path;

/**
 * Accounts out of a file. Columns, in any order: {@code id}, {@code ledger} and {@code code} are required;
 * {@code flags}, {@code user_data_128}, {@code user_data_64}, {@code user_data_32} and {@code timestamp} are 0 where
 * they are missing.
 * <p>
 * Threads: confined to one.
 */
final class AccountRows implements RowSource<AccountRow>, AutoCloseable
{
    /** The header, in the order in which we write it. */
    static final String HEADER = "id,ledger,code,flags,user_data_128,user_data_64,user_data_32,timestamp";

    private static final int REQUIRED_COUNT = 3;

    private static final int ID = 0;

    private static final int LEDGER = 1;

    private static final int CODE = 2;

    private static final int FLAGS = 3;

    private static final int USER_DATA_128 = 4;

    private static final int USER_DATA_64 = 5;

    private static final int USER_DATA_32 = 6;

    private static final int TIMESTAMP = 7;

    private final CsvReader reader;
    private final Columns columns;

    AccountRows(final Path file)
    {
        reader = new CsvReader(file);
        columns = Inputs.orClose(reader, () -> new Columns(reader, REQUIRED_COUNT, HEADER.split(",")));
    }

    @Override
    public boolean next(final AccountRow row)
    {
        if (!reader.next())
        {
            return false;
        }
        final Decimal128 id = columns.u128(ID);
        row.idHigh = id.high();
        row.idLow = id.low();
        final Decimal128 userData128 = columns.u128(USER_DATA_128);
        row.userData128High = userData128.high();
        row.userData128Low = userData128.low();
        row.userData64 = columns.u64(USER_DATA_64);
        row.userData32 = columns.u32(USER_DATA_32);
        row.ledger = columns.u32(LEDGER);
        row.code = columns.u16(CODE);
        row.flags = columns.flags(FLAGS, FlagNames.ACCOUNT);
        row.timestampNs = columns.u64(TIMESTAMP);
        row.line = reader.line();
        return true;
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
