package io.seriatim.tools;

import io.seriatim.replay.BookAccount;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.Movement;
import org.agrona.DirectBuffer;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a part of a shard's order as text, a record for a movement or an entry.
 * <p>
 * Threads: confined to one.
 */
abstract class TextExport extends ExportWriter
{
    private final ExportOutput out;

    TextExport(final ExportPart part, final ExportOutput out)
    {
        super(part, out.nextSequence());
        this.out = out;
    }

    @Override
    final void wholeUpTo(final long sequence) throws IOException
    {
        out.wholeUpTo(sequence);
    }

    @Override
    final void finish() throws IOException
    {
        out.finish();
    }

    @Override
    public final void close() throws IOException
    {
        out.close();
    }

    final ExportOutput out()
    {
        return out;
    }

    final void record(final String text) throws IOException
    {
        countRecord();
        out.write(text);
    }

    final String leafText()
    {
        return HexFormat.of().formatHex(leaf());
    }

    final String amount(final BigInteger amount, final int ledger)
    {
        final DefinitionAudit definition = books().definition(ledger);
        return definition == null ? amount.toString() : new BigDecimal(amount, definition.scale()).toPlainString();
    }

    /** Movements, a line each. */
    static final class Csv extends TextExport
    {
        Csv(final ExportPart part, final ExportOutput out) throws IOException
        {
            super(part, out);
            out.head("sequence,time,kind,transfer_id,ledger,code,debit_account_id,credit_account_id,posted," +
                "pending_change,asset,leaf\n");
        }

        @Override
        void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
            throws IOException
        {
            record(movement.sequence() + "," + EntryText.time(movement.timestampNs()) + "," +
                movement.kind().name().toLowerCase(Locale.ROOT) + "," + movement.transferId() + "," +
                Integer.toUnsignedString(movement.ledger()) + "," + movement.code() + "," + debit.id() + "," +
                credit.id() + "," + amount(movement.posted(), movement.ledger()) + "," +
                amount(movement.pending(), movement.ledger()) + "," +
                RecordOutput.quoted(asset(movement.ledger())) + "," + leafText() + "\n");
        }
    }

    /** Entries as they are, a JSON object each. */
    static final class JsonLines extends TextExport
    {
        private final JsonMapper mapper = new JsonMapper();

        JsonLines(final ExportPart part, final ExportOutput out)
        {
            super(part, out);
        }

        @Override
        void writeEntry(final DirectBuffer buffer, final int offset) throws IOException
        {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put("shard", part().shard());
            json.putAll(EntryText.fields(buffer, offset));
            if (isOfEntry(json.get("ledger")) || isOfEntry(json.get("resolved_ledger")))
            {
                json.put("leaf", leafText());
                record(mapper.writeValueAsString(json) + "\n");
            }
        }

        private boolean isOfEntry(final Object number)
        {
            return number instanceof Number value ? part().isOf(value.intValue()) : part().isOf(0);
        }
    }
}
