package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.PendingState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads requests from JSON. What it takes is described in docs/SCRIPT.md.
 * <p>
 * Cost: one pass, or two if {@code op} does not come first; no object for an event.<br>
 * Threads: confined to one. Each request stands in the same {@link JsonRequest}.
 */
final class JsonRequests
{
    /** The field that says what is asked for. */
    static final String OP = "op";

    private static final int SHORT_BITS = 16;
    private static final int INT_BITS = 32;
    private static final int TIME_BITS = 63;
    private static final int LONG_BITS = 64;
    private static final int WIDE_BITS = 128;
    private static final int NUMBER_LENGTH_MAX = 1_000_000;

    private static final List<String> OUTCOME_KINDS = List.of("account", "transfer");

    private final JsonFactory factory = JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(NUMBER_LENGTH_MAX)
            .maxNameLength(Integer.MAX_VALUE).build())
        .build();

    private final Map<JsonOp, JsonFields> fieldsOfOps = new EnumMap<>(JsonOp.class);
    private final JsonValues values = new JsonValues();
    private final JsonRequest request = new JsonRequest();
    private final AccountRecordEncoder account = new AccountRecordEncoder();
    private final TransferRecordEncoder transfer = new TransferRecordEncoder();
    private final Filter filter = request.filter();
    private final JsonFields accountFields = accountFields();
    private final JsonFields transferFields = transferFields();
    private final JsonFields transferFilterFields = accountFilterFields(FlagNames.ACCOUNT_FILTER);
    private final JsonFields balanceFilterFields = accountFilterFields(FlagNames.BALANCE_FILTER);
    private final JsonFields queryFilterFields = queryFilterFields();
    private final JsonFields eventFilterFields = eventFilterFields();
    private final int batchCountMax;

    private int transferRow;
    private boolean isTimestampGiven;
    private boolean isSequenceGiven;
    private int definedLedger;
    private int definedScale;
    private String assetCode;

    /**
     * A reader.
     *
     * @param batchCountMax most events or ids that a request may hold.
     */
    JsonRequests(final int batchCountMax)
    {
        this.batchCountMax = batchCountMax;
        for (final JsonOp op : JsonOp.values())
        {
            fieldsOfOps.put(op, fieldsOf(op));
        }
    }

    /**
     * Reads a request.
     *
     * @param text one JSON object.
     * @return the request, which is good until the next call.
     * @throws JsonRequestException if there is anything wrong with it.
     */
    JsonRequest read(final String text)
    {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text))
        {
            values.wrap(parser);
            if (parser.nextToken() != JsonToken.START_OBJECT)
            {
                throw malformed("a request is an object", parser);
            }
            final boolean isOpFirst = parser.nextToken() == JsonToken.PROPERTY_NAME && isAtOp(parser);
            final JsonOp op = isOpFirst ? readOp(parser) : findOp(text);
            if (!isOpFirst)
            {
                return readFromStart(text, op);
            }
            readFields(op, fieldsOfOps.get(op).bitOf(OP));
            return request;
        }
        catch (final JacksonException e)
        {
            throw malformed(e);
        }
    }

    private JsonRequest readFromStart(final String text, final JsonOp op)
    {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text))
        {
            values.wrap(parser);
            parser.nextToken();
            readFields(op, 0);
            return request;
        }
    }

    private JsonOp findOp(final String text)
    {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text))
        {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT)
            {
                if (isAtOp(parser))
                {
                    values.wrap(parser);
                    return readOp(parser);
                }
                parser.nextToken();
                parser.skipChildren();
            }
        }
        throw new JsonRequestException(
            JsonErrorCode.MISSING_FIELD, "missing: field=op, allowed=" + String.join(" ", opLabels()));
    }

    private static boolean isAtOp(final JsonParser parser)
    {
        return OP.equals(parser.currentName());
    }

    private JsonOp readOp(final JsonParser parser)
    {
        parser.nextToken();
        final String label = values.text(OP);
        final JsonOp op = JsonOp.of(label);
        if (op == null)
        {
            throw new JsonRequestException(
                JsonErrorCode.UNKNOWN_OP,
                "no such operation: found=" + InputException.shown(label) + ", allowed=" +
                String.join(" ", opLabels()));
        }
        return op;
    }

    private void readFields(final JsonOp op, final long before)
    {
        request.reset(op);
        isTimestampGiven = false;
        isSequenceGiven = false;
        definedLedger = 0;
        definedScale = 0;
        assetCode = null;
        fieldsOfOps.get(op).read(values, before);
        final JsonParser parser = values.parser();
        if (parser.nextToken() != null)
        {
            throw malformed("a line holds one request, and something follows its end", parser);
        }
        finish(op);
    }

    /** What depends on more than one field. */
    private void finish(final JsonOp op)
    {
        if (request.count() > batchCountMax)
        {
            throw new JsonRequestException(
                JsonErrorCode.TOO_MANY_EVENTS,
                "a request holds at most " + batchCountMax + " events or ids: found=" + request.count() +
                "; nothing of it was applied");
        }
        if (op == JsonOp.GET_ACCOUNT_AS_OF)
        {
            if (isTimestampGiven == isSequenceGiven)
            {
                throw new JsonRequestException(
                    isTimestampGiven ? JsonErrorCode.BAD_VALUE : JsonErrorCode.MISSING_FIELD,
                    "either the field sequence or the field timestamp says when; found=" +
                    (isTimestampGiven ? "both" : "neither"));
            }
            request.kind(
                isTimestampGiven ? RequestKind.GET_ACCOUNT_AS_OF_TIME : RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE);
        }
        else if (op == JsonOp.DEFINE_LEDGER)
        {
            define();
        }
    }

    private void define()
    {
        try
        {
            request.definition(new LedgerDefinition(definedLedger, assetCode, definedScale));
            request.count(1);
        }
        catch (final IllegalArgumentException e)
        {
            throw new JsonRequestException(JsonErrorCode.BAD_VALUE, e.getMessage(), e);
        }
    }

    /**
     * What may stand in a request, for completion and help.
     *
     * @param op that is asked for.
     * @return names of its fields, without {@code op}.
     */
    List<String> fieldNames(final JsonOp op)
    {
        final List<String> names = new ArrayList<>(fieldsOfOps.get(op).names());
        names.remove(OP);
        return names;
    }

    /**
     * What may stand in an event or a filter of a request, for completion and help.
     *
     * @param op that is asked for.
     * @return names of the fields; nothing if there are neither.
     */
    List<String> innerFieldNames(final JsonOp op)
    {
        switch (op)
        {
            case CREATE_ACCOUNTS:
                return accountFields.names();
            case CREATE_TRANSFERS:
                return transferFields.names();
            case GET_ACCOUNT_TRANSFERS:
                return transferFilterFields.names();
            case GET_ACCOUNT_BALANCES:
                return balanceFilterFields.names();
            case QUERY_ACCOUNTS:
            case QUERY_TRANSFERS:
            case QUERY_PENDING:
                return queryFilterFields.names();
            case GET_CHANGE_EVENTS:
                return eventFilterFields.names();
            default:
                return List.of();
        }
    }

    static List<String> opLabels()
    {
        final List<String> labels = new ArrayList<>();
        for (final JsonOp op : JsonOp.values())
        {
            labels.add(op.label());
        }
        return labels;
    }

    private JsonFields fieldsOf(final JsonOp op)
    {
        final JsonFields fields = new JsonFields().required(OP, values::text);
        switch (op)
        {
            case CREATE_ACCOUNTS:
                fields.required("events", this::readAccounts);
                break;
            case CREATE_TRANSFERS:
                fields.required("events", this::readTransfers);
                break;
            case LOOKUP_ACCOUNTS:
            case LOOKUP_TRANSFERS:
                fields.required("ids", name -> readIds(name, WIDE_BITS));
                break;
            case LOOKUP_LEDGERS:
                fields.required("ledgers", name -> readIds(name, INT_BITS));
                break;
            case LOOKUP_OUTCOME:
                fields
                    .required("kind", name -> request.kind(values.word(name, OUTCOME_KINDS) == 0 ?
                        RequestKind.LOOKUP_ACCOUNT_OUTCOMES : RequestKind.LOOKUP_TRANSFER_OUTCOMES))
                    .required("id", name -> readId(name, request.clearedRow(0), WIDE_BITS));
                break;
            case GET_ACCOUNT_TRANSFERS:
                fields.required("filter", name -> readFilter(name, transferFilterFields));
                break;
            case GET_ACCOUNT_BALANCES:
                fields.required("filter", name -> readFilter(name, balanceFilterFields));
                break;
            case QUERY_ACCOUNTS:
            case QUERY_TRANSFERS:
                fields.required("filter", name -> readFilter(name, queryFilterFields));
                break;
            case QUERY_PENDING:
                fields
                    .required("state", this::readState)
                    .required("filter", name -> readFilter(name, queryFilterFields));
                break;
            case GET_ACCOUNT_WITH_PENDING:
                fields.required("id", wide((high, low) -> filter.id(high, low).limit(QueryRows.ROW_COUNT_MAX)));
                break;
            case GET_ACCOUNT_AS_OF:
                fields
                    .required("id", wide((high, low) -> filter.id(high, low).limit(1)))
                    .optional("sequence", this::readSequence)
                    .optional("timestamp", name ->
                    {
                        filter.timestampMaxNs(values.unsigned(name, TIME_BITS));
                        isTimestampGiven = true;
                    });
                break;
            case GET_CHANGE_EVENTS:
                fields.required("filter", name -> readFilter(name, eventFilterFields));
                break;
            case EXPLAIN:
                fields.required("sequence", this::readSequence);
                break;
            case DEFINE_LEDGER:
                fields
                    .required("ledger", name -> definedLedger = (int) values.unsigned(name, INT_BITS))
                    .required("asset_code", name -> assetCode = values.text(name))
                    .optional("scale", name -> definedScale = (int) values.unsigned(name, SHORT_BITS));
                break;
            case ADVANCE_CLOCK:
                fields.required("nanoseconds", name -> request.clockNs(values.unsigned(name, TIME_BITS)));
                break;
            default:
                fields.required("timestamp", name -> request.clockNs(values.unsigned(name, TIME_BITS)));
                break;
        }
        return op.isClock() ? fields : withShard(op, fields);
    }

    /** Which shard is meant; the ledger of a definition says so by itself. */
    private JsonFields withShard(final JsonOp op, final JsonFields fields)
    {
        fields.optional("shard", name -> request.shard((int) values.unsigned(name, SHORT_BITS)));
        return op == JsonOp.DEFINE_LEDGER ? fields :
            fields.optional("ledger", name -> request.ledger(values.unsigned(name, INT_BITS)));
    }

    private JsonFields accountFields()
    {
        return new JsonFields()
            .optional("id", wide((high, low) -> account.idHigh(high).idLow(low)))
            .optional("debits_pending", wide((high, low) -> account.debitsPendingHigh(high).debitsPendingLow(low)))
            .optional("debits_posted", wide((high, low) -> account.debitsPostedHigh(high).debitsPostedLow(low)))
            .optional("credits_pending", wide((high, low) -> account.creditsPendingHigh(high).creditsPendingLow(low)))
            .optional("credits_posted", wide((high, low) -> account.creditsPostedHigh(high).creditsPostedLow(low)))
            .optional("user_data_128", wide((high, low) -> account.userData128High(high).userData128Low(low)))
            .optional("user_data_64", name -> account.userData64(values.unsigned(name, LONG_BITS)))
            .optional("user_data_32", name -> account.userData32(values.unsigned(name, INT_BITS)))
            .optional("reserved", name -> account.reserved(values.unsigned(name, INT_BITS)))
            .optional("ledger", name -> account.ledger(values.unsigned(name, INT_BITS)))
            .optional("code", name -> account.code((int) values.unsigned(name, SHORT_BITS)))
            .optional("flags", name -> account.flags((int) values.flags(name, FlagNames.ACCOUNT, SHORT_BITS)))
            .optional("timestamp", name -> account.timestampNs(values.unsigned(name, LONG_BITS)));
    }

    private JsonFields transferFields()
    {
        return new JsonFields()
            .optional("id", wide((high, low) -> transfer.idHigh(high).idLow(low)))
            .optional("debit_account_id",
                wide((high, low) -> transfer.debitAccountIdHigh(high).debitAccountIdLow(low)))
            .optional("credit_account_id",
                wide((high, low) -> transfer.creditAccountIdHigh(high).creditAccountIdLow(low)))
            .optional("amount", wide((high, low) -> transfer.amountHigh(high).amountLow(low)))
            .optional("pending_id", wide((high, low) -> transfer.pendingIdHigh(high).pendingIdLow(low)))
            .optional("user_data_128", wide((high, low) -> transfer.userData128High(high).userData128Low(low)))
            .optional("user_data_64", name -> transfer.userData64(values.unsigned(name, LONG_BITS)))
            .optional("user_data_32", name -> transfer.userData32(values.unsigned(name, INT_BITS)))
            .optional("timeout", name -> transfer.timeout(values.unsigned(name, INT_BITS)))
            .optional("ledger", name -> transfer.ledger(values.unsigned(name, INT_BITS)))
            .optional("code", name -> transfer.code((int) values.unsigned(name, SHORT_BITS)))
            .optional("flags", name -> transfer.flags((int) values.flags(name, FlagNames.TRANSFER, SHORT_BITS)))
            .optional("timestamp", name -> request.rows().putLong(
                transferRow + JsonRequest.TRANSFER_TIMESTAMP_OFFSET, values.unsigned(name, LONG_BITS)));
    }

    private JsonFields accountFilterFields(final FlagNames flags)
    {
        return withRange(withUserData(new JsonFields().optional("account_id", wide(filter::id)))
            .optional("code", name -> filter.code((int) values.unsigned(name, SHORT_BITS))))
            .optional("flags", name -> filter.flags((int) values.flags(name, flags, INT_BITS)));
    }

    private JsonFields queryFilterFields()
    {
        return withRange(withUserData(new JsonFields())
            .optional("ledger", name -> filter.ledger((int) values.unsigned(name, INT_BITS)))
            .optional("code", name -> filter.code((int) values.unsigned(name, SHORT_BITS))))
            .optional("flags", name -> filter.flags((int) values.flags(name, FlagNames.QUERY_FILTER, INT_BITS)));
    }

    private JsonFields eventFilterFields()
    {
        return withRange(new JsonFields());
    }

    private JsonFields withUserData(final JsonFields fields)
    {
        return fields
            .optional("user_data_128", wide(filter::userData128))
            .optional("user_data_64", name -> filter.userData64(values.unsigned(name, LONG_BITS)))
            .optional("user_data_32", name -> filter.userData32((int) values.unsigned(name, INT_BITS)));
    }

    private JsonFields withRange(final JsonFields fields)
    {
        return fields
            .optional("timestamp_min", name -> filter.timestampMinNs(values.unsigned(name, LONG_BITS)))
            .optional("timestamp_max", name -> filter.timestampMaxNs(values.unsigned(name, LONG_BITS)))
            .optional("limit", name -> filter.limit((int) values.unsigned(name, INT_BITS)));
    }

    /** Takes a number of 128 bits. */
    @FunctionalInterface
    private interface WideSetter
    {
        /**
         * Set both halves.
         *
         * @param high half.
         * @param low  half.
         */
        void set(long high, long low);
    }

    private JsonFields.ValueReader wide(final WideSetter setter)
    {
        return name ->
        {
            values.unsigned(name, WIDE_BITS);
            setter.set(values.high(), values.low());
        };
    }

    private void readAccounts(final String name)
    {
        int count = 0;
        values.requireArray(name);
        values.enter(name);
        while (values.parser().nextToken() != JsonToken.END_ARRAY)
        {
            values.element(count);
            account.wrap(request.rows(), request.clearedRow(rowOf(count)));
            readObject(accountFields);
            count++;
        }
        values.leave();
        request.count(count);
    }

    private void readTransfers(final String name)
    {
        int count = 0;
        values.requireArray(name);
        values.enter(name);
        while (values.parser().nextToken() != JsonToken.END_ARRAY)
        {
            values.element(count);
            transferRow = request.clearedRow(rowOf(count));
            transfer.wrap(request.rows(), transferRow);
            readObject(transferFields);
            count++;
        }
        values.leave();
        request.count(count);
    }

    private void readIds(final String name, final int bits)
    {
        int count = 0;
        values.requireArray(name);
        values.enter(name);
        while (values.parser().nextToken() != JsonToken.END_ARRAY)
        {
            values.element(count);
            readId(null, request.clearedRow(rowOf(count)), bits);
            count++;
        }
        values.leave();
        request.count(count);
    }

    /** What is too much is read, to be counted, and not kept. */
    private int rowOf(final int index)
    {
        return Math.min(index, batchCountMax);
    }

    private void readId(final String name, final int row, final int bits)
    {
        values.unsigned(name, bits);
        request.rows().putLong(row, values.high());
        request.rows().putLong(row + Long.BYTES, values.low());
        request.count(1);
    }

    private void readFilter(final String name, final JsonFields fields)
    {
        values.enter(name);
        readObject(fields);
        values.leave();
    }

    private void readObject(final JsonFields fields)
    {
        values.requireObject(null);
        fields.read(values, 0);
    }

    private void readState(final String name)
    {
        // The first state is that of a transfer that is not pending.
        final List<String> states = new ArrayList<>();
        for (final PendingState state : PendingState.values())
        {
            states.add(state.name().toLowerCase(Locale.ROOT));
        }
        filter.state(1 + values.word(name, states.subList(1, states.size())));
    }

    private void readSequence(final String name)
    {
        filter.sequence(values.unsigned(name, TIME_BITS)).limit(1);
        isSequenceGiven = true;
    }

    private static JsonRequestException malformed(final JacksonException cause)
    {
        return new JsonRequestException(
            JsonErrorCode.MALFORMED_JSON,
            cause.getOriginalMessage().replace('\n', ' ') +
            (cause.getLocation() == null ? "" : ", column=" + cause.getLocation().getColumnNr()), cause);
    }

    private static JsonRequestException malformed(final String what, final JsonParser parser)
    {
        return new JsonRequestException(
            JsonErrorCode.MALFORMED_JSON,
            what + ": column=" + Math.max(1, parser.currentTokenLocation().getColumnNr()));
    }
}
