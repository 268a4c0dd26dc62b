package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.ChangeEventType;
import io.seriatim.engine.Explanation;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.TransferOutcome;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.agrona.DirectBuffer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes answers as JSON. Integers of 64 and 128 bits are strings of digits, because many readers of JSON keep no more
 * than 53 bits of a number; smaller ones are numbers.
 * <p>
 * Shape: one answer at a time, complete before any of it goes out.<br>
 * Threads: confined to one.
 */
final class JsonAnswers
{
    private static final String SEQUENCE = "sequence";
    private static final String TIMESTAMP = "timestamp";
    private static final String STATUS = "status";

    private final JsonFactory factory = new JsonFactory();
    private final CharArrayWriter text = new CharArrayWriter();
    private final AccountRecordDecoder account = new AccountRecordDecoder();
    private boolean isFull;
    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private JsonGenerator json;

    /**
     * Makes the answer to a request.
     *
     * @param request that was answered.
     * @param reply   of the engine.
     */
    void answer(final JsonRequest request, final Reply reply)
    {
        final int count = reply.count();
        isFull = reply.isFull();
        answer(
            request.op(), reply.kind(), reply.buffer(), count == 0 ? 0 : reply.rowOffset(0), count,
            reply.validAtSequence());
    }

    /**
     * Makes an answer.
     *
     * @param op              that was asked for.
     * @param kind            of the request.
     * @param buffer          holding rows, as {@link QueryRows} and {@link BatchResults} lay them out.
     * @param offset          of the first row.
     * @param count           of rows.
     * @param validAtSequence up to which the answer is true, if it is to a read.
     */
    void answer(
        final JsonOp op,
        final RequestKind kind,
        final DirectBuffer buffer,
        final int offset,
        final int count,
        final long validAtSequence)
    {
        begin();
        json.writeName(op.answer());
        if (op.isClock())
        {
            json.writeString(Long.toUnsignedString(buffer.getLong(offset)));
            json.writeNumberProperty("expired", buffer.getLong(offset + Long.BYTES));
        }
        else if (op.isCreate())
        {
            rows(kind, buffer, offset, count);
        }
        else
        {
            read(op, kind, buffer, offset, count);
            uint64(SEQUENCE, validAtSequence);
        }
        end();
    }

    /**
     * Makes the answer to a request that was refused as a whole.
     *
     * @param refusal why.
     * @param line    of the request, from 1; 0 to leave it out.
     */
    void error(final JsonRequestException refusal, final long line)
    {
        begin();
        json.writeName("error");
        json.writeStartObject();
        json.writeStringProperty("code", refusal.code().label());
        json.writeStringProperty("message", refusal.getMessage());
        if (line > 0)
        {
            json.writeNumberProperty("line", line);
        }
        json.writeEndObject();
        end();
    }

    /**
     * Puts out the answer that was made last.
     *
     * @param out where it goes, without an end of line.
     */
    void writeTo(final Writer out)
    {
        try
        {
            text.writeTo(out);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer that was made last. */
    @Override
    public String toString()
    {
        return text.toString();
    }

    private void begin()
    {
        text.reset();
        json = factory.createGenerator(ObjectWriteContext.empty(), text);
        json.writeStartObject();
    }

    private void end()
    {
        json.writeEndObject();
        json.close();
    }

    private void result(final RequestKind kind, final DirectBuffer buffer, final int offset)
    {
        json.writeStartObject();
        json.writeStringProperty(STATUS, status(kind, buffer.getInt(offset + BatchResults.OUTCOME_OFFSET)));
        uint64(TIMESTAMP, buffer.getLong(offset + BatchResults.TIMESTAMP_OFFSET));
        uint64(SEQUENCE, buffer.getLong(offset + BatchResults.SEQUENCE_OFFSET));
        final long firstSequence = buffer.getLong(offset + BatchResults.FIRST_SEQUENCE_OFFSET);
        if (firstSequence != 0)
        {
            uint64("first_sequence", firstSequence);
        }
        json.writeEndObject();
    }

    private static String status(final RequestKind kind, final int code)
    {
        return kind == RequestKind.CREATE_TRANSFERS || kind == RequestKind.LOOKUP_TRANSFER_OUTCOMES ?
            TransferOutcome.of(code).label() : AccountOutcome.of(code).label();
    }

    private void read(
        final JsonOp op, final RequestKind kind, final DirectBuffer buffer, final int offset, final int count)
    {
        switch (op)
        {
            case LOOKUP_OUTCOME:
                if (count == 0)
                {
                    json.writeStartObject();
                    json.writeStringProperty(STATUS, "not_found");
                    json.writeEndObject();
                }
                else
                {
                    result(kind, buffer, offset + 2 * Long.BYTES);
                }
                break;
            case GET_ACCOUNT_WITH_PENDING:
                accountOrNull(buffer, offset, count);
                json.writeName("pending");
                // The last row that an answer holds says only that there are more.
                rows(kind, buffer, offset + kind.rowLength(), count - (isFull ? 2 : 1));
                if (isFull)
                {
                    json.writeBooleanProperty("has_more", true);
                }
                break;
            case GET_ACCOUNT_AS_OF:
                accountOrNull(buffer, offset, count);
                break;
            case EXPLAIN:
                if (count == 0)
                {
                    json.writeNull();
                }
                else
                {
                    explanation(buffer, offset);
                }
                break;
            default:
                rows(kind, buffer, offset, count);
                break;
        }
    }

    private void accountOrNull(final DirectBuffer buffer, final int offset, final int count)
    {
        if (count == 0)
        {
            json.writeNull();
        }
        else
        {
            account(buffer, offset);
        }
    }

    private void explanation(final DirectBuffer buffer, final int offset)
    {
        final Explanation explanation = Explanation.decode(buffer, offset);
        json.writeStartObject();
        uint64(SEQUENCE, explanation.sequence());
        uint64(TIMESTAMP, explanation.timestampNs());
        json.writeStringProperty("kind", explanation.kind());
        json.writeStringProperty("outcome", explanation.outcome());
        json.writeStringProperty("rule", explanation.rule());
        json.writeName("values");
        json.writeStartObject();
        explanation.values().forEach(json::writeStringProperty);
        json.writeEndObject();
        if (explanation.debitAccount() != null)
        {
            json.writeName("debit_account");
            account(buffer, offset + QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET);
        }
        if (explanation.creditAccount() != null)
        {
            json.writeName("credit_account");
            account(buffer, offset + QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET);
        }
        if (explanation.pending() != null)
        {
            json.writeName("pending");
            transfer(buffer, offset + QueryRows.EXPLAINED_PENDING_OFFSET);
            json.writeStringProperty("pending_state", explanation.pendingState().name().toLowerCase(Locale.ROOT));
        }
        if (explanation.originalSequence() != 0)
        {
            uint64("original_sequence", explanation.originalSequence());
        }
        json.writeEndObject();
    }

    private void rows(final RequestKind kind, final DirectBuffer buffer, final int offset, final int count)
    {
        json.writeStartArray();
        for (int i = 0; i < count; i++)
        {
            row(kind, buffer, offset + i * kind.rowLength());
        }
        json.writeEndArray();
    }

    private void row(final RequestKind kind, final DirectBuffer buffer, final int offset)
    {
        switch (kind)
        {
            case CREATE_ACCOUNTS:
            case CREATE_TRANSFERS:
            case DEFINE_LEDGERS:
                result(kind, buffer, offset);
                break;
            case LOOKUP_ACCOUNTS:
            case QUERY_ACCOUNTS:
                account(buffer, offset);
                break;
            case LOOKUP_LEDGERS:
                definition(buffer, offset);
                break;
            case GET_ACCOUNT_BALANCES:
                balance(buffer, offset);
                break;
            case GET_CHANGE_EVENTS:
                changeEvent(buffer, offset);
                break;
            default:
                transfer(buffer, offset);
                break;
        }
    }

    private void account(final DirectBuffer buffer, final int offset)
    {
        account.wrap(buffer, offset);
        json.writeStartObject();
        uint128("id", account.idHigh(), account.idLow());
        uint128("debits_pending", account.debitsPendingHigh(), account.debitsPendingLow());
        uint128("debits_posted", account.debitsPostedHigh(), account.debitsPostedLow());
        uint128("credits_pending", account.creditsPendingHigh(), account.creditsPendingLow());
        uint128("credits_posted", account.creditsPostedHigh(), account.creditsPostedLow());
        uint128("user_data_128", account.userData128High(), account.userData128Low());
        uint64("user_data_64", account.userData64());
        json.writeNumberProperty("user_data_32", account.userData32());
        json.writeNumberProperty("ledger", account.ledger());
        json.writeNumberProperty("code", account.code());
        flags(account.flags(), FlagNames.ACCOUNT);
        uint64(TIMESTAMP, account.timestampNs());
        json.writeEndObject();
    }

    private void transfer(final DirectBuffer buffer, final int offset)
    {
        transfer.wrap(buffer, offset);
        json.writeStartObject();
        uint128("id", transfer.idHigh(), transfer.idLow());
        uint128("debit_account_id", transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        uint128("credit_account_id", transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        uint128("amount", transfer.amountHigh(), transfer.amountLow());
        uint128("pending_id", transfer.pendingIdHigh(), transfer.pendingIdLow());
        uint128("user_data_128", transfer.userData128High(), transfer.userData128Low());
        uint64("user_data_64", transfer.userData64());
        json.writeNumberProperty("user_data_32", transfer.userData32());
        json.writeNumberProperty("timeout", transfer.timeout());
        json.writeNumberProperty("ledger", transfer.ledger());
        json.writeNumberProperty("code", transfer.code());
        flags(transfer.flags(), FlagNames.TRANSFER);
        uint64(TIMESTAMP, buffer.getLong(offset + TransferRecordDecoder.ENCODED_LENGTH));
        json.writeEndObject();
    }

    private void balance(final DirectBuffer buffer, final int offset)
    {
        json.writeStartObject();
        uint128("debits_pending", buffer, offset);
        uint128("debits_posted", buffer, offset + 2 * Long.BYTES);
        uint128("credits_pending", buffer, offset + 4 * Long.BYTES);
        uint128("credits_posted", buffer, offset + 6 * Long.BYTES);
        uint64(TIMESTAMP, buffer.getLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET));
        json.writeEndObject();
    }

    private void changeEvent(final DirectBuffer buffer, final int offset)
    {
        final int transferOffset = offset + QueryRows.EVENT_TRANSFER_OFFSET;
        final int debitAccountOffset = offset + QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET;
        json.writeStartObject();
        json.writeStringProperty(
            "type", ChangeEventType.values()[buffer.getInt(offset + QueryRows.EVENT_TYPE_OFFSET)].label());
        uint64(TIMESTAMP, buffer.getLong(offset));
        json.writeNumberProperty("ledger", account.wrap(buffer, debitAccountOffset).ledger());
        transfer.wrap(buffer, transferOffset);
        uint128("amount", transfer.amountHigh(), transfer.amountLow());
        json.writeName("transfer");
        transfer(buffer, transferOffset);
        json.writeName("debit_account");
        account(buffer, debitAccountOffset);
        json.writeName("credit_account");
        account(buffer, offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET);
        json.writeEndObject();
    }

    private void definition(final DirectBuffer buffer, final int offset)
    {
        final LedgerDefinition definition = LedgerDefinition.decode(buffer, offset);
        json.writeStartObject();
        json.writeNumberProperty("ledger", Integer.toUnsignedLong(definition.ledger()));
        json.writeStringProperty("asset_code", definition.assetCode());
        json.writeNumberProperty("scale", definition.scale());
        json.writeEndObject();
    }

    private void flags(final int flags, final FlagNames names)
    {
        final List<String> all = names.names();
        json.writeName("flags");
        json.writeStartArray();
        for (int bit = 0; bit < all.size(); bit++)
        {
            if ((flags & 1 << bit) != 0)
            {
                json.writeString(all.get(bit));
            }
        }
        json.writeEndArray();
    }

    private void uint128(final String name, final DirectBuffer buffer, final int offset)
    {
        uint128(name, buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    private void uint128(final String name, final long high, final long low)
    {
        json.writeStringProperty(
            name, high == 0 ? Long.toUnsignedString(low) : Decimal128.toString(high, low));
    }

    private void uint64(final String name, final long value)
    {
        json.writeStringProperty(name, Long.toUnsignedString(value));
    }
}
