package io.seriatim.tools;

import io.seriatim.engine.LedgerDefinition;
import io.seriatim.ledger.LedgerDefinitions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ledger definitions out of a file. Columns, in any order, all of them required: {@code ledger}, {@code asset_code} and
 * {@code scale}.
 */
final class LedgerRows
{
    /** The header, in the order in which we write it. */
    static final String HEADER = "ledger,asset_code,scale";

    private static final int REQUIRED_COUNT = 3;

    private static final int LEDGER = 0;

    private static final int ASSET_CODE = 1;

    private static final int SCALE = 2;

    private static final String ASSET_CODE_ALLOWED =
        "1 to " + LedgerDefinitions.ASSET_CODE_LENGTH + " printable ASCII characters and no blanks, such as USD";

    /**
     * A definition, and where it stands.
     *
     * @param definition of a ledger.
     * @param line       in the file.
     */
    record Definition(LedgerDefinition definition, long line)
    {
    }

    private LedgerRows()
    {
    }

    /**
     * Reads a whole file; there are few ledgers.
     *
     * @param file with a header.
     * @return the definitions, in their order.
     * @throws InputException if the file or a row of it is wrong, or a ledger is there twice.
     */
    static List<Definition> read(final Path file)
    {
        final List<Definition> definitions = new ArrayList<>();
        final Set<Integer> ledgers = new HashSet<>();
        try (CsvReader reader = new CsvReader(file))
        {
            final Columns columns = new Columns(reader, REQUIRED_COUNT, HEADER.split(","));
            while (reader.next())
            {
                final LedgerDefinition definition = definition(columns);
                if (!ledgers.add(definition.ledger()))
                {
                    throw columns.error("the ledger is there twice", LEDGER, "each ledger once");
                }
                definitions.add(new Definition(definition, reader.line()));
            }
        }
        return definitions;
    }

    private static LedgerDefinition definition(final Columns columns)
    {
        final int ledger = columns.u32(LEDGER);
        if (ledger == 0)
        {
            throw columns.error("the value is out of range", LEDGER, "1 to 4294967295");
        }
        final int scale = columns.u16(SCALE);
        if (scale > LedgerDefinitions.SCALE_MAX)
        {
            throw columns.error("the value is out of range", SCALE, "0 to " + LedgerDefinitions.SCALE_MAX);
        }
        try
        {
            return new LedgerDefinition(ledger, columns.text(ASSET_CODE, ASSET_CODE_ALLOWED), scale);
        }
        catch (final IllegalArgumentException e)
        {
            throw columns.error("the value is not an asset code", ASSET_CODE, ASSET_CODE_ALLOWED);
        }
    }
}
