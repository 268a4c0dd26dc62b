package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScriptSyntaxTest
{
    private final JsonRequests requests = new JsonRequests(10);
    private final ScriptSyntax syntax = new ScriptSyntax(requests);

    @Test
    void shouldTakeEventsThatEndAtASemicolon()
    {
        assertEquals(
            "{\"op\":\"create_accounts\",\"events\":[{\"id\":\"1\",\"ledger\":\"840\",\"code\":\"10\"," +
            "\"flags\":[\"linked\",\"history\"]},{\"id\":\"2\",\"flags\":\"64\"}],\"shard\":\"0\"}",
            syntax.toJson("  create_accounts id=1 ledger=840  code=10 flags=linked|history ;shard=0 id=2 flags=64 ; "));
        assertEquals("{\"op\":\"create_transfers\",\"events\":[]}", syntax.toJson("create_transfers"));
    }

    @Test
    void shouldTakeIdsThatStandAlone()
    {
        assertEquals(
            "{\"op\":\"lookup_accounts\",\"ids\":[\"1\",\"2\",\"3\"],\"ledger\":\"840\"}",
            syntax.toJson("lookup_accounts 1 2,3 ledger=840"));
        assertEquals("{\"op\":\"lookup_ledgers\",\"ledgers\":[\"840\"]}", syntax.toJson("lookup_ledgers 840"));
        assertEquals("{\"op\":\"explain\",\"sequence\":\"5\"}", syntax.toJson("explain 5"));
        assertEquals("{\"op\":\"get_account_with_pending\",\"id\":\"1\"}", syntax.toJson("get_account_with_pending 1"));
        assertEquals("{\"op\":\"advance_clock\",\"nanoseconds\":\"7\"}", syntax.toJson("advance_clock 7"));
        assertEquals(
            "{\"op\":\"get_account_as_of\",\"id\":\"1\",\"sequence\":\"7\"}",
            syntax.toJson("get_account_as_of 1 sequence=7"));
    }

    @Test
    void shouldPutInWhatAFilterCanNotLack()
    {
        assertEquals(
            "{\"op\":\"get_account_transfers\",\"filter\":{\"account_id\":\"1\",\"limit\":50," +
            "\"flags\":[\"debits\",\"credits\"]}}",
            syntax.toJson("get_account_transfers account_id=1"));
        assertEquals(
            "{\"op\":\"get_account_transfers\",\"filter\":{\"account_id\":\"1\",\"flags\":[\"reversed\",\"debits\"," +
            "\"credits\"],\"limit\":\"3\"}}",
            syntax.toJson("get_account_transfers account_id=1 flags=reversed limit=3"));
        assertEquals(
            "{\"op\":\"get_account_balances\",\"filter\":{\"flags\":[\"credits\",\"opening\"],\"limit\":50}}",
            syntax.toJson("get_account_balances flags=credits,opening"));
        assertEquals(
            "{\"op\":\"query_pending\",\"filter\":{\"ledger\":\"840\",\"limit\":50},\"state\":\"posted\"}",
            syntax.toJson("query_pending state=posted ledger=840"));
        assertEquals("{\"op\":\"get_change_events\",\"filter\":{\"limit\":50}}", syntax.toJson("get_change_events"));
    }

    @Test
    void shouldKeepTheFlagsOfAnAccountFilterThatAreANumber()
    {
        assertEquals(
            "{\"op\":\"get_account_transfers\",\"filter\":{\"account_id\":\"1\",\"flags\":\"3\",\"limit\":50}}",
            syntax.toJson("get_account_transfers account_id=1 flags=3"));
    }

    @Test
    void shouldTakeJsonAsItIs()
    {
        assertEquals("{\"op\":\"x\" ; }", syntax.toJson(" {\"op\":\"x\" ; } "));
    }

    @Test
    void shouldSayWhatItDoesNotUnderstand()
    {
        assertEquals(
            "no such operation: found=\"lookup\"; help lists them",
            assertThrows(JsonRequestException.class, () -> syntax.toJson("lookup 1")).getMessage());
        assertEquals(
            "what is it? found=\"7\", allowed=field=value; help create_accounts shows an example",
            assertThrows(JsonRequestException.class, () -> syntax.toJson("create_accounts 7")).getMessage());
        assertEquals(
            "a field stands there twice: field=id",
            assertThrows(JsonRequestException.class, () -> syntax.toJson("create_accounts id=1 id=2")).getMessage());
        assertEquals(
            "a field stands there twice: field=ids",
            assertThrows(JsonRequestException.class, () -> syntax.toJson("lookup_accounts ids=1 2")).getMessage());
        // What it does not know is for the reader of requests to refuse.
        assertEquals(
            "{\"op\":\"create_accounts\",\"events\":[{\"tag\":\"1\"}]}", syntax.toJson("create_accounts tag=1"));
    }

    @ParameterizedTest
    @EnumSource(JsonOp.class)
    void shouldMakeARequestOfTheExampleOfEachOperation(final JsonOp op)
    {
        assertEquals(op, requests.read(syntax.toJson(op.label() + ' ' + op.example())).op());
    }
}
