package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.Movement;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Movements in Parquet files, a row each, in a directory: a file ends behind so many movements, as none can be gone on
 * with that was broken off. Each is named after the sequence of its first movement, {@code
 * movements-0000000000000001234.parquet}; together they are one table.
 * <p>
 * Amounts are whole numbers of the ledger's smallest unit. Ids, of up to 39 digits, are text: no reader has a number
 * that holds them all.<br>
 * Shape: a row group of 32 MiB in memory, beside that of every export.<br>
 * Threads: confined to one.
 */
final class ParquetExport extends ExportWriter
{
    private static final int ROW_GROUP_LENGTH = 32 << 20;
    private static final int DECIMAL_LENGTH = 16;
    private static final int DECIMAL_DIGITS = 38;
    private static final BigInteger DECIMAL_BOUND = BigInteger.TEN.pow(DECIMAL_DIGITS);
    private static final String SUFFIX = ".parquet";

    private final ResumableDirectory directory;
    private final Amounts amounts;
    private final long movementsPerFile;
    private final MessageType schema;
    private final Map<String, String> origin;
    private String name;
    private ParquetWriter<Row> file;
    private long movementCount;

    /** How amounts are written. */
    enum Amounts
    {
        /** As DECIMAL(38, 0): a number to every reader; those of 39 digits are refused. */
        DECIMAL,

        /** As text, of any size. */
        TEXT
    }

    /** What a row is made of. */
    private record Row(Movement movement, String asset, DefinitionAudit definition, byte[] leaf)
    {
    }

    /**
     * Begin, or go on.
     *
     * @param part             that is written.
     * @param directory        of the files.
     * @param genesis          of the shard.
     * @param amounts          how they are written.
     * @param movementsPerFile above zero.
     */
    ParquetExport(
        final ExportPart part,
        final ResumableDirectory directory,
        final Genesis genesis,
        final Amounts amounts,
        final long movementsPerFile)
    {
        super(part, directory.nextSequence());
        this.directory = directory;
        this.amounts = amounts;
        this.movementsPerFile = movementsPerFile;
        schema = schema(amounts);
        // In an order that is the same in each run, so that the same movements are the same bytes.
        origin = new TreeMap<>(Map.of(
            "seriatim.origin", genesis.origin(), "seriatim.log_uuid", genesis.logUuid().toString(),
            "seriatim.part", part.toString()));
    }

    @Override
    void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit) throws IOException
    {
        if (file == null)
        {
            begin(movement.sequence());
        }
        file.write(new Row(movement, asset(movement.ledger()), books().definition(movement.ledger()), leaf()));
        movementCount++;
        countRecord();
    }

    @Override
    void wholeUpTo(final long sequence) throws IOException
    {
        if (movementCount == movementsPerFile)
        {
            keep(sequence);
        }
    }

    @Override
    void finish() throws IOException
    {
        // Where nothing moved there is a table without rows.
        if (file == null && directory.names().stream().noneMatch(found -> found.endsWith(SUFFIX)))
        {
            begin(0);
        }
        if (file != null)
        {
            keep(Long.MAX_VALUE);
        }
        directory.finish();
    }

    @Override
    public void close() throws IOException
    {
        try (directory)
        {
            if (file != null)
            {
                file.close();
            }
        }
    }

    private void begin(final long sequence) throws IOException
    {
        name = String.format(Locale.ROOT, "movements-%019d%s", sequence, SUFFIX);
        file = new FileBuilder(directory.begin(name)).build();
        movementCount = 0;
    }

    private void keep(final long sequence) throws IOException
    {
        file.close();
        file = null;
        movementCount = 0;
        directory.keep(name, sequence);
    }

    private static MessageType schema(final Amounts amounts)
    {
        return Types.buildMessage()
            .required(PrimitiveTypeName.INT64).named("sequence")
            .required(PrimitiveTypeName.INT64)
            .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.NANOS)).named("time")
            .required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named("kind")
            .required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named("transfer_id")
            .required(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.intType(32, false)).named("ledger")
            .required(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.intType(16, false)).named("code")
            .required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named("debit_account_id")
            .required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named("credit_account_id")
            .addField(amount(amounts, "posted"))
            .addField(amount(amounts, "pending_change"))
            .required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named("asset")
            .optional(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.intType(16, false)).named("asset_scale")
            .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(32).named("leaf")
            .named("movement");
    }

    private static Type amount(final Amounts amounts, final String column)
    {
        return amounts == Amounts.TEXT ?
            Types.required(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named(column) :
            Types.required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(DECIMAL_LENGTH)
                .as(LogicalTypeAnnotation.decimalType(0, DECIMAL_DIGITS)).named(column);
    }

    private Binary amount(final BigInteger amount, final Movement movement)
    {
        if (amounts == Amounts.TEXT)
        {
            return Binary.fromString(amount.toString());
        }
        if (amount.abs().compareTo(DECIMAL_BOUND) >= 0)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "an amount has more than 38 digits, which no DECIMAL holds: sequence=" +
                movement.sequence() + ", amount=" + amount + "; say --amounts text, and another --out");
        }
        final byte[] digits = amount.toByteArray();
        final byte[] bytes = new byte[DECIMAL_LENGTH];
        Arrays.fill(bytes, (byte)(amount.signum() < 0 ? -1 : 0));
        System.arraycopy(digits, 0, bytes, DECIMAL_LENGTH - digits.length, digits.length);
        return Binary.fromConstantByteArray(bytes);
    }

    /** A file as we want it. Columns whose values are all different have no dictionary. */
    private final class FileBuilder extends ParquetWriter.Builder<Row, FileBuilder>
    {
        FileBuilder(final Path path)
        {
            super((OutputFile)new LocalOutputFile(path));
            withConf(new PlainParquetConfiguration());
            withWriteMode(ParquetFileWriter.Mode.OVERWRITE);
            withRowGroupSize((long)ROW_GROUP_LENGTH);
            withCodecFactory(new GzipPages());
            withCompressionCodec(CompressionCodecName.GZIP);
            withDictionaryEncoding("sequence", false);
            withDictionaryEncoding("time", false);
            withDictionaryEncoding("transfer_id", false);
            withDictionaryEncoding("leaf", false);
        }

        @Override
        protected FileBuilder self()
        {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract, though never called.
        protected WriteSupport<Row> getWriteSupport(final Configuration configuration)
        {
            return new RowWriter();
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(final ParquetConfiguration configuration)
        {
            return new RowWriter();
        }
    }

    /** Takes a row apart, in the order of the schema. */
    private final class RowWriter extends WriteSupport<Row>
    {
        private RecordConsumer consumer;
        private int column;

        @Override
        @SuppressWarnings("deprecation") // Abstract, though never called.
        public WriteContext init(final Configuration configuration)
        {
            return new WriteContext(schema, origin);
        }

        @Override
        public WriteContext init(final ParquetConfiguration configuration)
        {
            return new WriteContext(schema, origin);
        }

        @Override
        public void prepareForWrite(final RecordConsumer recordConsumer)
        {
            consumer = recordConsumer;
        }

        @Override
        public void write(final Row row)
        {
            final Movement movement = row.movement();
            consumer.startMessage();
            column = 0;
            add(() -> consumer.addLong(movement.sequence()));
            add(() -> consumer.addLong(movement.timestampNs()));
            add(Binary.fromString(movement.kind().name().toLowerCase(Locale.ROOT)));
            add(Binary.fromString(movement.transferId().toString()));
            add(() -> consumer.addInteger(movement.ledger()));
            add(() -> consumer.addInteger(movement.code()));
            add(Binary.fromString(movement.debitAccountId().toString()));
            add(Binary.fromString(movement.creditAccountId().toString()));
            add(amount(movement.posted(), movement));
            add(amount(movement.pending(), movement));
            add(Binary.fromString(row.asset()));
            if (row.definition() == null)
            {
                column++;
            }
            else
            {
                add(() -> consumer.addInteger(row.definition().scale()));
            }
            add(Binary.fromConstantByteArray(row.leaf()));
            consumer.endMessage();
        }

        private void add(final Binary value)
        {
            add(() -> consumer.addBinary(value));
        }

        private void add(final Runnable value)
        {
            final String columnName = schema.getFieldName(column);
            consumer.startField(columnName, column);
            value.run();
            consumer.endField(columnName, column);
            column++;
        }
    }
}
