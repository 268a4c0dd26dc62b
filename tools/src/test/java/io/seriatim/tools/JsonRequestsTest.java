package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferFlags;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRequestsTest
{
    private static final int BATCH_COUNT_MAX = 3;
    private static final String MAX_128 = "340282366920938463463374607431768211455";

    private final JsonRequests requests = new JsonRequests(BATCH_COUNT_MAX);

    @Test
    void shouldReadEveryFieldOfAnAccount()
    {
        final JsonRequest request = read("""
            {"op":"create_accounts","events":[{},{"id":18446744073709551617,"debits_pending":"36893488147419103235",
            "debits_posted":"73786976294838206469","credits_pending":"147573952589676412935",
            "credits_posted":"295147905179352825865","user_data_128":"590295810358705651723",
            "user_data_64":"18446744073709551615","user_data_32":4294967295,"reserved":4294967294,"ledger":"4294967293",
            "code":65535,"flags":["linked","closed"],"timestamp":"18446744073709551614"}]}""");

        assertEquals(RequestKind.CREATE_ACCOUNTS, request.kind());
        assertEquals(2, request.count());
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(request.rows(), JsonRequest.ROW_LENGTH);
        assertEquals("1/1 2/3 4/5 8/7 16/9 32/11", wide(
            account.idHigh(), account.idLow(), account.debitsPendingHigh(), account.debitsPendingLow(),
            account.debitsPostedHigh(), account.debitsPostedLow(), account.creditsPendingHigh(),
            account.creditsPendingLow(), account.creditsPostedHigh(), account.creditsPostedLow(),
            account.userData128High(), account.userData128Low()));
        assertEquals(-1, account.userData64());
        assertEquals(0xFFFF_FFFFL, account.userData32());
        assertEquals(0xFFFF_FFFEL, account.reserved());
        assertEquals(0xFFFF_FFFDL, account.ledger());
        assertEquals(0xFFFF, account.code());
        assertEquals(AccountFlags.LINKED | AccountFlags.CLOSED, account.flags());
        assertEquals(-2, account.timestampNs());
        assertZero(request, 0);
    }

    @Test
    void shouldReadEveryFieldOfATransfer()
    {
        final JsonRequest request = read("""
            {"op":"create_transfers","events":[{"id":18446744073709551617,"debit_account_id":"36893488147419103235",
            "credit_account_id":"73786976294838206469","amount":"147573952589676412935",
            "pending_id":"295147905179352825865","user_data_128":"590295810358705651723",
            "user_data_64":"18446744073709551615","user_data_32":4294967295,"timeout":4294967294,"ledger":"4294967293",
            "code":65535,"flags":["pending","imported"],"timestamp":"18446744073709551614"},{}]}""");

        assertEquals(RequestKind.CREATE_TRANSFERS, request.kind());
        assertEquals(2, request.count());
        final TransferRecordDecoder transfer = new TransferRecordDecoder().wrap(request.rows(), 0);
        assertEquals("1/1 2/3 4/5 8/7 16/9 32/11", wide(
            transfer.idHigh(), transfer.idLow(), transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(),
            transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(), transfer.amountHigh(),
            transfer.amountLow(), transfer.pendingIdHigh(), transfer.pendingIdLow(), transfer.userData128High(),
            transfer.userData128Low()));
        assertEquals(-1, transfer.userData64());
        assertEquals(0xFFFF_FFFFL, transfer.userData32());
        assertEquals(0xFFFF_FFFEL, transfer.timeout());
        assertEquals(0xFFFF_FFFDL, transfer.ledger());
        assertEquals(0xFFFF, transfer.code());
        assertEquals(TransferFlags.PENDING | TransferFlags.IMPORTED, transfer.flags());
        assertEquals(-2, request.rows().getLong(JsonRequest.TRANSFER_TIMESTAMP_OFFSET));
        assertZero(request, 1);
    }

    @Test
    void shouldForgetWhatStoodInTheRequestBefore()
    {
        read("{\"op\":\"create_transfers\",\"shard\":1,\"ledger\":7,\"events\":[{\"id\":1,\"timestamp\":5}]}");
        final JsonRequest request = read("{\"op\":\"create_transfers\",\"events\":[{}]}");

        assertZero(request, 0);
        assertEquals(JsonRequest.NOT_GIVEN, request.shard());
        assertEquals(JsonRequest.NOT_GIVEN, request.ledger());

        read("{\"op\":\"query_accounts\",\"filter\":{\"ledger\":840,\"limit\":5,\"flags\":1}}");
        final Filter filter = read("{\"op\":\"query_accounts\",\"filter\":{}}").filter();
        assertEquals(0, filter.ledger() | filter.limit() | filter.flags());
    }

    @Test
    void shouldReadEveryFieldOfAFilterOfAnAccount()
    {
        final String filter = """
            "filter":{"account_id":"18446744073709551617","user_data_128":"36893488147419103235",
            "user_data_64":"18446744073709551615","user_data_32":4294967295,"code":65535,
            "timestamp_min":"18446744073709551614","timestamp_max":"18446744073709551613","limit":4294967295,""";
        final JsonRequest request = read(
            "{\"op\":\"get_account_transfers\"," + filter + "\"flags\":[\"credits\",\"debits\",\"reversed\"]}}");

        assertEquals(RequestKind.GET_ACCOUNT_TRANSFERS, request.kind());
        final Filter read = request.filter();
        assertEquals("1/1 2/3", wide(read.idHigh(), read.idLow(), read.userData128High(), read.userData128Low()));
        assertEquals(-1, read.userData64());
        assertEquals(-1, read.userData32());
        assertEquals(0xFFFF, read.code());
        assertEquals(-2, read.timestampMinNs());
        assertEquals(-3, read.timestampMaxNs());
        assertEquals(-1, read.limit());
        assertEquals(Filter.DEBITS | Filter.CREDITS | Filter.REVERSED, read.flags());

        final JsonRequest balances =
            read("{\"op\":\"get_account_balances\"," + filter + "\"flags\":[\"debits\",\"opening\"]}}");
        assertEquals(RequestKind.GET_ACCOUNT_BALANCES, balances.kind());
        assertEquals(Filter.DEBITS | Filter.OPENING, balances.filter().flags());
        assertEquals(-1, read("{\"op\":\"get_account_balances\"," + filter + "\"flags\":4294967295}}")
            .filter().flags());
    }

    @Test
    void shouldReadEveryFieldOfAFilterByFields()
    {
        final Filter filter = read("""
            {"op":"query_transfers","filter":{"user_data_128":"36893488147419103235","user_data_64":7,
            "user_data_32":8,"ledger":4294967295,"code":9,"timestamp_min":10,"timestamp_max":11,"limit":12,
            "flags":["reversed"]}}""").filter();

        assertEquals("0/0 2/3", wide(
            filter.idHigh(), filter.idLow(), filter.userData128High(), filter.userData128Low()));
        assertEquals(7, filter.userData64());
        assertEquals(8, filter.userData32());
        assertEquals(-1, filter.ledger());
        assertEquals(9, filter.code());
        assertEquals(10, filter.timestampMinNs());
        assertEquals(11, filter.timestampMaxNs());
        assertEquals(12, filter.limit());
        assertEquals(Filter.QUERY_REVERSED, filter.flags());
    }

    @Test
    void shouldReadTheOtherQueries()
    {
        for (final String state : new String[] { "pending", "posted", "voided", "expired" })
        {
            final JsonRequest request =
                read("{\"op\":\"query_pending\",\"state\":\"" + state + "\",\"filter\":{\"limit\":1}}");
            assertEquals(RequestKind.QUERY_PENDING, request.kind());
            assertEquals(PendingState.valueOf(state.toUpperCase()).ordinal(), request.filter().state());
        }

        final JsonRequest events = read(
            "{\"op\":\"get_change_events\",\"filter\":{\"timestamp_min\":1,\"timestamp_max\":2,\"limit\":3}}");
        assertEquals(RequestKind.GET_CHANGE_EVENTS, events.kind());
        assertEquals("1 2 3", events.filter().timestampMinNs() + " " + events.filter().timestampMaxNs() + " " +
            events.filter().limit());

        final JsonRequest pending = read("{\"op\":\"get_account_with_pending\",\"id\":\"18446744073709551617\"}");
        assertEquals(RequestKind.GET_ACCOUNT_WITH_PENDING, pending.kind());
        assertEquals("1/1", wide(pending.filter().idHigh(), pending.filter().idLow()));
        assertEquals(QueryRows.ROW_COUNT_MAX, pending.filter().limit());

        final JsonRequest atSequence = read("{\"op\":\"get_account_as_of\",\"id\":5,\"sequence\":\"6\"}");
        assertEquals(RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE, atSequence.kind());
        assertEquals("5 6 1", atSequence.filter().idLow() + " " + atSequence.filter().sequence() + " " +
            atSequence.filter().limit());
        final JsonRequest atTime =
            read("{\"op\":\"get_account_as_of\",\"id\":5,\"timestamp\":\"9223372036854775807\"}");
        assertEquals(RequestKind.GET_ACCOUNT_AS_OF_TIME, atTime.kind());
        assertEquals(Long.MAX_VALUE, atTime.filter().timestampMaxNs());

        final JsonRequest explain = read("{\"op\":\"explain\",\"sequence\":7}");
        assertEquals(RequestKind.EXPLAIN, explain.kind());
        assertEquals("7 1", explain.filter().sequence() + " " + explain.filter().limit());
    }

    @Test
    void shouldReadLookUpsAndClocksAndDefinitions()
    {
        final JsonRequest lookup = read("{\"op\":\"lookup_accounts\",\"ids\":[1,\"" + MAX_128 + "\"]}");
        assertEquals(RequestKind.LOOKUP_ACCOUNTS, lookup.kind());
        assertEquals("0/1 -1/-1", ids(lookup));
        assertEquals(RequestKind.LOOKUP_TRANSFERS, read("{\"op\":\"lookup_transfers\",\"ids\":[]}").kind());
        assertEquals("0/840", ids(read("{\"op\":\"lookup_ledgers\",\"ledgers\":[\"840\"]}")));

        final JsonRequest outcome = read("{\"op\":\"lookup_outcome\",\"id\":7,\"kind\":\"account\"}");
        assertEquals(RequestKind.LOOKUP_ACCOUNT_OUTCOMES, outcome.kind());
        assertEquals("0/7", ids(outcome));
        assertEquals(RequestKind.LOOKUP_TRANSFER_OUTCOMES,
            read("{\"op\":\"lookup_outcome\",\"kind\":\"transfer\",\"id\":7}").kind());

        assertEquals(Long.MAX_VALUE,
            read("{\"op\":\"advance_clock\",\"nanoseconds\":\"9223372036854775807\"}").clockNs());
        assertEquals(5, read("{\"op\":\"set_clock\",\"timestamp\":5}").clockNs());
        assertEquals(new LedgerDefinition(-1, "USD", 38),
            read("{\"op\":\"define_ledger\",\"ledger\":4294967295,\"asset_code\":\"USD\",\"scale\":38}").definition());
        assertEquals(new LedgerDefinition(1, "X", 0),
            read("{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":\"X\"}").definition());
        assertNull(read("{\"op\":\"set_clock\",\"timestamp\":5}").definition());
    }

    @Test
    void shouldReadTheShardOrTheLedgerThatSaysWhichIsMeant()
    {
        final JsonRequest request =
            read("{\"ids\":[],\"ledger\":4294967295,\"shard\":3,\"op\":\"lookup_accounts\"}");

        assertEquals(0xFFFF_FFFFL, request.ledger());
        assertEquals(3, request.shard());
        assertEquals("[ids, shard, ledger]", requests.fieldNames(JsonOp.LOOKUP_ACCOUNTS).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "create_accounts, events[0], id, 128", "create_accounts, events[0], debits_pending, 128",
        "create_accounts, events[0], debits_posted, 128", "create_accounts, events[0], credits_pending, 128",
        "create_accounts, events[0], credits_posted, 128", "create_accounts, events[0], user_data_128, 128",
        "create_accounts, events[0], user_data_64, 64", "create_accounts, events[0], user_data_32, 32",
        "create_accounts, events[0], reserved, 32", "create_accounts, events[0], ledger, 32",
        "create_accounts, events[0], code, 16", "create_accounts, events[0], flags, 16",
        "create_accounts, events[0], timestamp, 64",
        "create_transfers, events[0], id, 128", "create_transfers, events[0], debit_account_id, 128",
        "create_transfers, events[0], credit_account_id, 128", "create_transfers, events[0], amount, 128",
        "create_transfers, events[0], pending_id, 128", "create_transfers, events[0], user_data_128, 128",
        "create_transfers, events[0], user_data_64, 64", "create_transfers, events[0], user_data_32, 32",
        "create_transfers, events[0], timeout, 32", "create_transfers, events[0], ledger, 32",
        "create_transfers, events[0], code, 16", "create_transfers, events[0], flags, 16",
        "create_transfers, events[0], timestamp, 64",
        "get_account_transfers, filter, account_id, 128", "get_account_transfers, filter, user_data_128, 128",
        "get_account_transfers, filter, user_data_64, 64", "get_account_transfers, filter, user_data_32, 32",
        "get_account_transfers, filter, code, 16", "get_account_transfers, filter, timestamp_min, 64",
        "get_account_transfers, filter, timestamp_max, 64", "get_account_transfers, filter, limit, 32",
        "get_account_transfers, filter, flags, 32", "get_account_balances, filter, flags, 32",
        "query_accounts, filter, user_data_128, 128", "query_accounts, filter, user_data_64, 64",
        "query_accounts, filter, user_data_32, 32", "query_accounts, filter, ledger, 32",
        "query_accounts, filter, code, 16", "query_accounts, filter, timestamp_min, 64",
        "query_accounts, filter, timestamp_max, 64", "query_accounts, filter, limit, 32",
        "query_accounts, filter, flags, 32", "get_change_events, filter, timestamp_min, 64",
        "get_change_events, filter, timestamp_max, 64", "get_change_events, filter, limit, 32",
        "advance_clock, , nanoseconds, 63", "set_clock, , timestamp, 63", "explain, , sequence, 63",
    })
    void shouldTakeAnIntegerUpToItsBoundAndNothingElse(
        final String op, final String place, final String field, final int bits)
    {
        final String max = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).toString();
        final String aboveMax = BigInteger.ONE.shiftLeft(bits).toString();
        for (final String value : new String[] { "0", max, "\"0\"", '"' + max + '"', "\"007\"", "\"00" + max + '"' })
        {
            read(request(op, place, field, value));
        }
        for (final String value : new String[] {
            aboveMax, '"' + aboveMax + '"', "-1", "-0", "1.0", "1e3", "\"-1\"", "\"+1\"", "\" 1\"", "\"1 \"", "\"\"",
            "\"1.0\"", "\"0x1\"", "\"\u0661\"", "\"1e3\"", "true", "null", "{}", "9".repeat(5_000) })
        {
            final JsonRequestException refusal = refused(JsonErrorCode.BAD_VALUE, request(op, place, field, value));
            final String path = place == null ? field : place + '.' + field;
            final String found =
                value.equals("{}") ? "an object" : value.length() > 60 ? value.substring(0, 60) + "..." : value;
            assertTrue(refusal.getMessage().contains(": field=" + path + ", found=" + found), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("0 to " + max), refusal.getMessage());
        }
    }

    private static String request(final String op, final String place, final String field, final String value)
    {
        final String pair = '"' + field + "\":" + value;
        return "{\"op\":\"" + op + "\"," + (place == null ? pair : place.equals("filter") ?
            "\"filter\":{" + pair + '}' : "\"events\":[{" + pair + "}]") + '}';
    }

    @Test
    void shouldTellWhichIdIsWrong()
    {
        assertEquals(
            "not an integer in range: field=ids[1], found=\"x\", allowed=0 to " + MAX_128 +
            ", as digits or a string of digits",
            refused(JsonErrorCode.BAD_VALUE, "{\"op\":\"lookup_accounts\",\"ids\":[1,\"x\"]}").getMessage());
        assertEquals(
            "not an integer in range: field=ledgers[0], found=4294967296, allowed=0 to 4294967295, as digits or a " +
            "string of digits",
            refused(JsonErrorCode.BAD_VALUE, "{\"op\":\"lookup_ledgers\",\"ledgers\":[4294967296]}").getMessage());
    }

    @Test
    void shouldTakeFlagsByNameOnceEach()
    {
        assertEquals(
            "a flag stands there twice: field=events[0].flags, found=\"linked\", allowed=linked " +
            "debits_must_not_exceed_credits credits_must_not_exceed_debits history imported closed",
            refused(JsonErrorCode.BAD_VALUE,
                "{\"op\":\"create_accounts\",\"events\":[{\"flags\":[\"linked\",\"linked\"]}]}").getMessage());
        for (final String flags : new String[] { "[\"Linked\"]", "[\"pending\"]", "[0]", "[[]]", "[\"\"]", "[null]" })
        {
            refused(JsonErrorCode.BAD_VALUE, "{\"op\":\"create_accounts\",\"events\":[{\"flags\":" + flags + "}]}");
        }
        refused(JsonErrorCode.BAD_VALUE,
            "{\"op\":\"get_account_transfers\",\"filter\":{\"flags\":[\"opening\"]}}");
        refused(JsonErrorCode.BAD_VALUE, "{\"op\":\"query_accounts\",\"filter\":{\"flags\":[\"debits\"]}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "{", "}", "[]", "1", "\"op\"", "null", "nonsense", "{\"op\":\"lookup_accounts\",\"ids\":[1,]}",
        "{\"op\":\"lookup_accounts\",\"ids\":[1],}", "{\"op\":\"lookup_accounts\",\"ids\":[1]} {}",
        "{\"op\":\"lookup_accounts\",\"ids\":[1]}]", "{\"op\":\"lookup_accounts\",\"ids\":[1]} x",
        "{\"op\":\"lookup_accounts\",\"ids\":[01]}", "{\"op\":\"lookup_accounts\",\"ids\":[+1]}",
        "{\"op\":\"lookup_accounts\",\"ids\":[NaN]}", "{\"op\":\"lookup_accounts\",\"ids\":[1",
        "{'op':'lookup_accounts','ids':[]}", "{op:\"lookup_accounts\",\"ids\":[]}",
        "{\"op\":\"lookup_accounts\",\"ids\":[] /* ids */}", "{\"op\" \"lookup_accounts\"}",
        "{\"op\":\"lookup_accounts\",\"op\":\"lookup_accounts\",\"ids\":[]}",
        "{\"ids\":[],\"op\":\"lookup_accounts\",\"op\":\"lookup_accounts\"}",
        "{\"op\":\"lookup_accounts\",\"ids\":[],\"ids\":[]}",
        "{\"ids\":[1 2],\"op\":\"lookup_accounts\"}",
        "{\"op\":\"create_accounts\",\"events\":[{\"id\":1,\"id\":1}]}",
        "{\"op\":\"query_accounts\",\"filter\":{\"limit\":1,\"limit\":1}}",
    })
    void shouldRefuseWhatIsNotOneObject(final String text)
    {
        refused(JsonErrorCode.MALFORMED_JSON, text);
    }

    @Test
    void shouldRefuseNestingWithoutEnd()
    {
        refused(JsonErrorCode.MALFORMED_JSON, "{\"ids\":" + "[".repeat(100_000));
    }

    @Test
    void shouldSayWhereAndWhatIsMalformed()
    {
        assertEquals("a field stands there twice: field=events[1].id",
            refused(JsonErrorCode.MALFORMED_JSON,
                "{\"op\":\"create_accounts\",\"events\":[{},{\"id\":1,\"id\":2}]}").getMessage());
        assertTrue(refused(JsonErrorCode.MALFORMED_JSON, "{\"op\":\"lookup_accounts\",\"ids\":[1,]}").getMessage()
            .endsWith(", column=34"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"op\":\"lookup_accounts\",\"ids\":1}", "{\"op\":\"lookup_accounts\",\"ids\":{}}",
        "{\"op\":\"create_accounts\",\"events\":{}}", "{\"op\":\"create_accounts\",\"events\":[1]}",
        "{\"op\":\"create_transfers\",\"events\":[[]]}", "{\"op\":\"create_transfers\",\"events\":null}",
        "{\"op\":\"query_accounts\",\"filter\":[]}", "{\"op\":1}", "{\"op\":null}", "{\"op\":[\"lookup_accounts\"]}",
        "{\"op\":\"lookup_outcome\",\"kind\":\"ledger\",\"id\":1}", "{\"op\":\"lookup_outcome\",\"kind\":1,\"id\":1}",
        "{\"op\":\"query_pending\",\"state\":\"none\",\"filter\":{}}",
        "{\"op\":\"define_ledger\",\"ledger\":0,\"asset_code\":\"USD\",\"scale\":2}",
        "{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":\"\",\"scale\":2}",
        "{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":\"US D\",\"scale\":2}",
        "{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":\"12345678901234567\",\"scale\":2}",
        "{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":\"USD\",\"scale\":39}",
        "{\"op\":\"define_ledger\",\"ledger\":1,\"asset_code\":1}",
        "{\"op\":\"get_account_as_of\",\"id\":1,\"sequence\":1,\"timestamp\":1}",
        "{\"op\":\"lookup_accounts\",\"ids\":[],\"shard\":65536}",
    })
    void shouldRefuseAWrongValue(final String text)
    {
        refused(JsonErrorCode.BAD_VALUE, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}", "{\"ids\":[]}", "{\"op\":\"create_accounts\"}", "{\"op\":\"create_transfers\",\"shard\":0}",
        "{\"op\":\"lookup_accounts\"}", "{\"op\":\"lookup_transfers\"}", "{\"op\":\"lookup_ledgers\"}",
        "{\"op\":\"lookup_outcome\",\"kind\":\"account\"}", "{\"op\":\"lookup_outcome\",\"id\":1}",
        "{\"op\":\"get_account_transfers\"}", "{\"op\":\"get_account_balances\"}", "{\"op\":\"query_accounts\"}",
        "{\"op\":\"query_transfers\"}", "{\"op\":\"query_pending\",\"filter\":{}}",
        "{\"op\":\"query_pending\",\"state\":\"posted\"}", "{\"op\":\"get_account_with_pending\"}",
        "{\"op\":\"get_account_as_of\",\"id\":1}", "{\"op\":\"get_account_as_of\",\"sequence\":1}",
        "{\"op\":\"get_change_events\"}", "{\"op\":\"explain\"}", "{\"op\":\"define_ledger\",\"ledger\":1}",
        "{\"op\":\"define_ledger\",\"asset_code\":\"USD\"}", "{\"op\":\"advance_clock\"}", "{\"op\":\"set_clock\"}",
    })
    void shouldRefuseWhatLacksAField(final String text)
    {
        refused(JsonErrorCode.MISSING_FIELD, text);
    }

    @Test
    void shouldNameTheFieldsThatAreMissing()
    {
        assertEquals("missing: field=kind id",
            refused(JsonErrorCode.MISSING_FIELD, "{\"op\":\"lookup_outcome\"}").getMessage());
    }

    @ParameterizedTest
    @EnumSource(JsonOp.class)
    void shouldRefuseAFieldThatItDoesNotKnow(final JsonOp op)
    {
        final JsonRequestException refusal =
            refused(JsonErrorCode.UNKNOWN_FIELD, "{\"op\":\"" + op.label() + "\",\"tag\":1}");
        assertEquals(
            "no such field: found=\"tag\", allowed=op " + String.join(" ", requests.fieldNames(op)),
            refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "create_accounts, events, amount", "create_transfers, events, reserved",
        "get_account_transfers, filter, ledger", "get_account_balances, filter, id",
        "query_accounts, filter, account_id", "query_transfers, filter, debit_account_id",
        "get_change_events, filter, flags",
    })
    void shouldRefuseAFieldOfSomethingElse(final String op, final String place, final String field)
    {
        final boolean isArray = place.equals("events");
        final JsonRequestException refusal = refused(
            JsonErrorCode.UNKNOWN_FIELD,
            "{\"op\":\"" + op + "\",\"" + place + "\":" + (isArray ? "[" : "") + "{\"" + field + "\":1}" +
            (isArray ? "]" : "") + "}");
        assertEquals(
            "no such field: found=\"" + place + (isArray ? "[0]." : ".") + field + "\", allowed=" +
            String.join(" ", requests.innerFieldNames(JsonOp.of(op))), refusal.getMessage());
    }

    @Test
    void shouldRefuseAnOperationThatItDoesNotKnow()
    {
        assertTrue(refused(JsonErrorCode.UNKNOWN_OP, "{\"op\":\"Create_accounts\",\"events\":[]}").getMessage()
            .startsWith("no such operation: found=\"Create_accounts\", allowed=create_accounts create_transfers "));
    }

    @Test
    void shouldTakeAsManyEventsAsABatchHoldsAndNoMore()
    {
        assertEquals(0, read("{\"op\":\"create_accounts\",\"events\":[]}").count());
        assertEquals(3, read("{\"op\":\"create_accounts\",\"events\":[{},{},{}]}").count());
        assertEquals(3, read("{\"op\":\"lookup_accounts\",\"ids\":[1,2,3]}").count());
        assertEquals(
            "a request holds at most 3 events or ids: found=5; nothing of it was applied",
            refused(JsonErrorCode.TOO_MANY_EVENTS, "{\"op\":\"create_accounts\",\"events\":[{},{},{},{},{}]}")
                .getMessage());
        refused(JsonErrorCode.TOO_MANY_EVENTS, "{\"op\":\"create_transfers\",\"events\":[{},{},{},{}]}");
        refused(JsonErrorCode.TOO_MANY_EVENTS, "{\"op\":\"lookup_transfers\",\"ids\":[1,2,3,4]}");
        refused(JsonErrorCode.TOO_MANY_EVENTS, "{\"op\":\"lookup_ledgers\",\"ledgers\":[1,2,3,4]}");
    }

    @Test
    void shouldReadOnAfterARefusal()
    {
        refused(JsonErrorCode.BAD_VALUE, "{\"op\":\"create_accounts\",\"events\":[{\"id\":1},{\"id\":\"x\"}]}");
        assertEquals("missing: field=events",
            refused(JsonErrorCode.MISSING_FIELD, "{\"op\":\"create_accounts\"}").getMessage());
        assertZero(read("{\"op\":\"create_accounts\",\"events\":[{}]}"), 0);
    }

    private JsonRequest read(final String text)
    {
        return requests.read(text);
    }

    private JsonRequestException refused(final JsonErrorCode code, final String text)
    {
        final JsonRequestException refusal =
            assertThrows(JsonRequestException.class, () -> requests.read(text), text);
        assertEquals(code, refusal.code(), refusal.getMessage());
        return refusal;
    }

    private static void assertZero(final JsonRequest request, final int index)
    {
        for (int i = 0; i < JsonRequest.ROW_LENGTH; i++)
        {
            assertEquals(0, request.rows().getByte(index * JsonRequest.ROW_LENGTH + i));
        }
    }

    private static String ids(final JsonRequest request)
    {
        final long[] halves = new long[2 * request.count()];
        for (int i = 0; i < halves.length; i++)
        {
            halves[i] = request.rows().getLong(i / 2 * JsonRequest.ROW_LENGTH + i % 2 * Long.BYTES);
        }
        return wide(halves);
    }

    private static String wide(final long... halves)
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < halves.length; i += 2)
        {
            text.append(i == 0 ? "" : " ").append(halves[i]).append('/').append(halves[i + 1]);
        }
        return text.toString();
    }
}
